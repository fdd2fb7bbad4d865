"""Put what a party relies on into the words of a guideline field, and keep its truth."""

from itertools import pairwise
from random import Random
from typing import Any

from kg.sampling.citing import FROM_2018, PAGES, Cited, Reference
from kg.sampling.draws import Urn, pick
from kg.sampling.guide import guide
from kg.sampling.paper import Spot

Json = dict[str, Any]

NAMES = {"claims_administrator": "Claims Administrator", "reviewer": "Expert Reviewer"}

_WORKS = {
    PAGES: {
        "chronic-pain": "Chronic Pain Treatment Guidelines",
        "acupuncture": "Acupuncture Treatment Guidelines",
        "postsurgical": "Postsurgical Treatment Guidelines",
    },
    "sections": {
        "chronic-pain": "Chronic Pain Medical Treatment",
        "opioids": "Opioid Treatment",
        "acupuncture": "Acupuncture Treatment",
        "postsurgical": "Postsurgical Treatment",
        "elbow-2007": "Elbow Complaints",
    },
    FROM_2018: {"chronic-pain": "Chronic Pain", "opioids": "Opioids"},
}
_GENERAL = (2, 3, 5)
"""ACOEM chapters that letters from mid-2016 print as sections of "General Approaches"."""


def print_field(rng: Random, cited: Cited, era: str, party: str) -> tuple[str, Json, list[Spot]]:
    """The words of a guideline field, its truth, and the spots of its citations in the words.

    The spots are the ``span`` of each citation of the truth; whoever moves them moves both.
    """
    name = NAMES[party]
    if cited.basis == "none_cited":
        text = f"The {name} did not cite any medical evidence for its decision."
        return text, {"basis": "none_cited", "citations": []}, []
    text = ""
    truths: list[Json] = []
    if cited.mtus:
        text = "Decision based on MTUS "
        text = (
            _by_page(rng, text, cited.mtus, truths)
            if era == PAGES
            else _by_section(rng, text, cited.mtus, truths, era)
        )
        text += "."
    else:
        text = (
            f"The {name} did not base their decision on the MTUS."
            if era == PAGES
            else f"The {name} based their decision on recommendation(s) outside of the MTUS Guidelines."
        )
    if cited.other:
        text += pick(rng, (" ", " ", "  ")) + "Decision based on Non-MTUS Citation "
        for turn, reference in enumerate(cited.other):
            text += " and Other Medical Treatment Guidelines " if turn else ""
            start = len(text)
            text += _outside(rng, reference)
            truths.append(_truth(reference, start, len(text)))
        text += "."
    return text, {"basis": cited.basis, "citations": truths}, [truth["span"] for truth in truths]


def _truth(reference: Reference, start: int, end: int) -> Json:
    return {
        "mtus": reference.mtus,
        "guideline": reference.guideline,
        "edition": reference.edition,
        "chapter": reference.chapter,
        "sections": [*reference.titles],
        "pages": [[*pages] for pages in reference.pages],
        "title": reference.source,
        "span": [start, end],
    }


# --- by section, from mid-2016 ----------------------------------------------------------------


def _by_section(rng: Random, text: str, references: list[Reference], truths: list[Json], era: str) -> str:
    for turn, reference in enumerate(references):
        text += ", and " if turn else ""
        start = len(text)
        text += _with_sections(rng, reference, era)
        truths.append(_truth(reference, start, len(text)))
    return text


def _with_sections(rng: Random, reference: Reference, era: str) -> str:
    chapter = reference.chapter
    if chapter in _GENERAL:
        title = guide().titles[f"acoem-2004/{chapter}"]
        return f"General Approaches 2004, Section(s): {title}"
    if chapter is not None:
        title = guide().titles[f"acoem-2004/{chapter}"]
        if chapter == 11 and rng.random() < 0.03:
            title = title.replace("Forearm", "Forewarm")
    else:
        title = reference.source or _WORKS[era][reference.guideline]
    extra = " Guidelines" if rng.random() < 0.01 else ""
    printed = f"{title} {reference.edition}{extra}"
    return f"{printed}, Section(s): {', '.join(reference.titles)}" if reference.titles else printed


# --- by page, to mid-2016 ---------------------------------------------------------------------


def _by_page(rng: Random, text: str, references: list[Reference], truths: list[Json]) -> str:
    chapters = [r for r in references if r.guideline == "acoem-2004" and r.pages]
    shared = chapters if len(chapters) > 1 and rng.random() < 0.6 and _disjoint(chapters) else []
    ordered = shared + [r for r in references if r not in shared] if shared else references
    joint = pick(rng, (",", ",", ",", ", ", ", and "))
    turn = 0
    if shared:
        text, turn = _sharing(rng, text, shared, truths), 1
    for reference in ordered[len(shared) :]:
        text += joint if turn else ""
        turn += 1
        start = len(text)
        text += _with_pages(rng, reference)
        truths.append(_truth(reference, start, len(text)))
    return text


def _disjoint(chapters: list[Reference]) -> bool:
    """Whether no two of the chapters hold one page, so that a shared list can be told apart."""
    spans = sorted(guide().pages[chapter.paths[0]] for chapter in chapters)
    return all(a[1] < b[0] for a, b in pairwise(spans))


