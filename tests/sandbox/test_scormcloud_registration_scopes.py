"""The sandbox's Registration and Learner Services are whole, and open to who may change them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from sandbox.scormcloud import READS, learners, registration_edits
from sandbox.scormcloud.writes import Write
from tests.sandbox.scormcloud_calls import SECRET, connect
from tests.sandbox.specs import specification

WRITES = (*registration_edits.WRITES, *learners.WRITES)
VERBS = ("read", "write", "delete")


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy, auth=None) as client:
        yield client


async def bearer(cloud: httpx.AsyncClient, scope: str) -> dict[str, str]:
    answer = await cloud.post(
        "/oauth/authenticate/application/token", data={"scope": scope}, auth=SECRET
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def status(cloud: httpx.AsyncClient, write: Write, scope: str | None) -> int:
    """How something unknown, changed with nonsense, is answered."""
    path = write.path.format(id="nope", instance=0, setting="x")
    headers = {} if scope is None else await bearer(cloud, scope)
    answer = await cloud.request(write.method, path, content="nonsense", headers=headers)
    return answer.status_code


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write.method} {write.path}")
async def test_a_change_needs_a_scope_that_allows_it(
    cloud: httpx.AsyncClient, write: Write
) -> None:
    others = " ".join(f"{verb}:{write.noun} {verb}" for verb in VERBS if verb != write.verb)

    assert await status(cloud, write, None) == 401
    assert await status(cloud, write, others) == 403
    assert await status(cloud, write, f"{write.verb}:course") == 403
    for enough in (write.verb, f"{write.verb}:registration"):
        assert await status(cloud, write, enough) in (400, 404)


def test_every_operation_of_these_services_is_played() -> None:
    played = {("get", path) for path, _, _ in READS} | {("head", "/registrations/{id}")}
    played |= {(write.method.lower(), write.path) for write in WRITES}
    names = {"registrationId": "id", "learnerId": "id", "instanceId": "instance"}
    names["settingId"] = "setting"

    documented = {
        (method, path)
        for path, operations in specification("scormcloud-v2.json")["paths"].items()
        for method, operation in operations.items()
        if set(operation.get("tags", ())) & {"RegistrationApi", "LearnerApi"}
    }

    assert len(documented) == 33
    missing = set()
    for method, path in documented:
        ours = path
        for theirs, name in names.items():
            ours = ours.replace(f"{{{theirs}}}", f"{{{name}}}")
        if (method, ours) not in played:
            missing.add((method, path))
    assert missing == set()
