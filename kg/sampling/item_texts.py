"""Compose disputed items: their words, and what the words mean."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from kg.reading.text.number_words import WORD_OF
from kg.sampling.bodies import REGIONS, Injury
from kg.sampling.draws import Urn, between, pick
from kg.sampling.kinds import Kind, Medicine, Quantity, Wording

PARTLY_AUTHORIZED = 0.24
"""The share of items with a number of visits or units that were authorized in part (9 % of all)."""

RETROSPECTIVE = 0.06
"""The share of items that were had before the review."""

NUMBERS = tuple(WORD_OF[number] for number in range(19))


@dataclass(slots=True)
class Item:
    """A disputed item with its truth.

    ``in_dispute`` is the remaining portion where a part was authorized, else ``text``.
    ``injury`` is the hurt part that it is for, by which guidelines are chosen.
    """

    kind: Kind
    injury: Injury
    text: str
    in_dispute: str
    parts: tuple[tuple[str, str | None], ...] = ()
    quantity: Quantity | None = None
    drug: str | None = None
    original: str | None = None
    authorized: str | None = None
    retrospective: bool = False
    what: str = field(default="")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as one would print it: words, and what they mean."""

    text: str
    parts: tuple[tuple[str, str | None], ...] = ()
    quantity: Quantity | None = None
    drug: str | None = None


def compose(rng: Random, kind: Kind, injuries: tuple[Injury, ...], when: date) -> Item:
    """An item of ``kind`` for a worker with ``injuries``, asked for about ``when``."""
    suited = [
        i for i in injuries if (not kind.parts or i.region.part in kind.parts) and i.region.part != "head"
    ]
    injury = pick(rng, suited or list(injuries))
    if kind.visits:
        return _visits(rng, kind, injury, suited)
    if kind.medicines:
        return _medicine(rng, kind, injury, when)
    if kind.compound:
        return _compound(rng, kind, injury)
    return _worded(rng, kind, pick(rng, injuries) if kind.name == "imaging" else injury, when)


def _item(kind: Kind, injury: Injury, asked: Asked, what: str) -> Item:
    return Item(
        kind, injury, asked.text, asked.text, asked.parts, asked.quantity, asked.drug, what=what or asked.text
    )


def _lowered(text: str) -> str:
    """``text`` with a small first letter, unless it opens with an abbreviation."""
    return text if text[:2].isupper() else text[0].lower() + text[1:]


def _raised(text: str) -> str:
    return text[0].upper() + text[1:]


def partly(rng: Random, item: Item, allowed: str, rest: str, asked: Asked) -> Item:
    """``item`` as printed where ``allowed`` of it was authorized and ``rest`` is in dispute."""
    if rng.random() < 0.3:
        rest = _lowered(rest)
    item.original, item.authorized, item.in_dispute = item.text, allowed, rest
    item.text = (
        f"{item.text} was the original request. {allowed} was authorized by the Claims Administrator. "
        f"The remaining IMR eligible portion of the original request, {rest} is"
    )
    item.quantity = asked.quantity
    return item


def replaced(item: Item, allowed: str) -> Item:
    """``item`` as printed where something less was authorized in its place."""
    request = item.text
    item.original, item.authorized, item.in_dispute = request, allowed, _lowered(request)
    item.text = (
        f"{request} was the original request. The Claims Administrator authorized {allowed}, leaving the "
        f"original request IMR eligible. The original request, {_lowered(request)} is"
    )
    return item


# --- a number of visits -----------------------------------------------------------------------

_VISIT_FORMS = Urn(
    [
        (24, "weekly"),
        (12, "weekly-sum"),
        (22, "sessions"),
        (14, "words"),
        (6, "range"),
        (6, "times"),
        (10, "none"),
    ]
)


