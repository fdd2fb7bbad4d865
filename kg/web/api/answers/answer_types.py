"""The types of answers that are no table: what each field is, for the description of the API.

Tables are typed by their rows (:func:`kg.web.api.openapi.listing_of`), the determination by ``kg schema``.
"""

from dataclasses import fields
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, Field, create_model

from kg import queries
from kg.analysis.driver_row.robustness import Pair, SpecificationRow
from kg.analysis.drivers import DriverRow, EffectSet
from kg.analysis.network import NodeRow
from kg.analysis.related.rankings import RelatedRow
from kg.analysis.related.rows import Reason, Shared, Side
from kg.analysis.shown_columns import columns
from kg.analysis.sides import Effect
from kg.analysis.trends import ChangeRow
from kg.explore import json_answers
from kg.web.api.openapi import Listing, row_model

Outcome = Literal["upheld", "overturned", "modified"]
Plain = str | int | float | bool | list[str] | list[float] | None
Value = Plain | list[dict[str, Plain]]
"""What is counted: a figure, or the rows of a table of its own, such as the agreement of the two sides."""
Filtered = Annotated[
    dict[str, list[str]],
    Field(description="The filters, each with its values.", examples=[{"category": ["Pharmaceuticals"]}]),
]
Notes = Annotated[list[str], Field(description="Sentences that a reader needs beside the figures.")]
Help = Annotated[str, Field(description="How to read the figures.")]


# --- beside tables -----------------------------------------------------------------------------------


class Noted(Listing):
    """A list with notes."""

    notes: Notes


class Found(Listing):
    """A list whose number of results can be cited."""

    figure: str = Field(description="The address to cite.")


class Cases(Noted, Found):
    """A list of cases, with notes."""


class Told(Noted):
    """What every table of figures says beside its rows."""

    filters: Filtered
    help: Help
    figure: str = Field(description="The address to cite for what is said of the whole.")


class OfDrivers(Told):
    """What the table of drivers says beside its rows."""

    level: str
    party: str
    minimum: int
    adjust: list[str] = Field(description="What is held equal.")
    decisions: int
    upheld: int
    overturned: int
    modified: int
    at_risk: int = Field(description="Decisions that are compared.")
    letters: int
    verdict: str = Field(description="What the table comes to, in a sentence.")
    sets: list[EffectSet] = Field(description="Each holds one effect, with 95 % probability at a member.")


class OfOutcomes(Told):
    """What a table of outcomes says beside its rows."""

    by: str
    across: str | None
    party: str
    minimum: int


class OfSides(Told):
    """What a table of the two sides says beside its rows."""

    level: str
    show: str
    by: str | None
    minimum: int
    same_share: float | None = Field(description="The mean share of what both cite among what either cites.")
    effect: Effect | None


class OfNetwork(Told):
    """What a network says beside its links."""

    kind: str
    level: str
    party: str
    minimum: int
    q: float
    nodes: list[row_model(NodeRow, "figure")]  # type: ignore[valid-type]
    communities: list[str] = Field(description="The largest first, each by its strongest nodes.")


class OfGrounds(Told):
    """What a table of grounds says beside its rows."""

    by: str
    key: str | None
    party: str
    verdict: str = Field(description="What the rows come to, in a sentence.")


class OfSentences(Told):
    """What a list of repeated sentences says beside its rows."""

    alike: bool
    verdict: str = Field(description="How much is repeated, in a sentence.")


class OfTrends(Told):
    """What the table of months says beside its rows."""

    key: str | None
    party: str
    changes: list[row_model(ChangeRow, "figure")] = Field(  # type: ignore[valid-type]
        description="Level and slopes at each change of edition."
    )
    verdict: str = Field(description="What the changes of edition come to, in a sentence.")


# --- rows --------------------------------------------------------------------------------------------


class DriverCases(Listing):
    """The cases behind a row of the drivers."""

    results: list[str] = Field(examples=[["CM16-0000001"]])
    row: row_model(DriverRow, "figure")  # type: ignore[valid-type]
    sparql: str | None = Field(
        description="The query that counts the same decisions; null under filters that the graph lacks."
    )
    help: Help


class Specifications(Told):
    """A row of the drivers under several specifications."""

    results: list[row_model(SpecificationRow, "figure")]  # type: ignore[valid-type]
    key: str
    level: str
    party: str
    lowest: float | None
    highest: float | None
    e_value: float | None
    e_value_of_interval: float | None
    pairs: list[row_model(Pair)] = Field(  # type: ignore[valid-type]
        description="Letters to read, of the same kind of service."
    )
    verdict: str


