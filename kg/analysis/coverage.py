"""Extraction coverage: per field what was read, resolved, unresolved and absent."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kg.base.tables import arrow
from kg.model import DocumentKind, Party

if TYPE_CHECKING:
    from arro3.core import RecordBatch

_HEADER = (
    *("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received"),
    *("priority", "age", "sex"),
)
_LETTER = ("specialties", "unresolved_specialties", "licensed_in", "items", "rationales", "citations")
_ITEM = ("outcome", "category", "subcategory", "body_parts", "quantity_unit", "drug")
_REASONS = ("grounds", "ground_cues", "other_grounds")
_CITED = ("case", "item", "party", "citation", "template", "basis", "guideline", "chapter")
_PLACE = ("section_title", "section", "page")
_SECTION = "unresolved-section"
_GROUND = "unclassified-ground"
_UNRESOLVED = ("unresolved-title", "unresolved-specialty")
_UNKNOWN = ("other", "mtus-other", "Other")


class FieldRow(NamedTuple):
    """How well a field was read in the letters of a template."""

    template: str
    field: str
    read: int
    """Values read."""
    resolved: int
    """Those that a catalogue knows; all, where there is none."""
    unresolved: int
    absent: int
    """Letters, items or party's fields in which there is none."""


class FieldTotal(NamedTuple):
    """How well a field was read in all letters, counted as in :class:`FieldRow`."""

    field: str
    read: int
    resolved: int
    unresolved: int
    absent: int


class ProblemRow(NamedTuple):
    """A kind of problem, with the first example."""

    kind: str
    count: int  # type: ignore[assignment] # not what a tuple calls so
    letters: int
    example: str
    message: str
    quote: str


class WordingRow(NamedTuple):
    """A wording that is in no catalogue, with the first case that has it."""

    kind: str
    guideline: str | None
    chapter: str | None
    wording: str
    count: int  # type: ignore[assignment] # not what a tuple calls so
    letters: int
    example: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a knowledge base holds and how much of it was understood; the most frequent stand first."""

    letters: int
    documents: Mapping[str, int]
    """Letters by kind of document."""
    items: int
    citations: int
    fields: tuple[FieldRow, ...]
    problems: tuple[ProblemRow, ...]
    unresolved: tuple[WordingRow, ...]

    def totals(self) -> tuple[FieldTotal, ...]:
        """:attr:`fields` over all templates."""
        sums: dict[str, list[int]] = {}
        for row in self.fields:
            before = sums.get(row.field, [0] * 4)
            sums[row.field] = [one + other for one, other in zip(before, row[2:], strict=True)]
        return tuple(FieldTotal(name, *counts) for name, counts in sums.items())


class Stored(Protocol):
    """Letters whose tables can be read: those of a base, or some of them."""

    def rows(self, table: str, *, columns: Collection[str]) -> "Iterable[RecordBatch]":
        """Some columns of a table, some thousand rows at a time."""


def coverage(base: Stored) -> Coverage:
    """Count what ``base`` holds; a million letters take half a minute of processor time."""
    counts, wordings = _Fields(), _Wordings()
    documents, letters = _of_letters(base, counts)
    _of_facts(base, counts, wordings)
    problems = _of_problems(base, wordings)
    kinds = (kind.value for kind in DocumentKind)
    return Coverage(
        letters=documents.total(),
        documents={kind: documents[kind] for kind in kinds if documents[kind]},
        items=letters["items"],
        citations=letters["citations"],
        fields=tuple(counts.rows()),
        problems=problems,
        unresolved=wordings.rows(),
    )


class _Fields:
    """What is counted of each field by template; rows of one pattern are counted together."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, list[int]]] = {}

    def add(self, template: str, field: str, read: int, known: int, absent: int) -> None:
        counts = self._counts.setdefault(field, {}).setdefault(template, [0] * 3)
        for at, count in enumerate((read, known, absent)):
            counts[at] += count

    def there(self, template: str, field: str, times: int, *, found: bool, known: bool = True) -> None:
        """A field is there so many times, or so many times is not."""
        self.add(template, field, times * found, times * (found and known), times * (not found))

    def rows(self) -> Iterator[FieldRow]:
        for field in _ORDER:
            for template, (read, known, absent) in sorted(self._counts.get(field, {}).items()):
                yield FieldRow(template, field, read, known, read - known, absent)


