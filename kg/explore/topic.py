"""A service, drug, body part, specialty or ground: how its decisions end, what each party cites for them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from kg.analysis import labels
from kg.analysis.comparison import Comparison
from kg.analysis.decisions import OUTCOMES, Index, Mask
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
    """Decisions of a topic that share something; rate and 95 % interval are ``None`` without any.

    The interval is that of every table: letters are its unit.
    """

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


def called(node: str) -> str:
    """What a node is called in a table of its kind.

    >>> called("guideline/chronic-pain/2009/page/98"), called("service/rehabilitation")
    ('Chronic Pain 2009, p. 98', 'Rehabilitation')
    """
    return labels.brief(node) if node.startswith("guideline/") else labels.label(node)


def row(links: Links, node: str, label: str, decisions: Ids) -> Row:
    """How some decisions ended, as a row: what the address of their list gives, which knows no others."""
    return rows(links.index, [(node, label)], decisions, np.zeros(len(decisions), np.int64))[0]


def rows(
    index: Index, named: Sequence[tuple[str, str]], decision: Ids, key: Ids, among: Ids | None = None
) -> list[Row]:
    """How decisions ended by the number ``key[i]`` of what ``decision[i]`` has, a row for each name.

    How alike the decisions of a letter are is estimated ``among`` these decisions, or else among all
    with a key.
    """
    compared = _comparison(index, decision, key, len(named), among)
    rates = compared.rates()
    columns = (rates[name].tolist() for name in ("overturn_rate", "rate_low", "rate_high"))
    return [
        Row(node, label, sum(ended), ended[_WON], *((rate, low, high) if sum(ended) else (None, None, None)))
        for (node, label), ended, rate, low, high in zip(
            named, compared.counts.tolist(), *columns, strict=True
        )
    ]


def rows_of(links: Links, kind: Kind, chosen: Sequence[int], decision: Ids, key: Ids) -> list[Row]:
    """The rows of the ``chosen`` keys of a kind, of all pairs of decision and key that it stands among."""
    line = np.full(len(kind.nodes), -1)
    line[chosen] = np.arange(len(chosen))
    shown = line[key] >= 0
    named = [(kind.nodes[n], called(kind.nodes[n])) for n in chosen]
    return rows(links.index, named, decision[shown], line[key[shown]], decision)


def _comparison(index: Index, decision: Ids, key: Ids, keys: int, among: Ids | None = None) -> Comparison:
    inside = None
    if among is not None:
        inside = np.zeros(len(index), bool)
        inside[among] = True
    return Comparison.counted(index, decision.astype(np.int32), key.astype(np.int32), keys, inside)


def tallied(label: str, decisions: int, overturned: int, widening: float) -> Row:
    """A row from counts that know no letters; its interval is widened as that of all decisions is.

    ``widening`` is that of :func:`kg.analysis.comparison.widening`.
    """
    if not decisions:
        return Row("", label, 0, 0, None, None, None)
    low, high = intervals.wilson(np.array([overturned / widening]), np.array([decisions / widening]))
    return Row("", label, decisions, overturned, overturned / decisions, float(low[0]), float(high[0]))


def cited(links: Links, found: Ids, party: Party, level: str = "section", most: int = _ROWS) -> list[Row]:
    """The places of a level that a party cites for the decisions ``found``, most cited first."""
    return _shared(links, found, links.kinds[level], links.kinds[level].by_party[party.value], most)


def sharing(links: Links, found: Ids, kind: str, most: int = _ROWS) -> list[Row]:
    """The services, specialties, ... of the decisions ``found``, most frequent first."""
    return _shared(links, found, links.kinds[kind], links.kinds[kind].any, most)


def unlike(links: Links, found: Ids, kind: str) -> dict[str, float]:
    """The q-value of each of a kind: whether its decisions of ``found`` end unlike the others of them.

    Letters are the unit, nothing is held equal; what has too few decisions on a side is left out.
    """
    nodes = links.kinds[kind].nodes
    decision, key = _held(found, links.kinds[kind], links.kinds[kind].any)
    q_values = _comparison(links.index, decision, key, len(nodes)).unlike()
    return {nodes[n]: float(q_values[n]) for n in np.flatnonzero(~np.isnan(q_values))}


def _shared(links: Links, found: Ids, kind: Kind, pairs: Pairs, most: int) -> list[Row]:
    decision, key = _held(found, kind, pairs)
    counts = np.bincount(key, minlength=len(kind.nodes))
    chosen = [int(n) for n in np.argsort(-counts, kind="stable")[:most] if counts[n]]
    return rows_of(links, kind, chosen, decision, key)


def _held(found: Ids, kind: Kind, pairs: Pairs) -> tuple[Ids, Ids]:
    """The pairs of decision and key of the decisions ``found``; what contains others has theirs, too."""
    place, key = pairs.each(found)
    above = _containing(kind)
    if not len(above.keys):
        return found[place], key
    # Each pair becomes one for each topic that counts it; two narrower ones of a decision count once.
    of, counted = above.each(key)
    pair = np.unique(place[of] * len(kind.nodes) + counted)
    return found[pair // len(kind.nodes)], pair % len(kind.nodes)


_CONTAINING: WeakKeyDictionary[Kind, Pairs] = WeakKeyDictionary()


def _containing(kind: Kind) -> Pairs:
    """For each topic of a kind those of the kind that count its decisions: itself, and what contains it.

    There are none where no topic contains another. They are kept as long as the kind.
    """
    if kind not in _CONTAINING:
        _CONTAINING[kind] = _containers(kind)
    return _CONTAINING[kind]


def _containers(kind: Kind) -> Pairs:
    size = len(kind.nodes)
    chains = [chain(node) if kind.name in KINDS else (node,) for node in kind.nodes]
    above = [[kind.number[one] for one in found if one in kind.number] for found in chains]
    if all(len(found) == 1 for found in above):
        return Pairs.of(np.zeros(0, np.int64), np.zeros(0, np.int64), size, size)
    each = np.repeat(np.arange(size), [len(found) for found in above])
    return Pairs.of(each, np.array([one for found in above for one in found], np.int64), size, size)


def by_year(links: Links, found: Ids) -> tuple[list[Row], int]:
    """The decisions ``found`` by year, in order, gaps included; and how many have no date."""
    year = links.index.columns("year")["year"].gather(found)
    known = year.drop_nulls()
    if not len(known):
        return [], len(found)
    years = known.to_numpy().astype(np.int64)
    named = [(str(one), str(one)) for one in range(years.min(), years.max() + 1)]
    dated = found[year.is_not_null().to_numpy()]
    return rows(links.index, named, dated, years - years.min()), year.null_count()


def sides(links: Links, found: Ids, level: str = "section", most: int = 8) -> Sides:
    """What the administrator cites against what the reviewer cites in the decisions ``found``.

    A decision is in the cell of each pair of places that the two cite. The last row is for decisions
    whose administrator cites no place of the level, the last column for those whose reviewer cites none.
    """
    kind = links.kinds[level]
    columns, rows = (
        _citing(links, found, kind, party, most) for party in (Party.REVIEWER, Party.CLAIMS_ADMINISTRATOR)
    )
    won = links.index.outcome[found] == _WON
    theirs, ours = (np.array([has for _, has in side], np.float32) for side in (rows, columns))
    if not (rows and columns):
        return Sides([one for one, _ in columns], [(one, []) for one, _ in rows])
    decisions, overturned = (theirs * part @ ours.T for part in (1, won))
    return Sides(
        [one for one, _ in columns],
        [
            (one, [Cell(int(n), int(of)) for n, of in zip(*cells, strict=True)])
            for (one, _), *cells in zip(rows, decisions, overturned, strict=True)
        ],
    )


def _citing(links: Links, found: Ids, kind: Kind, party: Party, most: int) -> list[tuple[Row, Mask]]:
    """What a party cites most in the decisions ``found``, and nothing, each with which of these cite it."""
    pairs = kind.by_party[party.value]
    citing = np.zeros(len(links.index), bool)
    made = []
    for one in cited(links, found, party, kind.name, most):
        citing[:] = False
        citing[pairs.having(kind.number[one.node])] = True
        made.append((one, citing[found]))
    none = np.diff(pairs.starts)[found] == 0
    if none.any():
        made.append((row(links, "", f"no {kind.name}", found[none]), none))
    return made
