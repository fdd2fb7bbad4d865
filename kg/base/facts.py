"""The facts table and its companions, in Parquet: their schema, their rows, how to open them.

``facts/`` has one row a decision x party x citation x (section or page): a section row has a null page, a
page row a null section, a citation with neither has one row, and a party that cited nothing has one row
with a null citation, so that every decision is there for both parties. ``determinations/`` has one row a
letter, ``problems/`` one row for each wording that was not understood, ``grounds/`` one for each ground
that a reviewer states, ``sentences/`` one for each sentence of a rationale. A folder holds as many files as
builds added; read all of them together: ``polars.read_parquet("facts/*.parquet")``,
``duckdb: from 'facts/*.parquet'``, or any other reader of Parquet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kg.base.columns import DETERMINATIONS, EARLIER, FACTS, GROUNDS, PROBLEMS, SENTENCES, Schema
from kg.errors import BaseError
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

_TEXT, _SMALL, _YES = pl.String(), pl.Int32(), pl.Boolean()
_TEXTS, _DAY, _NUMBER = pl.List(pl.String()), pl.Date(), pl.Float64()

POSITION = "position"
"""The further column of a staged table: which of the batch's sources a row comes from."""

Row = tuple[Any, ...]

_NO_PLACE: Row = (None, None, None, None)
_NO_CITATION: Row = (None,) * 5 + _NO_PLACE
_QUOTED = 200
_FEW = 50
"""Rows that are faster filled in one by one, whatever they hold."""


class Rows:
    """The rows that some letters give to the tables, with the position of each letter.

    ``labels`` gives the preferred label of a specialty's notation.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        # What a letter's or item's rows have in common is converted once, and repeated by Polars: the
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

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables by name, each with the further column :data:`POSITION`."""
        letters = frame(self._letters, {POSITION: _SMALL} | _part(0, _ITEM))
        items = frame(self._items, {_INDEX: _SMALL} | _part(_ITEM, _PARTY))
        cited = frame(self._cited, {_INDEX: _SMALL} | _part(_PARTY, None))
        items = items.hstack(letters[items[_INDEX]]).drop(_INDEX)
        return {
            "facts": cited.hstack(items[cited[_INDEX]]).select(*FACTS, POSITION),
            "determinations": frame(self._determinations, {POSITION: _SMALL} | dict(DETERMINATIONS)),
            "problems": frame(self._problems, {POSITION: _SMALL} | dict(PROBLEMS)),
            "grounds": frame(self._grounds, {POSITION: _SMALL} | dict(GROUNDS)),
            "sentences": frame(self._sentences, {POSITION: _SMALL} | dict(SENTENCES)),
        }


_INDEX = "index"
_NAMES = list(FACTS)
_ITEM, _PARTY = _NAMES.index("item"), _NAMES.index("party")


def _part(first: int, end: int | None) -> dict[str, pl.DataType]:
    return {name: FACTS[name] for name in _NAMES[first:end]}


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


def frame(rows: Sequence[Row], schema: Schema) -> pl.DataFrame:
    """The rows as a frame; filled row by row, which is faster for few rows and for lists, or by columns."""
    if rows and (len(rows) < _FEW or any(isinstance(kind, pl.List) for kind in schema.values())):
        return pl.DataFrame(rows, schema=dict(schema), orient="row")
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pl.DataFrame(
        {
            name: pl.Series(name, values, dtype)
            for (name, dtype), values in zip(schema.items(), columns, strict=True)
        }
    )


def write(rows: pl.DataFrame, path: Path) -> None:
    """Write one Parquet file, compressed with zstd."""
    rows.write_parquet(path, compression="zstd", compression_level=3)


def scan(folder: Path, schema: Schema) -> pl.LazyFrame:
    """All files of ``folder`` as one table that is not loaded yet; none gives an empty table.

    A column that came after a file was written is null there; one that had another name has its name of now.

    Raises:
        BaseError: the generation that held the folder was cleaned away.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        if not folder.parent.is_dir():
            raise BaseError(f"{folder.parent}: this generation was deleted; open the knowledge base again")
        return pl.LazyFrame(schema=schema)
    renamed = [_renamed(file, schema) for file in files]
    if not any(renamed):
        return _scan(files, schema)
    tables = [_scan([file], schema, before) for file, before in zip(files, renamed, strict=True)]
    return pl.concat(tables)


def _scan(files: list[Path], schema: Schema, before: Mapping[str, str] | None = None) -> pl.LazyFrame:
    names = {(before or {}).get(name, name): name for name in schema}
    found = {old: schema[name] for old, name in names.items()}
    table = pl.scan_parquet(files, schema=found, glob=False, missing_columns="insert")
    return table.rename(names) if before else table


def _renamed(file: Path, schema: Schema) -> Mapping[str, str]:
    """What the file calls columns that have another name now."""
    there = _columns(str(file), file.stat().st_mtime_ns)
    return {name: old for name, old in EARLIER.items() if name in schema.keys() - there and old in there}


@lru_cache(maxsize=1 << 10)
def _columns(file: str, _when: int) -> frozenset[str]:
    return frozenset(pl.read_parquet_schema(file))


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