_OF_ITEM = {"quantity_unit": "quantity", "body_parts": "body parts"}
"""What fields are called where it is not as their column."""
_WHO = {party.value: party.value.replace("_", " ") for party in Party}
_ORDER = (
    *(*_HEADER, "reviewer specialties", "reviewer licences"),
    *(*(_OF_ITEM.get(name, name) for name in _ITEM), "grounds", "rationale"),
    *(f"{who} {part}" for who in _WHO.values() for part in ("basis", "guideline", "sections", "pages")),
)


def _lists(rows: "RecordBatch", names: Iterable[str]) -> list[list[Any]]:
    return [arrow.values(rows, name) for name in names]


def _of_letters(base: Stored, counts: _Fields) -> tuple[Counter[str], Counter[str]]:
    """The letters by kind of document, and how many items and citations they have."""
    patterns: Counter[tuple[Any, ...]] = Counter()
    documents: Counter[str] = Counter()
    for rows in base.rows("determinations", columns=("kind", "template", *_HEADER, *_LETTER)):
        kinds, templates = _lists(rows, ("kind", "template"))
        documents.update(kind or DocumentKind.DETERMINATION.value for kind in kinds)
        there = [[value is not None for value in values] for values in _lists(rows, _HEADER)]
        numbers = [[value or 0 for value in values] for values in _lists(rows, _LETTER)]
        patterns.update(zip(templates, *there, *numbers, strict=True))
    sums: Counter[str] = Counter()
    for (template, *pattern), times in patterns.items():
        header, (of_reviewer, unknown, licences, items, rationales, citations) = pattern[:-6], pattern[-6:]
        for name, found in zip(_HEADER, header, strict=True):
            counts.there(template, name, times, found=found)
        read, known = times * of_reviewer, times * (of_reviewer - unknown)
        counts.add(template, "reviewer specialties", read, known, times * (of_reviewer == 0))
        counts.add(template, "reviewer licences", times * licences, times * licences, times * (licences == 0))
        read = times * rationales
        counts.add(template, "rationale", read, read, times * items - read)
        sums.update(items=times * items, citations=times * citations)
    return documents, sums


class _Patterns(NamedTuple):
    """What items, party's fields, citations and rows of the facts have, each pattern with its number."""

    items: Counter[tuple[Any, ...]]
    parties: Counter[tuple[Any, ...]]
    cited: Counter[tuple[Any, ...]]
    places: Counter[tuple[Any, ...]]


def _of_facts(base: Stored, counts: _Fields, wordings: "_Wordings") -> None:
    found = _patterns(base, wordings)
    for (template, *there, known, stated, cue), times in found.items.items():
        for name, one in zip(_ITEM, there, strict=True):
            known_one = known if name == "category" else True
            counts.there(template, _OF_ITEM.get(name, name), times, found=one, known=known_one)
        counts.there(template, "grounds", times, found=stated or cue, known=stated)
    for (party, template, one), times in found.parties.items():
        counts.there(template, f"{_WHO[party]} basis", times, found=one)
    for (party, template, one, known), times in found.cited.items():
        counts.there(template, f"{_WHO[party]} guideline", times, found=one, known=known)
    for (party, template, title, notation, page), times in found.places.items():
        counts.add(template, f"{_WHO[party]} sections", times * title, times * notation, 0)
        counts.add(template, f"{_WHO[party]} pages", times * page, times * page, 0)


