"""Odds ratios of overturning that are planted in a sample, and the outcomes they give."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from kg.errors import SettingError
from kg.sampling.citing import Reference
from kg.sampling.guide import Guide, fold, guide
from kg.sampling.kinds import Kind, kinds, sections
from kg.sampling.specialties import categories, specialty_concept

COLUMNS = ("kind", "key", "odds_ratio")
KINDS = (
    *("page", "section", "category", "specialty", "subcategory", "year", "edition"),
    *("keys", "letter", "modified"),
)
"""What can be planted. The key of ``keys``, ``letter`` and ``modified`` is empty.

The number beside them is, of ``keys``, the odds ratio for each guideline that the reviewer cites beyond the
first; of ``letter``, the standard deviation of the log odds that decisions of one letter share
(:data:`LETTER`, if the number is left out); of ``modified``, the share that is modified of what is not
overturned.
"""
LETTER = 1.8
"""The spread of letters that makes two decisions of one letter correlated by 0.3, as in real letters."""

BASE_RATE = 0.12
"""How often an item without any effect is overturned."""

DEFAULTS = (
    ("category", "Evaluation & Management", 2.2),
    ("category", "Psych Services", 1.8),
    ("category", "Injection", 0.5),
    ("category", "Rehabilitation", 1.2),
    ("section", "chronic-pain:Compound drugs", 0.3),
    ("section", "chronic-pain:Topical analgesics", 0.6),
    ("section", "chronic-pain:Antidepressants for chronic pain", 2.0),
    ("section", "chronic-pain:Physical medicine treatment", 1.4),
    ("section", "acoem-2004/12:Special Studies", 0.7),
    ("page", "chronic-pain:98", 1.4),
    ("page", "chronic-pain:111", 0.5),
    ("page", "acoem-2004/12:305", 0.7),
    ("specialty", "Orthopedic Surgery", 1.4),
    ("specialty", "Occupational Medicine", 0.8),
)
"""What a sample plants unless it is told otherwise: kind, key, odds ratio."""


@dataclass(frozen=True, slots=True)
class Effects:
    """Log odds ratios, by what they are looked up with; each counts once for an item.

    ``pages`` by notation, then page; ``sections`` by notation, where the catalogue lacks the
    section by the notation above it and its folded title; ``categories`` by name,
    ``specialties`` by notation. The number beside a section's log odds ratio tells its row.
    ``keys``, ``letter`` and ``modified`` are as in :data:`KINDS`.
    """

    pages: dict[str, tuple[tuple[int, float], ...]]
    sections: dict[str | tuple[str, str], tuple[int, float]]
    categories: dict[str, float]
    specialties: dict[str, float]
    subcategories: dict[str, float] = field(default_factory=dict)
    years: dict[int, float] = field(default_factory=dict)
    editions: dict[str, float] = field(default_factory=dict)
    keys: float = 0.0
    letter: float = 0.0
    modified: float = 0.0

    def chance(
        self, kind: Kind, year: int, specialties: Iterable[str], cited: list[Reference], mood: float = 0.5
    ) -> float:
        """The probability that an item is overturned, given what its reviewer cites.

        ``mood`` is drawn from 0 to 1 for a letter. What it does to the log odds has a bridge distribution
        (Wang and Louis, Biometrika 90, 2003, 765-775), so that over all letters together odds ratios are
        those that are planted.
        """
        odds = _BASE + self.categories.get(kind.category, 0.0)
        odds += self.subcategories.get(kind.subcategory or "", 0.0) + self.years.get(year, 0.0)
        if self.specialties:
            concepts = {specialty_concept(name) or name: None for name in specialties}
            odds += sum(self.specialties.get(concept, 0.0) for concept in concepts)
        if self.pages or self.sections:
            odds += sum(self._cited(cited).values())
        if self.editions:
            odds += sum(self.editions.get(path, 0.0) for path in {p for one in cited for p in one.paths})
        odds += self.keys * max(len({one.guideline for one in cited}) - 1, 0)
        if self.letter:
            share = 1 / math.sqrt(1 + 3 * (self.letter / math.pi) ** 2)
            odds += math.log(math.sin(share * math.pi * mood) / math.sin(share * math.pi * (1 - mood)))
            odds /= share
        return 1 / (1 + math.exp(-odds))

    def _cited(self, cited: list[Reference]) -> dict[object, float]:
        """The effects of what is cited, each once."""
        found: dict[object, float] = {}
        for reference in cited:
            for path in reference.paths:
                for page, odds in self.pages.get(path, ()):
                    if any(first <= page <= last for first, last in reference.pages):
                        found[path, page] = odds
            for title in reference.titles if self.sections else ():
                for name in _names(reference.paths, title):
                    if name in self.sections:
                        row, odds = self.sections[name]
                        found[row] = odds
        return found


@cache
def _names(paths: tuple[str, ...], title: str) -> tuple[str | tuple[str, str], ...]:
    """What a cited section may be looked up by."""
    concept = guide().section(max(paths, key=len), title)
    return (concept,) if concept else tuple((path, fold(title)) for path in paths)


_BASE = math.log(BASE_RATE / (1 - BASE_RATE))


@cache
def defaults() -> Effects:
    """The effects of :data:`DEFAULTS`."""
    return planted(DEFAULTS)


def planted(rows: Iterable[tuple[str, str, float]]) -> Effects:
    """The effects of rows of kind, key and odds ratio.

    Raises:
        SettingError: as :func:`read`.
    """
    return _effects((row, "the effects") for row in rows)


def read(path: Path) -> Effects:
    """The effects of a CSV file with the columns ``kind,key,odds_ratio``; a header alone is none.

    Raises:
        SettingError: the file cannot be read, a column is missing, a kind, key or ratio is
            wrong, or a key is given twice; the text names file, line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: the effects cannot be read: {error}") from error
    rows = csv.reader(text.splitlines())
    header = tuple(cell.strip() for cell in next(rows, []))
    if header != COLUMNS:
        raise SettingError(f"{path}:1: expected the columns {','.join(COLUMNS)}, found {','.join(header)!r}")
    read_rows = []
    for row in rows:
        place = f"{path}:{rows.line_num}"
        if row and any(cell.strip() for cell in row):
            read_rows.append((_row(row, place), place))
    return _effects(read_rows)


