"""How courses come in to the sandbox's SCORM Cloud."""

import json
import struct
import tracemalloc
import zipfile
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.academy import Academy
from sandbox.app import create_app
from sandbox.packages import Standard, generate
from sandbox.scormcloud import multipart, outward, routes
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.folder import Folder
from sandbox.wire import Desk, Faults
from tests.sandbox.loopback import Shop, serving
from tests.sandbox.scorm_packages import MANIFEST, MP3, MP4, PDF, package, packed
from tests.sandbox.scormcloud_calls import BASE, SECRET, JSONObject, ask, connect, encoded, keys
from tests.sandbox.specs import complaints, shared, specification


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the apps of this test have their folders, and nothing else is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
async def cloud(academy: Academy, folders: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(academy) as client:
        yield client


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def address(shop: Shop) -> Iterator[str]:
    with serving(shop) as url:
        yield url


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def upload(
    cloud: httpx.AsyncClient, data: bytes, name: str = "tides.zip", **said: Any
) -> httpx.Response:
    headers = {"uploadedContentType": said.pop("kind")} if "kind" in said else {}
    form = {"contentMetadata": json.dumps(said.pop("metadata"))} if "metadata" in said else {}
    return await cloud.post(
        "/courses/importJobs/upload",
        params={"courseId": "tides", **said},
        headers=headers,
        data=form,
        files={"file": (name, data)},
    )


async def finished(cloud: httpx.AsyncClient, answer: httpx.Response) -> JSONObject:
    """The job once it is over; it is seen running twice before."""
    assert answer.status_code == 200, answer.text
    path = f"/courses/importJobs/{answer.json()['result']}"
    for _ in range(2):
        job = await ask(cloud, path)
        assert (job["status"], job["message"]) == ("RUNNING", "")
        assert "importResult" not in job
    ended: JSONObject = await ask(cloud, path)
    assert await ask(cloud, path) == ended
    return ended


async def imported(cloud: httpx.AsyncClient, answer: httpx.Response) -> JSONObject:
    job = await finished(cloud, answer)
    assert (job["status"], job["message"]) == ("COMPLETE", "Import Successful")
    result: JSONObject = job["importResult"]
    return result


async def failed(cloud: httpx.AsyncClient, answer: httpx.Response) -> str:
    job = await finished(cloud, answer)
    assert job["status"] == "ERROR" and "importResult" not in job
    assert (await cloud.get("/courses/tides")).status_code == 404
    return str(job["message"])


async def refused(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["message"])


async def test_an_uploaded_package_becomes_a_course(cloud: httpx.AsyncClient) -> None:
    data = package("High Tides")

    result = await imported(cloud, await upload(cloud, data, tags="sea, moon"))

    course = await ask(cloud, "/courses/tides")
    assert result["course"] == {**course, "registrationCount": -1, "metadata": {}}
    assert (course["title"], course["version"], course["tags"]) == (
        "High Tides",
        0,
        ["sea", "moon"],
    )
    assert course["courseLearningStandard"] == "SCORM12"
    assert result["webPathToCourse"] == "/content/courses/demo-app/tides/0"
    assert (await cloud.get("/courses/tides/zip")).content == data
    asset = await cloud.get("/courses/tides/asset", params={"relativePath": "a.html"})
    assert asset.content == b"<p>Hello"
    assert (await keys(cloud, "/courses"))[0] == "tides"  # the newest comes first


async def test_a_course_is_there_once_its_import_is_over(cloud: httpx.AsyncClient) -> None:
    answer = await upload(cloud, package())

    assert (await cloud.get("/courses/tides")).status_code == 404
    await imported(cloud, answer)
    assert (await cloud.get("/courses/tides")).status_code == 200


@pytest.mark.parametrize(
    ("name", "title", "standard", "languages"),
    [
        ("aicc-single-au", "UniversitySite AICC Testing Tool", "AICC", []),
        ("cmi5-multi-au-geology", "Introduction to Geology - Multi AU at Root", "CMI5", ["en-US"]),
        ("scorm12-single-sco-golf", "Golf Explained - CP Single SCO", "SCORM12", []),
        (
            "scorm2004-3rd-metadata-golf",
            "Golf Explained - Metadata Example",
            "SCORM20043RDEDITION",
            ["en", "en-US", "es"],
        ),
    ],
)
async def test_a_real_package_is_imported(
    cloud: httpx.AsyncClient, name: str, title: str, standard: str, languages: list[str]
) -> None:
    path = shared() / "contracts" / "scorm_packages" / f"{name}.zip"
    if not path.exists():
        pytest.skip(f"{path} is not there")

    result = await imported(cloud, await upload(cloud, path.read_bytes()))

    course = result["course"]
    assert (course["title"], course["courseLearningStandard"]) == (title, standard)
    assert (result["courseLanguages"], result["parserWarnings"]) == (languages, [])
    assert (await cloud.get("/courses/tides/zip")).content == path.read_bytes()


@pytest.mark.parametrize(
    "standard", [each for each in Standard if each not in ("SCORM11", "LTI13", "UNKNOWN")]
)
async def test_packages_of_every_standard_are_imported(
    cloud: httpx.AsyncClient, academy: Academy, standard: Standard
) -> None:
    course = academy.campus("scormcloud").courses[0]

    result = await imported(cloud, await upload(cloud, generate(course, standard)))

    assert result["course"]["courseLearningStandard"] == standard
    assert result["course"]["title"] == course.title


async def test_warnings_of_the_reader_are_in_the_result(cloud: httpx.AsyncClient) -> None:
    data = packed({"imsmanifest.xml": package_manifest()})

    result = await imported(cloud, await upload(cloud, data))

    assert result["parserWarnings"] == [
        "The file a.html is named in the manifest but missing from the package."
    ]


def package_manifest() -> bytes:
    return MANIFEST.format(title="T").encode()


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("shiraz.pdf", "application/pdf", PDF),
        ("shiraz.mp3", "audio/mpeg", MP3),
        ("shiraz.mp4", "video/mp4; codecs=avc1", MP4),
    ],
)
async def test_a_media_file_is_a_course_of_its_name(
    cloud: httpx.AsyncClient, name: str, kind: str, data: bytes
) -> None:
    result = await imported(cloud, await upload(cloud, data, name, kind=kind))

    assert result["course"]["title"] == "shiraz"
    assert result["course"]["rootActivity"]["href"] == name
    files = (await ask(cloud, "/courses/tides/asset/list"))["files"]
    assert [(file["path"], file["size"]) for file in files] == [(name, len(data))]
    asset = await cloud.get("/courses/tides/asset", params={"relativePath": name})
    assert asset.content == data


