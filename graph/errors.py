"""Errors as clients see them: a code of a closed set, words that are safe to show, and what to do.

Whatever went wrong ends here. What a provider failed at keeps its kind; what the caller got wrong
says what to change; anything else is a fault of ours, which is logged with the request's id and
shown without its words.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from enum import Enum
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from providers.errors import Kind, ProviderError
from resolvers.context import Context, Problem
from resolvers.errors import BadInput, LimitReached

log = logging.getLogger("coursegraph")


class Code(Enum):
    """What went wrong, as `errors[].extensions.code` says it: this is the whole set."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    """The document is no GraphQL."""

    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    """The document asks for what the schema doesn't have."""

    OPERATION_LIMIT_EXCEEDED = "OPERATION_LIMIT_EXCEEDED"
    """The document, or what it would give, is larger than the server takes; the message says which
    limit and how large."""

    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    """The server doesn't tell this caller its schema."""

    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    """The server doesn't know this hash yet; send the whole document once, with it."""

    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    """The server keeps no documents by their hashes; send the whole document."""

    PERSISTED_QUERY_NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"
    """The server's lists don't have this operation, and it takes no other."""

    BAD_REQUEST = "BAD_REQUEST"
    """The HTTP request carries no GraphQL request that could be understood."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    """An argument or variable can't be used; the message says why."""

    NOT_FOUND = "NOT_FOUND"
    """The provider has no such thing."""

    CONFLICT = "CONFLICT"
    """The provider's state doesn't allow it."""

    UNSUPPORTED = "UNSUPPORTED"
    """This source can't answer this, now or later."""

    UPSTREAM_AUTH_FAILED = "UPSTREAM_AUTH_FAILED"
    """The provider refused the source's credentials."""

    UPSTREAM_FORBIDDEN = "UPSTREAM_FORBIDDEN"
    """The source's credentials don't allow it."""

    UPSTREAM_ACCOUNT_DISABLED = "UPSTREAM_ACCOUNT_DISABLED"
    """The account behind the source is disabled or expired."""

    UPSTREAM_REJECTED = "UPSTREAM_REJECTED"
    """The provider refused the parameters."""

    UPSTREAM_RATE_LIMITED = "UPSTREAM_RATE_LIMITED"
    """The provider's quota is used up; `retryAfterMs` says for how long, if known."""

    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    """The provider did not answer in time."""

    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    """The provider can't be reached, or failed."""

    UPSTREAM_BAD_RESPONSE = "UPSTREAM_BAD_RESPONSE"
    """The provider's answer is not what its contract promises."""

    UPSTREAM_TOO_LARGE = "UPSTREAM_TOO_LARGE"
    """The provider's answer is larger than the server takes."""

    UPSTREAM_BUDGET_EXCEEDED = "UPSTREAM_BUDGET_EXCEEDED"
    """The operation made as many calls to the source as one may make; ask for less at once."""

    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    """The operation's time was up."""

    SERVER_BUSY = "SERVER_BUSY"
    """As many streams, or WebSockets, are open as the server takes; try again after
    `retryAfterMs`."""

    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """A change was sent, and no answer says whether it was made; the message says what to check
    before it is repeated."""

    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    """A fault of the server, which is in its log under the ``requestId``."""


CODES: dict[Kind, Code] = {
    Kind.AUTH_FAILED: Code.UPSTREAM_AUTH_FAILED,
    Kind.FORBIDDEN: Code.UPSTREAM_FORBIDDEN,
    Kind.NOT_FOUND: Code.NOT_FOUND,
    Kind.TIMEOUT: Code.UPSTREAM_TIMEOUT,
    Kind.CONFLICT: Code.CONFLICT,
    Kind.ACCOUNT_DISABLED: Code.UPSTREAM_ACCOUNT_DISABLED,
    Kind.REJECTED: Code.UPSTREAM_REJECTED,
    Kind.RATE_LIMITED: Code.UPSTREAM_RATE_LIMITED,
    Kind.UNAVAILABLE: Code.UPSTREAM_UNAVAILABLE,
    Kind.UNSUPPORTED: Code.UNSUPPORTED,
    Kind.BAD_RESPONSE: Code.UPSTREAM_BAD_RESPONSE,
    Kind.TOO_LARGE: Code.UPSTREAM_TOO_LARGE,
    Kind.BUDGET_EXCEEDED: Code.UPSTREAM_BUDGET_EXCEEDED,
    Kind.DEADLINE_EXCEEDED: Code.DEADLINE_EXCEEDED,
    Kind.OUTCOME_UNKNOWN: Code.OUTCOME_UNKNOWN,
    Kind.INVALID_KEY: Code.BAD_USER_INPUT,
    Kind.INVALID_PAGE: Code.BAD_USER_INPUT,
}
"""By kind of provider error."""


