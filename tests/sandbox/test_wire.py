"""What the providers of the sandbox share: the log of requests, faults, and paths as sent."""

import json

import httpx
import pytest
from starlette.requests import Request
from starlette.routing import Route

from sandbox.wire import (
    Desk,
    Entry,
    Fault,
    Faults,
    JSONAnswer,
    Refused,
    WhenAsked,
    fold_slashes,
    key,
    refusal,
    rows_of,
    with_wrong_types,
)

ROWS = [{"id": "1", "name": "Pond Life", "course_id": "7"}, {"id": "2", "name": None}]


async def rows(request: Request) -> JSONAnswer:
    return JSONAnswer({"items": ROWS}, rows=len(ROWS))


async def thing(request: Request) -> JSONAnswer:
    if key(request) == "forbidden":
        raise Refused(JSONAnswer({"why": "it is"}, 403))
    return JSONAnswer({"id": key(request)})


class Bench:
    """A provider of two routes, with its log and faults."""

    def __init__(self, *, folds_slashes: bool = False) -> None:
        self.log: list[Entry] = []
        self.faults = Faults()
        routes = [Route("/rows", rows), Route("/things/{id}", thing)]
        self.desk = Desk(
            "bench", routes, log=self.log, faults=self.faults, folds_slashes=folds_slashes
        )

    async def get(self, path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.desk)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            return await client.get(path)


async def test_an_id_may_hold_a_slash_and_a_percent_sign() -> None:
    answer = await Bench().get("/things/a%2Fb%20%25")
    assert answer.json() == {"id": "a/b %"}


async def test_requests_are_logged_as_they_came() -> None:
    bench = Bench()
    await bench.get("/rows?page=2&sort=%2Bname")
    await bench.get("/things/a%2Fb")
    await bench.get("/nothing")
    assert bench.log == [
        Entry("bench", "GET", "/rows", "page=2&sort=%2Bname", 200, rows=2),
        Entry("bench", "GET", "/things/a%2Fb", "", 200),
        Entry("bench", "GET", "/nothing", "", 404),
    ]


async def test_a_refusal_from_within_is_the_answer() -> None:
    answer = await Bench().get("/things/forbidden")
    assert (answer.status_code, answer.json()) == (403, {"why": "it is"})


async def test_double_slashes_are_folded_where_the_provider_folds_them() -> None:
    assert (await Bench(folds_slashes=True).get("/things//1")).status_code == 200
    assert (await Bench().get("/things//1")).status_code == 404
    assert fold_slashes("/a///b//c") == "/a/b/c"


async def test_an_app_is_made_once_and_only_when_asked() -> None:
    made = []

    def make() -> JSONAnswer:
        made.append(1)
        return JSONAnswer("made")

    transport = httpx.ASGITransport(app=WhenAsked(make))
    assert made == []
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        assert (await client.get("/")).json() == (await client.get("/")).json() == "made"
    assert made == [1]


async def test_a_status_fault_answers_in_the_providers_words_with_retry_after() -> None:
    bench = Bench()
    bench.faults.set("bench", Fault("status", status=429, retry_after="2"))
    answer = await bench.get("/rows")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.content == refusal(429).body
    assert bench.log[0].status == 429


async def test_a_fault_strikes_so_many_times_and_only_where_it_is_meant_to() -> None:
    bench = Bench()
    bench.faults.set("bench", Fault("status", status=503, path="row", times=2))
    paths = ("/things/1", "/rows", "/rows", "/rows")
    assert [(await bench.get(path)).status_code for path in paths] == [200, 503, 503, 200]


async def test_faults_of_another_provider_do_not_strike() -> None:
    bench = Bench()
    bench.faults.set("other", Fault("status"))
    assert (await bench.get("/rows")).status_code == 200


async def test_a_fault_is_cleared_alone_or_with_all_others() -> None:
    bench = Bench()
    for clear in ("bench", None):
        bench.faults.set("bench", Fault("status"))
        assert (await bench.get("/rows")).status_code == 500
        bench.faults.clear(clear)
        assert (await bench.get("/rows")).status_code == 200


async def test_a_slow_answer_is_a_good_answer() -> None:
    bench = Bench()
    bench.faults.set("bench", Fault("slow", delay=0.01))
    assert (await bench.get("/rows")).json() == {"items": ROWS}


async def test_an_html_page_comes_with_success() -> None:
    bench = Bench()
    bench.faults.set("bench", Fault("html"))
    answer = await bench.get("/rows")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("kind", ["broken_json", "truncated"])
async def test_json_can_be_beyond_reading(kind: str) -> None:
    bench = Bench()
    bench.faults.set("bench", Fault(kind))  # type: ignore[arg-type]
    answer = await bench.get("/rows")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_wrong_types_spare_ids_and_nulls() -> None:
    bench = Bench()
    bench.faults.set("bench", Fault("wrong_types"))
    assert (await bench.get("/rows")).json() == {
        "items": [{"id": "1", "name": 17, "course_id": "7"}, {"id": "2", "name": None}]
    }


def test_wrong_types_reach_into_objects_and_spare_their_ids() -> None:
    body = {
        "id": "9",
        "score": {"scaled": 0.5},
        "active": True,
        "tags": ["new"],
        "users": [{"id": "1", "name": "Ada"}],
        "courseId": "7",
    }
    assert json.loads(with_wrong_types(json.dumps(body).encode())) == {
        "id": "9",
        "score": {"scaled": {"unexpected": 0.5}},
        "active": {"unexpected": True},
        "tags": 17,
        "users": [{"id": "1", "name": 17}],
        "courseId": "7",
    }


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ([{"a": 1}, 2], [{"a": 1}]),
        ({"data": {"a": 1}}, [{"a": 1}]),
        ({"next": None, "data": [{"a": 1}]}, [{"a": 1}]),
        ({"id": 1, "parts": [{"a": 1}]}, [{"id": 1, "parts": [{"a": 1}]}]),
        ({"items": []}, []),
        ("text", []),
    ],
)
def test_records_are_found_in_every_envelope(answer: object, rows: list[object]) -> None:
    assert rows_of(answer) == rows
