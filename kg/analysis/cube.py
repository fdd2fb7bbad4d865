"""A drivers table as RDF Data Cube observations, so that a figure can be cited and computed again.

The data set says from which generation of the base and with which version of the code it was made,
under which filters, and brings the definition of its own structure (https://www.w3.org/TR/vocab-data-cube/).
"""

from collections.abc import Iterator
from urllib.parse import quote

from rdflib.namespace import DCTERMS, QB, RDF, RDFS, XSD

from kg.analysis.drivers import HELP, DriverRow, Drivers
from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import IMR

STATISTIC = f"{iri.BASE}statistic/"
STRUCTURE = f"{STATISTIC}drivers"

COUNTS = {
    "decisions": "Decisions in which the key is cited.",
    "upheld": "Of these, those in which the denial stands.",
    "overturned": "Of these, those in which the treatment was found necessary.",
    "modified": "Of these, those in which a part of it was found necessary.",
}
FIGURES = {
    "overturn_rate": "The share of the decisions that was overturned.",
    "rate_low": "Lower end of Wilson's 95 % interval of the overturn rate.",
    "rate_high": "Upper end of Wilson's 95 % interval of the overturn rate.",
    "odds_ratio": "Crude odds ratio of overturned against all other decisions under the filters.",
    "odds_ratio_low": "Lower end of its 95 % interval, exact below 1,000 decisions, else by score.",
    "odds_ratio_high": "Upper end of its 95 % interval, exact below 1,000 decisions, else by score.",
    "mh_odds_ratio": "Mantel-Haenszel odds ratio over the strata.",
    "mh_low": "Lower end of its 95 % interval (Robins, Breslow and Greenland).",
    "mh_high": "Upper end of its 95 % interval (Robins, Breslow and Greenland).",
    "adjusted_odds_ratio": "Odds ratio in one penalised model of all keys, category and specialty.",
    "adjusted_low": "Lower end of its 95 % interval, allowing for items of one letter being alike.",
    "adjusted_high": "Upper end of its 95 % interval, allowing for items of one letter being alike.",
    "q_value": "False discovery rate of the adjusted odds ratio over the table (Benjamini-Yekutieli).",
}


def data_set(found: Drivers, generation: str) -> str:
    """The IRI of the data set: of a generation, level, party, strata, minimum and filters."""
    asked = "&".join(f"{name}={','.join(map(str, value))}" for name, value in found.filters.given().items())
    name = f"{generation}/{found.level}/{found.party}/{found.strata}/{found.minimum}"
    return f"{STRUCTURE}/{quote(name)}" + (f"/{quote(asked, safe='')}" if asked else "")


def n_triples(found: Drivers, generation: str, code_version: str) -> str:
    """The structure, the data set and an observation for each row, as N-Triples (which is Turtle too).

    Keys that the catalogue does not name, sections known by their printed title only, are left out.
    """
    lines = [*_structure(), *_described(found, generation, code_version)]
    for row in found.rows:
        if "#" not in row.key:
            lines += _observation(data_set(found, generation), row)
    return "".join(f"{line} .\n" for line in lines)


def _structure() -> Iterator[str]:
    yield f"<{STRUCTURE}> <{RDF.type}> <{QB.DataStructureDefinition}>"
    yield f'<{STRUCTURE}> <{RDFS.label}> "drivers of outcomes"@en'
    yield f"<{STRUCTURE}> <{QB.component}> <{IMR.ByConcept}>"
    for name, meaning in (COUNTS | FIGURES).items():
        measure = _measure(name)
        component = f"{STRUCTURE}/component/{name}"
        kind = XSD.integer if name in COUNTS else XSD.double
        yield f"<{STRUCTURE}> <{QB.component}> <{component}>"
        yield f"<{component}> <{RDF.type}> <{QB.ComponentSpecification}>"
        yield f"<{component}> <{QB.measure}> <{measure}>"
        yield f"<{measure}> <{RDF.type}> <{QB.MeasureProperty}>"
        yield f'<{measure}> <{RDFS.label}> "{name.replace("_", " ")}"@en'
        yield f'<{measure}> <{RDFS.comment}> "{meaning}"@en'
        yield f"<{measure}> <{RDFS.range}> <{kind}>"


def _described(found: Drivers, generation: str, code_version: str) -> Iterator[str]:
    cube = f"<{data_set(found, generation)}>"
    yield f"{cube} <{RDF.type}> <{QB.DataSet}>"
    yield f"{cube} <{QB.structure}> <{STRUCTURE}>"
    title = f"Drivers of outcomes by {found.level}, cited by {found.party}: {found.filters}"
    yield f'{cube} <{DCTERMS.title}> "{escaped(title)}"@en'
    yield f'{cube} <{DCTERMS.description}> "{escaped(" ".join((HELP, *found.notes)))}"@en'
    yield f'{cube} <{DCTERMS.hasVersion}> "{escaped(generation)}"'
    yield f"{cube} <{DCTERMS.source}> <{iri.BASE}dataset/{quote(generation)}>"
    told = f"Computed by imr-kg {code_version}; strata {found.strata}; minimum count {found.minimum}"
    yield f'{cube} <{DCTERMS.provenance}> "{escaped(told)}"@en'
    for name in COUNTS:
        yield f'{cube} <{_measure(name)}> "{getattr(found, name)}"^^<{XSD.integer}>'


def _observation(cube: str, row: DriverRow) -> Iterator[str]:
    subject = f"<{cube}/{row.key}>"
    yield f"{subject} <{RDF.type}> <{QB.Observation}>"
    yield f"{subject} <{QB.dataSet}> <{cube}>"
    yield f"{subject} <{IMR.countedConcept}> <{iri.BASE}guideline/{row.key}>"
    for name in COUNTS:
        yield f'{subject} <{_measure(name)}> "{getattr(row, name)}"^^<{XSD.integer}>'
    for name in FIGURES:
        value = getattr(row, name)
        if value is not None:
            yield f'{subject} <{_measure(name)}> "{value!r}"^^<{XSD.double}>'


def _measure(name: str) -> str:
    return f"{STATISTIC}{name.replace('_', '-')}"
