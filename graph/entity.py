"""How the graph's types are declared: attributes with docstrings, and relations as data.

``entity`` declares a type with an id, ``value`` one without, ``filters`` and ``input`` what is
given, ``choices`` an enum. Each only takes note of the class; ``build`` makes Strawberry's types of
all of them at once, when every name that an annotation may use exists. So a module can name any
type without importing it at run time.

A field is one of these:

* a plain attribute, read from the record's field of the same name;
* ``references``, ``reference``, ``children``, ``detail``: a relation (``resolvers.relations``);
* ``computed``: a plain function of the context and the record;
* ``facet``: what only one provider has (``graph/facets``), added to a type with ``extend``;
* ``followed_by``: the events of a subscription.

Each has a ``Column``, which answers it for a whole level of objects (``graph.columns``); what has
GraphQL arguments of its own is ``answered_by`` a resolver, and has one only where it says so.

What each field needs of its record is kept in ``NEEDS``: from it, ``graph.selection`` knows what an
operation wants of each record type.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args

import strawberry
import strawberry.federation
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from graph import weights
from graph.columns import attribute, each, first_pages, marked, of_relation
from graph.descriptions import attribute_descriptions, described
from graph.engine.columns import Column, Level, Values
from providers import coverage
from providers.model import Record
from resolvers import ids, sources
from resolvers.context import Context
from resolvers.relations import Children, Detail, Reference, References

T = TypeVar("T", bound=type)

FIRST = "How many rows to give at most; the largest number is a setting of the server."
AFTER = "Cursor of the row after which to go on: an `endCursor` or an edge's `cursor`."

First = Annotated[int, strawberry.argument(description=FIRST)]
After = Annotated[str | None, strawberry.argument(description=AFTER)]


@dataclass(frozen=True, slots=True)
class Declared:
    """A field that is more than an attribute of the record."""

    resolver: Callable[..., Any]
    needs: frozenset[str] = frozenset()
    """Fields of the record that it reads."""
    method: str = ""
    """Method of a source's client that it needs."""
    column: Column | None = None
    """How it is answered for a whole level; None where its resolver answers each object."""
    is_part: bool = False
    """Whether its value is read with the record, without a call of its own."""
    follows: bool = False
    """Whether its resolver gives events instead of a value."""
    weight: int | None = None
    """What it costs to show one object, where that is more than others; see ``graph.weights``."""
    size: int | None = None
    """How many objects its list is assumed to have, where that isn't as many as others."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A field of an input that is being given up; its reason says what to use instead."""

    reason: str


@dataclass(slots=True)
class Declaration:
    """A class that is to become a GraphQL type."""

    cls: type
    record: type | None
    """The class of the values that it shows."""
    entity: bool
    keys: tuple[str, ...] = ()
    directives: tuple[object, ...] = ()
    reads: Mapping[type[Record], frozenset[str]] = field(default_factory=dict)
    """Fields of other records that it takes to show the type at all."""


ROOTS = frozenset({"Query", "Mutation", "Subscription"})
"""Types where everything begins: what is asked there doesn't show whom it is asked of."""

MADE = "__strawberry_definition__"
"""Attribute of classes that are GraphQL types already, such as the interface of all entities."""

SAYS_NULL = re.compile("null|empty", re.IGNORECASE)
"""What the description of a field has that says when it is null."""

DECLARATIONS: dict[str, Declaration] = {}
"""Every declared type, by name."""

EXTENSIONS: defaultdict[str, list[type]] = defaultdict(list)
"""By name of a declared type, the classes whose attributes are added to it."""

INPUTS: dict[str, tuple[type, str]] = {}
"""Every declared input of filters, by name, with the list method that they narrow."""

GIVEN: dict[str, type] = {}
"""Every declared input of mutations, by name."""

ENUMS: dict[str, tuple[type[Enum], Mapping[str, str], str]] = {}
"""Every declared enum, by its name in annotations, with the descriptions of its values and its name
in the schema."""

NEEDS: dict[str, dict[str, frozenset[str]]] = {}
"""By GraphQL type, by GraphQL field: the fields of the record that the field reads. Made by
``build``."""

MUTATIONS: dict[str, str] = {}
"""By name of a mutation, the method of a source's client that makes it. Made by ``build``."""

RECORDS: dict[str, str] = {}
"""By GraphQL type, the name of the record type that it shows. Made by ``build``."""

PARTS: dict[str, frozenset[str]] = {}
"""By GraphQL type, the GraphQL fields whose values are read with the record. Made by ``build``."""

READS: dict[str, dict[str, frozenset[str]]] = {}
"""By GraphQL type, the fields of other records that it takes to show it. Made by ``build``."""


