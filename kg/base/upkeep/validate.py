"""Hold a knowledge base to ``ontology/shapes.ttl`` and say which case breaks which rule.

pySHACL judges some letters at a time by what is in memory. The rules in SPARQL, which compare nodes of
several letters, are asked of the store: once for a whole base, or for each node of the letters chosen.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from kg import resources
from kg.base.graphs import case_quads, open_read_only
from kg.base.store import KnowledgeBase
from kg.errors import IriError
from kg.graph import iri
from kg.graph.vocab import IMR

CHUNK = 100
"""Letters that are held to the shapes together: their triples are in memory."""

# Each part of a letter is led to by one of these; a part without is not found by walking from its case.
_LED_TO = {
    IMR.Review: (IMR.review,),
    IMR.Reviewer: (IMR.reviewer,),
    IMR.DisputedItem: (IMR.disputedItem,),
    IMR.Citation: (IMR.claimsAdministratorCitation, IMR.reviewerCitation),
    IMR.Rationale: (IMR.rationale,),
    IMR.Ground: (IMR.ground,),
    IMR.Mention: (IMR.mention,),
    IMR.Problem: (IMR.problem,),
}
_LETTER = frozenset((IMR.Determination, *_LED_TO))


class Finding(NamedTuple):
    """A rule that is broken: by which case (``None``: by what letters share), where and how."""

    case: str | None
    severity: str
    """``violation`` or ``warning``."""
    focus: str
    """The IRI of what breaks the rule."""
    path: str | None
    """The property that the rule is about, where it is one property."""
    value: str | None
    message: str

    def __str__(self) -> str:
        place = self.focus.removeprefix(iri.BASE)
        shown = f", found {self.value.removeprefix(iri.BASE)}" if self.value else ""
        about = f" ({self.path.rpartition('#')[2]}{shown})" if self.path else shown
        return f"{place}: {self.severity}: {self.message}{about}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what was found."""

    letters: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether no rule is violated; warnings may be there."""
        return not any(finding.severity == "violation" for finding in self.findings)

    def __str__(self) -> str:
        violations = sum(finding.severity == "violation" for finding in self.findings)
        warnings = len(self.findings) - violations
        head = f"{self.letters} letters checked: {violations} violations, {warnings} warnings"
        return "\n".join([head, *map(str, self.findings)])


def validate(
    base: KnowledgeBase,
    *,
    sample: int | None = None,
    case: str | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Hold all letters of a base, a random ``sample`` of them or one ``case`` to the shapes.

    What letters share (pages, catalogues) is checked with all letters. ``on_progress`` is told how
    many letters are done of how many.

    Raises:
        UnknownError: the base has no such case.
        BaseError: the base cannot be opened.
    """
    store = open_read_only(base.graph_folder)
    if case is not None:
        case = base.spelled(case)
        cases = [case]
    else:
        cases = base.cases()
        if sample is not None and sample < len(cases):
            cases = sorted(random.Random(seed).sample(cases, sample))  # noqa: S311
    return validate_store(
        store, cases, whole=case is None and len(cases) == len(base), on_progress=on_progress
    )


