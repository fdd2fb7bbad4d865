"""The SPARQL query that counts one row of a drivers table in the graph, as the facts counted it."""

from kg.analysis.drivers import Drivers
from kg.analysis.filters.sparql_patterns import CITING, cited
from kg.graph import iri

_HEAD = """\
PREFIX imr: <{ontology}#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX outcome: <{base}outcome/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

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


def sparql(found: Drivers, key: str | None = None) -> str:
    """The query that counts the row ``key``, or all decisions: decisions, upheld, overturned, modified.

    It can be run as it is at the SPARQL endpoint of the same generation. A section that the catalogue
    lacks is found by its printed title.

    Raises:
        UnknownError: the table has no such key; the sentence names the nearest.
    """
    citing = CITING[found.party]
    lines: list[str] = []
    for number, cites in enumerate(citing if key is not None else ()):
        citation = f"?citation{number}"
        lines.append(f"?item {cites} {citation} . {cited(found.row(key or '').key, citation)}")
    lines += found.filters.patterns(citing)
    patterns = "\n".join(f"    {line}" for line in lines)
    return _HEAD.format(ontology=iri.ONTOLOGY, base=iri.BASE, patterns=patterns)
