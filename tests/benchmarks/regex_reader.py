"""The benchmark's other side: a plain program of regular expressions that reads what the grammars read.

It finds the parts of letters with sections (2014 on) and what each party cites, as the same values. It is
written for speed and knows the forms that letters mostly have; what is wrong in a letter it does not tell.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from kg.model import Basis, Citation, GuidelineField, Outcome, PageRange, Section, Span
from kg.reading.places import Issue
from kg.reading.text.folding import tidy
from kg.reading.text.moved import moved_field
from kg.reading.vocabulary.catalogue import fold, guidelines

# --- the letter -------------------------------------------------------------------------------

_HEADING = re.compile(
    r"\n[ \t\f]*(?:(DOCUMENTS REVIEWED\b(?! FOR))|(CLINICAL CASE SUMMARY\b)"
    r"|(IMR (?:ISSUES,? )?DECISIONS?(?:\(S\))? AND RATIONALES?(?:\(S\))?)"
    r"|(The Final Determination was based on decisions for the disputed items/services"
    r"\s+set\s+forth\s+below:?)"
    r"|(Claims Administrator [Gg]uidelines?:)|(MAXIMUS [Gg]uidelines?:)|(Decision [Rr]ationale:))"
)
_ADMINISTRATOR, _REVIEWER, _RATIONALE = 5, 6, 7
_OUTCOME = re.compile(
    r":[ \t]*(?:(?:\r?\n){1,2}[ \t]*)?((?:(?:Partially|Partly) )?(?:Upheld|Overturned|Modified)\b\.?)[ \t]*"
    r"(?=[\r\n]|\Z)"
    r"(?=(\s*(?:Claims Administrator [Gg]uideline|MAXIMUS [Gg]uideline|Decision [Rr]ationale|\Z))?)"
)
_HOW = "HOW THE IMR FINAL DETERMINATION WAS MADE"
_OUTCOMES = {"upheld": Outcome.UPHELD, "overturned": Outcome.OVERTURNED}
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n\s*")
_LINE_OF_BLANKS = re.compile(r"\n[ \t]+\r?\n\s*")
_SENTENCE_LINE = re.compile(r"[.!?][\"”)]?[ \t\r]*\n")
_REMAINDER = re.compile(r"IMR\s+eligible|authorized\s+by\s+the\s+Claims|The\s+original\s+request,")
_REQUEST = re.compile(r"w(?:as|ere)\s+the\s+original\s+request")

Decided = tuple[Issue, GuidelineField, GuidelineField]
"""An issue's place, and what the claims administrator and the reviewer cite."""


def read(text: str, decided: date | None = None) -> list[Decided]:
    """The decisions of a letter, in order; ``decided`` is the day of the decision."""
    day = guidelines().last_change(decided)
    return [
        (issue, _field(text, issue.administrator, day), _field(text, issue.reviewer, day))
        for issue in structure(text)
    ]


def structure(text: str) -> list[Issue]:
    """Where each disputed item, its outcome, fields and rationale stand."""
    marks = [(m.start(), m.end(), m.lastindex or 0, m) for m in _HEADING.finditer(text)]
    marks += [(m.start(), m.end(), 0, m) for m in _OUTCOME.finditer(text)]
    marks.sort(key=lambda mark: mark[0])
    floor = text.find(_HOW) + len(_HOW)
    issues: list[tuple[re.Match[str], dict[int, tuple[int, int]]]] = []
    fields: dict[int, tuple[int, int]] | None = None
    for start, end, kind, match in marks:
        if not kind and (match[2] is not None or fields is None or _RATIONALE not in fields):
            fields = {}
            issues.append((match, fields))
        elif fields is None:
            floor = max(floor, end)
        elif kind >= _ADMINISTRATOR and _RATIONALE not in fields:
            fields.setdefault(kind, (start, end))
    return _issues(text, issues, floor)


def _issues(
    text: str, found: list[tuple[re.Match[str], dict[int, tuple[int, int]]]], floor: int
) -> list[Issue]:
    spaced = text.count("\n\n") * 5 >= text.count("\n") * 2
    items: list[Span] = []
    for outcome, fields in found:
        items.append(_item(text, floor, outcome.start(), first=not items, spaced=spaced))
        floor = max((end for _, end in fields.values()), default=outcome.end())
    ends = [*(item.start for item in items[1:]), len(text)]
    return [
        _issue(text, outcome, fields, item, end)
        for (outcome, fields), item, end in zip(found, items, ends, strict=True)
    ]


