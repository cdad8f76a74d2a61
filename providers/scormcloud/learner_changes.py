"""How learners are changed: what all their registrations say of them.

A learner is no entity: nobody is unknown, and names, addresses and what is to be forgotten change
in one registration after the other, some time after the answer. Which scopes these operations take
is listed nowhere; those of registrations are taken to hold.
https://cloud.scorm.com/docs/v2/reference/swagger/#/learner
"""

from __future__ import annotations

from collections.abc import Sequence

from providers.base import Ask
from providers.content import json
from providers.scormcloud import bodies
from providers.scormcloud.application import Application
from providers.scormcloud.registration_bodies import Learner
from providers.scormcloud.registration_changes import NOUN
from providers.scormcloud.registration_details import LEARNER


class LearnerChanges(Application):
    """Changes learners."""

    async def update_learner(
        self,
        ask: Ask,
        key: str,
        *,
        email: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
    ) -> None:
        """POST /learner/{learnerId}/updateInfo: what is None stays, what is empty is emptied."""
        self._permit("write", NOUN)
        body = Learner(key=key, email=email, first_name=first_name, last_name=last_name)
        await self.http.change(ask, "POST", f"{LEARNER}/updateInfo", key, content=json(body))

    async def add_learner_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """PUT /learner/{learnerId}/tags."""
        self._permit("write", NOUN)
        content = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "PUT", f"{LEARNER}/tags", key, content=content)

    async def remove_learner_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """DELETE /learner/{learnerId}/tags."""
        self._permit("write", NOUN)
        content = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "DELETE", f"{LEARNER}/tags", key, content=content)

    async def add_tags_to_learners(
        self, ask: Ask, keys: Sequence[str], *, tags: Sequence[str]
    ) -> None:
        """PUT /learner/tags."""
        self._permit("write", NOUN)
        content = json(bodies.BatchTags(ids=keys, tags=tags))
        await self.http.change(ask, "PUT", "/learner/tags", content=content)

    async def delete_learner_information(self, ask: Ask, key: str, *, requester_email: str) -> None:
        """POST /learner/{learnerId}/delete-information."""
        self._permit("delete", NOUN)
        route = f"{LEARNER}/delete-information"
        await self.http.change(ask, "POST", route, key, params={"userEmail": requester_email})
