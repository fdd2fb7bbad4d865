"""Guidelines as strips of their pages: what each goes with, at a glance."""

import math
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.drivers import DriverRow, Drivers
from kg.analysis.filters import Filters
from kg.errors import UnknownError
from kg.explore import case_lists, drawing, topic
from kg.explore.case_lists import Wanted
from kg.explore.incidence import Ids
from kg.web.api.cases import SiteDep
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import ratio
from kg.web.pages import filter_form
from kg.web.pages.rendering import PARTY_WORDS, render
from kg.web.pages.subjects import topic_parts
from kg.web.pages.subjects.topic_parts import Parts
from kg.web.pages.values import counted
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Side = Annotated[Literal["reviewer", "claims_administrator", "any"], Query()]
_MOST_PAGES = 700
_MOST_SECTIONS = 200
_HEIGHT = 34
_TICK = 10
"""Every so many pages one whose number is shown, cited or not."""


class Cell(NamedTuple):
    """A page of a strip: ``shade`` is its colour's number, ``None`` for too few decisions."""

    number: int
    notation: str
    decisions: int
    shade: int | None
    height: int
    sign: str
    says: str

    @property
    def numbered(self) -> bool:
        """Whether the page's number is shown."""
        return self.decisions > 0 or self.number % _TICK == 0


def cells(table: Drivers, edition: str, first: int, last: int, base: float) -> list[Cell]:
    """The pages ``first`` to ``last`` of an edition, cited or not."""
    rows = {row.page: row for row in table.rows if row.key.startswith(f"{edition}/page/")}
    most = max((row.decisions for row in rows.values()), default=1)
    named: dict[int, str] = {}
    for concept in labels.concepts().values():
        if concept.broader == f"guideline/{edition}" and concept.first and concept.last:
            for number in range(concept.first, concept.last + 1):
                named.setdefault(number, concept.label)
    return [
        _cell(n, f"{edition}/page/{n}", rows.get(n), most, base, named.get(n, ""))
        for n in range(first, last + 1)
    ]


def _cell(number: int, notation: str, row: DriverRow | None, most: int, base: float, name: str) -> Cell:
    told = f"Page {number}{', ' if name else ''}{name}: {says(row) if row else 'not cited'}"
    if row is None:
        return Cell(number, notation, 0, None, 0, "", told)
    height = max(3, round(_HEIGHT * math.log1p(row.decisions) / math.log1p(most)))
    return Cell(number, notation, row.decisions, shade(row, base), height, sign(row, base), told)


def shade(row: DriverRow, base: float) -> int | None:
    """The number of a rate's colour, 0 (far below the base rate) to 5 (far above)."""
    color = drawing.rate_color(row.overturned, row.decisions, base)
    return drawing.SCALE.index(color) if color in drawing.SCALE else None


def sign(row: DriverRow, base: float) -> str:
    """An arrow where the difference to the others is not by chance, many tests taken into account."""
    if row.q_value is None or row.q_value >= 0.05 or row.overturn_rate is None:
        return ""
    return "▲" if row.overturn_rate > base else "▼"


def says(row: DriverRow) -> str:
    """The figures of a row in words."""
    items = f"{row.overturned:,} of {counted(row.decisions)} overturned"
    if row.overturn_rate is None or row.rate_low is None or row.rate_high is None:
        return f"{items}, too few for a rate"
    rate = f"{100 * row.overturn_rate:.1f} % ({100 * row.rate_low:.1f} to {100 * row.rate_high:.1f} %)"
    return f"{items}, {rate}" + (f", q = {row.q_value:.3f}" if row.q_value is not None else "")


class Section(NamedTuple):
    """A cited section: its figures, and its odds ratio as a small drawing."""

    row: DriverRow
    label: str
    shade: int | None
    sign: str
    plot: Markup


class Strip(NamedTuple):
    """An edition or chapter with its pages."""

    notation: str
    label: str
    cells: list[Cell]
    confidence: str | None


