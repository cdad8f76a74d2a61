"""What only SCORM Cloud has, through the graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from graph.facets import EXAMPLES
from resolvers import ids
from sandbox.scormcloud.library import FAILED_JOB, RUNNING_JOB, import_job_id
from tests.graph.asking import Graph

CLOUD = "demo-scorm-cloud"

COURSES = """
query ($first: Int! = 3) {
  source(name: "demo-scorm-cloud") {
    courses(first: $first) {
      nodes {
        key title
        scormCloud {
          version registrationCount xapiActivityId activityId learningStandard isDispatched
          metadata {
            title titleLanguage description descriptionLanguage duration typicalTime keywords
          }
          rootActivity {
            itemIdentifier externalIdentifier resourceIdentifier activityType href title
            scaledPassingScore children { itemIdentifier title children { title } }
          }
        }
        contents { key title scormCloud { itemIdentifier activityType href } }
      }
    }
  }
}
"""


async def raw(graph: Graph, path: str, **params: str) -> Any:
    """An answer of SCORM Cloud's own."""
    answer = await graph.sandbox.get(
        f"/scormcloud/api/v2/{path}", params=params, auth=("demo-app", "demo-secret")
    )
    assert answer.status_code == 200
    return answer.json()


def at(path: str, *keys: str) -> str:
    """A path with its keys quoted."""
    return path.format(*(quote(key, safe="") for key in keys))


def facets(answer: Any, plural: str = "courses") -> list[dict[str, Any]]:
    """The facets of the rows that are listed of the source."""
    return [node["scormCloud"] for node in answer.data["source"][plural]["nodes"]]


async def test_a_course_shows_what_scorm_cloud_says_of_it(graph: Graph) -> None:
    answer = await graph.ask(COURSES)

    assert not answer.errors
    assert [call["route"] for call in answer.calls] == ["GET /courses"]
    plain = {
        "version": "version",
        "registrationCount": "registrationCount",
        "xapiActivityId": "xapiActivityId",
        "activityId": "activityId",
        "learningStandard": "courseLearningStandard",
        "isDispatched": "dispatched",
    }
    for course in answer.data["source"]["courses"]["nodes"]:
        row = await raw(
            graph,
            at("courses/{}", course["key"]),
            includeCourseMetadata="true",
            includeRegistrationCount="true",
        )
        facet = course["scormCloud"]
        assert {name: facet[name] for name in plain} == {
            name: row[said] for name, said in plain.items()
        }
        known = {name: value for name, value in facet["metadata"].items() if value is not None}
        assert known == row["metadata"]
        root = row["rootActivity"]
        assert facet["rootActivity"]["itemIdentifier"] == root["itemIdentifier"]
        assert [each["title"] for each in facet["rootActivity"]["children"]] == [
            each["title"] for each in root["children"]
        ]
        assert course["contents"][0]["scormCloud"] == {
            name: root["children"][0][name] for name in ("itemIdentifier", "activityType", "href")
        }


async def test_what_is_not_asked_for_is_not_asked_of_scorm_cloud(graph: Graph) -> None:
    await graph.ask(
        '{ source(name: "demo-scorm-cloud") { courses { nodes { scormCloud { version } } } } }'
    )

    assert {entry["query"].partition("more=")[0] for entry in await graph.requests()} == {""}


