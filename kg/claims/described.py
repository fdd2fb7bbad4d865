"""Whether words name a disputed item: by the letter's own words, or by what both are read as."""

from dataclasses import dataclass
from functools import lru_cache

from kg.model import BodyPart, Decision, DisputedItem
from kg.questions.vocabulary import Phrase
from kg.reading.requests import services
from kg.reading.requests.items import read_item
from kg.reading.vocabulary.phrases import key, words

_SERVICES = {"category", "subcategory", "drug"}


@dataclass(frozen=True, slots=True)
class Described:
    """A stretch of a claim that names an item: its words, and the phrases in them."""

    text: str
    phrases: tuple[Phrase, ...]
    negated: bool = False
    """Whether it stands after *but not*: its outcome is another than the one before."""

    @property
    def names_service(self) -> bool:
        """Whether a service or drug is among them, or a quotation."""
        return any(p.meaning.name in _SERVICES or p.type == "QUOTED" for p in self.phrases)

    @property
    def specific(self) -> bool:
        """Whether a service or drug is named by more than a general word (``sessions``)."""
        return any(p.meaning.name in _SERVICES and not _general(p) for p in self.phrases)


@dataclass(frozen=True, slots=True)
class Match:
    """Whether an item is the one described: ``None`` where that is not sure, and why not."""

    found: bool | None
    why: str = ""


def match(described: Described, decision: Decision) -> Match:
    """Compare a description with one item of a letter."""
    item = decision.item
    own = set(words(item.text).folded)
    said = [word for phrase in described.phrases for word in _words(phrase)]
    if said and all(word in own for word in said):
        return Match(True)
    claimed = _read(described.text)
    unsure = [p.printed for p in described.phrases if p.type in {"UNKNOWN", "QUOTED"} and not _in(p, own)]
    if any(p.type == "QUOTED" and _in(p, own) is False and len(_words(p)) > 3 for p in described.phrases):
        return Match(False)
    if not any(p.type == "VALUE" for p in described.phrases):
        return Match(None, f"“{described.text}” is not read") if unsure else Match(False)
    named = _services(described, claimed, item)
    if named is not True:
        return Match(named, f"uncertain whether “{item.text}” is meant")
    parts = _parts(claimed, item)
    if parts is False:
        return Match(False, "another body part")
    amount = _amount(claimed, decision, own, described)
    if amount is False:
        return Match(False, "another amount")
    if unsure:
        return Match(None, "not read: " + ", ".join(f"“{word}”" for word in unsure))
    if parts is None:
        return Match(None, "the item names no body part")
    return Match(True) if amount else Match(None, "the amount cannot be compared")


def _words(phrase: Phrase) -> list[str]:
    return [] if phrase.type == "OF" else words(phrase.printed).folded


def _in(phrase: Phrase, own: set[str]) -> bool:
    return all(word in own for word in _words(phrase))


@lru_cache(maxsize=256)  # each part of a text is compared with the items of several letters
def _read(text: str) -> DisputedItem:
    return read_item(text, 0, len(text))[0]


def _terms(text: str) -> list[services.Term]:
    found = services.catalogue()[0].find(words(text).folded)
    terms = [each.meaning for each in found if each.meaning.service or each.meaning.is_drug]
    specific = [term for term in terms if term.is_drug or term.precedence >= services.SPECIFIC]
    return specific or terms


def _services(described: Described, claimed: DisputedItem, item: DisputedItem) -> bool | None:
    """Whether each service or drug that is claimed is the item's."""
    theirs = _terms(item.text)
    kin = frozenset().union(*(term.kin for term in theirs)) if theirs else frozenset()
    ingredients = set(item.drug.ingredients) if item.drug else set()
    for phrase in described.phrases:
        if phrase.meaning.name not in _SERVICES or phrase.type != "VALUE":
            continue
        mine = _terms(phrase.printed)
        if any(t.concept.iri in kin or (t.ingredients and set(t.ingredients) <= ingredients) for t in mine):
            continue
        if (described.specific and _general(phrase)) or _heading(phrase, item):
            continue
        return None if not theirs or item.service is None else False
    if not described.names_service:
        return None if claimed.body_parts or claimed.quantity else False
    return True


def _general(phrase: Phrase) -> bool:
    """Whether a phrase names nothing by itself (``sessions``)."""
    found = services.catalogue()[0].find(words(phrase.printed).folded)
    return bool(found) and all(
        not each.meaning.is_drug and each.meaning.precedence < services.SPECIFIC for each in found
    )


def _heading(phrase: Phrase, item: DisputedItem) -> bool:
    """Whether a phrase is the heading or the class that the item stands under."""
    service, drug = item.service, item.drug
    headings = [service.category, service.subcategory] if service else []
    headings += [drug.drug_class] if drug else []
    return any(heading and key(phrase.printed) == key(heading) for heading in headings)


def _parts(claimed: DisputedItem, item: DisputedItem) -> bool | None:
    if not claimed.body_parts:
        return True
    if not item.body_parts:
        return None
    found = [max(_part(mine, their) for their in item.body_parts) for mine in claimed.body_parts]
    return None if min(found) == _UNSURE else min(found) == _SAME


_OTHER, _UNSURE, _SAME = 0, 1, 2
_REGIONS = {"upper extremity", "lower extremity", "arm", "leg", "spine", "back", "body", "trunk", "extremity"}
"""Parts that hold others, which may be what is meant."""


def _part(mine: BodyPart, their: BodyPart) -> int:
    """How sure it is that two mentions of the body mean the same."""
    apart = (
        mine.side and their.side and mine.side != their.side and "bilateral" not in {mine.side, their.side}
    )
    if apart:
        return _OTHER
    if mine.part != their.part:
        return _UNSURE if {mine.part, their.part} & _REGIONS else _OTHER
    return _SAME if mine.side in {None, their.side} else _UNSURE if their.side is None else _OTHER


def _amount(claimed: DisputedItem, decision: Decision, own: set[str], described: Described) -> bool | None:
    numbers = {word for p in described.phrases for word in _words(p) if any(c.isdigit() for c in word)}
    if numbers <= own and (claimed.quantity is None or numbers):
        return True
    quantity, theirs = claimed.quantity, decision.item.quantity
    if quantity is None or theirs is None:
        return None
    if (quantity.minimum, quantity.maximum) == (theirs.minimum, theirs.maximum):
        return True
    return None if decision.outcome == "modified" or quantity.unit != theirs.unit else False
