"""Outcomes by every grouping, and the two sides by every grouping and level, against a plain recount."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from kg.analysis.cache import Analyses
from kg.analysis.decisions import LEVELS
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.outcomes import GROUPINGS, KINDS, grouped, outcomes
from kg.analysis.sides import AGREEMENT, sides
from kg.errors import ChoiceError, SettingError

VALUES = {
    "year": lambda row: [str(row["year"])],
    "category": lambda row: [row["category"]],
    "subcategory": lambda row: [row["subcategory"]],
    "body_part": lambda row: [*row["body_parts"], *(part.partition(":")[0] for part in row["body_parts"])],
    "ground": lambda row: [*row["grounds"], *(ground.partition(":")[0] for ground in row["grounds"])],
    "drug": lambda row: [row["drug"], row["drug_class"]],
    "specialty": lambda row: [*row["specialties"], *row["subspecialties"]],
    "licence": lambda row: row["licensed_in"],
    "template": lambda row: [row["template"]],
    "priority": lambda row: [row["priority"]],
    "sex": lambda row: [row["sex"]],
    "quantity_unit": lambda row: [row["quantity_unit"]],
}
"""What a decision counts for, from its row of the facts."""


@pytest.fixture(scope="module")
def index(base):
    return Analyses.of(base).index


@pytest.fixture(scope="module")
def decisions(base):
    """The facts of each decision that has an outcome, once."""
    found = {}
    for row in base.scan_facts().collect().iter_rows(named=True):
        if row["outcome"] is not None:
            row = {name: [] if value is None and name in LISTS else value for name, value in row.items()}
            found.setdefault((row["case"], row["item"]), row)
    return found


LISTS = {"body_parts", "grounds", "specialties", "subspecialties", "licensed_in"}


def clustered(members, everything):
    """The rate and its interval by the formulas: Wilson's, of the decisions that remain of those alike."""
    won = {key: row["outcome"] == "overturned" for key, row in everything.items()}
    share = sum(won.values()) / len(won)
    letters = defaultdict(list)
    for (case, _), over in won.items():
        letters[case].append(over - share)
    crossed = sum(sum(one) ** 2 - sum(r * r for r in one) for one in letters.values())
    possible = share * (1 - share) * sum(len(one) ** 2 - len(one) for one in letters.values())
    alike = min(max(crossed / possible, 0), 0.95) if possible else 0.0
    alike = 1.0 if share in {0, 1} else alike
    sizes = Counter(case for case, _ in members)
    count, over = len(members), sum(won[key] for key in members)
    effective = count / (1 + alike * (sum(n * n for n in sizes.values()) / count - 1))
    rate, z = over / count, 1.959963984540054
    middle = (rate + z * z / 2 / effective) / (1 + z * z / effective)
    half = z * math.sqrt(rate * (1 - rate) / effective + z * z / 4 / effective**2) / (1 + z * z / effective)
    return len(sizes), rate, middle - half, middle + half


def agree(row, members, everything):
    """A row has the counts and the interval of its decisions."""
    told = Counter(everything[key]["outcome"] for key in members)
    letters, rate, low, high = clustered(members, everything)
    assert (row["letters"], row["decisions"]) == (letters, len(members))
    assert [row[name] for name in ("upheld", "overturned", "modified")] == [
        told[name] for name in ("upheld", "overturned", "modified")
    ]
    assert (row["overturn_rate"], row["rate_low"], row["rate_high"]) == pytest.approx(
        (rate, low, high), abs=1e-9
    )


def test_every_grouping_is_recounted():
    assert (
        set(VALUES)
        == set(GROUPINGS)
        == {name for name, one in FILTERS.items() if one.columns} - {"decision_date", "age", "quantity"}
    )
    assert {*KINDS} == {*GROUPINGS, "drift", "quantities"}


@pytest.mark.parametrize("by", GROUPINGS)
def test_outcomes_are_those_of_a_plain_recount(index, decisions, by):
    members = defaultdict(set)
    for key, row in decisions.items():
        for value in VALUES[by](row):
            if value not in {None, "None"}:
                members[value].add(key)
    with_one = {key: decisions[key] for key in sorted(set().union(*members.values()))}
    table = outcomes(index, by, minimum=1)
    assert {row["value"] for row in table.to_frame().iter_rows(named=True)} == set(members)
    for row in table.to_frame().iter_rows(named=True):
        agree(row, members[row["value"]], with_one)
    without = len(decisions) - len(with_one)
    assert (not without) == (not any(note.startswith("not counted, without a") for note in table.notes))
    assert not without or any(f": {without} decision" in note for note in table.notes)


