"""StackOne's official TypeScript client against the sandbox: every operation that it has."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sandbox.app import create_app

SCRIPT = Path(__file__).parent / "stackone_client"

if not shutil.which("npm"):
    pytest.skip("Node and npm aren't installed", allow_module_level=True)
if not os.environ.get("CI"):
    pytest.skip("installs a client from the network; set CI to run it", allow_module_level=True)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Serve the sandbox on a loopback port, and say where StackOne is."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(), log_level="warning", lifespan="off", ws="none")
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/stackone"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the client as locked."""
    folder = tmp_path_factory.mktemp("client") / "stackone"
    shutil.copytree(SCRIPT, folder, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    return folder


@pytest.fixture(scope="module")
def read(base: str, client: Path) -> dict[str, Any]:
    """Let the client read everything, before anything is written."""
    answer: dict[str, Any] = json.loads(run("node", "read.cjs", folder=client, BASE=base))
    return answer


@pytest.fixture(scope="module")
def written(base: str, client: Path, read: dict[str, Any]) -> dict[str, Any]:
    """Let the client write everything that it can."""
    answer: dict[str, Any] = json.loads(run("node", "write.cjs", folder=client, BASE=base))
    return answer


def run(*command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_read_operation_of_the_client_is_driven(read: dict[str, Any]) -> None:
    assert len(read["operations"]) == 23
    assert set(read["operations"]) <= read["answers"].keys()
    assert all(read["answers"].values())


def test_its_iterator_walks_short_and_empty_pages(read: dict[str, Any]) -> None:
    completions = read["answers"]["listCompletions"]

    assert completions["lengths"] == [100, 60, 100, 0, 60]
    assert len({row["id"] for row in completions["rows"]}) == 320


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("getCourse", "listCourses"),
        ("getContent", "listContent"),
        ("getUser", "listUsers"),
        ("getCompletion", "listCompletions"),
        ("getAssignment", "listAssignments"),
        ("getCategory", "listCategories"),
        ("getSkill", "listSkills"),
        ("getUserCompletion", "listUserCompletions"),
        ("getUserAssignment", "listUserAssignments"),
    ],
)
def test_it_reads_a_record_as_it_was_listed(read: dict[str, Any], one: str, many: str) -> None:
    assert read["answers"][one] in read["answers"][many]["rows"]


def test_it_reads_a_remote_id_with_a_slash(read: dict[str, Any]) -> None:
    listed, by_remote_id = read["answers"]["slashed"]

    assert "/" in listed["remoteId"]
    assert by_remote_id == listed


def test_its_filters_take_effect_nested_or_flattened(read: dict[str, Any]) -> None:
    found = {name: answer for name, answer in read["answers"].items() if "rows" in answer}

    changed = [row["updatedAt"] for row in found["changedCourses"]["rows"]]
    assert changed and min(changed) > "2026-06-01"
    assert {str(row["active"]).lower() for row in found["activeCourses"]["rows"]} == {"true"}
    [user] = {row["userId"] for row in found["listUserAssignments"]["rows"]}
    assert {(row["userId"], row["status"]["value"]) for row in found["open"]["rows"]} == {
        (user, "pending")
    }
    assert [row["email"] for row in found["ada"]["rows"]] == ["ada.byron@academy.example"]
    changed = [row["updatedAt"] for row in found["changedCompletions"]["rows"]]
    assert changed == [
        row["updatedAt"]
        for row in found["listUserCompletions"]["rows"]
        if row["updatedAt"] > "2026-06-01"
    ]


def test_it_shows_the_raw_exchange_with_what_was_passed_on(read: dict[str, Any]) -> None:
    [exchange] = read["answers"]["raw"]

    assert exchange["method"] == "GET"
    assert exchange["url"].endswith("?deep=1")


def test_it_reads_accounts_and_connectors(read: dict[str, Any]) -> None:
    answers = read["answers"]

    assert answers["getAccount"] in answers["listLinkedAccounts"]
    assert [account["id"] for account in answers["suspended"]] == ["demo-disabled"]
    assert (
        answers["getAccountMetaInfo"]["models"].keys()
        == answers["getConnectorMeta"]["models"].keys()
    )
    providers = [connector["provider"] for connector in answers["listConnectorsMeta"]]
    assert answers["getConnectorMeta"]["provider"] in providers


