"""Figures that can be cited: each has an address that gives it again, or says why it cannot.

An address names the kind of figure, what was asked, the generation and a digest of its inputs: the letters
of that generation with their texts, readers and corrections. Asked of a later generation, the figure is
counted in the generation that is kept, or over the same letters, which the ledger remembers. Where some of
them were removed or changed since, the answer says how many, and what the figure is now.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import numpy as np
import polars as pl

from kg.analysis.cache import Analyses
from kg.analysis.columns import names
from kg.analysis.decisions import LEVELS, OUTCOMES, PARTIES, Index, prepare
from kg.analysis.drivers import DriverRow
from kg.analysis.drivers import drivers as driver_table
from kg.analysis.filters import FILTERS, Filters, choose, unknown
from kg.analysis.sides import with_rates
from kg.analysis.trends import ChangeRow, MonthRow, trends
from kg.base.store import KnowledgeBase
from kg.errors import ChoiceError, SettingError, UnknownError

_GENERATION = re.compile(r"[0-9]{6,9}")
_INPUTS = re.compile(r"[0-9a-f]{16}")
LONGEST = 4_000
"""Characters of an address."""

Values = Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a figure is of: its kind, whose citations count, which decisions, and the row of a table.

    ``row`` is what is cited (``driver``), the month (``month``) or the day of a change (``change``);
    ``key`` is what the decisions of a trend cite.
    """

    kind: str
    party: str = "reviewer"
    filters: Filters = field(default_factory=Filters)
    level: str = "page"
    row: str = ""
    key: str = ""
    adjust: str = ""
    generation: str = ""
    inputs: str = ""

    @property
    def address(self) -> str:
        """The path that gives the figure again.

        >>> Asked("outcomes", filters=Filters.of(drug="ibuprofen"), generation="000001").address
        '/figures/outcomes?party=reviewer&drug=ibuprofen&generation=000001'
        """
        own = {name: getattr(self, name) for name in KINDS[self.kind].takes}
        last = {"generation": self.generation, "inputs": self.inputs}
        given = [(name, value) for name, value in own.items() if value]
        given += [(name, value) for name, values in self.filters.written().items() for value in values]
        given += [(name, value) for name, value in last.items() if value]
        return f"/figures/{quote(self.kind)}?{urlencode(given)}"

    @classmethod
    def read(cls, address: str) -> "Asked":
        """What an address asks for, with or without the server before it.

        Raises:
            ChoiceError: it is no figure's, or names what is not known.
            SettingError: a value is not written as it should be.
        """
        if len(address) > LONGEST:
            raise SettingError(f"an address of a figure has at most {LONGEST:,} characters")
        try:
            parts = urlsplit(address)
            given = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
        except ValueError as error:
            raise SettingError(f"this is no address of a figure: {error}") from error
        return cls.of(parts.path.rpartition("/figures/")[2], given)

    @classmethod
    def of(cls, kind: str, given: list[tuple[str, str]]) -> "Asked":
        """What a kind of figure and pairs of names and values ask for.

        Raises:
            ChoiceError, SettingError: as :meth:`read`.
        """
        takes = KINDS[choose("kind of figure", kind, tuple(KINDS))].takes
        known = (*takes, "generation", "inputs", *FILTERS)
        own: dict[str, str] = {}
        filters: dict[str, list[str]] = {}
        for name, value in given:
            choose("parameter of a figure", name, known)
            if name in FILTERS:
                filters.setdefault(name, []).append(value)
            elif name in own:
                raise SettingError(f"{name} is given twice")
            else:
                own[name] = value
        asked = cls(kind, filters=Filters.of(**filters), **own)
        return asked.checked()

    def checked(self) -> "Asked":
        """The same, where every value is one that there can be.

        Raises:
            ChoiceError, SettingError: a value is none.
        """
        choose("party", self.party, PARTIES)
        choose("level", self.level, LEVELS)
        if self.generation and not _GENERATION.fullmatch(self.generation):
            raise SettingError(
                f"generation {self.generation!r} is not a number of six digits, such as 000001"
            )
        if self.inputs and not _INPUTS.fullmatch(self.inputs):
            raise SettingError(f"inputs {self.inputs!r} is not a digest of sixteen hexadecimal digits")
        if "row" in KINDS[self.kind].takes and not self.row:
            raise SettingError(f"a figure of the kind {self.kind} needs row: {KINDS[self.kind].row}")
        return self


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: what it takes, what its row is, and how it is counted."""

    takes: tuple[str, ...]
    row: str
    count: Callable[[Index, Asked], Values]
    words: str


def _outcomes(index: Index, asked: Asked) -> Values:
    mask = index.chosen(asked.filters, asked.party)
    chosen = np.arange(len(index)) if mask is None else np.flatnonzero(mask)
    decision = chosen.astype(np.int32)
    names = pl.DataFrame({"all": [""]})
    (row,) = with_rates(index, names, decision, np.zeros(decision.size, np.int32)).to_dicts()
    return {name: value for name, value in row.items() if name != "all"}


_DRIVER = (
    "letters",
    "decisions",
    *OUTCOMES,
    *(n for n in names(DriverRow, "figure", "low", "high") if n not in {"probability", "credible_set"}),
)


def _driver(index: Index, asked: Asked) -> Values:
    adjust = asked.adjust or None
    table = driver_table(index, asked.level, asked.party, asked.filters, 1, adjust=adjust, sets=False).table
    found = table.filter(pl.col("key") == asked.row).to_dicts()
    if not found:
        raise unknown("row", asked.row, table["key"], ChoiceError)
    return {name: found[0][name] for name in _DRIVER if name in found[0]}


def _month(index: Index, asked: Asked) -> Values:
    found = trends(index, asked.key or None, asked.party, asked.filters)
    return _row(asked, "month", found.rows)


def _change(index: Index, asked: Asked) -> Values:
    found = trends(index, asked.key or None, asked.party, asked.filters)
    return _row(asked, "change", found.changes)


def _row(asked: Asked, name: str, rows: tuple[MonthRow, ...] | tuple[ChangeRow, ...]) -> Values:
    known = {str(getattr(row, name)): row for row in rows}
    if asked.row not in known:
        raise unknown(name, asked.row, known, ChoiceError)
    return {key: value for key, value in asdict(known[asked.row]).items() if key != name}


KINDS: Mapping[str, Kind] = {
    "outcomes": Kind(("party",), "", _outcomes, "Outcomes of decisions"),
    "driver": Kind(
        ("level", "party", "row", "adjust"),
        "what is cited",
        _driver,
        "Association of what is cited with outcomes",
    ),
    "month": Kind(("party", "key", "row"), "a month such as 2016-03", _month, "Outcomes of one month"),
    "change": Kind(
        ("party", "key", "row"),
        "a day such as 2016-07-28",
        _change,
        "Change of outcomes at an edition",
    ),
}
"""Every kind of figure by name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, or why it cannot be given again.

    ``values`` are those of the generation that the address names, ``None`` where they cannot be counted any
    more; ``rest`` are those over the letters of that generation that are left, as they are now. ``now`` are
    those of the generation that is served.
    """

    asked: Asked
    served: str
    letters: int
    """Letters of the generation that the address names."""
    values: Values | None
    now: Values | None
    rest: Values | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    says: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The figure as JSON has it."""
        return {
            "address": self.asked.address,
            "kind": self.asked.kind,
            "about": about(self.asked),
            "generation": self.asked.generation,
            "inputs": self.asked.inputs,
            "letters": self.letters,
            "values": self.values,
            "says": self.says,
            "served": self.served,
            "now": self.now,
            "rest": self.rest,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
        }