async def test_relations_of_a_course_cost_a_call_each(graph: Graph) -> None:
    answer = await graph.ask("""{
      source(name: "demo-scorm-cloud") {
        courses(first: 4) {
          nodes {
            key
            scormCloud {
              versions {
                version title registrationCount tags createdAt updatedAt
                files { path size modifiedAt }
                configuration { key }
                statements(first: 1) { nodes { key } }
              }
              versionByNumber(number: 0) { version }
              configuration {
                key effectiveValue effectiveValueSource explicitValue metadata { default dataType }
              }
              files { path }
            }
          }
        }
      }
    }""")

    assert not answer.errors
    nodes = answer.data["source"]["courses"]["nodes"]
    several = sum(len(node["scormCloud"]["versions"]) for node in nodes)
    routes = [call["route"] for call in answer.calls]
    assert {route: routes.count(route) for route in routes} == {
        "GET /courses": 1,
        "GET /courses/{}/versions": 4,
        "GET /courses/{}/versions/{}": 4,
        "GET /courses/{}/configuration": 4,
        "GET /courses/{}/asset/list": 4,
        "GET /courses/{}/versions/{}/asset/list": several,
        "GET /courses/{}/versions/{}/configuration": several,
        "GET /courses/{}/versions/{}/xAPIStatements": several,
    }
    for node in nodes:
        facet, key = node["scormCloud"], node["key"]
        versions = await raw(graph, at("courses/{}/versions", key))
        assert [each["title"] for each in facet["versions"]] == [
            each["title"] for each in versions["courses"]
        ]
        files = (await raw(graph, at("courses/{}/asset/list", key)))["files"]
        assert [each["path"] for each in facet["files"]] == [each["path"] for each in files]
        assert facet["versionByNumber"] == {"version": 0}
        assert all(each["metadata"]["dataType"] for each in facet["configuration"])


async def test_tags_of_a_course_can_be_read_on_their_own(graph: Graph) -> None:
    answer = await graph.ask("""{
      source(name: "demo-scorm-cloud") {
        courses(first: 100) { nodes { tags scormCloud { tags } } }
      }
    }""")

    assert not answer.errors
    nodes = answer.data["source"]["courses"]["nodes"]
    assert [node["scormCloud"]["tags"] for node in nodes] == [node["tags"] for node in nodes]
    assert any(node["tags"] for node in nodes)
    routes = [call["route"] for call in answer.calls]
    assert routes.count("GET /courses/{}/tags") == len(nodes)


async def test_settings_are_not_described_unless_that_is_asked_for(graph: Graph) -> None:
    await graph.ask("""{
      source(name: "demo-scorm-cloud") {
        courses(first: 1) { nodes { scormCloud { configuration { key effectiveValue } } } }
      }
    }""")

    (_, settings) = await graph.requests()
    assert settings["path"].endswith("/configuration") and settings["query"] == ""


SOMEBODY = ids.encode("User", "demo-scorm-cloud", "somebody")

