"""A small learning system behind a connector, which Bindbee's passthrough leads to.

It is nobody's: it has courses by the ids that Bindbee calls remote ids, keeps what it is told of
them, and echoes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.bindbee.rows import Store

PAGE = 20


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the vendor gets it; names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    params: Mapping[str, Any]
    data: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """The vendor's answer."""

    status: int
    body: Any
    content: bytes = b""
    """A file, where the answer is one."""
    seconds: float = 0.0
    """How long the vendor would take."""


def error(status: int, message: str) -> Reply:
    """An error in the vendor's own words: its status stands in the body too."""
    return Reply(status, {"error": {"status": status, "message": message}})


@dataclass(slots=True)
class Vendor:
    """The learning system of one connector."""

    store: Store
    is_linked: bool = True
    """Whether it still takes the connector's credentials."""
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What courses were told to be, by remote id."""

    def answer(self, call: Call) -> Reply:
        """Its answer to one request."""
        if not self.is_linked:
            return error(401, "The credentials have expired.")
        match call.path.strip("/").split("/"):
            case ["courses"]:
                return self.courses(call)
            case ["courses", remote_id]:
                return self.course(call, remote_id)
            case ["courses", remote_id, "certificate.pdf"]:
                return Reply(200, None, f"%PDF-1.4 certificate of {remote_id}".encode())
            case ["echo", *_]:
                return Reply(200, echo(call))
            case ["slow"]:
                return self.slow(call)
            case ["broken"]:
                return error(503, "Maintenance until six.")
            case _:
                return error(404, f"There is nothing at {call.path}.")

    def slow(self, call: Call) -> Reply:
        """An answer that would take as many `seconds` as it is asked to."""
        try:
            return Reply(200, echo(call), seconds=float(call.params.get("seconds", 60)))
        except (TypeError, ValueError):
            return error(400, "seconds is a number.")

    def courses(self, call: Call) -> Reply:
        """Its list of courses, by `page`; or a new one."""
        if call.method == "POST":
            if not isinstance(call.data, dict) or not call.data.get("title"):
                return error(400, "A course needs a title.")
            number = f"new-{len(self.changes) + 1}"
            self.changes[number] = {"sourceId": number, **call.data}
            return Reply(201, self.changes[number])
        if call.method != "GET":
            return error(405, f"{call.method} is not for /courses.")
        try:
            first = PAGE * (max(1, int(call.params.get("page", 1))) - 1)
        except (TypeError, ValueError):
            return error(400, "page is a number.")
        found = [each.raw["sourceId"] for each in self.store["courses"].records if each.raw]
        return Reply(200, {"courses": found[first : first + PAGE], "total": len(found)})

    def course(self, call: Call, remote_id: str) -> Reply:
        """One of its courses, which can be changed."""
        known = self.known(remote_id)
        if known is None:
            return error(404, f"There is no course {remote_id}.")
        if call.method in ("PATCH", "PUT"):
            if not isinstance(call.data, dict):
                return error(400, "Send the fields to change.")
            self.changes[remote_id] = self.changes.get(remote_id, {}) | call.data
        elif call.method != "GET":
            return error(405, f"{call.method} is not for a course.")
        return Reply(200, {**known, **self.changes.get(remote_id, {})})

    def known(self, remote_id: str) -> Mapping[str, Any] | None:
        """What it has of a course, without what it was told since."""
        for each in self.store["courses"].records:
            if each.raw and each.raw["sourceId"] == remote_id:
                return each.raw
        return self.changes.get(remote_id)


def echo(call: Call) -> dict[str, Any]:
    """What arrived."""
    return {
        "method": call.method,
        "path": call.path,
        "params": call.params,
        "headers": call.headers,
        "data": call.data,
    }
