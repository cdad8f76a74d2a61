"""Mutations of registrations, which are assignments: begun, marked, reset, deleted.

Where an input names an assignment, the completion that it led to may be named as well.
https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference, references
from providers.base import join_key
from providers.errors import Kind
from providers.model import Record
from resolvers.changes import Change, ChangeOfMany, Outcome
from resolvers.context import Context
from resolvers.relations import Detail

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.facets.scormcloud.course_changes import SettingInput
    from graph.facets.scormcloud.inputs import RegistrationLearnerInput, RegistrationPostbackInput
    from graph.facets.scormcloud.registration_state import RegistrationStateInput
    from graph.facets.scormcloud.registrations import ScormCloudInstance

TAGS = Detail("tags_of_registrations")
INSTANCES = Detail("registration_instances")


def registered(
    method: str, check: str, blamed: dict[Kind, str] | None = None, *, many: bool = False
) -> Change:
    """A change of one registration, or of many: of assignments, or of their completions."""
    kind, target = (ChangeOfMany, "assignments") if many else (Change, "assignment")
    return kind(method, "Assignment", target, check, also=("Completion",), blamed=blamed or {})


def _tags(context: Context, root: Any) -> Any:
    return None if root.key is None else TAGS.resolve(context, root)


def changed_instance(context: Context, root: Outcome) -> Any:
    """The instance that a change named, whose number is the outcome's value."""
    if root.key is None or root.value is None:
        return None
    instance = Record(source=root.source, key=join_key(root.key, str(root.value)))
    return INSTANCES.resolve(context, instance)


@input
class RegistrationCreateInput:
    """Who is to take which course."""

    course: strawberry.ID
    """Course to take."""

    course_version: int | None
    """Number of the version to take; the newest where left out, which is usually right."""

    key: str
    """Id that the source's customer chooses for the registration: up to 255 characters, and none
    that is taken."""

    learner: RegistrationLearnerInput
    """Who takes the course."""

    xapi_registration_id: str | None
    """UUID that xAPI statements call it; one is made where left out."""

    learner_tags: list[str] | None
    """Words to mark the learner with."""

    course_tags: list[str] | None
    """Words to mark the course with."""

    registration_tags: list[str] | None
    """Words to mark the registration with."""

    postback: RegistrationPostbackInput | None
    """Where to post how it goes; as configured where left out."""

    initial_state: RegistrationStateInput | None
    """How far it has come already, somewhere else."""

    initial_settings: list[SettingInput] | None
    """Settings that get a value for this registration."""


@payload
class RegistrationCreatePayload:
    """What came of registering somebody."""

    assignment: Assignment | None = reference("assignments", by="value")
    """The assignment; null where there is none."""


class NamedRegistration:
    """What every change of a registration takes."""

    assignment: strawberry.ID
    """The registration: an assignment, or the completion that it led to."""


@input
class RegistrationDeleteInput(NamedRegistration):
    """A registration that is to go."""


@payload
class RegistrationDeletePayload:
    """What came of deleting a registration."""

    deleted_id: strawberry.ID | None = computed(lambda _, root: root.id)
    """Id of what is no more, as it was given; null where it wasn't deleted."""


class ChangedRegistration:
    """What every payload of a changed registration has."""

    assignment: Assignment | None = reference("assignments", by="key")
    """The assignment as it is now; null where it wasn't changed."""


@input
class RegistrationProgressResetInput(NamedRegistration):
    """A registration that is to begin anew."""


@payload
class RegistrationProgressResetPayload(ChangedRegistration):
    """What came of beginning a registration anew."""


@input
class RegistrationGlobalDataDeleteInput(NamedRegistration):
    """A registration whose activities are to share nothing any more."""


@payload
class RegistrationGlobalDataDeletePayload(ChangedRegistration):
    """What came of deleting what activities share."""


@input
class RegistrationInstanceCreateInput(NamedRegistration):
    """A registration that gets a new instance."""


@payload
class RegistrationInstanceCreatePayload(ChangedRegistration):
    """What came of beginning a new instance."""


@input
class RegistrationInstanceDeleteInput(NamedRegistration):
    """An instance of a registration that is to go."""

    instance: int
    """Number of the instance, from 0."""


@payload
class RegistrationInstanceDeletePayload:
    """What came of deleting an instance."""

    deleted_instance: int | None = computed(lambda _, root: root.value)
    """Number of the instance that is no more; null where it wasn't deleted."""

    assignment: Assignment | None = reference("assignments", by="key")
    """The assignment as it is now; null where it went with its last instance."""


class TaggedRegistration(NamedRegistration):
    """What every change of a registration's tags takes."""

    tags: list[str]
    """Words that registrations can be found by."""


class RetaggedRegistration(ChangedRegistration):
    """What every payload of a registration's tags has."""

    tags: list[str] | None = computed(_tags)
    """Words that it is marked with now, read on their own; null where it wasn't changed."""


@input
class RegistrationTagsAddInput(TaggedRegistration):
    """A registration, and tags that it is to get."""


@payload
class RegistrationTagsAddPayload(RetaggedRegistration):
    """What came of marking a registration."""


@input
class RegistrationTagsRemoveInput(TaggedRegistration):
    """A registration, and tags that it is to lose."""


@payload
class RegistrationTagsRemovePayload(RetaggedRegistration):
    """What came of taking tags off a registration."""


