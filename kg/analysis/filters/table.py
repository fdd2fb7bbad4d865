"""The one table of filters: which decisions a question is about.

An entry of :data:`FILTERS` says how a filter is called, how its values are written, which values of the
facts it keeps and which SPARQL pattern keeps the same. The facts, the SPARQL of a row, the options of
commands, the parameters of the API, the forms of pages, the reference and the tests are made from it.
"""

from collections.abc import Mapping

from kg.analysis.filters import known_words, sparql_patterns
from kg.analysis.filters.filter import Filter
from kg.analysis.filters.ranges import DAYS, NUMBERS, PHRASE, YEARS, Range, Value, plain
from kg.model import Priority, Sex, Template, Unit


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
