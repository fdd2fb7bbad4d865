"""Phrases of a question that count: days between two dates, and what a letter or a row has.

Each is found with its place and read as one token: `days from UR denial to decision`, `more than 45 days
after the application`, `letters with three or more items`, `at least 20 decisions`, `more than half`.
"""

import re
from collections.abc import Iterator
from functools import cache

from kg.questions import letter_facets
from kg.questions.vocabulary import Meaning, either, singular_or_plural
from kg.reading.text.number_words import words_of

_WORDED = words_of(*range(1, 13), 15, *range(20, 70, 10)) | {"hundred": 100}
_NUMBER = rf"(?:[0-9]{{1,4}}|{'|'.join(_WORDED)})"
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_FRACTIONS = {
    "half": 50,
    "a half": 50,
    "a third": 33,
    "two thirds": 67,
    "a quarter": 25,
    "three quarters": 75,
}
_CONNECTED = r"(?:from|between|since|after|to|and|until|till|before|of|following|through|past|than|-+>|→|–)"
_EVENT_NAMES = {name: f"AT_{name.upper()}" for name in letter_facets.DATES}


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
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
    old = [*_claims_old().finditer(text), *_OLDER.finditer(text)]
    for claim in old:
        yield Meaning("VALUE", "days_injury_decision", _in_days(claim)), claim.start(), claim.end()
    if not old:
        yield from _times(text)
    yield from _items(text)
    for share in _percent().finditer(text):
        given = share["fraction"]
        amount = str(_FRACTIONS[re.sub(r"\s+", " ", given.lower())]) if given else share["n"]
        yield Meaning("HAVING", "percent", _bounded(share, amount, step=0.01)), share.start(), share.end()
    for sign in _SIGN.finditer(text):
        yield Meaning("SHARE"), sign.start(), sign.end()
    for always in () if _WHY.match(text) else _always().finditer(text):
        nearly = always["nearly"] is not None
        value = ("90.." if nearly else "100..") if always["always"] else "..10" if nearly else "..0"
        yield Meaning("HAVING", "percent", value), always.start(), always.end()
    for times in _times_each().finditer(text):
        amount = _OFTEN.get((times["n"] or times["word"]).lower(), times["n"])
        yield Meaning("HAVING", "decisions", _bounded(times, amount)), times.start(), times.end()
    for items in _PER_LETTER.finditer(text):
        yield Meaning("TIME", value="items"), items.start(), items.end()
    for visits in _VISITS.finditer(text):
        yield Meaning("OF_QUANTITY"), visits.start(1), visits.end(1)
    for sexes in _SEXES.finditer(text):
        for at, printed in ((sexes.start(), sexes[1]), (sexes.end() - 1, sexes[2])):
            yield Meaning("VALUE", "sex", "male" if printed == "M" else "female"), at, at + 1
    for decade in _DECADE.finditer(text):
        first = _DECADES.index(decade["word"].lower()) * 10 + 20 if decade["word"] else int(decade["of"]) * 10
        yield Meaning("VALUE", "age", f"{first}-{first + 9}"), decade.start(), decade.end()


_AND_MORE = re.compile(r"\b(?P<n>[1-9][0-9]?)\s?\+\s+(?:disputed\s+)?items?\b", re.IGNORECASE)
_SEVERAL_ITEMS = re.compile(
    r"\bmulti[\s-]item\b|\b(?:several|multiple|numerous)\s+(?:(?:different|disputed|separate|denied|contested)\s+){0,2}"
    r"(?:items?|services?|treatments?|issues|requests)\b(?:\s+(?:in\s+dispute|at\s+issue|per\s+letter))?",
    re.IGNORECASE,
)
_OFTEN = {"once": "1", "twice": "2", "thrice": "3"}


@cache
def _times_each() -> re.Pattern[str]:
    """How many decisions a row has, and no dose: *services requested at least twice*."""
    return re.compile(
        rf"(?:(?<=requested\s)|(?<=disputed\s)|(?<=appealed\s)){_bounds()}(?:(?P<n>{_NUMBER})\s+times|(?P<word>once|twice|thrice))\b"
        r"(?!\s+(?:as|an?|per|daily|weekly|monthly|each|every|more|less|the)\b)",
        re.IGNORECASE,
    )


_SIGN = re.compile(r"(?:\bwhat\s+)?(?<![0-9])(?<![0-9]\s)%(?![0-9])", re.IGNORECASE)


