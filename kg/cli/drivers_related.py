"""``kg drivers`` and ``kg related``: what goes with outcomes, and what is like a case."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.command import DEFAULT_KB, Form, Kb, Printed, command, say, table
from kg.cli.filter_options import filtered, say_notes
from kg.errors import SettingError

if TYPE_CHECKING:
    from kg.analysis.drivers import DriverRow, Drivers
    from kg.analysis.filters import Filters
    from kg.analysis.related import Related

Level = Annotated[str, typer.Option(help="page, section, chapter, edition or guideline.")]
Party = Annotated[
    str, typer.Option(help="Who cites it: reviewer, claims_administrator, any of them or both.")
]
Strata = Annotated[
    str,
    typer.Option(
        help="Strata of the Mantel-Haenszel ratio: category, subcategory, drug_class, year, template, "
        "priority or sex."
    ),
]
Plot = Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw odds ratios as a forest plot.")]
Strip = Annotated[
    str | None,
    typer.Option(
        metavar="GUIDELINE", help="Draw this guideline's pages as a strip instead, such as chronic-pain/2009."
    ),
]
Behind = Annotated[
    str | None, typer.Option("--cases", metavar="KEY", help="Print the cases behind one row instead.")
]
Counted = Annotated[
    str | None,
    typer.Option("--sparql", metavar="KEY", help="Print the SPARQL query that counts one row instead."),
]


class CubeForm(StrEnum):
    """How drivers are printed: also as RDF Data Cube observations."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    TURTLE = "ttl"
    N_TRIPLES = "nt"


