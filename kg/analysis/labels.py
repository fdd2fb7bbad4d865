"""What concepts are called, from the vocabularies in ``ontology/``."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from kg import resources, turtle
from kg.graph import iri
from kg.reading.vocabulary.concepts import Concept as Written
from kg.reading.vocabulary.concepts import read_with_schemes

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ACRONYMS = ("acoem", "mtus", "odg")


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept by its node (``guideline/acoem-2004/12``), as the catalogues have it."""

    node: str
    label: str
    broader: str | None = None
    first: int | None = None
    last: int | None = None
    confidence: str | None = None
    note: str | None = None
    others: tuple[str, ...] = ()
    """Brands, abbreviations, variants and misspellings."""


@cache
def concepts() -> dict[str, Concept]:
    """Every concept and scheme of the vocabularies, by node."""
    files = sorted(file.name for file in resources.folder("ontology").glob("*.ttl"))
    found: dict[str, Concept] = {}
    for file in files:
        described, schemes = read_with_schemes(file)
        found |= {_node(address): Concept(_node(address), name) for address, name in schemes.items()}
        found |= {_node(address): _concept(address, concept) for address, concept in described.items()}
    return found


def _concept(address: str, written: Written) -> Concept:
    above = written.said.get("broader", ())
    return Concept(
        _node(address),
        written.preferred,
        _node(above[-1]) if above else None,
        written.number("firstPage"),
        written.number("lastPage"),
        written.one("confidence"),
        written.one("note") or written.one("definition"),
        tuple(name for name in written.labels[1:] if "*" not in name),
    )


def _node(address: str) -> str:
    return address.removeprefix(iri.DEFAULT_BASE)


@cache
def terms() -> list[dict[str, str]]:
    """The ontology's own classes and properties, by name: name, kind, label, definition."""
    found = []
    for subject, said in turtle.statements(resources.text("ontology", "imr.ttl")).items():
        place, _, name = subject.partition("#")
        if name and place == f"{iri.DEFAULT_BASE}ontology" and (called := said[_LABEL]):
            told = [*said[f"{_SKOS}definition"], *said[_COMMENT]]
            kinds = [turtle.local(kind) for kind in said[_TYPE]]
            term = {"name": name, "kind": kinds[0], "label": called[0], "definition": (told or [""])[0]}
            found.append({key: value for key, value in term.items() if value})
    return sorted(found, key=lambda term: term["name"])


@lru_cache(maxsize=65_536)
def label(node: str) -> str:
    """What a node is called where it stands alone.

    >>> label("guideline/chronic-pain/2009/page/98")
    'Chronic Pain Medical Treatment Guidelines (2009), page 98'
    >>> label("guideline/acoem-2004/12")
    'Low Back Complaints (ACOEM 2004, ch. 12)'
    >>> label("ground/response:not-met")
    'Response to earlier treatment (not met)'
    """
    known = concepts()
    ground, _, met = node.partition(":")
    if met and ground in known:
        return f"{label(ground)} ({met.replace('-', ' ')})"
    edition, _, page = node.partition("/page/")
    if page:
        return f"{label(edition)}, page {page}"
    place, mark, printed = node.partition("#")
    if mark:
        return f"“{printed.replace('-', ' ')}”, {label(place)}"
    concept = known.get(node)
    if concept is None:
        return node.rpartition("/")[2].replace("-", " ")
    parts = node.split("/")
    if parts[:2] == ["guideline", "acoem-2004"] and len(parts) == 3:
        return f"{concept.label} (ACOEM 2004, ch. {parts[2]})"
    if parts[0] == "guideline" and len(parts) > 3 and concept.broader:
        return f"{concept.label}, {label(concept.broader)}"
    if parts[0] == "guideline" and parts[1] == "odg" and len(parts) == 3:
        return f"{concept.label} (ODG)"
    return concept.label


