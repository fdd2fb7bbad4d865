"""Read a disputed item: what is really in dispute, and what it requests."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from lark import Tree

from kg.model import BodyPart, DisputedItem, Problem, ProblemKind, Quantity, Service, Span
from kg.reading.requests import services
from kg.reading.requests.amount_parts import figures, has_amount
from kg.reading.requests.bodyparts import body_parts
from kg.reading.requests.codes import read_codes
from kg.reading.requests.conditions import conditions
from kg.reading.requests.quantities import quantity
from kg.reading.requests.schedules import Schedule, schedule
from kg.reading.requests.shares import own_figures
from kg.reading.requests.supplies import supplies_alone
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme, TypedGrammar, parts
from kg.reading.vocabulary.phrases import Found, Words
from kg.reading.vocabulary.phrases import words as words_of

_OTHER = "Other"
_PHARMACEUTICALS = "Pharmaceuticals"
_OF_THINGS = ("Diagnostic Testing", "DMEPOS", "Injection", "Surgery")
_DENTAL = "Dental Services"
_NUMBERED = re.compile(r"#\s*\d+")
# `2. Acupuncture`: an item's number in a list of them
_LISTED = re.compile(r"\d{1,2}[.)](?=\s+[^\W\d_])")
# Every partly approved item holds this word, few others do.
_SPLIT_MARK = "riginal"
_MILLIGRAMS = re.compile(r"\d\s?(?:mg|mcg)\b", re.IGNORECASE)


class _Portions(NamedTuple):
    """The tokens that hold each portion of a partly approved item."""

    requested: int | None
    authorized: int | None
    remaining: int | None


def _portions(tree: Tree[Any]) -> _Portions:
    at = {name: pos for name, tokens in parts(tree) for kind, pos in tokens if kind == "TEXT"}
    return _Portions(at.get("requested"), at.get("authorized"), at.get("remaining"))


ITEM = TypedGrammar("item.lark", _portions, edge=r"\b")


class _Dispute(NamedTuple):
    """Where the three portions are printed; the one in dispute is the whole item where there is but one."""

    in_dispute: Span
    original: Span | None
    authorized: Span | None


def read_item(text: str, start: int, end: int) -> tuple[DisputedItem, tuple[Problem, ...]]:
    """The disputed item printed in ``text[start:end]``, without its outcome.

    >>> item, _ = read_item("Norco 10/325mg #60: Upheld", 0, 18)
    >>> item.service.subcategory, item.drug.ingredients, item.quantity.minimum
    ('Opioids', ('hydrocodone', 'acetaminophen'), 60.0)

    Raises:
        CatalogueError: ``services.ttl``, ``drugs.ttl`` or ``body-parts.ttl`` is faulty.
    """
    problems: tuple[Problem, ...] = ()
    dispute = _Dispute(Span(start, end), None, None)
    words = words_of(text, start, end)
    named_services = services.catalogue()[0].find(words.folded)
    circumstances = services.circumstances(named_services, words)
    parts_of_body, named = body_parts(words), conditions(words)
    if text.find(_SPLIT_MARK, start, end) >= 0:
        dispute, problems = _disputed(text, start, end)
        words = words_of(text, dispute.in_dispute.start, dispute.in_dispute.end)
        named_services = services.catalogue()[0].find(words.folded)
    first, last = dispute.in_dispute.start, dispute.in_dispute.end
    request, found = _request(text, dispute.in_dispute, words, named_services, parts_of_body)
    if request.service is None:
        message = "no known service is named"
        problems = (*problems, Problem(ProblemKind.UNREAD_TEXT, dispute.in_dispute, message))
    service = request.service or Service(*_unknown(text, first, last), dispute.in_dispute)
    amount, told, doubts = _amounts(text, dispute.in_dispute, found, words, request, service)
    codes, printed = read_codes(text, start, end), tidy(text[start:end])
    item = DisputedItem(
        text=printed,
        span=Span(start, end),
        in_dispute=printed if dispute.original is None else tidy(text[first:last]),
        in_dispute_span=dispute.in_dispute,
        original_request=_printed(text, dispute.original),
        authorized=_printed(text, dispute.authorized),
        service=service,
        body_parts=parts_of_body,
        quantity=amount,
        drug=request.drug,
        retrospective=circumstances[0],
        associated_surgical_service=circumstances[1],
        conditions=named,
        frequency=told.frequency,
        duration=told.duration,
        refills=told.refills,
        supply=told.supply,
        codes=codes.codes,
    )
    return item, (*problems, *doubts, *codes.problems)


def _request(
    text: str,
    span: Span,
    words: Words,
    named: list[Found[services.Term]],
    parts_of_body: Sequence[BodyPart],
) -> tuple[services.Request, Sequence[Found[services.Term]]]:
    """What is requested, by the phrases ``named``; where they are vague, by those of its words respelled."""
    phrases = services.catalogue()[0]
    percent = _in_percent(text, span.start, span.end)
    parts_named = frozenset([each.part for each in parts_of_body])
    found = supplies_alone(named, words)
    request = services.request(found, words, percent=percent, parts=parts_named)
    if request.vague:
        found = supplies_alone(phrases.find(phrases.respelled(words.folded)), words)
        request = services.request(found, words, percent=percent, parts=parts_named)
    return request, found


def _amounts(
    text: str,
    span: Span,
    found: Sequence[Found[services.Term]],
    words: Words,
    request: services.Request,
    service: Service,
) -> tuple[Quantity | None, Schedule, tuple[Problem, ...]]:
    """How much of the service is in dispute, and how it is given."""
    if not has_amount(text, span.start, span.end, words.folded):
        return None, Schedule(), ()
    if service.subcategory == _DENTAL:
        text = _NUMBERED.sub(lambda each: " " * len(each[0]), text)  # Numbers of teeth.
    if (listed := _LISTED.match(text, span.start, span.end)) is not None:
        text = text[: listed.start()] + " " * len(listed[0]) + text[listed.end() :]
    text = _without_numbered_names(text, found, words)
    drug = service.category == _PHARMACEUTICALS
    read, others = own_figures(figures(text, span.start, span.end), text, span, words, request)
    amount, problems = quantity(
        read,
        text,
        span.start,
        visits=request.counts_visits,
        drug=drug,
        things=service.category in _OF_THINGS and not request.counts_visits,
    )
    told = schedule(read, drug=drug)
    return amount, told, (*others, *problems, *told.problems)


def _disputed(text: str, start: int, end: int) -> tuple[_Dispute, tuple[Problem, ...]]:
    """The portions of a partly approved item."""
    portions, tokens = ITEM.read(text, start, end)
    original, authorized, remaining = (_span(text, tokens, at) for at in portions)
    in_dispute = remaining or original
    if in_dispute is None:
        return _Dispute(Span(start, end), None, None), ()
    problems: tuple[Problem, ...] = ()
    if original is None or authorized is None or remaining is None:
        message = "a partly approved item lacks its original request, authorized portion or remaining portion"
        problems = (Problem(ProblemKind.UNREAD_TEXT, Span(start, end), message),)
    return _Dispute(in_dispute, original, authorized), problems


def _span(text: str, tokens: Sequence[Lexeme], at: int | None) -> Span | None:
    if at is None:
        return None
    first, last = tokens[at].start, tokens[at].end
    return Span(first, first + len(text[first:last].rstrip(" \t\r\n\f.,;:")))


def _printed(text: str, span: Span | None) -> str | None:
    return None if span is None else tidy(span.of(text))


def _in_percent(text: str, start: int, end: int) -> bool:
    return text.find("%", start, end) >= 0 or text.find("percent", start, end) >= 0


def _unknown(text: str, start: int, end: int) -> tuple[str, None]:
    """The category of what no catalogue knows: a strength in milligrams is a drug's."""
    return (_PHARMACEUTICALS if _MILLIGRAMS.search(text, start, end) else _OTHER), None


def _without_numbered_names(text: str, found: Sequence[Found[services.Term]], words: Words) -> str:
    """The text with blanks for names that hold a number which counts nothing (``Tylenol #3``)."""
    for each in found:
        if any(word[-1].isdigit() for word in words.folded[each.first : each.after]):
            name = words.span(each.first, each.after)
            text = text[: name.start] + " " * (name.end - name.start) + text[name.end :]
    return text
