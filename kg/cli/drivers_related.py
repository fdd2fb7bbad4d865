"""``kg drivers`` and ``kg related``: what goes with outcomes, and what is like a case."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    print_json,
    say,
    table_of,
)
from kg.cli.filter_options import filtered
from kg.errors import SettingError, SourceError

if TYPE_CHECKING:
    from kg.analysis.cache import Analyses
    from kg.analysis.drivers import Drivers
    from kg.analysis.filters import Filters
    from kg.analysis.related.rankings import AskedCase, Related
    from kg.base.store import KnowledgeBase

Level = Annotated[str, typer.Option(help="Citation level: page, section, chapter, edition or guideline.")]
Party = Annotated[str, typer.Option(help="Citing party: reviewer, claims_administrator, any or both.")]
Adjust = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Covariates to adjust for, separated by commas: subcategory, category, drug_class, year, "
        "template, priority, sex, specialty, keys (how many are cited), or none. By default: "
        "subcategory,year,template,specialty,keys.",
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


Sets = Annotated[
    bool, typer.Option("--sets", help="Print credible sets instead: the keys that may carry an effect.")
]
OneRow = Annotated[
    str | None,
    typer.Option(
        "--row",
        metavar="KEY",
        help="Print one row under several specifications, with matched pairs of letters.",
    ),
]


class CubeForm(StrEnum):
    """How drivers are printed: also as RDF Data Cube observations."""

    TABLE = "table"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    XLSX = "xlsx"
    JSON = "json"
    TURTLE = "ttl"
    N_TRIPLES = "nt"


@command(
    "kg drivers",
    "kg drivers --level section --year 2014-2016 --category Pharmaceuticals --format csv",
    "kg drivers --party claims_administrator --minimum 25 --plot forest.svg",
    "kg drivers --plot pages.svg --strip chronic-pain/2009",
    "kg drivers --sets --format json",
    "kg drivers --row chronic-pain/2009/page/98",
    "kg drivers --cases chronic-pain/2009/page/98",
    "kg drivers --level chapter --format ttl > drivers.ttl",
)
@filtered
def drivers(
    kb: Kb = DEFAULT_KB,
    level: Level = "page",
    party: Party = "reviewer",
    minimum: Annotated[int, typer.Option(help="Fewest decisions for a row to be shown.")] = 10,
    adjust: Adjust = None,
    sets: Sets = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows of the table; other formats print all.")] = 40,
    plot: Plot = None,
    strip: Strip = None,
    row: OneRow = None,
    cases: Behind = None,
    query: Counted = None,
    form: Annotated[
        CubeForm, typer.Option("--format", help="How to print; ttl and nt are RDF Data Cube observations.")
    ] = CubeForm.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Count which cited pages, sections, chapters or guidelines are associated with which outcomes.

    The figures show association with overturning, not its causes. Among decisions in which the party cites
    anything at the level, each row compares those that cite the key with those that do not: the rate, the
    covariate-adjusted difference in percentage points and odds ratio, and a test. 95 % intervals and tests
    treat the letter as the unit. Overturned is compared with upheld and modified combined.
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.driver_row.row_query import sparql
    from kg.base.store import KnowledgeBase

    if strip is not None and plot is None:
        raise SettingError("--strip requires --plot FILE.svg, the output file")
    with KnowledgeBase.open(kb) as base:
        if row is not None:
            _print_row(base, row, (level, party), chosen, form)
            return
        analyses = Analyses.of(base)
        found = analyses.drivers(
            level, party, chosen, minimum, adjust=adjust, sets=cases is None and query is None
        )
        if plot is not None:
            _draw(found, plot, strip)
        if cases is not None or query is not None:
            print("\n".join(found.cases(cases)) if cases is not None else sparql(found, query or ""))
        elif sets:
            _print_sets(found, form, base.generation)
        else:
            _print_drivers(found, form, limit, base, analyses)


def _print_row(
    base: "KnowledgeBase", key: str, asked: tuple[str, str], chosen: "Filters", form: CubeForm
) -> None:
    """One row under several specifications."""
    from kg.analysis.cache import Analyses
    from kg.analysis.driver_row.robustness import HELP, SpecificationRow, robustness
    from kg.analysis.shown_columns import meanings
    from kg.cited.json_tables import of_robustness

    if form in {CubeForm.TURTLE, CubeForm.N_TRIPLES}:
        raise SettingError(f"available formats of --row: {', '.join(Form)}")
    analyses = Analyses.of(base)
    found = robustness(analyses.index, key, *asked, chosen)
    if form is CubeForm.JSON:
        print_figures(base, analyses, lambda _: of_robustness(found))
    elif is_file(form):
        rows = found.to_frame().iter_rows()
        print_file(form, meanings(SpecificationRow), rows, base.generation, notes=found.notes, help=HELP)
    else:
        table_of(SpecificationRow, found.rows, f"{key}: association with overturning")
    if found.e_value is not None and found.e_value_of_interval is not None:
        say(f"E-value {found.e_value:.2f}, of the interval {found.e_value_of_interval:.2f}")
    for pair in found.pairs:
        say(f"{pair.service}: {pair.overturned} was overturned, {pair.other} was not")
    for note in (found.verdict, *found.notes):
        say(note)


def _draw(found: "Drivers", file: Path, guideline: str | None) -> None:
    from kg.analysis import plots

    drawn = plots.forest(found) if guideline is None else plots.strip(found, guideline)
    file.write_text(drawn, encoding="utf-8")
    say(f"wrote {file}")


def _print_drivers(
    found: "Drivers", form: CubeForm, limit: int, base: "KnowledgeBase", analyses: "Analyses"
) -> None:
    from kg.analysis import cube
    from kg.analysis.drivers import HELP, DriverRow
    from kg.analysis.shown_columns import meanings
    from kg.cited.json_tables import of_drivers
    from kg.resources import code_version

    generation = base.generation
    if is_file(form):
        rows = found.to_frame().iter_rows()
        told = {"verdict": found.verdict, "notes": found.notes, "help": HELP}
        print_file(form, meanings(DriverRow), rows, generation, **told)
    elif form is CubeForm.JSON:
        print_figures(base, analyses, lambda _: of_drivers(found))
    elif form is CubeForm.TURTLE:
        print(cube.turtle(found, generation, code_version()), end="")
    elif form is CubeForm.N_TRIPLES:
        print(cube.n_triples(found, generation, code_version()), end="")
    else:
        _show_drivers(found, limit)


def _print_sets(found: "Drivers", form: CubeForm, generation: str) -> None:
    """The credible sets, as JSON or as a table with a row for each key."""
    if form is CubeForm.JSON:
        print(json.dumps({"verdict": found.verdict, "sets": [asdict(one) for one in found.sets]}))
        return
    if form in {CubeForm.TURTLE, CubeForm.N_TRIPLES}:
        raise SettingError(f"available formats of --sets: {', '.join(Form)}")
    from kg.analysis.drivers import HELP, SetRow
    from kg.analysis.shown_columns import meanings

    rows = found.set_rows()
    if is_file(form):
        cells = [[getattr(row, name) for name in meanings(SetRow)] for row in rows]
        told = {"verdict": found.verdict, "notes": found.notes, "help": HELP}
        print_file(form, meanings(SetRow), cells, generation, **told)
        return
    table_of(SetRow, rows, f"credible sets of {found.level}s (95 %)")
    say(found.verdict)
    if not found.sets:
        say("no credible set: no effect could be narrowed down to a few keys")


def _show_drivers(found: "Drivers", limit: int) -> None:
    from kg.analysis.drivers import DriverRow

    print(
        f"{found.decisions:,} decisions: {found.upheld:,} upheld, {found.overturned:,} overturned, "
        f"{found.modified:,} modified; {found.at_risk:,} compared, in {found.letters:,} letters"
    )
    print(f"{found.verdict[0].upper()}{found.verdict[1:]}.")
    title = f"{found.level}s cited by {found.party.replace('_', ' ')}: association with overturning"
    table_of(DriverRow, found.rows[:limit], title, _NOT_PRINTED)
    for row in found.rows[:limit]:
        if row.remark:
            say(f"{row.key}: {row.remark}")
    for note in found.notes:
        say(note)


_NOT_PRINTED = {
    *("guideline", "edition", "chapter", "section", "page"),
    *("upheld", "modified", "overlap", "remark"),
}
"""Columns that the terminal has no room for; other formats have all."""


def interval(value: float | None, low: float | None, high: float | None, form: str = "{:.2f}") -> str | None:
    """A figure with its 95 % interval, as far as there are any."""
    if value is None:
        return None
    if low is None and high is None:
        return form.format(value)
    if high is None or low is None:
        return f"{form.format(value)} ({form.format(low or 0.0)} or more)"
    return f"{form.format(value)} ({form.format(low)} to {form.format(high)})"


LetterFile = Annotated[
    str | None, typer.Option(help="Compare this letter file instead of a case; - reads standard input.")
]
Items = Annotated[
    list[str] | None, typer.Option(help="Compare this requested item instead of a case; may be repeated.")
]
Summary = Annotated[str, typer.Option(help="Clinical summary, with --item.")]
Mode = Annotated[
    str, typer.Option(help="precedent: compare everything; pending: only what is known before a review.")
]
Other = Annotated[
    str | None,
    typer.Option(
        help="Only items that were upheld, overturned or modified; other: similar requests with the other "
        "outcome."
    ),
]


@command(
    "kg related CM16-0219557",
    "kg related CM16-0219557 --outcome other --limit 5",
    "kg related --letter letter.txt",
    'kg related --item "MRI of the left knee" --outcome other --mode pending',
)
@filtered
def related(
    case: Annotated[str | None, typer.Argument(help="The case number.")] = None,
    kb: Kb = DEFAULT_KB,
    letter: LetterFile = None,
    item: Items = None,
    summary: Summary = "",
    mode: Mode = "precedent",
    limit: Annotated[int, typer.Option(help="Number of cases to show, 1 to 1000.")] = 10,
    outcome: Other = None,
    cursor: Annotated[str | None, typer.Option(help="Continue from the cursor of the previous page.")] = None,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """Find similar cases by their items: service, drug, body part, citations, clinical situation.

    Rarer shared features weigh more (inverse document frequency).
    """
    from kg.analysis.cache import Analyses
    from kg.analysis.related.rankings import RelatedRow
    from kg.analysis.shown_columns import meanings
    from kg.base.store import KnowledgeBase
    from kg.cited.citable import Citable
    from kg.cited.json_tables import of_related

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        asked = (
            base.spelled(case)
            if case and not (letter or item or summary)
            else _outside(analyses, case, letter, item, summary)
        )
        found = analyses.related(asked, outcome, limit, cursor, filters=chosen, mode=mode)
        notes = analyses.index.notes(chosen, "any")
        if form is Form.JSON:
            counted = found.case in analyses.features.cases
            cite = Citable.of(base, analyses).cite if counted else None
            print_json(of_related(found, (chosen, outcome), notes, base.generation, cite))
            return
    if is_file(form):
        said = [*notes, *found.notes]
        print_file(form, meanings(RelatedRow), found.to_frame().iter_rows(), base.generation, notes=said)
    else:
        for note in notes:
            say(note)
        _show_related(found)
    if found.next:
        say(f"more: --cursor {found.next}")


def _outside(
    analyses: "Analyses", case: str | None, letter: str | None, items: list[str] | None, summary: str
) -> "AskedCase":
    """What is asked about that is not in the base."""
    from kg.analysis.related.outside import request
    from kg.reading.letter import read_letter

    if sum(bool(given) for given in (case, letter, items)) != 1:
        raise SettingError("use one of CASE, --letter or --item")
    if summary and not items:
        raise SettingError("--summary requires --item")
    if not letter:
        return analyses.asked(request(items or [], summary))
    try:
        text = sys.stdin.read() if letter == "-" else Path(letter).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{letter}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    return analyses.asked(read_letter(text), text)


_UNPRINTED = {"repeats", "asked", "item", "claims_administrator", "reviewer", "grounds", "pair_score"}
"""Columns of similar cases that the terminal has no room for; other formats have all."""
_PAIRS = 3
"""Pairs of items that the terminal shows of a case."""


def _show_related(found: "Related") -> None:
    from kg.analysis.related.rankings import RelatedRow

    rows, pairs = [], Counter[str]()
    for row in found.to_frame().iter_rows(named=True):
        case = row["case"]
        pairs[case] += 1
        repeated = f" (and {row['repeats'] - 1} with the same wording)" if row["repeats"] > 1 else ""
        row |= {"case": f"{case}{repeated}"} if pairs[case] == 1 else {"case": "", "score": None}
        if pairs[case] <= _PAIRS:
            rows.append(row)
    table_of(RelatedRow, rows, without=_UNPRINTED)
    for note in found.notes:
        say(note)
    if found.outcomes:
        say(f"{found.case or 'it'} was decided: {', '.join(found.outcomes)}")
