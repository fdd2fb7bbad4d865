import polars as pl
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.index import prepare
from kg.analysis.services import drift, quantities, specialties
from kg.analysis.sides import sides


def page(number):
    return cite("chronic-pain", edition=2009, pages=(number,))


@pytest.fixture(scope="module")
def index():
    """Twenty decisions of each kind of agreement; where the reviewer looks further, half are overturned."""
    kinds = {
        "same": ([page(98)], [page(98)], 0),
        "overlap": ([page(98), page(99)], [page(98)], 10),
        "different": ([page(99)], [page(98)], 10),
        "reviewer only": ([page(99)], [], 5),
        "administrator only": ([], [page(98)], 0),
        "neither": ([], [], 1),
    }
    return prepare(
        facts_of(
            *(
                decision(
                    f"CM1{kind}-{number:07}",
                    1,
                    "overturned" if number < overturned else "upheld",
                    reviewer,
                    administrator,
                    category=("Surgery", "Injection")[number % 2],
                    specialties=["Neurology", "Surgery"] if number % 4 else ["Neurology"],
                    year=2014 + kind % 2,
                )
                for kind, (reviewer, administrator, overturned) in enumerate(kinds.values())
                for number in range(20)
            )
        )
    )


def test_agreement_and_silence(index):
    found = sides(index)
    rows = found.to_frame().select("agreement", "decisions", "overturned").rows()
    assert rows == [
        ("same", 20, 0),
        ("overlap", 20, 10),
        ("different", 20, 10),
        ("reviewer only", 20, 5),
        ("administrator only", 20, 0),
        ("neither", 20, 1),
    ]
    assert found.silent["silent"].to_list() == [40, 40]
    assert found.same_share == pytest.approx((1 + 0.5 + 0) / 3)


def test_outcomes_by_pair(index):
    pairs = sides(index).pairs.select("administrator", "reviewer", "decisions", "overturned").rows()
    first, second = "chronic-pain/2009/page/98", "chronic-pain/2009/page/99"
    assert pairs == [(first, first, 40, 10), (first, second, 40, 20)]


def test_effect_of_looking_further(index):
    """Half of 40 against none of 20, alike in both categories: no odds of overturning to divide by."""
    effect = sides(index).effect
    assert (effect.exposed, effect.unexposed, effect.odds_ratio, effect.mh_odds_ratio) == (40, 20, None, None)
    assert effect.low > 1
    assert effect.adjusted_low > 1
    assert effect.adjusted_odds_ratio == pytest.approx(41.0, rel=0.5)  # 20.5 * 20.5 / (20.5 * 0.5)


def test_too_few_to_compare(index):
    assert sides(index, minimum=21).effect is None


def test_a_reviewer_with_two_specialties_counts_for_both(index):
    rows = specialties(index).to_frame().select("specialty", "category", "decisions", "overturned").rows()
    assert sorted(rows) == [
        ("Neurology", "Injection", 60, 12),
        ("Neurology", "Surgery", 60, 14),
        ("Surgery", "Injection", 60, 12),
        ("Surgery", "Surgery", 30, 5),
    ]


def test_drift_tells_silence_from_editions(index):
    rows = drift(index).to_frame().select("year", "edition", "decisions", "overturned").rows()
    assert rows == [
        (2014, "chronic-pain/2009", 40, 10),
        (2014, None, 20, 0),
        (2015, "chronic-pain/2009", 40, 15),
        (2015, None, 20, 1),
    ]


def test_quantities_against_limits():
    rows = [
        decision(f"CM15-{number:07}", 1, "upheld", quantity_max=amount, quantity_unit="visit")
        for number, amount in enumerate([6.0, 12.0, 18.0, 30.0, None])
    ]
    facts = facts_of(*rows)
    assert quantities(prepare(facts)).notes == ("the facts hold no recommended quantities",)
    limited = facts.with_columns(recommended_min=pl.lit(8.0), recommended_max=pl.lit(12.0))
    found = quantities(prepare(limited), minimum=1).to_frame().select("requested", "decisions").rows()
    assert sorted(found) == [("beyond twice", 1), ("to twice", 1), ("within", 2)]
