"""SCORM Cloud's Registration Service and learner tags as the sandbox plays them."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.academy import Academy
from tests.sandbox.scormcloud_calls import (
    JSONObject,
    ask,
    below,
    connect,
    encoded,
    keys,
    leaves,
    path,
    said,
    walk,
)

ADA = "ada.byron@academy.example"


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


async def test_every_attempt_is_a_registration(cloud: httpx.AsyncClient, academy: Academy) -> None:
    campus = academy.campus("scormcloud")
    rows = await walk(cloud, "/registrations")

    assert len({row["id"] for row in rows}) == len(rows) == len(campus.attempts)
    scores = Counter(each.score for each in campus.attempts if each.lesson is None)
    del scores[None]
    assert Counter(row["score"]["scaled"] for row in rows if "score" in row) == scores


async def test_completions_are_there_in_every_shape(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")

    shapes = {(row["registrationCompletion"], row["registrationSuccess"]) for row in rows}
    assert shapes == {
        ("COMPLETED", "PASSED"),
        ("COMPLETED", "FAILED"),
        ("COMPLETED", "UNKNOWN"),
        ("INCOMPLETE", "UNKNOWN"),
        ("INCOMPLETE", "FAILED"),
        ("UNKNOWN", "UNKNOWN"),
    }
    for row in rows:
        assert ("completedDate" in row) == (row["registrationCompletion"] == "COMPLETED")
    amounts = [row["registrationCompletionAmount"] for row in rows]
    assert amounts.count("NaN") == 1
    assert all(0 <= amount <= 1 for amount in amounts if amount != "NaN")


async def test_dates_follow_upon_each_other(cloud: httpx.AsyncClient) -> None:
    for row in await walk(cloud, "/registrations"):
        names = ("createdDate", "firstAccessDate", "lastAccessDate", "completedDate")
        times = [row[name] for name in names if name in row]
        assert times == sorted(times)
        assert row["updated"] == times[-1]


async def test_pages_hold_ten_and_can_be_counted(cloud: httpx.AsyncClient) -> None:
    answer = await cloud.get("/registrations", params={"includeTotalCount": "true"})

    assert len(answer.json()["registrations"]) == 10
    assert answer.headers["X-Total-Count"] == "160"
    more = answer.json()["more"]
    assert (await said(cloud, "/registrations", more=more, courseId="x"))[0] == 400


async def test_learners_go_by_their_address_or_by_a_number(cloud: httpx.AsyncClient) -> None:
    learners = {row["learner"]["id"]: row["learner"] for row in await walk(cloud, "/registrations")}

    by_address = {key for key, learner in learners.items() if key == learner.get("email")}
    assert by_address and by_address != set(learners)
    assert all(key.startswith("L-") for key in set(learners) - by_address)


async def test_ada_goes_by_another_id_once(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")

    hers = Counter(row["learner"]["id"] for row in rows if row["learner"].get("email") == ADA)
    (other,) = set(hers) - {ADA}
    assert hers[other] == 1 and hers[ADA] >= 2
    assert await keys(cloud, "/registrations", learnerId=ADA) == [
        row["id"] for row in rows if row["learner"]["id"] == ADA
    ]


async def test_registrations_of_a_course_and_of_a_learner(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")
    course, learner = rows[0]["course"]["id"], rows[0]["learner"]["id"]

    assert await keys(cloud, "/registrations", courseId=course) == [
        row["id"] for row in rows if row["course"]["id"] == course
    ]
    assert rows[0]["id"] in await keys(cloud, "/registrations", courseId=course, learnerId=learner)


@pytest.mark.parametrize("query", [{"courseId": "nope"}, {"learnerId": "nope"}])
async def test_nobody_is_registered_for_what_does_not_exist(
    cloud: httpx.AsyncClient, query: dict[str, str]
) -> None:
    assert await ask(cloud, "/registrations", **query) == {"registrations": []}


@pytest.mark.parametrize(
    ("query", "field"), [({}, "createdDate"), ({"datetimeFilter": "updated"}, "updated")]
)
async def test_since_and_until_are_inclusive(
    cloud: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    rows = await walk(cloud, "/registrations")
    times = sorted(row[field] for row in rows)
    since, until = times[40], times[90]

    kept = await keys(cloud, "/registrations", since=since, until=until, **query)

    assert set(kept) == {row["id"] for row in rows if since <= row[field] <= until}


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ("created", lambda row: row["createdDate"]),
        ("updated", lambda row: row["updated"]),
        ("course_title", lambda row: row["course"]["title"].casefold()),
        ("learner_first_name", lambda row: row["learner"]["firstName"].casefold()),
        ("learner_last_name", lambda row: row["learner"]["lastName"].casefold()),
    ],
)
async def test_registrations_are_sorted_either_way(
    cloud: httpx.AsyncClient, order: str, field: Any
) -> None:
    upwards = [field(row) for row in await walk(cloud, "/registrations", orderBy=f"{order}_asc")]
    downwards = [field(row) for row in await walk(cloud, "/registrations", orderBy=f"{order}_desc")]

    assert upwards == downwards[::-1] == sorted(upwards)


@pytest.mark.parametrize(
    ("by", "part", "field"),
    [
        ("registration_id", "reg ", lambda row: [row["id"]]),
        ("course_title", "graph", lambda row: [row["course"]["title"]]),
        ("learner_first_name", "ADA", lambda row: [row["learner"]["firstName"]]),
        ("learner_last_name", "byron", lambda row: [row["learner"]["lastName"]]),
        ("tags", "fund", lambda row: row["tags"]),
    ],
)
async def test_a_filter_looks_into_the_field_that_it_is_told(
    cloud: httpx.AsyncClient, by: str, part: str, field: Any
) -> None:
    rows = await walk(cloud, "/registrations")

    kept = await keys(cloud, "/registrations", filter=part, filterBy=by)

    expected = [
        row["id"] for row in rows if any(part.lower() in each.lower() for each in field(row))
    ]
    assert kept == expected and 0 < len(kept) < len(rows)


async def test_tags_match_any_of_those_that_are_asked_for(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations", tags="retake,funded")

    assert rows and all({"retake", "funded"} & set(row["tags"]) for row in rows)
    for row in rows[:3]:
        assert await ask(cloud, path(row, "/tags")) == {"tags": row["tags"]}


async def test_a_registration_alone_says_what_it_says_in_the_list(
    cloud: httpx.AsyncClient,
) -> None:
    flags = {"includeChildResults": "True", "includeRuntime": "True"}
    rows = await walk(cloud, "/registrations", **flags)

    assert any("/" in row["id"] for row in rows) and any(" " in row["id"] for row in rows)
    for row in rows:
        assert await ask(cloud, path(row), **flags) == row


async def test_details_come_as_they_are_asked_for(cloud: httpx.AsyncClient) -> None:
    row = next(
        row
        for row in await walk(cloud, "/registrations", includeChildResults=True)
        if row["activityDetails"]["id"].startswith("ORG")
        and any(leaf.get("score") for leaf in leaves(row["activityDetails"]))
    )

    plain = await ask(cloud, path(row))
    runtime = await ask(cloud, path(row), includeChildResults=True, includeRuntime=True)
    everything = await ask(
        cloud,
        path(row),
        includeChildResults=True,
        includeRuntime=True,
        includeInteractionsAndObjectives=True,
    )

    assert plain["activityDetails"]["children"] == []
    assert not any("runtime" in each for each in below(row["activityDetails"]))
    assert all("runtime" in leaf for leaf in leaves(runtime["activityDetails"]))
    assert "runtime" not in runtime["activityDetails"] and "runtime" not in runtime
    assert not any("runtimeInteractions" in leaf["runtime"] for leaf in _with_runtime(runtime))
    assert any(leaf["runtime"]["runtimeInteractions"] for leaf in _with_runtime(everything))
    assert "objectives" in everything["activityDetails"]
    assert "objectives" not in runtime["activityDetails"]


def _with_runtime(registration: JSONObject) -> list[JSONObject]:
    return leaves(registration["activityDetails"])


async def test_xapi_content_has_no_runtime(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations", includeChildResults=True, includeRuntime=True)

    standards = {row["id"]: row["courseLearningStandard"] for row in await walk(cloud, "/courses")}
    xapi = [row for row in rows if standards[row["course"]["id"]] in ("XAPI", "CMI5")]
    assert any(row["activityDetails"]["children"] for row in xapi)
    for row in xapi:
        latest = row["course"]["title"].endswith("edition)")
        assert latest or not any("runtime" in leaf for leaf in leaves(row["activityDetails"]))


async def test_results_of_activities_are_named_as_in_the_course(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations", includeChildResults=True)
    courses = {row["id"]: row for row in await walk(cloud, "/courses")}

    for row in rows:
        course = courses[row["course"]["id"]]
        if row["course"]["version"] != course["version"]:
            continue
        assert _shape(row["activityDetails"], "id") == _shape(
            course["rootActivity"], "itemIdentifier"
        )


def _shape(activity: JSONObject, name: str) -> list[Any]:
    return [activity[name], *(_shape(child, name) for child in activity["children"])]


async def test_a_completed_course_has_all_its_activities_completed(
    cloud: httpx.AsyncClient,
) -> None:
    for row in await walk(cloud, "/registrations", includeChildResults=True):
        states = {each["activityCompletion"] for each in below(row["activityDetails"])}
        if row["registrationCompletion"] == "COMPLETED":
            assert states == {"COMPLETED"}
        if row["registrationCompletion"] == "UNKNOWN":
            assert states == {"UNKNOWN"}


async def test_a_lesson_alone_is_completed_without_its_course(
    cloud: httpx.AsyncClient, academy: Academy
) -> None:
    campus = academy.campus("scormcloud")
    alone = [each for each in campus.attempts if each.lesson is not None]
    rows = await walk(cloud, "/registrations", includeChildResults=True)

    lonely = [
        row
        for row in rows
        if row["registrationCompletion"] == "INCOMPLETE"
        and [leaf["activityCompletion"] for leaf in leaves(row["activityDetails"])].count(
            "COMPLETED"
        )
        == 1
    ]
    assert len(lonely) >= len(alone) > 0


async def test_head_tells_whether_a_registration_exists(cloud: httpx.AsyncClient) -> None:
    (first, *_) = await walk(cloud, "/registrations")

    there = await cloud.head(path(first))
    missing = await cloud.head("/registrations/nope")

    assert (there.status_code, there.content) == (200, b"")
    assert (missing.status_code, missing.content) == (404, b"")


async def test_the_last_instance_is_meant_where_none_is_named(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/registrations") if row["instance"] == 1)

    instances = (await ask(cloud, path(row, "/instances")))["registrations"]

    assert instances[0] == row and [each["instance"] for each in instances] == [1, 0]
    assert instances[1]["course"]["version"] < row["course"]["version"]
    for each in instances:
        assert await ask(cloud, path(row, f"/instances/{each['instance']}")) == each
    for missing, status in (("7", 404), ("first", 400)):
        assert (await said(cloud, path(row, f"/instances/{missing}")))[0] == status


async def test_most_registrations_have_one_instance(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")

    for row in rows[:20]:
        instances = (await ask(cloud, path(row, "/instances")))["registrations"]
        assert len(instances) == row["instance"] + 1


@pytest.mark.parametrize(
    "rest",
    ["", "/instances", "/configuration", "/launchHistory", "/tags", "/xAPIStatements"],
)
async def test_an_unknown_registration_is_not_found(cloud: httpx.AsyncClient, rest: str) -> None:
    assert await said(cloud, f"/registrations/no%2Fsuch{rest}") == (
        404,
        "Could not find registration [no/such] in app [demo-app]",
    )


async def test_a_registration_can_have_settings_of_its_own(cloud: httpx.AsyncClient) -> None:
    (row, *_) = [
        row
        for row in await walk(cloud, "/registrations", tags="retake", includeChildResults=True)
        if row["activityDetails"]["id"].startswith("ORG")
    ]

    for rest in ("/configuration", f"/instances/{row['instance']}/configuration"):
        answer = await ask(cloud, path(row, rest), includeMetadata=True)
        items = {item["id"]: item for item in answer["settingItems"]}
        assert items["PlayerTimeLimit"]["effectiveValueSource"] == "registration"
        assert items["PlayerTimeLimit"]["explicitValue"] == "45"
        assert items["PlayerTimeLimit"]["metadata"]["default"] == "0"


async def test_learners_have_tags(cloud: httpx.AsyncClient) -> None:
    learners = {row["learner"]["id"] for row in await walk(cloud, "/registrations")}

    tags = [(await ask(cloud, f"/learner/{encoded(each)}/tags"))["tags"] for each in learners]

    assert any(tags) and not all(tags)
    assert await ask(cloud, "/learner/nope/tags") == {"tags": []}
