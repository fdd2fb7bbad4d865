"""The unnamed people of a letter and its dates: reviewer, injured worker, calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kg.sampling.draws import Urn, between, pick

# --- the reviewer -----------------------------------------------------------------------------

_CERTIFIED: Urn[tuple[str, ...]] = Urn(
    [
        (22, ("Family Practice",)),
        (20, ("Preventive Medicine", "Occupational Medicine")),
        (11, ("Physical Medicine & Rehabilitation",)),
        (9, ("Physical Medicine & Rehabilitation", "Pain Management")),
        (7, ("Internal Medicine",)),
        (4, ("Orthopedic Surgery",)),
        (3, ("Neurology", "Pain Management")),
        (3, ("Preventive Medicine", "Occupational Medicine", "Medical Toxicology")),
        (3, ("Internal Medicine", "Hospice & Palliative Medicine")),
        (3, ("Anesthesiology", "Pain Management")),
        (2, ("Preventive Medicine", "Occupational Medicine", "Family Practice")),
        (2, ("Anesthesiology", "Pain Management", "Hospice & Palliative Medicine")),
        (2, ("Physical Medicine & Rehabilitation", "Pain Management", "Occupational Medicine")),
        (2, ("Physical Medicine & Rehabilitation", "Neuromuscular Medicine")),
        (2, ("Psychiatry",)),
        (1, ("Physical Medicine and Rehabilitation",)),
        (1, ("Surgery", "Surgical Critical Care")),
        (1, ("Physical Medicine & Rehabilitation", "Sports Medicine")),
        (1, ("Family Practice", "Sports Medicine")),
        (1, ("Emergency Medicine",)),
        (1, ("Orthopedic Surgery", "Sports Medicine")),
        (1, ("Internal Medicine", "Rheumatology")),
        (1, ("Preventive Medicine", "Occupational Medicine", "Public Health & General Preventive Medicine")),
        (1, ("Orthopedic Surgery", "Hand Surgery", "Sports Medicine")),
        (1, ("Chiropractic",)),
        (1, ("Psychology",)),
    ]
)
_SPECIALISED: Urn[tuple[str, str]] = Urn(
    [
        (12, ("Preventive Medicine", "Occupational Medicine")),
        (8, ("Physical Medicine & Rehabilitation", "Pain Management")),
        (5, ("Physical Medicine & Rehabilitation", "Interventional Spine")),
        (4, ("Anesthesiology", "Pain Management")),
        (3, ("Physical Medicine and Rehabilitation", "Interventional Spine")),
        (3, ("Orthopedic Surgery", "Sports Medicine")),
        (2, ("Neurology", "Pain Management")),
        (2, ("Orthopedic Surgery", "Hand Surgery")),
        (1, ("Family Practice", "Sports Medicine")),
    ]
)
"""A board certification with a subspecialty, as the sentence of 2014 says them."""

_LICENSED: Urn[tuple[str, ...]] = Urn(
    [
        (34, ("California",)),
        (6, ("North Carolina",)),
        (6, ("Florida",)),
        (5, ("New York",)),
        (5, ("New Jersey", "New York")),
        (5, ("Pennsylvania",)),
        (4, ("Arizona", "California")),
        (3, ("Texas", "New York", "California")),
        (3, ("Ohio", "West Virginia", "California")),
        (3, ("Florida", "California")),
        (3, ("Maryland",)),
        (3, ("Texas",)),
        (2, ("California", "Washington")),
        (2, ("California", "Virginia")),
        (2, ("California", "Texas", "Florida")),
        (2, ("Illinois",)),
        (1, ("Georgia", "South Carolina")),
        (1, ("Colorado", "Texas", "Arizona")),
        (1, ("Iowa", "Montana", "California")),
        (1, ("Massachusetts", "Louisiana")),
        (1, ("Utah",)),
        (1, ("Connecticut",)),
        (1, ("Tennessee", "Florida", "Ohio")),
    ]
)


@dataclass(frozen=True, slots=True)
class Physician:
    """The reviewer of a letter. ``sentence``: the letter says it in a sentence, as in 2014."""

    specialties: tuple[str, ...]
    subspecialties: tuple[str, ...]
    states: tuple[str, ...]
    sentence: bool


def physician(rng: Random, sentence: bool) -> Physician:
    """A reviewer; a sentence can say one certification and one subspecialty."""
    states = _LICENSED.draw(rng)
    if not sentence:
        return Physician(_CERTIFIED.draw(rng), (), states, sentence=False)
    if rng.random() < 0.45:
        certified, special = _SPECIALISED.draw(rng)
        return Physician((certified,), (special,), states, sentence=True)
    certified = _CERTIFIED.draw(rng)[0]
    return Physician((certified,), (), states, sentence=True)


# --- the worker -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worker:
    """The injured worker: age in years and sex; either is ``None`` where the letter is silent."""

    age: int | None
    sex: str | None

    @property
    def he(self) -> str:
        """The pronoun that opens a sentence."""
        return {"male": "He", "female": "She", None: "The injured worker"}[self.sex]


def worker(rng: Random) -> Worker:
    """An injured worker of 21 to 70 years."""
    if rng.random() < 0.01:
        return Worker(None, None)
    age = 21 + int((rng.random() + rng.random()) / 2 * 50)
    return Worker(age, "male" if rng.random() < 0.63 else "female")


# --- the calendar -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a case, in the order in which they come to pass."""

    injury: date
    denial: date
    received: date
    assigned: date
    decided: date

    @property
    def asked(self) -> date:
        """About when the physician asked for the treatment."""
        return self.denial - timedelta(days=9)


ERAS = {
    "2013-notice": (date(2013, 2, 1), date(2013, 9, 30)),
    "2013-14": (date(2013, 9, 1), date(2014, 2, 28)),
    "2013-professional": (date(2013, 1, 15), date(2013, 7, 31)),
    "pages": (date(2014, 2, 1), date(2016, 5, 31)),
    "sections": (date(2016, 8, 15), date(2017, 9, 30)),
    "2018": (date(2018, 1, 15), date(2019, 12, 31)),
}
"""When a case of each template was assigned to a reviewer, first and last day."""


def calendar(rng: Random, template: str) -> Calendar:
    """Dates of a case of ``template``: injury, denial, application, assignment, decision."""
    first, last = ERAS[template]
    assigned = first + timedelta(days=between(rng, 0, (last - first).days))
    received = assigned - timedelta(days=between(rng, 1, 20))
    denial = received - timedelta(days=between(rng, 2, 28))
    injury = denial - timedelta(days=int(20 + 3000 * rng.random() ** 3))
    decided = assigned + timedelta(days=between(rng, 18, 40))
    return Calendar(injury, denial, received, assigned, decided)


def priority(rng: Random) -> str:
    """How fast the review had to be."""
    return "expedited" if rng.random() < 0.03 else "standard"


def case_number(index: int, seed: int, year: int) -> str:
    """The number of the case at ``index``, another for each of ten million of one seed.

    >>> case_number(0, 7, 2016), case_number(1, 7, 2016)
    ('CM16-0054353', 'CM16-6235080')
    """
    number = (index * 6_180_727 + seed * 7_331 + 3_036) % 10_000_000
    return f"CM{year % 100:02d}-{number:07d}"


def day(rng: Random, when: date) -> str:
    """A date in one of the ways that summaries print it."""
    form = pick(rng, ("%m/%d/%Y", "%m/%d/%Y", "%m/%d/%Y", "%m-%d-%y", "%B"))
    return f"{when:%B} {when.day}, {when.year}" if form == "%B" else when.strftime(form)
