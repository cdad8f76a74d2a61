"""Which value of a setting holds where: a more specific level overrides a less specific one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.packages import Standard
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.library import Version
from sandbox.scormcloud.query import Query
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.roster import Registration
from sandbox.scormcloud.settings import LEVEL, SETTINGS, Setting
from sandbox.wire import JSONAnswer, key

Values = Mapping[str, str]
Levels = tuple[tuple[str, Values], ...]
"""Names of levels with what is set there, the least specific one first."""

_APPLICATION: Values = {
    "RedirectOnExitUrl": "https://learn.academy.example/done",
    "PlayerShowFinishButton": "YES",
}
_STANDARDS: Mapping[Standard, Values] = {
    Standard.SCORM12: {"PlayerStatusRollupModeThresholdScore": "70"},
    Standard.AICC: {"PlayerScoreOverridesStatus": "YES"},
}


def application(cloud: Cloud, request: Request) -> Response:
    """Settings of all content, or of one kind of it: then both parameters must be there."""
    query = Query(request)
    levels: Levels = (("application", _APPLICATION),)
    if query.text("learningStandard") is None:
        return _answer(request, levels, None)
    if query.text("singleSco") is None:
        raise bad_request("'singleSco' is required where 'learningStandard' is given.")
    query.flag("singleSco")
    known = {str(standard): standard for standard in Standard}
    standard = query.choice("learningStandard", known, "")
    kind = ("learningStandardForApplication", _STANDARDS.get(standard, {}))
    return _answer(request, (*levels, kind), standard)


def course(cloud: Cloud, request: Request) -> Response:
    version = cloud.version(key(request, "course"), request.path_params.get("version"))
    return _answer(request, _of_course(cloud, version), version.package.standard)


def registration(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request), request.path_params.get("instance"))
    levels = (*_of_course(cloud, found.version), ("registration", _explicit(found)))
    return _answer(request, levels, found.version.package.standard)


def _of_course(cloud: Cloud, version: Version) -> Levels:
    standard = version.package.standard
    return (
        ("application", _APPLICATION),
        ("learningStandardForApplication", _STANDARDS.get(standard, {})),
        ("course", _explicit_of_course(cloud, version)),
    )


def _explicit_of_course(cloud: Cloud, version: Version) -> Values:
    """What the academy set: evening courses open in a window and show their outline."""
    if "evening" not in cloud.shelf(version.course_id).course.tags:
        return {}
    return {"PlayerLaunchType": "NEW_WINDOW", "PlayerShowCourseStructure": "YES"}


def _explicit(found: Registration) -> Values:
    return {"PlayerTimeLimit": "45"} if "retake" in found.tags else {}


def _answer(request: Request, levels: Levels, standard: Standard | None) -> Response:
    described = Query(request).flag("includeMetadata")
    # Whether the live service leaves out what doesn't suit the standard is not documented.
    items = [
        _item(setting, levels, described=described)
        for setting in SETTINGS
        if standard is None or setting.suits(standard)
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
