"""Documents of any size, in one respect each; they ask only for what ``part.graphql`` has."""

from __future__ import annotations

from itertools import cycle, islice

from conformance.hardening.attack import many

_LIST = "courses(first: 1)"
_INSIDE = ("completions(first: 1)", "nodes", "course")


def aliases(count: int) -> str:
    """A document with so many aliases."""
    return f"{{ {_LIST} {{ nodes {{ {many(f'a{at}: id' for at in range(count))} }} }} }}"


def depth(levels: int) -> str:
    """A document with so many fields inside each other, of which a connection isn't the last."""
    path = [_LIST, "nodes", *islice(cycle(_INSIDE), levels - 3)]
    assert path[-1] in ("nodes", "course")
    return " ".join(f"{{ {each}" for each in path) + " { id }" + " }" * len(path)


DEPTHS = tuple(levels for levels in range(3, 61) if levels % 3 != 1)
"""What ``depth`` can be."""


def directives(count: int) -> str:
    """A document with so many directives."""
    return f"{{ {_LIST} {{ nodes {{ {'... @include(if: true) { id } ' * count}}} }} }}"


def tokens(count: int) -> str:
    """A document of so many tokens, five for each of its operations, which are called q0 and on."""
    return many(f"query q{at} {{ __typename }}" for at in range(count // 5))


def nested(*sizes: int) -> str:
    """A document that asks for completions of courses of completions and so on, of these sizes."""
    first, *inside, last = sizes
    text = f"completions(first: {last}) {{ nodes {{ id }} }}"
    for size in reversed(inside):
        text = f"completions(first: {size}) {{ nodes {{ course {{ {text} }} }} }}"
    return f"{{ courses(first: {first}) {{ nodes {{ {text} }} }} }}"


def repeated(count: int) -> str:
    """A document that has one field so many times."""
    return f"{{ {_LIST} {{ nodes {{ {'id ' * count}}} }} }}"


def characters(count: int) -> str:
    """A document of so many characters."""
    return "{ __typename }".ljust(count)


def rows(count: int) -> str:
    """A document that asks for so many rows of a list."""
    return f"{{ courses(first: {count}) {{ nodes {{ id }} }} }}"
