"""What a source is asked for is what the query selects, and no more."""

from __future__ import annotations

import pytest

from tests.graph.asking import SOURCES, Graph
from tests.graph.upstream import asked

SELECTED = [
    # Nothing but what is there anyway.
    ("bindbee", "{ courses(first: 3) { nodes { title } } }", {"page_size": "3"}),
    ("bindbee", "{ courses(first: 3) { nodes { id source { name } } } }", {"page_size": "3"}),
    (
        "bindbee",
        "{ courses(first: 3) { nodes { categories { name } skills { name status } } } }",
        {"page_size": "3", "expand": "categories[id,name],skills[id,name,status]"},
    ),
    (
        "bindbee",
        "{ courses(first: 3) { nodes { instructors { name email } contents { title } } } }",
        {
            "page_size": "3",
            "expand": "instructors[id,first_name,middle_name,last_name,email_address],"
            "contents[id,title]",
        },
    ),
    (
        "bindbee",
        "{ courses(first: 3) { nodes { customFields } } }",
        {"page_size": "3", "include_custom_fields": "true"},
    ),
    (
        "bindbee",
        "{ courses(first: 3) { nodes { rawData } } }",
        {"page_size": "3", "include_raw_data": "true"},
    ),
    (
        "bindbee",
        "{ completions(first: 3) { nodes { score user { email } course { title } } } }",
        {"page_size": "3", "expand": "user[id,email_address],course[id,name]"},
    ),
    ("stackone", "{ courses(first: 3) { nodes { title } } }", {"fields": "id title"}),
    ("stackone", "{ courses(first: 3) { nodes { id } } }", {"fields": "id"}),
    (
        "stackone",
        "{ courses(first: 3) { nodes { categories { name } coverUrl } } }",
        {"fields": "id cover_url categories"},
    ),
    (
        "stackone",
        "{ courses(first: 3) { nodes { localizations { title } contents { key } } } }",
        {"fields": "id localizations content_ids"},
    ),
    (
        "stackone",
        "{ completions(first: 3) { nodes { score timeSpent } } }",
        {"fields": "id score time_spent"},
    ),
    ("stackone", "{ users(first: 3) { nodes { name email } } }", {"fields": "id name email"}),
    ("scormcloud", "{ courses(first: 3) { nodes { title tags } } }", {}),
    (
        "scormcloud",
        "{ courses(first: 3) { nodes { description } } }",
        {"includeCourseMetadata": "true"},
    ),
    (
        "scormcloud",
        "{ courses(first: 3) { nodes { durationSeconds contents { title } } } }",
        {"includeCourseMetadata": "true"},
    ),
    ("scormcloud", "{ completions(first: 3) { nodes { score user { name } } } }", {}),
    (
        "vitalsource",
        "{ courses(first: 3) { nodes { title startsOn } } }",
        {"page": "1", "per_page": "3"},
    ),
    # Skipped and unused parts ask for nothing; a fragment asks once.
    (
        "bindbee",
        "{ courses(first: 3) { nodes { title @skip(if: true) ...F ...F } } } "
        "fragment F on Course { title skills @include(if: false) { name } }",
        {"page_size": "3"},
    ),
]


@pytest.mark.parametrize(("provider", "query", "parameters"), SELECTED)
async def test_a_source_is_asked_for_what_the_query_selects_and_no_more(
    graph: Graph, provider: str, query: str, parameters: dict[str, str]
) -> None:
    source = next(name for name, each in SOURCES.items() if each == provider)
    await graph.ask(query.replace("(first: 3", f'(first: 3, sources: ["{source}"]'))

    _, sent = asked(await graph.requests(), provider)[0]
    if "fields" in parameters:
        assert set(sent.pop("fields").split(",")) == set(parameters["fields"].split())
        assert sent == {"page_size": "3"}
    else:
        assert sent == parameters


async def test_two_paths_to_a_type_read_it_at_one_width(graph: Graph) -> None:
    first = await graph.ask('{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { id } } }')
    (course,) = first.data["courses"]["nodes"]
    await graph.forget()

    answer = await graph.ask(
        """query ($id: ID!) {
          courses(first: 2, sources: ["demo-bindbee"]) { nodes { customFields } }
          course(id: $id) { title categories { name } }
        }""",
        id=course["id"],
    )

    assert not answer.errors
    sent = [parameters for _, parameters in asked(await graph.requests(), "bindbee")]
    for parameters in sent:
        assert parameters["include_custom_fields"] == "true"
        assert parameters["expand"] == "categories[id,name]"
