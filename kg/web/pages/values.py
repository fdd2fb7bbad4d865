"""What the pages show of a determination and of figures: values made ready for the templates."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from kg.analysis import labels
from kg.evidence import Kind, how_long, often
from kg.explore.neighbours import case_node
from kg.explore.topic import OUTSIDE
from kg.graph import iri
from kg.graph.concept_notations import UNPAGED, edition_notation, guideline_notation, service_notation
from kg.model import Citation, Decision, Determination, DisputedItem, DocumentKind, Party

LEGEND = [(kind.value.replace(" ", "-"), kind.value) for kind in Kind if kind is not Kind.RATIONALE]
PARTIES = {Party.CLAIMS_ADMINISTRATOR: "Claims administrator", Party.REVIEWER: "Reviewer"}
_BASIS = {
    None: "The letter does not have this field.",
    "none_cited": "According to the letter, no evidence was cited.",
}
_PERCENT = re.compile(r"(?<=\d)%")
_DATES = (
    ("date_of_injury", "injured"),
    ("ur_denial_date", "denied"),
    ("application_received", "applied"),
    ("date_assigned", "assigned"),
    ("decision_date", "decided"),
)


class Place(NamedTuple):
    """A section or page as it is linked; ``notation`` is ``None`` where it has no node."""

    title: str
    notation: str | None

    @property
    def number(self) -> str:
        """The title of a page."""
        return self.title


def header(determination: Determination) -> list[tuple[str, str]]:
    """The letter's facts: names and values, those that it says."""
    d = determination
    found = [] if d.kind is DocumentKind.DETERMINATION else [("document", d.kind.value.replace("-", " "))]
    found += [("text", "recognized from a scan")] if d.scanned else []
    found += [(words, day.isoformat()) for name, words in _DATES if (day := getattr(d, name))]
    if d.priority:
        found.append(("priority", d.priority.value))
    patient = [str(value) for value in (d.patient.age, d.patient.sex and d.patient.sex.value) if value]
    if patient:
        found.append(("patient", ", ".join(patient)))
    names = [specialty.name for specialty in (*d.reviewer.specialties, *d.reviewer.subspecialties)]
    if names:
        found.append(("reviewer", ", ".join(names)))
    if d.reviewer.licensed_in:
        found.append(("licensed in", ", ".join(d.reviewer.licensed_in)))
    return found


def decision(case: str, position: int, one: Decision) -> dict[str, Any]:
    """A decision as its card shows it."""
    item, node = one.item, f"item/{position}"
    facts: list[tuple[str, str, str | None]] = []
    if item.service:
        name = " / ".join(filter(None, (item.service.category, item.service.subcategory)))
        facts.append(("service", name, f"service/{service_notation(item.service)}"))
    facts += [
        (
            "body part",
            f"{part.side.value} {part.part}" if part.side else part.part,
            f"body-part/{iri.slug(part.part)}",
        )
        for part in item.body_parts
    ]
    if item.drug:
        facts.append(("drug", "/".join(item.drug.ingredients), f"drug/{iri.slug(item.drug.ingredients[0])}"))
    if item.quantity:
        low, high = item.quantity.minimum, item.quantity.maximum
        amount = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        unit = item.quantity.unit.value.removesuffix("-only")
        facts.append(("quantity", f"{amount} {unit}{'' if amount == '1' else 's'}", None))
    facts += _schedule(item)
    if item.original_request:
        facts.append(("originally", item.original_request, None))
    if item.authorized:
        facts.append(("authorized", item.authorized, None))
    facts += [
        (words, "yes", None)
        for words, flag in (
            ("retrospective", item.retrospective),
            ("with a surgery", item.associated_surgical_service),
        )
        if flag
    ]
    return {
        "position": position,
        "outcome": one.outcome and one.outcome.value,
        "text": item.in_dispute,
        "node": f"{case_node(case)}/{node}",
        "facts": facts,
        "grounds": [(ground, f"{node}/ground/{n}") for n, ground in enumerate(one.grounds, 1)],
        "sides": [_side(one, party, f"{node}/{party.value.replace('_', '-')}") for party in PARTIES],
        "rationale": one.rationale is not None,
    }


def _schedule(item: DisputedItem) -> list[tuple[str, str, str | None]]:
    """How the item is given, and its printed codes, as facts of its card."""
    facts: list[tuple[str, str, str | None]] = []
    if item.frequency:
        facts.append(("frequency", often(item.frequency), None))
    if item.duration:
        facts.append(("duration", how_long(item.duration), None))
    if item.refills:
        low, high = item.refills.minimum, item.refills.maximum
        facts.append(("refills", f"{low:g}" if low == high else f"{low:g} to {high:g}", None))
    if item.supply:
        facts.append(("supply", how_long(item.supply), None))
    facts += [("code", f"{code.system.value.upper()} {code.code}", None) for code in item.codes]
    return facts


