"""How courses are changed: titles, tags, settings, links to look at them, and courses that go.

What names a version of a course is about that one, else about the newest.
https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers import outcomes
from providers.base import Ask, Done
from providers.content import json
from providers.scormcloud import bodies
from providers.scormcloud.application import Application

COURSE = "/courses/{}"
VERSION = "/courses/{}/versions/{}"


def place(key: str, version: int | None) -> tuple[str, tuple[str, ...]]:
    """The route of a course or one of its versions, and the keys that fill it."""
    return (COURSE, (key,)) if version is None else (VERSION, (key, str(version)))


class CourseChanges(Application):
    """Changes courses."""

    async def set_course_title(self, ask: Ask, key: str, *, title: str) -> None:
        """PUT /courses/{courseId}/title."""
        self._permit("write", "course")
        body = json(bodies.Title(title=title))
        await self.http.change(ask, "PUT", f"{COURSE}/title", key, content=body)

    async def replace_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """PUT /courses/{courseId}/tags."""
        self._permit("write", "course")
        body = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "PUT", f"{COURSE}/tags", key, content=body)

    async def remove_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """DELETE /courses/{courseId}/tags."""
        self._permit("write", "course")
        body = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "DELETE", f"{COURSE}/tags", key, content=body)

    async def add_tags_to_courses(
        self, ask: Ask, keys: Sequence[str], *, tags: Sequence[str]
    ) -> None:
        """PUT /courses/tags."""
        self._permit("write", "course")
        body = json(bodies.BatchTags(ids=keys, tags=tags))
        await self.http.change(ask, "PUT", "/courses/tags", content=body)

    async def set_course_configuration(
        self,
        ask: Ask,
        key: str,
        *,
        settings: Sequence[Mapping[str, Any]],
        version: int | None = None,
    ) -> Done:
        """POST /courses/{courseId}/configuration, or of a version."""
        self._permit("write", "course")
        route, keys = place(key, version)
        body = json(bodies.settings_post(settings))
        await self.http.change(ask, "POST", f"{route}/configuration", *keys, content=body)
        return Done(value=version)

    async def clear_course_setting(
        self, ask: Ask, key: str, *, setting_id: str, version: int | None = None
    ) -> Done:
        """DELETE /courses/{courseId}/configuration/{settingId}, or of a version."""
        self._permit("write", "course")
        route, keys = place(key, version)
        await self.http.change(ask, "DELETE", f"{route}/configuration/{{}}", *keys, setting_id)
        return Done(value=version)

    async def make_course_preview_link(
        self, ask: Ask, key: str, *, version: int | None = None, **given: Any
    ) -> Done:
        """POST /courses/{courseId}/preview, or of a version: a link, and nothing else."""
        self._permit("read", "course")
        route, keys = place(key, version)
        body = json(bodies.launch_link_request(**given))
        answer = await self.http.change(ask, "POST", f"{route}/preview", *keys, content=body)
        return Done(value=text_in(answer.body, "launchLink"))

    async def delete_course_version(self, ask: Ask, key: str, *, version: int) -> Done:
        """DELETE /courses/{courseId}/versions/{versionId}: with the last one goes the course."""
        self._permit("delete", "course")
        await self.http.change(ask, "DELETE", VERSION, key, str(version))
        return Done(value=version)

    async def delete_course(self, ask: Ask, key: str) -> Done:
        """DELETE /courses/{courseId}: its registrations go with it."""
        self._permit("delete", "course")
        await self.http.change(ask, "DELETE", COURSE, key)
        return Done()


def text_in(body: Any, name: str) -> str:
    """The text that an answer has under a name.

    Raises:
        ProviderError: ``OUTCOME_UNKNOWN`` where it has none: what was asked for may be there.
    """
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, str) or not found:
        raise outcomes.unknown()
    return found
