import sys
from pathlib import Path

import polars as pl
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import prepare
from kg.analysis.drivers import COLUMNS, drivers
from kg.analysis.filters import Filters
from kg.errors import SettingError, UnknownError

NSAIDS = ("chronic-pain/2016/nsaids", "NSAIDs")


@pytest.fixture(scope="module")
def facts():
    """Three letters, four decisions: pages, sections, chapters, a silent party."""
    pages = cite("acoem-2004", chapter="12", pages=(303, 304))
    section = cite("chronic-pain", edition=2016, sections=(NSAIDS, (None, "Odd & one")))
    low_back = cite("odg", chapter="Low Back")
    return facts_of(
        decision("CM15-0000001", 1, "overturned", [pages, pages], [pages], category="Injection", year=2014),
        decision("CM15-0000001", 2, "upheld", [section], [], category="Surgery", year=2014),
        decision(
            "CM15-0000002", 1, "modified", [pages, low_back], [low_back], drug="ibuprofen", drug_class="NSAID"
        ),
        decision(
            "CM15-0000003", 1, "upheld", [], [section], body_parts=["knee:left"], specialties=["Neurology"]
        ),
    )


@pytest.mark.parametrize(
    ("level", "party", "expected"),
    [
        ("page", "reviewer", {"acoem-2004/page/303": (2, 0, 1, 1), "acoem-2004/page/304": (2, 0, 1, 1)}),
        ("page", "both", {"acoem-2004/page/303": (1, 0, 1, 0), "acoem-2004/page/304": (1, 0, 1, 0)}),
        (
            "section",
            "any",
            {"chronic-pain/2016/nsaids": (2, 2, 0, 0), "chronic-pain/2016#odd-one": (2, 2, 0, 0)},
        ),
        ("chapter", "reviewer", {"acoem-2004/12": (2, 0, 1, 1), "odg/low-back": (1, 0, 0, 1)}),
        (
            "edition",
            "claims_administrator",
            {"acoem-2004": (1, 0, 1, 0), "chronic-pain/2016": (1, 1, 0, 0), "odg": (1, 0, 0, 1)},
        ),
        ("guideline", "both", {"acoem-2004": (1, 0, 1, 0), "odg": (1, 0, 0, 1)}),
    ],
)
def test_counts(facts, level, party, expected):
    found = drivers(facts, level, party)
    assert {
        row.key: (row.decisions, row.upheld, row.overturned, row.modified) for row in found.rows
    } == expected
    assert (found.decisions, found.upheld, found.overturned, found.modified) == (4, 2, 1, 1)


@pytest.mark.parametrize(
    ("filters", "decisions"),
    [
        ({"year": 2014}, 2),
        ({"year": "2014-2015"}, 4),
        ({"category": "injection"}, 1),  # whatever the case
        ({"drug": "NSAID"}, 1),  # a class
        ({"drug": "ibuprofen"}, 1),
        ({"body_part": "knee"}, 1),  # any side
        ({"body_part": "knee:left"}, 1),
        ({"specialty": "Neurology"}, 1),
        ({"edition": 2016}, 1),  # of what the reviewer cites
        ({"template": "pages", "category": ["Injection", "Surgery"]}, 2),
    ],
)
def test_filters(facts, filters, decisions):
    assert drivers(facts, filters=Filters.of(**filters)).decisions == decisions


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"level": "pages"}, "there is no level 'pages'; the nearest: page"),
        ({"party": "reviwer"}, "there is no party 'reviwer'; the nearest: reviewer"),
        ({"filters": Filters.of(category="Surgeri")}, "there is no category 'Surgeri'; the nearest: Surgery"),
        ({"filters": Filters.of(body_part="nee")}, "there is no body part 'nee'; the nearest: knee"),
        (
            {"filters": Filters.of(guideline="acoem-204")},
            "there is no guideline 'acoem-204'; the nearest: acoem-2004, acoem-2004/12, acoem-2004/page/304",
        ),
        ({"strata": "categori"}, "there is no kind of strata 'categori'; the nearest: category"),
    ],
)
def test_unknown_names_the_nearest(facts, given, sentence):
    with pytest.raises(UnknownError) as error:
        drivers(facts, **given)
    assert str(error.value).startswith(sentence)


