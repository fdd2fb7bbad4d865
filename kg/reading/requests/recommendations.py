"""How much a rationale says is recommended: visits, and times that a treatment may last."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.model import Quantity, Span, Unit
from kg.reading.grounds.sentences import sentences, told
from kg.reading.requests.amount_parts import QUANTITY, amount, figure, says_number
from kg.reading.requests.amounts import NUMBERS
from kg.reading.text.moved import kept, moved_span

_LONGEST = 2_000
"""Characters of a sentence that is read."""
_TIMES = {"DAY": Unit.DAY, "WEEK": Unit.WEEK, "MONTH": Unit.MONTH}
_COUNTED = ("visit", "session", "treatment", "week", "day", "month")
_AMOUNT = re.compile(r"(?i:\b(?:visit|session|treatment|week|day|month)s?\b)")
_RULE = (
    r"recommend\w*|allow(?:s|ed|able)?|support(?:s|ed)?|warrants?|suggests?|advis\w+|indicated\s+for|appropriate\s+for"
    r"|guidelines?|mtus|odg|acoem|maximum|limit(?:s|ed)?|time\s+to\s+produce|benefit\s+by|endors\w+|permits?"
    r"|should\s+not|(?:may|can)\s+be\s+(?:considered|extended|continued)|approved\s+for\s+short"
)
# What makes a number one of the request, or of what was given or authorized, and not of a rule.
_ASKED = (
    r"request(?:s|ed|ing)?|asks?|authoriz\w+|certified|approv\w+|complet\w+|attend\w+|receiv\w+|undergone|underwent"
    r"|additional|remaining|another|further|previous|prior|current|has\s+had|had|needs?|by\s+only|full\s+complement"
    r"|seen|study|placebo"
)
_GOVERNING = re.compile(rf"(?i:\b(?P<rule>{_RULE})\b|\b(?P<asked>{_ASKED})\b)")
_IN_WEEKS = r"(?:over|within|in)\s+(?:a\s+)?[\w-]{1,12}(?:\s+to\s+\w{1,8})?[\s-]+weeks?\b"
_ALLOWED = (
    r"\b(?:is|are|may\s+be|was|would\s+be)\s+(?:the\s+recommend|recommended|supported|allowed|appropriate)"
)
_BE_GIVEN = (
    r"\b(?:should\s+be\s+(?:provided|given|tried|allowed|completed|attempted|offered|enough|sufficient|documented)"
    r"|(?:may|can)\s+be\s+(?:considered|given|provided|allowed)(?!\s+medically))"
)
_AFTER = re.compile(
    rf"(?i:[\w\s-]{{0,30}}?{_BE_GIVEN}|\s*(?:of\s+[\w\s/-]{{1,60}}?)?\s*{_IN_WEEKS}|\s*(?:clinical\s+)?trial\b|[\w\s,/()-]{{0,60}}?{_ALLOWED})"
)
# The same wherever it stands, in small letters: found several times as fast without what may lie before.
_AFTER_ANY = re.compile(rf"{_IN_WEEKS}|trial\b|{_ALLOWED}|{_BE_GIVEN}")
_NO_COUNT = {"once", "twice", "thrice", "other", "single"}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(sorted(NUMBERS.keys() - _NO_COUNT))})"
_AFTERWARDS = (
    "week",
    "trial",
    "recommend",
    "support",
    "allow",
    "appropriate",
    "should be",
    "may be",
    "can be",
)
"""What stands in all that is looked for after a number."""
_GUIDELINE = (
    r"(?:(?:the|current|these|this|evidence[\s-]based|treatment|california|ca)\s+){0,3}"
    r"(?:guidelines?|mtus|odg|acoem|official\s+disability)"
)
_RULES = (
    r"(?:recommends?|allows?|supports?|permits?|endorses?|suggests?"
    r"|specif(?:y|ies)|(?:provides?|calls?)\s+for)"
)
_RULED = (
    r"(?:(?:recommend|allow|support|permitt|endors|suggest|contemplat|outlin|list|stipulat)ed|advised|specified"
    r"|(?:provided|called)\s+for|set(?:\s+out)?)"
)
_NO_GAP = (
    r"\b(?:not?|exceed\w*|more|above|beyond|greater|than|without"
    r"|request\w*|surpass\w*|would|is|are|was|were|and)\b"
)
# "8 sessions that the guideline recommends", "the 12 visits specified by the MTUS", "a 10-visit limit": of a
# rule, whatever stands before.
_OF_RULE = re.compile(
    rf"(?i:(?:(?!{_NO_GAP})[\w\s/-]){{0,50}}?\s(?:(?:(?:that|which)\s+)?{_GUIDELINE}(?:\s+\w+){{0,2}}?\s+{_RULES}\b"
    rf"|{_RULED}\s+(?:by|in|under|per)\s+{_GUIDELINE})"
    r"|\s(?:limit|maximum|cap|ceiling|recommendation)\b"
    r"|(?:\s\w+ly)?\s(?:recommended|allowed|allowable|permitted|endorsed)\b(?!\s+by\b))"
)
# "the recommended number of visits is 8 to 12"; "24 visits were given, and guidelines allow 10"
_NAMELESS = re.compile(
    r"(?i:\b(?:(?:visits|sessions|treatments)\s+(?:(?:allowed|recommended|permitted)\s+)?(?:is|are|would\s+be|of|should\s+not\s+exceed|should\s+be\s+limited\s+to)"
    r"|(?:recommend|allow|support|permit|endorse)s?(?:\s+(?:only|just|a\s+maximum\s+of|no\s+more\s+than))*"
    r"|(?:guideline|recommended|allowed|allowable)\s+(?:amount|number|maximum|limit|total|quantity)\s+(?:of|is)|which\s+is)"
    rf"\s+(?:up\s+to\s+)?(?P<number>{_NUMBER}(?:\s?(?:-|to)\s?{_NUMBER})?)"
    r"(?=\s*(?:[.,;)]|\Z|(?:over|within|for\s+this|per\s+year)\b)))"
)
_VISITS = re.compile(r"(?i:\b(?:visit|session|treatment)s?\b)")
# The verdict, and what was approved before.
_GIVEN = re.compile(
    r"(?i:[\w\s,/()-]{0,80}?\b(?:is|are|was|were|been)\s+(?:not\s+)?(?:medically\s+necessary|approved|authorized"
    r"|certified|completed|attended|requested|denied))"
)
# "exceeds the maximum by 4 visits", not "benefit by 4 visits"
_DIFFERENCE = re.compile(r"(?i:\b(?:exceed|surpass)\w*\b[^.;]{0,80}\sby\s+\Z)")
_MOST = 104
"""Visits that a rule allows: more are no visits but a year or a page."""
_BETWEEN = 5
"""Words of a number of visits, as in "10 supervised physical therapy visits"."""
_BOUND = re.compile(
    r"(?i:(?:\b(?:not|no|nor)\b[^.;]{0,80}?\b(?:longer|more)\s+than|less\s+than|up\s+to|limit(?:s|ed)?\s+(?:\w+\s+){0,3}to|beyond"
    r"|maximum(?:\s+\w+){0,3}?\s+(?:is|of)|at\s+most|short[\s-]+(?:term|(?:term\s+)?use)\s*\()\s*(?:the\s+|a\s+|first\s+)*\Z)"
)
_TRIAL = re.compile(r"(?i:[\s-]*(?:home[\s-]based\s+|rental\s+)?trial\b)")
# "for longer than 2 weeks is not supported"
_TOO_LONG = re.compile(r"(?i:\b(?:longer\s+than|more\s+than|beyond)\s+\Z)")
_REFUSED = re.compile(
    r"(?i:[\w\s]{0,40}?\b(?:is|are)\s+not\s+(?:recommended|supported|advised|indicated|allowed)\b)"
)
_TRIED = re.compile(rf"(?i:[\w\s,/()-]{{0,60}}?{_ALLOWED})")
# "per", "over": the time in which visits are made.
_FRAME = re.compile(
    r"(?i:\b(?:over|per|every|each|in|within|after|for\s+at\s+least|at\s+least)\s+(?:a\s+)?\Z)"
)
_BACK = 120


def recommended(text: str, start: int, end: int) -> tuple[Quantity, ...]:
    """What ``text[start:end]`` says guidelines recommend, each amount once: visits, and bounds of time.

    A number is one of a rule where the nearest word before it that governs amounts is of a rule
    ("allows up to 10 visits") and not of the request or of what was given ("requests 12 visits").

    >>> said = "The guideline recommends 9-10 visits over 8 weeks. The request is for 24 visits."
    >>> [(found.minimum, found.maximum, found.unit.value) for found in recommended(said, 0, len(said))]
    [(9.0, 10.0, 'visit')]
    """
    found: dict[tuple[float, float, Unit], Quantity] = {}
    for (first, last), said in zip(sentences(text, start, end), told(text, start, end), strict=True):
        if last - first <= _LONGEST:
            for low, high, unit, span in _of_sentence(said):
                if (low, high, unit) not in found:
                    span = _printed(text, first, last, said, span)
                    found[low, high, unit] = Quantity(low, high, unit, span)
    return tuple(found.values())


def _printed(text: str, first: int, last: int, said: str, span: Span) -> Span:
    """Where the words at ``span`` of ``said`` stand in ``text[first:last]``, the same but for blanks."""
    if last - first == len(said):  # one sign for each blank
        return moved_span(span, first)
    printed = text[first:last]

    def place(at: int) -> int:
        words_before = said.count(" ", 0, at)
        word = last - len(printed.split(None, words_before)[words_before])
        return word + at - said.rfind(" ", 0, at) - 1

    return Span(place(span.start), place(span.end - 1) + 1)


# Rationales quote the same sentences of guidelines in other lines: with single blanks they are alike. Most
# recommend nothing: what these lack, a word of a rule before or after a number, is looked for first.
@kept(1 << 14)
def _of_sentence(text: str) -> tuple[tuple[float, float, Unit, Span], ...]:
    small = text.lower()
    if not any(unit in small for unit in _COUNTED) or not says_number(small) or not _AMOUNT.search(text):
        return ()
    governing = [(word.end(), word["rule"] is not None) for word in _GOVERNING.finditer(text)]
    of_rule = any(is_rule for _, is_rule in governing)
    if not of_rule and not (any(word in small for word in _AFTERWARDS) and _AFTER_ANY.search(small)):
        return ()
    visits, times = counted(text)
    visits += _nameless(text)
    return (*_visits(text, visits, governing), *_times(text, times, governing))


def _visits(
    text: str, counts: Iterable[tuple[float, float, Span]], governing: list[tuple[int, bool]]
) -> Iterator[tuple[float, float, Unit, Span]]:
    for low, high, span in counts:
        before = [is_rule for end, is_rule in governing if end <= span.start]
        if _DIFFERENCE.search(text, max(0, span.start - _BACK), span.start):
            continue
        if not 0 < high <= _MOST or len(span.of(text).split()) > _BETWEEN:
            continue
        of_rule = before[-1] if before else _AFTER.match(text, span.end) is not None
        if (of_rule and not _GIVEN.match(text, span.end)) or _OF_RULE.match(text, span.end):
            yield low, high, Unit.VISIT, span


def _nameless(text: str) -> list[tuple[float, float, Span]]:
    """Numbers of visits that a rule gives without the word: it stands before them."""
    return [
        (*amount(found["number"].lower()), Span(*found.span("number")))
        for found in _NAMELESS.finditer(text)
        if _VISITS.search(text, 0, found.start("number"))
    ]


def _times(
    text: str, durations: Iterable[tuple[float, float, Unit, Span]], governing: list[tuple[int, bool]]
) -> Iterator[tuple[float, float, Unit, Span]]:
    """Days, weeks and months that a rule sets as a bound or as a trial."""
    for low, high, unit, span in durations:
        rules = [is_rule for end, is_rule in governing if end <= span.start]
        before = text[max(0, span.start - _BACK) : span.start]
        if _TOO_LONG.search(before) and _REFUSED.match(text, span.end):
            yield low, high, unit, span
            continue
        tried = _TRIAL.match(text, span.end) and _TRIED.match(text, span.end)
        if not (all(rules) if rules else tried):
            continue
        if not _FRAME.search(before) and (_BOUND.search(before) or _TRIAL.match(text, span.end)):
            yield low, high, unit, span


class Counted(NamedTuple):
    """What a text counts: each number of visits, and each time in days, weeks or months."""

    visits: list[tuple[float, float, Span]]
    times: list[tuple[float, float, Unit, Span]]


def counted(text: str) -> Counted:
    """The visits and the times that ``text`` counts.

    >>> counted("12 visits over 8 weeks").visits
    [(12.0, 12.0, Span(start=0, end=9))]
    >>> counted("not for longer than 2 to 3 weeks").times
    [(2.0, 3.0, <Unit.WEEK: 'week'>, Span(start=20, end=32))]
    """
    plan, tokens = QUANTITY.read(text)
    visits, times = [], []
    for part in plan:
        if part.name not in ("counted", "duration"):
            continue
        read = figure(text, part, tokens)
        if part.name == "counted" and read.has("VISIT"):
            number = next(tokens[at] for type_, at in part.tokens if type_ == "AMOUNT")
            visits.append((*read.amounts[0], Span(min(number.start, read.span.end), read.span.end)))
        unit = read.has("DAY", "WEEK", "MONTH") if part.name == "duration" else None
        if unit is not None and read.amounts:
            times.append((*read.amounts[0], _TIMES[unit], read.span))
    return Counted(visits, times)
