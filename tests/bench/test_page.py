"""What the benchmark says: which answers are equal, what is reached, and how it is drawn."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from graphql import parse

from bench import plot, report
from bench.compare import Answer, Different, canonical, require_equal
from bench.contenders import CONTENDERS
from bench.engine import Ratio
from bench.measure import Figures, Medians, median_of
from bench.queries import TINY, deep
from graph.limits import Limits, check


def figures(cpu: float) -> Figures:
    return Figures(
        cpu=cpu, rate=1000 / cpu, p50=cpu, p99=2 * cpu, calls=3, upstream=9, busy=1, beside=0.1
    )


def medians(*at: int) -> Medians:
    """The first contender, ours, is the fastest."""
    return {
        each.name: {count: figures(number + count / 100) for count in at}
        for number, each in enumerate(CONTENDERS, start=1)
    }


@pytest.fixture
def results() -> report.Results:
    return report.Results(
        **report.machine(),
        rounds=3,
        seconds=1.0,
        starts={each.name: 1.0 for each in CONTENDERS},
        peaks={each.name: 100.0 for each in CONTENDERS},
        figures={
            "nested": medians(1, 16, 64),
            "nested_far": medians(1, 16, 64),
            "list": medians(1, 4),
            "tiny": medians(64),
            "wide": medians(16),
            "entities": medians(4),
            "rows": medians(1, 1_000, 5_000),
        },
        engine={"nested": Ratio(1.0, 25.0)},
    )


def test_numbers_are_equal_however_they_are_written() -> None:
    assert canonical({"b": 65.0, "a": [0.5]}) == {"a": [0.5], "b": 65}


def test_different_answers_are_told_with_their_places() -> None:
    answers = {"one": Answer({"a": [1, 2]}, 9), "other": Answer({"a": [1, 3]}, 9)}

    with pytest.raises(Different, match=r"one and other.*\ndata\.a\[1\]: '2' and '3'"):
        require_equal(TINY, answers)


def test_a_median_is_of_each_figure() -> None:
    assert median_of([figures(1.0), figures(9.0), figures(2.0)]) == figures(2.0)


def test_the_deepest_query_is_within_the_limits_as_they_are_shipped() -> None:
    assert check(parse(deep(4).text), Limits()) is None


def test_the_page_is_written_between_its_marks(results: report.Results, tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n\n{report.BEGIN}\n\nold\n\n{report.END}\n\nAfter\n")

    report.write_page(results, page)
    once = page.read_text()
    report.write_page(results, page)

    assert page.read_text() == once
    assert once.startswith("# Before\n") and once.endswith("\nAfter\n") and "old" not in once
    assert "| plan over graphql-core, nested, in process | 25.0 | ≥ 20 | yes |" in once
    for chart in (tmp_path / "performance").glob("*.svg"):
        assert ElementTree.fromstring(chart.read_text()).tag.endswith("svg")


def test_what_is_not_reached_is_said(results: report.Results) -> None:
    results.engine = {"nested": Ratio(1.0, 2.0)}

    assert "in process | 2.0 | ≥ 20 | **no** |" in report.goals(results)


@pytest.mark.parametrize("highest", [0.3, 7, 64, 900])
def test_an_even_axis_has_a_few_round_ticks(highest: float) -> None:
    ticks = plot.Axis.of("", [0, highest], logarithmic=False).ticks()

    assert ticks[0] == 0
    assert 3 <= len(ticks) <= 8
    assert ticks[-1] <= highest * 1.08
