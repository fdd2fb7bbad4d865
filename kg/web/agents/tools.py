"""The tools: each asks the API as any program would, and cuts the answer to what an agent can read."""

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
from kg.web.agents import tool_answers as answers
from kg.web.agents.tool_answers import fitted

_FEWER = "set filters, or a smaller limit"
Limit = Annotated[int, Field(ge=1, le=50, description="Most rows.")]
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
    ) -> answers.Found:
        """Find guidelines, pages, services, drugs, specialties, requests and cases by their names."""
        told, address = await self._get("/api/suggest", {"q": words, "limit": limit})
        return fitted(answers.Found(**told, address=address, rows=told["results"]), "give more words")

    async def ask(
        self,
        question: Annotated[
            str, Field(min_length=1, max_length=2000, examples=["overturn rate of opioids by year"])
        ],
    ) -> answers.Asked:
        """Ask in words for counts and rates of decisions by any filter, over years or groups, or compared.

        Compare `echo` with what was meant. What is not understood is refused with the nearest question.
        """
        told, address = await self._get("/api/ask", {"q": question})
        return fitted(answers.Asked(**told, address=address), "ask about fewer groups")

    async def drivers(
        self,
        level: Literal["guideline", "chapter", "section", "page"] = "section",
        party: Party = "reviewer",
        filters: Chosen = None,
        limit: Limit = 10,
    ) -> answers.Drivers:
        """Which cited guidelines, sections or pages go with overturned decisions; begin with `verdict`."""
        asked = {"level": level, "party": party, "limit": limit}
        told, address = await self._get("/api/drivers", asked, filters)
        answer = answers.Drivers(**told, address=address, rows=told["results"])
        return fitted(_more(answer, told["next"], "set filters, or a higher limit"), _FEWER)

    async def grounds(
        self,
        by: Literal[BY] = "all",  # type: ignore[valid-type]
        key: Annotated[str | None, Field(max_length=300, description="One page, drug, ... alone.")] = None,
        party: Party = "reviewer",
        filters: Chosen = None,
        limit: Limit = 20,
    ) -> answers.Grounds:
        """Which grounds reviewers state where a denial stands and where it falls, by page, service, drug."""
        asked = {"by": by, "key": key, "party": party, "limit": limit}
        told, address = await self._get("/api/grounds", asked, filters)
        answer = answers.Grounds(**told, address=address, rows=told["results"])
        return fitted(_more(answer, told["next"], "set filters, or a key"), _FEWER)

    async def decisions(
        self,
        filters: Chosen = None,
        outcome: Literal["upheld", "overturned", "modified"] | None = None,
        words: Annotated[str, Field(max_length=300, description="Words in the request.")] = "",
        limit: Limit = 10,
        cursor: Annotated[
            str | None, Field(max_length=300, description="`next` of the answer before.")
        ] = None,
    ) -> answers.Cases:
        """Letters with decisions that pass the filters; `total` counts all of them."""
        asked = {"outcome": outcome, "text": words or None, "limit": limit, "cursor": cursor}
        told, address = await self._get("/api/cases", asked, filters)
        answer = answers.Cases(**told, address=address, rows=told["results"])
        return fitted(_more(answer, told["next"], "give `next` as cursor"), _FEWER)

    async def decision(
        self, case: Annotated[str, Field(min_length=1, max_length=60, examples=["CM16-0000001"])]
    ) -> answers.Letter:
        """One letter: each disputed item, its outcome, what both sides relied on, the reasons, as printed."""
        place = f"/api/cases/{quote(case, safe='')}"
        told, address = await self._get(place, {})
        text = (await self._get(f"{place}/letter", {}))[0]["text"]
        number = told["case_number"]
        answer = answers.Letter(
            generation=told["generation"],
            address=address,
            case=number,
            decision_date=told["decision_date"],
            specialties=told["reviewer"]["specialties"],
            **told["patient"],
            page=f"/cases/{number}",
            rows=[_decision(n, one, text) for n, one in enumerate(told["decisions"], 1)],
        )
        return fitted(answer, f"read {place}/letter, or ask `decisions` for single items")

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
    ) -> answers.Related:
        """Decisions on requests like one's own, the nearest first, with reasons; or of the `other` way."""
        if (case is None) == (items is None):
            raise ToolError("give a case or items, one of the two")
        asked = {"outcome": outcome, "mode": mode, "limit": limit}
        question = {"case": case} if case else {"items": items}
        told, address = await self._post("/api/related", asked, {"questions": [question]}, filters)
        rows = [_pair(row["case"], pair) for row in told["results"] for pair in row["pairs"]]
        answer = answers.Related(
            generation=told["generation"], address=address, rows=rows, notes=told.get("notes", [])
        )
        return fitted(answer, _FEWER)

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
    ) -> answers.Checked:
        """Check claims on cases, counts or rates before they are repeated, part by part."""
        told, address = await self._post("/api/check", {}, {"text": text}, None)
        answer = answers.Checked(**told, address=address, rows=told["claims"])
        return fitted(answer, "check fewer sentences at once")

    async def query(
        self,
        sparql: Annotated[
            str | None, Field(max_length=30_000, description="A SELECT or ASK query, or ...")
        ] = None,
        name: Annotated[str | None, Field(max_length=100, description="... a named query.")] = None,
        parameters: dict[str, str] | None = None,
    ) -> answers.Rows:
        """Run a named query or SPARQL over the graph; with neither, list the named queries."""
        if sparql and name:
            raise ToolError("give sparql or a name, one of the two")
        if sparql:
            told, address = await self._get(
                "/sparql", {"query": sparql}, accept="application/sparql-results+json"
            )
            columns = told.get("head", {}).get("vars") or ["boolean"]
            found = told.get("results", {}).get("bindings") or []
            rows = [[row[c]["value"] if c in row else None for c in columns] for row in found]
            if "boolean" in told:
                rows = [[json.dumps(told["boolean"])]]
            answer = answers.Rows(generation=told["generation"], address=address, columns=columns, rows=rows)
        elif name:
            told, address = await self._get(f"/api/queries/{quote(name, safe='')}", parameters or {})
            columns = list(told["results"][0]) if told["results"] else []
            rows = [[_text(row[c]) for c in columns] for row in told["results"]]
            answer = answers.Rows(generation=told["generation"], address=address, columns=columns, rows=rows)
        else:
            told, address = await self._get("/api/queries", {})
            named = [
                answers.Named(
                    name=one["name"],
                    summary=one["summary"],
                    parameters=[f"{p['name']} ({p['type']})" for p in one["parameters"]],
                )
                for one in told["results"]
            ]
            answer = answers.Rows(
                generation=told["generation"], address=address, columns=[], rows=[], named=named
            )
        return fitted(answer, "set LIMIT, or ask for fewer columns")

    async def _get(
        self,
        path: str,
        asked: Mapping[str, Any],
        filters: Mapping[str, str | list[str]] | None = None,
        *,
        accept: str = "application/json",
    ) -> tuple[dict[str, Any], str]:
        """What the API answers, and the address that was asked."""
        address = _address(path, asked, filters)
        async with self._client() as client:
            return _read(await client.get(address, headers={"Accept": accept})), address

    async def _post(
        self, path: str, asked: Mapping[str, Any], body: Any, filters: Mapping[str, str | list[str]] | None
    ) -> tuple[dict[str, Any], str]:
        """The same with a body, for one question."""
        address = _address(path, asked, filters)
        async with self._client() as client:
            return _read(await client.post(address, json=body)), address

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


def _more(answer: answers.Answer, following: str | None, how: str) -> answers.Answer:
    if following is not None:
        answer.truncated, answer.narrow = True, how
    return answer


def _decision(position: int, told: Mapping[str, Any], text: str) -> answers.Decision:
    def printed(span: list[int] | None) -> str:
        return " ".join(text[span[0] : span[1]].split()) if span else ""

    cited = {
        party: [printed(one["span"]) for one in told[party]["citations"]]
        for party in ("claims_administrator", "reviewer")
    }
    return answers.Decision(
        position=position,
        item=told["item"],
        outcome=told["outcome"],
        subcategory=told["subcategory"],
        drug=told["drug"],
        **cited,
        grounds=[
            answers.Ground(ground=one["ground"], met=one["met"], sentence=" ".join(one["quote"].split()))
            for one in told["grounds"]
        ],
        rationale=printed((told["rationale"] or {}).get("span")),
    )


def _pair(case: str, pair: Mapping[str, Any]) -> answers.Pair:
    reasons = [one["text"] for one in pair["reasons"]]
    return answers.Pair(case=case, score=pair["pair_score"], **{**pair, "reasons": reasons})


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
