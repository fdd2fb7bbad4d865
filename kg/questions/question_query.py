"""The SPARQL behind a question: what counts its decisions in the graph."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kg.analysis.filters import FILTERS, Filters, known_words
from kg.analysis.filters.ranges import Range
from kg.analysis.filters.sparql_patterns import CITING, ON_ANY_SIDE, between, days, union
from kg.graph import iri
from kg.model import Outcome, Party
from kg.questions.facets import facet_table, item_values
from kg.questions.question import Condition, Kind, Question

_HEAD = """\
PREFIX imr: <{ontology}#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX outcome: <{base}outcome/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

SELECT {by}(COUNT(DISTINCT ?item) AS ?decisions)
  (COUNT(DISTINCT ?letter) AS ?letters)
  (COUNT(DISTINCT ?won) AS ?{won})
WHERE {{
  ?letter imr:disputedItem ?item .
  ?item imr:outcome ?outcome .
  OPTIONAL {{ {counted} BIND(?item AS ?won) }}
{patterns}
}}{group}
"""
DIMENSIONS = {
    "year": "?letter imr:decisionDate ?date . BIND(YEAR(?date) AS ?year)",
    "month": "?letter imr:decisionDate ?date . BIND(SUBSTR(STR(?date), 1, 7) AS ?month)",
    "specialty": "?letter imr:review/imr:reviewer/(imr:specialty|imr:subspecialty) ?specialty .",
    "category": "?item imr:service/skos:broader? ?category . ?category skos:topConceptOf ?scheme .",
    "subcategory": "?item imr:service ?subcategory .",
    "body_part": f"?item {ON_ANY_SIDE} ?body_part .",
    "licence": "?letter imr:review/imr:reviewer/imr:licensedIn ?licence .",
    "sex": "?letter imr:workerSex ?sex .",
    "priority": "?letter imr:priority ?priority .",
    "ground": "?item imr:ground ?theGround . ?theGround imr:groundClass ?class ; imr:met ?met . "
    'BIND(CONCAT(REPLACE(STR(?class), "^.*/", ""), IF(?met, ":met", ":not-met")) AS ?ground)',
    "page": "?item {cites}/imr:citesPage ?page .",
}
"""What a decision has of a thing that answers are split by, where the graph counts as the facts do."""


def sparql(question: Question) -> str | None:
    """The query that counts the decisions of a question, ``None`` for one about a single case.

    It runs as it is at the SPARQL endpoint of the same generation.
    """
    conditions = (*question.where, *question.groups, *question.part)
    if question.case or not all(
        c.name in _FACETS if c.name in facet_table.ONLY_FACETS else FILTERS[c.name].pattern is not None
        for c in conditions
    ):
        return None
    lines = list(_patterns(question, question.where))
    if question.kind is Kind.PARTS and question.outcome:
        lines.append(f"?item imr:outcome outcome:{question.outcome.value} .")
    if question.groups:
        whole = "?letter imr:disputedItem ?item . "  # from which a negated group is taken away
        either = (
            whole * group.negated + " ".join(_patterns(question, (group,))) for group in question.groups
        )
        lines.append(" UNION ".join(f"{{ {pattern} }}" for pattern in either))
    cites = CITING[question.party.value][0]
    split = question.split if set(question.split) <= set(DIMENSIONS) else ()
    lines += [DIMENSIONS[name].format(cites=cites) for name in split]
    by = "".join(f"?{name} " for name in split)
    outcome = question.outcome.value if question.outcome else "overturned"
    return _HEAD.format(
        ontology=iri.ONTOLOGY,
        base=iri.BASE,
        by=by,
        won="part" if question.kind is Kind.PARTS else outcome,
        # The item first, or what is not so (MINUS) would be taken from nothing.
        counted=" ".join(["?letter imr:disputedItem ?item .", *_patterns(question, question.part)])
        if question.kind is Kind.PARTS
        else f"?item imr:outcome outcome:{outcome}",
        patterns="\n".join(f"  {line}" for line in lines),
        group=f" GROUP BY {by}ORDER BY {by}".rstrip() if by else "",
    )


_LETTER = {
    "mixed": "{some} imr:outcome outcome:overturned . {other} imr:outcome outcome:upheld .",
    **{f"any_{ended}": f"{{some}} imr:outcome outcome:{ended} ." for ended in Outcome},
    **{f"all_{ended}": f"{{none}} ?ended != outcome:{ended}) }}}}" for ended in Outcome},
}


def _letter(value: str, _: Question) -> str:
    every = (
        "?letter imr:disputedItem ?item . "
        "FILTER NOT EXISTS { ?letter imr:disputedItem/imr:outcome ?ended FILTER("
    )
    pattern = _LETTER[value].format(
        some="?letter imr:disputedItem ?item, ?some . ?some",
        other="?letter imr:disputedItem ?other . ?other",
        none=every,
    )
    return f"SELECT DISTINCT ?item WHERE {{ {pattern} }}"


def _items(value: str, _: Question) -> str:
    bounds = between(_range("items", value), "COUNT(?each)")
    inner = (
        "SELECT ?letter WHERE { ?letter imr:disputedItem ?each . ?each imr:outcome ?ended } "
        f"GROUP BY ?letter HAVING ({bounds})"
    )
    return f"{{ {inner} }} ?letter imr:disputedItem ?item ."


def _basis(value: str, question: Question) -> str:
    party = "reviewer" if question.party is Party.REVIEWER else "claimsAdministrator"
    return f'?item imr:{party}Basis/skos:notation "{value}" .'


def _on_day(facet: str, path: str) -> Callable[[str, Question], str]:
    """What a letter's date, to which a path leads, lies in."""

    def made(value: str, _: Question) -> str:
        day = f"?{facet}"
        return f"?case imr:disputedItem ?item ; {path} {day} . FILTER({days(_range(facet, value), day)})"

    return made


