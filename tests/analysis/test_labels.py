"""What places are called in sentences and tables."""

from collections import Counter

from kg.analysis import labels

PLACES = [node for node in labels.concepts() if node.startswith("guideline/")]


def test_no_two_places_have_one_name():
    """But for a chapter and the section of it that is called as the chapter is."""
    names = Counter(map(labels.brief, PLACES))
    alike = [node for node in PLACES if names[labels.brief(node)] > 1]
    assert len(PLACES) > 2_000
    assert all(
        labels.above(node) in alike or any(node == labels.above(one) for one in alike) for node in alike
    )
    assert len(alike) <= 4


def test_a_name_that_is_cut_keeps_what_tells_it_from_others():
    for node in PLACES:
        name = labels.brief(node)
        for most in (34, 40):
            short = labels.cut(name, most)
            bracket = name.rpartition(" (")[2]
            assert len(short) <= most
            assert (
                name == short or not name.endswith(")") or len(bracket) > most - 12 or short.endswith(bracket)
            )


def test_every_term_of_the_ontology_has_a_label_and_what_it_is():
    terms = {term["name"]: term for term in labels.terms()}
    assert {"Determination", "DisputedItem", "Ground", "met"} <= terms.keys()
    assert all(term["label"] and term["kind"] for term in terms.values())
    assert [*terms] == sorted(terms)
