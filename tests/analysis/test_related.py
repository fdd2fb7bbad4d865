import sys
from pathlib import Path

import numpy as np
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.filters import Filters
from kg.analysis.related import count, features, related
from kg.errors import SettingError, UnknownError

RARE = cite("chronic-pain", edition=2009, pages=(7,))
COMMON = cite("chronic-pain", edition=2009, pages=(98,))


@pytest.fixture(scope="module")
def known():
    common = [
        decision(f"CM15-00001{number:02}", 1, "upheld", [COMMON], category="Injection")
        for number in range(20)
    ]
    return features(
        facts_of(
            decision("CM15-0000001", 1, "upheld", [RARE, COMMON], category="Surgery", drug="ibuprofen"),
            decision("CM15-0000002", 1, "overturned", [RARE], category="Surgery", year=2014),
            decision("CM15-0000003", 1, "upheld", [COMMON], category="Surgery"),
            decision("CM15-0000004", 1, "upheld", [RARE]),
            decision("CM15-0000004", 2, "overturned", [COMMON]),
            decision("CM15-0000005", 1, "modified", [], category="Home Health"),
            *common,
        )
    )


def test_rare_features_weigh_more(known):
    found = related(known, "CM15-0000001", limit=3)
    assert [row.case for row in found.rows] == ["CM15-0000002", "CM15-0000003", "CM15-0000004"]
    first = found.rows[0]
    weights = np.log(26 / np.array([3, 3, 23, 1]))  # the rare page, surgery, the common page, the drug
    assert first.score == pytest.approx(weights[:2].sum() / weights.sum(), abs=1e-4)
    shared = [(part.kind, part.value, part.cases) for part in first.shared]
    assert shared == [("page", "chronic-pain/2009/page/7", 3), ("category", "Surgery", 3)]
    assert sum(part.share for part in first.shared) == pytest.approx(1.0)
    assert first.outcomes == ("overturned",)


@pytest.mark.parametrize(
    ("case", "outcome", "expected"),
    [
        ("CM15-0000001", "other", {"CM15-0000002", "CM15-0000004"}),
        ("CM15-0000002", "other", {"CM15-0000001", "CM15-0000003", "CM15-0000004"}),
        ("CM15-0000001", "upheld", {"CM15-0000003", "CM15-0000004"}),
        ("CM15-0000001", "modified", set()),
    ],
)
def test_outcomes(known, case, outcome, expected):
    found = {row.case for row in related(known, case, outcome, limit=30).rows}
    assert {name for name in found if not name.startswith("CM15-00001")} == expected


def test_a_case_decided_both_ways_has_those_decided_one_way_as_its_other(known):
    found = {row.case for row in related(known, "CM15-0000004", "other", limit=30).rows}
    assert {"CM15-0000001", "CM15-0000002", "CM15-0000003"} <= found


def test_filters(known):
    assert [row.case for row in related(known, "CM15-0000001", filters=Filters.of(year=2014)).rows] == [
        "CM15-0000002"
    ]


@pytest.mark.parametrize("limit", [1, 4, 7])
def test_pages_are_the_whole_in_order(known, limit):
    whole = related(known, "CM15-0000001", limit=100)
    pages, cursor = [], None
    while True:
        page = related(known, "CM15-0000001", limit=limit, cursor=cursor)
        pages += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert tuple(pages) == whole.rows
    assert [row.case for row in whole.rows[-20:]] == sorted(row.case for row in whole.rows[-20:])


@pytest.mark.parametrize("outcome", [None, "other", "upheld", "modified"])
@pytest.mark.parametrize("case", ["CM15-0000001", "CM15-0000004", "CM15-0000005"])
@pytest.mark.parametrize("chosen", [{}, {"year": 2014}], ids=["all", "of 2014"])
def test_so_many_are_counted_as_are_found(known, case, outcome, chosen):
    filters = Filters.of(**chosen)
    found = related(known, case, outcome, limit=1000, filters=filters)
    assert count(known, case, outcome, filters) == len(found.rows)


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"case": "CM15-0000006"}, UnknownError, "the nearest: .*CM15-0000005"),
        ({"case": "no such case"}, UnknownError, "the nearest"),
        ({"case": "CM15-0000001", "outcome": "oter"}, UnknownError, "the nearest: other"),
        ({"case": "CM15-0000001", "cursor": "£"}, SettingError, "not a cursor"),
        ({"case": "CM15-0000001", "cursor": "cjEuZmY"}, SettingError, "not a cursor"),
        ({"case": "CM15-0000001", "limit": 0}, SettingError, "1 to 1000"),
    ],
)
def test_bad_input(known, given, error, sentence):
    with pytest.raises(error, match=sentence):
        related(known, **given)


def test_a_case_that_shares_nothing(known):
    found = related(known, "CM15-0000005")
    assert (found.rows, found.next, found.to_frame().height) == ((), None, 0)


def test_variants_are_found_among_many():
    """A tenth of the letters are variants of one before: other page, drug or body part."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    from bench_analysis import recall_of_kin

    assert recall_of_kin(letters=4000, kin=100) >= 0.95


def test_a_base_that_lacks_kinds_of_feature():
    found = related(features(facts_of(decision("CM15-0000001", 1, "upheld", []))), "CM15-0000001", limit=3)
    assert found.rows == ()
