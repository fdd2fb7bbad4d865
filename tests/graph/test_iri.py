from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import IriError
from kg.graph import iri
from kg.graph.iri import Place
from kg.model import Party

cases = st.text(min_size=1)
numbers = st.integers(1, 999_999)
segments = st.text(ascii_lowercase + "0123456789-", min_size=1)
notations = st.lists(segments, min_size=1, max_size=3).map("/".join)


@pytest.mark.unmeasured
@settings(deadline=None)
@given(cases, numbers, st.sampled_from(Party), numbers)
def test_what_lies_under_a_case_reads_back(case, item, party, number):
    assert iri.read(iri.case(case)) == Place("case", case)
    assert iri.read(iri.reviewer(case)) == Place("reviewer", case)
    assert iri.read(iri.review(case)) == Place("review", case)
    assert iri.read(iri.disputed_item(case, item)) == Place("item", case, item)
    assert iri.read(iri.rationale(case, item)) == Place("rationale", case, item)
    assert iri.read(iri.citation(case, item, party, number)) == Place("citation", case, item, party, number)


@settings(deadline=None)
@given(cases, cases)
def test_two_cases_never_share_an_iri(one, other):
    assert (iri.case(one) == iri.case(other)) == (one == other)


@settings(deadline=None)
@given(cases)
def test_a_case_iri_is_one_segment_of_ascii(case):
    path = iri.case(case).removeprefix(f"{iri.BASE}case/")
    assert path.isascii()
    assert not set(path) & set('/?#<>"{}|^`\\ ')
    assert path.strip(".")


@settings(deadline=None)
@given(st.sampled_from(iri.SCHEMES), notations, numbers)
def test_concepts_and_pages_read_back(scheme, notation, number):
    if "page" not in notation.split("/"):
        assert iri.read(iri.concept(scheme, notation)) == Place(scheme, notation)
        assert iri.read(iri.page(notation, number)) == Place("page", notation, number=number)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/case/CM16-0000001",  # not ours
        f"{iri.BASE}case/",
        f"{iri.BASE}case/A/item/0",  # positions count from 1
        f"{iri.BASE}case/A/item/1/judge/citation/1",  # no such party
        f"{iri.BASE}planet/mars",  # no such scheme
        f"{iri.BASE}guideline/ACOEM",  # notations are lower case
    ],
)
def test_other_iris_are_refused(text):
    with pytest.raises(IriError, match=r"expected an IRI of"):
        iri.read(text)


@pytest.mark.parametrize("mint", [lambda: iri.case(""), lambda: iri.slug("&"), lambda: iri.concept("x", "y")])
def test_what_names_nothing_has_no_iri(mint):
    with pytest.raises(IriError):
        mint()


def test_the_base_iri_is_one_setting(monkeypatch):
    monkeypatch.setattr(iri, "BASE", "https://example.org/imr/")
    assert iri.rebased("PREFIX imr: <https://w3id.org/imr-kg/ontology#>") == (
        "PREFIX imr: <https://example.org/imr/ontology#>"
    )
    assert iri.read(iri.case("A")) == Place("case", "A")
