"""The graph and the facts of one small base of sample letters agree on every count."""

import random
import re

import numpy as np
import pytest
from small_facts import decision, facts_of
from tables import each_row

from kg.analysis.cache import Analyses
from kg.analysis.comparison import Comparison
from kg.analysis.decisions import LEVELS, PARTIES, prepare
from kg.analysis.driver_row.row_query import sparql
from kg.analysis.drivers import drivers
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.filters.ranges import WORD
from kg.errors import ChoiceError, SettingError


@pytest.fixture
def counts_alone(monkeypatch):
    """No odds ratio is estimated, which takes most of the time of a table whose counts are looked at."""
    monkeypatch.setattr(Comparison, "tested", np.zeros(0, np.int64))


def counted(store, query):
    (row,) = store.query(query)
    return tuple(int(row[name].value) for name in ("decisions", "upheld", "overturned", "modified"))


def agree(store, found, rows):
    for row in found.rows[:rows]:
        expected = (row.decisions, row.upheld, row.overturned, row.modified)
        assert counted(store, sparql(found, row.key)) == expected, row.key


@pytest.mark.usefixtures("counts_alone")
@each_row("party", PARTIES)
@each_row("level", LEVELS)
def test_sparql_counts_what_the_facts_count(base, store, level, party):
    found = Analyses.of(base).drivers(level, party, minimum=1, sets=False)
    assert len(found)
    agree(store, found, 40)


