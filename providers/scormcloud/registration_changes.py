"""How registrations are created, changed, launched and deleted.

What names an instance is about that one, else about the newest. Which scope an operation takes is
listed for those of courses alone; those of the same acts are taken to hold here.
https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from providers.base import Ask, Done, Refusal
from providers.content import json
from providers.errors import Kind, ProviderError
from providers.scormcloud import bodies
from providers.scormcloud.application import Application, is_usable
from providers.scormcloud.places import text_in
from providers.scormcloud.registration_bodies import CreateRegistration, PostBack, body_of
from providers.scormcloud.registration_details import INSTANCE_OF_REGISTRATION, REGISTRATION

NOUN = "registration"


class RegistrationChanges(Application):
    """Changes registrations."""

    async def has_registration(self, ask: Ask, *, key: str) -> bool:
        """HEAD /registrations/{registrationId}."""
        return await self.http.exists(ask, REGISTRATION, key)

    async def create_registration(
        self,
        ask: Ask,
        course: str,
        /,
        *,
        key: str,
        learner: Mapping[str, Any],
        course_version: int | None = None,
        xapi_registration_id: str | None = None,
        **given: Any,
    ) -> Done:
        """POST /registrations.

        Where the answer is lost, the registration is looked for: it is the one that was asked for
        if it has its UUID, which is why one is always sent. The value is its key.
        """
        self._permit("write", NOUN)
        if refused := _unusable(key, learner["key"]):
            return Done(refused=refused)
        mark = xapi_registration_id or str(uuid4())
        given |= {"course_id": course, "key": key, "learner": learner}
        params = {"courseVersion": None if course_version is None else str(course_version)}
        content = json(body_of(CreateRegistration, {**given, "xapi_registration_id": mark}))
        try:
            await self.http.change(ask, "POST", "/registrations", params=params, content=content)
        except ProviderError as error:
            if error.kind is not Kind.OUTCOME_UNKNOWN or not await self._is_made(ask, key, mark):
                raise _clear(error) from None
        return Done(value=key)

    async def delete_registration(self, ask: Ask, key: str) -> None:
        """DELETE /registrations/{registrationId}. Where the answer is lost, it is looked for."""
        self._permit("delete", NOUN)
        try:
            await self.http.change(ask, "DELETE", REGISTRATION, key)
        except ProviderError as error:
            if error.kind is not Kind.OUTCOME_UNKNOWN or not await self._is_gone(ask, key):
                raise

    async def delete_registration_progress(self, ask: Ask, key: str) -> None:
        """DELETE /registrations/{registrationId}/progress."""
        self._permit("delete", NOUN)
        await self.http.change(ask, "DELETE", f"{REGISTRATION}/progress", key)

    async def delete_registration_global_data(self, ask: Ask, key: str) -> None:
        """DELETE /registrations/{registrationId}/globalData."""
        self._permit("delete", NOUN)
        await self.http.change(ask, "DELETE", f"{REGISTRATION}/globalData", key)

    async def create_registration_instance(self, ask: Ask, key: str) -> None:
        """POST /registrations/{registrationId}/instances."""
        self._permit("write", NOUN)
        await self.http.change(ask, "POST", f"{REGISTRATION}/instances", key)

    async def delete_registration_instance(self, ask: Ask, key: str, *, instance: int) -> Done:
        """DELETE /registrations/{registrationId}/instances/{instanceId}."""
        self._permit("delete", NOUN)
        route, keys = _below(key, instance)
        await self.http.change(ask, "DELETE", route, *keys)
        return Done(value=instance)

    async def add_registration_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """PUT /registrations/{registrationId}/tags."""
        self._permit("write", NOUN)
        content = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "PUT", f"{REGISTRATION}/tags", key, content=content)

    async def remove_registration_tags(self, ask: Ask, key: str, *, tags: Sequence[str]) -> None:
        """DELETE /registrations/{registrationId}/tags."""
        self._permit("write", NOUN)
        content = json(bodies.TagList(tags=tags))
        await self.http.change(ask, "DELETE", f"{REGISTRATION}/tags", key, content=content)

    async def add_tags_to_registrations(
        self, ask: Ask, keys: Sequence[str], *, tags: Sequence[str]
    ) -> None:
        """PUT /registrations/tags."""
        self._permit("write", NOUN)
        content = json(bodies.BatchTags(ids=keys, tags=tags))
        await self.http.change(ask, "PUT", "/registrations/tags", content=content)

    async def set_registration_configuration(
        self,
        ask: Ask,
        key: str,
        *,
        settings: Sequence[Mapping[str, Any]],
        instance: int | None = None,
    ) -> Done:
        """POST /registrations/{registrationId}/configuration, or of an instance."""
        self._permit("write", NOUN)
        route, keys = _below(key, instance, "/configuration")
        content = json(bodies.settings_post(settings))
        await self.http.change(ask, "POST", route, *keys, content=content)
        return Done(value=instance)

    async def clear_registration_setting(
        self, ask: Ask, key: str, *, setting: str, instance: int | None = None
    ) -> Done:
        """DELETE /registrations/{registrationId}/configuration/{settingId}, or of an instance."""
        self._permit("write", NOUN)
        route, keys = _below(key, instance, "/configuration/{}")
        await self.http.change(ask, "DELETE", route, *keys, setting)
        return Done(value=instance)

    async def make_registration_launch_link(
        self, ask: Ask, key: str, *, redirect_on_exit_url: str | None = None, **given: Any
    ) -> Done:
        """POST /registrations/{registrationId}/launchLink: a link, and the tags that it brings."""
        self._permit("read", NOUN)
        # The schema demands it, and takes an empty one for what is configured.
        request = bodies.launch_link_request(
            redirect_on_exit_url=redirect_on_exit_url or "", **given
        )
        route = f"{REGISTRATION}/launchLink"
        answer = await self.http.change(ask, "POST", route, key, content=json(request))
        return Done(value=text_in(answer.body, "launchLink"))

    async def test_registration_postback(self, ask: Ask, *, postback: Mapping[str, Any]) -> None:
        """POST /registrations/postBackTest."""
        self._permit("write", NOUN)
        content = json(body_of(PostBack, postback))
        await self.http.change(ask, "POST", "/registrations/postBackTest", content=content)

    async def _is_made(self, ask: Ask, key: str, mark: str) -> bool:
        """Whether a registration is there that has this UUID; False where that can't be told."""
        try:
            answer = await self.http.find(ask, REGISTRATION, key)
        except ProviderError:
            return False
        body = answer.body if answer is not None else None
        found = body.get("xapiRegistrationId") if isinstance(body, Mapping) else None
        return isinstance(found, str) and found.casefold() == mark.casefold()

    async def _is_gone(self, ask: Ask, key: str) -> bool:
        """Whether a registration isn't there; False where that can't be told."""
        try:
            return not await self.http.exists(ask, REGISTRATION, key)
        except ProviderError:
            return False


def _below(key: str, instance: int | None, rest: str = "") -> tuple[str, tuple[str, ...]]:
    """The route of what is below a registration, or one of its instances, and the route's keys."""
    if instance is None:
        return f"{REGISTRATION}{rest}", (key,)
    return f"{INSTANCE_OF_REGISTRATION}{rest}", (key, str(instance))


def _unusable(key: str, learner: str) -> Sequence[Refusal]:
    """Which of these are taken by SCORM Cloud, but could never be read by anybody."""
    words = "a key has 1 to 255 characters that can be shown, and no `..` between slashes"
    places = {("key",): key, ("learner", "key"): learner}
    return [Refusal(place, words) for place, given in places.items() if not is_usable(given)]


def _clear(error: ProviderError) -> ProviderError:
    """A refusal of a new registration, as a conflict where its id is taken.

    That is answered like any other that can't be made, by 400: ``Registration with id [<id>]
    already exists``.
    """
    said = error.said or ""
    if error.kind is Kind.REJECTED and said.startswith("Registration with id ["):
        error.kind = Kind.CONFLICT if "already exists" in said else error.kind
    return error
