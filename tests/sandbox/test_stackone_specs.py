"""The sandbox's StackOne answers hold against both of StackOne's own OpenAPI documents."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.specs import complaints, specification

NEWER, OLDER = "stackone-lms.openapi.json", "stackone-lms.2025-06-17.openapi.json"
PLATFORM = "stackone-platform-accounts.openapi.json"
ACCOUNTS = {NEWER: "demo-account", OLDER: "demo-account-2025-06"}
LISTS = ("courses", "content", "users", "completions", "assignments", "categories", "skills")

JSONObject = dict[str, Any]


@pytest.fixture
async def client(sandbox: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    sandbox.base_url = httpx.URL("http://sandbox/stackone")
    sandbox.auth = ("demo-key", "")
    yield sandbox


def schema(document: JSONObject, path: str, status: int = 200) -> JSONObject:
    """The schema of what an operation answers."""
    answer = document["paths"][path]["get"]["responses"][str(status)]
    found: JSONObject = answer["content"]["application/json"]["schema"]
    return found


async def walk(client: httpx.AsyncClient, path: str, account: str) -> AsyncIterator[JSONObject]:
    query = {"page_size": "50", "raw": "true"}
    headers = {"x-account-id": account}
    while True:
        page = (await client.get(path, params=query, headers=headers)).json()
        yield page
        if not page["next"]:
            return
        query["next"] = page["next"]


@pytest.mark.parametrize("spec", [NEWER, OLDER])
@pytest.mark.parametrize("name", LISTS)
async def test_lists_and_records_are_as_published(
    client: httpx.AsyncClient, name: str, spec: str
) -> None:
    document = specification(spec)
    path = f"/unified/lms/{name}"
    found = []

    async for page in walk(client, path, ACCOUNTS[spec]):
        found += complaints(document, schema(document, path)["$ref"], page)
    key = page["data"][0]["id"]
    record = await client.get(f"{path}/{key}", headers={"x-account-id": ACCOUNTS[spec]})
    found += complaints(document, schema(document, f"{path}/{{id}}")["$ref"], record.json())

    # The one number that June's example has as a string.
    text = [each for each in found if "progress: '" in each]
    assert len(text) == (1 if (name, spec) == ("assignments", OLDER) else 0)
    assert found == text


@pytest.mark.parametrize("spec", [NEWER, OLDER])
@pytest.mark.parametrize("name", ["assignments", "completions"])
async def test_what_stands_below_a_user_is_as_published(
    client: httpx.AsyncClient, name: str, spec: str
) -> None:
    document = specification(spec)
    headers = {"x-account-id": ACCOUNTS[spec]}
    first = (await client.get("/unified/lms/completions", headers=headers)).json()["data"][0]
    published = f"/unified/lms/users/{{id}}/{name}"
    path = published.replace("{id}", first["user_id"])

    page = (await client.get(path, headers=headers)).json()
    record = await client.get(f"{path}/{page['data'][0]['id']}", headers=headers)

    assert complaints(document, schema(document, published)["$ref"], page) == []
    one = schema(document, f"{published}/{{subResourceId}}")["$ref"]
    assert complaints(document, one, record.json()) == []


@pytest.mark.parametrize("name", LISTS)
async def test_unified_values_are_among_the_published_ones(
    client: httpx.AsyncClient, name: str
) -> None:
    schemas = specification(NEWER)["components"]["schemas"]
    published = {
        value
        for each in schemas.values()
        for value in each.get("properties", {}).get("value", {}).get("enum", ())
    }

    shown = [
        value
        async for page in walk(client, f"/unified/lms/{name}", "demo-account")
        for value in unified_values(page["data"])
    ]
    assert published.issuperset(shown)
    assert shown or name == "users"


def unified_values(answer: Any) -> Iterator[str]:
    """Every `value` of a `{value, source_value}` in an answer, however deep."""
    if isinstance(answer, list):
        yield from inside(answer)
    elif isinstance(answer, dict) and answer.keys() == {"value", "source_value"}:
        yield answer["value"]
    elif isinstance(answer, dict):
        yield from inside(answer.values())


def inside(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from unified_values(value)


@pytest.mark.parametrize(
    ("account", "path", "query", "status"),
    [
        ("", "/courses", {}, 400),
        ("demo-account", "/courses", {"page_size": "none"}, 400),
        ("unknown", "/courses", {}, 404),
        ("demo-account", "/courses/unknown", {}, 404),
        ("demo-disabled", "/courses", {}, 412),
        ("demo-limited", "/skills", {}, 501),
    ],
)
async def test_refusals_are_as_published(
    client: httpx.AsyncClient, account: str, path: str, query: dict[str, str], status: int
) -> None:
    document = specification(NEWER)
    headers = {"x-account-id": account}

    answer = await client.get(f"/unified/lms{path}", params=query, headers=headers)

    assert answer.status_code == status
    published = schema(document, f"/unified/lms/{path.split('/')[1]}", status)["$ref"]
    assert complaints(document, published, answer.json()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/accounts",
        "/accounts/demo-disabled",
        "/accounts/demo-limited/meta",
        "/connectors/meta",
        "/connectors/meta/academylms",
    ],
)
async def test_accounts_and_connectors_are_as_published(
    client: httpx.AsyncClient, path: str
) -> None:
    document = specification(PLATFORM)
    published = path.replace("academylms", "{provider}")
    for account in ("demo-disabled", "demo-limited"):
        published = published.replace(account, "{id}")
    expected = schema(document, published)

    body = (await client.get(path, params={"include": "resources,inactive"})).json()

    rows, reference = (body, expected["items"]) if "items" in expected else ([body], expected)
    assert rows
    assert [text for row in rows for text in complaints(document, reference["$ref"], row)] == []
