"""What a schema says, as text, that its fields take of callers."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    FieldDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
    value_from_ast_untyped,
)


def fields(text: str) -> Iterator[tuple[tuple[str, str], FieldDefinitionNode]]:
    """The fields of a schema's object types, by the names of type and field."""
    for definition in parse(text).definitions:
        if isinstance(definition, ObjectTypeDefinitionNode):
            for field in definition.fields or ():
                yield (definition.name.value, field.name.value), field


def taken(field: FieldDefinitionNode) -> tuple[str, ...] | None:
    """The scopes that a field takes; None where it takes no token either."""
    marks = {each.name.value: each for each in field.directives or ()}
    if (scoped := marks.get("requiresScopes")) is None:
        return () if "authenticated" in marks else None
    assert "authenticated" not in marks  # the other one says so
    (argument,) = scoped.arguments or ()
    (alternative,) = value_from_ast_untyped(argument.value)  # all that are in it are needed
    return tuple(alternative)
