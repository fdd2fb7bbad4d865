"""The controls of a form that sets filters, made from the table of filters."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kg.analysis.decisions import Index
from kg.analysis.filters import FILTERS, Filters

_MOST = 80
"""Values that a list offers; where there are more, they are typed."""


class Control(NamedTuple):
    """A control for one value of a filter: a list of ``options``, or a field to type into."""

    name: str
    label: str
    often: bool
    value: str
    options: list[str]
    example: str


def shown(index: Index, filters: Filters) -> dict[str, Any]:
    """What templates print of filters: ``controls``, and what is ``told`` of those that are set."""
    return {
        "controls": list(controls(index, filters)),
        "told": str(filters) if filters.given() else "",
    }


def controls(index: Index, filters: Filters) -> Iterator[Control]:
    """The controls in the order of the table; a filter with several values has one for each."""
    given = filters.written()
    for one in FILTERS.values():
        known = index.values(one.name)
        for value in given.get(one.name, [""]):
            options = [] if len(known) > _MOST else known
            if options and value and value not in options:
                options = [value, *options]
            yield Control(one.name, one.label, one.often, value, options, one.example)
