"""Read a guideline field: what a party relied on, as citations of guidelines, sections and pages."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from lark import Tree
from msgspec.structs import replace

from kg.model import Basis, Citation, GuidelineField, PageRange, Problem, ProblemKind, Section, Span
from kg.reading.citing.others import read_others
from kg.reading.citing.pages import read_pages
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme, TypedGrammar, parts
from kg.reading.text.moved import kept, moved_citation, moved_problem
from kg.reading.text.patterns import YEAR
from kg.reading.vocabulary.catalogue import guidelines
from kg.reading.vocabulary.titles import split_titles

_WRAPPED = re.compile(r"-\s")
_FOUR = re.compile(r"(?:19|20)\d\d")
_LAST_YEAR = (
    rf"(?<![-\/\w])(?:\(ACOEM,?\s+)?\(?{YEAR}\)?"
    r"(?=\s*(?:Guidelines?\b\s*)?(?:,\s*(?:Section|and\b)|\.?\s*\Z))"
)
_TITLE_TAIL = re.compile(
    rf"(?:,?\s+\(?(?:ACOEM,?\s+)?(?:[Rr]evised,?\s+)?(?P<year>{YEAR})\)?|(?<=[\d)])\s+[Gg]uidelines?|(?<=\w),)\Z"
)


class _Statement(NamedTuple):
    kind: str
    words: int | None


def _statements(tree: Tree[Any]) -> list[_Statement]:
    """Each statement with the token of the words after it."""
    found = []
    for _, tokens in parts(tree):
        positions = dict(tokens)
        kind = tokens[0][0]
        if kind == "BASED":
            kind = "MTUS" if "WITHIN" in positions else "OTHER"
        found.append(_Statement(kind, positions.get("TEXT")))
    return found


class _Entry(NamedTuple):
    """One MTUS guideline: what names it, and the tokens after that by what they are."""

    head: tuple[int, ...]
    sections: tuple[int, ...]
    pages: tuple[int, ...]
    late: tuple[int, ...]
    year: int | None
    last: int


def _entries(tree: Tree[Any]) -> list[_Entry]:
    return [_entry(tokens) for _, tokens in parts(tree)]


def _entry(tokens: list[tuple[str, int]]) -> _Entry:
    """Sort a guideline's tokens: words before a year name it, then come sections, pages and late words."""
    heads = {"GUIDELINE", "CHAPTER", "AND"}
    head = [at for kind, at in tokens if kind in heads and kind != "AND"]
    sections: list[int] = []
    pages: list[int] = []
    late: list[int] = []
    year = None
    named = bool(head)
    for kind, at in tokens:
        if kind == "YEAR":
            year = at
        elif kind == "PAGES":
            pages.append(at)
        elif kind == "TEXT":
            if pages:
                late.append(at)
            elif not named:
                head.append(at)
                named = True
            else:
                sections.append(at)
    return _Entry(tuple(head), tuple(sections), tuple(pages), tuple(late), year, tokens[-1][1])


_JOINED = re.compile(r"\s+and\s*\Z")
FIELD = TypedGrammar("field.lark", _statements)
BY_SECTION, BY_PAGE = (
    TypedGrammar(
        "mtus.lark",
        _entries,
        words=lambda dated=dated: {  # type: ignore[misc]
            "GUIDELINE": guidelines().title_pattern(dated=dated),
            "ACOEM.2": guidelines().acoem_pattern(),
            "YEAR": _LAST_YEAR,
        },
        anchors=(r"\b", ","),
    )
    for dated in (True, False)
)


def read_field(
    text: str, start: int = 0, end: int | None = None, on: date | None = None
) -> tuple[GuidelineField, tuple[Problem, ...]]:
    """Read the guideline field in ``text[start:end]``, with what of it was not understood.

    ``on`` is the day of the decision: the edition in force then is inferred where no year is printed.

    >>> field, problems = read_field("Decision based on MTUS Low Back Complaints 2004, Section(s): Summary.")
    >>> field.basis.value, field.citations[0].chapter, field.citations[0].sections[0].title
    ('mtus', 12, 'Summary')
    """
    end = len(text) if end is None else end
    statements, tokens = FIELD.read(text, start, end)
    citations: list[Citation] = []
    problems: list[Problem] = []
    kinds = {statement.kind for statement in statements}
    for kind, words in statements:
        if words is None:
            continue
        span = Span(tokens[words].start, tokens[words].end)
        if kind == "MTUS":
            found, doubts = _mtus_by_itself(text[span.start : span.end], guidelines().last_change(on))
            citations += [moved_citation(citation, span.start) for citation in found]
            problems += [moved_problem(problem, span.start) for problem in doubts]
        elif kind == "OTHER":
            citations += [
                moved_citation(citation, span.start) for citation in _others_by_itself(span.of(text))
            ]
        else:
            message = f'expected "Decision based on", found "{tidy(span.of(text))[:80]}"'
            problems.append(Problem(ProblemKind.UNREAD_TEXT, span, message))
    basis = _basis(kinds)
    if basis is None or (not citations and "NONE_CITED" not in kinds):
        problems.append(Problem(ProblemKind.MISSING_FIELD, Span(start, end), "the field names no source"))
    return GuidelineField(basis, _merged(citations), Span(start, end)), tuple(problems)