def test_wrong_settings(facts):
    with pytest.raises(SettingError, match="at least 1"):
        drivers(facts, minimum=0)
    with pytest.raises(SettingError, match="not a year"):
        Filters.of(year="last year")


def test_below_the_minimum_only_counts(make):
    found = drivers(make({98: (4, 6), 99: (3, 6)}, rest=(10, 80)), minimum=10)
    few = found.row("chronic-pain/2009/page/99")
    assert (few.decisions, few.overturned, few.overturn_rate, few.odds_ratio, few.q_value) == (
        9,
        3,
        None,
        None,
        None,
    )
    enough = found.row("chronic-pain/2009/page/98")
    assert enough.odds_ratio == pytest.approx(4 * 86 / (6 * 13))
    assert enough.adjusted_low < enough.adjusted_odds_ratio < enough.adjusted_high


@pytest.mark.parametrize("rest", [(0, 50), (0, 0)])
def test_nothing_overturned_gives_no_figure_and_a_note(make, rest):
    found = drivers(make({98: (0, 20)}, rest=rest))
    row = found.rows[0]
    assert (row.overturn_rate, row.odds_ratio, row.adjusted_odds_ratio, row.q_value) == (
        0.0,
        None,
        None,
        None,
    )
    assert found.notes == (f"none of {20 + sum(rest)} decisions are overturned: no odds ratios",)


def test_too_few_rows_give_counts_and_a_note(make):
    found = drivers(make({98: (2, 3)}, rest=(1, 5)))
    assert found.notes == ("no row reaches the minimum of 10 decisions: counts only",)
    assert found.rows[0].decisions == 5


def test_csv_has_the_columns(make):
    header, row = drivers(make({98: (4, 8)}, rest=(10, 80))).to_csv().splitlines()
    assert header == ",".join(COLUMNS)
    assert row.startswith("chronic-pain,2009,,,98,12,8,4,0,0.333")


def test_mantel_haenszel_and_model_see_through_the_kind_of_service(make):
    """Page 98 is cited where much is overturned anyway; within each category it makes no difference."""
    often = make({98: (40, 40)}, rest=(20, 20), category="Rehabilitation")
    seldom = make({98: (2, 18)}, rest=(20, 180), category="Surgery")
    seldom = seldom.with_columns(case=pl.lit("CM16-") + pl.col("case").str.slice(5))
    row = drivers(pl.concat([often, seldom])).row("chronic-pain/2009/page/98")
    assert row.odds_ratio_low > 1
    assert row.mh_odds_ratio == pytest.approx(1.0, abs=0.01)
    assert row.adjusted_odds_ratio == pytest.approx(1.0, abs=0.05)


def test_cases_behind_a_row(facts):
    found = drivers(facts)
    assert found.cases("acoem-2004/page/303") == ("CM15-0000001", "CM15-0000002")
    with pytest.raises(UnknownError, match="the nearest: acoem-2004/page/303"):
        found.cases("acoem-2004/page/33")


def test_rows_of_a_decision_may_lie_apart(facts):
    shuffled = facts.sample(fraction=1, shuffle=True, seed=1)
    assert drivers(shuffled).to_frame().equals(drivers(facts).to_frame())
    assert len(prepare(shuffled)) == 4


def test_planted_ratios_are_found():
    """The short form of ``tests/benchmarks/planted_truth.py``."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    import planted_truth

    tables = []
    for seed in range(3):
        found = drivers(planted_truth.facts_of_truth(500, seed, planted_truth.effects()))
        tables.append(planted_truth.covered(found))
    assert pl.concat(tables)["covered"].mean() > 0.88
