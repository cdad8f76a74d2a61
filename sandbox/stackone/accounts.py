"""The linked accounts of the sandbox: who may ask, what the LMS behind each of them can do."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers

from sandbox.stackone.fields import NEWER, OLDER, RESOURCES, Generation, Resource
from sandbox.stackone.refusals import refused

API_KEY = "demo-key"


@dataclass(frozen=True, slots=True)
class Connector:
    """An LMS that StackOne connects to."""

    provider: str
    name: str
    lacks: frozenset[str] = frozenset()
    """Resources that the LMS doesn't offer: StackOne answers 501 for them."""
    only_reads: frozenset[str] = frozenset()
    """Resources that the LMS lets nobody write: StackOne answers 501 for that."""
    tells_ids: bool = True
    """Whether an upsert tells `id`: an LMS that goes by external references has no need to."""
    filters: bool = True
    """Whether the LMS can filter; if not, `filter` is silently without effect."""
    active: bool = True

    def takes(self, resource: str) -> bool:
        """Whether a resource can be written."""
        return resource not in self.lacks | self.only_reads

    def offers(self) -> Iterable[Resource]:
        return (resource for name, resource in RESOURCES.items() if name not in self.lacks)


@dataclass(frozen=True, slots=True)
class Account:
    """A linked account: one customer's LMS, as `x-account-id` names it."""

    id: str
    connector: Connector
    generation: Generation
    status: str = "active"
    changes: Mapping[str, Any] = field(default_factory=dict)
    """What PATCH /accounts/{id} has set, `updated_at` among it."""


ACADEMY = Connector("academylms", "Academy LMS")
PLAIN = Connector("plainlms", "Plain LMS", filters=False, tells_ids=False)
LIMITED = Connector(
    "limitedlms",
    "Limited LMS",
    lacks=frozenset({"skills", "completions"}),
    only_reads=frozenset({"courses", "content", "collections"}),
)
RETIRED = Connector("retiredlms", "Retired LMS", active=False)
CONNECTORS = (ACADEMY, PLAIN, LIMITED, RETIRED)


def linked_accounts(generation: Generation = NEWER) -> tuple[Account, ...]:
    """List the accounts; all but one speak `generation`.

    At StackOne the generation is the API's, not an account's: one account that speaks the older
    one lets both be asked of one sandbox.
    """
    return (
        Account("demo-account", ACADEMY, generation),
        Account("demo-account-2025-06", ACADEMY, OLDER),
        Account("demo-ignores-filters", PLAIN, generation),
        Account("demo-limited", LIMITED, generation),
        Account("demo-disabled", ACADEMY, generation, status="suspended"),
    )


def authenticate(headers: Headers) -> None:
    """Refuse a request without the API key: 401, or 403 where its firewall stops it before.

    The key is the user name of HTTP basic, the password is empty.
    https://docs.stackone.com/api/authentication; an older page shows base64 of the bare key.
    """
    if not headers.get("user-agent"):
        raise refused(403)
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        plain = b64decode(encoded.strip()).decode()
    except ValueError:
        raise refused(401) from None
    if scheme.lower() != "basic" or plain not in (API_KEY, API_KEY + ":"):
        raise refused(401)


def asked_account(accounts: Iterable[Account], headers: Headers) -> Account:
    """Find the account that the request names: 404 if unknown, 412 if it is disabled.

    What a missing `x-account-id` answers is not published: a required header is a bad request.
    """
    named = headers.get("x-account-id")
    if not named:
        raise refused(400, "Missing required header: x-account-id")
    account = next((account for account in accounts if account.id == named), None)
    if account is None:
        raise refused(404)
    if account.status != "active":
        raise refused(412)
    return account
