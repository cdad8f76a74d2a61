"""One execution under way: what it was asked with, and what it still waits for.

Nothing here knows GraphQL's rules. A run counts what is still to come; whatever comes is put where
it belongs, all that comes in one turn of the event loop together, so that what it leads to is
loaded together as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    FragmentDefinitionNode,
    GraphQLFieldResolver,
    GraphQLSchema,
    GraphQLTypeResolver,
    OperationDefinitionNode,
)
from graphql.execution import default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from msgspec import Struct


class Request(Struct, frozen=True):
    """What one execution is asked (GraphQL, section 6.1), its variables coerced."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues
    root: Any = None
    context: Any = None
    field_resolver: GraphQLFieldResolver = default_field_resolver
    type_resolver: GraphQLTypeResolver = default_type_resolver
    hide_suggestions: bool = False
    timing: Any = None
    """Where a plan of timed fields notes their times (``timing.Timing``)."""

    @property
    def fragment_definitions(self) -> dict[str, FragmentDefinitionNode]:
        """The document's fragments."""
        return {name: fragment.definition for name, fragment in self.fragments.items()}


class Broken(NamedTuple):
    """Stands in the answer where an error is: its place among the run's errors.

    Not the error itself: that leads to whatever was executed where it was raised, and so back to
    the answer, in a circle that no collector looks at.
    """

    at: int


Put = Callable[[Sequence[int], Sequence[Any]], None]
"""Takes values that arrived, and where in their column they belong."""


class Run(Struct):
    """One execution."""

    request: Request
    broken: bool = False
    """Whether some value can't stand where it is: an error, or a null in a place without nulls."""
    ambiguous: bool = False
    """Whether there may be errors that nobody knows: those of the items of a list that broke off
    before it could be completed."""
    shown: list[tuple[Sequence[Any], Any]] = []
    """Rows of abstract types, with the selection of the concrete type that they were made by."""
    errors: list[Exception] = []
    """The errors that stand in the answer."""
    waiting: int = 0
    """How much is still to come."""
    _futures: set[asyncio.Future[Any]] = set()
    _unstarted: list[tuple[Sequence[int], Awaitable[Any], Put]] = []
    _arrived: dict[int, tuple[Put, list[int], list[Any]]] = {}
    _settled: asyncio.Future[None] | None = None
    _failure: BaseException | None = None

    def fail(self, error: Exception) -> Broken:
        """What stands in the answer for an error."""
        self.broken = True
        self.errors.append(error)
        return Broken(len(self.errors) - 1)

    def wait(
        self, parts: Sequence[tuple[Sequence[int], Awaitable[Sequence[Any]]]], put: Put
    ) -> None:
        """Put the values of these parts when they arrive, each part for itself.

        A part that fails puts its exception into all its places.
        """
        self.waiting += len(parts)
        if not _loop_runs():  # whoever called will await the execution in a loop, or give it up
            self._unstarted += [(places, awaitable, put) for places, awaitable in parts]
            return
        for places, awaitable in parts:
            self._start(places, awaitable, put)

    def _start(self, places: Sequence[int], awaitable: Awaitable[Any], put: Put) -> None:
        future = asyncio.ensure_future(awaitable)
        self._futures.add(future)
        future.add_done_callback(partial(self._arrive, put, places))

    def _arrive(self, put: Put, places: Sequence[int], future: asyncio.Future[Any]) -> None:
        self._futures.discard(future)
        if future.cancelled():
            self._end(asyncio.CancelledError())
            return
        error = future.exception()
        if error is not None and not isinstance(error, Exception):
            self._end(error)
            return
        if not self._arrived:
            asyncio.get_running_loop().call_soon(self._put_arrived)
        values = [error] * len(places) if error is not None else future.result()
        entry = self._arrived.setdefault(id(put), (put, [], []))
        entry[1].extend(places)
        entry[2].extend(values)
        self.waiting -= 1

    def _put_arrived(self) -> None:
        arrived, self._arrived = self._arrived, {}
        if self._settled is not None and self._settled.cancelled():
            return  # nobody waits any more for what this would lead to
        try:
            for put, places, values in arrived.values():
                put(places, values)
        except BaseException as error:
            self._end(error)
        if not self.waiting and not self._arrived:
            self._end()

    def _end(self, failure: BaseException | None = None) -> None:
        self._failure = self._failure or failure
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(None)

    async def settle(self) -> None:
        """Wait until all has come.

        Whatever still runs when this is cancelled, is cancelled with it.
        """
        while self._unstarted:
            self._start(*self._unstarted.pop(0))
        if self.waiting or self._arrived:
            self._settled = asyncio.get_running_loop().create_future()
            try:
                if self._failure is None:
                    await self._settled
            finally:
                for future in self._futures:
                    future.cancel()
        if self._failure is not None:
            raise self._failure


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
