"""How much of a service is asked for, and how it is given, as JSON and back."""

from collections.abc import Iterable
from typing import Any

from kg.model import Code, CodeSystem, Frequency, Quantity, Refills, Span, TimeSpan, TimeUnit, Unit

Json = dict[str, Any]


def quantity(of: Quantity) -> Json:
    """A quantity as JSON; a whole number is printed as one."""
    return {**_ends(of), "unit": of.unit.value, "span": _span(of.span)}


def frequency(of: Frequency) -> Json:
    """A frequency as JSON."""
    return {
        "min": number(of.minimum),
        "max": number(of.maximum),
        "period_min": number(of.period_minimum),
        "period_max": number(of.period_maximum),
        "period_unit": of.period_unit.value,
        "span": _span(of.span),
    }


def time(of: TimeSpan) -> Json:
    """A duration or a supply as JSON."""
    return {**_ends(of), "unit": of.unit.value, "span": _span(of.span)}


def refills(of: Refills) -> Json:
    """A number of refills as JSON."""
    return {**_ends(of), "span": _span(of.span)}


def codes(of: Iterable[Code]) -> list[Json]:
    """Printed codes as JSON."""
    return [{"system": c.system.value, "code": c.code, "span": _span(c.span)} for c in of]


def _ends(of: Quantity | TimeSpan | Refills) -> Json:
    return {"min": number(of.minimum), "max": number(of.maximum)}


def number(value: float) -> float:
    """A number as JSON: an integer where it is a whole one."""
    return int(value) if value == int(value) else value


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def read_quantity(form: Json) -> Quantity:
    """The quantity that :func:`quantity` wrote."""
    return Quantity(float(form["min"]), float(form["max"]), Unit(form["unit"]), Span(*form["span"]))


def read_frequency(form: Json) -> Frequency:
    """The frequency that :func:`frequency` wrote."""
    return Frequency(
        float(form["min"]),
        float(form["max"]),
        float(form["period_min"]),
        float(form["period_max"]),
        TimeUnit(form["period_unit"]),
        Span(*form["span"]),
    )


def read_time(form: Json) -> TimeSpan:
    """The duration or supply that :func:`time` wrote."""
    return TimeSpan(float(form["min"]), float(form["max"]), TimeUnit(form["unit"]), Span(*form["span"]))


def read_refills(form: Json) -> Refills:
    """The number of refills that :func:`refills` wrote."""
    return Refills(float(form["min"]), float(form["max"]), Span(*form["span"]))


def read_codes(form: Iterable[Json]) -> tuple[Code, ...]:
    """The codes that :func:`codes` wrote."""
    return tuple(Code(CodeSystem(c["system"]), c["code"], Span(*c["span"])) for c in form)
