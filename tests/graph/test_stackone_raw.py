"""What StackOne says in its own words: every parameter of its reads reaches the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.graph.stackone import DISABLED, LIMITED, NEWER, OLDER, UNKNOWN, Desk, opened

ROWS = "rows next total raw"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened(passthrough=True) as desk:
        yield desk


async def asked(desk: Desk, field: str, source: str = NEWER, **variables: Any) -> Any:
    """Ask for a field of a source's facet; ``$p`` may stand for JSON and ``$id`` for an id."""
    used = "".join(f", ${n}: {k}" for n, k in (("p", "JSON"), ("id", "ID")) if f"${n}" in field)
    query = f"query($s: String!{used}) {{ source(name: $s) {{ stackOne {{ found: {field} }} }} }}"
    return await desk.ask(query, s=source, **variables)


async def test_every_parameter_of_a_list_reaches_the_wire(desk: Desk) -> None:
    answer = await asked(
        desk,
        f"""rows(of: COURSES, first: 2, fields: ["id", "title"], isRaw: true, proxy: $p,
              filter: {{updated_after: "2020-01-01T00:00:00.000Z", active: true}},
              updatedAfter: "2021-01-01T00:00:00Z", page: "1") {{ {ROWS} }}""",
        p={"limit": 5, "filter": {"eq": {"age": 25}}},
    )
    assert answer.errors == []
    (sent,) = desk.wire.sent
    assert sent.call == "GET /courses"
    assert dict(sent.params) == {
        "page_size": "2",
        "fields": "id,title",
        "raw": "true",
        "updated_after": "2021-01-01T00:00:00Z",
        "page": "1",
        "filter[updated_after]": "2020-01-01T00:00:00.000Z",
        "filter[active]": "true",
        "proxy[limit]": "5",
        "proxy[filter[eq][age]]": "25",
    }
    found = answer.data["source"]["stackOne"]["found"]
    assert set(found["rows"][0]) == {"id", "title"}
    assert found["raw"]
    assert "limit=5" in found["raw"][0]["url"]


async def test_a_list_is_walked_by_what_stackone_calls_next(desk: Desk) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(50):
        after = f', next: "{cursor}"' if cursor else ""
        answer = await asked(desk, f"rows(of: CATEGORIES, first: 7{after}) {{ {ROWS} }}")
        assert answer.errors == []
        page = answer.data["source"]["stackOne"]["found"]
        seen += [row["id"] for row in page["rows"]]
        if not (cursor := page["next"]):
            break
    assert len(seen) == len(set(seen)) > 7
    answer = await asked(desk, f"rows(of: COURSES) {{ {ROWS} }}")
    total = answer.data["source"]["stackOne"]["found"]["total"]
    assert total > 20


async def test_assignments_are_narrowed_by_either_id_of_a_user(desk: Desk) -> None:
    user = await desk.first(NEWER, "users", "id key remoteId")
    for name, text in (("userKey", user["key"]), ("remoteUser", user["remoteId"])):
        answer = await asked(desk, f'rows(of: ASSIGNMENTS, {name}: "{text}") {{ rows }}')
        parameter = "user_id" if name == "userKey" else "remote_user_id"
        assert dict(desk.wire.sent[0].params)[parameter] == text
        rows = answer.data["source"]["stackOne"]["found"]["rows"]
        assert {row["user_id"] for row in rows} <= {user["key"]}


@pytest.mark.parametrize("plural", ["assignments", "completions"])
async def test_a_user_s_own_records_are_read_through_the_user(desk: Desk, plural: str) -> None:
    record = await desk.first(NEWER, plural, "key user { id key }")
    field = f"rows(of: {plural.upper()}, user: $id) {{ rows }}"
    answer = await asked(desk, field, id=record["user"]["id"])
    rows = answer.data["source"]["stackOne"]["found"]["rows"]
    assert record["key"] in {row["id"] for row in rows}
    assert desk.wire.sent[0].call == f"GET /users/{record['user']['key']}/{plural}"

    field = f'row(of: {plural.upper()}, key: "{record["key"]}", user: $id) {{ row raw }}'
    answer = await asked(desk, field, id=record["user"]["id"])
    assert answer.data["source"]["stackOne"]["found"]["row"]["id"] == record["key"]
    call = f"GET /users/{record['user']['key']}/{plural}/{record['key']}"
    assert desk.wire.sent[0].call == call


