"""One small academy, the same on every run: the campus that each provider serves.

    academy = Academy(seed=7)
    academy.campus("bindbee").courses[0].title

Nothing here reads the clock: `TODAY` is the academy's present.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.catalogue import grow_catalogue
from sandbox.chance import TODAY, Chance
from sandbox.people import grow_people
from sandbox.progress import grow_attempts
from sandbox.records import (
    Attempt,
    Campus,
    Course,
    Lesson,
    Localization,
    Person,
    Skill,
    Subject,
)

__all__ = [
    "CAMPUSES",
    "DEFAULT_SIZES",
    "TODAY",
    "Academy",
    "Attempt",
    "Campus",
    "Course",
    "Lesson",
    "Localization",
    "Person",
    "Sizes",
    "Skill",
    "Subject",
]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each a campus has; lessons follow from courses."""

    people: int
    subjects: int
    skills: int
    courses: int
    attempts: int
    """Four in five are completed."""
    crowd: int = 0
    """When set, one course alone has this many attempts, by as many people as there are."""


# Three pages and more of everything at each provider's own default page size.
DEFAULT_SIZES: Mapping[str, Sizes] = {
    "bindbee": Sizes(people=160, subjects=104, skills=104, courses=120, attempts=1_500),
    "stackone": Sizes(people=90, subjects=60, skills=60, courses=80, attempts=400),
    "scormcloud": Sizes(people=40, subjects=30, skills=30, courses=36, attempts=160),
    "vitalsource": Sizes(
        people=260, subjects=30, skills=30, courses=240, attempts=1_200, crowd=240
    ),
}

CAMPUSES = tuple(DEFAULT_SIZES)


class Academy:
    """The data behind all four providers, made of a seed and nothing else.

    `sizes` replaces the default sizes of the campuses that it names. A campus is built when it is
    first asked for, and depends on the seed and its own sizes alone.
    """

    def __init__(self, seed: int = 7, sizes: Mapping[str, Sizes] = DEFAULT_SIZES) -> None:
        self.seed = seed
        self.sizes: Mapping[str, Sizes] = {**DEFAULT_SIZES, **sizes}
        self._campuses: dict[str, Campus] = {}

    def campus(self, name: str) -> Campus:
        """The campus that the provider `name` serves; KeyError if there is no such provider."""
        if name not in self._campuses:
            self._campuses[name] = self._grow(name, self.sizes[name])
        return self._campuses[name]

    def _grow(self, name: str, sizes: Sizes) -> Campus:
        people = grow_people(Chance(f"{self.seed}/{name}/people"), name, sizes.people)
        subjects, skills, courses = grow_catalogue(
            Chance(f"{self.seed}/{name}/catalogue"),
            subjects=sizes.subjects,
            skills=sizes.skills,
            courses=sizes.courses,
            teachers=people[1::7],
        )
        attempts = grow_attempts(
            Chance(f"{self.seed}/{name}/attempts"),
            people=people,
            courses=courses,
            total=sizes.attempts,
            crowd=sizes.crowd,
        )
        return Campus(name, people, subjects, skills, courses, attempts)