def _visits(rng: Random, kind: Kind, injury: Injury, suited: list[Injury]) -> Item:
    name = pick(rng, kind.visits)
    where = [injury] if len(suited) < 2 or rng.random() < 0.7 else suited
    if kind.associated or not kind.place or rng.random() < 0.25 or injury.region.part == "head":
        where = []
    place = _for(rng, where)
    parts = tuple((i.region.part, i.side) for i in where)
    form = _VISIT_FORMS.draw(rng)
    if form in ("sessions", "words") and rng.random() < PARTLY_AUTHORIZED * 2:
        return _partly_visits(rng, kind, injury, name, place, parts)
    text, quantity = _visit_text(rng, form, name, place)
    return _item(kind, injury, Asked(text, parts, quantity), name)


def _for(rng: Random, where: list[Injury]) -> str:
    """Where the visits go, such as `` for the neck and left knee``."""
    if not where:
        return ""
    names = [i.phrase for i in where]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return pick(rng, (" for the ", " for the ", " to the ")) + listed


def _visit_text(rng: Random, form: str, name: str, place: str) -> tuple[str, Quantity | None]:
    times, weeks = between(rng, 1, 3), between(rng, 2, 6)
    total = times * weeks
    count = (total, total, "visit")
    often = "1 time" if times == 1 else pick(rng, (f"{times} times", f"{NUMBERS[times]} times"))
    lasting = pick(rng, (f"{weeks} weeks", f"{NUMBERS[weeks]} weeks"))
    if form == "weekly":
        return f"{name} {often} a week for {lasting}{place}", count
    if form == "weekly-sum":
        return f"{name} {often} a week for {lasting}{place} ({total} sessions)", count
    if form == "sessions":
        return pick(rng, (f"{name} {total} sessions{place}", f"{name}{place}, {total} visits")), count
    if form == "words":
        unit = pick(rng, ("sessions", "visits"))
        return f"{_raised(NUMBERS[total])} {_lowered(name)} {unit}{place}", count
    if form == "range":
        more = times + 1
        return f"{name} {times} to {more} times per week for {weeks} weeks{place}", (
            total,
            more * weeks,
            "visit",
        )
    if form == "times":
        return f"{name} {times} x {weeks} weeks{place}", count
    return f"{name}{place}", None


def _partly_visits(
    rng: Random,
    kind: Kind,
    injury: Injury,
    name: str,
    place: str,
    parts: tuple[tuple[str, str | None], ...],
) -> Item:
    total = pick(rng, (6, 8, 10, 12, 12, 12, 18))
    allowed = between(rng, 2, total - 2) if total < 8 else between(rng, 4, total - 2)
    rest = total - allowed
    left = Asked("", parts, (rest, rest, "visit"))
    style = rng.random()
    if style < 0.5:
        said = [f"{name}{place} {n} sessions" for n in (total, allowed, rest)]
    elif style < 0.8:
        said = [f"{name}{place} for {NUMBERS[n]} sessions" for n in (total, allowed, rest)]
    else:
        said = [f"{_raised(NUMBERS[n])} {_lowered(name)} visits{place}" for n in (total, allowed, rest)]
    item = _item(kind, injury, Asked(said[0], parts), name)
    return partly(rng, item, said[1], said[2], left)


# --- drugs ------------------------------------------------------------------------------------

_UNITS = (30, 60, 60, 60, 90, 90, 120)
_WAYS = ("one by mouth twice a day", "one tablet daily", "one by mouth three times a day")


