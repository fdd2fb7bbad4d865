"""Conditions as questions name them: places of guidelines without their work, grounds that are lacking."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase
from kg.reading.vocabulary.concepts import read

_PAGED = {"chronic-pain": "chronic-pain/2009"}
"""What a page that is named without its edition is a page of."""


def settled(condition: Condition) -> Condition:
    """A condition with its pages and chapters as places of a guideline, which another condition may name."""
    if condition.name != "guideline":
        return condition
    works = list(dict.fromkeys(value for value in condition.values if " " not in value))
    pages = [value for value in condition.values if " " in value]
    if any(value.startswith("page ") for value in pages):  # pages are counted through all chapters
        chapters = [value for value in pages if value.startswith("chapter ")]
        pages = [value for value in pages if value not in chapters]
        works = works or ["acoem-2004"] * bool(chapters)
    if not pages:
        return condition
    if len(works) > 1:  # `MTUS chronic pain page 78`: the MTUS is what the guideline is part of
        works = [work for work in works if work != "mtus"]
    if len(works) > 1 and all(value.startswith("chapter ") for value in pages):
        numbered = [work for work in works if work.startswith("acoem")]  # others have no numbered chapters
        if len(numbered) == 1:
            of_book = settled(replace(condition, values=(numbered[0], *pages)))
            return replace(condition, values=(*(w for w in works if w not in numbered), *of_book.values))
    if len(works) > 1:
        raise QuestionError(f"{pages[0]} of which of {', '.join(works)}?")
    found = []
    for value in pages:
        unit, _, number = value.partition(" ")
        if unit == "chapter":
            if works and not works[0].startswith("acoem"):
                raise QuestionError(f"{works[0]} has no numbered chapters")
            found.append(f"acoem-2004/{number}")
        else:
            work = works[0] if works else "chronic-pain"
            found.append(f"{_PAGED.get(work, _edition(work))}/page/{number}")
    return replace(condition, values=tuple(found))


def _edition(work: str) -> str:
    """The edition whose pages a place is cited by: an ACOEM chapter's pages are its book's."""
    return work.split("/")[0] if work.startswith("acoem") else work


def places(kinds: list[str], values: list[str]) -> list[str]:
    """What the tokens of a place mean: a work, an edition, a section, or pages and chapters by number."""
    if kinds[0] == "GUIDE":
        dated = len(values) == 1 or f"-{values[1]}" in values[0]  # `Knee Complaints 2004`, of ACOEM 2004
        return [values[0] if dated else f"{values[0]}/{values[1]}"]
    if kinds[0] == "OF_SECTION":
        return places(kinds[1:], values[1:])
    numbers = [int(value) for kind, value in zip(kinds, values, strict=True) if kind == "NUMBER"]
    if "TO" in kinds and len(numbers) == 2:
        numbers = list(range(numbers[0], min(numbers[1], numbers[0] + 50) + 1))
    unit = kinds[0].removeprefix("AT_").lower()
    return [f"{unit} {number}" for number in numbers]


@cache
def edition_years() -> frozenset[str]:
    """The years of the editions of guidelines.

    >>> sorted(edition_years())[:2]
    ['2007', '2009']
    """
    concepts = (concept for concept in read("guidelines.ttl").values() if "Edition" in concept.kinds)
    return frozenset(parts[1] for concept in concepts if len(parts := concept.notation.split("/")) == 2)


def of_schedule(named: list[str]) -> tuple[str, ...]:
    """The years of editions of the MTUS, where nothing else is named: its parts have them, it has none.

    >>> of_schedule(["mtus/2009"]), of_schedule(["mtus/2009", "odg"])
    (('2009',), ())
    """
    years = [place.removeprefix("mtus/") for place in named]
    return tuple(years) if all(year.isdecimal() for year in years) else ()


def is_section(notation: str) -> bool:
    """Whether a place of a guideline is a section."""
    concept = vocabulary.guideline(notation)
    return concept is not None and "GuidelineSection" in concept.kinds


def without_mtus(said: list[Phrase], text: str, named: list[str]) -> list[str]:
    """The places without the MTUS before a part of it: *MTUS chronic pain*."""
    for one, other in pairwise(said):
        if (
            one.meaning.value == "mtus"
            and other.type in {"GUIDE", "OF_SECTION"}
            and other.meaning.value != "mtus"
            and not text[one.end : other.start].strip()
        ):
            return [place for place in named if place != "mtus"]
    return named


def narrowed(named: list[str]) -> list[str]:
    """Places without a work before a section of it, which is then of that edition.

    >>> narrowed(["chronic-pain/2016", "chronic-pain/2009/weaning-of-medications"])
    ['chronic-pain/2016/weaning-of-medications']
    """
    found: list[str] = []
    for place in named:
        work = found[-1] if found else ""
        if work and is_section(place) and not is_section(work) and place.split("/")[0] == work.split("/")[0]:
            inside = f"{work}/{place.rpartition('/')[2]}"
            if "/" in work and not is_section(inside):
                raise QuestionError(f"{work} has no section {place.rpartition('/')[2]}")
            found[-1] = inside if is_section(inside) else place
        else:
            found.append(place)
    return found


def gather(into: list[Condition], new: Condition) -> None:
    """Add a condition; two of one name are one that holds for either value."""
    for at, old in enumerate(into):
        if (old.name, old.negated, old.party) == (new.name, new.negated, new.party):
            into[at] = replace(old, values=(*old.values, *new.values), asked="")
            return
    into.append(new)


def is_lacking(before: list[Condition]) -> bool:
    """Whether the last condition is a ground that is lacking, with a word before: *no response or …*."""
    last = before[-1:]
    return (
        bool(last)
        and last[0].values[-1].endswith(":not-met")
        and BESIDE.after("LACKING", last[0].asked, 0) is not None
    )
