"""Determination -> N-Triples text.

The text is written with f-strings, because building term objects costs an order of magnitude
more. Every subject lies under the case IRI; guidelines, pages, drugs and the like are only
pointed at. Flags (``retrospective``, ``outsideMtus``, ...) are stated only where true.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

import rdflib.namespace

from kg.errors import IriError
from kg.graph import iri, vocab
from kg.graph.concept_notations import UNPAGED, edition_notation, guideline_notation, service_notation
from kg.model import (
    Allowed,
    Citation,
    CodeSystem,
    Decision,
    Determination,
    DisputedItem,
    DocumentKind,
    Drug,
    Ground,
    GuidelineField,
    Mention,
    Party,
    Problem,
    Quantity,
    Reviewer,
    Side,
    Span,
    Specialty,
)


class _Written:
    """The terms of a vocabulary as N-Triples writes them; rdflib's own take twice the time to format."""

    def __init__(self, vocabulary: type) -> None:
        self._vocabulary = vocabulary

    def __getattr__(self, name: str) -> str:
        text = f"<{getattr(self._vocabulary, name)}>"
        setattr(self, name, text)  # from now on this method is not asked
        return text


IMR, OA = _Written(vocab.IMR), _Written(vocab.OA)
RDF, XSD = _Written(rdflib.namespace.RDF), _Written(rdflib.namespace.XSD)
_TRUE = f'"true"^^{XSD.boolean}'

_NEEDS_ESCAPE = re.compile('[\x00-\x1f"\\\\\x7f\ud800-\udfff]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_SIDED = {
    None: IMR.bodyPart,
    Side.LEFT: IMR.leftBodyPart,
    Side.RIGHT: IMR.rightBodyPart,
    Side.BILATERAL: IMR.bilateralBodyPart,
}
_CITED = {
    Party.CLAIMS_ADMINISTRATOR: (IMR.claimsAdministratorBasis, IMR.claimsAdministratorCitation),
    Party.REVIEWER: (IMR.reviewerBasis, IMR.reviewerCitation),
}
_CODES = {
    CodeSystem.CPT: IMR.procedureCode,
    CodeSystem.HCPCS: IMR.procedureCode,
    CodeSystem.ICD_9: IMR.diagnosisCode,
    CodeSystem.ICD_10: IMR.diagnosisCode,
    CodeSystem.NDC: IMR.packageCode,
}
_DATES = (
    ("date_assigned", IMR.dateAssigned),
    ("date_of_injury", IMR.dateOfInjury),
    ("decision_date", IMR.decisionDate),
    ("ur_denial_date", IMR.urDenialDate),
    ("application_received", IMR.applicationReceived),
)


def n_triples(determination: Determination, run: str | None = None) -> str:
    """The triples of one determination as N-Triples text, one a line; parameters as :func:`statements`.

    Raises:
        IriError: the determination has no case number.
    """
    return text(statements(determination, run))


def text(statements: list[str]) -> str:
    """N-Triples text of statements.

    >>> text(["<a> <b> <c>", "<a> <b> <d>"]).splitlines()
    ['<a> <b> <c> .', '<a> <b> <d> .']
    """
    return " .\n".join(statements) + " .\n" if statements else ""


def statements(determination: Determination, run: str | None = None) -> list[str]:
    """The triples of one determination, each without the full stop at its end; some may be there twice.

    ``run`` is the version of the reader, which the determination is then said to be read by.

    Raises:
        IriError: the determination has no case number.
    """
    if determination.case_number is None:
        raise IriError("a determination without a case number has no IRI")
    case = iri.case(determination.case_number)
    lines = list(_determination(case, determination, run))
    for position, decision in enumerate(determination.decisions, 1):
        lines += _decision(f"{case}/item/{position}", position, decision)
        lines.append(f"<{case}> {IMR.disputedItem} <{case}/item/{position}>")
    return lines


def escaped(text: str) -> str:
    r"""The text between the quotes of an N-Triples literal.

    Half of a surrogate pair, which no file in UTF-8 can hold, becomes U+FFFD.

    >>> escaped('5" brace\n')
    '5\\" brace\\n'
    """
    return _NEEDS_ESCAPE.sub(_escape, text) if _NEEDS_ESCAPE.search(text) else text


