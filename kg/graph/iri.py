"""Every IRI of the graph is minted here, from what the letter says, and can be read back.

The same letter gives the same IRIs. All that a letter gives rise to lies under its case IRI;
guidelines, pages and other concepts are shared between letters.
"""

import os
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from kg.errors import IriError
from kg.model import Party

DEFAULT_BASE = "https://w3id.org/imr-kg/"
"""The base IRI that the files in ``ontology/`` are written with."""

BASE = os.environ.get("KG_BASE_IRI", DEFAULT_BASE)
"""The base IRI of everything that is minted; the setting ``KG_BASE_IRI`` replaces it."""

ONTOLOGY = f"{BASE}ontology"

_PLAIN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_NOTATION = re.compile(r"[a-z0-9-]+(?:[./][a-z0-9-]+)*")
PARTY_PATH = {Party.CLAIMS_ADMINISTRATOR: "claims-administrator", Party.REVIEWER: "reviewer"}
"""Each party's segment of the path of its citations."""
_PARTY = {path: party for party, path in PARTY_PATH.items()}

SCHEMES = (
    "basis",
    "body-part",
    "condition",
    "cue",
    "drug",
    "ground",
    "ground-wording",
    "guideline",
    "outcome",
    "priority",
    "service",
    "sex",
    "specialty",
    "statistic",
    "template",
    "document-kind",
    "unit",
)
"""The concept schemes: each is an IRI path of its own, its concepts lie below it."""


def rebased(text: str) -> str:
    """The text of a file in ``ontology/`` with our base IRI in place of the default one."""
    return text if BASE == DEFAULT_BASE else text.replace(DEFAULT_BASE, BASE)


@lru_cache(maxsize=4096)
def slug(label: str) -> str:
    """The path segment of a label: lower case, what is not alphanumeric as one hyphen.

    >>> slug("Forearm, Wrist & Hand")
    'forearm-wrist-hand'

    Raises:
        IriError: the label has no letter and no digit.
    """
    path = _NOT_ALPHANUMERIC.sub("-", label.lower()).strip("-")
    if not path:
        raise IriError(f"expected a label with a letter or digit to make an IRI, found {label!r}")
    return path


def case(case_number: str) -> str:
    """The IRI of a case's determination; all that its letter gives rise to lies under it.

    >>> case("CM16-0000001")
    'https://w3id.org/imr-kg/case/CM16-0000001'

    Raises:
        IriError: the case number is empty.
    """
    if _PLAIN.fullmatch(case_number):
        return f"{BASE}case/{case_number}"
    if not case_number:
        raise IriError("a determination without a case number has no IRI")
    path = quote(case_number, safe="", errors="surrogatepass")
    if path.startswith("."):  # "." and ".." would be resolved away
        path = f"%2E{path[1:]}"
    return f"{BASE}case/{path}"


def review(case_number: str) -> str:
    """The IRI of the review that led to the determination."""
    return f"{case(case_number)}/review"


def reviewer(case_number: str) -> str:
    """The IRI of the unnamed reviewer of one letter."""
    return f"{case(case_number)}/reviewer"


def disputed_item(case_number: str, position: int) -> str:
    """The IRI of a disputed item by its 1-based position in the letter.

    >>> disputed_item("CM16-0000001", 2)
    'https://w3id.org/imr-kg/case/CM16-0000001/item/2'
    """
    return f"{case(case_number)}/item/{position}"


def rationale(case_number: str, position: int) -> str:
    """The IRI of the rationale of the item at a 1-based position."""
    return f"{disputed_item(case_number, position)}/rationale"


def annotation(case_number: str, node: str) -> str:
    """The IRI of the annotation that quotes what a mark of :mod:`kg.evidence` was read from.

    >>> annotation("CM16-0000001", "item/1/quantity")
    'https://w3id.org/imr-kg/case/CM16-0000001/annotation/item/1/quantity'
    """
    return f"{case(case_number)}/annotation/{node}"


def ground(case_number: str, position: int, number: int) -> str:
    """The IRI of a ground of an item's rationale; both positions are 1-based."""
    return f"{disputed_item(case_number, position)}/ground/{number}"


def citation(case_number: str, position: int, party: Party, number: int) -> str:
    """The IRI of a party's citation for an item; both positions are 1-based.

    >>> citation("CM16-0000001", 2, Party.REVIEWER, 1)
    'https://w3id.org/imr-kg/case/CM16-0000001/item/2/reviewer/citation/1'
    """
    return f"{disputed_item(case_number, position)}/{PARTY_PATH[party]}/citation/{number}"


def concept(scheme: str, notation: str) -> str:
    """The IRI of a concept by its scheme and its notation.

    >>> concept("guideline", "acoem-2004/12")
    'https://w3id.org/imr-kg/guideline/acoem-2004/12'

    Raises:
        IriError: there is no such scheme, or the notation is not lower-case words with hyphens, dots
            and slashes.
    """
    if scheme not in SCHEMES:
        raise IriError(f"expected a scheme ({', '.join(SCHEMES)}), found {scheme!r}")
    if not _NOTATION.fullmatch(notation):
        raise IriError(f"expected a notation such as acoem-2004/12, found {notation!r}")
    return f"{BASE}{scheme}/{notation}"


