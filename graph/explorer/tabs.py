"""What the explorer opens with: a query over all sources, one for each, a person, a change and a
subscription that follows it, and what a gateway asks."""

from __future__ import annotations

from collections.abc import Sequence

from graph import facets
from graph.explorer import Tab
from graph.facets import CHANGES, EXAMPLES, GENERAL
from providers.sources import Settings, provider_of
from resolvers import ids

ALL = """\
# Every source side by side:
# courses with all that belongs to them.
query Everywhere {
  sources {
    name
    provider
    health { status detail }
    courses(first: 10) {
      nodes {
        title
        categories { name }
        skills { name }
        instructors { name }
        completions(first: 3) {
          nodes {
            score
            result
            user { name email }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

LEARNER = """\
# One person across all sources, matched by e-mail.
query Person($email: String!) {
  learner(email: $email) {
    name
    # What was finished anywhere, the latest first.
    completions(first: 5) {
      nodes { completedAt score result course { title } source { name } }
      coverage { source { name } completeness }
    }
    places {
      source { name provider }
      completeness
      assignments(first: 5) {
        nodes { status progress course { title } }
      }
    }
  }
}
"""

FOLLOW = """\
# A subscription: the import that `$id` names, whenever
# something of it changes, until it is over.
subscription Follow($id: ID!) {
  courseImport(id: $id) {
    status
    message
    warnings
    course { id title }
  }
}
"""

ENTITIES = """\
# What a gateway asks of this subgraph: entities by their keys.
query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Source {
      name
      courses(first: 3) { nodes { id title } }
    }
    ... on Learner {
      email
      users { id name source { name } }
    }
  }
}
"""


def examples(
    settings: Settings, person: str = "ada@example.org", job: str | None = None
) -> Sequence[Tab]:
    """The tabs for these sources; ``person`` is the e-mail address of somebody known there, ``job``
    the key of an import."""
    facets.load()
    names = [source.name for source in settings.sources]
    entities = [
        {"__typename": "Source", "id": ids.encode("Source", names[0], names[0])},
        {"__typename": "Learner", "email": person},
    ]
    return [
        Tab(ALL),
        *(
            Tab(EXAMPLES.get(provider_of(source), GENERAL), {"source": source.name})
            for source in settings.sources
        ),
        Tab(LEARNER, {"email": person}),
        *_changes(settings, job),
        Tab(ENTITIES, {"representations": entities}),
    ]


def _changes(settings: Settings, job: str | None) -> list[Tab]:
    """A change at the first source that takes one, and a subscription that follows it."""
    for source in settings.sources:
        if (found := CHANGES.get(provider_of(source))) is not None:
            query, input = found
            id = ids.encode("CourseImport", source.name, job) if job else "the id that it gave"
            return [
                Tab(query, {"input": {"source": source.name, **input}}),
                Tab(FOLLOW, {"id": id}),
            ]
    return []
