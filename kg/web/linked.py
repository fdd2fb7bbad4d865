"""Linked data: every IRI that we mint answers here, as RDF or with the way to its page."""

import asyncio
from typing import Annotated
from urllib.parse import quote, unquote, urlencode
from xml.sax.saxutils import escape

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from kg import queries, resources, turtle
from kg.analysis import labels
from kg.errors import IriError, UnknownError
from kg.explore import marking, vendor
from kg.graph import annotations, iri
from kg.graph.profile import owl_dl
from kg.graph.triples import n_triples
from kg.graph.vocab import SKOS
from kg.web import dataset_card, negotiate
from kg.web.api import openapi
from kg.web.api.answers import observations
from kg.web.middleware import EDITOR_POLICY
from kg.web.pages.query import PREFIXES
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.problems import ProblemError
from kg.web.sparql import service_description, site_queries
from kg.web.sparql.service_description import RDF_TYPES

router = APIRouter(tags=["Linked data"], generate_unique_id_function=openapi.operation)

TOPICS = ("service/", "drug/", "body-part/", "specialty/")
"""How the nodes begin that have a page among the topics."""
_VERSION = "http://www.w3.org/2002/07/owl#versionInfo"
SUFFIXES = {".ttl": "ttl", ".jsonld": "jsonld", ".nt": "nt", ".rdf": "rdf", ".html": "html"}
_FORMS = {"text/html": "html", "application/xhtml+xml": "html"} | RDF_TYPES
_SITEMAP = 20_000  # addresses in one file


async def public_base(request: Request) -> str:
    """The address under which visitors see this server, without a slash at its end."""
    given: str = request.app.state.settings.public_url
    return given.rstrip("/") or str(request.base_url).rstrip("/")


BaseDep = Annotated[str, Depends(public_base)]


async def thing(request: Request, site: SiteDep, base: BaseDep) -> Response:
    """The resource that an IRI names: 303 to its page or data, or the data itself with a suffix."""
    root = request.scope.get("root_path", "")
    raw = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    path = raw.partition("?")[0].removeprefix(root).lstrip("/")
    suffix = next((s for s in SUFFIXES if path.endswith(s)), "")
    node = path.removesuffix(suffix)
    try:
        place = iri.read(iri.BASE + node)
    except IriError as error:
        raise ProblemError(404, f"this server has no IRI {iri.BASE}{node}") from error
    links = ", ".join(
        [f'<{iri.BASE}{node}>; rel="canonical"']
        + [
            f'<{base}/{node}{s}>; rel="alternate"; type="{t}"'
            for t, f in RDF_TYPES.items()
            for s in [f".{f}"]
        ]
    )
    headers = {"Link": links, "Vary": "Accept"}
    form = SUFFIXES.get(suffix) or negotiate.best(request.headers.get("accept"), _FORMS)
    if form is None:
        raise ProblemError(406, f"available formats: {', '.join(_FORMS)}")
    if form == "html":
        return RedirectResponse(root + page_of(place, node, linked=site.links.has(node)), 303, headers)
    if not suffix:
        return RedirectResponse(f"{root}/{node}.{form}", 303, headers)
    triples = await _triples(request, site, place, iri.BASE + node)
    response = service_description.rdf(request, triples, form=form)
    response.headers.update(headers | {"ETag": request.state.site.etag(node, form)})
    return response


def page_of(place: iri.Place, node: str, *, linked: bool) -> str:
    """The path of the page that shows a node; ``linked`` is whether decisions have it.

    >>> page_of(iri.Place("item", "CM15-0000001", 2), "case/CM15-0000001/item/2", linked=True)
    '/cases/CM15-0000001#item-2'
    """
    if node.startswith("case/"):
        case, _, rest = node.removeprefix("case/").partition("/")
        rest = rest.removeprefix("annotation/")
        at = f"item-{place.item}" if place.kind == "item" else marking.anchor(rest) if rest else ""
        return f"/cases/{quote(unquote(case), safe='')}" + (f"#{at}" if at else "")
    if place.kind == "query":
        return f"/query?{urlencode({'query': queries.load(place.name).text})}"
    if place.kind == "dataset" and "/" not in node.removeprefix("dataset/"):
        return "/about"
    if place.kind == "dataset" and (address := observations.cited_address(node)):
        return address
    if node.startswith("guideline/"):
        return f"/guidelines/{node.removeprefix('guideline/')}"
    if linked and node.startswith(TOPICS):
        return f"/topics/{node}"
    return f"/{'explore' if linked else 'resource'}?{urlencode({'node': node})}"


