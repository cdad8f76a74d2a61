"""Operations of every type as streams of answers, whatever carries them to the client.

A query or mutation has one answer, a subscription one for each event. What carries the answers
decides how they are framed; that there are any, in which context each is made, and what errors
look like, is decided here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Set
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graph import answers
from graph.accepted import Form
from graph.answers import Body
from graph.denials import Denied, invalid
from graph.errors import told
from graph.incremental import increments
from graph.persisted import Texts, Unknown
from graph.policies import Policies, Policy
from graph.requests import Operation
from graph.scopes import denial
from graph.subgraph import Asked, Subgraph
from graph.tokens import EXPIRED
from resolvers.context import Context
from resolvers.watching import Pace, Watch

TYPES = frozenset(OperationType)

Unanswered = CannotGetOperationTypeError | InvalidOperationTypeError | Unknown

Answerable = Asked | ExecutionResult | Unanswered
"""An operation that is ready; or the result that it has already, or why there is none such."""

MOST_EXPLAINED = 100
"""How many of the latest contexts an answer explains, which it took to come to it."""


class Failed(Exception):
    """An operation ended with errors in place of an answer; ``errors`` are as clients see them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


class Refused(Failed):
    """An operation isn't executed, because of what is asked: of its document, or of its name."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Answers operations."""

    schema: Subgraph
    context: Callable[[], Context]
    """Makes the context of one answer, whose time begins with it."""
    pace: Pace
    texts: Texts
    policies: Policies
    changing: set[asyncio.Task[ExecutionResult]] = field(default_factory=set)
    """Operations that change something, which nobody may be waiting for."""

    def asked(
        self,
        operation: Operation,
        types: Set[OperationType] = TYPES,
        policy: Policy | None = None,
    ) -> Answerable:
        """An operation, ready to be answered; or why it won't be. ``policy`` is the caller's, where
        that isn't everybody's.

        Raises:
            Denied: where the caller may not ask it.
        """
        policy = policy or self.policies.general
        name = operation.operation_name
        try:
            text = self.texts.of(operation, policy)
            asked = self.schema.asked(text, operation.variables, name, types, policy)
            denied = _denial(asked, policy)
            if isinstance(asked, Asked) and denied is None:
                self.texts.learn(operation, policy)
        except (CannotGetOperationTypeError, InvalidOperationTypeError, Unknown) as error:
            return error
        except Exception as fault:
            return answers.faulty(fault)
        if denied is not None:
            raise denied
        return asked

    def answers(
        self,
        operation: Operation,
        id: str,
        *,
        explain: bool = False,
        policy: Policy | None = None,
    ) -> AsyncGenerator[Body, None]:
        """The answers to an operation, in order, each whole; see ``asked`` and ``told``.

        Raises:
            Denied: as ``asked``.
        """
        return self.told(self.asked(operation, policy=policy), id, explain=explain)

    async def told(
        self, asked: Answerable, id: str, *, form: Form | None = None, explain: bool = False
    ) -> AsyncGenerator[Body, None]:
        """The answers to an operation, in order; ``id`` is its name in errors and the log. An
        incremental one is answered so in a ``form``, and without one as a whole.

        Whoever stops listening closes the iterator, which ends what is under way upstream.

        Raises:
            Refused: where the operation isn't executed.
            Failed: where it can't begin, or there are no more events because of an error.
        """
        made: deque[Context] = deque(maxlen=MOST_EXPLAINED if explain else 0)

        def fresh() -> Context:
            context = self.context()
            made.append(context)
            return context

        if form and isinstance(asked, Asked) and asked.incremental:
            bodies = increments(self.schema, asked, fresh(), id, patches=form is Form.PATCHES)
        else:
            bodies = self._whole(asked, fresh, id)
        try:
            async for body in bodies:
                if explain:
                    body["extensions"] = {"upstream": answers.upstream(*made)}
                    made.clear()
                yield body
        except GraphQLError as error:
            raise Failed(_placeless(told([error], id, valid=True))) from None
        except Failed:
            raise
        except Exception as fault:
            raise Failed(told(answers.faulty(fault).errors or [], id, valid=True)) from None
        finally:
            await bodies.aclose()

    async def _whole(
        self, asked: Answerable, fresh: Callable[[], Context], id: str
    ) -> AsyncGenerator[Body, None]:
        if isinstance(asked, CannotGetOperationTypeError | InvalidOperationTypeError):
            raise Refused(answers.unanswered(asked, id)[1]["errors"])
        if isinstance(asked, Unknown):
            raise Refused(answers.unknown(asked, id)[1]["errors"])
        async with aclosing(self._results(asked, fresh)) as results:
            async for result in results:
                yield _body(result, id)

    async def _results(
        self, asked: Asked | ExecutionResult, fresh: Callable[[], Context]
    ) -> AsyncGenerator[ExecutionResult, None]:
        if isinstance(asked, ExecutionResult):
            yield asked
        elif asked.type is OperationType.SUBSCRIPTION:
            results = self.schema.followed(asked, Watch(fresh, self.pace))
            try:
                async for result in results:
                    yield result
            finally:
                await results.aclose()
        else:
            answer = self.schema.answered(asked, fresh())
            yield await (self._finished(answer) if asked.changes else answer)

    async def _finished(self, answer: Coroutine[Any, Any, ExecutionResult]) -> ExecutionResult:
        """What comes of changes, which go on to their end whoever stops waiting for them."""
        task = asyncio.create_task(answer)
        self.changing.add(task)
        task.add_done_callback(self.changing.discard)
        return await asyncio.shield(task)


def _denial(asked: Asked | ExecutionResult, policy: Policy) -> Denied | None:
    """Why the caller may not ask an operation, if so. It is looked at with every request: documents
    and plans are kept for all callers."""
    if isinstance(asked, Asked) and asked.prepared.needs:
        return denial(asked.prepared.needs, policy.caller)
    return None


def _placeless(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The errors that end a stream, without the field they come from: an error's ``path`` leads
    into the data that stands beside it, and here is none. Gateways take it by its word: Hive
    Router's planner shows such an error only if it has no path.
    https://spec.graphql.org/September2025/#sec-Errors
    """
    for each in errors:
        each.pop("path", None)
    return errors


async def until(
    end: float, bodies: AsyncGenerator[Body, None], id: str
) -> AsyncGenerator[Body, None]:
    """The answers to a subscription that come before its caller's token ends, by the event loop's
    clock.

    Raises:
        Failed: then, and where the answers do.
    """
    async with aclosing(bodies):
        while True:
            try:
                async with asyncio.timeout_at(end):
                    body = await anext(bodies, None)
            except TimeoutError:
                raise Failed(invalid(EXPIRED).told(id)) from None
            if body is None:
                return
            yield body


def _body(result: ExecutionResult, id: str) -> Body:
    """What is told of a result.

    Raises:
        Failed: where the execution never began; ``Refused``, where its document is why.
    """
    status, body = answers.executed(result, id)
    if status != 200:
        raise (Refused if isinstance(result, PreExecutionError) else Failed)(body["errors"])
    return body
