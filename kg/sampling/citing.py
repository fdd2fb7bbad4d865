"""Choose what each party relies on for an item, before it is put into words."""

from dataclasses import dataclass, field
from functools import cache
from random import Random

from kg.sampling.bodies import Injury
from kg.sampling.draws import Urn, between, pick
from kg.sampling.guide import guide
from kg.sampling.item_texts import Item
from kg.sampling.kinds import sections

PAGES, SECTIONS, FROM_2018 = "pages", "sections", "2018"
"""How citations are printed: by page (to mid-2016), by section, or with the titles of 2018 on."""


@dataclass(slots=True)
class Reference:
    """One guideline that a party cites, with its chapter; several sections or pages go together.

    ``paths`` are the notations that an effect may name it by, the work first. ``source`` is the
    printed title of a source that is none of the known works.
    """

    mtus: bool
    guideline: str
    paths: tuple[str, ...]
    edition: int | None = None
    chapter: int | str | None = None
    titles: list[str] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    source: str | None = None


@dataclass(slots=True)
class Cited:
    """What one party relies on: its basis, and the references in the order they are printed."""

    basis: str
    mtus: list[Reference] = field(default_factory=list)
    other: list[Reference] = field(default_factory=list)

    @property
    def references(self) -> list[Reference]:
        """Both kinds of reference."""
        return self.mtus + self.other


_BASIS = {
    "claims_administrator": Urn(
        [(18, "none_cited"), (41, "mtus"), (21, "mtus_and_other"), (20, "outside_mtus")]
    ),
    "reviewer": Urn([(6, "none_cited"), (69, "mtus"), (15, "mtus_and_other"), (10, "outside_mtus")]),
}
_BARE = {"claims_administrator": 0.4, "reviewer": 0.07}
"""How often a party names a guideline without a section or page."""

_COUNT = Urn([(88, 1), (10, 2), (2, 3)])
_SECTION_COUNT = Urn([(86, 1), (11, 2), (3, 3)])
_CHAPTER_SECTIONS = Urn(
    [
        (10, "Initial Care"),
        (10, "Special Studies"),
        (8, "Physical Methods"),
        (5, "Follow-up Visits"),
        (5, "Surgical Considerations"),
        (5, "Summary"),
        (4, "Diagnostic Criteria"),
        (3, "Work Activities"),
        (1, "Work-Relatedness"),
    ]
)
_MISSPELT = {
    "Initial Care": "Inital Care",
    "Diagnostic Criteria": "Diagnositc Criteria",
    "Electrodiagnostic testing (EMG/NCS)": "Electro-diagnostic testing (EMG/NCS)",
}
_MISSPELL = 0.03

_POSTSURGICAL = {
    "low back": "Low Back",
    "neck": "Neck & Upper Back",
    "upper back": "Neck & Upper Back",
    "shoulder": "Shoulder",
    "elbow": "Elbow & Upper Arm",
    "wrist": "Carpal Tunnel Syndrome",
    "hand": "Forearm, Wrist, & Hand",
    "hip": "Hip, Pelvis and Thigh",
    "knee": "Knee",
    "ankle": "Ankle & Foot",
    "foot": "Ankle & Foot",
    "head": "Head",
}
_DISORDERS = {
    8: ("cervical-and-thoracic-spine-disorders", 2016),
    9: ("shoulder-disorders", 2016),
    10: ("elbow-disorders", 2013),
    11: ("hand-wrist-and-forearm-disorders", 2016),
    12: ("low-back-disorders", 2016),
    13: ("knee-disorders", 2015),
    14: ("ankle-and-foot-disorders", 2015),
}
"""The guidelines that took the place of ACOEM chapters in December 2017, and their years."""


def choose(rng: Random, item: Item, injuries: tuple[Injury, ...], era: str, party: str) -> Cited:
    """What ``party`` relies on for ``item``."""
    basis = _BASIS[party].draw(rng)
    if basis == "none_cited":
        return Cited(basis)
    bare = rng.random() < _BARE[party]
    mtus = [] if basis == "outside_mtus" else _mtus(rng, item, injuries, era, bare)
    if basis == "mtus" and mtus:
        return Cited("mtus", mtus)
    other = _others(rng, item, bare)
    return Cited("mtus_and_other" if mtus else "outside_mtus", mtus, other)


# --- in the MTUS ------------------------------------------------------------------------------


