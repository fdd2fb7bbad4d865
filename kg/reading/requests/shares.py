"""Which figures of an item belong to its service, where words join several services in it."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from kg.model import Problem, ProblemKind, Span
from kg.reading.requests.amount_parts import Figure
from kg.reading.requests.services import Request, Term, catalogue
from kg.reading.text.grammars import TypedGrammar, parts
from kg.reading.vocabulary.phrases import Found, Words

JOINT = TypedGrammar("joint.lark", parts)

_GENERAL = 10
"""The precedence of words (``treatment``, ``session``) that name no service beside another."""
_SURGERY, _ADJUNCT = "Surgery", "Adjunct Surgical Services"
_TOPICAL = frozenset(["Topical Analgesics", "Topical Compounds"])
_TIMES = frozenset(["duration", "supply"])
_BEFORE_FIGURE = 2  # `plus an additional 6 visits`
_OF_THINGS = frozenset(["counted", "labelled", "repeated", "bare"])
_OF_CARE = frozenset(["hours", "product", "duration"])


_PURPOSE, _HELP = frozenset(["to", "for"]), frozenset(["assist", "assisting", "assistance", "help"])


class _Segment(NamedTuple):
    """What stands between two joints, with the services that it names and their places.

    ``more`` are the places of commas after which no service is named.
    """

    start: int
    named: list[tuple[int, Term]]
    more: list[int]

    @property
    def services(self) -> list[Term]:
        """The services named."""
        return [term for _, term in self.named]


def own_figures(
    read: Sequence[Figure], text: str, span: Span, words: Words, request: Request
) -> tuple[list[Figure], tuple[Problem, ...]]:
    """The figures of the service of ``request``, and a problem where none has an amount but others do.

    In ``TENS unit with 4 electrodes`` the number is not that of units, in ``Evaluation plus 11 treatments``
    not that of evaluations; in ``Chiropractic care and massage, 6 visits`` it is that of both.
    """
    if request.chosen is None or _mixed(request) or not any(figure.amounts for figure in read):
        return list(read), ()
    segments, own = _segments(read, text, span, words, request)
    if len(segments) == 1:
        return list(read), ()
    chosen = request.chosen.meaning
    counted = {at for figure in read if _counts(figure) and (at := _at(segments, figure)) in own}
    kept = [f for f in read if not f.amounts or _belongs(f, text, segments, own, chosen, counted)]
    others = [f for f in read if f not in kept]
    if not others or any(_counts(figure) for figure in kept):
        return kept, ()
    place = Span(others[0].span.start, others[0].span.end)
    printed = " ".join(place.of(text).split())
    message = f'"{printed}" may belong to another service than the one that decides what the item is'
    return kept, (Problem(ProblemKind.UNREAD_TEXT, place, message),)


def _mixed(request: Request) -> bool:
    """Whether what words join is one thing: a topical of several ingredients."""
    return request.service is not None and request.service.subcategory in _TOPICAL


def _counts(figure: Figure) -> bool:
    return bool(figure.amounts) and figure.kind != "stray"


def _segments(
    read: Sequence[Figure], text: str, span: Span, words: Words, request: Request
) -> tuple[list[_Segment], set[int]]:
    """The parts of an item between its joints, and which of them name its service.

    No joint within a phrase (``hot and cold pack``) or a figure parts it; what follows a comma and names no
    service of its own is part of what stands before.
    """
    chosen = request.chosen
    assert chosen is not None
    if not (tokens := JOINT.tokens(text, span.start, span.end)):
        return [_Segment(span.start, [], [])], {0}
    named = [
        (words.span(each.first, each.after), each.meaning)
        for each in request.named
        if _is_requested(each, words, chosen.meaning)
    ]
    chosen_at = words.span(chosen.first, chosen.after)
    whole = [chosen_at, *(place for place, _ in named), *(figure.span for figure in read)]
    joints = [t for t in tokens if not any(place.start < t.start < place.end for place in whole)]
    starts = [span.start, *(joint.end for joint in joints)]
    segments: list[_Segment] = []
    own: set[int] = set()
    for n, (start, end) in enumerate(pairwise([*starts, span.end])):
        inside = [(place.start, term) for place, term in named if start <= place.start < end]
        if n == 0 or inside or joints[n - 1].type != "COMMA":
            segments.append(_Segment(start, inside, []))
        else:
            segments[-1].more.append(start)
        same = any(_same(term, chosen.meaning) for _, term in inside)
        if same or start <= chosen_at.start < end:
            own.add(len(segments) - 1)
    return segments, own


def _is_requested(phrase: Found[Term], words: Words, chosen: Term) -> bool:
    """Whether a phrase names a service beside others: no form or purpose (``transition to exercise``)."""
    term = phrase.meaning
    if term.service is None or term.form is not None or term.precedence <= _GENERAL:
        return False
    before = words.folded[max(0, phrase.first - 2) : phrase.first]
    if before[-1:] and (before[-1] in _PURPOSE or before[0] in _HELP):
        return False
    # `Orthovisc, 3 injections` are three of the drug.
    return not (chosen.is_drug and words.folded[phrase.first : phrase.after] == ["injection"])


def _at(segments: Sequence[_Segment], figure: Figure) -> int:
    return max((n for n, each in enumerate(segments) if each.start <= figure.span.start), default=0)


def _same(one: Term, other: Term) -> bool:
    """Whether two phrases name the same service, or the same drug."""
    return one.service == other.service and one.ingredients == other.ingredients


def _alike(one: Term, other: Term) -> bool:
    """Whether one number may be that of two services: sessions of both, things, the drugs of one mixture."""
    if one.is_drug or other.is_drug:
        return one.is_drug and other.is_drug and {*one.ingredients, *other.ingredients} in _mixtures()
    if _operates(one) != _operates(other):
        return False
    return one.counts_visits == other.counts_visits and one.consultation == other.consultation


@cache
def _mixtures() -> frozenset[frozenset[str]]:
    """The ingredients of each drug that has several."""
    return frozenset(frozenset(term.ingredients) for term in catalogue()[0].meanings())


def _operates(term: Term) -> bool:
    return term.service is not None and term.service[0] == _SURGERY and term.service[1] != _ADJUNCT


def _belongs(
    figure: Figure, text: str, segments: Sequence[_Segment], own: set[int], chosen: Term, counted: set[int]
) -> bool:
    """Whether a figure is that of the chosen service, whose segments ``counted`` have figures."""
    at = _at(segments, figure)
    segment, counted = segments[at], counted - {at}
    apart = any(comma <= figure.span.start for comma in segment.more)
    opens = at > 0 and not apart and _opens(figure, segment, text)
    if opens and chosen.consultation and not counted:
        return False  # `Evaluation plus 11 visits`: how many all are is not said
    if at in own:  # things of one kind have each their number, visits are added
        return at == min(own) or chosen.counts_visits or not counted
    if at < min(own):
        return not counted and all(_alike(term, chosen) for term in segment.services)
    named = max((n for n in range(at + 1) if _names(segments[n], chosen)), default=min(own))
    if segment.services and opens:
        return False
    if named not in own:
        return (named == at or not opens) and _of_all(
            figure, segments[named], chosen, apart=apart, counted=bool(counted)
        )
    if opens:
        return not _unlike(figure, chosen)
    # `Wheelchair for 3 months with leg rests x 2`
    return not (counted and figure.kind in _OF_THINGS and not chosen.counts_visits and not chosen.is_drug)


def _opens(figure: Figure, segment: _Segment, text: str) -> bool:
    """Whether a figure stands before what it counts: in an adjective's distance from the joint."""
    if any(start < figure.span.start for start, _ in segment.named):
        return False
    return len(text[segment.start : figure.span.start].split()) <= _BEFORE_FIGURE


def _of_all(figure: Figure, segment: _Segment, chosen: Term, *, apart: bool, counted: bool) -> bool:
    """Whether a figure after another service is that of the chosen one too, or of it alone."""
    if all(_alike(term, chosen) for term in segment.services):
        return not counted
    if chosen.counts_visits:  # `Acupuncture with a patch, twice a week`: patches are not
        return apart and (figure.kind in _OF_CARE or figure.has("VISIT", "PER_WEEK", "PER_MONTH") is not None)
    timed = figure.kind in _TIMES and all(term.counts_visits for term in segment.services)
    return timed and not counted and not _unlike(figure, chosen)


def _names(segment: _Segment, chosen: Term) -> bool:
    """Whether a segment names a service that what follows may be about: no evaluation before treatments."""
    return any(chosen.consultation or not term.consultation for term in segment.services)


def _unlike(figure: Figure, chosen: Term) -> bool:
    """Whether a figure counts what the service is not counted in: visits of a thing, nights after surgery."""
    of_visits = figure.has("VISIT") is not None and not chosen.counts_visits
    return of_visits or (_operates(chosen) and figure.kind in _TIMES)
