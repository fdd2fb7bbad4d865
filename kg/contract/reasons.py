"""The grounds of a decision as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from kg.model import Ground, Span

Json = dict[str, Any]


def grounds_to_json(grounds: Iterable[Ground]) -> list[Json]:
    """The grounds of a decision, in the order of the letter."""
    return [
        {
            "ground": each.ground,
            "met": each.met,
            "quote": each.quote,
            "span": [each.span.start, each.span.end],
            "likelihood": each.likelihood,
        }
        for each in grounds
    ]


def read_grounds(form: Iterable[Mapping[str, Any]]) -> tuple[Ground, ...]:
    """The grounds that :func:`grounds_to_json` wrote."""
    return tuple(
        Ground(g["ground"], g["met"], g["quote"], Span(*g["span"]), float(g["likelihood"])) for g in form
    )