async def test_a_media_file_says_what_its_metadata_say(cloud: httpx.AsyncClient) -> None:
    metadata = {
        "title": "Wine",
        "description": "All of it",
        "contentLanguage": "fr",
        "estimatedDuration": 90,
    }

    result = await imported(
        cloud,
        await upload(cloud, PDF, "../../a.pdf", kind="application/pdf", metadata=metadata),
    )

    course = await ask(cloud, "/courses/tides", includeCourseMetadata="true")
    assert (course["title"], result["courseLanguages"]) == ("Wine", ["fr"])
    assert course["metadata"] == {
        "title": "Wine",
        "titleLanguage": "fr",
        "description": "All of it",
        "descriptionLanguage": "fr",
        "duration": "PT90S",
    }
    assert course["rootActivity"]["href"] == "a.pdf"


async def test_an_id_that_is_taken_is_a_conflict_at_once(cloud: httpx.AsyncClient) -> None:
    await imported(cloud, await upload(cloud, package()))

    for answer in (
        await upload(cloud, package()),
        await cloud.post(
            "/courses/importJobs", params={"courseId": "tides"}, json={"url": "http://127.0.0.1/x"}
        ),
        await cloud.post("/courses/importJobs/noUpload", params={"courseId": "tides"}, json={}),
    ):
        text = await refused(answer, 409)
        assert text == "Course [tides] already exists in app [demo-app]"


