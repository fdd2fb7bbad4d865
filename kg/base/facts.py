"""The facts table and its companions, in Parquet: their schema, their rows, how to open them.

``facts/`` has one row a decision x party x citation x (section or page): a section row has a null page, a
page row a null section, a citation with neither has one row, and a party that cited nothing has one row
with a null citation, so that every decision is there for both parties. ``determinations/`` has one row a
letter, ``problems/`` one row for each wording that was not understood, ``grounds/`` one for each ground
that a reviewer states, ``sentences/`` one for each sentence of a rationale. A folder holds as many files as
builds added; read all of them together: ``polars.read_parquet("facts/*.parquet")``,
``duckdb: from 'facts/*.parquet'``, or any other reader of Parquet.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.base.stored_columns import DETERMINATIONS, FACTS, GROUNDS, PROBLEMS, SENTENCES, Kind, Schema
from kg.base.tables import arrow
from kg.base.tables.arrow import Row
from kg.model import (
    Allowed,
    BodyPart,
    Citation,
    Decision,
    Determination,
    DisputedItem,
    Ground,
    GuidelineField,
    History,
    Party,
    Specialty,
    TimeUnit,
    Treatment,
)
from kg.reading.alike import digest, form
from kg.reading.grounds.sentences import sentences

if TYPE_CHECKING:
    from arro3.core import RecordBatch

POSITION = "position"
"""The further column of a staged table: which of the batch's sources a row comes from."""

_NO_PLACE: Row = (None, None, None, None)
_NO_CITATION: Row = (None,) * 5 + _NO_PLACE
_QUOTED = 200


