"""Outcomes by month, and level and slope at changes of edition."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import prepare
from kg.analysis.filters import Filters
from kg.analysis.shown_columns import names
from kg.analysis.trends import ChangeRow, MonthRow, trends
from kg.errors import UnknownError

PAGE = cite("chronic-pain", edition=2009, pages=(98,))


def letters_of(days, overturned, **values):
    """Facts of letters with one decision, each of a day and an outcome."""
    rows = [
        decision(f"CM15-{n:07}", 1, "overturned" if over else "upheld", reviewer=[PAGE], **values)
        for n, over in enumerate(overturned)
    ]
    cases = [f"CM15-{n:07}" for n in range(len(days))]
    dates = pl.DataFrame({"case": cases, "day": days}, schema={"case": pl.String, "day": pl.Date})
    facts = facts_of(*rows).drop("decision_date").join(dates, on="case", maintain_order="left")
    return facts.rename({"day": "decision_date"})


@pytest.fixture(scope="module")
def planted():
    """4,000 letters of 2014 to 2019: log odds -1; from December 2017 1 more, then 0.5 less a year."""
    rng = np.random.default_rng(5)
    days = np.sort(rng.integers(0, 365 * 6, 4000))
    change = (date(2017, 12, 1) - date(2014, 1, 1)).days
    after = days >= change
    eta = -1 + after * (1 - 0.5 * (days - change) / 365.25)
    over = rng.random(days.size) < 1 / (1 + np.exp(-eta))
    return prepare(letters_of([date(2014, 1, 1) + timedelta(int(day)) for day in days], over))


def test_level_and_slopes_that_are_planted_are_in_their_intervals(planted):
    found = trends(planted)
    assert [row.change for row in found.changes] == ["2016-07-28", "2017-12-01"]
    first, second = found.changes
    assert first.level_low < 1 < first.level_high
    assert first.slope_before_low < 1 < first.slope_before_high
    assert second.level_low < np.exp(1) < second.level_high
    assert second.slope_after_low < np.exp(-0.5) < second.slope_after_high
    assert second.level_p < 0.001
    assert second.slope_p < 0.05
    assert first.after == second.before
    assert sum(row.decisions for row in found.rows) == 4000 == first.before + first.after + second.after


def test_months_are_counted_with_intervals(planted):
    frame = trends(planted, "chronic-pain/2009/page/98").to_frame()
    assert frame.columns == list(names(MonthRow))
    assert frame["month"].to_list()[:2] == ["2014-01", "2014-02"]
    assert (frame["upheld"] + frame["overturned"] + frame["modified"] == frame["decisions"]).all()
    assert (frame["rate_low"] < frame["rate_high"]).all()


def test_undated_letters_are_counted_and_said():
    days = [date(2015, 3, 1), None, date(2015, 4, 1), None]
    found = trends(prepare(letters_of(days, [True, True, False, False])))
    assert found.to_frame()["month"].to_list() == ["2015-03", "2015-04"]
    assert "not counted, without a decision date: 2 decisions in 2 letters" in found.notes
    assert found.changes == ()


@pytest.mark.parametrize("over", [[False] * 8, [True] * 8, [True, False] * 4])
def test_few_decisions_have_counts_and_a_remark(over):
    days = [date(2016, 5, 1) + timedelta(60 * n) for n in range(8)]
    (row,) = trends(prepare(letters_of(days, over))).changes
    assert (row.before, row.after) == (2, 6)
    assert row.level is row.slope_before is row.slope_p is None
    assert row.remark.startswith("a stretch has fewer than 10 decisions")
    assert [name for name in names(ChangeRow) if getattr(row, name) is not None] == [
        "change",
        "before",
        "after",
        "remark",
    ]


def test_nothing_to_count():
    found = trends(prepare(letters_of([None], [True])))
    assert (len(found.rows), found.changes) == (0, ())


def test_filters_and_unknown_keys(planted):
    assert len(trends(planted, filters=Filters.of(year=2016)).rows) == 0
    with pytest.raises(UnknownError, match="the nearest: chronic-pain/2009/page/98"):
        trends(planted, "chronic-pain/2009/page/9")
    with pytest.raises(UnknownError, match="party"):
        trends(planted, party="judge")