async def test_every_parameter_of_a_record_reaches_the_wire(desk: Desk) -> None:
    course = await desk.first(NEWER, "courses", "key title")
    answer = await asked(
        desk,
        f"""row(of: COURSES, key: "{course["key"]}", fields: ["id", "title"], isRaw: true,
              proxy: $p) {{ row raw }}""",
        p={"with": "parts"},
    )
    assert answer.errors == []
    (sent,) = desk.wire.sent
    assert sent.call == f"GET /courses/{course['key']}"
    assert dict(sent.params) == {"fields": "id,title", "raw": "true", "proxy[with]": "parts"}
    found = answer.data["source"]["stackOne"]["found"]
    assert found["row"] == {"id": course["key"], "title": course["title"]}
    assert found["raw"]


async def test_what_is_not_there_is_null(desk: Desk) -> None:
    answer = await asked(desk, 'row(of: SKILLS, key: "nothing") { row }')
    assert answer.errors == []
    assert answer.data["source"]["stackOne"]["found"] is None


async def test_parameters_are_passed_on_only_where_the_settings_say_so() -> None:
    async with opened() as desk:
        answer = await asked(desk, "rows(of: COURSES, proxy: $p) { rows }", p={"a": "b"})
        assert answer.codes == ["UNSUPPORTED"]
        assert "`passthrough = true`" in answer.errors[0]["message"]
        assert answer.calls == []
        answer = await asked(desk, "rows(of: COURSES) { rows }")
        assert answer.errors == []


@pytest.mark.parametrize(
    ("source", "of", "code"),
    [
        (LIMITED, "SKILLS", "UNSUPPORTED"),
        (DISABLED, "COURSES", "UPSTREAM_ACCOUNT_DISABLED"),
        (UNKNOWN, "COURSES", "UPSTREAM_AUTH_FAILED"),
    ],
)
async def test_what_an_account_cannot_be_asked_is_an_error(
    desk: Desk, source: str, of: str, code: str
) -> None:
    answer = await asked(desk, f"rows(of: {of}) {{ rows }}", source)
    assert answer.codes == [code]


@pytest.mark.parametrize("first", [0, 101])
async def test_a_page_has_the_sizes_of_other_lists(desk: Desk, first: int) -> None:
    answer = await asked(desk, f"rows(of: COURSES, first: {first}) {{ rows }}")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.calls == []


async def test_a_user_of_another_source_is_bad_input(desk: Desk) -> None:
    user = await desk.first(OLDER, "users")
    answer = await asked(desk, "rows(of: COMPLETIONS, user: $id) { rows }", id=user["id"])
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_the_kinds_of_learning_systems_are_listed(desk: Desk) -> None:
    answer = await asked(
        desk, "connectors { key providerName category isActive logoUrl operations { model name } }"
    )
    assert answer.errors == []
    found = {each["key"]: each for each in answer.data["source"]["stackOne"]["found"]}
    assert found["academylms"]["providerName"] == "Academy LMS"
    assert found["retiredlms"]["isActive"] is False
    assert {"model": "courses", "name": "list"} in found["academylms"]["operations"]
    assert dict(desk.wire.sent[0].params) == {"include": "resources,inactive"}


async def test_the_account_says_which_writes_its_learning_system_takes(desk: Desk) -> None:
    field = "meta { operations { model name path takes { name type } } }"
    answer = await asked(desk, field)
    operations = answer.data["source"]["stackOne"]["found"]["operations"]
    (upsert,) = (
        each for each in operations if (each["model"], each["name"]) == ("content", "upsert")
    )
    assert "external_reference" in {each["name"] for each in upsert["takes"]}
    limited = await asked(desk, field, LIMITED)
    names = {
        (each["model"], each["name"])
        for each in limited.data["source"]["stackOne"]["found"]["operations"]
    }
    assert ("content", "upsert") not in names


async def test_a_platform_that_fails_costs_its_field_only(desk: Desk) -> None:
    await desk.graph.fault("stackone", "status", status=502, path="/connectors")
    answer = await asked(desk, "connectors { key }")
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.data == {"source": {"stackOne": {"found": None}}}
