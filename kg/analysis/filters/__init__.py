"""The one table of filters: which decisions a question is about.

An entry of :data:`FILTERS` says how a filter is called, how its values are written, which values of the
facts it keeps and which SPARQL pattern keeps the same. The facts, the SPARQL of a row, the options of
commands, the parameters of the API, the forms of pages, the reference and the tests are made from it.

Several values of one filter keep what has any of them; several filters keep what passes all. A range in
which no decision lies, or a word of the vocabulary that no decision has, keeps nothing. What parses to
nothing (an empty value, a reversed range) is an error, never all decisions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.analysis.filters import known_words, sparql_patterns
from kg.analysis.filters.choices import check_minimum as check_minimum
from kg.analysis.filters.choices import choose as choose
from kg.analysis.filters.choices import unknown as unknown
from kg.analysis.filters.ranges import DAYS, NUMBERS, PHRASE, WORD, YEARS, Kind, Range, Value, plain
from kg.errors import ChoiceError, SettingError
from kg.model import Priority, Sex, Template, Unit

Given = Value | int | Iterable[Value | int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter, called ``name`` in the API and Python, and ``--name`` with hyphens as an option.

    It keeps a decision by a value of one of its ``columns`` of the facts, or by a key that the party in
    question cites at one of the ``levels``: what that stands for ``matches``.
    """

    name: str
    label: str
    """Short, for a form."""
    words: str
    """What it keeps, for help."""
    example: str
    often: bool = False
    """Whether a form shows it at once, and not under more filters."""
    pattern: sparql_patterns.Pattern | None = None
    """What keeps the same items in SPARQL, ``None`` where the graph does not state what it keeps."""
    searched: bool = False
    """Whether its values are words that are searched for in the rationales."""
    kind: Kind = WORD
    columns: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    value_of: Callable[[str], str] = str
    """The value that a column's value or a key stands for."""
    matches: Callable[[Value, str], bool] = lambda value, found: value == found
    vocabulary: Callable[[], Iterable[str]] = tuple
    """Words that are known even if no decision has them."""
    parts: str = ""
    """What separates several words of the vocabulary in one value."""
    folds: str = ""
    """What separates a value from a qualifier, without which it keeps all qualifiers."""
    numbers: str = ""
    """What separates a word of the vocabulary from any number."""

    @property
    def help(self) -> str:
        """What it keeps, with an example.

        >>> FILTERS["specialty"].help
        'Specialty of the reviewer, such as Pain Medicine.'
        """
        return f"{self.words}, such as {self.example}."

    def read(self, given: object) -> Value:
        """A value as a person writes it.

        >>> FILTERS["year"].read("2014-2016")
        Range(first='2014', last='2016')

        Raises:
            SettingError: it is empty or not written so, or a range is reversed.
        """
        return self.kind.read(self.name.replace("_", " "), str(given))

    def choices(self, present: Iterable[str]) -> list[str]:
        """The values to choose from, given those ``present`` in the facts, sorted."""
        found = {value for name in present if (value := self.value_of(name))}
        bare = {name.partition(self.folds)[0] for name in found} if self.folds else found
        return sorted(found | bare, key=self.kind.order)  # type: ignore[arg-type]  # numbers or text

    def known(self, value: Value, present: Iterable[str]) -> Value:
        """A word as it is written among the values ``present`` or in the vocabulary, whatever its case.

        Raises:
            ChoiceError: it is in neither; the sentence names the nearest.
        """
        if isinstance(value, Range) or self.searched:
            return value
        written = {word.casefold(): word for word in self.choices(present)}
        words = known_words.folded(self.vocabulary)
        if found := written.get(value.casefold()) or words.get(value.casefold()):
            return found
        of, _, number = value.casefold().rpartition(self.numbers or value)
        if of in words and number.isdecimal():
            return f"{words[of]}{self.numbers}{int(number)}"
        parts = [words.get(part.casefold()) for part in value.split(self.parts)] if self.parts else [None]
        if None in parts:
            raise unknown(self.name.replace("_", " "), value, written.values() or words.values(), ChoiceError)
        return self.parts.join(filter(None, parts))


def _in(value: Value, found: str) -> bool:
    return isinstance(value, Range) and found in value


def _folding(value: Value, found: str) -> bool:
    return value in {found, found.partition(":")[0]}


