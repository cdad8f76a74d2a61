"""What a campus teaches: subjects, skills, courses and their lessons."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sandbox.chance import TODAY, Chance
from sandbox.names import (
    FIELDS,
    LANGUAGES,
    LESSON_OPENINGS,
    LESSON_PROVIDERS,
    TRANSLATED,
    VARIANTS,
)
from sandbox.records import Course, Lesson, Localization, Person, Skill, Subject

COURSE_TEXTS = (
    "A short course on {topic}, with worked examples and a check at the end.",
    "{topic} as it is really done: three habits, two tools and one story of a mistake.",
    "Everything you need to begin with {topic}, and where to look for the rest.",
    "For people who have met {topic} before and want to do it well.",
    "Practical, friendly and up to date: {topic}, explained by those who do it every day.",
)
SUBJECT_TEXTS = (
    "Courses on {name} and what surrounds it.",
    "Everything the academy teaches about {name}.",
)
LESSON_TEXTS = (
    "Ten minutes on what matters most, with a transcript.",
    "Read it, try it, and compare your answer with ours.",
    "An example from somebody who has done this for years.",
)
KINDS = {"video": 30, "document": 18, "quiz": 16, "article": 14, "audio": 8, "hologram": 4, None: 6}
LENGTHS = (10, 15, 20, 30, 45, 60, 75, 90, 120, 180, 330, 1_500)


@dataclass(frozen=True, slots=True)
class Offer:
    """A course before it is written: its title, and the field that it belongs to."""

    field: int
    topic: str
    title: str


@dataclass(slots=True)
class Plan:
    """A lesson before it is written: which courses use it."""

    offer: Offer
    place: int
    courses: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The numbers of the subjects or skills of a campus, by the field that they belong to."""

    by_field: dict[int, list[int]]
    all: list[int]

    def of(self, field_index: int) -> list[int]:
        """Those of a field; all of them where a small campus has none of that field."""
        return self.by_field.get(field_index) or self.all


def grow_catalogue(
    chance: Chance, *, subjects: int, skills: int, courses: int, teachers: Sequence[Person]
) -> tuple[tuple[Subject, ...], tuple[Skill, ...], tuple[Course, ...]]:
    """Subjects, skills and courses of a campus, as many of each as asked for."""
    subject_names = pick_names(chance, [each.subjects for each in FIELDS], subjects)
    skill_names = pick_names(chance, [each.skills for each in FIELDS], skills)
    subject_numbers, skill_numbers = chance.numbers(subjects), chance.numbers(skills)
    subject_shelf = shelve(subject_names, subject_numbers)
    skill_shelf = shelve(skill_names, skill_numbers)
    offers = pick_offers(chance, courses)
    numbers = chance.numbers(courses)
    shelves = subject_shelf, skill_shelf
    lessons = grow_lessons(chance, offers, numbers, *shelves)
    return (
        tuple(
            grow_subject(chance, number, name)
            for number, (_, name) in zip(subject_numbers, subject_names, strict=True)
        ),
        tuple(
            grow_skill(chance, number, name)
            for number, (_, name) in zip(skill_numbers, skill_names, strict=True)
        ),
        tuple(
            grow_course(chance, number, offer, lessons[number], teachers, *shelves)
            for number, offer in zip(numbers, offers, strict=True)
        ),
    )