@router.get("/resource", include_in_schema=False)
async def resource(request: Request, site: SiteDep, node: Annotated[str, Query(max_length=400)]) -> Response:
    """The statements of the graph about a resource that has no page of its own."""
    try:
        place = iri.read(iri.BASE + node)
    except IriError as error:
        raise UnknownError(f"this server has no IRI {iri.BASE}{node}") from error
    triples = await _triples(request, site, place, iri.BASE + node)
    rows: dict[str, list[tuple[str, str | None]]] = {}
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        value = getattr(quad.object, "value", str(quad.object))
        named = isinstance(quad.object, ox.NamedNode)
        path = value.removeprefix(iri.BASE) if named and value.startswith(iri.BASE) else None
        rows.setdefault(_short(quad.predicate.value), []).append((_short(value) if named else value, path))
    return render(
        request,
        "resource.html",
        "resource",
        node=node,
        title=labels.label(node) if "/" in node else node,
        rows=sorted((name, sorted(values)) for name, values in rows.items()),
        base=iri.BASE,
    )


def _short(address: str) -> str:
    """An IRI as it is written with the prefixes that are known; others as they are.

    >>> _short("http://www.w3.org/2004/02/skos/core#prefLabel"), _short(f"{iri.BASE}outcome/upheld")
    ('skos:prefLabel', 'outcome:upheld')
    """
    for prefix, space in PREFIXES.items():
        if address.startswith(space):
            return f"{prefix}:{address.removeprefix(space)}"
    return address.removeprefix(iri.BASE)


async def _triples(request: Request, site: SiteDep, place: iri.Place, address: str) -> bytes:
    """The triples about a node: of a letter's all that lies under it, of a concept what the graph says.

    Raises:
        UnknownError: there are none.
    """
    if address.startswith(f"{iri.BASE}case/") and site.has_letters:
        determination = site.base.determination(place.name)
        if place.kind == "annotation":
            made = annotations.n_triples(determination, site.base.letter(place.name))
        else:
            made = n_triples(determination)
        lines = made.splitlines(keepends=True)
        under = (f"<{address}>", f"<{address}/", f"<{address}#")
        found = "".join(line for line in lines if line.startswith(under)).encode("utf-8", "replace")
    elif place.kind == "dataset" and address.removeprefix(iri.BASE).count("/") > 1 and site.has_letters:
        node = address.removeprefix(iri.BASE)
        found = _of(address, await asyncio.to_thread(observations.n_triples, site, node))
    elif place.kind == "dataset" and place.name in ("", site.generation) and site.has_letters:
        found = _of(address, dataset_card.description(site.base, await public_base(request)))
    elif place.kind == "dataset" and site.has_letters:
        found = _of(address, await asyncio.to_thread(dataset_card.earlier, site.base, place.name))
    elif place.kind == "query":
        found = _of(address, dataset_card.executables(await public_base(request)))
    elif place.kind == "scheme":
        found = await site_queries.ask(
            request,
            f"CONSTRUCT {{ <{address}> ?p ?o ; <{SKOS.hasTopConcept}> ?top }}"
            f" WHERE {{ {{ <{address}> ?p ?o }} UNION {{ ?top <{SKOS.topConceptOf}> <{address}> }} }}",
        )
    else:
        found = await site_queries.ask(
            request, f"CONSTRUCT {{ <{address}> ?p ?o }} WHERE {{ <{address}> ?p ?o }}"
        )
        if not found and place.kind == "statistic":
            found = observations.statistic(place.name).encode()
        if not found and place.kind == "page":
            found = await site_queries.ask(
                request, f"CONSTRUCT {{ ?c ?p <{address}> }} WHERE {{ ?c ?p <{address}> }} LIMIT 1000"
            )
    if not found:
        raise UnknownError(f"the graph says nothing about {address}")
    return found


def _of(address: str, triples: str) -> bytes:
    """The triples about a node, and about its parts (after a ``#``)."""
    under = (f"<{address}>", f"<{address}#")
    return "".join(line for line in triples.splitlines(keepends=True) if line.startswith(under)).encode()


for _kind in ("case", "run", "dataset", "project", "query", *iri.SCHEMES):
    for _path in (f"/{_kind}", f"/{_kind}.{{suffix}}", f"/{_kind}/{{rest:path}}")[2 * (_kind == "query") :]:
        router.add_api_route(_path, thing, methods=["GET", "HEAD"], include_in_schema=False)


