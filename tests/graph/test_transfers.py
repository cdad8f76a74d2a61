"""Files that pass through the server: in once, out for a while, and never held."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.types import Message

from graph.app import Application, create_app
from providers.sources import Settings
from resolvers import transfers
from resolvers.transfers import Transfer
from tests.graph.asking import Graph, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.sockets import on_port, request

UPLOAD = """mutation($i: CourseUploadInput!) {
  courseUpload(input: $i) { upload { url expiresAt mostBytes } userErrors { code } }
}"""
COURSES = """{ source(name: "demo-scorm-cloud") { courses(first: 1) { nodes { id key } } } }"""


MANIFEST = """<manifest identifier="m" version="1"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Kite flying</title>
  <item identifier="i" identifierref="r"><title>Up</title></item></organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html">
  <file href="index.html"/></resource></resources></manifest>"""


def package() -> bytes:
    """A small SCORM 1.2 package."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("index.html", "<p>Up</p>")
    return found.getvalue()


async def address(graph: Graph, **given: Any) -> str:
    source = {"source": "demo-scorm-cloud", "key": "kites/1"}
    answer = await graph.ask(UPLOAD, i={**source, **given})
    assert answer.errors == []
    assert answer.calls == []
    url: str = answer.data["courseUpload"]["upload"]["url"]
    return url


async def put(graph: Graph, url: str, data: Any, media_type: str = "application/zip") -> Any:
    return await graph.client.put(url, content=data, headers={"content-type": media_type})


async def a_course(graph: Graph) -> dict[str, Any]:
    found: dict[str, Any] = (await graph.ask(COURSES)).data["source"]["courses"]["nodes"][0]
    return found


async def test_a_package_that_is_sent_is_imported(workshop: Graph) -> None:
    url = await address(workshop, tags=["a", "b"], filename="kites.zip")
    await workshop.forget()
    response = await put(workshop, url, package())
    assert response.status_code == 200, response.text
    assert response.json()["data"]["type"] == "CourseImport"
    (call,) = await workshop.requests()
    assert (call["method"], call["path"]) == ("POST", "/api/v2/courses/importJobs/upload")
    assert "courseId=kites%2F1" in call["query"]
    assert "tags=a%2Cb" in call["query"]


async def test_an_address_takes_one_file_only(workshop: Graph) -> None:
    url = await address(workshop)
    assert (await put(workshop, url, package())).status_code == 200
    again = await put(workshop, url, package())
    assert again.status_code == 404
    assert again.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_an_address_that_was_never_given_takes_nothing(workshop: Graph) -> None:
    assert (await put(workshop, "/uploads/" + "x" * 43, b"")).status_code == 404
    assert (await workshop.client.get("/downloads/" + "x" * 43)).status_code == 404


async def test_a_course_that_is_there_is_a_conflict_in_the_source_s_words(workshop: Graph) -> None:
    course = await a_course(workshop)
    response = await put(workshop, await address(workshop, key=course["key"]), package())
    assert response.status_code == 409
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "CONFLICT"
    assert "already exists" in error["message"]


async def test_an_address_is_over_after_its_time(workshop: Graph) -> None:
    url = await address(workshop)
    assert isinstance(workshop.app, Application)
    ledger = workshop.app.server.ledger
    late = ledger.clock() + 901
    ledger.clock = lambda: late
    assert (await put(workshop, url, package())).status_code == 404


async def test_a_size_beyond_what_an_int_holds_is_shown() -> None:
    async with opened(settings(max_upload=5 * 2**30), fresh=True) as graph:
        answer = await graph.ask(UPLOAD, i={"source": "demo-scorm-cloud", "key": "large"})
    assert answer.data["courseUpload"]["upload"]["mostBytes"] == 5 * 2**30


@pytest.mark.parametrize("said", [True, False])
async def test_what_is_too_large_is_cut_off(said: bool) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1000
            yield b"x" * 1000

    async with opened(settings(max_upload=10_000), fresh=True) as graph:
        url = await address(graph)
        headers = {"content-type": "application/zip"}
        if said:
            headers["content-length"] = "100000"
        response = await graph.client.put(url, content=pieces(), headers=headers)
    assert response.status_code == 413
    assert "10000 bytes" in response.json()["errors"][0]["message"]


