"""``kg sides``, ``outcomes``, ``grounds``, ``trends``, ``network``: who cites, decides and states what."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.command import (
    DEFAULT_KB,
    Form,
    Kb,
    Printed,
    command,
    is_file,
    print_figures,
    print_file,
    say,
    table_of,
)
from kg.cli.drivers_related import Level, Party, interval
from kg.cli.filter_options import filtered

if TYPE_CHECKING:
    import polars as pl

    from kg.analysis.filters import Filters
    from kg.analysis.network import Network
    from kg.analysis.sides import Sides

Minimum = Annotated[int, typer.Option(help="Fewest decisions for a row to be reported.")]
_SHOWN = 40


def _print_frame(row: type, frame: "pl.DataFrame", form: Form, title: str, **told: Any) -> None:
    if is_file(form):
        from kg.analysis.shown_columns import meanings

        print_file(form, meanings(row), frame.iter_rows(), **told)
    else:
        table_of(row, frame.iter_rows(named=True), title)


class Comparison(StrEnum):
    """What is told of the two sides."""

    AGREEMENT = "agreement"
    PAIRS = "pairs"
    SILENT = "silent"


@command(
    "kg sides",
    "kg sides --level section --category Pharmaceuticals --format csv",
    "kg sides --by specialty",
    "kg sides --show pairs --level chapter",
)
@filtered
def sides(
    kb: Kb = DEFAULT_KB,
    level: Level = "page",
    minimum: Minimum = 10,
    show: Annotated[
        Comparison,
        typer.Option(help="Agreement, outcomes by what each party cites, or how often each cites nothing."),
    ] = Comparison.AGREEMENT,
    by: Annotated[
        str | None,
        typer.Option(metavar="GROUPING", help="Agreement by a grouping of kg outcomes, such as specialty."),
    ] = None,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Compare what the two parties cite for the same item, with the outcomes.

    The odds ratio shows whether citing something that the claims administrator does not cite is associated
    with overturning.
    """
    from kg.analysis import sides
    from kg.analysis.cache import Analyses
    from kg.analysis.outcomes import grouping
    from kg.base.store import KnowledgeBase
    from kg.cited import json_tables
    from kg.errors import SettingError

    if by is not None and show is not Comparison.AGREEMENT:
        raise SettingError("use either --by or --show")
    with KnowledgeBase.open(kb) as base:
        index = (analyses := Analyses.of(base)).index
        found = sides.sides(index, level, chosen, minimum, grouping(index, by))
        if form is Form.JSON:
            made = json_tables.of_sides(found, show.value, by, minimum)
            print_figures(base, analyses, lambda _: made)
            return
    row, frame, title = _shown(found, show, by)
    told = {"generation": base.generation, "notes": found.notes, "help": sides.HELP}
    _print_frame(row, frame.head(_SHOWN) if form is Form.TABLE else frame, form, title, **told)
    for note in found.notes:
        say(note)
    if form is Form.TABLE and by is None:
        _say_effect(found)


def _shown(found: "Sides", show: Comparison, by: str | None) -> "tuple[type, pl.DataFrame, str]":
    """The table that is asked for: the type of its rows, the rows and a title."""
    from kg.analysis import sides

    told = f"{found.level}s cited by the two parties for one item"
    if by is not None:
        return sides.GroupAgreementRow, found.groups, f"{told}, by {by.replace('_', ' ')}"
    if show is Comparison.PAIRS:
        return sides.PairRow, found.pairs, f"outcomes by the {told}"
    if show is Comparison.SILENT:
        return sides.SilentRow, found.silent, f"decisions for which a party cites no {found.level}"
    return sides.AgreementRow, found.agreement, told


