from pathlib import Path

import pytest
from rdflib import URIRef

from kg import resources
from kg.errors import VocabularyError
from kg.graph import generate, vocab


def test_vocab_is_what_the_ontology_generates():
    assert Path(vocab.__file__).read_text(encoding="utf-8") == generate.source(
        resources.text("ontology", "imr.ttl")
    ), "run: python -m kg.graph.generate"


@pytest.mark.parametrize("vocabulary", [vocab.IMR, vocab.OA])
def test_an_unknown_name_raises(vocabulary):
    with pytest.raises(VocabularyError, match=r"has no term \w+:judge"):
        vocabulary.judge  # noqa: B018


def test_terms_are_rdflib_terms():
    assert isinstance(vocab.IMR.outcome, URIRef)