async def test_a_new_version_is_made_where_it_may_be(cloud: httpx.AsyncClient) -> None:
    await imported(cloud, await upload(cloud, package("One"), tags="a"))
    flags = {"mayCreateNewVersion": "True"}
    result = await imported(cloud, await upload(cloud, package("Two"), tags="b", **flags))

    assert (result["course"]["version"], result["course"]["title"]) == (1, "Two")
    versions = (await ask(cloud, "/courses/tides/versions"))["courses"]
    assert [each["title"] for each in versions] == ["One", "Two"]
    assert (await ask(cloud, "/courses/tides"))["tags"] == ["a", "b"]
    # A course that isn't there yet is simply made.
    fresh = await imported(cloud, await upload(cloud, package(), courseId="moon", **flags))
    assert fresh["course"]["version"] == 0


async def test_of_two_imports_of_one_id_the_later_one_fails(cloud: httpx.AsyncClient) -> None:
    first, second = await upload(cloud, package("One")), await upload(cloud, package("Two"))

    await imported(cloud, first)
    job = await finished(cloud, second)

    assert (job["status"], job["message"]) == (
        "ERROR",
        "Course [tides] already exists in app [demo-app]",
    )
    assert (await ask(cloud, "/courses/tides"))["title"] == "One"


async def test_a_package_is_fetched(cloud: httpx.AsyncClient, shop: Shop, address: str) -> None:
    shop.files["/tides.zip"] = package("Fetched")
    shop.redirects["/old.zip"] = f"{address}/tides.zip"

    for number, name in enumerate(("tides.zip", "old.zip")):
        answer = await cloud.post(
            "/courses/importJobs",
            params={"courseId": f"fetched-{number}", "tags": "sea"},
            json={"url": f"{address}/{name}"},
        )
        result = await imported(cloud, answer)
        assert (result["course"]["title"], result["course"]["tags"]) == ("Fetched", ["sea"])


async def test_a_media_file_is_fetched(cloud: httpx.AsyncClient, shop: Shop, address: str) -> None:
    shop.files["/deep/shiraz.pdf"] = PDF

    answer = await cloud.post(
        "/courses/importJobs/noUpload",
        params={"courseId": "tides"},
        json={
            "fetchRequest": {
                "url": f"{address}/deep/shiraz.pdf?x=1",
                "contentType": "application/pdf",
                "mediaFileMetadata": {"description": "Grapes"},
            }
        },
    )

    result = await imported(cloud, answer)
    assert result["course"]["title"] == "shiraz"
    course = await ask(cloud, "/courses/tides", includeCourseMetadata="true")
    assert course["metadata"] == {"description": "Grapes"}


async def test_what_cannot_be_fetched_is_an_error(
    cloud: httpx.AsyncClient, shop: Shop, address: str, folders: Path
) -> None:
    shop.redirects["/away"] = "http://198.51.100.7/x.zip"
    shop.redirects["/round"] = f"{address}/round"

    for url, said in (
        (f"{address}/missing.zip", "status 404"),
        ("http://198.51.100.7/x.zip", "not on this machine"),
        ("https://localhost.example/x.zip", "not on this machine"),
        (f"{address}/away", "not on this machine"),
        (f"{address}/round", "redirected too often"),
        ("http://127.0.0.1:1/x.zip", "could not be fetched"),
    ):
        answer = await cloud.post(
            "/courses/importJobs", params={"courseId": "tides"}, json={"url": url}
        )
        message = await failed(cloud, answer)
        assert message.startswith("Course is not properly formatted: ") and said in message
    assert files_below(folders) == []


async def test_a_fetched_file_has_a_limit(
    cloud: httpx.AsyncClient,
    shop: Shop,
    address: str,
    folders: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outward, "MAX_FETCHED_BYTES", 100)
    shop.files["/tides.zip"] = package()

    answer = await cloud.post(
        "/courses/importJobs", params={"courseId": "tides"}, json={"url": f"{address}/tides.zip"}
    )

    assert "larger than 100 bytes" in await failed(cloud, answer)
    assert files_below(folders) == []


async def test_a_media_file_elsewhere_is_referred_to(cloud: httpx.AsyncClient) -> None:
    url = "https://media.example/films/shiraz.mp4"
    answer = await cloud.post(
        "/courses/importJobs/noUpload",
        params={"courseId": "tides"},
        json={
            "mediaFileReferenceRequest": {
                "url": url,
                "contentType": "video/mp4",
                "mediaFileMetadata": {"title": "Wine"},
            }
        },
    )

    course = (await imported(cloud, answer))["course"]
    assert (course["title"], course["rootActivity"]["href"]) == ("Wine", url)
    assert (await ask(cloud, "/courses/tides/asset/list")) == {"files": []}
    assert "no files" in await refused(await cloud.get("/courses/tides/zip"))


