"""Holds what the sandbox answers against the providers' own OpenAPI documents, where they are."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

CHECKOUT = Path(__file__).parents[2]

LENIENT = "x-lenient"

JSONObject = dict[str, Any]


def shared() -> Path:
    """Where contracts and specs are: COURSEGRAPH_SHARED, or `shared` beside the checkout."""
    return Path(os.environ.get("COURSEGRAPH_SHARED", CHECKOUT.parent / "shared"))


def specification(name: str) -> JSONObject:
    """An OpenAPI document, its schemas as lenient as the APIs are; skips the test if absent."""
    path = shared() / "contracts" / "specs" / name
    if not path.exists():
        pytest.skip(f"{path} is not there: set COURSEGRAPH_SHARED to where the contracts are")
    document: JSONObject = json.loads(path.read_text("utf-8"))
    return document


def complaints(document: JSONObject, reference: str, instance: object) -> list[str]:
    """What breaks the schema at `reference` (`#/components/schemas/LmsCourse`), one text each.

    Null is allowed for what isn't required, and any value where an enum passes others through.
    A field that the schema doesn't list is a complaint too.
    """
    # Made once for a document, and kept in it as an extension of its own.
    if LENIENT not in document:
        holders = {key: document[key] for key in ("components", "definitions") if key in document}
        document[LENIENT] = lenient(holders)
    validator = Draft202012Validator(
        {"$ref": reference, **document[LENIENT]}, format_checker=FormatChecker(("uuid", "date"))
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


def lenient(schema: Any) -> Any:
    """A schema without enums and without surprises, in which optional properties may be null."""
    if isinstance(schema, list):
        return [lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: lenient(value) for key, value in schema.items() if key != "enum"}
    if isinstance(properties := loose.get("properties"), dict):
        required = loose.get("required") or ()
        loose["properties"] = {
            name: each
            if name in required and not is_nullable(schema["properties"][name])
            else {"anyOf": [each, {"type": "null"}]}
            for name, each in properties.items()
        }
        loose.setdefault("additionalProperties", False)
    elif loose.get("nullable") is True and "type" in loose:
        loose = {"anyOf": [loose, {"type": "null"}]}
    return loose


def is_nullable(schema: JSONObject) -> bool:
    """OpenAPI 3.0 says `nullable`, and generated Swagger `x-nullable`."""
    return bool(schema.get("nullable") or schema.get("x-nullable"))
