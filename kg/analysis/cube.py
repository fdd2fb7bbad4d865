"""A drivers table as RDF Data Cube observations, so that a figure can be cited and computed again.

The counts are one data set (``imr:OutcomeCounts``: by what is cited and by outcome), the rates, odds
ratios and q-values another (``imr:OutcomeFigures``: by what is cited and by statistic), because an
observation must have every measure of its structure, and not every row has every figure. Both say from
which generation of the base and by which version of the code they were computed, and how to compute them
again, and bring the definition of their structures (https://www.w3.org/TR/vocab-data-cube/).
"""

import shlex
from collections.abc import Iterator, Sequence

import pyoxigraph as ox
import rdflib.namespace
from rdflib.namespace import OWL, RDF, RDFS, SKOS, XSD

from kg import resources
from kg.analysis.covariates import NOTHING
from kg.analysis.decisions import OUTCOMES
from kg.analysis.drivers import HELP, DriverRow, Drivers
from kg.analysis.shown_columns import columns, names
from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import DCTERMS, IMR, QB

FIGURES = names(DriverRow, "figure", "low", "high")
"""The columns of a drivers table that are figures; each is a concept of the scheme ``statistic``."""

_STRUCTURE = (
    *(IMR.OutcomeCounts, IMR.OutcomeFigures, IMR.ByConcept, IMR.ByOutcome, IMR.ByStatistic, IMR.OfItems),
    *(IMR.OfFigures, IMR.countedConcept, IMR.countedOutcome, IMR.statistic, IMR.itemCount, IMR.figure),
)
_SCHEMES = tuple(f"{iri.BASE}{scheme}" for scheme in ("outcome", "statistic"))
_PREFIXES = {
    "imr": f"{iri.ONTOLOGY}#",
    "qb": str(rdflib.namespace.QB),
    "dcterms": str(rdflib.namespace.DCTERMS),
    "owl": str(OWL),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "xsd": str(XSD),
}


def data_sets(found: Drivers, generation: str) -> tuple[str, str]:
    """The IRIs of the data sets of counts and of figures; equal questions of a generation have equal ones."""
    path = _path(found, generation)
    return iri.dataset(*path, "counts"), iri.dataset(*path, "figures")


def n_triples(found: Drivers, generation: str, code_version: str) -> str:
    """The structures, both data sets and their observations, as N-Triples.

    Keys that the catalogue does not name, sections known by their printed title only, are left out.
    """
    rows = [row for row in found.rows if "#" not in row.key]
    lines = [*_structures(), *_described(found, generation, code_version, len(rows))]
    counts, figures = data_sets(found, generation)
    path = _path(found, generation)
    for row in rows:
        lines += _counted(path, counts, row)
        lines += _figured(path, figures, row)
    return "".join(f"{line} .\n" for line in lines)


def turtle(found: Drivers, generation: str, code_version: str) -> str:
    """What :func:`n_triples` gives, as Turtle with prefixes."""
    return as_turtle(n_triples(found, generation, code_version))


def as_turtle(triples_text: str) -> str:
    """N-Triples as Turtle with prefixes."""
    triples = ox.parse(triples_text, format=ox.RdfFormat.N_TRIPLES)
    text = ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES)
    return (text or b"").decode()


def again(found: Drivers) -> str:
    """The command that computes a table again from the same generation.

    >>> from kg.analysis.filters import Filters
    >>> import polars as pl
    >>> asked = Filters.of(year=2015, category="Home Health")
    >>> again(Drivers("page", "any", asked, 10, ("year",), 0, 0, 0, 0, 0, 0, "", pl.DataFrame()))
    "kg drivers --level page --party any --minimum 10 --adjust year --year 2015 --category 'Home Health'"
    """
    words = ["kg", "drivers", "--level", found.level, "--party", found.party]
    words += ["--minimum", str(found.minimum), "--adjust", ",".join(found.adjust or (NOTHING,))]
    for name, values in found.filters.written().items():
        for value in values:
            words += [f"--{name.replace('_', '-')}", value]
    return shlex.join(words)


def _path(found: Drivers, generation: str) -> tuple[str, ...]:
    """The generation and the question, as the path of an IRI."""
    filters = (f"{name}={value}" for name, value in sorted(found.filters.pairs()))  # a value may have commas
    equal = ",".join(found.adjust or (NOTHING,))
    return (generation, "drivers", found.level, found.party, equal, str(found.minimum), *filters)


