"""What a generation says of itself: counts and versions in JSON, DCAT and VoID in Turtle."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kg import resources
from kg.base import generations, stored_columns
from kg.base.graphs import CATALOGUE
from kg.base.ledger import Ledger, now
from kg.base.tables import arrow
from kg.graph import iri
from kg.graph.vocab import DCTERMS
from kg.turtle import statements

_TURTLE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{base}dataset/{generation}> a dcat:Dataset, void:Dataset ;
    dcterms:title "California Independent Medical Review determinations"@en ;
    dcterms:isVersionOf <{base}dataset> ;
    dcterms:license <{license}> ;
    dcterms:publisher <{base}project> ;
    dcterms:conformsTo <{ontology}> , <{base}shapes> ;
    dcterms:created "{built}"^^xsd:dateTime ;
    dcterms:issued "{built}"^^xsd:dateTime ;
    dcterms:hasVersion "{generation}" ;
    dcterms:provenance "Read by imr-kg {program}, reader {reader}"@en ;
    void:vocabulary <{ontology}> ;
    void:uriSpace "{base}case/" ;
    void:entities {letters} ;
    void:triples {triples} ;{temporal}
    void:exampleResource {example} .
"""
_TEMPORAL = """
    dcterms:temporal <{base}dataset/{generation}#period> ;"""
_PERIOD = """
<{base}dataset/{generation}#period> a dcterms:PeriodOfTime ;
    dcat:startDate "{first}"^^xsd:date ; dcat:endDate "{last}"^^xsd:date .
"""

_DISTRIBUTIONS = """
@prefix spdx: <http://spdx.org/rdf/terms#> .

<{dataset}> dcterms:identifier "sha256:{digest}" ;
    void:dataDump <{dump}> ;
    dcat:distribution {names} .
"""
_DISTRIBUTION = """
<{name}> a dcat:Distribution ;
    dcterms:title "{name}" ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/{media_type}> ;
    dcat:byteSize "{size}"^^xsd:nonNegativeInteger ;
    spdx:checksum [
        a spdx:Checksum ;
        spdx:algorithm spdx:checksumAlgorithm_sha256 ;
        spdx:checksumValue "{digest}"^^xsd:hexBinary
    ] .
"""

MEDIA_TYPES = {
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
    ".ttl": "text/turtle",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".json": "application/json",
}
"""The media types of files that a dataset is handed on as, by the end of their names."""


@cache
def license_of_data() -> str:
    """The licence of the data, as ``ontology/dataset.ttl`` states it.

    >>> license_of_data()
    'https://creativecommons.org/publicdomain/zero/1.0/'
    """
    stated = statements(resources.text("ontology", "dataset.ttl"))
    return stated[f"{iri.DEFAULT_BASE}dataset"][str(DCTERMS.license)][0]


def licensed(about: str, license_iri: str) -> str:
    """The text of an ``about.ttl`` with another licence.

    >>> licensed("<a> dcterms:license <b> .", "http://example.org/c")
    '<a> dcterms:license <http://example.org/c> .'
    """
    return re.sub(r"dcterms:license <[^>]*>", lambda _: f"dcterms:license <{license_iri}>", about)


def distributions(generation: str, files: Mapping[str, tuple[int, str]], dump: str, digest: str) -> str:
    """What ``about.ttl`` says further of a dataset that is handed on as ``files``, in Turtle.

    ``files`` gives size and SHA-256 by name, ``dump`` is the one with the triples, ``digest`` that of the
    whole content. The names are relative addresses: the files lie beside the text.
    """
    names = ", ".join(f"<{name}>" for name in files)
    head = _DISTRIBUTIONS.format(dataset=iri.dataset(generation), digest=digest, dump=dump, names=names)
    return head + "".join(
        _DISTRIBUTION.format(name=name, media_type=MEDIA_TYPES[Path(name).suffix], size=size, digest=sha256)
        for name, (size, sha256) in files.items()
    )


@cache
def _program() -> str:
    """The version of the program."""
    return version("imr-kg")


_COUNTED = ("items", "citations", "problems")


def _counts(folder: Path) -> dict[str, Any]:
    """How many letters a generation has, what they hold, and the first and last day of their decisions."""
    letters, sums, days = 0, dict.fromkeys(_COUNTED, 0), set[date]()
    for rows in arrow.read(arrow.files(folder / "determinations"), stored_columns.DETERMINATIONS):
        letters += rows.num_rows
        for name in _COUNTED:
            sums[name] += sum(value or 0 for value in arrow.values(rows, name))
        days.update(day for day in arrow.values(rows, "decision_date") if day)
    first, last = (str(min(days)), str(max(days))) if days else (None, None)
    return {"letters": letters, **sums, "first": first, "last": last}


def describe(folder: Path, ledger: Ledger, reader: str) -> dict[str, Any]:
    """Write ``about.ttl`` of the generation in ``folder``; what its ``generation.json`` is to say."""
    catalogue = (folder / CATALOGUE).read_bytes().count(b"\n")
    said = {
        "format": generations.FORMAT,
        "generation": folder.name,
        "built": now(),
        "reader": reader,
        "program": _program(),
        "base_iri": iri.BASE,
        **_counts(folder),
        "triples": ledger.triples() + catalogue,
    }
    example = ledger.first_case()
    text = _TURTLE.format(
        temporal=_TEMPORAL.format(base=iri.BASE, generation=folder.name) if said["first"] else "",
        base=iri.BASE,
        ontology=iri.ONTOLOGY,
        license=license_of_data(),
        example=f"<{iri.case(example)}>" if example else f"<{iri.ONTOLOGY}>",
        **{key: value for key, value in said.items() if key not in ("base_iri", "format", "first", "last")},
    )
    if said["first"]:
        text += _PERIOD.format(
            base=iri.BASE, **{name: said[name] for name in ("generation", "first", "last")}
        )
    (folder / "about.ttl").write_text(text, encoding="utf-8")
    return said
