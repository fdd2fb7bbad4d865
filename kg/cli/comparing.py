"""``kg sides``, ``kg outcomes`` and ``kg network``: who cites what, who decides how, what goes together."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.analysing import (
    BodyPart,
    Category,
    Drug,
    Form,
    Printed,
    Specialty,
    Template,
    Years,
    filters,
    interval,
)
from kg.cli.edge import DEFAULT_KB, Kb, command, say, table

if TYPE_CHECKING:
    import polars as pl

Minimum = Annotated[int, typer.Option(help="Decisions below which nothing is said.")]


def _print_frame(frame: "pl.DataFrame", form: Form, title: str) -> None:
    if form is Form.CSV:
        print(frame.write_csv(), end="")
    elif form is Form.JSON:
        print(frame.write_json())
    else:
        rows = [[f"{v:.3f}" if isinstance(v, float) else v for v in row] for row in frame.rows()]
        table([name.replace("_", " ") for name in frame.columns], rows, title)


@command("kg sides", "kg sides --level section --category Pharmaceuticals --format csv")
def sides(
    kb: Kb = DEFAULT_KB,
    level: Annotated[str, typer.Option(help="page, section, chapter, edition or guideline.")] = "page",
    minimum: Minimum = 10,
    year: Years = None,
    category: Category = None,
    body_part: BodyPart = None,
    drug: Drug = None,
    specialty: Specialty = None,
    template: Template = None,
    form: Printed = Form.TABLE,
) -> None:
    """Compare what the two parties cite for the same item, and how such items end.

    The odds ratio tells whether citing something that the claims administrator does not cite goes with
    overturning.
    """
    from kg.analysis.kept import Analyses
    from kg.analysis.sides import sides as compare
    from kg.base.store import KnowledgeBase

    chosen = filters(
        year=year, category=category, body_part=body_part, drug=drug, specialty=specialty, template=template
    )
    with KnowledgeBase.open(kb) as base:
        found = compare(Analyses.of(base).index, level, chosen, minimum)
    _print_frame(found.to_frame(), form, f"{level}s cited by the two sides for one item")
    if form is not Form.TABLE:
        return
    if found.same_share is not None:
        say(f"where both cite, {found.same_share:.1%} of what either cites is cited by both")
    if (effect := found.effect) is not None:
        ratio = interval(effect.adjusted_odds_ratio, effect.adjusted_low, effect.adjusted_high)
        say(f"looking further than the administrator goes with overturning: adjusted odds ratio {ratio}")


class Question(StrEnum):
    """What outcomes are counted by."""

    SPECIALTIES = "specialties"
    DRIFT = "drift"
    QUANTITIES = "quantities"


@command(
    "kg outcomes specialties", "kg outcomes drift --category Injection", "kg outcomes quantities --format csv"
)
def outcomes(
    by: Annotated[
        Question,
        typer.Argument(
            help="By specialty and service, by year and edition, or by quantity against the limit."
        ),
    ],
    kb: Kb = DEFAULT_KB,
    minimum: Minimum = 10,
    year: Years = None,
    category: Category = None,
    body_part: BodyPart = None,
    drug: Drug = None,
    specialty: Specialty = None,
    template: Template = None,
    form: Printed = Form.TABLE,
) -> None:
    """Count outcomes by the reviewer's specialty and the service, over time, or by the quantity requested."""
    from kg.analysis import services
    from kg.analysis.kept import Analyses
    from kg.base.store import KnowledgeBase

    chosen = filters(
        year=year, category=category, body_part=body_part, drug=drug, specialty=specialty, template=template
    )
    with KnowledgeBase.open(kb) as base:
        index = Analyses.of(base).index
        if by is Question.SPECIALTIES:
            found = services.specialties(index, filters=chosen, minimum=minimum)
        elif by is Question.DRIFT:
            found = services.drift(index, filters=chosen)
        else:
            found = services.quantities(index, filters=chosen, minimum=minimum)
    _print_frame(found.to_frame(), form, f"outcomes by {' and '.join(found.by)}")
    for note in found.notes:
        say(note)


class NetworkForm(StrEnum):
    """How a network is printed."""

    TABLE = "table"
    CSV = "csv"
    GRAPHML = "graphml"
    GEXF = "gexf"


@command(
    "kg network",
    "kg network services --level chapter --format graphml > services.graphml",
    "kg network specialties --level guideline --format gexf > specialties.gexf",
)
def network(
    kind: Annotated[str, typer.Argument(help="together, services or specialties.")] = "together",
    kb: Kb = DEFAULT_KB,
    level: Annotated[str, typer.Option(help="page, section, chapter, edition or guideline.")] = "page",
    party: Annotated[str, typer.Option(help="reviewer, claims_administrator, any or both.")] = "reviewer",
    minimum: Annotated[int, typer.Option(help="Decisions that a node must have.")] = 10,
    q: Annotated[float, typer.Option("--q", help="Links with a greater q-value are left out.")] = 0.05,
    year: Years = None,
    category: Category = None,
    form: Annotated[NetworkForm, typer.Option("--format", help="How to print.")] = NetworkForm.TABLE,
) -> None:
    """Show what is cited together, or which services and specialties go with which guidelines.

    A link is drawn where more decisions have both than chance would have it. It tells that they go together,
    not why.
    """
    from kg.analysis.kept import Analyses
    from kg.analysis.network import network as make
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base:
        found = make(
            Analyses.of(base).index, kind, level, party, filters(year=year, category=category), minimum, q
        )
    if form is NetworkForm.GRAPHML:
        print(found.graphml(), end="")
    elif form is NetworkForm.GEXF:
        print(found.gexf(), end="")
    elif form is NetworkForm.CSV:
        print(found.to_frame().write_csv(), end="")
    else:
        _print_frame(found.to_frame().head(40), Form.TABLE, "links, the strongest first")
        for number, name in enumerate(found.communities, 1):
            say(f"community {number}: {name}")
