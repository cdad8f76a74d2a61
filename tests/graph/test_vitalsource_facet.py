"""What only VitalSource has, through the graph."""

from __future__ import annotations

from typing import Any

from tests.graph.asking import Graph

VITALSOURCE = "demo-vitalsource"

COURSES = """
query ($first: Int! = 5, $sources: [String!]) {
  courses(first: $first, sources: $sources) {
    nodes {
      key title
      vitalSource {
        tenantId termId name label lmsContextId censusOn optOutOn isActive
        optOuts(first: 2) {
          nodes { key isOptedOut sku tenantId tenantUserId createdAt updatedAt course { key } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
}
"""


async def raw(graph: Graph, path: str) -> Any:
    """An answer of VitalSource's own."""
    answer = await graph.sandbox.get(
        f"/vitalsource/api/v4/{path}", headers={"X-VitalSource-API-Key": "DEMOKEY"}
    )
    assert answer.status_code == 200
    return answer.json()


async def test_a_course_shows_what_vitalsource_says_of_it(graph: Graph) -> None:
    answer = await graph.ask(COURSES, sources=[VITALSOURCE])

    assert not answer.errors
    for course in answer.data["courses"]["nodes"]:
        row, facet = await raw(graph, f"courses/{course['key']}"), course["vitalSource"]
        ids = {"tenantId": "tenant_id", "termId": "term_id"}
        assert {name: facet[name] for name in ids} == {
            name: str(row[said]) if row.get(said) else None for name, said in ids.items()
        }
        plain = {
            "name": "name",
            "label": "label",
            "lmsContextId": "lms_context_id",
            "censusOn": "census_date",
            "optOutOn": "opt_out_date",
            "isActive": "active",
        }
        assert {name: facet[name] for name in plain} == {
            name: row.get(said) for name, said in plain.items()
        }


async def test_opt_outs_cost_a_call_a_course_and_can_be_walked(graph: Graph) -> None:
    answer = await graph.ask(COURSES, sources=[VITALSOURCE])

    assert [call["route"] for call in answer.calls] == [
        "GET /courses",
        *["GET /courses/{}/opt_outs"] * 5,
    ]
    course = next(
        each
        for each in answer.data["courses"]["nodes"]
        if each["vitalSource"]["optOuts"]["pageInfo"]["hasNextPage"]
    )
    rows = (await raw(graph, f"courses/{course['key']}/opt_outs?per_page=1000"))["opt_outs"]
    page = course["vitalSource"]["optOuts"]
    walked = list(page["nodes"])
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        query = """
        query ($key: [ID!], $after: String) {
          courses(filter: {ids: $key}) { nodes { vitalSource { optOuts(first: 2, after: $after) {
            nodes { key isOptedOut sku tenantId tenantUserId createdAt updatedAt course { key } }
            pageInfo { hasNextPage endCursor }
          } } } }
        }
        """
        found = await graph.ask(query, key=[await course_id(graph, course["key"])], after=after)
        page = found.data["courses"]["nodes"][0]["vitalSource"]["optOuts"]
        walked += page["nodes"]
    assert walked == [
        {
            "key": f"{course['key']}/{row['id']}",
            "isOptedOut": row["opt_out"],
            "sku": row.get("sku"),
            "tenantId": str(row["tenant_id"]),
            "tenantUserId": str(row["tenant_user_id"]),
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            "course": {"key": course["key"]},
        }
        for row in rows
    ]


async def course_id(graph: Graph, key: str) -> str:
    """The id of a course, by its key."""
    answer = await graph.ask(
        'query ($key: String) { courses(filter: {key: $key}, sources: ["demo-vitalsource"]) '
        "{ nodes { id } } }",
        key=key,
    )
    (course,) = answer.data["courses"]["nodes"]
    found: str = course["id"]
    return found


async def test_a_facet_may_be_asked_for_its_list_alone(graph: Graph) -> None:
    answer = await graph.ask(
        """{ courses(first: 1, sources: ["demo-vitalsource"]) {
          nodes { vitalSource { optOuts(first: 1) { nodes { key } } } }
        } }"""
    )

    (course,) = answer.data["courses"]["nodes"]
    assert course["vitalSource"]["optOuts"]["nodes"]


async def test_a_user_leads_to_the_course_whose_roster_it_stands_in(graph: Graph) -> None:
    answer = await graph.ask(
        """{ courses(first: 3, sources: ["demo-vitalsource"]) { nodes { key assignments(first: 2) {
          nodes { user { key vitalSource { tenantId course { key } } } }
        } } } }"""
    )

    assert not answer.errors
    users = [
        (course["key"], row["user"])
        for course in answer.data["courses"]["nodes"]
        for row in course["assignments"]["nodes"]
    ]
    assert users
    for key, user in users:
        assert user["key"].startswith(f"{key}/")
        assert user["vitalSource"]["course"] == {"key": key}
        assert user["vitalSource"]["tenantId"] == "9007000001"


async def test_courses_from_elsewhere_have_no_such_facet(graph: Graph) -> None:
    answer = await graph.ask(COURSES, sources=["demo-bindbee", "demo-stackone"])

    assert not answer.errors
    assert [each["vitalSource"] for each in answer.data["courses"]["nodes"]] == [None] * 5
