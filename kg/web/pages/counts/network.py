"""What is cited together beyond chance, or by which specialties and for which services, in the page."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import network as links
from kg.analysis.decisions import LEVELS
from kg.analysis.network import LinkRow, Network, NodeRow
from kg.cited.json_tables import link_figure
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages.counts import table_page
from kg.web.pages.drivers import guideline_path, named
from kg.web.pages.rendering import PARTY_WORDS
from kg.web.pages.values import counted
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SURE = 0.05
_WORDS = {
    "together": "cited together",
    "specialties": "specialties and what they cite",
    "services": "services, what is cited for them, and outcomes",
}


@router.get("/network")
def network(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    kind: Annotated[str, Query(max_length=20)] = "together",
    level: Annotated[str, Query(max_length=20)] = "page",
    party: Annotated[str, Query(max_length=30)] = "reviewer",
    minimum: table_page.Minimum = 10,
) -> Response:
    """Links beyond chance, the strongest first, and their nodes."""
    found = links.network(site.index, kind, level, party, filters, minimum, _SURE)
    choices: table_page.Choices = [
        ("kind", "Links of", [(name, _WORDS[name]) for name in links.KINDS], kind),
        ("level", "by", [(name, name) for name in LEVELS], level),
        ("party", "cited by", [*PARTY_WORDS.items()], party),
        ("minimum", "At least", table_page.MINIMA, minimum),
    ]
    title = f"What is cited together, by {level}" if kind == "together" else f"Links of {_WORDS[kind]}"
    cite = link_figure(found, minimum, _SURE)
    about = table_page.About(
        *("Network", title, "/network", "/api/network", links.HELP),
        verdict=_verdict(found),
        figure=cite.address,
    )
    named_ = {node: _node(node, values["label"]) for node, values in found.graph.nodes(data=True)}
    again = {"kind": kind, "level": level, "party": party, "minimum": minimum}
    tables = [
        table_page.table("Links, those of most letters first", LinkRow, found.to_frame(), cite, links=named_),
        table_page.table("Nodes", NodeRow, found.nodes(), replace(cite, kind="linked"), links=named_),
    ]
    linked = found.graph.number_of_edges() > 0
    return table_page.page(
        *(request, site, found.filters, about, choices, again), tables if linked else [], found.notes
    )


def _verdict(found: Network) -> str:
    """How many links there are, and how many of them one printed range makes."""
    frame = found.to_frame()
    if found.kind == "services":
        return f"{counted(frame.height, 'link')} by count, of at least the decisions chosen: not tested"
    if frame.is_empty():
        return "no link is beyond chance (q below 0.05)"
    what = f"{counted(frame.height, 'link')} beyond chance (q below 0.05)"
    ranged = int((frame["in_range"] > 0.5).sum())
    if not ranged:
        return what
    return f"{what}; {ranged:,} of them mostly within one printed range"


def _node(node: str, label: str) -> tuple[str, str]:
    """What a node is called, and where it leads."""
    kind, _, rest = node.partition("/")
    if kind == "guideline":
        return named(rest), guideline_path(rest)
    return label, f"/resource?node={quote(node)}"
