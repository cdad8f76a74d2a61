"""SCORM Cloud's official Python client reads the sandbox: every read operation of its services."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rustici_software_cloud_v2 as rustici
import uvicorn
from rustici_software_cloud_v2.rest import ApiException

from sandbox.academy import Academy
from sandbox.app import create_app
from sandbox.scormcloud.library import FAILED_JOB, import_job_id


@pytest.fixture(scope="module")
def host(academy: Academy) -> Iterator[str]:
    """Serve the sandbox on a loopback port; the client spells a base with a slash at its end."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(academy), log_level="warning", lifespan="off", ws="none")
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        # Its paths begin with a slash as well, so that two stand together.
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/scormcloud/api/v2/"
        server.should_exit = True
        thread.join(timeout=10)


def connect(host: str, *, password: str = "demo-secret", token: str = "") -> Any:
    configuration = rustici.Configuration()
    configuration.host = host
    if token:
        configuration.access_token = token
    else:
        configuration.username, configuration.password = "demo-app", password
    return rustici.ApiClient(configuration)


@pytest.fixture
def api(host: str, tmp_path: Path) -> Iterator[Any]:
    client = connect(host)
    client.configuration.temp_folder_path = str(tmp_path)
    yield client
    client.rest_client.pool_manager.clear()


@pytest.fixture
def courses(api: Any) -> Any:
    return rustici.CourseApi(api)


@pytest.fixture
def registrations(api: Any) -> Any:
    return rustici.RegistrationApi(api)


def all_courses(courses: Any) -> list[Any]:
    page = courses.get_courses(
        include_course_metadata=True, include_registration_count=True, include_total_count=True
    )
    found = list(page.courses)
    while page.more:
        page = courses.get_courses(more=page.more)
        found += page.courses
    return found


def all_registrations(registrations: Any) -> list[Any]:
    page = registrations.get_registrations(include_total_count=True)
    found = list(page.registrations)
    while page.more:
        page = registrations.get_registrations(more=page.more)
        found += page.registrations
    return found


def test_the_application_is_there(api: Any) -> None:
    assert rustici.PingApi(api).ping_app_id().api_message == "API is alive."
    assert rustici.AboutApi(api).get_about().version == "2.0"


def test_courses_are_listed_and_read(courses: Any, academy: Academy) -> None:
    found = all_courses(courses)

    assert len(found) == len(academy.campus("scormcloud").courses)
    for listed in found:
        single = courses.get_course(
            listed.id, include_registration_count=True, include_course_metadata=True
        )
        assert single == listed
        assert courses.get_course_tags(listed.id).tags == listed.tags


def test_courses_are_filtered_and_sorted(courses: Any) -> None:
    page = courses.get_courses(
        since=datetime(2023, 1, 1, tzinfo=UTC),
        until=datetime(2026, 11, 1, tzinfo=UTC),
        datetime_filter="created",
        tags=["new", "evening"],
        filter="a",
        filter_by="title",
        order_by="title_asc",
    )

    titles = [course.title.casefold() for course in page.courses]
    assert titles and titles == sorted(titles)


def test_versions_are_read(courses: Any) -> None:
    course = next(course for course in all_courses(courses) if course.version)

    versions = courses.get_course_versions(
        course.id, include_registration_count=True, include_course_metadata=True
    ).courses
    assert [each.version for each in versions] == list(range(course.version + 1))
    for version in versions:
        number = version.version
        read = courses.get_course_version_info(
            course.id, number, include_registration_count=True, include_course_metadata=True
        )
        assert read == version
        assert courses.get_course_version_file_list(course.id, number).files
        assert courses.get_course_version_configuration(course.id, number).setting_items
        statements = courses.get_course_version_statements(course.id, number)
        assert isinstance(statements.statements, list)
        style = courses.get_course_version_asset(course.id, number, "shared/style.css")
        assert Path(style).read_text().startswith("body {")
        assert Path(courses.get_versioned_course_zip(course.id, number)).read_bytes()[:2] == b"PK"


def test_files_settings_statements_and_imports_of_a_course_are_read(courses: Any) -> None:
    course = max(all_courses(courses), key=lambda each: each.registration_count)

    assert "shared/style.css" in {
        each.path for each in courses.get_course_file_list(course.id).files
    }
    assert Path(courses.get_course_asset(course.id, "shared/style.css")).read_text()
    assert Path(courses.get_course_zip(course.id)).read_bytes()[:2] == b"PK"
    (first, *_) = courses.get_course_configuration(course.id, include_metadata=True).setting_items
    assert first.metadata.valid_values
    page = courses.get_course_statements(
        course.id, since=datetime(2020, 1, 1), until=datetime(2026, 12, 1)
    )
    assert page.statements[0].actor.object_type == "Agent"
    assert page.statements[0].object_activity.id
    assert courses.get_course_statements(course.id, more=page.more).statements
    assert courses.get_course_statements(course.id, learner_id="nobody").statements == []
    job = courses.get_import_job_status(import_job_id(course.id, course.version))
    assert (job.status, job.import_result.course.id) == ("COMPLETE", course.id)
    assert courses.get_import_job_status(FAILED_JOB).status == "ERROR"


