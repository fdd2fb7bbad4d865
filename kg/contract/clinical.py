"""What items and summaries tell of the clinical situation, as JSON and back."""

from collections.abc import Iterable
from typing import Any

from kg.model import BodyPart, Condition, History, Response, Side, Span, Treatment

Json = dict[str, Any]


def body_parts(parts: Iterable[BodyPart]) -> list[Json]:
    """Body parts as JSON."""
    return [
        {"part": b.part, "side": b.side and b.side.value, "span": [b.span.start, b.span.end]} for b in parts
    ]


def conditions(conditions: Iterable[Condition]) -> list[Json]:
    """Conditions as JSON."""
    return [{"concept": c.concept, "span": [c.span.start, c.span.end]} for c in conditions]


def history(history: History) -> Json:
    """A summary's history as JSON."""
    return {
        "conditions": conditions(history.conditions),
        "body_parts": body_parts(history.body_parts),
        "treatments": [
            {
                "category": t.category,
                "subcategory": t.subcategory,
                "drug_class": t.drug_class,
                "response": t.response and t.response.value,
                "span": [t.span.start, t.span.end],
            }
            for t in history.treatments
        ],
    }


def read_history(form: Json) -> History:
    """The history that :func:`history` wrote."""
    return History(
        read_conditions(form["conditions"]),
        read_body_parts(form["body_parts"]),
        tuple(
            Treatment(
                t["category"],
                t["subcategory"],
                t["drug_class"],
                None if t["response"] is None else Response(t["response"]),
                Span(*t["span"]),
            )
            for t in form["treatments"]
        ),
    )


def read_conditions(form: list[Json]) -> tuple[Condition, ...]:
    """The conditions that :func:`conditions` wrote."""
    return tuple(Condition(c["concept"], Span(*c["span"])) for c in form)


def read_body_parts(form: list[Json]) -> tuple[BodyPart, ...]:
    """The body parts that :func:`body_parts` wrote."""
    return tuple(BodyPart(b["part"], b["side"] and Side(b["side"]), Span(*b["span"])) for b in form)
