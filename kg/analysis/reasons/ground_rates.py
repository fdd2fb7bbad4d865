"""Which grounds reviewers state when a denial stands and when it falls, by what is cited or requested.

A ground is what a rationale states, and a rationale states its outcome too: shares describe what reviewers
write, they tell of no cause and are no basis for a prediction.
"""

from dataclasses import dataclass
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis import labels
from kg.analysis.decisions import LEVELS, OUTCOMES, PARTIES, Ids, Index
from kg.analysis.filters import Filters, choose, unknown
from kg.analysis.outcomes import GROUPINGS, grouped
from kg.analysis.related.rows import plain
from kg.analysis.shown_columns import SHARE, Column, Counted, shaped
from kg.analysis.sides import with_rates
from kg.model import Party
from kg.statistics.clustered import correlation
from kg.statistics.intervals import Numbers, ratio, wilson

HELP = (
    "Grounds that reviewers state, met or not met: the share of upheld and of overturned decisions whose "
    "rationale states each, with 95 % intervals that treat the letter as the unit. They describe what "
    "reviewers write. A rationale argues for its outcome, so grounds are neither causes nor predictors."
)
"""What a reader has to know about the table."""

ALL = "all"
BY = (ALL, *LEVELS, *GROUPINGS)
"""What grounds can be counted by."""

_UPHELD, _OVERTURNED = OUTCOMES.index("upheld"), OUTCOMES.index("overturned")
_TOLD = 2
_LEAST_SHARE = 0.05
_FEWEST = 10
"""A share is told in a sentence from so many decisions of an outcome on."""
_ALIKE: WeakKeyDictionary[Index, dict[tuple[int, int], float]] = WeakKeyDictionary()
"""How alike the decisions of one letter are, by ground and outcome, as long as the index is there."""


def _share(ending: str) -> Column:
    return Column(
        f"Of {ending}", f"share of the key's {ending} decisions that state it", unit=SHARE, form="{:.1%}"
    )


@dataclass(frozen=True, slots=True)
class GroundRow(Counted):
    """The decisions of a key whose reviewer states one ground, met or not met."""

    key: Annotated[str, Column("Key", "what is cited or requested", "key")]
    ground: Annotated[str, Column("Ground", "class of the ground", "key")]
    met: Annotated[bool, Column("Met", "whether the reviewer finds the criterion met", "key")]
    upheld_share: Annotated[float | None, _share("upheld")]
    upheld_low: Annotated[float | None, Column("", "lower end of the share of upheld", "low", SHARE)]
    upheld_high: Annotated[float | None, Column("", "upper end of the share of upheld", "high", SHARE)]
    overturned_share: Annotated[float | None, _share("overturned")]
    overturned_low: Annotated[float | None, Column("", "lower end of the share of overturned", "low", SHARE)]
    overturned_high: Annotated[
        float | None, Column("", "upper end of the share of overturned", "high", SHARE)
    ]


@dataclass(frozen=True, eq=False)
class Grounds:
    """Grounds stated in the decisions of each key, the most frequent first.

    ``verdict`` is one sentence about the one key that was asked for, or about all decisions.
    """

    by: str
    key: str | None
    party: str
    filters: Filters
    minimum: int
    table: pl.DataFrame
    verdict: str
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """The table: a :class:`GroundRow` each."""
        return self.table


@dataclass(frozen=True, slots=True, eq=False)
class _Keyed:
    """Which decision has which key: each pair once, by decision; ``labels`` are how a person writes keys."""

    decision: Ids
    key: Ids
    names: tuple[str, ...]
    labels: tuple[str, ...]