def strips(notation: str, table: Drivers, base: float) -> list[Strip]:
    """The strips of a guideline: its own pages, or those of its chapters or editions."""
    edition, _, page = notation.partition("/page/")
    beneath = [c for c in labels.concepts().values() if c.broader == f"guideline/{edition}"]
    chapters = [c for c in beneath if c.first and c.node.rpartition("/")[2].isdecimal()]
    if page and chapters:  # the chapter that holds the page
        at = int(page)
        chapters = [c for c in chapters if c.first and c.last and c.first <= at <= c.last]
    found = [_strip(c.node.removeprefix("guideline/"), table, base) for c in chapters] or [
        _strip(edition, table, base)
    ]
    if found == [None]:
        editions = [
            c.node.removeprefix("guideline/") for c in beneath if not c.first and c.node.count("/") > 1
        ]
        found = [_strip(name, table, base) for name in editions]
    return sorted((strip for strip in found if strip), key=lambda s: (s.cells[0].number, s.notation))


def _strip(notation: str, table: Drivers, base: float) -> Strip | None:
    """The pages of a place, from the catalogue or, of a whole edition, from what is cited."""
    concept = labels.concepts().get(f"guideline/{notation}")
    edition = _edition(notation)
    first, last = (concept.first, concept.last) if concept else (None, None)
    if not (first and last) and notation == edition:
        cited = [row.page for row in table.rows if row.page and row.key.startswith(f"{edition}/page/")]
        known = [c.last for c in labels.concepts().values() if c.broader == f"guideline/{edition}" and c.last]
        first, last = 1, max(cited, default=0) and max(*cited, *known, 1)
    if not (first and last):
        return None
    shown = cells(table, edition, first, min(last, first + _MOST_PAGES), base)
    sure = concept.confidence if concept else None
    chapter = notation.rpartition("/")[2] if concept and concept.first and edition != notation else ""
    name = labels.short(f"guideline/{notation}")
    return Strip(notation, f"{chapter}. {name}" if chapter.isdecimal() else name, shown, sure)


def _edition(notation: str) -> str:
    """The edition that a place's pages are numbered in.

    >>> _edition("acoem-2004/12"), _edition("chronic-pain/2009/facet-blocks")
    ('acoem-2004', 'chronic-pain/2009')
    """
    work, _, rest = notation.partition("/")
    year = rest.partition("/")[0]
    return f"{work}/{year}" if year.isdecimal() and len(year) == 4 else work


@router.get("/guidelines")
def index(request: Request, site: SiteDep) -> Response:
    """The guidelines that are cited, with their editions and chapters."""
    rows = [*site.cited("edition"), *site.cited("chapter")]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: -row["decisions"]):
        groups.setdefault(row["notation"].partition("/")[0], []).append(row)
    ranked = sorted(groups.items(), key=lambda group: -max(row["decisions"] for row in group[1]))
    shown = [(labels.label(f"guideline/{work}"), rows[:24]) for work, rows in ranked if len(rows) > 1]
    alone = [rows[0] for _, rows in ranked if len(rows) == 1]
    shown += [("Others" if shown else "", alone)] if alone else []
    return render(request, "guidelines.html", "guidelines", groups=shown, base=site.figures.rate)


@router.get("/guidelines/{notation:path}")
def guideline(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    notation: str,
    party: Side = "reviewer",
    form: Annotated[topic_parts.Form, Query(alias="format")] = "html",
) -> Response:
    """A guideline, chapter, section or page: its strip, figures, sections and cases."""
    node = f"guideline/{notation}"
    if node not in labels.concepts() and not site.links.has(node):
        raise UnknownError(f"there is no guideline {notation!r}")
    wanted = Wanted(filters, (), (notation,), party)
    found = _cited_within(site, wanted)
    every = site.decisions(Wanted(filters, party=party))
    whole = topic.row(site.links, node, labels.label(node), found)
    made = Parts(site, found, topic.row(site.links, "", "all", every), "", whole.label)
    if form != "html":
        return made.saved(form, notation.replace("/", "-").replace("#", "-"), labels.label(node))
    listed = site.cases(wanted, 12, None) if len(found) else None
    given = [one for one in request.query_params.multi_items() if one[1] and one[0] != "format"]
    kept = [(name, value) for name, value in given if name in filters.given()]
    again = f"?{urlencode(given)}" if given else ""
    return render(
        request,
        "guideline.html",
        "guidelines",
        **_about(site, notation, party),
        **_places(site, notation, party, filters),
        told=str(filters) if filters.given() else "",
        verdict=topic_parts.verdict(whole, made.base),
        controls=list(filter_form.controls(site.index, filters)),
        figures=site.links.figures(found),
        figure=topic_parts.figure(site, found, filters, party, {"guideline": notation}),
        cases=listed,
        matched=case_lists.matched(site.links, found, listed.rows) if listed is not None else {},
        kept=again,
        **made.context(given, [("place", f"{party}:{notation}" if party != "any" else notation), *kept]),
    )


