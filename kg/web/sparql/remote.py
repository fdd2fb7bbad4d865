"""Serve a base that lies on another SPARQL 1.1 server: ``kg serve --endpoint``.

Each query is first run here on an empty store, in a worker as any visitor's query: what is no query of the
standard (an update, a pragma, a syntax error), or asks for a format that there is not, ends there. What
passes is sent on, read whole within the limits of time and size, and given in the form that was asked for,
whatever the other server writes.

What needs the graph only works without a base here: the endpoint, named queries, linked data, lists of
cases and their pages, which are named queries. All else says what is missing.
"""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kg import queries
from kg.analysis import labels
from kg.base.publish import Endpoint, TooLargeError
from kg.errors import BaseError, UnknownError
from kg.explore.case_lists import Found, read_cursor, write_cursor
from kg.explore.neighbours import Figures, address, case_node
from kg.explore.row_types import CaseRow
from kg.graph import iri
from kg.web.api import openapi
from kg.web.api.answers.answering import answer, listing
from kg.web.pages.rendering import render
from kg.web.parameters import Limit
from kg.web.problems import ProblemError
from kg.web.site import Pages, Site
from kg.web.sparql import site_queries
from kg.web.sparql.lanes import Frame, Lane, Limits, Worker

router = APIRouter(tags=["API"], generate_unique_id_function=openapi.operation)
"""What is served otherwise where there is no base here."""

MISSING = (
    "this server queries another one that holds only the graph; associations, similar cases, the graph view, "
    "search and letter texts require a local knowledge base too (kg serve --endpoint URL --kb DIR)"
)
_FRESH = 60.0  # seconds in which an answer of the other server is deemed unchanged
_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
_QUESTIONS = (
    ("Which letters were overturned?", "/cases?outcome=overturned"),
    ("Ask in SPARQL", "/query"),
)
Outcome = Literal["upheld", "overturned", "modified", "any"]


def version() -> str:
    """What stands for the generation of a base that may change without our notice: the time, coarsely."""
    return f"endpoint-{int(time.time() / _FRESH)}"


class RemoteLane(Lane):
    """Workers on an empty store as a gate before another server."""

    def __init__(self, url: str, size: int, limits: Limits) -> None:
        self._room = tempfile.TemporaryDirectory(prefix="kg-gate-")
        store = Path(self._room.name, "empty")
        ox.Store(str(store)).flush()
        super().__init__(store, size, limits)
        self._endpoint = Endpoint(url)
        self._threads = ThreadPoolExecutor(2 * size, thread_name_prefix="endpoint")

    async def stop(self) -> None:
        """Kill the workers, and let go of the other server."""
        await super().stop()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._room.cleanup()

    async def opened(self, store: Path) -> Worker | None:  # noqa: ARG002 - as the lane has it
        """A generation here changes nothing there."""
        return None

    async def frames(self, worker: Worker, job: dict[str, Any]) -> AsyncIterator[Frame]:
        """The frames of one answer."""
        head = None
        async for frame in worker.answer({**job, "graphs": ()}):  # the other server knows its graphs
            head = head or frame
            if frame.kind == "X":
                yield frame
                return
        assert head is not None
        form = head.fields()["format"]
        loop = asyncio.get_running_loop()
        try:
            body = await loop.run_in_executor(self._threads, self._asked, job, form)
        except TooLargeError as fault:
            yield Frame.error("too-large", limit=str(fault))
        except TimeoutError:
            yield Frame.error("time-limit", seconds=self.limits.time)
        except (BaseError, SyntaxError, ValueError) as fault:
            yield Frame.error("endpoint", message=f"the server that holds the graph failed: {fault}")
        else:
            yield head
            if body:
                yield Frame("D", body)
            yield Frame("E", b"{}")

    def _asked(self, job: dict[str, Any], form: str) -> bytes:
        kind, body = self._endpoint.ask(
            job["query"],
            _ACCEPT,
            seconds=self.limits.time,
            most=job["max_bytes"],
            default_graphs=job.get("default_graph") or (),
            named_graphs=job.get("named_graphs") or (),
        )
        if "json" not in kind:
            triples = [quad.triple for quad in ox.parse(body, format=_rdf(kind))]
            _count(triples, job["max_rows"])
            return ox.serialize(triples, format=_extension(ox.RdfFormat, form)) or b""
        result = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        if isinstance(result, ox.QueryBoolean):
            if form in ("csv", "tsv"):
                return b"true\n" if result else b"false\n"
            return result.serialize(format=_extension(ox.QueryResultsFormat, form)) or b""
        _count(body, job["max_rows"])
        return result.serialize(format=_extension(ox.QueryResultsFormat, form)) or b""


def _rdf(media_type: str) -> ox.RdfFormat:
    return ox.RdfFormat.from_media_type(media_type.partition(";")[0].strip()) or ox.RdfFormat.TURTLE


def _extension(kind: Any, form: str) -> Any:
    return kind.from_extension(form)


def _count(found: list[ox.Triple] | bytes, most: int) -> None:
    """Hold a result to its number of triples; that of rows is told by the bindings' braces."""
    rows = len(found) if isinstance(found, list) else max(found.count(b"}},"), found.count(b"} },"))
    if rows > most:
        raise TooLargeError("rows")


class _Nothing:
    """The base that is not here."""

    def __getattr__(self, name: str) -> Any:
        raise ProblemError(501, MISSING)

    def has(self, _: str) -> bool:
        """Whether decisions have a node: nobody here knows."""
        return False


