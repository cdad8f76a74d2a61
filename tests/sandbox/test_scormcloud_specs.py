"""Everything that the sandbox's SCORM Cloud answers fits the schemas of the API's own document."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from sandbox.scormcloud import READS
from sandbox.scormcloud.library import FAILED_JOB, RUNNING_JOB, import_job_id
from tests.sandbox.scormcloud_calls import BASE, SECRET, JSONObject, ask, connect, encoded, walk
from tests.sandbox.specs import complaints, specification

FLAGS = {
    "includeCourseMetadata": "true",
    "includeRegistrationCount": "true",
    "includeTotalCount": "true",
    "includeChildResults": "true",
    "includeInteractionsAndObjectives": "true",
    "includeRuntime": "true",
    "includeMetadata": "true",
    "includeHistoryLog": "true",
    "relativePath": "shared/style.css",
}
OTHER_NAMES = {
    "invitation": "invitationId",
    "course": "courseId",
    "version": "versionId",
    "job": "importJobId",
}


@pytest.fixture
def document() -> JSONObject:
    return specification("scormcloud-v2.json")


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


def documented(document: JSONObject, path: str) -> JSONObject:
    """The operation of the document that a route of ours plays."""
    noun = "learnerId" if path.startswith("/learner") else "registrationId"
    names = {**OTHER_NAMES, "id": noun, "instance": "instanceId"}
    for ours, theirs in names.items():
        path = path.replace(f"{{{ours}}}", f"{{{theirs}}}")
    operation: JSONObject = document["paths"][path]["get"]
    return operation


def reference(operation: JSONObject) -> str | None:
    found: str | None = operation["responses"]["200"]["schema"].get("$ref")
    return found


async def rows(cloud: httpx.AsyncClient) -> tuple[JSONObject, JSONObject]:
    """A course of several versions and a registration of several instances."""
    courses = await walk(cloud, "/courses")
    registrations = await walk(cloud, "/registrations")
    course = next(row for row in courses if row["version"])
    return course, next(row for row in registrations if row["instance"])


@pytest.mark.parametrize("path", [path for path, _, _ in READS])
async def test_an_answer_fits_its_schema(
    cloud: httpx.AsyncClient, document: JSONObject, path: str
) -> None:
    course, registration = await rows(cloud)
    asked = {"courseId": course["id"], "creatingUserEmail": "owner@academy.example"}
    invitation = (await cloud.post("/invitations/public", json=asked)).json()
    operation = documented(document, path)
    key = registration["learner"]["id"] if "/learner/" in path else registration["id"]
    filled = path.format(
        course=encoded(course["id"]),
        version=0,
        id=encoded(key),
        instance=0,
        job=import_job_id(course["id"], 0),
        invitation=encoded(invitation["id"]),
    )
    known = {parameter["name"] for parameter in operation["parameters"]}

    answer = await cloud.get(
        filled, params={name: value for name, value in FLAGS.items() if name in known}
    )

    assert answer.status_code == 200
    schema = reference(operation)
    if schema is not None:
        assert complaints(document, schema, answer.json()) == []


async def test_every_course_and_registration_fits_its_schema(
    cloud: httpx.AsyncClient, document: JSONObject
) -> None:
    flags = {name: value for name, value in FLAGS.items() if name.startswith("include")}
    courses = await walk(cloud, "/courses", **flags)
    registrations = await walk(cloud, "/registrations", **flags)

    for row in courses:
        assert complaints(document, "#/definitions/CourseSchema", row) == []
    found = [
        complaint
        for row in registrations
        for complaint in complaints(document, "#/definitions/RegistrationSchema", row)
    ]
    # The one amount that is not a number is meant to be none.
    assert len(found) == 1 and "registrationCompletionAmount" in found[0]


@pytest.mark.parametrize("job", [FAILED_JOB, RUNNING_JOB])
async def test_jobs_that_did_not_end_well_fit_their_schema(
    cloud: httpx.AsyncClient, document: JSONObject, job: str
) -> None:
    answer = await ask(cloud, f"/courses/importJobs/{job}")

    assert complaints(document, "#/definitions/ImportJobResultSchema", answer) == []


async def test_a_token_fits_its_schema(cloud: httpx.AsyncClient, document: JSONObject) -> None:
    answer = await cloud.post(
        f"http://sandbox{BASE}/oauth/authenticate/application/token",
        data={"scope": "read", "expiration": "60"},
        auth=SECRET,
    )

    assert complaints(document, "#/definitions/ApplicationToken", answer.json()) == []


@pytest.mark.parametrize("path", ["/courses", "/registrations"])
async def test_every_flag_and_choice_that_the_reference_lists_is_looked_at(
    cloud: httpx.AsyncClient, document: JSONObject, path: str
) -> None:
    parameters = document["paths"][path]["get"]["parameters"]
    looked_at = [each["name"] for each in parameters if each["type"] == "boolean" or "enum" in each]

    assert {"filterBy", "orderBy", "datetimeFilter", "includeTotalCount"} < set(looked_at)
    for name in looked_at:
        assert (await cloud.get(path, params={name: "nonsense"})).status_code == 400, name
