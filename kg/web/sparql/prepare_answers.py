"""Answers to the named queries of a large base, made before the first visitor asks.

Over 100,000 letters some take 5 to 10 seconds of a processor, once for a generation. They are asked one
after the other in a process of their own, which gives way to all others and may take longer than a visitor's.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kg import queries
from kg.analysis.prepared import query_answers
from kg.errors import QueryError
from kg.web.sparql.lanes import Answer, Lane, Limits, RefusalError, WorkerError

LARGE = 20_000
"""From so many letters on it pays; others answer any of the queries in about a second."""
_PATIENCE = 120.0
_ROWS = 1 << 20
log = logging.getLogger(__name__)


def texts() -> Iterator[str]:
    """The named queries to which nothing need be given, as they are asked."""
    for name in queries.names():
        try:
            yield queries.load(name).bind()
        except QueryError:  # it wants a value
            continue


async def make(generation: Path, store: Path, limits: Limits) -> None:
    """Make and keep the answers that a generation does not have yet, where they are small enough."""
    missing = [
        text for text in texts() if await asyncio.to_thread(query_answers.read, generation, text) is None
    ]
    if not missing or not os.access(generation, os.W_OK):  # where nothing can be kept, nothing is made
        return
    lane = Lane(store, 1, replace(limits, time=_PATIENCE, queue_time=_PATIENCE))
    try:
        await lane.start()
        for text in missing:
            if (answer := await _answer(lane, text)) is not None:
                await asyncio.to_thread(query_answers.write, generation, text, answer)
    except (RefusalError, WorkerError):
        log.exception("answers of named queries could not be prepared; they are made as they are asked for")
    finally:
        await lane.stop()


async def _answer(lane: Lane, text: str) -> bytes | None:
    """The answer to a query as SPARQL JSON; none if it is too large to be kept, or takes too long."""
    formats = {"select": "json", "ask": "json", "graph": None}
    job = {"query": text, "formats": formats, "max_bytes": query_answers.MOST, "max_rows": _ROWS}
    answer: Answer = await lane.ask(job, "prepared")
    parts = []
    while (frame := await answer.next()).kind in "HD":
        if frame.kind == "D":
            parts.append(frame.payload)
    return b"".join(parts) if frame.kind == "E" else None
