"""Answers as JSON, the same from the command and the API."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from kg import contract
from kg.analysis.related.rankings import Related
from kg.analysis.related.rows import Side
from kg.analysis.search import CLOSE, OPEN, Hits
from kg.base.store import KnowledgeBase
from kg.explore.neighbours import address, case_node
from kg.explore.row_types import HitRow


def listing(
    generation: str, results: list[Any], total: int, following: str | None, **more: Any
) -> dict[str, Any]:
    """One page of a list: its results, how many there are in all, and where the next page begins."""
    return {"results": results, "total": total, "next": following, "generation": generation, **more}


def case(base: KnowledgeBase, number: str) -> dict[str, Any]:
    """A determination in the form of ``kg schema``, with its IRI and the generation.

    Raises:
        UnknownError: the base has no such case.
    """
    number = base.spelled(number)
    form = contract.to_json(base.determination(number))
    return {"iri": address(case_node(number)), **form, "generation": base.generation}


def hits(generation: str, found: Hits) -> dict[str, Any]:
    """Letters that were found; ``hits`` are ranges of the snippet, in characters."""
    rows = [
        asdict(HitRow(hit.case, address(case_node(hit.case)), *_marked(hit.snippet))) for hit in found.rows
    ]
    return listing(generation, rows, found.total, None if found.next is None else str(found.next))


def _marked(snippet: str) -> tuple[str, list[list[int]]]:
    """A snippet without its marks, and where they stood.

    >>> _marked(f"an {OPEN}epidural{CLOSE} injection")
    ('an epidural injection', [[3, 11]])
    """
    text, found = "", list[list[int]]()
    for piece in snippet.split(OPEN):
        hit, mark, rest = piece.partition(CLOSE)
        if mark:
            found.append([len(text), len(text) + len(hit)])
        text += hit + rest
    return text, found


def related(generation: str, found: Related, notes: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """Cases like a case, each with the pairs of items that match; ``notes`` are those of the filters."""
    return listing(
        generation,
        _related_cases(found),
        found.total,
        found.next,
        case=found.case,
        mode=found.mode,
        outcomes=found.outcomes,
        asked=[_side(side) for side in found.asked],
        notes=[*found.notes, *notes],
        **more,
    )


def _related_cases(found: Related) -> list[dict[str, Any]]:
    """The cases, each with its pairs: what the columns of :class:`RelatedRow` hold, and more of why."""
    rows: dict[str, dict[str, Any]] = {}
    for row, pair, told in found.lines():
        case = {name: told[name] for name in OF_CASE}
        first = case | {"iri": address(case_node(row.case)), "outcomes": row.outcomes, "pairs": []}
        rows.setdefault(row.case, first)["pairs"].append(
            {name: _plain(value) for name, value in told.items() if name not in OF_CASE}
            | {
                "reasons": [asdict(reason) for reason in pair.row.reasons],
                "differences": pair.row.differences,
                "shared": [asdict(shared) for shared in pair.row.shared],
            }
        )
    return list(rows.values())


OF_CASE = ("case", "score", "repeats")
"""The columns of :class:`RelatedRow` that are of the case, and not of a pair of items."""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _side(side: Side) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(side).items() if name != "case"}
