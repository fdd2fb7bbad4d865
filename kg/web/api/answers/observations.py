"""Data sets of the data cube and their observations, whose IRIs say what to count again."""

import re
from urllib.parse import unquote

from rdflib.namespace import RDF

from kg.analysis import cube
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.shown_columns import names
from kg.cited import figure_citations
from kg.cited.figure_address import Asked
from kg.errors import GoneError, UnknownError
from kg.explore.row_types import ROWS
from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import SKOS
from kg.resources import code_version
from kg.web.site import Site

_STATISTIC = re.compile(r"(?:(?:one|other|documents)-)?([a-z0-9-]+)|pair-[0-9]+-[0-9]+")
_BESIDE = frozenset(
    ("total", "difference", "nodes", "links", "communities", "exposed", "unexposed", "at-risk")
)
_DATA_SET = 4
"""Slashes in the path of a figure's data set; an observation has one more."""


def cited_address(node: str) -> str | None:
    """The address of the figure whose data set or observation a node is.

    >>> cited_address("dataset/000001/figures/1-0/%2Ffigures%2Foutcomes%3Fparty%3Dany/letters")
    '/figures/outcomes?party=any'
    """
    parts = node.split("/")
    return unquote(parts[4]) if len(parts) > 4 and parts[2] == "figures" else None


def n_triples(site: Site, node: str) -> str:
    """The triples of the figures or of the table of drivers that a node is of, counted again.

    Raises:
        UnknownError, SettingError: there is no such table, or its letters are not there any more.
    """
    if (address := cited_address(node)) is not None:
        figure = site.figure(Asked.read(address))
        if figure.values is None and node.count("/") > _DATA_SET:
            raise GoneError(figure.says)
        return figure_citations.n_triples(figure)
    _, generation, kind, *asked = [unquote(part) for part in node.split("/")]
    if kind != "drivers" or len(asked) < 5 or not asked[3].isdecimal():
        raise UnknownError(f"there is no data set {node!r}")
    level, party, equal, minimum, *rest = asked
    given = [part.partition("=") for part in rest if "=" in part and part.partition("=")[0] in FILTERS]
    values: dict[str, list[str]] = {}
    for name, _, value in given:
        values.setdefault(name, []).append(value)
    table = site.drivers_of(generation, level, party, Filters.of(**values), int(minimum), equal)
    return cube.n_triples(table, generation, code_version())


def statistic(name: str) -> str:
    """What is said of a statistic that figures have and the ontology does not name.

    Raises:
        UnknownError: no figure has it.
    """
    found = _STATISTIC.fullmatch(name)
    columns = {iri.slug(column) for row in ROWS.values() for column in names(row)}
    if not found or (found[1] and found[1] not in columns | _BESIDE):
        raise UnknownError(f"no figure has a statistic {name!r}")
    subject = f"<{iri.concept('statistic', name)}>"
    words = escaped(name.replace("-", " "))
    return (
        f"{subject} <{RDF.type}> <{SKOS.Concept}> .\n"
        f'{subject} <{SKOS.prefLabel}> "{words}"@en .\n'
        f"{subject} <{SKOS.inScheme}> <{iri.BASE}statistic> .\n"
    )