def _about(site: Site, notation: str, party: str) -> dict[str, Any]:
    """What a place is, and whose citations of it are counted."""
    node = f"guideline/{notation}"
    return {
        "notation": notation,
        "node": node,
        "linked": site.links.has(node),
        "title": labels.label(node),
        "concept": labels.concepts().get(node),
        "path": _path(node),
        "here": notation,
        "party": party,
        "said": PARTY_WORDS[party],
        "parties": [(name, PARTY_WORDS[name]) for name in ("reviewer", "claims_administrator", "any")],
        "quote": quote,
        "says": says,
    }


def _places(site: Site, notation: str, party: str, filters: Filters) -> dict[str, Any]:
    """The pages, parts and sections of a place with their figures."""
    pages = site.counted("page", party, filters)
    base = pages.overturned / pages.decisions if pages.decisions else 0.0
    sections, end = _sections(site, notation, party, filters, base)
    return {
        "pages_base": base,
        "row": _row(site, notation, party, filters),
        "strips": strips(notation, pages, base),
        "beneath": _beneath(site, f"guideline/{notation}", party),
        "sections": sections,
        "axis": ratio.axis(end),
    }


def _cited_within(site: Site, wanted: Wanted) -> Ids:
    """The decisions in which a party cites a place; of one in the catalogue that nobody cites, none."""
    try:
        return site.decisions(wanted)
    except UnknownError:
        return site.links.none


def _path(node: str) -> list[tuple[str, str]]:
    """What contains a node, the outermost first: notation and label."""
    found: list[tuple[str, str]] = []
    above = labels.above(node)
    while above and len(found) < 6:
        found.append((above.removeprefix("guideline/"), labels.label(above)))
        above = labels.above(above)
    return found[::-1]


def _row(site: Site, notation: str, party: str, filters: Filters) -> DriverRow | None:
    """The drivers' row of a place, at whichever level it is."""
    node = f"guideline/{notation}"
    if not site.links.has(node):
        return None
    table = site.counted(site.links.kind_of(node), party, filters)
    return next((row for row in table.rows if row.key == notation), None)


def _sections(
    site: Site, notation: str, party: str, filters: Filters, base: float
) -> tuple[list[Section], float]:
    """The cited sections under a place, most cited first, and the end of the scale of their odds ratios."""
    if "/page/" in notation:
        return [], 2.0
    table = site.counted("section", party, filters)
    under = [row for row in table.rows if row.key.startswith((f"{notation}/", f"{notation}#"))][
        :_MOST_SECTIONS
    ]
    end = ratio.reach(under)
    return [
        Section(
            row,
            row.section or labels.label(f"guideline/{row.key}"),
            shade(row, base),
            sign(row, base),
            ratio.plot(row, end),
        )
        for row in under
    ], end


def _beneath(site: Site, node: str, party: str) -> list[dict[str, Any]]:
    """The cited editions and chapters of a guideline, most cited first, with their figures."""
    found = []
    for concept in labels.concepts().values():
        if concept.broader != node:
            continue
        if not site.links.has(concept.node):
            if concept.node.count("/") == 1:  # a work, which is cited by its editions
                found += _beneath(site, concept.node, party)
            continue
        if site.links.kind_of(concept.node) == "section":
            continue
        figures = site.links.figures(site.links.decisions(concept.node, party))
        if figures.decisions:
            notation = concept.node.removeprefix("guideline/")
            found.append({"notation": notation, "label": labels.label(concept.node), **figures._asdict()})
    return sorted(found, key=lambda part: -part["decisions"])
