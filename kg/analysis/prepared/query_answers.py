"""Answers of named queries to which nothing is given: they never change for a generation, and are kept.

An answer lies in ``analysis/<code version>/`` of the generation, as SPARQL JSON beside its digest. Those
that are larger than :data:`MOST` bytes are not kept; all that are kept take some 25 MB of 100,000 letters.
"""

import hashlib
import logging
import os
import re
import shutil
from functools import cache
from pathlib import Path
from uuid import uuid4

from kg import queries
from kg.base import manifest
from kg.errors import QueryError
from kg.resources import code_version

MOST = 8 << 20
_FILE = "answer.json"
_HEADER = re.compile(r"^#\+.*\n", re.MULTILINE)
_LOG = logging.getLogger(__name__)


def counting(text: str) -> str:
    """The SPARQL text that counts the rows of a SELECT.

    >>> counting("SELECT ?s { ?s ?p ?o }")
    'SELECT (COUNT(*) AS ?rows) { { SELECT ?s { ?s ?p ?o } } }'
    """
    head, select, rest = re.split(r"^(SELECT\b)", text, maxsplit=1, flags=re.MULTILINE)
    return f"{head}SELECT (COUNT(*) AS ?rows) {{ {{ {select}{rest.rstrip()} }} }}"


def is_kept(text: str) -> bool:
    """Whether the answer to a SPARQL text is kept: that of a named query as it stands, or its size.

    >>> is_kept(queries.load("outcomes").bind()), is_kept("ASK { ?s ?p ?o }")
    (True, False)
    """
    return _name(text) in _names()


def read(generation: Path, text: str) -> bytes | None:
    """The answer to a text in the folder of a generation, if it is there and as it was written."""
    folder = _folder(generation) / _name(text)
    if not folder.is_dir():
        return None
    if (fault := manifest.fault(folder)) is None:
        return (folder / _FILE).read_bytes()
    _LOG.warning("%s is made anew: %s", folder, fault)
    shutil.rmtree(folder, ignore_errors=True)
    return None


def write(generation: Path, text: str, answer: bytes) -> None:
    """Keep the answer to a text, where the folder of the generation can be written."""
    kept = _folder(generation) / _name(text)
    if len(answer) > MOST or not generation.is_dir():
        return
    draft = kept.with_name(f".{kept.name}-{os.getpid()}-{uuid4().hex[:8]}")
    try:
        draft.mkdir(parents=True)
        (draft / _FILE).write_bytes(answer)
        manifest.write(draft, None)
        if not kept.is_dir():
            draft.rename(kept)
    except OSError as fault:
        _LOG.info("%s: not kept on disk: %s", kept, fault)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folder(generation: Path) -> Path:
    return generation / "analysis" / code_version()


@cache
def _names() -> frozenset[str]:
    """The names of all answers that are kept."""
    found = set()
    for name in queries.names():
        query = queries.load(name)
        try:
            text = query.bind()
        except QueryError:  # it wants a value
            continue
        limits = [int(one.default or 0) for one in query.parameters if one.name == "limit"]
        more = [query.bind({"limit": limit + 1}) for limit in limits]  # tells whether there are further rows
        found |= {_name(one) for one in (text, *more, counting(query.unlimited().bind()))}
    return frozenset(found)


def _name(text: str) -> str:
    """The folder of the answer to a text, whatever stands in its header."""
    digest = hashlib.sha256(_HEADER.sub("", text).strip().encode("utf-8", "surrogatepass"))
    return f"query-{digest.hexdigest()[:24]}"
