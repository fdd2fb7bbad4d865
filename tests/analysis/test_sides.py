import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import prepare
from kg.analysis.filters import Filters
from kg.analysis.outcomes import outcomes
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
    rates = found.to_frame().select("overturn_rate", "rate_low", "rate_high").rows()
    assert [rate for rate, _, _ in rates] == [0, 0.5, 0.5, 0.25, 0, 0.05]
    assert rates[3][1:] == pytest.approx((0.1119, 0.4687), abs=1e-4)  # Wilson's interval of 5 of 20
    assert found.silent["silent"].to_list() == [40, 40]
    assert found.same_share == pytest.approx((1 + 0.5 + 0) / 3)


def test_a_filter_leaves_the_others_out_everywhere(index):
    found = sides(index, filters=Filters.of(category="Surgery"))
    assert found.agreement["decisions"].to_list() == [10] * 6
    assert found.pairs["decisions"].to_list() == [20, 20]
    assert found.silent["silent"].to_list() == [20, 20]
    assert (found.effect.exposed, found.effect.unexposed) == (20, 10)


def test_outcomes_by_pair(index):
    pairs = sides(index).pairs.select("administrator", "reviewer", "decisions", "overturned").rows()
    first, second = "chronic-pain/2009/page/98", "chronic-pain/2009/page/99"
    assert pairs == [(first, first, 40, 10), (first, second, 40, 20)]


def test_effect_of_looking_further(index):
    """Half of 40 against none of 20, alike in both categories: no odds of overturning to divide by."""
    effect = sides(index).effect
    assert (effect.exposed, effect.unexposed, effect.odds_ratio) == (40, 20, None)
    assert effect.low > 1
    assert effect.adjusted_low > 1
    assert effect.adjusted_odds_ratio is None  # without an event in the rest there is no upper end


def test_too_few_to_compare(index):
    found = sides(index, filters=Filters.of(category="Surgery", specialty="Surgery"))
    assert found.effect is None
    assert any(note.endswith("each group needs 10: no comparison") for note in found.notes)


def test_a_minimum_hides_pairs_and_moves_no_figure(index):
    whole, some = sides(index, minimum=1), sides(index, minimum=40)
    assert some.pairs.equals(whole.pairs.filter(whole.pairs["decisions"] >= 40))
    assert some.effect == whole.effect


def test_a_reviewer_with_two_specialties_counts_for_both(index):
    rows = outcomes(index, "specialty", "category").to_frame()
    assert sorted(rows.select("value", "across", "decisions", "overturned").rows()) == [
        ("Neurology", "Injection", 60, 12),
        ("Neurology", "Surgery", 60, 14),
        ("Surgery", "Injection", 60, 12),
        ("Surgery", "Surgery", 30, 5),
    ]


def test_drift_tells_silence_from_editions(index):
    rows = outcomes(index, "drift").to_frame().select("year", "edition", "decisions", "overturned").rows()
    assert rows == [
        (2014, "chronic-pain/2009", 40, 10),
        (2014, None, 20, 0),
        (2015, "chronic-pain/2009", 40, 15),
        (2015, None, 20, 1),
    ]


def test_quantities_against_limits():
    limit = {"recommended_min": 8.0, "recommended_max": 12.0, "recommended_unit": "visit"}
    requested = [
        (6.0, "visit"),
        (12.0, "visit"),
        (18.0, "visit"),
        (30.0, "visit"),
        (60.0, "unit"),
        (None, None),
    ]
    rows = [
        decision(f"CM15-{number:07}", 1, "upheld", quantity_max=amount, quantity_unit=unit, **limit)
        for number, (amount, unit) in enumerate(requested)
    ]
    found = outcomes(prepare(facts_of(*rows)), "quantities", minimum=1)
    counted = found.to_frame().select("quantity_unit", "requested", "decisions").rows()
    assert sorted(counted) == [("visit", "beyond twice", 1), ("visit", "to twice", 1), ("visit", "within", 2)]
    assert found.notes[0].startswith("4 decisions state both")


def test_without_limits_there_is_nothing_to_compare(index):
    found = outcomes(index, "quantities")
    assert found.to_frame().height == 0
    assert found.notes[0].startswith("0 decisions")
