"""Asks the sandbox's SCORM Cloud what tests want to know."""

from typing import Any
from urllib.parse import quote

import httpx

from sandbox.academy import Academy
from sandbox.app import create_app

BASE = "/scormcloud/api/v2"
SECRET = ("demo-app", "demo-secret")

JSONObject = dict[str, Any]


def connect(academy: Academy, auth: tuple[str, str] | None = SECRET) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(academy))
    return httpx.AsyncClient(transport=transport, base_url=f"http://sandbox{BASE}", auth=auth)


def encoded(key: str) -> str:
    """A key as one part of a path."""
    return quote(key, safe="")


async def ask(cloud: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await cloud.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def said(cloud: httpx.AsyncClient, path: str, **query: Any) -> tuple[int, str]:
    """Status and text of a refusal, which must be under both keys."""
    answer = await cloud.get(path, params=query)
    body = answer.json()
    assert body["message"] == body["error"]
    return answer.status_code, body["message"]


async def walk(cloud: httpx.AsyncClient, path: str, **query: Any) -> list[JSONObject]:
    """Every row of a list, page by page."""
    rows: list[JSONObject] = []
    while True:
        body = await ask(cloud, path, **query)
        (name,) = set(body) - {"more"}
        rows += body[name]
        if "more" not in body:
            return rows
        query = {"more": body["more"]}


async def keys(cloud: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    return [row["id"] for row in await walk(cloud, path, **query)]


def path(row: JSONObject, rest: str = "") -> str:
    """Where a registration is."""
    return f"/registrations/{encoded(row['id'])}{rest}"


def below(activity: JSONObject) -> list[JSONObject]:
    """Everything below an activity, of a course or of a registration."""
    return [each for child in activity["children"] for each in (child, *below(child))]


def leaves(activity: JSONObject) -> list[JSONObject]:
    return [each for each in (activity, *below(activity)) if not each["children"]]


async def tell(cloud: httpx.AsyncClient, method: str, path: str, body: Any = None) -> None:
    """Have something changed, which is answered by 204 without a body."""
    answer = await cloud.request(method, path, json={} if body is None else body)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


async def refused(
    cloud: httpx.AsyncClient, method: str, path: str, body: Any = None
) -> tuple[int, str]:
    """Status and text of a change that is refused."""
    answer = await cloud.request(method, path, json={} if body is None else body)
    text = answer.json()
    assert text["message"] == text["error"]
    return answer.status_code, text["message"]
