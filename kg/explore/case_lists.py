"""Lists of cases: filters, pages of results, cursors, and what reviewers cite for the decisions of a list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, PARTIES
from kg.analysis.filters import Filters
from kg.errors import SettingError
from kg.explore import topic
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links, address, case_node
from kg.explore.row_types import CaseRow
from kg.explore.topic import Row
from kg.model import Party

_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "the", "to"})
"""Words that say nothing in a search: “MRI of the lumbar spine” is “lumbar spine MRI”."""
CURSOR = r"^c1\."
"""How a cursor begins; the case number follows after which the next page begins."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: those with a decision that passes all of it.

    ``places`` are notations of guidelines, chapters, sections and pages, all of which ``party``
    cites in the decision; with ``both`` each party cites all of them. One that begins with a party's
    name and a colon is cited by that party, whatever ``party`` is.
    """

    filters: Filters = field(default_factory=Filters)
    outcomes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    party: str = "any"
    text: str = ""
    """Words that stand in what is in dispute, all of them but small ones."""
    about: tuple[str, ...] = ()
    """Services, drugs, body parts and specialties, all of which the decision has, or narrower ones."""
    undated: bool = False
    """Only decisions of letters without a date."""

    @property
    def cited(self) -> list[tuple[str, str]]:
        """The places with the party that cites each.

        >>> Wanted(places=("odg", "reviewer:acoem-2004/12")).cited
        [('odg', 'any'), ('acoem-2004/12', 'reviewer')]
        """
        return [_cited_by(place, self.party) for place in self.places]


class Found(NamedTuple):
    """One page of a list of cases."""

    rows: list[dict[str, Any]]
    total: int
    next: str | None


def decisions(links: Links, wanted: Wanted) -> Ids:
    """The decisions that pass, in order.

    Raises:
        UnknownError: a filter's value is not in the base.
    """
    index = links.index
    kept = np.ones(len(index), bool)
    chosen = index.chosen(wanted.filters, wanted.party)
    if chosen is not None:
        kept &= chosen
    if wanted.outcomes:
        kept &= np.isin(index.outcome, [OUTCOMES.index(outcome) for outcome in wanted.outcomes])
    for place, by in wanted.cited:
        for party in PARTIES[:2] if by == "both" else (by,):
            citing = np.zeros(len(index), bool)
            citing[_citing(links, place, party)] = True
            kept &= citing
    for node in wanted.about:
        kept &= np.isin(np.arange(len(index)), topic.within(links, node))
    if wanted.undated:
        kept &= index.columns("year")["year"].is_null().to_numpy()
    if wanted.text.strip():
        item = links.texts["item_text"].str.to_lowercase()
        for word in words(wanted.text):
            kept &= item.str.contains(word, literal=True).fill_null(value=False).to_numpy()
    return np.flatnonzero(kept)


def _cited_by(place: str, party: str) -> tuple[str, str]:
    named, colon, rest = place.partition(":")
    return (rest, named) if colon and named in PARTIES[:2] else (place, party)


def _citing(links: Links, place: str, party: str) -> Ids:
    """The decisions in which a party cites a place; a work of several editions is no node of its own."""
    if place == topic.OUTSIDE:
        kind = links.kinds["edition"]
        pairs = kind.by_party.get(party, kind.any)
        found = [pairs.having(key) for key, node in enumerate(kind.nodes) if topic.outside(node)]
        return np.unique(np.concatenate([links.none, *found]))
    works = links.index.cited("guideline", party)
    number = works.keys["key"].index_of(place)
    if number is not None:
        return np.asarray(works.decision[works.key == number])
    return links.decisions(f"guideline/{place}", None if party == "any" else party)


def words(text: str) -> list[str]:
    """The words that an item must hold; small ones only where there are no others.

    >>> words("MRI of the Lumbar Spine"), words("of the")
    (['mri', 'lumbar', 'spine'], ['of', 'the'])
    """
    given = text.lower().split()
    return [word for word in given if word not in _SMALL] or given


def page_of(links: Links, found: Ids, limit: int, cursor: str | None, order: str = "case") -> Found:
    """One page of the cases of ``found``, by case number or by date: ``newest`` or ``oldest`` first.

    Letters without a date come last.

    Raises:
        SettingError: the cursor is not one of ours.
    """
    table = links.texts
    chosen = table[found].select("case", "decision_date").unique("case").sort("case")
    if order != "case":
        chosen = chosen.sort(
            "decision_date", descending=order == "newest", nulls_last=True, maintain_order=True
        )
    cases = chosen["case"]
    start = 0
    if cursor is not None:
        after = read_cursor(cursor)
        place = cases.index_of(after) if order != "case" else None
        start = int(cases.search_sorted(after, side="right")) if place is None else place + 1
    shown = cases[start : start + limit]
    rows = (
        table.with_columns(outcome=pl.lit(pl.Series(links.index.outcome)))
        .filter(pl.col("case").is_in(shown.to_list()))
        .group_by("case")
        .agg(
            pl.col("decision_date").first(),
            pl.col("item").alias("positions"),
            pl.col("item_text").alias("items"),
            pl.col("outcome").alias("outcomes"),
        )
        .join(shown.to_frame("case").with_row_index("place"), on="case")
        .sort("place")
        .to_dicts()
    )
    more = start + limit < len(cases)
    return Found([_row(row) for row in rows], len(cases), write_cursor(str(shown[-1])) if more else None)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    day = row["decision_date"]
    return asdict(
        CaseRow(
            case=row["case"],
            iri=address(case_node(row["case"])),
            decision_date=day and day.isoformat(),
            positions=row["positions"],
            items=row["items"],
            outcomes=[OUTCOMES[code] for code in row["outcomes"]],
        )
    )


def write_cursor(case: str) -> str:
    """A cursor that goes on after ``case``.

    >>> read_cursor(write_cursor("CM15-0000001"))
    'CM15-0000001'
    """
    return f"c1.{case}"


def read_cursor(cursor: str) -> str:
    """The case that a cursor stands after.

    Raises:
        SettingError: it is not one of ours.
    """
    if not re.match(CURSOR, cursor):
        raise SettingError(f"{cursor!r} is not a valid cursor: pass the `next` of the previous page, or none")
    return cursor.removeprefix("c1.")


RANKED = 5
"""A section that fewer of the decisions cite is not ranked."""


def cited_for(links: Links, found: Ids, most: int = 8) -> list[Row]:
    """The sections that reviewers cite for the decisions ``found`` (where they name none: the pages).

    Those come first that most surely go with overturning, by the lower end of the rate's interval.
    """
    for level in ("section", "page"):
        kind = links.kinds[level]
        pairs = kind.by_party[Party.REVIEWER.value]
        counts = pairs.counts(found)
        there = np.flatnonzero(counts >= min(RANKED, max(int(counts.max(initial=0)), 1)))
        if not len(there):
            continue
        place, key = pairs.each(found)
        made = topic.rows_of(links, kind, there.tolist(), found[place], key)
        return sorted(made, key=lambda row: (-(row.low or 0.0), -row.decisions, row.node))[:most]
    return []


def matched(links: Links, found: Ids, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[bool]]:
    """For each case of a list's rows which of its items are among the decisions ``found``, in order."""
    cases = [row["case"] for row in rows]
    return {case: np.isin(links.decisions(case_node(case)), found).tolist() for case in cases}
