"""How the schema executes operations: each text once read, each operation once planned.

Strawberry makes the schema; the way of an operation is here. A document that was used before is
parsed, measured and validated already, and its operation has a plan (``graph.engine``), so that
only what depends on the request is done for it: the sizes that variables ask for, their coercion,
and the execution itself.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Iterable, Mapping, Set
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import strawberry
import strawberry.federation
from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import (
    GraphQLDeferDirective,
    GraphQLError,
    GraphQLSchema,
    GraphQLStreamDirective,
    ListTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    specified_rules,
    validate,
)
from graphql.execution import get_variable_values
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from msgspec import structs
from strawberry.federation.schema import FederationAny
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graph import answers, limits, refusals, representatives
from graph.attendance import GRACE
from graph.caching import Ages, Kept
from graph.costs import Costs
from graph.documents import Document, Documents, parsed
from graph.engine import (
    Incremental,
    Plan,
    Reasons,
    Request,
    Timed,
    Timing,
    Unplanned,
    by_graphql_core,
    incrementally,
    plain,
    planned,
    source_stream,
)
from graph.errors import beside, once
from graph.hints import HINTS
from graph.limits import Limits
from graph.policies import EVERYTHING, Policy
from graph.scopes import Access, Need
from graph.selection import wanted
from graph.wording import in_json, without_hint
from providers.errors import ProviderError
from resolvers.context import Context
from resolvers.watching import Watch

NO_VARIABLES = VariableValues({}, {})

MOST_MISTAKES = 20
"""Mistakes in a document, or in variables, that are looked for: each may quote a value, and so
takes time by its size."""

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""GraphQL's, and those of what Strawberry adds to it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """How an operation is executed, whatever the values of its other variables."""

    wanted: Mapping[str, frozenset[str]]
    """The fields that it wants, by record type."""
    plan: Plan | Unplanned
    """How it is executed, or why graphql-core executes it."""
    kept: Kept
    """How long its answer may be kept, and by whom."""
    needs: tuple[Need, ...] = ()
    """What it takes of its caller, where callers present tokens."""


class Asked(NamedTuple):
    """An operation of a document, with variables: what it takes to execute it."""

    type: OperationType
    prepared: Prepared
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues
    incremental: bool
    """Whether it is a query that asks for parts of its answer later."""

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.type is OperationType.MUTATION

    @property
    def is_followed(self) -> bool:
        """Whether it goes on, with an answer for each event."""
        return self.type is OperationType.SUBSCRIPTION


class Subgraph(strawberry.federation.Schema):
    """A schema that executes operations by plans, over documents that it keeps."""

    def __init__(
        self,
        bounds: Limits,
        *,
        compiled: bool = True,
        policy: Policy = EVERYTHING,
        max_ages: Mapping[str, int] | None = None,
        access: Access | None = None,
        **schema: Any,
    ) -> None:
        """Make the schema that Strawberry makes of the rest; documents beyond the bounds are
        refused, and what the policy hides isn't shown. ``access`` is what fields take of callers,
        where these present tokens. graphql-core executes all operations where they are not
        ``compiled``."""
        self.access = access
        super().__init__(**schema)
        if access is not None:
            access.mark(self._schema)
        self.bounds = bounds
        self.policy = policy
        self.costs = Costs(self._schema)
        self.ages = Ages(max_ages)
        self.compiled = compiled
        self.executable = _incremental(self._schema)
        """The schema as documents see it, with ``@defer`` and ``@stream``. These aren't printed:
        they are no part of what is composed, since a gateway defers by itself."""
        self.documents: Documents[Prepared] = Documents(self._read)
        self.executed: Reasons = Counter()
        """How many operations the plans executed, and why graphql-core executed the others."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute an operation, as Strawberry's schemas do; see ``run``."""
        types = set(allowed_operation_types or (OperationType.QUERY, OperationType.MUTATION))
        result = self.run(query or "", variable_values, operation_name, context_value, types)
        found = result if isinstance(result, ExecutionResult) else await result
        found.data = plain(found.data)
        return found

    def run(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        name: str | None,
        context: Any,
        types: Set[OperationType],
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Execute an operation of a document: the result, or, where something has to be awaited,
        what to await for it. The objects of its data may be rows (``graph.engine.rows``), which
        msgspec writes as JSON.

        Raises:
            CannotGetOperationTypeError: where the document has no operation of that name.
            InvalidOperationTypeError: where the operation is of none of these types.
        """
        asked = self.asked(text, variables, name, types)
        return asked if isinstance(asked, ExecutionResult) else self.answer(asked, context)

    async def subscribe(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Watch | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> AsyncGenerator[PreExecutionError | ExecutionResult, None]:
        """Subscribe, as with Strawberry's schemas, whose context is a ``Watch``; see ``followed``.
        Here too, so that no way leads past the limits."""
        if context_value is None:
            raise TypeError("a subscription needs a Watch as its context")
        types = {OperationType.SUBSCRIPTION}
        asked = self.asked(query or "", variable_values, operation_name, types)
        return self._plainly(asked, context_value)

    async def _plainly(
        self, asked: Asked | ExecutionResult, watch: Watch
    ) -> AsyncGenerator[PreExecutionError | ExecutionResult, None]:
        if isinstance(asked, ExecutionResult):
            yield PreExecutionError(None, asked.errors)
            return
        async with aclosing(self.followed(asked, watch)) as results:
            async for each in results:
                each.data = plain(each.data)
                yield each

    def asked(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        name: str | None,
        types: Set[OperationType],
        policy: Policy | None = None,
    ) -> Asked | ExecutionResult:
        """An operation of a document, ready to be executed; or why it won't be. ``policy`` is the
        caller's, where that is another than the schema's own.

        Raises:
            CannotGetOperationTypeError: where the document has no operation of that name.
            InvalidOperationTypeError: where the operation is of none of these types.
        """
        variables = variables or {}
        policy = policy or self.policy
        try:
            document = self.documents.get(text)
        except GraphQLError as error:
            return PreExecutionError(None, [error])
        if refused := self._refused(document, variables, name, policy.limits or self.bounds):
            return PreExecutionError(None, refused)
        if document.revealing and (hidden := refusals.hidden(document, policy)):
            return PreExecutionError(None, [hidden])
        operation = document.operation(name)
        if operation is None:
            raise CannotGetOperationTypeError(name)
        if (type := OperationType(operation.operation.value)) not in types:
            raise InvalidOperationTypeError(type)
        if document.invalid is None:  # not sooner: validation takes more than linear time
            document.invalid = self._invalid(document, self.policy)
        if document.invalid:
            if policy.suggestions != self.policy.suggestions:  # the errors say more, or less
                return PreExecutionError(None, self._invalid(document, policy))
            return PreExecutionError(None, document.invalid)
        coerced = (
            get_variable_values(
                self.executable,
                operation.variable_definitions,
                dict(variables),
                max_errors=MOST_MISTAKES,
                hide_suggestions=not policy.suggestions,
            )
            if operation.variable_definitions
            else NO_VARIABLES
        )
        if isinstance(coerced, list):
            return ExecutionResult(None, [in_json(each) for each in coerced])
        if document.begun and (mistaken := refusals.miscounted(document.begun, coerced)):
            return ExecutionResult(None, [mistaken])
        prepared = self._prepared(document, operation, coerced)
        incremental = document.incremental and type is OperationType.QUERY
        return Asked(type, prepared, operation, document.fragments, coerced, incremental)

    def unusable(self, text: str) -> str:
        """Why a document could never be executed, whatever the values of its variables: what is
        wrong first, and where. Empty where nothing is."""
        try:
            document = self._read(text)
        except GraphQLError as error:
            found = [error]
        else:
            least = _least(document)
            large = self._large(document, least, self.bounds)
            found = [large] if large else self._invalid(document, self.policy)
        if not found:
            return ""
        first = found[0]
        where = f" (line {first.locations[0].line})" if first.locations else ""
        return f"{first.message}{where}"

    def answer(
        self, asked: Asked, context: Context, root: Any = None
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Execute an operation, or a subscription for the event at its root; see ``run``."""
        prepared = asked.prepared
        context.ask.wanted = prepared.wanted
        if asked.changes:
            context.begin_changes()
        request = self._request(asked, context, root)
        plan = prepared.plan
        if context.timing is not None and isinstance(plan, Plan):
            request, plan = _timed(request, context.timing)
        if isinstance(plan, Plan):
            found = plan.execute(request, self.executed, context.again)
        else:
            self.executed[str(plan)] += 1
            found = by_graphql_core(request)
        if isinstance(found, GraphQLExecutionResult):
            return _with_beside(found, context)
        return _later(found, context)

    async def followed(self, asked: Asked, watch: Watch) -> AsyncGenerator[ExecutionResult, None]:
        """The results of a subscription, one for each event, each executed in a context of its own:
        what one loaded, the next doesn't know.

        Raises:
            GraphQLError: where there are no events to follow, or no more because of an error.
        """

        def fresh() -> Context:
            context = watch.context()
            context.ask.wanted = asked.prepared.wanted
            return context

        source = await source_stream(self._request(asked, replace(watch, context=fresh)))
        if isinstance(source, GraphQLExecutionResult):
            raise next(iter(source.errors or ()))
        try:
            async for event in source:
                yield await self.answered(asked, watch.context(), event)
        except ProviderError as error:
            raise GraphQLError(str(error), asked.operation, original_error=error) from None
        finally:
            await cast(AsyncGenerator[Any, None], source).aclose()

    def incrementally(self, asked: Asked, context: Context) -> Incremental:
        """Execute a query whose parts may come later, by graphql-core: what it gives, or what to
        await for that."""
        context.ask.wanted = asked.prepared.wanted
        self.executed["incremental"] += 1
        return incrementally(self._request(asked, context))

    async def answered(self, asked: Asked, context: Context, root: Any = None) -> ExecutionResult:
        """The result of an operation, or of an event, within its context's time and a little grace;
        what it leaves running ends with it."""
        end = context.latest if asked.changes else context.ask.deadline
        try:
            async with asyncio.timeout_at(None if end is None else end + GRACE):
                found = self.answer(asked, context, root)
                return found if isinstance(found, ExecutionResult) else await found
        except TimeoutError:
            return answers.late()
        finally:
            context.cancel()

    def _request(self, asked: Asked, context: Any, root: Any = None) -> Request:
        return Request(
            self.executable,
            asked.operation,
            asked.fragments,
            asked.variables,
            root,
            context,
            hide_suggestions=not self.policy.suggestions,
        )

    def _read(self, text: str) -> Document:
        """A document, parsed."""
        return Document.of(parsed(text, self.bounds))

    def _refused(
        self, document: Document, variables: Mapping[str, Any], name: str | None, bounds: Limits
    ) -> list[GraphQLError]:
        """Why a document isn't executed: it is too large, or it isn't clear what is meant."""
        sizes = (_size(variables.get(each, ...)) for each in document.sizes)
        key = (bounds, name is None, *sizes)
        found = document.refusals.get(key)
        if found is None:
            error = (
                self._large(document, variables, bounds)
                or (refusals.empty() if not document.operations else None)
                or (refusals.ambiguous() if name is None and len(document.operations) > 1 else None)
            )
            found = [error] if error else []
            document.refusals.keep(key, found)
        return found

    def _large(
        self, document: Document, variables: Mapping[str, Any], bounds: Limits
    ) -> GraphQLError | None:
        """Why a document isn't executed that is too large, or costs too much."""
        if error := limits.check(document.node, bounds, variables):
            return error
        cost = self.costs.of(document.node, variables)
        return limits.exceeded("cost", bounds.cost, cost) if cost > bounds.cost else None

    def _invalid(self, document: Document, policy: Policy) -> list[GraphQLError]:
        """What is wrong with a document, as it is told under a policy."""
        hide = not policy.suggestions
        rules, most = RULES, MOST_MISTAKES
        found = once(validate(self.executable, document.node, rules, most, hide_suggestions=hide))
        return [without_hint(each) for each in found] if hide else found

    def _prepared(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues
    ) -> Prepared:
        values = variables.coerced
        key = (
            operation.name.value if operation.name else "",
            *(_condition(values.get(each)) for each in document.conditions),
            *(_names(values.get(each)) for each in document.filters),
        )
        found = self.documents.shape(document, key)
        if found is None:
            fields = wanted(self.executable, document.node, operation, values)
            request = Request(self.executable, operation, document.fragments, variables)
            plan = planned(request, HINTS) if self.compiled else Unplanned("not compiled")
            kept = self.ages.of(self._schema, document.node, operation, values)
            needs = self._needs(document, operation, values)
            found = Prepared(fields, plan, kept, needs)
            size = plan.size if isinstance(plan, Plan) else 0
            self.documents.keep_shape(document, key, found, size)
        return found

    def _needs(
        self, document: Document, operation: OperationDefinitionNode, values: Mapping[str, Any]
    ) -> tuple[Need, ...]:
        """What an operation takes of its caller."""
        if self.access is None:
            return ()
        return self.access.needs(self._schema, document.node, operation, values)

    def _add_link_directives(self, additional_directives: Iterable[object] | None = None) -> None:
        """Import what the fields are marked with once the schema is made, too."""
        marks = self.access.marks() if self.access is not None else ()
        super()._add_link_directives([*(additional_directives or ()), *marks])

    def entities_resolver(  # type: ignore[override]  # Strawberry awaits what it is given
        self, info: strawberry.Info, representations: list[FederationAny]
    ) -> Awaitable[list[Any]]:
        """One answer for each representation: a value, or its own error."""
        return representatives.all_there(info.context, representations, info.path)

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Nothing here: errors are logged where they are shown (``graph.errors``)."""


def _incremental(schema: GraphQLSchema) -> GraphQLSchema:
    """A schema with ``@defer`` and ``@stream``."""
    found = copy(schema)
    found.directives = (*schema.directives, GraphQLDeferDirective, GraphQLStreamDirective)
    return found


def _least(document: Document) -> dict[str, Any]:
    """Values of the variables that say how much is asked for, by which it is as little as can
    be."""
    return {
        each.variable.name.value: [] if isinstance(_nullable(each.type), ListTypeNode) else 0
        for operation in document.operations.values()
        for each in operation.variable_definitions or ()
        if each.variable.name.value in document.sizes
    }


def _nullable(type: TypeNode) -> TypeNode:
    return type.type if isinstance(type, NonNullTypeNode) else type


# What decides something of a variable's value, and no more: it is kept. Another operation of the
# document may call anything by the same name.


def _size(value: Any) -> Any:
    """What the limits see."""
    if isinstance(value, list):
        return "list", len(value)
    return value if value is ... or type(value) in (int, float) else None


def _condition(value: Any) -> bool | None:
    """What ``@skip`` and ``@include`` see."""
    return value if isinstance(value, bool) else None


def _names(value: Any) -> tuple[str, ...]:
    """The names of a filter's parts."""
    return tuple(sorted(value)) if isinstance(value, dict) else ()


def _with_beside(found: GraphQLExecutionResult, context: Context) -> ExecutionResult:
    """The result, with what went wrong beside the data."""
    return ExecutionResult(found.data, [*(found.errors or ()), *beside(context)] or None)


def _timed(request: Request, timing: Timing) -> tuple[Request, Plan | Unplanned]:
    """The request and a plan for this once, which note their times."""
    plan = planned(request, HINTS, Timed)
    timing.plan = plan if isinstance(plan, Plan) else None
    return structs.replace(request, timing=timing), plan


async def _later(found: Awaitable[GraphQLExecutionResult], context: Context) -> ExecutionResult:
    return _with_beside(await found, context)
