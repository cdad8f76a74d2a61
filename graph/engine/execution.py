"""Executing operations (GraphQL, section 6.2) by plan, and handing over to graphql-core.

``Plan`` is one operation, for these values of its conditions. ``execute`` has the signature of
graphql-core's function of that name, and its answers.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator
from typing import Any, cast

import graphql
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLFieldResolver,
    GraphQLSchema,
    GraphQLTypeResolver,
    OperationType,
)
from graphql.execution import (
    ExperimentalIncrementalExecutionResults,
    create_source_event_stream,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.executor import Executor
from graphql.execution.incremental import IncrementalExecutor
from msgspec.structs import astuple

from graph.engine.columns import Hints
from graph.engine.errors import Located
from graph.engine.places import Places
from graph.engine.rows import Row, plain
from graph.engine.run import Request, Run
from graph.engine.selection import UNDECIDED, Planning, Selection, Unplanned

Answered = ExecutionResult | Awaitable[ExecutionResult]
"""A result, or what to await for it."""

Increments = ExecutionResult | ExperimentalIncrementalExecutionResults
Incremental = Increments | Awaitable[Increments]
"""A result whose parts may come later, or what to await for it."""

Reasons = Counter[str]
"""How often graphql-core took over, by reason."""

PLANNED = "planned"
"""Under this name the operations are counted that the plan executed."""

NO_HINTS = Hints()

Again = Callable[[], None]
"""Called before graphql-core executes an operation once more, over what was loaded for it."""


class Plan:
    """How one operation is executed: level by level, each field once for all objects."""

    def __init__(self, request: Request, hints: Hints = NO_HINTS) -> None:
        """Plan an operation. Of the variables, only those that ``@skip`` and ``@include`` look at
        matter: a plan serves every request that has the same values of these.

        Raises:
            Unplanned: where a plan can't do what the operation asks.
        """
        schema, operation = request.schema, request.operation
        root = schema.get_root_type(operation.operation)
        if root is None:
            raise Unplanned(operation.operation.value)
        if operation.directives:
            raise Unplanned("directives of the operation")
        if any(each.definition.variable_definitions for each in request.fragments.values()):
            raise Unplanned("variables of fragments")
        planning = Planning(schema, operation, request.fragments, request.variables, hints)
        try:
            self.root: Selection = planning.root(root)
        except GraphQLError:
            raise Unplanned(UNDECIDED) from None
        self.size = planning.size
        """How many fields it has: what it takes to keep it."""
        self.serial = operation.operation is OperationType.MUTATION

    def execute(
        self,
        request: Request,
        reasons: Reasons | None = None,
        again: Again = lambda: None,
    ) -> Answered:
        """Execute the operation: the result, or what to await for it. Its data may be rows; see
        ``rows``.

        Of several errors around one null it isn't known which are told: then graphql-core executes
        the operation once more, if it is a query.
        """
        running = _Running(self, request, Counter() if reasons is None else reasons, again)
        return running.serially() if self.serial else running.together()


class _Running:
    """A plan's execution of one request."""

    def __init__(self, plan: Plan, request: Request, reasons: Reasons, again: Again) -> None:
        self.plan = plan
        self.request = request
        self.reasons = reasons
        self.again = again
        self.run = Run(request)

    # A query, or an event of a subscription: all fields of its root at once (sections 6.2.1 and
    # 6.2.3.2).

    def together(self) -> Answered:
        """Execute the root's fields, all of them at once."""
        try:
            (row,) = self.plan.root.execute(self.run, [self.request.root], Places([None]))
        except Unplanned as reason:
            return self._taken_over(str(reason))
        if self.run.waiting:
            return self._later(row)
        return self._result(row)

    async def _later(self, row: Row) -> ExecutionResult:
        try:
            await self.run.settle()
        except Unplanned as reason:
            result = self._taken_over(str(reason))
        else:
            result = self._result(row)
        return result if isinstance(result, ExecutionResult) else await result

    def _result(self, row: Row) -> Answered:
        if not self.run.broken:
            self.reasons[PLANNED] += 1
            return ExecutionResult(cast(Any, row), None)
        located = Located(self.run)
        data = located.data(self.plan.root, row)
        if located.ambiguous:
            return self._taken_over("several errors around one null")
        self.reasons[PLANNED] += 1
        return ExecutionResult(data, located.errors or None)

    def _taken_over(self, reason: str) -> Answered:
        self.reasons[reason] += 1
        self.again()
        return by_graphql_core(self.request)

    # A mutation: one field after the other (section 6.2.2).

    def serially(self) -> Answered:
        """Execute the root's fields, each when the one before it is through."""
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        steps = self._steps(data, errors)
        for _ in steps:
            if self.run.waiting:
                return self._serially_later(steps, data, errors)
        return self._ended(data, errors)

    async def _serially_later(
        self, steps: Iterator[None], data: dict[str, Any], errors: list[GraphQLError]
    ) -> ExecutionResult:
        await self.run.settle()
        for _ in steps:
            await self.run.settle()
        return self._ended(data, errors)

    def _steps(self, data: dict[str, Any], errors: list[GraphQLError]) -> Iterator[None]:
        """One step for each field; the run is to be settled between them."""
        root = self.plan.root
        for field in root.fields:
            part = Selection(root.type, (field,))
            (row,) = part.execute(self.run, [self.request.root], Places([None]))
            yield
            (value,) = astuple(row)
            if isinstance(field, str):
                data[field] = value
                continue
            if not self.run.broken:
                data[field.key] = plain(value)
                continue
            located = Located(self.run)
            try:
                data[field.key] = located.field(part, field, value)
                errors += located.errors
            except GraphQLError as error:
                errors += [*located.errors, error]
                data.clear()
                self.failed = True
                return
            self.run.broken = False

    failed = False

    def _ended(self, data: dict[str, Any], errors: list[GraphQLError]) -> ExecutionResult:
        self.reasons[PLANNED] += 1
        return ExecutionResult(None if self.failed else data, errors or None)


