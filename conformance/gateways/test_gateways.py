"""The graph behind each gateway, with two subgraphs of others: the same answers through all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from conformance.gateways.gateways import GATEWAYS
from conformance.gateways.stage import ADA, COURSES, Stage, World, staged, world
from conformance.subgraphs.reviews import Said
from resolvers import ids
from tests.graph.importing import COURSE, ID

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLLOW = """subscription ($id: ID!) { courseImport(id: $id) {
  status message course { key reviews { stars } }
} }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made() -> AsyncIterator[World]:
    async with world() as each:
        yield each


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(GATEWAYS))
async def behind(
    request: pytest.FixtureRequest, made: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("gateway")
    async with staged(GATEWAYS[request.param], made, folder) as each:
        yield each


@pytest_asyncio.fixture(loop_scope="module")
async def stage(behind: Stage) -> AsyncIterator[Stage]:
    """A gateway, nothing said of what the last test did."""
    said = list(behind.world.said)
    behind.world.heard.requests.clear()
    await behind.world.graph.forget()
    yield behind
    await behind.world.graph.heal()
    behind.world.said[:] = said


async def test_from_a_course_to_its_reviews_and_back(stage: Stage) -> None:
    answer = await stage.ask(
        "{ courses(first: 3) { nodes { id title reviews { stars course { title } } } } }"
    )

    assert not answer.errors
    nodes = answer.data["courses"]["nodes"]
    assert [each["reviews"] for each in nodes] == [
        [{"stars": at + 1, "course": {"title": node["title"]}}] for at, node in enumerate(nodes)
    ]


async def test_from_reviews_of_another_subgraph_to_courses_and_what_they_have(stage: Stage) -> None:
    answer = await stage.ask(
        """{ latestReviews { course {
          title source { name } assignments(first: 1) { nodes { id } }
        } } }"""
    )

    assert not answer.errors
    courses = [each["course"] for each in answer.data["latestReviews"]]
    assert [each["source"] for each in courses] == [{"name": "demo-bindbee"}] * 3
    assert all(each["title"] and each["assignments"] is not None for each in courses)


async def test_from_people_of_another_subgraph_to_learners_and_their_completions(
    stage: Stage,
) -> None:
    answer = await stage.ask(
        """{ people { department learner {
          name reviews { stars } completions(first: 2) { nodes { score course { title } } }
        } } }"""
    )

    assert not answer.errors
    known, unknown = answer.data["people"]
    assert known["department"] == "Engines" and known["learner"]["name"]
    assert known["learner"]["completions"]["nodes"][0]["course"]["title"]
    assert [each["stars"] for each in known["learner"]["reviews"]] == [1, 2, 3]
    assert unknown["learner"]["name"] is unknown["learner"]["completions"] is None


async def test_from_a_learner_to_a_person_of_another_subgraph(stage: Stage) -> None:
    answer = await stage.ask(
        "query ($email: String!) { learner(email: $email) { name employment { department } } }",
        None,
        email=ADA,
    )

    assert not answer.errors
    assert answer.data["learner"]["name"]
    assert answer.data["learner"]["employment"] == {"department": "Engines"}


async def test_a_level_of_entities_is_one_request(stage: Stage) -> None:
    await stage.ask("{ courses(first: 50) { nodes { reviews { course { title } } } } }")

    assert len(stage.world.heard.requests) == 2  # the list, and the courses of all reviews


async def test_a_thousand_courses_that_another_subgraph_names_cost_five_calls(stage: Stage) -> None:
    courses = await stage.world.courses("demo-bindbee", COURSES)
    stage.world.said[:] = [Said(course, 3, course, ADA) for course in courses]
    await stage.world.graph.forget()

    answer = await stage.ask("{ latestReviews(first: 1000) { course { key title } } }")

    assert not answer.errors
    found = [each["course"] for each in answer.data["latestReviews"]]
    assert [ids.decode(each, "Course").key for each in courses] == [each["key"] for each in found]
    assert len({each["key"] for each in found}) == COURSES
    assert len(await stage.world.graph.requests()) == COURSES / 200


async def test_an_error_keeps_its_code_and_its_place(stage: Stage) -> None:
    stage.world.said.append(Said("bad", 1, "no id", ADA))

    answer = await stage.ask("{ latestReviews { stars course { title } } }")

    assert [each["course"] is None for each in answer.data["latestReviews"]] == [False] * 3 + [True]
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["path"][:3] == ["latestReviews", 3, "course"]
    assert error["message"] == "The id is malformed: use an id that this graph gave, unchanged."


async def test_a_source_that_is_down_costs_its_own_courses_only(stage: Stage) -> None:
    (alive,) = await stage.world.courses("demo-stackone", 1)
    stage.world.said.append(Said("alive", 5, alive, ADA))
    await stage.world.graph.fault("bindbee", "status", status=500)

    answer = await stage.ask("{ latestReviews { stars course { title } } }")

    shown = [each["course"] is not None for each in answer.data["latestReviews"]]
    assert shown == [False, False, False, True]
    assert set(answer.codes) == {"UPSTREAM_UNAVAILABLE"}
    assert {error["extensions"]["source"] for error in answer.errors} == {"demo-bindbee"}
    assert all(error["extensions"]["retryable"] for error in answer.errors)


async def test_what_the_caller_got_wrong_in_a_change_is_told_as_data(stage: Stage) -> None:
    answer = await stage.ask(
        """mutation ($input: CourseTagsReplaceInput!) { courseTagsReplace(input: $input) {
          course { title reviews { stars } } userErrors { field message code }
        } }""",
        None,
        input={"course": ids.encode("Course", "demo-scorm-cloud", "none"), "tags": ["a"]},
    )

    told = answer.data["courseTagsReplace"]
    assert told["course"] is None and told["userErrors"][0]["code"]


async def test_a_change_is_made_once_and_its_course_is_read_on_elsewhere(stage: Stage) -> None:
    (course,) = await stage.world.courses("demo-scorm-cloud", 1)
    stage.world.said.append(Said("tagged", 4, course, ADA))
    await stage.world.graph.forget()

    answer = await stage.ask(
        """mutation ($input: CourseTagsReplaceInput!) { courseTagsReplace(input: $input) {
          course { tags reviews { stars } } userErrors { message }
        } }""",
        None,
        input={"course": course, "tags": ["behind a gateway"]},
    )

    assert not answer.errors
    assert answer.data["courseTagsReplace"] == {
        "course": {"tags": ["behind a gateway"], "reviews": [{"stars": 4}]},
        "userErrors": [],
    }
    methods = [each["method"] for each in await stage.world.graph.requests()]
    assert sum(method != "GET" for method in methods) == 1


async def test_the_request_id_of_the_caller_comes_through(stage: Stage) -> None:
    answer = await stage.ask('{ course(id: "zz") { title } }', {"x-request-id": "mine-1"})

    assert [each["x-request-id"] for each in stage.world.heard.requests] == ["mine-1"]
    assert answer.errors[0]["extensions"]["requestId"] == "mine-1"


async def check_followed(stage: Stage) -> None:
    course = ids.encode("Course", "demo-scorm-cloud", COURSE)
    stage.world.said.append(Said("imported", 5, course, ADA))
    stage.world.job.polls.clear()

    told = [each["data"]["courseImport"] for each in await stage.follow(FOLLOW, id=ID)]

    assert [each["status"] for each in told] == ["RUNNING", "RUNNING", "COMPLETE"]
    assert [each["course"] for each in told[:2]] == [None, None]
    assert told[-1]["course"] == {"key": COURSE, "reviews": [{"stars": 5}]}


async def test_a_subscription_is_followed_with_fields_of_other_subgraphs(stage: Stage) -> None:
    if not stage.gateway.subscribes:
        pytest.skip("it passes no subscriptions on")

    await check_followed(stage)


async def test_a_subscription_that_cannot_begin_tells_why(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    if not stage.gateway.subscribes:
        pytest.skip("it passes no subscriptions on")
    if stage.gateway.hides:
        request.applymarker(pytest.mark.xfail(reason=stage.gateway.hides))

    (told,) = await stage.follow(FOLLOW, id="zz")

    assert [each["extensions"]["code"] for each in told["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("name", GATEWAYS)
async def test_a_subscription_is_followed_over_a_WebSocket(
    name: str, made: World, tmp_path: Path
) -> None:
    if not GATEWAYS[name].subscribes:
        pytest.skip("it passes no subscriptions on")
    said, sockets = list(made.said), made.heard.sockets

    async with staged(GATEWAYS[name], made, tmp_path, "socket") as stage:
        await check_followed(stage)

    made.said[:] = said
    assert made.heard.sockets == sockets + 1
