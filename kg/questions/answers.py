"""Answer a question with what the analyses have; one table says which analysis answers which kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.cache import Analyses
from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.drivers import drivers
from kg.analysis.filters import Filters, ranges
from kg.analysis.sides import sides
from kg.errors import QuestionError, UnknownError
from kg.model import Outcome
from kg.questions import echo, question_query, vocabulary
from kg.questions.counts import compared, counted, parts_of, passing, rows_of, without_value
from kg.questions.facets import facet_table, item_values
from kg.questions.measures import Found, measured, share
from kg.questions.question import DATED, LASTING, SIMILAR, Condition, Kind, Question
from kg.questions.question_reader import read_question

_LIKE = 10
"""Similar cases of an answer, where no number was asked for."""
MOST_ROWS = 200
"""Rows of an answer; a question with more says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, how it was understood, and the answer.

    ``value`` holds at least ``decisions``, each outcome's count, ``letters`` and the rate of the outcome
    asked about with its interval, for all decisions under the conditions; ``rows`` the same for each value
    of what the question splits by. ``path`` is the page that shows more.
    """

    text: str
    question: Question
    echo: str
    sparql: str | None
    value: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    path: str | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON has it."""
        asked = self.question
        return {
            "question": self.text,
            "reading": asked.reading,
            "canonical": asked.words,
            "kind": asked.kind.value,
            "outcome": asked.outcome.value if asked.outcome else None,
            "conditions": [
                {"filter": c.name, "values": list(c.values), "negated": c.negated, "asked": c.asked}
                for c in asked.where
            ],
            "by": list(asked.by),
            "party": asked.party.value,
            "measure": asked.measure,
            "part": [{"filter": c.name, "values": list(c.values), "asked": c.asked} for c in asked.part],
            "case": asked.case,
            "groups": [{"filter": c.name, "values": list(c.values), "asked": c.asked} for c in asked.groups],
            "order": asked.order,
            "limit": asked.limit,
            "respelled": [{"written": one, "read": other} for one, other in asked.respelled],
            "passed_over": list(asked.passed_over),
            "echo": self.echo,
            "sparql": self.sparql,
            "value": {
                name: [dict(row) for row in value] if isinstance(value, list) else value
                for name, value in self.value.items()
            },
            "rows": [{name: _plain(value) for name, value in row.items()} for row in self.rows],
            "path": self.path,
            "notes": list(self.notes),
        }


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def ask(analyses: Analyses, text: str) -> Answer:
    """Read a question and answer it.

    Raises:
        QuestionError: it is not understood, or asks what cannot be answered.
        ChoiceError: it names a value that is not known.
        UnknownError: it names a case that is not in the base.
    """
    return answer(analyses, read_question(text), text)


def answer(analyses: Analyses, question: Question, text: str = "") -> Answer:
    """The answer to a question that was read.

    Raises:
        QuestionError: it asks what cannot be answered.
    """
    value, rows, notes = _ANSWERING[question.kind](analyses, question)
    if len(rows) > MOST_ROWS:
        notes = (*notes, f"the first {MOST_ROWS} of {len(rows)} rows")
    return Answer(
        text or question.words,
        question,
        echo.sentence(question),
        question_query.sparql(question),
        value,
        tuple(rows[:MOST_ROWS]),
        path(question),
        (*notes, *_beside_others(question)),
    )


def _beside_others(question: Question) -> Iterator[str]:
    """Sentences on treatments that are counted with others: *MRI* with all of imaging."""
    for condition in (*question.where, *question.groups, *question.part):
        named = condition.asked.split(", ") if condition.name in {"category", "subcategory"} else []
        for said in named if len(condition.values) == 1 else []:
            name, whole = vocabulary.treatment(said), condition.values[0]
            if name and item_values.treated()[whole] > 1 and said.lower() not in whole.lower():
                yield f'“{said}” is counted with all of {whole}; treatment="{name}" asks for it alone'


def _figures(analyses: Analyses, question: Question) -> Found:
    """Counts and rates under the conditions, for each group or value that is asked for."""
    index = analyses.index
    mask = passing(index, question.where, question)
    notes = (*index.left_out, *without_value(index, mask, question))
    rows = rows_of(index, mask, question)
    if question.groups:
        apart, said = compared(index, mask, question, rows)
        return counted(index, mask, question) | apart, rows, (*said, *notes)
    if question.order:
        rows.sort(key=lambda row: (_ordered(row, question), -row["decisions"]))
        notes = (
            *notes,
            "sorted by the end of the interval that is nearer to none, so that few decisions do not lead",
        )
    rows = [row for row in rows if _has(row, question.having)]
    if question.limit:
        rows = rows[: question.limit]
    return counted(index, mask, question), rows, notes


def _has(row: Mapping[str, Any], having: Iterable[Condition]) -> bool:
    """Whether a row has as many decisions, or as high a rate, as is asked for."""
    given = {"decisions": row["decisions"], "percent": 100 * (row.get("rate") or 0)}
    return all(
        any(given[needed.name] in ranges.NUMBERS.read(needed.name, value) for value in needed.values)
        for needed in having
    )


