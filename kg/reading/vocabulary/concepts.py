"""The concepts that a catalogue in ``ontology/`` holds, as they are written there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg import resources, turtle
from kg.errors import CatalogueError

_LABELS = ("prefLabel", "altLabel", "hiddenLabel")


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: what it is, how it is called, and its other properties.

    ``kinds`` are its classes and ``said`` its properties by local name, values as text or IRI;
    ``broader`` is the notation of the broader concept.
    """

    iri: str
    notation: str
    kinds: frozenset[str]
    preferred: str
    labels: tuple[str, ...]
    broader: str | None
    said: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """The value of the property ``name``, ``None`` where it has none."""
        return self.said[name][0] if name in self.said else None

    def number(self, name: str) -> int | None:
        """The integer property ``name`` (``year``, ``chapterNumber``, ``firstPage``, ``lastPage``)."""
        value = self.one(name)
        return None if value is None else int(value)


def read(file: str) -> Mapping[str, Concept]:
    """The concepts of ``ontology/<file>`` by IRI, in the order of the file.

    Raises:
        CatalogueError: as :func:`read_with_schemes`.
    """
    return read_with_schemes(file)[0]


@cache
def read_with_schemes(file: str) -> tuple[Mapping[str, Concept], Mapping[str, str]]:
    """The same, and the names of the file's concept schemes by IRI; a file is read once.

    Raises:
        CatalogueError: the file is not Turtle; a concept lacks its notation or name, or has several; its
            broader concept is not there.
    """
    about = _about(file)
    found: dict[str, Concept] = {}
    schemes: dict[str, str] = {}
    for iri, said in about.items():
        kinds = frozenset(map(turtle.local, said["type"]))
        if "ConceptScheme" in kinds:
            schemes[iri] = said["prefLabel"][0]
        if "Concept" not in kinds:
            continue
        if len(said["notation"]) != 1 or len(said["prefLabel"]) != 1:
            raise CatalogueError(f"ontology/{file}: <{iri}> needs one skos:notation and one skos:prefLabel")
        notation, broader = said["notation"][0], None
        for above in said["broader"]:
            if above not in about or not about[above]["notation"]:
                raise CatalogueError(f"ontology/{file}: {notation} has the unknown broader <{above}>")
            broader = about[above]["notation"][0]
        labels = tuple(label for name in _LABELS for label in said[name])
        rest = {name: tuple(values) for name, values in said.items() if values and name not in _LABELS}
        found[iri] = Concept(iri, notation, kinds, said["prefLabel"][0], labels, broader, rest)
    return found, schemes


def _about(file: str) -> dict[str, dict[str, list[str]]]:
    """What a file states about each subject: values by the property's local name."""
    about: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    try:
        for subject, said in turtle.statements(resources.text("ontology", file)).items():
            for name, values in said.items():
                about[subject][turtle.local(name)] += values
    except SyntaxError as error:
        raise CatalogueError(f"ontology/{file}: {error}") from error
    return about