def _say_effect(found: "Sides") -> None:
    if found.same_share is not None:
        say(f"where both cite, {found.same_share:.1%} of what either cites is cited by both")
    if (effect := found.effect) is None:
        return
    told = "overturning where the reviewer cites what the administrator does not"
    if found_difference := interval(
        effect.difference, effect.difference_low, effect.difference_high, "{:+z.1f}"
    ):
        say(f"{told}: adjusted difference, in percentage points, {found_difference}")
    for name, ratio in (
        ("crude", interval(effect.odds_ratio, effect.low, effect.high)),
        ("adjusted", interval(effect.adjusted_odds_ratio, effect.adjusted_low, effect.adjusted_high)),
    ):
        if ratio is not None:
            say(f"odds ratio of {told}: {name} {ratio}")


@command(
    "kg outcomes specialty",
    "kg outcomes specialty --across category --minimum 30",
    "kg outcomes drift --category Injection",
    "kg outcomes quantities --format csv",
)
@filtered
def outcomes(
    by: Annotated[
        str,
        typer.Argument(
            metavar="BY",
            help="year, category, subcategory, body_part, ground, drug, specialty, licence, template, "
            "priority or sex; drift (by year and edition); quantities (requested against recommended).",
        ),
    ],
    kb: Kb = DEFAULT_KB,
    across: Annotated[
        str | None, typer.Option(metavar="GROUPING", help="Second grouping, such as category.")
    ] = None,
    party: Party = "reviewer",
    minimum: Minimum = 10,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Count outcomes by specialty, service, drug, body part, licence, year and so on, with intervals.

    A row counts the decisions that the filter of the same name selects. Intervals treat the letter as the
    unit. The party affects only drift and filters on guidelines.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.outcomes import HELP
    from kg.analysis.outcomes import outcomes as count
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import of_outcomes

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        found = count(analyses.index, by, across, party, chosen, minimum)
        if form is Form.JSON:
            print_figures(base, analyses, lambda _: of_outcomes(found, by, across, party, minimum))
            return
    told = {"generation": base.generation, "notes": found.notes, "help": HELP}
    _print_frame(found.row, found.to_frame(), form, f"outcomes by {found.title}", **told)
    for note in found.notes:
        say(note)


@command(
    "kg grounds",
    "kg grounds page chronic-pain/2009/page/98",
    "kg grounds subcategory --minimum 20 --format csv",
    "kg grounds section --category Rehabilitation --ground response:not-met",
)
@filtered
def grounds(
    by: Annotated[
        str,
        typer.Argument(
            help="all; a citation level (page, section, chapter, edition, guideline); or a filter, such as "
            "category, drug, body_part or specialty."
        ),
    ] = "all",
    key: Annotated[str | None, typer.Argument(help="Only this page, section, drug, ...")] = None,
    kb: Kb = DEFAULT_KB,
    party: Party = "reviewer",
    minimum: Annotated[int, typer.Option(help="Fewest decisions for a row to be reported.")] = 10,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Count the grounds that reviewers state for upheld and for overturned decisions.

    Shares describe what reviewers write; they imply neither cause nor prediction.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.reasons.ground_rates import HELP, GroundRow
    from kg.analysis.reasons.ground_rates import grounds as count
    from kg.analysis.shown_columns import meanings
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import of_grounds

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        found = count(analyses.index, by, key, party, chosen, minimum)
        if form is Form.JSON:
            print_figures(base, analyses, lambda _: of_grounds(found, by, key, party))
            return
    frame = found.to_frame()
    if is_file(form):
        told = {"verdict": found.verdict, "notes": found.notes, "help": HELP}
        print_file(form, meanings(GroundRow), frame.iter_rows(), base.generation, **told)
    else:
        title = f"grounds that reviewers state, by {by}" if key is None else f"grounds stated: {key}"
        table_of(GroundRow, frame.head(_SHOWN).iter_rows(named=True), title, {"key"} if key else ())
        if frame.height > _SHOWN:
            say(f"{frame.height - _SHOWN:,} more rows: --format csv")
    for sentence in (found.verdict, *found.notes):
        if sentence:
            say(sentence)


@command(
    "kg trends",
    "kg trends chronic-pain/2009/page/98",
    "kg trends --category Injection --format csv",
    "kg trends --months",
)
@filtered
def trends(
    key: Annotated[
        str | None, typer.Argument(help="A page, section, chapter, edition or guideline; all if omitted.")
    ] = None,
    kb: Kb = DEFAULT_KB,
    party: Party = "reviewer",
    months: Annotated[
        bool, typer.Option("--months", help="Print months instead of changes; files always have months.")
    ] = False,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Count outcomes by month, with level and slope at each change of edition.

    The letter is the unit. Other changes at the same time cannot be separated from the edition.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.shown_columns import meanings
    from kg.analysis.trends import HELP, ChangeRow, MonthRow
    from kg.analysis.trends import trends as count
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import of_trends

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        found = count(analyses.index, key, party, chosen)
        if form is Form.JSON:
            print_figures(base, analyses, lambda cite: of_trends(found, cite))
            return
    if is_file(form):
        told = {"verdict": found.verdict, "notes": found.notes, "help": HELP}
        print_file(form, meanings(MonthRow), found.to_frame().iter_rows(), base.generation, **told)
    else:
        row, rows = (MonthRow, found.rows) if months else (ChangeRow, found.changes)
        table_of(row, rows, f"overturning by month: {key or 'all decisions'}")
    for note in found.notes:
        say(note)


class NetworkForm(StrEnum):
    """How a network is printed."""

    TABLE = "table"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    XLSX = "xlsx"
    JSON = "json"
    GRAPHML = "graphml"
    GEXF = "gexf"


@command(
    "kg network",
    "kg network --nodes --level section",
    "kg network --around guideline/chronic-pain/2009/page/98",
    "kg network services --level chapter --format graphml > services.graphml",
    "kg network specialties --level guideline --format gexf > specialties.gexf",
)
@filtered
def network(
    kind: Annotated[str, typer.Argument(help="together, services or specialties.")] = "together",
    kb: Kb = DEFAULT_KB,
    level: Level = "page",
    party: Party = "reviewer",
    minimum: Annotated[int, typer.Option(help="Fewest decisions for a node to be included.")] = 10,
    q: Annotated[float, typer.Option("--q", help="Omit links with a greater q-value.")] = 0.05,
    nodes: Annotated[
        bool, typer.Option("--nodes", help="Print nodes with communities and centralities instead of links.")
    ] = False,
    around: Annotated[
        str | None,
        typer.Option(metavar="NODE", help="Count the neighbours of a node, by relation and kind."),
    ] = None,
    form: Annotated[NetworkForm, typer.Option("--format", help="Output format.")] = NetworkForm.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Show what is cited together, or which services and specialties are associated with which guidelines.

    A link joins two nodes that occur together in more letters than expected by chance, given how many keys
    each letter cites and how many letters cite each key. It shows an association, not its reason; `in_range`
    is the share of letters that cite both pages in one printed range.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.network import network as make
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import of_network

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        found = make(analyses.index, kind, level, party, chosen, minimum, q)
        if form is NetworkForm.JSON:
            print_figures(base, analyses, lambda cite: of_network(found, minimum, q, cite))
            return
    if form is NetworkForm.GRAPHML:
        print(found.graphml(), end="")
    elif form is NetworkForm.GEXF:
        print(found.gexf(), end="")
    else:
        _print_network(found, form, base.generation, nodes=nodes, around=around)


def _print_network(
    found: "Network", form: NetworkForm, generation: str, *, nodes: bool, around: str | None
) -> None:
    from kg.analysis.network import HELP, LinkRow, NodeRow, Relation
    from kg.analysis.shown_columns import meanings

    row: type
    if around is not None:
        row, frame, title = Relation, found.around(around), f"neighbours of {around}"
    elif nodes:
        row, frame, title = NodeRow, found.nodes(), "nodes, the strongest first"
    else:
        row, frame, title = LinkRow, found.to_frame(), "links, the strongest first"
    if is_file(form):
        print_file(form, meanings(row), frame.iter_rows(), generation, notes=found.notes, help=HELP)
        return
    _print_frame(row, frame.head(_SHOWN), Form.TABLE, title)
    for note in found.notes:
        say(note)
    for number, name in enumerate(found.communities, 1):
        say(f"community {number}: {name}")
