"""Registrations of SCORM Cloud, changed through the graph: what is sent, and what is there then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.wiretap import SOURCE, Tap, attempt, change, refusal, tapped
from tests.sandbox.receiver import receiving

LEARNER = {
    "key": "ann/1",
    "email": "ann@academy.example",
    "firstName": "Ann",
    "lastName": "Oyelaran",
}
LEARNER_SENT = {
    "id": "ann/1",
    "email": "ann@academy.example",
    "firstName": "Ann",
    "lastName": "Oyelaran",
}
MARK = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
NEW = {"key": "new/1", "learner": LEARNER}


@pytest.fixture
async def taps() -> AsyncIterator[tuple[Graph, Tap]]:
    async with tapped() as both:
        yield both


@pytest.fixture
def graph(taps: tuple[Graph, Tap]) -> Graph:
    return taps[0]


@pytest.fixture
def tap(taps: tuple[Graph, Tap]) -> Tap:
    return taps[1]


async def course_of(graph: Graph, versions: int = 1) -> Any:
    """The first course with so many versions."""
    answer = await graph.ask(
        """query($s: String!) { source(name: $s) { courses(first: 100) {
          nodes { id key tags scormCloud { version } }
        } } }""",
        s=SOURCE,
    )
    nodes = answer.data["source"]["courses"]["nodes"]
    return next(node for node in nodes if node["scormCloud"]["version"] == versions - 1)


async def new(graph: Graph, tap: Tap, versions: int = 1, **more: Any) -> str:
    """Id of a new registration; the tap has forgotten how it came."""
    course = await course_of(graph, versions)
    given = {**NEW, "course": course["id"], **more}
    payload = await change(graph, "registrationCreate", given, "assignment { id }")
    tap.sent.clear()
    return str(payload["assignment"]["id"])


def of(key: str) -> str:
    return ids.encode("Assignment", SOURCE, key)


async def shown(graph: Graph, id: str, wanted: str) -> Any:
    """What the facet of an assignment shows."""
    answer = await graph.ask(
        f"query($id: ID!) {{ assignment(id: $id) {{ scormCloud {{ {wanted} }} }} }}", id=id
    )
    assert answer.errors == []
    return answer.data["assignment"] and answer.data["assignment"]["scormCloud"]


# Creation.


async def test_a_registration_is_created_with_all_that_can_be_said_of_it(
    graph: Graph, tap: Tap
) -> None:
    course = await course_of(graph, versions=2)
    tap.sent.clear()
    payload = await change(
        graph,
        "registrationCreate",
        {
            **NEW,
            "course": course["id"],
            "courseVersion": 0,
            "xapiRegistrationId": MARK,
            "learnerTags": ["l"],
            "courseTags": ["c"],
            "registrationTags": ["r"],
            "postback": {
                "url": "http://127.0.0.1:9/results",
                "authType": "HTTPBASIC",
                "userName": "u",
                "password": "p",
                "resultsFormat": "FULL",
                "isLegacy": False,
            },
            "initialState": {"completion": "INCOMPLETE", "secondsTracked": 30.5},
            "initialSettings": [{"key": "PlayerShowHelp", "value": "YES", "isExplicit": True}],
        },
        """assignment { key status course { key tags } user { key name email scormCloud { tags } }
          scormCloud { xapiRegistrationId courseVersion tags secondsTracked
            configuration { key explicitValue } } }""",
    )
    (sent,) = tap.changes
    assert (sent.call, sent.query) == ("POST /registrations", {"courseVersion": "0"})
    assert sent.body == {
        "courseId": course["key"],
        "registrationId": "new/1",
        "learner": LEARNER_SENT,
        "xapiRegistrationId": MARK,
        "learnerTags": ["l"],
        "courseTags": ["c"],
        "registrationTags": ["r"],
        "postBack": {
            "url": "http://127.0.0.1:9/results",
            "authType": "HTTPBASIC",
            "userName": "u",
            "password": "p",
            "resultsFormat": "FULL",
            "legacy": False,
        },
        "initialRegistrationState": {
            "registrationCompletion": "INCOMPLETE",
            "totalSecondsTracked": 30.5,
        },
        "initialSettings": {
            "settings": [{"settingId": "PlayerShowHelp", "value": "YES", "explicit": True}]
        },
    }
    assignment = payload["assignment"]
    facet = assignment["scormCloud"]
    settings = {each["key"]: each["explicitValue"] for each in facet.pop("configuration")}
    assert facet == {
        "xapiRegistrationId": MARK,
        "courseVersion": 0,
        "tags": ["r"],
        "secondsTracked": 30.5,
    }
    assert settings["PlayerShowHelp"] == "YES"
    assert settings["ApiRollupRegistrationPostBackUrl"] == "http://127.0.0.1:9/results"
    assert (assignment["key"], assignment["status"]) == ("new/1", "IN_PROGRESS")
    assert assignment["user"] == {
        "key": "ann/1",
        "name": "Ann Oyelaran",
        "email": "ann@academy.example",
        "scormCloud": {"tags": ["l"]},
    }
    assert set(assignment["course"]["tags"]) == {*course["tags"], "c"}


async def test_what_is_left_out_of_a_new_registration_is_not_sent(graph: Graph, tap: Tap) -> None:
    course = await course_of(graph)
    given = {"course": course["id"], "key": "few", "learner": {"key": "L1", "email": None}}
    tap.sent.clear()
    await change(graph, "registrationCreate", given)
    (sent,) = tap.sent
    UUID(sent.body.pop("xapiRegistrationId"))
    assert sent.query == {}
    assert sent.body == {
        "courseId": course["key"],
        "registrationId": "few",
        "learner": {"id": "L1"},
    }


async def test_an_id_that_is_taken_is_a_conflict(graph: Graph, tap: Tap) -> None:
    await new(graph, tap)
    given = {**NEW, "course": (await course_of(graph))["id"]}
    field, code, message = await refusal(graph, "registrationCreate", given)
    assert (field, code) == (["key"], "CONFLICT")
    assert message == f"{SOURCE}: Registration with id [new/1] already exists"


@pytest.mark.parametrize("key", ["", "..", "a/../b", "x" * 256, "a\nb"])
async def test_a_key_that_could_never_be_read_is_not_sent(graph: Graph, tap: Tap, key: str) -> None:
    course = ids.encode("Course", SOURCE, "GEO-2516")
    given = {"course": course, "key": key, "learner": {"key": key}}
    answer = await attempt(graph, "registrationCreate", given, "assignment { id }")
    payload = answer.data["registrationCreate"]
    assert payload["assignment"] is None
    assert [(each["field"], each["code"]) for each in payload["userErrors"]] == [
        (["key"], "INVALID"),
        (["learner", "key"], "INVALID"),
    ]
    assert tap.sent == []


async def test_nobody_is_registered_for_a_course_that_is_not_there(graph: Graph) -> None:
    given = {**NEW, "course": ids.encode("Course", SOURCE, "none")}
    field, code, message = await refusal(graph, "registrationCreate", given)
    assert (field, code) == (["course"], "NOT_FOUND")
    assert "Could not find course [none]" in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"xapiRegistrationId": "no uuid"},
        {"initialState": {"completion": "PERHAPS"}},
        {"initialState": {"activityDetails": {"timeTracked": "an hour"}}},
        {"initialSettings": [{"key": "None", "value": "x"}]},
        {"postback": {"url": "nowhere"}},
    ],
)
async def test_a_value_that_is_refused_is_told(graph: Graph, wrong: dict[str, Any]) -> None:
    given = {**NEW, "course": (await course_of(graph))["id"], **wrong}
    assert (await refusal(graph, "registrationCreate", given))[1] == "INVALID"
    assert await shown(graph, of("new/1"), "instance") is None


async def test_a_creation_whose_answer_is_lost_is_settled_by_looking(
    graph: Graph, tap: Tap
) -> None:
    course = await course_of(graph)
    tap.sent.clear()
    tap.lost = "POST"
    payload = await change(
        graph, "registrationCreate", {**NEW, "course": course["id"]}, "assignment { key }"
    )
    assert payload == {"assignment": {"key": "new/1"}}
    assert tap.calls[:2] == ["POST /registrations", "GET /registrations/new/1"]
    assert len(tap.changes) == 1


async def test_a_registration_of_somebody_else_s_does_not_settle_it(graph: Graph, tap: Tap) -> None:
    await new(graph, tap)
    tap.lost = "POST"
    given = {**NEW, "course": (await course_of(graph))["id"]}
    answer = await attempt(graph, "registrationCreate", given)
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert answer.data == {"registrationCreate": None}
    assert "hasRegistration" in answer.errors[0]["message"]
    assert len(tap.changes) == 1


async def test_a_creation_of_which_nothing_is_to_be_seen_is_unknown(
    workshop: Graph,
) -> None:
    course = await course_of(workshop)
    await workshop.fault("scormcloud", "status", status=502, path="/registrations")
    answer = await attempt(workshop, "registrationCreate", {**NEW, "course": course["id"]})
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert answer.errors[0]["extensions"]["retryable"] is False


async def test_whether_there_is_a_registration_can_be_asked(graph: Graph, tap: Tap) -> None:
    await new(graph, tap)
    answer = await graph.ask(
        """query($s: String!) { source(name: $s) { scormCloud {
          yes: hasRegistration(key: "new/1") no: hasRegistration(key: "new/2")
          never: hasRegistration(key: "..")
        } } }""",
        s=SOURCE,
    )
    assert answer.errors == []
    assert answer.data["source"]["scormCloud"] == {"yes": True, "no": False, "never": False}
    assert sorted(tap.calls) == ["HEAD /registrations/new/1", "HEAD /registrations/new/2"]


async def test_whether_there_is_a_registration_may_not_be_known(workshop: Graph) -> None:
    await workshop.fault("scormcloud", "status", status=503, path="/registrations")
    answer = await workshop.ask(
        'query($s: String!) { source(name: $s) { scormCloud { hasRegistration(key: "1") } } }',
        s=SOURCE,
    )
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.data["source"]["scormCloud"] == {"hasRegistration": None}


# Deletion, and beginning anew.


async def test_a_registration_is_deleted(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    assert await change(graph, "registrationDelete", {"assignment": id}, "deletedId") == {
        "deletedId": id
    }
    assert tap.calls == ["DELETE /registrations/new/1"]
    assert await shown(graph, id, "instance") is None


async def test_a_deletion_whose_answer_is_lost_is_settled_by_looking(
    graph: Graph, tap: Tap
) -> None:
    id = await new(graph, tap)
    tap.lost = "DELETE"
    payload = await change(graph, "registrationDelete", {"assignment": id}, "deletedId")
    assert payload == {"deletedId": id}
    assert tap.calls == ["DELETE /registrations/new/1", "HEAD /registrations/new/1"]


async def test_a_deletion_of_what_is_still_there_is_unknown(workshop: Graph) -> None:
    (id,) = await some(workshop, 1)
    await workshop.fault("scormcloud", "status", status=500, path="/registrations", times=1)
    answer = await attempt(workshop, "registrationDelete", {"assignment": id})
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert [each["method"] for each in (await workshop.requests())[-2:]] == ["DELETE", "HEAD"]


async def test_progress_is_reset_to_the_newest_version(graph: Graph, tap: Tap) -> None:
    state = {"completion": "COMPLETED", "success": "PASSED", "score": 70.5}
    id = await new(graph, tap, versions=2, courseVersion=0, initialState=state)
    before = await shown(graph, id, "completion score courseVersion")
    assert before == {"completion": "COMPLETED", "score": 70.5, "courseVersion": 0}
    # The completion that it led to names the same registration.
    completion = ids.encode("Completion", SOURCE, "new/1")
    payload = await change(
        graph,
        "registrationProgressReset",
        {"assignment": completion},
        "assignment { id scormCloud { completion score courseVersion } }",
    )
    assert [each.call for each in tap.changes] == ["DELETE /registrations/new/1/progress"]
    assert payload["assignment"] == {
        "id": id,
        "scormCloud": {"completion": "UNKNOWN", "score": None, "courseVersion": 1},
    }


async def test_what_activities_share_is_deleted(graph: Graph, tap: Tap) -> None:
    state = {
        "objectives": [{"objectiveId": "goal", "success": "PASSED"}],
        "sharedData": [{"dataId": "shelf", "value": "book"}],
    }
    id = await new(graph, tap, initialState=state)
    wanted = "objectives { objectiveId success } sharedData { dataId value }"
    assert await shown(graph, id, wanted) == state
    payload = await change(
        graph,
        "registrationGlobalDataDelete",
        {"assignment": id},
        f"assignment {{ scormCloud {{ {wanted} }} }}",
    )
    assert payload["assignment"]["scormCloud"] == {"objectives": [], "sharedData": []}
    assert [each.call for each in tap.changes] == ["DELETE /registrations/new/1/globalData"]


async def test_instances_come_and_go(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    payload = await change(
        graph,
        "registrationInstanceCreate",
        {"assignment": id},
        "assignment { scormCloud { instance instances { nodes { instance } } } }",
    )
    assert payload["assignment"]["scormCloud"] == {
        "instance": 1,
        "instances": {"nodes": [{"instance": 1}, {"instance": 0}]},
    }
    wanted = "deletedInstance assignment { scormCloud { instance } }"
    given = {"assignment": id, "instance": 1}
    assert await change(graph, "registrationInstanceDelete", given, wanted) == {
        "deletedInstance": 1,
        "assignment": {"scormCloud": {"instance": 0}},
    }
    given = {"assignment": id, "instance": 0}
    assert await change(graph, "registrationInstanceDelete", given, wanted) == {
        "deletedInstance": 0,
        "assignment": None,
    }
    assert [each.call for each in tap.changes] == [
        "POST /registrations/new/1/instances",
        "DELETE /registrations/new/1/instances/1",
        "DELETE /registrations/new/1/instances/0",
    ]


# Tags.


async def test_tags_are_added_and_removed(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap, registrationTags=["a"])
    wanted = "tags assignment { scormCloud { tags } }"
    given = {"assignment": id, "tags": ["b", "c"]}
    payload = await change(graph, "registrationTagsAdd", given, wanted)
    tags = ["a", "b", "c"]
    assert payload == {"tags": tags, "assignment": {"scormCloud": {"tags": tags}}}
    given = {"assignment": id, "tags": ["a", "none"]}
    payload = await change(graph, "registrationTagsRemove", given, "tags")
    assert payload == {"tags": ["b", "c"]}
    assert [(each.call, each.body) for each in tap.changes] == [
        ("PUT /registrations/new/1/tags", {"tags": ["b", "c"]}),
        ("DELETE /registrations/new/1/tags", {"tags": ["a", "none"]}),
    ]
    assert tap.calls.count("GET /registrations/new/1/tags") == 2


async def test_tags_that_cannot_be_read_cost_themselves_alone(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    tap.instead["/tags"] = [None, {"tags": 1}]
    given = {"assignment": id, "tags": ["x"]}
    answer = await attempt(graph, "registrationTagsAdd", given, "tags assignment { id }")
    assert answer.codes == ["UPSTREAM_BAD_RESPONSE"]
    assert answer.data["registrationTagsAdd"] == {
        "tags": None,
        "assignment": {"id": id},
        "userErrors": [],
    }


async def test_several_registrations_are_marked_by_one_call(graph: Graph, tap: Tap) -> None:
    chosen = [await new(graph, tap), await new(graph, tap, key="new/2")]
    given = {"assignments": chosen, "tags": ["x"]}
    wanted = "assignments { key scormCloud { tags } }"
    payload = await change(graph, "registrationsTagsAdd", given, wanted)
    assert payload["assignments"] == [
        {"key": key, "scormCloud": {"tags": ["x"]}} for key in ("new/1", "new/2")
    ]
    (sent,) = tap.changes
    assert (sent.call, sent.body) == (
        "PUT /registrations/tags",
        {"ids": ["new/1", "new/2"], "tags": ["x"]},
    )


async def test_one_of_several_registrations_that_is_not_there_is_told(
    graph: Graph, tap: Tap
) -> None:
    chosen = [await new(graph, tap), of("none")]
    given = {"assignments": chosen, "tags": ["x"]}
    field, code, message = await refusal(graph, "registrationsTagsAdd", given)
    assert (field, code) == (["assignments"], "NOT_FOUND")
    assert "[none]" in message


# Settings.


@pytest.mark.parametrize("instance", [None, 0])
async def test_settings_are_given_a_value_and_cleared(
    graph: Graph, tap: Tap, instance: int | None
) -> None:
    id = await new(graph, tap)
    where = {"assignment": id} if instance is None else {"assignment": id, "instance": instance}
    base = "/registrations/new/1" if instance is None else "/registrations/new/1/instances/0"
    settings = [
        {"key": "PlayerShowHelp", "value": "YES"},
        {"key": "PlayerShowNavBar", "value": "NO", "isExplicit": True},
    ]
    sent = [
        {"settingId": "PlayerShowHelp", "value": "YES"},
        {"settingId": "PlayerShowNavBar", "value": "NO", "explicit": True},
    ]
    wanted = """assignment { scormCloud { configuration { key explicitValue } } }
      instance { instance configuration { key explicitValue } }"""

    payload = await change(
        graph, "registrationConfigurationSet", {**where, "settings": settings}, wanted
    )
    assert explicit(payload["assignment"]["scormCloud"]) == {
        "PlayerShowHelp": "YES",
        "PlayerShowNavBar": "NO",
    }
    payload = await change(
        graph, "registrationSettingClear", {**where, "setting": "PlayerShowHelp"}, wanted
    )
    assert explicit(payload["assignment"]["scormCloud"]) == {"PlayerShowNavBar": "NO"}
    if instance is None:
        assert payload["instance"] is None
    else:
        assert payload["instance"]["instance"] == instance
        assert explicit(payload["instance"]) == {"PlayerShowNavBar": "NO"}
    assert [(each.call, each.body) for each in tap.changes] == [
        (f"POST {base}/configuration", {"settings": sent}),
        (f"DELETE {base}/configuration/PlayerShowHelp", None),
    ]


def explicit(configured: Any) -> dict[str, str]:
    """The settings that have a value right here."""
    rows = configured["configuration"]
    return {each["key"]: each["explicitValue"] for each in rows if each["explicitValue"]}


async def test_settings_that_are_none_are_refused(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    given = {"assignment": id, "settings": [{"key": "Nonsense", "value": "x"}]}
    field, code, message = await refusal(graph, "registrationConfigurationSet", given)
    assert (field, code) == (["settings"], "INVALID")
    assert "Nonsense is not a valid setting ID" in message
    given = {"assignment": id, "setting": "Nonsense"}
    assert (await refusal(graph, "registrationSettingClear", given))[:2] == (
        ["setting"],
        "INVALID",
    )


# Launches and postbacks.


async def test_a_launch_link_can_be_asked_for_in_every_way(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    payload = await change(
        graph,
        "registrationLaunchLinkCreate",
        {
            "assignment": id,
            "expiry": 60,
            "redirectOnExitUrl": "message",
            "isTracked": True,
            "startSco": "item_1",
            "culture": "de-AT",
            "cssUrl": "https://academy.example/a.css",
            "learnerTags": ["l"],
            "courseTags": ["c"],
            "registrationTags": ["r"],
            "additionalValues": [{"name": "door", "value": "open"}],
            "launchAuth": {
                "type": "COOKIES",
                "options": {
                    "usesIpAddress": True,
                    "usesFingerprint": False,
                    "expiry": 100,
                    "slidingExpiry": 10,
                },
            },
        },
        "launchUrl",
    )
    (sent,) = tap.changes
    assert sent.call == "POST /registrations/new/1/launchLink"
    assert sent.body == {
        "expiry": 60,
        "redirectOnExitUrl": "message",
        "tracking": True,
        "startSco": "item_1",
        "culture": "de-AT",
        "cssUrl": "https://academy.example/a.css",
        "learnerTags": ["l"],
        "courseTags": ["c"],
        "registrationTags": ["r"],
        "additionalvalues": [{"item": "door", "value": "open"}],
        "launchAuth": {
            "type": "cookies",
            "options": {
                "ipAddress": True,
                "fingerprint": False,
                "expiry": 100,
                "slidingExpiry": 10,
            },
        },
    }
    assert "/api/cloud/registration/launch/" in payload["launchUrl"]
    assert await shown(graph, id, "tags") == {"tags": ["r"]}


async def test_a_launch_that_is_taken_shows_in_the_history(graph: Graph, tap: Tap) -> None:
    id = await new(graph, tap)
    payload = await change(graph, "registrationLaunchLinkCreate", {"assignment": id}, "launchUrl")
    assert tap.changes[0].body == {"redirectOnExitUrl": ""}
    opened = await graph.sandbox.get(httpx.URL(payload["launchUrl"]).raw_path.decode())
    assert opened.status_code == 200
    facet = await shown(graph, id, "instance launches { launchedAt historyLog exitedAt }")
    (launch,) = facet["launches"]
    assert launch["launchedAt"] and launch["historyLog"] and launch["exitedAt"] is None
    history = [each for each in tap.sent if each.path.endswith("/launchHistory")]
    assert [each.query for each in history] == [{"includeHistoryLog": "true"}]


async def test_a_link_that_lasts_too_long_is_refused(graph: Graph, tap: Tap) -> None:
    given = {"assignment": await new(graph, tap), "expiry": 301}
    assert (await refusal(graph, "registrationLaunchLinkCreate", given))[1] == "INVALID"


async def test_a_postback_is_tested(graph: Graph, tap: Tap) -> None:
    async with receiving() as receiver:
        postback = {
            "url": receiver.url,
            "authType": "FORM",
            "userName": "u",
            "password": "p",
            "resultsFormat": "COURSE",
        }
        given = {"source": SOURCE, "postback": {**postback, "isLegacy": False}}
        payload = await change(graph, "registrationPostbackTest", given, "isPosted")
    assert payload == {"isPosted": True}
    assert [(each.call, each.body) for each in tap.sent] == [
        ("POST /registrations/postBackTest", {**postback, "legacy": False})
    ]
    (post,) = receiver.posts
    assert (post.form["username"], post.form["password"]) == ("u", "p")


async def test_a_postback_that_does_not_arrive_is_told(graph: Graph) -> None:
    async with receiving() as receiver:
        receiver.status = 500
        given = {"source": SOURCE, "postback": {"url": receiver.url}}
        answer = await attempt(graph, "registrationPostbackTest", given, "isPosted")
    payload = answer.data["registrationPostbackTest"]
    assert payload["isPosted"] is False
    assert payload["userErrors"][0]["field"] == ["postback"]


# What holds for all of them.


async def some(graph: Graph, count: int) -> list[str]:
    """Ids of some assignments."""
    answer = await graph.ask(
        "query($s: String!, $n: Int!) { source(name: $s) { assignments(first: $n) "
        "{ nodes { id } } } }",
        s=SOURCE,
        n=count,
    )
    return [node["id"] for node in answer.data["source"]["assignments"]["nodes"]]


OF_ONE: dict[str, dict[str, Any]] = {
    "registrationDelete": {},
    "registrationProgressReset": {},
    "registrationGlobalDataDelete": {},
    "registrationInstanceCreate": {},
    "registrationInstanceDelete": {"instance": 0},
    "registrationTagsAdd": {"tags": ["x"]},
    "registrationTagsRemove": {"tags": ["x"]},
    "registrationConfigurationSet": {"settings": []},
    "registrationSettingClear": {"setting": "PlayerShowHelp"},
    "registrationLaunchLinkCreate": {},
}
"""Changes of one registration, and what they need beside it."""


@pytest.mark.parametrize("name", OF_ONE)
async def test_a_registration_that_is_not_there_is_told(graph: Graph, tap: Tap, name: str) -> None:
    given = {"assignment": of("none"), **OF_ONE[name]}
    field, code, message = await refusal(graph, name, given)
    assert (field, code) == (["assignment"], "NOT_FOUND")
    assert "Could not find registration [none]" in message
    assert len(tap.sent) == 1


@pytest.mark.parametrize("name", OF_ONE)
async def test_an_answer_that_is_lost_leaves_it_unknown(workshop: Graph, name: str) -> None:
    (id,) = await some(workshop, 1)
    await workshop.forget()
    await workshop.fault("scormcloud", "status", status=500, path="/registrations")
    answer = await attempt(workshop, name, {"assignment": id, **OF_ONE[name]})
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    _, _, check = answer.errors[0]["message"].partition("whether it was made; ")
    assert check
    writes = [each for each in await workshop.requests() if each["method"] not in ("GET", "HEAD")]
    assert len(writes) == 1


@pytest.mark.parametrize("name", OF_ONE)
async def test_a_sign_in_that_only_reads_is_told_before_it_is_tried(name: str) -> None:
    async with tapped(auth="oauth2", scopes=("read:ping",)) as (graph, tap):
        answer = await attempt(graph, name, {"assignment": of("1"), **OF_ONE[name]})
    assert answer.codes == ["UNSUPPORTED"]
    assert ":registration to its `scopes`" in answer.errors[0]["message"]
    assert tap.sent == []


OTHERS: dict[str, dict[str, Any]] = {
    "registrationCreate": {**NEW, "course": ids.encode("Course", SOURCE, "GEO-2516")},
    "registrationsTagsAdd": {"assignments": [of("R000001")], "tags": ["x"]},
    "registrationPostbackTest": {
        "source": SOURCE,
        "postback": {"url": "http://127.0.0.1:9/results"},
    },
}
"""Changes that name no one registration."""


@pytest.mark.parametrize("name", OTHERS)
async def test_the_others_need_a_sign_in_too_that_writes(name: str) -> None:
    async with tapped(auth="oauth2", scopes=("read",)) as (graph, tap):
        answer = await attempt(graph, name, OTHERS[name])
    assert answer.codes == ["UNSUPPORTED"]
    assert "add write or write:registration to its `scopes`" in answer.errors[0]["message"]
    assert tap.sent == []


@pytest.mark.parametrize("name", OTHERS)
async def test_the_others_are_unknown_too_where_the_answer_is_lost(
    workshop: Graph, name: str
) -> None:
    await workshop.fault("scormcloud", "status", status=504, path="/registrations")
    answer = await attempt(workshop, name, OTHERS[name])
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    _, _, check = answer.errors[0]["message"].partition("whether it was made; ")
    assert check
    log = await workshop.requests()
    assert len([each for each in log if each["method"] in ("POST", "PUT")]) == 1


async def test_tokens_for_registrations_are_enough_for_them() -> None:
    scopes = ("read", "write:registration", "delete:registration")
    async with tapped(auth="oauth2", scopes=scopes) as (graph, tap):
        id = await new(graph, tap)
        await change(graph, "registrationTagsAdd", {"assignment": id, "tags": ["x"]})
        await change(graph, "registrationLaunchLinkCreate", {"assignment": id})
        await change(graph, "registrationDelete", {"assignment": id})
        assert {each.status for each in tap.changes} == {200, 204}


async def test_other_providers_have_no_registrations(workshop: Graph) -> None:
    given = {"assignment": ids.encode("Assignment", "demo-bindbee", "1")}
    answer = await attempt(workshop, "registrationDelete", given)
    assert answer.codes == ["UNSUPPORTED"]
    assert answer.errors[0]["extensions"]["source"] == "demo-bindbee"
    assert answer.calls == []


async def test_a_key_is_quoted_whole(graph: Graph, tap: Tap) -> None:
    key = "a/b c?d#e%2F"
    id = await new(graph, tap, key=key)
    await change(graph, "registrationTagsAdd", {"assignment": id, "tags": ["x"]})
    assert tap.changes[0].path == f"/registrations/{key}/tags"
    log = await graph.requests()
    assert any(quote(key, safe="") in each["path"] for each in log)
