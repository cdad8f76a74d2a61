"""Descriptions out of docstrings: a type's own, and the string under each of its attributes."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache


def described(cls: type) -> str:
    """A class's description.

    Raises:
        TypeError: where it has no docstring of its own.
    """
    if not (text := cls.__dict__.get("__doc__")):
        raise TypeError(f"{cls.__name__} has no docstring, which would be its description")
    return _flowing(text)


def attribute_descriptions(cls: type) -> Mapping[str, str]:
    """By name, the string that stands under each attribute in the source of a module's class."""
    return _of_module(cls.__module__)[cls.__qualname__]


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, str]]:
    # By module: inspect would read a whole one again for each class in it.
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {each.name: _of_class(each) for each in tree.body if isinstance(each, ast.ClassDef)}


def _of_class(tree: ast.ClassDef) -> Mapping[str, str]:
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
