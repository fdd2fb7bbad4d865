"""Read the kinds of service, drugs and cited sections from the tables beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kg.sampling.draws import Urn

Quantity = tuple[int, int, str]
"""Least and most of a unit."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to print an item; ``{P}`` stands for a hurt part of the body.

    ``part`` and ``side`` are what the words themselves name. ``authorized`` is what the claims
    administrator allowed instead, where it did.
    """

    text: str
    quantity: Quantity | None = None
    part: str | None = None
    side: str | None = None
    authorized: str | None = None


@dataclass(frozen=True, slots=True)
class Medicine:
    """A drug as printed, its ingredients (joined by ``/``) and the strengths it comes in."""

    name: str
    ingredient: str
    strengths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service.

    It is printed by one of its ``wordings``, as a number of ``visits``, as one of its
    ``medicines``, or as a mixture of ``compound`` ingredients. ``mtus`` and ``odg`` are what is
    cited for it. ``place``: it is of a part of the body; ``parts``: those that it suits, all if empty.
    """

    name: str
    weight: float
    category: str
    subcategory: str
    mtus: Urn[str]
    odg: Urn[str]
    visits: tuple[str, ...]
    wordings: tuple[Wording, ...]
    medicines: tuple[Medicine, ...]
    compound: tuple[tuple[str, tuple[str, ...]], ...]
    associated: bool
    place: bool
    parts: frozenset[str]


@cache
def table(name: str) -> dict[str, Any]:
    """A table of this package, ``name`` with its ending; it is read once, and nobody may change it."""
    return tomllib.loads((files("kg.sampling") / name).read_text(encoding="utf-8"))


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of service, by name.

    >>> kinds()["imaging"].subcategory
    'Imaging/Radiology'
    """
    rows = [*table("kinds.toml")["kind"], *table("medicines.toml")["kind"]]
    return {row["name"]: _kind(row) for row in rows}


@cache
def usual() -> Urn[Kind]:
    """The kinds that any letter may dispute, as often as letters do."""
    return Urn((kind.weight, kind) for kind in kinds().values() if kind.weight)


@cache
def sections(guideline: str) -> dict[str, tuple[str, str, str]]:
    """Sections of ``chronic-pain`` or ``opioids``: titles of 2009, of 2016 and from 2018 on, by key."""
    return {key: (row[0], row[1], row[2]) for key, row in table("topics.toml")[guideline].items()}


def weighted(rows: list[str]) -> Urn[str]:
    """An urn of rows such as ``70 acoem:Special Studies``.

    >>> list(weighted(["3 *|MRI", "1 |"]))
    ['*|MRI', '|']
    """
    split = (row.split(" ", 1) for row in rows)
    return Urn((float(weight), thing) for weight, thing in split)


def _kind(row: dict[str, Any]) -> Kind:
    return Kind(
        name=row["name"],
        weight=row["weight"],
        category=row["category"],
        subcategory=row["subcategory"],
        mtus=weighted(row["mtus"]),
        odg=weighted(row["odg"]),
        visits=tuple(row.get("visits", ())),
        wordings=tuple(_wording(text) for text in row.get("wordings", ())),
        medicines=tuple(_medicine(text) for text in row.get("medicines", ())),
        compound=tuple((name, tuple(shares)) for name, *shares in row.get("compound", ())),
        associated=row.get("associated", False),
        place=row.get("place", True),
        parts=frozenset(row.get("parts", ())),
    )


def _medicine(text: str) -> Medicine:
    name, ingredient, strengths = text.split(" | ")
    return Medicine(name, ingredient, tuple(strengths.split(", ")))


def _wording(text: str) -> Wording:
    """A wording with what it means, such as ``Wrist braces #2 | quantity 2 unit | part wrist``."""
    words, *meanings = text.split(" | ")
    found = dict(meaning.split(" ", 1) for meaning in meanings)
    quantity = part = side = None
    if "quantity" in found:
        amount, unit = found["quantity"].split(" ")
        quantity = (int(amount), int(amount), unit)
    if "part" in found:
        first, _, rest = found["part"].partition(" ")
        side, part = (first, rest) if first in ("left", "right", "bilateral") else (None, found["part"])
    return Wording(words, quantity, part, side, found.get("authorized"))