def _issue(
    text: str, outcome: re.Match[str], fields: dict[int, tuple[int, int]], item: Span, end: int
) -> Issue:
    spans: dict[int, Span] = {}
    for kind, (start, after) in fields.items():
        later = [other for other, _ in fields.values() if other > start]
        spans[kind] = _stripped(text, after, end if kind == _RATIONALE else min([*later, end]))
    return Issue(
        item,
        Span(*outcome.span(1)),
        _OUTCOMES.get(outcome[1].lower().rstrip(" ."), Outcome.MODIFIED),
        spans.get(_ADMINISTRATOR),
        spans.get(_REVIEWER),
        spans.get(_RATIONALE),
    )


def _item(text: str, floor: int, end: int, *, first: bool, spaced: bool) -> Span:
    """The paragraph that an outcome ends, with those before it where it says what was requested."""
    breaks = _LINE_OF_BLANKS if spaced else _BLANK_LINE
    starts = [m.end() for m in breaks.finditer(text, floor, end) if not _goes_on(text, m, spaced)]
    if spaced and not first:
        starts = sorted(starts + [m.end() for m in _SENTENCE_LINE.finditer(text, floor, end)])
    item = _stripped(text, starts.pop() if starts else floor, end)
    while (
        starts
        and _REMAINDER.search(text, item.start, item.end)
        and not _REQUEST.search(text, item.start, item.end)
    ):
        item = _stripped(text, starts.pop(), end)
    return item


def _goes_on(text: str, gap: re.Match[str], spaced: bool) -> bool:
    if not spaced and "\f" not in gap[0] and gap[0].count("\n") < 5:
        return False
    before = text[max(0, gap.start() - 80) : gap.start()].rstrip()
    return bool(before) and before[-1] not in '.!?:)"”'


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


# --- a guideline field ------------------------------------------------------------------------

_STATEMENT = re.compile(
    r"(?P<none>did\s+not\s+cite\s+any\s+(?:medical\s+)?evidence(?:\s+(?:for|in\s+support\s+of)\s+(?:its|their|the)\s+decision)?)"
    r"|(?P<outside>did\s+not\s+base\s+(?:their|its)\s+decision\s+on\s+the\s+MTUS|based\s+(?:their|its)\s+decision\s+on"
    r"\s+recommendations?(?:\(s\))?\s+outside\s+of\s+the\s+MTUS(?:\s+Guidelines)?)"
    r"|Decision\s+based\s+on\s+(?:(?P<other>Non-?\s*MTUS(?:\s+Citations?)?:?)"
    r"|(?P<mtus>(?:the\s+)?(?:(?:CA|California)\s+)?MTUS\b:?))|(?P<subject>The\s+(?:Claims|Expert|Physician)\b)"
)


def _field(text: str, span: Span | None, day: date | None) -> GuidelineField:
    if span is None:
        return GuidelineField(None)
    return moved_field(_kept(text[span.start : span.end], day), span.start)


def read_field(text: str, day: date | None = None) -> GuidelineField:
    """What a guideline field cites; ``day`` is the last on which an edition came into force."""
    found = [(m.lastgroup, m.end(), m.start()) for m in _STATEMENT.finditer(text)]
    citations: list[Citation] = []
    for (kind, start, _), end in zip(found, [*(at for _, _, at in found[1:]), len(text)], strict=True):
        if kind == "mtus":
            citations += _mtus(text, start, end, day)
        elif kind == "other":
            citations += _outside(text, start, end)
    return GuidelineField(_basis({kind for kind, _, _ in found}), _merged(citations), Span(0, len(text)))


_kept = lru_cache(maxsize=1 << 14)(read_field)


def forget() -> None:
    """Drop the fields kept."""
    _kept.cache_clear()


def _basis(kinds: set[str | None]) -> Basis | None:
    if "mtus" in kinds:
        return Basis.MTUS_AND_OTHER if "other" in kinds else Basis.MTUS
    if kinds & {"other", "outside"}:
        return Basis.OUTSIDE_MTUS
    return Basis.NONE_CITED if "none" in kinds else None


def _merged(citations: list[Citation]) -> tuple[Citation, ...]:
    """One citation for each guideline and chapter."""
    found: dict[object, Citation] = {}
    for citation in citations:
        key = (citation.mtus, citation.guideline, citation.edition, citation.chapter, citation.title)
        same = found.get(key)
        if same is None or citation.guideline == "other":
            found[key if same is None else len(found)] = citation
            continue
        sections = tuple(s for s in citation.sections if s not in same.sections)
        pages = tuple(p for p in citation.pages if p not in same.pages)
        end = citation.span.end if [*found][-1] == key else same.span.end
        whole = Span(same.span.start, max(same.span.end, end))
        found[key] = replace(same, sections=same.sections + sections, pages=same.pages + pages, span=whole)
    return tuple(found.values())