def some(values, most=6):
    """Some values of a filter, evenly chosen, ranges too."""
    chosen = [[value] for value in values[:: max(1, len(values) // most)]]
    return [*chosen, values[:: max(1, len(values) // 2)]]


def asked(index, name):
    """Questions that a filter is asked: values that decisions have, in any case, several, ranges, none."""
    values = [value for value in index.values(name) if value != "compound"]
    if FILTERS[name].kind is WORD:
        yield from some(values)
        yield [values[-1].upper()]
        return
    first, last = values[0], values[-1]
    for one in (first, f"{first}..{last}", f"{first}..", f"..{last}", "0001..1900"):
        yield [one]
    yield [first, last]


STATED = [name for name, one in FILTERS.items() if one.pattern is not None]
WITH_VALUES = [name for name, one in FILTERS.items() if not one.searched]


@pytest.mark.long
@pytest.mark.usefixtures("counts_alone")
@each_row("party", PARTIES)
@each_row("name", STATED)
def test_every_filter_keeps_the_same_in_sparql_as_in_the_facts(base, store, name, party):
    kept = Analyses.of(base)
    for values in asked(kept.index, name):
        for level in ("page", "guideline"):
            found = kept.drivers(level, party, Filters.of(**{name: values}), sets=False)
            whole = (found.decisions, found.upheld, found.overturned, found.modified)
            assert counted(store, sparql(found)) == whole, (name, values)
            agree(store, found, 2)


@each_row("name", WITH_VALUES)
def test_every_filter_with_a_value_that_decisions_have_keeps_some_and_not_all(base, name):
    index = Analyses.of(base).index
    kept = [index.chosen(Filters.of(**{name: value}), "any").sum() for value in index.values(name)]
    assert min(kept) > 0
    assert min(kept) < len(index) or len(kept) == 1


@each_row("name", WITH_VALUES)
def test_a_value_that_no_decision_has_keeps_none_and_says_so(name):
    index = prepare(facts_of(decision("CM15-0000001", 1, "upheld", template="2018")))
    one = FILTERS[name]
    absent = "1950..1960" if one.kind is not WORD else str(next(iter(one.vocabulary())))
    filters = Filters.of(**{name: absent})
    assert not index.chosen(filters, "any").any()
    (note,) = index.notes(filters, "any")
    assert note == f"no decision has the {name.replace('_', ' ')} {filters[name][0]}"
    together = Filters.of(**{"template": "2018", name: absent})
    assert drivers(index, filters=together, sets=False).decisions == 0


def test_any_page_of_a_guideline_is_known_and_another_word_is_not():
    index = prepare(facts_of(decision("CM15-0000001", 1, "upheld", template="2018")))
    places = list(FILTERS["guideline"].vocabulary())
    known = [FILTERS["guideline"].known(f"{place.upper()}/page/051", ()) for place in places]
    assert known == [f"{place}/page/51" for place in places]
    for place in places[:2]:
        page = Filters.of(guideline=f"{place}/page/51")
        assert not index.chosen(page, "any").any()
        assert list(index.notes(page, "any")) == [f"no decision has the guideline {place}/page/51"]
        for wrong in (f"{place}/page/", f"{place}/page/x", f"{place}/pages/51", f"x{place}/page/51"):
            with pytest.raises(ChoiceError):
                index.chosen(Filters.of(guideline=wrong), "any")


@each_row("name", FILTERS)
@each_row("value", ["", " ", "—", "no such thing", "2016-2014", "2016-06..2016-01"])
def test_what_is_no_value_of_a_filter_is_an_error_and_never_all(base, name, value):
    index = Analyses.of(base).index
    if FILTERS[name].searched and any(map(str.isalnum, value)):  # any words can be searched for
        assert not index.chosen(Filters.of(**{name: value}), "any").any()
        assert list(index.notes(Filters.of(**{name: value}), "any")) == [
            f"no decision has the {name} {value}"
        ]
        return
    with pytest.raises((SettingError, ChoiceError)):
        index.chosen(Filters.of(**{name: value}), "any")
    with pytest.raises(SettingError):
        Filters.of(**{name: []})


# --- words of rationales -----------------------------------------------------------------------------


def rationales(base):
    """The words of each decision's rationale, folded, as its letter is read."""
    found = {}
    for case in base.cases():
        text = base.letter(case)
        for item, read in enumerate(base.determination(case).decisions, 1):
            said = read.rationale.span.of(text) if read.rationale else ""
            found[case, item] = re.sub(r"[^a-z0-9]+", " ", f" {said.casefold()} ")
    return found


def test_words_are_found_in_the_rationales_that_have_them_and_in_no_others(base):
    index = Analyses.of(base).index
    said = rationales(base)
    keys = list(index.columns("case", "item").iter_rows())
    chance = random.Random(3)
    everything = " ".join(said.values()).split()
    phrases = {
        " ".join(everything[at : at + size]) for size in (1, 2, 4) for at in chance.sample(range(5000), 12)
    }
    for phrase in phrases:
        forms = " ".join(rf"{re.escape(word)}(?:e?s)?" for word in phrase.split())
        expected = [bool(re.search(rf" {forms} ", said[key])) for key in keys]
        found = index.chosen(Filters.of(rationale=phrase.upper()), "any").tolist()
        missed = [k for k, one, other in zip(keys, expected, found, strict=True) if one and not other]
        assert missed == [], phrase
        plural = [k for k, one, other in zip(keys, expected, found, strict=True) if other and not one]
        singular = {re.sub(r"(ie|e)?s$|y$", "", word) for word in phrase.split()}
        assert all(word in said[key] for key in plural for word in singular), phrase


def test_words_of_the_letter_outside_of_the_rationale_are_not_found(base):
    index = Analyses.of(base).index
    outside = "claims administrator"
    said = rationales(base)
    having = index.chosen(Filters.of(rationale=outside), "any")
    cases = index.columns("case", "item").filter(having)
    assert all(outside in said[key] for key in cases.iter_rows())
    assert len(cases) < len(index)


def test_no_query_is_given_for_what_the_graph_does_not_state(base):
    found = Analyses.of(base).drivers("guideline", "any", Filters.of(rationale="treatment"), sets=False)
    with pytest.raises(SettingError, match="does not hold"):
        sparql(found)


def test_facts_without_letters_have_no_words_to_search():
    index = prepare(facts_of(decision("CM15-0000001", 1, "upheld")))
    with pytest.raises(SettingError, match="not at hand"):
        index.chosen(Filters.of(rationale="weaning"), "any")


def test_values_of_lists_count_once_and_are_known_together():
    """A list may name a value twice, none, or the same values in another order."""
    lists = [["b", "a", "b"], [], ["a", "b"], ["c"], None, ["c", "c"], ["a"]]
    rows = [
        decision(f"CM15-{number:07}", 1, "upheld", [], body_parts=parts) for number, parts in enumerate(lists)
    ]
    index = prepare(facts_of(*rows))
    valued = index.valued("body_parts")
    told = [(int(at), valued.names[value]) for at, value in zip(valued.decision, valued.value, strict=True)]
    assert told == [(at, value) for at, parts in enumerate(lists) for value in dict.fromkeys(parts or ())]
    together = index.together("body_parts")
    has = [{together.names[value] for value in together.rows[[int(code)]].indices} for code in together.code]
    assert has == [set(parts or ()) for parts in lists]
    assert together.rows.shape == (4, 3)  # none, a and b, a, c
