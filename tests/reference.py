"""Write ``docs/reference.md`` from what the program says of itself (``python tests/reference.py``).

What it lists is found, not listed here: a command, route, setting, query, metric or term that
is added stands in it, and one that is gone does not.
"""

import inspect
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import typer
from fastapi import APIRouter, FastAPI
from names import IDEAS

import kg
from kg import queries, resources, sample
from kg.analysis import shown_columns as shown
from kg.analysis.filters import ranges
from kg.base.building.build import build
from kg.base.stored_columns import COLUMNS
from kg.cli import app as command_line
from kg.explore.row_types import ROWS
from kg.graph import iri
from kg.graph.generate import declared
from kg.questions.facets import facet_table
from kg.web.app import create_app
from kg.web.metrics import Metrics
from kg.web.settings import Settings
from kg.web.sparql import remote

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs/reference.md"

HEAD = """# Reference

Every command, route, setting, named query, metric, term and Python name. `make reference` generates this page
from the code; a test checks that it is up to date and that every entry has a description.

Every command takes `--quiet` (`-q`, print errors only), `--verbose` (`-v`, print progress details)
and `--help` (`-h`, with examples).
"""

VARIABLES = {
    "KG_BASE_IRI": f"Base of all IRIs that are minted and read, instead of `{iri.DEFAULT_BASE}`.",
    "KG_PUBLISH_USER": "User for the SPARQL server of `kg publish` and of `--endpoint`.",
    "KG_PUBLISH_PASSWORD": "The user's password.",
}
"""What the package reads from the environment beside the settings of a server."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the reference: its rows begin with a name and end with words about it."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def __str__(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
        return f"\n## {self.title}\n\n{self.about}\n\n{table}\n"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def _first(doc: str | None) -> str:
    """The first sentence or so of a docstring: all of its first paragraph."""
    return re.sub(r"``", "`", inspect.cleandoc(doc or "").partition("\n\n")[0])


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# --- commands ----------------------------------------------------------------------------------


def commands() -> Iterator[Part]:
    """A table of options for each command; ``--quiet`` and ``--verbose``, which all have, are told once."""
    for name, command in typer.main.get_command(command_line).commands.items():
        rows = [_option(each) for each in command.params if each.name not in ("quiet", "verbose")]
        yield Part(f"`kg {name}`", command.help or "", ("option", "default", "meaning"), rows)


def _option(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        shown = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        names = [*parameter.opts, *parameter.secondary_opts]
        shown = _code([*names[:-1], f"{names[-1]} {parameter.metavar or ''}".strip()])
    default = "" if parameter.default in (None, False, (), []) else f"`{parameter.default}`"
    kind = parameter.type_descriptor.annotation
    choices = ""
    if isinstance(kind, type) and issubclass(kind, Enum):
        choices = f" One of {_code(each.value for each in kind)}."
        default = default and f"`{parameter.default.value}`"
    return shown, default, f"{parameter.help or ''}{choices}"


# --- the server --------------------------------------------------------------------------------


def routes(app: FastAPI) -> Iterator[Part]:
    """What the server answers: the JSON API with its parameters, then pages, data and operation."""
    calls = [
        (
            f"`{method.upper()} {path}`",
            _code(each["name"] + ("" if each["required"] else "?") for each in call.get("parameters", [])),
            call.get("summary", ""),
        )
        for path, methods in app.openapi()["paths"].items()
        for method, call in methods.items()
        if not path.startswith("/api/queries/")
    ]
    yield Part(
        "Routes of the JSON API",
        "The OpenAPI description is at `/api/openapi.json`, a readable one at `/api/docs`. Parameters with "
        "a question mark are optional. Each [named query](#named-queries) is at `/api/queries/NAME`, its "
        "SPARQL at `/api/queries/NAME/text`.",
        ("route", "parameters", "answer"),
        calls,
    )
    about = "IRIs are resolved by content negotiation; the suffixes `.ttl`, `.nt` and `.jsonld` request data."
    yield Part("Other routes", about, ("route", "answer"), _others(app.routes))
    yield Part(
        "Routes in front of another SPARQL server",
        "`kg serve --endpoint` answers these from the graph alone, instead of those above.",
        ("route", "answer"),
        _others(remote.router.routes, hidden=False),
    )


def _others(found: Iterable[Any], *, hidden: bool = True) -> list[tuple[str, str]]:
    by_words: dict[str, list[str]] = {}
    for route in flat(found):
        if hidden and getattr(route, "include_in_schema", False):
            continue
        words = getattr(route, "summary", None) or _first(getattr(route.endpoint, "__doc__", ""))
        paths = by_words.setdefault(words, [])
        if route.path.removesuffix("/{rest:path}").rstrip("/") not in paths:
            paths.append(route.path)
    return [(_code(paths), words) for words, paths in by_words.items()]


def flat(found: Iterable[Any]) -> Iterator[Any]:
    """Routes, of included routers too; what only mounts files or describes the API has none of ours."""
    for route in found:
        inner = getattr(route, "original_router", None)
        if isinstance(inner, APIRouter):
            yield from flat(inner.routes)
        elif hasattr(route, "endpoint") and route.endpoint.__module__.startswith("kg."):
            yield route


def settings() -> Part:
    """What may be set about a server."""
    rows = [
        (f"`KG_{name.upper()}`", f"`{field.default!r}`", field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    about = "Environment variables; `kg serve` has options for some. Sizes are in bytes, times in seconds."
    return Part("Settings of a server", about, ("variable", "default", "meaning"), rows)


def variables() -> Part:
    """What else the environment says."""
    rows = [(f"`{name}`", words) for name, words in VARIABLES.items()]
    return Part("Other environment variables", "Read by every command.", ("variable", "meaning"), rows)


def metrics(app: FastAPI) -> Part:
    """The figures at ``/metrics``."""
    text = Metrics(app.state.state).text().decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    rows = [
        (f"`{name}`", kinds[name], words)
        for name, words in re.findall(r"^# HELP (\S+) (.*)$", text, re.MULTILINE)
        if not name.endswith("_created")
    ]
    return Part("Metrics", "At `/metrics`, in the Prometheus format.", ("metric", "kind", "meaning"), rows)


# --- data and Python ---------------------------------------------------------------------------


def named_queries() -> Part:
    """The files of ``ontology/queries/``."""
    rows = []
    for query in map(queries.load, queries.names()):
        takes = ", ".join(
            f"`{each.name}` {each.type}" + ("" if each.default is None else f" [{each.default}]")
            for each in query.parameters
        )
        rows.append((f"`{query.name}`", takes, _code(query.columns), query.summary))
    about = "`kg query NAME -p PARAMETER=VALUE`, `base.query(NAME, PARAMETER=VALUE)`, `/api/queries/NAME`."
    return Part("Named queries", about, ("query", "takes", "columns", "question"), rows)


def conditions_of_questions() -> Part:
    """What a question can name beside the filters: :data:`kg.questions.facets.facet_table.FACETS`."""
    rows = []
    for name in facet_table.ONLY_FACETS:
        facet = facet_table.FACETS[name]
        values = "a number or a range, such as `3..`" if facet.is_number else _values(facet)
        of = "letter" if facet.of_letters else "decision"
        split = "yes" if name in facet_table.SPLITS else ""
        rows.append((f"`{name}`", values, of, split, facet.words))
    about = (
        "Each filter of `kg drivers --help`, and these, can stand in a question as the address of its answer "
        """writes it: `kg ask 'rate earlier="Injection" by year'`, with `!=` for what is not. Questions in """
        "plain words need none of them; the answer's `canonical` has the question so."
    )
    return Part("Conditions of questions", about, ("condition", "values", "of a", "splits", "meaning"), rows)


def _values(facet: facet_table.Facet) -> str:
    if facet.known:
        return _code(facet.known)
    return "words" if facet.kind is ranges.WORD or facet.finding else "dates, such as `2015-01-01..`"


def columns() -> Iterator[Part]:
    """The columns of the facts and their companions."""
    for table, found in COLUMNS.items():
        rows = [(f"`{name}`", kind.value, words) for name, (kind, words) in found.items()]
        yield Part(
            f"Columns of `{table}/*.parquet`", ABOUT_TABLES[table], ("column", "type", "meaning"), rows
        )


def shown_columns() -> Iterator[Part]:
    """The columns of each kind of row that is shown."""
    for title, row in ROWS.items():
        rows = [
            (f"`{named.name}`", named.role, named.column.unit, named.column.meaning)
            for named in shown.columns(row)
        ]
        yield Part(
            f"Columns shown: {title}",
            f"{_first(row.__doc__)} The same columns on the command line, in CSV and JSON, on pages and in "
            "Python.",
            ("column", "role", "unit", "meaning"),
            rows,
        )


ABOUT_TABLES = {
    "facts": "`base.facts`: a row per decision, party, citation and section or page.",
    "determinations": "`base.scan_determinations()`: a row per letter.",
    "problems": "`base.scan_problems()`: a row per wording that could not be read.",
    "grounds": "`base.scan_grounds()`: a row per ground or cue that a reviewer states.",
    "sentences": "`base.scan_sentences()`: a row per sentence of a rationale.",
}


def names_of_ideas() -> Part:
    """What each idea is called wherever it occurs."""
    rows = [
        (
            _code(idea.letter.split()),
            _code(idea.row.split()),
            _code(idea.facts.split()),
            _code(f"--{name.replace('_', '-')}" for name in idea.filtered.split()),
            _code(f"imr:{term}" for term in idea.term.split()),
            idea.about,
        )
        for idea in IDEAS
    ]
    about = (
        "What each idea is called in each form of the data; a test finds any other name in answers, tables, "
        "commands and the ontology. The JSON of a letter is that of `kg parse`, `kg schema` and "
        "`/api/cases/CASE`, and its names are those of the values in Python; rows are those of commands, the "
        "API, CSV, pages and Python; tables are the facts and their companions. Filters of the API and of "
        "Python have underscores for dashes."
    )
    return Part("Names", about, ("JSON of a letter", "rows", "tables", "filters", "term", "idea"), rows)


def terms() -> Part:
    """The ontology's own classes and properties."""
    turtle = resources.text("ontology", "imr.ttl")
    definition = ox.NamedNode("http://www.w3.org/2004/02/skos/core#definition")
    said = {
        quad.subject.value: quad.object.value
        for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
        if quad.predicate == definition and isinstance(quad.subject, ox.NamedNode)
    }
    rows = [(f"`imr:{name}`", said.get(f"{iri.ONTOLOGY}#{name}", "")) for name, _ in declared(turtle)["imr"]]
    about = f"`imr:` is `{iri.ONTOLOGY}#`; a server shows the ontology, with a picture, at `/ontology`."
    return Part("Terms", about, ("term", "meaning"), rows)


def python() -> Part:
    """The public names of ``kg``."""
    rows = [(f"`kg.{name}`", _first(getattr(kg, name).__doc__)) for name in kg.__all__]
    return Part("Python", "`help(kg.open)` tells more.", ("name", "meaning"), rows)


def parts() -> list[Part]:
    """The whole reference; a small base is built for the server to describe itself with."""
    with tempfile.TemporaryDirectory() as folder:
        (letters := Path(folder, "letters")).mkdir()
        for name, text, _ in sample.letters(3, seed=1):
            (letters / f"{name}.txt").write_text(text, encoding="utf-8")
        build([letters], Path(folder, "kb"), processes=1)
        app = create_app(Path(folder, "kb"))
        found = [*commands(), *routes(app), settings(), variables(), metrics(app)]
        app.state.state.site.base.close()
    asked = [named_queries(), conditions_of_questions()]
    return [*found, *asked, *columns(), *shown_columns(), names_of_ideas(), terms(), python()]


def reference() -> str:
    """The text of ``docs/reference.md`` as it is now."""
    return HEAD + "".join(map(str, parts()))


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
