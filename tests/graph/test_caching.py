"""How long answers may be kept, and by whom: what is selected decides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_named_type, parse

from coursegraph import PERSON
from graph.caching import NEVER, OLD_AS_THEIRS, TYPES, Ages, Kept
from graph.entity import DECLARATIONS, PARTS
from graph.schema import make_schema
from providers.sources import Settings
from tests.graph.asking import EXPLAIN, Graph, opened, settings

SCHEMA = make_schema()


def kept(text: str, /, changes: dict[str, int] | None = None, **variables: Any) -> Kept:
    """How the answer to a query may be kept."""
    document = parse(text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    return Ages(changes).of(SCHEMA._schema, document, operation, variables)


PEOPLE = "completions(first: 1) { nodes { score } }"


@pytest.mark.parametrize(
    ("text", "seconds", "private"),
    [
        ("{ courses { nodes { title } } }", 60, False),
        ("{ courses { edges { cursor node { title } } pageInfo { endCursor } } }", 60, False),
        ("{ courses { nodes { title languages { tag } categories { name } } } }", 60, False),
        ("{ categories { nodes { name } } }", 300, False),
        ("{ categories { nodes { name courses { nodes { title } } } } }", 60, False),
        ("{ courses { nodes { title source { name } } } }", 60, False),
        (f"{{ courses {{ nodes {{ title {PEOPLE} }} }} }}", 30, True),
        ("{ courses { nodes { instructors { name } } } }", 60, True),
        ("{ courses { nodes { assignments { pageInfo { hasNextPage } } } } }", 30, True),
        ("{ users { nodes { name } } }", 30, True),
        ("{ courses { nodes { rawData } } }", 60, True),
        ("{ courses { nodes { customFields } } }", 60, True),
        (f'{{ learner(email: "{PERSON}") {{ completions {{ coverage {{ completeness }} }} }} }}',
         30, True),
        ('{ node(id: "x") { ... on Course { title } } }', 60, False),
        ('{ node(id: "x") { ... on User { name } } }', 30, True),
        ("{ courses { ...F } } fragment F on CourseConnection { nodes { ...G } }"
         " fragment G on Course { completions { nodes { score } } }", 30, True),
        ("{ ...F } fragment F on Query { courses { nodes { title } } }", 60, False),
        # What only one provider has, and is read with the record.
        ("{ courses { nodes { scormCloud { version metadata { title } } } } }", 60, False),
        ("{ courses { nodes { vitalSource { censusOn } stackOne { languages { value } } } } }",
         60, False),
        ("{ courses { nodes { vitalSource { ...F ... on VitalSourceCourse { label } } } } }"
         " fragment F on VitalSourceCourse { termId }", 60, False),
        ("{ categories { nodes { stackOne { level { value } } } } }", 300, False),
        ("{ courses { nodes { stackOne { languages { sourceValue } } } } }", 60, True),
        ("{ contents { nodes { stackOne { additionalData { value } } } } }", 60, True),
        ("{ completions { nodes { scormCloud { score activityDetails { title } } } } }", 30, True),
        ("{ users { nodes { vitalSource { tenantId course { title } } } } }", 30, True),
        (f"{{ courses {{ nodes {{ title ... @include(if: false) {{ {PEOPLE} }} }} }} }}",
         60, False),
    ],
)  # fmt: skip
def test_an_answer_is_kept_as_long_as_the_shortest_lived_of_it(
    text: str, seconds: int, private: bool
) -> None:
    assert kept(text) == Kept(seconds, private)


@pytest.mark.parametrize(
    "text",
    [
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        "{ courses { nodes { title } } __schema { queryType { name } } }",
        "{ _service { sdl } }",
        "{ sources { name health { status } } }",
        # What only one provider has, and takes a call of its own.
        "{ courses { nodes { scormCloud { version versions { version } } } } }",
        "{ courses { nodes { scormCloud { tags } } } }",
        "{ courses { nodes { scormCloud { statements { nodes { verbId } } } } } }",
        "{ courses { nodes { scormCloud { ...F } } } } "
        "fragment F on ScormCloudCourse { configuration { key } }",
        "{ courses { nodes { vitalSource { optOuts { nodes { key } } } } } }",
        "{ sources { bindbee { connector { key } } } }",
        '{ sources { scormCloud { hasRegistration(key: "x") } } }',
        "{ users { nodes { scormCloud { tags } } } }",
        '{ courseImport(id: "x") { scormCloud { webPath } } }',
        '{ courseImport(id: "x") { status } }',
        'mutation { courseDelete(input: { course: "x" }) { deletedId } }',
        "subscription { sourceSynced { source { name } } }",
        '{ node(id: "x") { id } }',
    ],
)
def test_what_is_new_each_time_or_not_declared_is_not_kept(text: str) -> None:
    assert kept(text).seconds == 0


def test_every_type_with_an_id_says_how_long_it_is_kept() -> None:
    entities = {name for name, each in DECLARATIONS.items() if each.entity}
    assert entities <= TYPES.keys()
    assert TYPES.keys() | OLD_AS_THEIRS <= SCHEMA._schema.type_map.keys()


@pytest.mark.parametrize("name", ["User", "Instructor", "Completion", "Assignment", "Learner"])
def test_what_leads_to_a_person_is_private(name: str) -> None:
    assert TYPES[name].private


def read_with(name: str, found: set[str] | None = None) -> set[str]:
    """The types of what is read with a record, and of what is read with that."""
    found = set() if found is None else found
    type = SCHEMA._schema.type_map[name]
    assert isinstance(type, GraphQLObjectType)
    for part in PARTS.get(name, ()):
        shown = get_named_type(type.fields[part].type)
        if isinstance(shown, GraphQLObjectType) and shown.name not in found | TYPES.keys():
            found.add(shown.name)
            read_with(shown.name, found)
    return found


def test_types_that_show_a_person_are_private_or_never_kept() -> None:
    """Whatever has an e-mail address, a name of a person's, or a score. What is read with a record
    is as private as the record."""
    telling = {"email", "firstName", "lastName", "score", "completedAt", "users", "user"}
    inherited = {part for name, how in TYPES.items() if not how.private for part in read_with(name)}
    assert {"ScormCloudMetadata", "StackOneWord", "VitalSourceCourse"} <= inherited
    assert not {"ScormCloudRegistration", "ScormCloudSetting", "SourceHealth"} & inherited
    for type in SCHEMA._schema.type_map.values():
        if isinstance(type, GraphQLObjectType) and telling & type.fields.keys():
            if type.name in ("Query", "Source"):  # their lists are of other types
                continue
            assert type.name not in OLD_AS_THEIRS | inherited
            assert TYPES.get(type.name, NEVER).private, type.name


def test_what_is_as_old_as_a_record_is_a_part_of_it_and_nothing_else() -> None:
    """The whole of what inherits, so that whoever adds to it sees that they do."""
    found = {part for name in TYPES for part in read_with(name)} - OLD_AS_THEIRS
    assert {each for each in found if not each.endswith("Edge")} == {
        "ScormCloudActivity",
        "ScormCloudActivityResult",
        "ScormCloudComment",
        "ScormCloudCourse",
        "ScormCloudCourseImport",
        "ScormCloudInteraction",
        "ScormCloudLearner",
        "ScormCloudLearnerPreference",
        "ScormCloudMetadata",
        "ScormCloudObjective",
        "ScormCloudRegistration",
        "ScormCloudRuntime",
        "ScormCloudRuntimeObjective",
        "ScormCloudSharedData",
        "ScormCloudStaticProperties",
        "StackOneAdditionalData",
        "StackOneAssignment",
        "StackOneCategory",
        "StackOneCompletion",
        "StackOneContent",
        "StackOneCourse",
        "StackOneSkill",
        "StackOneWord",
        "VitalSourceCourse",
        "VitalSourceUser",
    }


@pytest.mark.parametrize(
    ("how", "header"),
    [
        (Kept(60, private=False), b"max-age=60"),
        (Kept(30, private=True), b"private, max-age=30"),
        (Kept(0, private=False), b"no-store"),
        (NEVER, b"no-store"),
    ],
)
def test_the_header_says_how(how: Kept, header: bytes) -> None:
    assert how.header() == header


# Over HTTP.

COURSES = "{ courses(first: 2) { nodes { title } } }"


async def got(graph: Graph, query: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
    """The response to a GET."""
    parameters = {"query": query, **{name: json.dumps(value) for name, value in more.items()}}
    return await graph.client.get("/graphql", params=parameters, headers=headers)


async def test_what_is_asked_by_get_may_be_kept(graph: Graph) -> None:
    response = await got(graph, COURSES)
    assert response.headers["cache-control"] == "max-age=60"
    assert response.headers["vary"].lower().split(", ") == [
        "accept",
        "accept-encoding",
        "router-authorization",  # who presents the secret may ask what others may not
        "authorization",
    ]
    people = await got(graph, f"{{ courses(first: 1) {{ nodes {{ {PEOPLE} }} }} }}")
    assert people.headers["cache-control"] == "private, max-age=30"


async def test_what_only_one_provider_has_may_be_kept_with_its_record(graph: Graph) -> None:
    facets = "vitalSource { label } scormCloud { version } stackOne { provider }"
    response = await got(graph, f"{{ courses(first: 2) {{ nodes {{ title {facets} }} }} }}")
    assert response.headers["cache-control"] == "max-age=60"
    calls = "scormCloud { files { path } }"
    response = await got(graph, f"{{ courses(first: 2) {{ nodes {{ title {calls} }} }} }}")
    assert response.headers["cache-control"] == "no-store"


async def test_what_is_asked_by_post_is_not_kept(graph: Graph) -> None:
    assert (await graph.ask(COURSES)).headers["cache-control"] == "no-store"


async def test_who_has_the_answer_is_told_so(graph: Graph) -> None:
    first = await got(graph, COURSES)
    tag = first.headers["etag"]
    for seen in (tag, f'"other", {tag}', f'W/"x",{tag}', "*", " * "):  # any will do
        again = await got(graph, COURSES, {"if-none-match": seen})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "max-age=60"
    other = await got(graph, COURSES, {"if-none-match": '"other"'})
    assert other.status_code == 200
    assert other.json() == first.json()


async def test_answers_with_errors_are_not_kept(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=500)
    response = await got(graph, COURSES)
    assert response.json()["errors"]
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    for wrong in ("{ nope }", "{", "{ courses(first: -1) { nodes { key } } }"):
        assert (await got(graph, wrong)).headers["cache-control"] == "no-store"


async def test_explained_answers_are_not_kept(graph: Graph) -> None:
    response = await got(graph, COURSES, dict(EXPLAIN))
    assert response.headers["cache-control"] == "no-store"


async def test_what_comes_in_parts_is_not_kept(graph: Graph) -> None:
    later = f"{{ courses(first: 1) {{ nodes {{ title ... @defer {{ {PEOPLE} }} }} }} }}"
    parts = "multipart/mixed;incrementalSpec=v0.2, application/json"
    response = await got(graph, later, {"accept": parts})
    assert response.headers["content-type"].startswith("multipart/mixed")
    assert response.headers["cache-control"] == "no-store"
    whole = await got(graph, later)
    assert whole.headers["cache-control"] == "private, max-age=30"


async def test_conditions_decide_for_each_request(graph: Graph) -> None:
    nodes = f"nodes {{ title ... @include(if: $who) {{ {PEOPLE} }} }}"
    query = f"query ($who: Boolean!) {{ courses(first: 1) {{ {nodes} }} }}"
    for _ in range(2):
        without = await got(graph, query, variables={"who": False})
        having = await got(graph, query, variables={"who": True})
        assert without.headers["cache-control"] == "max-age=60"
        assert having.headers["cache-control"] == "private, max-age=30"


@pytest.mark.parametrize(
    ("ages", "header"),
    [({"Course": 5}, "max-age=5"), ({"Course": 0}, "no-store"), ({"Skill": 1}, "max-age=60")],
)
async def test_ages_are_settings(ages: dict[str, int], header: str) -> None:
    own: Settings = settings(max_ages=ages)
    async with opened(own) as graph:
        assert (await got(graph, COURSES)).headers["cache-control"] == header