_CASE = "?case imr:disputedItem ?item ;"
"""The case of an item, of which more is to be said."""
_ALL = (
    Filter(
        name="year",
        label="Decided",
        often=True,
        words="Year of the decision, or a range of years",
        example="2014-2016",
        kind=YEARS,
        columns=("year",),
        matches=_in,
        pattern=sparql_patterns.ranged(f"{_CASE} imr:decisionDate", "?decided", sparql_patterns.years),
    ),
    Filter(
        name="decision_date",
        label="Decision date",
        words="Day, month or range of days of the decision",
        example="2016-01-01..2016-06-30",
        kind=DAYS,
        columns=("decision_date",),
        matches=_in,
        pattern=sparql_patterns.ranged(f"{_CASE} imr:decisionDate", "?day", sparql_patterns.days),
    ),
    Filter(
        name="category",
        label="Service",
        often=True,
        words="Category of service",
        example="Pharmaceuticals",
        columns=("category",),
        vocabulary=known_words.categories,
        pattern=sparql_patterns.category,
    ),
    Filter(
        name="subcategory",
        label="Subcategory",
        words="Subcategory of service",
        example="Opioids",
        columns=("subcategory",),
        vocabulary=known_words.subcategories,
        pattern=sparql_patterns.subcategory,
    ),
    Filter(
        name="body_part",
        label="Body part",
        words="Body part, on any side or on one",
        example="knee:left",
        columns=("body_parts",),
        matches=_folding,
        vocabulary=known_words.body_parts,
        folds=":",
        pattern=sparql_patterns.each(sparql_patterns.body_part),
    ),
    Filter(
        name="ground",
        label="Ground",
        words="Ground that the reviewer states, met or not or either",
        example="response:not-met",
        columns=("grounds",),
        matches=_folding,
        vocabulary=known_words.grounds,
        folds=":",
        pattern=sparql_patterns.each(sparql_patterns.ground),
    ),
    Filter(
        name="rationale",
        label="Rationale",
        words="Words of the reviewer's rationale, next to one another and in this order",
        example="functional improvement",
        kind=PHRASE,
        searched=True,
    ),
    Filter(
        name="drug",
        label="Drug",
        words="Generic ingredient, ingredients of a combination joined by a slash, or class of drugs",
        example="hydrocodone/acetaminophen",
        columns=("drug", "drug_class"),
        vocabulary=known_words.drugs,
        parts="/",
        pattern=sparql_patterns.each(sparql_patterns.drug),
    ),
    Filter(
        name="specialty",
        label="Reviewer",
        often=True,
        words="Specialty of the reviewer",
        example="Pain Medicine",
        columns=("specialties",),
        vocabulary=known_words.specialties,
        pattern=sparql_patterns.each(sparql_patterns.specialty),
    ),
    Filter(
        name="licence",
        label="Licence",
        words="State that licenses the reviewer",
        example="California",
        columns=("licensed_in",),
        vocabulary=known_words.states,
        pattern=sparql_patterns.each(sparql_patterns.licence),
    ),
    Filter(
        name="guideline",
        label="Guideline",
        words="Guideline, edition, chapter, section or page that the party cites",
        example="acoem-2004/12",
        levels=("guideline", "edition", "chapter", "section", "page"),
        matches=known_words.contains,
        vocabulary=known_words.guidelines,
        numbers="/page/",
        pattern=sparql_patterns.guideline,
    ),
    Filter(
        name="edition",
        label="Edition",
        words="Year of the edition that the party cites, or a range of years",
        example="2009",
        kind=YEARS,
        levels=("edition",),
        value_of=known_words.edition,
        matches=_in,
        pattern=sparql_patterns.edition,
    ),
    Filter(
        name="template",
        label="Template",
        words=f"Letter template: {', '.join(Template)}",
        example="sections",
        columns=("template",),
        vocabulary=lambda: Template,
        pattern=sparql_patterns.of_case("template", "template"),
    ),
    Filter(
        name="priority",
        label="Priority",
        words="Priority of the review: standard or expedited",
        example="expedited",
        columns=("priority",),
        vocabulary=lambda: Priority,
        pattern=sparql_patterns.of_case("priority", "priority"),
    ),
    Filter(
        name="sex",
        label="Worker's sex",
        words="Sex of the injured worker, as printed",
        example="female",
        columns=("sex",),
        vocabulary=lambda: Sex,
        pattern=sparql_patterns.of_case("workerSex", "sex"),
    ),
    Filter(
        name="age",
        label="Worker's age",
        words="Age of the injured worker in years, or a range of ages",
        example="40-50",
        kind=NUMBERS,
        columns=("age",),
        matches=_in,
        pattern=sparql_patterns.ranged(f"{_CASE} imr:workerAge", "?age", sparql_patterns.between),
    ),
    Filter(
        name="quantity",
        label="Quantity",
        words="The most that is requested, or a range of it",
        example="13..",
        kind=NUMBERS,
        columns=("quantity_max",),
        value_of=plain,
        matches=_in,
        pattern=sparql_patterns.ranged("?item imr:quantityMaximum", "?most", sparql_patterns.between),
    ),
    Filter(
        name="quantity_unit",
        label="Unit",
        words="What the quantity counts",
        example="visit",
        columns=("quantity_unit",),
        vocabulary=lambda: Unit,
        pattern=sparql_patterns.each(sparql_patterns.unit),
    ),
)

FILTERS: Mapping[str, Filter] = {one.name: one for one in _ALL}
"""Every filter by name."""


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
