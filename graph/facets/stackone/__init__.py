"""StackOne: the learning systems' own ids and words, and the linked account around a source.

https://docs.stackone.com/lms/api-reference
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.entity import answered_by, extend, facet, source_facet, told, value
from graph.facets import EXAMPLES
from graph.facets.stackone import (
    collection_changes,
    content_changes,
    course_changes,
    parts,
    progress_changes,
    raw,
)
from graph.scalars import JSON, URL
from providers.stackone import account, facets, values

if TYPE_CHECKING:
    from graph.facets.stackone.raw import StackOneRow, StackOneRows

__all__ = [
    "collection_changes",
    "content_changes",
    "course_changes",
    "parts",
    "progress_changes",
    "raw",
]

EXAMPLES["stackone"] = """\
# A source at StackOne: it gives ids,
# and the graph reads what they name together.
query StackOne($source: String!) {
  source(name: $source) {
    health { status detail }
    stackOne { account { provider status } }
    courses(first: 10) {
      nodes {
        title
        authors: instructors { name }
        categories { name level }
        completions(first: 3) {
          nodes { score result user { name email } }
        }
        assignments(first: 3) {
          nodes { status dueAt user { name } }
        }
      }
    }
  }
}
"""


@value(values.Coded)
class StackOneWord:
    """A word of one of StackOne's enums, beside what the learning system says."""

    value: str | None
    """StackOne's word: `unmapped_value` where it has none for what the learning system says."""

    source_value: JSON | None
    """What the learning system says: text, number, boolean, object or list."""


@value(facets.StackOneCourse)
class StackOneCourse:
    """What only StackOne says of a course."""

    remote_content_ids: list[str] | None
    """Ids of the course's contents in the learning system."""

    provider: str | None
    """Name of whoever supplies the course."""

    content: JSON | None
    """Contents inside the course's own record, as given: StackOne publishes no form for them."""

    languages: list[StackOneWord] | None
    """Languages in both StackOne's and the learning system's words."""


@value(facets.AdditionalData)
class StackOneAdditionalData:
    """A field that a learning system keeps beside the unified ones."""

    id: str | None
    """Name of the field."""

    remote_id: str | None
    """Id of the field in the learning system."""

    value: JSON | None
    """Text, or a list of text."""


@value(facets.StackOneContent)
class StackOneContent:
    """What only StackOne says of a content."""

    remote_course_ids: list[str] | None
    """Ids of the content's courses in the learning system."""

    short_description: str | None
    """What the content is about, in short. StackOne is giving it up."""

    additional_data: list[StackOneAdditionalData] | None
    """Fields that the learning system keeps beside the unified ones."""

    content_type: StackOneWord | None
    """Kind of content in both StackOne's and the learning system's words."""

    languages: list[StackOneWord] | None
    """Languages in both StackOne's and the learning system's words."""


@value(facets.StackOneCompletion)
class StackOneCompletion:
    """What only StackOne says of a completion, such as what it is about, be it a collection."""

    learning_object_type: StackOneWord | None
    """What was finished: a content, a course, or a collection of both."""

    learning_object_id: str | None
    """StackOne's id of what was finished."""

    remote_learning_object_id: str | None
    """Id of what was finished in the learning system."""

    learning_object_external_reference: str | None
    """Reference that the source's customer chose for what was finished."""

    remote_user_id: str | None
    """Id of who finished in the learning system."""

    result: StackOneWord | None
    """Result in both StackOne's and the learning system's words."""

    course_id: str | None
    """StackOne's id of the course. StackOne is giving it up for `learningObjectId`."""

    remote_course_id: str | None
    """Id of the course in the learning system. StackOne is giving it up."""

    content_id: str | None
    """StackOne's id of the content. StackOne is giving it up for `learningObjectId`."""

    remote_content_id: str | None
    """Id of the content in the learning system. StackOne is giving it up."""

    content_external_reference: str | None
    """Reference that the source's customer chose for the content. StackOne is giving it up."""

    external_id: str | None
    """Another id of the completion. StackOne is giving it up."""

    remote_external_id: str | None
    """Id of the content's reference in the learning system. StackOne is giving it up."""


@value(facets.StackOneAssignment)
class StackOneAssignment:
    """What only StackOne says of an assignment, such as what it is about, be it a collection."""

    learning_object_type: StackOneWord | None
    """What is to be taken: a content, a course, or a collection of both."""

    learning_object_id: str | None
    """StackOne's id of what is to be taken."""

    remote_learning_object_id: str | None
    """Id of what is to be taken in the learning system."""

    learning_object_external_reference: str | None
    """Reference that the source's customer chose for what is to be taken."""

    remote_user_id: str | None
    """Id of who is to take it in the learning system."""

    status: StackOneWord | None
    """Status in both StackOne's and the learning system's words."""

    result: StackOneWord | None
    """Result, once it is finished, in both StackOne's and the learning system's words."""

    certificate_url: URL | None
    """Address of the certificate, once it is finished."""

    course_id: str | None
    """StackOne's id of the course. StackOne is giving it up for `learningObjectId`."""

    remote_course_id: str | None
    """Id of the course in the learning system. StackOne is giving it up."""


@value(facets.StackOneCategory)
class StackOneCategory:
    """What only StackOne says of a category."""

    hierarchy: StackOneWord | None
    """Level in both StackOne's and the learning system's words."""

    level: StackOneWord | None
    """Level, under the name that StackOne is giving up for `hierarchy`."""

    language: StackOneWord | None
    """Language in both StackOne's and the learning system's words."""


