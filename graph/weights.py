"""What fields cost, as the schema says it: ``@cost`` and ``@listSize``, made of declarations.

A gateway that knows the directives and ``graph.costs`` come to the same number, since both read
what is printed. https://ibm.github.io/graphql-specs/cost-spec.html
https://www.apollographql.com/docs/graphos/routing/security/demand-control
"""

from __future__ import annotations

from typing import Any, Union, get_args, get_origin

from strawberry import UNSET
from strawberry.federation.schema_directives import Cost, ListSize

from graph.connections import Connection, Edge

ASSUMED = 10
"""Rows of a list that nobody sizes."""

CALL = 5
"""Weight of an object that takes a call of its own."""

SEARCH = 10
"""Weight of a field that asks every source."""

WRITE = 10
"""Weight of a change, on top of that of the operation."""

WATCH = 10
"""Weight of a subscription."""

ROWS = "first"
"""Argument that says how many rows a connection gives."""

SIZED = ("edges", "nodes")
"""Fields of a connection that give the rows."""


_NONE: Any = UNSET  # isn't printed


def directives(hint: Any, composite: Any, weight: int | None, size: int | None) -> list[object]:
    """The directives of a field of this annotated type.

    ``composite`` says whether a class is shown as an object; ``weight`` and ``size`` are what the
    declaration says itself, if it does.
    """
    shown, listed = _unwrapped(hint)
    found: list[object] = []
    if weight is not None and not listed:
        found.append(Cost(weight=weight))
    if _is_connection(shown):
        found.append(_SLICED)
    elif listed and get_origin(shown) is not Edge and composite(shown):
        found.append(_assumed(size or ASSUMED))
    elif listed and weight is not None:  # leaves, which cost nothing but the call for them
        found += [Cost(weight=1), _assumed(weight)]
    return found


_SLICED = ListSize(
    assumed_size=_NONE,
    slicing_arguments=[ROWS],
    sized_fields=list(SIZED),
    # It has a default, which some analysers don't count as given.
    require_one_slicing_argument=False,
)


def _assumed(size: int) -> ListSize:
    return ListSize(
        assumed_size=size,
        slicing_arguments=_NONE,
        sized_fields=_NONE,
        require_one_slicing_argument=_NONE,
    )


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    """What an annotation shows, and whether it shows several."""
    listed = False
    while True:
        if get_origin(hint) is list:
            listed = True
            (hint,) = get_args(hint)
        elif get_origin(hint) is Union or type(hint).__name__ == "UnionType":
            hint = next(each for each in get_args(hint) if each is not type(None))
        else:
            return hint, listed


def _is_connection(shown: Any) -> bool:
    return get_origin(shown) is Connection or (
        isinstance(shown, type) and shown.__name__.endswith("Connection")
    )
