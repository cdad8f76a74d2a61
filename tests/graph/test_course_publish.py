"""A course is hosted at one source and offered at others; what fails leaves the rest done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from graph.app import create_app
from providers.sources import Settings, make_settings
from sandbox.academy import Academy
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import PORT, Answer, Graph, running
from tests.graph.test_transfers import package
from tests.sandbox.loopback import Shop, serving

PUBLISH = """mutation($i: CoursePublishInput!) {
  coursePublish(input: $i) {
    courseImport { status }
    course { title key }
    launchUrl
    targets {
      source { name } status course { title url externalReference } externalReference message code
      resume
    }
    userErrors { field message code }
  }
}"""

ACCOUNTS = {
    "newer": "demo-account",
    "june": "demo-account-2025-06",
    "limited": "demo-limited",
    "disabled": "demo-disabled",
}


def sources() -> Settings:
    base = f"http://127.0.0.1:{PORT}"
    host = {
        "name": "host",
        "provider": "scorm_cloud",
        "app_id": "demo-app",
        "secret": "demo-secret",
        "base_url": f"{base}/scormcloud/api/v2",
    }
    accounts = [
        {
            "name": name,
            "provider": "stackone",
            "api_key": "demo-key",
            "account_id": account,
            "base_url": f"{base}/stackone",
            "generation": "2025-06" if name == "june" else "2025-12",
        }
        for name, account in ACCOUNTS.items()
    ]
    terms = {"explain": True, "poll_interval": 0.001}
    return make_settings({**terms, "sources": [host, *accounts]}, {})


@asynccontextmanager
async def opened(looks: int = 2) -> AsyncIterator[Graph]:
    academy, own = Academy(), sources()
    sandbox = create_sandbox(academy, import_looks=looks)
    app = create_app(own, transport=httpx.ASGITransport(sandbox))
    async with running(app, sandbox, academy, own) as graph:
        yield graph


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    async with opened() as graph:
        yield graph


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a good package is, and beside it what is none."""
    shop = Shop()
    shop.files = {"/kites.zip": package(), "/broken.zip": b"no zip"}
    with serving(shop) as address:
        yield f"{address}/kites.zip"


async def publish(graph: Graph, *targets: str, **given: Any) -> Answer:
    names = [{"source": name} for name in targets]
    start = {} if "invitedBy" in given else {"launchUrl": "https://lms.example.com/kites"}
    return await graph.ask(
        PUBLISH, i={"source": "host", "key": "kites", "targets": names, **start, **given}
    )


async def test_a_package_is_hosted_and_offered_everywhere(graph: Graph, url: str) -> None:
    answer = await publish(graph, "newer", "june", packageUrl=url)
    assert answer.errors == []
    found = answer.data["coursePublish"]
    assert found["userErrors"] == []
    assert found["courseImport"] == {"status": "COMPLETE"}
    assert found["course"] == {"title": "Kite flying", "key": "kites"}
    for name, target in zip(("newer", "june"), found["targets"], strict=True):
        assert target["source"] == {"name": name}
        assert (target["status"], target["message"], target["resume"]) == ("DONE", None, None)
        assert target["course"] == {
            "title": "Kite flying",
            "url": "https://lms.example.com/kites",
            "externalReference": "host:kites",
        }


async def test_a_target_that_fails_leaves_the_others_done_and_says_how_to_go_on(
    graph: Graph, url: str
) -> None:
    answer = await publish(graph, "disabled", "newer", "limited", "host", packageUrl=url)
    assert answer.errors == []
    targets = answer.data["coursePublish"]["targets"]
    assert [each["status"] for each in targets] == ["FAILED", "DONE", "FAILED", "FAILED"]
    assert [each["code"] for each in targets] == [
        "UPSTREAM_ACCOUNT_DISABLED",
        None,
        "UNSUPPORTED",
        "UNSUPPORTED",
    ]
    assert "ask for the same again without `packageUrl`" in targets[0]["resume"]
    assert targets[2]["resume"] is None


async def test_asking_again_goes_on_where_it_stopped(graph: Graph, url: str) -> None:
    given = {"packageUrl": url, "idempotencyKey": "kites-1"}
    await graph.fault("stackone", "status", status=503, path="/content")
    first = await publish(graph, "newer", **given)
    (target,) = first.data["coursePublish"]["targets"]
    assert (target["status"], target["code"]) == ("FAILED", "UPSTREAM_UNAVAILABLE")
    assert "ask for the same again, of this target" in target["resume"]
    await graph.heal()
    await graph.forget()
    again = await publish(graph, "newer", **given)
    assert again.errors == []
    (target,) = again.data["coursePublish"]["targets"]
    assert target["status"] == "DONE"
    imports = [each for each in await graph.requests() if "importJobs" in each["path"]]
    assert [each["method"] for each in imports if each["method"] == "POST"] == []
    third = await publish(graph, "newer", title="Kites for all")
    assert third.data["coursePublish"]["targets"][0]["course"]["title"] == "Kites for all"
    rows = await graph.ask(
        '{ source(name: "newer") { courses(first: 9, filter: {externalReference: "host:kites"})'
        " { nodes { title } } } }"
    )
    assert rows.data["source"]["courses"]["nodes"] == [{"title": "Kites for all"}]


