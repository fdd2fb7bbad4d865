"""What a Turtle file states: the one reader of the files in ``ontology/``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

Statements = Mapping[str, Mapping[str, Sequence[str]]]
"""The values of each subject by property: IRIs, and the text of literals."""


def statements(text: str) -> Statements:
    """The statements of a Turtle text, by subject and property, in the order of the text.

    A property that a subject lacks has no values.

    >>> about = statements("<urn:a> <urn:name> 'one', 'two' .")["urn:a"]
    >>> list(about["urn:name"]), list(about["urn:other"])
    (['one', 'two'], [])

    Raises:
        SyntaxError: the text is not Turtle.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        found[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return found


def local(iri: str) -> str:
    """The local name of a term whose namespace ends with ``#``.

    >>> local("http://www.w3.org/2004/02/skos/core#prefLabel")
    'prefLabel'
    """
    return iri.rpartition("#")[2]