def validate_store(
    store: ox.Store,
    cases: Sequence[str],
    *,
    whole: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Hold the letters of ``cases`` to the shapes; ``whole`` adds strays and what letters share."""
    findings: list[Finding] = []
    if whole:
        named = {_case_of(subject.value) for subject in _typed(store, IMR.Determination)} | set(cases)
        strays = _strays(store)
        cases = sorted(named.union(strays) - {None})  # type: ignore[arg-type]
        findings += _check(_shared_shapes(), _shared(store), store)
        findings += (finding for rule in _rules() for finding in _asked(store, rule))
    else:
        strays = {}
    done = 0
    for chunk in _chunks(cases, CHUNK):
        quads = [quad for case in chunk for quad in case_quads(store, case)]
        quads += [quad for case in chunk for node in strays.get(case, ()) for quad in _about(store, node)]
        findings += _check(_letter_shapes(), quads, store)
        if not whole:
            nodes = {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}
            findings += (f for rule in _rules() for node in nodes for f in _asked(store, rule, node))
        done += len(chunk)
        if on_progress is not None:
            on_progress(done, len(cases))
    found = set(findings)
    return Report(
        len(cases),
        tuple(sorted(found, key=lambda f: (f.severity == "warning", f.focus, f.message, f.value or ""))),
    )


def _strays(store: ox.Store) -> dict[str | None, list[ox.NamedNode]]:
    """Parts of letters that nothing leads to, by case."""
    strays: dict[str | None, list[ox.NamedNode]] = {}
    for kind, ways in _LED_TO.items():
        links = [ox.NamedNode(way) for way in ways]
        for node in _typed(store, kind):
            if not any(next(store.quads_for_pattern(None, link, node), None) for link in links):
                strays.setdefault(_case_of(node.value), []).append(node)
    return strays


def _case_of(text: str) -> str | None:
    """The case that an IRI lies under; nothing that a letter gives rise to lies elsewhere."""
    try:
        place = iri.read("/".join(text.split("/")[: iri.BASE.count("/") + 2]))
    except IriError:
        return None
    return place.name if place.kind == "case" else None


def _typed(store: ox.Store, kind: str) -> Iterator[ox.NamedNode]:
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF.type), ox.NamedNode(kind)):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject


def _about(store: ox.Store, node: ox.NamedNode) -> Iterator[ox.Quad]:
    return store.quads_for_pattern(node, None, None)


def _shared(store: ox.Store) -> list[ox.Quad]:
    """All that is said of the pages, runs and concepts that have a shape."""
    kinds = set(_shared_shapes().objects(None, SH.targetClass))
    nodes = {node for kind in kinds for node in _typed(store, str(kind))}
    return [quad for node in nodes for quad in _about(store, node)]


def _check(shapes: Graph, quads: Iterable[ox.Quad], store: ox.Store) -> Iterator[Finding]:
    """The findings of a set of triples; the types of what they point to come from the store."""
    import pyshacl  # late: it takes half a second, and few need it

    own, pointed_to = set(), set()
    lines = []
    for quad in quads:
        own.add(quad.subject)
        if isinstance(quad.object, ox.NamedNode) and quad.predicate.value != str(RDF.type):
            pointed_to.add(quad.object)
        lines.append(_line(quad))
    for node in pointed_to - own:
        lines += map(_line, store.quads_for_pattern(node, ox.NamedNode(RDF.type), None))
    data = Graph().parse(data="".join(lines), format="nt")
    data += _class_tree()
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError(f"pyshacl gave no report: {report}")
    names = {node.value for node in own if isinstance(node, ox.NamedNode)}
    for result in report.subjects(RDF.type, SH.ValidationResult):
        finding = _finding(report, result)
        if finding.focus in names:  # of what is only pointed to, the types are here and nothing else
            yield finding


def _line(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} .\n"


def _finding(report: Graph, result: Node) -> Finding:
    def said(name: URIRef) -> str | None:
        value = report.value(result, name)
        return None if value is None else str(value)

    focus = said(SH.focusNode) or ""
    path = report.value(result, SH.resultPath)
    return Finding(
        case=_case_of(focus),
        severity="warning" if said(SH.resultSeverity) == str(SH.Warning) else "violation",
        focus=focus,
        path=str(path) if isinstance(path, URIRef) else None,
        value=said(SH.value),
        message=said(SH.resultMessage) or "",
    )


class _Rule(NamedTuple):
    """A rule in SPARQL: the query gives each node that breaks it as ``this``, with a ``value``."""

    severity: str
    message: str
    query: str


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules of the shapes that are written in SPARQL, in order."""
    shapes = _shapes()
    rules = []
    for shape, constraint in shapes.subject_objects(SH.sparql):
        warning = shapes.value(shape, SH.severity) == SH.Warning
        declared = shapes.value(constraint, SH.prefixes)
        prefixes = "".join(
            f"PREFIX {shapes.value(entry, SH.prefix)}: <{shapes.value(entry, SH.namespace)}> "
            for entry in shapes.objects(declared, SH.declare)
        )
        said, select = shapes.value(constraint, SH.message), shapes.value(constraint, SH.select)
        rules.append(_Rule("warning" if warning else "violation", str(said), f"{prefixes}{select}"))
    return tuple(sorted(rules))


def _asked(store: ox.Store, rule: _Rule, node: ox.NamedNode | None = None) -> Iterator[Finding]:
    """The nodes of a store that break a rule in SPARQL, or one node where it does."""
    bound: dict[ox.Variable, Any] = {ox.Variable("this"): node} if node is not None else {}
    solutions = store.query(rule.query, substitutions=bound)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        this = node if node is not None else solution["this"]
        value = solution["value"]
        if isinstance(this, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            yield Finding(_case_of(this.value), rule.severity, this.value, None, value.value, rule.message)


@cache
def _shapes() -> Graph:
    return Graph().parse(data=iri.rebased(resources.text("ontology", "shapes.ttl")), format="turtle")


@cache
def _letter_shapes() -> Graph:
    """The shapes for what lies under a case."""
    return _without(lambda kind: kind not in _LETTER)


@cache
def _shared_shapes() -> Graph:
    """The shapes for what letters share."""
    return _without(lambda kind: kind in _LETTER)


def _without(unwanted: Callable[[object], bool]) -> Graph:
    shapes = Graph()
    shapes += _shapes()
    shapes.remove((None, SH.sparql, None))
    for triple in list(shapes.triples((None, SH.targetClass, None))):
        if unwanted(triple[2]):
            shapes.remove(triple)
    return shapes


@cache
def _class_tree() -> Graph:
    """The subclass axioms of the ontology, which tell that a chapter is a guideline concept."""
    ontology = Graph().parse(data=iri.rebased(resources.text("ontology", "imr.ttl")), format="turtle")
    tree = Graph()
    for triple in ontology.triples((None, RDFS.subClassOf, None)):
        if isinstance(triple[2], URIRef):
            tree.add(triple)
    return tree


def _chunks(cases: Iterable[str], size: int) -> Iterator[list[str]]:
    waiting = iter(cases)
    while chunk := list(islice(waiting, size)):
        yield chunk
