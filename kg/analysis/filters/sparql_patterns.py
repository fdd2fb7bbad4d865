"""The SPARQL patterns of filters: each keeps the items (``?item``) that the facts keep."""

from collections.abc import Callable, Iterator, Sequence

from kg.analysis.filters.ranges import Range, Value
from kg.graph import iri
from kg.model import Party

Citing = tuple[str, ...]
"""The property of each party that must cite something, by which an item leads to its citations."""
Pattern = Callable[[Sequence[Value], Citing], Iterator[str]]

CITING: dict[str, Citing] = {
    Party.REVIEWER.value: ("imr:reviewerCitation",),
    Party.CLAIMS_ADMINISTRATOR.value: ("imr:claimsAdministratorCitation",),
    "any": ("(imr:reviewerCitation|imr:claimsAdministratorCitation)",),
    "both": ("imr:reviewerCitation", "imr:claimsAdministratorCitation"),
}
"""What each choice of a party follows; ``both`` must cite each."""


def union(alternatives: Iterator[str] | Sequence[str]) -> str:
    """A pattern that any of some patterns fulfils.

    >>> union(["?a ?b 1 ."]), union(["?a ?b 1 .", "?a ?b 2 ."])
    ('?a ?b 1 .', '{ ?a ?b 1 . } UNION { ?a ?b 2 . }')
    """
    several = list(alternatives)
    return several[0] if len(several) == 1 else " UNION ".join(f"{{ {pattern} }}" for pattern in several)


def each(pattern: Callable[[str], str]) -> Pattern:
    """A pattern for each value, of which an item fulfils any."""

    def made(values: Sequence[Value], _: Citing) -> Iterator[str]:
        yield union([pattern(str(value)) for value in values])

    return made


def of_case(name: str, scheme: str) -> Pattern:
    """The case has one of some concepts as its property ``name``."""

    def made(values: Sequence[Value], _: Citing) -> Iterator[str]:
        concepts = " ".join(_concept(scheme, str(value)) for value in values)
        yield f"?case imr:disputedItem ?item ; imr:{name} ?{name} . VALUES ?{name} {{ {concepts} }}"

    return made


def ranged(path: str, variable: str, condition: Callable[[Range, str], str]) -> Pattern:
    """What a path leads to fulfils a condition for one of some ranges."""

    def made(values: Sequence[Value], _: Citing) -> Iterator[str]:
        any_of = " || ".join(f"({condition(v, variable)})" for v in values if isinstance(v, Range))
        yield f"{path} {variable} . FILTER({any_of})"

    return made


def between(span: Range, number: str) -> str:
    """A number lies in a range, of which an end may be open."""
    ends = ((">=", span.first), ("<=", span.last))
    return " && ".join(f"{number} {sign} {end}" for sign, end in ends if end)


def years(span: Range, day: str) -> str:
    """A day lies in a range of years."""
    return f"YEAR({day}) >= {int(span.first)} && YEAR({day}) <= {int(span.last)}"


def days(span: Range, day: str) -> str:
    """A day lies in a range of days."""
    return f'{day} >= "{span.first}"^^xsd:date && {day} <= "{span.last}"^^xsd:date'


def category(values: Sequence[Value], _: Citing) -> Iterator[str]:
    """The service is one of some categories, or under one."""
    concepts = " ".join(_concept("service", str(value)) for value in values)
    yield f"?item imr:service/skos:broader? ?category . VALUES ?category {{ {concepts} }}"


def subcategory(values: Sequence[Value], _: Citing) -> Iterator[str]:
    """The service is one of some subcategories, of whichever category."""
    ends = " || ".join(f'STRENDS(STR(?service), "/{iri.slug(str(value))}")' for value in values)
    yield f"?item imr:service ?service . FILTER({ends})"


ON_ANY_SIDE = "imr:bodyPart|imr:leftBodyPart|imr:rightBodyPart|imr:bilateralBodyPart"
"""Spelled out, so that the row's query has the same answer on a server that entails nothing."""


def body_part(value: str) -> str:
    """A part on any side, or on one."""
    part, _, side = value.partition(":")
    says = f"imr:{side}BodyPart" if side else ON_ANY_SIDE
    return f"?item {says} {_concept('body-part', part)} ."


