"""Files that pass to and from SCORM Cloud: packages, courses as zips, and single files in them.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec

from providers.base import Ask, Done, Refusal
from providers.content import Part, multipart
from providers.http import File
from providers.scormcloud import bodies
from providers.scormcloud.application import Application
from providers.scormcloud.places import below, check_import, import_params, text_in

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
        may_create_new_version: bool | None = None,
        tags: Sequence[str] | None = None,
        postback_url: str | None = None,
        media_file_metadata: Mapping[str, Any] | None = None,
    ) -> Done:
        """POST /courses/importJobs/upload: the job's id is the key of what is made."""
        self._permit("write", "course")
        kind = media_type or PACKAGE
        parts = [Part("file", pieces, filename, kind, length)]
        if (metadata := bodies.media_file_metadata(media_file_metadata)) is not None:
            parts.insert(0, Part("contentMetadata", msgspec.json.encode(metadata)))
        answer = await self.http.change(
            ask,
            "POST",
            "/courses/importJobs/upload",
            params=import_params(key, may_create_new_version, tags, postback_url),
            content=multipart(parts),
            headers={"uploadedContentType": kind},
            timeout=timeout,
        )
        return Done(text_in(answer.body, "result"))

    def check_upload_course(
        self, key: str, tags: Sequence[str] | None = None, **_: Any
    ) -> Sequence[Refusal]:
        """What is wrong with an upload before its file comes.

        Raises:
            ProviderError: ``UNSUPPORTED`` where the sign-in doesn't allow it.
        """
        self._permit("write", "course")
        return check_import(key, tags)

    def check_upload_asset(self, *_: Any, **__: Any) -> Sequence[Refusal]:
        """Nothing that is seen to be wrong.

        Raises:
            ProviderError: ``UNSUPPORTED`` where the sign-in doesn't allow it.
        """
        self._permit_by_secret()
        return ()

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
        """POST /courses/{courseId}/asset/upload, or that of a version. No scope allows it."""
        self._permit_by_secret()
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