# --- in the MTUS ------------------------------------------------------------------------------

_NEXT = re.compile(
    r"(?<!Wrist),\s+and\s+(?=(?:Fore\w+,\s+Wrist,\s+and\s+)?(?:(?!,\s+and\s)[^.:]){3,120}?\s(?:19|20)\d\d\b)"
)
_DATED = re.compile(
    r"(.+?),?\s+\(?(?:[Rr]evised\s+)?((?:19|20)\d\d)\)?(?:\s+Guidelines?\b)?"
    r"(?:[\s,]*Sections?(?:\(s\):?|:)\s*(.*))?[\s.,]*",
    re.DOTALL,
)
_CHAPTER = r"(?:ACOEM(?:\s+(?:Practice\s+)?Guidelines)?,?\s+)?Chapter\s+(\d{1,2})\b[:,]?\s*"
_TITLE = guidelines().title_pattern(dated=False)
_HEAD = re.compile(rf"[\s,;.]*(?:and\s+)?(?:{_CHAPTER}({_TITLE})?|(?:ACOEM,?\s+)?({_TITLE}))")
_PAGES = re.compile(
    r"\b[Pp]ages?(?:\(s\):?|:)(?:[\s,;:&.]*(?:\b(?:s|and|to|pages?|pgs?)\b[\s.:]*)?(?:[-–—]\s*)?\d+\b)*"
)
_RANGE = re.compile(r"(\d+)(?:\s*(?:-|–|—|\bto\b)\s*(\d+))?")


def _mtus(text: str, start: int, end: int, day: date | None) -> list[Citation]:
    if text.find("Section(s)", start, end) >= 0:
        return [*_by_section(text, start, end, day)]
    return _by_page(text, start, end, day)


def _by_section(text: str, start: int, end: int, day: date | None) -> Iterator[Citation]:
    for last, after in [*(m.span() for m in _NEXT.finditer(text, start, end)), (end, end)]:
        if m := _DATED.fullmatch(text, start, last):
            place = _stripped(text, start, last)
            printed = tidy(m[1]).strip(" ,.")
            yield from _cited(
                text, printed, None, int(m[2]), place, Span(*m.span(3)) if m[3] else None, (), day
            )
            start = after


def _by_page(text: str, start: int, end: int, day: date | None) -> list[Citation]:
    citations: list[Citation] = []
    waiting: list[int] = []
    head = _HEAD.match(text, start, end)
    while head:
        following, stop, pages = _following(text, head.end(), end)
        last = pages.end() if pages else stop
        ranges = tuple(_ranges(text, pages)) if pages else ()
        first = head.start(1) if head[1] else head.start(3)
        if head[1]:
            opening = re.compile(r"(?:ACOEM|Chapter)").search(text, head.start(), head.end())
            first = opening.start() if opening else first
        words = _stripped(text, head.end(), pages.start() if pages else stop)
        number = int(head[1]) if head[1] else None
        printed, year = _dated(tidy(head[3] or ""))
        listed = words if words.start < words.end and any(c.isalnum() for c in words.of(text)) else None
        new = [*_cited(text, printed, number, year, Span(first, last), listed, ranges, day)]
        citations += new
        waiting = _shared(citations, waiting, len(new), ranges)
        head = following
    return citations


def _dated(printed: str) -> tuple[str, int | None]:
    """A title without the year that ends it."""
    m = _DATED.fullmatch(printed)
    return (m[1], int(m[2])) if m else (printed.strip(" ,."), None)


def _following(text: str, start: int, end: int) -> tuple[re.Match[str] | None, int, re.Match[str] | None]:
    """The next title, where the words before it end, and the page list among them."""
    pages = _PAGES.search(text, start, end)
    stop = pages.start() if pages else end
    comma = text.find(",", start, stop)
    while comma >= 0:
        if head := _HEAD.match(text, comma, end):
            return head, comma, None
        comma = text.find(",", comma + 1, stop)
    return (_HEAD.match(text, pages.end(), end) if pages else None), stop, pages


