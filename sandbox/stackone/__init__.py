"""StackOne's Unified LMS API, in the form of either of its two generations.

Two routes beside it are the sandbox's own, for tests: `PUT /_habits/{account}` says how the LMS
takes batches, `POST /_webhooks` has an event sent. They are logged, and struck by faults, like all
others.
"""

from starlette.routing import BaseRoute

from sandbox.records import Campus
from sandbox.stackone.accounts import linked_accounts
from sandbox.stackone.around import platform_routes
from sandbox.stackone.fields import NEWER, Generation
from sandbox.stackone.habits import habit_routes
from sandbox.stackone.library import Library
from sandbox.stackone.reads import read_routes
from sandbox.stackone.refusals import refusal
from sandbox.stackone.state import StackOne
from sandbox.stackone.webhooks import webhook_routes
from sandbox.stackone.writes import write_routes

__all__ = ["refusal", "routes"]


def routes(campus: Campus, *, generation: Generation = NEWER) -> list[BaseRoute]:
    """List the routes of StackOne's API over a campus; paths are matched as they were sent.

    All linked accounts speak `generation` but one, which always speaks that of June 2025. What is
    written is kept by these routes alone: others over the same campus don't see it.
    """
    stackone = StackOne(Library(campus), linked_accounts(generation))
    return [
        *read_routes(stackone),
        *write_routes(stackone),
        *platform_routes(stackone),
        *habit_routes(stackone),
        *webhook_routes(stackone),
    ]