def _sharing(rng: Random, text: str, chapters: list[Reference], truths: list[Json]) -> str:
    """Several ACOEM chapters before one list of pages."""
    starts = []
    for turn, reference in enumerate(chapters):
        text += ", " if turn else ""
        starts.append(len(text))
        name = f"Chapter {reference.chapter} {guide().titles[reference.paths[0]]}"
        text += name if turn else f"ACOEM {name}"
    pages = sorted(p for reference in chapters for p in reference.pages)
    text += f" Page(s): {print_pages(rng, pages)}"
    for start, reference in zip(starts, chapters, strict=True):
        truths.append(_truth(reference, start, len(text)))
    return text


def _with_pages(rng: Random, reference: Reference) -> str:
    if reference.guideline == "acoem-2004":
        text = f"ACOEM Chapter {reference.chapter} {guide().titles[reference.paths[0]]}"
    else:
        text = _WORKS[PAGES][reference.guideline]
        if reference.titles:
            text += " " + ", ".join(reference.titles)
    if reference.pages:
        text += f" Page(s): {print_pages(rng, reference.pages)}"
    return text


def print_pages(rng: Random, ranges: list[tuple[int, int]]) -> str:
    """A page list as letters print it, here and there shortened or with a stray ``s``.

    >>> print_pages(Random(3), [(48, 49), (90, 90)])
    '48-9; 90'
    """
    short = rng.random() < 0.3
    said = [_range(first, last, short) for first, last in ranges]
    if len(said) == 1:
        text = said[0]
    else:
        joint = pick(rng, (", ", "; "))
        closing = pick(rng, (joint, " and "))
        text = joint.join(said[:-1]) + closing + said[-1]
    return "s " + text if rng.random() < (0.3 if len(said) > 1 else 0.05) else text


def _range(first: int, last: int, short: bool) -> str:
    if first == last:
        return str(first)
    if short and last // 10 == first // 10:
        return f"{first}-{last % 10}"
    return f"{first}-{last}"


# --- outside the MTUS -------------------------------------------------------------------------

_OPENINGS = Urn(
    [
        (60, "Official Disability Guidelines (ODG)"),
        (28, "Official Disability Guidelines"),
        (10, "ODG"),
        (2, "Official Disability Guidelines, Work Loss Data Institute"),
    ]
)
_BOTH = Urn(
    [
        (22, "{O} {C}, {T}"),
        (12, "{O}, {C}, {T}"),
        (14, "{O}, {C} Chapter, {T}"),
        (12, "{O} {C} Chapter, {T}"),
        (4, "{O} {C} Chapter: {T}"),
        (3, "{O} - {C} chapter - {T}"),
        (4, "{O}: {C} - {T}"),
        (3, "{O} {C}/{T}"),
        (3, "{O} {C} Chapter/{T}"),
        (2, "{O} {C} Section/{T} Topic"),
        (5, "{O} {C} section, {T}"),
        (3, "{O} {C} Chapter, {T} Topic"),
        (3, "{O}, {C} Chapter (updated {D}), {T}"),
        (3, "{O} {C} (updated {D}), {T}"),
        (4, "{O} {C}{A}, {T}"),
        (2, "{O} {C} ({T})"),
    ]
)
_CHAPTER = Urn(
    [
        (6, "{O} {C}"),
        (5, "{O}, {C}"),
        (5, "{O}, {C} Chapter"),
        (5, "{O} {C} Chapter"),
        (2, "{O}, {C}{A}"),
        (1, "{O} {C} Chapter (updated {D})"),
    ]
)
_TOPIC = Urn([(3, "{O}, {T}"), (2, "{O}: {T}"), (3, "{O} {T}")])
_VARIANTS = {
    "Neck & Upper Back": ("Neck and Upper Back", "Neck & Upper Back", "Neck and upper back"),
    "Low Back": ("Low Back", "Low Back", "Low back"),
    "Knee & Leg": ("Knee & Leg", "Knee and Leg", "Knee"),
    "Forearm, Wrist & Hand": ("Forearm, Wrist & Hand", "Forearm, Wrist, and Hand", "Forearm, Wrist and Hand"),
    "Hip & Pelvis": ("Hip & Pelvis", "Hip and Pelvis"),
    "Ankle & Foot": ("Ankle & Foot", "Ankle and Foot"),
    "Mental Illness & Stress": ("Mental Illness & Stress", "Mental Illness and Stress"),
}
_UPDATED = ("11/23/16", "12/20/16", "06/05/15", "02/03/2014")


def _outside(rng: Random, reference: Reference) -> str:
    if reference.source:
        return reference.source
    opening = _OPENINGS.draw(rng)
    chapter = reference.chapter
    if chapter is None:
        if not reference.titles:
            return opening
        return _TOPIC.draw(rng).format(O=opening, T=reference.titles[0])
    form = (_BOTH if reference.titles else _CHAPTER).draw(rng)
    name = pick(rng, _VARIANTS.get(str(chapter), (str(chapter),)))
    topic = pick(rng, (", ", ", ", "; ")).join(reference.titles)
    if len(reference.titles) > 1 and form.endswith("({T})"):
        form = "{O} {C}, {T}"
    elif len(reference.titles) == 1 and rng.random() < 0.01:
        return f"{name} ({topic})"  # the source left out
    acute = " (Chronic)" if chapter == "Pain" else pick(rng, (" (Acute & Chronic)", " (Acute and Chronic)"))
    return form.format(O=opening, C=name, T=topic, A=acute, D=pick(rng, _UPDATED))
