import polars as pl
import pytest
from small_facts import cite, decision, facts_of

from kg import parse_letter, sample
from kg.analysis.decisions import LEVELS, prepare
from kg.analysis.drivers import DriverRow, drivers
from kg.analysis.filters import Filters
from kg.analysis.shown_columns import names
from kg.base.building.read import specialty_labels
from kg.base.facts import Rows
from kg.base.tables import data_frames
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
    found = drivers(facts, level, party, minimum=1)
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
        ({"adjust": "categori"}, "there is no covariate 'categori'; the nearest: category"),
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


@pytest.mark.same_anywhere
@pytest.mark.long
def test_the_minimum_changes_what_is_shown_and_nothing_else(make):
    facts = make({98: (4, 6), 99: (3, 6), 78: (12, 40)}, rest=(10, 80))
    whole = {row.key: row for row in drivers(facts, minimum=1).rows}
    for minimum in range(2, 60):
        found = drivers(facts, minimum=minimum)
        assert {row.key: row for row in found.rows} == {
            key: row for key, row in whole.items() if row.decisions >= minimum
        }
        assert found.verdict == drivers(facts, minimum=1).verdict


def test_the_rest_is_what_could_have_cited(make):
    """Decisions that cite no page are not compared, and the table says how they ended."""
    found = drivers(make({98: (4, 16), 99: (6, 14)}, rest=(50, 30)))
    row = found.row("chronic-pain/2009/page/98")
    assert (found.decisions, found.at_risk) == (120, 40)
    assert row.odds_ratio == pytest.approx(4 * 14 / (16 * 6))
    assert found.notes == (
        "not compared: 80 decisions in which the reviewer cites no page (30 upheld, 50 overturned)",
    )


def test_few_decisions_have_a_rate_with_its_interval_and_no_comparison(make):
    few = drivers(make({98: (3, 6), 99: (10, 60)}), minimum=1).row("chronic-pain/2009/page/98")
    assert few.rate_low < few.overturn_rate < few.rate_high
    assert (few.odds_ratio, few.difference, few.adjusted_odds_ratio, few.q_value) == (None,) * 4


@pytest.mark.parametrize("ended", ["overturned", "upheld"])
def test_a_key_whose_decisions_ended_alike_has_a_one_sided_interval(make, ended):
    counts = (0, 20) if ended == "upheld" else (20, 0)
    row = drivers(make({98: counts, 99: (40, 60)}), adjust="none").row("chronic-pain/2009/page/98")
    if ended == "upheld":
        assert (row.adjusted_odds_ratio, row.adjusted_low) == (0, 0)
        assert 0 < row.adjusted_high < 1
    else:
        assert (row.adjusted_odds_ratio, row.adjusted_high) == (None, None)
        assert row.adjusted_low > 1
    assert row.difference_low < row.difference_high


def test_nothing_overturned_gives_no_figure_and_a_note(make):
    found = drivers(make({98: (0, 20), 99: (0, 30)}))
    row = found.rows[0]
    assert (row.overturn_rate, row.odds_ratio, row.adjusted_odds_ratio, row.q_value) == (0, None, None, None)
    assert found.notes == ("none of 50 decisions compared are overturned: no comparison",)
    assert found.verdict == "no page can be compared in 50 decisions"


def test_a_key_that_all_cite_is_not_compared(make):
    found = drivers(make({98: (10, 20)}, rest=(10, 20)))
    assert found.notes[-1] == "no page is cited in 10 decisions and not cited in 10 others: no comparison"


def test_a_key_that_is_its_covariate_says_so(make):
    often = make({98: (40, 40)}, category="Rehabilitation")
    seldom = make({99: (2, 18), 78: (9, 60)}, category="Surgery")
    seldom = seldom.with_columns(case=pl.lit("CM16-") + pl.col("case").str.slice(5))
    row = drivers(pl.concat([often, seldom]), adjust="category").row("chronic-pain/2009/page/98")
    assert (row.adjusted_odds_ratio, row.difference, row.p_value) == (None, None, None)
    assert row.remark.startswith("cannot be separated from the covariates")


def test_csv_has_the_columns(make):
    header, *rows = drivers(make({98: (4, 8), 99: (10, 80)})).to_csv().splitlines()
    assert header == ",".join(names(DriverRow))
    assert "chronic-pain/2009/page/98,chronic-pain,2009,,,98,12,12,8,4,0,0.333" in rows[1]


def test_adjusted_figures_see_through_the_kind_of_service(make):
    """Page 98 is cited where much is overturned anyway; within each category it makes no difference."""
    often = make({98: (40, 40), 99: (20, 20)}, category="Rehabilitation")
    seldom = make({98: (2, 18), 99: (20, 180)}, category="Surgery")
    seldom = seldom.with_columns(case=pl.lit("CM16-") + pl.col("case").str.slice(5))
    row = drivers(pl.concat([often, seldom]), adjust="category").row("chronic-pain/2009/page/98")
    assert row.odds_ratio_low > 1
    assert row.adjusted_odds_ratio == pytest.approx(1.0, abs=0.01)
    assert row.difference == pytest.approx(0.0, abs=0.1)


def test_cases_behind_a_row(facts):
    found = drivers(facts, minimum=1)
    assert found.cases("acoem-2004/page/303") == ("CM15-0000001", "CM15-0000002")
    with pytest.raises(UnknownError, match="the nearest: acoem-2004/page/303"):
        found.cases("acoem-2004/page/33")


def test_rows_of_a_decision_may_lie_apart(facts):
    shuffled = facts.sample(fraction=1, shuffle=True, seed=1)
    assert drivers(shuffled).to_frame().equals(drivers(facts).to_frame())
    assert len(prepare(shuffled)) == 4


@pytest.fixture(scope="module")
def sampled():
    """The facts of 200 sample letters, in which a category has one chapter cited in nearly all decisions."""
    rows = Rows(specialty_labels())
    for number, (name, text, _) in enumerate(sample.letters(200, 1, "mixed")):
        rows.add(number, name, parse_letter(text), text)
    return prepare(data_frames.frame(rows.tables()["facts"]))


@pytest.mark.parametrize("party", ["reviewer", "claims_administrator"])
@pytest.mark.parametrize("level", LEVELS)
def test_an_interval_is_wider_than_its_estimate(sampled, level, party):
    """A key that the covariates nearly tell has no maximum to speak of: no half of an interval."""
    for row in drivers(sampled, level, party, minimum=1).rows:
        if row.adjusted_odds_ratio and row.adjusted_low and row.adjusted_high:
            ratio = row.adjusted_odds_ratio
            assert row.adjusted_low * 1.05 < ratio < row.adjusted_high / 1.05, row.key
            assert row.difference_low < row.difference < row.difference_high, row.key


def test_choices_that_contradict_are_refused(facts):
    with pytest.raises(SettingError, match="either none or the names"):
        drivers(facts, adjust="none,year")
    table = drivers(facts, minimum=1)
    with pytest.raises(SettingError, match="minimum count is 0"):
        table.shown(0)
    assert table.shown(1) is table
    assert table.set_rows() == ()


def test_filters_that_only_together_leave_nothing_say_so(facts):
    index = prepare(facts)
    alone = [Filters.of(category="Injection"), Filters.of(drug="ibuprofen")]
    assert [list(index.notes(one, "reviewer")) for one in alone] == [[], []]
    (note,) = index.notes(Filters.of(category="Injection", drug="ibuprofen"), "reviewer")
    assert note.startswith("no decision matches all of the filters")
