"""Files that pass to and from SCORM Cloud: packages, courses as zips, and single files in them.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec

from providers.base import Ask, Done
from providers.content import Part, multipart
from providers.errors import Kind, ProviderError
from providers.http import File
from providers.scormcloud.application import Application

PACKAGE = "application/zip"
"""What an upload is where nothing else is said."""


class CourseFiles(Application):
    """Passes files on."""

    async def upload_course(
        self,
        ask: Ask,
        key: str,
        *,
        pieces: AsyncIterable[bytes],
        length: int | None,
        media_type: str | None,
        timeout: float,
        filename: str = "package.zip",
        may_create_new_version: bool = False,
        tags: Sequence[str] | None = None,
        postback_url: str | None = None,
        content_metadata: Mapping[str, Any] | None = None,
    ) -> Done:
        """POST /courses/importJobs/upload: the job's id is the key of what is made."""
        kind = media_type or PACKAGE
        parts = [Part("file", pieces, filename, kind, length)]
        if content_metadata:
            parts.insert(0, Part("contentMetadata", msgspec.json.encode(content_metadata)))
        answer = await self.http.change(
            ask,
            "POST",
            "/courses/importJobs/upload",
            params={
                "courseId": key,
                "mayCreateNewVersion": "true" if may_create_new_version else None,
                "tags": ",".join(tags) if tags else None,
                "postbackUrl": postback_url,
            },
            content=multipart(parts),
            headers={"uploadedContentType": kind},
            timeout=timeout,
        )
        return Done(job_of(answer.body))

    async def upload_asset(
        self,
        ask: Ask,
        key: str,
        *,
        pieces: AsyncIterable[bytes],
        length: int | None,
        media_type: str | None,
        timeout: float,
        path: str,
        version: int | None = None,
        update_asset_policy: str | None = None,
    ) -> Done:
        """POST /courses/{courseId}/asset/upload, or that of a version."""
        parts = [
            Part("destination", path.encode()),
            Part("file", pieces, path, media_type or "application/octet-stream", length),
        ]
        route, keys = below(key, version, "asset/upload")
        answer = await self.http.change(
            ask,
            "POST",
            route,
            *keys,
            params={"updateAssetPolicy": update_asset_policy},
            content=multipart(parts),
            timeout=timeout,
        )
        body = answer.body if isinstance(answer.body, Mapping) else {}
        return Done(value={name: body.get(name) for name in ("filename", "destination")})

    def asset_file(
        self, ask: Ask, key: str, *, path: str, version: int | None = None
    ) -> AbstractAsyncContextManager[File]:
        """GET /courses/{courseId}/asset, or that of a version."""
        route, keys = below(key, version, "asset")
        return self.http.file(ask, route, *keys, params={"relativePath": path})

    def course_zip(
        self, ask: Ask, key: str, *, version: int | None = None
    ) -> AbstractAsyncContextManager[File]:
        """GET /courses/{courseId}/zip, or that of a version."""
        route, keys = below(key, version, "zip")
        return self.http.file(ask, route, *keys)


def below(key: str, version: int | None, rest: str) -> tuple[str, tuple[str, ...]]:
    """The route of what is below a course, or below one of its versions, and the route's keys."""
    if version is None:
        return f"/courses/{{}}/{rest}", (key,)
    return f"/courses/{{}}/versions/{{}}/{rest}", (key, str(version))


def job_of(body: Any) -> str:
    """The id of an import's job, in a StringResultSchema.

    Raises:
        ProviderError: ``OUTCOME_UNKNOWN`` where the answer names none: the import may have begun.
    """
    found = body.get("result") if isinstance(body, Mapping) else None
    if not isinstance(found, str) or not found:
        raise ProviderError(Kind.OUTCOME_UNKNOWN, "the import was taken, but its job isn't named")
    return found
