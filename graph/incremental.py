"""Answers in parts: a query's ``@defer`` and ``@stream``, executed by graphql-core.

What comes is formatted as Apollo's incremental delivery v0.2 says, which graphql-js and
graphql-core speak too; or, for clients that know no other, as the draft of August 2022 did.
https://specs.apollo.dev/incremental/v0.2/
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import (
    IncrementalResult,
    IncrementalStreamResult,
    InitialIncrementalExecutionResult,
    SubsequentIncrementalExecutionResult,
)
from graphql.execution.types import PendingResult
from strawberry.types.execution import ExecutionResult as StrawberryResult

from graph import answers
from graph.answers import Body
from graph.attendance import GRACE
from graph.errors import beside, told
from graph.subgraph import Asked, Subgraph
from resolvers.context import Context

Path = tuple[str | int, ...]
"""A place in the answer."""


async def increments(
    schema: Subgraph, asked: Asked, context: Context, id: str, *, patches: bool
) -> AsyncGenerator[Body, None]:
    """The parts of a query's answer, the first of which has all that wasn't deferred.

    All of them come within the context's time and a little grace: what doesn't is told as an error.
    Whoever stops listening closes the iterator, which ends what is under way upstream.
    """
    telling = Telling(context, id, patches)
    end = context.ask.deadline
    latest = None if end is None else end + GRACE
    following = None
    try:
        try:
            async with asyncio.timeout_at(latest):
                found = schema.incrementally(asked, context)
                result = found if isinstance(found, ExecutionResult | tuple) else await found
        except TimeoutError:
            yield telling.whole(answers.late())
            return
        if isinstance(result, ExecutionResult):
            yield telling.whole(result)
            return
        following = result.subsequent_results
        yield telling.first(result.initial_result)
        while telling.pending:
            try:
                async with asyncio.timeout_at(latest):
                    next = await anext(following)
            except StopAsyncIteration:
                return
            except TimeoutError:
                yield telling.late()
                return
            yield telling.next(next)
    finally:
        if following is not None:
            await following.aclose()
        context.cancel()


@dataclass(slots=True)
class Telling:
    """How the parts of one answer are told."""

    context: Context
    id: str
    patches: bool
    """Whether as in August 2022."""
    pending: dict[str, PendingResult] = field(default_factory=dict)
    """What is still to come, by the name that parts give it."""
    _beside: int = 0
    """How many of the errors beside the data were told."""
    _lengths: dict[str, int] = field(default_factory=dict)
    """How many items came of each list that is streamed."""

    def whole(self, result: ExecutionResult | StrawberryResult) -> Body:
        """An answer that nothing was deferred of."""
        return self._body({"data": result.data}, result.errors) | {"hasNext": False}

    def first(self, result: InitialIncrementalExecutionResult) -> Body:
        """The part that has all that wasn't deferred."""
        body = self._body({"data": result.data}, result.errors)
        if not self.patches:
            body["pending"] = [each.formatted for each in result.pending]
        self.pending |= {each.id: each for each in result.pending}
        self._measure(result.pending, {(): result.data})
        return {**body, "hasNext": True}

    def next(self, result: SubsequentIncrementalExecutionResult) -> Body:
        """A part that comes later."""
        self.pending |= {each.id: each for each in result.pending or ()}
        came: dict[Path, Any] = {}
        incremental = [self._increment(each, came) for each in result.incremental or ()]
        self._measure(result.pending or (), came)
        completed: list[Body] = []
        for each in result.completed or ():
            ended: Body = {"id": each.id}
            if each.errors:
                ended["errors"] = self._told(each.errors)
            completed.append(ended)
        return self._later(result.pending or (), incremental, completed, result.has_next)

    def late(self) -> Body:
        """The last part, where the time is up before all has come."""
        errors = self._told(answers.late().errors or ())
        completed: list[Body] = [{"id": id, "errors": errors} for id in self.pending]
        return self._later((), [], completed, False)

    def _later(
        self,
        pending: Sequence[PendingResult],
        incremental: list[Body],
        completed: list[Body],
        more: bool,
    ) -> Body:
        body: Body = {"hasNext": more}
        if self.patches:
            failed = [
                {**each, "data": None, "path": self.pending[each["id"]].path}
                for each in completed
                if "errors" in each
            ]
            incremental = [self._patch(each) for each in [*incremental, *failed]]
        else:
            body |= {"pending": [each.formatted for each in pending]} if pending else {}
            body |= {"completed": completed} if completed else {}
        for each in completed:
            self.pending.pop(each["id"], None)
        if not more:
            body = self._body(body, None)
        return body | ({"incremental": incremental} if incremental else {})

    def _increment(self, result: IncrementalResult, came: dict[Path, Any]) -> Body:
        """What came, with its whole path: an item's ends with its place in the list. The newer
        format doesn't ask for it, but urql can't place items without. What it is, is noted by its
        place in the answer."""
        found: Body = dict(result.formatted)
        path = [*self.pending[result.id].path, *(result.sub_path or ())]
        if isinstance(result, IncrementalStreamResult):
            start = self._lengths.get(result.id, 0)
            self._lengths[result.id] = start + len(result.items)
            found["path"] = [*path, start]
            came |= {(*path, at): item for at, item in enumerate(result.items, start)}
        else:
            found["path"] = path
            came[tuple(path)] = result.data
        if result.errors:
            found["errors"] = self._told(result.errors)
        return found

    def _measure(self, pending: Sequence[PendingResult], came: Mapping[Path, Any]) -> None:
        """Note how long the lists are of which further items are to come. Each is in what came with
        the word of them: it isn't looked for again."""
        for each in pending:
            path = tuple(each.path)
            for inside in range(len(path), -1, -1):
                if path[:inside] not in came:
                    continue
                with suppress(KeyError, IndexError, TypeError):  # not it, but what is beside it
                    found = reduce(getitem, path[inside:], came[path[:inside]])
                    if isinstance(found, list):
                        self._lengths[each.id] = len(found)
                    break

    def _patch(self, increment: Body) -> Body:
        label = self.pending[increment.pop("id")].label
        increment.pop("subPath", None)
        return {**increment, "label": label} if label else increment

    def _body(self, body: Body, errors: Sequence[GraphQLError] | None) -> Body:
        """A part with its errors, and with those beside the data that weren't told yet."""
        also = beside(self.context)[self._beside :]
        self._beside = len(self.context.problems)
        found = [*(errors or ()), *also]
        return {"errors": self._told(found), **body} if found else body

    def _told(self, errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
        return told(errors, self.id, valid=True)
