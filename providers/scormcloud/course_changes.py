"""How courses are changed: titles, tags, settings, links to look at them, and courses that go.

What names a version of a course is about that one, else about the newest.
https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.base import Ask, Done
from providers.content import json
from providers.scormcloud import bodies
from providers.scormcloud.application import Application
from providers.scormcloud.places import below, text_in


class CourseChanges(Application):
    """Changes courses."""

    async def set_course_title(self, ask: Ask, key: str, *, title: str) -> None:
        """PUT /courses/{courseId}/title."""
        self._permit("write", "course")
        body = json(bodies.Title(title=title))
        await self.http.change(ask, "PUT", "/courses/{}/title", key, content=body)

    async def replace_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """PUT /courses/{courseId}/tags."""
        self._permit("write", "course")
        body = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "PUT", "/courses/{}/tags", key, content=body)

    async def remove_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """DELETE /courses/{courseId}/tags."""
        self._permit("write", "course")
        body = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "DELETE", "/courses/{}/tags", key, content=body)

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
        route, keys = below(key, version, "configuration")
        body = json(bodies.settings_post(settings))
        await self.http.change(ask, "POST", route, *keys, content=body)
        return Done(value=version)

    async def clear_course_setting(
        self, ask: Ask, key: str, *, setting: str, version: int | None = None
    ) -> Done:
        """DELETE /courses/{courseId}/configuration/{settingId}, or of a version."""
        self._permit("write", "course")
        route, keys = below(key, version, "configuration/{}")
        await self.http.change(ask, "DELETE", route, *keys, setting)
        return Done(value=version)

    async def make_course_preview_link(
        self, ask: Ask, key: str, *, version: int | None = None, **given: Any
    ) -> Done:
        """POST /courses/{courseId}/preview, or of a version: a link, and nothing else."""
        self._permit("read", "course")
        route, keys = below(key, version, "preview")
        body = json(bodies.launch_link_request(**given))
        answer = await self.http.change(ask, "POST", route, *keys, content=body)
        return Done(value=text_in(answer.body, "launchLink"))

    async def delete_course_version(self, ask: Ask, key: str, *, version: int) -> Done:
        """DELETE /courses/{courseId}/versions/{versionId}: with the last one goes the course."""
        self._permit("delete", "course")
        route, keys = below(key, version)
        await self.http.change(ask, "DELETE", route, *keys)
        return Done(value=version)

    async def delete_course(self, ask: Ask, key: str) -> Done:
        """DELETE /courses/{courseId}: its registrations go with it."""
        self._permit("delete", "course")
        await self.http.change(ask, "DELETE", "/courses/{}", key)
        return Done()