def short(node: str) -> str:
    """What a node is called where its place is plain, such as in the graph.

    >>> short("guideline/chronic-pain/2009/page/98"), short("guideline/acoem-2004/12/special-studies")
    ('Chronic Pain 2009, p. 98', 'Special Studies, ch. 12')
    """
    edition, _, page = node.partition("/page/")
    if page:
        return f"{_edition(edition)}, p. {page}"
    if "#" in node:
        return node.partition("#")[2].replace("-", " ")
    concept = concepts().get(node)
    if concept and concept.broader and concept.broader.startswith("guideline/acoem-2004/"):
        return f"{concept.label}, ch. {concept.broader.rpartition('/')[2]}"
    return concept.label if concept else node.rpartition("/")[2].replace("-", " ")


def _edition(node: str) -> str:
    words = node.removeprefix("guideline/").replace("/", " ").replace("-", " ").split()
    return " ".join(word.upper() if word in _ACRONYMS else word.capitalize() for word in words)


def edition(node: str) -> str:
    """What an edition is called where there is little room.

    >>> edition("guideline/chronic-pain/2009"), edition("guideline/odg")
    ('Chronic Pain 2009', 'Official Disability Guidelines')
    """
    return _edition(node) if node[-1:].isdecimal() else short(node)


_SHORTEST = 8
"""Letters of a name that is cut before its bracket."""
_EDITION = re.compile(r"/\d{4}$")


def brief(node: str) -> str:
    """What a place in a guideline is called in sentences and tables, which name places of many guidelines.

    >>> brief("guideline/chronic-pain/2009/page/98"), brief("guideline/chronic-pain/2009")
    ('Chronic Pain 2009, p. 98', 'Chronic Pain 2009')
    >>> brief("guideline/chronic-pain/2009/topical-analgesics"), brief("guideline/odg/pain/tramadol")
    ('Topical analgesics (Chronic Pain 2009)', 'Tramadol (Ultram®) (ODG, Pain)')
    >>> brief("guideline/acoem-2004/12"), brief("guideline/acoem-2004/12/special-studies")
    ('Low Back Complaints (ACOEM 2004, ch. 12)', 'Special Studies (ACOEM 2004, ch. 12)')
    >>> brief("guideline/odg#home-gym")
    '“home gym” (ODG)'
    """
    container = above(node)
    if "/page/" in node:
        return short(node)
    if container is None or ("#" not in node and (node.count("/") == 1 or _EDITION.search(node))):
        return edition(node)
    if "#" not in node and node.count("/") == 2:
        return name if (name := label(node)) != short(node) else f"{name} ({_edition(container)})"
    name = f"“{short(node)}”" if "#" in node else short(node).partition(", ch. ")[0]
    return f"{name} ({_within(container)})"


def cut(name: str, most: int) -> str:
    """A name as long as there is room for; the bracket at its end stays, which tells it from its namesakes.

    >>> cut("Special Studies (ACOEM 2004, ch. 12)", 32), cut("Physical medicine treatment", 20)
    ('Special St… (ACOEM 2004, ch. 12)', 'Physical medicine t…')
    """
    if len(name) <= most:
        return name
    head, mark, bracket = name.rpartition(" (")
    left = most - len(bracket) - 3
    if not mark or not name.endswith(")") or left < _SHORTEST:
        return f"{name[: most - 1].rstrip()}…"
    return f"{head[:left].rstrip()}… ({bracket}"


def _within(node: str) -> str:
    """What contains a section, in a bracket."""
    work, _, chapter = node.removeprefix("guideline/").partition("/")
    if not chapter:
        return _edition(node)
    if work in {"acoem-2004", "odg"}:
        return f"ACOEM 2004, ch. {chapter}" if work != "odg" else f"ODG, {short(node)}"
    return edition(node)


def above(node: str) -> str | None:
    """The node that contains a place of a guideline: the chapter of a section, the edition of a page.

    >>> above("guideline/chronic-pain/2009/page/98")
    'guideline/chronic-pain/2009'
    """
    edition, _, page = node.partition("/page/")
    if page:
        return edition
    place, mark, _ = node.partition("#")
    if mark:
        return place
    concept = concepts().get(node)
    return concept.broader if concept else None