@cache
def _always() -> re.Pattern[str]:
    """*Always* or *never* before a word for an outcome."""
    ended = "|".join(map(either, ("IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "DENIAL")))
    return re.compile(
        r"\b(?P<nearly>(?:almost|nearly|practically|virtually)\s+)?"
        r"(?:(?P<always>always|100\s*%(?:\s+of\s+the\s+time)?)|never)"
        rf"(?=\s+(?:be\s+|been\s+|get\s+|gets\s+|got\s+)?(?:{ended})\b)",
        re.IGNORECASE,
    )


_WHY = re.compile(r"\W*(?:why|how\s+come|for\s+what\s+reasons?)\b", re.IGNORECASE)
"""Why something is never so is asked of what is not so."""
_PER_LETTER = re.compile(
    r"\bhow\s+many\s+(?:disputed\s+)?(?:items?|services?|treatments?|requests?)\s+(?:does|do|are|is|did)\s+(?:there\s+)?"
    r"(?:in\s+)?(?:an?|each|the\s+average|the\s+typical|the\s+usual)\s+(?:average\s+|typical\s+)?(?:letter|case|determination)s?\b"
    r"(?:\s+(?:usually|typically|normally|generally|on\s+average))*(?:\s+(?:decide|cover|hold|contain|have|involve|list|dispute|include)\b)?",
    re.IGNORECASE,
)
"""How many items a letter has, which is a mean."""
_VISITS = re.compile(
    r"\b(how\s+many|number\s+of)(?=\s+(?:[a-z]+\s+){1,2}(?:visits|sessions|tablets|pills)\b)", re.IGNORECASE
)
_SEXES = re.compile(r"\b([MF])\s*(?:vs\.?|versus|and|or)\s*(?!\1)([MF])\b")
_DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies")
_DECADE = re.compile(
    rf"\bin\s+(?:their|his|her|the)\s+(?:(?P<of>[2-7])0['’]?s|(?P<word>{'|'.join(_DECADES)}))\b",
    re.IGNORECASE,
)


@cache
def _bounds() -> str:
    before = "|".join(f"(?P<{name}>{singular_or_plural(name)}|{more})" for name, more in _MORE.items())
    return rf"(?:(?:{before})\s+)"


_MORE = {
    "OVER": r"longer\s+than|later\s+than|>",
    "AT_LEAST": r"min\.?|>=|≥",
    "UNDER": r"within\s+fewer\s+than|faster\s+than|sooner\s+than|<",
    "AT_MOST": r"within|max\.?|<=|≤",
}


@cache
def _after() -> str:
    return "|".join(f"(?P<{name}>{singular_or_plural(name)})" for name in ("OR_MORE", "OR_LESS"))


def _amount(written: str) -> float:
    word = written.lower()
    return 1.0 if word in {"a", "an"} else float(_WORDED.get(word, word))


def _bounded(found: re.Match[str], amount: str, factor: float = 1.0, step: float = 1) -> str:
    """The range that a bounded amount means, as a filter writes it."""
    number = _amount(amount) * factor
    whole = round(number) if step == 1 else number
    if found["OVER"]:
        return f"{whole + step:g}.."
    if found["UNDER"]:
        return f"..{whole - step:g}"
    groups = found.groupdict()
    if found["AT_LEAST"] or groups.get("OR_MORE"):
        return f"{whole:g}.."
    if found["AT_MOST"] or groups.get("OR_LESS"):
        return f"..{whole:g}"
    return f"{whole:g}"


# --- days between two dates ------------------------------------------------------------------------------


@cache
def _event() -> re.Pattern[str]:
    """A date of a letter after a word that connects it, or before one."""
    names = "|".join(f"(?P<{name}>{singular_or_plural(terminal)})" for name, terminal in _EVENT_NAMES.items())
    return re.compile(
        rf"(?<!\w)(?P<led>{_CONNECTED}\s+|(?<=>))?(?:(?:the|a|an|its|imr|actual)\s+)*(?:{names})(?:\s+dates?|\s+day)?\b(?P<then>\s*{_CONNECTED}(?=\s))?",
        re.IGNORECASE,
    )


@cache
def _span() -> re.Pattern[str]:
    """A number of days, weeks, months or years."""
    return re.compile(
        rf"{_bounds()}?(?P<n>{_NUMBER}|(?:(?<=than\s)|(?<=over\s)|(?<=under\s)|(?<=within\s)|(?<=least\s))an?)(?:\s*(?:-|–|to|and)\s*(?P<m>{_NUMBER}))?[\s-]+"
        rf"(?P<unit>day|week|month|year)s?\b(?:\s+(?:{_after()})\b)?",
        re.IGNORECASE,
    )


@cache
def _time() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{singular_or_plural('AT_TIME')})\b", re.IGNORECASE)


def _times(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """Days between two dates that a text names; as a condition where it says how many."""
    if claim := _CLAIM_AGE.search(text):
        lasting = _span().search(text)
        event = _event().match(text, claim.end())
        last = (
            next((name for name in letter_facets.DATES if event[name]), "decision") if event else "decision"
        )
        until = event.end() if event and claim["at"] else claim.end()
        yield Meaning("TIME", value=f"days_injury_{last}"), claim.start(), until
        if lasting is None:
            return
    times = list(_time().finditer(text))
    lasting = _span().search(text)
    if not times and lasting is None:
        return
    events = list(_events(text))
    if lasting is not None:  # `injury less than 2 years before the decision`
        near = (event for event in _event().finditer(text) if event not in events)
        events += [
            e for e in near if not text[e.end() : lasting.start()].strip() and e.end() <= lasting.start()
        ]
    names = {next(name for name in letter_facets.DATES if event[name]) for event in events}
    lasted = lasting is not None and _LASTED.search(text, 0, lasting.start()) is not None
    if not names and not lasted and not any(_ASKED.match(one[0]) for one in times):
        return
    if len(names) < 2:
        names |= {"decision"} if names and names != {"decision"} else {"assignment", "decision"}
    if len(names) != 2:
        return
    pair = sorted(names, key=list(letter_facets.DATES).index)
    name = f"days_{pair[0]}_{pair[1]}"
    if lasting is not None:
        for span in (lasting, *_compared_with(text, lasting)):
            yield Meaning("VALUE", name, _in_days(span)), span.start(), span.end()
    elif times:
        yield Meaning("TIME", value=name), times[0].start(), times[0].end()
        times = times[1:]
    else:
        return
    for said in (*times, *events):
        yield Meaning("IGNORED"), said.start(), said.end()


def _compared_with(text: str, lasting: re.Match[str]) -> Iterator[re.Match[str]]:
    """The spans that a span is compared with: *over 5 years versus under 1 year*."""
    end = lasting.end()
    for span in _span().finditer(text, end):
        if not _AGAINST.fullmatch(text, end, span.start()):
            return
        yield span
        end = span.end()


_AGAINST = re.compile(
    r"\W*\b(?:versus|vs\.?|than|or|compared\s+(?:with|to)|against|and)\W*(?:\s(?:if|when|it|is|was|were)\b\W*)*",
    re.IGNORECASE,
)


@cache
def _claims_old() -> re.Pattern[str]:
    """How old a claim is: *injuries under a year old*."""
    return re.compile(
        rf"\b(?:claims?|injur(?:y|ies)|cases?)\s+(?:(?:that|which)\s+)?(?:(?:is|are|was|were)\s+)?{_bounds()}?"
        rf"(?P<n>{_NUMBER}|an?)(?:\s*(?:-|–|to)\s*(?P<m>{_NUMBER}))?[\s-]+(?P<unit>day|week|month|year)s?[\s-]+"
        rf"(?:(?:{_after()})|old)\b",
        re.IGNORECASE,
    )


_OLDER = re.compile(
    rf"\b(?:claims?|injur(?:y|ies)|cases?|letters?|disputes?)\s+(?:(?:that|which)\s+)?(?:(?:is|are|was|were)\s+)?"
    rf"(?:(?P<OVER>older\s+than)|(?P<UNDER>(?:younger|newer|more\s+recent)\s+than))\s+(?P<n>{_NUMBER}|an?)(?P<m>)[\s-]+"
    r"(?P<unit>day|week|month|year)s?\b(?:\s+old\b)?(?P<AT_LEAST>)(?P<AT_MOST>)",
    re.IGNORECASE,
)
"""The same of *cases older than ten years*, whose age is that of the injury."""


def _events(text: str) -> Iterator[re.Match[str]]:
    """The dates of letters that a text names beside a word that connects them."""
    led = False
    for event in _event().finditer(text):
        if event["led"] or led or event["then"]:
            yield event
        led = bool(event["then"])


def _in_days(lasting: re.Match[str]) -> str:
    """The range of days that a number of weeks, months or years is."""
    factor = _DAYS[lasting["unit"].lower()]
    value = _bounded(lasting, lasting["n"], factor)
    if lasting["m"]:
        return f"{round(_amount(lasting['n']) * factor)}-{round(_amount(lasting['m']) * factor)}"
    if ".." not in value and factor > 1:
        return f"{value}-{round((_amount(lasting['n']) + 1) * factor) - 1}"
    return value


_CLAIM_AGE = re.compile(
    r"\b(?:how\s+old\s+(?:is|are|was|were)\s+(?:(?:the|these|those)\s+)?injur(?:y|ies)"
    r"|ages?\s+of\s+(?:the\s+)?(?:claims?|injur(?:y|ies)|cases?)|claim\s+age|injury\s+age|(?:years?|time|months?)\s+since\s+(?:the\s+)?injury)\b(?P<at>\s+at\s+(?:the\s+)?(?:time\s+of\s+|date\s+of\s+)?)?",
    re.IGNORECASE,
)
_LASTED = re.compile(
    r"\b(?:took|take|takes|taken|taking|lasted|lasting|waited|waiting|pending|open)\s+$", re.IGNORECASE
)
_ASKED = re.compile(r"how|turnaround|processing|long|delay|waiting|speed", re.IGNORECASE)


# --- what a letter has, and what a row of an answer has --------------------------------------------------


@cache
def _listed() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<left_out>\b(?:leav\w+\s+(?:out|aside)|exclud\w+|ignor\w+|skip\w*|drop\w*|omit\w*|(?:not|without)\s+counting)\s+"
        r"(?P<between>(?:[a-z]+\s+){0,3}?))?"
        rf"(?P<of>\b(?:with|has|have|had|having|contain\w*|disput\w*|hold\w*|exactly|only|just|list\w*|includ\w*)\s+(?:exactly\s+|only\s+|just\s+)?)?"
        rf"{_bounds()}?(?P<n>{_NUMBER})(?:\s+(?:{_after()}))?\s+"
        r"(?:(?:different|disputed|separate|denied|contested|single)\s+)*"
        r"(?:(?P<item>items?|services?|treatments?|issues?)|(?P<decision>decisions?|requests?|cases?|letters?|disputes?|reviews?))\b"
        r"(?:\s+(?:in\s+dispute|at\s+issue|per\s+letter|each))?",
        re.IGNORECASE,
    )


_LETTERS_BEFORE = re.compile(
    r"\b(?:letters?|cases?|imrs?|determinations?)\b[\w\s]{0,12}\b(?:with|has|have|had|having|contain\w*|disput\w*|hold\w*|list\w*)\s+(?:exactly\s+|only\s+|just\s+)?$",
    re.IGNORECASE,
)


_RANKS = re.compile(r"\b(?:most|least|highest|lowest|best|worst|top|bottom|rank\w*|which)\b", re.IGNORECASE)


def _items(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """How many items a letter has, or how many decisions a row has at least."""
    for several in _SEVERAL_ITEMS.finditer(text):
        yield Meaning("VALUE", "items", "2.."), several.start(), several.end()
    for more in _AND_MORE.finditer(text):
        yield Meaning("VALUE", "items", f"{more['n']}.."), more.start(), more.end()
    for listed in _listed().finditer(text):
        start = listed.end("of") if listed["of"] and not listed["left_out"] else listed.start()
        bounded = any(listed[name] for name in (*_MORE, "OR_MORE", "OR_LESS"))
        of_letter = bool(_LETTERS_BEFORE.search(text[:start]))
        value = _bounded(listed, listed["n"])
        kept = _left(value) if listed["left_out"] and bounded else value
        if listed["between"]:  # is read by itself
            yield Meaning("IGNORED"), start, listed.start("between")
            start = listed.end("between")
        alone = listed["item"] and not (listed["of"] or of_letter) and _RANKS.search(text)
        if alone and (listed["AT_LEAST"] or listed["left_out"]):  # `best rate, min 50 items`
            yield Meaning("HAVING", "decisions", kept), start, listed.end()
        elif (listed["item"] and (bounded or of_letter)) or (listed["decision"] and of_letter):
            yield Meaning("VALUE", "items", value), start, listed.end()
        elif listed["decision"] and bounded:
            yield Meaning("HAVING", "decisions", kept), start, listed.end()


def _left(value: str) -> str:
    """What is left where a range that is open on one side is left out.

    >>> _left("..49"), _left("50..")
    ('50..', '..49')
    """
    low, _, high = value.partition("..")
    return f"{int(high) + 1}.." if high else f"..{int(low) - 1}"


@cache
def _percent() -> re.Pattern[str]:
    fractions = "|".join(name.replace(" ", r"\s+") for name in sorted(_FRACTIONS, key=len, reverse=True))
    return re.compile(
        rf"\b{_bounds()}(?:(?P<n>[0-9]{{1,3}})\s*(?:%|percent\b|per\s+cent\b)|(?P<fraction>{fractions})\b)(?:\s+of\s+(?:them|the\s+time|the))?",
        re.IGNORECASE,
    )