def ground(value: str) -> str:
    """A ground, met or not, or either."""
    name, _, way = value.partition(":")
    met = f" ; imr:met {'true' if way == 'met' else 'false'}" if way else ""
    return f"?item imr:ground ?stated . ?stated imr:groundClass {_concept('ground', name)}{met} ."


def drug(value: str) -> str:
    """A combination of ingredients and no others, or a class."""
    ingredients = [_concept("drug", name) for name in value.split("/")]
    others = (
        f"FILTER NOT EXISTS {{ ?item imr:drug ?other . FILTER(?other NOT IN ({', '.join(ingredients)})) }}"
    )
    classed = f"?item imr:drugClass/skos:prefLabel {_text(value)}@en"
    return f"{{ ?item imr:drug {', '.join(ingredients)} . {others} }} UNION {{ {classed} }}"


def specialty(value: str) -> str:
    """A specialty or subspecialty, by its preferred label or as printed."""
    of = "?case imr:disputedItem ?item ; imr:review/imr:reviewer"
    known = f"{of}/(imr:specialty|imr:subspecialty)/skos:prefLabel {_text(value)}@en ."
    printed = f"{of}/(imr:specialtyName|imr:subspecialtyName) {_text(value)} ."
    return union([known, printed])


def unit(value: str) -> str:
    """What the quantity counts."""
    return f"?item imr:quantityUnit {_concept('unit', value)} ."


def licence(value: str) -> str:
    """A state that licenses the reviewer, as printed."""
    return f"?case imr:disputedItem ?item ; imr:review/imr:reviewer/imr:licensedIn {_text(value)} ."


def guideline(values: Sequence[Value], citing: Citing) -> Iterator[str]:
    """Each party that must cites one of some places."""
    for number, cites in enumerate(citing):
        citation = f"?citing{number}"
        yield f"?item {cites} {citation} . {union([cited(str(value), citation) for value in values])}"


def cited(key: str, citation: str) -> str:
    """A citation is of a page, section, chapter, edition or work, or of something that it contains.

    A section that the vocabulary lacks is found by its printed title.
    """
    from kg.graph.concept_notations import UNPAGED

    place, title, slug = key.partition("#")
    concept = f"<{iri.concept('guideline', place)}>"
    if title:
        printed = f"?title{citation[1:]}"
        folded = f'REPLACE(REPLACE(LCASE({printed}), "[^a-z0-9]+", "-"), "^-|-$", "")'
        of = f"{citation} imr:citesGuideline {concept} ; imr:sectionTitle {printed} ."
        return f"{of} FILTER({folded} = {_text(slug)})"
    if "/page/" in key:
        return f"{citation} imr:citesPage {concept} ."
    if key.split("/")[0] in UNPAGED:  # sources of many kinds, whose editions are not in the vocabulary
        source = f"?source{citation[1:]}"
        under = f'STRSTARTS(STR({source}), "{concept[1:-1]}/")'
        return f"{citation} imr:citesGuideline {source} . FILTER({source} = {concept} || {under})"
    return f"{citation} (imr:citesSection|imr:citesGuideline/skos:broader*) {concept} ."


def edition(values: Sequence[Value], citing: Citing) -> Iterator[str]:
    """Each party that must cites something of one of some ranges of years."""
    from kg.graph.concept_notations import ONE_EDITION

    for number, cites in enumerate(citing):
        dated = f"?dated{number}"
        printed = f'xsd:integer(REPLACE(STR({dated}), "^.*/guideline/[^/]+/([0-9]{{4}})(/.*)?$", "$1"))'
        any_of = []
        for span in (value for value in values if isinstance(value, Range)):
            any_of.append(f"({printed} >= {int(span.first)} && {printed} <= {int(span.last)})")
            if alone := "|".join(work for work, year in ONE_EDITION.items() if year in span):
                any_of.append(f'REGEX(STR({dated}), "/guideline/({alone})(/|$)")')
        yield f"?item {cites}/imr:citesGuideline {dated} . FILTER({' || '.join(any_of)})"


def _concept(scheme: str, name: str) -> str:
    return f"<{iri.concept(scheme, iri.slug(name))}>"


def _text(value: str) -> str:
    from kg.graph.triples import escaped

    return f'"{escaped(value)}"'
