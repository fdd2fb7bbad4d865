"""The types of answers that are one thing: a letter, a place, a node, the data set, a drawn graph."""

from pydantic import BaseModel, Field

from kg.explore.row_types import FeatureRow
from kg.web.api.openapi import LINKS, Thing, row_model


class Counts(BaseModel):
    """How decisions ended."""

    decisions: int
    upheld: int
    overturned: int
    modified: int
    figure: str = Field(description=LINKS["figure"])


class Mark(BaseModel):
    """What was read at a place of a letter."""

    span: tuple[int, int] = Field(description="Start and end, in characters.")
    kind: str
    node: str
    value: str | None


class LetterText(Thing):
    """A letter with what was read where."""

    case: str
    text: str
    marks: list[Mark]


class AboutBase(BaseModel):
    """What a generation says of itself."""

    format: int
    generation: str
    built: str
    reader: str
    program: str
    base_iri: str
    letters: int
    items: int
    citations: int
    problems: int
    triples: int
    first: str | None
    last: str | None


class DataSet(Thing, Counts):
    """The data set, and where to ask."""

    name: str
    about: AboutBase
    years: tuple[int, int] | None
    sparql: str
    openapi: str


class FieldCoverage(BaseModel):
    """How often a field was read, and its words known."""

    field: str
    read: int
    resolved: int
    unresolved: int
    absent: int
    figure: str


class TemplateCoverage(FieldCoverage):
    """The same in one form of letter."""

    template: str


class ProblemCount(BaseModel):
    """A kind of problem, with an example."""

    kind: str
    count: int
    letters: int
    example: str
    message: str
    quote: str | None
    figure: str


class UnresolvedWording(BaseModel):
    """Words that no vocabulary knows."""

    kind: str
    guideline: str | None
    chapter: str | None
    wording: str
    count: int
    letters: int
    example: str
    figure: str


class Coverage(Thing):
    """What was read, and what was not."""

    letters: int
    documents: dict[str, int]
    items: int
    citations: int
    fields: list[FieldCoverage]
    by_template: list[TemplateCoverage]
    problems: list[ProblemCount]
    unresolved: list[UnresolvedWording]
    figure: str = Field(description=LINKS["figure"])


class Place(Thing):
    """A place in a guideline."""

    notation: str
    iri: str
    label: str
    part_of: str | None
    first_page: int | None
    last_page: int | None
    cited: dict[str, Counts] = Field(description="By party.")
    pages: list[row_model(FeatureRow, "figure")]  # type: ignore[valid-type]
    sections: list[row_model(FeatureRow, "figure")]  # type: ignore[valid-type]
    chapters: list[row_model(FeatureRow, "figure")]  # type: ignore[valid-type]


class Node(Thing, Counts):
    """A node of the graph."""

    node: str
    iri: str
    kind: str
    label: str
    relations: dict[str, int] = Field(description="How many nodes each relation leads to.")


class Font(BaseModel):
    """How the words of a node are drawn."""

    color: str
    strokeWidth: int  # noqa: N815 - as vis-network names it


class Drawn(BaseModel):
    """A node with its looks."""

    id: str
    kind: str
    label: str
    title: str
    name: str
    decisions: int
    overturned: int
    shape: str
    size: float
    color: str
    font: Font | None = None
    borderWidth: int | None = None  # noqa: N815 - as vis-network names it
    outcome: str | None = Field(None, description="This, and what follows it, of a decision.")
    category: str | None = None
    year: int | None = None
    specialty: list[str] | None = None
    guideline: list[str] | None = None
    together: int | None = Field(None, description="Decisions that it shares with the node in the centre.")
    together_overturned: int | None = None
    together_color: str | None = None
    upheld: int | None = Field(None, description="This, and what follows it, of a group of decisions.")
    modified: int | None = None
    node: str | None = Field(None, description="The node that they are around.")
    relation: str | None = None
    wanted: dict[str, str] | None = Field(None, description="Which decisions, by what they have.")


class DrawnNode(Drawn):
    """A node with its place and looks."""

    x: float
    y: float


class DrawnEdge(BaseModel):
    """A link with its looks."""

    from_: str = Field(alias="from")
    to: str
    relation: str
    title: str
    width: float
    dashes: bool
    decisions: int | None = Field(None, description="Decisions that both of its ends have.")
    overturned: int | None = None


class Grown(BaseModel):
    """What an expansion adds."""

    nodes: list[DrawnNode]
    edges: list[DrawnEdge]
    moved: dict[str, tuple[float, float]] = Field(description="Places of shown nodes that move.")
    groups: list[Drawn] = Field(description="What is left in groups that are shown already.")
    total: int
    shown: int
    order: str
    full: bool


class GrownGraph(Thing, Grown):
    """What an expansion adds to a graph."""


class GrownSteps(Thing):
    """What each of several expansions adds."""

    results: list[Grown]


class Arranged(Thing):
    """Places for the nodes of a graph."""

    places: dict[str, tuple[float, float]]
    groups: dict[str, str | int | None]
    between: dict[str, float]
