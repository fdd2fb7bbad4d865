"""The clinical situation that a summary tells: conditions, injured parts, and earlier treatment."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from kg.model import BodyPart, Condition, History, Response, Span, Treatment
from kg.reading.requests import services
from kg.reading.requests.bodyparts import body_parts
from kg.reading.requests.conditions import conditions
from kg.reading.text.moved import kept, moved_body_part, moved_condition, moved_treatment
from kg.reading.vocabulary.phrases import Found, Phrases, Words, concepts, words

_LONGEST = 20_000
"""No summary is as long; what comes after so many characters is not read for the history."""
_END, _END_WIDTH = re.compile(r"[.;]\s"), 2
_OPENING = frozenset({"diagnosed", "complained", "found", "treated"})
_LEADS = _OPENING | {"asked"}
_TAKING_BACK = frozenset({"not", "slight"})
_NEAR = 4
"""Words between a negation and the improvement that it takes back."""


@cache
def cues() -> Phrases[str]:
    """The phrases that open a clause or tell a response, each with the notation of its concept.

    Raises:
        CatalogueError: the catalogue is faulty.
    """
    return Phrases(
        (label, concept.notation) for concept in concepts("cues.ttl").values() for label in concept.labels
    )


class _Clause(NamedTuple):
    """What the words say that a cue opens, up to the first negation; the spans point into their sentence."""

    kind: str
    conditions: tuple[Condition, ...] = ()
    body_parts: tuple[BodyPart, ...] = ()
    treatments: tuple[Treatment, ...] = ()


def read_history(text: str, span: Span) -> History:
    """Read conditions, injured parts and earlier treatment in the summary ``text[span.start:span.end]``.

    >>> told = "Diagnoses include neck sprain. She underwent acupuncture without relief. "
    >>> history = read_history(told, Span(0, len(told)))
    >>> [each.concept for each in history.conditions], history.body_parts[0].part
    (['sprain'], 'neck')
    >>> history.treatments[0].subcategory, history.treatments[0].response.value
    ('Acupuncture', 'not-helped')
    """
    named: dict[str, Condition] = {}
    parts: dict[str, list[tuple[BodyPart, int]]] = {"diagnosed": [], "complained": []}
    treated: dict[tuple[str | None, ...], Treatment] = {}
    for at, clause in _all_clauses(text, span.start, min(span.end, span.start + _LONGEST)):
        for treatment in clause.treatments:
            key = (treatment.category, treatment.subcategory, treatment.drug_class)
            if key not in treated or (treated[key].response is None and treatment.response):
                treated[key] = moved_treatment(treatment, at)
        for condition in clause.conditions:
            if condition.concept not in named:
                named[condition.concept] = moved_condition(condition, at)
        if clause.body_parts:
            parts[clause.kind] += [(part, at) for part in clause.body_parts]
    injured = {
        (part.part, part.side): (part, at) for part, at in reversed(parts["diagnosed"] or parts["complained"])
    }
    return History(
        tuple(named.values()),
        tuple([moved_body_part(part, at) for part, at in reversed(injured.values())]),
        tuple(treated.values()),
    )


def _all_clauses(text: str, start: int, end: int) -> Iterator[tuple[int, _Clause]]:
    """The clauses of each sentence, with the place where it begins."""
    for sentence in _END.split(text[start:end]):
        for clause in _clauses(sentence):
            yield start, clause
        start += len(sentence) + _END_WIDTH


# Summaries repeat the sentences of a report; of most, no cue opens a clause.
@kept(1 << 14)
def _clauses(sentence: str) -> tuple[_Clause, ...]:
    said = words(sentence)
    found = cues().find(said.folded)
    if all(cue.meaning not in _OPENING for cue in found):
        return ()
    clauses = []
    for position, cue in enumerate(found):
        if cue.meaning not in _OPENING:
            continue
        within = list(takewhile(lambda other: other.meaning not in _LEADS, found[position + 1 :]))
        following = found[position + 1 + len(within) :]
        after = following[0].first if following else len(said.folded)
        last = next((other.first for other in within if other.meaning == "not"), after)
        clauses.append(_clause(cue.meaning, said.part(cue.after, last), _response(within)))
    return tuple(clauses)


def _clause(kind: str, said: Words, response: Response | None) -> _Clause:
    """What ``said`` tells after a cue of a kind; ``response`` is what a treatment brought."""
    if kind == "treated":
        return _Clause(kind, treatments=tuple(_treatments(said, response)))
    return _Clause(kind, conditions(said), () if kind == "found" else body_parts(said))


def _response(within: Sequence[Found[str]]) -> Response | None:
    """What the treatment of a clause brought; an improvement that is taken back is none."""
    before: Found[str] | None = None
    for each in within:
        if each.meaning == "failed":
            return Response.NOT_HELPED
        if each.meaning == "improved":
            taken_back = (
                before is not None and before.meaning in _TAKING_BACK and each.first - before.after < _NEAR
            )
            return Response.NOT_HELPED if taken_back else Response.HELPED
        before = each
    return None


def _treatments(said: Words, response: Response | None) -> Iterator[Treatment]:
    for found in services.catalogue()[0].find(said.folded):
        term = found.meaning
        if term.service is not None and term.precedence >= services.SPECIFIC:
            drug_class = term.drug_class.preferred if term.drug_class else None
            yield Treatment(*term.service, drug_class, response, said.span(found.first, found.after))
