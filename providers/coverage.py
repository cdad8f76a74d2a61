"""Which provider answers what, read off the tables and methods that do it.

So the graph can say beside each field who gives it, without knowing any vendor, and what it says
is true by construction: a fifth provider changes the text by being there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from providers.model import RECORDS, Record
from providers.reading import Reader
from providers.sources import PROVIDERS, Entry

_RECORDS = set(RECORDS)


def _readers(entry: Entry, record: type[Record]) -> Iterator[Reader[Record]]:
    for each in vars(entry.reading).values():
        if isinstance(each, Reader) and each.record is record:
            yield each


@cache
def knowers(record: type[Record]) -> tuple[Entry, ...]:
    """The providers that have such records at all."""
    return tuple(entry for entry in PROVIDERS.values() if any(_readers(entry, record)))


@cache
def givers(record: type[Record], field: str) -> tuple[Entry, ...]:
    """The providers that fill a field."""
    return tuple(
        entry
        for entry in PROVIDERS.values()
        if any(field in reader.cells for reader in _readers(entry, record))
    )


def answerers(method: str) -> tuple[Entry, ...]:
    """The providers whose client has a method."""
    return tuple(entry for entry in PROVIDERS.values() if hasattr(entry.client, method))


def filterers(listing: str, name: str) -> tuple[Entry, ...]:
    """The providers whose list can be narrowed by a filter."""
    return tuple(
        entry
        for entry in PROVIDERS.values()
        if listing in entry.listings and name in entry.listings[listing].filters
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def titles(entries: Sequence[Entry]) -> str:
    """Providers by name, as a sentence lists them."""
    names = [entry.title for entry in entries]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def type_coverage(record: type) -> str:
    """Who has such records, if not all, and what they call them."""
    if record not in _RECORDS:
        return ""
    having = knowers(record)
    called = [
        f"at {entry.title}, {reader.about}"
        for entry in having
        for reader in _readers(entry, record)
        if reader.about
    ]
    parts = [f"{_sentence('; '.join(called))}" if called else ""]
    if len(having) < len(PROVIDERS):
        parts.append(f"Known to {titles(having)}.")
    return " ".join(filter(None, parts))


def field_coverage(record: type, fields: frozenset[str]) -> str:
    """Who fills a field that is read from these fields of the record, if not all, and how."""
    if record not in _RECORDS or not fields:
        return ""
    having = knowers(record)
    giving = [entry for entry in having if all(entry in givers(record, each) for each in fields)]
    notes = [
        f"At {entry.title}, {reader.notes[each]}."
        for entry in giving
        for reader in _readers(entry, record)
        for each in sorted(fields & reader.notes.keys())
    ]
    if giving and len(giving) < len(having):
        notes.insert(0, f"Given by {titles(giving)}; null elsewhere.")
    return " ".join(notes)


def method_coverage(method: str) -> str:
    """Who answers a method, if not all do."""
    answering = answerers(method)
    return "" if len(answering) in (0, len(PROVIDERS)) else f"Answered by {titles(answering)}."


def filter_coverage(listing: str, name: str) -> str:
    """Who can narrow a list so."""
    offering = filterers(listing, name)
    needing = [entry for entry in offering if name in entry.listings[listing].needs]
    needed = f" {titles(needing)} can list only with it." if needing else ""
    return f"Offered by {titles(offering)}.{needed}" if offering else ""


def order_coverage(listing: str, orders: Sequence[str]) -> str:
    """Who can sort a list in all these ways."""
    sorting = [
        entry
        for entry in PROVIDERS.values()
        if listing in entry.listings and set(orders) <= entry.listings[listing].orders
    ]
    return f"Offered by {titles(sorting)}." if sorting else ""
