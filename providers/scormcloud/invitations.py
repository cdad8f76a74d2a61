"""Public invitations: a lasting address at which anybody can start a course.

https://cloud.scorm.com/docs/v2/reference/swagger/#/invitations
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.base import Ask, Done
from providers.content import json
from providers.decoding import bad
from providers.scormcloud.application import Application


class Invitations(Application):
    """Makes invitations."""

    async def launch_url_of_course(self, ask: Ask, key: str, *, invited_by: str) -> Done:
        """The address of a public invitation to a course, which is the value.

        One that is there, open to all and for good, is used again: GET /invitations/public, its
        first page. Else one is made: POST /invitations/public.
        """
        answer = await self.http.get(ask, "/invitations/public", params={"courseId": key})
        rows = answer.body.get("invitations") if isinstance(answer.body, Mapping) else None
        for row in rows if isinstance(rows, list) else ():
            if _is_open(row):
                return Done(key, row["url"])
        body = {"courseId": key, "creatingUserEmail": invited_by}
        made = await self.http.change(ask, "POST", "/invitations/public", content=json(body))
        if not _is_open(made.body):
            raise bad("it names no address of the invitation")
        return Done(key, made.body["url"])


def _is_open(row: Any) -> bool:
    """Whether this is an invitation that anybody can follow at any time."""
    if not isinstance(row, Mapping) or not isinstance(row.get("url"), str):
        return False
    is_allowed = all(row.get(name, True) for name in ("allowLaunch", "allowNewRegistrations"))
    return is_allowed and not row.get("expirationDate") and not row.get("registrationCap")
