"""What the platform API tells of accounts and connectors: /accounts and /connectors/meta."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.stackone.accounts import Account, Connector
from sandbox.stackone.bodies import WRITES, Write
from sandbox.stackone.fields import NEWER, RESOURCES, Generation, Resource
from sandbox.stackone.paging import DEFAULT_SIZE
from sandbox.stackone.questions import counted
from sandbox.stackone.refusals import timestamp

LINKED = datetime(2025, 4, 11, 9, 30, tzinfo=UTC)
SUSPENDED = datetime(2026, 8, 3, 6, 0, tzinfo=UTC)


def found(accounts: Iterable[Account], query: QueryParams) -> Sequence[Account]:
    """Filter and page the list of accounts: GET /accounts."""
    wanted = {
        "id": several(query, "account_ids"),
        "provider": several(query, "provider", "providers"),
        "owner": several(query, "origin_owner_id", "origin_owner_ids"),
        "status": several(query, "status"),
    }
    matching = [account for account in accounts if matches(account, wanted)]
    size = counted(query, "page_size", DEFAULT_SIZE)
    start = (counted(query, "page", 1) - 1) * size
    return matching[start : start + size]


def matches(account: Account, wanted: dict[str, set[str]]) -> bool:
    facts = {
        "id": account.id,
        "provider": account.connector.provider,
        "owner": owner(account),
        "status": account.status,
    }
    return all(not allowed or facts[name] in allowed for name, allowed in wanted.items())


def several(query: QueryParams, *names: str) -> set[str]:
    """Collect a list parameter: repeated, with or without `[]`, or separated by commas."""
    forms = [form for name in names for form in (name, f"{name}[]")]
    texts = [text for form in forms for text in query.getlist(form)]
    return {value for text in texts for value in text.split(",") if value}


def owner(account: Account) -> str:
    return str(account.changes.get("origin_owner_id") or f"owner-{account.connector.provider}")


def linked_account(account: Account) -> dict[str, Any]:
    """Show an account: LinkedAccount of the platform API."""
    suspended = account.status != "active"
    reason = {
        "code": "integration_disabled",
        "description": "The integration of this account is disabled.",
        "timestamp": timestamp(SUSPENDED),
    }
    shown = {
        "id": account.id,
        "provider": account.connector.provider,
        "provider_name": account.connector.name,
        "status": account.status,
        "status_reasons": [reason] if suspended else None,
        "origin_owner_id": owner(account),
        "origin_owner_name": f"The school on {account.connector.name}",
        "origin_username": None,
        "credentials": None,
        "setup_information": None,
        "label": None,
        "created_at": timestamp(LINKED),
        "updated_at": timestamp(SUSPENDED if suspended else LINKED),
        "type": "test",
    }
    return shown | {name: value for name, value in account.changes.items() if name in shown}


def account_meta(account: Account) -> dict[str, Any]:
    """Show what an account's LMS supports: LinkedAccountMeta."""
    return {
        "provider": account.connector.provider,
        "category": "lms",
        "models": models(account.connector, account.generation),
    }


def connector_meta(connector: Connector, include: set[str]) -> dict[str, Any]:
    """Show a connector: ConnectorsMeta, with `resources` if asked for."""
    logo = f"https://lms.academy.example/logos/{connector.provider}"
    images = {"logo_url": f"{logo}.png", "original_logo_horizontal_url": f"{logo}-wide.png"}
    meta = {
        "provider": connector.provider,
        "provider_name": connector.name,
        "category": "lms",
        "active": connector.active,
        "models": models(connector, NEWER),
    }
    return meta | {"resources": {"images": images}} if "resources" in include else meta


def models(connector: Connector, generation: Generation) -> dict[str, Any]:
    """Show what can be done with each resource: those that are read, and those that are written."""
    shown: dict[str, dict[str, Any]] = {
        resource.name: {
            "list": operation(resource, "", generation),
            "get": operation(resource, "/:id", generation),
        }
        for resource in connector.offers()
    }
    for write in WRITES:
        if connector.takes(write.resource) and write.is_of(generation):
            shown.setdefault(write.resource, {})[write.name] = described(write, generation)
    return shown


def operation(resource: Resource, suffix: str, generation: Generation) -> dict[str, Any]:
    shown = resource.shows(generation)
    fields = [{"name": name, "type": resource.types[name]} for name in shown]
    path = f"/unified/lms/{resource.name}{suffix}"
    return {"apiPath": path, "output": {"defaultFields": fields}}


def described(write: Write, generation: Generation) -> dict[str, Any]:
    taken = sorted(write.body.takes(generation)) if write.body else []
    fields = [{"name": name, "type": json_type(write, name)} for name in taken]
    return {"apiPath": f"/unified/lms{write.path}", "input": {"defaultFields": fields}}


def json_type(write: Write, name: str) -> str:
    if write.resource in RESOURCES and name in RESOURCES[write.resource].types:
        return RESOURCES[write.resource].types[name]
    return "array" if name.endswith("s") else "object" if name == "passthrough" else "string"
