"""Public invitations of the sandbox's SCORM Cloud, and who follows one."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import rustici_software_cloud_v2 as rustici

from sandbox.academy import Academy
from sandbox.app import create_app
from tests.sandbox.loopback import serving


@pytest.fixture(scope="module")
def host(academy: Academy) -> Iterator[str]:
    with serving(create_app(academy)) as url:
        yield f"{url}/scormcloud/api/v2/"


@pytest.fixture
def client(host: str) -> Iterator[Any]:
    configuration = rustici.Configuration()
    configuration.host = host
    configuration.username, configuration.password = "demo-app", "demo-secret"
    client = rustici.ApiClient(configuration)
    yield client
    client.rest_client.pool_manager.clear()


@pytest.fixture
def course(client: Any) -> str:
    key: str = rustici.CourseApi(client).get_courses().courses[0].id
    return key


def invited(client: Any, course: str, **more: Any) -> Any:
    body = rustici.CreatePublicInvitationSchema(
        course_id=course, creating_user_email="owner@academy.example", **more
    )
    return rustici.InvitationsApi(client).create_public_invitation(body)


def test_whoever_follows_an_invitation_is_registered_and_sent_on(client: Any, course: str) -> None:
    invitation = invited(client, course)
    with httpx.Client(follow_redirects=True) as visitor:
        assert "Who wants to take this course?" in visitor.get(invitation.url).text
        form = {"email": "new@academy.example", "name": "Nia New"}
        launched = visitor.post(invitation.url, data=form)
        assert launched.status_code == 200
        assert "Nia New" in launched.text
        again = visitor.post(invitation.url, data=form)
        assert again.status_code == 200
    found = rustici.RegistrationApi(client).get_registrations(
        course_id=course, learner_id="new@academy.example"
    )
    (registration,) = found.registrations
    assert registration.learner.first_name == "Nia"
    listed = rustici.InvitationsApi(client).get_public_invitations(course_id=course)
    assert listed.invitations[0].id == invitation.id
    read = rustici.InvitationsApi(client).get_public_invitation(invitation.id)
    assert (read.url, read.registration_count) == (invitation.url, 1)


def test_an_invitation_for_one_lets_no_second_in(client: Any, course: str) -> None:
    invitation = invited(client, course, registration_cap=1)
    assert httpx.post(invitation.url, data={"email": "one@academy.example"}).status_code == 303
    assert httpx.post(invitation.url, data={"email": "two@academy.example"}).status_code == 403


def test_an_invitation_that_is_over_leads_nowhere(client: Any, course: str) -> None:
    invitation = invited(client, course, expiration_date="2020-01-01T00:00:00Z")
    assert httpx.get(invitation.url).status_code == 410
    assert httpx.get(invitation.url + "x").status_code == 404
    assert httpx.post(invitation.url, data={"email": "none"}).status_code == 410


@pytest.mark.parametrize(
    ("course_id", "email", "status"),
    [("no such course", "owner@academy.example", 404), (None, "nobody", 400)],
)
def test_an_invitation_that_can_not_be_is_refused(
    client: Any, course: str, course_id: str | None, email: str, status: int
) -> None:
    body = rustici.CreatePublicInvitationSchema(
        course_id=course_id or course, creating_user_email=email
    )
    with pytest.raises(rustici.rest.ApiException) as refused:
        rustici.InvitationsApi(client).create_public_invitation(body)
    assert refused.value.status == status


def test_only_who_may_write_invitations_makes_one(host: str, course: str) -> None:
    body = {"courseId": course, "creatingUserEmail": "owner@academy.example"}
    assert httpx.post(f"{host}invitations/public", json=body).status_code == 401
