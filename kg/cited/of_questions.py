"""Which figure the answer to a question is, and which a row of a named query."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kg.analysis.filters import Filters
from kg.cited.figure_address import Asked
from kg.cited.figure_tables import row_of_answer
from kg.cited.query_tables import row_name
from kg.cited.wanted import NOT, PARTS, SIDES
from kg.queries import Query
from kg.questions.answers import Answer, filters
from kg.questions.facets import facet_table
from kg.questions.question import SIMILAR, Kind, Question


def of_conditions(question: Question) -> Asked:
    """The figure of the decisions of a question, or of the groups that it compares.

    Where conditions are more than filters, met or not, it is the answer to the question in its own words.
    """
    return _filtered(question) or of_question(question)


def of_question(question: Question) -> Asked:
    """The answer to a question, in the words that have its meaning."""
    return Asked("answer", q=question.words)


def of_answer(answer: Answer) -> Asked:
    """The figure of an answer; of two groups that are compared with their difference."""
    question = answer.question
    if question.kind is Kind.FIGURES and question.groups and not question.split:
        return of_conditions(question)
    return of_question(question)


def of_row(answer: Answer, row: Mapping[str, Any]) -> Asked | None:
    """The figure of a row of an answer, ``None`` for one of decisions, which has none."""
    if answer.question.kind in _DECISIONS:
        return None
    if answer.question.kind in SIMILAR:
        return _similar(answer.question, str(row["case"]))
    return replace(of_question(answer.question), row=row_of_answer(row))


def of_query_row(query: Query, given: Mapping[str, Any], row: Mapping[str, Any]) -> Asked | None:
    """The figure of a row of a named query with its parameters, ``None`` where it lists what letters say.

    >>> from kg import queries
    >>> of_query_row(queries.load("outcomes_by_year"), {}, {"year": 2016, "items": 5, "upheld": 4}).address
    '/figures/query?query=outcomes_by_year&row=2016'
    """
    if not query.figures:
        return None
    pairs = sorted(f"{one}={value}" for one, value in given.items() if one != "limit")
    alone = len(query.figures) == len(query.columns)
    return Asked("query", query=query.name, given="\n".join(pairs), row="" if alone else row_name(query, row))


def told(
    answer: Answer, cite: Callable[[Asked], str], generation: str, limit: int | None = None, offset: int = 0
) -> dict[str, Any]:
    """An answer as JSON has it, with the addresses that ``cite`` makes: its own, and one for each row.

    ``limit`` and ``offset`` say which of its rows are given.
    """
    found = answer.to_dict()
    beside = [row for value in found["value"].values() if isinstance(value, list) for row in value]
    for row in (*found["rows"], *beside):
        if (figure := of_row(answer, row)) is not None:
            row["figure"] = cite(figure)
    total = len(found["rows"])
    until = total if limit is None else offset + limit
    page = {"rows": found["rows"][offset:until], "next": str(until) if until < total else None}
    return found | page | {"total": total, "figure": cite(of_answer(answer)), "generation": generation}


_DECISIONS = frozenset((Kind.CASES, Kind.CASE, Kind.WHY))


def _similar(question: Question, row: str) -> Asked:
    outcome = question.outcome.value if question.outcome else ""
    outcome = "other" if question.kind is Kind.CONTRAST else outcome
    return Asked("similar", filters=filters(question), case=question.case or "", outcome=outcome, row=row)


def _filtered(question: Question) -> Asked | None:
    """The figure of conditions that are filters, met or not; ``None`` for others."""
    every = [("", question.where), *zip(SIDES, ((group,) for group in question.groups), strict=False)]
    parts: dict[str, dict[str, tuple[str, ...]]] = {}
    for side, conditions in every:
        for condition in conditions:
            own = parts.setdefault("-".join(filter(None, (side, NOT if condition.negated else ""))), {})
            twice = condition.name in own and not condition.negated
            if condition.name in facet_table.ONLY_FACETS or condition.party or twice:
                return None
            own[condition.name] = (*own.get(condition.name, ()), *condition.values)
    if question.case or question.split or len(question.groups) not in {0, len(SIDES)}:
        return None
    made = {part: Filters.of(**values) for part, values in parts.items()}
    kind = "comparison" if question.groups else "outcomes"
    of = tuple((part, made[part]) for part in PARTS if part in made)
    return Asked(kind, question.party.value, made.get("", Filters()), parts=of)
