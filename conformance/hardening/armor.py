"""GraphQL Armor's protections: each with ten times what Armor takes unless it is told otherwise.

Where each server stops, ``bounds`` looks for: Armor's numbers are no law.
https://escape.tech/graphql-armor/docs/category/plugins
"""

from __future__ import annotations

from conformance.hardening import documents
from conformance.hardening.attack import Attack, asking, executed, says

ATTACKS = (
    Attack(
        "150 aliases (Armor takes 15)",
        "one field's work many times over",
        (asking(documents.aliases(150)),),
        executed,
        mild=asking(documents.aliases(1)),
    ),
    Attack(
        "60 levels (Armor takes 6)",
        "a read for each level, the rows multiplying",
        (asking(documents.depth(60)),),
        executed,
        mild=asking(documents.depth(3)),
    ),
    Attack(
        "500 directives (Armor takes 50)",
        "work that no field shows",
        (asking(documents.directives(500)),),
        executed,
        mild=asking(documents.directives(1)),
    ),
    Attack(
        "10,000 tokens (Armor takes 1,000)",
        "time of parsing and validation",
        (asking(documents.tokens(10_000), operationName="q0"),),
        executed,
        mild=asking(documents.tokens(5), operationName="q0"),
    ),
    Attack(
        "110 lists of 110 rows (Armor takes a cost of 5,000)",
        "an execution that is dear, of a document that is neither long nor deep",
        (asking(documents.nested(110, 110)),),
        executed,
        mild=asking(documents.nested(1, 1)),
    ),
    Attack(
        "Suggestions for fields, arguments, types, values and members",
        "the schema's names, one by one, where introspection is off",
        (
            asking("{ cours { __typename } }"),
            asking("{ courses(firs: 1) { __typename } }"),
            asking("{ ...F } fragment F on Quer { __typename }"),
            asking("query ($id: IDD) { course(id: $id) { id } }"),
            asking("{ __typename @includ(if: true) }"),
            asking('mutation { courseDelete(input: { idd: "x" }) { deletedId } }'),
            asking('mutation ($input: CourseDeleteInput!) { courseDelete(input: $input) '
                   '{ deletedId } }', variables={"input": {"idd": "x"}}),
            asking("query ($status: CourseStatus = ACTIV) { __typename }"),
            asking("query ($status: CourseStatus) { __typename }", variables={"status": "ACTIV"}),
        ),
        says("did you mean"),
        is_shown=True,
    ),
)  # fmt: skip
