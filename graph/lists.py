"""The lists of everything of a type: the same on the query, over all sources, and on one source."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry

from graph.columns import each_where
from graph.entity import After, First, answered_by, given
from graph.enums import CourseOrder, RecordOrder
from graph.filters import (
    AssignmentFilter,
    CategoryFilter,
    CompletionFilter,
    ContentFilter,
    CourseFilter,
    SkillFilter,
    UserFilter,
    chosen,
)
from providers import coverage
from resolvers import lists
from resolvers.context import Context
from resolvers.lists import Wanted

Sources = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Names of the sources that are meant; all of them where left out."
    ),
]

_FILTER = strawberry.argument(
    description="What must hold. A source that can't answer it takes no part, and says so with an "
    "error."
)
_ORDER = "Order in each source. A source that can't sort takes no part, and says so with an error."

LISTED: dict[str, tuple[type, Any]] = {
    "courses": (CourseFilter, CourseOrder),
    "contents": (ContentFilter, None),
    "completions": (CompletionFilter, RecordOrder),
    "assignments": (AssignmentFilter, RecordOrder),
    "users": (UserFilter, None),
    "categories": (CategoryFilter, None),
    "skills": (SkillFilter, None),
}
"""By name of the list: its filter and its orders."""


def _resolver(plural: str, *, across: bool) -> Callable[..., Any]:
    filter_type, order_type = LISTED[plural]

    def resolve(
        root: Any,
        info: strawberry.Info,
        first: int = 20,
        after: Any = strawberry.UNSET,
        filter: Any = strawberry.UNSET,
        order_by: Any = strawberry.UNSET,
        sources: Any = strawberry.UNSET,
    ) -> Any:
        order = given(order_by)
        wanted = Wanted(chosen(filter), order.value if order else None, given(sources))
        return lists.page(
            info.context,
            plural,
            wanted,
            first=first,
            after=given(after),
            where=info.path,
            source=None if across else root.source,
        )

    annotations: dict[str, Any] = {
        "info": strawberry.Info,
        "first": First,
        "after": After,
        "filter": Annotated[filter_type | None, _FILTER],
    }
    if order_type is not None:
        orders = [each.value for each in order_type]
        text = f"{_ORDER} {coverage.order_coverage(f'list_{plural}', orders)}".strip()
        argument = strawberry.argument(description=text)
        annotations["order_by"] = Annotated[order_type | None, argument]
    if across:
        annotations["sources"] = Sources
    return _with_arguments(resolve, annotations)


def _with_arguments(resolve: Callable[..., Any], annotations: dict[str, Any]) -> Callable[..., Any]:
    """The function with just these arguments, as Strawberry sees it."""
    signature = inspect.signature(resolve)
    parameters = [
        parameter.replace(annotation=annotations.get(name, inspect.Parameter.empty))
        for name, parameter in signature.parameters.items()
        if name == "root" or name in annotations
    ]
    resolve.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    resolve.__annotations__ = annotations
    return resolve


def everywhere(plural: str) -> Any:
    """A list over all sources."""
    return _listed(plural, across=True)


def here(plural: str) -> Any:
    """The same list at one source."""
    return _listed(plural, across=False)


def _listed(plural: str, *, across: bool) -> Any:
    def page(context: Context, root: Any, arguments: Mapping[str, Any], where: Any) -> Any:
        return lists.page(
            context,
            plural,
            Wanted({}, None, arguments.get("sources")),
            first=arguments["first"],
            after=arguments.get("after"),
            where=where,
            source=None if across else root.source,
        )

    # What Strawberry makes of filters and orders, the resolver is given.
    column = each_where(page, "filter", "orderBy")
    return answered_by(_resolver(plural, across=across), f"list_{plural}", column)
