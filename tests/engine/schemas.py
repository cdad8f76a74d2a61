"""Schemas made to be nasty: every form of types and of resolvers, chosen field by field by a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    build_schema,
    is_abstract_type,
    is_object_type,
)

from graph.engine import Column, Hints, Level
from tests.engine.worlds import Dice, Row, Thing, World, arrival, key_of

SHAPES = ("{}", "{}!", "[{}]", "[{}!]", "[{}]!", "[{}!]!", "[[{}]]", "[[{}!]!]!", "[[{}]!]", "[[{}!]]")
"""Every way in which a type can be null or a list."""

SCALARS = """
scalar Picky
scalar Anything
enum Kind { RED GREEN BLUE PLAIN }
"""


def shaped(types: Mapping[str, str], shapes: tuple[str, ...] = SHAPES) -> str:
    """A field for each type in each shape."""
    return "\n".join(
        f"  {name}{at}: {shape.format(type)}"
        for name, type in types.items()
        for at, shape in enumerate(shapes)
    )


LEAVES = {
    "int": "Int",
    "text": "String",
    "flag": "Boolean",
    "float": "Float",
    "id": "ID",
    "kind": "Kind",
    "picky": "Picky",
    "any": "Anything",
}
OBJECTS = {"item": "Item", "node": "Node", "found": "Found"}

SHAPED = f"""
{SCALARS}
interface Node {{ key: ID! next: Node strict: Node! }}
union Found = Item | Other
type Item implements Node {{
  key: ID!
  next: Item
  strict: Item!
{shaped(LEAVES)}
{shaped(OBJECTS)}
}}
type Other implements Node {{ key: ID! next: Node strict: Node! item: Item found: [Found!] }}
type Query {{
{shaped(OBJECTS)}
  text: String!
}}
"""
"""Every leaf and every kind of object in every shape."""

ANIMALS = f"""
{SCALARS}
interface Named {{ name: String }}
interface Animal implements Named {{
  name: String
  key: ID!
  friends(first: Int = 2, kind: Kind): [Animal!]
  parent: Animal
  home: Place!
}}
interface Pet implements Animal & Named {{
  name: String
  key: ID!
  friends(first: Int = 2, kind: Kind): [Animal!]
  parent: Animal
  home: Place!
  owner(class: String): Person
}}
type Dog implements Pet & Animal & Named {{
  name: String!
  key: ID!
  friends(first: Int = 2, kind: Kind, extra: Boolean): [Animal!]!
  parent: Dog
  home: Place!
  owner(class: String): Person!
  barks: Int
  path: String!
}}
type Cat implements Pet & Animal & Named {{
  name: String
  key: ID!
  friends(first: Int = 2, kind: Kind): [Animal!]
  parent: Animal
  home: Place!
  owner(class: String): Person
  lives: [[Int]]!
  barks: Int
}}
type Fish implements Animal & Named {{
  name: String
  key: ID!
  friends(first: Int = 2, kind: Kind): [Animal!]
  parent: Fish!
  home: Place!
  depth: Float!
}}
type Person implements Named {{
  name: String
  pets(filter: Filter, first: Int! = 3): [Pet]!
  found(by: By): Found
  all: [Found!]!
  picky: Picky
}}
type Place {{ name: String! inside: Place animals: [[Animal!]] people: [Person] path: String! }}
union Found = Dog | Fish | Person | Place
input Filter {{
  kind: Kind = GREEN
  kinds: [Kind!]
  text: String! = "none"
  not: Filter
  in: [[Int]]
  any: Anything
}}
input By @oneOf {{ key: ID name: String filter: Filter }}
type Query {{
  animal(key: ID!): Animal
  animals(filter: Filter, keys: [ID!]): [Animal]
  pets: [Pet!]!
  named(names: [String]): [Named]
  search(by: By!, first: Int = 3): [Found]
  person: Person!
  place: Place
  echo(
    int: Int, float: Float = 1.5, text: String, flag: Boolean, id: ID, kind: Kind! = BLUE
    kinds: [Kind], filter: Filter, by: By, any: Anything, lists: [[Int!]!], needed: String!
  ): String
  path: String!
}}
type Mutation {{
  name(key: ID!, name: String): Animal
  move(to: Filter): Place!
  forget(keys: [ID]): [Found!]
  count: Int!
  path: String
}}
"""
"""Interfaces of interfaces, with narrower types where they are implemented; every kind of input;
mutations."""

SOURCES: Mapping[str, str] = {"shaped": SHAPED, "animals": ANIMALS}

MODES = ("attribute", "sync", "async", "mixed", "column", "column", "arriving")
"""How a field is answered: by its object, by a resolver, or for the whole level as well."""

KINDS: Mapping[str, Any] = {"RED": 0, "GREEN": [1, "unhashable"], "BLUE": "GREEN", "PLAIN": "PLAIN"}
"""Internal values of ``Kind``."""


def nasty(source: str, variant: int, *, waits: bool = True) -> GraphQLSchema:
    """One of the schemas, its forms of resolvers chosen by the variant."""
    schema = build_schema(SOURCES[source])
    _leaves(schema)
    for type in schema.type_map.values():
        if type.name.startswith("__"):
            continue
        dice = Dice(source, variant, type.name)
        if is_abstract_type(type):
            type.resolve_type = (None, _resolve_type, _resolve_type_later)[dice(3 if waits else 2)]
        elif is_object_type(type):
            is_root = type in (schema.query_type, schema.mutation_type)
            if not is_root:
                type.extensions["class"] = (Thing, Row, _record(type.name))[dice(3)]
                type.is_type_of = _is_type_of(type, dice(4 if waits else 3))
            for name, field in type.fields.items():
                _answer(schema, type.name, name, field, dice, waits)
    return schema


HINTS = Hints(
    column=lambda field: field.extensions.get("column"),
    record=lambda type: type.extensions.get("record"),
)
"""Which fields are answered for a whole level, and which types have a class of their own."""


def _answer(
    schema: GraphQLSchema, type: str, name: str, field: GraphQLField, dice: Dice, waits: bool
) -> None:
    for key, argument in field.args.items():
        argument.out_name = f"{key}_" if dice(3) == 0 else None
    is_mutation = schema.mutation_type is not None and type == schema.mutation_type.name
    modes = MODES if waits else ("attribute", "sync", "column")
    mode = "mixed" if is_mutation and waits else modes[dice(len(modes))]
    if name == "path":
        field.resolve = _path
        return
    if is_mutation or type == "Query" and mode == "attribute":
        mode = "mixed" if waits else "sync"
    if mode == "attribute":
        return
    names = {argument.out_name or key: key for key, argument in field.args.items()}
    field.resolve = partial(_resolve, type, name, names, mode, is_mutation)
    if mode in ("column", "arriving"):
        unless = frozenset(field.args) if dice(4) == 0 else frozenset()
        load = partial(_load, type, name, mode == "arriving")
        field.extensions["column"] = Column(load, unless)


def _resolve(
    type: str,
    name: str,
    names: Mapping[str, str],
    mode: str,
    is_mutation: bool,
    source: Any,
    info: GraphQLResolveInfo,
    /,
    **arguments: Any,
) -> Any:
    world: World = info.context
    given = {names[key]: value for key, value in arguments.items()}
    if is_mutation:
        world.written.append((name, given))
    if mode in ("sync", "column", "arriving"):
        value = world.value(type, name, source, given)
        if isinstance(value, Exception) and mode == "sync":
            raise value
        return value
    return world.answer(type, name, source, given, wait=mode == "async")


def _load(type: str, name: str, arrives: bool, level: Level, arguments: Mapping[str, Any]) -> Any:
    world: World = level.context
    if error := world.outage(type, name):
        raise error
    values = [world.value(type, name, each, arguments) for each in level.objects]
    return arrival(world, type, name, level.objects, values) if arrives else values


def _path(source: Any, info: GraphQLResolveInfo, **_: Any) -> str:
    """What a resolver is told of where it is."""
    return f"{info.path.as_list()} {info.parent_type} {info.return_type} {len(info.field_nodes)}"


def _record(name: str) -> type[Thing]:
    """A class that the objects of one type have for themselves."""
    return type(f"{name}Record", (Thing,), {"__slots__": ()})


def _resolve_type(value: Any, info: GraphQLResolveInfo, type: Any) -> Any:
    world: World = info.context
    dice = world.dice("type", type.name, key_of(value))
    if world.fails(dice) and value.__class__ in (Thing, Row):
        choices = ("Query", "Nothing", type.name, None, 42)
        return choices[dice(len(choices))]
    return getattr(value, "type", None)


async def _resolve_type_later(value: Any, info: GraphQLResolveInfo, type: Any) -> Any:
    return _resolve_type(value, info, type)


IsTypeOf = Callable[[Any, GraphQLResolveInfo], Any]


def _is_type_of(type: GraphQLObjectType, form: int) -> IsTypeOf | None:
    """How a type recognizes its objects: by their class, or by asking them, or not at all."""
    own, name = type.extensions["class"], type.name

    def is_instance(value: Any, _: GraphQLResolveInfo) -> bool:
        return isinstance(value, own)

    def is_type_of(value: Any, info: GraphQLResolveInfo) -> bool:
        world: World = info.context
        dice = world.dice("is", name, key_of(value))
        if world.fails(dice) and dice(2):
            raise GraphQLError(f"can't tell whether it is of {name}")
        return getattr(value, "type", None) == name

    async def is_type_of_later(value: Any, info: GraphQLResolveInfo) -> bool:
        return is_type_of(value, info)

    if own not in (Thing, Row):
        type.extensions["record"] = own
        return is_instance
    return (None, is_type_of, is_type_of, is_type_of_later)[form]


def _leaves(schema: GraphQLSchema) -> None:
    kind: Any = schema.type_map["Kind"]
    for name, value in kind.values.items():
        value.value = KINDS[name]
    picky: Any = schema.type_map["Picky"]
    picky.coerce_output_value = _picky


def _picky(value: Any) -> Any:
    if value == "bad":
        raise ValueError("bad")
    if value == "map":
        return {"a": [1, None]}
    return {"none": None, "undefined": Undefined}.get(value, value)
