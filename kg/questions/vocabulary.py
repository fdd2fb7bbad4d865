"""The words of questions: the phrases of the grammar, and those of the vocabularies in ``ontology/``."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from kg import resources
from kg.model import Party, Priority, Sex
from kg.questions.wording import facet_words, licences
from kg.questions.wording.clauses import names
from kg.questions.wording.endings import everyday, verdicts
from kg.questions.wording.grounds import ground_words
from kg.reading.requests import bodyparts, services
from kg.reading.vocabulary.concepts import Concept, read
from kg.reading.vocabulary.phrases import Phrases, Words, fold_word, is_official, key, words

GRAMMAR = "question.lark"
_TERMINAL = re.compile(r'^([A-Z_][A-Z_0-9]*):((?:\s*\|?\s*"[^"]+")+)', re.MULTILINE)
_PHRASE = re.compile(r'"([^"]+)"')
_ACRONYM = re.compile(r"[A-Z]{2,}[A-RT-Z]S")
_TROUBLES = ("pain", "injury", "injuries", "complaint", "problem", "condition", "symptoms", "disorder")
_PERSONS = ("reviewer", "specialist", "physician", "doctor", "doc", "expert", "practitioner", "background")
# How the name of a specialty becomes that of a person: `Orthopedic Surgery` gives `orthopedic surgeon`.
_PERSON_ENDINGS = (
    ("surgery", "surgeon"),
    ("orthopedic surgery", "orthopedist"),
    ("orthopedic surgery", "orthopaedist"),
    ("anesthesiology", "anesthetist"),
    ("podiatry", "podiatrist"),
    ("ology", "ologist"),
    ("iatry", "iatrist"),
    ("istry", "ist"),
    ("iatrics", "iatrician"),
    ("acupuncture", "acupuncturist"),
    ("chiropractic", "chiropractor"),
    ("internal medicine", "internist"),
    ("physical medicine and rehabilitation", "physiatrist"),
)
_SHORT = {
    "Occupational Medicine": ("occ med", "occmed", "occupational med"),
    "Pain Medicine": ("pain mgt", "pain mgmt", "pain"),
    "Orthopedic Surgery": ("ortho",),
    "Chiropractic": ("chiro",),
    "Physical Medicine and Rehabilitation": ("PMR", "PM and R"),
    "Neurological Surgery": ("neurosurg",),
}
"""How questions shorten specialties beside what letters print."""
_CATEGORIES = {
    **dict.fromkeys(("E&M", "E/M", "E and M"), "evaluation-management"),
    **dict.fromkeys(("psych", "psychiatric"), "psych-services"),
    "surgical": "surgery",
}
"""How questions shorten categories, by their notations; letters mean a single service by some of these."""
BESIDE_NUMBERS = {
    *("OVER", "AT_LEAST", "UNDER", "AT_MOST", "OR_MORE", "OR_LESS"),
    *("VISITS", "UNITS", "HOURS", "AGED", "OF_AGE", "WORKERS"),
    *("OF_TEXT", "OF_ITEM_TEXT", "MENTIONS", "WRITES", "OF_WORDS", "TEXT_ENDS"),
    *("AT_INJURY", "AT_DENIAL", "AT_APPLICATION", "AT_ASSIGNMENT", "AT_DECISION", "AT_TIME"),
}
"""Terminals whose phrases mean something beside a number only."""
EVER = "0001.."
"""All dates, as a range."""
_GUIDELINE_WORDS = ("guideline", "treatment guideline")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: a token of the grammar, with the filter and value it stands for, if any.

    ``also`` is a second condition that the value needs, such as the category of a subcategory whose name
    stands in two.
    """

    type: str
    name: str = ""
    value: str = ""
    also: tuple[str, str] | None = None
    negated: bool = False
    offered: str = ""
    """How the thing is called where it is offered."""
    party: Party | None = None
    """Who cites the value, where a condition is written out for one party."""


class Phrase(NamedTuple):
    """A phrase of a question: its type, what it means, its words and place."""

    type: str
    meaning: Meaning
    printed: str
    start: int
    end: int


