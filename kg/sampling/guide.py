"""What the catalogue of guidelines tells a maker of letters: chapters, titles and pages."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from kg.errors import CatalogueError
from kg.reading.vocabulary.concepts import read

PAGES_OF_SECTIONS = "chronic-pain/2009"
"""The edition whose sections letters cite with their pages."""

_WHITE = re.compile(r"\s+")
_FOLDED = str.maketrans({"&": " and ", "®": "", "’": "'"})


def fold(title: str) -> str:
    """A title as titles are compared: case, white space, ``&`` and ``®`` do not count.

    >>> fold("NSAIDs, GI symptoms &  cardiovascular risk")
    'nsaids, gi symptoms and cardiovascular risk'
    """
    return _WHITE.sub(" ", title.translate(_FOLDED).casefold()).strip()


@dataclass(frozen=True, slots=True)
class Guide:
    """The catalogue of guidelines, by notation (``acoem-2004/12``).

    ``titles`` are preferred labels, ``labels`` all labels of a concept, folded, ``children``
    the notations just below one, ``pages`` the first and last page of an edition, chapter or
    section where it is known, ``named`` a notation by the one above it and any label, folded.
    """

    titles: dict[str, str]
    labels: dict[str, frozenset[str]]
    children: dict[str, tuple[str, ...]]
    pages: dict[str, tuple[int, int]]
    named: dict[tuple[str, str], str]

    def chapter_pages(self, chapter: int) -> tuple[int, int] | None:
        """The pages of a chapter of the ACOEM guideline, where both ends are known."""
        return self.pages.get(f"acoem-2004/{chapter}")

    def section_pages(self, title: str) -> tuple[int, int] | None:
        """The pages of a section of the 2009 Chronic Pain guideline.

        Raises:
            CatalogueError: there is no such section.
        """
        found = self.section(PAGES_OF_SECTIONS, title)
        if found is None:
            raise CatalogueError(f"guidelines.ttl: {PAGES_OF_SECTIONS} has no section {title!r}")
        return self.pages.get(found)

    def below(self, notation: str) -> list[str]:
        """``notation`` and everything below it, the nearest first."""
        found = [notation]
        for name in found:
            found += self.children.get(name, ())
        return found

    def section(self, notation: str, title: str) -> str | None:
        """The section just below ``notation`` that is called ``title``, by any of its labels."""
        return self.named.get((notation, fold(title)))

    def sections(self, notation: str, title: str) -> frozenset[str]:
        """The sections at any depth below ``notation`` that are called ``title``.

        Those whose preferred label it is, else those that have it as another label.
        """
        wanted = fold(title)
        below = self.below(notation)[1:]
        preferred = frozenset(n for n in below if fold(self.titles[n]) == wanted)
        return preferred or frozenset(n for n in below if wanted in self.labels[n])

    def has_page(self, notation: str, page: int) -> bool | None:
        """Whether ``page`` is one of ``notation``'s; ``None`` where its pages are not known."""
        ranges = [self.pages[n] for n in self.below(notation) if n in self.pages]
        if not ranges:
            return None
        return min(first for first, _ in ranges) <= page <= max(last for _, last in ranges)


@cache
def guide() -> Guide:
    """The guide to ``ontology/guidelines.ttl``, read once.

    >>> guide().chapter_pages(12), guide().section_pages("Physical Medicine")
    ((287, 328), (98, 99))
    """
    known = {concept.notation: concept for concept in read("guidelines.ttl").values()}
    labels = {name: frozenset(map(fold, concept.labels)) for name, concept in known.items()}
    children: defaultdict[str, list[str]] = defaultdict(list)
    pages = {}
    for name, concept in known.items():
        if concept.broader is not None:
            children[concept.broader].append(name)
        first, last = concept.number("firstPage"), concept.number("lastPage")
        if first is not None and last is not None:
            pages[name] = first, last
    return Guide(
        {name: concept.preferred for name, concept in known.items()},
        labels,
        {name: tuple(sorted(found)) for name, found in children.items()},
        pages,
        {
            (above, label): name
            for above, names in children.items()
            for name in names
            for label in labels[name]
        },
    )
