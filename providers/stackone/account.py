"""The linked account itself, and what the LMS behind it can do.

https://docs.stackone.com/platform/api-reference/accounts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from providers.convert import instant, text
from providers.model import Health, HealthStatus, Record
from providers.reading import Reader


class StatusReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an account is in its state."""

    code: str | None = None
    description: str | None = None
    occurred_at: datetime | None = None


def status_reasons(value: Any) -> tuple[StatusReason, ...]:
    """A list of reasons."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_reason(each) for each in value)


def _reason(value: Any) -> StatusReason:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    code, description, when = (value.get(name) for name in ("code", "description", "timestamp"))
    return StatusReason(
        code=None if code is None else text(code),
        description=None if description is None else text(description),
        occurred_at=None if when is None else instant(when),
    )


class LinkedAccount(Record, frozen=True, kw_only=True):
    """A customer's LMS, linked. Its credentials and set-up stay unread: they hold secrets."""

    provider: str | None = None
    provider_name: str | None = None
    status: str | None = None
    """``active``, ``inactive``, ``suspended``, ``archived``, ``expired``, ``error`` or another."""
    status_reasons: tuple[StatusReason, ...] | None = None
    origin_owner_id: str | None = None
    origin_owner_name: str | None = None
    origin_username: str | None = None
    label: str | None = None
    type: str | None = None
    """``production``, ``test`` or another."""
    created_at: datetime | None = None
    updated_at: datetime | None = None


LINKED_ACCOUNT = Reader(
    LinkedAccount,
    key="id",
    provider="provider",
    provider_name="provider_name",
    status="status",
    status_reasons=("status_reasons", status_reasons),
    origin_owner_id="origin_owner_id",
    origin_owner_name="origin_owner_name",
    origin_username="origin_username",
    label="label",
    type="type",
    created_at="created_at",
    updated_at="updated_at",
)

FAULTS: Mapping[str, str] = {
    "inactive": "the linked account is inactive",
    "suspended": "the linked account is suspended",
    "archived": "the linked account is archived",
    "expired": "the linked account has expired: its customer needs to link it again",
    "error": "the linked account has an error: its customer may need to link it again",
}
"""What each state but ``active`` means."""


def health_of(account: LinkedAccount) -> Health:
    """Whether an account in this state can be used."""
    if account.status == "active":
        return Health(status=HealthStatus.UP)
    detail = FAULTS.get(account.status or "", "the linked account is in a state that is not known")
    return Health(status=HealthStatus.DEGRADED, detail=detail)


class FieldMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A field that an operation takes or gives."""

    name: str
    type: str | None = None


class OperationMeta(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the LMS can be asked through StackOne."""

    model: str
    """What it is about, for example ``courses``."""
    name: str
    """For example ``list``, ``get``, ``create``."""
    path: str | None = None
    """Path template at StackOne."""
    takes: tuple[FieldMeta, ...] = ()
    gives: tuple[FieldMeta, ...] = ()


def operations(models: Any) -> tuple[OperationMeta, ...]:
    """The operations in ``models``: by model and by name, what each takes and gives."""
    if not isinstance(models, Mapping):
        raise TypeError("not an object")
    return tuple(_operations(models))


def _operations(models: Mapping[str, Any]) -> Iterator[OperationMeta]:
    for model, by_name in models.items():
        for name, raw in by_name.items() if isinstance(by_name, Mapping) else ():
            if isinstance(raw, Mapping):
                path = raw.get("apiPath")
                yield OperationMeta(
                    model=model,
                    name=name,
                    path=path if isinstance(path, str) else None,
                    takes=_fields(raw.get("input")),
                    gives=_fields(raw.get("output")),
                )


def _fields(side: Any) -> tuple[FieldMeta, ...]:
    listed = side.get("defaultFields") if isinstance(side, Mapping) else None
    rows = (row for row in listed or () if isinstance(row, Mapping))
    return tuple(
        FieldMeta(name=name, type=kind if isinstance(kind := row.get("type"), str) else None)
        for row in rows
        if isinstance(name := row.get("name"), str)
    )


class AccountMeta(Record, frozen=True, kw_only=True):
    """What an account's LMS can be asked."""

    provider: str | None = None
    category: str | None = None
    operations: tuple[OperationMeta, ...] | None = None
    models: Any = None
    """The same as StackOne gives it, whose form is open."""


ACCOUNT_META = Reader(
    AccountMeta,
    owned=True,
    provider="provider",
    category="category",
    operations=("models", operations),
    models="models",
)


class ConnectorMeta(Record, frozen=True, kw_only=True):
    """A kind of LMS that StackOne connects to; its key is StackOne's word for it."""

    provider_name: str | None = None
    category: str | None = None
    is_active: bool | None = None
    """Whether it is switched on in the API key's project."""
    operations: tuple[OperationMeta, ...] | None = None
    models: Any = None
    logo_url: str | None = None
    original_logo_horizontal_url: str | None = None


CONNECTOR_META = Reader(
    ConnectorMeta,
    key="provider",
    provider_name="provider_name",
    category="category",
    is_active="active",
    operations=("models", operations),
    models="models",
    logo_url="resources.images.logo_url",
    original_logo_horizontal_url="resources.images.original_logo_horizontal_url",
)
