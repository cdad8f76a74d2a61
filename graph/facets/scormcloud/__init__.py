"""SCORM Cloud: packages, versions, settings and statements of courses, and how registrations went.

https://cloud.scorm.com/docs/v2/
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.entity import answered_by, detail, extend, facet, source_facet, told, value
from graph.facets import CHANGES, EXAMPLES
from graph.facets.scormcloud import (
    course_assets,
    course_changes,
    course_imports,
    courses,
    files,
    inputs,
    launch_links,
    launches,
    learner_changes,
    registration_changes,
    registration_state,
    registrations,
    results,
    runtime_inputs,
    statements,
)
from providers.scormcloud import outline, progress, reading
from resolvers import sources
from resolvers.entities import load

if TYPE_CHECKING:
    from graph.course_import import CourseImport
    from graph.facets.scormcloud.courses import (
        ScormCloudActivity,
        ScormCloudCourse,
        ScormCloudCourseImport,
    )
    from graph.facets.scormcloud.registrations import ScormCloudRegistration

__all__ = [
    "course_assets",
    "course_changes",
    "course_imports",
    "courses",
    "files",
    "inputs",
    "launch_links",
    "launches",
    "learner_changes",
    "registration_changes",
    "registration_state",
    "registrations",
    "results",
    "runtime_inputs",
    "statements",
]

EXAMPLES["scorm_cloud"] = """\
# A source at SCORM Cloud: packages with versions
# and outlines, and registrations for who takes them.
query ScormCloud($source: String!) {
  source(name: $source) {
    courses(first: 5) {
      nodes {
        id
        title
        scormCloud {
          version
          learningStandard
          registrationCount
          rootActivity { title children { title } }
          versions { version title updatedAt }
        }
        assignments(first: 3) {
          nodes {
            status
            progress
            user { name email }
            scormCloud { score lastAccessedAt }
          }
        }
      }
    }
  }
}
"""

CHANGES["scorm_cloud"] = (
    """\
# A change: a course is made, of a file that stays
# where it is. What comes of it is on the next tab.
mutation Import($input: CourseImportInput!) {
  courseImport(input: $input) {
    courseImport { id status }
    userErrors { field message code }
  }
}
""",
    {
        "key": "a-talk",
        "mayCreateNewVersion": True,
        "mediaFileReference": {
            "url": "https://media.example/talk.mp4",
            "mediaType": "video/mp4",
            "mediaFileMetadata": {"title": "A talk"},
        },
    },
)

JobId = Annotated[
    str, strawberry.argument(description="Id of the job, as the import was answered with.")
]


def _import_job(root: Any, info: strawberry.Info, id: JobId) -> Any:
    return load(info.context, "course_imports", root.source, id)


RegistrationKey = Annotated[
    str, strawberry.argument(description="Id that the source's customer chose for it.")
]


def _has_registration(root: Any, info: strawberry.Info, key: RegistrationKey) -> Any:
    return sources.told(info.context, root, "has_registration", key=key)


@value(reading.ScormCloudLearner)
class ScormCloudLearner:
    """What only SCORM Cloud has of a user, who is a learner there."""

    tags: list[str] | None = detail("tags_of_users")
    """Words that the learner is marked with. Costs a call a user."""


@value(outline.ScormCloudAbout)
class ScormCloudAbout:
    """What the API says of itself."""

    version: str | None
    """Version of the API."""

    distribution: str | None
    """Name of the product."""


@value(outline.ScormCloudPing)
class ScormCloudPing:
    """A sign of life from the API."""

    message: str | None
    """That the API works, in SCORM Cloud's words."""

    current_at: datetime | None
    """What the time is at SCORM Cloud."""


@value()
class ScormCloudSource:
    """What only a source at SCORM Cloud has."""

    import_job: CourseImport | None = answered_by(_import_job, "course_imports")
    """Import of a course by its job; null where the id is unknown, or forgotten. Costs a call."""

    has_registration: bool | None = answered_by(_has_registration, "has_registration")
    """Whether there is a registration of this key, without reading it. Costs a call."""

    about: ScormCloudAbout | None = told("about")
    """Version of the API that answers. Costs a call."""

    ping: ScormCloudPing | None = told("ping")
    """Sign of life from the API. Costs a call."""


@extend("Source")
class SourceFacet:
    """What is added to sources."""

    scorm_cloud: ScormCloudSource | None = source_facet("scorm_cloud")
    """What only SCORM Cloud has; null at every other provider."""


@extend("Course")
class CourseFacet:
    """What is added to courses."""

    scorm_cloud: ScormCloudCourse | None = facet(outline.ScormCloudCourse)
    """What only SCORM Cloud says; null where the course comes from elsewhere."""


@extend("CourseImport")
class CourseImportFacet:
    """What is added to imports of courses."""

    scorm_cloud: ScormCloudCourseImport | None = facet(outline.ScormCloudCourseImport)
    """What only SCORM Cloud says; null where the import is one at another provider."""


@extend("Content")
class ContentFacet:
    """What is added to contents."""

    scorm_cloud: ScormCloudActivity | None = facet(outline.ScormCloudActivity)
    """What only SCORM Cloud says; null where the content comes from elsewhere."""


@extend("Completion")
class CompletionFacet:
    """What is added to completions."""

    scorm_cloud: ScormCloudRegistration | None = facet(progress.ScormCloudRegistration)
    """What only SCORM Cloud says; null where the completion comes from elsewhere, or is that of a
    single activity."""


@extend("Assignment")
class AssignmentFacet:
    """What is added to assignments."""

    scorm_cloud: ScormCloudRegistration | None = facet(progress.ScormCloudRegistration)
    """What only SCORM Cloud says; null where the assignment comes from elsewhere."""


@extend("User")
class UserFacet:
    """What is added to users."""

    scorm_cloud: ScormCloudLearner | None = facet(reading.ScormCloudLearner)
    """What only SCORM Cloud has; null where the user comes from elsewhere."""
