"""The graph as a subgraph of a federated one: its own text, and entities by representation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from graph.policies import SECRET
from graph.schema import make_schema, sdl
from providers.secrets import Secret
from resolvers import ids
from sandbox.academy import Sizes
from tests.graph.asking import EXPLAIN, Answer, Graph, opened, settings
from tests.graph.known import PROVIDERS, expected

ENTITIES = """query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Course { id title }
  ... on User { id name }
  ... on Category { id name }
  ... on Completion { id score }
  ... on Instructor { id }
  ... on Source { id called: name }
  ... on Learner { email name }
} }"""


async def resolve(graph: Graph, *representations: Any) -> Answer:
    return await graph.ask(ENTITIES, representations=list(representations))


def keys_of(letter: str, plural: str, count: int) -> list[str]:
    return [row["key"] for row in getattr(expected(letter), plural)()][:count]


def ids_of(type: str, letter: str, plural: str, count: int) -> list[str]:
    source = PROVIDERS[letter][0]
    return [ids.encode(type, source, key) for key in keys_of(letter, plural, count)]


async def test_the_subgraph_tells_its_own_text(graph: Graph) -> None:
    answer = await graph.ask("{ _service { sdl } }")

    text = answer.data["_service"]["sdl"]
    assert 'type Course implements Node @key(fields: "id")' in text
    assert "https://specs.apollo.dev/federation/v2.9" in text
    assert text.strip() == sdl(make_schema()).strip()


async def test_representations_are_answered_in_their_order(graph: Graph) -> None:
    courses = ids_of("Course", "B", "courses", 3) + ids_of("Course", "S", "courses", 2)
    users = ids_of("User", "C", "users", 2)
    order = [courses[0], users[0], courses[3], courses[1], users[1], courses[4], courses[2]]

    answer = await resolve(
        graph,
        *({"__typename": "Course" if id in courses else "User", "id": id} for id in order),
    )

    assert not answer.errors
    assert [each["id"] for each in answer.data["_entities"]] == order
    assert [each["__typename"] for each in answer.data["_entities"]] == [
        "Course" if id in courses else "User" for id in order
    ]


async def test_entities_of_a_type_are_read_at_once(graph: Graph) -> None:
    courses = ids_of("Course", "B", "courses", 60)
    categories = ids_of("Category", "B", "categories", 40)
    both = [
        {"__typename": type, "id": id}
        for pair in zip(courses, categories, strict=False)
        for type, id in zip(("Course", "Category"), pair, strict=True)
    ]

    answer = await resolve(graph, *both)

    assert not answer.errors
    assert all(
        each["id"] == asked["id"]
        for each, asked in zip(answer.data["_entities"], both, strict=True)
    )
    assert sorted(call["route"].rpartition("/")[2] for call in answer.calls) == [
        "categories",
        "courses",
    ]


async def test_the_same_representation_twice_is_read_once(graph: Graph) -> None:
    (id,) = ids_of("Course", "S", "courses", 1)

    answer = await resolve(graph, *[{"__typename": "Course", "id": id}] * 3)

    assert [each["id"] for each in answer.data["_entities"]] == [id] * 3
    assert len(answer.calls) == 1


async def test_a_learner_is_an_entity_by_e_mail(graph: Graph) -> None:
    answer = await resolve(
        graph,
        {"__typename": "Learner", "email": "Ada.Byron@academy.example"},
        {"__typename": "Learner", "email": "nobody@academy.example"},
        {"__typename": "Learner", "email": "no address"},
    )

    known, unknown, broken = answer.data["_entities"]
    assert known["email"] == "ada.byron@academy.example" and known["name"]
    assert unknown is broken is None
    assert [error["path"] for error in answer.errors] == [["_entities", 2]]
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_sources_and_instructors_are_entities_too(graph: Graph) -> None:
    listed = await graph.ask(
        """{ source(name: "demo-stackone") { id
          courses(first: 10) { nodes { instructors { id name } } } } }"""
    )
    source = listed.data["source"]["id"]
    instructor = next(
        each["id"]
        for node in listed.data["source"]["courses"]["nodes"]
        for each in node["instructors"]
    )
    answer = await resolve(
        graph,
        {"__typename": "Source", "id": source},
        {"__typename": "Instructor", "id": instructor},
    )

    assert not answer.errors
    assert [each["id"] for each in answer.data["_entities"]] == [source, instructor]


STRANGE: list[tuple[str, Any]] = [
    ("no type", {"id": "x"}),
    ("unknown type", {"__typename": "Planet", "id": "x"}),
    ("type without a key", {"__typename": "PageInfo", "hasNextPage": True}),
    ("the query", {"__typename": "Query"}),
    ("type that is no text", {"__typename": 7, "id": "x"}),
    ("null type", {"__typename": None, "id": "x"}),
    ("no key", {"__typename": "Course"}),
    ("key of another name", {"__typename": "Course", "key": "x"}),
    ("key that is no text", {"__typename": "Course", "id": 5}),
    ("null key", {"__typename": "Course", "id": None}),
    ("nested key", {"__typename": "Course", "id": {"id": "x"}}),
    ("malformed id", {"__typename": "Course", "id": "!!!"}),
    ("empty id", {"__typename": "Course", "id": ""}),
    ("id of another type", {"__typename": "Course", "id": ids.encode("User", "demo-bindbee", "x")}),
    ("list", ["Course", "x"]),
    ("text", "Course"),
    ("number", 3),
]


@pytest.mark.parametrize(
    "strange", [each for _, each in STRANGE], ids=[name for name, _ in STRANGE]
)
async def test_a_strange_representation_costs_its_own_slot(graph: Graph, strange: Any) -> None:
    one, two = ids_of("Course", "B", "courses", 2)

    answer = await resolve(
        graph,
        {"__typename": "Course", "id": one},
        strange,
        {"__typename": "Course", "id": two},
    )

    assert answer.status == 200
    first, middle, last = answer.data["_entities"]
    assert (first["id"], middle, last["id"]) == (one, None, two)
    (error,) = answer.errors
    assert error["path"] == ["_entities", 1]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "Error" not in error["message"] and "Traceback" not in error["message"]


async def test_further_fields_of_a_representation_do_no_harm(graph: Graph) -> None:
    (id,) = ids_of("Course", "B", "courses", 1)

    answer = await resolve(
        graph, {"__typename": "Course", "id": id, "title": "Mine", "self": 1, "info": None}
    )

    assert not answer.errors
    assert answer.data["_entities"][0]["id"] == id
    assert answer.data["_entities"][0]["title"] != "Mine"


async def test_what_is_missing_or_of_another_tenant_is_null(graph: Graph) -> None:
    answer = await resolve(
        graph,
        {"__typename": "Course", "id": ids.encode("Course", "demo-scorm-cloud", "no such course")},
        {"__typename": "Course", "id": ids.encode("Course", "somebody-elses", "1")},
    )

    assert answer.data == {"_entities": [None, None]}
    assert not answer.errors


async def test_a_dead_source_costs_the_slots_of_its_own_entities(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=500)
    dead = ids_of("Course", "B", "courses", 2)
    (alive,) = ids_of("Course", "S", "courses", 1)

    answer = await resolve(
        graph, *({"__typename": "Course", "id": id} for id in (dead[0], alive, dead[1]))
    )

    assert [each and each["id"] for each in answer.data["_entities"]] == [None, alive, None]
    assert [error["path"] for error in answer.errors] == [["_entities", 0], ["_entities", 2]]
    assert set(answer.codes) == {"UPSTREAM_UNAVAILABLE"}


async def test_no_representations_are_no_entities(graph: Graph) -> None:
    answer = await resolve(graph)

    assert answer.data == {"_entities": []} and not answer.calls


@pytest.mark.parametrize("beside", ["", "__schema { queryType { name } }"])
async def test_a_learner_that_cant_be_one_costs_its_own_slot_only(
    graph: Graph, beside: str
) -> None:
    known = "ada.byron@academy.example"
    answer = await graph.ask(
        f"""query ($all: [_Any!]!) {{
          _entities(representations: $all) {{ ... on Learner {{ email }} ... on Course {{ key }} }}
          {beside}
        }}""",
        all=[
            {"__typename": "Learner", "email": known},
            {"__typename": "Learner", "email": ""},
            {"__typename": "Course", "id": "zz"},
            {"__typename": "Learner", "email": "nobody@academy.example"},
        ],
    )

    assert answer.data["_entities"] == [{"email": known}, None, None, None]
    assert [error["path"] for error in answer.errors] == [["_entities", 1], ["_entities", 2]]
    assert answer.codes == ["BAD_USER_INPUT"] * 2


# Large batches: a gateway sends a whole level at once.

LARGE: Mapping[str, Sizes] = {
    "bindbee": Sizes(people=20, subjects=10, skills=10, courses=1_000, attempts=40),
    "stackone": Sizes(people=20, subjects=10, skills=10, courses=400, attempts=40),
    "scormcloud": Sizes(people=20, subjects=10, skills=10, courses=100, attempts=40),
    "vitalsource": Sizes(people=20, subjects=10, skills=10, courses=400, attempts=40),
}

COURSES_OF = """query ($source: String!, $after: String) {
  source(name: $source) { courses(first: 100, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor }
  } }
}"""


async def every_course(graph: Graph, source: str) -> list[dict[str, Any]]:
    """Representations of all courses of a source."""
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        answer = await graph.ask(COURSES_OF, source=source, after=after)
        page = answer.data["source"]["courses"]
        found += [{"__typename": "Course", "id": each["id"]} for each in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


@pytest.mark.parametrize(
    ("letter", "calls"),
    [
        ("B", 1_000 / 200),  # 200 by their ids
        ("S", 400 / 100 + 2),  # the list, where one page is short and one empty
        ("C", 100 / 10),  # the list, whose pages have ten
        ("V", 1),  # the list, in one piece
    ],
)
async def test_all_courses_of_a_source_are_read_in_as_few_calls_as_it_lets(
    letter: str, calls: float
) -> None:
    async with opened(sizes=LARGE) as graph:
        courses = await every_course(graph, PROVIDERS[letter][0])
        answer = await resolve(graph, *reversed(courses))

    assert not answer.errors
    assert len(courses) == LARGE[PROVIDERS[letter][1]].courses
    assert [each["id"] for each in answer.data["_entities"]] == [
        each["id"] for each in reversed(courses)
    ]
    assert len(answer.calls) == calls


THOUSAND: Mapping[str, Sizes] = {
    name: Sizes(people=20, subjects=10, skills=10, courses=1_000, attempts=40) for name in LARGE
}


@pytest.mark.parametrize(
    ("letter", "calls"),
    [
        ("B", 5),
        ("S", 1_000 // 100 + 2),
        ("C", 1_000 // 10),  # as many as the budget lets
        ("V", 1),
    ],
)
async def test_a_thousand_courses_are_read_within_the_budget(letter: str, calls: int) -> None:
    async with opened(sizes=THOUSAND) as graph:
        courses = await every_course(graph, PROVIDERS[letter][0])
        answer = await resolve(graph, *courses)

    assert not answer.errors
    assert [each["id"] for each in answer.data["_entities"]] == [each["id"] for each in courses]
    assert len(courses) == 1_000
    assert len(answer.calls) == calls <= settings().budget


async def test_a_thousand_courses_of_all_sources_are_read_within_each_ones_budget() -> None:
    async with opened(sizes=THOUSAND) as graph:
        found = [await every_course(graph, each[0]) for each in PROVIDERS.values()]
        courses = [row[at % 4] for at, row in enumerate(zip(*found, strict=True))]
        answer = await resolve(graph, *courses)

    assert not answer.errors
    assert [each["id"] for each in answer.data["_entities"]] == [each["id"] for each in courses]
    assert Counter(call["source"] for call in answer.calls) == {
        "demo-bindbee": 2,  # 250, by their ids
        "demo-stackone": 1_000 // 100 + 2,  # the whole list, which is less than 250 calls
        "demo-scorm-cloud": 1_000 // 10,
        "demo-vitalsource": 1,
    }


GATEWAY = "a-secret-that-only-gateways-have"

ORDINARY: list[tuple[str, Mapping[str, int]]] = [
    (
        "title categories { name } skills { name } instructors { name }",
        {"B": 5, "S": 1_000 // 100 + 2, "C": 1_000 // 10, "V": 1},
    ),
    (
        "title completions { nodes { score } }",
        {"B": 82, "S": 1_000 // 100 + 3, "C": 1_000 // 10, "V": 1},
    ),
]
"""What pages ask of courses, beyond a client's limits at a thousand courses; and the calls that a
gateway's thousand take at each provider."""


