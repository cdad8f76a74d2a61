"""Imports of courses: how they begin, how far they have come, and what has become of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from functools import partial

from providers.errors import Kind, ProviderError
from providers.model import CourseImport, ImportStatus
from resolvers import ids
from resolvers.changes import UserError, UserErrorCode
from resolvers.context import Context
from resolvers.entities import load
from resolvers.once import ChangeOnce
from resolvers.watching import Watch, changes

IMPORT = ChangeOnce(
    "import_course",
    check="look for a course of this key in a while; with an `idempotencyKey`, the same import can"
    " be asked for again, and is not begun twice",
    blamed={Kind.CONFLICT: "key"},
    trace="course_version_now",
)
"""How a source begins one."""

ENDED = (ImportStatus.COMPLETE, ImportStatus.ERROR)


def follow(watch: Watch, id: str) -> AsyncGenerator[CourseImport, None]:
    """An import as it is now, and again whenever it has changed, until it has ended.

    Iterating raises ``ProviderError``: NOT_FOUND where the source knows no such import, and what
    ``watching.changes`` raises.

    Raises:
        BadInput: where the id is malformed, or not one of an import.
    """
    _, source, key = ids.decode(id, CourseImport.__name__)
    return changes(watch, partial(_read, source, key), _has_ended)


def user_errors(root: CourseImport) -> Sequence[UserError]:
    """What the user can put right of an import that failed: what it was made of."""
    if root.status is not ImportStatus.ERROR:
        return ()
    words = root.message or "the import failed, and its source doesn't say why"
    return (UserError(None, f"{root.source}: {words}", UserErrorCode.INVALID),)


async def _read(source: str, key: str, context: Context) -> CourseImport:
    if source not in context.sources:
        raise _unknown()
    found: CourseImport | None = await load(context, "course_imports", source, key)
    if found is None:
        raise _unknown(source, context.sources[source].provider)
    return found


def _has_ended(seen: CourseImport) -> bool:
    return seen.status in ENDED


def _unknown(source: str = "", provider: str = "") -> ProviderError:
    detail = "there is no such import, or it ended so long ago that it is forgotten"
    return ProviderError(Kind.NOT_FOUND, detail, source=source, provider=provider)
