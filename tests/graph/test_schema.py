"""The schema keeps its rules: what is committed, what is described, how things are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DirectiveNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    get_named_type,
    is_specified_scalar_type,
    parse,
)

from graph.errors import Code
from graph.lists import LISTED
from graph.schema import make_schema, sdl
from tests.graph.asking import Graph
from tests.graph.claims import BY_NAME, camel, claims
from tests.graph.known import NAMES

ROOT = Path(__file__).parents[2]
SCHEMA = make_schema()
TEXT = sdl(SCHEMA)
TYPES: dict[str, GraphQLNamedType] = {
    name: type
    for name, type in SCHEMA._schema.type_map.items()
    if not re.match("_|link__|federation__", name) and not is_specified_scalar_type(type)
}

VENDORS = ("Bindbee", "StackOne", "ScormCloud", "VitalSource")
VENDOR = re.compile("bindbee|stack_?one|scorm_?cloud|vital_?source", re.IGNORECASE)


def objects() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for type in TYPES.values():
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            yield type


def fields() -> Iterator[tuple[str, str, GraphQLField]]:
    """Type, name and field, of all but federation's own."""
    for type in objects():
        for name, field in type.fields.items():
            if not name.startswith("_"):
                yield type.name, name, field


def arguments() -> Iterator[tuple[str, str, GraphQLArgument]]:
    for type, name, field in fields():
        for argument, definition in field.args.items():
            yield f"{type}.{name}", argument, definition


def inputs() -> Iterator[GraphQLInputObjectType]:
    return (type for type in TYPES.values() if isinstance(type, GraphQLInputObjectType))


def taken() -> Iterator[tuple[str, str, str]]:
    """Type, name and type's name of each field of an input."""
    for each in inputs():
        for name, field in each.fields.items():
            yield each.name, name, get_named_type(field.type).name


def mutations() -> dict[str, GraphQLField]:
    root = TYPES["Mutation"]
    assert isinstance(root, GraphQLObjectType)
    return dict(root.fields)


def is_facet(type: str) -> bool:
    """Whether a type shows what only one provider has."""
    return type.startswith(VENDORS)


def implements_node(type: GraphQLNamedType) -> bool:
    return isinstance(type, GraphQLObjectType) and "Node" in {each.name for each in type.interfaces}


def entities() -> list[str]:
    return [name for name, type in TYPES.items() if implements_node(type)]


# What is committed.


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")

    assert committed == TEXT, "make schema writes it anew"


async def test_the_served_schema_has_the_same_types(graph: Graph) -> None:
    answer = await graph.ask("{ __schema { types { name } } }")

    served = {each["name"] for each in answer.data["__schema"]["types"]}
    assert served >= set(TYPES)


def test_federation_is_of_the_version_that_every_composer_accepts() -> None:
    links = [
        argument.value.value
        for node in parse(TEXT).definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for directive in node.directives or ()
        for argument in directive.arguments or ()
        if argument.name.value == "url" and isinstance(argument.value, StringValueNode)
    ]

    assert links == ["https://specs.apollo.dev/federation/v2.9"]


def test_no_argument_is_printed_with_a_default_of_null() -> None:
    assert "= null" not in TEXT


# What is described.


def undescribed() -> Iterator[str]:
    for name, type in TYPES.items():
        if not type.description:
            yield name
        if isinstance(type, GraphQLEnumType):
            yield from (f"{name}.{v}" for v, each in type.values.items() if not each.description)
        if isinstance(type, GraphQLInputObjectType):
            yield from (f"{name}.{f}" for f, each in type.fields.items() if not each.description)
    yield from (f"{type}.{name}" for type, name, field in fields() if not field.description)
    yield from (f"{at}({name})" for at, name, each in arguments() if not each.description)


def test_everything_is_described() -> None:
    assert list(undescribed()) == []


def test_descriptions_are_sentences() -> None:
    texts = {f"{type}.{name}": field.description or "" for type, name, field in fields()}
    texts |= {name: type.description or "" for name, type in TYPES.items()}
    texts |= {f"{at}({name})": each.description or "" for at, name, each in arguments()}

    for at, text in texts.items():
        assert text[0].isupper() or text[0] == "`", at
        assert text.strip() == text and (text[-1] in ".:" or "http" in text.split()[-1]), at
        assert not re.match(r"(?i)this field|the title|field ", text), at
        assert "``" not in text, f"{at} is marked up for Python"