@pytest.mark.parametrize("letter", ["B", "S", "C", "V"])
@pytest.mark.parametrize(("selection", "calls"), ORDINARY)
async def test_a_gateways_thousand_courses_may_be_asked_what_pages_ask(
    selection: str, calls: Mapping[str, int], letter: str
) -> None:
    query = f"""query ($all: [_Any!]!) {{
      _entities(representations: $all) {{ ... on Course {{ id {selection} }} }} }}"""
    async with opened(settings(gateway_secret=Secret(GATEWAY)), sizes=THOUSAND) as graph:
        courses = await every_course(graph, PROVIDERS[letter][0])
        body = {"query": query, "variables": {"all": courses}}
        refused = await graph.post(body)
        answer = await graph.post(body, {SECRET: GATEWAY, **EXPLAIN})

    assert refused.codes == ["OPERATION_LIMIT_EXCEEDED"]
    assert [each["id"] for each in answer.data["_entities"]] == [each["id"] for each in courses]
    assert all(each["title"] for each in answer.data["_entities"])
    assert set(answer.codes) <= {"UPSTREAM_BUDGET_EXCEEDED"}  # each costs its own list
    assert all(error["path"][2:] for error in answer.errors)
    assert len(answer.calls) == calls[letter] <= settings().budget


@pytest.mark.parametrize("letter", ["S", "C", "V"])
async def test_a_few_of_many_courses_are_read_one_by_one(letter: str) -> None:
    async with opened(sizes=LARGE) as graph:
        courses = (await every_course(graph, PROVIDERS[letter][0]))[-2:]
        answer = await resolve(graph, *courses)

    assert not answer.errors
    assert len(answer.calls) == 2
    assert all(call["route"].endswith("}") for call in answer.calls)


