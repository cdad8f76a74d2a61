"""How courses are changed: titles, tags, and courses that go.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Sequence

from providers.base import Ask, Done
from providers.content import json
from providers.scormcloud.application import Application


class CourseChanges(Application):
    """Changes courses."""

    async def set_course_title(self, ask: Ask, key: str, *, title: str) -> None:
        """PUT /courses/{courseId}/title."""
        await self.http.change(ask, "PUT", "/courses/{}/title", key, content=json({"title": title}))

    async def replace_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """PUT /courses/{courseId}/tags."""
        await self.http.change(ask, "PUT", "/courses/{}/tags", key, content=json({"tags": tags}))

    async def remove_course_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """DELETE /courses/{courseId}/tags."""
        await self.http.change(ask, "DELETE", "/courses/{}/tags", key, content=json({"tags": tags}))

    async def delete_course(self, ask: Ask, key: str) -> Done:
        """DELETE /courses/{courseId}: its registrations go with it."""
        await self.http.change(ask, "DELETE", "/courses/{}", key)
        return Done()
