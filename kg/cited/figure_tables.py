"""The figures of each kind, as the analyses count them: those of the whole, and those of each row."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.coverage import coverage
from kg.analysis.decisions import OUTCOMES, Mask
from kg.analysis.driver_row.robustness import SpecificationRow, robustness
from kg.analysis.drivers import DriverRow, Drivers
from kg.analysis.drivers import drivers as driver_table
from kg.analysis.filters import choose
from kg.analysis.network import LinkRow, Network, NodeRow, network
from kg.analysis.outcomes import grouping, outcomes
from kg.analysis.reasons import ground_rates, stock_sentences
from kg.analysis.reasons.ground_rates import ALL, GroundRow, grounds
from kg.analysis.related.rankings import Related
from kg.analysis.shown_columns import names
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, Sides, SilentRow, sides, with_rates
from kg.analysis.trends import ChangeRow, MonthRow, Trends, trends
from kg.cited import counted_decisions
from kg.cited.counted_letters import CountedLetters, Table
from kg.cited.wanted import SIDES, Values, Wanted, joined, named
from kg.errors import SettingError
from kg.explore import crossed
from kg.questions.answers import answer
from kg.questions.question_reader import read_question
from kg.statistics import intervals

_EVERY = 1_000_000


def plain(row: Mapping[str, Any], without: Iterable[str] = ()) -> Values:
    """What of a row is a figure or a word about it."""
    return {
        name: value
        for name, value in row.items()
        if name not in without
        and (value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)))
    }


def _of(row: type, frame: pl.DataFrame, whole: Values | None = None) -> Table:
    """A table whose rows have the columns of ``row``."""
    keys = names(row, "key")
    return Table({named(row, values): plain(values, keys) for values in frame.to_dicts()}, whole)


def _number(text: str, usual: float) -> float:
    """A number of an address.

    Raises:
        SettingError: it is none.
    """
    try:
        number = float(text or usual)
    except ValueError as error:
        raise SettingError(f"expected a number, found {text!r}") from error
    if not 0 <= number <= _EVERY:
        raise SettingError(f"expected a number from 0 to {_EVERY:,}, found {text!r}")
    return number


def minimum_of(asked: Wanted, usual: int = 10) -> int:
    """The fewest decisions, of an address."""
    return max(int(_number(asked.minimum, usual)), 1)


# --- tables of analyses ------------------------------------------------------------------------------

_DRIVER = (
    "letters",
    "decisions",
    *OUTCOMES,
    *(n for n in names(DriverRow, "figure", "low", "high") if n not in {"probability", "credible_set"}),
)


def driver(letters: CountedLetters, asked: Wanted) -> Table:
    """What is cited; the whole has the verdict and the credible sets, which a row does not need."""
    count = partial(
        driver_table, letters.index, asked.level, asked.party, asked.filters, 1, adjust=asked.adjust or None
    )
    if not asked.row:
        return Table({}, _of_drivers(count()))
    rows = count(sets=False).table.to_dicts()
    return Table({row["key"]: {name: row[name] for name in row if name in _DRIVER} for row in rows})


def _of_drivers(found: Drivers) -> Values:
    counts = {
        name: getattr(found, name) for name in ("decisions", *OUTCOMES, "at_risk", "letters", "verdict")
    }
    sets = {
        f"set_{number}": "; ".join(f"{key.key} {key.probability:.4g}" for key in one.keys)
        for number, one in enumerate(found.sets, 1)
    }
    return counts | sets


def month(letters: CountedLetters, asked: Wanted) -> Table:
    """Months of a trend."""
    return _of(MonthRow, _trends(letters, asked).months)


def change(letters: CountedLetters, asked: Wanted) -> Table:
    """Changes of edition; the whole has the verdict of a trend."""
    found = _trends(letters, asked)
    keys = names(ChangeRow, "key")
    rows = {row.change: plain(asdict(row), keys) for row in found.changes}
    return Table(rows, {"verdict": found.verdict})


def _trends(letters: CountedLetters, asked: Wanted) -> Trends:
    wanted = (asked.key or None, asked.party, asked.filters)
    return letters.analysed(("trends", *wanted), lambda: trends(letters.index, *wanted))


def group(letters: CountedLetters, asked: Wanted) -> Table:
    """Outcomes by a grouping or two."""
    found = outcomes(letters.index, asked.by, asked.across or None, asked.party, asked.filters, 1)
    return _of(found.row, found.table)


def agreement(letters: CountedLetters, asked: Wanted) -> Table:
    """How the citations of the two sides compare; the whole has the difference that it makes."""
    found = _sides(letters, asked)
    effect = asdict(found.effect) if found.effect else {}
    whole: Values = {"same_share": found.same_share, **plain(effect)}
    if asked.by:
        return _of(GroupAgreementRow, found.groups, whole)
    return _of(AgreementRow, found.agreement, whole)


def pair(letters: CountedLetters, asked: Wanted) -> Table:
    """What each of the two sides cites."""
    return _of(PairRow, _sides(letters, asked).pairs)


def silent(letters: CountedLetters, asked: Wanted) -> Table:
    """How often each party cites nothing."""
    return _of(SilentRow, _sides(letters, asked).silent)


def _sides(letters: CountedLetters, asked: Wanted) -> Sides:
    def made() -> Sides:
        by = grouping(letters.index, asked.by or None)
        return sides(letters.index, asked.level, asked.filters, 1, by)

    return letters.analysed(("sides", asked.level, asked.filters, asked.by), made)


def link(letters: CountedLetters, asked: Wanted) -> Table:
    """Links of a network; the whole counts them."""
    found = _network(letters, asked)
    size = {"links": found.graph.number_of_edges(), "nodes": found.graph.number_of_nodes()}
    return _of(LinkRow, found.to_frame(), size | {"communities": len(found.communities)})


def linked(letters: CountedLetters, asked: Wanted) -> Table:
    """Nodes of a network."""
    return _of(NodeRow, _network(letters, asked).nodes())


def _network(letters: CountedLetters, asked: Wanted) -> Network:
    wanted = (asked.links or "together", asked.level, asked.party, asked.filters)
    bounds = (minimum_of(asked), _number(asked.q, 0.05))
    return letters.analysed(("network", *wanted, *bounds), lambda: network(letters.index, *wanted, *bounds))


def ground(letters: CountedLetters, asked: Wanted) -> Table:
    """Grounds that are stated; the whole has the verdict."""
    found = grounds(letters.index, asked.by or ALL, asked.key or None, asked.party, asked.filters, 1)
    return _of(GroundRow, found.table, {"verdict": found.verdict})


def specification(letters: CountedLetters, asked: Wanted) -> Table:
    """One key under several specifications; the whole has the E-values and the verdict."""
    found = robustness(letters.index, asked.key, asked.level, asked.party, asked.filters)
    return _of(SpecificationRow, found.to_frame(), plain(asdict(found), ("key", "level", "party")))


def sentence(letters: CountedLetters, asked: Wanted) -> Table:
    """Repeated sentences by their digests; the whole has how much is repeated."""
    count = partial(
        stock_sentences.stock,
        letters.index,
        text=letters.base.letter,
        alike=bool(asked.alike),
        filters=asked.filters,
        minimum=minimum_of(asked, 2),
    )
    said = letters.scan_sentences()
    if not asked.row:
        found = count(said=said, limit=0)
        return Table({}, {"sentences": found.total, "verdict": found.verdict})
    column = "form" if asked.alike else "wording"
    digests = said.filter(pl.col(column).cast(pl.String) == asked.row)
    frame = count(said=digests, limit=1).to_frame()
    return Table({} if frame.is_empty() else {asked.row: plain(frame.to_dicts()[0])})


def field(letters: CountedLetters, _: Wanted) -> Table:
    """How well each field was read, and what could not be; the whole has the sizes of the base."""
    found = coverage(letters)
    lists = (found.totals(), found.fields, found.problems, found.unresolved)
    told = (row._asdict() for one in lists for row in one)
    rows = {row_of_coverage(row): plain(row, _OF_COVERAGE) for row in told}
    sizes = {name: getattr(found, name) for name in ("letters", "items", "citations")}
    return Table(rows, sizes | {f"documents_{kind}": number for kind, number in found.documents.items()})


_OF_COVERAGE = frozenset(("field", "template", "kind", "wording", "guideline", "chapter"))


def row_of_coverage(row: Mapping[str, Any]) -> str:
    """The name of a row of the coverage: a field, alone or in one template, a kind of problem, a wording.

    >>> row_of_coverage({"field": "age", "read": 3}), row_of_coverage({"kind": "contradiction", "count": 1})
    ('age', 'problem|contradiction')
    """
    if "field" in row:
        return joined((row["field"], row.get("template")))
    if "wording" in row:
        return joined(("wording", *(row[name] for name in ("kind", "guideline", "chapter", "wording"))))
    return joined(("problem", row["kind"]))


# --- counts ------------------------------------------------------------------------------------------


def counted(letters: CountedLetters, mask: Mask) -> Values:
    """How some decisions end, letters as the unit."""
    decision = np.flatnonzero(mask).astype(np.int32)
    frame = pl.DataFrame({"all": [""]})
    table = with_rates(letters.index, frame, decision, np.zeros(decision.size, np.int32))
    return plain(table.to_dicts()[0], ("all",))


def of_outcomes(letters: CountedLetters, asked: Wanted) -> Table:
    """The decisions that pass the filters."""
    return Table({}, counted(letters, counted_decisions.passing(letters, asked)))


def comparison(letters: CountedLetters, asked: Wanted) -> Table:
    """The two sides of a comparison, and their difference in percentage points.

    It has an interval if no decision is on both sides.
    """
    masks = [counted_decisions.of_side(letters, asked, side) for side in SIDES]
    found = [counted(letters, mask) for mask in masks]
    told = {
        f"{side}_{name}": v for side, values in zip(SIDES, found, strict=True) for name, v in values.items()
    }
    if not all(mask.any() for mask in masks):
        return Table({}, told | dict.fromkeys(("difference", "difference_low", "difference_high")))
    one, other = (cast("intervals.Rated", (v["overturn_rate"], v["rate_low"], v["rate_high"])) for v in found)
    return Table({}, told | intervals.apart(one, other, shared=bool((masks[0] & masks[1]).any())))


def node(letters: CountedLetters, asked: Wanted) -> Table:
    """How the decisions of a node of the graph end."""
    return Table({}, counted(letters, counted_decisions.of_node(letters, asked)))


def wording(letters: CountedLetters, asked: Wanted) -> Table:
    """How the decisions on items in the same words end."""
    return Table({}, counted(letters, counted_decisions.of_wording(letters, asked)))


def neighbour(letters: CountedLetters, asked: Wanted) -> Table:
    """How many decisions a node shares with each that a relation leads to."""
    found, total = letters.links.neighbours(asked.node, asked.relation, 0, _EVERY)
    return Table({one.node: {"decisions": one.weight} for one in found}, {"nodes": total})


def listed(letters: CountedLetters, asked: Wanted) -> Table:
    """The decisions of a list of cases."""
    found = counted(letters, counted_decisions.of_list(letters, asked))
    return Table({}, {"total": found["letters"], **found})


def stated(letters: CountedLetters, asked: Wanted) -> Table:
    """The grounds that reviewers state in a list of cases."""
    found = ground_rates.of_decisions(letters.index, _list(letters, asked), "these decisions")
    rows = {joined((row["ground"], row["met"])): plain(row, _GROUND) for row in found.table.to_dicts()}
    return Table(rows, {"verdict": found.verdict})


_GROUND = names(GroundRow, "key")


def flow(letters: CountedLetters, asked: Wanted) -> Table:
    """The decisions of a list of cases by service, what the reviewer cites, and outcome."""
    choose("level of ways", asked.level, ("section", "page"))
    found = crossed.flow(letters.links, _list(letters, asked), asked.level)
    ways = [
        ([column[n][1] for column, n in zip(found.columns, way, strict=True)], count)
        for *way, count in found.of
    ]
    return Table({joined(way): {"decisions": count} for way, count in ways}, {"decisions": found.decisions})


def _list(letters: CountedLetters, asked: Wanted) -> NDArray[np.int64]:
    return np.flatnonzero(counted_decisions.of_list(letters, asked))


def search(letters: CountedLetters, asked: Wanted) -> Table:
    """A search of the letters: how many hold the words."""
    return Table({}, {"total": len(letters.holding(asked.q))})


def answered(letters: CountedLetters, asked: Wanted) -> Table:
    """The answer to a question in words, its rows by what they are counted by."""
    question = read_question(asked.q)
    found = answer(letters.analyses, question)
    rows = {row_of_answer(row): plain(row, _KEYS | set(question.by)) for row in found.rows}
    tables = (value for value in found.value.values() if isinstance(value, list))
    within = {row_of_answer(row): plain(row, _KEYS) for rows in tables for row in rows}
    return Table(within | rows, plain(found.value))


_KEYS = frozenset(("group", "key", "ground", "administrator", "reviewer", "agreement"))
"""What rows of answers are counted by, beside what is asked by."""
_LEADING = frozenset(("decisions", "letters", "measured", "part", "stated", "score", "guideline"))
"""Where the figures of such a row begin."""


def row_of_answer(row: Mapping[str, Any]) -> str:
    """The name of a row of an answer: all that stands before its figures.

    >>> row_of_answer({"group": "opioids", "year": 2016, "decisions": 3})
    'opioids|2016'
    """
    found = []
    for name, value in row.items():
        if name in _LEADING:
            break
        found.append(value)
    return joined(found)


def similar(letters: CountedLetters, asked: Wanted) -> Table:
    """Cases like a case, with their scores; the whole counts them."""
    rows: dict[str, Values] = {}
    cursor = None
    while True:
        found = letters.analyses.related(
            asked.case,
            asked.outcome or None,
            1_000,
            cursor,
            filters=asked.filters,
            mode=asked.mode or "precedent",
        )
        rows |= _scores(found)
        cursor = found.next
        if cursor is None or not asked.row or asked.row in rows:
            return Table(rows, {"total": found.total})


def _scores(found: Related) -> dict[str, Values]:
    told: dict[str, dict[str, float | int | str | None]] = {}
    for row, one, _ in found.lines():
        own = told.setdefault(row.case, {"score": row.score, "repeats": row.repeats})
        own[f"pair_{one.asked}_{one.row.found.item}"] = one.row.score
    return dict(told)