def _basis(kinds: set[str]) -> Basis | None:
    if "MTUS" in kinds:
        return Basis.MTUS_AND_OTHER if "OTHER" in kinds else Basis.MTUS
    if kinds & {"OTHER", "OUTSIDE", "NOT_MTUS"}:
        return Basis.OUTSIDE_MTUS
    return Basis.NONE_CITED if "NONE_CITED" in kinds else None


def _merged(citations: list[Citation]) -> tuple[Citation, ...]:
    """The citations, those of one guideline and chapter made one: its sections and pages go together."""
    if len(citations) < 2:
        return tuple(citations)
    found: list[Citation] = []
    places: dict[tuple[object, ...], int] = {}
    for citation in citations:
        key = (citation.mtus, citation.guideline, citation.edition, citation.chapter, citation.title)
        n = places.setdefault(key, len(found))
        if n == len(found) or citation.guideline == "other":
            found.append(citation)
        else:
            found[n] = _together(found[n], citation, adjacent=n == len(found) - 1)
    return tuple(found)


def _together(first: Citation, more: Citation, *, adjacent: bool) -> Citation:
    return replace(
        first,
        sections=first.sections + tuple(s for s in more.sections if s not in first.sections),
        pages=first.pages + tuple(p for p in more.pages if p not in first.pages),
        span=Span(first.span.start, max(first.span.end, more.span.end)) if adjacent else first.span,
    )


# The halves of a field repeat more often than whole fields do.
@kept(1 << 14)
def _others_by_itself(text: str) -> tuple[Citation, ...]:
    return tuple(read_others(text, 0, len(text)))


@kept(1 << 14)
def _mtus_by_itself(text: str, on: date | None) -> tuple[tuple[Citation, ...], tuple[Problem, ...]]:
    """The citations of MTUS guidelines in ``text``, with what of it was not understood."""
    grammar = BY_SECTION if "Section(s)" in text else BY_PAGE
    entries, tokens = grammar.read(text)
    citations: list[Citation] = []
    problems: list[Problem] = []
    waiting: list[int] = []
    for entry in entries:
        pages: tuple[PageRange, ...] = ()
        for at in entry.pages:
            more, found = read_pages(text, tokens[at].start, tokens[at].end)
            pages += more
            problems += found
        new = list(_citations(text, entry, tokens, pages, on, problems))
        citations += new
        waiting = _share(citations, waiting, len(new), pages)
    return tuple(citations), tuple(problems)


def _citations(
    text: str,
    entry: _Entry,
    tokens: list[Lexeme],
    pages: tuple[PageRange, ...],
    on: date | None,
    problems: list[Problem],
) -> Iterator[Citation]:
    """The citations of one guideline: one, or one for each chapter that its section list names."""
    if not entry.head:
        span = Span(tokens[entry.last].start, tokens[entry.last].end)
        message = f'"{tidy(span.of(text))}" belongs to no guideline'
        problems.append(Problem(ProblemKind.UNREAD_TEXT, span, message))
        return
    guideline, chapter, edition, title = _named(text, entry, tokens, problems)
    catalogue = guidelines()
    inferred = catalogue.edition_in_force(guideline, on) if edition is None else None

    def resolve(words: str) -> str | None:
        found = catalogue.section(words, guideline, edition or inferred, chapter)
        # The chapter's own title may stand between its number and its pages.
        return found or (catalogue.section(words, guideline, edition or inferred, None) if chapter else None)

    span = Span(tokens[entry.head[0]].start, _trimmed(text, tokens[entry.last].end))
    sections: list[Section] = []
    for words in entry.sections:
        sections += split_titles(text, tokens[words].start, _unjoined(text, tokens[words]), resolve)
    for words in entry.late:
        sections += _late_sections(text, tokens[words], resolve, problems)
    chapters: list[int] = []
    kept: list[Section] = []
    for section in sections:
        number = section.concept and catalogue.chapter_number(section.concept)
        if number:
            chapters += [number] if number != chapter else []
        else:
            if section.concept is not None and not _WRAPPED.search(section.span.of(text)):
                section = replace(section, title=catalogue.unbroken(section.title, section.concept))
            kept.append(section)
            if section.concept is None and catalogue.lists_sections(guideline, edition or inferred, chapter):
                message = f'"{section.title}" is not in the catalogue of {guideline}'
                problems.append(Problem(ProblemKind.UNRESOLVED_TITLE, section.span, message))
    for number in chapters:
        yield Citation(
            True, guideline, edition, number, (), pages if len(chapters) == 1 else (), title, span, inferred
        )
    if kept or not chapters:
        yield Citation(True, guideline, edition, chapter, tuple(kept), pages, title, span, inferred)


