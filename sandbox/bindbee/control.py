"""What stands in for Bindbee's dashboard: webhooks are made there, and tried out.

`PUT /bindbee/_webhooks` takes the list of webhooks, each with a `url` of this machine, `events` and
a `key`; `GET` shows them with every delivery; `DELETE` forgets both. `POST /bindbee/_webhooks/send`
sends one event now, and answers with its deliveries.
"""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.bindbee.syncs import Syncs
from sandbox.bindbee.webhooks import EVENTS, Hook
from sandbox.outbound import NotHere, local
from sandbox.wire import JSONAnswer, Refused

PATH = "/_webhooks"


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event to send, as `POST /_webhooks/send` takes it."""

    event: str
    connector_token: str = "demo-connector"
    data: Any = None
    """By model, the ids of what changed; ids of the connector's own records when absent."""
    error: str | None = None


def control_routes(syncs: Syncs) -> list[BaseRoute]:
    """The routes, over the webhooks of one app."""
    outbox = syncs.outbox

    async def put(request: Request) -> Response:
        hooks = read(await request.body(), list[Hook])
        for hook in hooks:
            check(hook)
        outbox.hooks[:] = hooks
        return Response(status_code=204)

    async def show(request: Request) -> Response:
        return JSONAnswer({"webhooks": outbox.hooks, "deliveries": outbox.attempts})

    async def forget(request: Request) -> Response:
        outbox.hooks.clear()
        outbox.attempts.clear()
        return Response(status_code=204)

    async def send(request: Request) -> Response:
        sending = read(await request.body(), Sending)
        check_event(sending.event)
        if syncs.connectors.of_token(sending.connector_token) is None:
            raise wrong(f"No connector has the token {sending.connector_token}.", 404)
        before = len(outbox.attempts)
        data = sending.data
        if data is None and sending.event == "connector_data_modified":
            data = {"lms_course": syncs.store["courses"].ids[:3]}
        await syncs.tell(
            sending.event,
            sending.connector_token,
            syncs.next(sending.connector_token, "AUTOMATED"),
            data=data,
            error=sending.error,
        )
        return JSONAnswer({"deliveries": outbox.attempts[before:]})

    return [
        Route(PATH, put, methods=["PUT"]),
        Route(PATH, show, methods=["GET"]),
        Route(PATH, forget, methods=["DELETE"]),
        Route(f"{PATH}/send", send, methods=["POST"]),
    ]


def read(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong(str(error)) from None


def check(hook: Hook) -> None:
    try:
        local(hook.url)
    except NotHere as error:
        raise wrong(str(error)) from None
    for event in hook.events:
        check_event(event)


def check_event(event: str) -> None:
    if event not in EVENTS:
        raise wrong(f"No event {event}; there are {', '.join(EVENTS)}.")


def wrong(message: str, status: int = 400) -> Refused:
    return Refused(JSONAnswer({"error": message}, status))
