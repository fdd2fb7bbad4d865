"""What printing puts into a text is taken out of what is read, and every span quotes the text as given."""

import re

import pytest
from own_letters import Item, letter

from kg.evidence import marks
from kg.reading.letter import read_letter
from kg.reading.noise import restored

TEXT = letter(
    Item("Physical therapy of the affected finger, 12 visits"),
    Item("A walker", "Overturned", rationale="So it is. " * 60 + "\nThe request is medically necessary."),
)


def paged(text, mark):
    """Pages of twenty lines with a running header and a numbered footer."""
    lines = text.split("\n")
    pages = [lines[i : i + 20] for i in range(0, len(lines), 20)]
    return f"\n{mark}".join(
        "\n".join(
            ["Independent Medical Review CM15-0001234"] * (n > 1) + page + [f"Page {n} of {len(pages)}"]
        )
        for n, page in enumerate(pages, 1)
    )


NOISE = {
    "soft hyphens": TEXT.replace("visits", "vis\xadits").replace("guideline", "guide\xadline"),
    "soft hyphens at line ends": TEXT.replace("affected", "affec\xad\nted"),
    "ligatures": TEXT.replace("ffi", "ﬃ").replace("ff", "ﬀ").replace("fi", "ﬁ").replace("fl", "ﬂ"),
    "signs without width": TEXT.replace("therapy", "the\u200brapy"),
    "another hyphen": TEXT.replace("CM15-0001234", "CM15\u20110001234"),
    "running lines": paged(TEXT, "\f"),
    "running lines, breaks lost": paged(TEXT, ""),
    "line numbers": "\n".join(f"{n:>4} {line}" for n, line in enumerate(TEXT.split("\n"), 1)),
    "line numbers of each page": "\n".join(f"{n % 25 + 1} {line}" for n, line in enumerate(TEXT.split("\n"))),
    "capitals": TEXT.upper(),
    "quotation": "\n".join(f"> {line}" for line in TEXT.split("\n")),
    "Markdown": re.sub(
        r"(?m)^(HOW|CLINICAL|IMR ISSUES)|^([A-Z][\w ]+:)(?= D)",
        lambda m: f"## {m[1]}" if m[1] else f"**{m[2]}**",
        TEXT,
    ),
    "broken words": TEXT.replace("Physical therapy", "Physi-\ncal ther-\napy"),
}


def said(found):
    """What a determination says, in small letters."""
    return [
        (
            d.item.text.lower(),
            d.outcome,
            d.item.service,
            d.claims_administrator.basis,
            [(c.guideline, [p.first for p in c.pages]) for c in d.reviewer.citations],
        )
        for d in found.decisions
    ], [found.case_number, found.decision_date, found.date_of_injury, found.patient, found.priority]


@pytest.mark.parametrize("kind", NOISE)
def test_noise_changes_nothing_that_is_read(kind):
    assert NOISE[kind] != TEXT
    assert said(read_letter(NOISE[kind])) == said(read_letter(TEXT))


@pytest.mark.parametrize("kind", NOISE)
def test_spans_point_into_the_text_as_given(kind):
    text = NOISE[kind]
    found = read_letter(text)
    plain = str.maketrans(dict.fromkeys("\xad\u200b", "") | {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi"})
    for decision in found.decisions:
        quote = decision.item.span.of(text).translate(plain).lower()
        assert decision.item.text.lower().split()[0][:5] in quote
        assert quote.rstrip()[-3:] == decision.item.text.lower()[-3:]
        assert decision.outcome_span.of(text).lower() == decision.outcome
    for mark in marks(found):
        assert 0 <= mark.span.start <= mark.span.end <= len(text)


def test_a_plain_letter_is_read_as_it_is():
    assert restored(TEXT) is None


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("So it is.", "It was anti-\ninflammatory."),  # the word's own hyphen
        TEXT.replace(
            "So it is. So", "- \f\nThe request is not necessary.\n\fThe request is not necessary.\nSo"
        ),
        TEXT.replace("12 visits", "QTY: 1.00"),
    ],
)
def test_what_the_letter_itself_prints_stays(text):
    assert restored(text) is None


def test_no_letter_at_hand_is_taken_for_noise(shared):
    for folder in ("letters", "letters-mupdf", "letters-pdfminer", "letters-spaced", "letters-pages"):
        for path in sorted((shared / folder).glob("*.txt")):
            assert restored(path.read_bytes().decode().replace("\xa0", " ")) is None, path