def _row(row: list[str], place: str) -> tuple[str, str, float]:
    """One row of an effects file, its ratio as a number."""
    if len(row) != len(COLUMNS):
        raise SettingError(f"{place}: expected {len(COLUMNS)} columns, found {len(row)}")
    kind, key, printed = (cell.strip() for cell in row)
    if kind == "letter" and not printed:
        return kind, key, LETTER
    try:
        ratio = float(printed)
    except ValueError:
        ratio = math.nan
    if not (0 < ratio < math.inf):
        raise SettingError(f"{place}: column odds_ratio: expected a number above 0, found {printed!r}")
    return kind, key, ratio


def _effects(rows: Iterable[tuple[tuple[str, str, float], str]]) -> Effects:
    pages: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    effects = Effects({}, {}, {}, {})
    seen: set[tuple[str, object]] = set()
    for row, ((kind, key, ratio), place) in enumerate(rows):
        odds = math.log(ratio)
        name: object
        if kind == "page":
            path, page = name = _page(key, place)
            pages[path].append((page, odds))
        elif kind == "section":
            name = _section(key, place)
            effects.sections.update((section, (row, odds)) for section in name)
        elif kind == "category":
            name = _category(key, place)
            effects.categories[key] = odds
        elif kind == "specialty":
            name = _specialty(key, place)
            effects.specialties[name] = odds
        elif kind in KINDS:
            name, effects = _planted(effects, kind, key, ratio, place)
        else:
            raise SettingError(f"{place}: column kind: expected one of {', '.join(KINDS)}, found {kind!r}")
        if (kind, name) in seen:
            raise SettingError(f"{place}: column key: {kind} {key!r} is given twice")
        seen.add((kind, name))
    effects.pages.update((path, tuple(found)) for path, found in pages.items())
    return effects


