"""Mutations of learners, which are users: what all their registrations say of them.

https://cloud.scorm.com/docs/v2/reference/swagger/#/learner
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference, references
from providers.errors import Kind
from resolvers.changes import Change, ChangeOfMany
from resolvers.context import Context
from resolvers.relations import Detail

if TYPE_CHECKING:
    from graph.user import User

TAGS = Detail("tags_of_users")


def _tags(context: Context, root: Any) -> Any:
    return None if root.key is None else TAGS.resolve(context, root)


@input
class LearnerUpdateInput:
    """A learner, and what is to be said of them."""

    user: strawberry.ID
    """The learner."""

    email: str | None
    """E-mail address; stays where left out, is emptied where empty."""

    first_name: str | None
    """First name; stays where left out, is emptied where empty."""

    last_name: str | None
    """Last name; stays where left out, is emptied where empty."""


@payload
class LearnerUpdatePayload:
    """What came of changing what is said of a learner."""

    user: User | None = reference("users", by="key")
    """The user as the registrations say now, which may be as before for a while; null where nothing
    was changed."""


@input
class LearnerTagsInput:
    """A learner and tags."""

    user: strawberry.ID
    """Who is marked."""

    tags: list[str]
    """Words that reports can be narrowed by."""


@payload
class LearnerTagsPayload:
    """What came of changing a learner's tags."""

    user: User | None = reference("users", by="key")
    """The user as they are now; null where nothing was changed."""

    tags: list[str] | None = computed(_tags)
    """Words that the learner is marked with now, read on their own; null where nothing was
    changed."""


@input
class LearnersTagsAddInput:
    """Some learners and tags."""

    users: list[strawberry.ID]
    """Users of one source that are marked, one at least."""

    tags: list[str]
    """Words that reports can be narrowed by."""


@payload
class LearnersTagsAddPayload:
    """What came of marking learners."""

    users: list[User] | None = references("users", by="keys")
    """The users as they are now; null where none was changed."""


@input
class LearnerInformationDeleteInput:
    """A learner who is to be forgotten, and who asks for it."""

    user: strawberry.ID
    """Who is to be forgotten."""

    requester_email: str
    """E-mail address of the person who asks for it on the learner's behalf (`userEmail`): the
    primary address of somebody in a realm of SCORM Cloud that the application is in."""


@payload
class LearnerInformationDeletePayload:
    """What came of asking for a learner to be forgotten."""

    is_begun: bool = computed(lambda _, root: not root.user_errors)
    """Whether the learner is being forgotten; they may still be found for a while."""


@extend("Mutation")
class LearnerMutations:
    """What is added to the mutations."""

    learner_update: LearnerUpdatePayload | None = change(
        LearnerUpdateInput,
        Change("update_learner", "User", "user", check="read the user again, after a while"),
    )
    """Change what all registrations of a learner say of them. That is begun by the answer, and ends
    some time later."""

    learner_tags_add: LearnerTagsPayload | None = change(
        LearnerTagsInput,
        Change(
            "add_learner_tags",
            "User",
            "user",
            check="read `scormCloud { tags }` of the user",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark a learner with these tags as well; those that they have stay."""

    learner_tags_remove: LearnerTagsPayload | None = change(
        LearnerTagsInput,
        Change(
            "remove_learner_tags",
            "User",
            "user",
            check="read `scormCloud { tags }` of the user",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Take these tags off a learner; those that they don't have do no harm."""

    learners_tags_add: LearnersTagsAddPayload | None = change(
        LearnersTagsAddInput,
        ChangeOfMany(
            "add_tags_to_learners",
            "User",
            "users",
            check="read `scormCloud { tags }` of the users",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark several learners of one source with all of these tags, by one call."""

    learner_information_delete: LearnerInformationDeletePayload | None = change(
        LearnerInformationDeleteInput,
        Change(
            "delete_learner_information",
            "User",
            "user",
            check="look for the user again, after a while",
            blamed={Kind.REJECTED: "requesterEmail"},
        ),
    )
    """Delete all that tells who a learner is, as the law may demand (GDPR). That is begun by the
    answer, and ends some time later; registrations stay, without a name."""
