"""Whole levels: the same answers as object by object, in as few reads, and again without any."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx
import msgspec
import pytest

from providers.base import Ask, Client, Query
from providers.errors import Kind, ProviderError
from providers.model import Category, Completion, Course, Record, User
from providers.sources import open_sources
from resolvers import entities, ids, learners, lists, nodes, paging, sources
from resolvers.context import Context
from resolvers.errors import BadInput, LimitReached
from resolvers.levels import Arriving, Values, arrived
from resolvers.lists import Wanted
from resolvers.paging import Slice
from resolvers.relations import Children, Detail, Reference, References, Relation
from tests.graph.asking import demo, settings

BINDBEE, STACKONE, SCORM = "demo-bindbee", "demo-stackone", "demo-scorm-cloud"

COMPLETIONS = Children("completions_of_courses", "completions_of_course")

RELATIONS: Mapping[str, tuple[str, Relation, dict[str, Any]]] = {
    "categories": ("courses", References("categories", by="category_refs"), {}),
    "skills": ("courses", References("skills", by="skill_refs"), {}),
    "instructors": ("courses", References("instructors", by="instructor_refs"), {}),
    "contents": ("courses", References("contents", by="content_refs"), {}),
    "courses of contents": ("contents", References("courses", by="course_refs"), {}),
    "user": ("completions", Reference("users", by="user_ref"), {}),
    "course": ("completions", Reference("courses", by="course_ref"), {}),
    "completion": ("assignments", Reference("completions", by="completion_ref"), {}),
    "completions": (
        "courses",
        COMPLETIONS,
        {"first": 2},
    ),
    "assignments": (
        "courses",
        Children("assignments_of_courses", "assignments_of_course"),
        {"first": 3},
    ),
    "completions of users": (
        "users",
        Children("completions_of_users", "completions_of_user"),
        {"first": 4},
    ),
    "courses of categories": (
        "categories",
        Children("courses_of_categories", "courses_of_category", expected=True),
        {"first": 2},
    ),
    "opt-outs": ("courses", Children("opt_outs_of_courses", "opt_outs_of_course"), {"first": 2}),
    "tags": ("courses", Detail("tags_of_courses"), {}),
    "versions": ("courses", Detail("versions_of_courses"), {"since": None, "until": None}),
}
"""By name, the records that have it, the relation, and its arguments."""

relations = pytest.mark.parametrize("name", RELATIONS)


@pytest.fixture
async def clients() -> AsyncIterator[Mapping[str, Client]]:
    """The demo sources, opened."""
    opened = open_sources(settings(), httpx.ASGITransport(demo()[1]))
    yield opened
    for client in opened.values():
        await client.close()


@pytest.fixture
async def begin(clients: Mapping[str, Client]) -> AsyncIterator[Callable[..., Context]]:
    """Begins operations, each with a memory of its own."""
    begun: list[Context] = []

    def begin(**terms: Any) -> Context:
        begun.append(Context(sources=clients, ask=Ask(), **terms))
        return begun[-1]

    yield begin
    for context in begun:
        context.cancel()


async def rows(clients: Mapping[str, Client], plural: str) -> list[Record]:
    """Records of all sources that list them, the sources mixed."""
    found: list[Record] = []
    named = entities.REFERENCES[entities.BY_PLURAL[plural].type]
    wanted = {entities.BY_PLURAL[plural].type: frozenset(named)}
    for client in clients.values():
        if method := getattr(client, f"list_{plural}", None):
            try:
                page = await method(Ask(wanted=wanted), Query(size=8))
            except ProviderError:  # it lists them only with a filter
                continue
            found += page.items[:8]
    random.Random(7).shuffle(found)
    return found


def keyed(records: Sequence[Any], by: str) -> list[Any]:
    """The records with keys in the place of what is embedded, and one that leads nowhere, one
    without references and one that says nothing."""
    several = by.endswith("s")

    def key(ref: Any) -> Any:
        return ref.key if isinstance(ref, Record) else ref

    changed = []
    for at, record in enumerate(records):
        refs = getattr(record, by)
        if at % 7 == 6:
            refs = None
        elif at % 7 == 5 and several:
            refs = ()
        elif refs is not None and at % 3:  # the others stay as they are, perhaps embedded
            refs = tuple(map(key, refs)) if several else key(refs)
        if at % 7 == 4 and refs is not None:
            gone = "00000000-0000-7000-8000-000000000000"
            refs = (*refs, gone) if several else gone
        changed.append(msgspec.structs.replace(record, **{by: refs}))
    return changed


async def level_of(clients: Mapping[str, Client], name: str) -> list[Any]:
    """The records of a level whose relation is asked for."""
    plural, relation, _ = RELATIONS[name]
    found = await rows(clients, plural)
    if isinstance(relation, References | Reference):
        found = keyed(found, relation.by)
    assert len({each.source for each in found}) > 1
    return found


async def one_by_one(context: Context, name: str, records: Sequence[Any]) -> list[Any]:
    """What each record answers for itself, exceptions as values."""
    _, relation, arguments = RELATIONS[name]
    paged: dict[str, Any] = {"after": None, "where": None}
    arguments = arguments | paged if isinstance(relation, Children) else arguments

    async def one(record: Any) -> Any:
        found = relation.resolve(context, record, **arguments)
        return await found if inspect.isawaitable(found) else found

    answers = [one(record) for record in records]
    return await asyncio.gather(*answers, return_exceptions=True)


def at_once(
    context: Context, name: str, records: Sequence[Any], weights: Sequence[int] | None = None
) -> Values:
    """What the level answers."""
    _, relation, arguments = RELATIONS[name]
    return relation.level(context, records, weights, **arguments)


def shown(value: Any) -> Any:
    """A value in a form that shows all that a caller can see of it."""
    if isinstance(value, ProviderError):
        return value.kind, value.detail, value.source, value.provider
    if isinstance(value, Exception):
        return type(value), str(value)
    if isinstance(value, Slice):
        info = (value.has_next_page, value.has_previous_page, value.start_cursor, value.end_cursor)
        return shown(value.nodes), [edge.cursor for edge in value.edges], info
    if isinstance(value, list | tuple):
        return [shown(each) for each in value]
    return value


def calls(context: Context) -> Counter[tuple[str, str]]:
    """What was asked upstream."""
    return Counter((call.source, call.route) for call in context.ask.calls)


# The same answers.


@relations
async def test_a_level_answers_as_its_objects_do_and_with_the_same_calls(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str
) -> None:
    records, single, whole = await level_of(clients, name), begin(), begin()
    await arrived(at_once(begin(), name, records))  # a client learns how long its lists are

    expected = await one_by_one(single, name, records)
    found = await arrived(at_once(whole, name, records))

    assert shown(found) == shown(expected)
    assert calls(whole) == calls(single)
    assert whole.given == single.given
    assert any(found), "the level has nothing to show"


@relations
@pytest.mark.parametrize("dead", [BINDBEE, STACKONE, SCORM])
async def test_a_source_that_fails_fails_its_own_objects_only(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str, dead: str
) -> None:
    records, single, whole = await level_of(clients, name), begin(), begin()
    single.ask.spent[dead] = whole.ask.spent[dead] = single.ask.budget

    expected = await one_by_one(single, name, records)
    found = await arrived(at_once(whole, name, records))

    assert shown(found) == shown(expected)
    for record, value in zip(records, found, strict=True):
        if isinstance(value, ProviderError) and value.kind is Kind.BUDGET_EXCEEDED:
            assert record.source == dead == value.source


@relations
async def test_each_source_is_a_part_of_its_own(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str
) -> None:
    records = await level_of(clients, name)

    found = at_once(begin(), name, records)

    assert isinstance(found, Arriving)
    parted = [{records[place].source for place in places} for places, _ in found.parts]
    assert all(len(each) == 1 for each in parted)
    assert len(set.union(*parted)) == len(parted)
    for places, coming in found.parts:
        assert len(await coming) == len(places)


@pytest.mark.parametrize(
    "name",
    ["categories", "skills", "user", "course", "completion", "completions", "completions of users"],
)
async def test_too_many_records_are_refused_from_the_same_object_on(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str
) -> None:
    # One source, since what is given by several is counted as it comes.
    records = [each for each in await level_of(clients, name) if each.source == BINDBEE]
    free = begin()
    await arrived(at_once(free, name, records))
    most = free.given // 2
    single, whole = begin(most_records=most), begin(most_records=most)

    expected = await one_by_one(single, name, records)
    found = await arrived(at_once(whole, name, records))

    assert shown(found) == shown(expected)
    assert any(isinstance(value, LimitReached) for value in found)
    assert any(value and not isinstance(value, Exception) for value in found)


@pytest.mark.parametrize("name", ["categories", "user", "completions"])
async def test_an_object_that_stands_in_several_places_is_counted_in_each(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str
) -> None:
    records, once, thrice = await level_of(clients, name), begin(), begin()

    await arrived(at_once(once, name, records))
    await arrived(at_once(thrice, name, records, [3] * len(records)))

    assert thrice.given == 3 * once.given > 0


@pytest.mark.parametrize("first", [0, 101])
async def test_a_page_of_an_unusual_size_is_refused_for_the_whole_level(
    begin: Callable[..., Context], first: int
) -> None:
    with pytest.raises(BadInput, match="ask for 1 to 100 rows"):
        COMPLETIONS.level(begin(), [Course(source=BINDBEE, key="1", title="x")], first=first)


def test_what_is_embedded_is_known_at_once() -> None:
    inside = Category(source="a", key="k", name="x")
    courses = [
        Course(source="a", key="1", title="x", category_refs=refs)
        for refs in [(inside, inside), None, (), (inside,)]
    ]
    context = Context(sources={})

    found = References("categories", by="category_refs").level(context, courses)

    assert found == [(inside, inside), None, (), (inside,)]
    assert context.given == 3


# Less work.


async def test_two_fields_that_lead_to_one_type_are_one_read(begin: Callable[..., Context]) -> None:
    context = begin()
    users = await some(context, "users", 4)
    one = [Completion(source=BINDBEE, key="x", user_ref=key) for key in users[:3]]
    other = [Completion(source=BINDBEE, key="y", user_ref=key) for key in users[1:]]
    context.ask.calls.clear()

    user = Reference("users", by="user_ref")
    values = [user.level(context, one), user.level(context, other)]
    single = user.resolve(context, one[0])
    found = [await arrived(each) for each in values]

    assert [[each.key for each in level] for level in found] == [users[:3], users[1:]]
    assert (await single).key == users[0]
    assert len(context.ask.calls) == 1


async def some(context: Context, plural: str, count: int) -> list[str]:
    """Keys of records at Bindbee."""
    client: Any = context.sources[BINDBEE]
    page = await getattr(client, f"list_{plural}")(Ask(), Query(size=count))
    return [record.key for record in page.items]


async def test_records_that_a_list_gave_are_not_read_again_wherever_they_stand(
    begin: Callable[..., Context],
) -> None:
    context = begin()
    inside = User(source=BINDBEE, key="u", name="x")
    course = Course(source=BINDBEE, key="c", title="x")
    row = Completion(source=BINDBEE, key="x", user_ref=inside, course_ref=course)
    entities.prime(context, [row, Completion(source=BINDBEE, key="y", course_ref="c")])

    named = [Completion(source=BINDBEE, key="z", user_ref="u", course_ref="c")]

    assert Reference("users", by="user_ref").level(context, named) == [inside]
    assert Reference("courses", by="course_ref").level(context, named) == [course]
    assert await entities.load(context, "completions", BINDBEE, "x") is row
    assert context.ask.calls == []


# Again, over the same memory.


@relations
async def test_what_a_level_read_is_given_again_object_by_object_and_back_without_a_call(
    clients: Mapping[str, Client], begin: Callable[..., Context], name: str
) -> None:
    records, context = await level_of(clients, name), begin()
    context.ask.spent[STACKONE] = context.ask.budget  # failures are remembered too
    found = await arrived(at_once(context, name, records))
    asked, given = calls(context), context.given
    context.ask.spent.clear()

    for _ in range(2):
        context.again()
        assert shown(await one_by_one(context, name, records)) == shown(found)
        context.again()
        again = at_once(context, name, records)
        assert not isinstance(again, Arriving), "something is still to come"
        assert shown(again) == shown(found)
        assert context.given == given

    assert calls(context) == asked


async def walked(context: Context) -> Any:
    """A page over all sources."""
    wanted = Wanted({"languages": ["en"]})
    page = lists.page(context, "courses", wanted, first=60, after=None, where="courses")
    assert isinstance(page, Awaitable)
    return await page


async def further(context: Context) -> Any:
    """A second page of one course's completions."""
    client: Any = context.sources[BINDBEE]
    course = (await client.list_courses(Ask(), Query(size=1))).items[0]
    head = await COMPLETIONS.resolve(context, course, first=1, after=None, where=None)
    return await COMPLETIONS.resolve(context, course, first=2, after=head.end_cursor, where=None)


