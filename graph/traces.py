"""Apollo's federation traces: what an answer took, told to the gateway that asked for it.

A gateway that sends ``apollo-federation-include-trace: ftv1`` finds in ``extensions.ftv1`` a
protocol buffer in base64: a tree of the answer's fields, with their times and errors. It holds no
values. https://www.apollographql.com/docs/graphos/routing/observability/subgraph-telemetry

The message is Apollo's ``Trace`` (``reports.proto`` in npm's ``@apollo/usage-reporting-protobuf``).
It is only ever written, of two of the encoding's wire types, so it is written here.
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from graph.answers import Body
from graph.engine import Timing, plain
from graph.engine.completion import Abstract, List, Object
from graph.engine.fields import Field
from graph.engine.selection import Selection
from graph.engine.shapes import Shape
from graph.engine.timing import Span

FTV1 = b"ftv1"
"""What the header says."""

_SECOND = 1_000_000_000

Path = tuple[str | int, ...]


def encoded(timing: Timing, body: Body) -> str:
    """The trace of an execution that has ended with this body, in base64."""
    tree = _Tree(timing, body.get("errors") or ())
    data = plain(body.get("data"))
    children = (
        tree.object(timing.plan.root, data, ())
        if timing.plan is not None and data is not None
        else b""
    )
    root = children + tree.rest()
    took = timing.now()
    trace = (
        _message(3, _timestamp(timing.began + took))
        + _message(4, _timestamp(timing.began))
        + _number(11, took)
        + _message(14, root)
    )
    return b64encode(trace).decode()


class _Tree:
    """The nodes of a trace, encoded: each field of the answer, and each item of its lists."""

    def __init__(self, timing: Timing, errors: Sequence[Mapping[str, Any]]) -> None:
        self.timing = timing
        self.errors = [(tuple(each.get("path") or ()), each) for each in errors]
        self.heads: dict[Field, bytes] = {}

    def object(self, selection: Selection, row: Mapping[str, Any], path: Path) -> bytes:
        """The nodes of an object's fields."""
        return b"".join(
            _message(12, self.field(each, row.get(each.key), (*path, each.key)))
            for each in selection.fields
            if not isinstance(each, str)
        )

    def field(self, field: Field, value: Any, path: Path) -> bytes:
        """A field's node."""
        head = self.heads.get(field)
        if head is None:
            head = self.heads[field] = _head(field, self.timing.spans.get(field))
        return head + self.below(field.shape, value, path)

    def below(self, shape: Shape, value: Any, path: Path) -> bytes:
        """The nodes below a value, and its errors."""
        if value is None:
            return self.failed(path)
        if isinstance(shape, List):
            return b"".join(
                _message(12, _number(2, at) + node)
                for at, item in enumerate(value)
                if (node := self.below(shape.item, item, (*path, at)))
            )
        if isinstance(shape, Object):
            return self.object(shape.selection, value, path)
        if isinstance(shape, Abstract):
            selection = self.timing.shown.get(path)
            return self.object(selection, value, path) if selection is not None else b""
        return b""

    def failed(self, path: Path) -> bytes:
        """The errors that made a null."""
        own = [each for each in self.errors if each[0][: len(path)] == path]
        self.errors = [each for each in self.errors if each not in own]
        return b"".join(_message(11, _error(each)) for _, each in own)

    def rest(self) -> bytes:
        """The errors that have no place among the fields."""
        return self.failed(())


def _head(field: Field, span: Span | None) -> bytes:
    """What all nodes of a field begin with."""
    alias = _text(14, field.name) if field.name != field.key else b""
    times = _number(8, span.begin) + _number(9, span.end) if span is not None else b""
    kind = _text(3, str(field.definition.type)) + _text(13, field.parent.name)
    return _text(1, field.key) + kind + times + alias


def _error(error: Mapping[str, Any]) -> bytes:
    places = b"".join(
        _message(2, _number(1, each["line"]) + _number(2, each["column"]))
        for each in error.get("locations") or ()
    )
    return _text(1, error["message"]) + places + _text(4, msgspec.json.encode(error).decode())


def _timestamp(at: int) -> bytes:
    seconds, nanoseconds = divmod(at, _SECOND)
    return _number(1, seconds) + _number(2, nanoseconds)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
