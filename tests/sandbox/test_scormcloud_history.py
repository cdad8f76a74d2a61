"""Launches and xAPI statements that the sandbox's registrations left behind."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from tests.sandbox.scormcloud_calls import ask, connect, encoded, leaves, path, walk


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


async def test_launches_add_up_to_the_registration(cloud: httpx.AsyncClient) -> None:
    rows = [row for row in await walk(cloud, "/registrations") if "lastAccessDate" in row]

    lengths = set()
    for row in rows:
        launches = (await ask(cloud, path(row, "/launchHistory")))["launchHistory"]
        lengths.add(len(launches))
        total = sum(launch["totalSecondsTracked"] for launch in launches)
        assert total == pytest.approx(row["totalSecondsTracked"], abs=0.05)
        assert launches[-1]["exitTime"] == row["lastAccessDate"]
        assert launches[-1]["completionStatus"] == row["registrationCompletion"]
        assert not any("historyLog" in launch for launch in launches)
    assert lengths == {1, 2, 3}


async def test_a_log_of_the_launches_is_there_when_asked_for(cloud: httpx.AsyncClient) -> None:
    row = next(row for row in await walk(cloud, "/registrations") if "lastAccessDate" in row)

    for rest in ("/launchHistory", f"/instances/{row['instance']}/launchHistory"):
        answer = await ask(cloud, path(row, rest), includeHistoryLog="True")
        assert all("<RTDHistory" in each["historyLog"] for each in answer["launchHistory"])


async def test_nobody_launched_what_was_not_begun(cloud: httpx.AsyncClient) -> None:
    row = next(
        row
        for row in await walk(cloud, "/registrations")
        if row["registrationCompletion"] == "UNKNOWN"
    )

    assert await ask(cloud, path(row, "/launchHistory")) == {"launchHistory": []}
    assert await ask(cloud, path(row, "/xAPIStatements")) == {"statements": []}


async def test_statements_tell_how_it_went(cloud: httpx.AsyncClient) -> None:
    row = next(
        row
        for row in await walk(cloud, "/registrations", includeChildResults=True)
        if row["registrationSuccess"] == "PASSED" and len(leaves(row["activityDetails"])) > 1
    )

    rows = await walk(cloud, path(row, "/xAPIStatements"))

    verbs = [each["verb"]["display"]["en-US"] for each in rows]
    parts = len(leaves(row["activityDetails"]))
    assert verbs == ["passed", *["completed"] * parts, "launched"]
    assert rows[0]["result"]["score"]["raw"] == row["score"]["scaled"]
    assert {each["context"]["registration"] for each in rows} == {row["xapiRegistrationId"]}


async def test_statements_of_a_course_come_in_pages_and_of_one_learner(
    cloud: httpx.AsyncClient,
) -> None:
    rows = await walk(cloud, "/registrations")
    course, _ = Counter(row["course"]["id"] for row in rows).most_common(1)[0]
    where = f"/courses/{encoded(course)}/xAPIStatements"

    everything = await walk(cloud, where)
    times = [each["stored"] for each in everything]
    learner = next(
        row["learner"]["id"]
        for row in rows
        if row["course"]["id"] == course and "lastAccessDate" in row
    )
    hers = await walk(cloud, where, learnerId=learner)
    later = await walk(cloud, where, since=times[5])

    assert len(everything) > 10 and times == sorted(times, reverse=True)
    assert len({each["id"] for each in everything}) == len(everything)
    assert 0 < len(hers) < len(everything)
    assert later == [each for each in everything if each["stored"] >= times[5]]
    assert await ask(cloud, where, learnerId="nope") == {"statements": []}
