"""Services side by side: which are overturned most, and heat maps by what is cited and by specialty."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg import sheets
from kg.analysis import labels
from kg.analysis.filters import Filters
from kg.explore import crossed, drawing, topic
from kg.explore.case_lists import Wanted
from kg.explore.crossed import Heat
from kg.explore.incidence import Ids
from kg.explore.topic import Row
from kg.model import Party
from kg.web import table_files
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import alluvial, squares
from kg.web.drawings.saved import Drawing
from kg.web.pages import filter_form
from kg.web.pages.rendering import picture, render
from kg.web.pages.sorting import SURE
from kg.web.pages.subjects import topic_parts
from kg.web.pages.values import counted
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_COLUMNS = {"service": "A service, as a node of the graph.", "label": "Its name.", **topic_parts.COUNTED}
_ALL = 1_000
_FLOW = 12
_NAMED = 5

Form = Literal["html", sheets.Form, "cited.svg", "specialties.svg", "flow.svg"]


@router.get("/services")
def services(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    form: Annotated[Form, Query(alias="format")] = "html",
) -> Response:
    """The services overturned most often, with the guidelines cited and the reviewers' specialties."""
    links = site.links
    found = site.decisions(Wanted(filters))
    base = topic.row(links, "", "all", found)
    rows = ranked(topic.sharing(links, found, "service", _ALL))
    if table_files.is_file(form):
        return table_files.download(request, site, form, "services", _COLUMNS, rows)
    given = [(k, v) for k, v in request.query_params.multi_items() if k in filters.given()]
    made = _Pictures(site, found, filters, given, request.scope.get("root_path", ""))
    if form != "html":
        title, drawn = made.of(form)
        told = f"{counted(len(found), 'decision')}{f' with {filters}' if filters.given() else ''}; not causes"
        return picture(f"services-{form}", drawn.file(title, told))
    return render(
        request,
        "services.html",
        "services",
        rows=[row for row in rows if row.decisions >= drawing.FEW],
        rare=[row for row in rows if row.decisions < drawing.FEW],
        base=base,
        within=lambda node: labels.label([*topic.broader(node), node][0]),
        verdict=verdict(rows, base, topic.unlike(links, found, "service")),
        **filter_form.shown(site.index, filters),
        maps=[(form, *made.of(form), made.maps[form]) for form in made.maps],
        flow=made.flow,
        flowing=made.of("flow.svg")[1],
        shade=lambda row: topic_parts.shade(row.overturned, row.decisions, base.rate or 0.0),
        again=urlencode(given),
        given=f"{urlencode(given)}&" if given else "",
        level=made.level,
    )


def ranked(rows: list[Row]) -> list[Row]:
    """Those overturned most come first, by the lower end of the interval; those with few decisions last."""
    return sorted(rows, key=lambda row: (row.decisions < drawing.FEW, -(row.low or 0.0), -row.decisions))


def verdict(rows: list[Row], base: Row, unlike: Mapping[str, float]) -> str:
    """Which services differ from the others beyond chance, in a sentence; ``unlike`` has their q-values.

    >>> rows = [Row("a", "MRI", 40, 30, 0.75, 0.6, 0.86), Row("b", "X-rays", 40, 8, 0.2, 0.1, 0.35)]
    >>> verdict(rows, Row("", "", 400, 80, 0.2, 0.16, 0.24), {"a": 0.001, "b": 0.9})
    '1 of 2 services differs from the others beyond chance (q below 0.05): MRI (more).'
    >>> verdict(rows, Row("", "", 400, 80, 0.2, 0.16, 0.24), {"a": 0.2})
    'No service is overturned more or less often than the others beyond chance (1 compared; 20.0 % of all).'
    """
    if base.rate is None:
        return "No decision matches these filters."
    if not unlike:
        return (
            f"No service has enough decisions to be compared; {100 * base.rate:.1f} % of all are overturned."
        )
    sure = [row for row in rows if unlike.get(row.node, 1.0) < SURE]
    if not sure:
        return (
            "No service is overturned more or less often than the others beyond chance "
            f"({len(unlike)} compared; {100 * base.rate:.1f} % of all)."
        )
    said = [f"{row.label} ({'more' if (row.rate or 0.0) > base.rate else 'less'})" for row in sure]
    more = f" and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    verb = "differs" if len(sure) == 1 else "differ"
    return (
        f"{len(sure)} of {counted(len(unlike), 'service')} {verb} from the others beyond chance "
        f"(q below {SURE}): {', '.join(said[:_NAMED])}{more}."
    )


def _made(site: Site, found: Ids) -> tuple[str, dict[str, Heat], crossed.Flow]:
    """The level that reviewers cite, the heat maps and the flow: what takes long, and is kept."""
    links = site.links
    level = "section" if topic.cited(links, found, Party.REVIEWER, most=1) else "page"
    maps = {
        "cited.svg": crossed.heat(links, found, "service", level),
        "specialties.svg": crossed.heat(links, found, "specialty", "service"),
    }
    return level, maps, crossed.flow(links, found, level, _FLOW)


class _Pictures:
    """The heat maps and the flow of some decisions; squares lead to the decisions that they count."""

    def __init__(
        self, site: Site, found: Ids, filters: Filters, given: list[tuple[str, str]], root: str
    ) -> None:
        self.level, self.maps, self.flow = site.kept(("services", filters), lambda: _made(site, found))
        self._given, self._root = given, root

    def of(self, form: str) -> tuple[str, Drawing]:
        """A picture with its title."""
        if form == "flow.svg":
            heads = ("service", f"{self.level} that the reviewer cites", "outcome")
            return "From service to outcome", alluvial.draw(self.flow, heads)
        down = "Services" if form == "cited.svg" else "Specialties of reviewers"
        across = f"{self.level}s that reviewers cite" if form == "cited.svg" else "services"
        title = f"{down} by {across}"
        return title, squares.draw(self.maps[form], self.linked, f"{title}; the table lists the figures")

    def linked(self, row: Row, column: Row) -> str:
        """The address of the decisions of a square."""
        chosen: list[tuple[str, Any]] = [_condition(one) for one in (row.node, column.node)]
        return f"{self._root}/cases?{urlencode([*self._given, *chosen])}"


def _condition(node: str) -> tuple[str, str]:
    """A node as a parameter of the list of cases.

    >>> _condition("guideline/odg"), _condition("service/surgery")
    (('place', 'reviewer:odg'), ('about', 'service/surgery'))
    """
    kind, _, notation = node.partition("/")
    return ("place", f"reviewer:{notation}") if kind == "guideline" else ("about", node)
