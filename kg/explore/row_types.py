"""The rows of lists, and all kinds of row that are shown: ``ROWS`` names the list of columns of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from kg.analysis.driver_row.robustness import Pair, SpecificationRow
from kg.analysis.drivers import DriverRow, SetRow
from kg.analysis.network import LinkRow, NodeRow, Relation
from kg.analysis.outcomes import DriftRow, GroupRow, QuantityRow
from kg.analysis.reasons.ground_rates import GroundRow
from kg.analysis.reasons.stock_sentences import StockRow
from kg.analysis.related.rankings import RelatedRow
from kg.analysis.shown_columns import SHARE, Column, Decisions, Overturned
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, SilentRow
from kg.analysis.trends import ChangeRow, MonthRow


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    case: Annotated[str, Column("Case", "case number", "key")]
    iri: Annotated[str, Column("IRI", "IRI of the case", "text")]
    decision_date: Annotated[str | None, Column("Decided", "day of the decision", "text")]
    positions: Annotated[list[int], Column("Positions", "positions of the items in the letter", "text")]
    items: Annotated[list[str], Column("Disputed items", "items as printed", "text")]
    outcomes: Annotated[list[str], Column("Outcomes", "outcome of each item", "text")]


@dataclass(frozen=True, slots=True)
class HitRow:
    """A letter that holds the words of a search."""

    case: Annotated[str, Column("Case", "case number", "key")]
    iri: Annotated[str, Column("IRI", "IRI of the case", "text")]
    snippet: Annotated[str, Column("Snippet", "passage of the letter that contains the words", "text")]
    hits: Annotated[
        list[list[int]], Column("Hits", "start and end of each word in the snippet, in characters", "text")
    ]


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A guideline, chapter, section, page, service, drug, specialty or body part, with its outcomes."""

    notation: Annotated[str, Column("Notation", "notation in its vocabulary", "key")]
    iri: Annotated[str, Column("IRI", "IRI of the concept", "text")]
    label: Annotated[str, Column("Label", "name", "text")]
    kind: Annotated[str, Column("Kind", "kind of concept, such as section", "text")]
    decisions: Decisions
    upheld: Annotated[int, Column("Upheld", "of these, upheld", "count")]
    overturned: Overturned
    modified: Annotated[int, Column("Modified", "of these, modified", "count")]
    overturn_rate: Annotated[
        float | None, Column("Rate", "share of the decisions overturned", unit=SHARE, form="{:.1%}")
    ]


ROWS: Mapping[str, type] = {
    "drivers": DriverRow,
    "credible sets": SetRow,
    "sides: agreement": AgreementRow,
    "sides: agreement by value": GroupAgreementRow,
    "sides: pairs": PairRow,
    "sides: silent": SilentRow,
    "outcomes: values": GroupRow,
    "outcomes: drift": DriftRow,
    "outcomes: quantities": QuantityRow,
    "grounds": GroundRow,
    "sentences": StockRow,
    "trends: months": MonthRow,
    "trends: changes": ChangeRow,
    "robustness: specifications": SpecificationRow,
    "robustness: pairs of letters": Pair,
    "network: links": LinkRow,
    "network: nodes": NodeRow,
    "network: neighbours of a node": Relation,
    "similar cases": RelatedRow,
    "cases": CaseRow,
    "search": HitRow,
    "guidelines, services, drugs, specialties, body parts": FeatureRow,
}
"""Every kind of row that a command, a page or the API shows."""
