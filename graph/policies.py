"""What the server shows of itself, and which operations it takes: by mode, by setting, by secret.

Development shows everything. Production hides what helps nobody but who looks for a way in:
introspection, suggestions, the explorer, the subgraph's SDL. Single settings override the mode;
a gateway that presents the shared secret is shown what gateways need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest

from graph.limits import CEILING, Limits, bounds
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
    any_document: bool = True
    """Whether documents are taken that are in no list of the server's."""
    limits: Limits | None = None
    """How large a document may be, where that is other than for everybody."""


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

    @classmethod
    def of(cls, settings: Settings, limits: Limits | None = None) -> Policies:
        """The policies of these settings; ``limits`` are everybody's, where they are others.

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
            any_document=not settings.only_trusted,
        )
        larger = gateway_limits(limits or bounds(settings.limits), settings.gateway_limits)
        gateway = replace(general, introspection=True, sdl=True, any_document=True, limits=larger)
        secret = settings.gateway_secret
        known = secret.reveal().encode() if secret is not None else b""
        return cls(general, gateway, chosen(settings.explorer), known)

    def admit(self, secret: bytes) -> Policy:
        """The policy for who presents this secret, if any."""
        if secret and self.secret and compare_digest(secret, self.secret):
            return self.gateway
        return self.general


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
