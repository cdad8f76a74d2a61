"""How single files of courses are changed, without passing through here.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping

from providers import outcomes
from providers.base import Ask, Done
from providers.content import json
from providers.model import Record
from providers.reading import Reader
from providers.scormcloud import bodies
from providers.scormcloud.application import Application
from providers.scormcloud.places import below


class ScormCloudAsset(Record, frozen=True, kw_only=True):
    """A file that was put into a course."""

    filename: str | None = None
    destination: str | None = None


ASSET = Reader(ScormCloudAsset, owned=True, filename="filename", destination="destination")


class CourseAssetChanges(Application):
    """Changes files of courses."""

    async def import_course_asset(
        self,
        ask: Ask,
        key: str,
        *,
        url: str,
        path: str,
        update_asset_policy: str | None = None,
        version: int | None = None,
    ) -> Done:
        """POST /courses/{courseId}/asset, or of a version. No scope allows it."""
        self._permit_by_secret()
        route, keys = below(key, version, "asset")
        body = json(bodies.ImportAssetRequest(fetch_url=url, destination=path))
        answer = await self.http.change(
            ask,
            "POST",
            route,
            *keys,
            params={"updateAssetPolicy": update_asset_policy},
            content=body,
        )
        return Done(value=self._asset(ask, answer.body, key))

    async def delete_course_asset(
        self, ask: Ask, key: str, *, path: str, version: int | None = None
    ) -> Done:
        """DELETE /courses/{courseId}/asset, or of a version."""
        # The scope is published nowhere: https://cloud.scorm.com/docs/v2/ lists those of other
        # deletions.
        self._permit("delete", "course")
        route, keys = below(key, version, "asset")
        await self.http.change(ask, "DELETE", route, *keys, params={"relativePath": path})
        return Done(value=path)

    def _asset(self, ask: Ask, body: object, course: str) -> ScormCloudAsset:
        """What was put into a course, as it was answered (AssetFileSchema)."""
        if not isinstance(body, Mapping):
            raise outcomes.unknown()
        return ASSET.read(body, self._reading(ask), course)
