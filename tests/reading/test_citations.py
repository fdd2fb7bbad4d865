"""Guideline fields: the printed forms of each era, where each was read, and what was not understood."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import each_row

from kg.model import Basis, Citation, ProblemKind
from kg.reading.citing.citations import read_field
from kg.reading.text.folding import tidy

FOLDER = Path(__file__).parent / "fields"


def rows():
    """Every field of ``fields/*.tsv`` with its reading; the file's name is the form."""
    for path in sorted(FOLDER.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            field, reading = line.split("\t")
            yield field, reading


FIELDS = list(rows())


def shown(citation: Citation) -> str:
    """``MTUS guideline edition #chapter: section | section p. pages = title``, of what there is."""
    parts = ["MTUS " * citation.mtus + citation.guideline]
    parts += [f" {citation.edition}"] if citation.edition else []
    parts += [f" #{citation.chapter}"] if citation.chapter is not None else []
    parts += [": " + " | ".join(section.title for section in citation.sections)] if citation.sections else []
    pages = [f"{p.first}-{p.last}" if p.last > p.first else str(p.first) for p in citation.pages]
    parts += [" p. " + ", ".join(pages)] if pages else []
    parts += [f" = {citation.title}"] if citation.title else []
    return "".join(parts)


def reading(field: str) -> str:
    return " || ".join(shown(citation) for citation in read_field(field)[0].citations) or "-"


@each_row(("field", "expected"), FIELDS)
def test_reads_every_printed_form(field, expected):
    assert reading(field) == expected


@each_row(("field", "expected"), FIELDS)
def test_spans_quote_what_was_read_and_little_more(field, expected):
    for citation in read_field(field)[0].citations:
        named = sum(len(s.title) for s in citation.sections) + len(citation.title or "")
        start, end = citation.span.start, citation.span.end
        assert 0 <= start < end <= len(field)
        assert end - start <= 2 * (named + 12 * len(citation.pages)) + 200
        assert not field[end - 1].isspace()
        for section in citation.sections:
            assert tidy(section.span.of(field)) == section.title
        for page in citation.pages:
            assert str(page.first) in page.span.of(field)


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Func-tional restoration programs (FRPs)", "Functional restoration programs (FRPs)"),
        ("Acupunc-ture", "Acupuncture"),
        ("Anti-epilepsy drugs (AEDs)", "Anti-epilepsy drugs (AEDs)"),  # its own hyphen
        ("Light-box lamp", "Light-box lamp"),  # unknown
    ],
)
def test_a_hyphen_that_broke_a_word_is_no_part_of_a_title(printed, title):
    field, _ = read_field(
        f"Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): {printed}."
    )
    assert [section.title for section in field.citations[0].sections] == [title]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Low Back Complaints 2004", False),
        ("Low Back Complaints 2016", True),
        ("Chronic Pain Medical Treatment 2004", True),
        ("Low Back Disorders 2004", True),
        ("Low Back Disorders (February 13, 2020)", False),
        ("Chronic Pain Medical Treatment 2012", True),  # between two editions
        ("Low Back Disorders 2017", False),  # adopted in the year after
    ],
)
def test_an_edition_that_contradicts_its_guideline_is_a_problem(title, told):
    _, problems = read_field(f"Decision based on MTUS {title}, Section(s): Opioids.")
    assert (ProblemKind.CONTRADICTION in {problem.kind for problem in problems}) == told


@each_row("field", [field for field, _ in FIELDS])
def test_a_field_inside_a_letter_reads_as_by_itself(field):
    before, after = "MAXIMUS guideline: ", "\n \nDecision rationale: Low Back 2004, page 3"
    there, problems = read_field(before + field + after, len(before), len(before) + len(field))
    alone, alone_problems = read_field(field)
    assert there == alone
    assert [(p.kind, p.message) for p in problems] == [(p.kind, p.message) for p in alone_problems]
    assert [c.span.start - len(before) for c in there.citations] == [c.span.start for c in alone.citations]


@pytest.mark.parametrize(
    ("field", "basis"),
    [
        ("Decision based on MTUS Low Back Complaints 2004.", Basis.MTUS),
        ("Decision based on MTUS Eye 2004. Decision based on Non-MTUS Citation ODG.", Basis.MTUS_AND_OTHER),
        ("Decision based on Non- \nMTUS Citation ODG.", Basis.OUTSIDE_MTUS),
        ("The Expert Reviewer did not base their decision on the MTUS.", Basis.OUTSIDE_MTUS),
        ("The Claims Administrator did not cite any medical evidence for its decision.", Basis.NONE_CITED),
        ("See above.", None),
    ],
)
def test_basis(field, basis):
    assert read_field(field)[0].basis is basis


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("See above.", [("unread-text", "See above."), ("missing-field", "See above.")]),
        (
            "Decision based on Non-MTUS Citation.",
            [("missing-field", "Decision based on Non-MTUS Citation.")],
        ),
        (
            "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Kite flying.",
            [("unresolved-title", "Kite flying")],
        ),
        (
            "Decision based on MTUS Kite Flying 2016, Section(s): Strings.",
            [("unresolved-title", "Kite Flying")],
        ),
        # the catalogue knows the title but lists no sections of it, or none of its edition
        ("Decision based on MTUS Chronic Pain 2017, Section(s): Kite flying.", []),
        ("Decision based on MTUS Low Back Disorders 2017, Section(s): Traction.", []),
        (
            "Decision based on MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 303, Table 12-8.",
            [("bad-pages", "Table 12-8")],
        ),
        (
            "Decision based on MTUS ACOEM Chapter 9 Shoulder Complaints Page(s): passim.",
            [("bad-pages", "passim")],
        ),
        ("Decision based on MTUS ACOEM Chapter 9 Shoulder Complaints Page(s): 212-21.", []),
        ("Decision based on MTUS Opioid Treatment 2016. And so on.", [("unresolved-title", "And so on")]),
        # pages, and no guideline that they are of
        (
            "Decision based on MTUS Page(s): 12, Chronic Pain Treatment Guidelines Page(s): 13.",
            [("unread-text", "Page(s): 12")],
        ),
        # a mark after the pages stands for nothing
        ("Decision based on MTUS Chronic Pain Treatment Guidelines Page(s): 12 *.", []),
    ],
)
def test_what_was_not_understood_is_a_problem_with_its_place(field, found):
    problems = read_field(field)[1]
    assert [(p.kind.value, p.span.of(field)) for p in problems] == found


SHARED, OWN = True, False


@pytest.mark.parametrize(
    ("cited", "pages"),
    [
        ("ACOEM Chapter 12 Low Back Complaints Page(s): 303", [[(303, OWN)]]),
        (
            "ACOEM Chapter 9 Shoulder Complaints, Chapter 12 Low Back Complaints Page(s): 209, 303",
            [[(209, SHARED)], [(303, SHARED)]],
        ),
        # a page of neither is the last one's
        (
            "ACOEM Chapter 9 Shoulder Complaints, Chapter 12 Low Back Complaints Page(s): 209, 900",
            [[(209, SHARED)], [(900, SHARED)]],
        ),
        # a chapter with sections of its own waits for no list
        (
            "ACOEM Chapter 9 Shoulder Complaints Imaging, Chapter 12 Low Back Complaints Page(s): 209",
            [[], [(209, OWN)]],
        ),
        # the list after another guideline is that guideline's
        (
            "ACOEM Chapter 12 Low Back Complaints, Chronic Pain Treatment Guidelines Opioids Page(s): 303",
            [[], [(303, OWN)]],
        ),
        # chapters that a section list names
        (
            "General Approaches 2004, Section(s): Initial Approaches to Treatment, page 44",
            [[(44, OWN)]],
        ),
        (
            "General Approaches 2004, Section(s): Initial Approaches to Treatment, Prevention, pages 2, 44",
            [[(44, SHARED)], [(2, SHARED)]],
        ),
    ],
)
def test_a_page_list_is_shared_out_to_the_chapters_before_it(cited, pages):
    found = read_field(f"Decision based on MTUS {cited}.")[0].citations
    assert [[(p.first, p.inferred) for p in citation.pages] for citation in found] == pages


@pytest.mark.parametrize(
    ("on", "edition", "section"),
    [
        (None, 2009, "chronic-pain/2009/topical-analgesics"),
        (date(2015, 6, 1), 2009, "chronic-pain/2009/topical-analgesics"),
        (date(2016, 12, 1), 2016, "chronic-pain/2016/topical-analgesics"),
    ],
)
def test_an_edition_that_is_not_printed_is_that_in_force(on, edition, section):
    field = "Decision based on MTUS Chronic Pain Treatment Guidelines Topical Analgesics Page(s): 111."
    (citation,) = read_field(field, on=on)[0].citations
    assert (citation.edition, citation.inferred_edition) == (None, edition)
    assert citation.sections[0].concept == section


@pytest.mark.parametrize(
    ("field", "concepts"),
    [
        ("ODG, Low Back, Gym memberships", ["odg/low-back/gym-memberships"]),
        ("ODG, Knee & Leg and Low Back chapters, DME", ["odg/knee-and-leg/durable-medical-equipment"]),
        ("ODG Physical Therapy Guidelines", ["odg/physical-therapy-guidelines"]),
        ("ODG, Low Back, Kite flying", [None]),
    ],
)
def test_a_topic_is_that_of_its_chapter(field, concepts):
    citations = read_field(f"Decision based on Non-MTUS Citation {field}.")[0].citations
    assert [section.concept for section in citations[0].sections] == concepts


def test_one_guideline_named_twice_is_one_citation():
    field = (
        "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Exercise, and "
        "Chronic Pain Medical Treatment 2016, Section(s): Yoga, and Opioid Treatment 2016."
    )
    first, second = read_field(field)[0].citations
    assert [section.title for section in first.sections] == ["Exercise", "Yoga"]
    assert second.guideline == "opioids"


PIECES = st.sampled_from(
    [
        *("Decision based on MTUS", "Decision based on Non-MTUS Citation", "Section(s):", "Page(s):", "98-9"),
        *("2016", "ODG", "(Low Back)", "Low Back Complaints 2004", "Chronic Pain Treatment Guidelines"),
        *("ACOEM", "Chapter 12", "MRI", ", and ", ";", "/", ":", "(", ")", "-", "et al", "s", "TENS", "1)"),
        *(
            "www.odg-twc.com/odgtwc/pain.htm",
            "http://www.example.org/a",
            "Other Medical Treatment Guidelines",
        ),
        *("chronic pain", "page 3", "under", "Guidelines", "Spine 2009;34", "Mayo Clinic", "[Knee]", "\n"),
        *("based its decision on the", "which is part of the MTUS", "which is not part of the MTUS", ". "),
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_any_field_is_read_and_every_span_lies_in_it(field):
    found, problems = read_field(field)
    for span in [c.span for c in found.citations] + [p.span for p in problems]:
        assert 0 <= span.start <= span.end <= len(field)
    for citation in found.citations:
        assert all(tidy(section.span.of(field)) == section.title for section in citation.sections)
        assert all(page.first <= page.last for page in citation.pages)
    if found.basis is None:
        assert ProblemKind.MISSING_FIELD in {p.kind for p in problems}


@pytest.mark.parametrize("between", ["", ", and Low Back Complaints 2004"])
def test_a_guideline_cited_twice_is_one_citation(between):
    first, more = (f"Knee Complaints 2004, Section(s): {title}" for title in ("Summary", "Special Studies"))
    text = f"Decision based on MTUS {first}{between}, and {more}."
    citation = read_field(text)[0].citations[0]
    assert [section.title for section in citation.sections] == ["Summary", "Special Studies"]
    # Where another stands between the two, the place is that of the first.
    assert citation.span.of(text) == (first if between else f"{first}, and {more}")
