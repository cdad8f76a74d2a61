"""Which value of a setting holds where: a more specific level overrides a less specific one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.packages import Standard
from sandbox.scormcloud.bodies import Schema, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.library import Version
from sandbox.scormcloud.query import Query
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.roster import Registration
from sandbox.scormcloud.setting import Setting
from sandbox.scormcloud.settings import BY_ID, LEVEL, SETTINGS
from sandbox.scormcloud.stores import Level, Values
from sandbox.scormcloud.writes import done
from sandbox.wire import JSONAnswer, key

Levels = tuple[tuple[str, Values], ...]
"""Names of levels with what is set there, the least specific one first."""


def application(cloud: Cloud, request: Request) -> Response:
    """Settings of all content, or of one kind of it: then both parameters must be there."""
    query = Query(request)
    levels: Levels = (("application", cloud.settings.of("application", ())),)
    if query.text("learningStandard") is None:
        return _answer(request, levels, None)
    if query.text("singleSco") is None:
        raise bad_request("'singleSco' is required where 'learningStandard' is given.")
    query.flag("singleSco")
    known = {str(standard): standard for standard in Standard}
    standard = query.choice("learningStandard", known, "")
    return _answer(request, (*levels, _of_standard(cloud, standard)), standard)


def course(cloud: Cloud, request: Request) -> Response:
    version = cloud.version(key(request, "course"), request.path_params.get("version"))
    return _answer(request, _of_course(cloud, version), version.package.standard)


def registration(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request), request.path_params.get("instance"))
    return _answer(request, _of_registration(cloud, found), found.version.package.standard)


def effective(cloud: Cloud, registration: Registration) -> Values:
    """The value of every setting as it holds for an instance of a registration."""
    values = {setting.id: setting.default for setting in SETTINGS}
    for _, explicit in _of_registration(cloud, registration):
        values |= explicit
    return values


class _Post(Schema, frozen=True):
    """A SettingsIndividualSchema; `explicit` is documented nowhere, so that it changes nothing."""

    setting_id: str
    value: str
    explicit: bool | None = None


class SettingsPost(Schema, frozen=True):
    settings: tuple[_Post, ...] = ()


async def post_settings(cloud: Cloud, request: Request, level: Level, where: Hashable) -> Response:
    """Sets many at once, or none where one of them is refused."""
    cloud.settings.set(level, where, checked(await read_body(request, SettingsPost)))
    return done()


def checked(post: SettingsPost) -> Values:
    """The settings by their ids; 400 for one that nobody knows or that can't have its value."""
    for each in post.settings:
        setting = known(each.setting_id)
        if not setting.allows(each.value):
            raise bad_request(
                f"'{each.value[:80]}' is not a valid value of {setting.id} ({setting.kind})"
            )
    return {each.setting_id: each.value for each in post.settings}


def clear_setting(cloud: Cloud, request: Request, level: Level, where: Hashable) -> Response:
    """Takes the setting back that the path names; one that isn't set there is no error."""
    cloud.settings.clear(level, where, known(key(request, "setting")).id)
    return done()


def known(setting_id: str) -> Setting:
    if setting_id not in BY_ID:
        # In the words of the engine behind the live service.
        raise bad_request(f"{setting_id} is not a valid setting ID")
    return BY_ID[setting_id]


def _of_registration(cloud: Cloud, found: Registration) -> Levels:
    explicit = cloud.settings.of("registration", (found.id, found.instance))
    return (*_of_course(cloud, found.version), ("registration", explicit))


def _of_course(cloud: Cloud, version: Version) -> Levels:
    return (
        ("application", cloud.settings.of("application", ())),
        _of_standard(cloud, version.package.standard),
        # A new version begins with no settings of its own: the reference doesn't say that they
        # are handed on.
        ("course", cloud.settings.of("course", (version.course_id, version.number))),
    )


def _of_standard(cloud: Cloud, standard: Standard) -> tuple[str, Values]:
    level: Level = "learningStandardForApplication"
    return level, cloud.settings.of(level, str(standard))


def _answer(request: Request, levels: Levels, standard: Standard | None) -> Response:
    described = Query(request).flag("includeMetadata")
    # Whether the live service leaves out what doesn't suit the standard is not documented.
    items = [
        _item(setting, levels, described=described)
        for setting in SETTINGS
        if not setting.is_secret and (standard is None or setting.suits(standard))
    ]
    return JSONAnswer({"settingItems": items}, rows=len(items))


def _item(setting: Setting, levels: Levels, *, described: bool) -> dict[str, Any]:
    source, value = "default", setting.default
    for level, values in levels:
        if setting.id in values:
            source, value = level, values[setting.id]
    item: dict[str, Any] = {
        "id": setting.id,
        "effectiveValue": value,
        "effectiveValueSource": source,
    }
    explicit = levels[-1][1].get(setting.id)
    if explicit is not None:
        item["explicitValue"] = explicit
    return {**item, "metadata": _metadata(setting)} if described else item


def _metadata(setting: Setting) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "default": setting.default,
        "dataType": setting.kind,
        "settingDescription": setting.description,
        "level": LEVEL,
        "learningStandardVariant": "either",
    }
    if setting.standards:
        metadata["learningStandards"] = [each for each in Standard if each in setting.standards]
    if setting.values:
        metadata["validValues"] = [
            {"value": value, "valueDescription": description}
            for value, description in setting.values
        ]
    return metadata
