"""Courses of SCORM Cloud, changed through the graph: titles, tags, settings, previews, files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from resolvers import ids
from tests.graph.asking import Answer, Graph, settings
from tests.graph.tapping import Sent, Tap, tapped
from tests.sandbox.loopback import Shop, serving

CLOUD = "demo-scorm-cloud"

Tapped = tuple[Graph, Tap]


@pytest.fixture
async def open_tap() -> AsyncIterator[Tapped]:
    async with tapped() as found:
        yield found


@pytest.fixture
def shop() -> Iterator[tuple[Shop, str]]:
    shop = Shop()
    with serving(shop) as address:
        yield shop, address


async def courses(graph: Graph, many: int = 3) -> list[dict[str, Any]]:
    query = """query($n: Int!) { source(name: "demo-scorm-cloud") { courses(first: $n) { nodes {
      id key title tags scormCloud { version versions { version } } } } } }"""
    answer = await graph.ask(query, n=many)
    found: list[dict[str, Any]] = answer.data["source"]["courses"]["nodes"]
    return found


async def versioned(graph: Graph) -> dict[str, Any]:
    """A course of several versions."""
    found = await courses(graph, 40)
    return next(each for each in found if len(each["scormCloud"]["versions"]) > 1)


async def change(graph: Graph, name: str, gives: str = "", **given: Any) -> Answer:
    """Ask for a change; `gives` is what to ask of its payload besides the user errors."""
    type = f"{name[0].upper()}{name[1:]}Input"
    query = f"""mutation($i: {type}!) {{
      {name}(input: $i) {{ {gives} userErrors {{ field message code }} }} }}"""
    return await graph.ask(query, i=given)


def payload(answer: Answer) -> dict[str, Any]:
    """What a change gave that went well."""
    assert answer.errors == []
    (found,) = answer.data.values()
    assert found.pop("userErrors") == []
    result: dict[str, Any] = found
    return result


def blamed(answer: Answer) -> tuple[list[str] | None, str]:
    """The field and the code of the one thing that the user is to put right."""
    assert answer.errors == []
    (found,) = answer.data.values()
    (error,) = found["userErrors"]
    return error["field"], error["code"]


def path(course: dict[str, Any], rest: str = "") -> str:
    return f"/courses/{quote(course['key'], safe='')}{rest}"


def only(tap: Tap) -> Sent:
    (sent,) = tap.changes
    return sent


# Titles and tags


async def test_a_title_is_that_of_the_newest_version(open_tap: Tapped) -> None:
    graph, tap = open_tap
    course = await versioned(graph)
    answer = await change(
        graph,
        "courseTitleSet",
        "course { title scormCloud { versions { version title } } }",
        course=course["id"],
        title="Kites",
    )
    found = payload(answer)["course"]
    versions = found["scormCloud"]["versions"]
    assert found["title"] == "Kites"
    assert [each["version"] for each in versions if each["title"] == "Kites"] == [
        course["scormCloud"]["version"]
    ]
    assert (only(tap).call, only(tap).body) == (f"PUT {path(course, '/title')}", {"title": "Kites"})


async def test_a_title_that_is_refused_is_the_title_s_fault(open_tap: Tapped) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    answer = await change(graph, "courseTitleSet", course=course["id"], title="")
    assert blamed(answer) == (["title"], "INVALID")


async def test_tags_are_replaced_and_removed(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    replaced = await change(
        graph, "courseTagsReplace", "course { tags }", course=course["id"], tags=["a", "b, c", "d"]
    )
    assert payload(replaced) == {"course": {"tags": ["a", "b, c", "d"]}}
    removed = await change(
        graph, "courseTagsRemove", "course { tags }", course=course["id"], tags=["a", "never"]
    )
    assert payload(removed) == {"course": {"tags": ["b, c", "d"]}}
    assert [(each.call, each.body) for each in tap.changes] == [
        (f"PUT {path(course, '/tags')}", {"tags": ["a", "b, c", "d"]}),
        (f"DELETE {path(course, '/tags')}", {"tags": ["a", "never"]}),
    ]


async def test_many_courses_are_marked_by_one_call(open_tap: Tapped) -> None:
    graph, tap = open_tap
    found = await courses(graph)
    answer = await change(
        graph,
        "coursesTagsAdd",
        "courses { key tags }",
        courses=[each["id"] for each in found],
        tags=["added"],
    )
    assert payload(answer)["courses"] == [
        {"key": each["key"], "tags": [*each["tags"], "added"]} for each in found
    ]
    assert only(tap).call == "PUT /courses/tags"
    assert only(tap).body == {"ids": [each["key"] for each in found], "tags": ["added"]}


async def test_courses_of_two_sources_are_not_marked_at_once(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    other = ids.encode("Course", "demo-bindbee", "1")
    answer = await change(graph, "coursesTagsAdd", courses=[course["id"], other], tags=["x"])
    assert blamed(answer) == (["courses", "1"], "INVALID")
    assert blamed(await change(graph, "coursesTagsAdd", courses=[], tags=["x"])) == (
        ["courses"],
        "INVALID",
    )
    assert tap.changes == []


@pytest.mark.parametrize("name", ["courseTagsReplace", "courseTagsRemove", "courseTitleSet"])
async def test_a_course_that_is_not_there_is_not_found(open_tap: Tapped, name: str) -> None:
    graph, _ = open_tap
    rest: dict[str, Any] = {"title": "x"} if name == "courseTitleSet" else {"tags": ["x"]}
    answer = await change(graph, name, course=ids.encode("Course", CLOUD, "none"), **rest)
    assert blamed(answer) == (["course"], "NOT_FOUND")


async def test_one_of_many_courses_that_is_not_there_is_not_found(open_tap: Tapped) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    missing = ids.encode("Course", CLOUD, "none")
    answer = await change(graph, "coursesTagsAdd", courses=[course["id"], missing], tags=["x"])
    assert blamed(answer) == (["courses"], "NOT_FOUND")


# Settings

SETTINGS = [
    {"key": "PlayerDesiredWidth", "value": "1024", "isExplicit": True},
    {"key": "PlayerLaunchType", "value": "NEW_WINDOW"},
]
SETTINGS_SENT = [
    {"settingId": "PlayerDesiredWidth", "value": "1024", "explicit": True},
    {"settingId": "PlayerLaunchType", "value": "NEW_WINDOW"},
]
CONFIGURED = """
  course { scormCloud { configuration { key explicitValue effectiveValueSource } } }
  version { version configuration { key explicitValue effectiveValueSource } }
