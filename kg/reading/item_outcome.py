"""The outcome of an item: where it stands on an issue line, and which one of ``ontology/imr.ttl`` it is."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from kg.model import Outcome, Problem, ProblemKind, Span
from kg.reading.places import trimmed
from kg.reading.text.folding import fold
from kg.reading.text.patterns import as_pattern
from kg.reading.vocabulary.concepts import read

# What stands between an item and its outcome where the form's colon does not.
_MARK = re.compile(r":(?!\d)|(?<=\s)[-\u2013\u2014](?=\s)")
# A remark in brackets says more of an outcome, or another thing.
_REMARK = re.compile(r"\([^()]*\)$")
_MOST_WORDS = 8
_TURNING = frozenset(["not", "never", "partially", "partly", "conditionally", "mostly", "or", "and"])
# Words of an outcome that is neither of the two alone, whatever else it says.
_IN_PART = re.compile(r"\b(?:partial(?:ly)?|partly|in part|modif\w+)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never|no|un\w+)\b", re.IGNORECASE)
# A mark of a footnote.
_FOOTNOTE = re.compile(r"(?:\s*[*\u2020\u2021])+$")
_WORD = re.compile(r"[^\W\d_]+")
# What stands around an outcome, or between an item and it, without a word of either.
_AROUND = "()[]{}\"'\u201c\u201d"
_BETWEEN = " \t\r\n:;,=|/-\u2013\u2014"
# `A cane is upheld`, `A cane ..... upheld`
_COPULA = re.compile(r"\s+(?:is|are|was|were|has\s+been|have\s+been)$|\s*(?:\.{2,}|\u2026)$")
_ORIGINAL = "riginal request"
_LONGEST_LABEL = 60
_DAY = re.compile(r"\b\d{1,2}[/-]\d{1,2}[/-]\d{2,4}\b")


@cache
def wordings() -> Mapping[str, Outcome]:
    """Each outcome by its folded wordings on issue lines."""
    concepts = [concept for concept in read("imr.ttl").values() if "Outcome" in concept.kinds]
    return {fold(label): Outcome(concept.notation) for concept in concepts for label in concept.labels}


ANCHOR = r":(?=\s*[A-Za-z])"
"""How an outcome begins in its form: a colon before a word."""


def terminals() -> dict[str, str]:
    """The expressions of the terminals that ``letter.lark`` declares."""
    return {"_OUTCOME": as_pattern(wordings()), "_COLON": ANCHOR}


def value(text: str, span: Span, problems: list[Problem]) -> Outcome | None:
    """The outcome printed at ``span``; ``None`` with a problem that quotes it where it is none that is known.

    >>> found = []
    >>> value("MRI: Withdrawn", Span(5, 14), found), found[0].message
    (None, 'the outcome "Withdrawn" is not understood')
    >>> value("MRI: Certified with modification", Span(5, 32), []).value
    'modified'
    """
    words = " ".join(span.of(text).split())
    found = wordings().get(fold(_FOOTNOTE.sub("", words).strip(_AROUND)))
    if found is None and _IN_PART.search(words) and not _DENIED.search(words):
        found = Outcome.MODIFIED
    if found is None:
        message = (
            f'the outcome "{words}" is not understood' if words else "no outcome stands on the issue line"
        )
        problems.append(Problem(ProblemKind.BAD_VALUE, span, message))
    elif found is Outcome.MODIFIED and fold(words) != Outcome.MODIFIED.value:
        problems.append(Problem(ProblemKind.BAD_VALUE, span, f'the outcome "{words}" is taken as modified'))
    return found


def parted(text: str, line: Span) -> tuple[Span, Span]:
    """The item and the outcome of an issue line of another form: ``<item> - Upheld``, ``<item>: Withdrawn``.

    The words after the last mark are the outcome, known or not, where they have no figures but in a
    remark; the outcome is empty where there is none.

    >>> [span.of("A cane - Upheld") for span in parted("A cane - Upheld", Span(0, 15))]
    ['A cane', 'Upheld']
    >>> [span.of("A cane partially upheld") for span in parted("A cane partially upheld", Span(0, 23))]
    ['A cane', 'partially upheld']
    >>> [span.of("A cane is upheld") for span in parted("A cane is upheld", Span(0, 16))]
    ['A cane', 'upheld']
    >>> [span.of("A cane QTY: 1.00") for span in parted("A cane QTY: 1.00", Span(0, 16))]
    ['A cane QTY: 1.00', '']
    """
    marks = list(_MARK.finditer(text, line.start, line.end))
    for mark in reversed(marks):
        outcome = trimmed(text, mark.end(), line.end)
        if fold(outcome.of(text).strip(_AROUND)) in wordings():
            return trimmed(text, line.start, mark.start()), outcome
    for mark in marks:  # words that only begin with an outcome say something else of it
        outcome = trimmed(text, mark.end(), line.end)
        if (first := _WORD.match(text, outcome.start, outcome.end)) and fold(first[0]) in wordings():
            return trimmed(text, line.start, mark.start()), outcome
    for mark in reversed(marks):
        outcome = trimmed(text, mark.end(), line.end)
        words = _DAY.sub("", _REMARK.sub("", outcome.of(text))).strip()
        if words[:1].isalpha() and len(words.split()) <= _MOST_WORDS and not re.search(r"\d", words):
            return trimmed(text, line.start, mark.start()), outcome
        break
    start = _unmarked(text, line)
    item = text[line.start : start].rstrip(_BETWEEN)
    if start < line.end and _ORIGINAL not in item:  # there, the form itself has `is`
        item = _COPULA.sub("", item)
    end = line.start + len(item)
    return trimmed(text, line.start, end), trimmed(text, start, line.end)


def _unmarked(text: str, line: Span) -> int:
    """Where the outcome begins that ends a line without a mark, or in brackets: at most so many words."""
    words = list(_WORD.finditer(text, line.start, line.end))[-_MOST_WORDS:]
    for n, word in enumerate(words):
        if fold(text[word.start() : line.end].strip(f" {_AROUND}")) in wordings():
            if n and words[n - 1][0].lower() in _TURNING:  # `not upheld` is another outcome
                word = words[n - 1]
            return word.start() - (text[word.start() - 1] in _AROUND)
    return line.end


# `A cane: Determination: Upheld`, or the label on a line below the item.
_LABEL = re.compile(
    r"(?:\s*[:;,\u2013\u2014-]|\s*\n)\s*(?:(?:imr|final|reviewer['\u2019]?s?|our|the)\s+)*"
    r"(?:determination|decision|outcome|result|status)\s*\Z",
    re.IGNORECASE,
)


def unlabelled(text: str, item: Span) -> Span:
    """The item without the word that says that an outcome follows.

    >>> said = "A cane: Determination: Upheld"
    >>> unlabelled(said, Span(0, 21)).of(said)
    'A cane'
    """
    label = _LABEL.search(text, max(item.start, item.end - _LONGEST_LABEL), item.end)
    return Span(item.start, label.start()) if label and label.start() > item.start else item


# What may end a rationale and is no item: `Reference: Official Disability Guidelines`.
_LAST_LINE = re.compile(
    r"\n[ \t\f]*(?P<line>(?!(?i:references?|sources?|citations?|notes?|conclusion|summary|see)\b)"
    r"(?!(?i:recommendation|decision|determination|rationale)\b)"
    r"[^\n.]{4,150}:[ \t]*[A-Z][A-Za-z-]+(?: [A-Za-z]+){0,5})[ \t\r]*\Z"
)
_WITHIN = re.compile(r":\s*(?P<outcome>(?:Upheld|Overturned|Modified|UPHELD|OVERTURNED)\b)")


def doubted(text: str, item: Span, rationale: Span | None) -> Iterator[Problem]:
    """The problems that an item holds another outcome, and that a rationale ends as an issue line does.

    >>> said = "A brace: Upheld; a cane"
    >>> [problem.message for problem in doubted(said, Span(0, len(said)), None)]
    ['the disputed item holds the outcome "Upheld"']
    """
    if found := _WITHIN.search(text, item.start, item.end):
        message = f'the disputed item holds the outcome "{found["outcome"]}"'
        yield Problem(ProblemKind.BAD_VALUE, Span(*found.span("outcome")), message)
    if rationale is None:
        return
    start = text.rfind("\n", rationale.start, rationale.end)
    colon = start >= 0 and text.find(":", start, rationale.end) > 0
    if colon and (found := _LAST_LINE.match(text, start, rationale.end)):
        message = f'the rationale ends with "{found["line"].strip()}", which may be an item of its own'
        yield Problem(ProblemKind.UNREAD_TEXT, Span(*found.span("line")), message)
