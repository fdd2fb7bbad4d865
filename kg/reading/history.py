"""The clinical situation that a summary tells: conditions, injured parts, and earlier treatment."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from kg.model import BodyPart, Condition, History, Response, Span, Treatment
from kg.reading.requests import services
from kg.reading.requests.bodyparts import body_parts
from kg.reading.requests.conditions import conditions
from kg.reading.vocabulary.phrases import Found, Phrases, Words, concepts, words

_LONGEST = 20_000
"""No summary is as long; what comes after so many characters is not read for the history."""
_END = re.compile(r"[.;]\s")
_LEADS = frozenset({"diagnosed", "complained", "found", "treated", "asked"})
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
    """What a cue opens: its kind, its words up to the first negation, what its treatment brought."""

    kind: str
    said: Words
    response: Response | None


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
    diagnosed: list[BodyPart] = []
    complained: list[BodyPart] = []
    treated: dict[tuple[str | None, ...], Treatment] = {}
    for clause in _clauses(text, span.start, min(span.end, span.start + _LONGEST)):
        if clause.kind == "treated":
            for treatment in _treatments(clause):
                key = (treatment.category, treatment.subcategory, treatment.drug_class)
                if key not in treated or (treated[key].response is None and treatment.response):
                    treated[key] = treatment
            continue
        for condition in conditions(clause.said):
            named.setdefault(condition.concept, condition)
        if clause.kind == "diagnosed":
            diagnosed += body_parts(clause.said)
        elif clause.kind == "complained":
            complained += body_parts(clause.said)
    injured = {(part.part, part.side): part for part in reversed(diagnosed or complained)}
    return History(tuple(named.values()), tuple(reversed(injured.values())), tuple(treated.values()))


def _clauses(text: str, start: int, end: int) -> Iterator[_Clause]:
    said = words(text, start, end)
    found = cues().find(said.folded)
    ends = _sentence_ends(text, said, start, end)
    for position, cue in enumerate(found):
        if cue.meaning not in _LEADS or cue.meaning == "asked":
            continue
        after = ends[bisect_left(ends, cue.after)]
        within = []
        for other in found[position + 1 :]:
            if other.first >= after or other.meaning in _LEADS:
                after = min(after, other.first)
                break
            within.append(other)
        last = next((other.first for other in within if other.meaning == "not"), after)
        part = Words(said.folded[cue.after : last], said.matches[cue.after : last])
        yield _Clause(cue.meaning, part, _response(within))


def _sentence_ends(text: str, said: Words, start: int, end: int) -> list[int]:
    """The number of the first word after each sentence's end, and the number of words."""
    starts = [match.start() for match in said.matches]
    places = [bisect_left(starts, stop.start()) for stop in _END.finditer(text, start, end)]
    return [*places, len(starts)]


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


def _treatments(clause: _Clause) -> Iterator[Treatment]:
    for found in services.catalogue()[0].find(clause.said.folded):
        term = found.meaning
        if term.service is not None and term.precedence >= services.SPECIFIC:
            drug_class = term.drug_class.preferred if term.drug_class else None
            span = clause.said.span(found.first, found.after)
            yield Treatment(*term.service, drug_class, clause.response, span)
