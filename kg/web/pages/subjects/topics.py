"""A page for each service, drug, body part, specialty and ground: one form for all."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import labels
from kg.explore import topic
from kg.explore.case_lists import Wanted
from kg.web.api.cases import SiteDep
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form
from kg.web.pages.rendering import render
from kg.web.pages.subjects import topic_parts
from kg.web.pages.subjects.topic_parts import Parts

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/topics/{node:path}")
def one_topic(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    node: Annotated[str, Path(max_length=300)],
    form: Annotated[topic_parts.Form, Query(alias="format")] = "html",
) -> Response:
    """The outcomes of decisions about a topic, and what each party cites for them."""
    links = site.links
    kind = topic.kind_of(links, node)
    found = site.decisions(Wanted(filters, about=(node,)))
    every = site.decisions(Wanted(filters))
    base, whole = topic.row(links, "", "all", every), topic.row(links, node, labels.label(node), found)
    made = Parts(site, found, base, kind, whole.label)
    if form != "html":
        return made.saved(request, form, node.replace("/", "-").replace(":", "-"), whole.label)
    given = [(k, v) for k, v in request.query_params.multi_items() if k in filters.given()]
    return render(
        request,
        "topic.html",
        "topic",
        node=node,
        title=whole.label,
        path=[(name, labels.label(name)) for name in topic.broader(node)],
        verdict=topic_parts.verdict(whole, base),
        kind=kind,
        graph=f"/explore?node={quote(node, safe='')}" if links.has(node) else None,
        **filter_form.shown(site.index, filters),
        figures=links.figures(found),
        cases=site.cases(Wanted(filters, about=(node,)), 10, None),
        **made.context(given, [("about", node), *given]),
    )
