"""What only SCORM Cloud has about courses and their versions.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from providers.base import Ask, Found, Heads, Listing, Page, Query
from providers.errors import ProviderError
from providers.model import CourseImport
from providers.scormcloud.courses import INCLUDES, switched_on
from providers.scormcloud.details import DetailReads, Details, period, statements_below
from providers.scormcloud.outline import (
    FILE,
    VERSION,
    ScormCloudFile,
    ScormCloudSetting,
    ScormCloudVersion,
)
from providers.scormcloud.reading import COURSE_IMPORT
from providers.scormcloud.statements import ScormCloudStatement

COURSE = "/courses/{}"
VERSION_OF_COURSE = "/courses/{}/versions/{}"

STATEMENTS_OF_COURSE = statements_below(COURSE)
STATEMENTS_OF_VERSION = statements_below(VERSION_OF_COURSE)

LISTINGS: Mapping[str, Listing] = {
    "statements_of_course": Listing(frozenset({"learner", "since", "until"})),
    "statements_of_version": Listing(frozenset({"learner", "since", "until"})),
}


class CourseDetails(DetailReads):
    """Reads versions, settings, files, tags, statements and imports of courses."""

    async def course_versions(self, ask: Ask, keys: Sequence[str]) -> Found[ScormCloudVersion]:
        """GET /courses/{id}/versions/{version}."""
        params = switched_on(version_includes(ask))
        return await self._singles(VERSION, ask, VERSION_OF_COURSE, keys, params)

    async def versions_of_courses(
        self,
        ask: Ask,
        keys: Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Details[ScormCloudVersion]:
        """GET /courses/{id}/versions."""
        params = {**switched_on(version_includes(ask)), **period(since, until)}
        return await self._lists(VERSION, ask, f"{COURSE}/versions", keys, "courses", params)

    async def configurations_of_courses(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudSetting]:
        """GET /courses/{id}/configuration."""
        return await self._settings(ask, COURSE, keys)

    async def configurations_of_versions(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudSetting]:
        """GET /courses/{id}/versions/{version}/configuration."""
        return await self._settings(ask, VERSION_OF_COURSE, keys)

    async def files_of_courses(self, ask: Ask, keys: Sequence[str]) -> Details[ScormCloudFile]:
        """GET /courses/{id}/asset/list."""
        return await self._lists(FILE, ask, f"{COURSE}/asset/list", keys, "files")

    async def files_of_versions(self, ask: Ask, keys: Sequence[str]) -> Details[ScormCloudFile]:
        """GET /courses/{id}/versions/{version}/asset/list."""
        return await self._lists(FILE, ask, f"{VERSION_OF_COURSE}/asset/list", keys, "files")

    async def tags_of_courses(
        self, ask: Ask, keys: Sequence[str]
    ) -> Mapping[str, tuple[str, ...] | ProviderError]:
        """GET /courses/{id}/tags."""
        return await self._tags(ask, COURSE, keys)

    async def statements_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[ScormCloudStatement]:
        """GET /courses/{id}/xAPIStatements."""
        return await self._series_heads(STATEMENTS_OF_COURSE, ask, keys, first)

    async def statements_of_course(
        self, ask: Ask, key: str, query: Query
    ) -> Page[ScormCloudStatement]:
        """GET /courses/{id}/xAPIStatements."""
        return await self._series_page(STATEMENTS_OF_COURSE, ask, key, query)

    async def statements_of_versions(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[ScormCloudStatement]:
        """GET /courses/{id}/versions/{version}/xAPIStatements."""
        return await self._series_heads(STATEMENTS_OF_VERSION, ask, keys, first)

    async def statements_of_version(
        self, ask: Ask, key: str, query: Query
    ) -> Page[ScormCloudStatement]:
        """GET /courses/{id}/versions/{version}/xAPIStatements."""
        return await self._series_page(STATEMENTS_OF_VERSION, ask, key, query)

    async def course_imports(self, ask: Ask, keys: Sequence[str]) -> Found[CourseImport]:
        """GET /courses/importJobs/{id}."""
        return await self._singles(COURSE_IMPORT, ask, "/courses/importJobs/{}", keys, {})


def version_includes(ask: Ask) -> frozenset[str]:
    """The parameters that bring what is wanted of versions."""
    names = VERSION.names(ask.fields(ScormCloudVersion))
    return frozenset(parameter for part, parameter in INCLUDES.items() if part in names)
