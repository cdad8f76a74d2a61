"""The files of a course at the sandbox's SCORM Cloud: put, fetched, taken away."""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from sandbox.academy import Academy
from sandbox.packages import parse
from tests.sandbox.loopback import Shop, serving
from tests.sandbox.scormcloud_calls import BASE, SECRET, ask, connect, encoded, walk
from tests.sandbox.specs import complaints, specification

STYLE = "shared/style.css"
LINE = "body { color: red }"


@pytest.fixture
async def cloud(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


@pytest.fixture
async def course(cloud: httpx.AsyncClient) -> str:
    """Path of a course with several versions."""
    rows = await walk(cloud, "/courses")
    return next(f"/courses/{encoded(row['id'])}" for row in rows if row["version"])


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def address(shop: Shop) -> Iterator[str]:
    with serving(shop) as url:
        yield url


async def upload(
    cloud: httpx.AsyncClient, course: str, destination: str = STYLE, **query: str
) -> httpx.Response:
    return await cloud.post(
        f"{course}/asset/upload",
        params=query,
        data={"destination": destination},
        files={"file": ("mine.css", LINE)},
    )


async def read(cloud: httpx.AsyncClient, course: str, path: str = STYLE) -> httpx.Response:
    return await cloud.get(f"{course}/asset", params={"relativePath": path})


async def sizes(cloud: httpx.AsyncClient, course: str) -> dict[str, int]:
    files = (await ask(cloud, f"{course}/asset/list"))["files"]
    return {file["path"]: file["size"] for file in files}


async def test_an_uploaded_asset_replaces_the_one_of_its_path(
    cloud: httpx.AsyncClient, course: str
) -> None:
    before = await ask(cloud, course)
    answer = await upload(cloud, course, "/shared/./style.css")

    assert (answer.status_code, answer.json()) == (
        200,
        {"filename": "style.css", "destination": STYLE},
    )
    assert (await read(cloud, course)).text == LINE
    assert (await sizes(cloud, course))[STYLE] == len(LINE)
    assert (await ask(cloud, course))["updated"] > before["updated"]


async def test_a_zip_holds_what_was_changed(cloud: httpx.AsyncClient, course: str) -> None:
    original = parse((await cloud.get(f"{course}/zip")).content)
    await upload(cloud, course)
    await upload(cloud, course, "new/page.html")
    await cloud.delete(f"{course}/asset", params={"relativePath": "shared/crest.png"})

    answer = await cloud.get(f"{course}/zip")

    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as zipped:
        assert zipped.testzip() is None
        assert zipped.read(STYLE) == zipped.read("new/page.html") == LINE.encode()
        assert "shared/crest.png" not in zipped.namelist()
    changed = parse(answer.content)
    assert (changed.title, changed.root) == (original.title, original.root)
    assert await sizes(cloud, course) == {file.path: file.size for file in changed.files}


async def test_a_version_is_changed_alone(cloud: httpx.AsyncClient, course: str) -> None:
    old = f"{course}/versions/0"
    latest = (await cloud.get(f"{course}/zip")).content

    assert (await upload(cloud, old)).status_code == 200

    assert (await read(cloud, old)).text == LINE
    assert (await read(cloud, course)).text != LINE
    assert (await cloud.get(f"{course}/zip")).content == latest
    with ZipFile(BytesIO((await cloud.get(f"{old}/zip")).content)) as zipped:
        assert zipped.read(STYLE) == LINE.encode()
    gone = await cloud.delete(f"{old}/asset", params={"relativePath": STYLE})
    assert gone.status_code == 204
    assert (await read(cloud, old)).status_code == 404
    assert (await read(cloud, course)).status_code == 200


async def test_an_asset_is_fetched(
    cloud: httpx.AsyncClient, course: str, shop: Shop, address: str
) -> None:
    shop.files["/mine.css"] = LINE.encode()
    asked = {"fetchUrl": f"{address}/mine.css", "destination": "css/mine.css"}

    for where in (course, f"{course}/versions/0"):
        answer = await cloud.post(f"{where}/asset", json=asked)
        assert answer.json() == {"filename": "mine.css", "destination": "css/mine.css"}
        assert (await read(cloud, where, "css/mine.css")).text == LINE


@pytest.mark.parametrize(
    ("policy", "path", "status"),
    [
        ("reject", STYLE, 400),
        ("reject", "new.css", 200),
        ("strict", STYLE, 200),
        ("strict", "new.css", 400),
        ("lax", STYLE, 200),
        ("lax", "new.css", 200),
        ("perhaps", STYLE, 400),
    ],
)
async def test_the_policy_says_whether_a_file_may_be_there(
    cloud: httpx.AsyncClient,
    course: str,
    shop: Shop,
    address: str,
    policy: str,
    path: str,
    status: int,
) -> None:
    shop.files["/mine.css"] = LINE.encode()

    fetched = await cloud.post(
        f"{course}/asset",
        params={"updateAssetPolicy": policy},
        json={"fetchUrl": f"{address}/mine.css", "destination": path},
    )
    uploaded = await upload(cloud, f"{course}/versions/0", path, updateAssetPolicy=policy)

    assert (fetched.status_code, uploaded.status_code) == (status, status)
    assert ((await sizes(cloud, course)).get(path) == len(LINE)) is (status == 200)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "..",
        "../up.css",
        "shared/../../up.css",
        "C:/up.css",
        "shared\\up.css",
        "shared/",
        "up\0.css",
        "shared",
        "shared/style.css/more.css",
        "x" * 1_001,
    ],
)
async def test_a_path_that_leaves_the_course_or_names_no_file_is_refused(
    cloud: httpx.AsyncClient, course: str, path: str
) -> None:
    files = await sizes(cloud, course)

    assert (await upload(cloud, course, path)).status_code == 400
    asked = {"fetchUrl": "http://127.0.0.1:1/x", "destination": path}
    assert (await cloud.post(f"{course}/asset", json=asked)).status_code == 400
    assert await sizes(cloud, course) == files


