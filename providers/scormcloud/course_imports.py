"""How courses are imported, without their files passing through here.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.base import Ask, Done, Refusal
from providers.content import Content, json
from providers.scormcloud import bodies
from providers.scormcloud.application import Application
from providers.scormcloud.places import check_import, import_params, text_in

KINDS = ("fetch", "media_file_reference", "connector_reference")
"""What a course can be imported from; a request names one of them."""


class CourseImportChanges(Application):
    """Begins imports of courses."""

    async def import_course(
        self,
        ask: Ask,
        *,
        key: str,
        fetch: Mapping[str, Any] | None = None,
        media_file_reference: Mapping[str, Any] | None = None,
        connector_reference: Mapping[str, Any] | None = None,
        may_create_new_version: bool | None = None,
        tags: Sequence[str] | None = None,
        postback_url: str | None = None,
    ) -> Done:
        """POST /courses/importJobs or /courses/importJobs/noUpload; the key is that of the job."""
        self._permit("write", "course")
        refused = check_import(key, tags) or _check_one(
            fetch, media_file_reference, connector_reference
        )
        if refused:
            return Done(refused=refused)
        route, content = _request(fetch, media_file_reference, connector_reference)
        params = import_params(key, may_create_new_version, tags, postback_url)
        answer = await self.http.change(ask, "POST", route, params=params, content=content)
        return Done(key=text_in(answer.body, "result"))

    async def course_version_now(self, ask: Ask, *, key: str, **_: Any) -> int | None:
        """GET /courses/{courseId}: the number of its newest version, which an import raises; None
        where there is no such course."""
        self._permit("read", "course")
        answer = await self.http.find(ask, "/courses/{}", key)
        found = answer.body.get("version") if answer and isinstance(answer.body, Mapping) else None
        if answer is None:
            return None
        return found if isinstance(found, int) else 0


def _check_one(*kinds: Mapping[str, Any] | None) -> Sequence[Refusal]:
    given = [name for name, kind in zip(KINDS, kinds, strict=True) if kind is not None]
    if len(given) == 1:
        return ()
    words = "give `fetch`, `mediaFileReference` or `connectorReference`, and only one of them"
    return (Refusal((_camel(given[1]),) if given else ("fetch",), words),)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))


def _request(
    fetch: Mapping[str, Any] | None,
    media: Mapping[str, Any] | None,
    connector: Mapping[str, Any] | None,
) -> tuple[str, Content]:
    """Where an import is sent, and what it carries."""
    if fetch is not None and not fetch.get("uses_no_upload"):
        return "/courses/importJobs", json(_fetched(fetch))
    body = bodies.ImportRequest(
        fetch_request=None if fetch is None else _fetched(fetch),
        media_file_reference_request=None if media is None else _referred(media),
        connector_reference_request=None
        if connector is None
        else bodies.ImportConnectorRequest(**connector),
    )
    return "/courses/importJobs/noUpload", json(body)


def _fetched(given: Mapping[str, Any]) -> bodies.ImportFetchRequest:
    named = {name: each for name, each in given.items() if name != "uses_no_upload"}
    return bodies.ImportFetchRequest(**_of_media(named))


def _referred(given: Mapping[str, Any]) -> bodies.ImportMediaFileReferenceRequest:
    return bodies.ImportMediaFileReferenceRequest(**_of_media(given))


def _of_media(given: Mapping[str, Any]) -> dict[str, Any]:
    metadata = bodies.media_file_metadata(given.get("media_file_metadata"))
    return {**given, "media_file_metadata": metadata}
