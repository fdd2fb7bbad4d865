"""The decisions that a figure counts: a figure is given again while their letters are the same."""

import numpy as np

from kg.analysis.decisions import OUTCOMES, Mask
from kg.analysis.filters import Filters, choose
from kg.analysis.trends import citing
from kg.cited.counted_letters import CountedLetters
from kg.cited.wanted import NOT, SIDES, Wanted
from kg.explore import case_lists, topic
from kg.questions.counts import passing as meeting_question
from kg.questions.question import SIMILAR, Kind
from kg.questions.question_reader import read_question


def passing(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those that pass the filters."""
    return _meeting(letters, asked.party, asked.filters, asked.part(NOT))


def _meeting(letters: CountedLetters, party: str, filters: Filters, others: Filters) -> Mask:
    """The decisions that pass ``filters``, and none of the ``others``."""
    index = letters.index
    chosen = index.chosen(filters, party)
    found = np.ones(len(index), bool) if chosen is None else chosen.copy()
    for name, values in others.given().items():
        passing = index.chosen(Filters.of(**{name: values}), party)
        found &= np.zeros(len(index), bool) if passing is None else ~passing
    return found


def of_side(letters: CountedLetters, asked: Wanted, side: str) -> Mask:
    """Those of one side of a comparison."""
    met = _meeting(letters, asked.party, asked.part(side), asked.part(f"{side}-{NOT}"))
    return passing(letters, asked) & met


def of_either(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those of either side."""
    one, other = (of_side(letters, asked, side) for side in SIDES)
    return one | other


def of_any(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those that pass the filters, whoever cites."""
    chosen = letters.index.chosen(asked.filters, "any")
    return np.ones(len(letters.index), bool) if chosen is None else chosen


def of_trend(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those that cite the key of a trend, all without one."""
    found = passing(letters, asked)
    return found & citing(letters.index, asked.key, asked.party) if asked.key else found


def at_risk(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those in which the party cites something of the level; all that pass for what is said of the whole."""
    if not asked.row:
        return passing(letters, asked)
    return _citing_level(letters, asked, asked.party)


def _citing_level(letters: CountedLetters, asked: Wanted, party: str) -> Mask:
    found = np.zeros(len(letters.index), bool)
    cited = letters.index.cited(asked.level, party)
    found[cited.within(letters.index.chosen(asked.filters, asked.party)).decision] = True
    return found


def of_links(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those in which the party cites something of a network's level."""
    return _citing_level(letters, asked, asked.party)


def of_specifications(letters: CountedLetters, asked: Wanted) -> Mask:
    """All that pass: the negative control compares those in which the other party cites."""
    return passing(letters, asked)


def of_node(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those of a node of the graph."""
    links, found = letters.links, np.zeros(len(letters.index), bool)
    if links.has(asked.node):
        found[links.decisions(asked.node, None if asked.party == "any" else asked.party)] = True
    else:  # what contains others has their decisions
        found[topic.within(links, asked.node)] = True
    return found


def of_wording(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those whose item is in these words."""
    said = letters.links.texts["item_text"].str.strip_chars(" .") == asked.text
    return said.fill_null(value=False).to_numpy()


def of_neighbours(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those that a relation of a node leads to."""
    found = np.zeros(len(letters.index), bool)
    found[letters.links.led_to(asked.node, asked.relation)] = True
    return found


def listing(asked: Wanted) -> case_lists.Wanted:
    """Which decisions a list of cases has."""
    outcomes, places, about = (
        tuple(filter(None, text.split("\n"))) for text in (asked.outcome, asked.place, asked.about)
    )
    for outcome in outcomes:
        choose("outcome", outcome, OUTCOMES)
    return case_lists.Wanted(
        asked.filters, outcomes, places, asked.party, asked.text, about, undated=bool(asked.undated)
    )


def of_list(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those of a list of cases."""
    found = np.zeros(len(letters.index), bool)
    found[case_lists.decisions(letters.links, listing(asked))] = True
    return found


_OF_ALL = SIMILAR | {Kind.SIDES}
"""Questions whose answers depend on more letters than meet their conditions, as :func:`of_every`."""


def of_question(letters: CountedLetters, asked: Wanted) -> Mask:
    """Those that meet the conditions of a question."""
    question = read_question(asked.q)
    if question.kind in _OF_ALL:
        return of_any(letters, Wanted(asked.kind))
    found = meeting_question(letters.index, question.where, question)
    if question.case:
        found &= (letters.index.columns("case")["case"] == question.case).to_numpy()
    return found


def of_every(letters: CountedLetters, asked: Wanted) -> Mask:
    """All: how alike cases are depends on how rare each feature is, an interval on how alike letters are."""
    return of_any(letters, Wanted(asked.kind))