def _cited(
    text: str,
    printed: str,
    number: int | None,
    year: int | None,
    place: Span,
    listed: Span | None,
    pages: tuple[PageRange, ...],
    day: date | None,
) -> Iterator[Citation]:
    catalogue = guidelines()
    named = None if number else catalogue.title(printed, year)
    guideline, chapter, title = "acoem-2004", number, None
    if not number:
        guideline, chapter, title = (
            (named.guideline, named.chapter, named.title) if named else ("mtus-other", None, printed)
        )
    inferred = catalogue.edition_in_force(guideline, day) if year is None else None

    def resolve(words: str) -> str | None:
        found = catalogue.section(words, guideline, year or inferred, chapter)
        return found or (catalogue.section(words, guideline, year or inferred, None) if chapter else None)

    end = place.end
    while text[end - 1] in " .,;:\t\r\n\f":
        end -= 1
    span = Span(place.start, end)
    sections = titles(text, listed.start, listed.end, resolve) if listed else []
    numbers = [catalogue.chapter_number(s.concept) if s.concept else None for s in sections]
    kept = tuple(s for s, n in zip(sections, numbers, strict=True) if not n)
    chapters = [n for n in numbers if n and n != chapter]
    for n in chapters:
        yield Citation(
            True, guideline, year, n, (), pages if len(chapters) == 1 else (), title, span, inferred
        )
    if kept or not chapters:
        yield Citation(True, guideline, year, chapter, kept, pages, title, span, inferred)


def _ranges(text: str, listed: re.Match[str]) -> Iterator[PageRange]:
    for m in _RANGE.finditer(text, *listed.span()):
        first, last = m[1], m[2] or m[1]
        if len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        if int(first) <= int(last):
            yield PageRange(int(first), int(last), Span(*m.span()))


def _shared(
    citations: list[Citation], waiting: list[int], new: int, pages: tuple[PageRange, ...]
) -> list[int]:
    """One page list after several ACOEM chapters belongs to each by its pages."""
    places = [*waiting, *range(len(citations) - new, len(citations))]
    chapters = [citations[i].chapter for i in places]
    if any(citations[i].guideline != "acoem-2004" or citations[i].chapter is None for i in places):
        return []
    if not pages:
        return places if not any(citations[i].sections for i in places) else []
    if len(places) > 1:
        shares: dict[int, list[PageRange]] = {i: [] for i in places}
        for page in pages:
            owner = guidelines().chapter_of_page([c for c in chapters if isinstance(c, int)], page.first)
            shares[places[-1] if owner is None else places[chapters.index(owner)]].append(
                replace(page, inferred=True)
            )
        for i in places:
            citations[i] = replace(citations[i], pages=tuple(shares[i]))
    return []


# --- lists of titles --------------------------------------------------------------------------

_BETWEEN = re.compile(r"\s*(?:,\s*and\b(?!\s*/)|[,;])\s*|\((?:[^()]|\([^()]*\))*\)")


