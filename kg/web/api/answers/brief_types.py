"""Short forms of answers that have fewer fields than the full ones; the others are made from those."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from kg.web.api.answers.answer_types import Filtered, Value
from kg.web.api.answers.brief import Brief, BriefListing


class BriefThing(BaseModel):
    """Something by its name; ``path`` is its page."""

    label: str
    kind: str
    node: str
    decisions: int
    path: str
    figure: str


class BriefFound(BriefListing):
    """Things whose names hold the words."""

    results: list[BriefThing]


class BriefAsked(Brief):
    """A question in words: how it was understood, and the figures."""

    echo: str = Field(description="What was understood; compare it with what was meant.")
    value: dict[str, Value]
    rows: list[dict[str, Value]]
    total: int
    next: str | None
    sparql: str | None
    figure: str = Field(description="The address to cite.")
    notes: list[str]
    listed: ClassVar[str] = "rows"
    narrower: ClassVar[str] = "ask about fewer groups, or continue from `next`"


class BriefDriver(BaseModel):
    """A cited place, its decisions against those that could have cited it."""

    key: str
    decisions: int
    letters: int
    overturned: int
    overturn_rate: float | None
    rate_low: float | None
    rate_high: float | None
    difference: float | None = Field(description="Percentage points, at equal covariates.")
    difference_low: float | None
    difference_high: float | None
    adjusted_odds_ratio: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    q_value: float | None
    credible_set: int | None
    probability: float | None
    remark: str | None
    about: str = Field(description="The address of this row, with the decisions behind it.")
    figure: str = Field(description="The address to cite, which gives the same figures later.")


class BriefDrivers(BriefListing):
    """What is cited where decisions are overturned, with a verdict in one sentence."""

    verdict: str
    level: str
    party: str
    decisions: int
    at_risk: int = Field(description="Decisions that are compared.")
    letters: int
    filters: Filtered
    figure: str
    results: list[BriefDriver]
    notes: list[str]


class BriefStated(BaseModel):
    """A ground that reviewers state, met or not: its share of the upheld and of the overturned decisions."""

    key: str
    ground: str
    met: bool
    letters: int
    decisions: int
    upheld: int
    overturned: int
    modified: int
    upheld_share: float | None
    upheld_low: float | None
    upheld_high: float | None
    overturned_share: float | None
    overturned_low: float | None
    overturned_high: float | None
    figure: str


class BriefGrounds(BriefListing):
    """What reviewers state, with a verdict in one sentence where a key or all decisions are asked about."""

    verdict: str
    help: str
    figure: str
    results: list[BriefStated]
    notes: list[str]


class BriefCase(BaseModel):
    """A letter, with its items that pass the filters by position."""

    case: str
    decision_date: str | None
    positions: list[int]
    items: list[str]
    outcomes: list[str | None]


class BriefCases(BriefListing):
    """Letters that hold decisions of a kind; ``next`` continues."""

    results: list[BriefCase]
    notes: list[str]
    figure: str


class BriefGround(BaseModel):
    """A reason that the reviewer states, with its sentence."""

    ground: str
    met: bool
    sentence: str


class BriefDecision(BaseModel):
    """One disputed item, with the letter's words for what each side relied on."""

    position: int
    item: str
    outcome: str | None
    subcategory: str | None
    drug: str | None
    claims_administrator: list[str]
    reviewer: list[str]
    grounds: list[BriefGround]
    rationale: str


class BriefLetter(Brief):
    """One letter with its decisions."""

    case: str
    decision_date: str | None
    specialties: list[str]
    age: int | None
    sex: str | None
    page: str
    decisions: list[BriefDecision]
    listed: ClassVar[str] = "decisions"
    narrower: ClassVar[str] = "read the letter at `address` with /letter after it, or list its single items"

    @classmethod
    def told(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """From the form of ``kg schema`` and the letter's ``text``."""
        number = content["case_number"]
        decisions = enumerate(content["decisions"], 1)
        return {
            "generation": content["generation"],
            "case": number,
            "decision_date": content["decision_date"],
            "specialties": content["reviewer"]["specialties"],
            **content["patient"],
            "page": f"/cases/{number}",
            "decisions": [_decision(place, one, content["text"]) for place, one in decisions],
        }


def _decision(position: int, told: Mapping[str, Any], text: str) -> BriefDecision:
    def printed(span: list[int] | None) -> str:
        return " ".join(text[span[0] : span[1]].split()) if span else ""

    cited = {
        party: [printed(one["span"]) for one in told[party]["citations"]]
        for party in ("claims_administrator", "reviewer")
    }
    return BriefDecision(
        position=position,
        item=told["item"],
        outcome=told["outcome"],
        subcategory=told["subcategory"],
        drug=told["drug"],
        **cited,
        grounds=[
            BriefGround(ground=one["ground"], met=one["met"], sentence=" ".join(one["quote"].split()))
            for one in told["grounds"]
        ],
        rationale=printed((told["rationale"] or {}).get("span")),
    )


class BriefWhy(BaseModel):
    """A reason in words, with its share of the score."""

    text: str
    share: float


class BriefPair(BaseModel):
    """An item like one that is asked about, and why."""

    asked: int
    item: int
    outcome: str | None
    text: str
    decision_date: str | None
    specialties: list[str]
    pair_score: float
    reasons: list[BriefWhy]
    differences: list[str]


class BriefSimilar(BaseModel):
    """A similar case, through its items."""

    case: str
    score: float
    repeats: int
    pairs: list[BriefPair]
    figure: str | None = None


class BriefRelated(BriefListing):
    """Decisions on requests like one's own."""

    results: list[BriefSimilar]
    notes: list[str]
    question: int | None = Field(default=None, description="Its number, where several are asked.")


class BriefCheckedPart(BaseModel):
    """A part of a claim: `holds`, `differs`, `not in this base` or `not checked`."""

    kind: str
    text: str
    verdict: str
    says: str
    quote: str | None
    path: str | None
    figure: str | None


class BriefCheckedClaim(BaseModel):
    """A sentence, which holds only if each of its parts does."""

    text: str
    case: str | None
    verdict: str
    parts: list[BriefCheckedPart]


class BriefChecked(Brief):
    """The claims of a text."""

    counts: dict[str, int]
    claims: list[BriefCheckedClaim]
    total: int
    next: str | None
    listed: ClassVar[str] = "claims"
    narrower: ClassVar[str] = "continue from `next`, or check fewer sentences at once"


class BriefNamed(BaseModel):
    """A query that is ready by its name."""

    name: str
    summary: str
    parameters: list[str]


class BriefNamedQueries(BriefListing):
    """The named queries."""

    results: list[BriefNamed]

    @classmethod
    def told(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters in words."""
        rows = [
            row | {"parameters": [f"{one['name']} ({one['type']})" for one in row["parameters"]]}
            for row in content["results"]
        ]
        return {**content, "results": rows}


class BriefRows(Brief):
    """The rows of a query; without one, the named queries."""

    columns: list[str]
    rows: list[list[str | None]]
    total: int
    next: str | None = None
    named: list[BriefNamed] = Field(default_factory=list)
    listed: ClassVar[str] = "rows"
    narrower: ClassVar[str] = "continue from `next`, set LIMIT, or ask for fewer columns"

    @classmethod
    def told(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Each row as the texts of its columns, which are named once."""
        columns = list(content["columns"])
        return {**content, "rows": [[_text(row[c]) for c in columns] for row in content["results"]]}


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