def _mtus(rng: Random, item: Item, injuries: tuple[Injury, ...], era: str, bare: bool) -> list[Reference]:
    """One to three MTUS references, none where the MTUS has nothing about the item."""
    if not len(item.kind.mtus):
        return []
    found: dict[tuple[str, int | str | None], Reference] = {}
    count = _COUNT.draw(rng)
    for turn in range(count):
        injury = item.injury if turn == 0 else pick(rng, injuries)
        reference = _reference(rng, item.kind.mtus.draw(rng), injury, era, bare)
        if reference:
            found.setdefault((reference.guideline, reference.chapter or reference.source), reference)
    return list(found.values())


def _reference(rng: Random, spec: str, injury: Injury, era: str, bare: bool) -> Reference | None:
    kind, _, name = spec.partition(":")
    if kind == "acoem":
        return _chapter(rng, injury.region.acoem, name, era, bare)
    if kind in ("cp", "opioids"):
        return _topic(rng, kind, name, era, bare)
    if kind == "general":
        return _general(rng, name, era, bare)
    if era == FROM_2018:
        return _topic(rng, "cp", "physical-medicine", era, bare)
    year = None if era == PAGES else {"acupuncture": 2007, "postsurgical": 2009}[kind]
    reference = Reference(True, kind, (kind, f"{kind}/{2007 if kind == 'acupuncture' else 2009}"), year)
    if kind == "postsurgical" and not bare:
        if era == SECTIONS:
            reference.titles = [_POSTSURGICAL[injury.region.part]]
        else:
            first = between(rng, 10, 26)
            reference.pages = [(first, first + between(rng, 0, 1))]
    return reference


def _chapter(rng: Random, number: int | None, name: str, era: str, bare: bool) -> Reference | None:
    """A chapter of the ACOEM guideline, or what stands for it in ``era``."""
    if number is None or (number == 10 and era == PAGES):
        return None
    if era == FROM_2018:
        notation, year = _DISORDERS[number]
        path = f"mtus-other/{notation}"
        reference = Reference(True, "mtus-other", ("mtus-other", path), year, source=guide().titles[path])
        reference.titles = [] if bare else [name]
        return reference
    if number == 10:
        reference = Reference(True, "elbow-2007", ("elbow-2007",), 2007)
    else:
        year_printed = None if era == PAGES else 2004
        reference = Reference(
            True, "acoem-2004", (f"acoem-2004/{number}", "acoem-2004"), year_printed, number
        )
    if not bare and era == PAGES:
        reference.pages = chapter_pages(rng, number)
    elif not bare:
        titles = {name: None}
        for _ in range(_SECTION_COUNT.draw(rng) - 1):
            titles[_CHAPTER_SECTIONS.draw(rng)] = None
        reference.titles = [_spelt(rng, title) for title in titles]
    return reference


def _general(rng: Random, name: str, era: str, bare: bool) -> Reference | None:
    """One of the general chapters of the ACOEM guideline, by its title."""
    number = _general_chapters()[name]
    if era == FROM_2018:
        path = "mtus-other/" + name.lower().replace(" ", "-")
        year = {2: 2017, 3: 2017, 5: 2011}[number]
        return Reference(True, "mtus-other", ("mtus-other", path), year, source=guide().titles[path])
    year_printed = None if era == PAGES else 2004
    reference = Reference(True, "acoem-2004", (f"acoem-2004/{number}", "acoem-2004"), year_printed, number)
    if era == PAGES and not bare:
        reference.pages = chapter_pages(rng, number)
    return reference


@cache
def _general_chapters() -> dict[str, int]:
    titles = guide().titles
    return {titles[f"acoem-2004/{number}"]: number for number in (2, 3, 5)}


def _topic(rng: Random, kind: str, key: str, era: str, bare: bool) -> Reference | None:
    """Sections of the Chronic Pain or Opioids guideline."""
    work = "chronic-pain" if kind == "cp" or era == PAGES else "opioids"
    table = sections("chronic-pain" if kind == "cp" else "opioids")
    if era == PAGES:
        title = table[key][0]
        if not title:
            return None
        reference = Reference(True, work, (work, f"{work}/2009"))
        if not bare or rng.random() < 0.4:
            reference.titles = [title]
        if not bare:
            reference.pages = _section_pages(rng, title)
        return reference
    edition = 2017 if era == FROM_2018 else 2016
    column = 2 if era == FROM_2018 else 1
    if work == "chronic-pain" and era == SECTIONS and table[key][0] and rng.random() < 0.04:
        edition, column = 2009, 0
    reference = Reference(True, work, (work, f"{work}/{edition}"), edition)
    if not bare:
        titles = {table[key][column]: None}
        if era == SECTIONS and rng.random() < 0.12:
            extra = pick(rng, [row[column] for row in table.values() if row[column]])
            titles[extra] = None
        reference.titles = [_spelt(rng, title) for title in titles]
    return reference


