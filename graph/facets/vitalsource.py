"""VitalSource: the school's terms and dates around a course, and who opted out of its material.

https://developer.vitalsource.com/hc/en-us/articles/360025489673
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.columns import first_pages
from graph.connections import Connection
from graph.entity import (
    After,
    First,
    answered_by,
    extend,
    facet,
    page_of,
    reference,
    value,
)
from graph.facets import EXAMPLES
from providers.vitalsource import reading
from resolvers.relations import Children

EXAMPLES["vitalsource"] = """\
# A source at VitalSource: courses and rosters;
# it keeps no completions.
query VitalSource($source: String!) {
  source(name: $source) {
    health { status detail }
    courses(first: 10) {
      nodes {
        title
        startsOn
        endsOn
        vitalSource {
          label
          isActive
          optOuts(first: 3) { nodes { sku isOptedOut } }
        }
        assignments(first: 3) {
          nodes { user { name email } }
        }
        completions { nodes { id } }
      }
    }
  }
}
"""

if TYPE_CHECKING:
    from graph.course import Course


CreatedFrom = Annotated[datetime | None, strawberry.argument(description="Decided then or later.")]
CreatedUntil = Annotated[
    datetime | None, strawberry.argument(description="Decided then or earlier.")
]
UpdatedFrom = Annotated[
    datetime | None, strawberry.argument(description="Last changed then or later.")
]
UpdatedUntil = Annotated[
    datetime | None, strawberry.argument(description="Last changed then or earlier.")
]

OPT_OUTS = Children("opt_outs_of_courses", "opt_outs_of_course")


def _opt_outs(
    root: Any,
    info: strawberry.Info,
    first: First = 20,
    after: After = strawberry.UNSET,
    created_from: CreatedFrom = strawberry.UNSET,
    created_until: CreatedUntil = strawberry.UNSET,
    updated_from: UpdatedFrom = strawberry.UNSET,
    updated_until: UpdatedUntil = strawberry.UNSET,
) -> Any:
    return page_of(
        OPT_OUTS,
        info,
        root,
        first,
        after,
        created_from=created_from,
        created_until=created_until,
        updated_from=updated_from,
        updated_until=updated_until,
    )


@value(reading.OptOut)
class VitalSourceOptOut:
    """A student's decision for or against the material of a course."""

    key: str
    """Id of the decision, behind that of its course."""

    is_opted_out: bool | None
    """Whether the material was turned down."""

    sku: str | None
    """VitalSource's identifier of the product."""

    course: Course | None = reference("courses", by="course_ref")
    """Course whose material it is."""

    tenant_id: str | None
    """Id of the school."""

    tenant_user_id: str | None
    """Id of who decided; nothing documented leads from it to a row of a roster."""

    created_at: datetime | None
    """When the decision was made; null where VitalSource doesn't say."""

    updated_at: datetime | None
    """When the decision last changed; null where VitalSource doesn't say."""


@value(reading.VitalSourceCourse)
class VitalSourceCourse:
    """What only VitalSource says of a course."""

    tenant_id: str | None
    """Id of the school."""

    term_id: str | None
    """Id of the term; not every learning system gives one."""

    name: str | None
    """Name of the course, often the same as `lmsContextId`."""

    title: str | None
    """Title of the course in the learning system; null where it has none, and its key stands for it
    elsewhere."""

    label: str | None
    """Label of the course in the learning system; several courses may share it."""

    lms_context_id: str | None
    """LTI context id, which is the course's own."""

    census_on: date | None
    """Last day to add or drop the course, as far as licences go."""

    opt_out_on: date | None
    """Last day to add or drop the course, as far as opting in and out goes."""

    is_active: bool | None
    """Whether VitalSource counts the course as active: until its last day or, where it has none,
    until 45 days after a student last came in."""

    opt_outs: Connection[VitalSourceOptOut] | None = answered_by(
        _opt_outs,
        OPT_OUTS.heads,
        first_pages(OPT_OUTS, "createdFrom", "createdUntil", "updatedFrom", "updatedUntil"),
    )
    """Decisions for or against the course's material. Costs a call a course."""


@value(reading.VitalSourceUser)
class VitalSourceUser:
    """What only VitalSource says of a user."""

    tenant_id: str | None
    """Id of the school."""

    course: Course | None = reference("courses", by="course_ref")
    """Course whose roster the user stands in: VitalSource knows a person anew in every course."""


@extend("Course")
class CourseFacet:
    """What is added to courses."""

    vital_source: VitalSourceCourse | None = facet(reading.VitalSourceCourse)
    """What only VitalSource says; null where the course comes from elsewhere."""


@extend("User")
class UserFacet:
    """What is added to users."""

    vital_source: VitalSourceUser | None = facet(reading.VitalSourceUser)
    """What only VitalSource says; null where the user comes from elsewhere."""
