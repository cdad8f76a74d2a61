"""What only SCORM Cloud has about registrations, their instances and their learners.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from providers.base import Ask, Found, Heads, Listing, Page, Query
from providers.errors import ProviderError
from providers.scormcloud.courses import switched_on
from providers.scormcloud.details import (
    DetailReads,
    Details,
    Series,
    place_of,
    statements_below,
)
from providers.scormcloud.forms import registration_includes
from providers.scormcloud.outline import ScormCloudSetting
from providers.scormcloud.progress import INSTANCE, LAUNCH, ScormCloudInstance, ScormCloudLaunch
from providers.scormcloud.statements import ScormCloudStatement

REGISTRATION = "/registrations/{}"
INSTANCE_OF_REGISTRATION = "/registrations/{}/instances/{}"
LEARNER = "/learner/{}"

INSTANCES = Series(f"{REGISTRATION}/instances", "registrations", INSTANCE)
STATEMENTS_OF_REGISTRATION = statements_below(REGISTRATION)
STATEMENTS_OF_INSTANCE = statements_below(INSTANCE_OF_REGISTRATION)

LISTINGS: Mapping[str, Listing] = {
    "instances_of_registration": Listing(frozenset({"since", "until"})),
    "statements_of_registration": Listing(frozenset({"since", "until"})),
    "statements_of_instance": Listing(frozenset({"since", "until"})),
}


class RegistrationDetails(DetailReads):
    """Reads instances, settings, launches, tags and statements of registrations."""

    async def registration_instances(
        self, ask: Ask, keys: Sequence[str]
    ) -> Found[ScormCloudInstance]:
        """GET /registrations/{id}/instances/{instance}."""
        params = switched_on(registration_includes(ask))
        return await self._singles(INSTANCE, ask, INSTANCE_OF_REGISTRATION, keys, params)

    async def instances_of_registrations(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[ScormCloudInstance]:
        """GET /registrations/{id}/instances."""
        return await self._series_heads(
            INSTANCES, ask, keys, first, includes=registration_includes(ask)
        )

    async def instances_of_registration(
        self, ask: Ask, key: str, query: Query
    ) -> Page[ScormCloudInstance]:
        """GET /registrations/{id}/instances."""
        includes = registration_includes(ask)
        page = await self._series_page(INSTANCES, ask, key, query, includes=includes)
        if query.page is None or includes <= place_of(query).include:
            return page
        # The walk was begun for less than is wanted now.
        keys = [each.key for each in page.items]
        found = await self.registration_instances(ask, keys)
        for each in found.values():
            if isinstance(each, ProviderError):
                raise each
        return Page(
            [each for each in found.values() if isinstance(each, ScormCloudInstance)], page.next
        )

    async def configurations_of_registrations(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudSetting]:
        """GET /registrations/{id}/configuration."""
        return await self._settings(ask, REGISTRATION, keys)

    async def configurations_of_instances(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudSetting]:
        """GET /registrations/{id}/instances/{instance}/configuration."""
        return await self._settings(ask, INSTANCE_OF_REGISTRATION, keys)

    async def launches_of_registrations(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudLaunch]:
        """GET /registrations/{id}/launchHistory."""
        return await self._launches(ask, REGISTRATION, keys)

    async def launches_of_instances(
        self, ask: Ask, keys: Sequence[str]
    ) -> Details[ScormCloudLaunch]:
        """GET /registrations/{id}/instances/{instance}/launchHistory."""
        return await self._launches(ask, INSTANCE_OF_REGISTRATION, keys)

    async def statements_of_registrations(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[ScormCloudStatement]:
        """GET /registrations/{id}/xAPIStatements."""
        return await self._series_heads(STATEMENTS_OF_REGISTRATION, ask, keys, first)

    async def statements_of_registration(
        self, ask: Ask, key: str, query: Query
    ) -> Page[ScormCloudStatement]:
        """GET /registrations/{id}/xAPIStatements."""
        return await self._series_page(STATEMENTS_OF_REGISTRATION, ask, key, query)

    async def statements_of_instances(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[ScormCloudStatement]:
        """GET /registrations/{id}/instances/{instance}/xAPIStatements."""
        return await self._series_heads(STATEMENTS_OF_INSTANCE, ask, keys, first)

    async def statements_of_instance(
        self, ask: Ask, key: str, query: Query
    ) -> Page[ScormCloudStatement]:
        """GET /registrations/{id}/instances/{instance}/xAPIStatements."""
        return await self._series_page(STATEMENTS_OF_INSTANCE, ask, key, query)

    async def tags_of_registrations(
        self, ask: Ask, keys: Sequence[str]
    ) -> Mapping[str, tuple[str, ...] | ProviderError]:
        """GET /registrations/{id}/tags."""
        return await self._tags(ask, REGISTRATION, keys)

    async def tags_of_users(
        self, ask: Ask, keys: Sequence[str]
    ) -> Mapping[str, tuple[str, ...] | ProviderError]:
        """GET /learner/{id}/tags."""
        return await self._tags(ask, LEARNER, keys)

    async def _launches(
        self, ask: Ask, route: str, keys: Sequence[str]
    ) -> Details[ScormCloudLaunch]:
        logged = "history_log" in ask.fields(ScormCloudLaunch)
        params = {"includeHistoryLog": "true" if logged else None}
        return await self._lists(
            LAUNCH, ask, f"{route}/launchHistory", keys, "launchHistory", params
        )
