"""``kg build``: letters into a knowledge base."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import progress
from kg.cli.command import DEFAULT_KB, DONE, FAULTS, Kb, Recognize, TextColumn, command, complain_of, say

if TYPE_CHECKING:
    from kg.base.building.build import BuildReport

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE...", help="Files, folders, archives or tables of letters."),
]

Repair = Annotated[
    bool,
    typer.Option(
        "--repair", help="Rebuild a damaged knowledge base from its stored texts, plus SOURCE if given."
    ),
]
Reread = Annotated[
    bool,
    typer.Option("--reread", help="Parse again the stored letters that another version of kg parsed."),
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler to use, such as tcp://host:8786.")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Number of parallel processes; by default one per core.")
]
Optimize = Annotated[
    bool | None,
    typer.Option("--optimize/--no-optimize", help="Optimize the graph; by default after large loads."),
]


@command(
    "kg build letters/",
    "kg build letters/ more/letters.jsonl --kb kb --jobs 2",
    "kg build letters/ scans/ --ocr",
    "kg build letters/ --scheduler tcp://127.0.0.1:8786",
    "kg build --repair",
    "kg build --reread",
)
def build(
    sources: Sources = None,
    kb: Kb = DEFAULT_KB,
    repair: Repair = False,
    reread: Reread = False,
    column: TextColumn = None,
    ocr: Recognize = False,
    jobs: Jobs = None,
    keep: Annotated[
        int, typer.Option(min=1, help="Number of generations to keep, including the new one.")
    ] = 2,
    optimize: Optimize = None,
    scheduler: Scheduler = None,
) -> int:
    """Read letters into a knowledge base; unchanged letters are skipped.

    Exits with 1 if any file was quarantined.
    """
    from kg.base.building.build import build as build_base
    from kg.base.upkeep.edit import repair as build_anew
    from kg.base.upkeep.edit import reread as read_again

    _check(sources, repair=repair, reread=reread, ocr=ocr)
    with progress.shown() as on_progress:
        if reread:
            report = read_again(kb, processes=jobs, on_progress=on_progress)
        elif repair:
            report = build_anew(
                kb, sources or (), processes=jobs, on_progress=on_progress, column=column, ocr=ocr
            )
        else:
            report = build_base(
                sources or (),
                kb,
                processes=jobs,
                keep=keep,
                optimize=optimize,
                on_progress=on_progress,
                scheduler=scheduler,
                column=column,
                ocr=ocr,
            )
    for put_aside in report.quarantine:
        complain_of(put_aside.place, put_aside.reason)
    if not report.given and not repair and not reread:
        say(f"no letters found in {', '.join(sources or ())}; see `kg build --help` for accepted sources")
    say(_summary(report, kb))
    return FAULTS if report.quarantined else DONE


def _check(sources: list[str] | None, *, repair: bool, reread: bool, ocr: bool) -> None:
    """Refuse options that do not go together."""
    if not repair and not reread and not sources:
        raise typer.BadParameter("give SOURCE..., --repair or --reread", param_hint="SOURCE")
    if reread and (repair or sources):
        raise typer.BadParameter("cannot be combined with SOURCE or --repair", param_hint="--reread")
    if reread and ocr:
        raise typer.BadParameter(
            "cannot be combined with --reread, which reads stored texts", param_hint="--ocr"
        )


def _summary(report: "BuildReport", kb: Path) -> str:
    counts = {
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "replaced": report.replaced,
        "superseded": report.superseded,
        "quarantined": report.quarantined,
    }
    became = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or "none"
    end = f"generation {report.generation}" if report.changed else "nothing changed"
    return (
        f"{report.given:,} files: {became}; {report.letters:,} letters in {kb}, {end} "
        f"({report.seconds:.1f} s, {report.letters_per_second:,.0f} files/s)"
    )