def titles(text: str, start: int, end: int, resolve: Callable[[str], str | None]) -> list[Section]:
    """A list's titles: at each comma the longest that the catalogue knows."""
    whole = _title(text, start, end)
    if whole and (concept := resolve(whole.title)):
        return [replace(whole, concept=concept)]
    pieces = [*_pieces(text, start, end)]
    found: list[Section] = []
    n = 0
    while n < len(pieces):
        for count in range(min(6, len(pieces) - n), 0, -1):
            last = pieces[n + count - 1][1]
            if concept := resolve(text[pieces[n][0] : last]):
                break
        n, first = n + count, pieces[n][0]
        while n < len(pieces) and text[pieces[n][0]].islower() and not resolve(text[slice(*pieces[n])]):
            concept, last, n = None, pieces[n][1], n + 1
        if title := _title(text, first, last):
            found.append(replace(title, concept=concept))
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between commas, outside brackets."""
    for m in _BETWEEN.finditer(text, start, end):
        if text[m.start()] != "(":
            if text[start : m.start()].strip(" .,;:"):
                yield start, m.start()
            start = m.end()
    if text[start:end].strip(" .,;:"):
        yield start, end


def _title(text: str, start: int, end: int) -> Section | None:
    while end > start and text[end - 1] in " .,;:\n\t\r\f":
        end -= 1
    while start < end and text[start] in " -–—:\n\t\r\f":
        start += 1
    if text[start : start + 1] == "(" and text.find(")", start, end) == end - 1:
        return _title(text, start + 1, end - 1)
    return Section(tidy(text[start:end]), None, Span(start, end)) if start < end else None


# --- outside the MTUS -------------------------------------------------------------------------

_ALSO = re.compile(r"\b(?:and\s+)?Other\s+Medical\s+(?:Treatment\s+)?(?:Guidelines?|Evidence)\b")
_ODG = re.compile(rf"{guidelines().odg_names()}(?:[\s,]*{guidelines().odg_names()})?")
_NOISE = (
    r"(?:\s*\((?i:(?:updated|revised|last|acute|chronic|trauma|lumbar|thoracic)\b[^()]*|odg-?twc|twc)\)"
    r"|\s?-\s*(?i:lumbar\s*(?:&|and)\s*thoracic)\b"
    r"|,?\s*(?i:(?:last\s+)?updated(?:\s+on)?:?\s+\d[\d/-]*)|\s+(?i:chapter|section|procedures?(?:\s+summary)?)\b)*"
)
_AREA = re.compile(rf"[\s,;:–-]*({guidelines().odg_pattern()}){_NOISE}(?=[.\s]*\Z|\s*[,;:/(]|\s+[-–])")
_SPLIT = re.compile(r"[,;:/]|\s[-–—]\s|\((?:[^()]|\([^()]*\))*\)")
_TOPIC_END = re.compile(
    r"(?:[\s.,;:/–-]|(?:(?<= )(?i:section|chapter|and|the)|(?<=\s)(?i:topics?))(?=[\s.,;:/–-]*\Z))+\Z"
)
_PAGE = re.compile(r"\b(?:[Pp]ages?(?:\(s\))?|[Pp]gs?|pp?)[.:]?\s*(\d+)(?:\s*-\s*(\d+))?")
_LATER = ("3rd ed", "third ed", "v.3", "mdguidelines", "acoempracguides")


def _outside(text: str, start: int, end: int) -> Iterator[Citation]:
    breaks = [(start, start), *(m.span() for m in _ALSO.finditer(text, start, end)), (end, end)]
    for (_, first), (last, _) in pairwise(breaks):
        source = _bare(text, first, last)
        first, last = source.start, source.end
        if first == last:
            continue
        if name := _ODG.match(text, first, last):
            yield from _odg(text, first, name.end(), last)
        elif (area := _AREA.match(text, first, last)) and text[area.end() : last].lstrip()[:1] in "(,:/":
            yield from _odg(text, first, first, last)
        else:
            yield _source(text, source)


def _odg(text: str, start: int, after: int, end: int) -> Iterator[Citation]:
    chapter, given = None, after
    if area := _AREA.match(text, after, end):
        chapter = guidelines().odg_chapters[fold(area[1])]
        after = given = area.end()
    topics = [*_topics(text, after, end, chapter)]
    if topics:
        given = topics[-1].end + (
            text[topics[-1].end : topics[-1].end + 1] == ")" and _opens(text, topics[-1])
        )
    sections = tuple(
        Section(title, guidelines().odg_topic(fold(title), chapter), span)
        for span in topics
        if (title := tidy(span.of(text)))
    )
    yield Citation(
        False, "odg", None, chapter, sections, (), None, Span(start, _bare(text, start, given).end)
    )


def _opens(text: str, topic: Span) -> bool:
    return text[topic.start - 1] == "("


def _topics(text: str, start: int, end: int, chapter: str | None) -> Iterator[Span]:
    """The topics of a chapter: parted by commas, the first also by a colon, slash or dash."""
    is_title = guidelines().is_title
    held: Span | None = None
    pieces: list[Span] = []
    for m in _SPLIT.finditer(text, start, end):
        mark = m[0][0]
        words = _bare(text, start, m.start())
        if words.start < words.end and (mark == "(" or (pieces and mark not in ",;")):
            continue  # the mark is the topic's own
        pieces.append(_bare(text, m.start() + 1, m.end() - 1) if mark == "(" else words)
        start = m.end()
    pieces.append(_bare(text, start, end))
    for span in (piece for piece in pieces if piece.start < piece.end):
        if held is not None and _one(text, held, span, chapter, is_title):
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _one(
    text: str, held: Span, more: Span, chapter: str | None, is_title: Callable[[str, str | None], bool]
) -> bool:
    if is_title(text[held.start : more.end], chapter):
        return True
    words = more.of(text)
    return words[0].islower() and not is_title(words, chapter)


def _source(text: str, span: Span) -> Citation:
    title = tidy(span.of(text))
    folded = fold(title)
    if "acoem" not in folded:
        return Citation(False, "other", None, None, (), (), title, span)
    pages = tuple(
        PageRange(int(m[1]), int(m[2] or m[1]), Span(m.start(1), m.end()))
        for m in _PAGE.finditer(text, span.start, span.end)
    )
    later = any(mark in folded for mark in _LATER) or any(t in folded for t in guidelines().later_acoem)
    return Citation(False, "acoem-3rd" if later else "other", None, None, (), pages, title, span)


def _bare(text: str, start: int, end: int) -> Span:
    """Without the marks around it and the words that name what it is."""
    while start < end and text[start] in " \t\r\n\f.,;:-–/":
        start += 1
    if tail := _TOPIC_END.search(text, max(start, end - 40), end):
        end = tail.start()
    return Span(start, max(start, end))