class Rows:
    """The rows that some letters give to the tables, with the position of each letter.

    ``labels`` gives the preferred label of a specialty's notation.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        # What a letter's or item's rows have in common is converted once, and repeated by Arrow: the
        # facts have seven rows a letter.
        self._letters: list[Row] = []
        self._items: list[Row] = []
        self._cited: list[Row] = []
        self._determinations: list[Row] = []
        self._problems: list[Row] = []
        self._grounds: list[Row] = []
        self._sentences: list[Row] = []

    def add(self, position: int, case: str, determination: Determination, text: str) -> None:
        """Add a letter: all of its rows, or on a fault none."""
        letter = (position, *_letter(case, determination, self._labels))
        told = determination.history
        items = [
            (len(self._letters), *_item(n, d, told, text)) for n, d in enumerate(determination.decisions, 1)
        ]
        first = len(self._items)
        decisions = enumerate(determination.decisions, first)
        cited = [(index, *row) for index, decision in decisions for row in _cited(decision)]
        determinations = (position, *_determination(case, determination))
        problems = [(position, *row) for row in _problems(case, determination, text)]
        grounds = [(position, *row) for row in _grounds(case, determination)]
        told_in = [(position, *row) for row in _sentences(case, determination, text)]
        self._letters.append(letter)
        self._items += items
        self._cited += cited
        self._determinations.append(determinations)
        self._problems += problems
        self._grounds += grounds
        self._sentences += told_in

    def tables(self) -> dict[str, "RecordBatch"]:
        """The tables by name, each with the further column :data:`POSITION`."""
        return {
            "facts": self._facts(),
            "determinations": arrow.table(self._determinations, staged(DETERMINATIONS)),
            "problems": arrow.table(self._problems, staged(PROBLEMS)),
            "grounds": arrow.table(self._grounds, staged(GROUNDS)),
            "sentences": arrow.table(self._sentences, staged(SENTENCES)),
        }

    def _facts(self) -> "RecordBatch":
        """The rows of what is cited, each beside those of its item and letter."""
        of_item = [row[0] for row in self._cited]
        of_letter = [self._items[item][0] for item in of_item]
        letters = arrow.taken(arrow.table(self._letters, _LETTER), of_letter)
        items = arrow.taken(arrow.table(self._items, _OF_ITEM), of_item)
        cited = arrow.table(self._cited, _CITED)
        columns = {name: part.column(name) for part in (letters, items, cited) for name in part.column_names}
        wanted = staged(FACTS)
        return arrow.beside([columns[name] for name in wanted], wanted)


def staged(schema: Schema) -> Schema:
    """The columns of a staged table."""
    return {POSITION: Kind.SMALL} | dict(schema)


_INDEX = "index"
_NAMES = list(FACTS)
_ITEM, _PARTY = _NAMES.index("item"), _NAMES.index("party")


def _part(index: str, first: int, end: int | None) -> Schema:
    return {index: Kind.SMALL} | {name: FACTS[name] for name in _NAMES[first:end]}


_LETTER, _OF_ITEM, _CITED = (
    _part(POSITION, 0, _ITEM),
    _part(_INDEX, _ITEM, _PARTY),
    _part(_INDEX, _PARTY, None),
)


def _cited(decision: Decision) -> Iterator[Row]:
    for party in Party:
        field = decision.cited_by(party)
        head = (party.value, field.basis and field.basis.value)
        for tail in _citations(field):
            yield head + tail


def _determination(case: str, determination: Determination) -> Row:
    reviewer, decisions = determination.reviewer, determination.decisions
    specialties = reviewer.specialties + reviewer.subspecialties
    return (
        case,
        determination.kind.value,
        determination.scanned,
        determination.template.value,
        determination.date_assigned,
        determination.date_of_injury,
        determination.decision_date,
        determination.ur_denial_date,
        determination.application_received,
        determination.priority and determination.priority.value,
        determination.patient.age,
        determination.patient.sex and determination.patient.sex.value,
        len(specialties),
        sum(specialty.concept is None for specialty in specialties),
        len(reviewer.licensed_in),
        len(decisions),
        sum(decision.rationale is not None for decision in decisions),
        sum(len(d.claims_administrator.citations) + len(d.reviewer.citations) for d in decisions),
        len(determination.problems),
    )


def _problems(case: str, determination: Determination, text: str) -> Iterator[Row]:
    for problem in determination.problems:
        quote = " ".join(problem.span.of(text)[: 2 * _QUOTED].split())[:_QUOTED]
        yield (
            case,
            determination.template.value,
            problem.kind.value,
            problem.span.start,
            problem.span.end,
            quote,
            problem.message,
        )


def _grounds(case: str, determination: Determination) -> Iterator[Row]:
    for item, decision in enumerate(determination.decisions, 1):
        outcome = decision.outcome and decision.outcome.value
        for counted, grounds in ((True, decision.grounds), (False, decision.cues)):
            for one in grounds:
                head = (case, item, outcome, one.ground, one.met, counted, one.likelihood)
                yield (*head, one.span.start, one.span.end, one.quote)


def _sentences(case: str, determination: Determination, text: str) -> Iterator[Row]:
    for item, start, end in rationale_sentences(determination, text):
        yield (case, item, start, end, *_digests(text[start:end]))


def rationale_sentences(determination: Determination, text: str) -> Iterator[tuple[int, int, int]]:
    """The sentences of a letter's rationales: the item's position, and where each begins and ends."""
    for item, decision in enumerate(determination.decisions, 1):
        if decision.rationale is not None:
            span = decision.rationale.span
            for start, end in sentences(text, span.start, span.end):
                yield item, start, end


def wording(sentence: str) -> int:
    """The digest of a sentence, white space folded: equal where word for word equal."""
    return digest(" ".join(sentence.split()))


# Letters repeat sentences word for word.
@lru_cache(maxsize=1 << 14)
def _digests(sentence: str) -> tuple[int, int]:
    return wording(sentence), digest(form(" ".join(sentence.split())))


def _letter(case: str, determination: Determination, labels: Mapping[str, str]) -> Row:
    decided, reviewer, patient = determination.decision_date, determination.reviewer, determination.patient
    return (
        case,
        decided,
        decided and decided.year,
        determination.date_of_injury,
        determination.template.value,
        determination.scanned,
        determination.priority and determination.priority.value,
        patient.age,
        patient.sex and patient.sex.value,
        _names(reviewer.specialties, labels),
        _names(reviewer.subspecialties, labels),
        list(reviewer.licensed_in),
        [_body_part(part) for part in determination.history.body_parts],
        [_treatment(treatment) for treatment in determination.history.treatments],
    )


def _names(specialties: Iterable[Specialty], labels: Mapping[str, str]) -> list[str]:
    return [labels.get(specialty.concept or "", specialty.name) for specialty in specialties]


def _item(position: int, decision: Decision, history: History, text: str) -> Row:
    item = decision.item
    service, quantity, drug = item.service, item.quantity, item.drug
    return (
        position,
        decision.outcome and decision.outcome.value,
        item.text,
        service and service.category,
        service and service.subcategory,
        drug and "/".join(drug.ingredients),
        drug and drug.drug_class,
        [_body_part(part) for part in item.body_parts],
        list(dict.fromkeys(each.concept for each in (*item.conditions, *history.conditions))),
        quantity and quantity.minimum,
        quantity and quantity.maximum,
        quantity and quantity.unit.value,
        *_schedule(item),
        *_allowed(decision.allowed),
        item.retrospective,
        item.associated_surgical_service,
        [_ground(each) for each in decision.grounds],
        [_ground(each) for each in decision.cues],
        [each.quote for each in decision.cues if each.ground == _OTHER],
        _wording(decision, text),
    )


_OTHER = "other"


def _ground(ground: Ground) -> str:
    return f"{ground.ground}:{'met' if ground.met else 'not-met'}"


def _wording(decision: Decision, text: str) -> int:
    """A digest of what was asked, decided and why, white space folded."""
    said = decision.rationale.span.of(text) if decision.rationale else ""
    outcome = decision.outcome and decision.outcome.value
    whole = " ".join(f"{decision.item.text} {outcome} {said}".split())
    return digest(whole)


_SUPPLY_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7, TimeUnit.MONTH: 30, TimeUnit.YEAR: 365}
"""The days of a supply, as pharmacies count them."""


def _schedule(item: DisputedItem) -> Row:
    often, lasts, refills, supply = item.frequency, item.duration, item.refills, item.supply
    days = supply and _SUPPLY_DAYS[supply.unit]
    return (
        often and often.minimum,
        often and often.maximum,
        often and often.period_minimum,
        often and often.period_maximum,
        often and often.period_unit.value,
        lasts and lasts.minimum,
        lasts and lasts.maximum,
        lasts and lasts.unit.value,
        refills and refills.minimum,
        refills and refills.maximum,
        supply and days and supply.minimum * days,
        supply and days and supply.maximum * days,
        [f"{code.system.value}:{code.code}" for code in item.codes],
    )


def _allowed(allowed: Allowed | None) -> Row:
    return (
        (None,) * 4 if allowed is None else (allowed.minimum, allowed.maximum, allowed.unit, allowed.exceeded)
    )


def _treatment(treatment: Treatment) -> str:
    kind = treatment.drug_class or treatment.subcategory or treatment.category
    return f"{kind}:{treatment.response.value}" if treatment.response else kind


def _body_part(part: BodyPart) -> str:
    return f"{part.part}:{part.side.value}" if part.side else part.part


def _citations(field: GuidelineField) -> Iterator[Row]:
    if not field.citations:
        yield (None, *_NO_CITATION)
    for position, citation in enumerate(field.citations, 1):
        head = (position, *_citation(citation))
        for place in _places(citation):
            yield head + place


def _citation(citation: Citation) -> Row:
    edition = citation.edition or citation.inferred_edition
    return (
        citation.mtus,
        citation.guideline,
        edition,
        None if edition is None else citation.edition is None,
        None if citation.chapter is None else str(citation.chapter),
    )


def _places(citation: Citation) -> Iterable[Row]:
    places: list[Row] = [(section.concept, section.title, None, None) for section in citation.sections]
    places += [(None, None, page, pages.inferred) for pages in citation.pages for page in pages.each()]
    return places or (_NO_PLACE,)
