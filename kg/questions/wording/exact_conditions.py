"""Case numbers, days, and conditions that are written as such: ``drug="Opioids"``."""

import re
from collections.abc import Iterator
from datetime import date

from kg.analysis.filters import FILTERS
from kg.errors import QuestionError
from kg.model import Party
from kg.questions.facets import facet_table
from kg.questions.vocabulary import Meaning, Phrase

_CASE = r"\bCM\s?-?(?P<year>[0-9]{2})-?(?P<number>[0-9]{1,7})\b"
HAVING = ("decisions", "percent", "met")
"""What a row of an answer has to have."""
_NAMES = "|".join((*FILTERS, *facet_table.ONLY_FACETS, *HAVING, "measure"))
_CONDITION = (
    rf"\b(?P<part>part\.)?(?P<party>administrator\.)?(?P<name>{_NAMES})(?P<no>!?)"
    r'=(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s"]+))'
)
_DAY = (
    r"\b(?P<iso>(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})\b"
    r"|\b(?P<slashed>[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2})\b"
)
_DECIMAL = r"(?P<decimal>(?<![0-9.,])[0-9]+\.[0-9]+\b)"
_EXACT = re.compile(f"{_CASE}|{_CONDITION}|{_DAY}|{_DECIMAL}", re.IGNORECASE)


def found(text: str) -> Iterator[Phrase]:
    """The phrases of a text that are written so.

    >>> [(p.type, p.meaning.value) for p in found("CM17-4344, drug=Opioids since 2015-03-01")]
    [('CASE', 'CM17-0004344'), ('VALUE', 'Opioids'), ('DAY', '2015-03-01')]
    """
    for exact in _EXACT.finditer(text):
        yield Phrase(*_exact(exact), exact[0], exact.start(), exact.end())


def _exact(found: re.Match[str]) -> tuple[str, Meaning]:
    """What a case number, or a condition such as ``drug="Opioids"``, means."""
    if found["year"]:
        return "CASE", Meaning("CASE", value=f"CM{found['year']}-{int(found['number']):07d}")
    if found["iso"] or found["slashed"]:
        month, day, year = (found["slashed"] or "//").split("/")
        iso = found["iso"] or f"{year}-{int(month):02d}-{int(day):02d}"
        return "DAY", Meaning("DAY", value=_day(iso, found[0]))
    if found["decimal"]:
        return "UNKNOWN", Meaning("UNKNOWN")
    value = found["quoted"] or found["plain"]
    name, kind = found["name"].lower(), "PART" if found["part"] else "VALUE"
    if name in {"measure", *HAVING}:
        kind = "MEASURE" if name == "measure" else "HAVING"
    elif name in facet_table.ONLY_FACETS:
        value = facet_table.check(name, value)
    if name == "outcome" and kind == "VALUE" and not found["no"]:
        return f"IS_{value.upper()}", Meaning(f"IS_{value.upper()}")
    party = Party.CLAIMS_ADMINISTRATOR if found["party"] else None
    return kind, Meaning(kind, name, value, negated=bool(found["no"]), party=party)


def _day(iso: str, printed: str) -> str:
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError as error:
        raise QuestionError(f"“{printed}” is not a date") from error