def page(edition: str, number: int) -> str:
    """The IRI of a page, which all letters that cite it share, by its edition's notation.

    >>> page("chronic-pain/2009", 98)
    'https://w3id.org/imr-kg/guideline/chronic-pain/2009/page/98'
    """
    return f"{concept('guideline', edition)}/page/{number}"


def run(version: str) -> str:
    """The IRI of reading letters with one version of the reader.

    >>> run("0.1.0-3f2a")
    'https://w3id.org/imr-kg/run/0.1.0-3f2a'
    """
    return f"{BASE}run/{quote(version, safe='')}"


def query(name: str) -> str:
    """The IRI of a named query.

    >>> query("outcomes_by_page")
    'https://w3id.org/imr-kg/query/outcomes_by_page'
    """
    return f"{BASE}query/{name}"


def dataset(*parts: str) -> str:
    """The IRI of the data set, of one generation of it, or of a table that was computed from that.

    >>> dataset(), dataset("000001")
    ('https://w3id.org/imr-kg/dataset', 'https://w3id.org/imr-kg/dataset/000001')

    >>> dataset("000001", "drivers", "page", "reviewer", "year=2014,2015")
    'https://w3id.org/imr-kg/dataset/000001/drivers/page/reviewer/year%3D2014%2C2015'
    """
    return "/".join((f"{BASE}dataset", *(quote(part, safe="") for part in parts)))


class Place(NamedTuple):
    """What an IRI names, read back from it.

    ``kind`` is ``case``, ``review``, ``reviewer``, ``item``, ``rationale``, ``citation``, ``ground``,
    ``mention``, ``problem``, ``annotation``, ``page``, ``run``, ``dataset``, ``query``, ``scheme``,
    ``project`` or the scheme of a concept; ``name`` is the case number, the edition of a page, the version
    of a run, the generation of a data set (empty for that of all), the name of a query, the path of a scheme
    or the notation of a concept;
    ``item`` and ``number`` (of a citation, ground or page) count from 1.
    """

    kind: str
    name: str
    item: int | None = None
    party: Party | None = None
    number: int | None = None


_UNDER_CASE = re.compile(
    r"case/(?P<case>[^/]+)(?:/(?P<about>reviewer|review)"
    r"|/annotation/(?P<annotation>[a-z0-9_./-]+)"
    r"|/problem/(?P<problem>[1-9][0-9]{0,8})"
    r"|/item/(?P<item>[1-9][0-9]{0,8})(?:/(?P<rationale>rationale)(?:/mention/(?P<mention>[1-9][0-9]{0,8}))?"
    r"|/ground/(?P<ground>[1-9][0-9]{0,8})"
    r"|/(?P<party>claims-administrator|reviewer)/citation/(?P<number>[1-9][0-9]{0,8}))?)?"
)
_QUERY = re.compile(r"[a-z][a-z0-9_]*")
_PAGE = re.compile(rf"guideline/(?P<edition>{_NOTATION.pattern})/page/(?P<number>[0-9]{{1,9}})")


def read(text: str) -> Place:
    """The parts of an IRI that this module minted.

    >>> read("https://w3id.org/imr-kg/guideline/chronic-pain/2009/page/98")
    Place(kind='page', name='chronic-pain/2009', item=None, party=None, number=98)
    >>> read("https://w3id.org/imr-kg/case/CM16-0000001/item/2").item
    2

    Raises:
        IriError: it is not one of ours.
    """
    path = text.removeprefix(BASE)
    if path != text:
        if found := _UNDER_CASE.fullmatch(path):
            return _under_case(found)
        if found := _PAGE.fullmatch(path):
            return Place("page", found["edition"], number=int(found["number"]))
        kind, _, name = path.partition("/")
        if kind in ("run", "dataset") and name:
            return Place(kind, unquote(name.partition("/")[0] if kind == "dataset" else name))
        if kind in SCHEMES and _NOTATION.fullmatch(name):
            return Place(kind, name)
        if path in SCHEMES:
            return Place("scheme", path)
        if path in ("project", "dataset"):
            return Place(path, path if path == "project" else "")
        if kind == "query" and _QUERY.fullmatch(name):
            return Place(kind, name)
    raise IriError(f"expected an IRI of a case, page, run, data set or concept under {BASE}, found {text!r}")


def is_ours(text: str) -> bool:
    """Whether this module minted an IRI.

    >>> is_ours(f"{BASE}case/CM16-0000001/item/1"), is_ours(f"{BASE}case/CM16-0000001/item/1/quantity")
    (True, False)
    """
    try:
        read(text)
    except IriError:
        return False
    return True


def _under_case(found: re.Match[str]) -> Place:
    name = unquote(found["case"], errors="surrogatepass")
    item = int(found["item"]) if found["item"] else None
    for kind in ("ground", "mention", "problem"):
        if found[kind]:
            return Place(kind, name, item, None, int(found[kind]))
    if found["annotation"]:
        return Place("annotation", name)
    if found["number"]:
        return Place("citation", name, item, _PARTY[found["party"]], int(found["number"]))
    return Place(found["about"] or found["rationale"] or ("item" if item else "case"), name, item)