async def test_a_file_is_put_into_a_package_and_fetched_again(workshop: Graph) -> None:
    course = await a_course(workshop)
    answer = await workshop.ask(
        "mutation($i: CourseAssetUploadInput!) { courseAssetUpload(input: $i) { upload { url } } }",
        i={
            "course": course["id"],
            "path": "extra/note.txt",
            "updateAssetPolicy": "REJECT",
        },
    )
    url = answer.data["courseAssetUpload"]["upload"]["url"]
    response = await put(workshop, url, b"hello", "text/plain")
    assert response.status_code == 200, response.text
    query = """query($c: ID!) { course(id: $c) { scormCloud {
      file(path: "extra/note.txt") { url } zip { url expiresAt } files { path } } } }"""
    found = (await workshop.ask(query, c=course["id"])).data["course"]["scormCloud"]
    assert "extra/note.txt" in [file["path"] for file in found["files"]]
    fetched = await workshop.client.get(found["file"]["url"])
    assert fetched.content == b"hello"
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''note.txt"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    zipped = await workshop.client.get(found["zip"]["url"])
    assert zipped.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert archive.read("extra/note.txt") == b"hello"


async def test_a_file_that_is_not_there_is_not_found(workshop: Graph) -> None:
    course = await a_course(workshop)
    query = 'query($c: ID!) { course(id: $c) { scormCloud { file(path: "no") { url } } } }'
    url = (await workshop.ask(query, c=course["id"])).data["course"]["scormCloud"]["file"]["url"]
    response = await workshop.client.get(url)
    assert response.status_code == 404


async def test_a_source_that_takes_no_files_says_so(workshop: Graph) -> None:
    given = {"source": "demo-bindbee", "key": "x"}
    answer = await workshop.ask(UPLOAD, i=given)
    assert answer.codes == ["UNSUPPORTED"]


class Upstream:
    """A server that reads a request as long as it comes, and notes how it ended."""

    def __init__(self) -> None:
        self.read = 0
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            self.read += len(piece)
            if self.read > 200_000:
                self.began.set()
        writer.close()
        self.ended.set()


async def test_a_client_that_leaves_ends_what_it_sends_at_the_source_too() -> None:
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (source,) = settings(["demo-scorm-cloud"]).sources
    here = replace(source, base_url=f"http://127.0.0.1:{port}/api/v2")
    app = create_app(Settings([here]))
    async with app.router.lifespan_context(app), on_port(app) as served:
        context = app.server.context()
        transfer = Transfer("demo-scorm-cloud", "upload_course", "kites")
        path = transfers.upload(context, transfer).url
        async with served.line() as line:
            head = [("content-length", "10000000"), ("content-type", "application/zip")]
            line.send(request(b"x" * 500_000, *head, method="PUT", target=path))
            await upstream.began.wait()
        await upstream.ended.wait()
        await served.at_rest()
    server.close()
    assert 200_000 < upstream.read < 600_000


