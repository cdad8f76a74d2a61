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
class UserUpdateInput:
    """A user, and what is to be said of them."""

    user: strawberry.ID
    """The learner."""

    email: str | None
    """E-mail address; stays where left out, is emptied where empty."""

    first_name: str | None
    """First name; stays where left out, is emptied where empty."""

    last_name: str | None
    """Last name; stays where left out, is emptied where empty."""


@payload
class UserUpdatePayload:
    """What came of changing what is said of a user."""

    user: User | None = reference("users", by="key")
    """The user as the registrations say now, which may be as before for a while; null where nothing
    was changed."""


class TaggedUser:
    """What every change of a user's tags takes."""

    user: strawberry.ID
    """Who is marked."""

    tags: list[str]
    """Words that reports can be narrowed by."""


class RetaggedUser:
    """What every payload of a user's tags has."""

    user: User | None = reference("users", by="key")
    """The user as they are now; null where nothing was changed."""

    tags: list[str] | None = computed(_tags)
    """Words that the user is marked with now, read on their own; null where nothing was
    changed."""


@input
class UserTagsAddInput(TaggedUser):
    """A user, and tags that they are to get."""


@payload
class UserTagsAddPayload(RetaggedUser):
    """What came of marking a user."""


@input
class UserTagsRemoveInput(TaggedUser):
    """A user, and tags that they are to lose."""


@payload
class UserTagsRemovePayload(RetaggedUser):
    """What came of taking tags off a user."""


@input
class UsersTagsAddInput:
    """Some users and tags."""

    users: list[strawberry.ID]
    """Users of one source that are marked, one at least."""

    tags: list[str]
    """Words that reports can be narrowed by."""


@payload
class UsersTagsAddPayload:
    """What came of marking users."""

    users: list[User] | None = references("users", by="keys")
    """The users as they are now; null where none was changed."""


@input
class UserInformationDeleteInput:
    """A user who is to be forgotten, and who asks for it."""

    user: strawberry.ID
    """Who is to be forgotten."""

    requester_email: str
    """E-mail address of the person who asks for it on the learner's behalf (`userEmail`): the
    primary address of somebody in a realm of SCORM Cloud that the application is in."""


@payload
class UserInformationDeletePayload:
    """What came of asking for a user to be forgotten."""

    is_begun: bool = computed(lambda _, root: not root.user_errors)
    """Whether the learner is being forgotten; they may still be found for a while."""


@extend("Mutation")
class UserMutations:
    """What is added to the mutations."""

    user_update: UserUpdatePayload | None = change(
        UserUpdateInput,
        Change("update_learner", "User", "user", check="read the user again, after a while"),
    )
    """Change what all registrations of a user say of them. That is begun by the answer, and ends
    some time later."""

    user_tags_add: UserTagsAddPayload | None = change(
        UserTagsAddInput,
        Change(
            "add_learner_tags",
            "User",
            "user",
            check="read `scormCloud { tags }` of the user",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark a user with these tags as well; those that they have stay."""

    user_tags_remove: UserTagsRemovePayload | None = change(
        UserTagsRemoveInput,
        Change(
            "remove_learner_tags",
            "User",
            "user",
            check="read `scormCloud { tags }` of the user",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Take these tags off a user; those that they don't have do no harm."""

    users_tags_add: UsersTagsAddPayload | None = change(
        UsersTagsAddInput,
        ChangeOfMany(
            "add_tags_to_learners",
            "User",
            "users",
            check="read `scormCloud { tags }` of the users",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark several users of one source with all of these tags, by one call."""

    user_information_delete: UserInformationDeletePayload | None = change(
        UserInformationDeleteInput,
        Change(
            "delete_learner_information",
            "User",
            "user",
            check="look for the user again, after a while",
            blamed={Kind.REJECTED: "requesterEmail"},
        ),
    )
    """Delete all that tells who a user is, as the law may demand (GDPR). That is begun by the
    answer, and ends some time later; registrations stay, without a name."""
