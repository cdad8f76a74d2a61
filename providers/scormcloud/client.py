"""SCORM Cloud's endpoints, put together: courses, registrations, learners, and what only it has."""

from __future__ import annotations

from collections.abc import Mapping

from providers.base import Listing
from providers.scormcloud import (
    course_assets,
    course_changes,
    course_details,
    course_imports,
    courses,
    files,
    invitations,
    learner_changes,
    learners,
    registration_changes,
    registration_details,
    registrations,
)
from providers.scormcloud.application import Settings

__all__ = ["ScormCloud", "Settings"]


class ScormCloud(
    courses.CourseReads,
    course_changes.CourseChanges,
    course_imports.CourseImportChanges,
    course_assets.CourseAssetChanges,
    files.CourseFiles,
    invitations.Invitations,
    registrations.RegistrationReads,
    registration_changes.RegistrationChanges,
    learners.LearnerReads,
    learner_changes.LearnerChanges,
    course_details.CourseDetails,
    registration_details.RegistrationDetails,
):
    """One application at SCORM Cloud, with all that it can be asked."""

    listings: Mapping[str, Listing] = {
        **courses.LISTINGS,
        **registrations.LISTINGS,
        **learners.LISTINGS,
        **course_details.LISTINGS,
        **registration_details.LISTINGS,
    }
