"""What changes a course at the sandbox's SCORM Cloud: title, tags, settings, deletion; previews."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.academy import Academy
from sandbox.scormcloud import WRITES, routes
from sandbox.scormcloud.settings import BY_ID
from sandbox.scormcloud.writes import Write
from sandbox.wire import Desk, Faults
from tests.sandbox.scormcloud_calls import (
    BASE,
    SECRET,
    JSONObject,
    ask,
    connect,
    encoded,
    keys,
    walk,
)
from tests.sandbox.specs import complaints, shared, specification


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


@pytest.fixture
async def course(cloud: httpx.AsyncClient) -> str:
    """Path of a course with several versions, taken by somebody."""
    rows = await walk(cloud, "/courses", includeRegistrationCount="true")
    return next(
        f"/courses/{encoded(row['id'])}"
        for row in rows
        if row["version"] and row["registrationCount"] > 2
    )


async def said(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["message"] == body["error"]
    return str(body["message"])


async def delete(cloud: httpx.AsyncClient, path: str, body: object) -> httpx.Response:
    return await cloud.request("DELETE", path, json=body)


async def settings(cloud: httpx.AsyncClient, path: str) -> dict[str, JSONObject]:
    items = (await ask(cloud, f"{path}/configuration"))["settingItems"]
    return {item["id"]: item for item in items}


async def test_a_title_is_set(cloud: httpx.AsyncClient, course: str) -> None:
    before = await ask(cloud, f"{course}/versions/0")

    answer = await cloud.put(f"{course}/title", json={"title": "Ebb & Flow"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await ask(cloud, course))["title"] == "Ebb & Flow"
    found = await walk(cloud, "/courses", filter="ebb &", filterBy="title")
    assert [f"/courses/{encoded(row['id'])}" for row in found] == [course]
    assert await ask(cloud, f"{course}/versions/0") == before
    titles = {row["course"]["title"] for row in await walk(cloud, "/registrations")}
    assert "Ebb & Flow" in titles


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": 7}, [], "x"])
async def test_no_title_is_refused(cloud: httpx.AsyncClient, course: str, body: object) -> None:
    before = await ask(cloud, course)

    assert await said(await cloud.put(f"{course}/title", json=body))
    assert await ask(cloud, course) == before


async def test_tags_are_replaced_and_removed(cloud: httpx.AsyncClient, course: str) -> None:
    put = await cloud.put(f"{course}/tags", json={"tags": ["sea", "moon", "sea"]})
    assert put.status_code == 204
    assert await ask(cloud, f"{course}/tags") == {"tags": ["sea", "moon"]}
    assert (await ask(cloud, course))["tags"] == ["sea", "moon"]
    assert len(await keys(cloud, "/courses", tags="moon")) == 1

    assert (await delete(cloud, f"{course}/tags", {"tags": ["sea", "x"]})).status_code == 204
    assert await ask(cloud, f"{course}/tags") == {"tags": ["moon"]}
    assert (await cloud.put(f"{course}/tags", json={"tags": []})).status_code == 204
    assert await ask(cloud, f"{course}/tags") == {"tags": []}


async def test_tags_that_came_with_a_course_can_be_removed(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/courses") if len(row["tags"]) > 1)
    path = f"/courses/{encoded(row['id'])}/tags"

    await delete(cloud, path, {"tags": row["tags"][:1]})

    assert await ask(cloud, path) == {"tags": row["tags"][1:]}


async def test_tags_are_put_on_many_courses_at_once(cloud: httpx.AsyncClient) -> None:
    ids = (await keys(cloud, "/courses"))[:3]

    answer = await cloud.put("/courses/tags", json={"ids": ids, "tags": ["a", "b"]})

    assert answer.status_code == 204
    assert set(await keys(cloud, "/courses", tags="b")) == set(ids)


async def test_a_batch_with_an_unknown_course_changes_none(cloud: httpx.AsyncClient) -> None:
    (first, *_) = await keys(cloud, "/courses")

    answer = await cloud.put("/courses/tags", json={"ids": [first, "nope"], "tags": ["a"]})

    assert await said(answer, 404) == "Could not find course [nope] in app [demo-app]"
    assert await keys(cloud, "/courses", tags="a") == []


@pytest.mark.parametrize("body", [{}, {"ids": ["x"]}, {"tags": ["x"]}, {"ids": "x", "tags": []}])
async def test_half_a_batch_is_refused(cloud: httpx.AsyncClient, body: object) -> None:
    assert await said(await cloud.put("/courses/tags", json=body))


@pytest.mark.parametrize("rest", ["", "/versions/0"])
async def test_settings_are_set_and_cleared(
    cloud: httpx.AsyncClient, course: str, rest: str
) -> None:
    path = f"{course}{rest}"
    posted: list[JSONObject] = [
        {"settingId": "PlayerShowHelp", "value": "YES", "explicit": True},
        {"settingId": "PlayerDesiredWidth", "value": "1024"},
        {"settingId": "PlayerScoLaunchType", "value": "FRAMESET"},
    ]

    answer = await cloud.post(f"{path}/configuration", json={"settings": posted})

    assert (answer.status_code, answer.content) == (204, b"")
    found = await settings(cloud, path)
    for each in posted:
        assert found[each["settingId"]] == {
            "id": each["settingId"],
            "effectiveValue": each["value"],
            "effectiveValueSource": "course",
            "explicitValue": each["value"],
        }
    cleared = await cloud.delete(f"{path}/configuration/PlayerDesiredWidth")
    assert cleared.status_code == 204
    found = await settings(cloud, path)
    assert found["PlayerDesiredWidth"] == {
        "id": "PlayerDesiredWidth",
        "effectiveValue": "960",
        "effectiveValueSource": "default",
    }
    assert found["PlayerShowHelp"]["effectiveValue"] == "YES"


async def test_settings_of_a_version_are_its_own(cloud: httpx.AsyncClient, course: str) -> None:
    one = {"settings": [{"settingId": "PlayerShowHelp", "value": "YES"}]}

    await cloud.post(f"{course}/configuration", json=one)

    number = (await ask(cloud, course))["version"]
    latest = await settings(cloud, f"{course}/versions/{number}")
    assert latest["PlayerShowHelp"]["effectiveValueSource"] == "course"
    assert (await settings(cloud, f"{course}/versions/0"))["PlayerShowHelp"][
        "effectiveValueSource"
    ] == "default"


async def test_a_setting_falls_back_to_the_next_level(
    cloud: httpx.AsyncClient, course: str
) -> None:
    path = f"{course}/configuration"
    own = {"settings": [{"settingId": "PlayerShowFinishButton", "value": "NO"}]}

    await cloud.post(path, json=own)
    assert (await settings(cloud, course))["PlayerShowFinishButton"]["effectiveValue"] == "NO"
    await cloud.delete(f"{path}/PlayerShowFinishButton")

    item = (await settings(cloud, course))["PlayerShowFinishButton"]
    assert (item["effectiveValue"], item["effectiveValueSource"]) == ("YES", "application")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PlayerShowHelp", "perhaps"),
        ("PlayerDesiredWidth", "-1"),
        ("PlayerDesiredWidth", "wide"),
        ("PlayerScoLaunchType", "POPUP"),
        ("PlayerStatusRollupModeThresholdScore", "much"),
        ("PlayerStatusRollupModeThresholdScore", "NaN"),
    ],
)
async def test_a_value_of_another_type_is_refused(
    cloud: httpx.AsyncClient, course: str, setting: str, value: str
) -> None:
    before = await settings(cloud, course)
    posted = [
        {"settingId": "PlayerShowTitleBar", "value": "YES"},
        {"settingId": setting, "value": value},
    ]

    answer = await cloud.post(f"{course}/configuration", json={"settings": posted})

    assert (await said(answer)).startswith(f"'{value}' is not a valid value of {setting}")
    assert await settings(cloud, course) == before


def test_settings_are_those_that_the_engine_was_seen_to_have() -> None:
    path = shared() / "contracts" / "specs" / "rustici-engine-settings.tsv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    recorded = {row[1]: row for row in rows if row[0] == "Registration"}

    assert len(recorded) == 147 and set(recorded) <= set(BY_ID)
    for key, (_, _, kind, _, _, standards, _, values, *_) in recorded.items():
        ours = BY_ID[key]
        assert (ours.id, ours.kind) == (key, kind)
        assert {str(each) for each in ours.standards} == set(filter(None, standards.split(",")))
        assert {value for value, _ in ours.values} == set(filter(None, values.split("|"))), key
        assert ours.allows(ours.default)


@pytest.mark.parametrize(
    ("setting", "good", "bad"),
    [
        ("ContentVaultAuthExpiry", "-1", "1.5"),
        ("ConcurrentLaunchDetectionHistoryRows", "1", "00"),
        ("RecordResultsMaxPayloadSizeInBytes", "0", "-1"),
        ("ContentLangToUrl", '[{"en": "https://a.example"}]', "[en]"),
        ("xAPIRewriteStatementModifier", "", "{" * 5_000),
        ("PlayerStatusRollupModeThresholdScore", "", "inf"),
        ("PlayerShowHelp", "True", "1"),
        ("Lti11PrivacySettings", "NO_LEARNER_INFO", "no_learner_info"),
    ],
)
def test_values_are_checked_by_type(setting: str, good: str, bad: str) -> None:
    assert BY_ID[setting].allows(good) and not BY_ID[setting].allows(bad)


async def test_an_unknown_setting_is_refused(cloud: httpx.AsyncClient, course: str) -> None:
    posted = {"settings": [{"settingId": "Nope", "value": "1"}]}

    for path in (course, f"{course}/versions/0"):
        answer = await cloud.post(f"{path}/configuration", json=posted)
        assert await said(answer) == "Nope is not a valid setting ID"
        cleared = await cloud.delete(f"{path}/configuration/Nope")
        assert await said(cleared) == "Nope is not a valid setting ID"


async def test_a_deleted_course_takes_everything_along(
    cloud: httpx.AsyncClient, course: str
) -> None:
    key = (await ask(cloud, course))["id"]
    taken = await walk(cloud, "/registrations", courseId=key)
    courses, others = await keys(cloud, "/courses"), await keys(cloud, "/registrations")

    assert (await cloud.delete(course)).status_code == 204

    assert await said(await cloud.get(course), 404)
    assert await said(await cloud.delete(course), 404)
    assert set(await keys(cloud, "/courses")) == set(courses) - {key}
    gone = {row["id"] for row in taken}
    assert gone and set(await keys(cloud, "/registrations")) == set(others) - gone
    lost = await cloud.get(f"/registrations/{encoded(taken[0]['id'])}")
    assert lost.status_code == 404


async def test_the_last_version_takes_the_course_along(
    cloud: httpx.AsyncClient, course: str
) -> None:
    numbers = [each["version"] for each in (await ask(cloud, f"{course}/versions"))["courses"]]

    for number in numbers[::-1]:
        assert (await cloud.get(course)).json()["version"] == number
        assert (await cloud.delete(f"{course}/versions/{number}")).status_code == 204
        assert (await cloud.get(f"{course}/versions/{number}")).status_code == 404

    assert (await cloud.get(course)).status_code == 404


async def test_what_was_deleted_leaves_no_traces_in_its_successor(
    cloud: httpx.AsyncClient,
) -> None:
    rows = await walk(cloud, "/courses")
    evening = next(row for row in rows if "evening" in row["tags"])
    path = f"/courses/{encoded(evening['id'])}"
    data = (await cloud.get(f"{path}/zip")).content
    await cloud.delete(path)

    answer = await cloud.post(
        "/courses/importJobs/upload",
        params={"courseId": evening["id"]},
        files={"file": ("a.zip", data)},
    )
    for _ in range(3):
        await ask(cloud, f"/courses/importJobs/{answer.json()['result']}")

    course = await ask(cloud, path)
    assert (course["version"], course["tags"]) == (0, [])
    launch = (await settings(cloud, path))["PlayerLaunchType"]
    assert launch["effectiveValueSource"] == "default"


async def test_a_preview_shows_the_course_and_what_it_was_told(
    cloud: httpx.AsyncClient, course: str
) -> None:
    asked = {
        "expiry": 300,
        "redirectOnExitUrl": "https://learn.academy.example/back",
        "startSco": "sco-1",
        "culture": "fr-FR",
        "cssUrl": "https://learn.academy.example/<player>.css",
        "additionalvalues": [{"item": "theme", "value": "dark"}],
        # Of the older schema, and without meaning here.
        "tracking": False,
    }
    title = (await ask(cloud, f"{course}/versions/0"))["title"]

    answer = await cloud.post(f"{course}/versions/0/preview", json=asked)

    link = answer.json()["launchLink"]
    assert link.startswith("http://sandbox/scormcloud/api/cloud/course/preview/")
    page = await cloud.get(link, auth=None)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in page.text
    for text in ("back", "sco-1", "fr-FR", "&lt;player&gt;.css", "<dt>theme</dt><dd>dark</dd>"):
        assert text in page.text


@pytest.mark.parametrize("body", [{}, {"redirectOnExitUrl": "closer"}, {"expiry": 10}])
async def test_a_preview_needs_nothing_but_the_course(
    cloud: httpx.AsyncClient, course: str, body: JSONObject
) -> None:
    answer = await cloud.post(f"{course}/preview", json=body)

    page = await cloud.get(answer.json()["launchLink"], auth=None)
    assert (await ask(cloud, course))["title"] in page.text


@pytest.mark.parametrize(
    "body",
    [
        {"expiry": 9},
        {"expiry": 301},
        {"expiry": "soon"},
        {"redirectOnExitUrl": "home"},
        {"redirectOnExitUrl": "javascript:alert(1)"},
        {"redirectOnExitUrl": "http://["},
        {"cssUrl": "player.css"},
        {"additionalvalues": "x"},
    ],
)
async def test_a_preview_that_makes_no_sense_is_refused(
    cloud: httpx.AsyncClient, course: str, body: JSONObject
) -> None:
    for path in (course, f"{course}/versions/0"):
        assert await said(await cloud.post(f"{path}/preview", json=body))


async def test_a_link_expires_and_cannot_be_forged(academy: Academy) -> None:
    now = 1_000.0
    desk = Desk(
        "scormcloud",
        routes(academy.campus("scormcloud"), lambda: now),
        log=[],
        faults=Faults(),
    )
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/scormcloud", app=desk)]))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://sandbox{BASE}", auth=SECRET
    ) as cloud:
        rows = await walk(cloud, "/courses")
        key = next(row["id"] for row in rows if row["courseLearningStandard"] == "SCORM12")
        answer = await cloud.post(f"/courses/{encoded(key)}/preview", json={"expiry": 10})
        link = answer.json()["launchLink"]

        now = 1_009.0
        assert (await cloud.get(link)).status_code == 200
        assert (await cloud.get(f"{link}x")).status_code == 404
        now = 1_010.0
        assert (await cloud.get(link)).status_code == 410
        now = 1_000.0
        await cloud.delete(f"/courses/{encoded(key)}")
        assert (await cloud.get(link)).status_code == 404


async def test_a_cmi5_course_has_a_link_but_no_preview(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/courses")
    key = next(row["id"] for row in rows if row["courseLearningStandard"] == "CMI5")

    answer = await cloud.post(f"/courses/{encoded(key)}/preview", json={})

    assert (await cloud.get(answer.json()["launchLink"])).status_code == 400


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write.method} {write.path}")
async def test_a_write_asks_for_its_scope(cloud: httpx.AsyncClient, write: Write) -> None:
    async def token(*scopes: str) -> dict[str, str]:
        issued = await cloud.post(
            f"http://sandbox{BASE}/oauth/authenticate/application/token",
            data={"scope": " ".join(scopes)},
            auth=SECRET,
        )
        return {"Authorization": f"Bearer {issued.json()['access_token']}"}

    verbs = {"read", "write", "delete"} - {write.verb}
    names = {"course", "version", "setting", "id", "instance"}
    path = write.path.format(**dict.fromkeys(names, "nope"))
    async with httpx.AsyncClient(transport=cloud._transport, base_url=cloud.base_url) as stranger:
        other = await stranger.request(write.method, path, headers=await token(*verbs))
        assert other.status_code == 403
        assert (await stranger.request(write.method, path)).status_code == 401
        if write.verb == "secret":
            return
        for scope in (write.verb, f"{write.verb}:{write.noun}"):
            right = await stranger.request(write.method, path, headers=await token(scope))
            assert right.status_code in (200, 204, 400, 404)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("DELETE", ""),
        ("PUT", "/title"),
        ("PUT", "/tags"),
        ("DELETE", "/tags"),
        ("POST", "/configuration"),
        ("DELETE", "/configuration/PlayerShowHelp"),
        ("POST", "/preview"),
        ("DELETE", "/versions/0"),
        ("POST", "/versions/0/configuration"),
        ("DELETE", "/versions/0/configuration/PlayerShowHelp"),
        ("POST", "/versions/0/preview"),
    ],
)
async def test_what_does_not_exist_is_not_found(
    cloud: httpx.AsyncClient, course: str, method: str, rest: str
) -> None:
    answer = await cloud.request(method, f"/courses/no%2Fsuch{rest}", json={})
    assert await said(answer, 404) == "Could not find course [no/such] in app [demo-app]"
    if "versions" in rest:
        wrong = f"{course}{rest.replace('0', '9', 1)}"
        assert (await cloud.request(method, wrong, json={})).status_code == 404


async def test_bodies_have_a_limit(cloud: httpx.AsyncClient, course: str) -> None:
    answer = await cloud.put(f"{course}/title", json={"title": "x" * 5_000_000})

    assert "larger than" in await said(answer, 413)


async def test_links_fit_their_schema(cloud: httpx.AsyncClient, course: str) -> None:
    document = specification("scormcloud-v2.json")

    answer = await cloud.post(f"{course}/preview", json={})

    assert complaints(document, "#/definitions/LaunchLinkSchema", answer.json()) == []


def test_every_documented_write_of_courses_is_there() -> None:
    document = specification("scormcloud-v2.json")
    names = {"course": "courseId", "version": "versionId", "setting": "settingId"}
    ours = {
        (
            write.method.lower(),
            write.path.format(**{ours: f"{{{it}}}" for ours, it in names.items()}),
        )
        for write in WRITES
        if write.noun == "course"
    }
    documented = {
        (method, path)
        for path, methods in document["paths"].items()
        if path.startswith("/courses")
        for method in methods
        if method != "get"
    }

    assert ours == documented
