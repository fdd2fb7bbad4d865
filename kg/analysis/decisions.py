"""The facts made ready for counting: one row a decision, and who cites what as pairs of numbers.

The facts frame (``kg.base.facts``) repeats a decision for each thing cited. Counting wants each
decision once, and for a level of the guidelines and a party the pairs (decision, key) without
repetition. A *key* is one page, section, chapter, edition or guideline; its name is its notation in
``ontology/guidelines.ttl``, the end of its IRI: ``chronic-pain/2009/page/98``, ``acoem-2004/12``.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.filters import FILTERS, Filter, Filters, choose
from kg.analysis.filters.ranges import Value
from kg.analysis.prepared.strata import Ids as Ids
from kg.analysis.prepared.strata import Mask as Mask
from kg.analysis.prepared.strata import Strata, Together, strata, together, valued
from kg.analysis.prepared.strata import Valued as Valued
from kg.analysis.prepared.strata import each_once as each_once
from kg.analysis.prepared.strata import places as places
from kg.base.tables.notations import columns_of, edition, is_cited, notation
from kg.errors import SettingError
from kg.model import Outcome, Party

LEVELS = ("page", "section", "chapter", "edition", "guideline")
PARTIES = (Party.REVIEWER.value, Party.CLAIMS_ADMINISTRATOR.value, "any", "both")
OUTCOMES = tuple(outcome.value for outcome in Outcome)

CODED = (
    *("category", "subcategory", "drug", "drug_class", "template", "priority", "sex"),
    *("quantity_unit", "recommended_unit"),
)
_OWN = (
    *("case", "item", "outcome", "year", "body_parts", "specialties", "item_text", "wording", "age"),
    *("decision_date", "date_of_injury", "conditions", "injured_parts", "earlier_treatments"),
    *("quantity_min", "quantity_max", "recommended_min", "recommended_max"),
    *CODED,
)
DECISION = tuple(dict.fromkeys((*_OWN, *(column for one in FILTERS.values() for column in one.columns))))
"""The columns of a decision that are kept, also those of filters; those of :data:`CODED` as categories."""

PLAIN = (*CODED, "year")
"""Columns of which a decision has one value of few."""

KEY_COLUMNS = ("guideline", "edition", "chapter", "section", "page")

_RECENT = 16
"""Filters whose decisions are kept, of those that were asked for last."""
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """Who cites what: decision ``decision[i]`` cites key ``key[i]``, each pair once, in order.

    ``keys`` has a row for each key: ``key`` (its notation) and the columns of a drivers table.
    """

    decision: Ids
    key: Ids
    keys: pl.DataFrame

    def within(self, chosen: Mask | None) -> "Cited":
        """The pairs of the decisions that are ``chosen``, all of them for ``None``."""
        if chosen is None:
            return self
        kept = chosen[self.decision]
        return Cited(self.decision[kept], self.key[kept], self.keys)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Index:
    """A facts frame made ready: make it with :func:`prepare`, once, and ask it many times."""

    outcome: NDArray[np.int8]
    """The place of each decision's outcome in :data:`OUTCOMES`."""
    letter: Ids
    """The number of each decision's letter, in order."""
    _reading: Callable[[Sequence[str]], pl.DataFrame] = field(repr=False)
    _citing: Callable[[str, str], Cited] = field(repr=False)
    undecided: int = 0
    """How many disputed items are left out, because their outcome was not understood."""
    _parts: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _recent: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _keep: Callable[[str, str, Callable[[], Any]], Any] = field(
        default=lambda _, __, make: make(), repr=False
    )
    _searching: "Callable[[Index, str], Mask] | None" = field(default=None, repr=False)

    def __len__(self) -> int:
        """How many decisions there are."""
        return self.outcome.size

    @property
    def left_out(self) -> tuple[str, ...]:
        """The sentence that a reader of counts needs where items are left out."""
        if not self.undecided:
            return ()
        items = "1 disputed item" if self.undecided == 1 else f"{self.undecided:,} disputed items"
        return (f"{items} whose outcome could not be read: not counted",)

    @property
    def decisions(self) -> pl.DataFrame:
        """A row for each decision, in the order of the facts, with what does not depend on a citation."""
        return self.columns(*DECISION)

    def columns(self, *names: str) -> pl.DataFrame:
        """Some columns of :attr:`decisions`; each is read when it is asked for first."""
        return pl.DataFrame([self._column(name) for name in names])

    def _column(self, name: str) -> pl.Series:
        return self.part("column", name, lambda: self._reading([name])[name])

    def cited(self, level: str, party: str) -> Cited:
        """The pairs of decision and key of one ``level`` for one ``party``.

        Raises:
            UnknownError: there is no such level or party.
        """
        choose("level", level, LEVELS)
        choose("party", party, PARTIES)
        return self.part("cited", f"{level}-{party}", lambda: self._citing(level, party))

    def strata(self, column: str) -> Strata:
        """The stratum of each decision by the values of a column, and these from stratum 1 on.

        Decisions without a value are stratum 0.
        """
        return self.part("strata", column, lambda: strata(self.columns(column)[column]))

    def together(self, column: str) -> Together:
        """The values of a column of lists that decisions have together."""
        return self.part("together", column, lambda: together(self.valued(column), len(self)))

    def valued(self, column: str) -> Valued:
        """The decisions and their values of a column, of text or of lists of text; nulls have none."""
        return self.part("valued", column, lambda: valued(self.columns(column)[column]))

    def part(self, kind: str, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` makes of all decisions, once; where it is kept on disk, not even that."""
        if (kind, name) not in self._parts:
            self._parts[kind, name] = self._keep(kind, name, make)
        made: Made = self._parts[kind, name]
        return made

    def recent(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` makes, of what was asked for last."""
        if name not in self._recent:
            made = make()
            while len(self._recent) >= _RECENT:
                self._recent.pop(next(iter(self._recent)), None)
            self._recent[name] = made
        found: Made = self._recent[name]
        return found

    def cases(self, cited: Cited, key: str) -> list[str]:
        """The cases of the decisions that cite one key, sorted."""
        number = cited.keys["key"].index_of(key)
        found = self.columns("case")["case"].gather(cited.decision[cited.key == number])
        return [str(case) for case in found.unique().sort()]

    def values(self, name: str) -> list[str]:
        """The values that decisions have of the filter ``name``, or that are cited; sorted."""
        one = FILTERS[name]
        found = {value for column in one.columns for value in self._names(column)}
        for level in one.levels:
            found.update(self.cited(level, "any").keys["key"])
        return one.choices(found)

    def _names(self, column: str) -> tuple[str, ...]:
        return self.strata(column)[1] if column in PLAIN else self.valued(column).names

    def resolved(self, filters: Filters) -> Filters:
        """The filters with words as the facts or the vocabulary write them.

        Raises:
            ChoiceError: a word is in neither; the sentence names the nearest.
        """
        return filters.mapped(lambda one, value: one.known(value, self.values(one.name)))

    def chosen(self, filters: Filters, party: str) -> Mask | None:
        """Which decisions ``filters`` let through, ``None`` for all.

        Raises:
            ChoiceError: as :meth:`resolved`.
        """
        passing: Mask | None = None
        for name, values in self.resolved(filters).given().items():
            found = self._having(FILTERS[name], values, party)
            passing = found if passing is None else passing & found
        return passing

    def notes(self, filters: Filters, party: str) -> Iterator[str]:
        """Sentences on values that no decision has, or on filters that none passes together."""
        wanted = self.resolved(filters)
        absent = [
            f"{name.replace('_', ' ')} {value}"
            for name, values in wanted.given().items()
            for value in values
            if not self._having(FILTERS[name], (value,), party).any()
        ]
        yield from (f"no decision has the {told}" for told in absent)
        if wanted and not absent and (mask := self.chosen(wanted, party)) is not None and not mask.any():
            yield f"no decision matches all of the filters: {wanted}"

    def _having(self, one: Filter, values: Sequence[Value], party: str) -> Mask:
        """The decisions that have one of some values of a filter."""

        def made() -> Mask:
            found = np.zeros(len(self), bool)
            for phrase in values if one.searched else ():
                if self._searching is None:
                    raise SettingError("the texts of the letters are not at hand")
                found |= self._searching(self, str(phrase))
            for column in one.columns:
                if column in PLAIN:
                    code, names = self.strata(column)
                    found |= np.append(False, _matching(one, values, names))[code]
                else:
                    pairs = self.valued(column)
                    found[pairs.decision[_matching(one, values, pairs.names)[pairs.value]]] = True
            if one.levels:
                parties = PARTIES[:2] if party == "both" else (choose("party", party, PARTIES),)
                found |= np.logical_and.reduce([self._citing_one(one, values, side) for side in parties])
            found.flags.writeable = False
            return found

        return self.recent((one.name, tuple(values), party), made)

    def _citing_one(self, one: Filter, values: Sequence[Value], party: str) -> Mask:
        found = np.zeros(len(self), bool)
        for level in one.levels:
            cited = self.cited(level, party)
            wanted = _matching(one, values, cited.keys["key"].to_list())
            found[cited.decision[wanted[cited.key]]] = True
        return found


def _matching(one: Filter, values: Sequence[Value], names: Sequence[str]) -> Mask:
    """Which of the names match one of the values."""
    return np.array([any(one.matches(value, one.value_of(name)) for value in values) for name in names], bool)


def prepare(facts: pl.DataFrame | pl.LazyFrame) -> Index:
    """Make a facts table ready for counting; a scan of Parquet files is read column by column.

    Items whose outcome was not understood are left out, and counted as :attr:`Index.undecided`.
    """
    table = facts.lazy()
    unread = table.filter(pl.col("outcome").is_null()).select("case", "item").unique().collect().height
    if unread:
        table = table.filter(pl.col("outcome").is_not_null())
    number = pl.struct("case", "item").rle_id().alias("decision")
    decision = table.select(number).collect()["decision"]
    decisions = _decisions(table, decision)
    if decisions.select(pl.struct("case", "item").is_duplicated().any()).item():
        table = table.sort("case", "item", maintain_order=True)
        decision = table.select(number).collect()["decision"]
        decisions = _decisions(table, decision)
    outcome = decisions["outcome"].replace_strict(
        list(OUTCOMES), list(range(len(OUTCOMES))), return_dtype=pl.Int8
    )
    named = [
        pl.col(name).cast(pl.Categorical) for name in ("guideline", "chapter", "section", "section_title")
    ]
    citations = (
        table.with_columns(decision=pl.lit(decision))
        .filter(pl.col("guideline").is_not_null())
        .select("decision", "party", *named, edition(), pl.col("page").cast(pl.Int64))
        .collect()
    )
    letter = decisions["case"].rle_id().cast(pl.Int32)
    sides = cache(partial(_citing, citations))
    return Index(
        outcome.to_numpy(),
        letter.to_numpy(),
        decisions.select,
        lambda level, party: sides(level)[party],
        undecided=unread,
    )


def _citing(citations: pl.DataFrame, level: str) -> Mapping[str, Cited]:
    """The pairs of one level for each party."""
    columns = columns_of(level)
    rows = citations.lazy().filter(is_cited(level)).select("decision", "party", *columns).collect()
    forms = rows.lazy().group_by(columns).len().with_columns(key=notation(level)).collect()
    keys = forms.select("key").unique().sort("key").with_row_index("number")
    forms = forms.join(keys, on="key")
    # Joining on the codes of the categories, without nulls, takes a third of the time.
    codes = [pl.col(name).to_physical().cast(pl.Int64).fill_null(-1) for name in columns]
    numbers = forms.select("number", *codes)
    numbered = rows.select("decision", "party", *codes).join(
        numbers, on=columns, how="left", maintain_order="left"
    )
    pairs = numbered["decision"].cast(pl.Int64).to_numpy() * max(keys.height, 1)
    pairs = pairs + numbered["number"].cast(pl.Int64).to_numpy()
    reviewer = (numbered["party"] == Party.REVIEWER.value).to_numpy()
    one, other = each_once(pairs[reviewer]), each_once(pairs[~reviewer])
    described = _described(level, forms)
    found = {
        Party.REVIEWER.value: one,
        Party.CLAIMS_ADMINISTRATOR.value: other,
        "any": each_once(np.concatenate((one, other))),
        "both": np.intersect1d(one, other, assume_unique=True),
    }
    return {party: _unpacked(pairs, described) for party, pairs in found.items()}


def _unpacked(pairs: NDArray[np.int64], keys: pl.DataFrame) -> Cited:
    decision, key = np.divmod(pairs, max(keys.height, 1))
    return Cited(decision.astype(np.int32), key.astype(np.int32), keys)


def _decisions(table: pl.LazyFrame, decision: pl.Series) -> pl.DataFrame:
    columns = [pl.col(name) for name in DECISION if name != "specialties"]
    # A subspecialty counts as a specialty that the reviewer has.
    both = pl.concat_list(pl.col("specialties").fill_null([]), pl.col("subspecialties").fill_null([]))
    specialties = both.list.unique(maintain_order=True).alias("specialties")
    first = table.select(*columns, specialties).filter(
        pl.lit(decision != decision.shift(1, fill_value=_NONE))
    )
    return first.with_columns(pl.col(name).cast(pl.Categorical) for name in CODED).collect()


def _described(level: str, forms: pl.DataFrame) -> pl.DataFrame:
    """For each key its columns; where letters differ (a page under two chapters), the commonest."""
    shown = forms.with_columns(section="section_title") if level == "section" else forms
    columns = [name for name in KEY_COLUMNS if name in shown.columns]
    best = (
        shown.with_columns(pl.col(name).cast(_TYPES[name]) for name in columns)
        .sort("number", "len", *columns, descending=[False, True] + [False] * len(columns), nulls_last=True)
        .unique("number", keep="first", maintain_order=True)
    )
    rest = (pl.lit(None, _TYPES[name]).alias(name) for name in KEY_COLUMNS if name not in columns)
    return best.with_columns(rest).select("key", *KEY_COLUMNS)


_NONE = 2**32 - 1
_TYPES = {name: pl.Int64 if name in {"edition", "page"} else pl.String for name in KEY_COLUMNS}
