"""Where every query begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.connections import Connection
from graph.entity import answered_by, given, value
from graph.lists import everywhere
from graph.weights import SEARCH
from resolvers import learners, nodes, sources

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.category import Category
    from graph.completion import Completion
    from graph.content import Content
    from graph.course import Course
    from graph.course_import import CourseImport
    from graph.instructor import Instructor
    from graph.learner import Learner
    from graph.node import Node
    from graph.skill import Skill
    from graph.source import Source
    from graph.user import User

MOST_NODES = 100
"""Most ids that ``nodes`` takes."""

Id = Annotated[strawberry.ID, strawberry.argument(description="Id that this graph gave.")]
Ids = Annotated[
    list[strawberry.ID],
    strawberry.argument(description=f"Ids that this graph gave; at most {MOST_NODES}."),
]
Name = Annotated[str, strawberry.argument(description="Name of the source in the settings.")]
Names = Annotated[
    list[str] | None,
    strawberry.argument(description="Names of the sources to give; all of them where left out."),
]
Email = Annotated[str, strawberry.argument(description="E-mail address, whatever its case.")]
Courses = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="Ids of courses whose rosters are searched, at sources that know people only "
        "per course."
    ),
]


def _by_id(type: str) -> Any:
    def resolve(info: strawberry.Info, id: Id) -> Any:
        return nodes.node(info.context, id, type)

    return answered_by(resolve)


def _node(info: strawberry.Info, id: Id) -> Any:
    return nodes.node(info.context, id)


def _nodes(info: strawberry.Info, ids: Ids) -> Any:
    return nodes.nodes(info.context, ids, MOST_NODES)


def _learner(info: strawberry.Info, email: Email, courses: Courses = strawberry.UNSET) -> Any:
    return learners.find(info.context, email, given(courses), info.path)


def _source(info: strawberry.Info, name: Name) -> Any:
    return sources.find(info.context, name)


def _sources(info: strawberry.Info, names: Names = strawberry.UNSET) -> Any:
    return sources.every(info.context, given(names))


@value()
class Query:
    """Courses, and who learns what, across every learning system that is connected."""

    courses: Connection[Course] | None = everywhere("courses")
    """Courses of all sources, one source after the other."""

    course: Course | None = _by_id("Course")
    """A course by id; null where there is none."""

    course_import: CourseImport | None = _by_id("CourseImport")
    """An import of a course by id; null where there is none, or where the source has forgotten it.
    The subscription of the same name follows it."""

    contents: Connection[Content] | None = everywhere("contents")
    """Contents of all sources that list them, one source after the other."""

    content: Content | None = _by_id("Content")
    """A piece of content by id; null where there is none."""

    completions: Connection[Completion] | None = everywhere("completions")
    """Completions of all sources that keep them, one source after the other."""

    completion: Completion | None = _by_id("Completion")
    """A completion by id; null where there is none."""

    assignments: Connection[Assignment] | None = everywhere("assignments")
    """Assignments of all sources, one source after the other."""

    assignment: Assignment | None = _by_id("Assignment")
    """An assignment by id; null where there is none."""

    categories: Connection[Category] | None = everywhere("categories")
    """Categories of all sources that have them, one source after the other."""

    category: Category | None = _by_id("Category")
    """A category by id; null where there is none."""

    skills: Connection[Skill] | None = everywhere("skills")
    """Skills of all sources that have them, one source after the other."""

    skill: Skill | None = _by_id("Skill")
    """A skill by id; null where there is none."""

    users: Connection[User] | None = everywhere("users")
    """Users of all sources, one source after the other. `learner` finds one person at all of
    them."""

    user: User | None = _by_id("User")
    """A user by id; null where there is none."""

    instructor: Instructor | None = _by_id("Instructor")
    """An instructor by id; null where there is none."""

    learner: Learner | None = answered_by(_learner, weight=SEARCH)
    """A person across all sources, by e-mail; null where no source knows the address."""

    sources: list[Source] | None = answered_by(_sources)
    """The sources, each with the same lists for itself."""

    source: Source | None = answered_by(_source)
    """A source by name; null where there is none."""

    node: Node | None = answered_by(_node)
    """Anything by id; null where there is none."""

    nodes: list[Node | None] | None = answered_by(_nodes, size=MOST_NODES)
    """Several things by id, in the order of the ids; null in the places of those that don't
    exist."""
