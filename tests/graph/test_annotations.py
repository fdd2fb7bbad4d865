"""Each fact that was read is quoted from its letter, by an annotation that a base does not keep."""

import pyoxigraph as ox

import kg
from kg import evidence, sample
from kg.graph import annotations, iri
from kg.graph.triples import n_triples
from kg.graph.vocab import OA

QUOTES = f"""SELECT * {{
  ?a a <{OA.Annotation}> ; <{OA.hasBody}> ?body ; <{OA.hasTarget}> ?target .
  ?target <{OA.hasSource}> ?case ; <{OA.hasSelector}> ?quote , ?place .
  ?quote a <{OA.TextQuoteSelector}> ; <{OA.exact}> ?exact ; <{OA.prefix}> ?prefix ; <{OA.suffix}> ?suffix .
  ?place a <{OA.TextPositionSelector}> ; <{OA.start}> ?start ; <{OA.end}> ?end }}"""


def test_every_fact_of_letters_of_all_forms_is_quoted():
    for name, text, _ in sample.letters(60, seed=3, template="mixed"):
        letter = kg.parse_letter(text, name)
        store = ox.Store()
        store.load(annotations.n_triples(letter, text).encode(), format=ox.RdfFormat.N_TRIPLES)
        stated = {line.split(" ")[0] for line in n_triples(letter).splitlines()}
        rows = list(store.query(QUOTES))
        assert len(rows) == len({mark.node for mark in evidence.marks(letter)})
        for row in rows:
            start, end = int(row["start"].value), int(row["end"].value)
            assert row["exact"].value == text[start:end]
            assert row["prefix"].value + row["exact"].value + row["suffix"].value in text
            assert row["case"].value == iri.case(letter.case_number)
            assert str(row["body"]) in stated, "it is about a node of the graph"
            assert iri.read(row["a"].value) == iri.Place("annotation", letter.case_number)
