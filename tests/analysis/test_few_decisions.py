"""Whatever few decisions there are, every figure is finite or none, without a warning."""

import math

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_facts import cite, decision, facts_of

from kg.analysis import plots
from kg.analysis.cube import n_triples
from kg.analysis.decisions import LEVELS, OUTCOMES, PARTIES, prepare
from kg.analysis.driver_row.robustness import robustness
from kg.analysis.drivers import drivers
from kg.analysis.network import KINDS, network
from kg.analysis.outcomes import KINDS as GROUPS
from kg.analysis.outcomes import grouped, outcomes
from kg.analysis.related.features import features
from kg.analysis.related.rankings import related
from kg.analysis.sides import sides

cited = st.sampled_from(
    [
        cite("acoem-2004", chapter="12", pages=(303, 304)),
        cite("chronic-pain", edition=2009, pages=(98,)),
        cite(
            "chronic-pain", edition=2016, sections=(("chronic-pain/2016/nsaids", "NSAIDs"), (None, "Odd one"))
        ),
        cite("odg", chapter="Low Back"),
        cite("other"),
    ]
)


@st.composite
def decided(draw):
    """Some letters, often with one outcome only, or alike in all else."""
    ends = draw(
        st.sampled_from([OUTCOMES, ("upheld",), ("overturned",), ("upheld", "overturned"), ("modified",)])
    )
    items = draw(st.lists(st.integers(1, 3), min_size=1, max_size=12))
    return facts_of(
        *(
            decision(
                f"CM15-{letter:07}",
                item,
                draw(st.sampled_from(ends)),
                draw(st.lists(cited, max_size=2)),
                draw(st.lists(cited, max_size=2)),
                category=draw(st.sampled_from([None, "Surgery", "Injection"])),
                year=draw(st.sampled_from([None, 2014, 2015])),
                specialties=draw(st.sampled_from([[], ["Neurology"], ["Neurology", "Surgery"]])),
                quantity_max=draw(st.sampled_from([None, 0.0, 12.0])),
                quantity_unit="visit",
                recommended_max=draw(st.sampled_from([None, 0.0, 8.0])),
                recommended_unit="visit",
            )
            for letter, number in enumerate(items)
            for item in range(1, number + 1)
        )
    )


def finite(frame):
    for name, kind in frame.schema.items():
        if kind.is_float():
            assert all(value is None or math.isfinite(value) for value in frame[name]), name


@pytest.mark.parametrize("sets", [True, False])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=decided(), level=st.sampled_from(LEVELS), party=st.sampled_from(PARTIES))
def test_drivers_are_finite(sets, facts, level, party):
    found = drivers(facts, level, party, minimum=1, sets=sets)
    finite(found.to_frame())
    for row in found.rows:
        assert row.decisions == row.upheld + row.overturned + row.modified > 0
        for point, low, high in (
            (row.overturn_rate, row.rate_low, row.rate_high),
            (row.difference, row.difference_low, row.difference_high),
            (row.odds_ratio, row.odds_ratio_low, row.odds_ratio_high),
            (row.adjusted_odds_ratio, row.adjusted_low, row.adjusted_high),
        ):
            known = [value for value in (low, point, high) if value is not None]
            assert known == sorted(known)
        assert row.q_value is None or 0 <= row.q_value <= 1
    plots.forest(found)
    n_triples(found, "000001", "0")


@pytest.mark.long
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=decided(), level=st.sampled_from(LEVELS), kind=st.sampled_from(KINDS))
def test_all_else_is_finite(facts, level, kind):
    index = prepare(facts)
    compared = sides(index, level, minimum=1, grouping=grouped(index, "specialty"))
    frames = [compared.agreement, compared.pairs, compared.silent, compared.groups]
    frames += [outcomes(index, by, minimum=1).to_frame() for by in GROUPS]
    found = network(index, kind, level, minimum=1, q=1.1)
    frames += [found.to_frame(), found.nodes()]
    if compared.effect is not None:
        figures = {name: getattr(compared.effect, name) for name in compared.effect.__slots__}
        frames.append(pl.DataFrame([figures], infer_schema_length=None))
    alike = related(features(index), "CM15-0000000")
    frames.append(alike.to_frame())
    for frame in frames:
        finite(frame)
    for row in alike.rows:
        assert 0 < row.score <= 1
        for pair in row.pairs:
            assert sum(shared.share for shared in pair.row.shared) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("adjust", ["category", "year", "specialty", "category,year"])
def test_a_key_that_the_covariates_tell_has_counts_and_a_sentence(adjust):
    """Page 98 is cited for one category, in one year and by one specialty, and page 7 for the others."""
    rows = [
        decision(
            f"CM15-{number:07}",
            1,
            "overturned" if number % 3 == 0 else "upheld",
            [cite("chronic-pain", edition=2009, pages=((98, 7)[number % 2],))],
            category=("Surgery", "Injection")[number % 2],
            year=(2014, 2015)[number % 2],
            specialties=[("Neurology", "Pain Medicine")[number % 2]],
        )
        for number in range(120)
    ]
    index = prepare(facts_of(*rows))
    found = drivers(index, adjust=adjust)
    finite(found.to_frame())
    assert found.verdict == "no page can be compared in 120 decisions"
    for row in found.rows:
        assert (row.decisions, row.adjusted_odds_ratio, row.q_value) == (60, None, None)
        assert row.odds_ratio is not None
        assert row.remark.startswith("cannot be separated from the covariates")
    specifications = robustness(index, "chronic-pain/2009/page/98")
    finite(specifications.to_frame())
    assert (specifications.verdict, *specifications.notes)[-1].startswith("no fully adjusted odds ratio")