def pick_names(
    chance: Chance, names: Sequence[tuple[str, ...]], count: int
) -> list[tuple[int, str]]:
    """So many (field, name), every field served before any gets its next one."""
    rounds = max(len(each) for each in names)
    plain = [
        (index, each[turn])
        for turn in range(rounds)
        for index, each in chance.shuffled(list(enumerate(names)))
        if turn < len(each)
    ]
    picked = list(plain)
    for turn in range(count // len(plain)):
        variant = VARIANTS[turn % len(VARIANTS)]
        grade = "" if turn < len(VARIANTS) else f" {turn // len(VARIANTS) + 1}"
        picked += [(index, f"{variant} {name}{grade}") for index, name in plain]
    return chance.shuffled(picked[:count])


def shelve(names: Sequence[tuple[int, str]], numbers: Sequence[int]) -> Shelf:
    by_field: defaultdict[int, list[int]] = defaultdict(list)
    for (index, _), number in zip(names, numbers, strict=True):
        by_field[index].append(number)
    return Shelf(dict(by_field), list(numbers))


def pick_offers(chance: Chance, count: int) -> list[Offer]:
    """Courses with a title each; the last has the title of the first, as happens in real life."""
    every = [
        Offer(index, topic, f"{topic} {setting}")
        for index, each in enumerate(FIELDS)
        for topic in each.topics
        for setting in each.settings
    ]
    picked = chance.shuffled(every)
    for part in range(2, count // len(every) + 2):
        picked += [Offer(o.field, o.topic, f"{o.title}, Part {part}") for o in picked[: len(every)]]
    picked = picked[:count]
    return [*picked[:-1], picked[0]] if count > 1 else picked


def grow_subject(chance: Chance, number: int, name: str) -> Subject:
    return Subject(
        number=number,
        name=name,
        description=chance.maybe(chance.one(SUBJECT_TEXTS).format(name=name), 0.2),
        language=chance.maybe(chance.one(LANGUAGES[:3]), 0.3),
        level=chance.maybe(chance.one(("1", "2", "3")), 0.4),
        status=chance.status(),
    )


def grow_skill(chance: Chance, number: int, name: str) -> Skill:
    return Skill(
        number=number,
        name=name,
        language=chance.maybe(chance.one(LANGUAGES[:3]), 0.3),
        level=chance.maybe(chance.one(("1", "2", "3", "4")), 0.4),
        status=chance.status(),
    )


def grow_lessons(
    chance: Chance,
    offers: Sequence[Offer],
    numbers: Sequence[int],
    subjects: Shelf,
    skills: Shelf,
) -> dict[int, tuple[Lesson, ...]]:
    """The lessons of each course, by its number; some courses have none, some lessons many."""
    plans = plan_lessons(chance, offers, numbers)
    lessons_of: defaultdict[int, list[Lesson]] = defaultdict(list)
    for number, plan in zip(chance.numbers(len(plans)), plans, strict=True):
        lesson = grow_lesson(chance, number, plan, subjects, skills)
        for course in plan.courses:
            lessons_of[course].append(lesson)
    return {number: tuple(lessons_of[number]) for number in numbers}


def plan_lessons(chance: Chance, offers: Sequence[Offer], numbers: Sequence[int]) -> list[Plan]:
    plans: list[Plan] = []
    by_topic: defaultdict[str, list[Plan]] = defaultdict(list)
    for offer, number in zip(offers, numbers, strict=True):
        count = chance.weighted({0: 8, 1: 6, 2: 14, 3: 20, 4: 20, 5: 14, 6: 10})
        for place in range(1, count + 1):
            # Courses on one topic lend each other their lessons.
            lent = [plan for plan in by_topic[offer.topic] if number not in plan.courses]
            if lent and chance.happens(0.4):
                plan = chance.one(lent)
            else:
                plan = Plan(offer, place)
                plans.append(plan)
                by_topic[offer.topic].append(plan)
            plan.courses.append(number)
    return plans


def grow_lesson(chance: Chance, number: int, plan: Plan, subjects: Shelf, skills: Shelf) -> Lesson:
    opening = LESSON_OPENINGS[(plan.place - 1 + number % 2) % len(LESSON_OPENINGS)]
    created, updated = chance.lifetime()
    return Lesson(
        number=number,
        title=f"{opening} {plan.offer.topic}",
        description=chance.maybe(chance.one(LESSON_TEXTS), 0.2),
        minutes=chance.maybe(chance.one(LENGTHS[:6]), 0.15),
        order=plan.place,
        kind=chance.weighted(KINDS),
        url=chance.maybe(f"https://learn.academy.example/lessons/{number}", 0.1),
        cover_url=chance.maybe(f"https://img.academy.example/lessons/{number}.jpg", 0.3),
        provider=chance.maybe(chance.one(LESSON_PROVIDERS), 0.6),
        languages=chance.some(LANGUAGES, 0, 2),
        status=chance.status(),
        tags=tuple(word.lower() for word in plan.offer.topic.split() if len(word) > 3),
        subjects=chance.some(subjects.of(plan.offer.field), 0, 2),
        skills=chance.some(skills.of(plan.offer.field), 0, 2),
        courses=tuple(plan.courses),
        created=created,
        updated=updated,
    )


def grow_course(
    chance: Chance,
    number: int,
    offer: Offer,
    lessons: tuple[Lesson, ...],
    teachers: Sequence[Person],
    subjects: Shelf,
    skills: Shelf,
) -> Course:
    created, updated = chance.lifetime()
    starts, ends = grow_term(chance, created)
    languages = chance.some(LANGUAGES, 0, 3)
    return Course(
        number=number,
        title=offer.title,
        description=chance.maybe(chance.one(COURSE_TEXTS).format(topic=offer.topic), 0.12),
        cover_url=chance.maybe(f"https://img.academy.example/courses/{number}.jpg", 0.2),
        url=chance.maybe(f"https://learn.academy.example/courses/{number}", 0.1),
        minutes=chance.maybe(chance.one(LENGTHS), 0.12),
        languages=languages,
        status=chance.status(),
        subjects=chance.some(subjects.of(offer.field), 0, 3),
        skills=chance.some(skills.of(offer.field), 0, 3),
        teachers=tuple(person.number for person in chance.some(teachers, 0, 3)),
        lessons=lessons,
        tags=chance.some(("staff", "students", "evening", "online", "new", "popular"), 0, 3),
        created=created,
        updated=updated,
        starts=starts,
        ends=ends,
        reference=f"{offer.topic[:3].upper().strip()}-{number}",
        localizations=translate(offer.title, languages),
    )


def grow_term(chance: Chance, created: datetime) -> tuple[date | None, date | None]:
    """First and last day of a course; either may be open."""
    first = min(created + timedelta(days=chance.random.randint(7, 90)), TODAY + timedelta(days=90))
    last = first + timedelta(days=chance.one((28, 84, 98, 180)))
    return chance.maybe(first.date(), 0.15), chance.maybe(last.date(), 0.25)


def translate(title: str, languages: Sequence[str]) -> tuple[Localization, ...]:
    return tuple(
        Localization(language, TRANSLATED[language][0].format(title), TRANSLATED[language][1])
        for language in languages
        if language in TRANSLATED
    )
