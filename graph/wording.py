"""GraphQL's own errors in words that who asks has used: of JSON, and none that hint at the schema.

graphql-core writes values of variables as Python would, and its hints are not all behind the switch
that hides them.
"""

from __future__ import annotations

import ast
import json
import re

from graphql import GraphQLError

# What is wrong stands before the value: only that is Python's. Long ones are cut off, by dots.
_VALUE = re.compile(r"(?:cannot represent [^:']*value|[Ff]ound): (?P<value>.*)", re.DOTALL)
_ESCAPE = r"""\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})"""
_PART = re.compile(
    rf"""(?P<text>'(?:[^'\\\n]|{_ESCAPE})*'|"(?:[^"\\\n]|{_ESCAPE})*")"""
    r"|\b(?P<word>None|True|False)\b"
)
_WORDS = {"None": "null", "True": "true", "False": "false"}

_HINT = re.compile(r" Did you mean .*\?$", re.DOTALL)


def in_json(error: GraphQLError) -> GraphQLError:
    """An error of a variable's value, with the value as JSON writes it."""
    message = error.message.replace("not to be None.", "not to be null.")
    if (found := _VALUE.search(message)) is not None:
        at = found.start("value")
        message = message[:at] + _PART.sub(_written, message[at:])
    return _reworded(error, message)


def without_hint(error: GraphQLError) -> GraphQLError:
    """An error of a document, without what may have been meant."""
    return _reworded(error, _HINT.sub("", error.message))


def _written(part: re.Match[str]) -> str:
    if part["word"]:
        return _WORDS[part["word"]]
    return json.dumps(ast.literal_eval(part["text"]), ensure_ascii=False)


def _reworded(error: GraphQLError, message: str) -> GraphQLError:
    if message == error.message:
        return error
    return GraphQLError(message, error.nodes, original_error=error.original_error)