@cache
def keywords(file: str = GRAMMAR) -> dict[str, list[str]]:
    """The phrases of each terminal of a grammar that is written as phrases."""
    source = resources.text("grammar", file)
    return {found[1]: _PHRASE.findall(found[2]) for found in _TERMINAL.finditer(source)}


def either(terminal: str, ending: str = "") -> str:
    """The phrases of a terminal as a regular expression, the longest first; each may have an ``ending``.

    >>> either("AGED").split("|")[-2:]
    ['ages', 'age']
    """
    said = sorted(keywords()[terminal], key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") + ending for phrase in said)


def singular_or_plural(terminal: str) -> str:
    """The phrases of a terminal as a regular expression, in singular and plural.

    >>> singular_or_plural("HOURS")
    'hours?'
    """
    return either(terminal, "s?")


@cache
def adverbs() -> frozenset[str]:
    """Words that say nothing, also within a phrase.

    >>> "simply" in adverbs()
    True
    """
    return frozenset(keywords()["ADVERB"])


@cache
def phrases(file: str = GRAMMAR) -> Phrases[Meaning]:
    """All phrases, those of the grammar ``file`` before those of the vocabularies."""
    named = (*_persons(), *_services(), *_drugs(), *_body_parts(), *_specialties(), *_worker(), *_grounds())
    facets = tuple(_facets()) if file == GRAMMAR else ()
    conditions = {said for said, meaning in facets if meaning.name == "condition" and said.isupper()}
    # `PTSD` alone is what the patient has, and no chapter that is called so.
    guidelines = (one for one in _guidelines() if one[0] not in conditions)
    return _table(file, (*named, *guidelines, *facets))


@cache
def cited(file: str = GRAMMAR) -> Phrases[Meaning]:
    """All phrases as they are meant after a word of citing: titles of guidelines first."""
    return _table(
        file,
        (*_sections(), *_guidelines(), *_persons(), *_services(), *_drugs(), *_body_parts(), *_worker()),
    )


@cache
def specialties() -> Phrases[Meaning]:
    """The names of specialties and of persons who have them, where nothing else can be meant."""
    return Phrases(
        {key(label): (label, meaning) for label, meaning in (*_specialties(), *_persons())}.values()
    )


def _table(file: str, said: tuple[tuple[str, Meaning], ...]) -> Phrases[Meaning]:
    """A table in which the grammar's phrases come first, and of the others the first that has a phrase."""
    own = [
        (phrase, Meaning(name))
        for name, written in keywords(file).items()
        if file != GRAMMAR or name not in {"ORDINARY", *BESIDE_NUMBERS}
        for phrase in written
    ] + [(said, Meaning(terminal)) for said, terminal in (_formed() if file == GRAMMAR else ())]
    first: dict[tuple[str, ...], Meaning] = {}
    for phrase, meaning in (*own, *said):
        folded = as_written(words(phrase)) if _ACRONYM.search(phrase) else key(phrase)
        if folded and folded[0] != "*" and folded != ("other",):
            first.setdefault(folded, meaning)
    return Phrases(folded=first)


def _formed() -> Iterator[tuple[str, str]]:
    """Phrases of terminals that are made of several parts."""
    yield from (*verdicts.phrases(), *everyday.phrases(), *names.phrases())


@cache
def acronyms() -> frozenset[str]:
    """Acronyms that end in an S which is no plural: without it they are another thing.

    >>> sorted(acronyms())
    ['CRPS']
    """
    vocabularies = (_services(), _drugs(), _body_parts(), _specialties(), _facets(), _guidelines())
    labels = {label for said in vocabularies for label, _ in said if label.isupper()}
    plural = (label for label in labels if label.endswith("S") and fold_word(label) != label.lower())
    return frozenset(label for label in plural if label[:-1] in labels)


def as_written(read: Words) -> tuple[str, ...]:
    """Folded words, but acronyms as they are written: ``CRPS``, ``crps``, and not a plural of ``CRP``."""
    printed = [match[0] for match in read.matches]
    return tuple(
        word.lower() if word.upper() in acronyms() and word in {word.upper(), word.lower()} else folded
        for word, folded in zip(printed, read.folded, strict=True)
    )


def _services() -> Iterator[tuple[str, Meaning]]:
    """Categories, the words for their services, and subcategories."""
    concepts = read("services.ttl")
    official = [concept for concept in concepts.values() if is_official(concept, concepts)]
    categories = {c.notation: c.preferred for c in official if c.broader is None}
    below = [c for c in official if c.broader in categories and c.broader != "circumstance"]
    times = Counter(concept.preferred for concept in below)

    def meaning(category: str, subcategory: str | None) -> Meaning:
        if subcategory is None or subcategory == category:
            return Meaning("VALUE", "category", category)
        also = ("category", category) if times[subcategory] > 1 else None
        return Meaning("VALUE", "subcategory", subcategory, also)

    for said, notation in _CATEGORIES.items():
        yield said, meaning(categories[notation], None)
    for notation, name in categories.items():
        if notation != "circumstance":
            # `other` alone says that something else is meant.
            yield f"{name} services" if name == "Other" else name, meaning(name, None)
            yield name.replace("&", "and"), meaning(name, None)
    for term in terms():
        if not term.is_drug and term.service is not None:
            for label in term.concept.labels:
                yield label, replace(meaning(*term.service), offered=term.concept.preferred)
    for concept in below:
        yield concept.preferred, meaning(categories[str(concept.broader)], concept.preferred)


@cache
def treatments() -> dict[str, tuple[str, ...]]:
    """The treatments that are no drugs, by name, with all that they are called."""
    return {
        term.concept.preferred: tuple(dict.fromkeys((term.concept.preferred, *term.concept.labels)))
        for term in terms()
        if not term.is_drug and term.service is not None
    }


def treatment(printed: str) -> str:
    """The treatment that a phrase names, empty where it names none.

    >>> treatment("ESIs"), treatment("opioids")
    ('epidural steroid injection', '')
    """
    read = as_written(words(printed))
    found = phrases().longest(read, 0) if read else None
    offered = found.meaning.offered if found else ""
    return offered if offered in treatments() else ""


def terms() -> Iterator[services.Term]:
    """What the catalogues of services and drugs say, each concept once."""
    phrases, _ = services.catalogue()
    seen: set[str] = set()
    for term in phrases.meanings():
        if term.concept.iri not in seen:
            seen.add(term.concept.iri)
            yield term


def _drugs() -> Iterator[tuple[str, Meaning]]:
    for term in terms():
        if not term.is_drug or term.drug_class is None:
            continue
        value = "/".join(term.ingredients) or term.drug_class.preferred
        for label in term.concept.labels:
            yield label, Meaning("VALUE", "drug", value, offered=term.concept.preferred)
    for concept in read("drugs.ttl").values():
        if concept.broader is None and concept.notation != "form":
            yield concept.preferred, Meaning("VALUE", "drug", concept.preferred)


@cache
def drug_classes() -> frozenset[str]:
    """The classes of drugs, most of which are subcategories of services too."""
    found = read("drugs.ttl").values()
    return frozenset(c.preferred for c in found if c.broader is None and c.notation != "form")


def _body_parts() -> Iterator[tuple[str, Meaning]]:
    for label, anatomy in bodyparts.catalogue().labelled():
        if anatomy.parts:
            side = f":{anatomy.side.value}" if anatomy.side else ""
            meaning = Meaning("VALUE", "body_part", "|".join(part + side for part in anatomy.parts))
            yield label, meaning
            yield from ((f"{label} {trouble}", meaning) for trouble in _TROUBLES)
        elif anatomy.side:
            yield label, Meaning("VALUE", "side", anatomy.side.value)
    back = Meaning("VALUE", "body_part", "low back")
    for label in ("back", "lower back"):
        yield label, back
        yield from ((f"{label} {trouble}", back) for trouble in _TROUBLES)


@cache
def parts_in(printed: str) -> tuple[str, ...]:
    """The parts of the body that a service's own words name.

    >>> parts_in("carpal tunnel release")
    ('wrist',)
    """
    found = bodyparts.catalogue().find(words(printed).folded)
    return tuple(dict.fromkeys(part for each in found for part in each.meaning.parts))


def _persons() -> Iterator[tuple[str, Meaning]]:
    """Specialties as persons: ``pain specialists``, ``neurosurgeons``."""
    concepts = read("specialties.ttl")
    for concept in concepts.values():
        meaning = Meaning("VALUE", "specialty", concept.preferred, offered=f"{concept.preferred} reviewers")
        for label in (*concept.labels, *_SHORT.get(concept.preferred, ())):
            plain = label.lower()
            for ending, person in _PERSON_ENDINGS:
                if plain.endswith(ending):
                    yield plain.removesuffix(ending) + person, meaning
            for stem in {plain, plain.removesuffix(" medicine"), plain.removesuffix(" surgery")}:
                for person in _PERSONS:
                    yield f"{stem} {person}", meaning


def _specialties() -> Iterator[tuple[str, Meaning]]:
    """Specialties by their names, where nothing else has them."""
    for concept in read("specialties.ttl").values():
        for label in (*concept.labels, *_SHORT.get(concept.preferred, ())):
            yield label, Meaning("VALUE", "specialty", concept.preferred)


def _worker() -> Iterator[tuple[str, Meaning]]:
    for sex in Sex:
        yield sex.value, Meaning("VALUE", "sex", sex.value)
    for sex, called in ((Sex.FEMALE, ("women", "woman")), (Sex.MALE, ("men", "man"))):
        yield from ((name, Meaning("VALUE", "sex", sex.value)) for name in called)
    yield from ((name, Meaning("VALUE", "decision_date", EVER, negated=True)) for name in facet_words.UNDATED)
    for priority in Priority:
        yield priority.value, Meaning("VALUE", "priority", priority.value)
    yield "urgent", Meaning("VALUE", "priority", "expedited")
    for said, state, negated in licences.phrases():
        offered = "" if negated else f"licensed in {state}"
        yield said, Meaning("VALUE", "licence", state, negated=negated, offered=offered)


def _guidelines() -> Iterator[tuple[str, Meaning]]:
    """Works, editions and chapters; a name that other things have too needs the word *guideline*."""
    for concept in read("guidelines.ttl").values():
        meaning = Meaning("GUIDE", "guideline", concept.notation)
        if "GuidelineSection" in concept.kinds:
            continue
        for label in concept.labels:
            plain = _without_endings(label.lower())
            for ending in _GUIDELINE_WORDS:
                yield f"{plain} {ending}", meaning
            if (
                "/" in concept.notation or concept.notation == "chronic-pain"
            ):  # others have chapters themselves
                yield f"{plain} chapter", meaning
            if plain == "chronic pain" and "/" not in concept.notation:
                yield plain, meaning
            if "guideline" in label.lower() or label.isupper() or "ACOEM" in label or "ODG" in label:
                yield label, meaning
            if concept.notation.startswith("odg/"):
                yield f"ODG {label}", meaning
                yield f"ODG {label} chapter", meaning


def _grounds() -> Iterator[tuple[str, Meaning]]:
    """Grounds that reviewers state, met or not where the words say so."""
    for said, ground, offered in ground_words.phrases():
        yield said, Meaning("VALUE", "ground", ground, offered=offered)


def _facets() -> Iterator[tuple[str, Meaning]]:
    """How letters end as wholes, on what parties rely, and the conditions of patients."""
    for said, name, value in facet_words.phrases():
        yield said, Meaning("VALUE", name, value, offered=said)
    for concept in read("conditions.ttl").values():
        for label in (*concept.labels, concept.preferred):
            yield label, Meaning("VALUE", "condition", concept.notation, offered=concept.preferred)


def _without_endings(label: str) -> str:
    """The name of a guideline without the words that say that it is one."""
    for ending in (" guidelines", " guideline", " treatment", " medical", " complaints", " disorders"):
        label = label.removesuffix(ending)
    return label


def _sections() -> Iterator[tuple[str, Meaning]]:
    for concept in read("guidelines.ttl").values():
        for label in concept.labels:
            yield label, Meaning("GUIDE", "guideline", concept.notation)


def guideline(notation: str) -> Concept | None:
    """The concept of a place of a guideline."""
    return {concept.notation: concept for concept in read("guidelines.ttl").values()}.get(notation)
