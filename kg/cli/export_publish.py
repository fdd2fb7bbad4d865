"""``kg figure``, ``kg deposit``, ``kg export``, ``kg publish``: what leaves a base."""

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.base.export_formats import QUOTED, Format
from kg.cli import progress, query_parameters
from kg.cli.command import DEFAULT_KB, DONE, FAULTS, Kb, command, say

if TYPE_CHECKING:
    from kg.base.store import KnowledgeBase

Cases = Annotated[
    list[str] | None, typer.Argument(metavar="CASE...", help="Only these cases; all if none is given.")
]


@command(
    "kg export --format nt > graph.nt",
    "kg export --format parquet --into facts.parquet",
    "kg export CM16-0219557 --format jsonld",
    "kg export CM16-0219557 --format ttl --quotes",
    "kg export --format graphml --query cases_citing_page -p page=chronic-pain/2009/page/98",
)
def export(
    cases: Cases = None,
    kb: Kb = DEFAULT_KB,
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join([*Format][:-1])} or {[*Format][-1]}.")
    ] = Format.N_TRIPLES,
    asked: Annotated[
        str | None,
        typer.Option("--query", metavar="NAME|FILE.rq", help="Only the cases that a query returns."),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Value of a query parameter."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Output file (written atomically)."),
    ] = None,
    quotes: Annotated[
        bool,
        typer.Option(
            "--quotes",
            help=f"With {' and '.join(QUOTED)}: quote the source of each fact (Web Annotation).",
        ),
    ] = False,
) -> None:
    """Write a knowledge base, or some of its cases, as triples, tables, documents or a network."""
    from kg.base.export import export as write
    from kg.base.generations import whole
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base:
        wanted = list(cases or ())
        if asked is not None:
            wanted += _cases_of(base, asked, parameters or [])
        chosen = wanted if wanted or asked is not None else None
        if into is None:
            write(base, form, sys.stdout.buffer, chosen, quotes=quotes)
            return
        with whole(into) as file:
            write(base, form, file, chosen, quotes=quotes)


def _cases_of(base: "KnowledgeBase", asked: str, parameters: Iterable[str]) -> Iterator[str]:
    """The cases that the rows of a query name, by number or by an IRI of theirs, each once."""
    from kg import queries
    from kg.graph import iri

    answer = queries.run(base, query_parameters.find(asked), **query_parameters.values(parameters))
    found: dict[str, None] = {}
    for row in answer.dicts():
        for column, value in row.items():
            text = str(value)
            if text.startswith(f"{iri.BASE}case/"):
                found[iri.read(text).name] = None
            elif column == "case" and value is not None:
                found[text] = None
    return iter(found)


class Citation(StrEnum):
    """How a figure is written."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "ttl"
    BIBTEX = "bibtex"
    CSL = "csl"


@command(
    'kg figure "/figures/outcomes?category=Pharmaceuticals"',
    'kg figure "/figures/outcomes?drug=ibuprofen" --format bibtex',
)
def figure(
    address: Annotated[
        str, typer.Argument(help="The figure's address, /figures/..., with or without the server.")
    ],
    kb: Kb = DEFAULT_KB,
    form: Annotated[Citation, typer.Option("--format", help="Output format.")] = Citation.TEXT,
) -> int:
    """Reproduce a cited figure, or explain why it cannot be reproduced and exit with 1."""
    import json

    from kg.analysis import cube
    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase
    from kg.cited import figure_citations
    from kg.cited.citable import Citable
    from kg.cited.figure_address import Asked

    with KnowledgeBase.open(kb) as base:
        found = Citable.of(base, Analyses.of(base)).figure(Asked.read(address))
    if form is Citation.JSON:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
    elif form is Citation.TURTLE:
        print(cube.as_turtle(figure_citations.n_triples(found)), end="")
    elif form is Citation.BIBTEX:
        print(figure_citations.bibtex(found), end="")
    elif form is Citation.CSL:
        print(figure_citations.csl(found))
    else:
        print(figure_citations.text(found))
    say(found.says)
    return DONE if found.values is not None else FAULTS


@command(
    "kg deposit --into imr.zip",
    "kg deposit --into imr.zip --license https://creativecommons.org/licenses/by/4.0/",
)
def deposit(
    into: Annotated[Path, typer.Option(metavar="FILE.zip", help="Output file (written atomically).")],
    kb: Kb = DEFAULT_KB,
    license_iri: Annotated[
        str | None,
        typer.Option(
            "--license", metavar="URL", help="Licence of the data; by default CC0 1.0, see docs/data-card.md."
        ),
    ] = None,
) -> None:
    """Write a knowledge base as one archive for deposit and citation: RO-Crate, tables, triples, digests.

    Prints the content digest, which does not depend on the order of the letters.
    `kg verify FILE.zip` checks it.
    """
    from kg.base.archive.deposit import deposit as write
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base, progress.counted("deposit") as on_progress:
        done = write(base, into, license_iri=license_iri, on_progress=on_progress)
    print(done.digest)
    say(f"{into}: {done.letters:,} letters, {done.triples:,} triples")


@command(
    "kg publish --to http://127.0.0.1:7878/store",
    "kg publish --to http://127.0.0.1:8890/sparql-auth --protocol update --graph https://w3id.org/imr-kg/graph",
)
def publish(
    to: Annotated[str, typer.Option(metavar="URL", help="Graph Store or SPARQL Update endpoint.")],
    kb: Kb = DEFAULT_KB,
    graph: Annotated[
        str | None, typer.Option(metavar="IRI", help="Target named graph; the default graph if not given.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="store or update; by default inferred from the address.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the current contents of the target graph first.")
    ] = False,
) -> None:
    """Send all triples to a SPARQL 1.1 server.

    User and password are read from KG_PUBLISH_USER and KG_PUBLISH_PASSWORD.
    """
    from kg.base.publish import publish as send
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base, progress.counted("publish") as on_progress:
        sent = send(base, to, graph=graph, protocol=protocol, replace=replace, on_progress=on_progress)
    say(f"{sent.triples:,} triples sent to {sent.to} in {sent.requests:,} requests")