def entity(record: type, *, keys: tuple[str, ...] = ("id",)) -> Callable[[T], T]:
    """Declare a type with an id, which shows such records."""

    def declare(cls: T) -> T:
        DECLARATIONS[cls.__name__] = Declaration(cls, record, entity=True, keys=keys)
        return cls

    return declare


def value(
    record: type | None = None,
    *,
    keys: tuple[str, ...] = (),
    directives: tuple[object, ...] = (),
    reads: Mapping[type[Record], frozenset[str]] | None = None,
) -> Callable[[T], T]:
    """Declare a type without an id: a part of records, or a record of a provider's own."""

    def declare(cls: T) -> T:
        DECLARATIONS[cls.__name__] = Declaration(
            cls, record, entity=False, keys=keys, directives=directives, reads=reads or {}
        )
        return cls

    return declare


def extend(name: str) -> Callable[[T], T]:
    """Add the attributes of a class to a declared type."""

    def declare(cls: T) -> T:
        EXTENSIONS[name].append(cls)
        return cls

    return declare


def filters(listing: str) -> Callable[[T], T]:
    """Declare an input whose fields are the filters of a list method, all of them optional."""

    def declare(cls: T) -> T:
        INPUTS[cls.__name__] = cls, listing
        return cls

    return declare


def input(cls: T) -> T:
    """Declare what a mutation takes, or a part of it. A field that may be null may be left out."""
    GIVEN[cls.__name__] = cls
    return cls


def deprecated(reason: str) -> Any:
    """A field of an input that is being given up; null may be left out, so it can be."""
    return Deprecated(reason)


def references(plural: str, *, by: str) -> Any:
    """All the records that the record's field ``by`` names."""
    relation = References(plural, by)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return relation.resolve(info.context, root)

    return Declared(resolve, frozenset({by}), column=of_relation(relation))


def reference(plural: str, *, by: str) -> Any:
    """The record that the record's field ``by`` names."""
    relation = Reference(plural, by)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return relation.resolve(info.context, root)

    return Declared(resolve, frozenset({by}), column=of_relation(relation))


def children(heads: str, page: str, *, expected: bool = False) -> Any:
    """A connection of records that name this one; see ``resolvers.relations.Children``."""
    relation = Children(heads, page, expected)

    def resolve(
        root: Any, info: strawberry.Info, first: First = 20, after: After = strawberry.UNSET
    ) -> Any:
        return page_of(relation, info, root, first, after)

    return Declared(resolve, method=heads, column=first_pages(relation))


def page_of(
    relation: Children, info: strawberry.Info, root: Any, first: int, after: Any, **filters: Any
) -> Any:
    """A page of children, of those that pass the filters that were given."""
    return relation.resolve(
        info.context,
        root,
        first=first,
        after=given(after),
        where=info.path,
        filters=asked(**filters),
    )


def detail(method: str) -> Any:
    """What a call of its own tells of the record; see ``resolvers.relations.Detail``."""
    relation = Detail(method)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return relation.resolve(info.context, root)

    return Declared(resolve, method=method, column=of_relation(relation), weight=weights.CALL)


def computed(
    function: Callable[[Context, Any], Any], *needs: str, weight: int | None = None
) -> Any:
    """What a plain function makes of the record."""

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return function(info.context, root)

    return Declared(resolve, frozenset(needs), column=each(function), weight=weight)


def answered_by(
    resolver: Callable[..., Any],
    method: str = "",
    column: Column | None = None,
    *,
    weight: int | None = None,
    size: int | None = None,
) -> Any:
    """What a function with GraphQL arguments answers: ``(root, info, …)``, as Strawberry calls it.

    ``method`` is the method of a source's client that it needs, if it is one; ``weight`` and
    ``size`` are what the field costs, where that is more than that of others.
    """
    return Declared(resolver, method=method, column=column, weight=weight, size=size)


def followed_by(resolver: Callable[..., Any], method: str = "") -> Any:
    """What a subscription gives: for each event that the resolver's async iterator yields, the
    event itself. Its context is a ``resolvers.watching.Watch``."""
    column = Column(_events)
    return Declared(resolver, method=method, column=column, follows=True, weight=weights.WATCH)


def _events(level: Level, _: Mapping[str, Any]) -> Values:
    """An event is the root of its execution, and what its only field shows."""
    return level.objects


def told(method: str) -> Any:
    """What a method of a source's client answers about the account itself."""
    return computed(
        lambda context, source: sources.told(context, source, method), weight=weights.CALL
    )


def facet(record: type[Record]) -> Any:
    """What only one provider has of the record; null where the record comes from elsewhere."""

    def resolve(root: Any) -> Any:
        return root.facet if isinstance(root.facet, record) else None

    def load(level: Level, _: Mapping[str, Any]) -> Values:
        facets = map(attrgetter("facet"), level.objects)
        return [facet if isinstance(facet, record) else None for facet in facets]

    return Declared(resolve, frozenset({"facet"}), column=Column(load), is_part=True)


