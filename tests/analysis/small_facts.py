"""Small facts frames, written decision by decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from kg.base.stored_columns import FACTS
from kg.base.tables.data_frames import of_rows

Cite = tuple[Any, ...]


def cite(guideline: str, *, edition=None, chapter=None, pages=(), sections=()) -> dict[str, Any]:
    """One citation; sections are ``(notation, title)``."""
    return {
        "guideline": guideline,
        "edition": edition,
        "chapter": chapter,
        "pages": pages,
        "sections": sections,
    }


def decision(
    case: str, item: int, outcome: str, reviewer=(), administrator=(), **values
) -> list[dict[str, Any]]:
    """The rows of one decision, as ``kg.base.facts`` lays them out."""
    head = dict.fromkeys(FACTS) | {
        "case": case,
        "item": item,
        "outcome": outcome,
        "specialties": [],
        "subspecialties": [],
        "licensed_in": [],
        "body_parts": [],
        "template": "pages",
        "retrospective": False,
        "associated_surgical_service": False,
        "year": 2015,
        "decision_date": date(2015, 3, 1),
    }
    head |= values
    rows = []
    for party, citations in (("claims_administrator", administrator), ("reviewer", reviewer)):
        basis = "mtus" if citations else "none_cited"
        if not citations:
            rows.append(head | {"party": party, "basis": basis})
        for number, given in enumerate(citations, 1):
            citing = head | {"party": party, "basis": basis, "citation": number, "mtus": True}
            citing |= {name: given[name] for name in ("guideline", "edition", "chapter")}
            places = [{"section": notation, "section_title": title} for notation, title in given["sections"]]
            places += [{"page": page} for page in given["pages"]]
            rows += [citing | place for place in places or [{}]]
    return rows


def facts_of(*decisions: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The frame of some decisions."""
    return of_rows([tuple(row[name] for name in FACTS) for rows in decisions for row in rows], FACTS)
