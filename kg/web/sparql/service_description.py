"""What this service says of itself and of its data, in RDF (SPARQL service description, VoID)."""

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import Response

from kg.web import negotiate
from kg.web.problems import ProblemError

RDF_TYPES = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
}
_MEDIA_TYPES = {form: media_type for media_type, form in RDF_TYPES.items()}

_SERVICE = """
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix formats: <http://www.w3.org/ns/formats/> .
<> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV,
    formats:SPARQL_Results_TSV, formats:Turtle, formats:N-Triples, formats:RDF_XML, formats:JSON-LD ;
  sd:defaultDataset <#dataset> .
<#dataset> a sd:Dataset ; sd:defaultGraph <#graph> .
<#graph> a sd:Graph, void:Dataset ; void:sparqlEndpoint <> .
"""


def service(request: Request) -> Response:
    """The service description."""
    return rdf(request, _SERVICE, str(request.url.replace(query="", fragment="")))


def rdf(request: Request, turtle: str | bytes, base: str | None = None, form: str | None = None) -> Response:
    """Turtle in the form that the client wants, or in ``form``.

    Raises:
        ProblemError: it wants none that there is (406).
    """
    form = form or negotiate.best(request.headers.get("accept"), RDF_TYPES)
    if form is None:
        raise ProblemError(406, f"available formats: {', '.join(RDF_TYPES)}")
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base)
    body = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.from_extension(form))
    return Response(body, media_type=_MEDIA_TYPES[form], headers={"Vary": "Accept"})
