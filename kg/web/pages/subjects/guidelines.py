"""Guidelines as strips of their pages: what each goes with, at a glance."""

from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.driver_row.robustness import level_of
from kg.analysis.drivers import DriverRow
from kg.analysis.filters import Filters
from kg.errors import UnknownError
from kg.explore import case_lists, topic
from kg.explore.case_lists import Wanted
from kg.explore.incidence import Ids
from kg.web import table_files
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import page_bars, ratio
from kg.web.pages import case_list, filter_form
from kg.web.pages.rendering import ONE_PARTY, PARTY_WORDS, picture, render
from kg.web.pages.subjects import page_strips, topic_parts
from kg.web.pages.subjects.topic_parts import Parts
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_MOST_SECTIONS = 200


class Section(NamedTuple):
    """A cited section: its figures, and its odds ratio as a small drawing."""

    row: DriverRow
    label: str
    shade: int | None
    certain: int
    plot: Markup


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
    party: topic_parts.Side = "reviewer",
    form: Annotated[
        topic_parts.Form | Literal["pages.csv", "pages.csv-bom", "pages.xlsx", "pages.svg"],
        Query(alias="format"),
    ] = "html",
) -> Response:
    """A guideline, chapter, section or page: its strip, figures, sections and cases."""
    node = f"guideline/{notation}"
    if node not in labels.concepts() and not site.links.has(node):
        raise UnknownError(f"there is no guideline {notation!r}")
    wanted = Wanted(filters, (), (notation,), party)
    found = _cited_within(site, wanted)
    every = site.decisions(Wanted(filters, party=party))
    if form.startswith("pages."):
        return _saved_pages(request, site, notation, party, filters, form)
    whole = topic.row(site.links, node, labels.label(node), found)
    made = Parts(site, found, topic.row(site.links, "", "all", every), "", whole.label)
    if form != "html":
        return made.saved(request, form, notation.replace("/", "-").replace("#", "-"), labels.label(node))
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
        verdict=topic_parts.verdict(whole, made.base),
        **filter_form.shown(site.index, filters),
        figures=site.links.figures(found),
        cases=listed,
        listed=case_list.listed(site, wanted, listed, found) if listed is not None else [],
        matched=case_lists.matched(site.links, found, listed.rows) if listed is not None else {},
        kept=again,
        pages_files={
            form: f"?{urlencode([*given, ('format', form)])}"
            for form in ("pages.csv", "pages.xlsx", "pages.svg")
        },
        **made.context(given, [topic_parts.place(party, notation), *kept]),
    )


def _saved_pages(
    request: Request, site: Site, notation: str, party: str, filters: Filters, form: str
) -> Response:
    """The strip of pages as a file."""
    found = page_strips.strips(site.links, notation, site.counted("page", party, filters))
    name = f"{notation.replace('/', '-').replace('#', '-')}-pages"
    if table_files.is_file(kind := form.removeprefix("pages.")):
        rows = page_strips.rows(found)
        return table_files.download(request, site, kind, name, page_strips.COLUMNS, rows)
    shown = [
        (run.name, [page_bars.Bar(c.number, c.shade, c.certain, c.height, c.sign) for c in run.cells])
        for strip in found
        for run in strip.runs
        if run.cells
    ]
    title = f"Pages of {labels.label(f'guideline/{notation}')}"
    told = f" with {filters}" if filters.given() else ""
    steps = ", ".join(map(str, page_strips.STEPS))
    words = (
        f"cited by {PARTY_WORDS[party]}{told}; colour: adjusted odds ratio in steps at {steps}; pale: may be "
        f"chance; generation {site.generation}"
    )
    return picture(f"{name}.svg", page_bars.draw(shown, title).file(title, words))


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
        "parties": ONE_PARTY,
        "quote": quote,
    }


def _places(site: Site, notation: str, party: str, filters: Filters) -> dict[str, Any]:
    """The pages, parts and sections of a place with their figures."""
    counted = site.counted("page", party, filters)
    sections, end = _sections(site, notation, party, filters)
    return {
        "row": _row(site, notation, party, filters),
        "strips": page_strips.strips(site.links, notation, counted),
        "steps": page_strips.STEPS,
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
    level = level_of(site.index, notation, party)
    if level is None:
        return None
    table = site.counted(level, party, filters)
    return next((row for row in table.rows if row.key == notation), None)


def _sections(site: Site, notation: str, party: str, filters: Filters) -> tuple[list[Section], float]:
    """The cited sections under a place, most cited first, and the end of the scale of their odds ratios."""
    if "/page/" in notation:
        return [], 2.0
    table = site.counted("section", party, filters)
    under = [row for row in table.rows if row.key.startswith((f"{notation}/", f"{notation}#"))][
        :_MOST_SECTIONS
    ]
    end = ratio.reach(under)
    named = [labels.brief(f"guideline/{row.key}") for row in under]
    if len({name.rpartition(" (")[2] for name in named}) == 1:  # all in one place, which the page names
        named = [name.rpartition(" (")[0] for name in named]
    return [
        Section(
            row,
            name,
            page_strips.shade(row),
            page_strips.certain(row),
            ratio.plot(row, end),
        )
        for row, name in zip(under, named, strict=True)
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
