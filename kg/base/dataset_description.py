"""What a generation says of itself: counts and versions in JSON, DCAT and VoID in Turtle."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from kg.base import columns, facts, generations
from kg.base.graphs import CATALOGUE
from kg.base.ledger import Ledger, now
from kg.graph import iri

_TURTLE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{base}dataset/{generation}> a dcat:Dataset, void:Dataset ;
    dcterms:title "California Independent Medical Review determinations"@en ;
    dcterms:created "{built}"^^xsd:dateTime ;
    dcterms:hasVersion "{generation}" ;
    dcterms:provenance "Read by imr-kg {program}, reader {reader}"@en ;
    void:vocabulary <{ontology}> ;
    void:uriSpace "{base}case/" ;
    void:entities {letters} ;
    void:triples {triples} ;{temporal}
    void:exampleResource {example} .
"""
_TEMPORAL = """
    dcterms:temporal [ dcat:startDate "{first}"^^xsd:date ; dcat:endDate "{last}"^^xsd:date ] ;"""


def describe(folder: Path, ledger: Ledger, reader: str) -> dict[str, Any]:
    """Write ``about.ttl`` of the generation in ``folder``; what its ``generation.json`` is to say."""
    counts = (
        facts.scan(folder / "determinations", columns.DETERMINATIONS)
        .select(
            letters=pl.len(),
            items=pl.col("items").sum(),
            citations=pl.col("citations").sum(),
            problems=pl.col("problems").sum(),
            first=pl.col("decision_date").min(),
            last=pl.col("decision_date").max(),
        )
        .collect()
        .row(0, named=True)
    )
    catalogue = (folder / CATALOGUE).read_bytes().count(b"\n")
    said = {
        "format": generations.FORMAT,
        "generation": folder.name,
        "built": now(),
        "reader": reader,
        "program": version("imr-kg"),
        "base_iri": iri.BASE,
        **{key: str(value) if key in ("first", "last") and value else value for key, value in counts.items()},
        "triples": ledger.triples() + catalogue,
    }
    example = ledger.first_case()
    text = _TURTLE.format(
        temporal=_TEMPORAL.format_map(said) if said["first"] else "",
        base=iri.BASE,
        ontology=iri.ONTOLOGY,
        example=f"<{iri.case(example)}>" if example else f"<{iri.ONTOLOGY}>",
        **{key: value for key, value in said.items() if key not in ("base_iri", "format", "first", "last")},
    )
    (folder / "about.ttl").write_text(text, encoding="utf-8")
    return said