async def searched(context: Context) -> Any:
    """A person at all sources."""
    found = await learners.find(context, "ada.byron@academy.example", None, "learner")
    assert found is not None
    return found.email, [(place.users, place.completeness) for place in found.places]


async def pulses(context: Context) -> Any:
    """How all sources are."""
    found = [await sources.pulse(context, each) for each in sources.every(context, None)]
    return [pulse.health for pulse in found]


async def told(context: Context) -> Any:
    """What accounts say of themselves, or why they don't."""
    asked = {BINDBEE: "connector", STACKONE: "linked_account", SCORM: "about"}
    answers = []
    for source, method in asked.items():
        found = sources.find(context, source)
        assert found is not None
        try:
            answers.append(await sources.told(context, found, method))
        except ProviderError as error:
            answers.append(error)
    return answers


async def by_id(context: Context) -> Any:
    """Records by id, one of them gone and one malformed."""
    keys = await some(context, "courses", 3)
    given = [ids.encode("Course", BINDBEE, key) for key in [*keys, "gone"]]
    given += [ids.encode("Course", STACKONE, "1"), "malformed", ids.encode("Source", SCORM, SCORM)]
    found = await nodes.nodes(context, given, 100)
    return [each.name if isinstance(each, sources.Source) else each for each in found]


