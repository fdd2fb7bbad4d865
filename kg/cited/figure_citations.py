"""How a figure is cited: in words, as BibTeX, as CSL-JSON, and as an RDF Data Cube observation."""

import json
import re
from typing import Any

from rdflib.namespace import RDF, XSD

from kg.cited.citable import Figure
from kg.cited.figure_address import about
from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import DCTERMS, IMR, QB

TITLE = "Independent Medical Review decisions as a knowledge graph"
_LEFT = ("decisions", "letters", "upheld", "overturned", "modified")


def shown(figure: Figure) -> str:
    """The values of a figure in words."""
    values = figure.values or figure.rest or {}
    told = [f"{values[name]:,} {name}" for name in _LEFT if isinstance(values.get(name), int)]
    told += [
        f"{name.replace('_', ' ')} {value:{',' if isinstance(value, int) else '.4g'}}"
        for name, value in values.items()
        if name not in _LEFT and isinstance(value, int | float)
    ]
    told += [str(values["verdict"])] if values.get("verdict") else []
    return ", ".join(told)


def text(figure: Figure, root: str = "") -> str:
    """A citation in words."""
    asked = figure.asked
    return (
        f"{TITLE}. {about(asked)}: {shown(figure)}. Generation {asked.generation} "
        f"({figure.letters:,} letters, inputs {asked.inputs}). {root}{asked.address}"
    )


def csl(figure: Figure, root: str = "") -> str:
    """A citation as CSL-JSON, a list of one item."""
    asked = figure.asked
    item: dict[str, Any] = {
        "id": f"imr-figure-{asked.generation}-{asked.inputs}-{asked.kind}",
        "type": "dataset",
        "title": about(asked),
        "container-title": TITLE,
        "version": asked.generation,
        "note": f"{shown(figure)}; {figure.letters} letters, inputs {asked.inputs}",
        "URL": f"{root}{asked.address}",
    }
    return json.dumps([item], ensure_ascii=False, indent=1)


def bibtex(figure: Figure, root: str = "") -> str:
    """A citation as BibTeX."""
    asked = figure.asked
    fields = {
        "title": about(asked),
        "howpublished": TITLE,
        "edition": f"generation {asked.generation}",
        "note": f"{shown(figure)}; {figure.letters} letters, inputs {asked.inputs}",
        "url": f"{root}{asked.address}",
    }
    lines = [f"  {name} = {{{_tex(value)}}}" for name, value in fields.items()]
    key = f"imr-figure-{asked.generation}-{asked.inputs}-{asked.kind}"
    return ",\n".join((f"@misc{{{key}", *lines)) + "\n}\n"


def _tex(value: str) -> str:
    return re.sub(r"([#$%&_{}])", r"\\\1", value)


def n_triples(figure: Figure) -> str:
    """Each value of a figure as an observation of the data cube, as N-Triples."""
    asked = figure.asked
    path = (asked.generation, "figures", asked.inputs, asked.address)
    data_set = f"<{iri.dataset(*path)}>"
    lines = [
        f"{data_set} <{RDF.type}> <{QB.DataSet}>",
        f"{data_set} <{QB.structure}> <{IMR.CitedFigures}>",
        f'{data_set} <{DCTERMS.title}> "{escaped(about(asked))}"@en',
        f'{data_set} <{DCTERMS.hasVersion}> "{asked.generation}"',
        f'{data_set} <{DCTERMS.identifier}> "{escaped(asked.address)}"',
        f'{data_set} <{DCTERMS.description}> "{escaped(figure.says)}"@en',
        f"{data_set} <{DCTERMS.source}> <{iri.dataset(asked.generation)}>",
    ]
    if verdict := (figure.values or {}).get("verdict"):
        lines.append(f'{data_set} <{DCTERMS.description}> "{escaped(str(verdict))}"@en')
    for name, value in (figure.values or {}).items():
        if isinstance(value, int | float):
            subject = f"<{iri.dataset(*path, iri.slug(name))}>"
            lines += [
                f"{subject} <{RDF.type}> <{QB.Observation}>",
                f"{subject} <{QB.dataSet}> {data_set}",
                f"{subject} <{IMR.statistic}> <{iri.concept('statistic', iri.slug(name))}>",
                f'{subject} <{IMR.figure}> "{float(value)!r}"^^<{XSD.double}>',
            ]
    return "".join(f"{line} .\n" for line in lines)
