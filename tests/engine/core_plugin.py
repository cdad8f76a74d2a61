"""A pytest plugin for graphql-core's own tests: what they execute is executed by our engine.

It is loaded before the tests are imported, and replaces the functions that they import. What the
engine doesn't take part in (middleware, executor classes, signals, hooks) stays graphql-core's. At
the end, what happened is written to the file that ``CORE_REPORT`` names, as JSON.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import graphql
import graphql.execution
import pytest
from graphql.execution.execute import assume_not_async_iterable, assume_not_awaitable
from graphql.harness import default_harness
from graphql.pyutils import is_awaitable

from graph.engine import execute as engine

CORE = graphql.execute
CORE_SYNC = graphql.execute_sync

OPTIONS = (
    "middleware",
    "executor_class",
    "is_awaitable",
    "is_async_iterable",
    "abort_signal",
    "hooks",
)
"""Options that change who executes, or how values are looked at."""

USUAL = (None, assume_not_awaitable, assume_not_async_iterable)

WAITS = "The plan answers when everything has come, also where an error has nulled all of it already."
TO_THE_END = "The plan reads lists to their end before it completes their items."
TWICE = "Of several errors around one null, graphql-core decides, in a second execution."
UNCHECKED = "The engine always looks for awaitables."

LEFT_OUT = {
    "handles_sync_errors_combined_with_async_ones": WAITS,
    "handles_sync_errors_combined_with_async_ones_in_async_context": WAITS,
    "suppresses_sibling_errors_after_a_non_null_error_bubbles": WAITS,
    "stops_late_sibling_object_completion_after_non_null_bubbling": WAITS,
    "cancel_selection_sets": WAITS,
    "cancel_lists": WAITS,
    "cancel_async_iterators": WAITS,
    "handles_sync_errors_with_later_pending_awaitables": WAITS,
    "handles_iterator_errors_with_later_pending_awaitables": TO_THE_END,
    "drains_the_iterator_when_next_throws": TO_THE_END,
    "calls_aclose_when_non_null_list_item_errors": TO_THE_END,
    "handles_mixture_of_sync_and_async_errors_in_async_iterables": TWICE,
    "throws": "The plan tells errors in the document's order.",
    "throws_if_encountering_async_operation_without_check_sync": UNCHECKED,
    "throws_if_encountering_async_iterable_execution_with_check_sync": UNCHECKED,
    "throws_if_encountering_async_iterable_execution_without_check_sync": UNCHECKED,
    "iterates_sync_and_async_iterables_synchronously_without_check_sync": UNCHECKED,
    "reports_async_iterables_as_errors_without_check_sync": UNCHECKED,
}
"""By name, tests of what the engine does in another way, and which way that is."""

reasons: Counter[str] = Counter()
outcomes: Counter[str] = Counter()
failed: list[str] = []
left_out: list[str] = []


def unusual(options: dict[str, Any]) -> list[str]:
    """Which options are given that only graphql-core has."""
    return [each for each in OPTIONS if options.get(each) not in USUAL]


_within = False


def execute(*given: Any, **options: Any) -> Any:
    """As ``graphql.execute``."""
    global _within
    bound = inspect.signature(CORE).bind(*given, **options).arguments
    if _within:  # the engine hands over
        return CORE(*given, **options)
    if found := unusual(bound):
        reasons[f"option: {found[0]}"] += 1
        return CORE(*given, **options)
    kept = inspect.signature(engine).parameters
    _within = True
    try:
        return engine(
            **{name: value for name, value in bound.items() if name in kept}, reasons=reasons
        )
    finally:
        _within = False


def execute_sync(*given: Any, **options: Any) -> Any:
    """As ``graphql.execute_sync``; awaitables are always looked for."""
    bound = inspect.signature(CORE_SYNC).bind(*given, **options).arguments
    if callable(bound.get("check_sync")) or unusual(bound):
        reasons["option: check_sync"] += 1
        return CORE_SYNC(*given, **options)
    bound.pop("check_sync", None)
    result = execute(**bound)
    if is_awaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise RuntimeError("GraphQL execution failed to complete synchronously.")
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Replace the functions."""
    for module in (graphql, graphql.execution):
        module.execute = execute
        module.execute_sync = execute_sync
    harness = default_harness._replace(execute=execute)
    vars(sys.modules["graphql.graphql"])["default_harness"] = harness
    config.addinivalue_line("markers", "timeout(seconds): as graphql-core's tests have it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what doesn't apply."""
    applies = [
        each
        for each in items
        if each.name not in LEFT_OUT
        or (each.name == "throws" and "complex_tree" not in each.nodeid)
    ]
    left_out.extend(each.nodeid for each in items if each not in applies)
    items[:] = applies


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what happened."""
    if report.when == "call" or report.failed or report.skipped:
        outcomes[report.outcome] += 1
    if report.failed:
        failed.append(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write down what was counted."""
    report = {
        "outcomes": outcomes,
        "failed": failed,
        "left_out": len(left_out),
        "reasons": reasons,
    }
    Path(os.environ["CORE_REPORT"]).write_text(json.dumps(report), encoding="utf-8")