"""


def explicit(configuration: list[dict[str, Any]]) -> dict[str, str]:
    return {
        each["key"]: each["explicitValue"]
        for each in configuration
        if each["explicitValue"] is not None
    }


async def test_settings_of_a_course_are_set_and_cleared(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    found = payload(
        await change(
            graph,
            "courseConfigurationSet",
            CONFIGURED,
            course=course["id"],
            settings=SETTINGS,
        )
    )
    assert found["version"] is None
    configuration = found["course"]["scormCloud"]["configuration"]
    assert explicit(configuration).items() >= {
        ("PlayerDesiredWidth", "1024"),
        ("PlayerLaunchType", "NEW_WINDOW"),
    }
    cleared = await change(
        graph,
        "courseSettingClear",
        CONFIGURED,
        course=course["id"],
        setting="PlayerDesiredWidth",
    )
    configuration = payload(cleared)["course"]["scormCloud"]["configuration"]
    assert "PlayerDesiredWidth" not in explicit(configuration)
    assert [(each.call, each.body) for each in tap.changes] == [
        (f"POST {path(course, '/configuration')}", {"settings": SETTINGS_SENT}),
        (f"DELETE {path(course, '/configuration/PlayerDesiredWidth')}", None),
    ]


async def test_settings_of_a_version_are_its_own(open_tap: Tapped) -> None:
    graph, tap = open_tap
    course = await versioned(graph)
    given = {"course": course["id"], "version": 0}
    found = payload(
        await change(graph, "courseConfigurationSet", CONFIGURED, settings=SETTINGS, **given)
    )
    assert found["version"]["version"] == 0
    assert explicit(found["version"]["configuration"])["PlayerDesiredWidth"] == "1024"
    assert "PlayerDesiredWidth" not in explicit(found["course"]["scormCloud"]["configuration"])
    cleared = await change(
        graph, "courseSettingClear", CONFIGURED, setting="PlayerDesiredWidth", **given
    )
    assert "PlayerDesiredWidth" not in explicit(payload(cleared)["version"]["configuration"])
    assert [each.call for each in tap.changes] == [
        f"POST {path(course, '/versions/0/configuration')}",
        f"DELETE {path(course, '/versions/0/configuration/PlayerDesiredWidth')}",
    ]


async def test_settings_that_nobody_knows_are_refused_in_the_source_s_words(
    open_tap: Tapped,
) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    answer = await change(
        graph,
        "courseConfigurationSet",
        course=course["id"],
        settings=[{"key": "Nonsense", "value": "1"}],
    )
    assert blamed(answer) == (["settings"], "INVALID")
    message = answer.data["courseConfigurationSet"]["userErrors"][0]["message"]
    assert message == "demo-scorm-cloud: Nonsense is not a valid setting ID"
    for unknown in ("Nonsense", ".."):
        answer = await change(graph, "courseSettingClear", course=course["id"], setting=unknown)
        assert blamed(answer)[0] == ["setting"]


@pytest.mark.parametrize("name", ["courseConfigurationSet", "courseSettingClear"])
@pytest.mark.parametrize("version", [None, 9])
async def test_what_is_not_there_cannot_be_configured(
    open_tap: Tapped, name: str, version: int | None
) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    id = ids.encode("Course", CLOUD, "none") if version is None else course["id"]
    rest: dict[str, Any] = (
        {"settings": SETTINGS}
        if name == "courseConfigurationSet"
        else {"setting": "PlayerLaunchType"}
    )
    answer = await change(graph, name, course=id, version=version, **rest)
    assert blamed(answer) == (["course"], "NOT_FOUND")


# Previews

LINK: dict[str, Any] = {
    "expiry": 60,
    "redirectOnExitUrl": "https://learn.example/done",
    "startSco": "item_1",
    "culture": "fr-FR",
    "cssUrl": "https://learn.example/player.css",
    "additionalValues": [{"name": "theme", "value": "dark"}],
    "isTracked": False,
    "learnerTags": ["l"],
    "courseTags": ["c"],
    "registrationTags": ["r"],
    "launchAuth": {
        "type": "VAULT",
        "options": {"usesIpAddress": True, "usesFingerprint": False, "expiry": 60},
    },
}


@pytest.mark.parametrize("version", [None, 0])
async def test_a_preview_is_asked_for_with_all_that_is_given(
    open_tap: Tapped, version: int | None
) -> None:
    graph, tap = open_tap
    course = await versioned(graph)
    answer = await change(
        graph, "coursePreviewLinkCreate", "previewUrl", course=course["id"], version=version, **LINK
    )
    link = payload(answer)["previewUrl"]
    body = {**LINK, "tracking": False, "additionalvalues": [{"item": "theme", "value": "dark"}]}
    del body["isTracked"], body["additionalValues"]
    options = {"ipAddress": True, "fingerprint": False, "expiry": 60}
    body["launchAuth"] = {"type": "vault", "options": options}
    assert only(tap).body == body
    place = "/preview" if version is None else "/versions/0/preview"
    assert only(tap).call == f"POST {path(course, place)}"
    page = await graph.sandbox.get(link)
    assert page.status_code == 200
    assert "theme" in page.text and "item_1" in page.text


async def test_a_preview_needs_no_more_than_its_course(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    answer = await change(graph, "coursePreviewLinkCreate", "previewUrl", course=course["id"])
    assert payload(answer)["previewUrl"].startswith("http")
    assert only(tap).body == {}


async def test_a_preview_that_cannot_be_is_refused(open_tap: Tapped) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    answer = await change(graph, "coursePreviewLinkCreate", course=course["id"], expiry=5)
    assert blamed(answer) == (None, "INVALID")
    answer = await change(graph, "coursePreviewLinkCreate", course=course["id"], version=99)
    assert blamed(answer) == (["course"], "NOT_FOUND")


async def test_a_lost_link_is_no_harm(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    tap.lost = 1
    answer = await change(graph, "coursePreviewLinkCreate", course=course["id"])
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert "ask for another link" in answer.errors[0]["message"]


# What goes

VERSION_GONE = "deletedVersion deletedId course { scormCloud { versions { version } } }"


async def test_a_version_goes_alone_and_the_last_one_with_its_course(open_tap: Tapped) -> None:
    graph, tap = open_tap
    course = await versioned(graph)
    first, *others = sorted(each["version"] for each in course["scormCloud"]["versions"])
    gone = await change(
        graph, "courseVersionDelete", VERSION_GONE, course=course["id"], version=first
    )
    assert payload(gone) == {
        "deletedVersion": first,
        "deletedId": None,
        "course": {"scormCloud": {"versions": [{"version": each} for each in others]}},
    }
    assert [call["route"] for call in gone.calls].count("GET /courses/{}") == 1
    for number in others:
        gone = await change(
            graph, "courseVersionDelete", VERSION_GONE, course=course["id"], version=number
        )
    assert payload(gone) == {
        "deletedVersion": others[-1],
        "deletedId": course["id"],
        "course": None,
    }
    assert tap.changes[0].call == f"DELETE {path(course, f'/versions/{first}')}"


async def test_a_version_that_is_not_there_is_not_found(open_tap: Tapped) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    answer = await change(graph, "courseVersionDelete", course=course["id"], version=77)
    assert blamed(answer) == (["course"], "NOT_FOUND")
    answer = await change(graph, "courseVersionDelete", course=course["id"], version=-1)
    assert blamed(answer) == (["version"], "INVALID")


async def test_a_course_goes_with_what_hangs_on_it(open_tap: Tapped) -> None:
    graph, tap = open_tap
    (course, *_) = await courses(graph)
    gone = await change(graph, "courseDelete", "deletedId", course=course["id"])
    assert payload(gone) == {"deletedId": course["id"]}
    assert only(tap).call == f"DELETE {path(course)}"
    query = "query($c: ID!) { course(id: $c) { title } }"
    assert (await graph.ask(query, c=course["id"])).data == {"course": None}
    again = await change(graph, "courseDelete", "deletedId", course=course["id"])
    assert blamed(again) == (["course"], "NOT_FOUND")


# Files


@pytest.mark.parametrize("version", [None, 0])
async def test_a_file_is_fetched_into_a_package_and_deleted(
    open_tap: Tapped, shop: tuple[Shop, str], version: int | None
) -> None:
    graph, tap = open_tap
    files, address = shop
    files.files["/mine.css"] = b"body { color: teal }"
    course = await versioned(graph)
    given = {"course": course["id"], "version": version, "path": "css/mine.css"}
    put = await change(
        graph,
        "courseAssetImport",
        "file { filename destination } course { key }",
        url=f"{address}/mine.css",
        updateAssetPolicy="REJECT",
        **given,
    )
    assert payload(put) == {
        "file": {"filename": "mine.css", "destination": "css/mine.css"},
        "course": {"key": course["key"]},
    }
    assert "css/mine.css" in await paths(graph, course, version)
    again = await change(
        graph,
        "courseAssetImport",
        url=f"{address}/mine.css",
        updateAssetPolicy="REJECT",
        **given,
    )
    assert blamed(again) == (None, "INVALID")
    gone = await change(graph, "courseAssetDelete", "deletedPath", **given)
    assert payload(gone) == {"deletedPath": "css/mine.css"}
    assert "css/mine.css" not in await paths(graph, course, version)
    place = path(course, "/asset" if version is None else "/versions/0/asset")
    assert [(each.call, each.params) for each in tap.changes] == [
        (f"POST {place}", {"updateAssetPolicy": "reject"}),
        (f"POST {place}", {"updateAssetPolicy": "reject"}),
        (f"DELETE {place}", {"relativePath": "css/mine.css"}),
    ]
    assert tap.changes[0].body == {
        "fetchUrl": f"{address}/mine.css",
        "destination": "css/mine.css",
    }


async def test_a_file_is_sent_to_a_version(open_tap: Tapped) -> None:
    graph, tap = open_tap
    course = await versioned(graph)
    given = {"course": course["id"], "version": 0, "path": "a/b.txt", "updateAssetPolicy": "LAX"}
    answer = await change(graph, "courseAssetUpload", "upload { url }", **given)
    response = await graph.client.put(payload(answer)["upload"]["url"], content=b"hello")
    assert response.json() == {"data": {"filename": "b.txt", "destination": "a/b.txt"}}
    assert only(tap).call == f"POST {path(course, '/versions/0/asset/upload')}"
    assert only(tap).params == {"updateAssetPolicy": "lax"}
    assert 'name="destination"' in only(tap).body
    assert "a/b.txt" in await paths(graph, course, 0)
    assert "a/b.txt" not in await paths(graph, course, None)


async def paths(graph: Graph, course: dict[str, Any], version: int | None) -> list[str]:
    query = """query($c: ID!, $n: Int!) { course(id: $c) { scormCloud {
      files { path } versionByNumber(number: $n) { files { path } } } } }"""
    found = (await graph.ask(query, c=course["id"], n=version or 0)).data["course"]["scormCloud"]
    files = found if version is None else found["versionByNumber"]
    return [each["path"] for each in files["files"]]


async def test_a_file_that_cannot_be_fetched_or_is_not_there_is_refused(open_tap: Tapped) -> None:
    graph, _ = open_tap
    (course, *_) = await courses(graph)
    answer = await change(
        graph, "courseAssetImport", course=course["id"], path="x.css", url="http://127.0.0.1:1/x"
    )
    assert blamed(answer) == (None, "INVALID")
    answer = await change(graph, "courseAssetDelete", course=course["id"], path="none.css")
    assert blamed(answer) == (["course"], "NOT_FOUND")
    answer = await change(graph, "courseAssetDelete", course=course["id"], path="../x")
    assert blamed(answer) == (["path"], "INVALID")


# What a sign-in allows

ALLOWED = [
    ("courseTitleSet", {"title": "x"}, "write"),
    ("courseTagsReplace", {"tags": []}, "write"),
    ("courseTagsRemove", {"tags": []}, "write"),
    ("courseConfigurationSet", {"settings": []}, "write"),
    ("courseSettingClear", {"setting": "PlayerLaunchType"}, "write"),
    ("coursePreviewLinkCreate", {}, "read"),
    ("courseVersionDelete", {"version": 0}, "delete"),
    ("courseDelete", {}, "delete"),
    ("courseAssetImport", {"path": "x", "url": "http://127.0.0.1:1/x"}, None),
    ("courseAssetUpload", {"path": "x"}, None),
    ("courseAssetDelete", {"path": "index.html"}, "delete"),
]


def with_scopes(*scopes: str) -> Any:
    """The demo's settings, its SCORM Cloud source signing in with tokens for these scopes."""
    own = settings([CLOUD])
    (source,) = own.sources
    return replace(own, sources=[signed_in(source, scopes)])