def _side(one: Decision, party: Party, node: str) -> dict[str, Any]:
    field = one.cited_by(party)
    return {
        "party": party.value,
        "words": PARTIES[party],
        "nothing": _BASIS.get(field.basis and field.basis.value, "No citation could be read."),
        "citations": [citation(c, f"{node}/citation/{n}") for n, c in enumerate(field.citations, 1)],
    }


def citation(cited: Citation, node: str) -> dict[str, Any]:
    """A citation with the notations that it links to."""
    notation, edition = guideline_notation(cited), edition_notation(cited)
    pages = sorted({page for pages in cited.pages for page in pages.each()})
    misprinted = [f"{pages.first}-{pages.last}" for pages in cited.pages if not pages.each()]
    paged = cited.guideline not in UNPAGED
    name = labels.concepts().get(f"guideline/{notation}")
    return {
        "node": node,
        "notation": notation,
        "label": labels.label(f"guideline/{notation}") if name else (cited.chapter or cited.guideline),
        "title": cited.title,
        "sections": [Place(section.title, section.concept) for section in cited.sections],
        "pages": [
            *(Place(str(page), f"{edition}/page/{page}" if paged else None) for page in pages),
            *(Place(printed, None) for printed in misprinted),
        ],
    }


def counted(value: int, what: str = "item") -> str:
    """A count with its word.

    >>> counted(1), counted(2345), counted(3, "letter")
    ('1 item', '2,345 items', '3 letters')
    """
    return f"{number(value)} {what}{'' if value == 1 else 's'}"


def ratio(value: float) -> str:
    """An odds ratio, no finer than it can be known.

    >>> ratio(0.4512), ratio(34.99), ratio(7124.7), ratio(0.0021)
    ('0.45', '35', '> 999', '< 0.01')
    """
    if value >= 999.5:
        return "> 999"
    if 0 < value < 0.005:
        return "< 0.01"
    return f"{value:.0f}" if value >= 20 else f"{value:.2f}"


def spaced(words: str) -> str:
    """Words with percentages as pages print them, a blank before the sign.

    >>> spaced("12.8% (11.2% to 14.6%)").split(chr(160))
    ['12.8', '% (11.2', '% to 14.6', '%)']
    """
    return _PERCENT.sub("\xa0%", words)


def number(value: int) -> str:
    """A count as a person reads it.

    >>> number(12345)
    '12,345'
    """
    return f"{value:,}"


class ListedItem(NamedTuple):
    """An item of a list: what is in dispute, and the node of its place in the letter."""

    text: str
    node: str


def listed_item(
    determination: Determination,
    position: int,
    text: str,
    places: Sequence[tuple[str, str]],
    grounds: Sequence[str] = (),
    counted: str = "place",
) -> ListedItem:
    """An item cut to what is in dispute, with what was counted in it.

    That is the first citation, by its party, of the last of the ``places`` that is cited; or the first of
    the ``grounds`` that the reviewer states, before it where a ground is ``counted``.
    """
    node = f"item/{position}"
    if not 0 < position <= len(determination.decisions):
        return ListedItem(text, node)
    one = determination.decisions[position - 1]
    found = [_cited_at(one, places), _stated_at(one, grounds)]
    at = next(filter(None, found if counted == "place" else reversed(found)), "")
    return ListedItem(one.item.in_dispute, node + at)


def _cited_at(one: Decision, places: Sequence[tuple[str, str]]) -> str:
    for place, party in reversed(places):
        for side in (Party.REVIEWER, Party.CLAIMS_ADMINISTRATOR):
            if party not in {"any", "both", side.value}:
                continue
            for number, cited in enumerate(one.cited_by(side).citations, 1):
                if cites(cited, place):
                    return f"/{side.value.replace('_', '-')}/citation/{number}"
    return ""


def _stated_at(one: Decision, grounds: Sequence[str]) -> str:
    for number, ground in enumerate(one.grounds, 1):
        if {ground.ground, f"{ground.ground}:{'met' if ground.met else 'not-met'}"} & {*grounds}:
            return f"/ground/{number}"
    return ""


def cites(cited: Citation, place: str) -> bool:
    """Whether a citation is of a guideline, edition, chapter, section or page, or of something in it."""
    if place == OUTSIDE:
        return not cited.mtus
    edition = edition_notation(cited)
    found = [edition, guideline_notation(cited)]
    found += [f"{edition}/page/{page}" for pages in cited.pages for page in pages.each()]
    found += [section.concept or f"{edition}#{iri.slug(section.title)}" for section in cited.sections]
    printed = place.partition("#")[2]
    return any(one == place or one.startswith(f"{place}/") for one in found) or (
        bool(printed) and printed in {iri.slug(section.title) for section in cited.sections}
    )