@pytest.mark.parametrize("by", GROUPINGS)
def test_a_row_counts_what_the_filter_of_its_name_keeps(index, by):
    for row in outcomes(index, by, minimum=1).to_frame().iter_rows(named=True):
        kept = index.chosen(Filters.of(**{by: row["value"]}), "any")
        assert row["decisions"] == kept.sum(), row["value"]


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("across", GROUPINGS)
def test_two_groupings_count_what_has_both(index, by, across):
    if by == across:
        with pytest.raises(SettingError):
            outcomes(index, by, across)
        return
    table = outcomes(index, by, across, minimum=1).to_frame()
    for row in table.sample(min(table.height, 8), seed=1).iter_rows(named=True):
        kept = index.chosen(Filters.of(**{by: row["value"], across: row["across"]}), "any")
        assert row["decisions"] == kept.sum() > 0


@pytest.mark.parametrize("by", KINDS)
def test_a_minimum_hides_rows_and_moves_no_figure(index, by):
    whole = outcomes(index, by, minimum=1).to_frame()
    for least in (2, 5, 30):
        some = outcomes(index, by, minimum=least).to_frame()
        assert some.equals(whole.filter(whole["decisions"] >= least))


@pytest.mark.parametrize("by", KINDS)
def test_filters_leave_the_others_out(index, by):
    chosen = Filters.of(category="Pharmaceuticals", year="2014-2016")
    kept = index.chosen(chosen, "reviewer")
    table = outcomes(index, by, filters=chosen, minimum=1)
    if by in GROUPINGS:
        found = grouped(index, by, kept)
        counted = dict(zip(found.names, np.bincount(found.value, minlength=len(found.names)), strict=True))
        assert {row["value"]: row["decisions"] for row in table.to_frame().iter_rows(named=True)} == counted
    assert (table.to_frame()["decisions"] <= kept.sum()).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("by", GROUPINGS)
def test_the_two_sides_by_every_grouping_and_level(index, decisions, level, by):
    cited = {
        party: defaultdict(set, _keys(index, index.cited(level, party)))
        for party in ("reviewer", "claims_administrator")
    }
    members = defaultdict(set)
    for key, row in decisions.items():
        kind = _agreement(cited["reviewer"][key], cited["claims_administrator"][key])
        for value in VALUES[by](row):
            if value not in {None, "None"}:
                members[value, kind].add(key)
    with_one = {key: decisions[key] for key in sorted(set().union(*members.values()))}
    table = sides(index, level, minimum=1, grouping=grouped(index, by)).groups
    assert {(row["value"], row["agreement"]) for row in table.iter_rows(named=True)} == set(members)
    for row in table.iter_rows(named=True):
        agree(row, members[row["value"], row["agreement"]], with_one)


def _keys(index, cited):
    found = defaultdict(set)
    names = index.columns("case", "item").rows()
    for decision, key in zip(cited.decision.tolist(), cited.key.tolist(), strict=True):
        found[names[decision]].add(key)
    return found


def _agreement(ours, theirs):
    if ours and ours == theirs:
        return "same"
    if ours & theirs:
        return "overlap"
    if ours and theirs:
        return "different"
    if ours or theirs:
        return "reviewer only" if ours else "administrator only"
    return AGREEMENT[-1]


@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        ({"by": "weather"}, ChoiceError, "there is no grouping of outcomes 'weather'"),
        ({"by": "speciality"}, ChoiceError, "the nearest: specialty"),
        ({"by": "year", "across": "weather"}, ChoiceError, "there is no grouping 'weather'"),
        ({"by": "drift", "across": "year"}, SettingError, "cannot be counted across year"),
        ({"by": "year", "minimum": 0}, SettingError, "must be at least 1"),
        ({"by": "year", "party": "nobody"}, ChoiceError, "party"),
    ],
)
def test_what_cannot_be_counted_is_said(index, given, kind, says):
    with pytest.raises(kind, match=says):
        outcomes(index, **given)
