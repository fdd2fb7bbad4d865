"""Every title of the catalogue of guidelines is read in the frames that letters print titles in."""

import pytest
from tables import some_or_all

from kg.reading.citing.citations import read_field
from kg.reading.vocabulary.catalogue import concepts

MTUS = {
    "chronic-pain/2009": "Chronic Pain Medical Treatment 2009",
    "chronic-pain/2016": "Chronic Pain Medical Treatment 2016",
    "elbow-2007": "Elbow Complaints 2007",
    "opioids/2016": "Opioids Treatment 2016",
    "postsurgical/2009": "Postsurgical Treatment 2009",
    "acupuncture/2007": "Acupuncture Treatment 2007",
    "acoem-2004/5": "Cornerstones of Disability Prevention and Management 2004",
    "acoem-2004/8": "Neck and Upper Back Complaints 2004",
    "acoem-2004/9": "Shoulder Complaints 2004",
    "acoem-2004/11": "Forearm, Wrist, and Hand Complaints 2004",
    "acoem-2004/12": "Low Back Complaints 2004",
    "acoem-2004/13": "Knee Complaints 2004",
    "acoem-2004/14": "Ankle and Foot Complaints 2004",
    "acoem-2004/15": "Stress Related Conditions 2004",
}
MTUS_FRAMES = (
    "Decision based on MTUS {guideline}, Section(s): {title}.",
    "Decision based on MTUS {guideline}, Section(s): {title}, Page(s) 12.",
)
NOT_IN_ITS_GUIDELINE = {
    # titles of a guideline of its own, or of several sections
    "Application of Guidelines",
    "Application of Treatment Guidelines",
    "Hip, Pelvis, and Thigh",
    "Opioids, state medical boards guidelines",
    "Part 1: Executive Summary, Introduction, and Recommendations",
}
ODG_FRAMES = (
    "Official Disability Guidelines (ODG), {chapter} Chapter, {title}",
    "ODG {chapter} ({title})",
    "Official Disability Guidelines (ODG) {chapter}: {title}",
    "ODG-TWC, {chapter} Chapter - {title}",
    "ODG {chapter}/{title}",
    "Official Disability Guidelines {chapter} (Acute & Chronic), {title}",
    "Official Disability Guidelines (ODG) Treatment in Workers' Compensation, {chapter}, {title}",
    "ODG {chapter} Chapter (updated 11/23/16), {title}",
    "ODG, Chapter: {chapter}, Topic: {title}",
    "ODG {chapter}; {title}",
    "ODG: {chapter}, {title} (2014)",
)
ODG_LATE_FRAMES = (
    "Official Disability Guidelines (ODG), {title} / {chapter}",
    "ODG {title}/{chapter}",
    "ODG, {title} - {chapter} Chapter",
    "ODG, {title} ({chapter})",
    "Official Disability Guidelines, {title} ({chapter} Chapter)",
    "ODG, {title}, {chapter}",
    "ODG for {title} in the {chapter} Chapter",
)
"""The chapter after its topic, which may begin with a chapter's name (``Knee brace / Knee & Leg``)."""
ODG_ALIKE = {
    "Physical Therapy Preface",
    "Lumbar support",
    "Lumbar supports",
    "Chronic pain programs, opioids",
    "Collars (cervical)",
    "Guidelines for performing an FCE",
}
"""They begin or end with the name of a chapter, or what says that a title is one."""


def below(notation):
    """The titles of the sections of a guideline or chapter, each with its concept."""
    return [
        (label, concept.notation)
        for concept in concepts("guidelines.ttl").values()
        if concept.broader == notation
        for label in concept.labels
        if label.count("(") == label.count(")")  # a letter may break off a title
    ]


def sections(field):
    """The concepts of the sections that a field cites."""
    return [section.concept for citation in read_field(field)[0].citations for section in citation.sections]


@pytest.mark.parametrize("frame", MTUS_FRAMES)
def test_every_section_of_the_mtus(frame):
    assert all(below(notation) for notation in MTUS)
    wrong = [
        (title, concept, found)
        for notation, guideline in MTUS.items()
        for title, concept in below(notation)
        if title not in NOT_IN_ITS_GUIDELINE
        and (found := sections(frame.format(guideline=guideline, title=title))) != [concept]
    ]
    assert wrong == []


@some_or_all(10)
@pytest.mark.parametrize("frame", ODG_FRAMES + ODG_LATE_FRAMES)
def test_every_topic_of_the_odg(frame, step):
    chapters = [
        (each.notation, each.preferred)
        for each in concepts("guidelines.ttl").values()
        if each.notation.startswith("odg/") and each.notation.count("/") == 1 and below(each.notation)
    ]
    assert len(chapters) > 15
    wrong = [
        (title, concept, found)
        for notation, chapter in chapters
        for title, concept in [*below(notation)][::step]
        if title not in ODG_ALIKE
        and (
            found := sections(
                f"Decision based on Non-MTUS Citation {frame.format(chapter=chapter, title=title)}."
            )
        )
        != [concept]
    ]
    assert wrong == []
