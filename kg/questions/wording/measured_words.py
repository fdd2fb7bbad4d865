"""Phrases of a question that count: days between two dates, and what a letter or a row has.

Each is found with its place and read as one token: `days from UR denial to decision`, `more than 45 days
after the application`, `letters with three or more items`, `at least 20 decisions`, `more than half`.
"""

import re
from collections.abc import Iterator

from kg.questions.bounded_numbers import FRACTIONS, MEASURED, amounts_of, bounded
from kg.questions.facets import letter_values
from kg.questions.vocabulary import Meaning
from kg.questions.wording.clauses import bands, minimums
from kg.questions.wording.clauses.bands import DAYS

_ENDED = {"ALWAYS": "100..", "NEARLY_ALWAYS": "90..", "NEARLY_NEVER": "..10", "NEVER": "..0"}
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_DECADES = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight")
Found = Iterator[tuple[Meaning, int, int]]


def found(text: str) -> Found:
    """The phrases of a text, with their places.

    >>> [(m.type, m.value) for m, _, _ in found("median days from UR denial to decision") if m.value]
    [('TIME', 'days_denial_decision')]
    >>> [(m.name, m.value) for m, _, _ in found("more than 45 days after application received") if m.value]
    [('days_application_decision', '46..')]
    >>> [(m.name, m.value) for m, _, _ in found("letters with three or more items")]
    [('items', '3..')]
    >>> [(m.name, m.value) for m, _, _ in found("specialties with at least 50 decisions") if m.name]
    [('decisions', '50..')]
    >>> [(m.name, m.value) for m, _, _ in found("services where more than half were overturned")]
    [('percent', '50.01..')]
    """
    banded = list(bands.found(text))
    yield from banded
    old = [] if banded else list(MEASURED.every("CLAIMS_OLD", text))
    yield from _claims_old(text, old)
    if not old and not banded:
        yield from [*_claims_of_an_age(text)] or _times(text)
    yield from minimums.found(text)
    yield from _shares(text)
    for times in MEASURED.every("TIMES_EACH", text):
        if MEASURED.before("REQUESTED", text, times.start()):
            amount = _OFTEN.get(times[0].lower().split()[-1], amounts_of(times[0])[:1] or [0])
            number = amount if isinstance(amount, int) else amount[0]
            yield Meaning("HAVING", "decisions", bounded(times[0], number)), times.start(), times.end()
    for items in MEASURED.every("ITEMS_OF_LETTER", text):
        yield Meaning("TIME", value="items"), items.start(), items.end()
    amounts = MEASURED.within("REQUESTED_AND_ALLOWED", text)
    if amounts:
        yield Meaning("MEASURE", value="beyond_recommended"), amounts.start(), amounts.end()
    for visits in MEASURED.every("HOW_MANY_VISITS", text):
        yield Meaning("IGNORED" if amounts else "OF_QUANTITY"), visits.start(), visits.end()
    for sexes in MEASURED.every("SEXES", text):
        for at in (sexes.start(), sexes.end() - 1):
            yield Meaning("VALUE", "sex", "male" if text[at] == "M" else "female"), at, at + 1
    for decade in MEASURED.every("IN_DECADE", text):
        digits = [int(sign) for sign in decade[0] if sign.isdecimal()]
        named = [at for at, word in enumerate(_DECADES) if word in decade[0].lower()]
        first = digits[0] * 10 if digits else named[0] * 10 + 20
        yield Meaning("VALUE", "age", f"{first}-{first + 9}"), decade.start(), decade.end()


def _claims_old(text: str, old: list[re.Match[str]]) -> Found:
    """How old claims are, and what the age of one is compared with: *versus 10+ years old*."""
    for claim in old:
        start = claim.start() + max(claim[0].find("("), 0)  # `stale ones (10+ yrs)`
        yield Meaning("IGNORED"), claim.start(), start
        value = _in_days(text[start : claim.end()])
        yield Meaning("VALUE", "days_injury_decision", value), start, claim.end()
    for span in _compared_with(text, old[0]) if len(old) == 1 else ():
        after = MEASURED.after("YEARS_OLD", text, span.end())
        end = after.end() if after else span.end()
        yield Meaning("VALUE", "days_injury_decision", _in_days(span[0])), span.start(), end