async def test_a_tool_behind_a_connector_is_referred_to(cloud: httpx.AsyncClient) -> None:
    answer = await cloud.post(
        "/courses/importJobs/noUpload",
        params={"courseId": "tides"},
        json={
            "connectorReferenceRequest": {
                "connectorId": "lti-1",
                "connectorIdForContent": "deep-link-7",
                "metadataForConnector": {"title": "A Tool"},
            }
        },
    )

    course = (await imported(cloud, answer))["course"]
    assert (course["title"], course["courseLearningStandard"]) == ("A Tool", "LTI13")
    assert course["rootActivity"]["resourceIdentifier"] == "lti-1"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"fetchRequest": {}},
        {"fetchRequest": {"url": "tides.zip"}},
        {"fetchRequest": {"url": "http://127.0.0.1/x", "contentType": "text/html"}},
        {"mediaFileReferenceRequest": {"url": "http://a.example/x.pdf"}},
        {"mediaFileReferenceRequest": {"url": "x", "contentType": "application/pdf"}},
        {"mediaFileReferenceRequest": {"url": "http://a.b/x", "contentType": "application/zip"}},
        {"connectorReferenceRequest": {}},
        {
            "fetchRequest": {"url": "http://127.0.0.1/x"},
            "connectorReferenceRequest": {"connectorId": "a", "connectorIdForContent": "b"},
        },
    ],
)
async def test_an_import_without_upload_that_makes_no_sense_is_refused(
    cloud: httpx.AsyncClient, body: object
) -> None:
    answer = await cloud.post(
        "/courses/importJobs/noUpload", params={"courseId": "tides"}, json=body
    )

    assert await refused(answer)


@pytest.mark.parametrize(
    "query",
    [
        {"courseId": ""},
        {"courseId": "x" * 256},
        {"mayCreateNewVersion": "perhaps"},
        {"postbackUrl": "me"},
        {"kind": "text/html"},
    ],
)
async def test_parameters_that_make_no_sense_are_refused(
    cloud: httpx.AsyncClient, query: dict[str, str]
) -> None:
    assert await refused(await upload(cloud, package(), **query))


async def test_contents_metadata_must_be_its_schema(cloud: httpx.AsyncClient) -> None:
    answer = await upload(cloud, PDF, kind="application/pdf", metadata={"estimatedDuration": "x"})

    assert (await refused(answer)).startswith("The field 'contentMetadata' is not valid")


async def test_the_longest_id_is_taken(cloud: httpx.AsyncClient) -> None:
    key = "ü/" * 127 + "%"

    await imported(cloud, await upload(cloud, package(), courseId=key))

    assert (await ask(cloud, f"/courses/{encoded(key)}"))["id"] == key


async def test_a_job_that_is_over_is_posted_back(
    cloud: httpx.AsyncClient, shop: Shop, address: str
) -> None:
    answer = await upload(cloud, package(), postbackUrl=f"{address}/done")

    job = await ask(cloud, f"/courses/importJobs/{answer.json()['result']}")
    assert job["status"] == "COMPLETE"
    path, body, headers = shop.posted()
    assert (path, headers["content-type"]) == ("/done", "application/json")
    assert json.loads(body) == job
    assert shop.is_done()


async def test_a_job_that_failed_is_posted_back_too(
    cloud: httpx.AsyncClient, shop: Shop, address: str
) -> None:
    await upload(cloud, b"nothing", postbackUrl=f"{address}/done")

    _, body, _ = shop.posted()
    assert json.loads(body)["status"] == "ERROR"


async def test_a_postback_that_reaches_nobody_does_no_harm(cloud: httpx.AsyncClient) -> None:
    for key, url in (("a", "http://127.0.0.1:1/x"), ("b", "https://hooks.example/done")):
        answer = await upload(cloud, package(), courseId=key, postbackUrl=url)
        job = await ask(cloud, f"/courses/importJobs/{answer.json()['result']}")
        assert job["status"] == "COMPLETE"


