"""A page for each service, drug, body part, specialty and ground: one form for all."""

from typing import Annotated
from urllib.parse import quote, urlencode

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import labels
from kg.analysis.filters import Filters
from kg.errors import KgError
from kg.explore import topic
from kg.explore.case_lists import Wanted
from kg.explore.incidence import Ids
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form
from kg.web.pages.rendering import render
from kg.web.pages.subjects import topic_parts
from kg.web.pages.subjects.topic_parts import Parts
from kg.web.parameters import SiteDep
from kg.web.site import Site

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
        **made.context(given, [("about", node), *given], _adjusted(site, filters, node, found)),
    )


def _adjusted(site: Site, filters: Filters, node: str, found: Ids) -> str | None:
    """The filters under which the table of odds ratios is of the same decisions, where there are such."""
    kind, *parts = node.split("/")
    name = {"service": "subcategory" if parts[1:] else "category", "body-part": "body_part"}.get(kind, kind)
    if name in filters.given():
        return None
    value = parts[0] if kind == topic.GROUND else labels.label(node)
    same = type(filters).of(**{**filters.written(), name: value})
    try:
        decisions = site.decisions(Wanted(same))
    except KgError:
        return None
    return urlencode(same.pairs()) if np.array_equal(decisions, found) else None