def about(asked: Asked) -> str:
    """What a figure is of, in words.

    >>> about(Asked("outcomes", filters=Filters.of(drug="ibuprofen")))
    'Outcomes of decisions: drug ibuprofen, party reviewer'
    """
    told = [str(asked.filters)] + [
        f"{name} {value}" for name in KINDS[asked.kind].takes if (value := getattr(asked, name))
    ]
    return f"{KINDS[asked.kind].words}: {', '.join(told)}"


def digest(states: Mapping[str, str]) -> str:
    """The digest of the letters of a generation, whatever their order."""
    lines = "\n".join(f"{case} {state}" for case, state in sorted(states.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


@dataclass(eq=False)
class Citable:
    """The figures of an open base."""

    base: KnowledgeBase
    analyses: Analyses
    _inputs: dict[str, str] = field(default_factory=dict)

    def inputs(self, generation: str) -> str:
        """The digest of the letters of a generation."""
        if generation not in self._inputs:
            self._inputs[generation] = digest(self.base.states(generation))
        return self._inputs[generation]

    def cited(self, asked: Asked) -> Asked:
        """What is asked, of the generation that is served, so that its address can be cited."""
        generation = self.base.generation
        return replace(asked, generation=generation, inputs=self.inputs(generation))

    def figure(self, asked: Asked) -> Figure:
        """A figure again.

        Raises:
            UnknownError: there was no such generation, or its letters were others.
            ChoiceError: there is no such row.
            SettingError: the generation is not kept, and the digest is not given.
        """
        served = self.base.generation
        generation = asked.generation or served
        if int(generation) > int(served) or not int(generation):
            raise UnknownError(f"there was no generation {generation}; the one that is served is {served}")
        states = self.base.states(generation)
        if not asked.inputs:
            self._must_be_kept(generation)
        own = digest(states)
        asked = replace(asked, generation=generation, inputs=asked.inputs or own)
        if own != asked.inputs:
            raise UnknownError(f"generation {generation} had no letters with the digest {asked.inputs}")
        if generation == served:
            values = KINDS[asked.kind].count(self.analyses.index, asked)
            return Figure(asked, served, len(states), values, values, says="counted now")
        return self._again(asked, states, self._now(asked))

    def _must_be_kept(self, generation: str) -> None:
        """See that a generation which is asked for without a digest is kept."""
        if generation != self.base.generation:
            other = self.base.kept(generation)
            if other is None:
                served = self.base.generation
                raise SettingError(f"generation {generation} is not kept; the one that is served is {served}")
            other.close()

    def _now(self, asked: Asked) -> Values | None:
        try:
            return KINDS[asked.kind].count(self.analyses.index, asked)
        except ChoiceError:
            return None

    def _again(self, asked: Asked, states: Mapping[str, str], now: Values | None) -> Figure:
        """A figure of an earlier generation."""
        served = self.base.generation
        current = self.base.states(served)
        added = len(current.keys() - states.keys())
        removed = len(states.keys() - current.keys())
        changed = sum(current[case] != state for case, state in states.items() if case in current)
        made = Figure(asked, served, len(states), None, now, None, added, changed, removed)
        if (other := self.base.kept(asked.generation)) is not None:
            with other:
                index = prepare(other.scan_facts().collect())
            values = KINDS[asked.kind].count(index, asked)
            return replace(made, values=values, says="counted in that generation, which is kept")
        rest = self._over(asked, states.keys() & current.keys())
        if not removed and not changed:
            says = "counted again over the same letters" + (f"; {added:,} were added since" if added else "")
            return replace(made, values=rest, says=says)
        return replace(made, rest=rest, says=_why_not(made))

    def _over(self, asked: Asked, cases: set[str]) -> Values | None:
        facts = self.base.scan_facts().filter(pl.col("case").is_in(list(cases))).collect()
        try:
            return KINDS[asked.kind].count(prepare(facts), asked)
        except ChoiceError:
            return None


def _why_not(made: Figure) -> str:
    """Why a figure cannot be given again."""
    gone = [f"{made.removed:,} were removed"] if made.removed else []
    gone += [f"{made.changed:,} were corrected, replaced or read anew"] if made.changed else []
    return (
        f"the figure cannot be counted whole any more: of its {made.letters:,} letters {' and '.join(gone)} "
        f"since; {made.added:,} letters were added; rest is over the letters that are left, now over all"
    )
