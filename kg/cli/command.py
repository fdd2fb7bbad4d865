"""What all commands share: exit codes, errors in one sentence, logging, tables, options.

A command is a function that returns its exit code, or ``None`` for 0, wrapped by
:func:`command`.
"""

import functools
import inspect
import json
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table
from rich.text import Text

from kg import sheets
from kg.errors import ChoiceError, KgError, SettingError, without

if TYPE_CHECKING:
    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase
    from kg.cited.json_tables import Cite, JsonTable

app = typer.Typer(
    name="kg",
    help="California's Independent Medical Review letters as a knowledge graph.",
    epilog="Start with: kg sample --letters 200 --into sample, then kg build sample/letters, then kg serve",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""The ``kg`` command, to which each room of this wing adds its commands."""

DONE, FAULTS, USAGE, FAILED, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: done; done, with files quarantined or faults found; wrong usage; not done; stopped."""

log = logging.getLogger("kg")

Kb = Annotated[Path, typer.Option("--kb", metavar="DIR", help="Directory of the knowledge base.")]
DEFAULT_KB = Path("kb")
TextColumn = Annotated[
    str | None,
    typer.Option("--column", help="Table column that holds the letters, if its name does not identify it."),
]

Recognize = Annotated[
    bool, typer.Option("--ocr", help="Recognize the text of scanned PDFs, with Tesseract; seconds a page.")
]

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print progress details.")]


class Form(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    XLSX = "xlsx"
    JSON = "json"


Printed = Annotated[
    Form,
    typer.Option("--format", help="Output format; csv-bom is CSV for Excel, xlsx has a sheet of notes."),
]

_asked: ContextVar[tuple[str, dict[str, Any]]] = ContextVar("asked", default=("", {}))
"""The name of the command that runs, and its options with their values."""


_WIDE = 10_000
"""Columns of a table that goes to a file or another program: nothing is cut or wrapped."""


def out() -> Console:
    """Standard output as a rich console: colours on a terminal only, and no wrapping elsewhere."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def err() -> Console:
    """Standard error as a rich console, for what is said beside the result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(message: str) -> None:
    """Say a sentence on standard error, unless asked to be quiet."""
    if log.isEnabledFor(logging.WARNING):
        err().print(message, markup=False)


def complain_of(place: str, reason: str) -> None:
    """Name a file that was put aside, and why, on standard error."""
    named = reason if reason.startswith(place) else f"{place}: {reason}"
    err().print(f"quarantined: {named}", markup=False)


def print_figures(
    base: "KnowledgeBase", analyses: "Analyses", make: "Callable[[Cite], JsonTable]", limit: int | None = None
) -> None:
    """Print a table as JSON, as the API gives it: each row with its address."""
    from kg.cited.citable import Citable

    cite = Citable.of(base, analyses).cite
    print_json(make(cite).page(base.generation, cite, limit))


def print_json(value: Any) -> None:
    """Print a value as JSON in one line to standard output."""
    print(json.dumps(value, ensure_ascii=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table to standard output; numbers stand to the right, ``None`` is left empty."""
    listed = [list(row) for row in rows]
    shown = Table(title=title, title_justify="left", header_style="bold")
    for n, name in enumerate(columns):
        numeric = any(isinstance(row[n], int | float) for row in listed)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        shown.add_row(*map(_cell, row))
    out().print(shown)


def table_of(row: type, rows: Iterable[Any], title: str | None = None, without: Collection[str] = ()) -> None:
    """Print rows as a table: the columns of their type, but for those named in ``without``."""
    from kg.analysis.shown_columns import printed, shown

    cells = [cell for cell in shown(row) if cell.named.name not in without]
    lines = [[printed(cell, each) for cell in cells] for each in rows]
    table([cell.named.column.words.lower() for cell in cells], lines, title)


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if value is None:
        return Text()
    if isinstance(value, int) and abs(value) >= 10_000:  # below stand years and pages
        return Text(f"{value:,}")
    return Text(str(value))


_NOT_NOTED = {"form", "kb", "endpoint"}
"""Options that say nothing of what a table counts."""


def is_file(form: StrEnum) -> bool:
    """Whether a form is one of a table as a file."""
    return form.value in sheets.MEDIA_TYPES


def print_file(
    form: StrEnum,
    columns: Mapping[str, str] | Sequence[str],
    rows: Iterable[Sequence[Any]],
    generation: str | None = None,
    **about: Any,
) -> None:
    """Print the rows as a file; a workbook notes the command, its options, the generation and ``about``.

    Raises:
        SettingError: a workbook would go to a terminal, or cannot be made.
    """
    from kg.base.dataset_description import license_of_data
    from kg.resources import code_version

    if form.value == "xlsx" and sys.stdout.isatty():
        raise SettingError("xlsx is not text: write it to a file with > table.xlsx")
    name, options = _asked.get()
    given = {option: _noted(value) for option, value in options.items() if option not in _NOT_NOTED and value}
    meanings = columns if isinstance(columns, Mapping) else {}
    source = {"source": f"kg {name}", "options": given, "generation": generation}
    table = sheets.Table(
        f"kg {name}",
        [*columns],
        rows,
        meanings,
        {**source, "program": f"kg {code_version()}", "licence": license_of_data(), **about},
    )
    sys.stdout.flush()
    sys.stdout.buffer.write(sheets.write(table, form.value, line_end="\n"))
    sys.stdout.buffer.flush()


def _noted(value: Any) -> Any:
    """An option's value as a cell of notes."""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return value.value if isinstance(value, Enum) else value if isinstance(value, int) else str(value)


def command(*examples: str, name: str | None = None) -> Callable[[Callable[..., int | None]], Any]:
    """Make a function a command, with ``--quiet`` and ``--verbose`` and examples in its help.

    What goes wrong in it becomes one sentence on standard error and an exit code.
    """
    epilog = "\n\n".join(["Examples:", *(example.replace("[", r"\[") for example in examples)])

    def register(function: Callable[..., int | None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(*args: Any, quiet: bool = False, verbose: bool = False, **options: Any) -> None:
            _set_up_logging(quiet=quiet, verbose=verbose)
            _asked.set((name or function.__name__, options))
            raise typer.Exit(_guarded(functools.partial(function, *args, **options), verbose=verbose))

        own = inspect.signature(function)
        extra = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
            for key, kind in (("quiet", Quiet), ("verbose", Verbose))
        ]
        run.__signature__ = own.replace(parameters=[*own.parameters.values(), *extra])  # type: ignore[attr-defined]
        run.__annotations__ = {**function.__annotations__, "quiet": Quiet, "verbose": Verbose}
        app.command(name=name or function.__name__, epilog=epilog, no_args_is_help=False)(run)
        return run

    return register


def _set_up_logging(*, quiet: bool, verbose: bool) -> None:
    level = logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO
    handler: logging.Handler
    if sys.stderr.isatty():
        handler = RichHandler(console=err(), show_path=False, show_time=False, show_level=False, markup=False)
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(level)


def _guarded(function: Callable[[], int | None], *, verbose: bool) -> int:
    """The exit code of a command, whatever happens in it."""
    try:
        code = function() or DONE
        sys.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except typer.BadParameter:
        raise  # typer says how the command is used, and exits with USAGE
    except (SettingError, ChoiceError) as error:
        _complain(error)
        return USAGE
    except KgError as error:
        _complain(error)
        return FAILED
    except KeyboardInterrupt:
        _complain("stopped")
        return STOPPED
    except BrokenPipeError:
        # The reader, such as `head`, has all that it wanted. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error)
        return FAILED
    except ModuleNotFoundError as error:
        if known := without(error.name):
            _complain(known)
            return USAGE
        _complain(f"this needs {error.name}, which is not installed: pip install 'imr-kg[all]'")
        return FAILED
    except Exception as error:
        log.debug("a fault of kg itself", exc_info=True)
        hint = "" if verbose else " (--verbose shows where)"
        _complain(f"{own_fault(error)}{hint}")
        return FAILED
    return code


def own_fault(error: Exception) -> str:
    """A fault of ours in a line."""
    first, _, more = str(error).partition("\n")
    return f"internal error in kg: {type(error).__name__}: {first}{' ...' if more else ''}"


def _complain(error: object) -> None:
    err().print(f"kg: {error}", style="red", markup=False)