def _escape(found: re.Match[str]) -> str:
    if (character := found[0]) >= "\ud800":
        return "\ufffd"
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


@lru_cache(maxsize=4096)
def _concept(scheme: str, notation: str) -> str:
    return f"<{iri.concept(scheme, notation)}>"


@lru_cache(maxsize=4096)
def _date(day: date) -> str:
    return f'"{day.isoformat()}"^^{XSD.date}'


@lru_cache(maxsize=1024)
def _decimal(number: float) -> str:
    return f'"{Decimal(repr(number)).normalize():f}"^^{XSD.decimal}'


@lru_cache(maxsize=16384)
def _page(edition: str, number: int) -> str:
    return f"<{iri.page(edition, number)}>"


def _determination(case: str, determination: Determination, run: str | None) -> Iterator[str]:
    subject = f"<{case}>"
    yield f"{subject} {RDF.type} {IMR.Determination}"
    yield f'{subject} {IMR.caseNumber} "{escaped(determination.case_number or "")}"'
    if determination.kind is not DocumentKind.DETERMINATION:
        yield f"{subject} {IMR.documentKind} {_concept('document-kind', determination.kind)}"
    if determination.scanned:
        yield f"{subject} {IMR.scanned} {_TRUE}"
    yield f"{subject} {IMR.template} {_concept('template', determination.template)}"
    for name, predicate in _DATES:
        if (day := getattr(determination, name)) is not None:
            yield f"{subject} {predicate} {_date(day)}"
    if determination.priority is not None:
        yield f"{subject} {IMR.priority} {_concept('priority', determination.priority)}"
    if (age := determination.patient.age) is not None:
        yield f'{subject} {IMR.workerAge} "{age}"^^{XSD.integer}'
    if (sex := determination.patient.sex) is not None:
        yield f"{subject} {IMR.workerSex} {_concept('sex', sex)}"
    if run is not None:
        yield f"{subject} {IMR.readBy} <{iri.run(run)}>"
    for number, problem in enumerate(determination.problems, 1):
        yield f"{subject} {IMR.problem} <{case}/problem/{number}>"
        yield from _problem(f"<{case}/problem/{number}>", problem)
    yield f"{subject} {IMR.review} <{case}/review>"
    yield f"<{case}/review> {RDF.type} {IMR.Review}"
    yield f"<{case}/review> {IMR.reviewer} <{case}/reviewer>"
    yield from _reviewer(f"<{case}/reviewer>", determination.reviewer)


def _reviewer(subject: str, reviewer: Reviewer) -> Iterator[str]:
    yield f"{subject} {RDF.type} {IMR.Reviewer}"
    for specialty in reviewer.specialties:
        yield f"{subject} {_specialty(specialty, IMR.specialty, IMR.specialtyName)}"
    for specialty in reviewer.subspecialties:
        yield f"{subject} {_specialty(specialty, IMR.subspecialty, IMR.subspecialtyName)}"
    for state in reviewer.licensed_in:
        yield f'{subject} {IMR.licensedIn} "{escaped(state)}"'


def _specialty(specialty: Specialty, resolved: str, printed: str) -> str:
    if specialty.concept is not None:
        return f"{resolved} {_concept('specialty', specialty.concept)}"
    return f'{printed} "{escaped(specialty.name)}"'