class Continued(BaseModel):
    """A longer text that can be asked."""

    text: str
    decisions: int = Field(description="Decisions that its conditions leave.")
    figure: str


class Continuations(Listing):
    """What a question can go on with."""

    results: list[Continued]


class Change(BaseModel):
    """A letter that changed."""

    iri: str
    case: str = Field(examples=["CM16-0000001"])
    change: Literal["written", "corrected", "removed"]
    generation: str
    at: str = Field(description="When.", examples=["2026-01-31T12:00:00Z"])


class Changes(Listing):
    """Letters that changed since a generation."""

    results: list[Change]


class Suggestion(BaseModel):
    """Something by its name, or a question."""

    node: str
    label: str
    kind: str
    decisions: int
    figure: str
    path: str = Field(description="Its page.")


class Suggestions(Listing):
    """What a name can stand for."""

    results: list[Suggestion]


class Neighbour(BaseModel):
    """A node that a relation leads to."""

    node: str
    label: str
    decisions: int
    figure: str


class Neighbours(Listing):
    """The nodes that one relation leads to."""

    results: list[Neighbour]
    relation: str
    figure: str


class PathStep(BaseModel):
    """A node of a path."""

    node: str
    label: str


class Way(Listing):
    """The nodes of a path, in order."""

    results: list[PathStep]


class Evidence(BaseModel):
    """A sentence of a letter, and the words in it that say so."""

    case: str
    before: str
    quote: str
    after: str
    kind: str
    party: str | None
    path: str


class Evidences(Listing):
    """The sentences behind a link."""

    results: list[Evidence]


class NamedQuery(BaseModel):
    """A named query; its text is at `/api/queries/NAME/text`."""

    name: str
    summary: str
    parameters: list[queries.Parameter]
    columns: list[str]


class NamedQueries(Listing):
    """The named queries."""

    results: list[NamedQuery]


def rows_of(query: queries.Query) -> type[Listing]:
    """A page of the rows of a named query.

    >>> rows = rows_of(queries.load("outcomes_by_year")).model_json_schema()
    >>> rows["$defs"]["QueryOutcomesByYearRow"]["required"]
    ['year', 'items', 'upheld', 'overturned', 'modified']
    """
    name = "Query" + query.name.title().replace("_", "")
    plain: Any = (str | int | float | bool | None, ...)
    given: dict[str, Any] = dict.fromkeys(query.columns, plain)
    if query.figures:
        given["figure"] = (str | None, Field(None, description="The address that gives the row again."))
    row = create_model(f"{name}Row", __doc__=f"{query.summary}.", **given)
    results: Any = (list[row], ...)  # type: ignore[valid-type]
    named: Any = (list[str], ...)
    return create_model(f"{name}Rows", __base__=Listing, results=results, columns=named)


# --- similar cases -----------------------------------------------------------------------------------

_SIDE_HINTS, _PAIR_HINTS = get_type_hints(Side), get_type_hints(RelatedRow)
_SIDE: dict[str, Any] = {
    field.name: (_SIDE_HINTS[field.name], ...) for field in fields(Side) if field.name != "case"
}
_PAIR: dict[str, Any] = {
    named.name: (_PAIR_HINTS[named.name], Field(description=f"{named.column.meaning}."))
    for named in columns(RelatedRow)
    if named.name not in json_answers.OF_CASE
} | dict.fromkeys(("specialties", "claims_administrator", "reviewer", "grounds"), (list[str], ...))
AskedItem = create_model("AskedItem", __doc__="An item of the case that is asked about.", **_SIDE)
RelatedPair = create_model(
    "RelatedPair",
    __doc__="An item of a similar case, and what it shares with the one asked about.",
    **_PAIR,
    reasons=(list[Reason], ...),
    differences=(list[str], ...),
    shared=(list[Shared], ...),
)


class RelatedCase(BaseModel):
    """A similar case, through its items."""

    case: str = Field(examples=["CM16-0000001"])
    iri: str
    score: float = Field(description="Similarity of the cases, from 0 to 1.")
    repeats: int = Field(description="Letters that are word for word the same, itself too.")
    outcomes: list[Outcome | None]
    pairs: list[RelatedPair]  # type: ignore[valid-type]
    figure: str | None = Field(default=None, description="The address to cite, for a case of the base.")


class RelatedCases(Listing):
    """Similar cases, the nearest first."""

    results: list[RelatedCase]
    case: str | None
    mode: str
    outcomes: list[Outcome | None] | None
    asked: list[AskedItem]  # type: ignore[valid-type]
    notes: Notes
    figure: str | None = Field(default=None, description="The address to cite, for a case of the base.")
