"""The sandbox as a whole: four providers in one app, with a log and faults of its own."""

from urllib.parse import quote

import httpx

from sandbox.academy import Academy
from sandbox.app import PROVIDERS, create_app

COURSES = "/bindbee/api/lms/v1/courses"


async def ask(sandbox: httpx.AsyncClient, provider: str) -> httpx.Response:
    """The first page of a provider's courses, with nothing but what the index tells."""
    shown = PROVIDERS[provider]
    basic = shown.get("basic")
    return await sandbox.get(
        f"{shown['base']}/courses",
        headers=shown.get("headers"),
        auth=(basic["user"], basic["password"]) if basic else None,
    )


async def test_the_index_tells_all_that_a_first_request_needs(sandbox: httpx.AsyncClient) -> None:
    assert (await sandbox.get("/")).json()["providers"] == PROVIDERS
    for provider in PROVIDERS:
        answer = await ask(sandbox, provider)
        assert answer.status_code == 200, answer.text
        assert any(isinstance(value, list) and value for value in answer.json().values())


async def test_no_provider_answers_without_credentials(sandbox: httpx.AsyncClient) -> None:
    for shown in PROVIDERS.values():
        assert (await sandbox.get(f"{shown['base']}/courses")).status_code == 401


async def test_the_log_is_in_order_of_arrival_and_can_be_cleared(
    sandbox: httpx.AsyncClient,
) -> None:
    await sandbox.get("/vitalsource/api/v4/courses?page=2")
    await ask(sandbox, "bindbee")
    assert (await sandbox.get("/_requests")).json() == {
        "requests": [
            {
                "provider": "vitalsource",
                "method": "GET",
                "path": "/api/v4/courses",
                "query": "page=2",
                "status": 401,
            },
            {
                "provider": "bindbee",
                "method": "GET",
                "path": "/api/lms/v1/courses",
                "query": "",
                "status": 200,
                "rows": 50,
            },
        ]
    }
    assert (await sandbox.delete("/_requests")).status_code == 204
    assert (await sandbox.get("/_requests")).json() == {"requests": []}


async def test_a_fault_is_switched_on_and_off_over_http(sandbox: httpx.AsyncClient) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": "2"}
    assert (await sandbox.put("/_faults/bindbee", json=fault)).status_code == 204
    struck = await ask(sandbox, "bindbee")
    assert (struck.status_code, struck.headers["retry-after"]) == (429, "2")
    assert (await ask(sandbox, "vitalsource")).status_code == 200
    await sandbox.delete("/_faults/bindbee")
    assert (await ask(sandbox, "bindbee")).status_code == 200


async def test_all_faults_are_cleared_at_once(sandbox: httpx.AsyncClient) -> None:
    for provider in ("bindbee", "vitalsource"):
        await sandbox.put(f"/_faults/{provider}", json={"kind": "html", "status": 502})
        assert (await ask(sandbox, provider)).status_code == 502
    await sandbox.delete("/_faults")
    for provider in ("bindbee", "vitalsource"):
        assert (await ask(sandbox, provider)).status_code == 200


async def test_a_fault_that_nobody_knows_is_refused(sandbox: httpx.AsyncClient) -> None:
    assert (await sandbox.put("/_faults/acme", json={"kind": "html"})).status_code == 404
    unknown: list[object] = [{"kind": "flood"}, {"kind": "html", "for": 3}, []]
    for body in unknown:
        assert (await sandbox.put("/_faults/bindbee", json=body)).status_code == 400


async def test_apps_do_not_share_logs_or_faults(academy: Academy) -> None:
    first, second = (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=create_app(academy)), base_url="http://sandbox"
        )
        for _ in range(2)
    )
    async with first, second:
        await first.put("/_faults/bindbee", json={"kind": "html"})
        await first.get(COURSES)
        assert len((await first.get("/_requests")).json()["requests"]) == 1
        assert (await second.get("/_requests")).json() == {"requests": []}
        assert (await second.get(COURSES)).status_code == 401


async def test_changes_are_undone_by_a_reset(sandbox: httpx.AsyncClient) -> None:
    courses, secret = "/scormcloud/api/v2/courses", ("demo-app", "demo-secret")
    before = (await sandbox.get(courses, auth=secret)).json()
    path = f"{courses}/{quote(before['courses'][0]['id'], safe='')}"

    for reset in ("/_reset", "/_reset/scormcloud"):
        assert (await sandbox.delete(path, auth=secret)).status_code == 204
        assert (await sandbox.get(path, auth=secret)).status_code == 404
        assert (await sandbox.put("/_reset/bindbee")).status_code == 204
        assert (await sandbox.get(path, auth=secret)).status_code == 404
        assert (await sandbox.put(reset)).status_code == 204
        assert (await sandbox.get(courses, auth=secret)).json() == before
    assert (await sandbox.put("/_reset/moodle")).status_code == 404