def test_what_may_be_null_says_when() -> None:
    said = re.compile("null|empty", re.IGNORECASE)
    for type, name, field in fields():
        if not isinstance(field.type, GraphQLNonNull):
            own, its = field.description or "", TYPES[type].description or ""
            if type in entities():
                assert said.search(own), f"{type}.{name}"
            else:
                assert said.search(own) or said.search(its), f"{type}.{name}"


def test_no_description_is_too_short_for_a_composer() -> None:
    # Grafbase's composer (0.103.0) ends at a description of fewer than six characters.
    texts = re.findall(r'"""\s*(.*?)\s*"""', TEXT, re.DOTALL)

    assert texts and min(map(len, texts)) > 5


@pytest.mark.parametrize(("plural", "name"), BY_NAME)
def test_a_filters_description_names_the_providers_that_offer_it(plural: str, name: str) -> None:
    input = TYPES[LISTED[plural][0].__name__]
    assert isinstance(input, GraphQLInputObjectType)
    text = input.fields[name].description or ""

    _, offered, providers = text.partition("Offered by ")
    listing = {letter for letter in "BSCV" if claims(letter, plural)}
    able = {
        letter
        for letter in listing
        if (own := claims(letter, plural)) and name in camel(own.filters)
    }
    told = {letter for each, letter in NAMES.items() if each in providers}
    assert told == able if offered else able == listing


# How things are called.


def test_types_are_in_pascal_case_and_fields_in_camel_case() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) for name in TYPES)
    named = [(f"{type}.{name}", name) for type, name, _ in fields()]
    named += [(f"{at}({name})", name) for at, name, _ in arguments()]
    named += [(f"{each.name}.{name}", name) for each in inputs() for name in each.fields]
    for at, name in named:
        assert re.fullmatch(r"[a-z][A-Za-z0-9]*", name), at
        assert not re.match(r"get[A-Z]|list[A-Z]", name), at
        assert not name.endswith(("List", "Array")), at


def test_enum_values_scream() -> None:
    for name, type in TYPES.items():
        if isinstance(type, GraphQLEnumType):
            assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", value) for value in type.values), name


def of_scalar(scalar: str) -> list[tuple[str, str]]:
    return [
        (type, name) for type, name, each in fields() if get_named_type(each.type).name == scalar
    ]


def test_booleans_are_questions() -> None:
    flags = of_scalar("Boolean")
    flags += [
        (at, name) for at, name, each in arguments() if get_named_type(each.type).name == "Boolean"
    ]
    flags += [(at, name) for at, name, type in taken() if type == "Boolean"]

    assert flags
    for type, name in flags:
        assert re.match(r"(is|has|was|can|may|uses)[A-Z]", name), f"{type}.{name}"


RELATIVE = {("Upload", "url"), ("Download", "url")}
"""Addresses on this server, which doesn't always know its own name."""

WORDS = {("CoursePreviewLinkCreateInput", "redirectOnExitUrl")}
WORDS |= {("RegistrationLaunchLinkCreateInput", "redirectOnExitUrl")}
"""Addresses in whose place a word may stand."""


def test_addresses_are_called_so() -> None:
    addresses = [(at, name, get_named_type(each.type).name) for at, name, each in fields()]
    addresses += list(taken())

    for at, name, type in addresses:
        if (at, name) not in RELATIVE | WORDS:
            assert (type == "URL") is bool(re.search("(^u|U)rl$", name)), f"{at}.{name}"


def test_how_far_something_has_come_is_its_status() -> None:
    enums = [name for name, each in TYPES.items() if isinstance(each, GraphQLEnumType)]

    assert [name for name in enums if name.endswith("Status")]
    assert [name for name in enums if name.endswith("State")] == []


def test_instants_and_days_are_called_so() -> None:
    assert of_scalar("DateTime") and of_scalar("Date")
    for type, name in of_scalar("DateTime"):
        assert name.endswith("At"), f"{type}.{name}"
    for type, name in of_scalar("Date"):
        assert name.endswith("On"), f"{type}.{name}"
    for type, name, each in fields():
        if name.endswith("At"):
            assert get_named_type(each.type).name == "DateTime", f"{type}.{name}"


