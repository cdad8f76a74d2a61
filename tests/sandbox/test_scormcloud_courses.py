"""SCORM Cloud's Course Service as the sandbox plays it."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from sandbox.packages import parse
from sandbox.scormcloud.library import FAILED_JOB, RUNNING_JOB, import_job_id
from tests.sandbox.scormcloud_calls import BASE, ask, connect, encoded, keys, leaves, said, walk


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


async def versioned(cloud: httpx.AsyncClient) -> str:
    """A course with several versions."""
    rows = await walk(cloud, "/courses")
    return next(str(row["id"]) for row in rows if row["version"] > 1)


async def test_courses_come_in_pages_of_ten(cloud: httpx.AsyncClient, academy: Academy) -> None:
    first = await cloud.get("/courses", params={"includeTotalCount": True})
    second = await cloud.get("/courses", params={"more": first.json()["more"]})

    assert len(first.json()["courses"]) == len(second.json()["courses"]) == 10
    assert first.headers["X-Total-Count"] == str(len(academy.campus("scormcloud").courses))
    assert "X-Total-Count" not in second.headers


async def test_a_walk_meets_every_course_once(cloud: httpx.AsyncClient, academy: Academy) -> None:
    rows = await walk(cloud, "/courses")

    assert len({row["id"] for row in rows}) == len(rows)
    titles = Counter(course.title for course in academy.campus("scormcloud").courses)
    assert Counter(row["title"] for row in rows) == titles


async def test_no_other_parameter_accompanies_more(cloud: httpx.AsyncClient) -> None:
    more = (await ask(cloud, "/courses"))["more"]

    for other in ({"includeTotalCount": "true"}, {"tags": "new"}, {"orderBy": "title_asc"}):
        status, text = await said(cloud, "/courses", more=more, **other)
        assert (status, text) == (400, "No other parameter may accompany 'more'.")


@pytest.mark.parametrize("more", ["x", "e30", "'", "%00", "eyJwYXRoIjogMX0", "é"])
async def test_a_token_that_nobody_issued_is_refused(cloud: httpx.AsyncClient, more: str) -> None:
    status, text = await said(cloud, "/courses", more=more)

    assert status == 400 and "not a valid 'more' token" in text


async def test_a_token_belongs_to_its_list(cloud: httpx.AsyncClient) -> None:
    more = (await ask(cloud, "/courses"))["more"]

    assert await said(cloud, "/registrations", more=more) == (
        400,
        "The 'more' token belongs to another list.",
    )


async def test_filters_and_flags_last_for_the_whole_walk(cloud: httpx.AsyncClient) -> None:
    rows = await walk(
        cloud, "/courses", tags="new,evening", orderBy="title_asc", includeRegistrationCount="True"
    )

    assert len(rows) > 10
    assert all({"new", "evening"} & set(row["tags"]) for row in rows)
    titles = [row["title"].casefold() for row in rows]
    assert titles == sorted(titles)
    assert all(isinstance(row["registrationCount"], int) for row in rows)


async def test_ids_that_a_path_has_to_encode_are_read(cloud: httpx.AsyncClient) -> None:
    courses = await keys(cloud, "/courses")

    for character in "/ %ü":
        course = next(course for course in courses if character in course)
        assert (await ask(cloud, f"/courses/{encoded(course)}"))["id"] == course


async def test_two_slashes_count_as_one(cloud: httpx.AsyncClient) -> None:
    course = next(course for course in await keys(cloud, "/courses") if "/" in course)

    answer = await cloud.get(f"http://sandbox{BASE}//courses//{encoded(course)}")
    assert answer.json()["id"] == course


async def test_a_course_alone_says_what_it_says_in_the_list(cloud: httpx.AsyncClient) -> None:
    for row in await walk(cloud, "/courses", includeCourseMetadata="true"):
        path = f"/courses/{encoded(row['id'])}"
        assert await ask(cloud, path, includeCourseMetadata="True") == row


async def test_metadata_and_counts_are_there_when_asked_for(cloud: httpx.AsyncClient) -> None:
    plain = await walk(cloud, "/courses")
    rows = await walk(cloud, "/courses", includeCourseMetadata=True, includeRegistrationCount=True)

    assert not any({"metadata", "registrationCount"} & set(row) for row in plain)
    registrations = await walk(cloud, "/registrations")
    counts = Counter(row["course"]["id"] for row in registrations)
    assert {row["id"]: row["registrationCount"] for row in rows} == {
        row["id"]: counts[row["id"]] for row in rows
    }
    assert any("duration" in row["metadata"] for row in rows if "metadata" in row)


async def test_every_learning_standard_is_taught(cloud: httpx.AsyncClient) -> None:
    standards = {row["courseLearningStandard"] for row in await walk(cloud, "/courses")}

    assert standards == {
        "AICC",
        "CMI5",
        "SCORM12",
        "SCORM20042NDEDITION",
        "SCORM20043RDEDITION",
        "SCORM20044THEDITION",
        "XAPI",
    }


async def test_what_a_course_says_is_what_is_in_its_package(cloud: httpx.AsyncClient) -> None:
    for row in (await walk(cloud, "/courses", includeCourseMetadata=True))[:12]:
        path = f"/courses/{encoded(row['id'])}"
        answer = await cloud.get(f"{path}/zip")
        package = parse(answer.content)

        assert answer.headers["content-type"] == "application/zip"
        assert row["title"] == package.title
        assert row["courseLearningStandard"] == package.standard
        assert [leaf["title"] for leaf in leaves(row["rootActivity"])] == [
            leaf.title for leaf in package.root.leaves()
        ]
        assert row.get("metadata", {}).get("description") == package.metadata.description
        files = (await ask(cloud, f"{path}/asset/list"))["files"]
        assert [(file["path"], file["size"]) for file in files] == [
            (file.path, file.size) for file in package.files
        ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "updated"),
        ({"datetimeFilter": "updated"}, "updated"),
        ({"datetimeFilter": "created"}, "created"),
    ],
)
async def test_since_and_until_are_inclusive(
    cloud: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    rows = await walk(cloud, "/courses")
    times = sorted({row[field] for row in rows})
    since, until = times[len(times) // 3], times[2 * len(times) // 3]

    kept = await keys(cloud, "/courses", since=since, until=until, **query)

    expected = {row["id"] for row in rows if since <= row[field] <= until}
    assert set(kept) == expected
    assert 0 < len(expected) < len(rows)


async def test_times_are_utc_unless_they_say_otherwise(cloud: httpx.AsyncClient) -> None:
    last = max(row["updated"] for row in await walk(cloud, "/courses"))
    bare = last.removesuffix(".000Z")

    for since in (last, bare, f"{bare}+00:00", f"{bare[:10]} {bare[11:]}+00:00"):
        assert await keys(cloud, "/courses", since=since)
    assert not await keys(cloud, "/courses", since=f"{bare}-01:00")


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"until": "BLAH"}])
async def test_what_is_no_time_is_refused(cloud: httpx.AsyncClient, query: dict[str, str]) -> None:
    status, text = await said(cloud, "/courses", **query)

    (given,) = query.values()
    assert status == 400
    assert text == (
        f"'{given}' is either not a timestamp or seems to be not formatted according to ISO 8601"
    )


@pytest.mark.parametrize(
    "query",
    [
        {"orderBy": "length_asc"},
        {"filterBy": "author"},
        {"datetimeFilter": "launched"},
        {"includeTotalCount": "maybe"},
    ],
)
async def test_values_that_the_reference_does_not_list_are_refused(
    cloud: httpx.AsyncClient, query: dict[str, str]
) -> None:
    status, text = await said(cloud, "/courses", **query)

    assert status == 400 and text.startswith(f"'{next(iter(query.values()))}' is not a")


@pytest.mark.parametrize("field", ["created", "updated", "title"])
async def test_courses_are_sorted_either_way(cloud: httpx.AsyncClient, field: str) -> None:
    upwards = [row[field] for row in await walk(cloud, "/courses", orderBy=f"{field}_asc")]
    downwards = [row[field] for row in await walk(cloud, "/courses", orderBy=f"{field}_desc")]

    assert upwards == downwards[::-1] == sorted(upwards, key=str.casefold)
    if field == "created":
        assert [row["created"] for row in await walk(cloud, "/courses")] == downwards


async def test_a_filter_looks_into_the_field_that_it_is_told(cloud: httpx.AsyncClient) -> None:
    by_id = await keys(cloud, "/courses", filter="CATALOGUE/")
    by_title = await walk(cloud, "/courses", filter="threat", filterBy="title")
    by_tag = await walk(cloud, "/courses", filter="evening", filterBy="tags")

    assert by_id and all(course.startswith("catalogue/") for course in by_id)
    assert {row["title"].split()[0] for row in by_title} == {"Threat"}
    assert by_tag and all("evening" in row["tags"] for row in by_tag)


async def test_the_last_version_is_meant_where_none_is_named(cloud: httpx.AsyncClient) -> None:
    course = await versioned(cloud)
    path = f"/courses/{encoded(course)}"

    versions = (await ask(cloud, f"{path}/versions", includeRegistrationCount=True))["courses"]
    latest = await ask(cloud, path)

    assert [version["version"] for version in versions] == [0, 1, 2]
    assert latest["version"] == 2 and latest["title"] == versions[-1]["title"]
    assert versions[0]["title"] != latest["title"]
    for version in versions:
        number = version["version"]
        read = await ask(cloud, f"{path}/versions/{number}", includeRegistrationCount=True)
        assert read == version
        assert (await cloud.get(f"{path}/versions/{number}/zip")).content[:2] == b"PK"
    whole = await ask(cloud, path, includeRegistrationCount=True)
    assert whole["registrationCount"] == sum(each["registrationCount"] for each in versions)


async def test_versions_can_be_narrowed_by_time(cloud: httpx.AsyncClient) -> None:
    path = f"/courses/{encoded(await versioned(cloud))}/versions"
    (*_, newest) = (await ask(cloud, path))["courses"]

    narrowed = (await ask(cloud, path, since=newest["updated"]))["courses"]

    assert newest in narrowed and len(narrowed) < 3


async def test_what_does_not_exist_is_not_found(cloud: httpx.AsyncClient) -> None:
    course = await versioned(cloud)
    path = f"/courses/{encoded(course)}"

    assert await said(cloud, "/courses/no%2Fsuch") == (
        404,
        "Could not find course [no/such] in app [demo-app]",
    )
    for missing in (
        f"{path}/versions/9",
        "/courses/nope/versions",
        "/courses/nope/tags",
        "/courses/nope/configuration",
        "/courses/nope/xAPIStatements",
        "/courses/importJobs/nope",
        "/nothing/of/the/kind",
    ):
        assert (await said(cloud, missing))[0] == 404
    assert (await said(cloud, f"{path}/versions/newest"))[0] == 400
    assert (await said(cloud, f"{path}/asset"))[0] == 400
    assert (await said(cloud, f"{path}/asset", relativePath="../imsmanifest.xml"))[0] == 400
    assert (await said(cloud, f"{path}/asset", relativePath="nope.html"))[0] == 404


async def test_assets_are_the_bytes_of_the_package(cloud: httpx.AsyncClient) -> None:
    path = f"/courses/{encoded((await keys(cloud, '/courses'))[0])}"

    picture = await cloud.get(f"{path}/asset", params={"relativePath": "shared/crest.png"})
    style = await cloud.get(f"{path}/versions/0/asset", params={"relativePath": "shared/style.css"})

    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert style.text.startswith("body {")


async def test_tags_are_read_alone(cloud: httpx.AsyncClient) -> None:
    for row in (await walk(cloud, "/courses"))[:5]:
        assert await ask(cloud, f"/courses/{encoded(row['id'])}/tags") == {"tags": row["tags"]}


async def test_every_course_was_imported_by_a_job(cloud: httpx.AsyncClient) -> None:
    for row in await walk(cloud, "/courses"):
        job_id = import_job_id(row["id"], row["version"])
        job = await ask(cloud, f"/courses/importJobs/{job_id}")

        assert (job["jobId"], job["status"], job["message"]) == (
            job_id,
            "COMPLETE",
            "Import Successful",
        )
        assert job["importResult"]["course"] == {**row, "registrationCount": -1, "metadata": {}}
        assert job["importResult"]["parserWarnings"] == []


async def test_one_import_runs_and_one_has_failed_for_a_reason(cloud: httpx.AsyncClient) -> None:
    assert await ask(cloud, f"/courses/importJobs/{RUNNING_JOB}") == {
        "jobId": RUNNING_JOB,
        "status": "RUNNING",
        "message": "",
    }
    failed = await ask(cloud, f"/courses/importJobs/{FAILED_JOB}")
    assert failed["status"] == "ERROR"
    assert failed["message"] == (
        "Course is not properly formatted: The file is not a readable zip archive."
    )


async def test_settings_say_where_their_values_come_from(cloud: httpx.AsyncClient) -> None:
    rows = await walk(cloud, "/courses")
    evening = next(row for row in rows if "evening" in row["tags"])
    answer = await ask(cloud, f"/courses/{encoded(evening['id'])}/configuration")

    items = {item["id"]: item for item in answer["settingItems"]}
    assert items["PlayerLaunchType"] == {
        "id": "PlayerLaunchType",
        "effectiveValue": "NEW_WINDOW",
        "effectiveValueSource": "course",
        "explicitValue": "NEW_WINDOW",
    }
    assert items["RedirectOnExitUrl"]["effectiveValueSource"] == "application"
    assert "explicitValue" not in items["RedirectOnExitUrl"]
    assert items["PlayerDesiredWidth"]["effectiveValue"] == "960"
    assert all(isinstance(item["effectiveValue"], str) for item in items.values())


async def test_settings_explain_themselves_when_asked(cloud: httpx.AsyncClient) -> None:
    row = next(
        row for row in await walk(cloud, "/courses") if row["courseLearningStandard"] == "SCORM12"
    )
    path = f"/courses/{encoded(row['id'])}/configuration"

    answer = await ask(cloud, path, includeMetadata="True")

    items = {item["id"]: item for item in answer["settingItems"]}
    threshold = items["PlayerStatusRollupModeThresholdScore"]
    assert threshold["effectiveValueSource"] == "learningStandardForApplication"
    assert threshold["effectiveValue"] == "70" and threshold["metadata"]["default"] == "80"
    assert threshold["metadata"]["learningStandards"] == ["SCORM11", "SCORM12", "CMI5"]
    values = items["PlayerLaunchType"]["metadata"]["validValues"]
    assert "FRAMESET" in {each["value"] for each in values}
    assert len(items) > 45 and "PlayerScaleRawScore" not in items


async def test_an_application_has_settings_of_its_own(cloud: httpx.AsyncClient) -> None:
    path = "/appManagement/configuration"

    everything = (await ask(cloud, path))["settingItems"]
    narrowed = await ask(cloud, path, learningStandard="AICC", singleSco=False)

    assert len(everything) > len(narrowed["settingItems"]) > 40
    assert {item["effectiveValueSource"] for item in everything} == {"default", "application"}
    assert "learningStandardForApplication" in {
        item["effectiveValueSource"] for item in narrowed["settingItems"]
    }
    assert (await said(cloud, path, learningStandard="AICC"))[0] == 400
    assert (await said(cloud, path, learningStandard="PAPER", singleSco=True))[0] == 400