def signed_in(source: Any, scopes: tuple[str, ...]) -> Any:
    changed = {each: getattr(source, each) for each in source.__struct_fields__}
    return type(source)(**{**changed, "auth": "oauth2", "scopes": scopes})


@pytest.mark.parametrize(("name", "rest", "verb"), ALLOWED)
async def test_what_a_sign_in_does_not_allow_is_said_before_it_is_tried(
    name: str, rest: dict[str, Any], verb: str | None
) -> None:
    without = {"read", "write", "delete"} - {verb}
    scopes = sorted(without if verb != "read" else {"write:course", "delete:course"})
    course = ids.encode("Course", CLOUD, "any")
    async with tapped(with_scopes(*scopes)) as (graph, tap):
        answer = await change(graph, name, course=course, **rest)
        assert answer.codes == ["UNSUPPORTED"]
        message = answer.errors[0]["message"]
        assert message.startswith("demo-scorm-cloud: the source signs in with tokens")
        assert ("`auth`" if verb is None else f"{verb} or {verb}:course") in message
        assert (answer.calls, tap.changes) == ([], [])


@pytest.mark.parametrize(("name", "rest", "verb"), [each for each in ALLOWED if each[2]])
async def test_one_scope_that_allows_it_is_enough(
    name: str, rest: dict[str, Any], verb: str
) -> None:
    for scope in (verb, f"{verb}:course"):
        async with tapped(with_scopes("read", scope)) as (graph, tap):
            course = await versioned(graph)
            answer = await change(graph, name, course=course["id"], **rest)
            assert answer.errors == []
            assert len(tap.changes) == 1


async def test_a_source_with_tokens_only_reads_unless_its_settings_say_more() -> None:
    own = settings([CLOUD])
    assert getattr(own.sources[0], "scopes", None) == ("read",)