def _patterns(base: Stored, wordings: "_Wordings") -> _Patterns:
    """Read the facts, in which the rows of an item, party and citation stand together."""
    found = _Patterns(Counter(), Counter(), Counter(), Counter())
    before: list[Any] = [None] * 4
    for rows in base.rows("facts", columns=(*_CITED, *_PLACE, *_ITEM, *_REASONS)):
        heads, places, first = _lists(rows, _CITED), _lists(rows, _PLACE), []
        for at, (*key, template, basis, guideline, chapter) in enumerate(zip(*heads, strict=True)):
            case, _, party, _ = key
            if key != before:
                if key[:2] != before[:2]:
                    first.append(at)
                if key[:3] != before[:3]:
                    found.parties[party, template, basis is not None] += 1
                found.cited[party, template, guideline is not None, guideline not in _UNKNOWN] += 1
                before = key
            title, notation, _ = (values[at] for values in places)
            if title is not None and notation is None:
                wordings.add(_SECTION, guideline, chapter, title, case)
        there = ([value is not None for value in values] for values in places)
        found.places.update(zip(heads[2], heads[4], *there, strict=True))
        _of_items(arrow.taken(rows, first), found.items, wordings)
    return found


def _of_items(rows: "RecordBatch", items: Counter[tuple[Any, ...]], wordings: "_Wordings") -> None:
    """Count items, of each of which ``rows`` has one row."""
    cases, templates, categories = _lists(rows, ("case", "template", "category"))
    there = [[value not in (None, []) for value in values] for values in _lists(rows, _ITEM)]
    *reasons, others = _lists(rows, _REASONS)
    known = [category not in _UNKNOWN for category in categories]
    stated = [[bool(values) for values in each] for each in reasons]
    items.update(zip(templates, *there, known, *stated, strict=True))
    for case, grounds in zip(cases, others, strict=True):
        for wording in grounds or ():
            if wording is not None:
                wordings.add(_GROUND, None, None, wording, case)


def _of_problems(base: Stored, wordings: "_Wordings") -> tuple[ProblemRow, ...]:
    """The kinds of problems; unknown wordings among them, of which most unknown sections are one already."""
    told = wordings.sections()
    letters: dict[str, Counter[str]] = {}
    first: dict[str, tuple[str, int, str, str]] = {}
    names = ("kind", "case", "start", "message", "quote")
    for rows in base.rows("problems", columns=names):
        for kind, *problem in zip(*_lists(rows, names), strict=True):
            case, start, _, quote = problem
            letters.setdefault(kind, Counter())[case] += 1
            if kind not in first or (case, start) < first[kind][:2]:
                first[kind] = tuple(problem)
            if kind in _UNRESOLVED and (case, quote) not in told:
                wordings.add(kind, None, None, quote, case)
    found = (
        ProblemRow(kind, cases.total(), len(cases), first[kind][0], *first[kind][2:])
        for kind, cases in letters.items()
    )
    return tuple(sorted(found, key=lambda row: (-row.count, row.kind)))


class _Wordings:
    """Wordings that are in no catalogue, each with the cases that have it."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, str | None, str | None, str], Counter[str]] = {}

    def add(self, kind: str, guideline: str | None, chapter: str | None, wording: str, case: str) -> None:
        self._cases.setdefault((kind, guideline, chapter, wording), Counter())[case] += 1

    def sections(self) -> set[tuple[str, str]]:
        """The cases with the sections in them that the catalogue of their guideline lacks."""
        return {(case, key[3]) for key, cases in self._cases.items() if key[0] == _SECTION for case in cases}

    def rows(self) -> tuple[WordingRow, ...]:
        found = (
            WordingRow(*key, cases.total(), len(cases), min(cases)) for key, cases in self._cases.items()
        )
        return tuple(
            sorted(
                found,
                key=lambda row: (-row.count, row.wording, row.guideline or "", row.chapter or "", row.kind),
            )
        )
