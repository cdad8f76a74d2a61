"""SCORM Cloud's official Python client drives the sandbox's Course Service, all of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import rustici_software_cloud_v2 as rustici
from rustici_software_cloud_v2.rest import ApiException

from sandbox.academy import Academy
from sandbox.app import create_app
from tests.sandbox.loopback import Shop, serving
from tests.sandbox.scorm_packages import MP3, PDF, package

CSS = b"body { color: red }"


@pytest.fixture(scope="module")
def host(academy: Academy) -> Iterator[str]:
    """Where the API is, with the slash at its end that the client comes with."""
    with serving(create_app(academy)) as url:
        yield f"{url}/scormcloud/api/v2/"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def address(shop: Shop) -> Iterator[str]:
    with serving(shop) as url:
        yield url


@pytest.fixture
def courses(host: str, tmp_path: Path) -> Iterator[Any]:
    configuration = rustici.Configuration()
    configuration.host = host
    configuration.username, configuration.password = "demo-app", "demo-secret"
    configuration.temp_folder_path = str(tmp_path)
    client = rustici.ApiClient(configuration)
    yield rustici.CourseApi(client)
    client.rest_client.pool_manager.clear()


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """An id that no other test uses, and that a path has to encode."""
    return f"client/{request.node.name} 100%"


def ended(courses: Any, begun: Any) -> Any:
    """The job when it is over."""
    for _ in range(3):
        job = courses.get_import_job_status(begun.result)
        if job.status != "RUNNING":
            return job
    raise AssertionError("the import goes on and on")


def course_of(courses: Any, begun: Any) -> Any:
    job = ended(courses, begun)
    assert (job.status, job.message) == ("COMPLETE", "Import Successful")
    return job.import_result.course


def uploaded(courses: Any, key: str, folder: Path, data: bytes, **said: Any) -> Any:
    path = folder / "upload.zip"
    path.write_bytes(data)
    return courses.create_upload_and_import_course_job(key, file=str(path), **said)


@pytest.fixture
def versions(courses: Any, key: str, tmp_path: Path) -> int:
    """The course with two versions; the number of the latest one."""
    course_of(courses, uploaded(courses, key, tmp_path, package("First")))
    second = uploaded(courses, key, tmp_path, package("Second"), may_create_new_version=True)
    version: int = course_of(courses, second).version
    return version


def status(caught: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return caught.value.status, json.loads(caught.value.body)["message"]


def test_a_package_is_uploaded(
    courses: Any, key: str, shop: Shop, address: str, tmp_path: Path
) -> None:
    begun = uploaded(
        courses,
        key,
        tmp_path,
        package("Uploaded"),
        may_create_new_version=False,
        postback_url=f"{address}/done",
        tags=["sea", "moon"],
        uploaded_content_type="application/zip",
    )

    course = course_of(courses, begun)
    assert (course.id, course.title, course.tags) == (key, "Uploaded", ["sea", "moon"])
    _, body, _ = shop.posted()
    assert json.loads(body)["jobId"] == begun.result


def test_a_media_file_is_uploaded(courses: Any, key: str, tmp_path: Path) -> None:
    path = tmp_path / "shiraz.pdf"
    path.write_bytes(PDF)
    begun = courses.create_upload_and_import_course_job(
        key,
        file=str(path),
        uploaded_content_type="application/pdf",
        content_metadata=json.dumps({"description": "Grapes", "contentLanguage": "en"}),
    )

    job = ended(courses, begun)
    assert job.import_result.course_languages == ["en"]
    course = courses.get_course(key, include_course_metadata=True)
    assert (course.title, course.metadata.description) == ("shiraz", "Grapes")


def test_a_package_is_fetched(courses: Any, key: str, shop: Shop, address: str) -> None:
    shop.files["/tides.zip"] = package("Fetched")

    begun = courses.create_fetch_and_import_course_job(
        key,
        rustici.ImportFetchRequestSchema(
            url=f"{address}/tides.zip", content_type="application/zip"
        ),
        may_create_new_version=True,
        postback_url=f"{address}/done",
        tags=["sea"],
    )

    course = course_of(courses, begun)
    assert (course.title, course.tags) == ("Fetched", ["sea"])
    assert shop.posted()[0] == "/done"


def test_nothing_needs_to_be_uploaded(courses: Any, key: str, shop: Shop, address: str) -> None:
    shop.files["/song.mp3"] = MP3
    metadata = rustici.MediaFileMetadataSchema(
        title="A Song", description="Of the sea", content_language="en", estimated_duration=61
    )
    wishes = [
        rustici.ImportRequestSchema(
            fetch_request=rustici.ImportFetchRequestSchema(
                url=f"{address}/song.mp3", content_type="audio/mpeg", media_file_metadata=metadata
            )
        ),
        rustici.ImportRequestSchema(
            media_file_reference_request=rustici.ImportMediaFileReferenceRequestSchema(
                url="https://media.example/song.mp3",
                content_type="audio/mpeg",
                media_file_metadata=metadata,
            )
        ),
        rustici.ImportRequestSchema(
            connector_reference_request=rustici.ImportConnectorRequestSchema(
                connector_id="lti",
                connector_id_for_content="song",
                metadata_for_connector={"title": "A Song"},
            )
        ),
    ]

    found = [
        course_of(
            courses,
            courses.create_no_upload_and_import_course_job(
                key, wish, may_create_new_version=True, tags=["sea"]
            ),
        )
        for wish in wishes
    ]

    assert [course.title for course in found] == ["A Song"] * 3
    assert [course.version for course in found] == [0, 1, 2]
    assert found[2].course_learning_standard == "LTI13"


def test_refusals_of_imports_reach_the_client(courses: Any, key: str, tmp_path: Path) -> None:
    course_of(courses, uploaded(courses, key, tmp_path, package()))

    with pytest.raises(ApiException) as taken:
        uploaded(courses, key, tmp_path, package())
    assert status(taken) == (409, f"Course [{key}] already exists in app [demo-app]")
    with pytest.raises(ApiException) as nothing:
        courses.create_no_upload_and_import_course_job("new", rustici.ImportRequestSchema())
    assert status(nothing)[0] == 400
    broken = ended(courses, uploaded(courses, "broken", tmp_path, b"<html>"))
    assert broken.status == "ERROR"
    assert broken.message.startswith("Course is not properly formatted: ")


@pytest.mark.usefixtures("versions")
def test_a_course_is_listed_read_and_renamed(courses: Any, key: str) -> None:
    courses.set_course_title(key, rustici.TitleSchema(title="Renamed"))

    (listed,) = courses.get_courses(
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=datetime(2030, 1, 1, tzinfo=UTC),
        datetime_filter="created",
        filter=key,
        filter_by="course_id",
        order_by="updated_desc",
        include_course_metadata=True,
        include_registration_count=True,
        include_total_count=True,
    ).courses
    assert (listed.title, listed.registration_count) == ("Renamed", 0)
    assert courses.get_course(key, include_registration_count=True) == listed
    assert courses.get_courses(more=courses.get_courses().more).courses


def test_tags_are_put_read_and_deleted(courses: Any, key: str, versions: int) -> None:
    courses.put_course_tags(key, rustici.TagListSchema(tags=["a", "b"]))
    courses.delete_course_tags(key, rustici.TagListSchema(tags=["a"]))
    assert courses.get_course_tags(key).tags == ["b"]

    courses.put_course_tags_batch(rustici.BatchTagsSchema(ids=[key], tags=["c"]))
    assert [course.id for course in courses.get_courses(tags=["c"]).courses] == [key]
    with pytest.raises(ApiException) as missing:
        courses.put_course_tags_batch(rustici.BatchTagsSchema(ids=["nope"], tags=["c"]))
    assert status(missing)[0] == 404


def wide() -> Any:
    one = rustici.SettingsIndividualSchema(
        setting_id="PlayerDesiredWidth", value="1024", explicit=True
    )
    return rustici.SettingsPostSchema(settings=[one])


def width(settings: Any) -> tuple[str, str]:
    (item,) = [each for each in settings.setting_items if each.id == "PlayerDesiredWidth"]
    return item.effective_value, item.effective_value_source


def test_settings_are_set_and_cleared(courses: Any, key: str, versions: int) -> None:
    courses.set_course_configuration(key, wide())
    assert width(courses.get_course_configuration(key)) == ("1024", "course")
    courses.delete_course_configuration_setting(key, "PlayerDesiredWidth")
    assert width(courses.get_course_configuration(key)) == ("960", "default")

    courses.set_course_version_configuration(key, 0, wide())
    read = courses.get_course_version_configuration(key, 0, include_metadata=True)
    assert width(read) == ("1024", "course")
    courses.delete_course_version_configuration_setting(key, 0, "PlayerDesiredWidth")
    assert width(courses.get_course_version_configuration(key, 0)) == ("960", "default")

    with pytest.raises(ApiException) as unknown:
        courses.delete_course_configuration_setting(key, "Nope")
    assert status(unknown) == (400, "Nope is not a valid setting ID")


def test_assets_of_a_course_are_changed(
    courses: Any, key: str, versions: int, shop: Shop, address: str, tmp_path: Path
) -> None:
    shop.files["/mine.css"] = CSS
    (tmp_path / "mine.css").write_bytes(CSS)

    put = courses.upload_course_asset_file(
        key, destination="/css/a.css", file=str(tmp_path / "mine.css"), update_asset_policy="reject"
    )
    assert (put.filename, put.destination) == ("a.css", "css/a.css")
    asked = rustici.ImportAssetRequestSchema(
        fetch_url=f"{address}/mine.css", destination="css/b.css"
    )
    assert courses.import_course_asset_file(key, asked, update_asset_policy="lax").filename
    with pytest.raises(ApiException) as missing:
        asked.destination = "css/c.css"
        courses.import_course_asset_file(key, asked, update_asset_policy="strict")
    assert status(missing)[0] == 400

    assert Path(courses.get_course_asset(key, "css/a.css")).read_bytes() == CSS
    courses.delete_course_asset(key, "css/a.css")
    paths = [file.path for file in courses.get_course_file_list(key).files]
    assert paths == ["imsmanifest.xml", "a.html", "css/b.css"]
    with ZipFile(BytesIO(Path(courses.get_course_zip(key)).read_bytes())) as zipped:
        assert zipped.read("css/b.css") == CSS and len(zipped.namelist()) == 3


def test_assets_of_a_version_are_changed(
    courses: Any, key: str, versions: int, shop: Shop, address: str, tmp_path: Path
) -> None:
    shop.files["/mine.css"] = CSS
    (tmp_path / "mine.css").write_bytes(CSS)
    asked = rustici.ImportAssetRequestSchema(fetch_url=f"{address}/mine.css", destination="b.css")

    courses.upload_course_version_asset_file(
        key, 0, destination="a.css", file=str(tmp_path / "mine.css"), update_asset_policy="lax"
    )
    courses.import_course_version_asset_file(key, 0, asked, update_asset_policy="reject")

    assert Path(courses.get_course_version_asset(key, 0, "a.css")).read_bytes() == CSS
    courses.delete_course_version_asset(key, 0, "a.css")
    paths = [file.path for file in courses.get_course_version_file_list(key, 0).files]
    assert paths == ["imsmanifest.xml", "a.html", "b.css"]
    with ZipFile(BytesIO(Path(courses.get_versioned_course_zip(key, 0)).read_bytes())) as zipped:
        assert zipped.read("b.css") == CSS
    assert len(courses.get_course_file_list(key).files) == 2


def test_previews_are_linked_to(courses: Any, key: str, versions: int) -> None:
    asked = rustici.PreviewLaunchLinkRequestSchema(
        expiry=60,
        redirect_on_exit_url="message",
        start_sco="i",
        culture="en",
        css_url="https://learn.academy.example/player.css",
        additionalvalues=[rustici.ItemValuePairSchema(item="a", value="b")],
    )

    for link in (
        courses.build_course_preview_launch_link(key, asked),
        courses.build_course_preview_launch_link_with_version(key, 0, asked),
    ):
        assert "/course/preview/" in link.launch_link
    asked.expiry = 5
    with pytest.raises(ApiException) as refused:
        courses.build_course_preview_launch_link(key, asked)
    assert status(refused)[0] == 400


def test_statements_of_a_new_course_are_none(courses: Any, key: str, versions: int) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)

    assert courses.get_course_statements(key, learner_id="x", since=since).statements == []
    assert courses.get_course_version_statements(key, 0, until=since).statements == []


def test_versions_and_courses_are_deleted(courses: Any, key: str, versions: int) -> None:
    found = courses.get_course_versions(
        key,
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=datetime(2030, 1, 1, tzinfo=UTC),
        include_registration_count=True,
        include_course_metadata=True,
    ).courses
    assert [course.title for course in found] == ["First", "Second"]

    courses.delete_course_version(key, versions)
    read = courses.get_course_version_info(
        key, 0, include_registration_count=True, include_course_metadata=True
    )
    assert read.title == courses.get_course(key).title == "First"
    courses.delete_course(key)
    with pytest.raises(ApiException) as missing:
        courses.get_course(key)
    assert status(missing) == (404, f"Could not find course [{key}] in app [demo-app]")


def test_every_operation_is_driven_here() -> None:
    """A new release of the client that can do more shows up here."""
    source = Path(__file__).read_text("utf-8")
    suffix = "_with_http_info"
    operations = {
        name.removesuffix(suffix) for name in dir(rustici.CourseApi) if name.endswith(suffix)
    }

    assert len(operations) == 37
    assert {name for name in operations if f".{name}(" not in source} == set()
