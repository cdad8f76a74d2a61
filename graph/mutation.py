"""Where every change begins: one field for each, most of them added by what offers it."""

from __future__ import annotations

from graph.entity import value


@value()
class Mutation:
    """Changes at the sources.

    Each is sent once, and never repeated by itself. Where an answer is lost, the error
    OUTCOME_UNKNOWN says so: the change may have been made. What is wrong with an input is told in
    `userErrors`.
    """