STATEMENTS = """
query ($course: ID!, $after: String, $user: ID, $since: DateTime) {
  course(id: $course) {
    scormCloud {
      statements(first: 12, after: $after, user: $user, since: $since) {
        nodes { key verbId objectId happenedAt storedAt actor verb object result context authority }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


async def busiest(graph: Graph) -> str:
    """Id of the course with the most registrations."""
    answer = await graph.ask("""{
      source(name: "demo-scorm-cloud") {
        courses(first: 100) { nodes { id scormCloud { registrationCount } } }
      }
    }""")
    nodes = answer.data["source"]["courses"]["nodes"]
    return str(max(nodes, key=lambda node: node["scormCloud"]["registrationCount"])["id"])


async def walked(graph: Graph, **variables: Any) -> list[dict[str, Any]]:
    """All statements of a course, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        answer = await graph.ask(STATEMENTS, after=after, **variables)
        assert not answer.errors
        page = answer.data["course"]["scormCloud"]["statements"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_statements_can_be_walked_and_narrowed(graph: Graph) -> None:
    course = await busiest(graph)
    rows = await walked(graph, course=course)
    learner = rows[0]["actor"].get("mbox", "").removeprefix("mailto:")
    learner = learner or rows[0]["actor"]["account"]["name"]
    since = sorted(row["happenedAt"] for row in rows)[len(rows) // 2]

    assert len(rows) == len({row["key"] for row in rows}) > 12
    user = ids.encode("User", "demo-scorm-cloud", learner)
    of_one = await walked(graph, course=course, user=user)
    assert of_one == [row for row in rows if row["actor"] == rows[0]["actor"]]
    recent = await walked(graph, course=course, since=since)
    assert recent == [row for row in rows if row["happenedAt"] >= since]


async def test_a_cursor_of_all_statements_does_not_continue_those_of_one_learner(
    graph: Graph,
) -> None:
    course = await busiest(graph)
    answer = await graph.ask(STATEMENTS, course=course)
    cursor = answer.data["course"]["scormCloud"]["statements"]["pageInfo"]["endCursor"]

    answer = await graph.ask(STATEMENTS, course=course, after=cursor, user=SOMEBODY)

    assert answer.codes == ["BAD_USER_INPUT"]


REGISTRATIONS = """
{
  source(name: "demo-scorm-cloud") {
    assignments(first: 30) {
      nodes {
        key
        user { key scormCloud { tags } }
        scormCloud {
          instance xapiRegistrationId dispatchId completion completionAmount success score
          secondsTracked createdAt updatedAt firstAccessedAt lastAccessedAt completedAt courseTitle
          courseVersion tags suspendedActivityId
          activityDetails { activityId title completion score timeTracked children { title } }
        }
        completion { scormCloud { instance tags } }
      }
    }
  }
}
"""


async def test_a_registration_shows_what_scorm_cloud_says_of_it(graph: Graph) -> None:
    answer = await graph.ask(REGISTRATIONS)

    assert not answer.errors
    nodes = answer.data["source"]["assignments"]["nodes"]
    learners = {node["user"]["key"] for node in nodes}
    routes = [call["route"] for call in answer.calls]
    assert routes.count("GET /registrations") == 3
    assert routes.count("GET /learner/{}/tags") == len(learners)
    plain = {
        "instance": "instance",
        "xapiRegistrationId": "xapiRegistrationId",
        "completion": "registrationCompletion",
        "success": "registrationSuccess",
        "secondsTracked": "totalSecondsTracked",
        "createdAt": "createdDate",
        "updatedAt": "updated",
        "firstAccessedAt": "firstAccessDate",
        "lastAccessedAt": "lastAccessDate",
        "completedAt": "completedDate",
        "tags": "tags",
        "suspendedActivityId": "suspendedActivityId",
    }
    for node in nodes[:5]:
        row = await raw(graph, at("registrations/{}", node["key"]), includeChildResults="true")
        facet = node["scormCloud"]
        assert {name: facet[name] for name in plain} == {
            name: row.get(said) for name, said in plain.items()
        }
        assert (facet["courseTitle"], facet["courseVersion"]) == (
            row["course"]["title"],
            row["course"]["version"],
        )
        assert [each["title"] for each in facet["activityDetails"]["children"]] == [
            each["title"] for each in row["activityDetails"]["children"]
        ]
    assert any(node["completion"] for node in nodes)


async def test_runtime_data_are_asked_for_only_where_they_are_wanted(graph: Graph) -> None:
    query = """{
      source(name: "demo-scorm-cloud") {
        completions(first: 20) {
          nodes { scormCloud { activityDetails { title %s } } }
        }
      }
    }"""
    plain = await graph.ask(query % "score")
    (first, *_) = await graph.requests()
    await graph.forget()
    deep = await graph.ask(
        query % "children { title runtime { location timeTracked interactions { result } } }"
    )
    (second, *_) = await graph.requests()

    assert not plain.errors and not deep.errors
    assert first["query"] == ""
    assert sorted(second["query"].split("&")) == [
        "includeChildResults=true",
        "includeInteractionsAndObjectives=true",
        "includeRuntime=true",
    ]
    runtimes = [
        child["runtime"]
        for facet in facets(deep, "completions")
        for child in facet["activityDetails"]["children"]
    ]
    assert any(runtime and runtime["timeTracked"] for runtime in runtimes)


async def test_instances_launches_settings_and_statements_of_registrations_are_shown(
    graph: Graph,
) -> None:
    answer = await graph.ask("""{
      source(name: "demo-scorm-cloud") {
        completions(first: 6) {
          nodes {
            key
            scormCloud {
              instances(first: 5) {
                nodes {
                  instance completion courseVersion
                  launches { launchedAt }
                  configuration { key }
                  statements(first: 1) { nodes { verbId } }
                }
              }
              instanceByNumber(number: 7) { instance }
              launches { key launchedAt exitedAt score completion success secondsTracked }
              configuration { key }
              statements(first: 2) { nodes { verbId } }
            }
          }
        }
      }
    }""")

    assert not answer.errors
    for facet in facets(answer, "completions"):
        instances = facet["instances"]["nodes"]
        assert instances and facet["instanceByNumber"] is None
        assert facet["launches"] == sorted(facet["launches"], key=lambda each: each["launchedAt"])
        assert facet["launches"] and facet["statements"]["nodes"]
        numbers = [each["instance"] for each in instances]
        assert numbers == sorted(numbers, reverse=True)
        for instance in instances:
            assert instance["configuration"] and instance["launches"]
        assert instances[0]["statements"]["nodes"] == facet["statements"]["nodes"][:1]


async def test_imports_and_the_version_of_the_api_are_shown_at_the_source(graph: Graph) -> None:
    answer = await graph.ask(
        """query ($done: String!, $running: String!, $failed: String!) {
          source(name: "demo-scorm-cloud") {
            bindbee { connector { key } }
            scormCloud {
              about { version distribution }
              ping { message currentAt }
              done: importJob(id: $done) { ...Job }
              running: importJob(id: $running) { ...Job }
              failed: importJob(id: $failed) { ...Job }
              unknown: importJob(id: "unknown") { ...Job }
            }
          }
        }
        fragment Job on CourseImport {
          key status message warnings languages { code tag } course { key } scormCloud { webPath }
        }""",
        done=import_job_id("GEO-2516", 0),
        running=RUNNING_JOB,
        failed=FAILED_JOB,
    )

    assert not answer.errors
    source = answer.data["source"]
    facet = source["scormCloud"]
    assert source["bindbee"] is None
    assert facet["about"] == {"version": "2.0", "distribution": "SCORM Cloud"}
    assert facet["ping"]["message"] == "API is alive."
    now = datetime.fromisoformat(facet["ping"]["currentAt"])
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
    assert facet["done"]["status"] == "COMPLETE"
    assert facet["done"]["course"] == {"key": "GEO-2516"}
    assert facet["done"]["languages"] and facet["done"]["scormCloud"]["webPath"]
    assert (facet["running"]["status"], facet["running"]["course"]) == ("RUNNING", None)
    assert facet["failed"]["status"] == "ERROR" and facet["failed"]["message"]
    assert facet["unknown"] is None


async def test_other_sources_have_none_of_it(graph: Graph) -> None:
    answer = await graph.ask("""{
      source(name: "demo-bindbee") {
        scormCloud { about { version } }
        courses(first: 1) { nodes { scormCloud { version } } }
        users(first: 1) { nodes { scormCloud { tags } } }
        contents(first: 1) { nodes { scormCloud { href } } }
      }
    }""")

    assert not answer.errors
    source = answer.data["source"]
    assert source["scormCloud"] is None
    for plural in ("courses", "users", "contents"):
        assert source[plural]["nodes"] == [{"scormCloud": None}]


async def test_the_example_is_answered_whole(graph: Graph) -> None:
    answer = await graph.ask(EXAMPLES["scorm_cloud"], source=CLOUD)

    assert not answer.errors
    assert all(facet["versions"] for facet in facets(answer))


async def test_statements_of_a_user_of_another_source_are_refused(graph: Graph) -> None:
    user = ids.encode("User", "demo-bindbee", "somebody")
    answer = await graph.ask(STATEMENTS, course=await busiest(graph), user=user)

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "another source" in answer.errors[0]["message"]
