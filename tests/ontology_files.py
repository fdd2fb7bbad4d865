"""The files of the ontology as rdflib reads them, each once for all tests."""

from functools import cache
from pathlib import Path

from rdflib import Graph

from kg import resources

FOLDER = resources.folder("ontology")


@cache
def parsed(path: Path) -> Graph:
    """The triples of a file, to which nobody adds any."""
    return Graph().parse(path)
