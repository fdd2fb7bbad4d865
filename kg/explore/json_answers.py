"""Answers as JSON, the same from the command and the API."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kg import contract
from kg.analysis.related.rankings import Related, RelatedCase
from kg.analysis.related.rows import RelatedDecision, Side
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
        [_related_case(row) for row in found.rows],
        found.total,
        found.next,
        case=found.case,
        mode=found.mode,
        outcomes=found.outcomes,
        asked=[_side(side) for side in found.asked],
        notes=[*found.notes, *notes],
        **more,
    )


def _related_case(row: RelatedCase) -> dict[str, Any]:
    return {
        "case": row.case,
        "iri": address(case_node(row.case)),
        "score": row.score,
        "outcomes": row.outcomes,
        "repeats": row.repeats,
        "pairs": [{"asked": pair.asked, **_related_decision(pair.row)} for pair in row.pairs],
    }


def _related_decision(row: RelatedDecision) -> dict[str, Any]:
    return {
        **_side(row.found),
        "score": row.score,
        "repeats": row.repeats,
        "reasons": [asdict(reason) for reason in row.reasons],
        "differences": row.differences,
        "shared": [asdict(shared) for shared in row.shared],
    }


def _side(side: Side) -> dict[str, Any]:
    cited = {"claims_administrator": side.claims_administrator, "reviewer": side.reviewer}
    return {
        "item": side.item,
        "outcome": side.outcome,
        "text": side.text,
        "decided": side.decided and side.decided.isoformat(),
        "specialties": side.specialties,
        "cited": cited,
        "grounds": side.grounds,
    }
