"""The LMS behind an account, as a request through StackOne's proxy meets it.

It gives what it keeps (`GET /courses`, `/courses/{id}`), fails on demand (`/status/503`), and says
of everything else what it got, so that a test can see what reached it. It is played here: nothing
ever leaves the sandbox.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from sandbox.stackone.bodies import Body, an_object, fields, string
from sandbox.stackone.fields import NEWER
from sandbox.stackone.library import SOURCES, Register
from sandbox.stackone.refusals import refused
from sandbox.stackone.rows import JSONObject

HOME = "https://lms.academy.example/api"
METHODS = ("get", "post", "put", "delete", "patch")

# ProxyRequestBody: every field is optional, the method is GET unless said.
REQUEST = Body(
    fields(texts=(string, "url method path"), objects=(an_object, "headers body")),
)


def played(register: Register, body: Any) -> JSONObject:
    """Answer as ProxyResponseApiModel: what the LMS said, as data with its own status."""
    if complaints := list(REQUEST.complaints(body, NEWER)):
        raise refused(400, "; ".join(complaints))
    given = REQUEST.given(body, NEWER)
    method = given.get("method", "get").lower()
    if method not in METHODS:
        raise refused(400, f"method must be one of {', '.join(METHODS)}")
    # Where another host would be asked at StackOne isn't published; here there is no other.
    if not given.get("url", HOME).startswith(HOME):
        raise refused(400, f"url must be below {HOME}")
    whole = urlsplit(given.get("url", HOME) + given.get("path", ""))
    parts = [unquote(part) for part in whole.path.removeprefix(urlsplit(HOME).path).split("/")[1:]]
    echo = {
        "method": method.upper(),
        "path": whole.path,
        "query": dict(parse_qsl(whole.query, keep_blank_values=True)),
        "headers": given.get("headers", {}),
        "body": given.get("body"),
    }
    status, data = answered(register, method, parts, echo)
    failed = {"status": status, "url": whole.geturl(), "raw": data, "headers": {}}
    return {
        "status": status,
        "headers": {"content-type": "application/json", "x-request-id": "academy-1"},
        "data": data,
        "provider_errors": [failed] if status >= 400 else None,
    }


def answered(
    register: Register, method: str, parts: list[str], echo: JSONObject
) -> tuple[int, Any]:
    match parts:
        case ["status", number] if number.isdecimal() and 200 <= int(number) <= 599:
            return int(number), {"error": phrase(int(number))}
        case [name] if name in SOURCES and method == "get":
            shelf = register.shelf(name)
            rows = [row for row in shelf.rows if shelf.holds(row)]
            return 200, {"items": [msgspec.to_builtins(row.source) for row in rows[:100]]}
        case [name, *rest] if name in SOURCES and method == "get":
            row = register.shelf(name).find("/".join(rest))
            kept = msgspec.to_builtins(row.source) if row else {"error": "Not Found"}
            return (200 if row else 404), kept
    return (201 if method == "post" else 200), echo


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
