"""What the server shows of itself, and which operations it takes: by mode, setting, secret, token.

Development shows everything. Production hides what helps nobody but who looks for a way in:
introspection, suggestions, the explorer, the subgraph's SDL, traces. Single settings override the
mode; a gateway that presents the shared secret is shown what gateways need, and whose token has the
scope ``introspect`` is shown the schema. What a caller may ask for, the token says alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest

from graph.denials import without_token
from graph.limits import CEILING, Limits, bounds
from graph.scopes import INTROSPECT
from graph.tokens import Caller, Tokens
from providers.sources import Settings, SettingsError

SECRET = "router-authorization"
"""Header, or member of a WebSocket's ``connection_init``, with the gateways' shared secret."""

BATCHED = ("rows", "cost")
"""The limits that grow with what a gateway asks for in one request; what it sends as text is no
longer than what its clients wrote."""

FOLD = 10
"""How many times a client's limits a gateway's are, unless the settings give others.

A client asks for a list and what is in it, which a gateway asks level by level: so one
``_entities`` takes up to 1,000 representations, each with lists. By ten times, all of them may
have a list of a hundred, or three plain ones and a page of objects.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one caller is shown, and may ask."""

    introspection: bool = True
    """Whether ``__schema`` and ``__type`` are answered."""
    sdl: bool = True
    """Whether ``_service`` is answered, by which gateways learn the schema."""
    suggestions: bool = True
    """Whether errors say what may have been meant."""
    traces: bool = True
    """Whether it is told how long what took; see ``graph.traces``. Each costs a plan."""
    any_document: bool = True
    """Whether documents are taken that are in no list of the server's."""
    limits: Limits | None = None
    """How large a document may be, where that is other than for everybody."""
    caller: Caller | None = None
    """Whose token came along, if one did that was looked at."""


EVERYTHING = Policy()
"""For who runs the schema himself."""


@dataclass(frozen=True, slots=True)
class Policies:
    """Decides what a caller is shown."""

    general: Policy
    """For callers that aren't known."""
    gateway: Policy
    """For who presents the secret."""
    explorer: bool
    """Whether browsers get the explorer."""
    secret: bytes = b""
    """Empty where nobody is a gateway."""
    tokens: Tokens | None = None
    """Verifies callers' tokens; None where they present none."""

    @classmethod
    def of(
        cls, settings: Settings, limits: Limits | None = None, tokens: Tokens | None = None
    ) -> Policies:
        """The policies of these settings, for who presents tokens that these verify; ``limits`` are
        everybody's, where they are others than the settings'.

        Raises:
            SettingsError: where a limit can't be one.
        """
        shown = settings.mode != "production"

        def chosen(own: bool | None) -> bool:
            return shown if own is None else own

        general = Policy(
            introspection=chosen(settings.introspection),
            sdl=chosen(settings.sdl),
            suggestions=chosen(settings.suggestions),
            traces=chosen(settings.traces),
            any_document=not settings.only_trusted,
        )
        larger = gateway_limits(limits or bounds(settings.limits), settings.gateway_limits)
        gateway = replace(
            general, introspection=True, sdl=True, traces=True, any_document=True, limits=larger
        )
        secret = settings.gateway_secret
        revealed = secret.reveal().encode() if secret is not None else b""
        return cls(general, gateway, chosen(settings.explorer), revealed, tokens)

    def is_gateway(self, secret: bytes) -> bool:
        """Whether who presents this secret, if any, is a gateway."""
        return bool(secret and self.secret) and compare_digest(secret, self.secret)

    def admit(self, secret: bytes) -> Policy:
        """The policy for who presents this secret, if any."""
        return self.gateway if self.is_gateway(secret) else self.general

    async def authenticated(self, policy: Policy, token: bytes | None) -> Policy:
        """The policy for who has this one, and presents this token, where tokens are looked at.

        Raises:
            Denied: where the token isn't believed; and where there is none, and nothing could be
                answered without.
        """
        if self.tokens is None:
            return policy
        if token is None:
            if self.tokens.trusted.required and not (policy.introspection or policy.sdl):
                raise without_token()  # so that nobody finds the schema out by asking
            return policy
        caller = await self.tokens.caller(token)
        if INTROSPECT not in caller.scopes:
            return replace(policy, caller=caller)
        return replace(policy, introspection=True, sdl=True, suggestions=True, caller=caller)

    def ends(self, policy: Policy) -> float | None:
        """When the token of who has this policy ends, on the event loop's clock; None where there
        is none."""
        if self.tokens is None or policy.caller is None:
            return None
        return self.tokens.ends(policy.caller)


def gateway_limits(own: Limits, given: Mapping[str, int]) -> Limits:
    """How large a gateway's documents may be, where everybody's may be as large as ``own``.

    Raises:
        SettingsError: where what is given is no limit of these, or would let nothing pass.
    """
    if other := next((name for name in given if name not in BATCHED), None):
        raise SettingsError(f"gateway_limits.{other} is none; there are {', '.join(BATCHED)}")
    try:
        bounds(given)
    except SettingsError as error:
        raise SettingsError(f"gateway_{error}") from None
    larger = {name: min(FOLD * getattr(own, name), CEILING - 1) for name in BATCHED}
    return replace(own, **{**larger, **given})
