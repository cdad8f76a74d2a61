"""Descriptions out of docstrings: a type's own, and the string under each of its attributes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping


def described(cls: type) -> str:
    """A class's description.

    Raises:
        TypeError: where it has no docstring of its own.
    """
    if not (text := cls.__dict__.get("__doc__")):
        raise TypeError(f"{cls.__name__} has no docstring, which would be its description")
    return _flowing(text)


def attribute_descriptions(cls: type) -> Mapping[str, str]:
    """By name, the string that stands under each attribute in a class's source."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for statement, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
        elif isinstance(statement, ast.Assign):
            (target, *_) = statement.targets
        else:
            continue
        if (
            isinstance(target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            found[target.id] = _flowing(below.value.value)
    return found


def _flowing(text: str) -> str:
    """A docstring without its line breaks; blank lines still part paragraphs."""
    return "\n\n".join(" ".join(each.split()) for each in inspect.cleandoc(text).split("\n\n"))
