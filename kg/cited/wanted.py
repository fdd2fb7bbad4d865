"""What a figure is of: its kind, what was asked, which row of a table; and the names of rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.analysis.filters import Filters
from kg.analysis.shown_columns import names

Values = Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure is of: its kind, whose citations count, which decisions, and the row of a table.

    ``row`` names the row of a table (:func:`named`); without it the figure is what is said of the whole.
    ``key`` is what decisions cite, ``by`` and ``across`` are what is counted by; the others are options of
    one analysis or another, named as the API names them. ``parts`` are further filters, each by one of
    :data:`PARTS`.
    """

    kind: str
    party: str = "reviewer"
    filters: Filters = field(default_factory=Filters)
    level: str = "page"
    row: str = ""
    key: str = ""
    by: str = ""
    across: str = ""
    adjust: str = ""
    minimum: str = ""
    q: str = ""
    """A question in words, words to search for, or the greatest q-value of a link."""
    links: str = ""
    """A kind of network."""
    alike: str = ""
    node: str = ""
    relation: str = ""
    outcome: str = ""
    place: str = ""
    about: str = ""
    text: str = ""
    undated: str = ""
    case: str = ""
    mode: str = ""
    query: str = ""
    """A named query."""
    given: str = ""
    """Parameters of a named query, each as name=value."""
    parts: tuple[tuple[str, Filters], ...] = ()
    generation: str = ""
    inputs: str = ""

    def part(self, name: str) -> Filters:
        """The filters of a use, none where none are given."""
        return dict(self.parts).get(name, Filters())


SEVERAL = ("outcome", "place", "about", "given")
"""What can have several values, with a line's end between them."""
LISTED = ("outcome", "place", "about", "party", "text", "undated")
"""What says which decisions a list of cases has, beside filters, named as the page ``/cases`` names it."""
NOT = "not"
SIDES = ("one", "other")
PARTS = (NOT, *(part for side in SIDES for part in (side, f"{side}-{NOT}")))
"""Filters that decisions must not pass, and those that the two sides of a comparison pass, or not."""


def named(row: type, values: Mapping[str, Any]) -> str:
    """The name of a row of a table: what it is counted by, as it is written in an address, none for nothing.

    >>> from kg.analysis.outcomes import GroupRow
    >>> named(GroupRow, {"value": "Pain Medicine", "across": "MRI", "decisions": 12})
    'Pain Medicine|MRI'
    """
    return joined(values[name] for name in names(row, "key"))


def joined(values: Any) -> str:
    """The values that a row is counted by, as its name.

    >>> joined([2016, None, True]), joined([None])
    ('2016|none|yes', 'none')
    """
    words = {None: "none", True: "yes", False: "no"}
    told = [words[value] if value is None or isinstance(value, bool) else str(value) for value in values]
    while len(told) > 1 and told[-1] == "none":
        told.pop()
    return "|".join(told)
