"""Whether the contenders' answers are equal, before anything is timed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.queries import Operation

TIMEOUT = 60.0


class Different(Exception):
    """Two answers that should be equal; the message says where they differ."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer."""

    data: Any
    """As canonical JSON: what was asked, whatever order and form its numbers have."""
    length: int
    """Of the body, in bytes."""


def ask(name: str, port: int, operation: Operation) -> Answer:
    """The answer of a server.

    Raises:
        Different: where it is an error.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        headers = {"content-type": "application/json", "accept": "application/json"}
        connection.request("POST", "/graphql", operation.body(), headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise Different(f"{name}: {operation.name} is answered {response.status}: {body[:1000]!r}")
    answer = json.loads(body)
    if answer.get("errors") or answer.get("data") is None:
        raise Different(f"{name}: {operation.name} has errors: {body[:1000]!r}")
    return Answer(canonical(answer["data"]), len(body))


def control(port: int, query: str = "") -> int:
    """Tell the upstream what to play; how many calls it had since the last time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/control{query}")
        calls: int = json.loads(connection.getresponse().read())["calls"]
    finally:
        connection.close()
    return calls


def canonical(value: Any) -> Any:
    """A value in which equal answers are the same text: whole numbers without a fraction."""
    if isinstance(value, dict):
        return {name: canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [canonical(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def require_equal(operation: Operation, answers: Mapping[str, Answer]) -> None:
    """Compare all answers with the first one.

    Raises:
        Different: with the first places in which they differ.
    """
    (first, expected), *others = answers.items()
    text = json.dumps(expected.data)
    for name, answer in others:
        if json.dumps(answer.data) != text:
            places = list(differences(expected.data, answer.data, "data"))[:10]
            lines = "\n".join(places)
            raise Different(f"{operation.name}: {first} and {name} answer differently:\n{lines}")


def differences(one: Any, other: Any, path: str) -> Iterator[str]:
    """Where two answers differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from differences(one.get(name), other.get(name), f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, theirs, f"{path}[{at}]")
    elif one != other:
        yield f"{path}: {str(one)[:200]!r} and {str(other)[:200]!r}"
