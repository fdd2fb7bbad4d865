"""Why the graph shows a link: the sentence of the letter; and what is shown, as files."""

from collections.abc import Iterable, Sequence
from typing import Any

import networkx as nx
import pyoxigraph as ox

from kg.analysis import labels
from kg.base.store import KnowledgeBase
from kg.evidence import Kind, Mark, marks, sentence
from kg.explore import marking
from kg.explore.neighbours import Links, address, case_node
from kg.graph import iri
from kg.graph.concept_notations import edition_notation, guideline_notation, service_notation
from kg.graph.triples import n_triples
from kg.model import Citation, Decision, Determination, Party


def sentences(base: KnowledgeBase, links: Links, item: str, node: str) -> list[dict[str, Any]]:
    """Where ``item``'s letter says what links it to ``node``.

    Raises:
        UnknownError: the base has no such item.
    """
    links.decisions(item)
    place = iri.read(iri.BASE + item)
    if place.item is None:
        return []
    determination, text = base.determination(place.name), base.letter(place.name)
    wanted = set(_nodes(determination, place.item, node))
    found = [m for m in marks(determination) if m.node in wanted and m.span.end > m.span.start]
    return [_told(place.name, text, mark) for mark in found[:20]]


def _told(case: str, text: str, mark: Mark) -> dict[str, Any]:
    around = sentence(text, mark.span)
    before, quoted = text[around.start : mark.span.start], mark.span.of(text)
    return {
        "case": case,
        "before": _folded(before),
        "quote": _folded(quoted),
        "after": _folded(text[mark.span.end : around.end]),
        "kind": mark.kind.value,
        "party": _party(mark),
        "path": f"/cases/{case_node(case).removeprefix('case/')}#{marking.anchor(mark.node)}",
    }


def _folded(text: str) -> str:
    folded = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{folded}{' ' if text[-1:].isspace() and folded else ''}"


def _party(mark: Mark) -> str | None:
    if mark.kind not in {Kind.CITATION, Kind.SECTION, Kind.PAGES}:
        return None
    return Party.CLAIMS_ADMINISTRATOR.value if "claims-administrator" in mark.node else Party.REVIEWER.value


def _nodes(determination: Determination, position: int, node: str) -> Iterable[str]:
    """The marks of an item that say what links it to ``node``."""
    decision, own = determination.decisions[position - 1], f"item/{position}"
    scheme = node.partition("/")[0]
    if scheme == "guideline":
        for party in Party:
            for number, citation in enumerate(decision.cited_by(party).citations, 1):
                at = f"{own}/{party.value.replace('_', '-')}/citation/{number}"
                yield from _of_citation(citation, at, node.removeprefix("guideline/"))
    elif scheme == "specialty":
        yield from (f"reviewer/specialties/{n}" for n, _ in enumerate(determination.reviewer.specialties, 1))
    elif scheme == "case":
        yield f"{own}/outcome"
    elif scheme == "ground":
        for number, ground in enumerate(decision.grounds, 1):
            if node == f"ground/{ground.ground}:{'met' if ground.met else 'not-met'}":
                yield f"{own}/ground/{number}"
    else:
        yield from _of_item(decision, own, node)


def _of_citation(citation: Citation, at: str, notation: str) -> Iterable[str]:
    pages = [
        f"{at}/pages/{n}"
        for n, p in enumerate(citation.pages, 1)
        if any(notation == f"{edition_notation(citation)}/page/{page}" for page in range(p.first, p.last + 1))
    ]
    place, mark, _ = notation.partition("#")
    sections = [
        f"{at}/section/{n}"
        for n, s in enumerate(citation.sections, 1)
        if s.concept == notation or (mark and s.concept is None and guideline_notation(citation) == place)
    ]
    if pages or sections:
        yield from (*pages, *sections)
    elif notation in {guideline_notation(citation), edition_notation(citation)}:
        yield at


def _of_item(decision: Decision, own: str, node: str) -> Iterable[str]:
    item = decision.item
    if item.service and node == f"service/{service_notation(item.service)}":
        yield f"{own}/service"
    for number, part in enumerate(item.body_parts, 1):
        if node == f"body-part/{iri.slug(part.part)}":
            yield f"{own}/body-part/{number}"
    if item.drug and node in {f"drug/{iri.slug(name)}" for name in item.drug.ingredients}:
        yield f"{own}/drug"


def graphml(links: Links, nodes: Sequence[str]) -> bytes:
    """The nodes and the links among them, as GraphML."""
    graph: nx.Graph[str] = nx.Graph()
    for node in nodes:
        figures = links.figures(links.decisions(node))
        name = links.text(node) if "/item/" in node else labels.label(node)
        graph.add_node(
            iri.BASE + node,
            label=name,
            kind=links.kind_of(node),
            decisions=figures.decisions,
            overturned=figures.overturned,
        )
    for one, other, relation in links.between(nodes):
        graph.add_edge(iri.BASE + one, iri.BASE + other, relation=relation)
    return "\n".join(nx.generate_graphml(graph)).encode()


def turtle(base: KnowledgeBase, nodes: Sequence[str]) -> bytes:
    """What the letters say about the items and cases shown, and the names of the rest, as Turtle."""
    lines: list[str] = []
    for case in dict.fromkeys(iri.read(iri.BASE + node).name for node in nodes if node.startswith("case/")):
        mine = [address(node) for node in nodes if node.startswith(case_node(case))]
        under = tuple(f"<{subject}{end}" for subject in mine for end in (">", "/"))
        text = n_triples(base.determination(case))
        lines += [line for line in text.splitlines(keepends=True) if line.startswith(under)]
    triples = [quad.triple for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_TRIPLES)]
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    triples += [
        ox.Triple(
            ox.NamedNode(address(node)),
            label,
            ox.Literal(labels.label(node.partition(":")[0]), language="en"),
        )
        for node in nodes
        if not node.startswith("case/") and "#" not in node
    ]
    prefixes = {"imr": f"{iri.ONTOLOGY}#", "skos": "http://www.w3.org/2004/02/skos/core#"}
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
