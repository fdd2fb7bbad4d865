"""``kg verify``, ``validate``, ``correct`` and ``remove``: what keeps a knowledge base true."""

from pathlib import Path
from typing import Annotated

import typer

from kg.cli import progress
from kg.cli.command import DEFAULT_KB, DONE, FAULTS, Kb, command, say
from kg.errors import SettingError

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, kept with the change.")]


@command("kg verify", "kg verify --deep --kb kb", "kg verify imr.zip")
def verify(
    archive: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE.zip", help="Check this archive of `kg deposit` instead of a knowledge base."
        ),
    ] = None,
    kb: Kb = DEFAULT_KB,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also check each letter against its hash and triple count.")
    ] = False,
) -> int:
    """Check a knowledge base or an archive, and name what is missing or damaged.

    Compares graph, tables, texts and ledger, or the files of the archive. `kg build --repair` restores a
    knowledge base. Prints the content digest of an intact archive. Exits with 1 if there is a fault.
    """
    if archive is not None:
        if deep or kb != DEFAULT_KB:
            raise SettingError("use either FILE.zip or --kb DIR; --deep is for a knowledge base")
        if archive.is_dir():
            raise SettingError(
                f"{archive}: is a folder; a knowledge base is checked with: kg verify --kb {archive}"
            )
        return _verify_archive(archive)
    from kg.base.upkeep.verify import verify as find_faults

    with progress.counted("verify") as on_progress:
        faults = find_faults(kb, deep=deep, on_progress=on_progress)
    for fault in faults:
        print(f"{fault.place}: {fault.what}")
    say(f"{len(faults):,} faults; run: kg build --repair --kb {kb}" if faults else f"{kb}: no faults")
    return FAULTS if faults else DONE


def _verify_archive(archive: Path) -> int:
    from kg.base.upkeep.verify_deposit import verify_deposit

    found = verify_deposit(archive)
    for fault in found.faults:
        print(f"{fault.place}: {fault.what}")
    if found.faults:
        say(f"{archive}: {len(found.faults):,} faults; get another copy")
        return FAULTS
    print(found.digest)
    say(f"{archive}: no faults")
    return DONE


@command("kg validate --sample 1000", "kg validate --case CM16-0219557")
def validate(
    kb: Kb = DEFAULT_KB,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Check a random sample of N letters.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Check only this case.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sample.")] = 0,
) -> int:
    """Validate the graph against the ontology's SHACL shapes and name the case of each violation.

    Exits with 1 if a shape is violated.
    """
    from kg.base.store import KnowledgeBase
    from kg.base.upkeep.validate import validate as hold_to_shapes

    if sample is not None and case is not None:
        raise SettingError("use either --sample or --case")
    with KnowledgeBase.open(kb) as base, progress.counted("validate") as on_progress:
        report = hold_to_shapes(base, sample=sample, case=case, seed=seed, on_progress=on_progress)
    print(report)
    return DONE if report.sound else FAULTS


@command(
    'kg correct CM16-0219557 decisions.1.quantity.max 12 --why "printed as 1 2"',
    'kg correct CM16-0219557 decision_date 2016-12-19 --why "the header is smudged"',
    "kg correct --from corrections.csv",
)
def correct(
    case: Annotated[str | None, typer.Argument(help="The case number.")] = None,
    path: Annotated[
        str | None, typer.Argument(help="The value's path in the JSON form; lists count from 1.")
    ] = None,
    value: Annotated[str | None, typer.Argument(help="The correct value; JSON or plain text.")] = None,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="The reason, kept with the change.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.csv", help="Corrections from a table: case,path,value,why."),
    ] = None,
    kb: Kb = DEFAULT_KB,
) -> None:
    """Correct a misread value, now and whenever the letter is parsed again."""
    from kg.base.upkeep import edit

    one = (case, path, value, why)
    if file is not None and one == (None, None, None, None):
        wanted = edit.read_corrections(file)
    elif file is None and case and path and value is not None and why:
        wanted = [edit.correction(case, path, value, why)]
    else:
        raise SettingError("use either CASE PATH VALUE --why TEXT, or --from FILE.csv")
    report = edit.correct(kb, wanted)
    say(f"{len(wanted):,} values corrected; generation {report.generation}")


@command('kg remove CM16-0219557 --why "withdrawn by the agency"')
def remove(
    cases: Annotated[list[str], typer.Argument(metavar="CASE...", help="Case numbers.")],
    why: Why,
    kb: Kb = DEFAULT_KB,
) -> None:
    """Remove letters from graph, facts, texts and search; later builds do not add them again."""
    from kg.base.upkeep import edit

    generation = edit.remove(kb, cases, why)
    say(f"{len(cases):,} letters removed; generation {generation}")
