"""Typed reads: the bytes of a body straight into records, of just the fields that are wanted.

They take no liberties: what a layout (``providers.layouts``) doesn't take as it is, such as a
number where text belongs or a row without a key, it refuses, and the same bytes go through the
table's tolerant read. So a wrong field costs itself and is counted, whichever way is taken, and
both ways give the same records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from providers.decoding import decoded
from providers.http import Decode
from providers.layouts import MOST_LAYOUTS, SOURCE, Layout, layout_of
from providers.model import Record
from providers.reading import Reader, Reading, Unkeyed

R = TypeVar("R", bound=Record)
T = TypeVar("T")

REFUSALS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unkeyed)
"""What a body meets that is not as its layout has it."""

LONGEST_PAUSE = 64
"""Most bodies of a table that are read tolerantly at once after one that was refused."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where in a body the records stand."""

    rows: str | None = None
    """The member that holds them, or None for the body itself."""
    first: bool = False
    """Whether it is the first member that is a list, or else the body itself."""
    rest: tuple[str, ...] = ()
    """Other members that are read, as they are."""
    many: bool = True
    """Whether it is a list of records, or one."""


@dataclass(frozen=True, slots=True)
class Body(Generic[T]):
    """What a body holds."""

    records: list[T] | None
    """Its records, or None where its envelope is another than was expected."""
    count: int = 0
    """How many rows it has; those without a key are among them."""
    rest: Mapping[str, Any] = field(default_factory=dict)
    """The envelope's other members, None where they are missing."""


class Bodies:
    """Reads the bodies of one source: typed, or tolerantly where that was refused.

    Who is refused pays for both. So after a refusal the table's next bodies are read tolerantly,
    twice as many as after the refusal before.
    """

    def __init__(self) -> None:
        self._pauses: dict[Reader[Any], _Pause] = {}
        self.refusals = 0
        """How many bodies were refused."""

    def reads(
        self, reader: Reader[R], reading: Reading, envelope: Envelope, owner: str = ""
    ) -> Decode:
        """A decoder of bodies to a ``Body`` of the table's records.

        Raises, when called:
            ProviderError: ``BAD_RESPONSE`` where the bytes are no JSON.
        """
        layout = layout_of(reader, reader.selection(reading.ask), reading.shallow)
        pause = self._pauses.setdefault(reader, _Pause())

        def decode(data: bytes) -> Body[R]:
            if layout is not None and pause.is_over():
                try:
                    found = _typed(layout, reading, envelope, owner, data)
                except REFUSALS:
                    self.refusals += 1
                    pause.begin()
                else:
                    pause.forget()
                    return found
            return tolerant(reader, reading, envelope, owner, data)

        return decode


@dataclass(slots=True)
class _Pause:
    """For how many bodies a table is read tolerantly, and how often in a row it was refused."""

    left: int = 0
    refusals: int = 0

    def is_over(self) -> bool:
        self.left -= 1
        return self.left < 0

    def begin(self) -> None:
        self.refusals += 1
        self.left = min(1 << min(self.refusals, 16), LONGEST_PAUSE)

    def forget(self) -> None:
        self.left = self.refusals = 0


def tolerant(
    reader: Reader[R], reading: Reading, envelope: Envelope, owner: str, data: bytes
) -> Body[R]:
    """A body as the table reads it, object by object: what the typed way is measured by.

    Raises:
        ProviderError: ``BAD_RESPONSE`` where the bytes are no JSON.
    """
    body = unread(envelope, data)
    if body.records is None:
        return body
    return replace(body, records=reader.read_all(body.records, reading, owner))


def unread(envelope: Envelope, data: bytes) -> Body[Any]:
    """A body whose rows are as they came.

    Raises:
        ProviderError: ``BAD_RESPONSE`` where the bytes are no JSON.
    """
    body = decoded(data)
    members = body if isinstance(body, Mapping) else {}
    rest = {name: members.get(name) for name in envelope.rest}
    found: Any
    if envelope.first and members:
        found = next((each for each in members.values() if isinstance(each, list)), None)
    else:
        found = body if envelope.rows is None else members.get(envelope.rows)
    if envelope.many and not isinstance(found, list):
        return Body(None, rest=rest)
    if not envelope.many and envelope.rows is not None and not isinstance(found, Mapping):
        return Body(None, rest=rest)
    rows = found if envelope.many else [found]
    return Body(rows, len(rows), rest)


def _typed(
    layout: Layout[R], reading: Reading, envelope: Envelope, owner: str, data: bytes
) -> Body[R]:
    token = SOURCE.set(reading.source)
    try:
        found, rest = _opened(layout, envelope, data)
    finally:
        SOURCE.reset(token)
    records = found if envelope.many else [found]
    layout.complete(records, reading, owner)
    return Body(records, len(records), rest)


def _opened(layout: Layout[Any], envelope: Envelope, data: bytes) -> tuple[Any, dict[str, Any]]:
    """What the rows' place in a body holds, and the envelope's other members."""
    if envelope.first:
        return _first(layout, envelope, data)
    body = _decoder(layout, envelope).decode(data)
    if envelope.rows is None:
        return body, dict.fromkeys(envelope.rest)
    return body.rows, {name: getattr(body, name) for name in envelope.rest}


def _first(layout: Layout[Any], envelope: Envelope, data: bytes) -> tuple[Any, dict[str, Any]]:
    rows: Any = data
    members: dict[str, msgspec.Raw] = {}
    if not data.lstrip().startswith(b"["):
        members = _MEMBERS.decode(data)
        rows = next((each for each in members.values() if memoryview(each)[0] == ord("[")), None)
    if rows is None:
        raise msgspec.ValidationError("no list")
    found = _decoder(layout, _BARE).decode(rows)
    names = [name for name in envelope.rest if name in members]
    return found, {
        **dict.fromkeys(envelope.rest),
        **{name: msgspec.json.decode(members[name]) for name in names},
    }


_BARE = Envelope()
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


@lru_cache(maxsize=MOST_LAYOUTS)
def _decoder(layout: Layout[Any], envelope: Envelope) -> msgspec.json.Decoder[Any]:
    kind: Any = layout.struct
    if envelope.many:
        kind = list[kind]
    if envelope.rows is None:
        return msgspec.json.Decoder(kind)
    fields: list[Any] = [("rows", kind), *((name, Any, None) for name in envelope.rest)]
    return msgspec.json.Decoder(
        msgspec.defstruct("Envelope", fields, rename={"rows": envelope.rows})
    )
