"""The page of the graph: a node with what is around it, or nodes to start from."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.explore import drawing, item_groups
from kg.web.drawings import graph as still
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/explore")
def explore(
    request: Request,
    site: SiteDep,
    node: Annotated[str | None, Query(max_length=400)] = None,
    depth: Annotated[int, Query(ge=1, le=3)] = 1,
) -> Response:
    """The graph around a node, or suggested nodes to start from."""
    if not node:
        return render(request, "explore.html", "explore", node=None, starts=_starts(site))
    links = site.links
    shown = drawing.around(links, node, depth)
    return render(
        request,
        "explore.html",
        "explore",
        node=node,
        kind=links.kind_of(node),
        label=drawing.name_of(links, node),
        graph=Markup(drawing.html(shown)),  # noqa: S704 - pyvis fills our template, which escapes its data
        view=shown,
        still=still.draw(shown, f"{len(shown.nodes)} connected nodes, listed in the table below").inline(),
        figures=links.figures(links.decisions(node)),
        relations=links.relations(node),
        most=drawing.MOST,
        letters=len(site.base),
        choices=item_groups.choices(links, links.decisions(node)),
        depth=depth,
        base=site.figures.rate,
    )


def _starts(site: Site) -> list[dict[str, str]]:
    """The most cited place of each kind, and the most frequent service and drug."""
    found = []
    for kind in site.links.kinds.values():
        totals = kind.any.totals()
        if len(totals):
            node = kind.nodes[int(totals.argmax())]
            found.append(
                {"node": node, "label": labels.label(node), "more": f"{kind.name}, {totals.max():,} items"}
            )
    return found
