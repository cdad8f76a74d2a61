"""How mutations are declared: an input, a payload, and the change that leads from one to the other.

A mutation takes one ``input`` and gives a ``payload``: the changed object, which is read anew when
it is asked for, and what was wrong with the input. It stands as a field in a class that extends
``Mutation``.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry

from graph.entity import EXTENSIONS, answered_by, choices, value
from resolvers import changes
from resolvers.changes import Change, Outcome

if TYPE_CHECKING:
    from resolvers.changes import UserErrorCode

T = TypeVar("T", bound=type)

choices(changes.UserErrorCode)


@value(changes.UserError)
class UserError:
    """Something that is wrong with a mutation's input, which its user can put right."""

    field: list[str] | None
    """Path to the field of the input; null where it is none in particular."""

    message: str
    """What is wrong, in the source's words where it has any."""

    code: UserErrorCode
    """What is wrong, for programs."""


class Payload:
    """What every payload has."""

    user_errors: list[UserError]
    """What is wrong with the input; empty where the change was made."""


def payload(cls: T) -> T:
    """Declare what a mutation gives; its record is an ``Outcome``."""
    EXTENSIONS[cls.__name__].append(Payload)
    return value(Outcome)(cls)


def change(input: type, kind: Change) -> Any:
    """A mutation that makes such changes out of such inputs."""

    def resolve(info: strawberry.Info, input: Any) -> Any:
        return kind.made(info.context, given(input))

    return mutation(input, resolve, kind.method)


def mutation(input: type, resolver: Any, method: str = "") -> Any:
    """A mutation that a function of ``(info, input)`` answers."""
    described = strawberry.argument(description="What to change, and how.")
    resolver.__annotations__ = {
        "info": strawberry.Info,
        "input": Annotated[input, described],
        "return": Any,
    }
    return answered_by(resolver, method)


def given(input: Any) -> dict[str, Any]:
    """What an input gives, by name, inputs inside it likewise; what was left out isn't there."""
    found = {each.name: getattr(input, each.name) for each in fields(input)}
    return {name: _plain(each) for name, each in found.items() if each is not strawberry.UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return given(value) if is_dataclass(value) else value
