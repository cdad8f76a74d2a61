"""Assignments and completions of a user that are written at StackOne.

https://docs.stackone.com/lms/api-reference/assignments/create-user-assignment
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, deprecated, extend, input, reference
from graph.scalars import JSON, Duration
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.completion import Completion
    from graph.facets.stackone.parts import StackOneScoreInput, StackOneWordInput


@input
class AssignmentCreateInput:
    """Who is to take what. At most one of `course`, `content` and `collection` says what."""

    user: strawberry.ID
    """Who is to take it."""

    course: strawberry.ID | None
    """Course to take."""

    content: strawberry.ID | None
    """Content to take."""

    collection: str | None
    """StackOne's id of the collection to take."""

    learning_object_external_reference: str | None
    """Reference of the source's customer for what is to be taken. Where it is left out, that of the
    course or content is read, since StackOne needs it."""

    due_at: datetime | None
    """When it is to be finished."""

    assigned_at: datetime | None
    """When it was assigned. Not in the API of June 2025."""

    created_at: datetime | None
    """When the assignment was made. API of June 2025 only."""

    status: StackOneWordInput | None
    """How far it has come: `pending`, `in_progress` or `completed`."""

    progress: float | None
    """How far it has come, from 0 to 100."""

    external_reference: str | None = deprecated("Use `learningObjectExternalReference` instead.")
    """Reference of the source's customer for the assignment."""

    passthrough: JSON | None
    """Object that is passed on to the learning system as it is."""


@payload
class AssignmentCreatePayload:
    """What came of assigning something."""

    assignment: Assignment | None = reference("assignments", by="key")
    """The assignment as it is now; null where none was made, or StackOne tells no id of it."""

    remote_id: str | None = computed(lambda _, root: root.value and root.value.remote_id)
    """Id in the learning system, where StackOne tells it."""


@input
class CompletionCreateInput:
    """Who finished what. At most one of `course`, `content` and `collection` says what."""

    user: strawberry.ID
    """Who finished it."""

    course: strawberry.ID | None
    """Course that was finished."""

    content: strawberry.ID | None
    """Content that was finished."""

    collection: str | None
    """StackOne's id of the collection that was finished."""

    learning_object_external_reference: str | None
    """Reference of the source's customer for what was finished. Where it is left out, that of the
    course or content is read, since StackOne needs it."""

    completed_at: datetime | None
    """When it was finished."""

    result: StackOneWordInput | None
    """How it went: `Pass` or `Fail`."""

    score: StackOneScoreInput | None
    """How well it went. Not in the API of June 2025."""

    time_spent: Duration | None
    """Time that it took."""

    content_id: str | None = deprecated("Use `content` instead.")
    """StackOne's id of the content."""

    content_external_reference: str | None = deprecated(
        "Use `learningObjectExternalReference` instead."
    )
    """Reference of the source's customer for the content."""

    passthrough: JSON | None
    """Object that is passed on to the learning system as it is."""


@payload
class CompletionCreatePayload:
    """What came of noting that something was finished."""

    completion: Completion | None = reference("completions", by="key")
    """The completion as it is now; null where none was made, or StackOne tells no id of it."""

    remote_id: str | None = computed(lambda _, root: root.value and root.value.remote_id)
    """Id in the learning system, where StackOne tells it."""


@input
class CompletionDeleteInput:
    """A completion that is to go."""

    completion: strawberry.ID
    """Completion to delete."""

    user: strawberry.ID | None
    """Whose it is. Where it is left out, that is read first."""


@payload
class CompletionDeletePayload:
    """What came of deleting a completion."""

    deleted_id: strawberry.ID | None = computed(lambda _, root: root.id)
    """Id of what is no more; null where it wasn't deleted."""


ABOUT = {"course": "Course", "content": "Content"}


@extend("Mutation")
class ProgressMutations:
    """What is added to the mutations."""

    assignment_create: AssignmentCreatePayload | None = change(
        AssignmentCreateInput,
        Change(
            "create_assignment",
            "User",
            "user",
            check="look at the user's `assignments`",
            keys=ABOUT,
        ),
    )
    """Have a user take a course, content or collection. Repeated, it may be assigned twice."""

    completion_create: CompletionCreatePayload | None = change(
        CompletionCreateInput,
        Change(
            "create_completion",
            "User",
            "user",
            check="look at the user's `completions`",
            keys=ABOUT,
        ),
    )
    """Note that a user finished a course, content or collection. Repeated, it is noted twice."""

    completion_delete: CompletionDeletePayload | None = change(
        CompletionDeleteInput,
        Change(
            "delete_completion",
            "Completion",
            "completion",
            check="look for the completion",
            keys={"user": "User"},
        ),
    )
    """Delete a completion. Where the answer is lost, it is looked whether it is gone."""