def test_it_knows_each_refusal_by_its_class(read: dict[str, Any]) -> None:
    assert read["failures"] == {
        "wrongKey": {"name": "UnauthorizedResponse", "statusCode": 401},
        "wrongAccount": {"name": "NotFoundResponse", "statusCode": 404},
        "wrongCourse": {"name": "NotFoundResponse", "statusCode": 404},
        "wrongCursor": {"name": "BadRequestResponse", "statusCode": 400},
        "disabled": {"name": "PreconditionFailedResponse", "statusCode": 412},
        "limited": {"name": "NotImplementedResponse", "statusCode": 501},
    }


def test_every_write_operation_of_the_client_is_driven(written: dict[str, Any]) -> None:
    assert len(written["operations"]) == 9
    assert set(written["operations"]) == set(written["driven"])
    assert all(written["answers"].values())


def test_it_reads_the_course_that_it_wrote_as_content(written: dict[str, Any]) -> None:
    course, kept = written["read"]["course"], written["read"]["kept"]

    told = written["answers"]["upsertContent"]
    assert (told["statusCode"], told["data"]["externalReference"]) == (201, "CLIENT-1")
    assert (course["id"], course["title"]) == (told["data"]["id"], "Knots")
    assert course["url"] == "https://x.example/knots"
    assert course["authors"] == [{"id": "7", "name": "Ada"}]
    assert [each["name"] for each in course["categories"]] == ["Ropes"]
    assert course["unifiedCustomFields"] == {"my_project_custom_field_1": "REF-1236"}
    assert course["updatedAt"] == "2022-07-21T14:00:00.000Z"
    assert kept["tags"] == ["Sales Techniques"]
    assert kept["additional_data"] == [{"id": "outcomes", "value": ["one", "two"]}]


def test_it_is_told_what_is_wrong_with_an_item_of_a_batch(written: dict[str, Any]) -> None:
    told = written["answers"]["batchUpsertContent"]

    assert (told["statusCode"], told["errors"]) == (202, [[], ["Missing field: title"]])
    assert [row["title"] for row in written["read"]["batched"]] == ["Two"]


def test_it_changes_content_as_june_has_it(written: dict[str, Any]) -> None:
    assert written["answers"]["updateContent"]["message"] == "Record updated successfully."
    assert written["read"]["changed"]["title"] == "Three"


def test_it_assigns_completes_and_takes_back(written: dict[str, Any]) -> None:
    answers, read = written["answers"], written["read"]

    assert (read["assignment"]["progress"], read["assignment"]["status"]["value"]) == (
        40,
        "in_progress",
    )
    assert read["assignment"]["dueDate"] == "2026-12-01T08:00:00.000Z"
    assert read["completion"]["result"]["value"] == "Pass"
    assert read["completion"]["timeSpent"] == "PT1H30M45S"
    assert read["completion"]["learningObjectId"] == read["course"]["id"]
    assert answers["deleteUserCompletion"]["statusCode"] == 204
    assert answers["deletedInJune"] == 204
    assert read["gone"] == {"name": "NotFoundResponse", "statusCode": 404}


def test_it_passes_a_request_on_and_changes_an_account(written: dict[str, Any]) -> None:
    answers = written["answers"]

    assert answers["proxyRequest"] == {"statusCode": 200}
    assert answers["updateAccount"]["originOwnerName"] == "Owner"
    assert answers["deleteAccount"] == answers["updateAccount"]


def test_it_knows_each_refusal_of_a_write_by_its_class(written: dict[str, Any]) -> None:
    assert written["failures"] == {
        "noReference": {"name": "BadRequestResponse", "statusCode": 400},
        "noTitle": {"name": "UnprocessableEntityResponse", "statusCode": 422},
        "otherKind": {"name": "ConflictResponse", "statusCode": 409},
        "disabled": {"name": "PreconditionFailedResponse", "statusCode": 412},
        "nobody": {"name": "NotFoundResponse", "statusCode": 404},
        "twice": {"name": "ConflictResponse", "statusCode": 409},
        "dropped": {"name": "NotFoundResponse", "statusCode": 404},
        "deleted": {"name": "NotFoundResponse", "statusCode": 404},
    }