class RemoteSite(Site):
    """What stands in for a generation where only another server has the graph."""

    has_letters = False
    links: Any = _Nothing()

    def __init__(self) -> None:
        self.base: Any = _Nothing()
        self.pages = Pages()

    @property
    def generation(self) -> str:  # type: ignore[override]
        """It changes with the clock."""
        return version()

    def prepare(self) -> None:
        """There is nothing to compute."""

    def etag(self, *parts: str) -> str:
        """A tag that holds for a minute."""
        text = "\0".join((self.generation, *parts))
        return f'"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}"'


async def _run(request: Request, name: str, **parameters: object) -> list[dict[str, Any]]:
    """The rows of a named query, in the lane of the site's own."""
    _, rows = await site_queries.rows(request, queries.load(name).bind(parameters))
    return rows


def _site(request: Request) -> Site:
    site: Site = request.app.state.state.site
    return site


@router.get("/", include_in_schema=False, response_class=HTMLResponse)
async def home(request: Request) -> Response:
    """A summary of the graph on the other server."""
    months, outcomes = await _run(request, "letters_by_month"), await _run(request, "outcomes")
    counts = {row["outcome"]: row["items"] for row in outcomes}
    (letters,) = await _run(request, "number_of_cases", outcome="any")
    years = [int(row["month"][:4]) for row in months]
    figures = [counts.get(name, 0) for name in ("upheld", "overturned", "modified")]
    return render(
        request,
        "remote_home.html",
        "home",
        letters=letters["cases"],
        figures=Figures(sum(counts.values()), *figures),
        years=(min(years), max(years)) if years else None,
        questions=_QUESTIONS,
    )


async def _found(request: Request, outcome: str, limit: int, cursor: str | None) -> Found:
    """One page of the cases, by number."""
    _refuse_filters(request)
    after = read_cursor(cursor) if cursor else ""
    cases: dict[str, dict[str, Any]] = {}
    for row in await _run(request, "cases", outcome=outcome, after=after, limit=limit):
        case = cases.setdefault(
            row["case"],
            asdict(CaseRow(row["case"], address(case_node(row["case"])), row["decision_date"], [], [], [])),
        )
        case["positions"].append(row["position"])
        case["items"].append(row["text"])
        case["outcomes"].append(row["outcome"])
    rows = list(cases.values())
    (total,) = await _run(request, "number_of_cases", outcome=outcome)
    return Found(rows, total["cases"], write_cursor(rows[-1]["case"]) if len(rows) == limit else None)


def _refuse_filters(request: Request) -> None:
    if other := set(request.query_params) - {"outcome", "limit", "cursor"}:
        raise ProblemError(501, f"cases cannot be filtered by {min(other)} here: {MISSING}")


@router.get("/cases", include_in_schema=False, response_class=HTMLResponse)
async def case_list(request: Request, outcome: Outcome = "any", cursor: str | None = None) -> Response:
    """The cases, or those with an item that has the given outcome."""
    found = await _found(request, outcome, 25, cursor)
    following = f"?{urlencode({'outcome': outcome, 'cursor': found.next})}" if found.next else None
    told = "" if outcome == "any" else f"an item {outcome}"
    return render(request, "remote_cases.html", "cases", found=found, told=told, next=following)


@router.get("/api/cases", summary="Cases, by outcome")
async def cases(
    request: Request, outcome: Outcome = "any", limit: Limit = 50, cursor: str | None = None
) -> Response:
    """Cases with an item that has the given outcome, by case number."""
    found = await _found(request, outcome, limit, cursor)
    return answer(request, _site(request), listing(_site(request), found.rows, found.total, found.next))


async def _case(request: Request, case: str) -> dict[str, Any]:
    facts, items = await _run(request, "case_facts", case=case), await _run(request, "case", case=case)
    if not facts and not items:
        raise UnknownError(f"there is no case {case!r}")
    return {"case": case, "iri": address(case_node(case)), "facts": facts, "items": items}


@router.get("/cases/{case}", include_in_schema=False, response_class=HTMLResponse)
async def case_page(request: Request, case: str) -> Response:
    """The statements of the graph about a letter, without its text."""
    said = await _case(request, case)
    return render(request, "remote_case.html", "cases", missing=MISSING, **said)


@router.get("/api/cases/{case}", summary="One case: the statements of the graph about its letter")
async def one_case(request: Request, case: str) -> Response:
    """Dates and persons as facts, and a row for each item and what a party cites for it."""
    said = await _case(request, case)
    return answer(request, _site(request), said | {"generation": _site(request).generation})


@router.get("/guidelines/{notation:path}", include_in_schema=False, response_class=HTMLResponse)
async def place(request: Request, notation: str) -> Response:
    """The statements of the graph about a guideline location; for a page, also the items that cite it."""
    node = f"guideline/{notation}"
    if "/page/" not in notation:
        root = request.scope.get("root_path", "")
        return RedirectResponse(f"{root}/resource?{urlencode({'node': node})}", 303)
    found: dict[str, dict[str, Any]] = {}
    for row in await _run(request, "cases_citing_page", page=notation):
        case = found.setdefault(row["case"], {**row, "shown": {}})
        case["shown"][row["position"]] = (row["text"], row["outcome"])
    rows = [
        asdict(
            CaseRow(
                row["case"],
                address(case_node(row["case"])),
                row["decision_date"],
                list(row["shown"]),
                [text for text, _ in row["shown"].values()],
                [outcome for _, outcome in row["shown"].values()],
            )
        )
        for row in found.values()
    ]
    if not rows and node not in labels.concepts():
        raise UnknownError(f"nobody cites {iri.BASE}{node}")
    told = f"{labels.label(node)} cited by either party"
    return render(
        request, "remote_cases.html", "cases", found=Found(rows, len(rows), None), told=told, next=None
    )
