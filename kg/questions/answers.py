"""Answer a question with what the analyses have; one table says which analysis answers which kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.drivers import drivers
from kg.analysis.filters import Filters
from kg.analysis.sides import sides, with_rates
from kg.errors import QuestionError
from kg.model import Outcome
from kg.questions import echo, question_query
from kg.questions.question import Condition, Kind, Question
from kg.questions.reading import read_question

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
            "case": asked.case,
            "echo": self.echo,
            "sparql": self.sparql,
            "value": dict(self.value),
            "rows": [dict(row) for row in self.rows],
            "path": self.path,
            "notes": list(self.notes),
        }


def ask(index: Index, text: str) -> Answer:
    """Read a question and answer it.

    Raises:
        QuestionError: it is not understood, or asks what cannot be answered.
        ChoiceError: it names a value that is not known.
    """
    return answer(index, read_question(text), text)


def answer(index: Index, question: Question, text: str = "") -> Answer:
    """The answer to a question that was read.

    Raises:
        QuestionError: it asks what cannot be answered.
    """
    value, rows, notes = _ANSWERING[question.kind](index, question)
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
        notes,
    )


Found = tuple[Mapping[str, Any], list[dict[str, Any]], tuple[str, ...]]


def _figures(index: Index, question: Question) -> Found:
    """Counts and rates under the conditions, for each group or value that is asked for."""
    mask = passing(index, question.where, question)
    notes = index.left_out
    if question.groups:
        rows = []
        for group in question.groups:
            both = mask & passing(index, (group,), question)
            split = _split(index, both, question) or [_counted(index, both, question)]
            rows += [{"group": echo.named(group), **row} for row in split]
        return _counted(index, mask, question), rows, notes
    rows = _split(index, mask, question)
    if question.order:
        rows.sort(key=lambda row: (_ordered(row, question), -row["decisions"]))
        notes = (
            *notes,
            "sorted by the end of the interval that is nearer to none, so that few decisions do not lead",
        )
    if question.limit:
        rows = rows[: question.limit]
    return _counted(index, mask, question), rows, notes


def _ordered(row: Mapping[str, Any], question: Question) -> float:
    """Where a row stands: highest lower bound first for *most*, lowest upper bound first for *least*."""
    if question.counts:
        number = row[question.outcome.value if question.outcome else "decisions"]
        return float(-number if question.order == "most" else number)
    value = row["low"] if question.order == "most" else row["high"]
    if value is None:
        return 2.0
    return float(-value if question.order == "most" else value)


def passing(index: Index, conditions: tuple[Condition, ...], question: Question) -> Mask:
    """Which decisions meet all of the conditions."""
    mask = np.ones(len(index), bool)
    for condition in conditions:
        chosen = index.chosen(Filters.of(**{condition.name: condition.values}), question.party.value)
        if chosen is not None:
            mask &= ~chosen if condition.negated else chosen
    return mask


def _counted(index: Index, mask: Mask, question: Question) -> dict[str, Any]:
    return _cells(index, pl.DataFrame({"decision": np.flatnonzero(mask)}), question, ())[0]


def _split(index: Index, mask: Mask, question: Question) -> list[dict[str, Any]]:
    if not question.split:
        return []
    found = pl.DataFrame({"decision": np.flatnonzero(mask)})
    for name in question.split:
        found = found.join(_values(index, name, question), on="decision", how="inner")
    return _cells(index, found.unique(("decision", *question.split)), question, question.split)


def _values(index: Index, name: str, question: Question) -> pl.DataFrame:
    """Each decision with its values of a dimension."""
    if name in {"page", "section", "chapter", "guideline"}:
        cited = index.cited(name, question.party.value)
        return pl.DataFrame(
            {"decision": cited.decision.astype(np.int64), name: cited.keys["key"].gather(cited.key)}
        )
    column = {"specialty": "specialties", "body_part": "body_parts", "month": "decision_date"}.get(name, name)
    values = index.columns(column)[column].rename(name)
    frame = pl.DataFrame({"decision": np.arange(len(index))}).with_columns(values)
    if isinstance(frame.schema[name], pl.List):
        frame = frame.explode(name, empty_as_null=True, keep_nulls=True)
    if name == "month":
        frame = frame.with_columns(pl.col(name).cast(pl.String).str.slice(0, 7))
    if name == "body_part":
        frame = frame.with_columns(pl.col(name).str.split(":").list.first())
    if name != "year":
        frame = frame.with_columns(pl.col(name).cast(pl.String))
    return frame.drop_nulls(name).unique()


def _cells(
    index: Index, found: pl.DataFrame, question: Question, by: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Counts of decisions by what is asked, with the rate of the outcome asked about, letters as the unit."""
    names = found.select(by).unique().sort(by) if by else pl.DataFrame({"all": [""]})
    numbered = found.join(names.with_row_index("row"), on=by, maintain_order="left") if by else found
    row = numbered["row"].cast(pl.Int32).to_numpy() if by else np.zeros(found.height, np.int32)
    asked = question.outcome.value if question.outcome else "overturned"
    # The tables of rates are about overturning: another outcome takes its place, and its column back.
    place = np.arange(len(OUTCOMES))
    one, other = OUTCOMES.index(asked), OUTCOMES.index("overturned")
    place[one], place[other] = other, one
    turned = replace(index, outcome=place[index.outcome].astype(np.int8))
    decision = numbered["decision"].cast(pl.Int32).to_numpy()
    order = np.argsort(decision, kind="stable")
    table = with_rates(turned, names, decision[order], row[order])
    table = table.rename({"overturned": asked, asked: "overturned"} if asked != "overturned" else {})
    table = table.rename({"overturn_rate": "rate", "rate_low": "low", "rate_high": "high"})
    return table.select(*by, "decisions", "letters", *OUTCOMES, "rate", "low", "high").to_dicts()


