"""The command line, as somebody types it: what it serves, says, and leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from coursegraph import PERSON, cli, sandbox_settings
from graph.sockets import PROTOCOL
from sandbox.app import create_app as create_sandbox
from tests.explorer.serving import served
from tests.graph.asking import SOURCES, demo

ROOT = Path(__file__).parents[1]

CURE = "To try the graph without any account: coursegraph serve --sandbox"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings."""
    for name in ("PORT", "SANDBOX_PORT", "COURSEGRAPH_SETTINGS"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    """A command that ends by itself."""
    return CliRunner().invoke(cli, list(arguments))


def said(text: str) -> str:
    """What a message says, whatever frame is around it and wherever its lines are broken."""
    return re.sub(r"[\s│╭╮╰╯─]+", " ", text)


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def listens(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def fetched(url: str, body: dict[str, Any] | None = None, accept: str = "*/*") -> tuple[str, str]:
    """Media type and text of an answer."""
    data = json.dumps(body).encode() if body else None
    headers = {"content-type": "application/json", "accept": accept}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.headers.get_content_type(), response.read().decode()


@dataclass(slots=True)
class Started:
    """A command that runs until it is told to end."""

    process: subprocess.Popen[str]
    said: str = ""
    """What it said when it had started."""

    def end(self, how: signal.Signals = signal.SIGINT) -> str:
        """Tell it to end, and everything that it said since."""
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=20)
        return rest


@contextmanager
def started(*arguments: str, until: str, **environment: str) -> Iterator[Started]:
    """A command in a process of its own, once it has said so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coursegraph", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    command = Started(process)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            command.said += line
            if until in line:
                break
        yield command
    finally:
        process.kill()
        process.communicate()


# serve


def test_the_demo_answers_and_leaves_nothing_behind() -> None:
    port, sandbox_port = free_ports(2)
    ports = ["--port", str(port), "--sandbox-port", str(sandbox_port)]
    with started("serve", "--sandbox", *ports, until="Ctrl-C") as command:
        assert f"http://127.0.0.1:{port}/graphql" in command.said
        assert f"http://127.0.0.1:{sandbox_port}/" in command.said
        query = "{ sources { name health { status } courses(first: 1) { nodes { title } } } }"
        _, answer = fetched(f"http://127.0.0.1:{port}/graphql", {"query": query})
        media_type, page = fetched(f"http://127.0.0.1:{port}/graphql", accept="text/html")
        _, index = fetched(f"http://127.0.0.1:{sandbox_port}/")
        with connect(
            f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(PROTOCOL)], proxy=None
        ) as client:
            client.send('{"type":"connection_init"}')
            acknowledged = client.recv(timeout=20)

            rest = command.end()
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=20)

    sources = json.loads(answer)["data"]["sources"]
    assert [each["name"] for each in sources] == list(SOURCES)
    assert all(each["health"]["status"] == "UP" for each in sources)
    assert all(len(each["courses"]["nodes"]) == 1 for each in sources)
    assert media_type == "text/html" and "<title>coursegraph: explorer</title>" in page
    assert "isn't built yet" in page or PERSON in page
    assert acknowledged == '{"type":"connection_ack"}'
    assert closed.value.rcvd and closed.value.rcvd.code == 1012
    assert set(json.loads(index)["providers"]) == set(SOURCES.values())
    assert command.process.returncode in (0, 1, 130, -signal.SIGINT)
    assert "Traceback" not in rest
    assert not listens(port) and not listens(sandbox_port)


@pytest.mark.parametrize("taken", ["PORT", "SANDBOX_PORT"])
def test_a_port_that_is_taken_says_what_to_do(taken: str) -> None:
    (free,) = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ports = {"PORT": free, "SANDBOX_PORT": free, taken: port}
        result = run(
            "serve",
            "--sandbox",
            "--port",
            str(ports["PORT"]),
            "--sandbox-port",
            str(ports["SANDBOX_PORT"]),
        )

    assert result.exit_code == 1
    assert said(result.stderr) == said(
        f"Port {port} can't be used (Address already in use): end what uses it, or choose another "
        f"with {taken}={port + 10}.\n"
    )
    assert not listens(free)


def test_one_port_is_not_enough_for_both() -> None:
    (port,) = free_ports(1)
    result = run("serve", "--sandbox", "--port", str(port), "--sandbox-port", str(port))

    assert result.exit_code == 1
    assert f"Port {port} can't be used" in result.stderr
    assert "SANDBOX_PORT=" in result.stderr


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    result = run("serve", "--sandbox", "--port", port)

    assert result.exit_code == 2
    assert "'--port'" in result.stderr


def test_a_manifest_that_is_not_there_is_named_before_anything_starts() -> None:
    result = run("serve", "--sandbox", "--documents", "nowhere.json")
    assert result.exit_code == 2
    assert "nowhere.json: No such file" in said(result.output)


WRONG = {"a": "{ sources { name } }", "b": "{ sources { nope } }"}


def test_a_document_that_can_not_be_asked_is_told_before_anything_starts(tmp_path: Path) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps(WRONG))

    for result in (
        run("serve", "--sandbox", "--documents", str(manifest)),
        run("documents", "--sandbox", str(manifest)),
    ):
        assert result.exit_code == 2
        assert "Cannot query field 'nope' on type 'Source'" in result.stderr
        assert f"{manifest}: 'b':" in result.stderr
        assert "1 of 2 documents can't be asked" in result.stderr


def test_documents_that_can_be_asked_are_counted(tmp_path: Path) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({"a": WRONG["a"]}))

    result = run("documents", "--sandbox", str(manifest))

    assert (result.exit_code, result.stdout) == (0, "Looked at 1: all can be asked.\n")


def test_a_server_of_ones_own_sources_answers(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with served(create_sandbox(demo()[0])) as url:
        file = tmp_path / "sources.toml"
        file.write_text(
            f"""
            largest_page = 7
            [[sources]]
            name = "ours"
            provider = "bindbee"
            api_key = "env:BINDBEE_KEY"
            connector_token = "demo-connector"
            base_url = "{url}/bindbee"
            """,
            encoding="utf-8",
        )
        environment = {
            "BINDBEE_KEY": "demo-key",
            "COURSEGRAPH_SETTINGS": str(file),
            "PORT": str(port),
        }
        with started("serve", until="Ctrl-C", **environment) as command:
            query = '{ courses(first: 8) { nodes { id } } source(name: "ours") { provider } }'
            _, answer = fetched(f"http://127.0.0.1:{port}/graphql", {"query": query})
            rest = command.end(signal.SIGTERM)

    found = json.loads(answer)
    assert f"http://127.0.0.1:{port}/graphql" in command.said
    assert found["data"] == {"courses": None, "source": {"provider": "BINDBEE"}}
    assert found["errors"][0]["message"] == "`first` is 8; ask for 1 to 7 rows."
    assert "Traceback" not in rest
    assert not listens(port)


def workers_of(pid: int) -> list[int]:
    """The processes that a process started to serve with it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@contextmanager
def held(worker: int) -> Iterator[None]:
    """One process is held meanwhile, so that it is the other that answers."""
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # on a slow machine it was replaced by now
            os.kill(worker, signal.SIGCONT)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="tells processes by /proc")