class Endless:
    """A server that gives a file without an end, and notes when nobody wants it any more."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n")
        try:
            while True:
                writer.write(bytes(65536))
                await writer.drain()
        except ConnectionError:
            self.ended.set()
        writer.close()


async def test_a_client_that_leaves_ends_what_it_fetches_at_the_source_too() -> None:
    upstream = Endless()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (source,) = settings(["demo-scorm-cloud"]).sources
    app = create_app(Settings([replace(source, base_url=f"http://127.0.0.1:{port}/api/v2")]))
    async with app.router.lifespan_context(app), on_port(app) as served:
        ticket = transfers.download(app.server.context(), "demo-scorm-cloud", "course_zip", "kites")
        assert ticket is not None
        path = ticket.url
        async with served.line() as line:
            line.send(request(b"", method="GET", target=path))
            assert (await line.reader.readexactly(12)) == b"HTTP/1.1 200"
        async with asyncio.timeout(10):
            await upstream.ended.wait()
        await served.at_rest()
    server.close()


class Silent:
    """A client of files that neither sends nor reads anything."""

    def __init__(self) -> None:
        self.told: list[Message] = []

    async def receive(self) -> Message:
        """Nothing ever."""
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        """Take what is said of a file, and nothing of it."""
        self.told.append(message)
        if message.get("more_body"):
            await asyncio.Event().wait()

    async def ask(self, graph: Graph, method: str, path: str) -> None:
        """Ask for a file, or begin to send one."""
        scope = {"type": "http", "method": method, "path": path, "headers": []}
        await graph.app({**scope, "query_string": b""}, self.receive, self.send)


def test_clients_that_stop_reading_or_sending_keep_no_others_from_it() -> None:
    async def run() -> None:
        async with opened(fresh=True) as graph:
            course = await a_course(graph)
            query = "query($c: ID!) { course(id: $c) { scormCloud { zip { url } } } }"
            found = (await graph.ask(query, c=course["id"])).data["course"]["scormCloud"]
            url = found["zip"]["url"]
            readers, senders = [Silent() for _ in range(3)], [Silent() for _ in range(3)]
            async with asyncio.TaskGroup() as group:
                for each in readers:
                    group.create_task(each.ask(graph, "GET", url))
                for each in senders:
                    group.create_task(each.ask(graph, "PUT", await address(graph)))
            assert (await graph.client.get(url)).status_code == 200
        for reader in readers:
            assert reader.told[-1].get("more_body"), "it mustn't pass for the whole file"
        for sender in senders:
            assert [each.get("status") for each in sender.told] == [408, None]

    at_once(run())


async def test_what_is_said_of_a_file_can_be_asked_for_alone(workshop: Graph) -> None:
    course = await a_course(workshop)
    query = "query($c: ID!) { course(id: $c) { scormCloud { zip { url } } } }"
    found = (await workshop.ask(query, c=course["id"])).data["course"]["scormCloud"]["zip"]
    whole = await workshop.client.get(found["url"])
    client = Silent()
    await client.ask(workshop, "HEAD", found["url"])
    start, end = client.told
    assert start["status"] == 200
    assert (b"content-length", whole.headers["content-length"].encode()) in start["headers"]
    assert not end["body"]


FILE = """query($c: ID!, $path: String!) {
  course(id: $c) { scormCloud { file(path: $path) { url expiresAt } } }
}"""


async def test_a_download_s_address_is_sealed_and_ends(workshop: Graph) -> None:
    course = await a_course(workshop)
    answer = await workshop.ask(FILE, c=course["id"], path="imsmanifest.xml")
    url: str = answer.data["course"]["scormCloud"]["file"]["url"]
    said, _, seal = url.removeprefix("/downloads/").partition(".")
    for other in (f"{said}.{seal[::-1]}", f"{said[:-4]}AAAA.{seal}", said, f".{seal}", "ü.ü"):
        assert (await workshop.client.get(f"/downloads/{other}")).status_code == 404
    assert isinstance(workshop.app, Application)
    ledger = workshop.app.server.ledger
    late = ledger.clock() + 301
    ledger.clock = lambda: late
    assert (await workshop.client.get(url)).status_code == 404


async def test_addresses_of_files_are_written_nowhere(workshop: Graph) -> None:
    query = """{ source(name: "demo-scorm-cloud") { courses(first: 50) { nodes {
      scormCloud { zip { url } } } } } }"""
    nodes = (await workshop.ask(query)).data["source"]["courses"]["nodes"]
    assert isinstance(workshop.app, Application)
    ledger = workshop.app.server.ledger
    assert len({node["scormCloud"]["zip"]["url"] for node in nodes}) == len(nodes) > 5
    assert sum(ledger._written.values()) == 1  # the seal


async def test_a_path_that_no_file_can_have_is_bad_input(workshop: Graph) -> None:
    course = await a_course(workshop)
    answer = await workshop.ask(FILE, c=course["id"], path="x" * 10_000)
    assert answer.codes == ["BAD_USER_INPUT"]