def _planted(effects: Effects, kind: str, key: str, ratio: float, place: str) -> tuple[object, Effects]:
    """The key and the effects with a row of a kind that is looked up by one name, or has none."""
    odds = math.log(ratio)
    if kind == "subcategory":
        known = {found.subcategory for found in kinds().values() if found.subcategory}
        if key not in known:
            said = f"there is no subcategory {key!r}; there are {', '.join(sorted(known))}"
            raise SettingError(f"{place}: column key: {said}")
        effects.subcategories[key] = odds
    elif kind == "year":
        if not (key.isdecimal() and len(key) == 4):
            raise SettingError(f"{place}: column key: expected a year, found {key!r}")
        effects.years[int(key)] = odds
    elif kind == "edition":
        if key not in guide().titles or not key.rpartition("/")[2].isdecimal():
            raise SettingError(f"{place}: column key: there is no edition {key!r} in the catalogue")
        effects.editions[key] = odds
    elif key:
        raise SettingError(f"{place}: column key: expected nothing for {kind}, found {key!r}")
    elif kind == "modified" and ratio >= 1:
        raise SettingError(f"{place}: column odds_ratio: expected a share below 1, found {ratio}")
    elif kind == "keys":
        return key, replace(effects, keys=odds)
    elif kind == "letter":
        return key, replace(effects, letter=ratio)
    else:
        return key, replace(effects, modified=ratio)
    return key, effects


def _split(key: str, place: str, what: str) -> tuple[str, str]:
    """The notation and the rest of a key such as ``chronic-pain:98``."""
    path, colon, rest = key.partition(":")
    path, rest = path.strip(), rest.strip()
    if not colon or not rest:
        raise SettingError(f"{place}: column key: expected GUIDELINE:{what}, found {key!r}")
    if path not in guide().titles:
        raise SettingError(f"{place}: column key: there is no guideline {path!r} in the catalogue")
    return path, rest


def _page(key: str, place: str) -> tuple[str, int]:
    path, printed = _split(key, place, "PAGE")
    if not printed.isdecimal():
        raise SettingError(f"{place}: column key: expected a page number, found {printed!r}")
    page = int(printed)
    if guide().has_page(path, page) is False:
        raise SettingError(f"{place}: column key: {path} has no page {page}")
    return path, page


def _section(key: str, place: str) -> frozenset[str | tuple[str, str]]:
    """What a section's key stands for: sections of the catalogue, or a title that letters print."""
    path, title = _split(key, place, "SECTION")
    found = guide().sections(path, title)
    if found:
        return frozenset(found)
    if fold(title) not in _printed(guide(), path):
        raise SettingError(f"{place}: column key: {path} has no section {title!r}")
    return frozenset({(path, fold(title))})


def _printed(book: Guide, path: str) -> frozenset[str]:
    """Folded titles that letters may cite below ``path`` although the catalogue does not hold them."""
    work = path.split("/", 1)[0]
    if work in ("chronic-pain", "opioids"):
        return frozenset(fold(title) for row in sections(work).values() for title in row)
    if work != "odg":
        return frozenset()
    topics = (spec.partition("|") for kind in kinds().values() for spec in kind.odg)
    return frozenset(fold(t) for c, _, t in topics if path == "odg" or c in ("*", book.titles[path]))


def _category(key: str, place: str) -> str:
    if key not in categories():
        raise SettingError(
            f"{place}: column key: there is no category {key!r}; there are {', '.join(sorted(categories()))}"
        )
    return key


def _specialty(key: str, place: str) -> str:
    concept = specialty_concept(key)
    if concept is None:
        raise SettingError(f"{place}: column key: there is no specialty {key!r} in the catalogue")
    return concept
