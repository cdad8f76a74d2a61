"""Operations that clients were built with: read from their manifests, and looked over beforehand.

A listed operation that the schema doesn't know, or that is larger than is taken, would fail at a
customer's first request. So each is parsed, measured and validated when the server starts, which
takes a few milliseconds of the processor for each: for a time, after which the server starts
all the same, since a manifest that has grown must not keep it from doing so. ``coursegraph
documents`` takes all the time that there is, before a manifest is given to a server.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import msgspec

from graph.subgraph import Subgraph
from providers.sources import SettingsError

MANIFEST = "apollo-persisted-query-manifest"

PATIENCE = 10.0
"""Seconds that a server looks over its documents before it starts."""


@dataclass(slots=True)
class Look:
    """What came of looking over the operations of manifests."""

    listed: int = 0
    """How many there are."""
    looked: int = 0
    """How many were looked at."""
    faults: list[str] = field(default_factory=list)
    """Where, which, and why, of those that can't be asked."""


def look_over(
    paths: Iterable[str],
    schema: Subgraph,
    seconds: float = math.inf,
    now: Callable[[], float] = monotonic,
) -> Look:
    """Look whether the operations of manifests can be asked, for as many seconds.

    Raises:
        SettingsError: as ``read_manifests``.
    """
    found = Look()
    end = now() + seconds
    for path in paths:
        texts = _read(Path(path))
        found.listed += len(texts)
        for id, text in texts.items():
            if now() > end:
                break
            found.looked += 1
            if why := schema.unusable(text):
                found.faults.append(f"{path}: {id!r}: {why}")
    return found


class _Listed(msgspec.Struct):
    id: str
    body: str


class _Manifest(msgspec.Struct):
    """Apollo's manifest."""

    format: str
    version: int
    operations: list[_Listed]


def read_manifests(paths: Iterable[str]) -> dict[str, str]:
    """The texts in manifests, by their ids: Apollo's, or an object of texts by their ids, as
    Relay's compiler and GraphQL Code Generator write it.

    Raises:
        SettingsError: where a file isn't there, is no manifest, or gives an id another text.
    """
    found: dict[str, str] = {}
    for path in paths:
        for id, text in _read(Path(path)).items():
            if found.setdefault(id, text) != text:
                raise SettingsError(f"documents: {path} gives {id!r} another text than before")
    return found


def _read(path: Path) -> dict[str, str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"documents: {path}: {error.strerror}") from None
    try:
        plain = msgspec.json.decode(content)
        if not isinstance(plain, dict) or plain.get("format") is None:
            return msgspec.convert(plain, dict[str, str])
        manifest = msgspec.convert(plain, _Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise SettingsError(f"documents: {path} is no manifest: {error}") from None
    if (manifest.format, manifest.version) != (MANIFEST, 1):
        raise SettingsError(
            f"documents: {path} is {manifest.format!r}, version {manifest.version}; "
            f"known is {MANIFEST!r}, version 1"
        )
    return {each.id: each.body for each in manifest.operations}