def _has_stated(row: Mapping[str, Any], having: Iterable[Condition]) -> bool:
    """The same of a row of grounds, which can have to be met, or not met."""
    met = str(row["ground"]).partition(":")[2]
    given = {"decisions": row["stated"], "rate": row["share"]}
    return all(met in one.values if one.name == "met" else _has(given, (one,)) for one in having)


def _ordered(row: Mapping[str, Any], question: Question) -> float:
    """Where a row stands: highest lower bound first for *most*, lowest upper bound first for *least*."""
    if question.counts:
        number = row[question.outcome.value if question.outcome else "decisions"]
        return float(-number if question.order == "most" else number)
    value = row["low"] if question.order == "most" else row["high"]
    if value is None:
        return 2.0
    return float(-value if question.order == "most" else value)


def _associations(analyses: Analyses, question: Question) -> Found:
    """What is cited at a level, as the table of associations has it, under the conditions."""
    index = analyses.index
    found = drivers(index, question.level or "section", question.party.value, filters(question), 10)
    rows = _ranked([row for row in found.table.to_dicts() if _has(row, question.having)], question)
    return counted(index, passing(index, question.where, question), question), rows, tuple(found.notes)


def _plain_conditions(question: Question) -> bool:
    """Whether the conditions are filters as they stand: each filter once, none negated, no comparison."""
    return not question.groups and facet_table.are_filters(question.where)


def _ranked(rows: list[dict[str, Any]], question: Question) -> list[dict[str, Any]]:
    """The rows of what is cited, by their number or rate as the question asks, as many as it asks for."""
    if question.order:
        upheld = question.outcome is Outcome.UPHELD
        sign = -1 if question.order == "most" else 1

        def place(row: dict[str, Any]) -> tuple[float, int]:
            rate = 1 - row["overturn_rate"] if upheld else row["overturn_rate"]
            return (sign * (row["decisions"] if question.counts else rate), -row["decisions"])

        rows = sorted(rows, key=place)
    return rows[: question.limit] if question.limit else rows


def _sides(analyses: Analyses, question: Question) -> Found:
    index = analyses.index
    if not _plain_conditions(question):
        raise QuestionError("the parties are compared under plain conditions, without “not” and comparisons")
    found = sides(index, question.level or "section", filters(question))
    value = counted(index, passing(index, question.where, question), question)
    agreement = [{"agreement": row["agreement"], **row} for row in found.agreement.to_dicts()]
    rows = _ranked(found.pairs.to_dicts(), question)
    return value | {"agreement": agreement, "same_share": found.same_share}, rows, ()


def _grounds(analyses: Analyses, question: Question) -> Found:
    """The grounds stated in the decisions with the outcome asked about, the most frequent first.

    Without one they are those of all decisions. For each group, or each value of what is asked by, they are
    counted in its decisions alone.
    """
    index = analyses.index
    mask = passing(index, question.where, question)
    rows = []
    for named, part in parts_of(index, mask, question):
        found = [row for row in _stated(index, part, question.outcome) if _has_stated(row, question.having)]
        found = found[::-1] if question.order == "least" else found
        rows += [named | row for row in (found[: question.limit] if question.limit else found)]
    ended = _ended(index, mask, question.outcome)
    outcome = f"{question.outcome.value} " if question.outcome else ""
    of = f"{int(ended.sum()):,} {outcome}decisions"
    if question.by or question.groups:
        of = f"the {outcome}decisions of the row's group"
    said = f"share: of {of}; all: decisions of any outcome that state it"
    return (
        counted(index, mask, question),
        rows,
        (said, "grounds are what reviewers state, not causes"),
    )


def _ended(index: Index, mask: Mask, outcome: Outcome | None) -> Mask:
    """The decisions of ``mask`` with an outcome, all of them without one."""
    return mask & (index.outcome == OUTCOMES.index(outcome.value)) if outcome else mask


def _stated(index: Index, mask: Mask, outcome: Outcome | None) -> list[dict[str, Any]]:
    """The grounds stated in the decisions of ``mask`` with an outcome, the most frequent first."""
    ended = _ended(index, mask, outcome)
    stated = index.valued("grounds").within(ended)
    numbers = np.bincount(stated.value, minlength=len(stated.names))
    everywhere = np.bincount(index.valued("grounds").within(mask).value, minlength=len(stated.names))
    rows = [
        {
            "ground": name,
            "stated": int(numbers[at]),
            "share": numbers[at] / ended.sum(),
            "all": int(everywhere[at]),
        }
        for at, name in enumerate(stated.names)
        if numbers[at]
    ]
    rows.sort(key=lambda row: (-row["stated"], row["ground"]))
    return rows


