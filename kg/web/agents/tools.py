"""The tools: each asks the API as any program would, for the short form."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import httpx2
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field
from starlette.types import ASGIApp

from kg.analysis.filters import FILTERS
from kg.analysis.reasons.ground_rates import BY
from kg.web.api.answers import brief_types as answers
from kg.web.api.answers.brief import fitted

Limit = Annotated[int, Field(ge=1, le=50, description="Most rows.")]
Cursor = Annotated[str | None, Field(max_length=300, description="`next` of the answer before.")]
Party = Literal["reviewer", "claims_administrator", "any", "both"]
Chosen = Annotated[
    dict[str, str | list[str]] | None,
    Field(
        description="Which decisions: "
        + "; ".join(f"{one.name}: {one.help.removesuffix('.')}" for one in FILTERS.values())
    ),
]


class Tools:
    """The tools over one application, as methods that take plain values and answer typed objects."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def all(self) -> tuple[Callable[..., Any], ...]:
        """Every tool, the one to begin with first."""
        return (
            self.find,
            self.ask,
            self.drivers,
            self.grounds,
            self.decisions,
            self.decision,
            self.related,
            self.check,
            self.query,
        )

    async def find(
        self,
        words: Annotated[str, Field(min_length=1, max_length=200, description="Part of a name or number.")],
        limit: Limit = 10,
    ) -> answers.BriefFound:
        """Find guidelines, pages, services, drugs, specialties, requests and cases by their names."""
        return answers.BriefFound(**await self._get("/api/suggest", {"q": words, "limit": limit}))

    async def ask(
        self,
        question: Annotated[
            str, Field(min_length=1, max_length=2000, examples=["overturn rate of opioids by year"])
        ],
        cursor: Cursor = None,
    ) -> answers.BriefAsked:
        """Ask in words for counts and rates of decisions by any filter, over years or groups, or compared.

        Compare `echo` with what was meant. What is not understood is refused with the nearest question.
        """
        return answers.BriefAsked(**await self._get("/api/ask", {"q": question, "offset": cursor}))

    async def drivers(
        self,
        level: Literal["guideline", "chapter", "section", "page"] = "section",
        party: Party = "reviewer",
        filters: Chosen = None,
        limit: Limit = 10,
        cursor: Cursor = None,
    ) -> answers.BriefDrivers:
        """Which cited guidelines, sections or pages go with overturned decisions; begin with `verdict`."""
        asked = {"level": level, "party": party, "limit": limit, "offset": cursor}
        return answers.BriefDrivers(**await self._get("/api/drivers", asked, filters))

    async def grounds(
        self,
        by: Literal[BY] = "all",  # type: ignore[valid-type]
        key: Annotated[str | None, Field(max_length=300, description="One page, drug, ... alone.")] = None,
        party: Party = "reviewer",
        filters: Chosen = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> answers.BriefGrounds:
        """Which grounds reviewers state where a denial stands and where it falls, by page, service, drug."""
        asked = {"by": by, "key": key, "party": party, "limit": limit, "offset": cursor}
        return answers.BriefGrounds(**await self._get("/api/grounds", asked, filters))

    async def decisions(
        self,
        filters: Chosen = None,
        outcome: Literal["upheld", "overturned", "modified"] | None = None,
        words: Annotated[str, Field(max_length=300, description="Words in the request.")] = "",
        limit: Limit = 10,
        cursor: Cursor = None,
    ) -> answers.BriefCases:
        """Letters with decisions that pass the filters; `total` counts all of them."""
        asked = {"outcome": outcome, "text": words or None, "limit": limit, "cursor": cursor}
        return answers.BriefCases(**await self._get("/api/cases", asked, filters))

    async def decision(
        self, case: Annotated[str, Field(min_length=1, max_length=60, examples=["CM16-0000001"])]
    ) -> answers.BriefLetter:
        """One letter: each disputed item, its outcome, what both sides relied on, the reasons, as printed."""
        return answers.BriefLetter(**await self._get(f"/api/cases/{quote(case, safe='')}", {}))

    async def related(
        self,
        case: Annotated[str | None, Field(max_length=60, description="A case of the base, or ...")] = None,
        items: Annotated[
            list[Annotated[str, Field(min_length=1, max_length=2000)]] | None,
            Field(max_length=20, description="... requests that are not in it, in words."),
        ] = None,
        outcome: Literal["same", "other", "upheld", "overturned", "modified"] | None = None,
        mode: Annotated[
            Literal["precedent", "pending"],
            Field(description="Everything counts, or only what is known before a review."),
        ] = "pending",
        filters: Chosen = None,
        limit: Limit = 5,
    ) -> answers.BriefRelated:
        """Decisions on requests like one's own, the nearest first, with reasons; or of the `other` way."""
        if (case is None) == (items is None):
            raise ToolError("give a case or items, one of the two")
        asked = {"outcome": outcome, "mode": mode, "limit": limit}
        question = {"case": case} if case else {"items": items}
        return answers.BriefRelated(
            **await self._post("/api/related", asked, {"questions": [question]}, filters)
        )

    async def check(
        self,
        text: Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                examples=["CM16-0000001 upheld an MRI citing ACOEM chapter 12."],
            ),
        ],
        cursor: Cursor = None,
    ) -> answers.BriefChecked:
        """Check claims on cases, counts or rates before they are repeated, part by part."""
        return answers.BriefChecked(
            **await self._post("/api/check", {"offset": cursor}, {"text": text}, None)
        )

    async def query(
        self,
        sparql: Annotated[
            str | None, Field(max_length=30_000, description="A SELECT or ASK query, or ...")
        ] = None,
        name: Annotated[str | None, Field(max_length=100, description="... a named query.")] = None,
        parameters: dict[str, str] | None = None,
        cursor: Cursor = None,
    ) -> answers.BriefRows:
        """Run a named query or SPARQL over the graph; with neither, list the named queries."""
        if sparql and name:
            raise ToolError("give sparql or a name, one of the two")
        if sparql:
            return await self._sparql(sparql)
        if name:
            given = {**(parameters or {}), "offset": cursor}
            return answers.BriefRows(**await self._get(f"/api/queries/{quote(name, safe='')}", given))
        told = answers.BriefNamedQueries(**await self._get("/api/queries", {}))
        return answers.BriefRows(
            **told.model_dump(exclude={"results"}), columns=[], rows=[], named=told.results
        )

    async def _sparql(self, query: str) -> answers.BriefRows:
        """The rows of a query, all as text."""
        where = _address("/sparql", {"query": query}, None)
        told = await self._asked("GET", where, headers={"Accept": "application/sparql-results+json"})
        columns = told.get("head", {}).get("vars") or ["boolean"]
        found = told.get("results", {}).get("bindings") or []
        rows = [[row[c]["value"] if c in row else None for c in columns] for row in found]
        if "boolean" in told:
            rows = [[json.dumps(told["boolean"])]]
        return fitted(
            answers.BriefRows(
                generation=told["generation"], address=where, columns=columns, rows=rows, total=len(rows)
            )
        )

    async def _get(
        self, path: str, asked: Mapping[str, Any], filters: Mapping[str, str | list[str]] | None = None
    ) -> dict[str, Any]:
        """The short form of what the API answers."""
        return await self._asked("GET", _address(path, {**asked, "view": "brief"}, filters))

    async def _post(
        self, path: str, asked: Mapping[str, Any], body: Any, filters: Mapping[str, str | list[str]] | None
    ) -> dict[str, Any]:
        """The same with a body, for one question."""
        return await self._asked("POST", _address(path, {**asked, "view": "brief"}, filters), json=body)

    async def _asked(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        async with self._client() as client:
            return _read(await client.request(method, address, **more))

    def _client(self) -> httpx2.AsyncClient:
        here = httpx2.ASGITransport(app=self._app, raise_app_exceptions=False, client=("agents", 0))
        return httpx2.AsyncClient(transport=here, base_url="http://localhost", timeout=None)


def _address(path: str, asked: Mapping[str, Any], filters: Mapping[str, str | list[str]] | None) -> str:
    given = {name: value for name, value in asked.items() if value is not None}
    if clash := sorted((filters or {}).keys() - FILTERS.keys()):
        raise ToolError(f"there is no filter {clash[0]!r}; there are {', '.join(FILTERS)}")
    words = urlencode(given | dict(filters or {}), doseq=True)
    return f"{path}?{words}" if words else path


def _read(response: httpx2.Response) -> dict[str, Any]:
    """The object that was answered, with its generation.

    Raises:
        ToolError: it is a problem; the sentence is the API's.
    """
    found = json.loads(response.text.partition("\n")[0] or "{}")
    if response.status_code >= 400:
        more = "; ".join(f"{one['where']}: {one['fault']}" for one in found.get("errors", ()))
        raise ToolError(more or found.get("detail", "the server could not answer"))
    told: dict[str, Any] = {"generation": response.headers.get("KG-Generation", ""), **found}
    return told
