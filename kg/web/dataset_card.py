"""The data set described for programs: DCAT and VoID, named queries, schema.org with Croissant.

One description, whatever the host: the IRIs are the base's; ``address`` is where this server is met.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS, SDO, SH, VOID, XSD

from kg import queries, resources
from kg.base.archive import dumps
from kg.base.dataset_description import license_of_data
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import COLUMNS, Kind
from kg.errors import UnknownError
from kg.graph import iri

_MEDIA = "https://www.iana.org/assignments/media-types/"
_CURRENT = URIRef("http://www.w3.org/ns/dcat#hasCurrentVersion")  # of DCAT 3, which rdflib does not have
_KINDS = {
    Kind.TEXT: "sc:Text",
    Kind.TEXTS: "sc:Text",
    Kind.SMALL: "sc:Integer",
    Kind.LARGE: "sc:Integer",
    Kind.NUMBER: "sc:Float",
    Kind.DAY: "sc:Date",
    Kind.YES: "sc:Boolean",
}


def description(base: KnowledgeBase, address: str) -> str:
    """DCAT 3 and VoID of the data set and of the generation that is open, as N-Triples.

    Partitions by class and property and the files to fetch are there when the dumps are made.
    """
    graph = Graph().parse(data=iri.rebased(resources.text("ontology", "dataset.ttl")), format="turtle")
    graph.parse(base.folder / "about.ttl", format="turtle")
    graph.set((URIRef(iri.dataset(base.generation)), DCTERMS.license, URIRef(license_of_data())))
    whole, own = URIRef(iri.dataset()), URIRef(iri.dataset(base.generation))
    page = URIRef(f"{address}/.well-known/void")
    graph.add((page, RDF.type, VOID.DatasetDescription))
    graph.add((page, DCTERMS.subject, whole))
    graph.add((whole, _CURRENT, own))
    graph.add((own, DCTERMS.isVersionOf, whole))
    graph.add((whole, DCAT.landingPage, URIRef(f"{address}/about")))
    for part in (whole, own):
        graph.add((part, VOID.sparqlEndpoint, URIRef(f"{address}/sparql")))
    _add_service(graph, own, address)
    _add_files(graph, own, base, address)
    _add_partitions(graph, own, base)
    return graph.serialize(format="nt")


def earlier(base: KnowledgeBase, generation: str) -> str:
    """What is known of a generation that is not served any more, as N-Triples.

    Raises:
        UnknownError: there was none such.
    """
    if not generation.isdecimal() or not 0 < int(generation) < int(base.generation):
        raise UnknownError(f"there was no generation {generation}; the current one is {base.generation}")
    own = URIRef(iri.dataset(generation))
    graph = Graph()
    if (kept := base.kept(generation)) is not None:
        with kept:
            graph.parse(kept.folder / "about.ttl", format="turtle")
    else:
        told = f"Generation {generation} is not kept; the current one is {base.generation}."
        graph.add((own, DCTERMS.description, Literal(told, "en")))
        graph.add((own, DCTERMS.hasVersion, Literal(generation)))
        if letters := len(base.states(generation)):
            graph.add((own, VOID.entities, Literal(letters)))
    graph.add((own, RDF.type, DCAT.Dataset))
    graph.add((own, DCTERMS.isVersionOf, URIRef(iri.dataset())))
    graph.set((own, DCTERMS.license, URIRef(license_of_data())))
    return graph.serialize(format="nt")


def _add_service(graph: Graph, own: URIRef, address: str) -> None:
    service = URIRef(f"{address}/sparql")
    graph.add((service, RDF.type, DCAT.DataService))
    graph.add((service, DCAT.servesDataset, own))
    graph.add((service, DCAT.endpointURL, service))
    graph.add((service, DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")))


def _add_files(graph: Graph, own: URIRef, base: KnowledgeBase, address: str) -> None:
    for dump, path in dumps.ready(base):
        file = URIRef(f"{address}/download/{dump.name}")
        graph.add((own, DCAT.distribution, file))
        graph.add((file, RDF.type, DCAT.Distribution))
        graph.add((file, DCTERMS.title, Literal(dump.title, "en")))
        graph.add((file, DCTERMS.license, URIRef(license_of_data())))
        graph.add((file, DCAT.downloadURL, file))
        graph.add((file, DCAT.mediaType, URIRef(f"{_MEDIA}{dump.media_type}")))
        graph.add((file, DCAT.byteSize, Literal(str(path.stat().st_size), datatype=XSD.nonNegativeInteger)))
        if dump.packed:
            graph.add((file, DCAT.compressFormat, URIRef(f"{_MEDIA}application/gzip")))
        if dump.name.startswith("graph"):
            graph.add((own, VOID.dataDump, file))


def _add_partitions(graph: Graph, own: URIRef, base: KnowledgeBase) -> None:
    for kind, found in dumps.partitions(base).items():
        by_class = kind == "classes"
        for number, (term, count) in enumerate(sorted(found.items()), 1):
            part = URIRef(f"{own}#{kind}-{number}")
            graph.add((own, VOID.classPartition if by_class else VOID.propertyPartition, part))
            graph.add((part, VOID["class"] if by_class else VOID.property, URIRef(term)))
            graph.add((part, VOID.entities if by_class else VOID.triples, Literal(count)))


@lru_cache(maxsize=8)  # an address of this server is what its visitors call it
def executables(address: str) -> str:
    """The named queries as ``sh:SPARQLExecutable``, each with its summary and text, as N-Triples."""
    graph = Graph()
    for name in queries.names():
        query, subject = queries.load(name), URIRef(iri.query(name))
        lines = [line for line in query.text.splitlines() if not line.startswith("#+")]
        graph.add((subject, RDF.type, SH.SPARQLExecutable))
        graph.add((subject, RDF.type, SH.SPARQLSelectExecutable))
        graph.add((subject, RDFS.label, Literal(name.replace("_", " "), "en")))
        graph.add((subject, RDFS.comment, Literal(query.summary, "en")))
        graph.add((subject, SH.select, Literal("\n".join(lines).strip())))
        graph.add((subject, SDO.target, URIRef(f"{address}/sparql")))
    return graph.serialize(format="nt")


_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{
        name: f"cr:{name}"
        for name in ("citeAs", "column", "extract", "field", "fileObject", "recordSet", "repeated", "source")
    },
}


def structured(base: KnowledgeBase, address: str) -> dict[str, Any]:
    """schema.org's Dataset with Croissant 1.0: the files that are there, and the columns of the facts."""
    about = base.about
    files = [_file(base, dump, path, address) for dump, path in dumps.ready(base)]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": iri.dataset(),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "California Independent Medical Review determinations",
        "description": "Letters of California's Independent Medical Review as a knowledge graph: requests, "
        "outcomes, citations of medical guidelines and the grounds of decisions.",
        "url": f"{address}/about",
        "license": license_of_data(),
        "creator": {"@type": "Organization", "name": "The imr-kg project"},
        "publisher": {"@type": "Organization", "name": "The imr-kg project"},
        "datePublished": about["built"],
        "version": base.generation,
        "isAccessibleForFree": True,
        "temporalCoverage": f"{about['first']}/{about['last']}" if about["first"] else None,
        "keywords": ["workers' compensation", "independent medical review", "medical treatment guidelines"],
        "citeAs": f"imr-kg, generation {base.generation}, {iri.dataset(base.generation)}",
        "distribution": files,
        "recordSet": [_records()] if any(file["name"] == "facts.parquet" for file in files) else [],
    }


def _file(base: KnowledgeBase, dump: dumps.Dump, path: Path, address: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": dump.name,
        "name": dump.name,
        "description": dump.title,
        "contentUrl": f"{address}/download/{dump.name}",
        "encodingFormat": "application/gzip" if dump.packed else dump.media_type,
        "contentSize": f"{path.stat().st_size} B",
        "sha256": dumps.digest(base, dump),
    }


def _records() -> dict[str, Any]:
    return {"@type": "cr:RecordSet", "@id": "facts", "name": "facts", "field": list(_columns())}


def _columns() -> Iterator[dict[str, Any]]:
    """The columns of the facts as Croissant's fields."""
    for name, (kind, words) in COLUMNS["facts"].items():
        yield {
            "@type": "cr:Field",
            "@id": f"facts/{name}",
            "name": name,
            "description": words,
            "dataType": _KINDS[kind],
            "repeated": kind is Kind.TEXTS,
            "source": {"fileObject": {"@id": "facts.parquet"}, "extract": {"column": name}},
        }
