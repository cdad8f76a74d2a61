"""The upstream of the benchmark keeps Bindbee's contract, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from bench.load import Wrong, load, request
from bench.upstream.__main__ import KEY, Bindbee, Connection
from bench.upstream.clock import Delay


@pytest.fixture
async def bindbee() -> AsyncIterator[Bindbee]:
    delay = Delay(asyncio.get_running_loop())
    played = Bindbee(delay)
    played.control("/control?courses=50")
    yield played
    delay.close()


def asked(bindbee: Bindbee, target: str, *, headers: str = "") -> tuple[bytes, Any]:
    """Status line and body of an answer."""
    signed = headers or f"authorization: Bearer {KEY}\r\nx-connector-token: bench\r\n"
    answer = bindbee.reply(request(None, f"/api/lms/v1/{target}", signed))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], msgspec.json.decode(body)


async def test_a_list_is_walked_by_cursors(bindbee: Bindbee) -> None:
    keys: list[str] = []
    cursor = ""
    while True:
        _, page = asked(bindbee, f"courses?page_size=20{cursor}")
        keys += [row["id"] for row in page["items"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"

    assert len(set(keys)) == len(keys) == 50


async def test_more_than_200_rows_a_page_are_refused(bindbee: Bindbee) -> None:
    status, body = asked(bindbee, "users?page_size=201")

    assert b"422" in status
    assert body["detail"][0]["loc"] == ["query", "page_size"]


async def test_key_and_token_are_needed(bindbee: Bindbee) -> None:
    status, _ = asked(bindbee, "courses", headers="x-connector-token: bench\r\n")
    assert b"401" in status

    status, _ = asked(bindbee, "courses", headers=f"authorization: Bearer {KEY}\r\n")
    assert b"422" in status


async def test_relations_are_expanded_to_the_named_fields_alone(bindbee: Bindbee) -> None:
    _, page = asked(bindbee, "courses?page_size=1&expand=categories[id,name]")

    (course,) = page["items"]
    assert [set(each) for each in course["categories"]] == [{"id", "name"}, {"id", "name"}]
    assert all(isinstance(each, str) for each in course["skills"])


async def test_each_of_50_courses_has_five_completions(bindbee: Bindbee) -> None:
    _, courses = asked(bindbee, "courses?page_size=50")
    keys = [row["id"] for row in courses["items"][:40]]
    _, page = asked(bindbee, f"completions?page_size=200&course={','.join(keys)}")

    assert [row["course"] for row in page["items"]].count(keys[0]) == 5
    assert (len(page["items"]), page["cursor"]) == (200, None)


async def test_the_long_list_comes_on_one_page(bindbee: Bindbee) -> None:
    bindbee.control("/control?courses=5000&whole=1")
    _, page = asked(bindbee, "courses?page_size=200")

    assert (len(page["items"]), page["cursor"]) == (5_000, None)


async def test_calls_are_counted_and_answered_to_any_client(bindbee: Bindbee) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(bindbee), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    target = "/api/lms/v1/categories"
    headers = f"authorization: Bearer {KEY}\r\nx-connector-token: bench\r\n"
    try:
        round = await load(port, [request(None, target, headers)], connections=3, seconds=0)
        assert len(round.latencies) == bindbee.calls == 3
        with pytest.raises(Wrong, match="bytes, not 1"):
            await load(port, [request(None, target, headers)], connections=1, seconds=0, length=1)
        with pytest.raises(Wrong, match="no success"):
            await load(port, [request(None, target)], connections=1, seconds=0)
    finally:
        server.close()
        await server.wait_closed()


async def test_a_late_answer_is_late_by_as_much_as_is_played(bindbee: Bindbee) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(bindbee), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    headers = f"authorization: Bearer {KEY}\r\nx-connector-token: bench\r\n"
    sent = request(None, "/api/lms/v1/skills", headers)
    bindbee.control("/control?courses=50&latency=25")
    try:
        round = await load(port, [sent], connections=2, seconds=0)
    finally:
        server.close()
        await server.wait_closed()

    assert min(round.latencies) >= 0.025  # and how much more is the machine's affair
