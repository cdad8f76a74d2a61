"""SCORM Cloud's Learner Service as the sandbox plays it: tags, names, and being forgotten."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from tests.sandbox.scormcloud_calls import (
    JSONObject,
    ask,
    connect,
    encoded,
    keys,
    path,
    refused,
    tell,
    walk,
)

ADA = "ada.byron@academy.example"


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


async def learner_of(cloud: httpx.AsyncClient, row: JSONObject) -> JSONObject:
    found: JSONObject = (await ask(cloud, path(row)))["learner"]
    return found


async def test_tags_of_a_learner_are_added_and_taken_away(cloud: httpx.AsyncClient) -> None:
    where = "/learner/new%2Fone/tags"

    await tell(cloud, "PUT", where, {"tags": ["a", "b"]})
    await tell(cloud, "PUT", where, {"tags": ["c", "a"]})
    assert await ask(cloud, where) == {"tags": ["a", "b", "c"]}
    await tell(cloud, "DELETE", where, {"tags": ["b", "z"]})
    await tell(cloud, "PUT", "/learner/tags", {"ids": ["new/one", "other"], "tags": ["d"]})

    assert await ask(cloud, where) == {"tags": ["a", "c", "d"]}
    assert await ask(cloud, "/learner/other/tags") == {"tags": ["d"]}


async def test_a_learner_is_renamed_in_every_registration_a_while_later(
    cloud: httpx.AsyncClient,
) -> None:
    rows = await walk(cloud, "/registrations", learnerId=ADA)
    new = {"id": ADA, "firstName": "Augusta", "lastName": ""}

    await tell(cloud, "POST", f"/learner/{encoded(ADA)}/updateInfo", new)

    # Asked at once, they are as they were.
    assert await learner_of(cloud, rows[0]) == rows[0]["learner"]
    for row in rows:
        assert await learner_of(cloud, row) == {**row["learner"], **new}
    assert await keys(cloud, "/registrations", learnerId=ADA) == [row["id"] for row in rows]
    after = await ask(cloud, path(rows[0]))
    assert after["updated"] > rows[0]["updated"]


async def test_nobody_is_an_unknown_learner(cloud: httpx.AsyncClient) -> None:
    await tell(
        cloud, "POST", "/learner/nobody/updateInfo", {"id": "nobody", "email": "n@x.example"}
    )

    assert await keys(cloud, "/registrations", learnerId="nobody") == []


@pytest.mark.parametrize("body", [{}, {"id": "another"}, {"id": ADA, "email": 7}])
async def test_an_update_that_makes_no_sense_is_refused(
    cloud: httpx.AsyncClient, body: JSONObject
) -> None:
    where = f"/learner/{encoded(ADA)}/updateInfo"

    assert (await refused(cloud, "POST", where, body))[0] == 400


async def test_a_forgotten_learner_leaves_registrations_without_a_name(
    cloud: httpx.AsyncClient,
) -> None:
    rows = await walk(cloud, "/registrations", learnerId=ADA)
    await tell(cloud, "PUT", f"/learner/{encoded(ADA)}/tags", {"tags": ["famous"]})

    where = f"/learner/{encoded(ADA)}/delete-information?userEmail=admin@academy.example"
    await tell(cloud, "POST", where)

    assert await learner_of(cloud, rows[0]) == rows[0]["learner"]
    learners = [await learner_of(cloud, row) for row in rows]
    assert all(set(each) == {"id"} and each == learners[0] for each in learners)
    assert await keys(cloud, "/registrations", learnerId=ADA) == []
    for key in (ADA, learners[0]["id"]):
        assert await ask(cloud, f"/learner/{encoded(key)}/tags") == {"tags": []}
    statements = await walk(cloud, path(rows[0], "/xAPIStatements"))
    assert all("name" not in each["actor"] and "mbox" not in each["actor"] for each in statements)


@pytest.mark.parametrize("query", ["", "?userEmail=", "?userEmail=somebody"])
async def test_who_asks_for_a_deletion_must_say_so(cloud: httpx.AsyncClient, query: str) -> None:
    where = f"/learner/{encoded(ADA)}/delete-information{query}"

    assert (await refused(cloud, "POST", where))[0] == 400