def _service(value: str, _: Question) -> str:
    """A category, a subcategory, a drug or a class of drugs."""
    kinds = (("category", known_words.categories), ("subcategory", known_words.subcategories))
    found = [
        Filters.of(**{name: value})
        for name, known in (*kinds, ("drug", known_words.drugs))
        if value in known()
    ]
    return union([" ".join(one.patterns(CITING["any"])) for one in found])


def _together(value: str, question: Question) -> str:
    """A letter, another or the same item of which is called so."""
    name, _, ended = value.partition(":")
    other = _service(name, question).replace("?item", "?beside")
    end = f"outcome:{ended}" if ended else "?ended"
    decided = f"?letter imr:disputedItem ?beside . ?beside imr:outcome {end} ."
    return f"{{ SELECT DISTINCT ?letter WHERE {{ {decided} {other} }} }} ?letter imr:disputedItem ?item ."


def _range(facet: str, value: str) -> Range:
    """The range that a value of a facet is."""
    read = facet_table.FACETS[facet].kind.read(facet, value)
    assert isinstance(read, Range)
    return read


def _item_says(pattern: str) -> str:
    """An item the text of which a regular expression finds."""
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'?item imr:itemText ?says . FILTER(REGEX(?says, "{escaped}", "i"))'


_FACETS: dict[str, Callable[[str, Question], str]] = {
    "letter": _letter,
    "outcome": lambda value, _: f"?item imr:outcome outcome:{value} .",
    "items": _items,
    "basis": _basis,
    "injury_date": _on_day("injury_date", "imr:dateOfInjury"),
    "denial_date": _on_day("denial_date", "imr:urDenialDate"),
    "application_date": _on_day("application_date", "imr:applicationReceived"),
    "assignment_date": _on_day("assignment_date", "imr:dateAssigned"),
    "item_words": lambda value, _: _item_says(item_values.words_pattern(value)),
    "treatment": lambda value, _: _item_says(item_values.words_pattern(*item_values.treatments()[value])),
    "strength": lambda value, _: _item_says(item_values.strength_pattern(value)),
    "service": _service,
    "together": _together,
    "surgical": lambda value, _: (
        "?item imr:associatedSurgicalService true ."
        if value == "true"
        else "?letter imr:disputedItem ?item . FILTER NOT EXISTS { ?item imr:associatedSurgicalService true }"
    ),
}
"""The patterns of the facets that the graph has."""


def _patterns(question: Question, conditions: tuple[Condition, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for condition in conditions:
        of = replace(question, party=condition.party or question.party)
        if condition.name in facet_table.ONLY_FACETS:
            pattern = " UNION ".join(
                f"{{ {_FACETS[condition.name](value, of)} }}" for value in condition.values
            )
        else:
            filters = Filters.of(**{condition.name: condition.values})
            pattern = " ".join(filters.patterns(CITING[of.party.value]))
        # Another condition of a filter may hold by another citation or ground: only the item is shared.
        apart = f"SELECT DISTINCT ?item WHERE {{ {pattern} }}"
        if condition.negated:
            yield f"MINUS {{ {apart} }}"
        else:
            yield f"{{ {apart} }}" if condition.name in seen else pattern
            seen.add(condition.name)
