"""What holds of every letter: spans quote their values, reading is a function of the text alone."""

import re
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.contract import to_json
from kg.model import Citation, Determination, GuidelineField, Span
from kg.reading import header, reviewers, summary
from kg.reading.citing import citations, others
from kg.reading.citing.mentions import MENTION
from kg.reading.early import NOTICE, PROFESSIONAL
from kg.reading.letter import read_letter
from kg.reading.requests import items, quantities
from kg.reading.sections import LETTER
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme, TypedGrammar
from kg.reading.text.moved import forget
from kg.reading.vocabulary import titles
from kg.sample import letters

CHECKED = settings(max_examples=60, deadline=None)
NUMBERS = re.compile(r"\d+")


@cache
def read(seed: int, template: str = "all") -> tuple[str, Determination]:
    [(name, text, _)] = letters(1, seed, template, first=seed % 6)
    return text, read_letter(text, name)


SEEDS = st.integers(0, 5_000)


def spans(value: object) -> Iterator[Span]:
    """Every span in a value."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, dict):
        yield from (span for part in value.values() for span in spans(part))
    elif isinstance(value, tuple):
        yield from (span for part in value for span in spans(part))
    else:
        for name in getattr(value, "__slots__", ()):
            yield from spans(getattr(value, name))


def fields(found: Determination) -> Iterator[GuidelineField]:
    for decision in found.decisions:
        yield from (decision.claims_administrator, decision.reviewer)


def cited(found: Determination) -> Iterator[Citation]:
    for field in fields(found):
        yield from field.citations


@CHECKED
@given(SEEDS)
def test_every_span_lies_in_the_text(seed):
    text, found = read(seed)
    assert all(0 <= span.start <= span.end <= len(text) for span in spans(found))


@CHECKED
@given(SEEDS)
def test_items_outcomes_and_portions_are_quoted(seed):
    text, found = read(seed)
    for decision in found.decisions:
        item = decision.item
        assert tidy(item.span.of(text)) == item.text
        assert tidy(item.in_dispute_span.of(text)) == item.in_dispute
        assert item.original_request is None or item.original_request in item.text
        assert item.authorized is None or item.authorized in item.text
        assert decision.outcome_span.of(text).strip()
        parts = (item.service, item.drug, item.quantity, *item.body_parts)
        for part in (part for part in parts if part is not None):
            assert item.span.start <= part.span.start < part.span.end <= item.span.end


@CHECKED
@given(SEEDS)
@example(694)
def test_citations_are_quoted_with_their_sections_and_pages(seed):
    text, found = read(seed)
    for field in fields(found):
        for citation in field.citations:
            assert field.span.start <= citation.span.start < citation.span.end <= field.span.end
            assert citation.title is None or citation.title in tidy(citation.span.of(text))
            for section in citation.sections:
                # A hyphen that broke a word of a known title is no part of it.
                printed = tidy(section.span.of(text))
                assert section.title in {printed, printed.replace("-", "")}
            for page in citation.pages:
                printed = NUMBERS.findall(page.span.of(text))
                assert printed[0] == str(page.first)
                assert str(page.last).endswith(printed[-1])


@CHECKED
@given(SEEDS)
def test_header_reviewer_and_patient_are_quoted(seed):
    text, found = read(seed)
    quoted = {name: span.of(text) for name, span in found.spans.items()}
    if "case_number" in quoted:
        assert quoted["case_number"] == found.case_number
    if "priority" in quoted:
        assert quoted["priority"].lower() == found.priority.value
    if "patient.age" in quoted:
        assert quoted["patient.age"] == str(found.patient.age)
    for name in (
        "date_assigned",
        "date_of_injury",
        "decision_date",
        "ur_denial_date",
        "application_received",
    ):
        if (day := getattr(found, name)) is not None:
            assert str(day.year)[2:] in quoted[name]
            assert str(day.day) in quoted[name]
    for name in found.reviewer.specialties + found.reviewer.subspecialties:
        assert name.name in tidy(name.span.of(text))
    for state in found.reviewer.licensed_in:
        assert state in tidy(quoted["reviewer.licensed_in"])


@CHECKED
@given(SEEDS)
def test_what_a_rationale_names_is_quoted(seed):
    text, found = read(seed)
    for rationale in (decision.rationale for decision in found.decisions if decision.rationale):
        for mention in rationale.mentions:
            assert rationale.span.start <= mention.span.start < mention.span.end <= rationale.span.end
            assert tidy(mention.span.of(text)) == mention.text
        for amount in rationale.recommended:
            assert rationale.span.start <= amount.span.start < amount.span.end <= rationale.span.end
            assert str(int(amount.maximum)) in amount.span.of(text)


@CHECKED
@given(SEEDS)
def test_reading_is_a_function_of_the_text(seed):
    text, found = read(seed)
    name = found.case_number
    assert to_json(read_letter(text, name)) == to_json(found)
    forget()  # what was kept of other letters changes nothing
    assert to_json(read_letter(text, name)) == to_json(found)


@CHECKED
@given(SEEDS, st.integers(1, 40))
def test_empty_lines_before_a_letter_shift_its_spans_only(seed, lines):
    text, found = read(seed)
    shifted = read_letter("\n" * lines + text, found.case_number)
    assert shifted == found

    def told(letter, by):
        found = spans((letter.decisions, letter.reviewer, dict(letter.spans)))
        return [(span.start + by, span.end + by) for span in found]

    assert told(shifted, 0) == told(found, lines)
    assert [problem.message for problem in shifted.problems] == [p.message for p in found.problems]


GRAMMARS = {
    name: grammar
    for room in (citations, header, items, others, quantities, reviewers, summary, titles)
    for name, grammar in vars(room).items()
    if isinstance(grammar, TypedGrammar)
} | {"NOTICE": NOTICE, "PROFESSIONAL": PROFESSIONAL, "MENTION": MENTION, "LETTER": LETTER}


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_sequence_of_tokens_has_a_plan(name):
    """The grammars are total: damage is told by validators, never by a parser that stops."""
    grammar, rng = GRAMMARS[name], Random(1)
    types = [type_ for type_ in grammar.terminals if type_ not in grammar._ignored]
    types += ["TEXT"] if grammar._wants_text else []
    for _ in range(300):
        grammar.plan([Lexeme(type_, 0, 0) for type_ in rng.choices(types, k=rng.randrange(9))])
