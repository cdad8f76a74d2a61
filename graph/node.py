"""What every type with an id has in common."""

from __future__ import annotations

import strawberry


@strawberry.interface(
    description="Something that can be asked for again by its id.\n\n"
    "https://relay.dev/graphql/objectidentification.htm"
)
class Node:
    """Relay's interface of objects with ids."""

    id: strawberry.ID = strawberry.field(
        description="Id in this graph: opaque, and the same as long as the object exists."
    )
