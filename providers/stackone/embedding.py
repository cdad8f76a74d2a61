"""Categories, skills and authors inside courses and content: which of them are records, and their
keys.

The schema promises whole objects there, its examples show no more than id and name, and some have
no id.
https://docs.stackone.com/lms/api-reference/courses/list-courses
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from providers.base import Ask, join_key, split_key
from providers.convert import key as plain_key
from providers.reading import Facet, Reader, Reading, Refs

EMBEDDED = "in:"
"""How the key of an embedded object without an id begins. No id of StackOne's has a colon."""

OWNERS = ("course", "content")


def embedded_key(owner_kind: str) -> Callable[[str, Any, Any], str]:
    """A converter of (owner's key, id, name) to a key: the id, or else a way through the owner."""

    def convert(owner: str, id: Any, name: Any) -> str:
        if id is not None and id != "":
            return plain_key(id)
        return EMBEDDED + join_key(owner_kind, owner, plain_key(name))

    return convert


def author_key(owner_kind: str) -> Callable[[str, Any, Any], str]:
    """A converter of (owner's key, id, name) to a key: always the way through the owner.

    Authors have no endpoint of their own: they can only be read with what they wrote.
    """

    def convert(owner: str, id: Any, name: Any) -> str:
        chosen = name if id is None or id == "" else id
        return join_key(owner_kind, owner, plain_key(chosen))

    return convert


def owner_of(key: str) -> tuple[str, str] | None:
    """Kind and key of the record that an author's key leads through, or None for another key."""
    parts = split_key(key, 3)
    return (parts[0], parts[1]) if parts and parts[0] in OWNERS else None


def embedding_owner(key: str) -> tuple[str, str] | None:
    """The same for the key of an embedded object without an id."""
    return owner_of(key.removeprefix(EMBEDDED)) if key.startswith(EMBEDDED) else None


def wanted_names(reader: Reader[Any], ask: Ask) -> tuple[list[str], list[str]]:
    """The top-level names that what is wanted of a record is read from: its own, and its
    facet's."""
    fields = ask.fields(reader.record)
    facets = (
        cell.converter.reader for cell in reader.chosen(fields) if isinstance(cell.converter, Facet)
    )
    facet = [name for each in facets for name in each.names(ask.fields(each.record))]
    return reader.names(fields), facet


class Embedded(Refs):
    """Objects inside others: the record where one holds all that is wanted, else its key.

    A property that is not there says nothing, unlike one that is null. Without an id there is
    nothing more to be read: then the object is all there is.
    """

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """A tuple of keys and records."""
        if not isinstance(value, list):
            raise TypeError("not a list")
        own, facet = wanted_names(self.reader, reading.ask)
        # ``level`` is the deprecated name of ``hierarchy``, so it may be missing.
        wanted = {*own} - {"level"} | {*facet}
        return tuple(
            ref
            for item in value
            for ref in Refs.read(self, [item], reading, owner, shallow=_is_stub(item, wanted))
        )


def _is_stub(item: Any, wanted: set[str]) -> bool:
    return isinstance(item, Mapping) and bool(item.get("id")) and not wanted <= item.keys()