def _shares(text: str) -> Found:
    """How many are to have ended so: *more than half*, *almost never*; and what asks for a share."""
    for share in MEASURED.every("SHARE", text):
        given = MEASURED.within("FRACTION", share[0])
        amount = FRACTIONS[" ".join(given[0].lower().split())] if given else amounts_of(share[0])[0]
        yield Meaning("HAVING", "percent", bounded(share[0], amount, 0.01)), share.start(), share.end()
    for sign in MEASURED.every("PERCENT_SIGN", text):
        yield Meaning("SHARE"), sign.start(), sign.end()
    if MEASURED.after("WHY", text, 0):  # why something is never so is asked of what is not so
        return
    for terminal, value in _ENDED.items():
        for always in MEASURED.every(terminal, text):
            yield Meaning("HAVING", "percent", value), always.start(), always.end()


# --- days between two dates ------------------------------------------------------------------------------


def _times(text: str) -> Found:
    """Days between two dates that a text names; as a condition where it says how many."""
    lasting = next(MEASURED.every("SPAN", text), None)
    if claim := MEASURED.within("CLAIM_AGE", text):
        yield _claim_age(text, claim)
        if lasting is None:
            return
    times = list(MEASURED.every("TIME", text))
    if not times and lasting is None:
        yield from _longest(text)
        return
    events = _events(text, lasting)
    names = {_date(event[0]) for event in events}
    lasted = lasting is not None and MEASURED.before("LASTED", text, lasting.start())
    if not names and lasting is None and MEASURED.within("TOOK_LONGER", text):
        yield from _longest(text)  # `do expedited cases take less time`
        return
    if not names and not lasted and not any(MEASURED.after("ASKED_TIME", one[0], 0) for one in times):
        return
    if len(names) < 2:
        names |= {"decision"} if names and names != {"decision"} else {"assignment", "decision"}
    if len(names) != 2:
        return
    first, last = sorted(names, key=list(letter_values.DATES).index)
    if lasting is not None:
        for span in (lasting, *_compared_with(text, lasting)):
            yield Meaning("VALUE", f"days_{first}_{last}", _in_days(span[0])), span.start(), span.end()
    elif times:
        asked = times.pop(0)
        yield Meaning("TIME", value=f"days_{first}_{last}"), asked.start(), asked.end()
    else:
        return
    for said in (*times, *events):
        yield Meaning("IGNORED"), said.start(), said.end()


def _events(text: str, lasting: re.Match[str] | None) -> list[re.Match[str]]:
    """The dates of letters between which days are counted."""
    every = [
        one for one in MEASURED.every("EVENT", text) if not MEASURED.before("BY_TIME", text, one.start())
    ]
    events = [event for event in _connected(text, every) if _names_a_date(text, event)]
    alone = len(events) == 1 and MEASURED.within("WEAK", events[0][0])
    if alone and not MEASURED.within("DECISION", text, events[0].end()):
        events = []  # `how long were patients on opioids before the request`
    if lasting is not None:  # `injury less than 2 years before the decision`
        near = (event for event in every if event not in events and event.end() <= lasting.start())
        events += [event for event in near if _beside(text, event.end(), lasting.start())]
    return events


def _names_a_date(text: str, event: re.Match[str]) -> bool:
    """Whether a word is for a date of the letter: *from the request*, and not *of requests for surgery*."""
    if not MEASURED.within("WEAK", event[0]) or MEASURED.within("DENIAL", event[0]):
        return True
    told_of = MEASURED.after("OF_A_THING", text, event.end())
    led = MEASURED.after("FROM_OR_TO", event[0], 0) or MEASURED.before("FROM_OR_TO", text, event.start())
    return bool(led) and not told_of


