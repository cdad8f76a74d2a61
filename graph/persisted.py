"""Operations that are asked by a name instead of their text: known before, or from then on.

*Trusted documents* are known before: clients are built with them, and their manifest is given to
the server (``graph.manifests``), which takes nothing else if it is told so. *Automatic persisted
queries* become known as they come: a client sends the SHA-256 hash of a text, and the text with it
where the server doesn't know the hash. Here, and nowhere else, a request becomes a text.
https://www.apollographql.com/docs/apollo-server/performance/apq
https://www.apollographql.com/docs/graphos/platform/security/persisted-queries
https://relay.dev/docs/guides/persisted-queries/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from graph.bounded import Bounded
from graph.errors import Code
from graph.policies import Policy
from graph.requests import Operation
from resolvers.ledger import Ledger

LONGEST = 16_384
"""Characters of the longest text that is kept by its hash; longer ones are only executed."""

SLOTS = 4_096
"""How many texts all processes keep by their hashes: each has a place by its hash, and pushes out
the one before it, so that nobody can fill the ledger."""

LASTING = 7 * 24 * 3600
"""Seconds that a text is kept for by all processes."""

MOST_TEXT = 1_000_000
"""Characters of the texts that one process keeps by their hashes."""

_HASH = re.compile(r"[0-9a-f]{64}")


class Unknown(Exception):
    """The operation isn't known by its name, or may not be asked; ``status`` is HTTP's."""

    def __init__(self, code: Code, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Malformed(Unknown):
    """What is there in place of a text names none: a fault of the request itself, as if it had
    neither. Apollo's server has 400 for it too."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.BAD_REQUEST, message)


# Apollo's protocol: clients go by the code, or by the message; HTTP succeeded.
NOT_FOUND = Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound", 200
NOT_SUPPORTED = Code.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported", 200


_IN_NO_LIST = (
    "in the server's lists of documents: its client's manifest has to be given to the server first."
)


class Texts:
    """The texts of operations, by all that requests say instead of them."""

    def __init__(
        self,
        ledger: Ledger,
        trusted: Mapping[str, str] | None = None,
        *,
        automatic: bool = True,
    ) -> None:
        self.ledger = ledger
        self.trusted = trusted or {}
        self.automatic = automatic
        self._listed = {_hash_of(text): text for text in self.trusted.values()}
        self._texts = frozenset(self._listed.values())
        self._kept: Bounded[str, str] = Bounded(MOST_TEXT)

    def of(self, operation: Operation, policy: Policy) -> str:
        """The text of a request's operation.

        Raises:
            Unknown: where there is none for its id or hash, or where it isn't to be executed.
        """
        text, extensions = operation.query or "", operation.extensions
        free = policy.any_document and bool(text)
        if free and extensions is None:
            return text
        if not free and (id := operation.id) is not None:
            return self._trusted(id)
        persisted = extensions.get("persistedQuery") if extensions else None
        if persisted is None:
            return self._allowed(text, policy)
        hash = _hash(persisted)
        if text:
            return self._hashed(hash, self._allowed(text, policy))
        return self._found(hash, policy)

    def learn(self, operation: Operation, policy: Policy) -> None:
        """Keep the text of an operation by the hash that came with it, if one did.

        Only what may be executed is worth it: the ledger is everybody's. Listed texts are known.
        """
        text, extensions = operation.query, operation.extensions
        persisted = extensions.get("persistedQuery") if extensions else None
        if persisted is None or not text or len(text) > LONGEST:
            return
        if not self.automatic or not policy.any_document:
            return
        hash = _hash(persisted)
        if self._kept.get(hash) != text and _hash_of(text) == hash:
            self._kept.keep(hash, text, len(text))
            self.ledger.write(_slot(hash), f"{hash}{text}".encode(), LASTING)

    def _trusted(self, id: str) -> str:
        found = self.trusted.get(id) or self._by_hash(id.removeprefix("sha256:"))
        if found is None:
            message = f"No operation of this id is {_IN_NO_LIST}"
            raise Unknown(Code.PERSISTED_QUERY_NOT_IN_LIST, message)
        return found

    def _by_hash(self, hash: str) -> str | None:
        """A listed text, by whatever its list calls it, or by its own hash: clients' links send
        that, and Relay's compiler lists texts by another."""
        return self.trusted.get(hash) or self._listed.get(hash)

    def _allowed(self, text: str, policy: Policy) -> str:
        if policy.any_document or text in self._texts:
            return text
        message = (
            "This server takes only the operations in its lists of documents: send the id of one, "
            "as `documentId`."
        )
        if not self.trusted:
            message = "This server takes only what its gateways ask."
        raise Unknown(Code.PERSISTED_QUERY_NOT_IN_LIST, message)

    def _hashed(self, hash: str, text: str) -> str:
        """The text, whose hash this is."""
        if self._kept.get(hash) != text and _hash_of(text) != hash:
            raise Malformed("`sha256Hash` is not the hash of `query`.")
        return text

    def _found(self, hash: str, policy: Policy) -> str:
        """The text of a hash."""
        if (text := self._by_hash(hash)) is not None:
            return text
        if not policy.any_document:
            raise Unknown(
                Code.PERSISTED_QUERY_NOT_IN_LIST,
                f"No operation of this hash is {_IN_NO_LIST}",
            )
        if not self.automatic:
            raise Unknown(*NOT_SUPPORTED)
        if (text := self._kept.get(hash)) is not None:
            return text
        kept = (self.ledger.read(_slot(hash)) or b"").decode()
        if not kept.startswith(hash):
            raise Unknown(*NOT_FOUND)
        text = kept[len(hash) :]
        self._kept.keep(hash, text, len(text))
        return text


def _slot(hash: str) -> str:
    return f"document:{int(hash[:8], 16) % SLOTS}"


def _hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _hash(persisted: Any) -> str:
    """The hash in ``extensions.persistedQuery``."""
    if not isinstance(persisted, dict):
        raise Malformed("`extensions.persistedQuery` must be an object.")
    if persisted.get("version") != 1:
        raise Malformed("`persistedQuery.version` must be 1.")
    hash = persisted.get("sha256Hash")
    if not isinstance(hash, str) or not _HASH.fullmatch(hash):
        message = "`persistedQuery.sha256Hash` must be a SHA-256 hash: 64 small hexadecimal digits."
        raise Malformed(message)
    return hash