def test_registrations_are_listed_and_read(registrations: Any, academy: Academy) -> None:
    found = all_registrations(registrations)

    assert len(found) == len(academy.campus("scormcloud").attempts)
    for listed in found[:30]:
        assert registrations.get_registration(listed.id) is None
        read = registrations.get_registration_progress(listed.id).to_dict()
        amount = listed.registration_completion_amount
        assert read == listed.to_dict() or amount != amount  # NaN differs from itself


def test_registrations_are_filtered_and_sorted(registrations: Any) -> None:
    page = registrations.get_registrations(
        learner_id="ada.byron@academy.example",
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=datetime(2026, 11, 1, tzinfo=UTC),
        datetime_filter="updated",
        filter="ada",
        filter_by="learner_first_name",
        order_by="updated_asc",
        include_child_results=True,
        include_interactions_and_objectives=True,
        include_runtime=True,
    )

    updated = [each.updated for each in page.registrations]
    assert len(updated) >= 2 and updated == sorted(updated)
    assert all(each.learner.first_name == "Ada" for each in page.registrations)


def test_instances_of_a_registration_are_read(registrations: Any) -> None:
    listed = next(each for each in all_registrations(registrations) if each.instance)
    key = listed.id

    instances = registrations.get_registration_instances(
        key, include_child_results=True, include_runtime=True
    ).registrations
    assert [each.instance for each in instances] == [1, 0]
    for each in instances:
        number = each.instance
        read = registrations.get_registration_instance_progress(
            key, number, include_child_results=True, include_runtime=True
        )
        assert read == each
        settings = registrations.get_registration_instance_configuration(key, number)
        assert settings.setting_items
        launches = registrations.get_registration_instance_launch_history(key, number)
        assert launches.launch_history[0].instance == number
        assert registrations.get_registration_instance_statements(key, number).statements


def test_what_belongs_to_a_registration_is_read(registrations: Any, api: Any) -> None:
    found = all_registrations(registrations)
    listed = next(each for each in found if each.completed_date)
    key = listed.id

    assert registrations.get_registration_tags(key).tags == listed.tags
    settings = registrations.get_registration_configuration(key, include_metadata=True)
    assert settings.setting_items[0].metadata.data_type
    launches = registrations.get_registration_launch_history(key, include_history_log=True)
    assert launches.launch_history[-1].history_log
    assert registrations.get_registration_statements(key).statements
    learner = rustici.LearnerApi(api)
    tags = [learner.get_learner_tags(each.learner.id).tags for each in found]
    assert any(tags)


def test_settings_of_the_application_are_read(api: Any) -> None:
    management = rustici.ApplicationManagementApi(api)

    assert management.get_application_configuration(include_metadata=True).setting_items
    narrowed = management.get_application_configuration(learning_standard="AICC", single_sco=True)
    assert narrowed.setting_items


def test_a_token_reads_what_its_scopes_allow(api: Any, host: str) -> None:
    issued = rustici.AuthenticationApi(api).get_app_token("read:course", expiration=60)
    holder = connect(host, token=issued.access_token)

    assert rustici.CourseApi(holder).get_courses().courses
    with pytest.raises(ApiException) as refused:
        rustici.RegistrationApi(holder).get_registrations()
    assert refused.value.status == 403
    holder.rest_client.pool_manager.clear()


def test_application_management_issues_a_token(api: Any, host: str) -> None:
    asked = rustici.TokenRequestSchema(
        permissions=rustici.PermissionsSchema(
            scopes=["read:registration"], application_name="demo-app"
        ),
        expiry=datetime(2999, 1, 1, tzinfo=UTC),
    )
    token = rustici.ApplicationManagementApi(api).create_token(asked).result
    holder = connect(host, token=token)

    assert rustici.RegistrationApi(holder).get_registrations().registrations
    holder.rest_client.pool_manager.clear()


def test_refusals_reach_the_client(courses: Any, registrations: Any, host: str) -> None:
    with pytest.raises(ApiException) as missing:
        courses.get_course("no/such")
    assert missing.value.status == 404 and "Could not find course [no/such]" in missing.value.body

    with pytest.raises(ApiException) as unknown:
        registrations.get_registration("no/such")
    assert unknown.value.status == 404

    stranger = connect(host, password="wrong")
    with pytest.raises(ApiException) as refused:
        rustici.CourseApi(stranger).get_courses()
    assert refused.value.status == 401
    stranger.rest_client.pool_manager.clear()


def test_every_read_operation_of_these_services_is_driven_here(
    courses: Any, registrations: Any
) -> None:
    """A new release of the client that can read more shows up here."""
    source = Path(__file__).read_text("utf-8")
    reads = {
        name
        for service in (
            courses,
            registrations,
            rustici.LearnerApi,
            rustici.PingApi,
            rustici.AboutApi,
        )
        for name in dir(service)
        if name.startswith(("get_", "ping_")) and not name.endswith("_with_http_info")
    }

    assert len(reads) == 31
    assert {name for name in reads if f".{name}(" not in source} == set()