@command(
    "kg drivers",
    "kg drivers --level section --year 2014-2016 --category Pharmaceuticals --format csv",
    "kg drivers --party claims_administrator --minimum 25 --plot forest.svg",
    "kg drivers --plot pages.svg --strip chronic-pain/2009",
    "kg drivers --cases chronic-pain/2009/page/98",
    "kg drivers --level chapter --format ttl > drivers.ttl",
)
@filtered
def drivers(
    kb: Kb = DEFAULT_KB,
    level: Level = "page",
    party: Party = "reviewer",
    minimum: Annotated[int, typer.Option(help="Decisions below which only counts are shown.")] = 10,
    strata: Strata = "category",
    model: Annotated[
        bool, typer.Option("--model/--no-model", help="Adjusted ratios from one model of all keys.")
    ] = True,
    limit: Annotated[int, typer.Option(min=1, help="Rows of the table; other forms have all.")] = 40,
    plot: Plot = None,
    strip: Strip = None,
    cases: Behind = None,
    query: Counted = None,
    form: Annotated[
        CubeForm, typer.Option("--format", help="How to print; ttl and nt are RDF Data Cube observations.")
    ] = CubeForm.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Count which cited pages, sections, chapters or guidelines are associated with which outcomes.

    The figures tell what goes with overturned decisions, not what causes them: the reviewer chooses the page,
    pages are cited in ranges, and kinds of service differ in what is cited and in how they end. The
    Mantel-Haenszel ratio (like with like) compares within strata, but with a rest that holds the other pages'
    effects; the adjusted ratio is from one model of all pages, category of service and specialty, against a
    decision that cites none of them. Overturned is compared with upheld and modified together.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.row_query import sparql
    from kg.base.store import KnowledgeBase

    if strip is not None and plot is None:
        raise SettingError("--strip says what to draw: add --plot FILE.svg, the file to draw it into")
    model = model and cases is None and query is None
    with KnowledgeBase.open(kb) as base:
        found = Analyses.of(base).drivers(level, party, chosen, minimum, strata=strata, model=model)
        generation = base.generation
        behind = found.cases(cases) if cases is not None else ()
    if plot is not None:
        _draw(found, plot, strip)
    if cases is not None or query is not None:
        print("\n".join(behind) if cases is not None else sparql(found, query or ""))
    else:
        _print_drivers(found, form, limit, generation)


def _draw(found: "Drivers", file: Path, guideline: str | None) -> None:
    from kg.analysis import plots

    drawn = plots.forest(found) if guideline is None else plots.strip(found, guideline)
    file.write_text(drawn, encoding="utf-8")
    say(f"{file} drawn")


def _print_drivers(found: "Drivers", form: CubeForm, limit: int, generation: str) -> None:
    from kg.analysis import cube
    from kg.analysis.cache import code_version

    if form is CubeForm.CSV:
        print(found.to_csv(), end="")
    elif form is CubeForm.JSON:
        print(found.to_frame().write_json())
    elif form is CubeForm.TURTLE:
        print(cube.turtle(found, generation, code_version()), end="")
    elif form is CubeForm.N_TRIPLES:
        print(cube.n_triples(found, generation, code_version()), end="")
    else:
        _show_drivers(found, limit)


def _show_drivers(found: "Drivers", limit: int) -> None:
    from kg.analysis.covariates import REFERENCE
    from kg.analysis.drivers import WITHOUT_MODEL

    print(
        f"{found.decisions:,} decisions: {found.upheld:,} upheld, {found.overturned:,} overturned, "
        f"{found.modified:,} modified"
    )
    rows = [_driver(row) for row in found.rows[:limit]]
    columns = ("key", "decisions", "overturned", "rate", "odds ratio", "like with like", "adjusted", "q")
    table(
        columns, rows, f"{found.level}s cited by {found.party.replace('_', ' ')}: associated with overturning"
    )
    for note in (*found.notes, *(() if WITHOUT_MODEL in found.notes else (REFERENCE,))):
        say(note)


def _driver(row: "DriverRow") -> tuple[object, ...]:
    return (
        row.key,
        row.decisions,
        row.overturned,
        interval(row.overturn_rate, row.rate_low, row.rate_high, "{:.1%}"),
        interval(row.odds_ratio, row.odds_ratio_low, row.odds_ratio_high),
        interval(row.mh_odds_ratio, row.mh_low, row.mh_high),
        interval(row.adjusted_odds_ratio, row.adjusted_low, row.adjusted_high),
        None if row.q_value is None else f"{row.q_value:.3f}",
    )


def interval(value: float | None, low: float | None, high: float | None, form: str = "{:.2f}") -> str | None:
    """A figure with its 95 % interval, as far as there are any."""
    if value is None:
        return None
    if low is None or high is None:
        return form.format(value)
    return f"{form.format(value)} ({form.format(low)} to {form.format(high)})"


@command(
    "kg related CM16-0219557",
    "kg related CM16-0219557 --outcome other --limit 5",
)
@filtered
def related(
    case: Annotated[str, typer.Argument(help="The case number.")],
    kb: Kb = DEFAULT_KB,
    limit: Annotated[int, typer.Option(help="Cases to show, 1 to 1000.")] = 10,
    outcome: Annotated[
        str | None,
        typer.Option(
            help="Only cases with upheld, overturned or modified items; other: those that went the other way."
        ),
    ] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on from here, as the page before said.")] = None,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Find cases like a case, by the pages, sections, services and the like that they share.

    What few cases have weighs more.
    """
    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        found = analyses.related(case, outcome, limit, cursor, filters=chosen)
        say_notes(analyses.index, chosen)
    if form is Form.CSV:
        frame = found.to_frame()
        lists = [name for name, kind in frame.schema.items() if kind.is_nested()]
        print(frame.with_columns(frame[name].list.join("; ") for name in lists).write_csv(), end="")
    elif form is Form.JSON:
        print(json.dumps([asdict(row) for row in found.rows], ensure_ascii=False))
    else:
        _show_related(found)
    if found.next:
        say(f"more: --cursor {found.next}")


def _show_related(found: "Related") -> None:
    rows = []
    for row in found.rows:
        shared = (f"{shared.kind} {shared.value} {shared.share:.0%}" for shared in row.shared[:5])
        rows.append((row.case, f"{row.score:.3f}", ", ".join(row.outcomes), "; ".join(shared)))
    table(("case", "score", "outcomes", "shared, with its part of the score"), rows)
    say(f"{found.case} was decided: {', '.join(found.outcomes)}")