def test_each_of_several_workers_answers_and_all_end_together() -> None:
    port, sandbox_port = free_ports(2)
    ports = ["--port", str(port), "--sandbox-port", str(sandbox_port)]
    url = f"http://127.0.0.1:{port}/graphql"
    query = {"query": "{ sources { name health { status } } }"}
    with started("serve", "--sandbox", "--workers", "2", *ports, until="Ctrl-C") as command:
        fetched(url, query)  # one of them has started
        workers = workers_of(command.process.pid)
        answers = []
        for other in workers:
            with held(other):
                answers.append(json.loads(fetched(url, query)[1])["data"]["sources"])
        rest = command.end()

    assert len(workers) == 2
    for sources in answers:
        assert [each["name"] for each in sources] == list(SOURCES)
        assert all(each["health"]["status"] == "UP" for each in sources)
    assert command.said.count(url) == 1 and rest == ""
    assert command.process.returncode == 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert not listens(port) and not listens(sandbox_port)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="tells processes by /proc")
def test_what_one_worker_is_to_remember_is_known_to_every_other() -> None:
    port, sandbox_port = free_ports(2)
    ports = ["--port", str(port), "--sandbox-port", str(sandbox_port)]
    url = f"http://127.0.0.1:{port}"
    upload = """mutation ($key: String!) {
      courseUpload(input: { source: "demo-scorm-cloud", key: $key }) { upload { url } }
    }"""
    with started("serve", "--sandbox", "--workers", "2", *ports, until="Ctrl-C") as command:
        fetched(f"{url}/livez")  # one of them has started
        workers = workers_of(command.process.pid)
        statuses = set()
        for one in workers:
            other = next(each for each in workers if each != one)
            query = {"query": upload, "variables": {"key": f"sent-to-{one}"}}
            with held(other):
                answer = json.loads(fetched(f"{url}/graphql", query)[1])
            place = answer["data"]["courseUpload"]["upload"]["url"]
            headers = {"content-type": "application/zip"}
            sending = urllib.request.Request(url + place, b"no package", headers, method="PUT")
            with held(one):
                try:
                    statuses.add(urllib.request.urlopen(sending, timeout=20).status)
                except urllib.error.HTTPError as refused:
                    statuses.add(refused.code)
        command.end()

    assert len(workers) == 2
    assert statuses == {200}


