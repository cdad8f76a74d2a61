"""What the server shows of itself, and which operations it takes: by mode, by setting, by secret.

Development shows everything. Production hides what helps nobody but who looks for a way in:
introspection, suggestions, the explorer, the subgraph's SDL, traces. Single settings override the
mode; a gateway that presents the shared secret is shown what gateways need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hmac import compare_digest

from providers.sources import Settings

SECRET = "router-authorization"
"""Header, or member of a WebSocket's ``connection_init``, with the gateways' shared secret."""


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
    def of(cls, settings: Settings) -> Policies:
        """The policies of these settings."""
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
        gateway = replace(general, introspection=True, sdl=True, traces=True, any_document=True)
        secret = settings.gateway_secret
        known = secret.reveal().encode() if secret is not None else b""
        return cls(general, gateway, chosen(settings.explorer), known)

    def admit(self, secret: bytes) -> Policy:
        """The policy for who presents this secret, if any."""
        if secret and self.secret and compare_digest(secret, self.secret):
            return self.gateway
        return self.general
