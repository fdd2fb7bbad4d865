"""What a list of decisions can be narrowed by: values with how many of the decisions have each."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links
from kg.model import Party

_LISTED = 60
UNDATED = "undated"
"""The parameter that keeps the decisions of letters without a date."""


class Choice(NamedTuple):
    """A value that narrows: what is added to an address, and how many decisions remain."""

    label: str
    decisions: int
    given: tuple[tuple[str, str], ...]


class Facet(NamedTuple):
    """A kind of values, the most frequent first; years in order."""

    name: str
    choices: list[Choice]


def facets(links: Links, found: Ids) -> list[Facet]:
    """The facets of the decisions ``found``; those without a choice are left out."""
    made = [
        Facet("Outcome", list(_outcomes(links, found))),
        Facet("Year of decision", list(_years(links, found))),
        Facet("Service", list(_nodes(links, found, "service"))),
        Facet("Cited by the reviewer", list(_cited(links, found))),
        Facet("Reviewer's specialty", list(_nodes(links, found, "specialty"))),
        Facet("Ground", list(_grounds(links, found))),
    ]
    return [facet for facet in made if facet.choices]


def _outcomes(links: Links, found: Ids) -> Iterable[Choice]:
    counts = np.bincount(links.index.outcome[found], minlength=len(OUTCOMES))
    for name, count in zip(OUTCOMES, counts.tolist(), strict=True):
        if count:
            yield Choice(name, count, (("outcome", name),))


def _years(links: Links, found: Ids) -> Iterable[Choice]:
    years = links.index.columns("year")["year"].gather(found)
    for year, count in years.drop_nulls().value_counts().sort("year").iter_rows():
        yield Choice(str(year), count, (("year", str(year)),))
    if missing := years.null_count():
        yield Choice("no date", missing, ((UNDATED, "true"),))


def _nodes(links: Links, found: Ids, name: str) -> Iterable[Choice]:
    kind = links.kinds[name]
    counts = kind.any.counts(found)
    for number in _most(counts):
        node = kind.nodes[number]
        yield Choice(labels.label(node), int(counts[number]), (("about", node),))


def _cited(links: Links, found: Ids) -> Iterable[Choice]:
    """The sections that reviewers cite; where they cite none, the pages."""
    for level in ("section", "page"):
        kind = links.kinds[level]
        counts = kind.by_party[Party.REVIEWER.value].counts(found)
        for number in _most(counts):
            place = kind.nodes[number].removeprefix("guideline/")
            given = (("place", place), ("party", Party.REVIEWER.value))
            yield Choice(labels.brief(kind.nodes[number]), int(counts[number]), given)
        if counts.any():
            return


def _grounds(links: Links, found: Ids) -> Iterable[Choice]:
    grounds = links.index.valued("grounds")
    within = np.zeros(len(links.index), bool)
    within[found] = True
    counts = np.bincount(grounds.value[within[grounds.decision]], minlength=len(grounds.names))
    for number in _most(counts):
        name = grounds.names[number]
        yield Choice(labels.label(f"ground/{name}"), int(counts[number]), (("ground", name),))


def _most(counts: Ids) -> list[int]:
    order = np.argsort(-counts, kind="stable")[:_LISTED]
    return [int(number) for number in order if counts[number]]