def _beside(text: str, end: int, start: int) -> bool:
    """Whether only what says that something happened stands between two places."""
    return not text[end:start].strip() or MEASURED.fills("HAPPENED", text, end, start)


def _longest(text: str) -> Found:
    """The days between two dates that took longest: *which letters took longest from injury to decision*."""
    events = list(_connected(text, list(MEASURED.every("EVENT", text))))
    names = sorted({_date(event[0]) for event in events}, key=list(letter_values.DATES).index)
    longer = MEASURED.within("TOOK_LONGER", text)
    if longer and len(names) != 2:  # `did cases assigned in May take longer than those in June`
        yield Meaning("TIME", value="days_assignment_decision"), longer.start(), longer.end()
    elif (longer or MEASURED.within("TOOK_LONGEST", text)) and len(names) == 2:
        first, *others = events
        yield Meaning("TIME", value=f"days_{names[0]}_{names[1]}"), first.start(), first.end()
        if longer:
            yield Meaning("IGNORED"), longer.start(), longer.end()
        for other in others:  # `take longer from application to decision | than | surgery`
            yield Meaning("IGNORED"), other.start(), other.start() + len(other[0].removesuffix("than"))


def _claims_of_an_age(text: str) -> Found:
    """How old claims are to be: *claim age over 5 years vs under 1 year*."""
    claim, lasting = MEASURED.within("CLAIM_AGE", text), next(MEASURED.every("SPAN", text), None)
    if not (claim and lasting) or text[claim.end() : lasting.start()].strip(" ,:="):
        return
    yield Meaning("IGNORED"), claim.start(), claim.end()
    for span in (lasting, *_compared_with(text, lasting)):
        yield Meaning("VALUE", "days_injury_decision", _in_days(span[0])), span.start(), span.end()


def _claim_age(text: str, claim: re.Match[str]) -> tuple[Meaning, int, int]:
    """The age of a claim, at the decision or at the date that is named."""
    at = MEASURED.after("AT_TIME_OF", text, claim.end())
    end = at.end() if at else claim.end()
    event = MEASURED.after("EVENT", text, end)
    last = _date(event[0]) if event else "decision"
    return Meaning("TIME", value=f"days_injury_{last}"), claim.start(), event.end() if event and at else end


def _date(event: str) -> str:
    """The date of a letter that words for it name."""
    return next(name for name in letter_values.DATES if MEASURED.within(name.upper(), event))


def _connected(text: str, events: list[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The dates of letters that stand beside a word that connects them."""
    led = False
    for event in events:
        then = MEASURED.before("CONNECTED", text, event.end()) is not None
        if led or then or MEASURED.after("CONNECTED", event[0], 0) or text[: event.start()].endswith(">"):
            yield event
        led = then


def _compared_with(text: str, lasting: re.Match[str]) -> Iterator[re.Match[str]]:
    """The spans that a span is compared with: *over 5 years versus under 1 year*."""
    end = lasting.end()
    for span in MEASURED.every("SPAN", text, end):
        if not MEASURED.fills("AGAINST", text, end, span.start()):
            return
        yield span
        end = span.end()


def _in_days(lasting: str) -> str:
    """The range of days that a number of weeks, months or years is.

    >>> _in_days("over 2 weeks"), _in_days("2 weeks"), _in_days("30 to 60 days")
    ('15..', '14-20', '30-60')
    """
    unit = MEASURED.within("UNIT", lasting)
    factor = DAYS[unit[0].lower().removesuffix("s")] if unit else 1
    first, *more = amounts_of(lasting) or [1]
    if more:
        return f"{round(first * factor)}-{round(more[0] * factor)}"
    if "+" in lasting:
        return f"{round(first * factor)}.."
    value = bounded(lasting, round(first * factor))
    return value if ".." in value or factor == 1 else f"{value}-{round((first + 1) * factor) - 1}"