def _medicine(rng: Random, kind: Kind, injury: Injury, when: date) -> Item:
    drug = pick(rng, kind.medicines)
    name = f"{drug.name} {pick(rng, drug.strengths)}"
    topical = kind.subcategory == "Topical Analgesics"
    count = 1 if topical and "patch" not in name else pick(rng, _UNITS)
    chance = rng.random()
    if not topical and chance < PARTLY_AUTHORIZED:
        return _partly_medicine(rng, kind, injury, drug, name, count)
    asked = Asked(f"{name} #{count}", (), (count, count, "unit"), drug.ingredient)
    form = rng.random()
    if form < 0.08:
        asked = Asked(f"{drug.name} (unknown quantity)", (), None, drug.ingredient)
    elif form < 0.16:
        asked = Asked(f"{name}, {pick(rng, _WAYS)} #{count}", (), asked.quantity, drug.ingredient)
    elif form < 0.26:
        refills = pick(rng, ("1 refill", "2 refills", "3 refills"))
        asked = Asked(f"{asked.text} with {refills}", (), asked.quantity, drug.ingredient)
    elif form < 0.32:
        asked = Asked(f"{name}, #{count}", (), asked.quantity, drug.ingredient)
    item = _item(kind, injury, asked, name)
    if rng.random() < 2 * RETROSPECTIVE:
        item.text = item.in_dispute = f"Retrospective {asked.text}, per {when:%m/%d/%Y} order"
        item.retrospective = True
    return item


def _partly_medicine(rng: Random, kind: Kind, injury: Injury, drug: Medicine, name: str, count: int) -> Item:
    if rng.random() < 0.25:
        refills = between(rng, 2, 4)
        request = Asked(f"{name} #{count} with {refills} refills", (), None, drug.ingredient)
        left = Asked("", (), (refills, refills, "refill-only"))
        item = _item(kind, injury, request, name)
        rest = f"{_raised(NUMBERS[refills])} refills of {name} #{count}"
        return partly(rng, item, f"{name} #{count}", rest, left)
    allowed = between(rng, 1, count // 5 - 1) * 5
    rest_count = count - allowed
    left = Asked("", (), (rest_count, rest_count, "unit"))
    item = _item(kind, injury, Asked(f"{name} #{count}", (), None, drug.ingredient), name)
    return partly(rng, item, f"{name} #{allowed}", f"{name} #{rest_count}", left)


def _compound(rng: Random, kind: Kind, injury: Injury) -> Item:
    first = between(rng, 0, len(kind.compound) - 3)
    size = pick(rng, (1, 1, 2, 3))
    chosen = kind.compound[first : first + size]
    mixed = ", ".join(f"{name} {pick(rng, shares)}" for name, shares in chosen)
    drug = chosen[0][0].lower() if size == 1 else "compound"
    grams = pick(rng, ("120g", "180g", "240g", "30g"))
    if size == 1 and rng.random() < 0.4:
        text = f"Compound {mixed}, {grams[:-1]} grams"
    else:
        text = pick(rng, (f"{mixed} in cream base", f"{mixed} in cream base {grams}"))
    return _item(kind, injury, Asked(text, (), None, drug), "Compounded topical cream")


# --- everything else --------------------------------------------------------------------------

_NEAREST = {"upper extremity": "neck", "lower extremity": "low back"}
"""The region whose chapter treats the nerves of a limb."""


def _worded(rng: Random, kind: Kind, injury: Injury, when: date) -> Item:
    wording: Wording = pick(rng, kind.wordings)
    text = wording.text
    parts: tuple[tuple[str, str | None], ...] = ()
    if wording.part:
        parts = ((wording.part, wording.side),)
        region = REGIONS[_NEAREST.get(wording.part, wording.part)]
        injury = Injury(region, region.names[0], wording.side)
    elif "{P}" in text:
        phrase = injury.phrase
        text = text.replace("{P}", _raised(phrase) if text.startswith("{P}") else phrase)
        parts = ((injury.region.part, injury.side),)
    item = _item(kind, injury, Asked(text, parts, wording.quantity), text)
    if wording.authorized and rng.random() < 0.5:
        return replaced(item, wording.authorized)
    if not kind.associated and rng.random() < RETROSPECTIVE / 2:
        item.retrospective = True
        item.text = item.in_dispute = pick(
            rng, (f"Retrospective {text} (DOS {when:%m/%d/%y})", f"{text}, DOS: {when:%m/%d/%Y}")
        )
    return item
