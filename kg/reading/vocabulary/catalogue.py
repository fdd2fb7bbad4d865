"""The titles that letters print, from ``ontology/guidelines.ttl`` and ``ontology/specialties.ttl``."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from kg.errors import CatalogueError
from kg.reading.text import folding
from kg.reading.text.patterns import YEAR, as_pattern
from kg.reading.vocabulary.concepts import Concept, read

# Letters print few titles, again and again.
fold = lru_cache(maxsize=16384)(folding.fold)

# `Low Back Disorders Guideline (ACOEM February 13, 2020)`, as the regulation has it
_YEAR = rf"(?:\s+[Gg]uidelines?)?,?\s+(?:\(ACOEM,?\s+{YEAR}\)|\(?{YEAR}\)?)"
_REVISED = r",?\s+\(?[Rr]evised,?\s+(?:19|20)\d\d\)?"
_ACOEM = re.compile(r"acoem|occupational (?:medicine|and environmental)")
# What may follow the name of the ODG at once, and is no topic.
_AFTER_ODG = (
    r"(?:\s*:?\s+(?:19|20)\d\d\b|\s+[Tt]reatment(?=\s*[,:;])"
    r"|\s*[,:]?\s+(?:[Uu]nder|[Rr]egarding|for(?!\s+[Ww]orker))\b(?:\s+the\b)?)*(?:[-–—]+(?=[A-Z]))?"
)
_NAME_ENDS = r"\s*(?:[^\w\s]|[Cc]hapter|[Ss]ection|[Pp]rocedure|\Z)"
_SHORT_FORM = re.compile(r"\s*\([^()]*\)\s*\Z")
_GUIDELINE = re.compile(r"\s+guidelines?\Z", re.IGNORECASE)
# `Criteria for Electrodiagnostic testing` is a part of what a topic says.
_SAID_OF = re.compile(
    r"\A(?:(?:criteria|indications?|guidelines?|recommendations?)(?: for use)?(?: for| of|:)"
    r"(?: (?:the )?use of)?)(?: the)? "
)
_BROKEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
# A title with one of these last words is a guideline's even where no year follows it.
_TITLE_ENDS = re.compile(
    r"(?:guidelines?|treatments?|complaints?|complain?ts|conditions?|disorders?|approaches|mtg)$"
)


@cache
def concepts(file: str) -> Mapping[str, Concept]:
    """The concepts of ``ontology/<file>`` by notation.

    Raises:
        CatalogueError: as :func:`kg.reading.vocabulary.concepts.read`; or the pages of a concept run
            backwards, or it shares a label with another one of the same broader concept.
    """
    found = {concept.notation: concept for concept in read(file).values()}
    _check(file, found.values())
    return found


def _check(file: str, found: Iterable[Concept]) -> None:
    """Refuse pages that run backwards and labels that two concepts of one broader concept share."""
    owners: dict[tuple[str | None, str], str] = {}
    for concept in found:
        first, last = concept.number("firstPage"), concept.number("lastPage")
        if first is not None and last is not None and first > last:
            raise CatalogueError(
                f"ontology/{file}: the pages of {concept.notation} run backwards, {first} to {last}"
            )
        for label in concept.labels:
            owner = owners.setdefault((concept.broader, fold(label)), concept.notation)
            if owner != concept.notation:
                raise CatalogueError(
                    f"ontology/{file}: {owner} and {concept.notation} share the label {label!r}"
                )


@dataclass(frozen=True, slots=True)
class Guideline:
    """A guideline or ACOEM chapter that an MTUS title stands for."""

    guideline: str
    chapter: int | None
    title: str | None


def _mtus_titles() -> dict[tuple[str, int | None], Guideline]:
    """What each folded title of an MTUS work or chapter stands for, by the year printed with it."""
    catalogue = concepts("guidelines.ttl")
    titles: dict[tuple[str, int | None], Guideline] = {}
    later: dict[tuple[str, int | None], Guideline] = {}
    for concept in catalogue.values():
        if concept.broader == "mtus" and "Guideline" in concept.kinds:
            year = concept.number("year")
            target = Guideline(concept.notation, None, None)
            for label in concept.labels:
                titles.setdefault((fold(label), year), target)
                titles.setdefault((fold(label), None), target)
        elif concept.broader == "acoem-2004" and "Chapter" in concept.kinds:
            target = Guideline("acoem-2004", concept.number("chapterNumber"), None)
            for label in concept.labels:
                titles.setdefault((fold(label), 2004), target)
                later.setdefault((fold(label), None), target)
        elif concept.broader == "mtus-other":
            for label in concept.labels:
                later.setdefault((fold(label), None), Guideline("mtus-other", None, label))
    return later | titles


def _folded_labels(found: Iterable[Concept]) -> set[str]:
    return {fold(label) for concept in found for label in concept.labels}


class Guidelines:
    """Find guidelines, chapters and sections by the titles that letters print."""

    def __init__(self) -> None:
        self._catalogue = concepts("guidelines.ttl")
        self._titles = _mtus_titles()
        self._lists: dict[tuple[str, int | None, int | None], list[dict[str, str]]] = {}
        self._sections: dict[str, dict[str, str]] = defaultdict(dict)
        for concept in self._catalogue.values():
            if concept.broader and ("GuidelineSection" in concept.kinds or "Chapter" in concept.kinds):
                for label in concept.labels:
                    self._sections[concept.broader].setdefault(fold(label), concept.notation)
        self._read_acoem()
        self._read_odg()
        self._read_editions()

    def _below(self, *broader: str) -> list[Concept]:
        return [concept for concept in self._catalogue.values() if concept.broader in broader]

    def _read_acoem(self) -> None:
        chapters = [concept for concept in self._below("acoem-2004") if "Chapter" in concept.kinds]
        self._pages = {
            chapter.number("chapterNumber"): (chapter.number("firstPage"), chapter.number("lastPage"))
            for chapter in chapters
        }
        self._complaints = {
            fold(chapter.preferred): chapter.number("chapterNumber")
            for chapter in chapters
            if chapter.preferred.endswith("Complaints")
        }
        later = _folded_labels(self._below("acoem-3rd"))
        self._later_titles = later | _folded_labels(self._below("mtus-other"))
        self.later_acoem = {
            title for title in later if re.search(r"disorders?$|groin|asthma|lung|brain", title)
        }

    def _read_odg(self) -> None:
        chapters = [concept for concept in self._below("odg") if "Chapter" in concept.kinds]
        self.odg_chapters = {
            fold(label): chapter.preferred for chapter in chapters for label in chapter.labels
        }
        self._odg_notations = {chapter.preferred: chapter.notation for chapter in chapters}
        self._odg_sections = {
            folded: notation
            for folded, notation in self._sections["odg"].items()
            if folded not in self.odg_chapters
        }

        self._odg_topics = {
            folded
            for parent, known in self._sections.items()
            if parent.partition("/")[0] == "odg"
            for folded in known
            if folded not in self.odg_chapters
        }

    def _read_editions(self) -> None:
        self._editions: dict[str, list[int]] = defaultdict(list)
        self._in_force: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for concept in self._catalogue.values():
            if "Edition" in concept.kinds and (year := concept.number("year")) is not None:
                guideline = concept.notation.partition("/")[0]
                self._editions[guideline].append(year)
                self._in_force[guideline].append((concept.one("inForceFrom") or "", year))
        for editions in self._in_force.values():
            editions.sort()
        days = {since for editions in self._in_force.values() for since, _ in editions if since}
        self.changes = tuple(sorted(map(date.fromisoformat, days)))

    def title(self, printed: str, year: int | None) -> Guideline | None:
        """What an MTUS title stands for, ``None`` where the catalogue does not know it.

        >>> guidelines().title("Low Back Complaints", 2004)
        Guideline(guideline='acoem-2004', chapter=12, title=None)
        """
        folded = fold(printed)
        found = self._titles.get((folded, year)) or self._titles.get((folded, None))
        if found is None and (bare := _GUIDELINE.sub("", printed)) != printed:
            return self.title(bare, year)
        if found and year and year >= _LATER and found.guideline in _OLD and folded in self._later_titles:
            return Guideline("mtus-other", None, printed)
        if found and found.guideline == "mtus-other":
            return Guideline("mtus-other", None, printed)
        return found

    def revised(self, title: str, year: int | None) -> str | None:
        """The work that took the place of an ACOEM chapter, where its title or year is printed.

        >>> guidelines().revised("Elbow Disorders", None), guidelines().revised("Elbow Complaints", None)
        ('elbow-2007', None)
        """
        found = self._titles.get((fold(title), year or _REVISION))
        if found is None or found.guideline == "acoem-2004":
            return None
        return found.guideline if year or fold(title) not in self._sections["acoem-2004"] else None

    def section(self, title: str, guideline: str, edition: int | None, chapter: int | None) -> str | None:
        """The notation of a section, in the edition and chapter printed or in the first that has it."""
        parents = self._parents(guideline, edition, chapter)
        folded = fold(title)
        found = next((known[folded] for known in parents if folded in known), None)
        if found is None and "-" in folded:
            # A line end may have broken a word (`Electro- diagnostic`).
            joined = folded.replace("-", "")
            found = next((known[joined] for known in parents if joined in known), None)
        return found

    def lists_sections(self, guideline: str, edition: int | None, chapter: int | None) -> bool:
        """Whether the catalogue has sections of a guideline, so that it can lack one.

        >>> guidelines().lists_sections("chronic-pain", 2016, None)
        True
        >>> guidelines().lists_sections("chronic-pain", 2017, None)
        False
        """
        return bool(self._parents(guideline, edition, chapter))

    def _parents(self, guideline: str, edition: int | None, chapter: int | None) -> list[dict[str, str]]:
        """The lists of sections by folded title, of the chapter, or of the work and its editions."""
        key = (guideline, edition, chapter)
        if key not in self._lists:
            years = [edition] if edition is not None else sorted(self._editions[guideline])
            works = [guideline, *(f"{guideline}/{year}" for year in years)]
            names = works if chapter is None else [f"{guideline}/{chapter}"]
            self._lists[key] = [self._sections[name] for name in names if name in self._sections]
        return self._lists[key]

    def edition_in_force(self, guideline: str, on: date | None) -> int | None:
        """The year of the edition in force on a day; the first edition's where no day is known.

        >>> from datetime import date
        >>> guidelines().edition_in_force("chronic-pain", date(2015, 3, 1))
        2009
        """
        found = self._in_force.get(guideline)
        if not found:
            return None
        in_force = [year for since, year in found if on is not None and since <= on.isoformat()]
        return in_force[-1] if in_force else found[0][1]

    def last_change(self, on: date | None) -> date | None:
        """The last day up to ``on`` on which an edition came into force; ``None`` where there is none.

        Fields decided between two such days read alike.
        """
        if on is None:
            return None
        n = bisect_right(self.changes, on)
        return self.changes[n - 1] if n else None

    def chapter_of_page(self, chapters: Iterable[int], page: int) -> int | None:
        """Which of ``chapters`` of ACOEM 2004 has ``page`` in its range."""
        for chapter in chapters:
            first, last = self._pages.get(chapter, (None, None))
            if first is not None and first <= page <= (last or first + 40):
                return chapter
        return None

    def chapter_number(self, notation: str) -> int | None:
        """The number of the ACOEM chapter with ``notation``, ``None`` where it is no chapter."""
        concept = self._catalogue.get(notation)
        return concept.number("chapterNumber") if concept and "Chapter" in concept.kinds else None

    def title_pattern(self, *, dated: bool) -> str:
        """A regular expression of every MTUS title with the year printed after it.

        A title counts only with its year where ``dated``, or where it is a section's or a body
        part's name too.
        """
        general = self._general_sections()
        titles = {folded for folded, _ in self._titles}
        weak = {
            folded: _YEAR
            for folded in titles
            if dated or folded in general or not (_TITLE_ENDS.search(folded) or _ACOEM.search(folded))
        }
        return rf"\b(?=\w){as_pattern(titles, weak)}\b(?:{_YEAR}|{_REVISED})?(?:\s+Guidelines?\b)?"

    def acoem_pattern(self) -> str:
        """A regular expression of ACOEM's name where a chapter's title, or a dated one, follows it."""
        before = r"ACOEM(?:\s+(?:Practice\s+)?Guidelines?)?|Workplace\s+Mental\s+Health\s+Guidelines?"
        dated = as_pattern({folded for folded, _ in self._titles})
        return rf"\b(?:{before})[\s,:]+(?={as_pattern(self._sections['acoem-2004'])}\b|{dated}{_YEAR})"

    def _general_sections(self) -> set[str]:
        return set(self._sections["acoem-2004"]) - {
            fold(label)
            for concept in self._catalogue.values()
            if concept.broader == "acoem-2004" and (concept.number("chapterNumber") or 0) >= _FIRST_CLINICAL
            for label in concept.labels
        }

    def odg_pattern(self) -> str:
        """A regular expression of every ODG chapter's names, the longest first."""
        # `Pain, Chronic pain programs` is the chapter on pain and its topic.
        ends = {name: _NAME_ENDS for name in self.odg_chapters if name.endswith(" chronic")}
        return rf"\b(?=\w){as_pattern(self.odg_chapters, ends)}(?!\w)"

    def odg_names(self) -> str:
        """A regular expression of the names of the Official Disability Guidelines themselves."""
        names = {fold(label) for label in self._catalogue["odg"].labels}
        short = r"(?:\s*\(ODG(?:[\s\/-]*TWC)?\)|[\s-]*TWC\b)?"
        return rf"\b(?=\w){as_pattern(names)}(?!\w){short}{_AFTER_ODG}"

    def source_names(self) -> str:
        """A regular expression of the names of sources outside the MTUS and the ODG."""
        return rf"\b(?=\w){as_pattern(_folded_labels(self._below('other')))}(?!\w)"

    def acoem_chapter(self, folded: str) -> int | None:
        """The number of the ACOEM chapter whose title, of the second edition alone, is in folded wording.

        >>> guidelines().acoem_chapter("acoem, low back complaints, page 303")
        12
        """
        return next((n for title, n in self._complaints.items() if title in folded), None)

    def odg_topic(self, folded: str, chapter: str | None) -> str | None:
        """The notation of a folded topic of an ODG chapter, or of the ODG themselves.

        >>> guidelines().odg_topic("gym memberships", "Low Back")
        'odg/low-back/gym-memberships'
        """
        own = self._sections[self._odg_notations[chapter]] if chapter else {}
        found = own.get(folded) or self._odg_sections.get(folded)
        if found is None and (bare := _SAID_OF.sub("", folded)) != folded:
            return own.get(bare) or self._odg_sections.get(bare)
        return found

    def is_title(self, printed: str, chapter: str | None) -> bool:
        """Whether the ODG chapter or the Chronic Pain guideline has a section of this title.

        A short form in brackets after it is no part of it.
        """
        bare = _SHORT_FORM.sub("", printed)
        return (
            self.odg_topic(fold(printed), chapter) is not None
            or self.section(printed, "chronic-pain", None, None) is not None
            or (bare != printed and self.is_title(bare, chapter))
        )

    def is_topic(self, printed: str, chapter: str | None) -> bool:
        """Whether a chapter of the ODG, whichever it is, or the Chronic Pain guideline has such a section."""
        return not {fold(printed), fold(_SHORT_FORM.sub("", printed))}.isdisjoint(
            self._odg_topics
        ) or self.is_title(printed, chapter)

    def contradicts(self, guideline: str, year: int) -> bool:
        """Whether no edition is of the year, or of the one before its adoption, nor could be a later one.

        >>> [guidelines().contradicts("chronic-pain", year) for year in (2004, 2012, 2016, 2021)]
        [True, True, False, False]
        """
        own = self._editions[guideline] or [year]
        if guideline == "acoem-2004":
            return year != _ACOEM_YEAR
        return year < max(own) and not {year, year - 1} & {*own}

    def unbroken(self, title: str, concept: str) -> str:
        """A section's title without a hyphen that broke one of its words (``Func-tional``)."""
        whole = _BROKEN.sub("", title)
        if whole == title or fold(title) in (labels := _folded_labels([self._catalogue[concept]])):
            return title
        return whole if fold(whole) in labels else title


# The second edition, which is the MTUS's, is of 2004; its chapter on the elbow was revised in 2007.
_ACOEM_YEAR, _REVISION = 2004, 2007

_OLD = frozenset({"acoem-2004", "elbow-2007"})

# From this year on the MTUS takes in later ACOEM guidelines, some with the titles of old chapters.
_LATER = 2008

# ACOEM chapters 8 to 16 are about parts of the body; letters from mid-2016 print the others as
# sections of `General Approaches 2004`.
_FIRST_CLINICAL = 8


@cache
def guidelines() -> Guidelines:
    """The catalogue of guidelines, read once."""
    return Guidelines()


@cache
def specialties() -> Mapping[str, str]:
    """The notation of each specialty by its folded labels."""
    return {
        fold(label): concept.notation
        for concept in concepts("specialties.ttl").values()
        for label in concept.labels
    }