def by_graphql_core(request: Request) -> Answered:
    """Have graphql-core execute a request."""
    return cast(Answered, _executor(request).execute_operation())


def incrementally(request: Request) -> Incremental:
    """Have graphql-core execute a request whose parts may come later (``@defer``, ``@stream``)."""
    return _executor(request, IncrementalExecutor).execute_operation()


async def source_stream(request: Request) -> AsyncIterable[Any] | ExecutionResult:
    """The events of a subscription, as its field's ``subscribe`` gives them; or the errors that
    there are none for. The request's root and context are what that is called with.

    Each event is the root of an execution of its own (section 6.2.3.2).
    """
    found = create_source_event_stream(_executor(request))
    return await found if inspect.isawaitable(found) else found


def _executor(request: Request, kind: type[Executor[Any]] = Executor) -> Executor[Any]:
    return kind(
        request.schema,
        request.fragment_definitions,
        request.fragments,
        request.root,
        request.context,
        request.operation,
        request.variables,
        request.field_resolver,
        request.type_resolver,
        default_field_resolver,
        False,
        None,
        None,
        None,
        hide_suggestions=request.hide_suggestions,
    )


def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: GraphQLFieldResolver | None = None,
    type_resolver: GraphQLTypeResolver | None = None,
    *,
    max_coercion_errors: int = 50,
    hide_suggestions: bool = False,
    hints: Hints = NO_HINTS,
    reasons: Reasons | None = None,
    again: Again = lambda: None,
) -> Answered:
    """Execute an operation of a document, planning it for this once.

    As ``graphql.execute``: the result, or, where something had to be awaited, what to await for it.
    """
    if schema.get_directive("defer") or schema.get_directive("stream"):
        return graphql.execute(schema, document, root_value)  # which says that it can't
    built = Executor.build(
        schema,
        document,
        root_value,
        context_value,
        variable_values,
        operation_name,
        field_resolver,
        type_resolver,
        max_coercion_errors=max_coercion_errors,
        hide_suggestions=hide_suggestions,
    )
    if isinstance(built, list):
        return ExecutionResult(None, built)
    request = Request(
        schema,
        built.operation,
        built.fragments,
        built.variable_values,
        root_value,
        context_value,
        field_resolver or default_field_resolver,
        type_resolver or default_type_resolver,
        hide_suggestions,
    )
    reasons = Counter() if reasons is None else reasons
    plan = planned(request, hints)
    if isinstance(plan, Unplanned):
        reasons[str(plan)] += 1
        return by_graphql_core(request)
    found = plan.execute(request, reasons, again)
    return with_plain(found) if isinstance(found, ExecutionResult) else _plain_later(found)


def with_plain(result: ExecutionResult) -> ExecutionResult:
    """The result, its data as dictionaries."""
    return ExecutionResult(plain(result.data), result.errors)


async def _plain_later(result: Awaitable[ExecutionResult]) -> ExecutionResult:
    return with_plain(await result)


def planned(request: Request, hints: Hints = NO_HINTS) -> Plan | Unplanned:
    """The plan of an operation, or why there is none."""
    try:
        return Plan(request, hints)
    except Unplanned as reason:
        return reason