def test_workers_that_are_told_to_end_before_they_have_started_say_nothing() -> None:
    port, sandbox_port = free_ports(2)
    ports = ["--port", str(port), "--sandbox-port", str(sandbox_port)]
    with started("serve", "--sandbox", "--workers", "2", *ports, until="Ctrl-C") as command:
        while len(workers := workers_of(command.process.pid)) < 2:
            assert command.process.poll() is None
        for process in (*workers, command.process.pid):  # as a terminal does
            os.kill(process, signal.SIGINT)
        rest, _ = command.process.communicate(timeout=20)

    assert rest == ""
    assert command.process.returncode == 0
    assert not listens(port) and not listens(sandbox_port)


@pytest.mark.parametrize("workers", ["0", "-1", "65", "many"])
def test_a_number_of_workers_that_is_none_is_refused(workers: str) -> None:
    result = run("serve", "--sandbox", "--workers", workers)

    assert result.exit_code == 2
    assert "'--workers'" in result.stderr


# sandbox


def test_the_sandbox_is_played_alone_and_in_any_size() -> None:
    (port,) = free_ports(1)
    sizes = ["--courses", "3", "--people", "5", "--attempts", "4"]
    with started("sandbox", "--sandbox-port", str(port), *sizes, until="Sandbox") as command:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/vitalsource/api/v4/courses",
            headers={"X-VitalSource-API-Key": "DEMOKEY", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            found = json.load(response)
        rest = command.end()

    (courses,) = (each for each in found.values() if isinstance(each, list))
    assert len(courses) == 3
    assert "Traceback" not in rest
    assert not listens(port)


# schema


def test_the_schema_is_printed_as_the_file_holds_it() -> None:
    result = run("schema")

    assert result.exit_code == 0
    assert result.stdout == (ROOT / "schema.graphql").read_text(encoding="utf-8")


# sources


def lines(result: Result) -> dict[str, list[str]]:
    """By name of the source, what else its line says."""
    return {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()}


def test_sources_are_listed_and_up() -> None:
    with served(create_sandbox(demo()[0])) as url:
        result = run("sources", "--sandbox", "--sandbox-port", url.rpartition(":")[2])

    assert result.exit_code == 0
    assert lines(result) == {
        "demo-bindbee": ["bindbee", "UP"],
        "demo-stackone": ["stackone", "UP"],
        "demo-scorm-cloud": ["scorm_cloud", "UP"],
        "demo-vitalsource": ["vitalsource", "UP"],
    }


@pytest.mark.parametrize("down", SOURCES)
def test_a_source_that_is_down_fails_the_check_and_says_why(down: str) -> None:
    with served(create_sandbox(demo()[0])) as url:
        fault = urllib.request.Request(
            f"{url}/_faults/{SOURCES[down]}",
            json.dumps({"kind": "status", "status": 403}).encode(),
            method="PUT",
        )
        urllib.request.urlopen(fault, timeout=20).close()
        result = run("sources", "--sandbox", "--sandbox-port", url.rpartition(":")[2])

    assert result.exit_code == 1
    found = lines(result)
    assert [name for name, (_, status, *_) in found.items() if status != "UP"] == [down]
    assert found[down][1] == "DOWN"
    assert " ".join(found[down][2:]) == "the source's credentials don't allow this"


def test_sources_that_can_not_be_reached_are_down() -> None:
    (port,) = free_ports(1)
    result = run("sources", "--sandbox", "--sandbox-port", str(port))

    assert result.exit_code == 1
    assert len(lines(result)) == 4
    assert all(status == "DOWN" for _, status, *_ in lines(result).values())
    assert "the provider can't be reached or failed" in result.stdout


# Settings.

SOURCE = """
[[sources]]
name = "acme"
provider = "vitalsource"
api_key = "hush-4711"
"""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file; README shows what to put there"),
        (b"", "there is no [[sources]] entry; add one for each account"),
        (b"sources = []", "there is no [[sources]] entry; add one for each account"),
        (b"[[sources]\n", "(at line 1, column 10)"),
        (b"\xff\xfe\x00", "can't decode byte 0xff"),
        (SOURCE.replace("vitalsource", "moodle"),
         "sources[0].provider is 'moodle'; it must be one of bindbee, stackone, scorm_cloud, "
         "vitalsource"),
        (SOURCE.replace("provider", "vendor"), "sources[0].provider is None; it must be one of"),
        (SOURCE.replace('"acme"', '"Acme!"'),
         "sources[0].name is 'Acme!'; use small letters, digits and hyphens, at most 63"),
        (SOURCE.replace('name = "acme"', ""), "sources[0] (vitalsource): Object missing required "
         "field `name`"),
        (SOURCE.replace("api_key", "apikey"), "sources[0] (vitalsource): Object "),
        (SOURCE.replace('"hush-4711"', "4711"), "sources[0] (vitalsource): "),
        (SOURCE.replace("hush-4711", ""), "a credential must be printable ASCII text"),
        (SOURCE.replace("hush-4711", "env:NO_SUCH_VARIABLE"),
         "sources[0].api_key takes its value from the environment variable NO_SUCH_VARIABLE, "
         "which is not set"),
        (SOURCE + SOURCE, "several sources are called acme; names are unique"),
        ("budget = 0\n" + SOURCE, "budget must be more than 0, and finite"),
        ("budget = 'many'\n" + SOURCE, "Expected `int`, got `str` - at `$.budget`"),
        ("buget = 7\n" + SOURCE, "Object contains unknown field `buget`"),
        ("mode = 'prod'\n" + SOURCE, "mode is 'prod'; it must be one of development, production"),
        ("request_timeout = -1\n" + SOURCE, "request_timeout must be more than 0, and finite"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["serve", "sources"])
def test_settings_that_can_not_be_used_say_what_is_wrong_and_what_to_do(
    tmp_path: Path, command: str, content: bytes | str | None, told: str
) -> None:
    file = tmp_path / "sources.toml"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    result = run(command, "--settings", str(file))

    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    message = said(result.stderr)
    assert squeezed(f"{file}: ") in squeezed(message)  # a long path is broken anywhere
    assert squeezed(told) in squeezed(message)
    assert (CURE in message) is (content is None)
    assert "hush" not in message


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    result = run("sources", "--settings", str(tmp_path))

    assert result.exit_code == 2
    assert "Is a directory" in said(result.stderr)


def test_without_a_file_the_usual_one_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("sources")

    assert result.exit_code == 2
    assert "coursegraph.toml: no such file" in said(result.stderr)


def test_without_a_command_the_commands_are_shown() -> None:
    result = run()

    assert result.exit_code == 2
    for command in ("serve", "sandbox", "schema", "sources", "documents"):
        assert command in result.output


def test_the_demos_settings_name_every_source_of_the_sandbox() -> None:
    assert [source.name for source in sandbox_settings(8001).sources] == list(SOURCES)