async def test_how_long_an_import_runs_can_be_set(academy: Academy) -> None:
    transport = httpx.ASGITransport(create_app(academy, import_looks=0))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://sandbox{BASE}", auth=SECRET
    ) as cloud:
        answer = await upload(cloud, package())

        job = await ask(cloud, f"/courses/importJobs/{answer.json()['result']}")
    assert job["status"] == "COMPLETE"


def overlapping() -> bytes:
    """Two files in the table of contents, and the bytes of one."""
    data = bytearray(packed({"imsmanifest.xml": b"x" * 3_000, "b": b""}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 20 : second + 28] = struct.pack("<II", 3_000, 3_000)
    return bytes(data)


HOSTILE = {
    "nothing": b"",
    "no zip": b"<html>",
    "cut off": package()[:-30],
    "empty": packed({}),
    "bomb": packed({"imsmanifest.xml": bytes(60_000_000)}, zipfile.ZIP_DEFLATED),
    "lzma": packed({"imsmanifest.xml": bytes(60_000_000)}, zipfile.ZIP_LZMA),
    "up": packed({"imsmanifest.xml": b"", "../up.txt": b"x"}),
    "absolute": packed({"imsmanifest.xml": b"", "/etc/up.txt": b"x"}),
    "drive": packed({"imsmanifest.xml": b"", "C:/up.txt": b"x"}),
    "entities": packed(
        {"imsmanifest.xml": b'<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><m>&b;</m>'}
    ),
    "outside": packed(
        {"imsmanifest.xml": b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>'}
    ),
    "overlapping": overlapping(),
    "long contents": packed({f"{'x' * 60_000}{number}": b"" for number in range(80)}),
    "no manifest": packed({"a.html": b""}),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_package_ends_in_an_error_and_leaves_nothing(
    cloud: httpx.AsyncClient, folders: Path, name: str
) -> None:
    tracemalloc.start()
    try:
        message = await failed(cloud, await upload(cloud, HOSTILE[name]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert message.startswith("Course is not properly formatted: ")
    assert files_below(folders) == []
    assert peak < 40_000_000


@pytest.mark.parametrize(
    ("kind", "data"),
    [("application/pdf", b"<html>"), ("audio/mpeg", PDF), ("video/mp4", b""), ("video/mp4", b"x")],
)
async def test_a_media_file_of_another_kind_ends_in_an_error(
    cloud: httpx.AsyncClient, folders: Path, kind: str, data: bytes
) -> None:
    message = await failed(cloud, await upload(cloud, data, "x.bin", kind=kind))

    assert message.startswith("Course is not properly formatted: x.bin is ")
    assert files_below(folders) == []


def form(data: bytes, boundary: str = "limit") -> bytes:
    """A form as clients write it, with a preamble and a field before the file."""
    head = (
        f'ignored\r\n--{boundary}\r\nContent-Disposition: form-data; name="contentMetadata"\r\n'
        f'\r\n\r\n--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="t%22.zip"\r\nContent-Type: application/zip\r\n\r\n'
    )
    return head.encode() + data + f"\r\n--{boundary}--\r\nepilogue".encode()


def multipart_headers(boundary: str = "limit") -> dict[str, str]:
    return {"Content-Type": f'multipart/form-data; boundary="{boundary}"'}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
async def test_a_form_may_arrive_in_pieces_of_any_size(cloud: httpx.AsyncClient, size: int) -> None:
    data = package("Pieces", **{"b.bin": b"\r\n--limi\r\n--\r\r\n\r\n"})
    whole = form(data)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), size):
            yield whole[start : start + size]

    answer = await cloud.post(
        "/courses/importJobs/upload",
        params={"courseId": "tides"},
        headers=multipart_headers(),
        content=pieces(),
    )

    assert (await imported(cloud, answer))["course"]["title"] == "Pieces"
    assert (await cloud.get("/courses/tides/zip")).content == data


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{}", {"Content-Type": "application/json"}),
        (b"", multipart_headers()),
        (form(b"x")[:-20], multipart_headers()),
        (b"--limit--", multipart_headers()),
        (b"--limit\r\n\r\nx\r\n--limit--", multipart_headers()),
        (b"--limit\r\n" + b"x" * 20_000, multipart_headers()),
        (b"--limit\r\n" + b"x" * 20_000, {"Content-Type": "multipart/form-data"}),
    ],
)
async def test_a_broken_form_is_refused(
    cloud: httpx.AsyncClient, folders: Path, body: bytes, headers: dict[str, str]
) -> None:
    answer = await cloud.post(
        "/courses/importJobs/upload", params={"courseId": "tides"}, headers=headers, content=body
    )

    assert await refused(answer)
    assert files_below(folders) == []


async def test_an_upload_has_a_limit(
    cloud: httpx.AsyncClient, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "MAX_FORM_BYTES", 200)

    assert "larger than 200 bytes" in await refused(await upload(cloud, package()), 413)
    assert files_below(folders) == []


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(
    academy: Academy, folders: Path
) -> None:
    desk = Desk("scormcloud", routes(academy.campus("scormcloud")), log=[], faults=Faults())
    messages = [
        {"type": "http.request", "body": form(package())[:300], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    path = "/api/v2/courses/importJobs/upload"
    secret = b64encode(":".join(SECRET).encode()).decode()
    headers = {**multipart_headers(), "Authorization": f"Basic {secret}"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"courseId=tides",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await Starlette(routes=[Mount("/", app=desk)])(scope, receive, send)

    assert sent[0]["status"] == 400
    assert files_below(folders) == []


def large_package(path: Path, size: int) -> None:
    """A package with one file of that many bytes, which nothing makes smaller."""
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("imsmanifest.xml", package_manifest())
        with zipped.open("film.bin", "w") as film:
            for _ in range(size // 1_000_000):
                film.write(bytes(1_000_000))


async def test_a_package_of_300_mb_passes_in_little_memory(
    cloud: httpx.AsyncClient, tmp_path: Path
) -> None:
    source = tmp_path / "large"
    large_package(source, 300_000_000)

    async def body() -> AsyncIterator[bytes]:
        before, after = form(b"|").split(b"|")
        yield before
        with source.open("rb") as file:
            while chunk := file.read(64 * 1024):
                yield chunk
        yield after

    tracemalloc.start()
    try:
        answer = await cloud.post(
            "/courses/importJobs/upload",
            params={"courseId": "tides"},
            headers=multipart_headers(),
            content=body(),
            timeout=120,
        )
        await imported(cloud, answer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 64_000_000
    listed = (await ask(cloud, "/courses/tides/asset/list"))["files"]
    assert {file["path"]: file["size"] for file in listed}["film.bin"] == 300_000_000


def test_a_folder_goes_when_nobody_holds_it(folders: Path) -> None:
    folder = Folder()
    folder.new().write_bytes(b"x")
    assert len(files_below(folders)) == 1

    del folder

    assert list(folders.iterdir()) == []


async def test_a_server_that_ends_leaves_nothing_behind(academy: Academy, folders: Path) -> None:
    app = create_app(academy)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=f"http://sandbox{BASE}", auth=SECRET
        ) as cloud,
    ):
        await imported(cloud, await upload(cloud, package()))
        assert len(files_below(folders)) == 1

    assert list(folders.iterdir()) == []


def test_apps_share_no_changes(academy: Academy) -> None:
    one, other = (Cloud(academy.campus("scormcloud")) for _ in range(2))
    (course, *_) = one.shelves

    one.tags.put("course", course, ["mine"])
    one.delete_course(list(one.shelves)[1])

    assert other.tags.of("course", course) != ("mine",)
    assert len(other.shelves) == len(one.shelves) + 1


async def test_imports_fit_their_schemas(cloud: httpx.AsyncClient) -> None:
    document = specification("scormcloud-v2.json")

    answer = await upload(cloud, PDF, "shiraz.pdf", kind="application/pdf")
    assert complaints(document, "#/definitions/StringResultSchema", answer.json()) == []
    job = await finished(cloud, answer)
    assert complaints(document, "#/definitions/ImportJobResultSchema", job) == []
    broken = await finished(cloud, await upload(cloud, b"x", courseId="y"))
    assert complaints(document, "#/definitions/ImportJobResultSchema", broken) == []
