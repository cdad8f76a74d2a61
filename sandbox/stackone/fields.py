"""What the rows of each resource hold, which of it came after June 2025, and what filters them.

The tables follow StackOne's own LMS OpenAPI documents of 2025-06-17 and 2025-12-03.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Generation = Literal["2025-06", "2025-12"]

OLDER: Generation = "2025-06"
NEWER: Generation = "2025-12"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the Unified LMS API."""

    name: str
    types: Mapping[str, str]
    """JSON type of each field that a row may show."""
    on_request: frozenset[str] = frozenset()
    """Fields that `fields` may name although the row's published schema lacks them."""
    newer: frozenset[str] = frozenset()
    """Fields that June 2025 didn't have."""
    filters: frozenset[str] = frozenset()
    newer_filters: frozenset[str] = frozenset()
    """Filters that June 2025 didn't have."""
    counted: bool = False
    """Whether a page tells `total` (since September 2025) and the deprecated `next_page`."""

    def shows(self, generation: Generation) -> tuple[str, ...]:
        """The names of the fields that a generation's row has, those on request included."""
        hidden = self.newer if generation == OLDER else frozenset()
        return tuple(name for name in self.types if name not in hidden)

    def filtered_by(self, generation: Generation) -> frozenset[str]:
        return self.filters - self.newer_filters if generation == OLDER else self.filters


def typed(**names: str) -> dict[str, str]:
    """Turn `string="id name", boolean="active"` into a type by field name."""
    return {name: kind for kind, words in names.items() for name in words.split()}


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COURSES = Resource(
    "courses",
    typed(
        string="id remote_id external_reference title description cover_url url duration provider",
        array="content_ids remote_content_ids languages categories skills authors content"
        " localizations",
        boolean="active",
        object="unified_custom_fields",
        datetime="updated_at created_at",
    ),
    on_request=words("content localizations"),
    filters=words("updated_after external_reference active"),
    newer=words("authors"),
    newer_filters=words("active"),
    counted=True,
)

CONTENT = Resource(
    "content",
    typed(
        string="id remote_id external_reference title description content_url cover_url"
        " mobile_launch_content_url duration provider short_description",
        array="course_ids remote_course_ids languages categories skills localizations tags"
        " authors additional_data",
        object="content_type unified_custom_fields",
        boolean="active",
        number="order",
        datetime="updated_at created_at",
    ),
    on_request=words("additional_data"),
    filters=words("updated_after active"),
    newer=words("authors"),
    newer_filters=words("active"),
    counted=True,
)

USERS = Resource(
    "users",
    typed(
        string="id remote_id external_reference name email phone_number",
        boolean="active",
        object="unified_custom_fields",
        datetime="created_at updated_at",
    ),
    filters=words("updated_after email external_reference"),
)

COMPLETIONS = Resource(
    "completions",
    typed(
        string="id remote_id external_id remote_external_id external_reference content_id"
        " remote_content_id course_id remote_course_id user_id remote_user_id"
        " content_external_reference learning_object_id remote_learning_object_id"
        " learning_object_external_reference time_spent certificate_url",
        object="result learning_object_type score unified_custom_fields",
        datetime="completed_at updated_at created_at",
    ),
    filters=words("updated_after"),
    newer=words("certificate_url score"),
)

ASSIGNMENTS = Resource(
    "assignments",
    typed(
        string="id remote_id external_reference user_id remote_user_id course_id"
        " remote_course_id learning_object_id remote_learning_object_id"
        " learning_object_external_reference certificate_url",
        object="status learning_object_type result unified_custom_fields",
        number="progress",
        datetime="updated_at created_at assigned_at due_date completed_at",
    ),
    filters=words("updated_after status"),
    newer=words("assigned_at certificate_url result completed_at"),
)

CATEGORIES = Resource(
    "categories",
    typed(
        string="id remote_id name",
        boolean="active",
        object="hierarchy level language unified_custom_fields",
    ),
    filters=words("updated_after"),
)

# `fields` of /skills names unified_custom_fields, but no published row of a skill has them.
SKILLS = Resource(
    "skills",
    typed(string="id remote_id name", boolean="active", object="hierarchy level language"),
    filters=words("updated_after"),
)

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (COURSES, CONTENT, USERS, COMPLETIONS, ASSIGNMENTS, CATEGORIES, SKILLS)
}
