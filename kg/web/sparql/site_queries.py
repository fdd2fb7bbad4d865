"""The site's own fixed queries, in the lane that visitors' queries cannot fill."""

import asyncio
import json
from typing import Any

from fastapi import Request

from kg.analysis.prepared import query_answers
from kg.web.problems import ProblemError
from kg.web.sparql.lanes import Lane, RefusalError

_WAIT = {"select": "json", "ask": "json", "graph": "nt"}


async def ask(request: Request, query: str, **formats: str) -> bytes:
    """The whole result of one of our own queries, as SPARQL JSON or N-Triples.

    What is kept of a generation is answered at once.

    Raises:
        ProblemError: it was too large or too slow, or the server is busy.
    """
    state = request.app.state.state
    keeping = not (formats or state.settings.endpoint) and query_answers.is_kept(query)
    if keeping:
        folder = (await state.asked_for(request)).base.folder
        found: bytes | None = await asyncio.to_thread(query_answers.read, folder, query)
        if found is not None and len(found) <= state.settings.result_bytes:
            return found
    answer = await _asked(request, query, formats)
    if keeping:
        folder = request.state.site.base.folder  # another generation may have come meanwhile
        await asyncio.to_thread(query_answers.write, folder, query, answer)
    return answer


async def _asked(request: Request, query: str, formats: dict[str, str]) -> bytes:
    state = request.app.state.state
    lane: Lane = state.own
    job = {
        "query": query,
        "formats": _WAIT | formats,
        "max_bytes": state.settings.result_bytes,
        "max_rows": state.settings.result_rows,
    }
    try:
        answer = await state.ask(request, lane, job, "site")
    except RefusalError as refusal:
        raise ProblemError(503, "the server is busy", headers={"Retry-After": "2"}) from refusal
    parts = []
    try:
        while (frame := await answer.next()).kind in "HD":
            if frame.kind == "D":
                parts.append(frame.payload)
    except asyncio.CancelledError:
        answer.cancel()
        raise
    if frame.kind == "X":
        why = frame.fields()["error"]
        status = {"time-limit": 504, "too-large": 413, "endpoint": 502, "syntax": 400}.get(why, 500)
        raise ProblemError(status, f"the query was terminated: {frame.fields().get('message', why)}")
    return b"".join(parts)


async def rows(request: Request, query: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Columns and rows of a SELECT or ASK, as plain values; an IRI is text, what is unbound is null."""
    result = json.loads(await ask(request, query))
    if "boolean" in result:
        return ["answer"], [{"answer": result["boolean"]}]
    columns = result["head"]["vars"]
    return columns, [
        {name: as_value(row.get(name)) for name in columns} for row in result["results"]["bindings"]
    ]


def as_value(term: dict[str, str] | None) -> Any:
    """A term of SPARQL JSON as a plain value; an IRI is text, what is unbound is null."""
    if term is None or term["type"] == "none":
        return None
    kind = term.get("datatype", "").rpartition("#")[2]
    if kind in {"integer", "int", "long"}:
        return int(term["value"])
    if kind in {"decimal", "double", "float"}:
        return float(term["value"])
    return term["value"] == "true" if kind == "boolean" else term["value"]
