"""Webhooks that the sandbox is told to send: `POST /stackone/_webhooks`, none of StackOne's.

Events and the payload follow https://docs.stackone.com/legacy-unified-apis/common-guide/webhooks
and https://docs.stackone.com/guides/webhooks, as far as they are public: a delivery is signed with
HMAC-SHA256 over the raw body, in base64url without padding.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import outbound
from sandbox.stackone.accounts import Account
from sandbox.stackone.fields import RESOURCES
from sandbox.stackone.heartbeat import Endpoint
from sandbox.stackone.keys import remote, synthetic
from sandbox.stackone.platform import linked_account
from sandbox.stackone.refusals import timestamp
from sandbox.stackone.rows import JSONObject
from sandbox.stackone.state import StackOne
from sandbox.wire import JSONAnswer

# The reference doesn't name this header; receivers that were written for StackOne read this one.
SIGNATURE_HEADER = "x-stackone-signature"

CHANGES = ("created", "updated", "deleted")
EVENTS = frozenset(
    [
        *(f"account.{change}" for change in CHANGES),
        *(f"lms_{name}.{change}" for name in RESOURCES for change in CHANGES),
    ]
)

PATIENCE = 5.0
"""Seconds that a receiver has."""


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be sent, as `POST /_webhooks` takes it."""

    event: str
    account_id: str = "demo-account"
    record_id: str | None = None
    """Id or remote id of the record; of account events the account's own."""
    url: str | None = None
    """Where to, on this machine; without one the delivery is made and told, but not sent."""
    secret: str | None = None
    """What to sign with; unsigned without."""
    signature_header: str = SIGNATURE_HEADER


class Unsent(Exception):
    """Why nothing was sent, in words."""


def webhook_routes(stackone: StackOne) -> list[BaseRoute]:
    return [Route("/_webhooks", sending(stackone), methods=["POST"])]


def sending(stackone: StackOne) -> Endpoint:
    """Answer with what was sent, so that it can be sent again, and with what the receiver said."""

    async def answer(request: Request) -> Response:
        try:
            delivery = msgspec.json.decode(await request.body(), type=Delivery)
            body = msgspec.json.encode(payload(stackone, delivery))
            headers = signed(delivery, body)
            status = None
            if delivery.url is not None:
                status = await sent(delivery.url, body, headers)
        except (msgspec.DecodeError, Unsent) as error:
            return JSONAnswer({"error": str(error)}, 400)
        return JSONAnswer({"headers": headers, "body": body.decode(), "status": status})

    return answer


def payload(stackone: StackOne, delivery: Delivery) -> JSONObject:
    """Build the body: which account, which record, and the record itself where there still is one.

    The events are synthetic ones, found by polling: there is no `raw_event` of the LMS's own.
    """
    account = next((each for each in stackone.accounts if each.id == delivery.account_id), None)
    if account is None:
        raise Unsent(f"No account {delivery.account_id}.")
    if delivery.event not in EVENTS:
        raise Unsent(f"No event {delivery.event}.")
    now = timestamp(stackone.register(account).now())
    shown = linked_account(account)
    return {
        "project_id": "academy-project",
        "event": delivery.event,
        "event_date": now,
        "sent_at": now,
        "account_id": account.id,
        "provider": account.connector.provider,
        **{
            name: shown[name]
            for name in ("origin_owner_id", "origin_owner_name", "origin_username")
        },
        **record(stackone, account, delivery),
    }


def record(stackone: StackOne, account: Account, delivery: Delivery) -> JSONObject:
    subject, _, change = delivery.event.rpartition(".")
    if subject == "account":
        return {"record_type": "account", "record_id": account.id}
    resource = RESOURCES[subject.removeprefix("lms_")]
    if delivery.record_id is None:
        raise Unsent("An event of a record needs its record_id.")
    remote_id = remote(delivery.record_id)
    row = stackone.register(account).shelf(resource.name).find(remote_id)
    shown = row.answer(resource, account.generation, frozenset()) if row else None
    return {
        "record_type": resource.name,
        "record_id": synthetic(remote_id),
        "record_remote_id": remote_id,
        "raw_event": None,
        "event_data": None if change == "deleted" else shown,
    }


def signed(delivery: Delivery, body: bytes) -> dict[str, str]:
    headers = {"content-type": "application/json", "user-agent": "StackOne-Sandbox"}
    if delivery.secret is not None:
        digest = hmac.digest(delivery.secret.encode(), body, sha256)
        headers[delivery.signature_header] = urlsafe_b64encode(digest).decode().rstrip("=")
    return headers


async def sent(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to a port of this machine, and nowhere else; redirects aren't followed."""
    try:
        status = await outbound.post(url, body, headers, PATIENCE)
    except outbound.NotHere:
        raise Unsent("The sandbox posts to http:// on loopback addresses only.") from None
    if status is None:
        raise Unsent("The receiver didn't answer.")
    return status
