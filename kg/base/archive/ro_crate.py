"""A deposit as RO-Crate 1.2: https://www.researchobject.org/ro-crate/specification/1.2/ ."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.base.dataset_description import MEDIA_TYPES
from kg.base.stored_columns import COLUMNS
from kg.graph import iri

Entity = dict[str, Any]

_CONTEXT = ["https://w3id.org/ro/crate/1.2/context", {"sha256": "http://schema.org/sha256"}]
_NAME = "California Independent Medical Review determinations"
_WORDS = {
    "graph.nt.gz": "The knowledge graph with its ontology and catalogues, as N-Triples.",
    "dataset.ttl": "The dataset and its files in DCAT and VoID.",
    "data-card.md": "What the data are, how precisely they were read, and what they cannot show.",
    "content-sha256.txt": "SHA-256 of the graph's text and of each table's rows; its own tells the content.",
}
_LICENSES = {"https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0 Universal"}
_TABLES = {
    "facts": "One row a decision, party, citation and section or page; nulls kept.",
    "determinations": "One row a letter.",
    "problems": "One row for each wording that was not understood.",
    "grounds": "One row for each ground that a reviewer states.",
    "sentences": "One row for each sentence of a rationale.",
}


def metadata(
    about: Mapping[str, Any], files: Mapping[str, tuple[int, str]], digest: str, license_iri: str
) -> Entity:
    """What ``ro-crate-metadata.json`` says: the generation ``about``, and size and SHA-256 of its files."""
    return {
        "@context": _CONTEXT,
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
                "about": {"@id": "./"},
            },
            _root(about, files, license_iri),
            *_contexts(about, digest, license_iri),
            *(_file(name, *entry) for name, entry in files.items()),
            *_columns(),
        ],
    }


def _root(about: Mapping[str, Any], files: Mapping[str, tuple[int, str]], license_iri: str) -> Entity:
    covered = {"temporalCoverage": f"{about['first']}/{about['last']}"} if about["first"] else {}
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": _NAME,
        "description": (
            f"{about['letters']:,} letters of California's Independent Medical Review, with "
            f"{about['items']:,} disputed items and {about['citations']:,} citations of guidelines, as a "
            "knowledge graph and as tables. Figures state associations, not causes: see data-card.md."
        ),
        "datePublished": about["built"],
        "version": about["generation"],
        "sameAs": {"@id": iri.dataset(about["generation"])},
        "license": {"@id": license_iri},
        "identifier": {"@id": "#content-digest"},
        "hasPart": [{"@id": name} for name in files],
        **covered,
    }


def _contexts(about: Mapping[str, Any], digest: str, license_iri: str) -> Iterator[Entity]:
    """What the files have in common: terms, digest, and the reading that made them."""
    yield {
        "@id": license_iri,
        "@type": "CreativeWork",
        "name": _LICENSES.get(license_iri, license_iri),
        "description": "Of what was read from the letters; the letters themselves are public records.",
    }
    yield {
        "@id": "#content-digest",
        "@type": "PropertyValue",
        "name": "SHA-256 of the content",
        "value": digest,
    }
    yield {
        "@id": "#build",
        "@type": "CreateAction",
        "name": "Reading the letters",
        "instrument": {"@id": "#imr-kg"},
        "endTime": about["built"],
        "result": {"@id": "./"},
    }
    yield {
        "@id": "#imr-kg",
        "@type": "SoftwareApplication",
        "name": "imr-kg",
        "softwareVersion": about["program"],
        "description": f"Reader {about['reader']}.",
    }


def _file(name: str, size: int, sha256: str) -> Entity:
    path = Path(name)
    table = path.stem if path.suffix == ".parquet" else None
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "description": _TABLES[table] if table else _WORDS[name],
        "encodingFormat": MEDIA_TYPES[path.suffix],
        "contentSize": str(size),
        "sha256": sha256,
        **(
            {"variableMeasured": [{"@id": f"#{table}-{column}"} for column in COLUMNS[table]]}
            if table
            else {}
        ),
    }


def _columns() -> Iterator[Entity]:
    for table, columns in COLUMNS.items():
        for column, (_, words) in columns.items():
            yield {
                "@id": f"#{table}-{column}",
                "@type": "PropertyValue",
                "name": column,
                "description": words,
            }