def _structures() -> Iterator[str]:
    """What the ontology says of the two structures and of their code lists."""
    wanted = {*map(str, _STRUCTURE), *_SCHEMES}
    named = set()
    text = iri.rebased(resources.text("ontology", "imr.ttl"))
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        subject = quad.subject
        if isinstance(subject, ox.NamedNode) and (
            subject.value in wanted or subject.value.startswith(tuple(f"{scheme}/" for scheme in _SCHEMES))
        ):
            named.add(subject.value)
            yield str(quad.triple)
    for column in columns(DriverRow):
        concept = iri.concept("statistic", iri.slug(column.name))
        if column.name in FIGURES and concept not in named:
            yield f"<{concept}> <{RDF.type}> <{SKOS.Concept}>"
            yield f'<{concept}> <{SKOS.prefLabel}> "{escaped(column.column.meaning)}"@en'
            yield f"<{concept}> <{SKOS.inScheme}> <{_SCHEMES[1]}>"


def _described(found: Drivers, generation: str, code_version: str, rows: int) -> Iterator[str]:
    about = f"outcomes by {found.level}, cited by {found.party}: {found.filters}"
    left_out = len(found) - rows
    said = [f"{found.verdict[0].upper()}{found.verdict[1:]}.", HELP, *found.notes]
    said += [f"{left_out} unmatched titles are left out."] if left_out else []
    said += [
        f"{found.decisions} decisions: {found.upheld} upheld, {found.overturned} overturned, "
        f"{found.modified} modified."
    ]
    told = f"Computed by imr-kg {code_version} from generation {generation}: {again(found)}"
    structures = (IMR.OutcomeCounts, IMR.OutcomeFigures)
    for subject, structure, kind in zip(
        data_sets(found, generation), structures, ("Counts", "Figures"), strict=True
    ):
        yield f"<{subject}> <{RDF.type}> <{QB.DataSet}>"
        yield f"<{subject}> <{QB.structure}> <{structure}>"
        yield f'<{subject}> <{DCTERMS.title}> "{escaped(f"{kind} of {about}")}"@en'
        yield f'<{subject}> <{DCTERMS.description}> "{escaped(" ".join(said))}"@en'
        yield f'<{subject}> <{DCTERMS.hasVersion}> "{escaped(generation)}"'
        yield f"<{subject}> <{DCTERMS.source}> <{iri.dataset(generation)}>"
        yield f'<{subject}> <{DCTERMS.provenance}> "{escaped(told)}"@en'


def _counted(path: Sequence[str], data_set: str, row: DriverRow) -> Iterator[str]:
    for outcome in OUTCOMES:
        subject = f"<{_subject(path, row, outcome)}>"
        yield from _observation(subject, data_set, row)
        yield f"{subject} <{IMR.countedOutcome}> <{iri.concept('outcome', outcome)}>"
        yield f'{subject} <{IMR.itemCount}> "{getattr(row, outcome)}"^^<{XSD.integer}>'


def _figured(path: Sequence[str], data_set: str, row: DriverRow) -> Iterator[str]:
    for name in FIGURES:
        if (value := getattr(row, name)) is not None:
            subject = f"<{_subject(path, row, name)}>"
            yield from _observation(subject, data_set, row)
            yield f"{subject} <{IMR.statistic}> <{iri.concept('statistic', iri.slug(name))}>"
            yield f'{subject} <{IMR.figure}> "{value!r}"^^<{XSD.double}>'


def _observation(subject: str, data_set: str, row: DriverRow) -> Iterator[str]:
    edition, mark, page = row.key.rpartition("/page/")
    cited = iri.page(edition, int(page)) if mark else iri.concept("guideline", row.key)
    yield f"{subject} <{RDF.type}> <{QB.Observation}>"
    yield f"{subject} <{QB.dataSet}> <{data_set}>"
    yield f"{subject} <{IMR.countedConcept}> <{cited}>"


def _subject(path: Sequence[str], row: DriverRow, name: str) -> str:
    return iri.dataset(*path, *row.key.split("/"), iri.slug(name))
