"""Every parameter that Bindbee documents of a read is sent for something that a query asks for.

https://api.bindbee.dev/openapi.json
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.upstream import asked
from tests.sandbox.specs import specification

SOURCE = "demo-bindbee"

ONE, TWO = "01998351-cc00-792f-a9e0-5f855ce48a01", "01998351-cc00-792f-a9e0-5f855ce48a02"
BOTH = f"{ONE},{TWO}"

TYPES = {
    "courses": "Course",
    "contents": "Content",
    "completions": "Completion",
    "enrollments": "Assignment",
    "users": "User",
    "categories": "Category",
    "skills": "Skill",
}
"""By Bindbee's name of a model, the graph's type."""


def ref(type: str) -> list[str]:
    return [ids.encode(type, SOURCE, key) for key in (ONE, TWO)]


AT, SENT_AT = "2026-03-02T09:00:00Z", "2026-03-02T09:00:00+00:00"

STATUS = [
    ("status", {"status": "PENDING"}, "PENDING"),
    ("status", {"statusText": "DRAFT"}, "DRAFT"),
]
REMOTE = [("remote_id", {"remoteId": "r/1, 2"}, "r/1, 2")]


def by(parameter: str, field: str, type: str) -> tuple[str, dict[str, Any], str]:
    return parameter, {field: ref(type)}, BOTH


def period(parameter: str, field: str) -> list[tuple[str, dict[str, Any], str]]:
    return [
        (f"{parameter}_from", {f"{field}From": AT}, SENT_AT),
        (f"{parameter}_to", {f"{field}Until": AT}, SENT_AT),
    ]


LANGUAGES = ("languages", {"languages": ["de_DE", "fr"]}, "de_DE,fr")

FILTERS: dict[str, list[tuple[str, dict[str, Any], str]]] = {
    "courses": [
        *STATUS,
        *REMOTE,
        by("ids", "ids", "Course"),
        by("categories", "categories", "Category"),
        by("skills", "skills", "Skill"),
        by("instructors", "instructors", "Instructor"),
        by("contents", "contents", "Content"),
        LANGUAGES,
    ],
    "contents": [
        *STATUS,
        *REMOTE,
        by("ids", "ids", "Content"),
        by("courses", "courses", "Course"),
        by("categories", "categories", "Category"),
        by("skills", "skills", "Skill"),
        LANGUAGES,
    ],
    "completions": [
        *REMOTE,
        by("ids", "ids", "Completion"),
        by("course", "courses", "Course"),
        by("user", "users", "User"),
        by("content", "contents", "Content"),
        ("grade", {"grade": "B"}, "B"),
        ("grade", {"grade": "NONE"}, "-"),
        ("grade", {"gradeText": "A+"}, "A+"),
        *period("started_at", "started"),
        *period("completed_at", "completed"),
    ],
    "enrollments": [
        *REMOTE,
        by("ids", "ids", "Assignment"),
        by("course", "courses", "Course"),
        by("user", "users", "User"),
        *period("start_date", "starts"),
        *period("end_date", "ends"),
    ],
    "users": [
        *STATUS,
        *REMOTE,
        by("ids", "ids", "User"),
        ("email_address", {"email": "Ada+1@academy.example"}, "Ada+1@academy.example"),
    ],
    "categories": [*STATUS, *REMOTE, by("ids", "ids", "Category")],
    "skills": [*STATUS, *REMOTE, by("ids", "ids", "Skill")],
}
"""By model: the parameter, the filter that leads to it, and what is sent."""

EXPANDED = {
    "courses": (
        "categories { name } contents { title } skills { name } instructors { email }",
        "categories[id,name],skills[id,name],instructors[id,email_address],contents[id,title]",
    ),
    "contents": (
        "categories { name } skills { name } courses { url }",
        "courses[id,url],categories[id,name],skills[id,name]",
    ),
    "completions": (
        "user { email } course { url } content { description }",
        "user[id,email_address],course[id,url],content[id,description]",
    ),
    "enrollments": (
        "user { email } course { url } completion { score }",
        "user[id,email_address],course[id,url],completion[id,score]",
    ),
}
"""By model: relations that are asked for, and their expansion."""

READ: dict[str, list[tuple[str, str, str]]] = {
    model: [
        ("include_raw_data", "rawData", "true"),
        ("include_custom_fields", "customFields", "true"),
        *([("expand", *EXPANDED[model])] if model in EXPANDED else []),
    ]
    for model in TYPES
}
"""By model, of its list and of its record alike: the parameter, what is selected, what is sent."""


def plural(model: str) -> str:
    return "assignments" if model == "enrollments" else model


@pytest.mark.parametrize(
    ("model", "parameter", "filter", "sent"),
    [(model, *each) for model, several in FILTERS.items() for each in several],
)
async def test_a_filter_reaches_the_wire(
    graph: Graph, model: str, parameter: str, filter: dict[str, Any], sent: str
) -> None:
    query = f"""query ($filter: {TYPES[model]}Filter) {{
      {plural(model)}(first: 7, sources: ["{SOURCE}"], filter: $filter) {{ nodes {{ key }} }}
    }}"""

    answer = await graph.ask(query, filter=filter)

    assert answer.errors == []
    assert asked(await graph.requests(), "bindbee") == [
        (model, {"page_size": "7", parameter: sent})
    ]


@pytest.mark.parametrize(
    ("model", "parameter", "selected", "sent"),
    [(model, *each) for model, several in READ.items() for each in several],
)
async def test_what_is_selected_reaches_the_wire_of_lists_and_of_records(
    graph: Graph, model: str, parameter: str, selected: str, sent: str
) -> None:
    within = f'(first: 1, sources: ["{SOURCE}"])'
    listed = await graph.ask(f"{{ {plural(model)}{within} {{ nodes {{ id {selected} }} }} }}")
    (node,) = listed.data[plural(model)]["nodes"]
    one = TYPES[model].lower()
    read = await graph.ask(f"query ($id: ID!) {{ {one}(id: $id) {{ {selected} }} }}", id=node["id"])

    assert listed.errors == read.errors == []
    assert {"id": node["id"], **read.data[one]} == node
    (list_path, list_sent), (record_path, record_sent) = asked(await graph.requests(), "bindbee")
    assert (list_path, list_sent) == (model, {"page_size": "1", parameter: sent})
    assert (record_path, record_sent) == (key_of(node["id"]), {parameter: sent})


def key_of(id: str) -> str:
    return base64.urlsafe_b64decode(id + "==").decode().rpartition(":")[2]


@pytest.mark.parametrize("model", TYPES)
async def test_pages_are_asked_for_by_the_cursor_that_the_page_before_gave(
    graph: Graph, model: str
) -> None:
    query = f"""query ($after: String) {{
      {plural(model)}(first: 3, after: $after, sources: ["{SOURCE}"]) {{
        nodes {{ key }} pageInfo {{ endCursor }}
      }}
    }}"""
    begin = await graph.ask(query)
    page = begin.data[plural(model)]

    await graph.ask(query, after=page["pageInfo"]["endCursor"])

    (_, first), (_, second) = asked(await graph.requests(), "bindbee")
    assert first == {"page_size": "3"}
    assert base64.urlsafe_b64decode(second.pop("cursor")).decode() == page["nodes"][-1]["key"]
    assert second == first


CONNECTOR = """query ($active: Boolean, $origin: String) {
  source(name: "demo-bindbee") {
    bindbee { connector(isActive: $active, originId: $origin) { originId isActive } }
  }
}"""


@pytest.mark.parametrize(
    ("variables", "sent", "found"),
    [
        ({"active": True}, {"is_active": "true"}, True),
        ({"active": False}, {"is_active": "false"}, False),
        ({"origin": "academy-1"}, {"origin_id": "academy-1"}, True),
        ({"origin": "academy-3"}, {"origin_id": "academy-3"}, False),
        ({}, {}, True),
    ],
)
async def test_a_connector_is_looked_for_among_those_that_pass_and_is_still_ones_own(
    graph: Graph, variables: dict[str, Any], sent: dict[str, str], found: bool
) -> None:
    answer = await graph.ask(CONNECTOR, **variables)

    own = {"originId": "academy-1", "isActive": True}
    assert answer.errors == []
    assert answer.data["source"]["bindbee"]["connector"] == (own if found else None)
    assert asked(await graph.requests(), "bindbee") == [
        ("connectors", {"page_size": "200", **sent})
    ]


async def test_integrations_are_read_to_their_end(graph: Graph) -> None:
    answer = await graph.ask(
        """{ source(name: "demo-bindbee") { bindbee { integrations {
          key integrationId isEnabled slug type category name iconUrl description
        } } } }"""
    )

    headers = {"Authorization": "Bearer demo-key"}
    own = await graph.sandbox.get("/bindbee/api/lms/v1/integrations", headers=headers)
    names = {
        "key": "id",
        "integrationId": "integration_id",
        "isEnabled": "is_enabled",
        "slug": "integration_slug",
        "type": "integration_type",
        "category": "category",
        "name": "display_name",
        "iconUrl": "icon_url",
        "description": "description",
    }
    assert answer.errors == []
    assert answer.data["source"]["bindbee"]["integrations"] == [
        {name: row[said] for name, said in names.items()} for row in own.json()["items"]
    ]
    assert asked(await graph.requests(), "bindbee")[0] == ("integrations", {"page_size": "200"})


@pytest.mark.parametrize("field", ["connector { key }", "integrations { key }"])
@pytest.mark.parametrize(
    ("status", "code"), [(401, "UPSTREAM_AUTH_FAILED"), (429, "UPSTREAM_RATE_LIMITED")]
)
async def test_what_fails_of_the_account_is_an_error_of_its_field(
    graph: Graph, field: str, status: int, code: str
) -> None:
    await graph.fault("bindbee", "status", status=status, retry_after="7")

    answer = await graph.ask(f'{{ source(name: "demo-bindbee") {{ name bindbee {{ {field} }} }} }}')

    name = field.partition(" ")[0]
    assert answer.data["source"] == {"name": "demo-bindbee", "bindbee": {name: None}}
    assert answer.codes == [code]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "UPSTREAM_AUTH_FAILED"),
        (403, "UPSTREAM_FORBIDDEN"),
        (422, "UPSTREAM_REJECTED"),
        (429, "UPSTREAM_RATE_LIMITED"),
    ],
)
@pytest.mark.parametrize("model", TYPES)
async def test_what_fails_of_a_model_is_an_error_of_its_list_and_of_its_records(
    graph: Graph, model: str, status: int, code: str
) -> None:
    one = TYPES[model].lower()
    missing = ids.encode(TYPES[model], SOURCE, ONE)
    query = f"""query ($id: ID!) {{
      {plural(model)}(first: 1, sources: ["{SOURCE}"]) {{ nodes {{ key }} }}
      {one}(id: $id) {{ key }}
    }}"""
    before = await graph.ask(query, id=missing)
    await graph.fault("bindbee", "status", status=status, retry_after="7")

    answer = await graph.ask(query, id=missing)

    assert before.errors == [] and before.data[one] is None  # 404: there is no such record
    found = {each["path"][0]: each["extensions"]["code"] for each in answer.errors}
    # A key that is no UUID is refused, too: nothing has it.
    assert found == {plural(model): code, **({} if status == 422 else {one: code})}
    assert answer.data == {plural(model): {"nodes": []}, one: None}


def test_no_documented_parameter_is_left_out() -> None:
    # `connector_token` would put a credential into a URL, which servers log: it is never sent, and
    # the token is looked for among the rows (`providers/bindbee/connected.py`).
    known = {
        "/connectors": {"is_active", "origin_id", "page_size", "cursor", "connector_token"},
        "/integrations": {"page_size", "cursor"},
    }
    for model in TYPES:
        selected = {parameter for parameter, *_ in READ[model]}
        filters = {parameter for parameter, *_ in FILTERS[model]}
        known[f"/{model}"] = {*selected, *filters, "page_size", "cursor"}
        known[f"/{model}/{{id}}"] = {*selected}
    documented = {
        path.removeprefix("/api/lms/v1"): {
            each["name"] for each in operations["get"]["parameters"] if each["in"] == "query"
        }
        for path, operations in specification("bindbee-lms.openapi.json")["paths"].items()
        if "get" in operations
    }
    assert known == documented