@pytest.mark.parametrize("ask", [walked, further, searched, pulses, told, by_id])
@pytest.mark.parametrize("dead", [None, STACKONE])
async def test_whatever_is_asked_again_is_not_read_again_and_each_problem_is_told_once(
    begin: Callable[..., Context], ask: Callable[[Context], Awaitable[Any]], dead: str | None
) -> None:
    context = begin()
    if dead:
        context.ask.spent[dead] = context.ask.budget
    found = await ask(context)
    asked, given, problems = calls(context), context.given, list(context.problems)
    context.ask.spent.clear()

    for _ in range(3):
        context.again()
        assert shown(await ask(context)) == shown(found)
        assert context.given == given
        assert list(map(told_of, context.problems)) == list(map(told_of, problems))

    assert calls(context) == asked
    assert problems or not dead or ask not in (walked, searched)


def told_of(problem: Any) -> Any:
    return problem.where, shown(problem.error), problem.cursor


async def test_an_error_that_is_raised_again_and_again_does_not_grow(
    begin: Callable[..., Context],
) -> None:
    context = begin()
    context.ask.spent[BINDBEE] = context.ask.budget
    course = Course(source=BINDBEE, key="c", title="x")
    source = sources.find(context, BINDBEE)
    assert source is not None

    async def page() -> Any:
        wanted = Wanted({})
        found = lists.page(
            context, "courses", wanted, first=1, after=None, where=None, source=BINDBEE
        )
        assert isinstance(found, Awaitable)
        return await found

    asks: list[Callable[[], Any]] = [
        lambda: COMPLETIONS.resolve(context, course, first=1, after=None, where=None),
        lambda: entities.load(context, "courses", BINDBEE, "c"),
        lambda: sources.told(context, source, "connector"),
        page,
    ]
    for ask in asks:
        depths = []
        for _ in range(5):
            with pytest.raises(ProviderError) as caught:
                await ask()
            depths.append(len(inspect.getinnerframes(caught.value.__traceback__)))  # type: ignore[arg-type]
        assert len(set(depths[1:])) == 1, depths


