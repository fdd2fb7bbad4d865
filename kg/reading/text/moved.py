"""Values read from a piece of a letter, as if read where the piece stands in the whole.

Letters repeat the same items, fields and credentials word for word. Each distinct piece is read
once, as a text of its own, and what was read is moved to its place: the values are shared, only
the spans are made anew.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

from msgspec.structs import replace

from kg.model import (
    BodyPart,
    Citation,
    Code,
    Condition,
    DisputedItem,
    Drug,
    Frequency,
    GuidelineField,
    PageRange,
    Problem,
    Quantity,
    Refills,
    Section,
    Service,
    Span,
    Specialty,
    TimeSpan,
    Treatment,
)

P = ParamSpec("P")
R = TypeVar("R")

_FORGET: list[Callable[[], None]] = []


def kept(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a function keep what it gave for the last ``size`` pieces; its arguments must be hashable."""

    def keep(read: Callable[P, R]) -> Callable[P, R]:
        keeping = lru_cache(maxsize=size)(read)
        _FORGET.append(keeping.cache_clear)
        return cast(Callable[P, R], keeping)

    return keep


def forget() -> None:
    """Drop the pieces kept, as a fresh process has none."""
    for drop in _FORGET:
        drop()


def moved_span(span: Span, by: int) -> Span:
    """The span ``by`` characters later."""
    return Span(span.start + by, span.end + by)


def moved_field(field: GuidelineField, by: int) -> GuidelineField:
    """The guideline field with all of its spans moved.

    >>> moved_field(GuidelineField(None, (), Span(0, 5)), 10).span
    Span(start=10, end=15)
    """
    return GuidelineField(
        field.basis,
        tuple([moved_citation(citation, by) for citation in field.citations]),
        field.span and moved_span(field.span, by),
    )


def moved_citation(old: Citation, by: int) -> Citation:
    """The citation with all of its spans moved."""
    return Citation(
        old.mtus,
        old.guideline,
        old.edition,
        old.chapter,
        tuple([Section(s.title, s.concept, moved_span(s.span, by)) for s in old.sections])
        if old.sections
        else (),
        tuple([moved_page(page, by) for page in old.pages]) if old.pages else (),
        old.title,
        moved_span(old.span, by),
        old.inferred_edition,
    )


def moved_page(old: PageRange, by: int) -> PageRange:
    """The pages with their span moved."""
    return PageRange(old.first, old.last, moved_span(old.span, by), old.inferred)


def moved_item(old: DisputedItem, by: int) -> DisputedItem:
    """The disputed item with all of its spans moved."""
    service, quantity, drug = old.service, old.quantity, old.drug
    return DisputedItem(
        old.text,
        moved_span(old.span, by),
        old.in_dispute,
        moved_span(old.in_dispute_span, by),
        old.original_request,
        old.authorized,
        service and Service(service.category, service.subcategory, moved_span(service.span, by)),
        tuple([moved_body_part(part, by) for part in old.body_parts]),
        quantity
        and Quantity(quantity.minimum, quantity.maximum, quantity.unit, moved_span(quantity.span, by)),
        drug and Drug(drug.ingredients, drug.drug_class, moved_span(drug.span, by)),
        old.retrospective,
        old.associated_surgical_service,
        tuple([moved_condition(each, by) for each in old.conditions]) if old.conditions else (),
        old.frequency and _moved(old.frequency, by),
        old.duration and _moved(old.duration, by),
        old.refills and _moved(old.refills, by),
        old.supply and _moved(old.supply, by),
        tuple([_moved(code, by) for code in old.codes]) if old.codes else (),
    )


def moved_body_part(old: BodyPart, by: int) -> BodyPart:
    """The body part with its span moved."""
    return BodyPart(old.part, old.side, moved_span(old.span, by))


def moved_condition(old: Condition, by: int) -> Condition:
    """The condition with its span moved."""
    return Condition(old.concept, moved_span(old.span, by))


def moved_treatment(old: Treatment, by: int) -> Treatment:
    """The earlier treatment with its span moved."""
    return Treatment(old.category, old.subcategory, old.drug_class, old.response, moved_span(old.span, by))


Placed = TypeVar("Placed", Frequency, TimeSpan, Refills, Code)


def _moved(old: Placed, by: int) -> Placed:
    """What few items have, with its span moved."""
    return replace(old, span=moved_span(old.span, by))


def moved_specialty(old: Specialty, by: int) -> Specialty:
    """The specialty with its span moved."""
    return Specialty(old.name, old.concept, moved_span(old.span, by))


def moved_problem(old: Problem, by: int) -> Problem:
    """The problem with its span moved."""
    return Problem(old.kind, moved_span(old.span, by), old.message)