def source_facet(provider: str) -> Any:
    """What only one provider's sources have; null at every other provider."""

    def resolve(root: Any) -> Any:
        return root if root.client.provider == provider else None

    def load(level: Level, _: Mapping[str, Any]) -> Values:
        return list(map(resolve, level.objects))

    return Declared(resolve, column=Column(load))


def given(value: Any) -> Any:
    """An argument's value, or None where it was left out."""
    return None if value is strawberry.UNSET else value


def asked(**arguments: Any) -> dict[str, Any]:
    """The arguments that were given, by name; null is as good as left out."""
    return {name: value for name, value in arguments.items() if given(value) is not None}


def choices(
    cls: type[Enum], descriptions: Mapping[str, str] | None = None, *, name: str = ""
) -> None:
    """Declare an enum that stands elsewhere; its values' docstrings, if not given, are their
    descriptions. ``name`` is what the schema calls it, if not the same."""
    ENUMS[cls.__name__] = cls, descriptions or attribute_descriptions(cls), name or cls.__name__


def build(names: Mapping[str, Any]) -> list[type]:
    """Make Strawberry's types of all declarations; ``names`` are further names for annotations.

    Returns the types with ids, which need not all be reachable from the query.
    """
    declared = {name: each.cls for name, each in DECLARATIONS.items()}
    enums = {each: cls for each, (cls, _, _) in ENUMS.items()}
    inputs = {name: cls for name, (cls, _) in INPUTS.items()}
    known = {**names, **declared, **enums, **inputs, **GIVEN}
    for cls, descriptions, name in ENUMS.values():
        _finish_enum(cls, descriptions, name)
    for input, listing in INPUTS.values():
        _finish_filters(input, listing, known)
    for taken in GIVEN.values():
        _finish_input(taken, known)
    for declaration in DECLARATIONS.values():
        _finish(declaration, known)
    return [each.cls for each in DECLARATIONS.values() if each.entity]


def _finish_enum(cls: type[Enum], descriptions: Mapping[str, str], name: str) -> None:
    strawberry.enum(cls, name=name, description=described(cls))
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = descriptions[value.name]


def _hints(cls: type, known: Mapping[str, Any]) -> dict[str, Any]:
    """A class's own annotations, evaluated where every declared name is known."""
    namespace = {**vars(sys.modules[cls.__module__]), **known}
    return inspect.get_annotations(cls, globals=namespace, eval_str=True)


def _finish_filters(cls: type, listing: str, known: Mapping[str, Any]) -> None:
    descriptions = attribute_descriptions(cls)
    hints = _hints(cls, known)
    for name in hints:
        text = f"{descriptions[name]} {coverage.filter_coverage(listing, name)}".strip()
        field = strawberry.field(description=text, default=strawberry.UNSET)
        setattr(cls, name, field)
    cls.__annotations__ = hints
    strawberry.input(cls, description=described(cls))


def _finish_input(cls: type, known: Mapping[str, Any]) -> None:
    annotations: dict[str, Any] = {}
    for owner in _owners(cls):
        descriptions = attribute_descriptions(owner)
        for name, hint in _hints(owner, known).items():
            default = strawberry.UNSET if _is_nullable(hint) else MISSING
            declared = owner.__dict__.get(name)
            reason = declared.reason if isinstance(declared, Deprecated) else None
            field = strawberry.field(
                description=descriptions[name], default=default, deprecation_reason=reason
            )
            setattr(cls, name, field)
            annotations[name] = hint
    cls.__annotations__ = annotations
    strawberry.input(cls, description=described(cls))


