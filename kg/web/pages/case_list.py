"""The list of cases: what it is narrowed by stands above it, what it can be narrowed by beside it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg import sheets
from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.analysis.filters import FILTERS
from kg.base.stored_columns import COLUMNS
from kg.explore import case_lists, facets
from kg.explore.case_lists import Found, Wanted
from kg.explore.incidence import Ids
from kg.web import table_files
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import values
from kg.web.pages.rendering import PARTY_WORDS, render
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_LIMIT = 25
_COLUMNS = {
    name: COLUMNS["facts"][name][1] for name in ("case", "decision_date", "item", "outcome", "item_text")
}
_NOT_CHOSEN = {"cursor", "order", "format", "party"}
_ORDER_WORDS = {"case": "case number", "newest": "newest first", "oldest": "oldest first"}


def _wanted(
    filters: FormFiltersDep,
    outcome: Annotated[list[Literal["upheld", "overturned", "modified"]], Query()] = [],  # noqa: B006
    place: Annotated[list[str], Query()] = [],  # noqa: B006
    party: Literal["reviewer", "claims_administrator", "any", "both"] = "any",
    text: Annotated[str, Query(max_length=300)] = "",
    about: Annotated[list[str], Query()] = [],  # noqa: B006
    undated: bool = False,
) -> Wanted:
    """What an address asks for."""
    return Wanted(filters, tuple(outcome), tuple(place), party, text, tuple(about), undated)


class Chip(NamedTuple):
    """A condition in words, with the address of the list without it."""

    words: str
    without: str


@router.get("/cases")
def case_list(
    request: Request,
    site: SiteDep,
    wanted: Annotated[Wanted, Depends(_wanted)],
    cursor: str | None = None,
    order: Literal["case", "newest", "oldest"] = "case",
    form: Annotated[Literal["html", sheets.Form], Query(alias="format")] = "html",
) -> Response:
    """Cases that match the filters in the address."""
    decisions = site.decisions(wanted)
    if table_files.is_file(form):
        return table_files.download(request, site, form, "decisions", _COLUMNS, _rows(site, decisions))
    given = request.query_params.multi_items()
    found = site.cases(wanted, _LIMIT, cursor, order)
    chips = list(_chips(given, wanted))
    kept = [(name, value) for name, value in given if name != "cursor"]
    plain = [(name, value) for name, value in kept if name not in {"order", "format"} and value]
    apart = bool(chips) and cursor is None and not (wanted.places or wanted.outcomes)
    return render(
        request,
        "cases.html",
        "cases",
        found=found,
        chips=chips,
        next=f"?{urlencode([*kept, ('cursor', found.next)])}" if found.next else None,
        figures=site.links.figures(decisions),
        base=site.figures.rate,
        of_one_outcome=" or ".join(wanted.outcomes),
        cited=case_lists.cited_for(site.links, decisions) if apart else [],
        notes=[*site.index.notes(wanted.filters, wanted.party), *_left_out(site, wanted)],
        listed=listed(site, wanted, found, decisions if chips else None, _counted(given)),
        facets=_facets(site, decisions, plain),
        orders=[
            (words, f"?{urlencode([*plain, ('order', one)])}", one == order)
            for one, words in _ORDER_WORDS.items()
        ],
        again=urlencode(plain),
        files={form: f"?{urlencode([*plain, ('format', form)])}" for form in ("csv", "xlsx")},
    )


def _left_out(site: Site, wanted: Wanted) -> Iterator[str]:
    """How many decisions a filter by date leaves out because their letters have none."""
    given = wanted.filters.written()
    if not given.keys() & {"year", "decision_date"} or wanted.undated:
        return
    other = type(wanted.filters).of(**{k: v for k, v in given.items() if k not in {"year", "decision_date"}})
    without = len(site.decisions(replace(wanted, filters=other, undated=True)))
    if without:
        yield f"{values.counted(without, 'decision')} without a date not included"


def _chips(given: list[tuple[str, str]], wanted: Wanted) -> Iterator[Chip]:
    """The conditions of an address, in its order."""
    for number, (name, value) in enumerate(given):
        told = _told(name, value, wanted) if value and name not in _NOT_CHOSEN else ""
        if told:
            rest = [one for place, one in enumerate(given) if place != number and one[0] != "cursor"]
            yield Chip(told, f"?{urlencode(rest)}")


def _told(name: str, value: str, wanted: Wanted) -> str:
    """A condition in words, none for a parameter that is no condition."""
    match name:
        case "outcome":
            return value
        case "about":
            return labels.label(value)
        case "text":
            return f"“{value}”"
        case "undated":
            return "no date" if wanted.undated else ""
        case "place":
            [(place, party)] = replace(wanted, places=(value,)).cited
            return f"{labels.brief('guideline/' + place)}, cited by {PARTY_WORDS[party]}"
    return f"{FILTERS[name].label.lower()}: {value}" if name in FILTERS else ""


def _facets(
    site: Site, decisions: Ids, plain: list[tuple[str, str]]
) -> list[tuple[facets.Facet, list[tuple[facets.Choice, str]]]]:
    """The facets with the address of each choice; what is chosen is no choice."""
    shown = []
    for facet in facets.facets(site.links, decisions):
        choices = [
            (choice, _narrowed(plain, choice)) for choice in facet.choices if choice.given[0] not in plain
        ]
        if choices and not (len(choices) == 1 and choices[0][0].decisions == len(decisions)):
            shown.append((facet, choices))
    return shown


def _narrowed(plain: list[tuple[str, str]], choice: facets.Choice) -> str:
    """The address with a choice added; a party that comes with it takes the place of another."""
    added = dict(choice.given)
    kept = [(name, value) for name, value in plain if name != "party" or "party" not in added]
    return f"?{urlencode([*kept, *choice.given])}"


def _counted(given: list[tuple[str, str]]) -> str:
    """What a count adds to an address comes last: a place or a ground."""
    return next((name for name, _ in reversed(given) if name in {"place", "ground"}), "place")


def listed(
    site: Site, wanted: Wanted, found: Found, decisions: Ids | None, counted: str = "place"
) -> list[dict[str, Any]]:
    """The rows of a page, each item cut to what is in dispute, with its place in the letter."""
    matched = case_lists.matched(site.links, decisions, found.rows) if decisions is not None else {}
    about = [node.removeprefix("ground/") for node in wanted.about if node.startswith("ground/")]
    grounds = [*map(str, wanted.filters["ground"]), *about]
    rows = []
    for row in found.rows:
        determination = site.base.determination(row["case"])
        rows.append(
            row
            | {
                "items": [
                    values.listed_item(
                        determination, position, row["items"][n], wanted.cited, grounds, counted
                    )
                    for n, position in enumerate(row["positions"])
                ],
                "matched": matched.get(row["case"]),
            }
        )
    return rows


def _rows(site: Site, decisions: Ids) -> Iterator[tuple[Any, ...]]:
    """The decisions as rows of a file."""
    table, outcome = site.links.texts, site.index.outcome
    for one, code in zip(table.gather(decisions).iter_rows(named=True), outcome[decisions], strict=True):
        yield one["case"], one["decision_date"], one["item"], OUTCOMES[code], one["item_text"]
