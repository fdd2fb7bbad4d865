"""What an item requests: its service, drug and circumstances, from the catalogues' words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from kg.model import Drug, Service
from kg.reading.vocabulary.concepts import Concept
from kg.reading.vocabulary.phrases import Found, Phrases, Words, ancestors, concepts, is_official

_FILES = ("services.ttl", "drugs.ttl")
_COMPOUND = "compound"
_ITSELF = "*"
SPECIFIC = 30
"""What has a lower precedence in ``services.ttl`` is a general word."""
_TESTS = "Diagnostic Testing"
_NUMBERED = re.compile(r"#\s*\d|\bqty\b|\d\s*(?:tab|cap)", re.IGNORECASE)
_MOST_AT_ONCE = 2
"""An item that names more drugs is one mixture of them, but where each has a number."""
_DRUG = 50
"""The precedence of a drug in ``services.ttl``."""
_ANALGESICS, _COMPOUNDS = "Topical Analgesics", "Topical Compounds"

_SPINE, _ELSEWHERE = ("Surgery", "Spine"), ("Surgery", "Non-arthroscopic Surgery")
_OF_SPINE = frozenset(["neck", "upper back", "low back"])
_NERVES = frozenset(["nerve", "tunnel", "outlet", "canal"])
_REFILLS = frozenset(["RF", "RFS"])
_TOPICAL = frozenset(["cream", "gel", "ointment", "lotion"])
"""Words of a form for the skin, which names of drugs may end in (``lidocaine cream``)."""
_OCCASION = frozenset(["prior", "before"])
_SURGERY, _ADJUNCT = "Surgery", "Adjunct Surgical Services"
_AROUND = frozenset(["prior", "before", "after", "following", "status"])
_TO_FIND = frozenset(["evaluate", "assess", "rule", "determine"])

Name = tuple[str, str | None]
"""A category and subcategory of the DWC."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase of the catalogues says about an item that holds it.

    ``service`` is ``None`` for words that tell none (a circumstance).
    """

    concept: Concept
    service: Name | None
    topical: Name | None
    precedence: int
    counts_visits: bool
    consultation: bool
    leads: bool
    by_body_part: bool
    around_surgery: bool
    retrospective: bool
    ingredients: tuple[str, ...]
    drug_class: Concept | None
    form: str | None
    kin: frozenset[str]

    @property
    def is_drug(self) -> bool:
        """Whether the phrase names a drug or a class of drugs."""
        return self.drug_class is not None

    @property
    def opens_nothing(self) -> bool:
        """Whether an item that begins with the phrase is about what follows it."""
        return self.consultation and not self.leads


class Request(NamedTuple):
    """What the words of an item request, and whether a bare number of it counts visits."""

    service: Service | None
    drug: Drug | None
    counts_visits: bool
    vague: bool = True
    """Whether nothing but a general word (``visit``, ``program``), or no word at all, tells the service."""
    named: Sequence[Found[Term]] = ()
    """The phrases for what is requested, without occasions, labels and doses."""
    chosen: Found[Term] | None = None
    """The one of them that tells the service."""


@cache
def catalogue() -> tuple[Phrases[Term], Mapping[frozenset[str], Term]]:
    """The phrases of services and drugs, and the terms that several concepts stand for together.

    Raises:
        CatalogueError: a catalogue is faulty.
    """
    among = concepts(*_FILES)
    terms = {iri: _term(concept, among) for iri, concept in among.items() if not is_official(concept, among)}
    phrases = Phrases(
        (label, _by_ending(term) if label.startswith("*") else term)
        for term in terms.values()
        for label in term.concept.labels
    )
    together = {
        frozenset(term.concept.said["combines"]): term
        for term in terms.values()
        if "combines" in term.concept.said
    }
    return phrases, together


def _by_ending(term: Term) -> Term:
    """A class of drugs as a word says it that only shares its ending: the word is an ingredient."""
    return replace(term, ingredients=(_ITSELF,), precedence=_DRUG) if term.drug_class else term


def _term(concept: Concept, among: Mapping[str, Concept]) -> Term:
    line = ancestors(concept.iri, among)

    def said(name: str) -> str | None:
        return next((value for each in line if (value := each.one(name)) is not None), None)

    scheme = concept.said["inScheme"][0].rpartition("/")[2]
    form = said("form")
    of_drug = scheme == "drug" and form is None and concept.notation != "form"
    kind = among[dispensed] if (dispensed := said("dispensedAs")) else None
    topical = among[topical_as] if (topical_as := said("topicalAs")) else None
    own = line if scheme == "service" else ancestors(kind.iri, among) if kind else ()
    official = [each.preferred for each in own if is_official(each, among)]
    # A class of drugs says less than a drug: what holds for its name does not hold for its members.
    ranks = (value for each in (concept, *own) if (value := each.one("precedence")) is not None)
    return Term(
        concept=concept,
        service=(official[-1], official[-2] if len(official) > 1 else None) if official else None,
        topical=(official[-1], topical.preferred) if topical and official else None,
        precedence=1 if form is not None else int(next(ranks, 0)),
        counts_visits=said("countedIn") == "visit",
        consultation=said("isConsultation") == "true",
        leads=said("leads") == "true",
        by_body_part=said("byBodyPart") == "true",
        around_surgery=said("aroundSurgery") == "true",
        retrospective=concept.notation == "circumstance/retrospective",
        ingredients=_ingredients(concept, line, among) if of_drug else (),
        drug_class=line[-1] if of_drug else None,
        form=form,
        kin=frozenset((*(each.iri for each in line), *(each.iri for each in own))),
    )


def _ingredients(concept: Concept, line: Sequence[Concept], among: Mapping[str, Concept]) -> tuple[str, ...]:
    """The generic names of what a drug holds; a class of drugs holds nothing by itself."""
    if "ingredient" in concept.said:
        return tuple(among[iri].preferred.lower() for iri in concept.said["ingredient"])
    return (concept.preferred.lower(),) if len(line) > 1 else ()


def circumstances(found: Sequence[Found[Term]], words: Words) -> tuple[bool, bool]:
    """Whether the item is retrospective, and whether it lies around a surgery."""
    found = _without_surgery(found, words)
    return any(f.meaning.retrospective for f in found), any(f.meaning.around_surgery for f in found)


def request(
    found: Sequence[Found[Term]], words: Words, *, percent: bool, parts: frozenset[str] = frozenset()
) -> Request:
    """The service and drug among the phrases ``found``.

    ``percent``: a strength is printed so. ``parts``: the parts of the body that the item names.
    """
    found = _without_surgery(_without_dosing(found, words), words)
    named = _without_occasion(_without_label(found, words), words)
    chosen = _chosen(named)
    dispensed = chosen is None or chosen.meaning.is_drug or chosen.meaning.form is not None
    drug, compounded = _drug(found, words, percent=percent, dispensed=dispensed)
    if chosen is None:
        return Request(None, drug, counts_visits=False)
    term = chosen.meaning
    forms = _forms(found, words)
    name = term.service
    if term.topical is not None and (compounded or percent or "topical" in forms):
        name = (term.topical[0], _COMPOUNDS) if compounded else term.topical
    elif term.topical is not None and "patch" in forms and term.topical[1] == _ANALGESICS:
        name = term.topical
    elif name is not None and compounded and term.is_drug:
        # A compound is one whatever it is made of (`Dexamethasone 2% in cream base`).
        name = (name[0], _COMPOUNDS)
    elif term.by_body_part and name in (_SPINE, _ELSEWHERE):
        name = _by_body_part(name, parts, words)
    assert name is not None
    service = Service(*name, words.span(chosen.first, chosen.after))
    return Request(service, drug, term.counts_visits, term.precedence < SPECIFIC, named, chosen)


def _without_label(found: Sequence[Found[Term]], words: Words) -> Sequence[Found[Term]]:
    """The phrases without a first one that a colon makes the label of another test (``Labs: MRI``)."""
    tests = [f for f in found if f.meaning.service is not None and f.meaning.service[0] == _TESTS]
    if len(tests) > 1 and tests[0] is found[0]:
        end = words.matches[found[0].after - 1]
        if end.string[end.end() :].lstrip().startswith(":"):
            return found[1:]
    return found


def _without_dosing(found: Sequence[Found[Term]], words: Words) -> Sequence[Found[Term]]:
    """The phrases without abbreviations that beside a drug are no service (``b.i.d.``, ``RF 3``)."""
    if not any(f.meaning.is_drug for f in found):
        return found

    def printed(one: Found[Term]) -> str:
        span = words.span(one.first, one.after)
        return words.matches[one.first].string[span.start : span.end]

    def doses(one: Found[Term]) -> bool:
        if one.meaning.is_drug or one.meaning.service is None:
            return False
        said = printed(one)
        if said.upper() in _REFILLS:
            return one.after == len(words.folded) or words.folded[one.after].isdigit()
        return "." in said and all(len(word) == 1 for word in words.folded[one.first : one.after])

    return [one for one in found if not doses(one)]


def _without_occasion(found: Sequence[Found[Term]], words: Words) -> Sequence[Found[Term]]:
    """The phrases without what a drug is taken before (``Valium 5mg prior to MRI``)."""
    drug = next((f for f in found if f.meaning.is_drug), None)
    if drug is None or _OCCASION.isdisjoint(words.folded[drug.after :]):
        return found
    at = next(at for at in range(drug.after, len(words.folded)) if words.folded[at] in _OCCASION)
    return [f for f in found if f.first < at or f.meaning.service is None or f.meaning.is_drug]


def _without_surgery(found: Sequence[Found[Term]], words: Words) -> Sequence[Found[Term]]:
    """The phrases without the surgery that is an occasion of what is requested (``Sling after arthroscopy``).

    A circumstance stands in its place. What a test is to find (``MRI to evaluate for a repair``) is none.
    """
    named = [f for f in found if f.meaning.service is not None]
    if len(named) < 2 or named[0].meaning.precedence < SPECIFIC or not _no_surgery(named[0].meaning):
        return found
    folded = words.folded
    at = next((n for n in range(named[0].after, len(folded)) if _is_occasion(folded, n)), len(folded))
    kept = [f for f in found if f.first < at or f.meaning.service is None or _no_surgery(f.meaning)]
    if len(kept) < len(found) and folded[at] in _AROUND:
        kept.append(Found(_around_surgery(), at, at + 1))
    return kept


@cache
def _around_surgery() -> Term:
    """The circumstance that something lies around a surgery."""
    return next(f.meaning for f in catalogue()[0].find(("postoperative",)) if f.meaning.around_surgery)


def _no_surgery(term: Term) -> bool:
    return term.service is not None and (term.service[0] != _SURGERY or term.service[1] == _ADJUNCT)


def _is_occasion(folded: Sequence[str], n: int) -> bool:
    """Whether a surgery that follows the word is the time of what is requested, or what it looks for."""
    if folded[n] == "status":
        return list(folded[n + 1 : n + 2]) == ["post"]
    if folded[n] in _AROUND:
        return folded[n - 1] != "the"
    return folded[n] == "to" and n + 1 < len(folded) and folded[n + 1] in _TO_FIND


def _by_body_part(name: Name, parts: frozenset[str], words: Words) -> Name:
    """Surgery of the spine where only parts of it are named, of another part where those are, or a nerve."""
    of_spine = bool(parts & _OF_SPINE)
    elsewhere = bool(parts - _OF_SPINE) or (
        not _NERVES.isdisjoint(words.folded) and "root" not in words.folded
    )
    if of_spine == elsewhere:
        return name
    return _SPINE if of_spine else _ELSEWHERE


def _chosen(found: Sequence[Found[Term]]) -> Found[Term] | None:
    """The phrase that decides the service: the highest precedence, the first of equals."""
    named = [f for f in found if f.meaning.service is not None]
    if not named:
        return None
    opening = next((f for f in named if not f.meaning.opens_nothing), named[0])
    if opening.meaning.leads:
        named = [f for f in named if f.meaning.consultation]
    if len(found) > 1:
        kin = frozenset().union(*(f.meaning.kin for f in found))
        for parts, term in catalogue()[1].items():
            if parts <= kin:
                first, *_, last = [
                    f for f in (*named, *named) if not parts.isdisjoint(f.meaning.kin)
                ] or named
                apart = any(first.first < f.first < last.first for f in named)
                named.append(Found(term, first.first, first.after if apart else last.after))
    return max(named, key=lambda f: f.meaning.precedence)


def _many(drugs: Sequence[Found[Term]], words: Words) -> bool:
    """Whether so many drugs are named that they are one mixture, which has one number, at its end."""
    between = words.span(drugs[0].first, drugs[-1].after).of(words.matches[0].string)
    return len(drugs) > _MOST_AT_ONCE and _NUMBERED.search(between) is None


def _forms(found: Sequence[Found[Term]], words: Words) -> frozenset[str]:
    """The dosage forms that the item names."""
    named = {f.meaning.form for f in found if f.meaning.form is not None}
    return frozenset(named if _TOPICAL.isdisjoint(words.folded) else {*named, "topical"})


def _drug(
    found: Sequence[Found[Term]], words: Words, *, percent: bool, dispensed: bool
) -> tuple[Drug | None, bool]:
    """The drug, and whether it is a compounded topical; what is injected is ``dispensed`` as none."""
    drugs = [f for f in found if f.meaning.ingredients]
    forms = [f for f in found if f.meaning.form is not None]
    kinds = _forms(found, words)
    ingredients = tuple(
        dict.fromkeys(
            words.folded[f.first] if name == _ITSELF else name
            for f in drugs
            for name in f.meaning.ingredients
        )
    )
    compounded = dispensed and _COMPOUND in kinds
    if not drugs:
        if not compounded:
            return None, False
        drugs, ingredients = [f for f in forms if f.meaning.form == _COMPOUND], (_COMPOUND,)
    elif (
        dispensed
        and len(ingredients) > 1
        and (compounded or percent or "topical" in kinds or _many(drugs, words))
    ):
        several = len({f.meaning.ingredients for f in drugs}) > 1
        made = all(f.meaning.topical is not None and f.meaning.topical[1] == _ANALGESICS for f in drugs)
        compounded = compounded or (several and not made)
        if compounded:
            ingredients = (_COMPOUND,)
    span = words.span(drugs[0].first, drugs[-1].after)
    kind = drugs[0].meaning.drug_class
    return Drug(ingredients, kind.preferred if kind is not None else None, span), compounded