@router.get("/ontology.ttl", include_in_schema=False)
def ontology_file(request: Request) -> Response:
    """The ontology as Turtle."""
    return service_description.rdf(request, iri.rebased(resources.text("ontology", "imr.ttl")), form="ttl")


@router.get("/ontology/dl.ttl", include_in_schema=False)
def ontology_profile(request: Request) -> Response:
    """The ontology for OWL 2 DL reasoners such as HermiT and ELK."""
    return service_description.rdf(
        request, owl_dl(iri.rebased(resources.text("ontology", "imr.ttl"))), form="ttl"
    )


@router.get("/ontology", include_in_schema=False)
def ontology(request: Request) -> Response:
    """The ontology; every term's IRI leads here."""
    root = request.scope.get("root_path", "")
    form = negotiate.best(request.headers.get("accept"), _FORMS)
    if form == "html":
        page = vendor.FOLDER / "ontology.html"  # there after: make ontology-page
        if page.is_file():
            return FileResponse(page, headers={"Vary": "Accept", "Content-Security-Policy": EDITOR_POLICY})
        return RedirectResponse(f"{root}/about#ontology", 303, {"Vary": "Accept"})
    return service_description.rdf(request, iri.rebased(resources.text("ontology", "imr.ttl")))


@router.get("/ontology/{version}", include_in_schema=False)
def ontology_version(request: Request, version: str) -> Response:
    """One version of the ontology; the server has only its own."""
    (own,) = turtle.statements(resources.text("ontology", "imr.ttl"))[f"{iri.DEFAULT_BASE}ontology"][_VERSION]
    if version != own:
        raise ProblemError(404, f"this server has version {own} of the ontology, not {version}")
    return ontology(request)


@router.get("/shapes", include_in_schema=False)
@router.get("/shapes.ttl", include_in_schema=False)
def shapes(request: Request) -> Response:
    """The SHACL shapes of a knowledge base, each under its IRI."""
    form = negotiate.best(request.headers.get("accept"), RDF_TYPES) or "ttl"
    text = iri.rebased(resources.text("ontology", "shapes.ttl"))
    return service_description.rdf(request, text, form=form)


@router.get("/context.jsonld", include_in_schema=False)
def context() -> Response:
    """The JSON-LD context of case documents."""
    text = iri.rebased(resources.text("ontology", "context.jsonld"))
    return Response(text, media_type="application/ld+json")


@router.get("/.well-known/void", include_in_schema=False)
def void(request: Request, site: SiteDep, base: BaseDep) -> Response:
    """The dataset description in DCAT and VoID, with the files of ``/download`` generated so far."""
    if not site.has_letters:
        raise ProblemError(501, "this server has a SPARQL endpoint and no knowledge base to describe")
    return service_description.rdf(request, dataset_card.description(site.base, base))


@router.get("/queries", include_in_schema=False)
def named_queries(request: Request, base: BaseDep) -> Response:
    """The named queries as ``sh:SPARQLExecutable``, for programs that learn SPARQL from examples."""
    return service_description.rdf(request, dataset_card.executables(base))


@router.get("/robots.txt", include_in_schema=False)
def robots(base: BaseDep) -> Response:
    """Rules for crawlers: pages are allowed, queries are not."""
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /sparql\nDisallow: /api/\nDisallow: /explore\nDisallow: /search\n"
        f"Sitemap: {base}/sitemap.xml\n"
    )


@router.get("/sitemap.xml", include_in_schema=False)
def sitemap(site: SiteDep, base: BaseDep) -> Response:
    """The index of site maps, each of some thousand cases."""
    parts = range(1, len(site.base.cases()) // _SITEMAP + 2)
    entries = "".join(f"<sitemap><loc>{escape(base)}/sitemap-{n}.xml</loc></sitemap>" for n in parts)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')


@router.get("/sitemap-{part}.xml", include_in_schema=False)
def sitemap_part(site: SiteDep, base: BaseDep, part: int) -> Response:
    """One site map: the cases in order."""
    cases = site.base.cases()[(part - 1) * _SITEMAP : part * _SITEMAP] if part > 0 else []
    if not cases:
        raise ProblemError(404, f"there is no site map {part}")
    entries = "".join(
        f"<url><loc>{escape(base)}/cases/{escape(quote(case, safe=''))}</loc></url>" for case in cases
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')


def _xml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', media_type="application/xml")
