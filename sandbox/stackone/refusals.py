"""StackOne's refusals: which status, in which words, and in which body."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from sandbox.wire import JSONAnswer, Refused

MESSAGES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden resource",
    404: "Not Found",
    408: "Request timed out",
    409: "Conflict",
    412: "Precondition failed",
    422: "Unprocessable Entity",
    429: "Too many requests",
    500: "Internal server error",
    501: "Not Implemented",
    502: "Bad Gateway",
}


def refused(status: int, detail: str | None = None) -> Refused:
    """Make what ends a request with a refusal: `raise refused(404)`."""
    return Refused(refusal(status, detail))


def refusal(status: int, detail: str | None = None) -> JSONAnswer:
    """Word an error answer; 408 and 429 say when to come back.

    https://docs.stackone.com/guides/rate-limiting: 60 seconds unless the LMS said otherwise.
    """
    headers = {"Retry-After": "60"} if status in (408, 429) else None
    return JSONAnswer(error_body(status, detail), status, headers)


def error_body(status: int, detail: str | None) -> dict[str, Any]:
    """Build the body of an error: a 400 says more in `data`, the others have `message` alone."""
    said = MESSAGES.get(status) or HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "statusCode": status,
        "message": said if status == 400 else detail or said,
        "timestamp": timestamp(datetime.now(UTC)),
    }
    if status == 400:
        body["data"] = {"statusCode": status, "message": detail or body["message"]}
        body["provider_errors"] = None
    return body


def timestamp(moment: datetime) -> str:
    """Write a moment as StackOne does: milliseconds and an offset, 2021-07-21T14:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
