"""What the sandbox asks of others, on this machine alone: files to fetch, results to post.

A sandbox that fetched whatever it was told would be a way into the network that it runs in.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from sandbox import outbound

MAX_FETCHED_BYTES = 1024 * 1024 * 1024
MAX_REDIRECTS = 5
SECONDS = 60.0
"""How long fetching a file may take in all, or posting a result."""


class FetchError(Exception):
    """A file that can't be fetched; the message says why."""


def is_address(url: str) -> bool:
    """Whether this is an absolute address of the web."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def file_name(url: str) -> str:
    """The last part of an address's path, empty where it has none."""
    return unquote(urlsplit(url).path).replace("\\", "/").rpartition("/")[2]


async def fetch(url: str, target: Path) -> None:
    """Saves what is at `url` as `target`; `FetchError` where there is nothing, or too much."""
    try:
        async with asyncio.timeout(SECONDS), _client() as client:
            await _fetch(client, url, target)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        target.unlink(missing_ok=True)
        raise FetchError(f"{url} could not be fetched.") from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


async def _fetch(client: httpx.AsyncClient, url: str, target: Path) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        if not _is_local(url):
            raise FetchError(f"{url} is not on this machine, which is all the sandbox may ask.")
        async with client.stream("GET", url) as answer:
            if answer.has_redirect_location:
                url = urljoin(url, answer.headers["location"])
            elif answer.status_code == 200:
                return await _save(answer, target)
            else:
                raise FetchError(f"{url} was answered with status {answer.status_code}.")
    raise FetchError(f"{url} is redirected too often.")


async def _save(answer: httpx.Response, target: Path) -> None:
    size = 0
    with target.open("xb") as file:
        async for chunk in answer.aiter_bytes():
            size += len(chunk)
            if size > MAX_FETCHED_BYTES:
                raise FetchError(f"{answer.url} is larger than {MAX_FETCHED_BYTES} bytes.")
            file.write(chunk)


async def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    auth: tuple[str, str] | None = None,
) -> int | None:
    """Posts a result once, and gives the status of the answer; None where there was none.

    To other machines nothing is sent.
    """
    if auth is not None:
        headers = {
            **headers,
            "Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}",
        }
    try:
        return await outbound.post(url, content, headers, SECONDS)
    except outbound.NotHere:
        return None


def _client() -> httpx.AsyncClient:
    # Neither a proxy nor a .netrc of the machine has a part in this.
    return httpx.AsyncClient(
        trust_env=False, headers={"Accept-Encoding": "identity"}, follow_redirects=False
    )


def _is_local(url: str) -> bool:
    try:
        outbound.local(url)
    except outbound.NotHere:
        return False
    return True