@input
class RegistrationsTagsAddInput:
    """Some registrations and tags."""

    assignments: list[strawberry.ID]
    """Registrations of one source, one at least: assignments, or completions."""

    tags: list[str]
    """Words that registrations can be found by."""


@payload
class RegistrationsTagsAddPayload:
    """What came of marking registrations."""

    assignments: list[Assignment] | None = references("assignments", by="keys")
    """The assignments as they are now; null where none was changed."""


@input
class RegistrationConfigurationSetInput:
    """A registration, or one of its instances, and settings."""

    assignment: strawberry.ID
    """The registration: an assignment, or the completion that it led to."""

    instance: int | None
    """Number of the instance to configure, from 0; the newest where left out."""

    settings: list[SettingInput]
    """Settings that get a value; the others stay as they are."""


@input
class RegistrationSettingClearInput:
    """A registration, or one of its instances, and a setting."""

    assignment: strawberry.ID
    """The registration: an assignment, or the completion that it led to."""

    instance: int | None
    """Number of the instance to configure, from 0; the newest where left out."""

    setting: str
    """Id of the setting whose value goes, so that a more general one counts."""


class ConfiguredRegistration:
    """What every payload of a configured registration has."""

    assignment: Assignment | None = reference("assignments", by="key")
    """The assignment as it is now; null where it wasn't configured."""

    instance: ScormCloudInstance | None = computed(changed_instance)
    """The instance as it is now; null where the input named none, or it wasn't configured. Costs a
    call."""


@payload
class RegistrationConfigurationSetPayload(ConfiguredRegistration):
    """What came of giving settings of a registration a value."""


@payload
class RegistrationSettingClearPayload(ConfiguredRegistration):
    """What came of taking a setting's value back."""


@extend("Mutation")
class RegistrationMutations:
    """What is added to the mutations."""

    registration_create: RegistrationCreatePayload | None = change(
        RegistrationCreateInput,
        Change(
            "create_registration",
            "Course",
            "course",
            check="see if `source { scormCloud { hasRegistration } }`; "
            "doing it again with the same `key` can't register anybody twice",
            blamed={Kind.CONFLICT: "key"},
        ),
    )
    """Register somebody for a course. Where the answer is lost, the registration is looked for, so
    that the outcome is unknown only if it can't be found."""

    registration_delete: RegistrationDeletePayload | None = change(
        RegistrationDeleteInput,
        registered("delete_registration", "see if `source { scormCloud { hasRegistration } }`"),
    )
    """Delete a registration with all its instances, and what is known of how it went."""

    registration_progress_reset: RegistrationProgressResetPayload | None = change(
        RegistrationProgressResetInput,
        registered("delete_registration_progress", "read the `progress` of the assignment"),
    )
    """Have a registration begin anew, with the newest version of its course: what is known of how
    it went, and when it was launched, is deleted."""

    registration_global_data_delete: RegistrationGlobalDataDeletePayload | None = change(
        RegistrationGlobalDataDeleteInput,
        registered(
            "delete_registration_global_data",
            "read `scormCloud { objectives sharedData { dataId } }` of the assignment",
        ),
    )
    """Delete what the activities of a registration share: how far its global objectives are
    met."""

    registration_instance_create: RegistrationInstanceCreatePayload | None = change(
        RegistrationInstanceCreateInput,
        registered(
            "create_registration_instance", "read `scormCloud { instances }` of the assignment"
        ),
    )
    """Begin a new instance of a registration, which is then the one that the assignment shows. One
    begins by itself when the learner launches a new version of the course."""

    registration_instance_delete: RegistrationInstanceDeletePayload | None = change(
        RegistrationInstanceDeleteInput,
        registered(
            "delete_registration_instance", "read `scormCloud { instances }` of the assignment"
        ),
    )
    """Delete one instance of a registration; with the last one, the registration goes, and all that
    is known of how it went."""

    registration_tags_add: RegistrationTagsAddPayload | None = change(
        RegistrationTagsAddInput,
        registered(
            "add_registration_tags", "read the registration's tags", {Kind.REJECTED: "tags"}
        ),
    )
    """Mark a registration with these tags as well; those that it has stay."""

    registration_tags_remove: RegistrationTagsRemovePayload | None = change(
        RegistrationTagsRemoveInput,
        registered(
            "remove_registration_tags", "read the registration's tags", {Kind.REJECTED: "tags"}
        ),
    )
    """Take these tags off a registration; those that it doesn't have do no harm."""

    registrations_tags_add: RegistrationsTagsAddPayload | None = change(
        RegistrationsTagsAddInput,
        registered(
            "add_tags_to_registrations",
            "read the registrations' tags",
            {Kind.REJECTED: "tags"},
            many=True,
        ),
    )
    """Mark several registrations of one source with all of these tags, by one call. Where one of
    them isn't there, that is told, and it isn't documented whether the others are marked."""

    registration_configuration_set: RegistrationConfigurationSetPayload | None = change(
        RegistrationConfigurationSetInput,
        registered(
            "set_registration_configuration",
            "read the `configuration`",
            {Kind.REJECTED: "settings"},
        ),
    )
    """Give settings of a registration, or of one of its instances, a value: no other level's
    counts more."""

    registration_setting_clear: RegistrationSettingClearPayload | None = change(
        RegistrationSettingClearInput,
        registered(
            "clear_registration_setting",
            "read the `configuration`",
            {Kind.REJECTED: "setting", Kind.INVALID_KEY: "setting"},
        ),
    )
    """Take back the value that a setting has at a registration, or at one of its instances."""
