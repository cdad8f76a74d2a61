"""What is done to connectors at the sandbox's Bindbee: deleting, syncing, and passing through."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from coursegraph import CONNECTOR
from sandbox.academy import Academy
from tests.sandbox.bindbee_desk import HEADERS, Receiver, desk
from tests.sandbox.hourglass import Hourglass
from tests.sandbox.specs import complaints, specification

SPEC = "bindbee-lms.openapi.json"
CONNECTORS = "/api/lms/v1/connectors"
RESYNC = "/api/embedded/v1/connectors/resync"
PASSTHROUGH = "/api/v1/passthrough"


@pytest.fixture
def clock() -> Hourglass:
    return Hourglass()


@pytest.fixture
async def bindbee(academy: Academy, clock: Hourglass) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(academy, clock, Receiver().post) as client:
        yield client


async def connector(bindbee: httpx.AsyncClient, token: str) -> dict[str, Any]:
    answer = await bindbee.get(CONNECTORS, params={"connector_token": token})
    row: dict[str, Any] = answer.json()["items"][0]
    return row


async def pass_through(bindbee: httpx.AsyncClient, **body: Any) -> httpx.Response:
    given = {"method": "GET", "path": "/echo", "headers": {}} | body
    return await bindbee.post(PASSTHROUGH, json=given)


@pytest.mark.parametrize(
    ("params", "slugs"),
    [
        ({}, 4),
        ({"is_active": "false"}, 1),
        ({"is_active": "true"}, 3),
        ({"origin_id": "academy-3"}, 1),
        ({"connector_token": "demo-connector-new"}, 1),
        ({"connector_token": "demo-connector", "is_active": "false"}, 0),
    ],
)
async def test_connectors_are_listed_by_every_filter_of_the_document(
    bindbee: httpx.AsyncClient, params: dict[str, str], slugs: int
) -> None:
    answer = await bindbee.get(CONNECTORS, params=params)
    assert len(answer.json()["items"]) == slugs


async def test_connectors_take_the_parameters_of_bindbees_document(
    bindbee: httpx.AsyncClient,
) -> None:
    listed = specification(SPEC)["paths"][CONNECTORS]["get"]["parameters"]
    assert {each["name"] for each in listed} == {
        "connector_token", "is_active", "origin_id", "page_size", "cursor",
    }  # fmt: skip


async def test_connectors_are_paged(bindbee: httpx.AsyncClient) -> None:
    first = (await bindbee.get(CONNECTORS, params={"page_size": 3})).json()
    params = {"page_size": 3, "cursor": first["cursor"]}
    second = (await bindbee.get(CONNECTORS, params=params)).json()
    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (3, 1, None)


async def test_connectors_and_integrations_need_no_connector_token(
    bindbee: httpx.AsyncClient,
) -> None:
    del bindbee.headers["x-connector-token"]
    assert (await bindbee.get(CONNECTORS)).status_code == 200
    assert (await bindbee.get("/api/lms/v1/integrations")).status_code == 200


async def test_a_deleted_connector_is_gone_and_its_token_is_nobodys(
    bindbee: httpx.AsyncClient,
) -> None:
    row = await connector(bindbee, "demo-connector-relink")

    answer = await bindbee.delete(f"{CONNECTORS}/{row['id']}/delete")

    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    assert len((await bindbee.get(CONNECTORS)).json()["items"]) == 3
    headers = {"x-connector-token": "demo-connector-relink"}
    assert (await bindbee.get("/api/lms/v1/courses", headers=headers)).status_code == 401
    again = await bindbee.delete(f"{CONNECTORS}/{row['id']}/delete")
    assert (again.status_code, again.json()) == (404, {"detail": "Not found"})


async def test_deleting_in_one_sandbox_leaves_another_as_it_was(academy: Academy) -> None:
    async with desk(academy, Hourglass(), Receiver().post) as one:
        row = await connector(one, "demo-connector")
        await one.delete(f"{CONNECTORS}/{row['id']}/delete")
    async with desk(academy, Hourglass(), Receiver().post) as other:
        assert (await connector(other, "demo-connector"))["id"] == row["id"]


async def test_deleting_takes_a_uuid_and_the_method_delete(bindbee: httpx.AsyncClient) -> None:
    wrong = await bindbee.delete(f"{CONNECTORS}/17/delete")
    assert wrong.status_code == 422
    assert wrong.json()["detail"][0]["loc"] == ["path", "connector_id"]
    row = await connector(bindbee, "demo-connector")
    assert (await bindbee.get(f"{CONNECTORS}/{row['id']}/delete")).status_code == 405


async def test_a_resync_answers_with_a_bare_string_and_advances_the_sync(
    bindbee: httpx.AsyncClient, clock: Hourglass
) -> None:
    answer = await bindbee.post(RESYNC)
    assert answer.status_code == 200
    assert isinstance(answer.json(), str)

    under_way = await connector(bindbee, "demo-connector")
    assert under_way["sync_status"] == "Syncing"
    assert under_way["last_sync_start_time"] == "2026-03-02T09:00:00Z"
    assert under_way["next_sync_start_time"] is None

    await clock.turn(2)
    done = await connector(bindbee, "demo-connector")
    assert (done["sync_status"], done["next_sync_start_time"]) == ("Done", "2026-03-03T09:00:02Z")
    assert complaints(specification(SPEC), "#/components/schemas/ConnectorResponse", done) == []


async def test_the_first_sync_brings_the_data(bindbee: httpx.AsyncClient, clock: Hourglass) -> None:
    bindbee.headers["x-connector-token"] = "demo-connector-new"
    assert (await bindbee.get("/api/lms/v1/courses")).json()["items"] == []
    await bindbee.post(RESYNC)
    await clock.turn(2)
    assert len((await bindbee.get("/api/lms/v1/courses")).json()["items"]) == 50


async def test_a_sync_without_credentials_fails(
    bindbee: httpx.AsyncClient, clock: Hourglass
) -> None:
    bindbee.headers["x-connector-token"] = "demo-connector-relink"
    await bindbee.post(RESYNC)
    await clock.turn(2)
    assert (await connector(bindbee, "demo-connector-relink"))["sync_status"] == "Failed"


async def test_a_resync_needs_the_connectors_token(bindbee: httpx.AsyncClient) -> None:
    unknown = await bindbee.post(RESYNC, headers={"x-connector-token": "nobodys"})
    other = await bindbee.post(RESYNC, headers={"x-connector-token": "demo-hris-connector"})
    del bindbee.headers["x-connector-token"]
    missing = await bindbee.post(RESYNC)
    assert (unknown.status_code, other.status_code, missing.status_code) == (401, 403, 422)
    assert missing.json()["detail"][0]["loc"] == ["header", "x-connector-token"]


async def test_what_is_passed_through_arrives_at_the_vendor(bindbee: httpx.AsyncClient) -> None:
    answer = await pass_through(
        bindbee,
        method="PUT",
        path="/echo/this",
        params={"page": 2},
        headers={"X-Own": "yes"},
        data={"title": "Knots"},
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "method": "PUT",
        "path": "/echo/this",
        "params": {"page": 2},
        "headers": {"content-type": "application/json", "x-own": "yes"},
        "data": {"title": "Knots"},
    }


@pytest.mark.parametrize("name", ["method", "path", "headers"])
async def test_method_path_and_headers_have_to_be_there(
    bindbee: httpx.AsyncClient, name: str
) -> None:
    body = {"method": "GET", "path": "/echo", "headers": {}}
    del body[name]
    answer = await bindbee.post(PASSTHROUGH, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0] | {"input": None} == {
        "type": "missing",
        "loc": ["body", name],
        "msg": "Field required",
        "input": None,
    }
    reference = "#/components/schemas/HTTPValidationError"
    assert complaints(specification(SPEC), reference, answer.json()) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("method", "FETCH"),
        ("path", 7),
        ("headers", {"X-Own": 1}),
        ("params", ["page"]),
        ("data", 7),
        ("request_format", "BINARY"),
        ("response_format", "CSV"),
        ("timeout", "soon"),
    ],
)
async def test_a_field_of_a_wrong_type_is_refused_by_its_name(
    bindbee: httpx.AsyncClient, field: str, value: Any
) -> None:
    answer = await pass_through(bindbee, **{field: value})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", field]


async def test_headers_may_be_null_though_not_left_out(bindbee: httpx.AsyncClient) -> None:
    assert (await pass_through(bindbee, headers=None)).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]"])
async def test_a_body_that_is_no_object_is_refused(bindbee: httpx.AsyncClient, body: bytes) -> None:
    answer = await bindbee.post(PASSTHROUGH, content=body)
    assert (answer.status_code, answer.json()["detail"][0]["loc"][0]) == (422, "body")


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/broken", 503), ("/courses/none", 404)]
)
async def test_a_vendors_error_is_passed_as_200(
    bindbee: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await pass_through(bindbee, path=path)
    assert (answer.status_code, answer.json()["error"]["status"]) == (200, status)


async def test_the_vendor_knows_courses_by_remote_id_and_keeps_what_it_is_told(
    bindbee: httpx.AsyncClient,
) -> None:
    rows = (await bindbee.get("/api/lms/v1/courses")).json()["items"]
    row = next(each for each in rows if each["remote_id"] and each["name"])
    path = f"/courses/{row['remote_id']}"
    assert (await pass_through(bindbee, path=path)).json()["name"] == row["name"]

    await pass_through(bindbee, method="PATCH", path=path, data={"name": "Knots"})

    assert (await pass_through(bindbee, path=path)).json()["name"] == "Knots"
    # Bindbee's copy is as old as its last sync.
    assert (await bindbee.get(f"/api/lms/v1/courses/{row['id']}")).json()["name"] == row["name"]


async def test_a_connector_to_be_linked_again_reaches_no_vendor(
    bindbee: httpx.AsyncClient,
) -> None:
    bindbee.headers["x-connector-token"] = "demo-connector-relink"
    answer = await pass_through(bindbee)
    assert (answer.status_code, answer.json()["error"]["status"]) == (200, 401)


@pytest.mark.parametrize(
    ("form", "data", "media_type"),
    [
        ("JSON", ["a"], "application/json"),
        ("XML", "<course/>", "application/xml"),
        ("MULTIPART", {"title": "Knots"}, "multipart/form-data; boundary=bindbee"),
    ],
)
async def test_a_request_goes_in_the_format_that_was_asked_for(
    bindbee: httpx.AsyncClient, form: str, data: Any, media_type: str
) -> None:
    answer = await pass_through(bindbee, method="POST", request_format=form, data=data)
    assert answer.json()["headers"] == {"content-type": media_type}
    assert answer.json()["data"] == data


@pytest.mark.parametrize(
    ("form", "media_type", "words"),
    [
        ("JSON", "application/json", b'"method":"GET"'),
        ("XML", "application/xml", b"<method>GET</method>"),
        ("MULTIPART", "multipart/form-data", b'name="method"\r\n\r\nGET'),
        ("BINARY", "application/octet-stream", b"GET"),
    ],
)
async def test_an_answer_comes_in_the_format_that_was_asked_for(
    bindbee: httpx.AsyncClient, form: str, media_type: str, words: bytes
) -> None:
    answer = await pass_through(bindbee, response_format=form)
    assert answer.headers["content-type"].startswith(media_type)
    assert words in answer.content


async def test_a_file_comes_as_it_is(bindbee: httpx.AsyncClient) -> None:
    answer = await pass_through(
        bindbee, path="/courses/7/certificate.pdf", response_format="BINARY"
    )
    assert answer.content.startswith(b"%PDF")


async def test_a_vendor_that_takes_longer_than_the_timeout_is_given_up(
    bindbee: httpx.AsyncClient,
) -> None:
    slow = {"path": "/slow", "params": {"seconds": 9}}
    assert (await pass_through(bindbee, **slow, timeout=5)).status_code == 504
    assert (await pass_through(bindbee, **slow, timeout=10)).status_code == 200


async def test_passing_through_needs_key_and_token(bindbee: httpx.AsyncClient) -> None:
    bindbee.headers["authorization"] = "Bearer wrong"
    assert (await pass_through(bindbee)).status_code == 401
    bindbee.headers.update(HEADERS)
    bindbee.headers["x-connector-token"] = "nobodys"
    assert (await pass_through(bindbee)).status_code == 401


async def test_the_demo_settings_name_the_demo_connector(bindbee: httpx.AsyncClient) -> None:
    assert (await connector(bindbee, "demo-connector"))["id"] == CONNECTOR