# By id.


async def test_many_ids_are_one_read_of_each_type_and_source(
    begin: Callable[..., Context],
) -> None:
    context = begin()
    courses, users = await some(context, "courses", 5), await some(context, "users", 5)
    found = [ids.GlobalId("Course", BINDBEE, key) for key in courses]
    found += [ids.GlobalId("User", BINDBEE, key) for key in users]
    found += [ids.GlobalId("Course", "not-ours", "1"), ids.GlobalId("Course", STACKONE, "gone")]
    random.Random(3).shuffle(found)
    refused = BadInput("no id")

    values = nodes.many(context, [refused, *found])

    assert isinstance(values, Arriving)
    assert values.values[0] is refused
    assert len(values.parts) == 3
    for record, id in zip((await arrived(values))[1:], found, strict=True):
        assert (record.key == id.key) if id.source == BINDBEE else record is None
    assert len(context.ask.calls) == 3


# Pages that nobody asks for cursors.


async def test_a_row_by_itself_is_all_that_a_page_makes_until_more_is_asked() -> None:
    asked = 0

    def digest() -> str:
        nonlocal asked
        asked += 1
        return "digest"

    records = [Course(source="a", key=str(at), title="x") for at in range(3)]
    page = paging.head_slice(digest, "leg", records, more=True, size=3)

    assert page.nodes is records and page.has_next_page
    assert asked == 0
    assert len({edge.cursor for edge in page.edges}) == 3
    assert page.end_cursor == page.edges[-1].cursor