def test_references_are_objects_and_not_ids() -> None:
    for type, name, _ in fields():
        # What is gone has no more.
        if not is_facet(type) and name not in ("remoteId", "deletedId", "deletedKey"):
            assert not re.search(r"[a-z](Id|Ids|Key|Keys)$", name), f"{type}.{name}"


def test_a_vendors_name_is_in_its_own_types_only() -> None:
    for type, name, field in fields():
        if VENDOR.search(name):
            assert is_facet(get_named_type(field.type).name), f"{type}.{name}"
            assert not is_facet(type), f"{type}.{name} says it twice"
    for name, each in TYPES.items():
        if isinstance(each, GraphQLEnumType) and name != "Provider":
            assert not any(map(VENDOR.search, each.values)), name
        assert is_facet(name) or not VENDOR.search(name), name
    assert not any(VENDOR.search(name) for _, name, _ in arguments())
    assert not any(VENDOR.search(name) for each in inputs() for name in each.fields)


def test_texts_beside_enums_are_called_so() -> None:
    """What a source says beyond our closed sets is in a twin."""
    for type in entities():
        object = TYPES[type]
        assert isinstance(object, GraphQLObjectType)
        for name, field in object.fields.items():
            if isinstance(get_named_type(field.type), GraphQLEnumType) and type != "Source":
                assert f"{name}Text" in object.fields, f"{type}.{name}"


# What is what.


def test_there_are_the_types_that_the_graph_is_for() -> None:
    assert set(entities()) == {
        "Assignment",
        "Category",
        "Completion",
        "Content",
        "Course",
        "CourseImport",
        "Instructor",
        "Skill",
        "Source",
        "User",
    }


@pytest.mark.parametrize("type", entities())
def test_entities_are_nodes_with_keys_of_both_kinds(type: str) -> None:
    object = TYPES[type]
    assert isinstance(object, GraphQLObjectType)
    shown = {name: str(each.type) for name, each in object.fields.items()}

    assert federation_keys(type) == ["id"]
    assert shown["id"] == "ID!"
    if type == "Source":  # it is ours, and no provider's
        assert shown["name"] == "String!" and "key" not in shown
    else:
        assert (shown["key"], shown["source"]) == ("String!", "Source!")


def federation_keys(type: str) -> list[str]:
    (node,) = (
        each
        for each in parse(TEXT).definitions
        if isinstance(each, ObjectTypeDefinitionNode) and each.name.value == type
    )
    return [key_of(each) for each in node.directives or () if each.name.value == "key"]


def key_of(directive: DirectiveNode) -> str:
    (value,) = (each.value for each in directive.arguments or () if each.name.value == "fields")
    assert isinstance(value, StringValueNode)
    return value.value


def test_a_learner_is_keyed_by_e_mail() -> None:
    assert federation_keys("Learner") == ["email"]


def test_what_other_subgraphs_have_too_is_shareable() -> None:
    for type in ("PageInfo", "Language", "Localization"):
        assert re.search(rf"type {type} @shareable", TEXT), type


BOUNDED = {
    "categories",
    "skills",
    "instructors",
    "contents",
    "courses",
    "users",
    "sources",
    "nodes",
}
"""Lists of entities that don't grow: what one record names, or one person is. So do those of a
mutation's payload: its input names them."""


def test_lists_that_grow_are_connections() -> None:
    for type, name, field in fields():
        inner = get_named_type(field.type)
        is_list = isinstance(unwrapped(field), GraphQLList)
        if is_list and (implements_node(inner) or inner.name == "Node"):
            assert name in BOUNDED or type.endswith("Payload"), f"{type}.{name}"
            if type == "Query":
                assert name in ("sources", "nodes")


def unwrapped(field: GraphQLField) -> object:
    return field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type


def connections() -> list[str]:
    return [name for name in TYPES if name.endswith("Connection")]


