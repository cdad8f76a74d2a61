"""Who takes what at a campus, and how far they got."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.chance import IMPORTS, TODAY, Chance
from sandbox.records import Attempt, Course, Person


def grow_attempts(
    chance: Chance,
    *,
    people: Sequence[Person],
    courses: Sequence[Course],
    total: int,
    crowd: int = 0,
) -> tuple[Attempt, ...]:
    """`total` attempts in no order, four in five completed, unevenly spread over the courses.

    Some courses have none. The first person of the campus has both completed and open attempts.
    """
    finished = total * 4 // 5
    crowd = min(crowd, finished)
    completed = spread(chance, len(courses), finished, crowd)
    pending = spread(chance, len(courses), total - finished)
    numbers = iter(chance.numbers(total))
    attempts = [
        grow(chance, next(numbers), person, course)
        for counts, grow in ((completed, grow_completed), (pending, grow_open))
        for course, count in zip(courses, counts, strict=True)
        for person in take_part(chance, people, count, is_crowd=count == crowd)
    ]
    return tuple(chance.shuffled(attempts))


def spread(chance: Chance, parts: int, total: int, crowd: int = 0) -> list[int]:
    """Divide `total` unevenly: a few parts get nothing, a few get several times the average.

    The largest half can't outgrow the rest by much: of 120 parts of 1,200, no 50 exceed 800.
    """
    weights = [chance.random.uniform(3, 16) for _ in range(parts)]
    few = max(parts // 40, 1)
    order = chance.shuffled(range(parts))
    for index in order[:few]:
        weights[index] = chance.random.uniform(28, 36)
    for index in order[few : 3 * few]:
        weights[index] = 0
    if crowd:
        weights[order[0]] = 0
        counts = apportion(weights, total - crowd)
        counts[order[0]] = crowd
        return counts
    return apportion(weights, total)


def apportion(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to the weights, with exactly that total (largest remainder)."""
    if total <= 0 or not sum(weights):
        return [0] * len(weights)
    exact = [weight * total / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: counts[index] - exact[index])
    for index in by_remainder[: total - sum(counts)]:
        counts[index] += 1
    return counts


def take_part(
    chance: Chance, people: Sequence[Person], count: int, *, is_crowd: bool
) -> list[Person]:
    """So many people, the first of the campus among them now and then, a few of them twice."""
    picked = list(chance.some(people, count, count))
    while len(picked) < count:
        picked.append(chance.one(people))
    if is_crowd or not picked:
        return picked
    if people[0] not in picked and chance.happens(0.15):
        picked[0] = people[0]
    if len(picked) > 3 and chance.happens(0.3):
        picked[-1] = picked[0]
    return picked


def grow_completed(chance: Chance, number: int, person: Person, course: Course) -> Attempt:
    """An attempt that came to its end: of a course mostly, of one of its lessons rarely."""
    assigned = assign(chance, least=60, most=700)
    started = assigned + timedelta(hours=chance.random.randint(1, 400))
    completed = min(started + timedelta(minutes=chance.random.randint(8, 40_000)), TODAY)
    score = chance.maybe(min(100, int(chance.random.triangular(25, 108, 88))), 0.12)
    grade = grade_of(chance, score)
    is_lesson = bool(course.lessons) and chance.happens(0.03)
    passed = None if score is None else score >= 60
    return Attempt(
        number=number,
        person=person.number,
        course=course.number,
        lesson=chance.one(course.lessons).number if is_lesson else None,
        assigned=assigned,
        started=chance.maybe(started, 0.08),
        due=chance.maybe(assigned + timedelta(days=30), 0.5),
        completed=completed,
        score=score,
        score_text=None if score is None else chance.maybe(f"{score} / 100", 0.3),
        grade=grade,
        passed=chance.maybe(passed, 0.06),
        progress=chance.maybe(1.0, 0.05),
        seconds=chance.maybe(chance.random.randint(240, 21_000), 0.15),
        certificate_url=(
            chance.maybe(f"https://learn.academy.example/certificates/{number}.pdf", 0.3)
            if passed
            else None
        ),
    )


def grow_open(chance: Chance, number: int, person: Person, course: Course) -> Attempt:
    """An attempt that is still to be started or finished; some are late."""
    assigned = assign(chance, least=1, most=200)
    has_started = chance.happens(0.6)
    done = round(chance.random.uniform(0.05, 0.95), 2) if has_started else 0.0
    return Attempt(
        number=number,
        person=person.number,
        course=course.number,
        lesson=None,
        assigned=assigned,
        started=chance.between(assigned, TODAY) if has_started else None,
        due=chance.maybe(assigned + timedelta(days=chance.one((14, 30, 60))), 0.4),
        completed=None,
        score=None,
        score_text=None,
        grade=None,
        passed=None,
        progress=chance.maybe(done, 0.1),
        seconds=int(done * 4_000) if has_started else None,
        certificate_url=None,
    )


def assign(chance: Chance, *, least: int, most: int) -> datetime:
    """When somebody was told to take a course; one night assigned it to many at once."""
    tie = chance.one(IMPORTS)
    is_tied = chance.happens(0.1) and least <= (TODAY - tie).days <= most
    return tie if is_tied else chance.before(TODAY, least=least, most=most)


def grade_of(chance: Chance, score: int | None) -> str | None:
    """A grade that fits the score; campuses grade by letters, by pass or fail, or not at all."""
    if score is None:
        return chance.weighted({"PASS": 3, "-": 4, None: 3})
    match chance.weighted({"letter": 60, "pass": 22, "dash": 6, "none": 8}):
        case "letter":
            return letter(score)
        case "pass":
            return "PASS" if score >= 60 else "FAIL"
        case "dash":
            return "-"
        case _:
            return None


def letter(score: int) -> str:
    """The letter of a score; A+ is a grade that no provider lists."""
    if score >= 99:
        return "A+"
    return next(name for least, name in LETTERS if score >= least)


LETTERS = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F"))
