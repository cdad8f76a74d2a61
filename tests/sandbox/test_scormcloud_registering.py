"""What changes registrations of the sandbox's SCORM Cloud: creation, instances, settings, tags."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.academy import Academy
from tests.sandbox.receiver import receiving
from tests.sandbox.scormcloud_calls import (
    JSONObject,
    ask,
    below,
    connect,
    encoded,
    keys,
    leaves,
    path,
    refused,
    said,
    tell,
    walk,
)

ANN = {"id": "ann/1", "firstName": "Ann", "lastName": "Oyelaran", "email": "ann@academy.example"}
UUID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


async def course_of(cloud: httpx.AsyncClient, *, versions: int = 1, standard: str = "") -> Any:
    """The first course with so many versions, of that standard."""
    for row in await walk(cloud, "/courses"):
        if row["version"] == versions - 1 and standard in row["courseLearningStandard"]:
            return row
    raise AssertionError("there is no such course")


async def enrol(cloud: httpx.AsyncClient, key: str = "new/1", **more: Any) -> JSONObject:
    """Create a registration and read it, with everything that can be read of it."""
    course = more.pop("course", None) or await course_of(cloud)
    body = {"registrationId": key, "courseId": course["id"], "learner": ANN, **more}
    await tell(cloud, "POST", "/registrations", body)
    return await read(cloud, key)


async def read(cloud: httpx.AsyncClient, key: str) -> JSONObject:
    flags = ("includeChildResults", "includeInteractionsAndObjectives", "includeRuntime")
    found: JSONObject = await ask(
        cloud, f"/registrations/{encoded(key)}", **dict.fromkeys(flags, True)
    )
    return found


async def settings_of(cloud: httpx.AsyncClient, where: str) -> dict[str, JSONObject]:
    items = (await ask(cloud, where))["settingItems"]
    return {item["id"]: item for item in items}


async def test_a_new_registration_is_there_and_blank(cloud: httpx.AsyncClient) -> None:
    course = await course_of(cloud, versions=2)
    row = await enrol(cloud, course=course)

    assert row["course"] == {"id": course["id"], "title": course["title"], "version": 1}
    assert row["learner"] == ANN
    assert (row["registrationCompletion"], row["registrationSuccess"]) == ("UNKNOWN", "UNKNOWN")
    assert row["registrationCompletionAmount"] == row["totalSecondsTracked"] == 0
    assert not {"score", "firstAccessDate", "lastAccessDate", "completedDate"} & set(row)
    assert (await cloud.head(path(row))).status_code == 200
    # It is the newest one, so the first in the list.
    assert (await ask(cloud, "/registrations"))["registrations"][0]["id"] == "new/1"
    assert await keys(cloud, "/registrations", learnerId="ann/1") == ["new/1"]
    assert "new/1" in await keys(cloud, "/registrations", courseId=course["id"])
    assert await ask(cloud, path(row, "/launchHistory")) == {"launchHistory": []}
    assert await ask(cloud, "/learner/ann%2F1/tags") == {"tags": []}


async def test_a_learner_needs_an_id_alone(cloud: httpx.AsyncClient) -> None:
    row = await enrol(cloud, learner={"id": "L1"})

    assert row["learner"] == {"id": "L1"}
    assert await keys(cloud, "/registrations", filter="L1", filterBy="learner_last_name") == []
    for order in ("learner_first_name_asc", "learner_last_name_desc"):
        assert "new/1" in await keys(cloud, "/registrations", orderBy=order)


async def test_an_older_version_can_be_taken(cloud: httpx.AsyncClient) -> None:
    course = await course_of(cloud, versions=3)
    body = {"registrationId": "old", "courseId": course["id"], "learner": ANN}

    await tell(cloud, "POST", "/registrations?courseVersion=1", body)

    assert (await read(cloud, "old"))["course"]["version"] == 1
    other = {**body, "registrationId": "other"}
    assert (await refused(cloud, "POST", "/registrations?courseVersion=9", other))[0] == 404
    assert (await refused(cloud, "POST", "/registrations?courseVersion=new", other))[0] == 400


async def test_tags_come_with_it_for_all_three(cloud: httpx.AsyncClient) -> None:
    course = await course_of(cloud)
    row = await enrol(
        cloud, course=course, registrationTags=["r"], learnerTags=["l"], courseTags=["c"]
    )

    assert row["tags"] == ["r"]
    assert await keys(cloud, "/registrations", tags="r") == ["new/1"]
    assert await ask(cloud, "/learner/ann%2F1/tags") == {"tags": ["l"]}
    tagged = await ask(cloud, f"/courses/{encoded(course['id'])}/tags")
    assert tagged == {"tags": [*course["tags"], "c"]}


async def test_it_can_have_an_xapi_id_of_its_own(cloud: httpx.AsyncClient) -> None:
    assert (await enrol(cloud, xapiRegistrationId=UUID.upper()))["xapiRegistrationId"] == UUID


async def test_settings_come_with_it(cloud: httpx.AsyncClient) -> None:
    settings = {"settings": [{"settingId": "PlayerShowNavBar", "value": "YES", "explicit": True}]}
    row = await enrol(cloud, initialSettings=settings)

    item = (await settings_of(cloud, path(row, "/configuration")))["PlayerShowNavBar"]
    assert item == {
        "id": "PlayerShowNavBar",
        "effectiveValue": "YES",
        "effectiveValueSource": "registration",
        "explicitValue": "YES",
    }


async def test_a_postback_comes_with_it_as_settings(cloud: httpx.AsyncClient) -> None:
    row = await enrol(
        cloud,
        postBack={
            "url": "https://lms.example/results",
            "authType": "FORM",
            "userName": "cloud",
            "password": "hidden",
            "resultsFormat": "FULL",
            "legacy": True,
        },
    )

    answer = await cloud.get(path(row, "/configuration"))
    items = {item["id"]: item["effectiveValue"] for item in answer.json()["settingItems"]}
    posted = {name: value for name, value in items.items() if name.startswith("ApiRollup")}
    assert posted["ApiRollupRegistrationPostBackUrl"] == "https://lms.example/results"
    assert posted["ApiRollupRegistrationAuthType"] == "form"
    assert posted["ApiRollupRegistrationAuthUser"] == "cloud"
    assert posted["ApiRollupRegistrationFormat"] == "full"
    assert posted["ApiRollupRegistrationIsJson"] == "false"
    assert "hidden" not in answer.text


async def test_results_from_elsewhere_are_taken_over(cloud: httpx.AsyncClient) -> None:
    course = await course_of(cloud, standard="SCORM2004")
    leaf, *_ = [each for each in below(course["rootActivity"]) if not each["children"]]
    activity = {
        "id": leaf["itemIdentifier"],
        "attempts": 4,
        "activityCompletion": "INCOMPLETE",
        "activitySuccess": "FAILED",
        "score": {"scaled": 12.5},
        "timeTracked": "0001:02:03.50",
        "completionAmount": {"scaled": 0.25},
        "suspended": True,
        "children": [],
        "objectives": [{"id": "O1", "primary": True, "objectiveSuccess": "FAILED"}],
        "runtime": {"location": "slide-9"},
        "staticProperties": {"launchData": "x=1"},
    }
    state = {
        "registrationCompletion": "INCOMPLETE",
        "registrationSuccess": "FAILED",
        "registrationCompletionAmount": 0.25,
        "score": {"scaled": 12.5},
        "totalSecondsTracked": 3723.5,
        "createdDate": "2025-01-02T03:04:05Z",
        "firstAccessDate": "2025-01-03T00:00:00Z",
        "lastAccessDate": "2025-01-04T00:00:00Z",
        "globalObjectives": [{"id": "G", "objectiveCompletion": "COMPLETED"}],
        "sharedData": [{"id": "D", "value": "kept"}],
        "suspendedActivityId": leaf["itemIdentifier"],
        "activityDetails": {"id": course["rootActivity"]["itemIdentifier"], "children": [activity]},
    }

    row = await enrol(cloud, course=course, initialRegistrationState=state)

    said_of_it = {name: row[name] for name in state if name != "activityDetails"}
    assert said_of_it == {name: state[name] for name in said_of_it}
    part = next(each for each in leaves(row["activityDetails"]) if each["id"] == activity["id"])
    for name in ("attempts", "activitySuccess", "score", "timeTracked", "suspended", "objectives"):
        assert part[name] == activity[name]
    assert part["runtime"]["location"] == "slide-9"
    assert part["staticProperties"]["launchData"] == "x=1"
    assert await ask(cloud, path(row, "/launchHistory")) == {"launchHistory": []}
    assert await ask(cloud, path(row, "/xAPIStatements")) == {"statements": []}


async def test_what_was_read_can_be_sent_back(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")
    done = next(row for row in rows if "completedDate" in row and "score" in row)
    odd = next(row for row in rows if row["registrationCompletionAmount"] == "NaN")

    for place, row in enumerate((done, odd)):
        state = await read(cloud, row["id"])
        course = {"id": row["course"]["id"]}
        copy = await enrol(cloud, f"copy {place}", course=course, initialRegistrationState=state)
        for name in ("registrationCompletion", "registrationSuccess", "score", "completedDate"):
            assert copy.get(name) == row.get(name)
        assert copy["id"] == f"copy {place}" and copy["learner"] == ANN


async def test_an_id_that_is_taken_is_refused(cloud: httpx.AsyncClient) -> None:
    row = (await ask(cloud, "/registrations"))["registrations"][0]
    body = {"registrationId": row["id"], "courseId": row["course"]["id"], "learner": ANN}

    assert await refused(cloud, "POST", "/registrations", body) == (
        400,
        f"Registration with id [{row['id']}] already exists",
    )


async def test_an_unknown_course_is_not_found(cloud: httpx.AsyncClient) -> None:
    body = {"registrationId": "r", "courseId": "no/such", "learner": ANN}

    status, text = await refused(cloud, "POST", "/registrations", body)

    assert status == 404 and text.startswith("Could not find course [no/such]")
    assert (await cloud.head("/registrations/r")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"registrationId": None},
        {"registrationId": ""},
        {"registrationId": "x" * 256},
        {"courseId": 7},
        {"learner": {"firstName": "Nobody"}},
        {"learner": {"id": ""}},
        {"xapiRegistrationId": "not a uuid"},
        {"registrationTags": "one"},
        {"initialSettings": {"settings": [{"settingId": "NoSuchThing", "value": "1"}]}},
        {"initialSettings": {"settings": [{"settingId": "PlayerShowNavBar", "value": "7"}]}},
        {"postBack": {}},
        {"postBack": {"url": "somewhere"}},
        {"postBack": {"url": "http://lms.example/", "authType": "DIGEST"}},
        {"postBack": {"url": "http://lms.example/", "resultsFormat": "EVERYTHING"}},
        {"initialRegistrationState": {"registrationCompletion": "DONE"}},
        {"initialRegistrationState": {"registrationCompletionAmount": "some"}},
        {"initialRegistrationState": {"score": {"scaled": 101}}},
        {"initialRegistrationState": {"firstAccessDate": "yesterday"}},
        {"initialRegistrationState": {"activityDetails": {"id": "a", "timeTracked": "1h"}}},
    ],
)
async def test_nothing_is_created_of_what_makes_no_sense(
    cloud: httpx.AsyncClient, wrong: JSONObject
) -> None:
    course = await course_of(cloud)
    body = {"registrationId": "r", "courseId": course["id"], "learner": ANN, **wrong}

    assert (await refused(cloud, "POST", "/registrations", body))[0] == 400
    assert (await cloud.head("/registrations/r")).status_code == 404


async def test_an_id_may_have_255_characters(cloud: httpx.AsyncClient) -> None:
    key = "é/" * 127 + "x"
    assert (await enrol(cloud, key))["id"] == key


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "[" * 100_000])
async def test_a_body_that_is_none_is_refused(cloud: httpx.AsyncClient, body: str) -> None:
    answer = await cloud.post("/registrations", content=body)

    assert answer.status_code == 400 and answer.json()["message"]


async def test_a_deleted_registration_is_gone(cloud: httpx.AsyncClient) -> None:
    row = await enrol(cloud, registrationTags=["gone"])
    await tell(cloud, "POST", path(row, "/instances"))

    await tell(cloud, "DELETE", path(row))

    assert (await cloud.head(path(row))).status_code == 404
    assert (await refused(cloud, "DELETE", path(row)))[0] == 404
    assert await keys(cloud, "/registrations", tags="gone") == []
    again = await enrol(cloud)
    assert (again["instance"], again["tags"]) == (0, [])


async def test_a_new_instance_begins_anew_with_the_same_settings(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/registrations") if "completedDate" in row)
    course = await ask(cloud, f"/courses/{encoded(row['course']['id'])}")
    setting = {"settings": [{"settingId": "PlayerShowHelp", "value": "YES"}]}
    await tell(cloud, "POST", path(row, "/configuration"), setting)

    await tell(cloud, "POST", path(row, "/instances"))

    new = await ask(cloud, path(row))
    assert new["instance"] == row["instance"] + 1
    assert new["course"]["version"] == course["version"]
    assert (new["registrationCompletion"], new["tags"]) == ("UNKNOWN", row["tags"])
    assert new["xapiRegistrationId"] != row["xapiRegistrationId"]
    assert await ask(cloud, path(row, f"/instances/{row['instance']}")) == row
    items = await settings_of(cloud, path(row, "/configuration"))
    assert items["PlayerShowHelp"]["explicitValue"] == "YES"


async def test_settings_of_instances_are_their_own(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/registrations") if row["instance"] == 1)
    first, latest = (path(row, f"/instances/{number}/configuration") for number in (0, 1))
    setting = {"settings": [{"settingId": "PlayerShowHelp", "value": "YES"}]}

    await tell(cloud, "POST", first, setting)

    assert (await settings_of(cloud, first))["PlayerShowHelp"]["effectiveValue"] == "YES"
    assert (await settings_of(cloud, latest))["PlayerShowHelp"]["effectiveValue"] == "NO"
    await tell(cloud, "POST", path(row, "/configuration"), setting)
    assert (await settings_of(cloud, latest))["PlayerShowHelp"]["effectiveValue"] == "YES"
    for where in (first, path(row, "/configuration")):
        await tell(cloud, "DELETE", f"{where}/PlayerShowHelp")
        item = (await settings_of(cloud, where))["PlayerShowHelp"]
        assert item["effectiveValueSource"] == "default" and "explicitValue" not in item


@pytest.mark.parametrize(
    ("setting", "value"),
    [("NoSuchThing", "1"), ("PlayerShowHelp", "perhaps"), ("PlayerTimeLimit", "-1")],
)
async def test_settings_are_checked_as_those_of_courses_are(
    cloud: httpx.AsyncClient, setting: str, value: str
) -> None:
    row = await enrol(cloud)
    good = {"settingId": "PlayerShowNavBar", "value": "YES"}
    body = {"settings": [good, {"settingId": setting, "value": value}]}

    for where in ("/configuration", "/instances/0/configuration"):
        assert (await refused(cloud, "POST", path(row, where), body))[0] == 400
    items = await settings_of(cloud, path(row, "/configuration"))
    assert items["PlayerShowNavBar"]["effectiveValue"] == "NO"
    assert await refused(cloud, "DELETE", path(row, "/configuration/NoSuchThing")) == (
        400,
        "NoSuchThing is not a valid setting ID",
    )


async def test_with_the_last_instance_goes_the_registration(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/registrations") if row["instance"] == 1)

    await tell(cloud, "DELETE", path(row, "/instances/1"))
    assert (await ask(cloud, path(row)))["instance"] == 0
    assert (await refused(cloud, "DELETE", path(row, "/instances/1")))[0] == 404
    await tell(cloud, "DELETE", path(row, "/instances/0"))

    assert (await said(cloud, path(row)))[0] == 404


async def test_a_reset_leaves_the_registration_alone(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/registrations")
    row = next(row for row in rows if "completedDate" in row and row["tags"])

    await tell(cloud, "DELETE", path(row, "/progress"))

    after = await ask(cloud, path(row))
    assert (after["registrationCompletion"], after["registrationSuccess"]) == ("UNKNOWN",) * 2
    for name in ("id", "instance", "learner", "tags", "createdDate", "xapiRegistrationId"):
        assert after[name] == row[name]
    course = await ask(cloud, f"/courses/{encoded(row['course']['id'])}")
    assert after["course"]["version"] == course["version"]
    assert not {"score", "firstAccessDate", "completedDate"} & set(after)
    assert after["updated"] > row["updated"]
    assert await ask(cloud, path(row, "/launchHistory")) == {"launchHistory": []}


async def test_global_data_can_be_deleted_alone(cloud: httpx.AsyncClient) -> None:
    flags = {"includeInteractionsAndObjectives": True}
    rows = await walk(cloud, "/registrations", **flags)
    row = next(row for row in rows if row["globalObjectives"])

    await tell(cloud, "DELETE", path(row, "/globalData"))

    after = await ask(cloud, path(row), **flags)
    assert (after["globalObjectives"], after["sharedData"]) == ([], [])
    assert after["registrationCompletion"] == row["registrationCompletion"]


async def test_tags_are_added_and_taken_away(cloud: httpx.AsyncClient) -> None:
    row = await enrol(cloud, registrationTags=["one"])
    other = await enrol(cloud, "other")

    await tell(cloud, "PUT", path(row, "/tags"), {"tags": ["two", "two", "one"]})
    assert await ask(cloud, path(row, "/tags")) == {"tags": ["one", "two"]}
    await tell(
        cloud, "PUT", "/registrations/tags", {"ids": [row["id"], "other"], "tags": ["three"]}
    )
    assert await ask(cloud, path(other, "/tags")) == {"tags": ["three"]}
    await tell(cloud, "DELETE", path(row, "/tags"), {"tags": ["one", "never there"]})

    assert (await ask(cloud, path(row)))["tags"] == ["two", "three"]
    assert set(await keys(cloud, "/registrations", tags="three")) == {"new/1", "other"}


async def test_a_batch_with_an_unknown_registration_tags_none(cloud: httpx.AsyncClient) -> None:
    row = await enrol(cloud)
    batch = {"ids": [row["id"], "nope"], "tags": ["x"]}

    assert (await refused(cloud, "PUT", "/registrations/tags", batch))[0] == 404
    assert await ask(cloud, path(row, "/tags")) == {"tags": []}
    assert (await refused(cloud, "PUT", "/registrations/tags", {"tags": ["x"]}))[0] == 400


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("DELETE", ""),
        ("DELETE", "/progress"),
        ("DELETE", "/globalData"),
        ("POST", "/instances"),
        ("DELETE", "/instances/0"),
        ("POST", "/configuration"),
        ("DELETE", "/configuration/PlayerShowHelp"),
        ("POST", "/instances/0/configuration"),
        ("DELETE", "/instances/0/configuration/PlayerShowHelp"),
        ("PUT", "/tags"),
        ("DELETE", "/tags"),
        ("POST", "/launchLink"),
    ],
)
async def test_nothing_of_an_unknown_registration_can_be_changed(
    cloud: httpx.AsyncClient, method: str, rest: str
) -> None:
    assert await refused(cloud, method, f"/registrations/no%2Fsuch{rest}") == (
        404,
        "Could not find registration [no/such] in app [demo-app]",
    )


async def test_a_postback_is_tried_with_what_it_says(cloud: httpx.AsyncClient) -> None:
    async with receiving() as receiver:
        form = {"url": receiver.url, "authType": "FORM", "userName": "u&1", "password": "p=2"}
        await tell(cloud, "POST", "/registrations/postBackTest", form)
        basic = {**form, "authType": "HTTPBASIC"}
        await tell(cloud, "POST", "/registrations/postBackTest", basic)
        await tell(cloud, "POST", "/registrations/postBackTest", {"url": receiver.url})
        receiver.status = 403
        failed = await refused(cloud, "POST", "/registrations/postBackTest", basic)

    by_form, by_basic, bare, _ = receiver.posts
    assert by_form.target == "/results?from=cloud"
    assert (by_form.form["username"], by_form.form["password"]) == ("u&1", "p=2")
    assert (
        "authorization" not in by_form.headers and '"registrationSuccess"' in by_form.form["data"]
    )
    assert by_basic.headers["authorization"] == "Basic dSYxOnA9Mg=="
    assert by_basic.headers["content-type"] == "application/json"
    assert by_basic.json["registrationCompletion"] == "COMPLETED"
    assert "authorization" not in bare.headers
    assert failed[0] == 400 and "answered 403" in failed[1]


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/results",
        "http://127.0.0.1.lms.example/",
        "http://169.254.169.254/",
        "http://0.0.0.0:1/",
        "https://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://[::1",
        "http://127.0.0.1:port/",
        "ftp://127.0.0.1/",
        "",
    ],
)
async def test_nothing_is_posted_elsewhere(cloud: httpx.AsyncClient, url: str) -> None:
    assert (await refused(cloud, "POST", "/registrations/postBackTest", {"url": url}))[0] == 400


async def test_results_may_lie_as_deep_as_they_like(cloud: httpx.AsyncClient) -> None:
    course = await course_of(cloud)
    details: JSONObject = {"id": "deepest"}
    for _ in range(400):
        details = {"id": course["rootActivity"]["itemIdentifier"], "children": [details]}

    row = await enrol(cloud, course=course, initialRegistrationState={"activityDetails": details})

    assert row["activityDetails"]["title"] == course["title"]
