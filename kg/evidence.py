"""Where in a letter each thing that was read stands, and the sentence behind it."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from kg.errors import UnknownError
from kg.model import (
    Citation,
    Condition,
    Decision,
    Determination,
    DisputedItem,
    Frequency,
    GuidelineField,
    History,
    PageRange,
    Party,
    Reviewer,
    Span,
    TimeSpan,
)


class Kind(StrEnum):
    """What a marked piece of text is."""

    HEADER = "header"
    PATIENT = "patient"
    REVIEWER = "reviewer"
    ITEM = "item"
    SERVICE = "service"
    BODY_PART = "body part"
    QUANTITY = "quantity"
    FREQUENCY = "frequency"
    DURATION = "duration"
    REFILLS = "refills"
    SUPPLY = "supply"
    CODE = "code"
    DRUG = "drug"
    CONDITION = "condition"
    TREATMENT = "earlier treatment"
    OUTCOME = "outcome"
    CITATION = "citation"
    SECTION = "section"
    PAGES = "pages"
    RATIONALE = "rationale"
    RECOMMENDED = "recommended"
    MENTION = "mention"
    GROUND_MET = "ground met"
    GROUND_NOT_MET = "ground not met"
    PROBLEM = "problem"


class Mark(NamedTuple):
    """A piece of the letter, what was read from it, and the node that says so.

    ``node`` is the path under the case's IRI (``item/1/reviewer/citation/2``) and further down to the
    value (``item/1/quantity``), or the path of a header or patient value (``patient.age``).
    """

    span: Span
    kind: Kind
    node: str
    value: str


def marks(determination: Determination) -> list[Mark]:
    """All that was read, in the order of the letter; what holds another thing comes before it."""
    found = [*_header(determination), *_reviewer(determination.reviewer)]
    for number, decision in enumerate(determination.decisions, 1):
        found += _decision(decision, f"item/{number}")
    found += _history(determination.history)
    found += (
        Mark(p.span, Kind.PROBLEM, f"problem/{n}", f"{p.kind.value}: {p.message}")
        for n, p in enumerate(determination.problems, 1)
    )
    return sorted(found, key=lambda mark: (mark.span.start, -mark.span.end))


def _header(determination: Determination) -> Iterator[Mark]:
    for path, span in determination.spans.items():
        value: object = determination
        for name in path.split("."):
            value = getattr(value, name, None)
        kind = {"patient": Kind.PATIENT, "reviewer": Kind.REVIEWER}.get(path.split(".")[0], Kind.HEADER)
        yield Mark(span, kind, path, _plain(value))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return str(getattr(value, "name", value)) if not isinstance(value, StrEnum) else value.value


def _reviewer(reviewer: Reviewer) -> Iterator[Mark]:
    for path, found in (("specialties", reviewer.specialties), ("subspecialties", reviewer.subspecialties)):
        for n, specialty in enumerate(found, 1):
            yield Mark(specialty.span, Kind.REVIEWER, f"reviewer/{path}/{n}", specialty.name)


def _decision(decision: Decision, node: str) -> Iterator[Mark]:
    yield from _item(decision.item, node)
    yield Mark(decision.outcome_span, Kind.OUTCOME, f"{node}/outcome", decision.outcome or "")
    for party in Party:
        yield from _field(decision.cited_by(party), f"{node}/{party.value.replace('_', '-')}")
    if rationale := decision.rationale:
        yield Mark(rationale.span, Kind.RATIONALE, f"{node}/rationale", "")
        for n, amount in enumerate(rationale.recommended, 1):
            says = f"{amount.minimum:g} to {amount.maximum:g} {amount.unit.value}"
            yield Mark(amount.span, Kind.RECOMMENDED, f"{node}/rationale/recommended/{n}", says)
        for n, mention in enumerate(rationale.mentions, 1):
            yield Mark(mention.span, Kind.MENTION, f"{node}/rationale/mention/{n}", mention.text)
    for n, ground in enumerate(decision.grounds, 1):
        kind = Kind.GROUND_MET if ground.met else Kind.GROUND_NOT_MET
        yield Mark(ground.span, kind, f"{node}/ground/{n}", ground.ground)


def _item(item: DisputedItem, node: str) -> Iterator[Mark]:
    yield Mark(item.span, Kind.ITEM, node, item.text)
    if item.in_dispute_span != item.span:
        yield Mark(item.in_dispute_span, Kind.ITEM, f"{node}/in_dispute", item.in_dispute)
    if service := item.service:
        says = f"{service.category} / {service.subcategory}" if service.subcategory else service.category
        yield Mark(service.span, Kind.SERVICE, f"{node}/service", says)
    for n, body in enumerate(item.body_parts, 1):
        says = f"{body.side.value} {body.part}" if body.side else body.part
        yield Mark(body.span, Kind.BODY_PART, f"{node}/body-part/{n}", says)
    if quantity := item.quantity:
        says = f"{quantity.minimum:g} to {quantity.maximum:g} {quantity.unit.value}"
        yield Mark(quantity.span, Kind.QUANTITY, f"{node}/quantity", says)
    yield from _schedule(item, node)
    if drug := item.drug:
        yield Mark(drug.span, Kind.DRUG, f"{node}/drug", "/".join(drug.ingredients))
    yield from _conditions(item.conditions, node)


def _schedule(item: DisputedItem, node: str) -> Iterator[Mark]:
    if item.frequency:
        yield Mark(item.frequency.span, Kind.FREQUENCY, f"{node}/frequency", often(item.frequency))
    if item.duration:
        yield Mark(item.duration.span, Kind.DURATION, f"{node}/duration", how_long(item.duration))
    if item.refills:
        says = _ends(item.refills.minimum, item.refills.maximum)
        yield Mark(item.refills.span, Kind.REFILLS, f"{node}/refills", says)
    if item.supply:
        yield Mark(item.supply.span, Kind.SUPPLY, f"{node}/supply", how_long(item.supply))
    for n, code in enumerate(item.codes, 1):
        yield Mark(code.span, Kind.CODE, f"{node}/code/{n}", f"{code.system.value}:{code.code}")


def often(frequency: Frequency) -> str:
    """A frequency in words.

    >>> from kg.model import TimeUnit
    >>> often(Frequency(2, 3, 1, 1, TimeUnit.WEEK, Span(0, 9)))
    '2 to 3 a week'
    >>> often(Frequency(1, 1, 4, 6, TimeUnit.WEEK, Span(0, 9)))
    '1 in 4 to 6 weeks'
    """
    times, unit = _ends(frequency.minimum, frequency.maximum), frequency.period_unit.value
    if frequency.period_minimum == frequency.period_maximum == 1:
        return f"{times} {'an' if unit == 'hour' else 'a'} {unit}"
    return f"{times} in {_ends(frequency.period_minimum, frequency.period_maximum)} {unit}s"


def how_long(time: TimeSpan) -> str:
    """A duration or a supply in words.

    >>> from kg.model import TimeUnit
    >>> how_long(TimeSpan(1, 1, TimeUnit.YEAR, Span(0, 9)))
    '1 year'
    >>> how_long(TimeSpan(7, 10, TimeUnit.DAY, Span(0, 9)))
    '7 to 10 days'
    """
    plural = "" if time.minimum == time.maximum == 1 else "s"
    return f"{_ends(time.minimum, time.maximum)} {time.unit.value}{plural}"


def _ends(least: float, most: float) -> str:
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"


def _conditions(named: Iterable[Condition], node: str) -> Iterator[Mark]:
    for n, condition in enumerate(named, 1):
        yield Mark(condition.span, Kind.CONDITION, f"{node}/condition/{n}", condition.concept)


def _history(history: History) -> Iterator[Mark]:
    yield from _conditions(history.conditions, "history")
    for n, body in enumerate(history.body_parts, 1):
        says = f"{body.side.value} {body.part}" if body.side else body.part
        yield Mark(body.span, Kind.BODY_PART, f"history/body-part/{n}", says)
    for n, treatment in enumerate(history.treatments, 1):
        kind = treatment.drug_class or treatment.subcategory or treatment.category
        says = f"{kind}, {treatment.response.value}" if treatment.response else kind
        yield Mark(treatment.span, Kind.TREATMENT, f"history/treatment/{n}", says)


def _field(field: GuidelineField, node: str) -> Iterator[Mark]:
    if field.span:
        yield Mark(field.span, Kind.CITATION, node, field.basis.value if field.basis else "")
    for n, citation in enumerate(field.citations, 1):
        yield from _citation(citation, f"{node}/citation/{n}")


def _citation(citation: Citation, node: str) -> Iterator[Mark]:
    yield Mark(citation.span, Kind.CITATION, node, cited(citation))
    for n, section in enumerate(citation.sections, 1):
        yield Mark(section.span, Kind.SECTION, f"{node}/section/{n}", section.concept or section.title)
    for n, pages in enumerate(citation.pages, 1):
        yield Mark(pages.span, Kind.PAGES, f"{node}/pages/{n}", _range(pages))


def _range(pages: PageRange) -> str:
    return f"{pages.first}-{pages.last}" if pages.last != pages.first else f"{pages.first}"


def cited(citation: Citation) -> str:
    """A citation in one line: guideline, edition or chapter, sections and pages.

    >>> cited(Citation(True, "acoem-2004", None, 12, (), (), None, Span(0, 9)))
    'acoem-2004, chapter 12'
    >>> page = PageRange(308, 308, Span(0, 3))
    >>> cited(Citation(True, "acoem-2004", None, None, (), (page,), None, Span(0, 9)))
    'acoem-2004, page 308'
    """
    parts = [citation.title or citation.guideline]
    parts += [str(citation.edition)] if citation.edition else []
    parts += [f"chapter {citation.chapter}"] if citation.chapter is not None else []
    parts += [f"“{section.title}”" for section in citation.sections]
    if citation.pages:
        listed = ", ".join(map(_range, citation.pages))
        parts.append(f"{'page' if listed.isdigit() else 'pages'} {listed}")
    return ", ".join(parts)


def relied_on(field: GuidelineField) -> str | None:
    """What a party cites in one line, or else on what kind of source it relies; ``None`` where no field is.

    >>> from kg.model import Basis
    >>> relied_on(GuidelineField(Basis.NONE_CITED))
    'none cited'
    """
    return "; ".join(map(cited, field.citations)) or (field.basis and field.basis.value.replace("_", " "))


_NAMES = {
    "decisions": "item",
    "claims_administrator": "claims-administrator",
    "citations": "citation",
    "sections": "section",
    "body_parts": "body-part",
    "conditions": "condition",
    "treatments": "treatment",
    "codes": "code",
    "category": "service",
    "subcategory": "service",
}
"""Keys of the JSON form and the part of a node that tells the same."""


def behind(determination: Determination, node: str) -> list[Mark]:
    """The marks at a node and under it.

    ``node`` is a node of :func:`marks`, an IRI that ends in one, or a path of the JSON form with places
    counted from 1 (``decisions.1.quantity``).

    Raises:
        UnknownError: the letter says nothing at that node; the text names the nodes that it has.
    """
    known = marks(determination)
    _, _, under = node.partition(f"/case/{determination.case_number}/")
    wanted = (under or node).strip("/")
    if wanted.startswith("decisions."):
        wanted = "/".join(_NAMES.get(name, name) for name in wanted.split("."))
    exact = [mark for mark in known if mark.node == wanted]
    found = exact or [mark for mark in known if mark.node.startswith((f"{wanted}/", f"{wanted}."))]
    if not found:
        names = ", ".join(dict.fromkeys(mark.node for mark in known))
        raise UnknownError(f"{determination.case_number}: no value at {node!r}; available: {names}")
    return found


# Some letters have an empty line after each printed one: there it ends nothing before a small letter.
_END = re.compile(r"[.!?][)\"”’']{0,2}\s+(?=[A-Z(\"“])|(?:\n[ \t]*\n|\f)\s*(?=[A-Z])")
_REACH = 600


def sentence(text: str, span: Span) -> Span:
    """The sentence or sentences, at most 600 characters more on each side, that hold ``span``.

    >>> letter = "He hurt his knee. The MRI is upheld. No more."
    >>> sentence(letter, Span(22, 25)).of(letter)
    'The MRI is upheld.'
    """
    low, high = max(0, span.start - _REACH), min(len(text), span.end + _REACH)
    start = low
    for end in _END.finditer(text, low, span.start + 1):
        start = end.end() if end.end() <= span.start else start
    after = _END.search(text, max(span.start, span.end - 1), high)
    stop = after.start() + (0 if after[0][0] in "\n\f" else 1) if after else high
    while start < span.start and text[start].isspace():
        start += 1
    return Span(start, max(span.end, stop))