async def test_going_on_as_a_failed_target_says_needs_no_second_import(
    graph: Graph, url: str
) -> None:
    await graph.fault("stackone", "status", status=503, path="/content")
    first = await publish(graph, "newer", packageUrl=url, mayCreateNewVersion=True)
    assert "without `packageUrl`" in first.data["coursePublish"]["targets"][0]["resume"]
    await graph.heal()
    again = await publish(graph, "newer", mayCreateNewVersion=True)
    assert again.data["coursePublish"]["targets"][0]["status"] == "DONE"
    sent = [each["path"] for each in await graph.requests() if each["method"] == "POST"]
    assert len([path for path in sent if path.endswith("/importJobs")]) == 1


async def test_an_import_that_takes_long_puts_the_targets_off(url: str) -> None:
    async with opened(looks=10_000) as graph:
        answer = await publish(graph, "newer", packageUrl=url, waitFor=0.01)
    found = answer.data["coursePublish"]
    assert found["courseImport"] == {"status": "RUNNING"}
    assert found["course"] is None
    (target,) = found["targets"]
    assert target["status"] == "PENDING"
    assert target["message"] == "the import is still under way"
    assert "without `packageUrl`" in target["resume"]


async def test_an_invitation_is_made_once_and_used_again(graph: Graph, url: str) -> None:
    first = await publish(graph, "newer", packageUrl=url, invitedBy="owner@academy.example")
    assert first.errors == []
    address = first.data["coursePublish"]["launchUrl"]
    assert address.endswith(first.data["coursePublish"]["targets"][0]["course"]["url"])
    again = await publish(graph, "june", invitedBy="owner@academy.example")
    assert again.data["coursePublish"]["launchUrl"] == address
    made = [each for each in await graph.requests() if each["path"].endswith("/invitations/public")]
    assert [each["method"] for each in made] == ["GET", "POST", "GET"]


async def test_a_package_that_is_broken_is_the_user_s_to_put_right(graph: Graph, url: str) -> None:
    answer = await publish(graph, "newer", packageUrl=url.replace("kites", "broken"))
    found = answer.data["coursePublish"]
    (error,) = found["userErrors"]
    assert (error["field"], error["code"]) == (["packageUrl"], "INVALID")
    assert found["course"] is None
    (target,) = found["targets"]
    assert target["status"] == "PENDING"
    assert "userErrors" in target["message"]
    assert "put the package right" in target["resume"]


async def test_a_course_that_is_there_is_a_conflict(graph: Graph, url: str) -> None:
    await publish(graph, "newer", packageUrl=url)
    answer = await publish(graph, "newer", packageUrl=url)
    (error,) = answer.data["coursePublish"]["userErrors"]
    assert (error["field"], error["code"]) == (["key"], "CONFLICT")
    (target,) = answer.data["coursePublish"]["targets"]
    assert "userErrors" in target["message"]
    assert target["resume"] == "put that right, and ask for the same again"


@pytest.mark.parametrize(
    ("targets", "given", "field", "code"),
    [
        ((), {}, ["targets"], "INVALID"),
        (("newer", "newer"), {}, ["targets", "1", "source"], "INVALID"),
        (
            ("newer",),
            {"invitedBy": "a@b.c", "launchUrl": "https://x.example"},
            ["launchUrl"],
            "INVALID",
        ),
        (("newer",), {"launchUrl": None}, ["launchUrl"], "INVALID"),
        (("newer",), {"launchUrl": "javascript:alert(1)"}, ["launchUrl"], "INVALID"),
        (("newer",), {"launchUrl": "https://[x"}, ["launchUrl"], "INVALID"),
        (("newer",), {"key": "nothing"}, ["key"], "NOT_FOUND"),
        (("newer",), {"invitedBy": "nobody", "key": "nothing"}, ["key"], "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_published_is_told_before_anything_is_written(
    graph: Graph, targets: tuple[str, ...], given: dict[str, Any], field: list[str], code: str
) -> None:
    answer = await publish(graph, *targets, **given)
    assert answer.errors == []
    (error,) = answer.data["coursePublish"]["userErrors"]
    assert (error["field"], error["code"]) == (field, code)
    assert {each["method"] for each in await graph.requests()} <= {"GET"}


async def test_a_source_that_is_not_there_is_bad_input(graph: Graph) -> None:
    answer = await publish(graph, "somebody-else-s")
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_a_host_that_is_down_is_an_error_and_nothing_is_offered(
    graph: Graph, url: str
) -> None:
    await graph.fault("scormcloud", "status", status=503)
    answer = await publish(graph, "newer", packageUrl=url)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.data == {"coursePublish": None}
    assert not [each for each in await graph.requests() if each["provider"] == "stackone"]
