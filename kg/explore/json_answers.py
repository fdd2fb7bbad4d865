"""Answers as JSON, the same from the command and the API."""

from typing import Any

from kg import contract
from kg.analysis.search import CLOSE, OPEN, Hits
from kg.base.store import KnowledgeBase
from kg.explore.neighbours import address, case_node


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
        {"case": hit.case, "iri": address(case_node(hit.case)), **_marked(hit.snippet)} for hit in found.rows
    ]
    return listing(generation, rows, found.total, None if found.next is None else str(found.next))


def _marked(snippet: str) -> dict[str, Any]:
    """A snippet without its marks, and where they stood.

    >>> _marked(f"an {OPEN}epidural{CLOSE} injection")
    {'snippet': 'an epidural injection', 'hits': [[3, 11]]}
    """
    text, found = "", []
    for piece in snippet.split(OPEN):
        hit, mark, rest = piece.partition(CLOSE)
        if mark:
            found.append([len(text), len(text) + len(hit)])
        text += hit + rest
    return {"snippet": text, "hits": found}