def _spelt(rng: Random, title: str) -> str:
    """``title``, now and then misspelt as letters do."""
    if title in _MISSPELT and rng.random() < _MISSPELL:
        return _MISSPELT[title]
    return title


# --- pages ------------------------------------------------------------------------------------


def chapter_pages(rng: Random, number: int) -> list[tuple[int, int]]:
    """One to three page ranges of an ACOEM chapter, some pages far likelier than others."""
    known = guide().chapter_pages(number)
    if known is None:
        return []
    first, last = known
    found: set[tuple[int, int]] = set()
    for _ in range(_COUNT.draw(rng) + (rng.random() < 0.25)):
        if rng.random() < 0.8:
            start = first + (last - first) * pick(rng, (3, 4, 5, 5, 6, 7)) // 11
        else:
            start = between(rng, first, last - 3)
        found.add((start, start + pick(rng, (0, 0, 1, 1, 2))))
    return _apart(sorted(found))


def _section_pages(rng: Random, title: str) -> list[tuple[int, int]]:
    """The pages of a section of the 2009 Chronic Pain guideline, or some of them."""
    known = guide().section_pages(title)
    if known is None:
        return []
    first, last = known
    chance = rng.random()
    if chance < 0.55 or first == last:
        return [known]
    if chance < 0.85:
        page = between(rng, first, last)
        return [(page, page)]
    start = between(rng, first, last - 1)
    return [(start, between(rng, start, last))]


def _apart(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted ranges without those that touch the one before."""
    kept: list[tuple[int, int]] = []
    for first, last in ranges:
        if not kept or first > kept[-1][1] + 1:
            kept.append((first, last))
    return kept


# --- outside the MTUS -------------------------------------------------------------------------

_ADDRESSES = (
    "www.mdguidelines.com",
    "http://www.drugs.com/professional.html",
    "http://www.ncbi.nlm.nih.gov/pubmed/21234567",
    "https://www.example.org/treatment-guidelines/differences-between-inpatient-rehabilitation-and-care.html",
)
_SOURCES = (
    "American College of Radiology, Appropriateness Criteria for imaging of the spine",
    "American Academy of Orthopaedic Surgeons, Clinical Practice Guideline on osteoarthritis of the knee",
    "National Guideline Clearinghouse, Management of chronic pain",
    "Physicians' Desk Reference",
    *_ADDRESSES,
    "Cochrane Database of Systematic Reviews, 2013",
    "Food and Drug Administration labeling information",
    "Medscape reference",
)
_THIRD = (
    ("ACOEM Occupational Medicine Practice Guidelines, 3rd ed., Low Back Disorders, pg. {page}", True),
    ("ACOEM Hip and Groin Chapter", False),
)


def _others(rng: Random, item: Item, bare: bool) -> list[Reference]:
    """One or two references outside the MTUS."""
    chance = rng.random()
    if chance < 0.05:
        return [Reference(False, "other", ("other",), source=pick(rng, _SOURCES))]
    if chance < 0.065:
        return [_third_edition(rng)]
    chapter, _, topic = item.kind.odg.draw(rng).partition("|")
    if chapter == "*":
        chapter = item.injury.region.odg
    path = "odg/" + chapter.lower().replace("&", "and").replace(",", "").replace(" ", "-")
    reference = Reference(False, "odg", ("odg", path) if chapter else ("odg",), chapter=chapter or None)
    if topic and not (bare and chapter and rng.random() < 0.8):
        reference.titles = [topic]
        more = item.kind.odg.draw(rng).partition("|")[2]
        if chapter and more and more not in topic and topic not in more and rng.random() < 0.2:
            reference.titles.append(more)
    if chance > 0.97:
        return [reference, Reference(False, "other", ("other",), source=pick(rng, _ADDRESSES))]
    return [reference]


def _third_edition(rng: Random) -> Reference:
    text, paged = pick(rng, _THIRD)
    page = between(rng, 200, 700)
    pages = [(page, page)] if paged else []
    return Reference(False, "acoem-3rd", ("acoem-3rd",), pages=pages, source=text.format(page=page))
