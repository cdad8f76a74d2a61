"""What the four providers share at the wire: JSON answers, the log of requests, and faults."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FaultKind = Literal["status", "slow", "html", "broken_json", "wrong_types", "truncated"]

Refusal = Callable[[int], Response]
"""How a provider words an answer of 4xx or 5xx that has no particular reason."""


class JSONAnswer(Response):
    """A JSON body; `rows` says how many records a list holds, for the log."""

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        *,
        rows: int | None = None,
    ) -> None:
        super().__init__(content, status_code, headers)
        self.rows = rows

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if entry := scope.get("sandbox.entry"):
            entry.rows = self.rows
        await super().__call__(scope, receive, send)


class Refused(Exception):
    """Ends a request with this answer, from however deep inside its handling."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def refusal(status: int) -> Response:
    """An error in every provider's words at once, for those that don't bring their own."""
    text = f"The sandbox was told to answer {status}."
    return JSONAnswer({"statusCode": status, "message": text, "error": text}, status)


def key(request: Request, name: str = "id") -> str:
    """A part of the path, decoded: routes match the path as sent, so `%2F` doesn't split it."""
    return unquote(request.path_params[name])


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider is told to do wrong, as `PUT /_faults/{provider}` takes it."""

    kind: FaultKind
    status: int | None = None
    """Of the kind "status" (default 500), or that an HTML page comes with (default 200)."""
    retry_after: str | None = None
    delay: float = 5.0
    """Seconds, of the kind "slow"."""
    path: str = ""
    """Part of the paths that the fault strikes; all of them when empty."""
    times: int | None = None
    """How many requests it strikes; until it is cleared when absent."""


class Faults:
    """The fault that each provider is under, if any."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def set(self, provider: str, fault: Fault) -> None:
        self._faults[provider] = fault

    def clear(self, provider: str | None = None) -> None:
        if provider is None:
            self._faults.clear()
        else:
            self._faults.pop(provider, None)

    def strike(self, provider: str, path: str) -> Fault | None:
        """The fault that this request meets; it is used up by one."""
        fault = self._faults.get(provider)
        if fault is None or fault.path not in path or fault.times == 0:
            return None
        if fault.times is not None:
            self.set(provider, msgspec.structs.replace(fault, times=fault.times - 1))
        return fault


class Entry(msgspec.Struct, omit_defaults=True):
    """One request in the log; `status` stays null while, or if never, it is answered."""

    provider: str
    method: str
    path: str
    query: str
    status: int | None
    rows: int | None = None


class Desk:
    """One provider's API as an ASGI app: logs what comes in, plays faults, routes on raw paths."""

    def __init__(
        self,
        provider: str,
        routes: Sequence[BaseRoute],
        *,
        log: list[Entry],
        faults: Faults,
        refusal: Refusal = refusal,
        folds_slashes: bool = False,
    ) -> None:
        self.provider = provider
        self.router = Router(routes, redirect_slashes=False)
        self.log = log
        self.faults = faults
        self.refusal = refusal
        self.folds_slashes = folds_slashes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope["raw_path"].decode("ascii")
        entry = Entry(
            provider=self.provider,
            method=scope["method"],
            path=raw.removeprefix(scope.get("root_path", "")),
            query=scope["query_string"].decode("ascii"),
            status=None,
        )
        self.log.append(entry)

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        if self.folds_slashes:
            raw = fold_slashes(raw)
        scope = {**scope, "path": raw, "sandbox.entry": entry}
        await self.answer(self.faults.strike(self.provider, entry.path))(scope, receive, send_noted)

    def answer(self, fault: Fault | None) -> ASGIApp:
        """What answers a request under this fault."""
        if fault is None:
            return self.serve
        match fault.kind:
            case "status":
                return self.refuse(fault)
            case "html":
                return HTMLResponse("<html><h1>Be right back</h1></html>", fault.status or 200)
            case "slow":
                return self.delayed(fault.delay)
            case "broken_json":
                return Rewritten(self.serve, lambda body: body.replace(b":", b"=", 1) or b"{")
            # Its length is that of what is left: only reading the JSON shows the cut.
            case "truncated":
                return Rewritten(self.serve, lambda body: body[: len(body) // 2])
            case "wrong_types":
                return Rewritten(self.serve, with_wrong_types)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.router(scope, receive, send)
        except Refused as refused:
            await refused.answer(scope, receive, send)
        except HTTPException as error:
            await self.refusal(error.status_code)(scope, receive, send)

    def refuse(self, fault: Fault) -> Response:
        answer = self.refusal(fault.status or 500)
        if fault.retry_after is not None:
            answer.headers["Retry-After"] = fault.retry_after
        return answer

    def delayed(self, seconds: float) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.sleep(seconds)
            await self.serve(scope, receive, send)

        return answer


class WhenAsked:
    """An app that is made at its first request, for what it serves may take a while to make."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._made: ASGIApp | None = None

    def forget(self) -> None:
        """Has the app made anew for the next request; those under way end in the old one."""
        self._made = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None:
            self._made = self._make()
        await self._made(scope, receive, send)


class Rewritten:
    """An app whose bodies pass through a function; the length header goes by the new body."""

    def __init__(self, app: ASGIApp, rewrite: Callable[[bytes], bytes]) -> None:
        self.app = app
        self.rewrite = rewrite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            else:
                body += message.get("body", b"")

        await self.app(scope, receive, collect)
        body = self.rewrite(body)
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def fold_slashes(path: str) -> str:
    """`/api/v2//courses` as `/api/v2/courses`."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


# Fields that hold ids of other records, and the one that Bindbee guarantees.
KEPT = frozenset(
    "id user course content completion categories skills instructors contents courses modified_at"
    .split()
)  # fmt: skip


def with_wrong_types(body: bytes) -> bytes:
    """The same answer, every optional field of its records of another JSON type."""
    answer = msgspec.json.decode(body)
    for row in rows_of(answer):
        row.update({name: spoil(name, value) for name, value in row.items()})
    return msgspec.json.encode(answer)


def rows_of(answer: Any) -> list[dict[str, Any]]:
    """The records of an answer: of a list, of an object that holds one, or the object itself."""
    if isinstance(answer, list):
        return [row for row in answer if isinstance(row, dict)]
    if not isinstance(answer, dict):
        return []
    if "id" in answer:
        return [answer]
    for value in answer.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return rows_of(value)
    data = answer.get("data")
    return [data] if isinstance(data, dict) else []


def spoil(name: str, value: Any) -> Any:
    """The value with a type that nobody documented, unless it is or leads to an id."""
    if isinstance(value, dict):
        return {inner: spoil(inner, each) for inner, each in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [spoil(name, each) for each in value]
    if value is None or name in KEPT or name.lower().endswith(("id", "ids", "identifier")):
        return value
    return 17 if isinstance(value, str | list) else {"unexpected": value}