def grounds(
    index: Index,
    by: str = ALL,
    key: str | None = None,
    party: str = Party.REVIEWER.value,
    filters: Filters | None = None,
    minimum: int = 10,
) -> Grounds:
    """Count the grounds that reviewers state, by what ``party`` cites or by what is requested.

    ``by`` is one of :data:`BY`; with a ``key``, such as ``chronic-pain/2009/page/98``, of that alone. Rows
    of fewer than ``minimum`` decisions are left out.

    Raises:
        UnknownError: no decision has the key.
        ChoiceError: there is no such ``by``, party or filter value.
    """
    choose("way to group grounds", by, BY)
    choose("party", party, PARTIES)
    wanted = index.resolved(filters or Filters())
    chosen = index.chosen(wanted, party)
    whole = np.ones(len(index), bool) if chosen is None else chosen
    keyed = _keyed(index, by, party, whole)
    if key is not None:
        keyed = _only(keyed, by, key)
    table = _table(index, keyed)
    notes = (*index.notes(wanted, party), *_notes(index, keyed), *index.left_out)
    verdict = ""
    if len(keyed.names) == 1:
        verdict = sentence(table, keyed.labels[0], _sizes(index, keyed)[0])
    shown = table.filter(pl.col("decisions") >= minimum)
    return Grounds(by, key, party, wanted, minimum, shown, verdict, notes)


def of_decisions(index: Index, decisions: NDArray[np.int64], name: str) -> Grounds:
    """The grounds stated in some decisions, which are called ``name``: for a page about them."""
    rows = np.unique(decisions).astype(np.int32)
    keyed = _Keyed(rows, np.zeros(rows.size, np.int32), (name,), (name,))
    table = _table(index, keyed)
    verdict = sentence(table, name, _sizes(index, keyed)[0])
    return Grounds(ALL, name, "any", Filters(), 1, table, verdict, _notes(index, keyed))


def _keyed(index: Index, by: str, party: str, whole: NDArray[np.bool_]) -> _Keyed:
    """The keys of the decisions of ``whole``."""
    if by == ALL:
        rows = np.flatnonzero(whole).astype(np.int32)
        return _Keyed(rows, np.zeros(rows.size, np.int32), ("all decisions",), ("all decisions",))
    if by in LEVELS:
        cited = index.cited(by, party).within(whole)
        named = tuple(labels.brief(f"guideline/{key}") for key in cited.keys["key"])
        return _Keyed(cited.decision, cited.key, tuple(cited.keys["key"]), named)
    held = grouped(index, by, whole)
    return _Keyed(held.decision, held.value, held.names, held.names)


def _only(keyed: _Keyed, by: str, key: str) -> _Keyed:
    folded = {name.casefold(): number for number, name in enumerate(keyed.names)}
    number = folded.get(key.casefold())
    if number is None or not (kept := keyed.key == number).any():
        present = [keyed.names[each] for each in np.unique(keyed.key)]
        raise unknown(by.replace("_", " "), key, present)
    rows = keyed.decision[kept]
    return _Keyed(rows, np.zeros(rows.size, np.int32), (keyed.names[number],), (keyed.labels[number],))


def _sizes(index: Index, keyed: _Keyed) -> NDArray[np.int64]:
    """Decisions by key (a row) and outcome."""
    cells = keyed.key.astype(np.int64) * 3 + index.outcome[keyed.decision]
    return np.bincount(cells, minlength=3 * len(keyed.names)).reshape(-1, 3)


def _table(index: Index, keyed: _Keyed) -> pl.DataFrame:
    """A row for each key and ground that is stated."""
    stated = index.valued("grounds")
    has = pl.LazyFrame({"decision": keyed.decision, "key": keyed.key})
    states = pl.LazyFrame({"decision": stated.decision, "ground": stated.value})
    pairs = has.join(states, on="decision").sort("decision", "key", "ground").collect()
    number = pairs["key"].cast(pl.Int64) * max(len(stated.names), 1) + pairs["ground"]
    rows = number.unique().sort()
    row = number.rank("dense").cast(pl.Int32).to_numpy() - 1
    key, ground = np.divmod(rows.to_numpy(), max(len(stated.names), 1))
    named = [stated.names[each].partition(":") for each in ground]
    names = pl.DataFrame(
        {
            "key": pl.Series([keyed.names[each] for each in key], dtype=pl.String),
            "ground": pl.Series([name for name, _, _ in named], dtype=pl.String),
            "met": pl.Series([way == "met" for _, _, way in named], dtype=pl.Boolean),
        }
    )
    table = with_rates(index, names, pairs["decision"].to_numpy(), row)
    shares = _shares(index, keyed, key, ground, table)
    table = shaped(GroundRow, table.with_columns(shares))
    return table.sort(
        "decisions", "key", "ground", "met", descending=[True, False, False, False], nulls_last=True
    )


