"""How the bundle is served: compressed to who takes it, kept for good where names are hashed."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.exceptions import HTTPException

from graph.explorer.assets import Assets

SCRIPT = b"console.log('a script')\n" * 100


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path / "static"
    folder.mkdir()
    for name in ("main-0A1B2C3D.js", "manifest.json"):
        (folder / name).write_bytes(SCRIPT)
    (folder / "main-0A1B2C3D.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "secret.txt").write_text("a secret")
    async with client_of(folder) as client:
        yield client


def client_of(folder: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Assets(folder))
    return httpx.AsyncClient(transport=transport, base_url="http://explorer")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, GZIP;q=0.8", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("", None),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0, *", None),
        ("*;q=0", None),
    ],
)
async def test_gzip_goes_to_who_takes_it(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/main-0A1B2C3D.js", headers={"accept-encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.content == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (int(answer.headers["content-length"]) < len(SCRIPT)) == (encoding == "gzip")


async def test_a_hashed_name_is_kept_for_good(client: httpx.AsyncClient) -> None:
    hashed = await client.get("/main-0A1B2C3D.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = await client.get("/manifest.json")
    assert plain.headers["cache-control"] == "no-cache"


async def test_what_the_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/main-0A1B2C3D.js")
    again = await client.get("/main-0A1B2C3D.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    # The two encodings are told apart.
    plain = {"if-none-match": first.headers["etag"], "accept-encoding": "identity"}
    assert (await client.get("/main-0A1B2C3D.js", headers=plain)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/absent.js", "/..%2Fsecret.txt", "/%2e%2e/secret.txt"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    with pytest.raises(HTTPException) as refusal:
        await client.get(path)
    assert refusal.value.status_code == 404


async def test_an_absent_bundle_holds_no_file(tmp_path: Path) -> None:
    async with client_of(tmp_path / "absent") as client:
        with pytest.raises(HTTPException) as refusal:
            await client.get("/main-0A1B2C3D.js")
    assert refusal.value.status_code == 404
