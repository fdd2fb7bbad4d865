"""``kg show``, ``search``, ``sentences`` and ``stats``: what letters say, one and all."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from kg.cli.command import (
    DEFAULT_KB,
    Form,
    Kb,
    Printed,
    command,
    is_file,
    out,
    print_figures,
    print_file,
    print_json,
    say,
    table,
    table_of,
)
from kg.cli.filter_options import filtered

if TYPE_CHECKING:
    from kg.analysis.coverage import Coverage
    from kg.analysis.filters import Filters
    from kg.base.store import KnowledgeBase
    from kg.evidence import Mark
    from kg.model import Determination


class Shown(StrEnum):
    """How letters are printed."""

    TEXT = "text"
    JSON = "json"


# --- one letter -------------------------------------------------------------------------------

_STYLES = {
    "header": "cyan",
    "patient": "magenta",
    "reviewer": "blue",
    "item": "bold",
    "service": "bold",
    "body part": "bold green",
    "quantity": "bold yellow",
    "frequency": "yellow",
    "duration": "yellow",
    "refills": "yellow",
    "supply": "yellow",
    "code": "bold blue",
    "drug": "bold bright_magenta",
    "condition": "green",
    "earlier treatment": "italic green",
    "outcome": "bold reverse",
    "citation": "cyan",
    "section": "bold cyan underline",
    "pages": "bold yellow",
    "recommended": "yellow underline",
    "mention": "italic blue",
    "ground met": "underline",
    "ground not met": "underline2",
    "problem": "red underline",
}
_OUTCOMES = {"upheld": "red", "overturned": "green", "modified": "yellow"}


@command(
    "kg show CM16-0219557",
    "kg show CM16-0219557 --why item/1/reviewer/citation/1",
    "kg show CM16-0219557 --stock",
    "kg show cm16-219557 --format json",
)
def show(
    case: Annotated[str, typer.Argument(help="The case number.")],
    kb: Kb = DEFAULT_KB,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="NODE", help="Print the sentence that states item/1, patient.age, or an IRI of the case."
        ),
    ] = None,
    stock: Annotated[
        bool, typer.Option("--stock", help="Dim sentences that appear word for word in other letters.")
    ] = False,
    form: Annotated[
        Shown, typer.Option("--format", help="Output format; json is the API response.")
    ] = Shown.TEXT,
) -> None:
    """Show a letter with the extracted values highlighted, and its decisions as a table."""
    from kg import evidence
    from kg.analysis.reasons.stock_sentences import of_letter, share
    from kg.base.store import KnowledgeBase
    from kg.explore import json_answers

    with KnowledgeBase.open(kb) as base:
        if form is Shown.JSON and why is None:
            print_json(json_answers.case(base, case))
            return
        text, read = base.letter(case), base.determination(case)
        source = base.source(case).place
        repeated = of_letter(read, text, base.scan_sentences()) if stock else ()
    if why is not None:
        _print_sentences(text, evidence.behind(read, why))
        return
    letter = _coloured(text, evidence.marks(read))
    for each in repeated:
        if each.others:
            letter.stylize("dim", each.start, each.end)
    out().print(letter)
    legend = Text("  ").join(Text(kind, style=style) for kind, style in _STYLES.items())
    out().print(Text.assemble("\nmarked: ", legend))
    print(f"{read.case_number}, template {read.template.value}, read from {source}\n")
    _print_decisions(read)
    if stock:
        print(share(repeated))
    for problem in read.problems:
        out().print(Text(f"{problem.kind.value}: {problem.message}", style="red"))


def _coloured(text: str, marks: "list[Mark]") -> Text:
    shown = Text(text.replace("\f", "\n"))
    for mark in marks:
        if mark.kind != "rationale":
            shown.stylize(_STYLES[mark.kind], mark.span.start, mark.span.end)
    return shown


def _print_sentences(text: str, marks: "list[Mark]") -> None:
    from kg import evidence

    for mark in marks:
        whole = evidence.sentence(text, mark.span)
        quote = Text(whole.of(text).replace("\f", " "))
        quote.stylize("bold reverse", mark.span.start - whole.start, mark.span.end - whole.start)
        out().print(Text.assemble((mark.node, "bold"), f" = {mark.value}" if mark.value else ""))
        out().print(Text.assemble("  ", quote, f"  [{mark.span.start}:{mark.span.end}]"))


def _print_decisions(read: "Determination") -> None:
    from kg.evidence import relied_on
    from kg.model import Party

    rows = []
    for number, decision in enumerate(read.decisions, 1):
        fields = [decision.cited_by(party) for party in Party]
        said = map(relied_on, fields)
        outcome = Text(decision.outcome or "not read", style=_OUTCOMES.get(decision.outcome or "", ""))
        rows.append((number, decision.item.text, outcome, *said))
    table(("item", "treatment", "outcome", "claims administrator cites", "reviewer cites"), rows)


# --- all letters ------------------------------------------------------------------------------


@command('kg search "epidural steroid" lumbar', "kg search gabapentin --limit 5 --offset 5")
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help="Words to find; quote a phrase to match it exactly."),
    ],
    kb: Kb = DEFAULT_KB,
    limit: Annotated[int, typer.Option(min=1, help="Number of letters to show.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Number of results to skip.")] = 0,
    form: Annotated[
        Shown, typer.Option("--format", help="Output format; json is the API response.")
    ] = Shown.TEXT,
) -> None:
    """Find letters that contain all the words, best match first."""
    from kg.analysis.cache import Analyses
    from kg.analysis.search import CLOSE, OPEN, Search
    from kg.base.store import KnowledgeBase
    from kg.cited.citable import Citable
    from kg.cited.figure_address import Asked
    from kg.explore import json_answers

    query = " ".join(f'"{w}"' if " " in w else w for w in words)
    with KnowledgeBase.open(kb) as base:
        found = Search(base).find(query, limit, offset)
        if form is Shown.JSON:
            figure = Citable.of(base, Analyses.of(base)).cite(Asked("search", q=query))
            print_json(json_answers.hits(base.generation, found) | {"figure": figure})
            return
    for hit in found.rows:
        line = Text.assemble((hit.case, "bold cyan"), "  ")
        for n, piece in enumerate(hit.snippet.split(OPEN)):
            marked, close, plain = piece.partition(CLOSE)
            line.append(marked, "bold yellow" if n and close else None)
            line.append(plain)
        out().print(line)
    more = f"; more: --offset {found.next}" if found.next else ""
    say(f"{found.total:,} letters{more}")


@command(
    "kg sentences",
    "kg sentences --alike --category Rehabilitation",
    "kg sentences --minimum 5 --limit 1000 --format csv",
)
@filtered
def sentences(
    kb: Kb = DEFAULT_KB,
    alike: Annotated[
        bool, typer.Option("--alike", help="Ignore differences in names, sides, numbers and dates.")
    ] = False,
    minimum: Annotated[int, typer.Option(min=2, help="Fewest letters that a sentence must appear in.")] = 2,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Number of sentences to show.")] = 40,
    form: Printed = Form.TABLE,
    *,
    chosen: "Filters",
) -> None:
    """List rationale sentences that appear in several letters, with the outcomes of their decisions."""
    from kg.analysis.cache import Analyses
    from kg.analysis.reasons.stock_sentences import HELP, StockRow
    from kg.analysis.reasons.stock_sentences import stock as count
    from kg.analysis.shown_columns import meanings
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import of_sentences

    with KnowledgeBase.open(kb) as base:
        index, said = (analyses := Analyses.of(base)).index, base.scan_sentences()
        found = count(index, said, base.letter, alike=alike, filters=chosen, minimum=minimum, limit=limit)
        if form is Form.JSON:
            print_figures(base, analyses, lambda _: of_sentences(found, minimum), limit)
            return
    frame = found.to_frame()
    if is_file(form):
        told = {"verdict": found.verdict, "notes": found.notes, "help": HELP}
        print_file(form, meanings(StockRow), frame.iter_rows(), base.generation, **told)
    else:
        title = "sentences that appear in several letters"
        table_of(StockRow, frame.iter_rows(named=True), title, {"cases", "rate_low", "rate_high"})
    for sentence in (found.verdict, *found.notes):
        say(sentence)


def _print_coverage(base: "KnowledgeBase", found: "Coverage") -> None:
    """Coverage as the API gives it; its addresses need what analyses need, which the table does not."""
    from kg.analysis.cache import Analyses
    from kg.cited.citable import Citable
    from kg.cited.json_tables import of_coverage

    print_json(of_coverage(found, base.generation, Citable.of(base, Analyses.of(base)).cite))


@command("kg stats", "kg stats --by-template", "kg stats --unresolved --format csv > to-add.csv")
def stats(
    kb: Kb = DEFAULT_KB,
    by_template: Annotated[
        bool, typer.Option("--by-template", help="Report each letter template separately.")
    ] = False,
    unresolved: Annotated[
        bool,
        typer.Option("--unresolved", help="Print only unmatched wording, most frequent first."),
    ] = False,
    form: Printed = Form.TABLE,
) -> None:
    """Report extraction coverage: what was read, matched, unmatched and absent, and parsing problems."""
    from kg.analysis.coverage import FieldRow, FieldTotal, ProblemRow, WordingRow, coverage
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base:
        found, corrections, outdated = coverage(base), base.corrections(), base.outdated
        if form is Form.JSON:
            _print_coverage(base, found)
            return
    fields = found.unresolved if unresolved else found.fields if by_template else found.totals()
    row = WordingRow if unresolved else FieldRow if by_template else FieldTotal
    if is_file(form):
        print_file(form, row._fields, fields, base.generation)
        return
    if not unresolved:
        print(f"{found.letters:,} letters, {found.items:,} items, {found.citations:,} citations")
        print(", ".join(f"{kind} {count:,}" for kind, count in found.documents.items()))
        if outdated:
            print(f"{outdated:,} letters were parsed by another version of kg; run kg build --reread")
    table(row._fields, fields, "unmatched wording" if unresolved else "fields")
    if not unresolved:
        if corrections:
            table(corrections[0]._fields, corrections, "corrected by hand")
        table(ProblemRow._fields, found.problems, "problems")
        table(WordingRow._fields, found.unresolved[:20], "unmatched wording")
