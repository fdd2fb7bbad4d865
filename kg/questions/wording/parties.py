"""Which party cites what, where each is named: *UR cites ODG but the reviewer cites the MTUS*."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.model import Party
from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning, Phrase
from kg.reading.vocabulary.phrases import fold_word


def silent(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """What a text says that letters do not tell: *say nothing about what guideline the adjuster used*.

    >>> [(m.value, str(m.party)) for m, _, _ in silent("letters that do not say what UR relied on")]
    [('none_cited', 'claims_administrator')]
    """
    for said in BESIDE.every("SILENT_ON", text):
        administrator = BESIDE.within("ADMINISTRATOR_", said[0])
        party = Party.CLAIMS_ADMINISTRATOR if administrator else None
        yield Meaning("VALUE", "basis", "none_cited", party=party), said.start(), said.end()


class _Subject(NamedTuple):
    start: int
    end: int
    party: Party


def citing(text: str, phrases: list[Phrase]) -> Mapping[int, Party]:
    """The party of each phrase for what is cited, by its position; empty unless there is one for each party.

    Who stands before it cites it, or who follows after *by*. What the reviewer cites may be what is asked:
    *when UR cites ODG, what does the reviewer rely on*.
    """
    subjects = sorted(_subjects(text, phrases))
    found: dict[int, Party] = {}
    for at, phrase in enumerate(phrases):
        if not _is_cited(phrase):
            continue
        before = [one for one in subjects if one.end <= phrase.start]
        after = [one for one in subjects if one.start >= phrase.end]
        if after and BESIDE.fills("CITED_BY", text, phrase.end, after[0].start):
            found[at] = after[0].party
        elif before:
            found[at] = before[-1].party
    asked = set(found.values()) == {Party.CLAIMS_ADMINISTRATOR} and _asks_other(phrases, subjects)
    return found if asked or len(set(found.values())) > 1 else {}


def _asks_other(phrases: list[Phrase], subjects: list[_Subject]) -> bool:
    """Whether it is asked what the reviewer cites, who cites nothing that is named."""
    kinds = {phrase.type for phrase in phrases}
    cites = [phrase.start for phrase in phrases if phrase.type == "CITE"]
    reviewers = [one.end for one in subjects if one.party is Party.REVIEWER]
    own = any(end <= at for end in reviewers for at in cites)
    return own and len(cites) > 1 and bool(kinds & {"WHICH", "SAME"})


def completed(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, with what one party does not cite although the other does: *and the reviewer does not*."""
    subjects = sorted(_subjects(text, phrases))
    if len(subjects) < 2 or subjects[-1].party is subjects[-2].party:
        return phrases
    last, before = subjects[-1], subjects[-2]
    said = [phrase for phrase in phrases if phrase.start >= last.end]
    cited = [phrase for phrase in phrases if phrase.start >= before.end and _is_cited(phrase)]
    kinds = [phrase.type for phrase in said]
    if not cited or cited[-1].end > last.start or kinds[:1] != ["NOT"] or not set(kinds[1:]) <= {"CITE"}:
        return phrases
    at = said[0].end
    again = [phrase for phrase in phrases if before.end <= phrase.start and phrase.end <= last.start]
    first, after = again.index(cited[0]), again.index(cited[-1]) + 1
    more = again[first:after] + [phrase for phrase in again[after:] if phrase.type in {"NUMBER", "YEAR"}]
    return [*phrases[: phrases.index(said[0]) + 1], *(phrase._replace(start=at, end=at) for phrase in more)]


_LOSES = {"lose": "IS_OVERTURNED", "lost": "IS_OVERTURNED", "losing": "IS_OVERTURNED"} | dict.fromkeys(
    ("win", "won", "winning", "prevail", "prevails", "prevailed", "succeed", "successful"), "IS_UPHELD"
)
"""What it is for the decision that the claims administrator loses or wins."""


