"""What only SCORM Cloud has, read from the sandbox: a call for each, no more than is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from providers.base import Ask, Head, Query, join_key
from providers.errors import Kind, ProviderError
from providers.model import CourseImport, ImportStatus
from providers.scormcloud import ScormCloud
from providers.scormcloud.outline import (
    ScormCloudSetting,
    ScormCloudVersion,
)
from providers.scormcloud.progress import ScormCloudInstance, ScormCloudLaunch
from sandbox.academy import Academy
from sandbox.scormcloud.library import FAILED_JOB, RUNNING_JOB, import_job_id
from tests.providers.faults import answer, serving
from tests.providers.scormcloud_samples import asking
from tests.providers.test_scormcloud_client import BASE, every, keys, opened


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
async def cloud(transport: httpx.ASGITransport) -> AsyncIterator[ScormCloud]:
    client = opened("http://sandbox" + BASE, transport)
    yield client
    await client.close()


@pytest.fixture
async def versioned(cloud: ScormCloud) -> str:
    """A course of several versions."""
    courses = await every(cloud.list_courses)
    return keys(course for course in courses if course.facet.version)[0]


@pytest.fixture
async def begun(cloud: ScormCloud) -> str:
    """A registration that was begun on one version and then again on another."""
    rows = await every(cloud.list_assignments)
    return keys(row for row in rows if row.facet.instance)[0]


async def asked(sandbox: httpx.AsyncClient) -> list[dict[str, str]]:
    """Parameters of each request that the sandbox got."""
    entries = (await sandbox.get("/_requests")).json()["requests"]
    return [dict(parse_qsl(each["query"])) for each in entries]


async def test_versions_are_read_with_their_numbers(cloud: ScormCloud, versioned: str) -> None:
    ask = asking()
    found = await cloud.versions_of_courses(ask, [versioned, "nowhere"])
    versions = found[versioned]
    assert not isinstance(versions, ProviderError) and len(versions) > 1

    assert list(found) == [versioned]
    assert [each.key for each in versions] == [
        join_key(versioned, str(number)) for number in range(len(versions))
    ]
    assert all(each.title and each.registration_count is not None for each in versions)
    assert len(ask.calls) == 2
    one = await cloud.course_versions(asking(), [versions[0].key, join_key(versioned, "99")])
    assert one == {versions[0].key: versions[0]}


async def test_versions_can_be_asked_for_by_time(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)

    await cloud.versions_of_courses(Ask(), ["GEO-2516"], since=since, until=since)

    moment = "2026-01-01T00:00:00Z"
    assert await asked(sandbox) == [{"since": moment, "until": moment}]


async def test_versions_are_asked_for_no_more_than_is_wanted(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    name = ScormCloudVersion.__name__
    await cloud.versions_of_courses(Ask({name: frozenset({"title"})}), ["GEO-2516"])
    await cloud.course_versions(Ask({name: frozenset({"metadata"})}), ["GEO-2516/0"])
    await cloud.course_versions(Ask({name: frozenset({"registration_count"})}), ["GEO-2516/0"])

    assert await asked(sandbox) == [
        {},
        {"includeCourseMetadata": "true"},
        {"includeRegistrationCount": "true"},
    ]


async def test_settings_are_read_at_each_level(
    cloud: ScormCloud, sandbox: httpx.AsyncClient, versioned: str, begun: str
) -> None:
    places = {
        "configurations_of_courses": versioned,
        "configurations_of_versions": join_key(versioned, "0"),
        "configurations_of_registrations": begun,
        "configurations_of_instances": join_key(begun, "0"),
    }
    for method, key in places.items():
        found = await getattr(cloud, method)(asking(), [key, "no where"])
        assert list(found) == [key]
        settings = {setting.key: setting for setting in found[key]}
        launch = settings["PlayerLaunchType"]
        assert launch.effective_value and launch.effective_value_source
        assert launch.metadata.default == "FRAMESET"
        assert {each.value for each in launch.metadata.valid_values} >= {"FRAMESET", "NEW_WINDOW"}


async def test_settings_are_described_only_where_that_is_wanted(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    name = ScormCloudSetting.__name__
    await cloud.configurations_of_courses(Ask({name: frozenset({"effective_value"})}), ["GEO-2516"])
    await cloud.configurations_of_courses(Ask({name: frozenset({"metadata"})}), ["GEO-2516"])

    assert await asked(sandbox) == [{}, {"includeMetadata": "true"}]


async def test_files_and_tags_are_read(cloud: ScormCloud, versioned: str, begun: str) -> None:
    files = await cloud.files_of_courses(asking(), [versioned, "nowhere"])
    old = await cloud.files_of_versions(asking(), [join_key(versioned, "0")])
    course = (await cloud.courses(asking(), [versioned]))[versioned]
    registration: Any = (await cloud.assignments(asking(), [begun]))[begun]
    learner = registration.user_ref.key

    (listed,) = files.values()
    assert not isinstance(listed, ProviderError) and all(file.size for file in listed)
    assert old != files and len(old) == 1
    assert await cloud.tags_of_courses(asking(), [versioned]) == {versioned: course.tags}  # type: ignore[union-attr]
    tags = await cloud.tags_of_users(asking(), [learner])
    assert set(tags) == {learner}


async def test_tags_that_are_no_text_are_a_bad_response() -> None:
    async with serving(answer(b'{"tags": [17]}')) as server:
        cloud = opened(server.url)
        found = await cloud.tags_of_courses(asking(), ["golf"])
        await cloud.close()

    error = found["golf"]
    assert isinstance(error, ProviderError) and error.kind is Kind.BAD_RESPONSE


async def test_imports_say_how_they_went(cloud: ScormCloud) -> None:
    done = import_job_id("GEO-2516", 0)

    found = await cloud.course_imports(asking(), [done, RUNNING_JOB, FAILED_JOB, "unknown", "../x"])

    jobs = [each for each in found.values() if isinstance(each, CourseImport)]
    assert {job.key: job.status for job in jobs} == {
        done: ImportStatus.COMPLETE,
        RUNNING_JOB: ImportStatus.RUNNING,
        FAILED_JOB: ImportStatus.ERROR,
    }
    (complete, _, failed) = jobs
    assert complete.course_ref == "GEO-2516" and complete.languages
    assert failed.message and failed.course_ref is None


async def test_launches_are_read_with_a_log_where_that_is_wanted(
    cloud: ScormCloud, sandbox: httpx.AsyncClient, begun: str
) -> None:
    name = ScormCloudLaunch.__name__
    whole = await cloud.launches_of_registrations(asking(), [begun])
    await sandbox.delete("/_requests")
    short = await cloud.launches_of_instances(
        Ask({name: frozenset({"launched_at"})}), [join_key(begun, "0")]
    )

    launches = whole[begun]
    assert not isinstance(launches, ProviderError)
    assert all(launch.history_log and launch.launched_at for launch in launches)
    (old,) = short.values()
    assert not isinstance(old, ProviderError) and old[0].history_log is None
    assert await asked(sandbox) == [{}]


async def test_instances_are_read_together_and_by_key(cloud: ScormCloud, begun: str) -> None:
    found = await cloud.instances_of_registrations(asking(), [begun, "nowhere"], 5)
    head = found[begun]
    assert isinstance(head, Head) and not head.more

    assert {each.instance for each in head.items} == {0, 1}
    assert found["nowhere"] == Head([], more=False)
    read = await cloud.registration_instances(asking(), [*keys(head.items), join_key(begun, "9")])
    assert read == {each.key: each for each in head.items}
    page = await cloud.instances_of_registration(asking(), begun, Query(5))
    assert page.items == head.items


async def test_instances_of_a_walk_that_was_begun_for_less_are_read_again() -> None:
    row = b'{"id": "R", "instance": %d, "tags": ["t"], "activityDetails": {"title": "T"}}'

    async def script(request: Any, writer: Any) -> None:
        if "/instances/" in request.target:
            await answer(row % 1)(request, writer)
        elif "more=" in request.target:
            await answer(b'{"registrations": [' + row % 1 + b"]}")(request, writer)
        else:
            body = b'{"registrations": [' + row % 0 + b'], "more": "next"}'
            await answer(body)(request, writer)

    async with serving(script) as server:
        cloud = opened(server.url)
        first = await cloud.instances_of_registration(
            Ask({"ScormCloudInstance": frozenset({"tags"})}), "R", Query(5)
        )
        second = await cloud.instances_of_registration(asking(), "R", Query(5, first.next))
        await cloud.close()

    assert keys(first.items) == ["R/0"] and keys(second.items) == ["R/1"]
    assert [request.target.partition("?")[0] for request in server.requests] == [
        "/registrations/R/instances",
        "/registrations/R/instances",
        "/registrations/R/instances/1",
    ]
    assert "includeRuntime=true" in server.requests[2].target
    assert isinstance(second.items[0], ScormCloudInstance)


async def test_statements_are_walked_without_loss(cloud: ScormCloud, versioned: str) -> None:
    courses = keys(await every(cloud.list_courses))
    found = await cloud.statements_of_courses(asking(), [*courses, "nowhere"], 15)
    longest = max(courses, key=lambda key: len(found[key].items))  # type: ignore[union-attr]
    page = partial(cloud.statements_of_course, key=longest)
    rows = await every(lambda ask, query: page(ask, query=query))

    assert len(rows) == len(set(keys(rows))) > 15
    assert found[longest] == Head(rows[:15], more=True)
    assert found["nowhere"] == Head([], more=False)
    assert all(row.verb_id and row.object_id and row.happened_at and row.actor for row in rows)


async def test_statements_of_versions_registrations_and_instances_are_read(
    cloud: ScormCloud, versioned: str, begun: str
) -> None:
    version, instance = join_key(versioned, "0"), join_key(begun, "0")

    for heads, page, key in (
        (cloud.statements_of_versions, cloud.statements_of_version, version),
        (cloud.statements_of_registrations, cloud.statements_of_registration, begun),
        (cloud.statements_of_instances, cloud.statements_of_instance, instance),
    ):
        found = await heads(asking(), [key, "no/where/at/all"], 3)
        first = await page(asking(), key, Query(10))
        head = found[key]
        assert isinstance(head, Head)
        assert head.items == list(first.items)[:3]


async def test_statements_are_filtered_on_the_wire(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    filters: dict[str, Any] = {"learner": "ada@x", "since": since, "until": since}
    assert cloud.listings["statements_of_course"].filters == set(filters)

    await cloud.statements_of_course(Ask(), "GEO-2516", Query(10, None, filters))

    moment = "2026-01-01T00:00:00Z"
    assert await asked(sandbox) == [{"since": moment, "until": moment, "learnerId": "ada@x"}]


async def test_a_broken_list_costs_its_own_key(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    await sandbox.put("/_faults/scormcloud", json={"kind": "status", "path": "GEO-2516"})

    found = await cloud.configurations_of_courses(asking(), ["GEO-2516", "WEB-7324"])

    assert isinstance(found["GEO-2516"], ProviderError)
    assert isinstance(found["WEB-7324"], tuple)
