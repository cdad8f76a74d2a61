"""A GraphQL executor that resolves each level once for all its objects.

Theory of operation
===================

graphql-core, as the specification, walks an answer object by object and field by field: each value
is resolved, awaited, checked and completed by itself. Where an answer has a thousand objects of
five types, a thousand times the same decisions are made. Here each is made once.

*A plan* (``execution.Plan``) is one operation, for the values of its ``@skip`` and ``@include``. It
is a tree of *selections* (``selection``): what is asked of one object type, its fields merged and
in the answer's order, with graphql-core's own ``collect_fields``. A selection has *fields*
(``fields``), a field has a *shape* (``shapes``), which stands for its type, and below the shape of
an object is its selection again. Plans hold nothing of a request: whoever makes them keeps them.

*A level* is all objects that a selection meets at once. To execute a selection for a level, each of
its fields is asked for its *column*, the values for all objects: by the schema's owner
(``columns.Column``: one load for a relation, one pass over the attributes of records), or, where
there is nobody to ask, by calling the field's resolver for each object. The shape then completes
the column: leaves are checked by the set of their classes and pass as they are; the items of all
lists are one column; objects become the next level, each once, wherever they stand. Out of the
completed columns come the ``rows``: the answer's objects.

*Waiting.* What is there at once is completed at once; no coroutine or future is made for it. What
has to be awaited comes in parts (``waiting``, ``run``): each is completed when it is there, and put
into rows that exist already. So nothing waits for what it doesn't need, and what arrives in one
turn of the event loop is completed together.

*Errors* are exceptions among the values. The answer is made as if there were none, with a mark in
the place of each; only if there was one, ``errors`` goes through the answer, finds the paths, and
makes nulls of what can't stand. Where several errors are around one null, which of them are told
depends on the order in which they happened. Then, and where the plan can't do what the operation
asks (introspection, incremental delivery), graphql-core executes the operation: over the same
context, which remembers what was loaded. A counter says how often, and why.

*Subscriptions.* graphql-core finds the source of the events (``execution.source_stream``); each
event is the root of one execution, by the plan.

Where to find the rules of the specification (https://spec.graphql.org/September2025/):

======================================  ======================================
6.2  Executing operations               ``execution``
6.3  Executing selection sets           ``selection``
6.4.1, 6.4.2  Arguments and values      ``fields``
6.4.3  Value completion                 ``shapes``, ``leaves``, ``completion``
6.4.4  Handling field errors            ``errors``
======================================  ======================================

Nothing here knows what this schema is about: it takes any schema of graphql-core's.
"""

from graph.engine.columns import Arriving, Column, Hints, Level, Written
from graph.engine.execution import (
    PLANNED,
    Incremental,
    Plan,
    Reasons,
    by_graphql_core,
    execute,
    incrementally,
    planned,
    source_stream,
)
from graph.engine.rows import plain
from graph.engine.run import Request
from graph.engine.selection import Unplanned
from graph.engine.timing import Timed, Timing

__all__ = [
    "PLANNED",
    "Arriving",
    "Column",
    "Hints",
    "Incremental",
    "Level",
    "Plan",
    "Reasons",
    "Request",
    "Timed",
    "Timing",
    "Unplanned",
    "Written",
    "by_graphql_core",
    "execute",
    "incrementally",
    "plain",
    "planned",
    "source_stream",
]
