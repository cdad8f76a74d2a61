"""The graph behind each gateway, with two subgraphs of others: the same answers through all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse

from conformance.gateways.gateways import GATEWAYS, SECRET
from conformance.gateways.stage import ADA, COURSES, Stage, World, staged, world
from conformance.subgraphs.reviews import Said
from graph.policies import SECRET as SECRET_HEADER
from resolvers import ids
from tests.graph.importing import COURSE, ID, RUNNING, SOURCE

UNKNOWN = ids.encode("CourseImport", SOURCE, "unknown")

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_SUBSCRIPTIONS = "it passes no subscriptions on"

CLIENTS = "what-a-client-would-have-sent"
"""In the secret's place."""

OWN = {SECRET_HEADER: CLIENTS}

PRETENDING = {"extensions": {"headers": OWN, "connectionParams": OWN}}
"""Extensions of a client's request that would be headers, or begin a WebSocket."""

EVERYWHERE = "{ people { department } latestReviews { stars course { title } } }"
"""Asks every subgraph."""

BEHIND = [
    "{ _service { sdl } }",
    '{ _entities(representations: [{ __typename: "Course", id: "x" }]) { __typename } }',
]

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


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(GATEWAYS))
async def behind_socket(
    request: pytest.FixtureRequest, made: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    if not GATEWAYS[request.param].subscribes:
        pytest.skip(NO_SUBSCRIPTIONS)
    folder = tmp_path_factory.mktemp("gateway")
    async with staged(GATEWAYS[request.param], made, folder, "socket") as each:
        yield each


@asynccontextmanager
async def fresh(behind: Stage) -> AsyncIterator[Stage]:
    """A gateway, nothing said of what the last test did."""
    made = behind.world
    said, answers = list(made.said), made.job.answers
    for each in (made.heard, *made.elsewhere):
        each.forget()
    made.job.polls.clear()
    await made.graph.forget()
    yield behind
    await made.graph.heal()
    made.said[:], made.job.answers = said, answers


@pytest_asyncio.fixture(loop_scope="module")
async def stage(behind: Stage) -> AsyncIterator[Stage]:
    """A gateway that follows subscriptions by server-sent events, if any."""
    async with fresh(behind) as each:
        yield each


@pytest_asyncio.fixture(loop_scope="module")
async def socket_stage(behind_socket: Stage) -> AsyncIterator[Stage]:
    """A gateway that follows subscriptions over a WebSocket."""
    async with fresh(behind_socket) as each:
        yield each


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

    answer = await stage.ask(
        """{ latestReviews(first: 1000) { course {
          key title categories { name } skills { name } instructors { name }
        } } }"""
    )

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


async def test_the_request_id_and_the_token_of_the_caller_come_through(stage: Stage) -> None:
    own = {"x-request-id": "mine-1", "authorization": "Bearer mine"}
    answer = await stage.ask('{ course(id: "zz") { title } }', own)

    (heard,) = stage.world.heard.requests
    assert {name: heard[name] for name in own} == own
    assert answer.errors[0]["extensions"]["requestId"] == "mine-1"


# Subscriptions, by server-sent events and over a WebSocket.


async def check_followed(stage: Stage) -> None:
    course = ids.encode("Course", "demo-scorm-cloud", COURSE)
    stage.world.said.append(Said("imported", 5, course, ADA))

    answers = await replace(stage, own=PRETENDING).follow(FOLLOW, OWN, id=ID)

    told = [each["data"]["courseImport"] for each in answers]
    assert [each["status"] for each in told] == ["RUNNING", "RUNNING", "COMPLETE"]
    assert [each["course"] for each in told[:2]] == [None, None]
    assert told[-1]["course"] == {"key": COURSE, "reviews": [{"stars": 5}]}


async def check_refused(stage: Stage) -> None:
    for id, code in (("zz", "BAD_USER_INPUT"), (UNKNOWN, "NOT_FOUND")):
        (told,) = await stage.follow(FOLLOW, id=id)
        assert [each["extensions"]["code"] for each in told["errors"]] == [code]


async def check_broken_off(stage: Stage) -> None:
    stage.world.job.answers = (RUNNING, JSONResponse({}, 401))

    first, last = await stage.follow(FOLLOW, id=ID)

    assert first["data"]["courseImport"]["status"] == "RUNNING"
    assert [each["extensions"]["code"] for each in last["errors"]] == ["UPSTREAM_AUTH_FAILED"]


async def test_a_subscription_is_followed_with_fields_of_other_subgraphs(stage: Stage) -> None:
    skip_unless_followed(stage)

    await check_followed(stage)

    requests = stage.world.heard.requests
    assert "text/event-stream" in [each["accept"] for each in requests]
    assert {each[SECRET_HEADER] for each in requests} == {SECRET}


async def test_a_subscription_that_cannot_begin_tells_why(stage: Stage) -> None:
    skip_unless_followed(stage)

    await check_refused(stage)


async def test_a_subscription_that_breaks_off_tells_why(stage: Stage) -> None:
    skip_unless_followed(stage)

    await check_broken_off(stage)


async def test_an_error_within_an_event_keeps_its_code(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    skip_unless_followed(stage)
    if stage.gateway.hides:
        request.applymarker(pytest.mark.xfail(reason=stage.gateway.hides))
    await stage.world.graph.fault("scormcloud", "status", status=500)

    told = await stage.follow(FOLLOW, id=ID)

    assert [each["data"]["courseImport"]["status"] for each in told][-1] == "COMPLETE"
    assert [each["extensions"]["code"] for each in told[-1]["errors"]] == ["UPSTREAM_UNAVAILABLE"]


async def test_a_subscription_is_followed_over_a_WebSocket(socket_stage: Stage) -> None:
    await check_followed(socket_stage)

    heard = socket_stage.world.heard
    assert "text/event-stream" not in [each["accept"] for each in heard.requests]
    assert {each[SECRET_HEADER] for each in heard.sockets} == {SECRET}


async def test_over_a_WebSocket_a_subscription_that_cannot_begin_tells_why(
    socket_stage: Stage,
) -> None:
    await check_refused(socket_stage)


async def test_over_a_WebSocket_a_subscription_that_breaks_off_tells_why(
    socket_stage: Stage,
) -> None:
    await check_broken_off(socket_stage)


def skip_unless_followed(stage: Stage) -> None:
    if not stage.gateway.subscribes:
        pytest.skip(NO_SUBSCRIPTIONS)


# The secret, and what stands behind it.


async def test_the_secret_is_for_the_graph_alone_and_in_no_answer_log_or_address(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await stage.ask(EVERYWHERE)
    if stage.gateway.subscribes:
        await stage.follow(FOLLOW, id="zz")

    made = stage.world
    assert made.heard.requests and all(each.requests for each in made.elsewhere)
    assert {each.get(SECRET_HEADER) for each in made.heard.requests} == {SECRET}
    told = [stage.log.read_text(), caplog.text, *made.heard.addresses]
    told += [str((each.requests, each.addresses)) for each in made.elsewhere]
    assert not [each for each in told if SECRET in each]


async def test_a_client_cannot_speak_in_the_name_of_the_gateway(stage: Stage) -> None:
    answer = await replace(stage, own=PRETENDING).ask(EVERYWHERE, OWN)

    assert answer.data["latestReviews"][0]["course"]["title"]
    made = stage.world
    assert {each[SECRET_HEADER] for each in made.heard.requests} == {SECRET}
    assert CLIENTS not in str([each.requests for each in (made.heard, *made.elsewhere)])


async def test_what_the_graph_shows_gateways_is_not_shown_through_them(stage: Stage) -> None:
    for query in BEHIND:
        answer = await stage.ask(query)
        assert answer.errors and not answer.data

    await stage.ask("{ __schema { queryType { fields { name } } } }")  # of its own schema, if any
    assert not stage.world.heard.requests