def _decision(path: str, position: int, decision: Decision) -> Iterator[str]:
    subject = f"<{path}>"
    yield f"{subject} {RDF.type} {IMR.DisputedItem}"
    yield f'{subject} {IMR.position} "{position}"^^{XSD.integer}'
    if decision.outcome is not None:
        yield f"{subject} {IMR.outcome} {_concept('outcome', decision.outcome)}"
    yield from _span(subject, decision.item.span)
    yield from _item(subject, decision.item)
    yield from _field(path, Party.CLAIMS_ADMINISTRATOR, decision.claims_administrator)
    yield from _field(path, Party.REVIEWER, decision.reviewer)
    if decision.rationale is not None:
        yield f"{subject} {IMR.rationale} <{path}/rationale>"
        yield f"<{path}/rationale> {RDF.type} {IMR.Rationale}"
        yield from _span(f"<{path}/rationale>", decision.rationale.span)
        if (allowed := decision.allowed) is not None:
            yield from _allowed(subject, allowed)
        for number, mention in enumerate(decision.rationale.mentions, 1):
            yield f"{subject} {IMR.mention} <{path}/rationale/mention/{number}>"
            yield from _mention(f"<{path}/rationale/mention/{number}>", mention)
        for number, ground in enumerate(decision.rationale.grounds, 1):
            yield f"{subject} {IMR.ground} <{path}/ground/{number}>"
            yield from _ground(f"<{path}/ground/{number}>", ground)


def _span(subject: str, span: Span) -> Iterator[str]:
    yield f'{subject} {OA.start} "{span.start}"^^{XSD.integer}'
    yield f'{subject} {OA.end} "{span.end}"^^{XSD.integer}'


def _mention(subject: str, mention: Mention) -> Iterator[str]:
    yield f"{subject} {RDF.type} {IMR.Mention}"
    if mention.guideline is not None:
        chapter = f"/{mention.chapter}" if mention.chapter is not None else ""
        yield f"{subject} {IMR.mentionsGuideline} {_concept('guideline', f'{mention.guideline}{chapter}')}"
    yield f'{subject} {OA.exact} "{escaped(mention.text)}"'
    yield from _span(subject, mention.span)


def _problem(subject: str, problem: Problem) -> Iterator[str]:
    yield f"{subject} {RDF.type} {IMR.Problem}"
    yield f'{subject} {IMR.problemKind} "{problem.kind}"'
    yield f'{subject} {IMR.problemMessage} "{escaped(problem.message)}"'
    yield from _span(subject, problem.span)


def _ground(subject: str, ground: Ground) -> Iterator[str]:
    yield f"{subject} {RDF.type} {IMR.Ground}"
    yield f"{subject} {IMR.groundClass} {_concept('ground', ground.ground)}"
    yield f'{subject} {IMR.met} "{str(ground.met).lower()}"^^{XSD.boolean}'
    yield f'{subject} {OA.exact} "{escaped(ground.quote)}"'
    yield from _span(subject, ground.span)


def _item(subject: str, item: DisputedItem) -> Iterator[str]:
    yield f'{subject} {IMR.itemText} "{escaped(item.text)}"'
    if item.in_dispute != item.text:
        yield f'{subject} {IMR.inDispute} "{escaped(item.in_dispute)}"'
    if item.original_request is not None:
        yield f'{subject} {IMR.originalRequest} "{escaped(item.original_request)}"'
    if item.authorized is not None:
        yield f'{subject} {IMR.authorized} "{escaped(item.authorized)}"'
    if item.service is not None:
        yield f"{subject} {IMR.service} {_concept('service', service_notation(item.service))}"
    if item.drug is not None:
        yield from _drug(subject, item.drug)
    for part in item.body_parts:
        yield f"{subject} {_SIDED[part.side]} {_concept('body-part', iri.slug(part.part))}"
    if item.quantity is not None:
        yield from _quantity(subject, item.quantity)
    yield from _schedule(subject, item)
    for code in item.codes:
        yield f'{subject} {_CODES[code.system]} "{escaped(code.code)}"'
    if item.retrospective:
        yield f"{subject} {IMR.retrospective} {_TRUE}"
    if item.associated_surgical_service:
        yield f"{subject} {IMR.associatedSurgicalService} {_TRUE}"


def _drug(subject: str, drug: Drug) -> Iterator[str]:
    for ingredient in drug.ingredients:
        yield f"{subject} {IMR.drug} {_concept('drug', iri.slug(ingredient))}"
    if drug.drug_class is not None:
        yield f"{subject} {IMR.drugClass} {_concept('drug', iri.slug(drug.drug_class))}"


