"""Changes that take an idempotency key: asked for again with it, they are made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from providers.base import Client, Done
from resolvers.attempts import digest, misfit
from resolvers.changes import Change, made
from resolvers.context import Context

KEY = "idempotency_key"
"""Field of the input that holds it; null where the change is made whatever was before."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What else is told of such a change."""

    given: Mapping[str, Any] = field(default_factory=dict)
    """What its input gave, by name, without source and key."""
    repeated: bool = False
    """Whether an earlier change with the same key is told of."""


@dataclass(frozen=True, slots=True)
class ChangeOnce(Change):
    """A kind of change whose input may have an idempotency key; its value is an ``Attempted``."""

    trace: str = ""
    """Method of a source's client that reads what such a change alters, out of the same input."""

    async def done(
        self, context: Context, client: Client, key: Any, rest: Mapping[str, Any]
    ) -> Done:
        """Have the client make the change, unless it did under the same key.

        Raises:
            ProviderError: where it doesn't.
        """
        rest = dict(rest)
        own = rest.pop(KEY, None)
        act = partial(made, context, client, self.method, key, rest)
        if own is None:
            return replace(await act(), value=Attempted(rest))
        if (refused := misfit(own)) is not None:
            return refused
        target = () if key is None else (key,)
        trace = partial(getattr(client, self.trace, _nothing), context.ask, *target, **rest)
        said = {name: each for name, each in rest.items() if each is not None}
        asked = digest(self.method, {"target": key, **said})
        try:
            done, repeated = await context.attempts.made(client.source, own, asked, act, trace)
        finally:
            context.changed()
        told = repeated and not done.refused
        return replace(done, value=Attempted(rest, told))


async def _nothing(*_: Any, **__: Any) -> None:
    """The trace of a source that can't make such changes."""
