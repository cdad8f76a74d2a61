"""The graph's endpoint: from an HTTP request to its answer, by as short a way as there is.

It speaks ASGI itself. An answer that needs nothing from upstream is given at once: without a
task, a timer, or anything that listens for the client. https://asgi.readthedocs.io/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from graph import answers, explorer, requests, traces
from graph.accepted import Accepted, Form, accepted, refuse_unanswerable
from graph.answers import Answer, Body
from graph.attendance import GRACE, attended, timed
from graph.caching import NEVER, Kept
from graph.carriers import Stream
from graph.compression import SMALLEST, packed
from graph.denials import Denied
from graph.engine import Timing
from graph.explorer import Tab
from graph.origins import refuse_forgery
from graph.persisted import Malformed, Unknown
from graph.policies import Policies
from graph.requests import (
    LONGEST_URL,
    PLAIN_JSON,
    READING,
    Gone,
    Headers,
    Unreadable,
)
from graph.room import Room
from graph.streams import Answerable, Streams, until
from graph.subgraph import Asked, Subgraph
from graph.tokens import presented
from providers.sources import Settings
from resolvers.context import Context

PATH = "/graphql"

_OF_URL = {OperationType.QUERY}
_OF_BODY = {OperationType.QUERY, OperationType.MUTATION}

_FOLLOWING = Form.EVENTS, Form.SUBSCRIPTION_PARTS
"""How a subscription is followed by HTTP."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers GraphQL requests, and browsers with the explorer: an ASGI application for HTTP."""

    settings: Settings
    schema: Subgraph
    tabs: Sequence[Tab]
    context: Callable[[], Context]
    """Makes the context of one operation, whose time begins with it."""
    streams: Streams
    policies: Policies
    room: Room
    """For streams over HTTP."""

    @property
    def _longest_url(self) -> int:
        return min(self.settings.max_body, LONGEST_URL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is sent to a client that has left."""
        headers = requests.headers(scope["headers"])
        wanted = accepted(headers.accept)
        parameters = None
        if scope["method"] in READING and len(scope["query_string"]) <= self._longest_url:
            parameters = QueryParams(scope["query_string"])
            if wanted.page and self.policies.explorer and requests.asks_nothing(parameters):
                page = explorer.page(self.tabs, PATH)
                response = HTMLResponse(page, headers=dict(explorer.PAGE_HEADERS))
                await response(scope, receive, answers.guarded(send))
                return
        try:
            answer = await self.answer(scope, headers, wanted, parameters, receive)
        except Gone:
            return
        except Denied as denied:
            id = requests.request_id(headers.request_id)
            answer = answers.denial(denied, wanted.json, id)
        if isinstance(answer, Stream):
            with self.room.place() as free:
                if free:
                    await answer.send(scope, receive, send)
                    return
            answer = answers.busy("streams", wanted.json or PLAIN_JSON, answer.id)
        if len(answer.body) >= SMALLEST:
            answer = await packed(answer, scope["headers"])
        await answer.send(send)

    async def answer(
        self,
        scope: Scope,
        headers: Headers,
        wanted: Accepted,
        parameters: QueryParams | None,
        receive: Receive,
    ) -> Answer | Stream:
        """The answer to a request with parameters in its URL, or else with a body.

        Raises:
            Gone: where the client left.
            Denied: where its token, or that there is none, doesn't allow what is asked.
        """
        id = requests.request_id(headers.request_id)
        policy = self.policies.admit(headers.secret)
        try:
            refuse_unanswerable(headers.accept, wanted)
            if parameters is not None:
                refuse_forgery(scope["headers"], self.settings.origins)
            else:
                requests.refuse_bodiless(scope["method"], self._longest_url)
            if self.policies.tokens is not None:  # before the body: who is denied is not heard
                policy = await self.policies.authenticated(policy, presented(scope["headers"]))
            if parameters is not None:
                operation, types = requests.of_url(parameters), _OF_URL
            else:
                most, seconds = self.settings.max_body, self.settings.arrival_timeout
                operation, types = await requests.posted(headers, receive, most, seconds), _OF_BODY
        except Unreadable as error:
            return answers.refusal(error, wanted.json or PLAIN_JSON, id)
        explain = self.settings.explain and headers.explain == "upstream"
        streams = wanted.forms and scope["method"] != "HEAD"
        if streams and wanted.of(*_FOLLOWING):
            types = types | {OperationType.SUBSCRIPTION}
        asked = self.streams.asked(operation, types, policy)
        if streams and (
            stream := self.streamed(wanted, asked, id, explain, self.policies.ends(policy))
        ):
            return stream
        if isinstance(asked, Malformed):
            unreadable = Unreadable(asked.status, str(asked))
            return answers.refusal(unreadable, wanted.json or PLAIN_JSON, id)
        context = self.context()
        if headers.trace == traces.FTV1 and policy.traces:
            context.timing = Timing()
        try:
            status, body, kept = await self.execute(asked, context, id, receive)
        finally:
            context.cancel()
        if explain:
            body["extensions"] = {"upstream": answers.upstream(context)}
        if context.timing is not None:
            body.setdefault("extensions", {})["ftv1"] = traces.encoded(context.timing, body)
        if parameters is not None and kept.seconds and "extensions" not in body:
            if policy.caller is not None:  # what was asked with a token is its caller's
                kept = kept._replace(private=True)
            return answers.kept(body, wanted.json or PLAIN_JSON, id, kept, headers.seen)
        return answers.answer(status, body, wanted.json or PLAIN_JSON, id)

    def streamed(
        self, wanted: Accepted, asked: Answerable, id: str, explain: bool, end: float | None
    ) -> Stream | None:
        """The answers to an operation as a stream, where it is asked for so; else None. A
        subscription is over at its ``end``, if it has one."""
        form = None
        if isinstance(asked, Asked) and not self.settings.incremental:
            asked = asked._replace(incremental=False)
        if isinstance(asked, Asked) and asked.is_followed:
            form = wanted.of(*_FOLLOWING)
        elif isinstance(asked, Asked) and asked.incremental:
            form = wanted.of(Form.EVENTS, Form.INCREMENTAL_PARTS, Form.PATCHES)
        elif wanted.prefers_events and not isinstance(asked, InvalidOperationTypeError):
            form = Form.EVENTS
        if form is None:
            return None
        bodies = self.streams.told(asked, id, form=form, explain=explain)
        if end is not None and isinstance(asked, Asked) and asked.is_followed:
            bodies = until(end, bodies, id)
        return Stream(form, bodies, id, self.settings.heartbeat, end)

    async def execute(
        self, asked: Answerable, context: Context, id: str, receive: Receive
    ) -> tuple[int, Body, Kept]:
        """Status and body of an operation's answer, and how it may be kept: given at once where
        nothing is awaited, else within its time and a little grace.

        Raises:
            Gone: where the client left.
        """
        if isinstance(asked, CannotGetOperationTypeError | InvalidOperationTypeError):
            return *answers.unanswered(asked, id), NEVER
        if isinstance(asked, Unknown):
            return *answers.unknown(asked, id), NEVER
        if isinstance(asked, ExecutionResult):
            return *answers.executed(asked, id), NEVER
        result: ExecutionResult | Awaitable[ExecutionResult]
        try:
            result = self.schema.answer(asked, context)
            if not isinstance(result, ExecutionResult):
                result = await self._awaited(result, context, receive)
        except TimeoutError:
            result = answers.late()
        except Gone:
            raise
        except Exception as fault:
            result = answers.faulty(fault)
        return *answers.executed(result, id), NEVER if result.errors else asked.prepared.kept

    async def _awaited(
        self, coming: Awaitable[ExecutionResult], context: Context, receive: Receive
    ) -> ExecutionResult:
        # Who asks for a change and leaves still wants it: half of one would help nobody.
        if context.changes:
            return await timed(coming, self.settings.mutation_timeout + GRACE)
        return await attended(coming, receive, self.settings.request_timeout + GRACE)