async def test_what_cannot_be_fetched_is_refused(
    cloud: httpx.AsyncClient, course: str, address: str
) -> None:
    for url in ("", "x.css", "http://198.51.100.7/x.css", f"{address}/x.css", "file:///etc/hosts"):
        answer = await cloud.post(f"{course}/asset", json={"fetchUrl": url, "destination": "x.css"})
        assert answer.status_code == 400, url
    assert (await cloud.post(f"{course}/asset", json={})).status_code == 400
    assert "x.css" not in await sizes(cloud, course)


async def test_what_is_not_there_is_not_found(cloud: httpx.AsyncClient, course: str) -> None:
    missing = {"relativePath": "nope.css"}
    up = {"relativePath": "../style.css"}
    asked = {"fetchUrl": "http://127.0.0.1:1/x", "destination": "x.css"}

    for path in ("/courses/nope", f"{course}/versions/9"):
        assert (await upload(cloud, path)).status_code == 404
        assert (await cloud.post(f"{path}/asset", json=asked)).status_code == 404
        assert (await cloud.delete(f"{path}/asset", params=missing)).status_code == 404
    assert (await cloud.delete(f"{course}/asset", params=missing)).status_code == 404
    assert (await cloud.delete(f"{course}/asset", params=up)).status_code == 400
    assert (await cloud.delete(f"{course}/asset")).status_code == 400


async def test_an_upload_needs_its_file_and_its_destination(
    cloud: httpx.AsyncClient, course: str
) -> None:
    path = f"{course}/asset/upload"

    assert (await cloud.post(path, files={"file": ("a", b"x")})).status_code == 400
    other = {"files": {"other": ("a", b"x")}, "data": {"destination": "a.css"}}
    assert (await cloud.post(path, **other)).status_code == 400  # type: ignore[arg-type]
    assert (await cloud.post(path, json={})).status_code == 400


async def test_no_token_puts_assets(cloud: httpx.AsyncClient, course: str) -> None:
    issued = await cloud.post(
        f"http://sandbox{BASE}/oauth/authenticate/application/token",
        data={"scope": "write delete read admin"},
        auth=SECRET,
    )
    cloud.auth = None  # type: ignore[assignment]
    cloud.headers["Authorization"] = f"Bearer {issued.json()['access_token']}"

    assert (await upload(cloud, course)).status_code == 403
    put = await cloud.post(f"{course}/asset", json={})
    assert (put.status_code, put.json()["message"]) == (403, "This operation takes no token.")
    assert (await read(cloud, course)).text != LINE
    gone = await cloud.delete(f"{course}/asset", params={"relativePath": STYLE})
    assert gone.status_code == 204


async def test_an_asset_fits_its_schema(cloud: httpx.AsyncClient, course: str) -> None:
    document = specification("scormcloud-v2.json")

    answer = await upload(cloud, course)

    assert complaints(document, "#/definitions/AssetFileSchema", answer.json()) == []
    listed = await ask(cloud, f"{course}/asset/list")
    assert complaints(document, "#/definitions/FileListSchema", listed) == []
