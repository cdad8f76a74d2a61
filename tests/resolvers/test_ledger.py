"""What is remembered for a while: claimed once, taken once, and gone at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from resolvers.ledger import MEMORY, Ledger


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    path = MEMORY if request.param == "memory" else str(tmp_path / "ledger")
    found = Ledger(path, clock)
    yield found
    found.close()


def test_the_first_claim_holds_until_it_ends(ledger: Ledger, clock: Clock) -> None:
    assert ledger.claim("a", b"one", 60) is None
    assert ledger.claim("a", b"two", 60) == b"one"
    clock.now += 60
    assert ledger.read("a") is None
    assert ledger.claim("a", b"three", 60) is None
    assert ledger.read("a") == b"three"


def test_what_is_taken_is_gone(ledger: Ledger) -> None:
    ledger.write("a", b"one", 60)
    assert ledger.take("a") == b"one"
    assert ledger.take("a") is None
    assert ledger.read("a") is None


def test_what_has_ended_cannot_be_taken(ledger: Ledger, clock: Clock) -> None:
    ledger.write("a", b"one", 60)
    clock.now += 61
    assert ledger.take("a") is None


def test_what_is_written_again_or_dropped_is_the_newest(ledger: Ledger) -> None:
    ledger.write("a", b"one", 60)
    ledger.write("a", b"two", 60)
    assert ledger.read("a") == b"two"
    ledger.drop("a")
    assert ledger.read("a") is None


def test_it_holds_no_more_of_one_kind_than_it_may(clock: Clock) -> None:
    ledger = Ledger(MEMORY, clock, most=10)
    ledger.write("attempts:1", b"x", 60)
    for number in range(50):
        ledger.write(f"downloads:{number}", b"x", 60 + number)
    kept = [number for number in range(50) if ledger.read(f"downloads:{number}")]
    assert kept == list(range(40, 50))
    assert ledger.read("attempts:1") == b"x"
    ledger.close()


def test_its_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(str(path))
    ledger.write("uploads:1", b"x", 60)
    modes = {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    ledger.close()
    assert modes == {0o600}


def _claimed(path: str) -> int:
    ledger = Ledger(path)
    won = sum(ledger.claim(f"n{number}", b"mine", 60) is None for number in range(200))
    ledger.close()
    return won


def test_of_several_processes_one_gets_each_claim(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger")
    count: Callable[[str], int] = _claimed
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert sum(pool.map(count, [path] * 3)) == 200