@value(facets.StackOneSkill)
class StackOneSkill:
    """What only StackOne says of a skill."""

    hierarchy: StackOneWord | None
    """Level in both StackOne's and the learning system's words."""

    level: StackOneWord | None
    """Level, under the name that StackOne is giving up for `hierarchy`."""

    language: StackOneWord | None
    """Language in both StackOne's and the learning system's words."""


@value(account.StatusReason)
class StackOneStatusReason:
    """Why a linked account is in its state."""

    code: str | None
    """Reason, as a word."""

    description: str | None
    """Reason, for people."""

    occurred_at: datetime | None
    """When it came about."""


@value(account.LinkedAccount)
class StackOneAccount:
    """A customer's learning system, linked. Its credentials and set-up are never shown."""

    key: str
    """Id of the account at StackOne."""

    provider: str | None
    """StackOne's word for the kind of learning system."""

    provider_name: str | None
    """Name of the kind of learning system."""

    status: str | None
    """State, in StackOne's words: active, inactive, suspended, archived, expired, error."""

    status_reasons: list[StackOneStatusReason] | None
    """Why it is in that state; null where nothing is wrong."""

    origin_owner_id: str | None
    """Id that the customer has where the account was linked."""

    origin_owner_name: str | None
    """Name of the customer."""

    origin_username: str | None
    """Name of whoever linked the account."""

    label: str | None
    """Name that the account was given."""

    type: str | None
    """Whether it is for production or test, in StackOne's words."""

    created_at: datetime | None
    """When the account was linked."""

    updated_at: datetime | None
    """When the account was last changed."""


@value(account.FieldMeta)
class StackOneField:
    """A field that an operation takes or gives."""

    name: str
    """Name of the field."""

    type: str | None
    """Its JSON type, in StackOne's words."""


@value(account.OperationMeta)
class StackOneOperation:
    """Something that a learning system can be asked through StackOne."""

    model: str
    """What it is about, for example `courses`."""

    name: str
    """What is done, for example `list` or `get`."""

    path: str | None
    """Path at StackOne."""

    takes: list[StackOneField]
    """Fields that are sent along."""

    gives: list[StackOneField]
    """Fields that come back."""


@value(account.AccountMeta)
class StackOneAccountMeta:
    """What the learning system behind an account can be asked."""

    provider: str | None
    """StackOne's word for the kind of learning system."""

    category: str | None
    """Kind of account, in StackOne's words."""

    operations: list[StackOneOperation] | None
    """What it can be asked, and with which fields."""

    models: JSON | None
    """The same as StackOne gives it."""


@value(account.ConnectorMeta)
class StackOneConnector:
    """A kind of learning system that StackOne connects to."""

    key: str
    """StackOne's word for it."""

    provider_name: str | None
    """Its name."""

    category: str | None
    """Kind of account, in StackOne's words."""

    is_active: bool | None
    """Whether it is switched on in the API key's project."""

    operations: list[StackOneOperation] | None
    """What such systems can be asked, and with which fields."""

    models: JSON | None
    """The same as StackOne gives it."""

    logo_url: URL | None
    """Address of its square logo, drawn by StackOne."""

    original_logo_horizontal_url: URL | None
    """Address of its own logo."""


@value()
class StackOneSource:
    """What only a source at StackOne has."""

    account: StackOneAccount | None = told("linked_account")
    """The linked account. Costs a call."""

    meta: StackOneAccountMeta | None = told("account_meta")
    """What the learning system behind the account can be asked. Costs a call."""

    connector: StackOneConnector | None = told("connector_meta")
    """The kind of learning system behind the account. Costs two calls."""

    connectors: list[StackOneConnector] | None = told("connectors")
    """The kinds of learning systems that StackOne connects to. Costs a call."""

    rows: StackOneRows | None = answered_by(raw.rows)
    """A page of one of StackOne's lists as it is, with every parameter that StackOne takes; null
    where there is no such user. Costs a call."""

    row: StackOneRow | None = answered_by(raw.row)
    """One of StackOne's records as it is; null where there is none. Costs a call."""


@extend("Source")
class SourceFacet:
    """What is added to sources."""

    stack_one: StackOneSource | None = source_facet("stackone")
    """What only StackOne has; null at every other provider."""


@extend("Course")
class CourseFacet:
    """What is added to courses."""

    stack_one: StackOneCourse | None = facet(facets.StackOneCourse)
    """What only StackOne says; null where the course comes from elsewhere."""


@extend("Content")
class ContentFacet:
    """What is added to contents."""

    stack_one: StackOneContent | None = facet(facets.StackOneContent)
    """What only StackOne says; null where the content comes from elsewhere."""


@extend("Completion")
class CompletionFacet:
    """What is added to completions."""

    stack_one: StackOneCompletion | None = facet(facets.StackOneCompletion)
    """What only StackOne says; null where the completion comes from elsewhere."""


@extend("Assignment")
class AssignmentFacet:
    """What is added to assignments."""

    stack_one: StackOneAssignment | None = facet(facets.StackOneAssignment)
    """What only StackOne says; null where the assignment comes from elsewhere."""


@extend("Category")
class CategoryFacet:
    """What is added to categories."""

    stack_one: StackOneCategory | None = facet(facets.StackOneCategory)
    """What only StackOne says; null where the category comes from elsewhere."""


@extend("Skill")
class SkillFacet:
    """What is added to skills."""

    stack_one: StackOneSkill | None = facet(facets.StackOneSkill)
    """What only StackOne says; null where the skill comes from elsewhere."""
