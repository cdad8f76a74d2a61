"""A fake Bindbee that is never the bottleneck: what it answered once, it answers from a dictionary.

What an answer is, is read and shown by the sandbox's own code, which keeps Bindbee's contract; the
bytes are remembered by the whole head of the request, so that a known request costs one look-up.

``GET /control?courses=50&latency=25&whole=1`` decides how many courses there are, how many
milliseconds an answer takes, and whether courses come on one page whatever their number; without a
query it changes nothing. It answers with the number of calls since the last time.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import uvloop
from starlette.datastructures import QueryParams

from bench.upstream.clock import Delay
from bench.upstream.data import make_tables
from sandbox.bindbee import show
from sandbox.bindbee.models import MODELS
from sandbox.bindbee.question import Invalid, read_question, read_shape
from sandbox.bindbee.table import Table, cursor_of

API = "/api/lms/v1/"
KEY = "bench-key"

REMEMBERED = 4_096
"""Most heads that are remembered: a client may send another one each time."""

JSON = "content-type: application/json\r\nx-ratelimit-limit: 200\r\nx-ratelimit-remaining: 199\r\n"


class Refused(Exception):
    """A request that the contract refuses, with its status."""

    def __init__(self, status: str, detail: object) -> None:
        super().__init__(status)
        self.answer = status, {"detail": detail}


class Bindbee:
    """The tables as they are played now, and the answers that were made of them."""

    def __init__(self, delay: Delay) -> None:
        self.delay = delay
        self.all = make_tables()
        self.tables: Mapping[str, Table] = self.all
        self.whole = False
        self.calls = 0
        self.replies: dict[bytes, bytes] = {}

    def reply(self, head: bytes) -> bytes:
        """The whole answer to a request, by its head."""
        found = self.replies.get(head)
        if found is None:
            if len(self.replies) == REMEMBERED:
                self.replies.clear()
            found = self.replies[head] = self._made(head)
        return found

    def control(self, target: str) -> bytes:
        """Play what the query says from now on."""
        terms = dict(parse_qsl(urlsplit(target).query))
        if "courses" in terms:
            courses = self.all["courses"].records[: int(terms["courses"])]
            self.tables = {**self.all, "courses": Table(courses)}
            self.whole = terms.get("whole") == "1"
            self.delay.nanoseconds = int(float(terms.get("latency", 0)) * 1_000_000)
            self.replies.clear()
        calls, self.calls = self.calls, 0
        return response("200 OK", {"calls": calls})

    def _made(self, head: bytes) -> bytes:
        method, target, headers = parsed(head)
        try:
            if method != "GET":
                raise Refused("405 Method Not Allowed", "Method Not Allowed")
            return response("200 OK", self._answer(target, headers))
        except Invalid as invalid:
            return response("422 Unprocessable Content", {"detail": [invalid.entry]})
        except Refused as refused:
            return response(*refused.answer)

    def _answer(self, target: str, headers: Mapping[str, str]) -> object:
        if headers.get("authorization") != f"Bearer {KEY}":
            raise Refused("401 Unauthorized", "Invalid API key")
        if not headers.get("x-connector-token"):
            raise Invalid(("header", "x-connector-token"), "missing", "Field required", input=None)
        parts = urlsplit(target)
        name, _, key = parts.path.removeprefix(API).partition("/")
        model = MODELS.get(name)
        if not parts.path.startswith(API) or model is None:
            raise Refused("404 Not Found", "Not Found")
        params = QueryParams(parts.query)
        whole = self.whole and name == "courses"
        if whole:
            params = QueryParams([pair for pair in params.multi_items() if pair[0] != "page_size"])
        shape = read_shape(params, model)
        if key:
            record = self.tables[name].by_id.get(unquote(key))
            if record is None:
                raise Refused("404 Not Found", "Not found")
            return show(record, shape, model, self.tables)
        question = read_question(params, model)
        table = self.tables[name]
        size = len(table.ids) if whole else question.size
        records, last = table.page(question.sought, question.spans, after=question.after, size=size)
        rows = [show(record, shape, model, self.tables) for record in records]
        return {"cursor": cursor_of(last), "page_size": len(rows), "items": rows}


def parsed(head: bytes) -> tuple[str, str, Mapping[str, str]]:
    """Method, target and headers of a request."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return method, target, {name.lower(): value.strip() for name, _, value in pairs}


def response(status: str, body: object) -> bytes:
    """An answer on the wire."""
    data = msgspec.json.encode(body)
    return f"HTTP/1.1 {status}\r\n{JSON}content-length: {len(data)}\r\n\r\n".encode() + data


class Connection(asyncio.Protocol):
    """One client's requests, one after the other or pipelined."""

    transport: asyncio.Transport

    def __init__(self, bindbee: Bindbee) -> None:
        self.bindbee = bindbee
        self.begun = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete; they have no bodies."""
        data = self.begun + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            head, data = data[: end + 4], data[end + 4 :]
            if head.startswith(b"GET /control"):
                self.transport.write(self.bindbee.control(parsed(head)[1]))
                continue
            self.bindbee.calls += 1
            self.bindbee.delay.write(self.transport, self.bindbee.reply(head))
        self.begun = data


async def serve(port: int) -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    bindbee = Bindbee(Delay(loop))
    server = await loop.create_server(lambda: Connection(bindbee), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    try:
        uvloop.run(serve(arguments.parse_args().port))
    except KeyboardInterrupt:
        sys.exit(0)
