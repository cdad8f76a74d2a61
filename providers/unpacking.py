"""Unpacks a body while it arrives, within bounds."""

from __future__ import annotations

import zlib

from providers.decoding import bad
from providers.errors import DETAILS, Kind, ProviderError


class Unpacking:
    """Unpacks gzip piece by piece, each at most ``limit`` bytes and a bit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def unpacked(self, piece: bytes) -> bytes:
        """What a piece holds.

        Raises:
            ProviderError: ``TOO_LARGE`` where it is more than the limit, ``BAD_RESPONSE`` where it
                is broken.
        """
        try:
            found = self._unpacker.decompress(piece, self._limit + 1)
        except zlib.error:
            raise bad("its compression is broken") from None
        if self._unpacker.unconsumed_tail:
            raise ProviderError(Kind.TOO_LARGE, DETAILS[Kind.TOO_LARGE])
        if self._unpacker.unused_data:  # It would be kept, however much comes.
            raise bad("it goes on after its end")
        return found

    def end(self) -> None:
        """Nothing more comes.

        Raises:
            ProviderError: ``BAD_RESPONSE`` where something is missing.
        """
        if not self._unpacker.eof:
            raise bad("it is cut short")
