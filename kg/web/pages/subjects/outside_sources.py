"""The page of sources outside the MTUS: ODG, the third ACOEM edition, other evidence; in the one form."""

from typing import Annotated
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.explore import topic
from kg.explore.case_lists import Wanted
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form
from kg.web.pages.rendering import ONE_PARTY, PARTY_WORDS, render
from kg.web.pages.subjects import topic_parts
from kg.web.pages.subjects.topic_parts import Parts
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_TITLE = "Sources outside the MTUS"


def rows(links: Links, found: Ids, party: str) -> list[topic.Row]:
    """The guidelines and chapters outside the MTUS that a party cites in some decisions, most cited first."""
    made = []
    for name in ("edition", "chapter"):
        for node in links.kinds[name].nodes:
            if topic.outside(node):
                own = np.intersect1d(links.decisions(node, party), found, assume_unique=True)
                made.append(topic.row(links, node, topic.called(node), own))
    return sorted((one for one in made if one.decisions), key=lambda one: (-one.decisions, one.node))


@router.get("/sources")
def sources(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    party: topic_parts.Side = "reviewer",
    form: Annotated[topic_parts.Form, Query(alias="format")] = "html",
) -> Response:
    """How decisions end in which a party cites something outside the MTUS, and what it is."""
    links = site.links
    every = site.decisions(Wanted(filters, party=party))
    found = site.decisions(Wanted(filters, (), (topic.OUTSIDE,), party))
    base, whole = topic.row(links, "", "all", every), topic.row(links, "", _TITLE, found)
    made = Parts(site, found, base, "", _TITLE)
    if form != "html":
        return made.saved(request, form, "sources-outside-the-mtus", _TITLE)
    given = [(k, v) for k, v in request.query_params.multi_items() if k in filters.given()]
    return render(
        request,
        "sources.html",
        "guidelines",
        title=_TITLE,
        listed=rows(links, found, party),
        verdict=topic_parts.verdict(whole, base),
        party=party,
        said=PARTY_WORDS[party],
        parties=ONE_PARTY,
        **filter_form.shown(site.index, filters),
        figures=links.figures(found),
        kept=f"?{urlencode([('party', party), *given])}",
        narrowed=urlencode(given),
        **made.context(
            [("party", party), *given],
            [topic_parts.place(party, topic.OUTSIDE), *given],
        ),
    )
