"""What the sandbox's StackOne takes and answers in writes is as in both published documents."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.stackone.bodies import (
    AUTHOR,
    CATEGORY,
    CHILD,
    LOCALIZATION,
    SCORE,
    SKILL,
    WRITES,
    Body,
    Write,
)
from sandbox.stackone.fields import NEWER as DECEMBER
from sandbox.stackone.fields import OLDER as JUNE
from sandbox.stackone.fields import Generation
from tests.sandbox.specs import complaints, specification

SPECS: dict[Generation, str] = {
    DECEMBER: "stackone-lms.openapi.json",
    JUNE: "stackone-lms.2025-06-17.openapi.json",
}
PLATFORM = "stackone-platform-accounts.openapi.json"
ACCOUNTS: dict[Generation, str] = {DECEMBER: "demo-account", JUNE: "demo-account-2025-06"}
LMS = "/unified/lms"

# Taken beyond the documents: `languages` of the examples, `passthrough` of February 2026.
BEYOND = {("LocalizationModel", "languages"), ("LmsUpsertContentRequestDto", "passthrough")}

JSONObject = dict[str, Any]

PUBLISHED = [(write, era) for write in WRITES for era in SPECS if write.is_of(era)]


def name(value: object) -> str | None:
    return f"{value.resource}-{value.name}" if isinstance(value, Write) else None


@pytest.fixture
async def client(sandbox: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    sandbox.base_url = httpx.URL("http://sandbox/stackone")
    sandbox.auth = ("demo-key", "")
    yield sandbox


def operation(write: Write, document: JSONObject) -> JSONObject:
    path = f"{LMS}{write.path}".replace("{sub}", "{subResourceId}")
    found: JSONObject = document["paths"][path][write.method.lower()]
    return found


def answer_schema(found: JSONObject, status: int) -> str | None:
    content = found["responses"][str(status)].get("content")
    return content["application/json"]["schema"]["$ref"] if content else None


def published_body(write: Write, document: JSONObject) -> str:
    schema = operation(write, document)["requestBody"]["content"]["application/json"]["schema"]
    named = str(schema["$ref"]).rpartition("/")[2]
    items = document["components"]["schemas"][named]["properties"].get("items")
    return str(items["items"]["$ref"]).rpartition("/")[2] if items else named


@pytest.mark.parametrize(("write", "era"), PUBLISHED, ids=name)
def test_a_body_has_the_published_fields(write: Write, era: Generation) -> None:
    document = specification(SPECS[era])
    if write.body is None:
        assert "requestBody" not in operation(write, document)
        return
    named = published_body(write, document)
    schema = document["components"]["schemas"][named]

    beyond = {field for dto, field in BEYOND if dto == named and era == DECEMBER}
    assert write.body.takes(era) - beyond == schema["properties"].keys()
    if era == DECEMBER:
        assert write.body.required == set(schema.get("required", ()))
    else:
        assert "required" not in schema


@pytest.mark.parametrize(
    ("body", "named", "era"),
    [
        (CATEGORY, "CreateCategoriesApiModel", DECEMBER),
        (SKILL, "CreateSkillsApiModel", DECEMBER),
        (AUTHOR, "AuthorModel", DECEMBER),
        (SCORE, "ScoreModel", DECEMBER),
        (LOCALIZATION, "LocalizationModel", DECEMBER),
        (CHILD, "CreateContentApiModel", JUNE),
    ],
)
def test_what_a_body_holds_has_the_published_fields(
    body: Body, named: str, era: Generation
) -> None:
    schema = specification(SPECS[era])["components"]["schemas"][named]

    beyond = {field for dto, field in BEYOND if dto == named}
    assert body.fields.keys() - beyond == schema["properties"].keys()


def test_there_is_no_other_write() -> None:
    for era, spec in SPECS.items():
        document = specification(spec)
        published = {
            (method.upper(), path)
            for path, methods in document["paths"].items()
            for method in methods.keys() - {"get", "parameters"}
        }
        assert published == {
            (write.method, f"{LMS}{write.path}".replace("{sub}", "{subResourceId}"))
            for write in WRITES
            if write.is_of(era)
        }


async def sent(
    client: httpx.AsyncClient, write: Write, account: str, ids: JSONObject, body: Any
) -> httpx.Response:
    path = write.path.replace("{id}", ids.get("id", "")).replace("{sub}", ids.get("sub", ""))
    return await client.request(
        write.method, f"{LMS}{path}", json=body, headers={"x-account-id": account}
    )


async def first(client: httpx.AsyncClient, path: str, account: str) -> JSONObject:
    page = (await client.get(f"{LMS}{path}", headers={"x-account-id": account})).json()
    return dict(page["data"][0])


async def example(
    client: httpx.AsyncClient, write: Write, account: str
) -> tuple[JSONObject, JSONObject | None]:
    """Ids and a body that a write of this kind succeeds with."""
    course, completion = [
        await first(client, path, account) for path in ("/courses", "/completions")
    ]
    reference = f"R-{write.resource}-{write.name}"
    one: JSONObject = {"external_reference": reference, "title": "T", "description": None}
    match write.resource, write.name:
        case _, "batch_upsert":
            return {}, {"items": [one, {}]}
        case "collections", "update":
            made = await client.post(
                f"{LMS}/collections", json={"title": "C"}, headers={"x-account-id": account}
            )
            return made.json()["data"], one
        case "content", "update":
            return await first(client, "/content", account), one
        case "completions", "delete":
            return {"id": completion["user_id"], "sub": completion["id"]}, None
        case "assignments" | "completions", _:
            about = {"learning_object_external_reference": course["external_reference"]}
            users = await client.get(f"{LMS}/users", headers={"x-account-id": account})
            for user in users.json()["data"]:
                path = f"{LMS}/users/{user['id']}/assignments"
                below = await client.get(path, headers={"x-account-id": account})
                if course["id"] not in [r["learning_object_id"] for r in below.json()["data"]]:
                    return user, about
    return {}, one


@pytest.mark.parametrize(("write", "era"), PUBLISHED, ids=name)
async def test_a_write_answers_as_published(
    client: httpx.AsyncClient, write: Write, era: Generation
) -> None:
    document = specification(SPECS[era])
    ids, body = await example(client, write, ACCOUNTS[era])

    answer = await sent(client, write, ACCOUNTS[era], ids, body)

    assert answer.is_success, answer.text
    schema = answer_schema(operation(write, document), answer.status_code)
    if schema is None:
        assert answer.content == b""
    else:
        assert complaints(document, schema, answer.json()) == []


@pytest.mark.parametrize(
    ("account", "body", "status"),
    [
        ("", {}, 400),
        ("demo-account", {"external_reference": 1}, 400),
        ("unknown", {}, 404),
        ("demo-account", {"external_reference": "", "title": "T"}, 400),
        ("demo-disabled", {}, 412),
        ("demo-account", {"external_reference": "R"}, 422),
        ("demo-limited", {}, 501),
    ],
)
async def test_refusals_of_a_write_are_as_published(
    client: httpx.AsyncClient, account: str, body: JSONObject, status: int
) -> None:
    document = specification(SPECS[DECEMBER])
    write = next(write for write in WRITES if write.path == "/content")

    answer = await sent(client, write, account, {}, body)

    assert answer.status_code == status
    schema = answer_schema(operation(write, document), status)
    assert schema and complaints(document, schema, answer.json()) == []


async def test_a_conflict_and_a_wrong_key_are_as_published(client: httpx.AsyncClient) -> None:
    document = specification(SPECS[DECEMBER])
    write = next(write for write in WRITES if write.path == "/content")
    course = await first(client, "/courses", "demo-account")
    body = {"external_reference": course["external_reference"], "title": "T"}

    taken = await sent(client, write, "demo-account", {}, body)
    client.auth = ("wrong", "")
    unknown = await sent(client, write, "demo-account", {}, body)

    for answer, status in ((taken, 409), (unknown, 401)):
        assert answer.status_code == status
        schema = answer_schema(operation(write, document), status)
        assert schema and complaints(document, schema, answer.json()) == []


@pytest.mark.parametrize("era", SPECS)
async def test_what_was_written_is_read_as_published(
    client: httpx.AsyncClient, era: Generation
) -> None:
    document = specification(SPECS[era])
    account = ACCOUNTS[era]
    for write, each in PUBLISHED:
        if each == era and write.name != "delete":
            ids, body = await example(client, write, account)
            assert (await sent(client, write, account, ids, body)).is_success

    for path in ("courses", "content", "completions", "assignments", "categories", "skills"):
        query = {"page_size": "100", "raw": "true"}
        found = document["paths"][f"{LMS}/{path}"]["get"]
        schema = answer_schema(found, 200)
        assert schema
        while True:
            page = await client.get(
                f"{LMS}/{path}", params=query, headers={"x-account-id": account}
            )
            wrong = complaints(document, schema, page.json())
            # The one number that June's example has as a string.
            assert [text for text in wrong if "progress: '" not in text] == []
            if not page.json()["next"]:
                break
            query["next"] = page.json()["next"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "/accounts/{id}", {"label": "Main", "type": "production"}, 200),
        ("PATCH", "/accounts/{id}", {"type": 1}, 400),
        ("POST", "/unified/proxy", {"path": "/courses"}, 200),
        ("POST", "/unified/proxy", {"path": "/badges", "method": "post"}, 201),
        ("POST", "/unified/proxy", {"path": "/status/503"}, 200),
        ("POST", "/unified/proxy", {"path": 7}, 400),
        ("DELETE", "/accounts/{id}", None, 200),
    ],
)
async def test_the_platform_answers_as_published(
    client: httpx.AsyncClient, method: str, path: str, body: JSONObject | None, status: int
) -> None:
    document = specification(PLATFORM)

    answer = await client.request(
        method,
        path.replace("{id}", "demo-account"),
        json=body,
        headers={"x-account-id": "demo-account"},
    )

    assert answer.status_code == status
    schema = answer_schema(document["paths"][path][method.lower()], status)
    assert schema and complaints(document, schema, answer.json()) == []
