"""The people of a campus: some known on other campuses too, the rest its own."""

import unicodedata

from sandbox.chance import Chance
from sandbox.names import FIRST_NAMES, LAST_NAMES, NICKNAMES, SHARED_PEOPLE
from sandbox.records import Person

FullName = tuple[str, str | None, str]

# Letters that don't fall apart into a plain one and an accent.
PLAIN = str.maketrans({"ø": "o", "ß": "ss", "ł": "l", "Ø": "O"})


def grow_people(chance: Chance, campus: str, count: int) -> tuple[Person, ...]:
    """People of a campus, Ada Byron first; those shared with other campuses keep their e-mail."""
    shared = known_here(chance, count)
    everyone = [(respelled(chance, campus, name), shared_email(campus, name)) for name in shared]
    everyone += [
        (name, local_email(campus, name)) for name in local_names(chance, count - len(shared))
    ]
    numbers = chance.numbers(count)
    return tuple(
        grow_person(chance, number, name, email)
        for number, (name, email) in zip(numbers, everyone, strict=True)
    )


def known_here(chance: Chance, count: int) -> list[FullName]:
    ada, *others = SHARED_PEOPLE
    return [ada, *(name for name in others if chance.happens(0.7))][:count]


def local_names(chance: Chance, count: int) -> list[FullName]:
    """Different names, with a middle initial for some, and a numeral once the pairs run out."""
    pairs = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    picked = chance.random.sample(pairs, min(count, len(pairs)))
    names: list[FullName] = [
        (first, chance.maybe(chance.one("ABCDEGHJLMPRSTW") + ".", 0.6), last)
        for first, last in picked
    ]
    again = names * (count // len(pairs))
    numbered = [
        (f"{first} {2 + index // len(pairs)}", middle, last)
        for index, (first, middle, last) in enumerate(again)
    ]
    return [*names, *numbered][:count]


def grow_person(chance: Chance, number: int, name: FullName, email: str) -> Person:
    first, middle, last = name
    joined, changed = chance.lifetime()
    is_local = not email.lower().endswith("@academy.example")
    return Person(
        number=number,
        first_name=first,
        middle_name=middle,
        last_name=last,
        # Whoever is shared is found by e-mail, so only local people may lack one.
        email=chance.maybe(email, 0.03) if is_local else email,
        phone=chance.maybe(f"+44 1632 960{number % 1_000:03}", 0.4),
        status=chance.weighted(
            {"ACTIVE": 74, "PENDING": 5, "INACTIVE": 5, "ON_LEAVE": 5, None: 11}
        ),
        joined=joined,
        changed=changed,
    )


def shared_email(campus: str, name: FullName) -> str:
    email = f"{slug(name[0])}.{slug(name[2])}@academy.example"
    # One campus keeps one address as it was typed: matching has to ignore case.
    return email.title() if (campus, name[2]) == ("stackone", "Tanabe") else email


def local_email(campus: str, name: FullName) -> str:
    return f"{slug(name[0])}.{slug(name[2])}@{campus}.academy.example"


def slug(name: str) -> str:
    """The letters and digits of a name, plain and small."""
    return "".join(letter for letter in plain(name).lower() if letter.isalnum())


def plain(name: str) -> str:
    """A name without accents."""
    letters = unicodedata.normalize("NFKD", name.translate(PLAIN))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def respelled(chance: Chance, campus: str, name: FullName) -> FullName:
    """A shared person's name as this campus happens to write it."""
    first, middle, last = name
    match chance.weighted({"same": 6, "plain": 2, "nickname": 2, "initial": 2}):
        case "plain":
            return plain(first), middle, plain(last)
        case "nickname":
            return NICKNAMES.get(first, first), None, last
        case "initial":
            return first, f"{middle[0]}." if middle else None, last
        case _:
            return name