def _cases(analyses: Analyses, question: Question) -> Found:
    """The decisions under the conditions with the outcome that is asked for, and the figures of all."""
    index = analyses.index
    mask = passing(index, question.where, question)
    shown = (
        mask if question.outcome is None else mask & (index.outcome == OUTCOMES.index(question.outcome.value))
    )
    places = np.flatnonzero(shown)
    if question.order in LASTING:
        places = _lasting(index, places, question)
    elif question.order:
        days = index.columns("decision_date")["decision_date"][places]
        places = places[days.arg_sort(descending=question.order == "newest", nulls_last=True).to_numpy()]
    rows = _decisions(index, places[: question.limit or MOST_ROWS + 1])
    if question.order in LASTING:
        numbers = facet_table.FACETS[str(question.measure)].values(index, question.party.value)
        unit = facet_table.FACETS[str(question.measure)].unit
        rows = [{**row, unit: numbers[int(at)]} for row, at in zip(rows, places, strict=False)]
    return counted(index, mask, question), rows, index.left_out


def _lasting(index: Index, places: NDArray[np.int64], question: Question) -> NDArray[np.int64]:
    """One decision of each letter that states both dates, the most or the fewest days between them first."""
    numbers = facet_table.FACETS[str(question.measure)].values(index, question.party.value)
    if facet_table.FACETS[str(question.measure)].of_letters:
        places = places[np.unique(index.letter[places], return_index=True)[1]]
    places = places[numbers[places].is_not_null().to_numpy()]
    sorted_: NDArray[np.int64] = numbers[places].arg_sort(descending=question.order == "longest").to_numpy()
    return places[sorted_]


def _case(analyses: Analyses, question: Question) -> Found:
    """The decisions of one case, with the grounds that its reviewer states."""
    index = analyses.index
    within = (index.columns("case")["case"] == question.case).to_numpy() & passing(
        index, question.where, question
    )
    if not within.any():
        raise UnknownError(
            f"no decision of case {question.case} meets these conditions, or there is no such case"
        )
    places = np.flatnonzero(within)
    cites = _citing(index, within, places)
    rows = [row | cites[int(at)] for row, at in zip(_decisions(index, places), places, strict=True)]
    return counted(index, within, question), rows, ()


def _citing(index: Index, within: Mask, places: NDArray[np.int64]) -> dict[int, dict[str, Any]]:
    """The guidelines that each party cites in some decisions, and how they compare."""
    alike = facet_table.FACETS["agreement_guideline"].values(index, "reviewer")
    found: dict[int, dict[str, Any]] = {
        int(at): {"administrator_cites": [], "reviewer_cites": [], "guidelines": alike[int(at)]}
        for at in places
    }
    for party, column in (("claims_administrator", "administrator_cites"), ("reviewer", "reviewer_cites")):
        cited = index.cited("guideline", party)
        for at in np.flatnonzero(within[cited.decision]):
            found[int(cited.decision[at])][column].append(cited.keys["key"][int(cited.key[at])])
    return found


def _decisions(index: Index, places: NDArray[np.int64]) -> list[dict[str, Any]]:
    """A row for each decision."""
    found = index.columns("case", "decision_date", "item", "outcome", "item_text", "grounds")[places]
    return found.rename({"item_text": "text"}).with_columns(pl.col("outcome").cast(pl.String)).to_dicts()


def _like(analyses: Analyses, question: Question) -> Found:
    """The decisions like those of a case, as ``kg related`` lists them."""
    if not _plain_conditions(question):
        raise QuestionError("similar decisions are found under plain conditions, without “not”")
    outcome = "other" if question.kind is Kind.CONTRAST else question.outcome
    kept = filters(question) if question.where else None
    found = analyses.related(question.case or "", outcome, question.limit or _LIKE, filters=kept)
    outcomes = {outcome: found.outcomes.count(outcome) for outcome in OUTCOMES}
    value = {"decisions": len(found.outcomes), "letters": 1, **outcomes, "related": found.total}
    return value, found.to_frame().to_dicts(), found.notes


_ANSWERING: dict[Kind, Callable[[Analyses, Question], Found]] = {
    Kind.FIGURES: _figures,
    Kind.TREND: _figures,
    Kind.MEASURE: measured,
    Kind.PARTS: share,
    Kind.ASSOCIATIONS: _associations,
    Kind.SIDES: _sides,
    Kind.GROUNDS: _grounds,
    Kind.CASES: _cases,
    Kind.CASE: _case,
    Kind.WHY: _case,
    Kind.RELATED: _like,
    Kind.CONTRAST: _like,
}
"""Which analysis answers which kind of question."""


def filters(question: Question) -> Filters:
    """The conditions as filters, but for negated ones."""
    return Filters.of(**{c.name: c.values for c in question.where if not c.negated})


def path(question: Question) -> str | None:
    """The page that shows the decisions of a question, or its case."""
    if question.case:
        part = {Kind.WHY: "#decisions"} | dict.fromkeys(SIMILAR, "#related")
        return f"/cases/{question.case}{part.get(question.kind, '')}"
    if not _plain_conditions(question):
        return None
    given = filters(question).pairs()
    if question.kind is Kind.ASSOCIATIONS:
        return "/drivers?" + urlencode([("level", question.level), ("party", question.party.value), *given])
    outcome = (
        [("outcome", question.outcome.value)] if question.outcome and question.kind is Kind.CASES else []
    )
    order = [("order", question.order)] if question.order in DATED else []
    return "/cases?" + urlencode([*given, *outcome, *order])
