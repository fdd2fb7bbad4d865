"""Make up a case: who, when, what is disputed, who cites what, and how it ends."""

from dataclasses import dataclass
from random import Random

from kg.sampling import people
from kg.sampling.bodies import Injury, injuries
from kg.sampling.citing import FROM_2018, PAGES, SECTIONS, Cited, choose
from kg.sampling.draws import Urn
from kg.sampling.effects import Effects
from kg.sampling.item_texts import Item, compose
from kg.sampling.kinds import kinds, usual

HEADLESS = 0.25
"""The share of letters of 2014 to mid-2016 that come without their header table."""

ERA = {
    "2013-notice": PAGES,
    "2013-14": PAGES,
    "2013-professional": PAGES,
    "pages": PAGES,
    "sections": SECTIONS,
    "2018": FROM_2018,
}
"""How the letters of a template print citations."""

_COUNT = Urn([(64, 1), (18, 2), (6, 3), (5, 4), (2, 5), (2, 6), (1, 7), (1, 8), (0.5, 12)])
_BESIDE_SURGERY = ("adjuncts", "preoperative-tests", "slings", "postoperative-therapy")
_WHOLE = frozenset({"2013-notice", "2013-professional"})
"""Templates whose items are not printed with the part that was authorized."""

_OPERATIONS = frozenset({"Arthroscopic Surgery", "Non-arthroscopic Surgery", "Spine"})


@dataclass(frozen=True, slots=True)
class Decision:
    """One disputed item, what each party relies on, and its outcome."""

    item: Item
    administrator: Cited
    reviewer: Cited
    outcome: str

    @property
    def overturned(self) -> bool:
        """Whether the denial does not stand."""
        return self.outcome == "overturned"


@dataclass(frozen=True, slots=True)
class Case:
    """A case with all that its letter will say; ``header``: the letter has its header table."""

    number: str
    template: str
    era: str
    calendar: people.Calendar
    priority: str
    physician: people.Physician
    worker: people.Worker
    injuries: tuple[Injury, ...]
    decisions: tuple[Decision, ...]
    header: bool


def invent(rng: Random, index: int, seed: int, template: str, effects: Effects) -> Case:
    """The case at ``index`` of a sample.

    Everything but the outcomes is drawn without regard to ``effects``, so that the same seed
    with other effects gives the same requests and citations.
    """
    era = ERA[template]
    calendar = people.calendar(rng, template)
    header = template != PAGES or rng.random() >= HEADLESS
    sentence = template.startswith("2013") or (template == PAGES and rng.random() < 0.5)
    physician = people.physician(rng, sentence)
    worker = people.worker(rng)
    hurt = injuries(rng)
    items = _items(rng, hurt, calendar, template)
    # What letters share is drawn apart, so that it changes nothing else.
    apart = Random((seed << 40 | index) << 2 | 3)  # noqa: S311
    planted = _Planted(effects, apart.random(), calendar.decided.year, apart, not template.startswith("2013"))
    decisions = tuple(_decide(rng, item, hurt, era, physician, planted) for item in items)
    number = people.case_number(index, seed, calendar.assigned.year)
    return Case(
        number,
        template,
        era,
        calendar,
        people.priority(rng),
        physician,
        worker,
        hurt,
        decisions,
        header,
    )


def _items(rng: Random, hurt: tuple[Injury, ...], calendar: people.Calendar, template: str) -> list[Item]:
    """The disputed items of one case, no two with the same words."""
    items: dict[str, Item] = {}
    for _ in range(1 if template == "2013-professional" else _COUNT.draw(rng)):
        item = compose(rng, usual().draw(rng), hurt, calendar.asked)
        while item.original and template in _WHOLE:
            item = compose(rng, usual().draw(rng), hurt, calendar.asked)
        items.setdefault(item.text, item)
        if item.kind.subcategory in _OPERATIONS and template != "2013-professional":
            for name in _BESIDE_SURGERY:
                if rng.random() < 0.4:
                    extra = compose(rng, kinds()[name], (item.injury,), calendar.asked)
                    items.setdefault(extra.text, extra)
    return list(items.values())


@dataclass(frozen=True, slots=True)
class _Planted:
    """What is planted on a letter's decisions."""

    effects: Effects
    mood: float
    year: int
    rng: Random
    partly: bool
    """Whether the letter can print that an item is modified."""

    def outcome(self, turn: float, item: Item, physician: people.Physician, cited: Cited) -> str:
        """How an item ends for a ``turn`` from 0 to 1."""
        named = physician.specialties + physician.subspecialties
        if turn < self.effects.chance(item.kind, self.year, named, cited.references, self.mood):
            return "overturned"
        modified = self.effects.modified and self.partly and self.rng.random() < self.effects.modified
        return "modified" if modified else "upheld"


def _decide(
    rng: Random,
    item: Item,
    hurt: tuple[Injury, ...],
    era: str,
    physician: people.Physician,
    planted: _Planted,
) -> Decision:
    administrator = choose(rng, item, hurt, era, "claims_administrator")
    reviewer = choose(rng, item, hurt, era, "reviewer")
    outcome = planted.outcome(rng.random(), item, physician, reviewer)
    return Decision(item, administrator, reviewer, outcome)
