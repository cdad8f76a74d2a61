"""What all that changes courses is told alike: places in paths, parameters of imports, answers.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers import outcomes
from providers.base import Refusal
from providers.errors import ProviderError
from providers.http import fill
from providers.scormcloud.application import is_id
from providers.scormcloud.listing import Params


def below(key: str, version: int | None, rest: str = "") -> tuple[str, tuple[str, ...]]:
    """The route of what is below a course, or below one of its versions, and the route's keys."""
    rest = rest and f"/{rest}"
    if version is None:
        return f"/courses/{{}}{rest}", (key,)
    return f"/courses/{{}}/versions/{{}}{rest}", (key, str(version))


def import_params(
    key: str,
    may_create_new_version: bool | None,
    tags: Sequence[str] | None,
    postback_url: str | None,
) -> Params:
    """The parameters that all imports have."""
    may = may_create_new_version
    return {
        "courseId": key,
        "mayCreateNewVersion": None if may is None else str(may).lower(),
        "tags": ",".join(tags) if tags else None,
        "postbackUrl": postback_url,
    }


def check_import(key: str, tags: Sequence[str] | None) -> Sequence[Refusal]:
    """What can be seen to be wrong before an import is sent: such courses could never be read, such
    tags not be told from two."""
    try:
        fill("{}", key)
        usable = is_id(key)
    except ProviderError:
        usable = False
    found = []
    if not usable:
        found.append(
            Refusal(("key",), "use 1 to 255 printable characters, without . or .. as a part")
        )
    if any("," in tag for tag in tags or ()):
        found.append(Refusal(("tags",), "a tag of an import can't have a comma in it"))
    return found


def text_in(body: Any, name: str) -> str:
    """The text that an answer has under a name.

    Raises:
        ProviderError: ``OUTCOME_UNKNOWN`` where it has none: what was asked for may be there.
    """
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, str) or not found:
        raise outcomes.unknown()
    return found