@pytest.mark.parametrize("connection", connections())
def test_a_connection_is_relays(connection: str) -> None:
    item = connection.removesuffix("Connection").removeprefix("Learner")
    object, edge = TYPES[connection], TYPES[f"{item}Edge"]
    assert isinstance(object, GraphQLObjectType) and isinstance(edge, GraphQLObjectType)

    merged = {"coverage": "[Coverage!]!"} if connection.startswith("Learner") else {}
    assert {name: str(each.type) for name, each in object.fields.items()} == {
        "edges": f"[{item}Edge!]!",
        "nodes": f"[{item}!]!",
        "pageInfo": "PageInfo!",
        **merged,
    }
    assert {name: str(each.type) for name, each in edge.fields.items()} == {
        "node": f"{item}!",
        "cursor": "String!",
    }


def test_a_field_that_gives_a_connection_takes_first_and_after_and_is_nullable() -> None:
    for type, name, field in fields():
        if get_named_type(field.type).name.endswith("Connection"):
            at = f"{type}.{name}"
            assert not isinstance(field.type, GraphQLNonNull), at
            assert str(field.args["first"].type) == "Int!", at
            assert field.args["first"].default_value == 20, at
            assert str(field.args["after"].type) == "String", at
            assert not {"last", "before", "offset", "page"} & set(field.args), at


WITHIN = {("Query", "sources"), ("Query", "nodes"), ("Learner", "users"), ("Learner", "places")}
"""What needs no call of its own: it was found before, or is the settings'."""


def test_what_takes_another_call_is_nullable() -> None:
    """So that a dead provider costs a field, and not the page."""
    for type, name, field in fields():
        inner = get_named_type(field.type)
        if type.endswith(("Connection", "Edge")) or name == "source":
            continue
        if (type, name) in WITHIN or type == "LearnerAtSource":
            continue
        if implements_node(inner) or type == "Query":
            assert not isinstance(field.type, GraphQLNonNull), f"{type}.{name}"


def test_lists_have_no_holes() -> None:
    for type, name, field in fields():
        several = unwrapped(field)
        if isinstance(several, GraphQLList) and (type, name) != ("Query", "nodes"):
            assert isinstance(several.of_type, GraphQLNonNull), f"{type}.{name}"


def test_filters_are_optional_each() -> None:
    filters = [each for each in inputs() if each.name.endswith("Filter")]

    assert len(filters) >= 7
    for each in filters:
        for name, field in each.fields.items():
            assert not isinstance(field.type, GraphQLNonNull), f"{each.name}.{name}"


def test_scalars_say_where_they_are_specified() -> None:
    scalars = [type for type in TYPES.values() if isinstance(type, GraphQLScalarType)]

    assert {each.name for each in scalars} >= {"DateTime", "Date", "URL", "Duration", "JSON"}
    assert [each.name for each in scalars if not each.specified_by_url] == []


def test_codes_of_errors_are_listed_in_the_schema() -> None:
    codes = TYPES["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)

    assert list(codes.values) == [each.value for each in Code]


def test_there_are_no_unions_but_federations() -> None:
    assert not [name for name, type in TYPES.items() if isinstance(type, GraphQLUnionType)]


# How things are changed.


@pytest.mark.parametrize("name", mutations())
def test_a_mutation_has_an_input_and_a_payload_of_its_own(name: str) -> None:
    """So that one can grow without the other."""
    field, own = mutations()[name], f"{name[0].upper()}{name[1:]}"

    assert {argument: str(each.type) for argument, each in field.args.items()} == {
        "input": f"{own}Input!"
    }
    assert str(field.type) == f"{own}Payload"
    payload = TYPES[f"{own}Payload"]
    assert isinstance(payload, GraphQLObjectType)
    assert str(payload.fields["userErrors"].type) == "[UserError!]!"
    assert list(payload.fields)[-1] == "userErrors"


@pytest.mark.parametrize("name", mutations())
def test_a_mutation_begins_with_what_it_changes(name: str) -> None:
    nouns = {"connector", "collection", "registration", "source"}
    nouns |= {each[0].lower() + each[1:] for each in entities()}

    plural = {
        each.removesuffix("y") + "ies" if each.endswith("y") else f"{each}s" for each in nouns
    }
    (begin,) = re.findall("^[a-z]+", name)
    assert name == "passthrough" or begin in nouns | plural


@pytest.mark.parametrize("name", mutations())
def test_a_mutation_says_who_answers_it(name: str) -> None:
    if name != "coursePublish":  # several do, each a part of it
        assert re.search("Answered by [^.]+[.]", mutations()[name].description or "")