def _finish(declaration: Declaration, known: Mapping[str, Any]) -> None:
    cls, record = declaration.cls, declaration.record
    annotations: dict[str, Any] = _identity(cls, record, known) if declaration.entity else {}
    needs: dict[str, frozenset[str]] = {}
    parts: set[str] = set()
    is_part, unsaid = cls.__name__ not in ROOTS, False
    for owner in (*_owners(cls), *EXTENSIONS[cls.__name__]):
        descriptions = attribute_descriptions(owner)
        for name, hint in _hints(owner, known).items():
            declared = owner.__dict__.get(name)
            resolver: Any = declared.resolver if isinstance(declared, Declared) else None
            column = declared.column if isinstance(declared, Declared) else attribute(name)
            annotations[name] = hint
            own = declared.needs if isinstance(declared, Declared) else frozenset({name})
            needs[to_camel_case(name)] = own & frozenset(getattr(record, "__struct_fields__", ()))
            if not isinstance(declared, Declared) or declared.is_part:
                parts.add(to_camel_case(name))
            if cls.__name__ == "Mutation":
                MUTATIONS[to_camel_case(name)] = declared.method if declared else ""
            told = "" if is_part and _is_facet(owner) else _coverage(record, declared, own)
            text = f"{descriptions[name]} {told}".strip()
            is_unsaid = _is_nullable(hint) and not SAYS_NULL.search(text)
            if is_unsaid and declaration.entity:
                text += " Null where the source doesn't say."
            unsaid = unsaid or is_unsaid
            follows = isinstance(declared, Declared) and declared.follows
            make = strawberry.subscription if follows else strawberry.field
            field: Any = make(
                resolver=resolver,
                description=text,
                metadata=marked(column),
                directives=_weighed(cls, name, hint, declared, known),
            )
            setattr(cls, name, field)
    if cls.__name__ == "Mutation":
        annotations = dict(sorted(annotations.items()))  # their names begin with what they change
    cls.__annotations__ = annotations
    NEEDS[cls.__name__] = needs
    PARTS[cls.__name__] = frozenset(parts)
    READS[cls.__name__] = {each.__name__: fields for each, fields in declaration.reads.items()}
    if record is not None:
        RECORDS[cls.__name__] = record.__name__
        cls.is_type_of = classmethod(  # type: ignore[attr-defined]
            lambda _, value, __: isinstance(value, record)
        )
    strawberry.federation.type(
        cls,
        description=_type_text(declaration, is_part, unsaid),
        keys=list(declaration.keys),
        directives=list(declaration.directives),
    )


def _weighed(
    cls: type, name: str, hint: Any, declared: Any, known: Mapping[str, Any]
) -> list[object]:
    """What the schema says that a field costs. The rows of a connection are sized from above."""
    if cls.__name__.endswith("Connection") and name in weights.SIZED:
        return []
    weight, size = (
        (declared.weight, declared.size) if isinstance(declared, Declared) else (None, None)
    )
    if weight is None and cls.__name__ == "Mutation":
        weight = weights.WRITE
    shown = {known["Node"], *(each.cls for each in DECLARATIONS.values())}
    return weights.directives(hint, lambda type: type in shown, weight, size)


def _is_nullable(hint: Any) -> bool:
    """Whether a field with this annotation may be null."""
    return NoneType in get_args(hint)


def _type_text(declaration: Declaration, is_part: bool, unsaid: bool) -> str:
    """A type's description: its own, who has such records, and when fields that don't say so are
    null. A record's fields say it each."""
    cls, record = declaration.cls, declaration.record
    text = f"{described(cls)} {coverage.type_coverage(record) if record else ''}".strip()
    if is_part and unsaid and not declaration.entity:
        return f"{text} A field is null where the source doesn't say."
    return text


def _owners(cls: type) -> list[type]:
    """The classes that declare a type's attributes: what it shares with others comes first."""
    shared = [each for each in reversed(cls.__mro__[1:-1]) if not hasattr(each, MADE)]
    return [*shared, cls]


def _is_facet(cls: type) -> bool:
    """Whether a class declares what one provider alone has, so that who answers goes without
    saying."""
    return cls.__module__.startswith("graph.facets.")


def _coverage(record: type | None, declared: Any, needs: frozenset[str]) -> str:
    """Which providers answer a field, where not all do."""
    if isinstance(declared, Declared) and declared.method:
        return coverage.method_coverage(declared.method)
    return coverage.field_coverage(record, needs - {"facet"}) if record else ""


def _identity(cls: type, record: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that every type with an id has."""
    type_name = cls.__name__

    def id(root: Any) -> str:
        return ids.encode(type_name, root.source, root.key)

    def source(root: Any, info: strawberry.Info) -> Any:
        return sources.find(info.context, root.source)

    def all_ids(level: Level, _: Mapping[str, Any]) -> Values:
        return ids.encode_all(type_name, level.objects)

    words = to_snake_case(type_name).replace("_", " ")
    text = f"Id of the {words} in this graph: opaque, and the same as long as it exists."
    cls.id = strawberry.field(  # type: ignore[attr-defined]
        resolver=id, description=text, metadata=marked(Column(all_ids))
    )
    if not issubclass(record, Record):  # a source has no key of a provider's, and is its own source
        return {"id": strawberry.ID}
    cls.key = strawberry.field(  # type: ignore[attr-defined]
        description="Id that the provider's own API uses; unique inside its source only.",
        metadata=marked(attribute("key")),
    )
    cls.source = strawberry.field(  # type: ignore[attr-defined]
        resolver=source,
        description="Source that holds the record.",
        metadata=marked(Column(_sources)),
    )
    return {"id": strawberry.ID, "key": str, "source": known["Source"]}


def _sources(level: Level, _: Mapping[str, Any]) -> Values:
    """The sources that hold the records."""
    names = list(map(attrgetter("source"), level.objects))
    found = {name: sources.find(level.context, name) for name in set(names)}
    return list(map(found.__getitem__, names))
