"""The SPARQL behind a question: what counts its decisions in the graph."""

from collections.abc import Iterator

from kg.analysis.filters import Filters
from kg.analysis.filters.sparql_patterns import CITING, ON_ANY_SIDE
from kg.graph import iri
from kg.questions.question import Condition, Question

_HEAD = """\
PREFIX imr: <{ontology}#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX outcome: <{base}outcome/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

SELECT {by}(COUNT(DISTINCT ?item) AS ?decisions)
  (COUNT(DISTINCT ?letter) AS ?letters)
  (COUNT(DISTINCT ?won) AS ?{outcome})
WHERE {{
  ?letter imr:disputedItem ?item .
  ?item imr:outcome ?outcome .
  OPTIONAL {{ ?item imr:outcome outcome:{outcome} BIND(?item AS ?won) }}
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
    if question.case:
        return None
    lines = list(_patterns(question, question.where))
    if question.groups:
        either = (" ".join(_patterns(question, (group,))) for group in question.groups)
        lines.append(" UNION ".join(f"{{ {pattern} }}" for pattern in either))
    cites = CITING[question.party.value][0]
    split = question.split if set(question.split) <= set(DIMENSIONS) else ()
    lines += [DIMENSIONS[name].format(cites=cites) for name in split]
    by = "".join(f"?{name} " for name in split)
    return _HEAD.format(
        ontology=iri.ONTOLOGY,
        base=iri.BASE,
        by=by,
        outcome=question.outcome.value if question.outcome else "overturned",
        patterns="\n".join(f"  {line}" for line in lines),
        group=f" GROUP BY {by}ORDER BY {by}".rstrip() if by else "",
    )


def _patterns(question: Question, conditions: tuple[Condition, ...]) -> Iterator[str]:
    citing = CITING[question.party.value]
    seen: set[str] = set()
    for condition in conditions:
        pattern = " ".join(Filters.of(**{condition.name: condition.values}).patterns(citing))
        # Another condition of a filter may hold by another citation or ground: only the item is shared.
        apart = f"SELECT DISTINCT ?item WHERE {{ {pattern} }}"
        if condition.negated:
            yield f"MINUS {{ {apart} }}"
        else:
            yield f"{{ {apart} }}" if condition.name in seen else pattern
            seen.add(condition.name)