def _shares(
    index: Index, keyed: _Keyed, key: NDArray[np.int64], ground: NDArray[np.int64], table: pl.DataFrame
) -> list[pl.Series]:
    """Of each row's key the share of each outcome's decisions that states the ground, with its interval."""
    found = []
    sizes = _sizes(index, keyed)
    for ending, outcome in (("upheld", _UPHELD), ("overturned", _OVERTURNED)):
        size = sizes[key, outcome].astype(np.float64)
        count = table[ending].cast(pl.Float64).to_numpy()
        alike = _alike(index, np.unique(ground), outcome)
        within = index.outcome[keyed.decision] == outcome
        squares = _squares(index, keyed.decision[within], keyed.key[within], len(keyed.names))[key]
        mean = ratio(squares, size)
        effect = np.where(size > 0, 1 + np.array([alike[each] for each in ground]) * (mean - 1), 1.0)
        low, high = wilson(count / effect, size / effect)
        for name, values in (("share", ratio(count, size)), ("low", low), ("high", high)):
            found.append(pl.Series(f"{ending}_{name}", values, pl.Float64).fill_nan(None))
    return found


def _alike(index: Index, grounds: NDArray[np.int64], outcome: int) -> dict[int, float]:
    """How alike the decisions of one letter with an outcome are in stating each ground."""
    known = _ALIKE.setdefault(index, {})
    stated = index.valued("grounds")
    inside = index.outcome == outcome
    letter = index.letter[inside]
    for ground in {int(one) for one in grounds} - {one for one, of in known if of == outcome}:
        says = np.zeros(len(index), bool)
        says[stated.decision[stated.value == ground]] = True
        known[ground, outcome] = correlation(says[inside], letter)
    return {int(ground): known[int(ground), outcome] for ground in grounds}


def _squares(index: Index, decision: Ids, key: Ids, keys: int) -> Numbers:
    """For each key the sum over letters of the square of its decisions."""
    pairs = key.astype(np.int64) * (int(index.letter.max(initial=0)) + 1) + index.letter[decision]
    held, count = np.unique(pairs, return_counts=True)
    of = held // (int(index.letter.max(initial=0)) + 1)
    return np.asarray(np.bincount(of, count.astype(np.float64) ** 2, minlength=keys), np.float64)


def _notes(index: Index, keyed: _Keyed) -> tuple[str, ...]:
    """In how many of the decisions that are counted no ground was read."""
    has = np.zeros(len(index), bool)
    has[index.valued("grounds").decision] = True
    counted = np.unique(keyed.decision)
    none = int((~has[counted]).sum())
    if not none:
        return ()
    return (
        f"no ground was read in {none:,} of {counted.size:,} decisions; they are included in every share",
    )


def sentence(table: pl.DataFrame, name: str, sizes: NDArray[np.int64]) -> str:
    """What reviewers state most where the denial stands, and where it falls, in one sentence.

    An outcome of fewer than ten decisions is told as too few.
    """
    told = []
    for ending, outcome in (("upheld", _UPHELD), ("overturned", _OVERTURNED)):
        size = int(sizes[outcome])
        if size < _FEWEST:
            told.append(f"{size} {ending}, too few to tell")
            continue
        share = f"{ending}_share"
        most = table.filter(pl.col(share) >= _LEAST_SHARE).sort(
            share, "ground", "met", descending=[True, False, False]
        )
        said = [
            f"{_words(row['ground'], met=row['met'])} in {100 * row[share]:.0f} %"
            for row in most.head(_TOLD).iter_rows(named=True)
        ]
        mostly = " and ".join(said) if said else f"no ground in more than {100 * _LEAST_SHARE:.0f} %"
        told.append(f"where {ending} ({size:,}), reviewers state {'mostly ' if said else ''}{mostly}")
    return f"{name[0].upper()}{name[1:]}: {'; '.join(told)}"


def _words(ground: str, *, met: bool) -> str:
    return plain("ground", f"{ground}:{'met' if met else 'not-met'}")