def _associations(index: Index, question: Question) -> Found:
    """What is cited at a level, as the table of associations has it, under the conditions."""
    if question.groups or any(condition.negated for condition in question.where):
        raise QuestionError("associations are counted under plain conditions, without “not” and comparisons")
    found = drivers(index, question.level or "section", question.party.value, filters(question), 10)
    rows = found.table.to_dicts()
    return _counted(index, passing(index, question.where, question), question), rows, tuple(found.notes)


def _sides(index: Index, question: Question) -> Found:
    if question.groups or any(condition.negated for condition in question.where):
        raise QuestionError("the parties are compared under plain conditions, without “not” and comparisons")
    found = sides(index, question.level or "section", filters(question))
    value = _counted(index, passing(index, question.where, question), question)
    agreement = [{"agreement": row["agreement"], **row} for row in found.agreement.to_dicts()]
    return value | {"agreement": agreement, "same_share": found.same_share}, found.pairs.to_dicts(), ()


def _grounds(index: Index, question: Question) -> Found:
    """The grounds stated in the decisions with the outcome asked about, the most frequent first."""
    mask = passing(index, question.where, question)
    value = _counted(index, mask, question)
    outcome = question.outcome or Outcome.OVERTURNED
    ended = mask & (index.outcome == OUTCOMES.index(outcome.value))
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
    rows.sort(key=lambda row: -row["stated"])
    of = f"{int(ended.sum()):,} {outcome.value} decisions"
    said = f"share: of {of}; all: decisions of any outcome that state it"
    return value, rows, (said, "grounds are what reviewers state, not causes")


def _elsewhere(index: Index, question: Question) -> Found:
    """What a page of its own answers: the figures under the conditions, and the way there."""
    if question.case:
        return {}, [], ()
    return _counted(index, passing(index, question.where, question), question), [], ()


_ANSWERING: dict[Kind, Callable[[Index, Question], Found]] = {
    Kind.FIGURES: _figures,
    Kind.TREND: _figures,
    Kind.ASSOCIATIONS: _associations,
    Kind.SIDES: _sides,
    Kind.GROUNDS: _grounds,
    Kind.CASES: _elsewhere,
    Kind.CASE: _elsewhere,
    Kind.WHY: _elsewhere,
    Kind.RELATED: _elsewhere,
    Kind.CONTRAST: _elsewhere,
}
"""Which analysis answers which kind of question."""


def filters(question: Question) -> Filters:
    """The conditions as filters, but for negated ones."""
    return Filters.of(**{c.name: c.values for c in question.where if not c.negated})


def path(question: Question) -> str | None:
    """The page that shows the decisions of a question, or its case."""
    if question.case:
        part = {Kind.WHY: "#decisions", Kind.RELATED: "#related", Kind.CONTRAST: "#related"}.get(
            question.kind, ""
        )
        return f"/cases/{question.case}{part}"
    if question.groups or any(condition.negated for condition in question.where):
        return None
    given = [(name, value) for name, values in filters(question).written().items() for value in values]
    if question.kind is Kind.ASSOCIATIONS:
        return "/drivers?" + urlencode([("level", question.level), ("party", question.party.value), *given])
    outcome = (
        [("outcome", question.outcome.value)] if question.outcome and question.kind is Kind.CASES else []
    )
    return "/cases?" + urlencode([*given, *outcome])
