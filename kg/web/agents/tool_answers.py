"""What the tools answer: each a typed object that is cut to what an agent can read at once."""

from typing import Any, TypeVar

from pydantic import BaseModel, Field

MOST = 26_000
"""Characters of an answer as JSON: at most some 8,000 tokens of English and figures."""

CAUTION = "Figures are associations in published decisions, not causes and not predictions of a pending case."


class Told(BaseModel):
    """What every answer says of itself."""

    generation: str = Field(description="The state of the base that was asked.")
    address: str = Field(description="Where the API gives the same in full.")
    caution: str = CAUTION
    truncated: bool = Field(default=False, description="Whether rows were left out to keep the answer short.")
    narrow: str | None = Field(default=None, description="How to get what was left out.")


class Thing(BaseModel):
    """Something by its name; ``path`` is its page."""

    label: str
    kind: str
    node: str
    decisions: int
    path: str


class Found(Told):
    """Things whose names hold the words."""

    rows: list[Thing]


class Asked(Told):
    """A question in words: how it was understood, and the figures."""

    echo: str = Field(description="What was understood; compare it with what was meant.")
    value: dict[str, Any]
    rows: list[dict[str, Any]]
    sparql: str | None
    notes: list[str]


class Driver(BaseModel):
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


class Drivers(Told):
    """What is cited where decisions are overturned, with a verdict in one sentence."""

    verdict: str
    level: str
    party: str
    decisions: int
    at_risk: int = Field(description="Decisions that are compared.")
    letters: int
    filters: dict[str, Any]
    rows: list[Driver]
    total: int
    notes: list[str]


class Stated(BaseModel):
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


class Grounds(Told):
    """What reviewers state, with a verdict in one sentence where a key or all decisions are asked about."""

    verdict: str
    help: str
    rows: list[Stated]
    total: int
    notes: list[str]


class Case(BaseModel):
    """A letter, with its items that pass the filters by position."""

    case: str
    decision_date: str | None
    positions: list[int]
    items: list[str]
    outcomes: list[str | None]


class Cases(Told):
    """Letters that hold decisions of a kind; ``next`` continues."""

    rows: list[Case]
    total: int
    next: str | None
    notes: list[str]


class Ground(BaseModel):
    """A reason that the reviewer states, with its sentence."""

    ground: str
    met: bool
    sentence: str


class Decision(BaseModel):
    """One disputed item, with the letter's words for what each side relied on."""

    position: int
    item: str
    outcome: str | None
    subcategory: str | None
    drug: str | None
    claims_administrator: list[str]
    reviewer: list[str]
    grounds: list[Ground]
    rationale: str


class Letter(Told):
    """One letter with its decisions."""

    case: str
    decision_date: str | None
    specialties: list[str]
    age: int | None
    sex: str | None
    page: str
    rows: list[Decision]


class Pair(BaseModel):
    """A decision like the one asked about, and why."""

    case: str
    asked: int
    item: int
    outcome: str | None
    text: str
    decided: str | None
    specialties: list[str]
    reasons: list[str]
    differences: list[str]
    score: float


class Related(Told):
    """Decisions on requests like one's own."""

    rows: list[Pair]
    notes: list[str]


class CheckedPart(BaseModel):
    """A part of a claim: `holds`, `differs`, `not in this base` or `not checked`."""

    kind: str
    text: str
    verdict: str
    says: str
    quote: str | None
    path: str | None
    figure: str | None


class CheckedClaim(BaseModel):
    """A sentence, which holds only if each of its parts does."""

    text: str
    case: str | None
    verdict: str
    parts: list[CheckedPart]


class Checked(Told):
    """The claims of a text."""

    counts: dict[str, int]
    rows: list[CheckedClaim]


class Named(BaseModel):
    """A query that is ready by its name."""

    name: str
    summary: str
    parameters: list[str]


class Rows(Told):
    """The rows of a query; without one, the named queries."""

    columns: list[str]
    rows: list[list[str | None]]
    named: list[Named] = []


Answer = TypeVar("Answer", bound=Told)


def fitted(answer: Answer, how: str) -> Answer:
    """``answer`` with as many of its rows, from the first, as fit; ``how`` says how to ask for less.

    >>> rows = [Thing(label="x" * 200, kind="item", node="", decisions=1, path="/") for _ in range(400)]
    >>> found = fitted(Found(generation="000001", address="/api", rows=rows), "give more words")
    >>> found.truncated, len(found.model_dump_json()) <= MOST, found.narrow
    (True, True, 'give more words')
    """
    for name in ("rows", "named"):
        while (kept := getattr(answer, name, None)) and len(answer.model_dump_json()) > MOST:
            answer.truncated, answer.narrow = True, how
            setattr(answer, name, kept[: len(kept) * 3 // 4])
    return answer
