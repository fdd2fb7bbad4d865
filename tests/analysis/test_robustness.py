"""One row of the drivers under several specifications."""

import polars as pl
import pytest

from kg.analysis.decisions import prepare
from kg.analysis.driver_row.robustness import CONTROL, ONE_ITEM, SPECIFICATIONS, robustness
from kg.errors import UnknownError

PAGE = "chronic-pain/2009/page/98"
NAMES = [name for name, _ in SPECIFICATIONS]


@pytest.fixture(scope="module")
def confounded(make):
    """Page 98 is cited for a service that is overturned often, and does nothing itself."""
    often = make({98: (60, 60), 99: (20, 20)}, category="Rehabilitation", subcategory="Acupuncture")
    seldom = make({98: (6, 54), 99: (24, 216)}, category="Surgery", subcategory="Spine")
    return pl.concat([often, seldom.with_columns(case=pl.lit("CM16-") + pl.col("case").str.slice(5))])


def test_more_is_held_equal_row_by_row(confounded):
    found = robustness(prepare(confounded), PAGE)
    assert [row.specification for row in found.rows] == [*NAMES, ONE_ITEM, CONTROL]
    crude, category = found.rows[:2]
    assert (crude.decisions, crude.letters, crude.at_risk) == (180, 180, 460)
    assert crude.low > 1
    assert category.low < 1 < category.high
    assert found.lowest < 1.1 < found.highest
    assert found.e_value_of_interval == 1
    assert found.verdict.startswith("the association does not survive: category, subcategory")


def test_pairs_are_of_one_service_and_of_two_letters(confounded):
    found = robustness(prepare(confounded), PAGE).pairs
    outcome = dict(confounded.select("case", "outcome").iter_rows())
    service = dict(confounded.select("case", "subcategory").iter_rows())
    assert len(found) == 3
    for pair in found:
        assert (outcome[pair.overturned], outcome[pair.other]) == ("overturned", "upheld")
        assert service[pair.overturned] == service[pair.other] == pair.service


@pytest.mark.parametrize(("more", "counts"), [(True, (80, 20)), (False, (20, 80))])
def test_what_survives_has_an_e_value_above_that_of_its_interval(make, more, counts):
    found = robustness(prepare(make({98: counts, 99: (100, 100)})), PAGE)
    assert found.verdict == (
        "the association survives every specification; "
        "the negative control is not associated in the same direction"
    )
    assert (found.rows[0].odds_ratio > 1) is more
    assert found.e_value > found.e_value_of_interval > 1


def test_where_nothing_differs_no_specification_says_so(make):
    found = robustness(prepare(make({98: (50, 100), 99: (50, 100)})), PAGE)
    assert found.verdict == "no specification shows an association beyond chance"


@pytest.mark.parametrize("pages", [{98: (2, 3), 99: (20, 20)}, {98: (0, 20), 99: (0, 30)}])
def test_too_few_or_one_outcome_give_counts_and_a_sentence(make, pages):
    found = robustness(prepare(make(pages)), PAGE)
    assert found.rows[0].decisions == sum(pages[98])
    assert (found.e_value, found.lowest, found.rows[0].odds_ratio) == (None, None, None)
    assert found.verdict.startswith("no fully adjusted odds ratio")


def test_the_control_has_no_control(make):
    index = prepare(make({98: (10, 20), 99: (20, 20)}))
    with pytest.raises(UnknownError, match="there is no page"):
        robustness(index, "nothing")
    assert CONTROL in [row.specification for row in robustness(index, PAGE, party="any").rows]
    assert len(robustness(index, PAGE, party="claims_administrator").rows) == len(NAMES) + 1
