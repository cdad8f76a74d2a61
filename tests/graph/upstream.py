"""What went upstream, as the graph tells it and as the sandbox saw it, in one form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from tests.graph.asking import SOURCES

BASES: Mapping[str, str] = {
    "bindbee": "",
    "stackone": "",
    "scormcloud": "/api/v2",
    "vitalsource": "/api/v4",
}
"""By the sandbox's name of a provider: the part of its paths that routes don't show."""

Sent = tuple[str, str, int | None, int | None]
"""The sandbox's name of the provider, the route, status and rows."""


def told(calls: Iterable[Mapping[str, Any]]) -> Counter[Sent]:
    """What ``extensions.upstream`` tells of requests that were sent."""
    return Counter(
        (SOURCES[call["source"]], call["route"], call["status"], call["rows"])
        for call in calls
        if not call["shared"]
    )


def seen(log: Iterable[Mapping[str, Any]], calls: Iterable[Mapping[str, Any]]) -> Counter[Sent]:
    """What the sandbox saw, under the routes that were told: a path that fits none stays a path."""
    routes = {(SOURCES[call["source"]], call["route"]) for call in calls}
    return Counter((each["provider"], _route(each, routes), *_outcome(each)) for each in log)


def _outcome(entry: Mapping[str, Any]) -> tuple[int | None, int | None]:
    return entry["status"], entry.get("rows")


def _route(entry: Mapping[str, Any], routes: Iterable[tuple[str, str]]) -> str:
    path = f"{entry['method']} {entry['path'].removeprefix(BASES[entry['provider']])}"
    for provider, route in routes:
        pattern = re.escape(route).replace(re.escape("{}"), "[^/]+")
        if provider == entry["provider"] and re.fullmatch(pattern, path):
            return route
    return path


def asked(log: Iterable[Mapping[str, Any]], provider: str) -> list[tuple[str, dict[str, str]]]:
    """The paths' last parts and the parameters that a provider was asked with, in order."""
    return [
        (each["path"].rpartition("/")[2], {k: v[0] for k, v in parse_qs(each["query"]).items()})
        for each in log
        if each["provider"] == provider
    ]
