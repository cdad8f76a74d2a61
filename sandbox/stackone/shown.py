"""How a value that was written is shown when it is read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.stackone import values
from sandbox.stackone.rows import JSONObject


def shown(name: str, value: Any) -> Any:
    """Show the value of a field; what has no form of its own is shown as it was written."""
    return SHOWN[name](value) if name in SHOWN else value


def code(given: JSONObject | None) -> JSONObject | None:
    """Show an enum as it was written; without a value it is unmapped."""
    if given is None:
        return None
    value, source = given.get("value"), given.get("source_value")
    return values.coded(value or values.UNMAPPED, value if source is None else source)


def language(given: JSONObject | None) -> JSONObject | None:
    """Show a language: the published examples write `en-GB`, the enum has `en_GB`."""
    coded = code(given)
    if coded is None:
        return None
    value = coded["value"].replace("-", "_")
    return coded | {"value": values.UNMAPPED if value in values.UNLISTED else value}


def content_type(given: JSONObject) -> JSONObject | None:
    """Show a content type: fewer of them are read than are written (`book` is unmapped)."""
    coded = code(given)
    if coded is None or coded["value"] in values.CONTENT_TYPES:
        return coded
    said = coded["source_value"] if coded["value"] == values.UNMAPPED else coded["value"]
    return values.coded(values.UNMAPPED, said)


def languages(given: list[Any]) -> list[Any]:
    # A collection's are plain strings, in the same list of codes.
    return [each if isinstance(each, str) else language(each) for each in given]


def localizations(given: list[JSONObject]) -> list[JSONObject]:
    return [
        {
            "title": each.get("title"),
            "description": each.get("description"),
            "language": language(each.get("language") or each.get("languages")),
            "tags": each.get("tags"),
        }
        for each in given
    ]


def authors(given: list[JSONObject]) -> list[JSONObject]:
    return [{"id": each.get("id"), "name": each.get("name")} for each in given]


def score(given: JSONObject) -> JSONObject:
    return {"percentage": given.get("percentage"), "raw_value": given.get("raw_value")}


SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "languages": languages,
    "localizations": localizations,
    "content_type": content_type,
    "authors": authors,
    "score": score,
    "status": code,
    "result": code,
}


def as_boolean(active: bool | str | None) -> bool | None:
    return active == "true" if isinstance(active, str) else active


def moment(text: str) -> datetime | None:
    """Read when a record changed; June 2025 took any string, also one that is no date."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None
