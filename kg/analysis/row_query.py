"""The SPARQL query that counts one row of a drivers table in the graph, as the facts counted it."""

from collections.abc import Iterator

from kg.analysis.decisions import ONE_EDITION
from kg.analysis.drivers import Drivers
from kg.analysis.filters import Filters, Value
from kg.graph import iri
from kg.graph.triples import UNPAGED, escaped
from kg.model import Party

_HEAD = """\
PREFIX imr: <{ontology}#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX outcome: <{base}outcome/>

SELECT (COUNT(?item) AS ?decisions)
  (COALESCE(SUM(IF(?outcome = outcome:upheld, 1, 0)), 0) AS ?upheld)
  (COALESCE(SUM(IF(?outcome = outcome:overturned, 1, 0)), 0) AS ?overturned)
  (COALESCE(SUM(IF(?outcome = outcome:modified, 1, 0)), 0) AS ?modified)
WHERE {{
  SELECT DISTINCT ?item ?outcome WHERE {{
    ?item imr:outcome ?outcome .
{patterns}
  }}
}}
"""

_CITES = {
    Party.REVIEWER.value: ("imr:reviewerCitation",),
    Party.CLAIMS_ADMINISTRATOR.value: ("imr:claimsAdministratorCitation",),
    "any": ("(imr:reviewerCitation|imr:claimsAdministratorCitation)",),
    "both": ("imr:reviewerCitation", "imr:claimsAdministratorCitation"),
}


def sparql(found: Drivers, key: str) -> str:
    """The query that counts the row ``key``: decisions, upheld, overturned, modified.

    It can be run as it is at the SPARQL endpoint of the same generation. A section that the catalogue
    lacks is found by its printed title.

    Raises:
        UnknownError: the table has no such key; the sentence names the nearest.
    """
    row = found.row(key)
    lines: list[str] = []
    for number, cites in enumerate(_CITES[found.party]):
        citation = f"?citation{number}"
        lines += [f"?item {cites} {citation} .", *_keyed(found.level, row.key, citation)]
    if found.filters.edition and found.level == "guideline":  # other keys are of the edition themselves
        lines += _dated(found.filters.edition, _CITES[found.party])
    lines += _filtered(found.filters)
    patterns = "\n".join(f"    {line}" for line in lines)
    return _HEAD.format(ontology=iri.ONTOLOGY, base=iri.BASE, patterns=patterns)


def _keyed(level: str, key: str, citation: str) -> Iterator[str]:
    if level == "page":
        edition, _, number = key.rpartition("/page/")
        yield f"{citation} imr:citesPage <{iri.page(edition, int(number))}> ."
    elif "#" in key:
        guideline, _, slug = key.partition("#")
        title = f"?title{citation[-1]}"
        of = f"<{iri.concept('guideline', guideline)}>"
        yield f"{citation} imr:citesGuideline {of} ; imr:sectionTitle {title} ."
        folded = f'REPLACE(REPLACE(LCASE({title}), "[^a-z0-9]+", "-"), "^-|-$", "")'
        yield f'FILTER({folded} = "{escaped(slug)}")'
    elif level == "section":
        yield f"{citation} imr:citesSection <{iri.concept('guideline', key)}> ."
    elif key.split("/")[0] in UNPAGED:  # sources of many kinds, whose editions are not in the catalogue
        iris = iri.concept("guideline", key)
        cited = f"?cited{citation[-1]}"
        yield f"{citation} imr:citesGuideline {cited} ."
        yield f'FILTER({cited} = <{iris}> || STRSTARTS(STR({cited}), "{iris}/"))'
    else:
        path = "imr:citesGuideline" if level == "chapter" else "imr:citesGuideline/skos:broader*"
        yield f"{citation} {path} <{iri.concept('guideline', key)}> ."


def _dated(years: tuple[int, ...], cites: tuple[str, ...]) -> Iterator[str]:
    """Something of one of the years is cited; where both parties must, the same edition."""
    alone = [work for work, year in ONE_EDITION.items() if year in years]
    dated = "|".join((*alone, f"[^/]+/({'|'.join(map(str, years))})"))
    pattern = f"^.*/guideline/({dated})(/.*)?$"
    for number, citation in enumerate(cites):
        yield f"?item {citation}/imr:citesGuideline ?dated{number} ."
        yield f'FILTER(REGEX(STR(?dated{number}), "{pattern}"))'
    if len(cites) > 1:
        editions = (f'REPLACE(STR(?dated{number}), "{pattern}", "$1")' for number in range(len(cites)))
        yield f"FILTER({' = '.join(editions)})"


def _filtered(filters: Filters) -> Iterator[str]:
    """The patterns of the filters, but for the edition."""
    if filters.year or filters.template or filters.specialty:
        yield "?case imr:disputedItem ?item ."
    if filters.year:
        yield f"?case imr:decisionDate ?date . FILTER(YEAR(?date) IN ({', '.join(map(str, filters.year))}))"
    if filters.template:
        templates = " ".join(f"<{iri.concept('template', iri.slug(name))}>" for name in filters.template)
        yield f"?case imr:template ?template . VALUES ?template {{ {templates} }}"
    if filters.category:
        services = " ".join(f"<{iri.concept('service', iri.slug(name))}>" for name in filters.category)
        yield f"?item imr:service/skos:broader? ?category . VALUES ?category {{ {services} }}"
    if filters.subcategory:
        ends = " || ".join(f'STRENDS(STR(?service), "/{iri.slug(name)}")' for name in filters.subcategory)
        yield f"?item imr:service ?service . FILTER({ends})"
    yield from _alternatives(_body_part(part) for part in filters.body_part)
    yield from _alternatives(_drug(name) for name in filters.drug)
    yield from _alternatives(_specialty(name) for name in filters.specialty)


def _alternatives(patterns: Iterator[str]) -> Iterator[str]:
    if any_of := list(patterns):
        yield " UNION ".join(f"{{ {pattern} }}" for pattern in any_of)


def _body_part(value: Value) -> str:
    part, _, side = str(value).partition(":")
    return (
        f"?item imr:{side + 'BodyPart' if side else 'bodyPart'} <{iri.concept('body-part', iri.slug(part))}>"
    )


def _drug(value: Value) -> str:
    """A combination of ingredients and no others, or a class."""
    ingredients = [f"<{iri.concept('drug', iri.slug(name))}>" for name in str(value).split("/")]
    others = (
        f"FILTER NOT EXISTS {{ ?item imr:drug ?other . FILTER(?other NOT IN ({', '.join(ingredients)})) }}"
    )
    label = f'skos:prefLabel "{escaped(str(value))}"@en'
    top = "FILTER NOT EXISTS { ?class skos:broader ?wider }"
    classed = f"?item imr:drug/skos:broader* ?class . ?class {label} . {top}"
    return f"{{ ?item imr:drug {', '.join(ingredients)} . {others} }} UNION {{ {classed} }}"


def _specialty(value: Value) -> str:
    name, reviewer = escaped(str(value)), "?case imr:review/imr:reviewer"
    known = f'{reviewer}/(imr:specialty|imr:subspecialty)/skos:prefLabel "{name}"@en'
    printed = f'{reviewer}/(imr:specialtyName|imr:subspecialtyName) "{name}"'
    return f"{{ {known} }} UNION {{ {printed} }}"
