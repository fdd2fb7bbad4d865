"""The filters that are set, with their values.

Several values of one filter keep what has any of them; several filters keep what passes all. A range in
which no decision lies, or a word of the vocabulary that no decision has, keeps nothing. What parses to
nothing (an empty value, a reversed range) is an error, never all decisions.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.analysis.filters import sparql_patterns
from kg.analysis.filters.choices import choose
from kg.analysis.filters.filter import Filter
from kg.analysis.filters.ranges import Range, Value
from kg.analysis.filters.table import FILTERS
from kg.errors import SettingError

Given = Value | int | Iterable[Value | int] | None
"""What a filter is set to: one value or several; ``None`` sets none."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The decisions that are counted: all those that pass each filter that is set; make it with :meth:`of`.

    >>> Filters.of(year=2014, drug=["ibuprofen", "naproxen"])["drug"]
    ('ibuprofen', 'naproxen')
    """

    _chosen: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    @classmethod
    def of(cls, **values: Given) -> "Filters":
        """Filters by name from single values or lists of them; ``None`` sets none.

        >>> str(Filters.of(year="2014..2016", category="Injection"))
        'year 2014-2016; category Injection'

        Raises:
            ChoiceError: there is no such filter.
            SettingError: a value is empty or not written as its filter's are, a range is reversed, or a
                list has no value.
        """
        chosen = {}
        for name, given in values.items():
            wanted = FILTERS[choose("filter", name, list(FILTERS))]
            if given is None:
                continue
            several = [given] if isinstance(given, str | int | Range) else list(given)
            if not several:
                raise SettingError(f"the filter {name.replace('_', ' ')} has no value")
            chosen[name] = tuple(dict.fromkeys(wanted.read(value) for value in several))
        return cls(tuple((name, chosen[name]) for name in FILTERS if name in chosen))

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        """The values of a filter, none where it is not set."""
        return dict(self._chosen).get(name, ())

    def given(self) -> dict[str, tuple[Value, ...]]:
        """The filters that are set, by name.

        >>> Filters.of(category="Surgery").given()
        {'category': ('Surgery',)}
        """
        return dict(self._chosen)

    def written(self) -> dict[str, list[str]]:
        """The filters that are set as they are written: ``Filters.of(**filters.written()) == filters``.

        >>> Filters.of(year="2014..2016").written()
        {'year': ['2014-2016']}
        """
        return {name: [str(value) for value in values] for name, values in self._chosen}

    def pairs(self) -> list[tuple[str, str]]:
        """The filters that are set as parameters of an address, one for each value.

        >>> Filters.of(drug=["ibuprofen", "naproxen"]).pairs()
        [('drug', 'ibuprofen'), ('drug', 'naproxen')]
        """
        return [(name, value) for name, values in self.written().items() for value in values]

    def mapped(self, change: Callable[[Filter, Value], Value]) -> "Filters":
        """The filters with each value changed."""
        return Filters(
            tuple(
                (name, tuple(dict.fromkeys(change(FILTERS[name], value) for value in values)))
                for name, values in self._chosen
            )
        )

    @property
    def stated(self) -> bool:
        """Whether the graph states all that is kept, so that :meth:`patterns` keep the same.

        >>> Filters.of(year=2014).stated, Filters.of(rationale="fear avoidance").stated
        (True, False)
        """
        return all(FILTERS[name].pattern is not None for name, _ in self._chosen)

    def patterns(self, citing: sparql_patterns.Citing) -> Iterator[str]:
        """The SPARQL patterns that an ``?item`` fulfils that passes.

        Raises:
            SettingError: the graph does not state what a filter keeps.
        """
        for name, values in self._chosen:
            if (pattern := FILTERS[name].pattern) is None:
                raise SettingError(f"no SPARQL query: the graph does not hold the {name}'s words")
            yield from pattern(values, citing)

    def __bool__(self) -> bool:
        return bool(self._chosen)

    def __str__(self) -> str:
        """As a person would write them, ``all decisions`` when none is set."""
        told = [f"{name.replace('_', ' ')} {', '.join(map(str, values))}" for name, values in self._chosen]
        return "; ".join(told) or "all decisions"
