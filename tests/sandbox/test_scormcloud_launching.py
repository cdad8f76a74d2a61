"""Launch links of the sandbox's SCORM Cloud, and what follows when somebody opens one."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.academy import Academy
from sandbox.scormcloud import routes
from sandbox.wire import Desk, Faults
from tests.sandbox.receiver import receiving
from tests.sandbox.scormcloud_calls import (
    BASE,
    SECRET,
    JSONObject,
    ask,
    encoded,
    leaves,
    path,
    refused,
    tell,
    walk,
)


class Clock:
    """A clock that stands still until it is moved."""

    now = 1_793_491_200.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def cloud(academy: Academy, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = routes(academy.campus("scormcloud"), clock)
    desk = Desk("scormcloud", app, log=[], faults=Faults(), folds_slashes=True)
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/scormcloud", app=desk)]))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://sandbox{BASE}", auth=SECRET
    ) as client:
        yield client


@pytest.fixture
async def visitor(cloud: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a browser, who has no secret."""
    async with httpx.AsyncClient(transport=cloud._transport) as client:
        yield client


async def enrol(cloud: httpx.AsyncClient, key: str = "go/1", **more: Any) -> JSONObject:
    courses = await walk(cloud, "/courses")
    course = next(row for row in courses if row["courseLearningStandard"] == "SCORM20044THEDITION")
    learner = {"id": "ann", "firstName": "Ann", "lastName": "<b>Oyelaran"}
    body = {"registrationId": key, "courseId": course["id"], "learner": learner, **more}
    await tell(cloud, "POST", "/registrations", body)
    return {"id": key, "course": course}


async def link(cloud: httpx.AsyncClient, row: JSONObject, **more: Any) -> str:
    asked = {"redirectOnExitUrl": "message", **more}
    answer = await cloud.post(path(row, "/launchLink"), json=asked)
    assert answer.status_code == 200, answer.text
    (name, found), *others = answer.json().items()
    assert name == "launchLink" and not others
    return str(found)