class LimitExceeded(GraphQLError):
    """The document is larger than a limit."""


def code(error: ProviderError) -> Code:
    """The code of a provider's error."""
    return CODES[error.kind]


def problem_error(problem: Problem) -> GraphQLError:
    """The error of something that went wrong beside the data."""
    extensions = {"cursor": problem.cursor} if problem.cursor else {}
    path = problem.where.as_list() if problem.where is not None else None
    return GraphQLError(
        str(problem.error), path=path, original_error=problem.error, extensions=extensions
    )


def formatted(error: GraphQLError, request_id: str, *, valid: bool) -> dict[str, Any]:
    """An error as it leaves the server; ``valid`` says that its document could be executed."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    extensions = dict(error.extensions or {})
    if isinstance(cause, ProviderError):
        shown["message"] = f"{cause.source}: {cause.detail}" if cause.source else cause.detail
        extensions |= _provider_extensions(cause)
    elif isinstance(cause, BadInput):
        shown["message"] = str(cause)
        extensions["code"] = Code.BAD_USER_INPUT.value
    elif isinstance(cause, LimitReached):
        shown["message"] = str(cause)
        extensions |= {"limit": cause.limit, "maximum": cause.maximum}
        extensions["code"] = Code.OPERATION_LIMIT_EXCEEDED.value
    elif isinstance(error, LimitExceeded):
        extensions["code"] = Code.OPERATION_LIMIT_EXCEEDED.value
    elif isinstance(error, GraphQLSyntaxError):
        extensions["code"] = Code.GRAPHQL_PARSE_FAILED.value
    elif cause is None or isinstance(cause, GraphQLError):
        own = Code.BAD_USER_INPUT if valid else Code.GRAPHQL_VALIDATION_FAILED
        extensions.setdefault("code", own.value)
    else:
        # Where it failed, and no more: the exception's words may quote people's data.
        frames = "".join(traceback.format_tb(cause.__traceback__))
        kind = type(cause).__name__
        log.error("request %s failed at %s: %s\n%s", request_id, error.path, kind, frames)
        shown["message"] = "The server failed at this; its log has more under the request's id."
        extensions = {"code": Code.INTERNAL_SERVER_ERROR.value}
    shown["extensions"] = {**extensions, "requestId": request_id}
    return shown


MOST_TOLD = 500
"""Most errors that one answer tells; how many more there were is told in the last."""


def told(errors: Sequence[GraphQLError], request_id: str, *, valid: bool) -> list[dict[str, Any]]:
    """The errors of an answer, as they leave the server."""
    found = [formatted(each, request_id, valid=valid) for each in errors[:MOST_TOLD]]
    if (more := len(errors) - MOST_TOLD) > 0:
        found[-1]["extensions"]["more"] = more
    return found


def _provider_extensions(error: ProviderError) -> dict[str, Any]:
    found: dict[str, Any] = {"code": code(error).value, "retryable": error.retryable}
    if error.source:
        found["source"] = error.source
    if error.provider:
        found["provider"] = error.provider.upper()
    if error.retry_after is not None:
        found["retryAfterMs"] = round(error.retry_after * 1000)
    if error.status is not None:
        found["upstreamStatus"] = error.status
    return found


def beside(context: Context) -> list[GraphQLError]:
    """The errors of an operation that stand beside its data."""
    errors = [problem_error(problem) for problem in context.problems]
    for (source, record), count in context.ask.dropped.items():
        detail = f"{count} of the {record} records have no id that can be used, and are left out"
        client = context.sources.get(source)
        error = ProviderError(
            Kind.BAD_RESPONSE, detail, source=source, provider=client.provider if client else ""
        )
        errors.append(GraphQLError(str(error), original_error=error))
    return errors
