"""Bindbee's passthrough: what a request has to look like, and how the vendor's answer comes back.

https://docs.bindbee.dev, "Passthrough": 200 says that Bindbee reached the vendor, whatever the
vendor's own status.
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from starlette.responses import Response

from sandbox.bindbee.question import Invalid
from sandbox.bindbee.vendor import Call, Reply, Vendor
from sandbox.wire import JSONAnswer, Refused

METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
SENT = ("JSON", "XML", "MULTIPART")
GIVEN = (*SENT, "BINARY")

TYPES = {
    "JSON": "application/json",
    "XML": "application/xml",
    "MULTIPART": "multipart/form-data; boundary=bindbee",
}

LONGEST = 300.0
"""Seconds that a vendor is waited for where the request doesn't say."""


def read_call(body: bytes) -> tuple[Call, str, float]:
    """The vendor's request, the format that its answer is wanted in, and the seconds to wait.

    Raises:
        Invalid: as FastAPI refuses a body.
    """
    found = read_object(body)
    method = one_of(found, "method", METHODS)
    path = text(found, "path")
    # It may be null, and has to be there: what is left out is refused.
    headers = strings(found, "headers")
    sent = one_of(found, "request_format", SENT, "JSON")
    given = one_of(found, "response_format", GIVEN, "JSON")
    params = mapping(found, "params")
    data = found.get("data")
    if not isinstance(data, str | list | dict | None):
        raise Invalid(("body", "data"), "string_type", "Input should be a valid string", input=data)
    if sent == "XML" and data is not None and not isinstance(data, str):
        # How objects would become XML isn't published; here XML is sent as it is given.
        raise Invalid(("body", "data"), "string_type", "XML is sent as text", input=data)
    if sent == "MULTIPART" and data is not None and not isinstance(data, dict):
        raise Invalid(("body", "data"), "dict_type", "A form is sent as an object", input=data)
    timeout = found.get("timeout")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float)):
        message = "Input should be a valid number"
        raise Invalid(("body", "timeout"), "float_type", message, input=timeout)
    wire = {"content-type": TYPES[sent]} if data is not None else {}
    wire |= {name.lower(): value for name, value in headers.items()}
    return Call(method, path, wire, params, data), given, LONGEST if timeout is None else timeout


def read_object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid(("body", 0), "json_invalid", "JSON decode error", input={}) from None
    if not isinstance(found, dict):
        message = "Input should be a valid dictionary"
        raise Invalid(("body",), "model_attributes_type", message, input=found)
    return found


def required(found: Mapping[str, Any], name: str) -> Any:
    if name not in found:
        raise Invalid(("body", name), "missing", "Field required", input=found)
    return found[name]


def text(found: Mapping[str, Any], name: str) -> str:
    value = required(found, name)
    if not isinstance(value, str):
        message = "Input should be a valid string"
        raise Invalid(("body", name), "string_type", message, input=value)
    return value


def one_of(
    found: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str | None = None
) -> str:
    value = required(found, name) if default is None else found.get(name)
    if value is None and default is not None:
        return default
    if value not in choices:
        shown = ", ".join(f"'{each}'" for each in choices[:-1]) + f" or '{choices[-1]}'"
        raise Invalid(
            ("body", name),
            "enum",
            f"Input should be {shown}",
            input=value,
            ctx={"expected": shown},
        )
    return str(value)


def mapping(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        message = "Input should be a valid dictionary"
        raise Invalid(("body", name), "dict_type", message, input=value)
    return value


def strings(found: Mapping[str, Any], name: str) -> dict[str, str]:
    required(found, name)
    given = mapping(found, name)
    for each, value in given.items():
        if not isinstance(value, str):
            message = "Input should be a valid string"
            raise Invalid(("body", name, each), "string_type", message, input=value)
    return given


def pass_through(body: bytes, vendor: Vendor) -> Response:
    """The vendor's answer, its status gone."""
    call, given, timeout = read_call(body)
    reply = vendor.answer(call)
    if reply.seconds > timeout:
        # What becomes of a vendor that is too slow isn't published; no second of it is played.
        raise Refused(JSONAnswer({"detail": "The vendor did not answer in time"}, 504))
    return dressed(reply, given)


def dressed(reply: Reply, given: str) -> Response:
    """An answer in the format that was asked for: whichever it is, it is 200."""
    match given:
        case "BINARY":
            content = reply.content or msgspec.json.encode(reply.body)
            return Response(content, media_type="application/octet-stream")
        case "XML":
            return Response(f"<response>{xml(reply.body)}</response>", media_type=TYPES["XML"])
        case "MULTIPART":
            return Response(parts(reply.body), media_type=TYPES["MULTIPART"])
        case _:
            return JSONAnswer(reply.body)


def xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{xml(each)}</item>" for each in value)
    return "" if value is None else escape(str(value))


def parts(value: Any) -> bytes:
    """A form with one part for each field."""
    fields = value.items() if isinstance(value, dict) else [("body", value)]
    lines = b""
    for name, each in fields:
        lines += f'--bindbee\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        lines += (each.encode() if isinstance(each, str) else msgspec.json.encode(each)) + b"\r\n"
    return lines + b"--bindbee--\r\n"