@pytest.mark.parametrize(("letter", "budget"), [("B", 3), ("S", 2), ("C", 4)])
async def test_what_is_beyond_the_budget_is_null_with_its_code(letter: str, budget: int) -> None:
    async with opened(sizes=LARGE) as graph:
        courses = await every_course(graph, PROVIDERS[letter][0])
    async with opened(settings(budget=budget), sizes=LARGE) as graph:
        answer = await resolve(graph, *courses)

    left_out = [at for at, each in enumerate(answer.data["_entities"]) if each is None]
    assert 0 < len(left_out) < len(courses)
    assert len(answer.calls) == budget
    assert [error["path"] for error in answer.errors] == [["_entities", at] for at in left_out]
    assert set(answer.codes) == {"UPSTREAM_BUDGET_EXCEEDED"}


async def test_people_of_more_courses_than_the_budget_reads_are_null_with_its_code() -> None:
    """VitalSource lists all courses in one call; its people, course by course."""
    async with opened() as graph:
        listed = await graph.ask(
            """{ source(name: "demo-vitalsource") { courses(first: 30) { nodes {
              assignments(first: 1) { nodes { user { id } } } } } } }"""
        )
    nodes = listed.data["source"]["courses"]["nodes"]
    people = [row["user"]["id"] for node in nodes for row in node["assignments"]["nodes"]]
    async with opened(settings(budget=7)) as graph:
        answer = await resolve(graph, *({"__typename": "User", "id": id} for id in people))

    found = [each for each in answer.data["_entities"] if each]
    assert len(people) > 20 and len(found) == len(answer.calls) == 7
    assert len(answer.errors) == len(people) - 7
    assert set(answer.codes) == {"UPSTREAM_BUDGET_EXCEEDED"}


async def test_a_batch_larger_than_a_thousand_is_refused_whole(graph: Graph) -> None:
    answer = await resolve(graph, *[{"__typename": "Course", "id": "x"}] * 1_001)

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "1000" in answer.errors[0]["message"] and not answer.calls
