"""Why a caller is denied an operation: as an error, and as HTTP's challenge to come with a token.

https://www.rfc-editor.org/rfc/rfc6750#section-3
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLError

from graph.errors import Code, told

REALM = "coursegraph"

TAKE_A_BREAK = 10
"""Seconds until it is worth asking again where tokens can't be verified."""


class Denied(Exception):
    """The operation isn't executed for this caller; ``status`` is HTTP's, and ``challenge`` what
    its answer says in ``WWW-Authenticate``, if anything."""

    def __init__(self, status: int, errors: Sequence[GraphQLError], challenge: str = "") -> None:
        super().__init__(errors[0].message)
        self.status = status
        self.errors = errors
        self.challenge = challenge

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        return self.errors[0].message

    def told(self, id: str) -> list[dict[str, Any]]:
        """The errors as clients see them, for the request of this id."""
        return told(self.errors, id, valid=True)


def without_token(path: Sequence[str] | None = None, node: FieldNode | None = None) -> Denied:
    """There is no token, and a field takes one; or all do."""
    # No error is named where nothing was presented: the client may not have known.
    message = "This takes a token: send `Authorization: Bearer …`."
    return Denied(401, [_error(Code.UNAUTHENTICATED, message, path, node)], _challenge())


def invalid(reason: str) -> Denied:
    """The token isn't believed. The reason is one that may be known to whoever sends tokens."""
    challenge = _challenge(error="invalid_token", error_description=reason)
    return Denied(401, [_error(Code.UNAUTHENTICATED, f"{reason}.")], challenge)


def misplaced() -> Denied:
    """What was presented is no token, or there are several."""
    message = "Send one token, as `Authorization: Bearer …`."
    return Denied(400, [_error(Code.BAD_REQUEST, message)], _challenge(error="invalid_request"))


def unverifiable() -> Denied:
    """Whether the token is good can't be known now."""
    message = "Tokens can't be verified now: the issuer's keys can't be read. Ask again soon."
    error = _error(
        Code.AUTHENTICATION_UNAVAILABLE, message, retryable=True, retryAfterMs=TAKE_A_BREAK * 1000
    )
    return Denied(503, [error])


def lacking(
    fields: Sequence[tuple[Sequence[str], FieldNode, Sequence[str]]],
) -> Denied:
    """The token lets its caller do less than this: fields by path and place, and the scopes that
    each takes."""
    errors = [
        _error(Code.FORBIDDEN, _taking(node, scopes), path, node, requiredScopes=list(scopes))
        for path, node, scopes in fields
    ]
    wanted = sorted({scope for _, _, scopes in fields for scope in scopes})
    return Denied(403, errors, _challenge(error="insufficient_scope", scope=" ".join(wanted)))


def _taking(node: FieldNode, scopes: Sequence[str]) -> str:
    named = " and ".join(f"`{each}`" for each in scopes)
    kind = "scope" if len(scopes) == 1 else "scopes"
    return f"`{node.name.value}` takes a token with the {kind} {named}."


def _error(
    code: Code,
    message: str,
    path: Sequence[str] | None = None,
    node: FieldNode | None = None,
    **extensions: Any,
) -> GraphQLError:
    return GraphQLError(message, node, path=path, extensions={"code": code.value, **extensions})


def _challenge(**parameters: str) -> str:
    # Never without a parameter: RFC 6750 asks for one at least.
    given = {"realm": REALM, **parameters}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in given.items())