def _allowed(subject: str, allowed: Allowed) -> Iterator[str]:
    yield f"{subject} {IMR.recommendedMinimum} {_decimal(allowed.minimum)}"
    yield f"{subject} {IMR.recommendedMaximum} {_decimal(allowed.maximum)}"
    if allowed.exceeded is not None:
        yield f'{subject} {IMR.exceedsRecommended} "{str(allowed.exceeded).lower()}"^^{XSD.boolean}'


def _quantity(subject: str, quantity: Quantity) -> Iterator[str]:
    yield f"{subject} {IMR.quantityMinimum} {_decimal(quantity.minimum)}"
    yield f"{subject} {IMR.quantityMaximum} {_decimal(quantity.maximum)}"
    yield f"{subject} {IMR.quantityUnit} {_concept('unit', quantity.unit)}"


def _schedule(subject: str, item: DisputedItem) -> Iterator[str]:
    if (often := item.frequency) is not None:
        yield f"{subject} {IMR.timesMinimum} {_decimal(often.minimum)}"
        yield f"{subject} {IMR.timesMaximum} {_decimal(often.maximum)}"
        yield f"{subject} {IMR.periodMinimum} {_decimal(often.period_minimum)}"
        yield f"{subject} {IMR.periodMaximum} {_decimal(often.period_maximum)}"
        yield f"{subject} {IMR.periodUnit} {_concept('unit', often.period_unit)}"
    if (lasts := item.duration) is not None:
        yield f"{subject} {IMR.durationMinimum} {_decimal(lasts.minimum)}"
        yield f"{subject} {IMR.durationMaximum} {_decimal(lasts.maximum)}"
        yield f"{subject} {IMR.durationUnit} {_concept('unit', lasts.unit)}"
    if (refills := item.refills) is not None:
        yield f"{subject} {IMR.refillsMinimum} {_decimal(refills.minimum)}"
        yield f"{subject} {IMR.refillsMaximum} {_decimal(refills.maximum)}"
    if (supply := item.supply) is not None:
        yield f"{subject} {IMR.supplyMinimum} {_decimal(supply.minimum)}"
        yield f"{subject} {IMR.supplyMaximum} {_decimal(supply.maximum)}"
        yield f"{subject} {IMR.supplyUnit} {_concept('unit', supply.unit)}"


def _field(path: str, party: Party, field: GuidelineField) -> Iterator[str]:
    basis, cited = _CITED[party]
    if field.basis is not None:
        yield f"<{path}> {basis} {_concept('basis', iri.slug(field.basis))}"
    for number, citation in enumerate(field.citations, 1):
        subject = f"<{path}/{iri.PARTY_PATH[party]}/citation/{number}>"
        yield f"<{path}> {cited} {subject}"
        yield from _citation(subject, citation)


def _citation(subject: str, citation: Citation) -> Iterator[str]:
    yield f"{subject} {RDF.type} {IMR.Citation}"
    yield f"{subject} {IMR.citesGuideline} {_concept('guideline', guideline_notation(citation))}"
    yield from _span(subject, citation.span)
    if not citation.mtus:
        yield f"{subject} {IMR.outsideMtus} {_TRUE}"
    if citation.edition is None and citation.inferred_edition is not None:
        yield f"{subject} {IMR.editionInferred} {_TRUE}"
    if citation.title is not None:
        yield f'{subject} {IMR.citedTitle} "{escaped(citation.title)}"'
    for section in citation.sections:
        if section.concept is not None:
            yield f"{subject} {IMR.citesSection} {_concept('guideline', section.concept)}"
        else:
            yield f'{subject} {IMR.sectionTitle} "{escaped(section.title)}"'
    yield from _pages(subject, citation)


def _pages(subject: str, citation: Citation) -> Iterator[str]:
    edition = edition_notation(citation)
    for pages in citation.pages:
        if citation.guideline in UNPAGED or not (each := pages.each()):
            printed = str(pages.first) if pages.first == pages.last else f"{pages.first}-{pages.last}"
            yield f'{subject} {IMR.printedPages} "{printed}"'
        else:
            for number in each:
                yield f"{subject} {IMR.citesPage} {_page(edition, number)}"
    if any(pages.inferred for pages in citation.pages):
        yield f"{subject} {IMR.pagesInferred} {_TRUE}"