def _unjoined(text: str, words: Lexeme) -> int:
    """Where sections end: before an `and` that joins the next guideline to them."""
    joined = _JOINED.search(words.of(text))
    return words.start + joined.start() if joined else words.end


def _late_sections(
    text: str, words: Lexeme, resolve: Callable[[str], str | None], problems: list[Problem]
) -> Iterator[Section]:
    """The sections printed after a page list; other words there are no page, and a problem."""
    for section in split_titles(text, words.start, words.end, resolve):
        if section.concept is not None:
            yield section
        elif any(c.isalnum() for c in section.title):
            message = f'expected a page number after "Page(s):", found "{section.title}"'
            problems.append(Problem(ProblemKind.BAD_PAGES, section.span, message))


def _named(
    text: str, entry: _Entry, tokens: list[Lexeme], problems: list[Problem]
) -> tuple[str, int | None, int | None, str | None]:
    """Guideline, chapter, printed year, and the title where the catalogue does not know it."""
    first = tokens[entry.head[0]]
    printed = tidy(first.of(text)).strip(" ,.")
    year = _year(tokens[entry.year].of(text)) if entry.year is not None else None
    if first.type == "CHAPTER":
        number = int("".join(c for c in printed.rpartition("hapter")[2] if c.isdigit()))
        if len(entry.head) > 1:
            second = tokens[entry.head[1]]
            title, edition = _title_and_year(tidy(second.of(text)).strip(" ,."))
            year = year or edition
            if (revised := guidelines().revised(title, year)) is not None:
                return revised, None, year, None
        return "acoem-2004", number, year, None
    title, edition = _title_and_year(printed)
    year = year or edition
    found = guidelines().title(title, year)
    if found is not None:
        if year is not None and guidelines().contradicts(found.guideline, year):
            message = f'"{title}" has no edition of {year}'
            problems.append(Problem(ProblemKind.CONTRADICTION, Span(first.start, first.end), message))
        return found.guideline, found.chapter, year, found.title
    span = Span(first.start, first.end)
    message = f'"{title}" is not in the catalogue of MTUS guidelines'
    problems.append(Problem(ProblemKind.UNRESOLVED_TITLE, span, message))
    return "mtus-other", None, year, title


def _title_and_year(printed: str) -> tuple[str, int | None]:
    """A title without the year that ends it.

    >>> _title_and_year("Elbow Disorders (Revised 2007)"), _title_and_year("Opioids Guideline (2017-05-15)")
    (('Elbow Disorders', 2007), ('Opioids Guideline', 2017))
    """
    title, year = printed, None
    while (last := _TITLE_TAIL.search(title)) is not None:
        if last["year"]:
            if year is not None:
                break
            year = _year(last["year"])
        title = title[: last.start()]
    return (title, year) if year is not None else (printed, None)


def _year(printed: str) -> int:
    """The year in an edition's date.

    >>> _year("(February 13, 2020)"), _year("2017-05-15")
    (2020, 2017)
    """
    return int(_FOUR.findall(printed)[0])


def _share(
    citations: list[Citation], waiting: list[int], new: int, pages: tuple[PageRange, ...]
) -> list[int]:
    """Share one page list out to the chapters printed before it; the last gets what fits none.

    In the MTUS only ACOEM has chapters.
    """
    places = [*waiting, *range(len(citations) - new, len(citations))]
    chapters = [citations[i].chapter for i in places]
    if None in chapters:
        return []
    if not pages:
        return places if not any(citations[i].sections for i in places) else []
    if len(places) > 1:
        shares: dict[int, list[PageRange]] = {i: [] for i in places}
        for page in pages:
            owner = guidelines().chapter_of_page([c for c in chapters if isinstance(c, int)], page.first)
            place = places[chapters.index(owner)] if owner is not None else places[-1]
            shares[place].append(replace(page, inferred=True))
        for i in places:
            citations[i] = replace(citations[i], pages=tuple(shares[i]))
    return []


def _trimmed(text: str, end: int) -> int:
    while text[end - 1] in " .,;:\t\r\n\f":
        end -= 1
    return end
