"""``kg drivers`` and ``kg related``: what goes with outcomes, and what is like a case."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.edge import DEFAULT_KB, Kb, command, say, table

if TYPE_CHECKING:
    from kg.analysis.drivers import DriverRow, Drivers
    from kg.analysis.filters import Filters

Years = Annotated[list[str] | None, typer.Option("--year", help="Years of decision: 2015, or 2014-2016.")]
Category = Annotated[list[str] | None, typer.Option(help="Category of service.")]
Subcategory = Annotated[list[str] | None, typer.Option(help="Subcategory of service.")]
BodyPart = Annotated[list[str] | None, typer.Option(help="Part of the body: knee, or knee:left.")]
Drug = Annotated[list[str] | None, typer.Option(help="Generic ingredient, or class of drugs.")]
Specialty = Annotated[list[str] | None, typer.Option(help="Specialty of the reviewer.")]
Edition = Annotated[list[str] | None, typer.Option(help="Year of a cited guideline's edition.")]
Template = Annotated[list[str] | None, typer.Option(help="Template of letter.")]


Plot = Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw odds ratios as a forest plot.")]
Strip = Annotated[
    str | None, typer.Option(metavar="GUIDELINE", help="Draw this guideline's pages as a strip instead.")
]


class Form(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Printed = Annotated[Form, typer.Option("--format", help="How to print.")]


def filters(**given: list[str] | None) -> "Filters":
    """The filters that were given."""
    from kg.analysis.filters import Filters

    return Filters.of(**{name: values for name, values in given.items() if values})


@command(
    "kg drivers",
    "kg drivers --level section --year 2014-2016 --category Pharmaceuticals --format csv",
    "kg drivers --party claims_administrator --minimum 25 --plot forest.svg",
    "kg drivers --plot pages.svg --strip chronic-pain/2009",
)
def drivers(
    kb: Kb = DEFAULT_KB,
    level: Annotated[
        str, typer.Option(help="What is counted: page, section, chapter, edition or guideline.")
    ] = "page",
    party: Annotated[
        str, typer.Option(help="Who cites it: reviewer, claims_administrator, any of them or both.")
    ] = "reviewer",
    minimum: Annotated[int, typer.Option(help="Decisions below which only counts are shown.")] = 10,
    strata: Annotated[str, typer.Option(help="Strata of the Mantel-Haenszel ratio.")] = "category",
    model: Annotated[
        bool, typer.Option("--model/--no-model", help="Adjusted ratios from one model of all keys.")
    ] = True,
    limit: Annotated[int, typer.Option(min=1, help="Rows of the table; csv and json have all.")] = 40,
    year: Years = None,
    category: Category = None,
    subcategory: Subcategory = None,
    body_part: BodyPart = None,
    drug: Drug = None,
    specialty: Specialty = None,
    edition: Edition = None,
    template: Template = None,
    plot: Plot = None,
    strip: Strip = None,
    form: Printed = Form.TABLE,
) -> None:
    """Count which cited pages, sections, chapters or guidelines are associated with which outcomes.

    The figures tell what goes with overturned decisions, not what causes them: the reviewer chooses the page,
    pages are cited in ranges, and kinds of service differ in what is cited and in how they end.
    """
    from kg.analysis.kept import Analyses
    from kg.base.store import KnowledgeBase

    chosen = filters(
        year=year, category=category, subcategory=subcategory, body_part=body_part, drug=drug,
        specialty=specialty, edition=edition, template=template,
    )  # fmt: skip
    with KnowledgeBase.open(kb) as base:
        found = Analyses.of(base).drivers(level, party, chosen, minimum, strata=strata, model=model)
    if plot is not None:
        _draw(found, plot, strip)
    if form is Form.CSV:
        print(found.to_csv(), end="")
    elif form is Form.JSON:
        print(found.to_frame().write_json())
    else:
        _print_drivers(found, limit)


def _draw(found: "Drivers", file: Path, guideline: str | None) -> None:
    from kg.analysis import plots

    drawn = plots.forest(found) if guideline is None else plots.strip(found, guideline)
    file.write_text(drawn, encoding="utf-8")
    say(f"{file} drawn")


def _print_drivers(found: "Drivers", limit: int) -> None:
    print(
        f"{found.decisions:,} decisions: {found.upheld:,} upheld, {found.overturned:,} overturned, "
        f"{found.modified:,} modified"
    )
    rows = [_driver(row) for row in found.rows[:limit]]
    columns = ("key", "decisions", "overturned", "rate", "odds ratio", "like with like", "adjusted", "q")
    table(
        columns, rows, f"{found.level}s cited by {found.party.replace('_', ' ')}: associated with overturning"
    )
    for note in found.notes:
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
    year: Years = None,
    category: Category = None,
    body_part: BodyPart = None,
    drug: Drug = None,
    specialty: Specialty = None,
    form: Printed = Form.TABLE,
) -> None:
    """Find cases like a case, by the pages, sections, services and the like that they share.

    What few cases have weighs more.
    """
    from kg.analysis.kept import Analyses
    from kg.base.store import KnowledgeBase

    chosen = filters(year=year, category=category, body_part=body_part, drug=drug, specialty=specialty)
    with KnowledgeBase.open(kb) as base:
        found = Analyses.of(base).related(case, outcome, limit, cursor, filters=chosen)
    if form is not Form.TABLE:
        frame = found.to_frame()
        lists = [name for name, kind in frame.schema.items() if kind.is_nested()]
        flat = frame.with_columns(frame[name].list.join("; ") for name in lists)
        print(
            flat.write_csv() if form is Form.CSV else frame.write_json(),
            end="\n" if form is Form.JSON else "",
        )
        return
    rows = [
        (row.case, f"{row.score:.3f}", ", ".join(row.outcomes), "; ".join(
            f"{shared.kind} {shared.value} {shared.share:.0%}" for shared in row.shared[:5]
        ))
        for row in found.rows
    ]  # fmt: skip
    table(("case", "score", "outcomes", "shared, with its part of the score"), rows)
    say(f"{case} was decided: {', '.join(found.outcomes)}")
    if found.next:
        say(f"more: --cursor {found.next}")