async def test_a_launch_ends_with_what_the_learner_reached(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    row = await enrol(cloud)
    url = await link(cloud, row)
    assert url.startswith("http://sandbox/scormcloud/api/cloud/registration/launch/")

    page = await visitor.get(url)
    begun = await ask(cloud, path(row))
    assert row["course"]["title"] in page.text and "Ann &lt;b&gt;Oyelaran" in page.text
    assert begun["registrationCompletion"] == "INCOMPLETE"
    assert begun["firstAccessDate"] == begun["updated"] > begun["createdDate"]
    (launch,) = (await ask(cloud, path(row, "/launchHistory")))["launchHistory"]
    assert "exitTime" not in launch

    form = {"completion": "COMPLETED", "success": "PASSED", "score": "87.5", "seconds": "90"}
    assert "You have left the course." in (await visitor.post(url, data=form)).text

    flags = {"includeChildResults": True, "includeInteractionsAndObjectives": True}
    after = await ask(cloud, path(row), **flags, includeRuntime=True)
    assert (after["registrationCompletion"], after["registrationSuccess"]) == (
        "COMPLETED",
        "PASSED",
    )
    assert after["score"] == {"scaled": 87.5} and after["totalSecondsTracked"] == 90
    assert after["registrationCompletionAmount"] == 1
    assert after["completedDate"] == after["updated"] > begun["updated"]
    assert after["globalObjectives"][0]["objectiveSuccess"] == "PASSED"
    parts = leaves(after["activityDetails"])
    assert {each["activityCompletion"] for each in parts} == {"COMPLETED"}
    assert any(each["runtime"]["scoreRaw"] == "87.5" for each in parts)
    answer = await ask(cloud, path(row, "/launchHistory"), includeHistoryLog=True)
    (launch,) = answer["launchHistory"]
    assert launch["exitTime"] == after["lastAccessDate"]
    assert (launch["score"], launch["successStatus"]) == ({"scaled": 87.5}, "PASSED")
    assert "exit=" in launch["historyLog"]
    statements = await walk(cloud, path(row, "/xAPIStatements"))
    assert statements[0]["verb"]["display"]["en-US"] == "passed"
    assert statements[-1]["verb"]["display"]["en-US"] == "launched"


async def test_a_learner_who_comes_again_adds_to_what_was(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    rows = await walk(cloud, "/registrations")
    row = next(
        row
        for row in rows
        if row["registrationCompletion"] == "INCOMPLETE" and row["totalSecondsTracked"]
    )
    before = (await ask(cloud, path(row, "/launchHistory")))["launchHistory"]
    url = await link(cloud, row)

    await visitor.get(url)
    await visitor.post(url, data={"completion": "COMPLETED", "success": "PASSED", "seconds": "5"})

    after = await ask(cloud, path(row))
    launches = (await ask(cloud, path(row, "/launchHistory")))["launchHistory"]
    assert launches[:-1] == before and len(launches) == len(before) + 1 > 1
    assert after["totalSecondsTracked"] == row["totalSecondsTracked"] + 5
    for name in ("instance", "firstAccessDate", "createdDate"):
        assert after[name] == row[name]
    assert after["registrationSuccess"] == "PASSED" and "score" not in after


async def test_who_does_not_finish_is_not_done(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    row = await enrol(cloud)
    url = await link(cloud, row)
    await visitor.get(url)

    await visitor.post(url, data={"completion": "INCOMPLETE", "success": "FAILED", "score": "10"})

    after = await ask(cloud, path(row))
    assert (after["registrationCompletion"], after["registrationSuccess"]) == (
        "INCOMPLETE",
        "FAILED",
    )
    assert "completedDate" not in after and after["registrationCompletionAmount"] < 1


async def test_results_are_posted_to_who_asked_for_them(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    async with receiving() as receiver:
        wanted = {"url": receiver.url, "userName": "lms", "password": "pw", "resultsFormat": "FULL"}
        row = await enrol(cloud, postBack=wanted)
        url = await link(cloud, row)
        await visitor.get(url)
        answer = await visitor.post(url, data={"success": "PASSED", "score": "80"})

    (post,) = receiver.posts
    flags = ("includeChildResults", "includeInteractionsAndObjectives", "includeRuntime")
    assert post.json == await ask(cloud, path(row), **dict.fromkeys(flags, True))
    assert post.headers["authorization"].startswith("Basic ")
    assert "were posted to" in answer.text and "answered 200" in answer.text


@pytest.mark.parametrize(
    ("format", "has_children"), [("COURSE", False), ("ACTIVITY", True), ("UNDEFINED", True)]
)
async def test_results_are_as_detailed_as_was_asked(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, format: str, has_children: bool
) -> None:
    async with receiving() as receiver:
        row = await enrol(cloud, postBack={"url": receiver.url, "resultsFormat": format})
        url = await link(cloud, row)
        await visitor.get(url)
        await visitor.post(url, data={})

    (post,) = receiver.posts
    assert bool(post.json["activityDetails"]["children"]) == has_children


async def test_a_course_can_say_where_results_go(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    async with receiving() as receiver:
        row = await enrol(cloud)
        values = {
            "ApiRollupRegistrationPostBackUrl": receiver.url,
            "ApiRollupRegistrationAuthType": "form",
            "ApiRollupRegistrationAuthUser": "u",
            "ApiRollupRegistrationAuthPassword": "p",
            "ApiRollupRegistrationIsJson": "false",
        }
        settings = [{"settingId": name, "value": value} for name, value in values.items()]
        where = f"/courses/{encoded(row['course']['id'])}/configuration"
        await tell(cloud, "POST", where, {"settings": settings})
        url = await link(cloud, row)
        await visitor.get(url)
        await visitor.post(url, data={"success": "PASSED", "score": "80", "seconds": "61"})

    (post,) = receiver.posts
    assert (post.form["username"], post.form["password"]) == ("u", "p")
    assert post.form["data"] == (
        '<registrationreport format="activity" regid="go/1" instanceid="0">'
        "<complete>complete</complete><success>passed</success>"
        "<totaltime>61</totaltime><score>80</score></registrationreport>"
    )


async def test_results_that_nobody_takes_are_no_harm(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    row = await enrol(cloud, postBack={"url": "https://lms.example/"})
    url = await link(cloud, row)
    await visitor.get(url)

    answer = await visitor.post(url, data={})

    assert answer.status_code == 200 and "could not be posted" in answer.text
    assert (await ask(cloud, path(row)))["registrationCompletion"] == "COMPLETED"


async def test_an_untracked_launch_leaves_no_trace(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    row = await enrol(cloud)
    before = await ask(cloud, path(row))
    url = await link(cloud, row, tracking=False, startSco="L7", culture="de-DE")

    page = await visitor.get(url)
    await visitor.post(url, data={"success": "PASSED"})

    assert "not tracked" in page.text and "L7" in page.text and 'lang="de-DE"' in page.text
    assert await ask(cloud, path(row)) == before


async def test_a_link_expires_unless_it_was_opened(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, clock: Clock
) -> None:
    row = await enrol(cloud)
    opened, unopened, patient = [
        await link(cloud, row, **more) for more in ({}, {"expiry": 10}, {"expiry": 300})
    ]
    await visitor.get(opened)

    clock.now += 120

    assert (await visitor.get(unopened)).status_code == 410
    assert (await visitor.get(patient)).status_code == 200
    assert (await visitor.post(opened, data={})).status_code == 200
    assert (await visitor.get(opened)).status_code == 410
    assert (await visitor.post(opened, data={})).status_code == 403


@pytest.mark.parametrize(
    ("place", "text"), [("message", "left the course"), ("closer", "close()"), ("blank", "<body>")]
)
async def test_a_keyword_leads_to_a_page(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, place: str, text: str
) -> None:
    url = await link(cloud, await enrol(cloud), redirectOnExitUrl=place)
    await visitor.get(url)

    answer = await visitor.post(url, data={})

    assert answer.status_code == 200 and text in answer.text


@pytest.mark.parametrize(
    ("place", "leads"),
    [("https://lms.example/back?a=1", "https://lms.example/back?a=1"), ("", "https://learn.")],
)
async def test_the_learner_is_sent_where_the_link_or_the_settings_say(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, place: str, leads: str
) -> None:
    url = await link(cloud, await enrol(cloud), redirectOnExitUrl=place)
    await visitor.get(url)

    answer = await visitor.post(url, data={})

    assert answer.status_code == 303 and answer.headers["location"].startswith(leads)


async def test_a_link_takes_all_that_it_can_be_asked(cloud: httpx.AsyncClient) -> None:
    row = await enrol(cloud)

    await link(
        cloud,
        row,
        expiry=300,
        tracking=True,
        startSco="item_1",
        culture="en-GB",
        cssUrl="https://lms.example/player.css",
        learnerTags=["l"],
        courseTags=["c"],
        registrationTags=["r"],
        additionalvalues=[{"item": "theme", "value": "dark"}],
        launchAuth={"type": "vault", "options": {"ipAddress": True, "expiry": 60}},
    )

    assert await ask(cloud, path(row, "/tags")) == {"tags": ["r"]}
    assert await ask(cloud, "/learner/ann/tags") == {"tags": ["l"]}
    course = await ask(cloud, f"/courses/{encoded(row['course']['id'])}")
    assert course["tags"][-1] == "c"


@pytest.mark.parametrize(
    "wrong",
    [
        {"expiry": 9},
        {"expiry": 301},
        {"expiry": "soon"},
        {"redirectOnExitUrl": "nowhere"},
        {"redirectOnExitUrl": "javascript:alert(1)"},
        {"redirectOnExitUrl": "https://"},
        {"redirectOnExitUrl": None},
        {"tracking": "no"},
        {"launchAuth": {"type": "password"}},
    ],
)
async def test_a_link_that_makes_no_sense_is_refused(
    cloud: httpx.AsyncClient, wrong: JSONObject
) -> None:
    row = await enrol(cloud)
    body = {"redirectOnExitUrl": "closer", **wrong}

    assert (await refused(cloud, "POST", path(row, "/launchLink"), body))[0] == 400


@pytest.mark.parametrize(
    "form",
    [{"score": "101"}, {"score": "nan"}, {"score": "good"}, {"seconds": "-1"}, {"success": "YES"}],
)
async def test_a_course_ends_in_no_other_way(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, form: dict[str, str]
) -> None:
    row = await enrol(cloud)
    url = await link(cloud, row)
    await visitor.get(url)

    assert (await visitor.post(url, data=form)).status_code == 400
    assert (await visitor.post(url, content=b"x" * 5_000)).status_code == 413
    assert (await ask(cloud, path(row)))["registrationCompletion"] == "INCOMPLETE"


async def test_what_was_reset_or_deleted_meanwhile_is_gone(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    row = await enrol(cloud)
    url = await link(cloud, row)
    await visitor.get(url)

    await tell(cloud, "DELETE", path(row, "/progress"))
    assert (await visitor.post(url, data={})).status_code == 404
    await tell(cloud, "DELETE", path(row))
    assert (await visitor.get(url)).status_code == 404
    assert (await visitor.get(f"{url}x")).status_code == 404


@pytest.mark.parametrize(
    ("rule", "restarts"),
    [
        (None, True),
        ("NEVER", False),
        ("WHEN_EXISTING_REG_IS_COMPLETE", True),
        ("WHEN_NEWER_PACKAGE_VERSION_EXISTS", True),
    ],
)
async def test_a_launch_begins_a_new_instance_where_the_settings_say(
    cloud: httpx.AsyncClient, visitor: httpx.AsyncClient, rule: str | None, restarts: bool
) -> None:
    """A completed registration of an old version, launched once there is a newer one."""
    course = next(row for row in await walk(cloud, "/courses") if row["version"])
    body = {
        "registrationId": "old",
        "courseId": course["id"],
        "learner": {"id": "ann"},
        "initialRegistrationState": {"registrationCompletion": "COMPLETED"},
    }
    if rule is not None:
        setting = {"settingId": "WhenToRestartRegistration", "value": rule}
        body["initialSettings"] = {"settings": [setting]}
    await tell(cloud, "POST", "/registrations?courseVersion=0", body)

    await visitor.get(await link(cloud, body | {"id": "old"}))

    after = await ask(cloud, "/registrations/old")
    assert after["instance"] == int(restarts)
    assert after["course"]["version"] == (course["version"] if restarts else 0)
