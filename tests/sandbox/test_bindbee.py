"""Bindbee's LMS API as the sandbox plays it, held against Bindbee's own OpenAPI document."""

from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from sandbox.bindbee.models import MODELS
from sandbox.bindbee.rows import duration, uuid7
from tests.sandbox.specs import complaints, specification

SPEC = "bindbee-lms.openapi.json"
HEADERS = {"Authorization": "Bearer demo-key", "x-connector-token": "demo-connector"}
SCHEMAS = {
    "courses": "LmsCourse",
    "contents": "LmsContent",
    "completions": "LmsCompletion",
    "enrollments": "LmsEnrollment",
    "users": "LmsUser",
    "categories": "LmsCategory",
    "skills": "LmsSkill",
    "connectors": "ConnectorResponse",
    "integrations": "IntegrationResponse",
}

JSONObject = dict[str, Any]


@pytest.fixture
async def bindbee(sandbox: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    sandbox.headers.update(HEADERS)
    sandbox.base_url = httpx.URL("http://sandbox/bindbee/api/lms/v1/")
    yield sandbox


async def walk(bindbee: httpx.AsyncClient, model: str, **params: Any) -> list[JSONObject]:
    """Every row of a list, by as many pages as it takes."""
    rows: list[JSONObject] = []
    while True:
        answer = await bindbee.get(model, params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page.keys() == {"cursor", "page_size", "items"}
        assert page["page_size"] == len(page["items"]) <= params.get("page_size", 50)
        rows += page["items"]
        if page["cursor"] is None:
            return rows
        params["cursor"] = page["cursor"]


async def all_rows(bindbee: httpx.AsyncClient, model: str, **params: Any) -> list[JSONObject]:
    return await walk(bindbee, model, page_size=200, **params)


def ids(rows: list[JSONObject]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("model", SCHEMAS)
async def test_every_row_fits_bindbees_own_schema(bindbee: httpx.AsyncClient, model: str) -> None:
    document = specification(SPEC)
    reference = f"#/components/schemas/{SCHEMAS[model]}"
    for row in await all_rows(bindbee, model, include_raw_data=True, include_custom_fields=True):
        assert complaints(document, reference, row) == []


@pytest.mark.parametrize("model", MODELS)
async def test_every_parameter_of_bindbees_document_is_taken(
    bindbee: httpx.AsyncClient, model: str
) -> None:
    parameters = specification(SPEC)["paths"][f"/api/lms/v1/{model}"]["get"]["parameters"]
    published = {each["name"] for each in parameters if each["in"] == "query"}
    known = {"include_raw_data", "include_custom_fields", "page_size", "cursor"}
    known |= {"expand"} if MODELS[model].relations else set()
    known |= {f"{span}_{end}" for span in MODELS[model].spans for end in ("from", "to")}
    assert published == known | MODELS[model].matches.keys()


@pytest.mark.parametrize("model", MODELS)
async def test_every_nullable_field_is_null_somewhere_and_set_somewhere(
    bindbee: httpx.AsyncClient, model: str
) -> None:
    guaranteed = {"id", "modified_at", "custom_fields"}
    if model == "enrollments":
        guaranteed |= {"user", "course"}
    elif model == "completions":
        guaranteed |= {"user"}
    rows = await all_rows(bindbee, model)
    for field in rows[0].keys() - guaranteed - {"courses"}:
        values = [row[field] for row in rows]
        assert None in values, field
        assert any(value is not None for value in values), field


async def test_bindbee_has_120_courses_and_1200_completions(bindbee: httpx.AsyncClient) -> None:
    assert len(await walk(bindbee, "courses")) == 120
    assert len(await walk(bindbee, "completions")) == 1_200


@pytest.mark.parametrize("model", MODELS)
async def test_a_walk_meets_every_row_once_in_at_least_three_pages(
    bindbee: httpx.AsyncClient, model: str
) -> None:
    walked = ids(await walk(bindbee, model))
    assert len(walked) > 100
    assert len(set(walked)) == len(walked)
    assert walked == ids(await all_rows(bindbee, model))


async def test_a_page_that_ends_with_the_list_has_no_cursor(bindbee: httpx.AsyncClient) -> None:
    first = (await bindbee.get("courses", params={"page_size": 60})).json()
    second = (
        await bindbee.get("courses", params={"page_size": 60, "cursor": first["cursor"]})
    ).json()
    assert (len(second["items"]), second["cursor"]) == (60, None)


async def test_a_cursor_is_the_base64_of_a_uuid_of_version_7(bindbee: httpx.AsyncClient) -> None:
    page = (await bindbee.get("courses", params={"page_size": 2})).json()
    last = UUID(b64decode(page["cursor"]).decode())
    assert str(last) == page["items"][-1]["id"]
    assert last.version == 7


@pytest.mark.parametrize("model", MODELS)
async def test_a_listed_row_is_read_by_id(bindbee: httpx.AsyncClient, model: str) -> None:
    row = (await walk(bindbee, model))[7]
    assert (await bindbee.get(f"{model}/{row['id']}")).json() == row
    assert (await bindbee.get(f"{model}/{row['id'].upper()}")).json() == row


@pytest.mark.parametrize("model", MODELS)
async def test_ids_reads_many_at_once_and_passes_over_unknown_ones(
    bindbee: httpx.AsyncClient, model: str
) -> None:
    wanted = (await walk(bindbee, model))[5:95]
    listed = ",".join(["no-id", *reversed(ids(wanted))])
    assert await all_rows(bindbee, model, ids=listed) == wanted


@pytest.mark.parametrize(
    ("model", "parameter"),
    [
        (model, parameter)
        for model in MODELS
        for parameter, match in MODELS[model].matches.items()
        if not match.many
    ],
)
async def test_a_filter_of_one_value_finds_its_rows_and_no_others(
    bindbee: httpx.AsyncClient, model: str, parameter: str
) -> None:
    rows = await all_rows(bindbee, model)
    value = next(row[parameter] for row in rows if row[parameter] is not None)
    found = await all_rows(bindbee, model, **{parameter: value})
    assert found == [row for row in rows if row[parameter] == value]
    assert await all_rows(bindbee, model, **{parameter: "nobody says this"}) == []


@pytest.mark.parametrize(
    ("model", "parameter"),
    [
        (model, parameter)
        for model in MODELS
        for parameter, match in MODELS[model].matches.items()
        if match.many and match.field != "id"
    ],
)
async def test_a_filter_of_many_values_finds_rows_that_have_any(
    bindbee: httpx.AsyncClient, model: str, parameter: str
) -> None:
    def values(row: JSONObject) -> list[str]:
        value = row[parameter]
        return value if isinstance(value, list) else [value] if value else []

    rows = await all_rows(bindbee, model)
    known = sorted({value for row in rows for value in values(row)})[:3]
    found = await all_rows(bindbee, model, **{parameter: ",".join(known)})
    assert found == [row for row in rows if set(known) & set(values(row))]
    assert len(found) > 1


async def test_filters_join_by_and(bindbee: httpx.AsyncClient) -> None:
    courses = await all_rows(bindbee, "courses")
    category = next(row["categories"][0] for row in courses if row["categories"])
    found = await all_rows(bindbee, "courses", categories=category, status="ACTIVE")
    assert ids(found) == [
        row["id"]
        for row in courses
        if category in (row["categories"] or ()) and row["status"] == "ACTIVE"
    ]


async def test_status_is_case_sensitive_and_takes_a_providers_own_words(
    bindbee: httpx.AsyncClient,
) -> None:
    archived = await all_rows(bindbee, "courses", status="ARCHIVED")
    assert {row["status"] for row in archived} == {"ARCHIVED"}
    assert await all_rows(bindbee, "courses", status="archived") == []


async def test_an_email_address_is_found_whatever_its_case(bindbee: httpx.AsyncClient) -> None:
    (ada,) = await walk(bindbee, "users", email_address="Ada.Byron@ACADEMY.example")
    assert ada["email_address"] == "ada.byron@academy.example"
    completions = await walk(bindbee, "completions", user=ada["id"])
    assert {row["user"] for row in completions} == {ada["id"]}


@pytest.mark.parametrize(
    ("model", "time"),
    [("completions", "started_at"), ("completions", "completed_at"), ("enrollments", "start_date")],
)
async def test_times_are_bounded_inclusively(
    bindbee: httpx.AsyncClient, model: str, time: str
) -> None:
    rows = [row for row in await all_rows(bindbee, model) if row[time] and "T" in row[time]]
    moments = sorted(row[time] for row in rows)
    first, last = moments[100], moments[200]
    bounds = {f"{time}_from": first.removesuffix("Z"), f"{time}_to": last}
    found = [row for row in await all_rows(bindbee, model, **bounds) if "T" in row[time]]
    assert ids(found) == [row["id"] for row in rows if first <= row[time] <= last]


async def test_enrollments_are_filtered_by_an_end_date_that_they_do_not_show(
    bindbee: httpx.AsyncClient,
) -> None:
    ended = await all_rows(bindbee, "enrollments", end_date_from="2000-01-01")
    assert ended
    assert all(row["completion"] for row in ended)
    assert await all_rows(bindbee, "enrollments", end_date_to="2000-01-01") == []


async def test_unknown_parameters_and_modified_after_are_ignored(
    bindbee: httpx.AsyncClient,
) -> None:
    params = {"modified_after": "2100-01-01", "sort": "name"}
    assert len(await all_rows(bindbee, "courses", **params)) == 120


async def test_relations_are_ids_until_they_are_expanded(bindbee: httpx.AsyncClient) -> None:
    plain = await all_rows(bindbee, "courses")
    expanded = await all_rows(bindbee, "courses", expand="categories,contents,skills,instructors")
    for row, shown in zip(plain, expanded, strict=True):
        for relation in MODELS["courses"].relations:
            assert (row[relation] is None) == (shown[relation] is None)
            assert ids(shown[relation] or []) == (row[relation] or [])


async def test_an_expanded_object_is_the_record_with_its_own_relations_as_ids(
    bindbee: httpx.AsyncClient,
) -> None:
    rows = await walk(bindbee, "completions", expand="course,user", page_size=5)
    course = next(row["course"] for row in rows if row["course"])
    assert course == (await bindbee.get(f"courses/{course['id']}")).json()


async def test_brackets_show_the_listed_fields_alone(bindbee: httpx.AsyncClient) -> None:
    page = await bindbee.get(
        "completions",
        params={"expand": "user[id,email_address],course[name],content", "page_size": 200},
    )
    rows = page.json()["items"]
    assert {tuple(row["user"]) for row in rows} == {("id", "email_address")}
    assert {tuple(row["course"]) for row in rows if row["course"]} == {("name",)}
    assert all(row["content"] is None or "title" in row["content"] for row in rows)


async def test_unknown_relations_and_fields_are_passed_over(bindbee: httpx.AsyncClient) -> None:
    params = {"expand": "lecturer[id],categories[id,colour],skills["}
    rows = (await bindbee.get("courses", params=params)).json()["items"]
    assert {tuple(each) for row in rows for each in row["categories"] or ()} == {("id",)}
    assert all(isinstance(each, str) for row in rows for each in row["skills"] or ())


async def test_a_read_by_id_expands_too(bindbee: httpx.AsyncClient) -> None:
    enrollment = (await walk(bindbee, "enrollments", page_size=200))[0]
    shown = await bindbee.get(
        f"enrollments/{enrollment['id']}", params={"expand": "user[last_name],course"}
    )
    assert shown.json()["user"].keys() == {"last_name"}
    assert shown.json()["course"]["id"] == enrollment["course"]


async def test_raw_data_and_custom_fields_come_when_asked_for(bindbee: httpx.AsyncClient) -> None:
    plain = (await walk(bindbee, "courses"))[3]
    assert "raw_data" not in plain
    assert plain["custom_fields"] is None
    asked = await bindbee.get(
        f"courses/{plain['id']}",
        params={"include_raw_data": "true", "include_custom_fields": "1"},
    )
    assert asked.json()["raw_data"]["sourceId"] == plain["remote_id"]
    assert asked.json()["custom_fields"]["cost_centre"].startswith("CC-")


async def test_a_broken_custom_field_says_so(bindbee: httpx.AsyncClient) -> None:
    rows = await all_rows(bindbee, "users", include_custom_fields=True)
    departments = {row["custom_fields"]["department"] for row in rows if row["custom_fields"]}
    assert "INVALID_JSON_PATH" in departments


async def test_an_enrollment_is_outstanding_as_long_as_it_has_no_completion(
    bindbee: httpx.AsyncClient,
) -> None:
    enrollments = await all_rows(bindbee, "enrollments")
    completions = {row["id"]: row for row in await all_rows(bindbee, "completions")}
    outstanding = [row for row in enrollments if row["completion"] is None]
    assert len(outstanding) == 300
    for row in enrollments:
        if row["completion"]:
            assert completions[row["completion"]]["course"] == row["course"]


async def test_a_completion_is_of_a_course_or_of_a_content(bindbee: httpx.AsyncClient) -> None:
    rows = await all_rows(bindbee, "completions")
    assert all((row["course"] is None) != (row["content"] is None) for row in rows)
    assert any(row["content"] for row in rows)


async def test_scores_are_whole_and_grades_pass_through(bindbee: httpx.AsyncClient) -> None:
    rows = await all_rows(bindbee, "completions")
    assert {type(row["score"]) for row in rows} == {int, type(None)}
    grades = {row["grade"] for row in rows}
    assert grades == {"A", "B", "C", "D", "F", "PASS", "FAIL", "-", "A+", None}
    assert len(await all_rows(bindbee, "completions", grade="A+")) > 1


# What isn't answered with data.


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic ZGVtby1rZXk6", "demo-key"])
async def test_a_wrong_key_is_401_with_a_text(bindbee: httpx.AsyncClient, header: str) -> None:
    answer = await bindbee.get("courses", headers={"Authorization": header})
    assert answer.status_code == 401
    assert isinstance(answer.json()["detail"], str)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_unknown_token_is_401_and_one_of_another_category_403(
    bindbee: httpx.AsyncClient,
) -> None:
    for token, status in (("unknown", 401), ("demo-hris-connector", 403)):
        answer = await bindbee.get("courses", headers={"x-connector-token": token})
        assert answer.status_code == status
        assert isinstance(answer.json()["detail"], str)


async def test_a_missing_token_is_422_on_data_and_fine_on_connectors(
    bindbee: httpx.AsyncClient,
) -> None:
    del bindbee.headers["x-connector-token"]
    answer = await bindbee.get("courses")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "x-connector-token"]
    assert (await bindbee.get("connectors")).status_code == 200
    assert (await bindbee.get("integrations")).status_code == 200


async def test_a_page_of_more_than_200_is_refused_in_bindbees_words(
    bindbee: httpx.AsyncClient,
) -> None:
    answer = await bindbee.get("courses", params={"page_size": 201})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [
            {
                "type": "less_than_equal",
                "loc": ["query", "page_size"],
                "msg": "Input should be less than or equal to 200",
                "input": "201",
                "ctx": {"le": 200},
            }
        ]
    }


@pytest.mark.parametrize(
    ("path", "loc"),
    [
        ("courses?page_size=0", ["query", "page_size"]),
        ("courses?page_size=many", ["query", "page_size"]),
        ("courses?include_raw_data=perhaps", ["query", "include_raw_data"]),
        ("courses?cursor=%25%25", ["query", "cursor"]),
        ("courses?cursor=YWJj", ["query", "cursor"]),
        ("completions?completed_at_from=yesterday", ["query", "completed_at_from"]),
        ("connectors?is_active=perhaps", ["query", "is_active"]),
        ("courses/42", ["path", "id"]),
        ("courses/..%2Fusers", ["path", "id"]),
    ],
)
async def test_what_breaks_a_rule_is_422_with_a_list(
    bindbee: httpx.AsyncClient, path: str, loc: list[str]
) -> None:
    answer = await bindbee.get(path)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == loc
    document = specification(SPEC)
    reference = "#/components/schemas/HTTPValidationError"
    assert complaints(document, reference, answer.json()) == []


async def test_an_unknown_id_and_an_unknown_path_are_404(bindbee: httpx.AsyncClient) -> None:
    missing = uuid7("course", 1, datetime(2020, 1, 1, tzinfo=UTC))
    for path in (f"courses/{missing}", "instructors"):
        answer = await bindbee.get(path)
        assert answer.status_code == 404
        assert isinstance(answer.json()["detail"], str)
    assert (await bindbee.post("courses")).status_code == 405


async def test_every_answer_counts_its_tokens_minute_down(bindbee: httpx.AsyncClient) -> None:
    other = {"x-connector-token": "demo-connector-new"}
    answers = [
        await bindbee.get("courses"),
        await bindbee.get("courses?page_size=999"),
        await bindbee.get("courses", headers=other),
        await bindbee.get("users"),
    ]
    left = [answer.headers["x-ratelimit-remaining"] for answer in answers]
    assert left == ["199", "198", "199", "197"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"200"}
    now = datetime.now(UTC).timestamp()
    assert 0 < int(answers[-1].headers["x-ratelimit-reset"]) - now <= 60


async def test_a_throttled_answer_is_bindbees(bindbee: httpx.AsyncClient) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": "60"}
    await bindbee.put("http://sandbox/_faults/bindbee", json=fault)
    answer = await bindbee.get("courses")
    assert answer.json() == {"detail": "Rate limit exceeded"}
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["retry-after"] == "60"


# Connectors and integrations.


async def test_the_demo_connector_tells_of_its_last_sync(bindbee: httpx.AsyncClient) -> None:
    (connector,) = await walk(bindbee, "connectors", connector_token="demo-connector")
    assert (connector["status"], connector["sync_status"]) == ("COMPLETE", "Done")
    assert connector["last_sync_start_time"] < connector["next_sync_start_time"]


async def test_connectors_are_filtered_by_activity_and_origin(bindbee: httpx.AsyncClient) -> None:
    every = await walk(bindbee, "connectors")
    for active in (True, False):
        found = await walk(bindbee, "connectors", is_active=active)
        assert found == [row for row in every if row["is_active"] is active]
    (origin,) = await walk(bindbee, "connectors", origin_id="academy-1")
    assert origin["connector_token"] == "demo-connector"


async def test_connectors_are_paged_like_everything_else(bindbee: httpx.AsyncClient) -> None:
    every = ids(await walk(bindbee, "connectors"))
    assert ids(await walk(bindbee, "connectors", page_size=1)) == every
    assert len(await walk(bindbee, "integrations", page_size=2)) == 3


async def test_before_the_first_sync_ends_lists_are_empty(bindbee: httpx.AsyncClient) -> None:
    bindbee.headers["x-connector-token"] = "demo-connector-new"
    for model in MODELS:
        assert await walk(bindbee, model) == []


async def test_a_connector_to_be_linked_again_still_answers_from_the_copy(
    bindbee: httpx.AsyncClient,
) -> None:
    bindbee.headers["x-connector-token"] = "demo-connector-relink"
    assert len(await walk(bindbee, "courses")) == 120


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, None),
        (0, "PT0S"),
        (59, "PT59S"),
        (19_800, "PT5H30M"),
        (86_400, "P1D"),
        (90_061, "P1DT1H1M1S"),
    ],
)
def test_durations_are_written_in_iso_8601(seconds: int | None, written: str | None) -> None:
    assert duration(seconds) == written


def test_ids_carry_their_time_and_depend_on_kind_and_number() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    one = UUID(uuid7("course", 1, moment))
    assert (one.version, one.variant) == (7, "specified in RFC 4122")
    assert one.int >> 80 == int(moment.timestamp() * 1_000)
    assert len({uuid7(kind, n, moment) for kind in ("course", "user") for n in range(9)}) == 18
