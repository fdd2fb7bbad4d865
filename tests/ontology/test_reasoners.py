"""HermiT and ELK load the ontology as it is published, and find nothing wrong with it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kg import resources
from kg.graph.profile import owl_dl

PYTHON = Path(__file__).parents[2] / ".make" / "reasoners" / "bin" / "python"
SCRIPT = Path(__file__).parents[1] / "reasoners.py"
CONTRADICTION = """
@prefix imr: <https://w3id.org/imr-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
imr:Impossible a owl:Class ; rdfs:subClassOf imr:Determination, imr:Reviewer .
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not shutil.which("java"), reason="reasoners need Java"),
    pytest.mark.skipif(not PYTHON.exists(), reason="needs: make programs"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the reasoners say of the ontology, its profile, and an ontology with a contradiction."""
    folder = tmp_path_factory.mktemp("reasoners")
    published = resources.text("ontology", "imr.ttl")
    (folder / "published.ttl").write_text(published, encoding="utf-8")
    (folder / "profile.ttl").write_bytes(owl_dl(published))
    (folder / "wrong.ttl").write_bytes(owl_dl(published + CONTRADICTION))
    names = ["published.ttl", "profile.ttl", "wrong.ttl"]
    command = [PYTHON, SCRIPT, *(folder / name for name in names)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", ["published.ttl", "profile.ttl"])
def test_the_ontology_is_in_owl_2_dl_and_satisfiable(told, name):
    said = told[name]
    assert said["classes"] > 40
    assert said["violations"] == []
    assert said["unsatisfiable"] == {"HermiT": [], "ELK": []}


def test_a_planted_contradiction_is_found(told):
    impossible = ["https://w3id.org/imr-kg/ontology#Impossible"]
    assert told["wrong.ttl"]["unsatisfiable"] == {"HermiT": impossible, "ELK": impossible}
