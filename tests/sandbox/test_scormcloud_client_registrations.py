"""SCORM Cloud's official Python client does all that its RegistrationApi and LearnerApi can do."""

import socket
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
import rustici_software_cloud_v2 as rustici
import uvicorn
from rustici_software_cloud_v2.rest import ApiException

from sandbox.academy import Academy
from sandbox.app import create_app
from tests.sandbox.specs import complaints, specification

SERVICES = (rustici.RegistrationApi, rustici.LearnerApi)
ANN = {"id": "ann@academy.example", "first_name": "Ann", "last_name": "Oyelaran"}


@pytest.fixture(scope="module")
def api(academy: Academy) -> Iterator[Any]:
    """The client, connected to a sandbox of its own on a loopback port."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(academy), log_level="warning", lifespan="off", ws="none")
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        configuration = rustici.Configuration()
        configuration.host = f"http://127.0.0.1:{listener.getsockname()[1]}/scormcloud/api/v2/"
        configuration.username, configuration.password = "demo-app", "demo-secret"
        client = rustici.ApiClient(configuration)
        yield client
        client.rest_client.pool_manager.clear()
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def registrations(api: Any) -> Any:
    return rustici.RegistrationApi(api)


@pytest.fixture
def learners(api: Any) -> Any:
    return rustici.LearnerApi(api)


@pytest.fixture
def course(api: Any) -> Any:
    """A course of two versions or more."""
    courses = rustici.CourseApi(api).get_courses(order_by="title_asc")
    while True:
        for found in courses.courses:
            if found.version:
                return found
        courses = rustici.CourseApi(api).get_courses(more=courses.more)


@pytest.fixture
def posted() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A URL, and what was posted to it: who said so, and what."""
    posts: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append((self.headers.get("Authorization", ""), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/results", posts
        server.shutdown()
        thread.join(timeout=10)


def fits(api: Any, answer: Any, schema: str) -> bool:
    """Whether the answer, as it came over the wire, fits its schema; true where no spec is."""
    try:
        document = specification("scormcloud-v2.json")
    except pytest.skip.Exception:
        return True
    # A body that is read last is kept by the client as it came.
    raw = msgspec.json.decode(api.last_response.data)
    assert complaints(document, f"#/definitions/{schema}", raw) == []
    return type(answer).__name__ == schema


def enrolment(course: Any, key: str, **more: Any) -> Any:
    learner = rustici.LearnerSchema(email="ann@academy.example", **ANN)
    return rustici.CreateRegistrationSchema(
        course_id=course.id, learner=learner, registration_id=key, **more
    )


def values(pairs: Any) -> dict[str, str]:
    return {item.id: item.effective_value for item in pairs.setting_items}


def one_setting(value: str) -> Any:
    setting = rustici.SettingsIndividualSchema(
        setting_id="PlayerShowHelp", value=value, explicit=True
    )
    return rustici.SettingsPostSchema(settings=[setting])


def finish(link: str, **form: str) -> None:
    """Open a launch link and end the course as a person would."""
    with urllib.request.urlopen(link, timeout=10) as page:
        assert page.status == 200
    with urllib.request.urlopen(link, urlencode(form).encode(), timeout=10) as page:
        assert b"You have left the course." in page.read()


def test_a_registration_goes_all_its_way(
    api: Any, registrations: Any, course: Any, posted: tuple[str, list[tuple[str, bytes]]]
) -> None:
    url, posts = posted
    key = "client/all the way"
    back = rustici.PostBackSchema(
        url=url,
        auth_type="HTTPBASIC",
        user_name="lms",
        password="pw",
        results_format="FULL",
        legacy=False,
    )
    registrations.test_registration_postback(back)
    assert registrations.create_registration(
        enrolment(
            course,
            key,
            xapi_registration_id="0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
            learner_tags=["of ann"],
            course_tags=["taken"],
            registration_tags=["paid"],
            post_back=back,
            initial_settings=one_setting("YES"),
        )
    ) is None  # fmt: skip
    assert registrations.get_registration(key) is None
    listed = registrations.get_registrations(
        course_id=course.id,
        learner_id=ANN["id"],
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2027, 1, 1, tzinfo=UTC),
        datetime_filter="created",
        tags=["paid", "free"],
        filter="all the",
        filter_by="registration_id",
        order_by="created_asc",
        include_child_results=True,
        include_interactions_and_objectives=True,
        include_runtime=True,
        include_total_count=True,
    )
    assert [each.id for each in listed.registrations] == [key] and listed.more is None
    assert fits(api, listed, "RegistrationListSchema")

    asked = rustici.LaunchLinkRequestSchema(
        expiry=300,
        redirect_on_exit_url="message",
        tracking=True,
        start_sco="item_1",
        culture="en-GB",
        css_url="https://lms.example/player.css",
        learner_tags=["launched"],
        course_tags=["launched"],
        registration_tags=["launched"],
        additionalvalues=[rustici.ItemValuePairSchema(item="theme", value="dark")],
        launch_auth=rustici.LaunchAuthSchema(
            type="cookies",
            options=rustici.LaunchAuthOptionsSchema(
                ip_address=True, fingerprint=False, expiry=60, sliding_expiry=30
            ),
        ),
    )
    link = registrations.build_registration_launch_link(key, asked)
    assert fits(api, link, "LaunchLinkSchema")
    finish(link.launch_link, completion="COMPLETED", success="PASSED", score="91", seconds="60")

    flags = {
        "include_child_results": True,
        "include_interactions_and_objectives": True,
        "include_runtime": True,
    }
    done = registrations.get_registration_progress(key, **flags)
    assert fits(api, done, "RegistrationSchema")
    assert (done.registration_completion, done.registration_success) == ("COMPLETED", "PASSED")
    assert done.score.scaled == 91 and done.tags == ["paid", "launched"]
    launches = registrations.get_registration_launch_history(key, include_history_log=True)
    assert fits(api, launches, "LaunchHistoryListSchema")
    assert launches.launch_history[0].score.scaled == 91
    statements = registrations.get_registration_statements(
        key, since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert fits(api, statements, "XapiStatementResult")
    (tried, _), (authorization, body) = posts
    assert tried == authorization == "Basic bG1zOnB3"
    assert msgspec.json.decode(body)["score"] == {"scaled": 91}


def test_settings_and_tags_are_changed(api: Any, registrations: Any, course: Any) -> None:
    key = "client/settings"
    registrations.create_registration(enrolment(course, key))

    registrations.set_registration_configuration(key, one_setting("YES"))
    found = registrations.get_registration_configuration(key, include_metadata=True)
    assert fits(api, found, "SettingListSchema") and values(found)["PlayerShowHelp"] == "YES"
    registrations.delete_registration_configuration_setting(key, "PlayerShowHelp")
    registrations.set_registration_instance_configuration(key, 0, one_setting("YES"))
    found = registrations.get_registration_instance_configuration(key, 0, include_metadata=True)
    assert fits(api, found, "SettingListSchema") and values(found)["PlayerShowHelp"] == "YES"
    registrations.delete_registration_instance_configuration_setting(key, 0, "PlayerShowHelp")
    assert values(registrations.get_registration_configuration(key))["PlayerShowHelp"] == "NO"

    registrations.put_registration_tags(key, rustici.TagListSchema(tags=["a", "b"]))
    registrations.put_registration_tags_batch(rustici.BatchTagsSchema(ids=[key], tags=["c"]))
    registrations.delete_registration_tags(key, rustici.TagListSchema(tags=["b"]))
    found = registrations.get_registration_tags(key)
    assert fits(api, found, "TagListSchema") and found.tags == ["a", "c"]


def test_instances_come_and_go(api: Any, registrations: Any, course: Any) -> None:
    key = "client/instances"
    state = rustici.RegistrationSchema(
        registration_completion="COMPLETED",
        registration_completion_amount=1.0,
        registration_success="PASSED",
        score=rustici.ScoreSchema(scaled=70.5),
        total_seconds_tracked=120.5,
        first_access_date=datetime(2026, 1, 1, tzinfo=UTC),
        last_access_date=datetime(2026, 1, 2, tzinfo=UTC),
        completed_date=datetime(2026, 1, 2, tzinfo=UTC),
        created_date=datetime(2025, 12, 31, tzinfo=UTC),
        global_objectives=[rustici.ObjectiveSchema(id="goal", objective_success="PASSED")],
        shared_data=[rustici.SharedDataEntrySchema(id="shelf", value="book")],
    )
    registrations.create_registration(
        enrolment(course, key, initial_registration_state=state), course_version=0
    )
    registrations.create_new_registration_instance(key)

    found = registrations.get_registration_instances(
        key,
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=datetime(2028, 1, 1, tzinfo=UTC),
        include_child_results=True,
        include_interactions_and_objectives=True,
        include_runtime=True,
    )
    assert fits(api, found, "RegistrationListSchema")
    newer, older = found.registrations
    assert (older.course.version, newer.course.version) == (0, course.version)
    assert (older.score.scaled, older.completed_date) == (70.5, state.completed_date)
    assert older.shared_data[0].value == "book"
    registrations.delete_registration_global_data(key)
    older = registrations.get_registration_instance_progress(
        key, 0, include_interactions_and_objectives=True
    )
    assert fits(api, older, "RegistrationSchema") and older.global_objectives == []
    launches = registrations.get_registration_instance_launch_history(
        key, 0, include_history_log=True
    )
    assert launches.launch_history == []
    assert registrations.get_registration_instance_statements(key, 0).statements == []
    registrations.delete_registration_instance(key, 1)
    assert registrations.get_registration_progress(key).instance == 0
    registrations.delete_registration_progress(key)
    reset = registrations.get_registration_progress(key)
    assert (reset.registration_completion, reset.course.version) == ("UNKNOWN", course.version)
    registrations.delete_registration(key)
    with pytest.raises(ApiException) as gone:
        registrations.get_registration(key)
    assert gone.value.status == 404


def test_learners_are_changed_and_forgotten(
    api: Any, registrations: Any, learners: Any, course: Any
) -> None:
    key, learner = "client/learner", "learner/1"
    body = enrolment(course, key)
    body.learner.id = learner
    registrations.create_registration(body)

    learners.put_learner_tags(learner, rustici.TagListSchema(tags=["a", "b"]))
    learners.put_learner_tags_batch(rustici.BatchTagsSchema(ids=[learner], tags=["c"]))
    learners.delete_learner_tags(learner, rustici.TagListSchema(tags=["a"]))
    assert learners.get_learner_tags(learner).tags == ["b", "c"]
    info = rustici.LearnerSchema(
        id=learner, email="new@academy.example", first_name="Anne", last_name="O."
    )
    learners.update_learner_info(learner, info)
    registrations.get_registrations(learner_id=learner)
    assert registrations.get_registration_progress(key).learner == info
    learners.delete_all_learner_data(learner, "admin@academy.example")
    registrations.get_registrations(learner_id=learner)
    forgotten = registrations.get_registration_progress(key).learner
    assert forgotten.id != learner and forgotten.email is None and forgotten.last_name is None
    assert learners.get_learner_tags(learner).tags == []


def test_refusals_of_changes_reach_the_client(registrations: Any, course: Any) -> None:
    registrations.create_registration(enrolment(course, "client/twice"))

    with pytest.raises(ApiException) as taken:
        registrations.create_registration(enrolment(course, "client/twice"))
    assert taken.value.status == 400 and "already exists" in taken.value.body
    course.id = "no/such"
    with pytest.raises(ApiException) as unknown:
        registrations.create_registration(enrolment(course, "client/other"))
    assert unknown.value.status == 404 and "Could not find course" in unknown.value.body
    asked = rustici.LaunchLinkRequestSchema(redirect_on_exit_url="closer", expiry=301)
    with pytest.raises(ApiException) as late:
        registrations.build_registration_launch_link("client/twice", asked)
    assert late.value.status == 400


def test_every_method_of_these_services_is_driven_here() -> None:
    """A new release of the client that can do more shows up here."""
    source = Path(__file__).read_text("utf-8")
    methods = {
        name
        for service in SERVICES
        for name, method in vars(service).items()
        if callable(method) and not name.startswith("_") and not name.endswith("_with_http_info")
    }

    assert len(methods) == 33
    assert {name for name in methods if f".{name}(" not in source} == set()
