"""How SCORM Cloud says no.

Its reference documents `{"message": …}`, its 401 without credentials and clients in the field read
`{"error": …}`: the sandbox sends both.
"""

from __future__ import annotations

from starlette.responses import Response

from sandbox.wire import JSONAnswer, Refused

_TEXTS = {
    404: "There is no such operation.",
    405: "This operation takes another method.",
    429: "Too many requests; please slow down.",
}


def refusal(status: int, text: str | None = None) -> Response:
    said = text or _TEXTS.get(status, f"The sandbox was told to answer {status}.")
    return JSONAnswer({"message": said, "error": said}, status)


def bad_request(text: str) -> Refused:
    return Refused(refusal(400, text))


def not_found(kind: str, key: str) -> Refused:
    # The wording up to the bracket is the live service's own.
    return Refused(refusal(404, f"Could not find {kind} [{key}] in app [demo-app]"))
