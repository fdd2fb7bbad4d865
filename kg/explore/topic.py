"""A service, drug, body part, specialty or ground: how its decisions end, what each party cites for them."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES, Index
from kg.errors import UnknownError
from kg.explore.incidence import Ids, Pairs
from kg.explore.neighbours import Kind, Links
from kg.model import Party
from kg.statistics import intervals

KINDS = ("service", "drug", "body part", "specialty")
"""The kinds of nodes of the graph that are topics; grounds are topics, too."""
GROUND = "ground"
OUTSIDE = "outside-mtus"
"""In place of a guideline: all that are no part of the Medical Treatment Utilization Schedule."""
_WON = OUTCOMES.index("overturned")
_ROWS = 12


class Row(NamedTuple):
    """Decisions of a topic that share something; rate and 95 % interval (Wilson) are ``None`` without any."""

    node: str
    label: str
    decisions: int
    overturned: int
    rate: float | None
    low: float | None
    high: float | None


class Cell(NamedTuple):
    """Decisions in which the two parties cite a pair of places."""

    decisions: int
    overturned: int


class Sides(NamedTuple):
    """What the claims administrator cites (a row) against what the reviewer cites (a column)."""

    columns: list[Row]
    rows: list[tuple[Row, list[Cell]]]


def within(links: Links, node: str) -> Ids:
    """The decisions of a topic and of all that is narrower, in order.

    Raises:
        UnknownError: the node is no topic, or no decision here has it.
    """
    found = (
        [_stating(links.index, node)]
        if node.startswith(f"{GROUND}/")
        else [
            kind.any.having(number)
            for kind in (links.kinds[name] for name in KINDS)
            for number, name in enumerate(kind.nodes)
            if node in chain(name)
        ]
    )
    if not any(map(len, found)):
        raise UnknownError(f"no decision is about {node!r}")
    return np.unique(np.concatenate(found))


def _stating(index: Index, node: str) -> Ids:
    """The decisions whose reviewer states a ground, met or not; or one of a group of grounds."""
    valued = index.valued("grounds")
    wanted = [
        number
        for number, name in enumerate(valued.names)
        if node in {f"{GROUND}/{name}", *chain(f"{GROUND}/{name.partition(':')[0]}")}
    ]
    return np.unique(valued.decision[np.isin(valued.value, wanted)]).astype(np.int64)


def kind_of(links: Links, node: str) -> str:
    """The kind of a topic, also of one that only narrower ones are linked to.

    Raises:
        UnknownError: no decision here has it.
    """
    if node.startswith(f"{GROUND}/"):
        within(links, node)
        return GROUND
    for name in KINDS:
        if any(node in chain(one) for one in links.kinds[name].nodes):
            return name
    raise UnknownError(f"no decision is about {node!r}")


def broader(node: str) -> list[str]:
    """What contains a topic, the outermost first.

    >>> broader("service/rehabilitation/physical-therapy")
    ['service/rehabilitation']
    """
    return list(chain(node)[:0:-1])


@lru_cache(maxsize=65_536)
def chain(node: str) -> tuple[str, ...]:
    """A topic and what contains it, from the inside."""
    chain = [node]
    while len(chain) < 8:
        above = labels.above(chain[-1]) or (
            chain[-1].rpartition("/")[0] if chain[-1].startswith("service/") else ""
        )
        if above.count("/") < 1 or above in chain:
            break
        chain.append(above)
    return tuple(chain)


def outside(node: str) -> bool:
    """Whether a guideline, or a place in one, is no part of the Medical Treatment Utilization Schedule.

    >>> outside("guideline/odg/low-back"), outside("guideline/acoem-2004/12")
    (True, False)
    """
    return "guideline/mtus" not in chain(node) and labels.above(chain(node)[-1]) is None


def row(links: Links, node: str, label: str, decisions: Ids) -> Row:
    """How some decisions ended, as a row."""
    won = int((links.index.outcome[decisions] == _WON).sum())
    return counted_row(node, label, len(decisions), won)


def counted_row(node: str, label: str, decisions: int, won: int) -> Row:
    """A row from its counts."""
    if not decisions:
        return Row(node, label, 0, 0, None, None, None)
    low, high = intervals.wilson(np.array([float(won)]), np.array([float(decisions)]))
    return Row(node, label, decisions, won, won / decisions, float(low[0]), float(high[0]))


def cited(links: Links, found: Ids, party: Party, level: str = "section", most: int = _ROWS) -> list[Row]:
    """The places of a level that a party cites for the decisions ``found``, most cited first."""
    return _shared(links, found, links.kinds[level], links.kinds[level].by_party[party.value], most)


def sharing(links: Links, found: Ids, kind: str, most: int = _ROWS) -> list[Row]:
    """The services, specialties, ... of the decisions ``found``, most frequent first."""
    return _shared(links, found, links.kinds[kind], links.kinds[kind].any, most)


def _shared(links: Links, found: Ids, kind: Kind, pairs: Pairs, most: int) -> list[Row]:
    ended = found[links.index.outcome[found] == _WON]
    counts, won = pairs.counts(found), pairs.counts(ended)
    for number in _containing(kind):  # a count leads to the decisions of all that is narrower, too
        of = within(links, kind.nodes[number])
        counts[number], won[number] = (len(np.intersect1d(each, of)) for each in (found, ended))
    order = np.argsort(-counts, kind="stable")[:most]
    return [
        counted_row(kind.nodes[n], labels.label(kind.nodes[n]), int(counts[n]), int(won[n]))
        for n in order
        if counts[n]
    ]


def _containing(kind: Kind) -> list[int]:
    """The topics of a kind that contain others of it."""
    above = {one for node in kind.nodes for one in chain(node)[1:]} if kind.name in KINDS else set()
    return [kind.number[node] for node in above & kind.number.keys()]


def by_year(links: Links, found: Ids) -> tuple[list[Row], int]:
    """The decisions ``found`` by year, in order, gaps included; and how many have no date."""
    year = links.index.columns("year")["year"].gather(found)
    known = year.drop_nulls()
    if not len(known):
        return [], len(found)
    years, won = year.fill_null(0).to_numpy(), links.index.outcome[found] == _WON
    rows = [
        counted_row(str(one), str(one), int((years == one).sum()), int((won & (years == one)).sum()))
        for one in range(int(years[years > 0].min()), int(years.max()) + 1)
    ]
    return rows, year.null_count()


def sides(links: Links, found: Ids, level: str = "section", most: int = 8) -> Sides:
    """What the administrator cites against what the reviewer cites in the decisions ``found``.

    A decision is in the cell of each pair of places that the two cite. The last row is for decisions
    whose administrator cites no place of the level, the last column for those whose reviewer cites none.
    """
    kind = links.kinds[level]
    ours, theirs = (kind.by_party[p.value] for p in (Party.REVIEWER, Party.CLAIMS_ADMINISTRATOR))
    columns = [
        (one, np.intersect1d(found, ours.having(kind.number[one.node])))
        for one in cited(links, found, Party.REVIEWER, level, most)
    ]
    rows = [
        (one, np.intersect1d(found, theirs.having(kind.number[one.node])))
        for one in cited(links, found, Party.CLAIMS_ADMINISTRATOR, level, most)
    ]
    for side, pairs in ((columns, ours), (rows, theirs)):
        none = found[np.diff(pairs.starts)[found] == 0]
        if len(none):
            side.append((row(links, "", f"no {level}", none), none))
    return Sides(
        [one for one, _ in columns],
        [(one, [_cell(links, ids, other) for _, other in columns]) for one, ids in rows],
    )


def _cell(links: Links, one: Ids, other: Ids) -> Cell:
    both = np.intersect1d(one, other)
    return Cell(len(both), int((links.index.outcome[both] == _WON).sum()))
