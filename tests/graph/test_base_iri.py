import os
import subprocess
import sys

PROGRAM = """
from kg import queries
from kg.graph import iri, jsonld
from kg.graph.vocab import IMR
print(IMR.outcome)
print(iri.case("A"))
print(queries.load("outcomes_by_page").bind().count("https://w3id.org/imr-kg/"))
print(jsonld.context()["@context"]["kg"])
"""


def test_another_base_iri_is_one_setting():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"KG_BASE_IRI": "https://example.org/imr/"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [
        "https://example.org/imr/ontology#outcome",
        "https://example.org/imr/case/A",
        "0",
        "https://example.org/imr/",
    ]