def losing(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases; what the claims administrator loses is overturned: *does UR lose more citing ODG*.

    A treatment that survives is approved, and a denial that does is upheld.
    """
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        if phrase.type == "IS_OVERTURNED" and BESIDE.after("SURVIVES", phrase.printed, 0):
            upheld = BESIDE.within("REFUSED", text, 0, phrase.start)
            found[at] = phrase._replace(type="IS_UPHELD", meaning=Meaning("IS_UPHELD")) if upheld else phrase
        ended = _LOSES.get(fold_word(phrase.printed)) if phrase.type.startswith("IS_") else None
        party = next((one for one in reversed(phrases[:at]) if one.type == "PARTY"), None)
        if ended and party and not BESIDE.within("WORKERS", text, party.end, phrase.start):
            found[at] = phrase._replace(type=ended, meaning=Meaning(ended))
    return found


def _is_cited(phrase: Phrase) -> bool:
    return phrase.type in {"GUIDE", "AT_PAGE", "AT_CHAPTER"} or phrase.meaning.name == "basis"


def _subjects(text: str, phrases: list[Phrase]) -> Iterator[_Subject]:
    for phrase in phrases:
        if phrase.type == "PARTY":
            yield _Subject(phrase.start, phrase.end, Party.CLAIMS_ADMINISTRATOR)
    for one in BESIDE.every("UR_DENIAL", text):
        yield _Subject(one.start(), one.end(), Party.CLAIMS_ADMINISTRATOR)
    said = [(phrase.start, phrase.end) for phrase in phrases]
    for one in BESIDE.every("REVIEWER", text):
        if not any(start < one.end() and one.start() < end for start, end in said):
            yield _Subject(one.start(), one.end(), Party.REVIEWER)


_BOTH = {
    "each side",
    "each party",
    "both",
    "both sides",
    "both parties",
    "two sides",
    "two parties",
    "ur and the reviewer",
}


def each_cited(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, what both parties cite, or neither, as what each of them does."""
    return _both_cite(_neither_cites(_passive(phrases)))


_CITED = {"GUIDE", "AT_PAGE", "AT_CHAPTER", "OF_SECTION"}


def _passive(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *the MTUS is not cited* as *not citing the MTUS*, and *cited by neither side* alike."""
    found: list[Phrase] = []
    left = list(phrases)
    while left:
        phrase = left.pop(0)
        kinds = [one.type for one in left[:4]]
        active = bool(found) and found[-1].type in {"CITE", "OR"}
        negated = kinds[:2] == ["NOT", "CITE"] and _CITED.isdisjoint(kinds[2:3])
        by_neither = kinds[:2] == ["CITE", "NEITHER"] or kinds[:3] == ["CITE", "BY", "NEITHER"]
        if phrase.type != "GUIDE" or active or not (negated or by_neither):
            found.append(phrase)
            continue
        taken = kinds.index("NEITHER") + 1 if by_neither else 2
        moved = [one for one in left[:taken] if one.type != "BY"]
        moved.sort(key=lambda one: one.type == "CITE")
        found += [one._replace(start=phrase.start, end=phrase.start) for one in moved]
        found.append(phrase)
        del left[:taken]
    return found


def _both_cite(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *both cite ODG* as what each party cites."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        before = [one.type for one in found[-2:]]
        following = [one.type for one in phrases[at + 1 : at + 2]]
        alone = not set(following) & {"GUIDE", "YEAR", "AT_PAGE", "AT_CHAPTER", "OF_SECTION", "OR", "NOT"}
        both = len(found) > 1 and found[-2].printed.lower() in _BOTH
        if phrase.meaning.value == "none_cited" and found and found[-1].printed.lower() in _BOTH:
            del found[-1]  # `both parties cite nothing`
            found += _of_each(phrase, "basis", "none_cited")
            continue
        if phrase.type == "GUIDE" and before[-1:] == ["CITE"] and both and alone:
            del found[-2:]
            found += _of_each(phrase, "guideline", phrase.meaning.value)
        else:
            found.append(phrase)
    return found


def _neither_cites(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *neither side cites ODG* as what each party does not cite, or that each cites nothing."""
    found: list[Phrase] = []
    left = list(phrases)
    while left:
        phrase = left.pop(0)
        cited = left[1] if len(left) > 1 and left[0].type == "CITE" else None
        if phrase.type != "NEITHER" or not (cited and cited.type in {"GUIDE", "OF_GUIDELINE", "EVIDENCE"}):
            found.append(phrase)
            continue
        del left[:2]
        work = cited.meaning.value
        name, value = ("guideline", work) if work else ("basis", "none_cited")
        found += _of_each(cited, name, value, negated=bool(work))
    return found


def _of_each(phrase: Phrase, name: str, value: str, *, negated: bool = False) -> list[Phrase]:
    """A phrase as what the claims administrator cites, and as what the reviewer does."""
    return [
        phrase._replace(type="VALUE", meaning=Meaning("VALUE", name, value, negated=negated, party=party))
        for party in (Party.CLAIMS_ADMINISTRATOR, None)
    ]


def cited_against(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *what is cited against massage* as what is cited where it is denied."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        cited = at and phrases[at - 1].type in {"CITE", "CITED_MOST"}
        of = [one.type for one in phrases[at + 1 : at + 2]] == ["VALUE"]
        if cited and of and phrase.type == "VERSUS" and phrase.printed.lower() == "against":
            found[at] = phrase._replace(type="IS_UPHELD", meaning=Meaning("IS_UPHELD"))
    return found


def cited_for(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *what is ODG cited for most* as the services for which it is."""
    said = BESIDE.within("CITED_FOR", text)
    if said is None or any(phrase.type == "VALUE" for phrase in phrases):
        return phrases
    most = Phrase("CITED_MOST", Meaning("CITED_MOST"), said[0], said.end(), said.end())
    return [
        *phrases,
        Phrase("OF_SUBCATEGORY", Meaning("OF_SUBCATEGORY"), "", said.start(), said.start()),
        most,
    ]
