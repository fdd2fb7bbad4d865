"""Related decisions and cases: what counts, the other way, what is pasted, repeats, many at once."""

import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import OUTCOMES
from kg.analysis.filters import Filters
from kg.analysis.related import features as features_module
from kg.analysis.related import nearest as nearest_module
from kg.analysis.related.evidence_kinds import KINDS
from kg.analysis.related.features import MODES, features
from kg.analysis.related.nearest import asked_of, exact, nearest
from kg.analysis.related.outside import asked_cases, request
from kg.analysis.related.rankings import WANTED, case_of, decisions_like, related
from kg.errors import SettingError, UnknownError
from kg.model import Determination

RARE = cite("chronic-pain", edition=2009, pages=(7,))
COMMON = cite("chronic-pain", edition=2009, pages=(98,))
MRI = {"category": "Diagnostic Testing", "subcategory": "Imaging/Radiology", "body_parts": ["low back"]}
KNEE = MRI | {"body_parts": ["knee:left"]}
_BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")
DRUG = {"category": "Pharmaceuticals", "subcategory": "NSAID", "drug_class": "NSAID", "drug": "ibuprofen"}


def world_of(letters):
    """Facts drawn at random."""
    sys.path.insert(0, _BENCHMARKS)
    from analysis_world import facts

    return facts(letters)


@pytest.fixture(scope="module")
def known():
    common = [
        decision(f"CM15-00001{number:02}", 1, "upheld", [COMMON], category="Injection", subcategory="Other")
        for number in range(20)
    ]
    return features(
        facts_of(
            decision("CM15-0000001", 1, "upheld", [RARE], [COMMON], **MRI, item_text="MRI"),
            decision("CM15-0000001", 2, "upheld", [COMMON], **DRUG),
            decision("CM15-0000002", 1, "overturned", [RARE], **MRI, year=2014),
            decision("CM15-0000003", 1, "overturned", [], **KNEE),
            decision("CM15-0000004", 1, "upheld", [RARE], [COMMON], **MRI),
            decision("CM15-0000005", 1, "modified", [], category="Home Health"),
            decision("CM15-0000006", 1, "overturned", [COMMON], **DRUG | {"drug": "naproxen"}),
            *common,
        )
    )


def cases(found):
    return [row.case for row in found.rows]


def test_the_same_request_comes_before_the_same_page(known):
    found = related(known, "CM15-0000004", limit=4)
    assert cases(found)[:2] == ["CM15-0000002", "CM15-0000001"]  # the second has another item, too
    assert cases(found)[2] == "CM15-0000003"
    assert all(0 < row.score <= 1 for row in found.rows)


def test_each_pair_says_why(known):
    [row] = related(known, "CM15-0000002", limit=1).rows
    [pair] = row.pairs
    assert (row.case, pair.asked, pair.row.found.item, pair.row.found.outcome) == (
        "CM15-0000004",
        1,
        1,
        "upheld",
    )
    assert sum(each.share for each in pair.row.shared) == pytest.approx(1, abs=1e-4)
    assert sum(each.share for each in pair.row.reasons) == pytest.approx(1, abs=1e-4)
    said = [each.text for each in pair.row.reasons]
    assert said[0] == "the same subcategory and body part"
    assert "both reviewers cite Chronic Pain Medical Treatment Guidelines (2009), page 7" in said
    assert pair.row.found.claims_administrator == ("chronic-pain/2009/page/98",)


def test_pending_counts_nothing_that_the_reviewer_wrote(known):
    [pair] = related(known, "CM15-0000002", limit=1, mode="pending").rows[0].pairs
    kinds = {each.kind for each in pair.row.shared}
    assert kinds <= {kind.name for kind in KINDS if kind.pending}
    assert not any(kind.startswith("reviewer") or kind == "specialty" for kind in kinds)


def test_grounds_count_and_tell_contrasts_apart():
    known = features(
        facts_of(
            decision("CM15-0000001", 1, "upheld", [RARE], **MRI, grounds=["response:not-met", "plan:met"]),
            decision("CM15-0000002", 1, "overturned", **MRI, grounds=["response:met", "plan:met"]),
            decision("CM15-0000003", 1, "overturned", [COMMON], **MRI, grounds=["amount:met"]),
            decision("CM15-0000004", 1, "overturned", **MRI),
        )
    )
    found = {row.case: row.pairs[0].row for row in related(known, "CM15-0000001", "other").rows}
    assert found["CM15-0000002"].differences == ("response to earlier treatment: not met here, met there",)
    assert found["CM15-0000003"].differences[0] == (
        "here the reviewer states reasoning and plan (met) and response to earlier treatment (not met), "
        "there amount (met)"
    )
    assert (
        found["CM15-0000003"]
        .differences[1]
        .startswith("here the reviewer cites Chronic Pain Medical Treatment Guidelines (2009), page 7")
    )
    assert found["CM15-0000004"].differences == (
        "here alone the reviewer states reasoning and plan (met) and response to earlier treatment (not met)",
    )
    said = [reason.text for reason in found["CM15-0000002"].reasons]
    assert said == ["the same subcategory and body part", "both reviewers state reasoning and plan (met)"]
    pending = related(known, "CM15-0000001", "other", mode="pending").rows
    assert {pair.row.differences for row in pending for pair in row.pairs} == {()}
    assert pending[0].pairs[0].row.found.grounds == ("plan:met", "response:met")


@pytest.mark.parametrize("mode", MODES)
def test_the_other_way_is_of_the_same_kind(known, mode):
    for case in known.cases:
        for item in case_of(known, case).items:
            found = decisions_like(known, item, "other", 30, mode=mode)
            kin = set(np.flatnonzero(known.kin(item.features)).tolist())
            for row in found.rows:
                at = known.number(row.found.case or "")
                assert {int(each) for each in known.decisions(at)} & kin
                if mode == "precedent":
                    assert row.found.outcome != OUTCOMES[item.outcome or 0]
                else:
                    assert row.found.outcome in {"overturned", "modified"}


@pytest.mark.parametrize("mode", MODES)
def test_the_first_contrast_is_of_the_kind_wherever_there_is_one(base, mode):
    """Over all cases of synthetic letters: the first row of a case and each item, by plain counting."""
    known = features(base.facts)
    granted = {OUTCOMES.index("overturned"), OUTCOMES.index("modified")}
    for case in known.cases:
        kin: set[int] = set()
        for item in case_of(known, case).items:
            ended = [
                int(other)
                for other in np.flatnonzero(known.kin(item.features))
                if known.case_of[other] != item.case
                and (
                    known.outcome[other] != item.outcome
                    if mode == "precedent"
                    else known.outcome[other] in granted
                )
            ]
            first = decisions_like(known, item, "other", 1, mode=mode).rows
            assert bool(first) is bool(ended)
            if first:
                at = known.decisions(known.number(first[0].found.case or ""))[first[0].found.item - 1]
                assert int(at) in ended
            kin.update(ended)
        rows = related(known, case, "other", 1, mode=mode).rows
        assert bool(rows) is bool(kin)
        for pair in (pair for row in rows for pair in row.pairs):
            place = known.decisions(known.number(rows[0].case))
            assert any(int(at) in kin and known.position[at] == pair.row.found.item for at in place)


def test_the_nearest_of_the_other_way_comes_first(known):
    assert cases(related(known, "CM15-0000004", "other")) == ["CM15-0000002", "CM15-0000003"]
    found = related(known, "CM15-0000001", "other")
    assert {(row.case, row.pairs[0].asked) for row in found.rows} == {
        ("CM15-0000002", 1), ("CM15-0000003", 1), ("CM15-0000006", 2),
    }  # fmt: skip


def test_where_none_went_the_other_way_the_nearest_kind_is_named(known):
    found = related(known, "CM15-0000100", "other")
    assert found.rows == ()
    assert found.notes == ("no decision on Other went the other way; the nearest kind that did: NSAID",)
    [item] = case_of(known, "CM15-0000100").items
    assert decisions_like(known, item, "other").note == found.notes[0]


def test_a_given_outcome(known):
    assert cases(related(known, "CM15-0000004", "modified")) == []
    for row in related(known, "CM15-0000002", "upheld").rows:
        assert {pair.row.found.outcome for pair in row.pairs} == {"upheld"}


def test_filters(known):
    assert cases(related(known, "CM15-0000001", filters=Filters.of(year=2014))) == ["CM15-0000002"]


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
    assert whole.total == len(whole.rows)
    assert all((one.score, two.case) >= (two.score, one.case) for one, two in pairwise(whole.rows))


def test_letters_that_repeat_one_another_are_one_entry():
    same = [decision(f"CM15-000000{n}", 1, "upheld", [RARE], **MRI, wording=77) for n in range(2, 7)]
    other = decision("CM15-0000008", 1, "upheld", [RARE], **MRI, wording=78)
    known = features(facts_of(decision("CM15-0000001", 1, "upheld", [RARE], **MRI), *same, other))
    found = related(known, "CM15-0000001")
    assert [(row.case, row.repeats) for row in found.rows] == [("CM15-0000002", 5), ("CM15-0000008", 1)]
    [item] = case_of(known, "CM15-0000001").items
    assert [row.repeats for row in decisions_like(known, item).rows] == [5, 1]


@pytest.mark.parametrize("block", [1, 4, 64])
@pytest.mark.parametrize(("often", "walked"), [(1, 1), (8, 30), (256, 500), (256, 10**9)])
def test_the_short_way_finds_what_comparing_all_does(monkeypatch, block, often, walked):
    """Blocks of any size, and lists walked of any length, by mode and among all or some decisions."""
    monkeypatch.setattr(features_module, "BLOCK", block)
    monkeypatch.setattr(features_module, "_OFTEN", often)
    monkeypatch.setattr(nearest_module, "BLOCK", block)
    monkeypatch.setattr(nearest_module, "_WALKED", walked)
    monkeypatch.setattr(nearest_module, "_BLOCKS", 2)
    known = features(world_of(400))
    rng = np.random.default_rng(5)
    for count, share, mode in product((1, 12, 500), (None, 0.3, 0.01), MODES):
        allowed = None if share is None else rng.random(len(known)) < share
        asked = asked_of(known, int(rng.integers(0, len(known))))
        place, score = nearest(known, asked, mode, count, allowed)
        every = np.arange(len(known))
        may = known.case_of != asked.case if allowed is None else allowed & (known.case_of != asked.case)
        counted = asked.features[known.counting[mode][asked.features]]
        total = int(known.weights[counted].sum())
        points = np.where(may, exact(known, counted, mode, total, every), 0)
        best = [int(at) for at in np.lexsort((known.rank, -points)) if points[at] > 0][:count]
        assert (place.tolist(), score.tolist()) == (best, points[best].tolist())


def test_like_requests_are_neighbours_and_decisions_keep_their_order():
    known = features(world_of(300))
    drug = known.kind == [kind.name for kind in KINDS].index("drug")
    runs = [
        np.count_nonzero(np.diff(known.having(feature), prepend=-2) > 1) for feature in np.flatnonzero(drug)
    ]
    assert sum(runs) < known.starts[-1] / 10
    assert (known.rank[known.by_case] == np.arange(len(known))).all()
    for case in range(len(known.cases)):
        own = known.decisions(case)
        assert (known.case_of[own] == case).all()
        assert known.position[own].tolist() == sorted(known.position[own].tolist())


def test_a_request_that_is_not_in_the_base(known):
    [asked] = asked_cases(known, [(request(["MRI of the lumbar spine"]), "")], {})
    found = related(known, asked, mode="pending")
    assert found.case is None
    assert {"CM15-0000001", "CM15-0000002", "CM15-0000004"} == set(cases(found)[:3])
    assert cases(related(known, asked, "other", mode="pending"))[0] == "CM15-0000002"


def test_many_at_once_are_as_one_by_one(known):
    told = "The 35 year old male worker had an injury on 07/08/2013. Diagnoses include lumbar strain. "
    letters: list[tuple[Determination, str]] = [
        (request(["MRI of the lumbar spine", "Ibuprofen 600mg #90"], told), ""),
        (request(["acupuncture"]), ""),
        (request(["Naproxen 500mg #60"], told), ""),
    ]
    for outcome in (None, *WANTED):
        together = [related(known, each, outcome) for each in asked_cases(known, letters, {})]
        alone = [related(known, asked_cases(known, [each], {})[0], outcome) for each in letters]
        assert together == alone


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"case": "CM15-0000007"}, UnknownError, "the nearest: .*CM15-000000"),
        ({"case": "no such case"}, UnknownError, "the nearest"),
        ({"case": "CM15-0000001", "outcome": "oter"}, UnknownError, "the nearest: other"),
        ({"case": "CM15-0000001", "mode": "presedent"}, UnknownError, "the nearest: precedent"),
        ({"case": "CM15-0000001", "cursor": "£"}, SettingError, "not a valid cursor"),
        ({"case": "CM15-0000001", "cursor": "r1.5"}, SettingError, "not a valid cursor"),
        ({"case": "CM15-0000001", "limit": 0}, SettingError, "1 to 1000"),
    ],
)
def test_bad_input(known, given, error, sentence):
    with pytest.raises(error, match=sentence):
        related(known, **given)


@pytest.mark.parametrize("items", [[], [" "], ["MRI", "x" * 20_001]])
def test_a_request_must_have_items(items):
    with pytest.raises(SettingError, match="item"):
        request(items)


def test_a_case_that_shares_nothing(known):
    found = related(known, "CM15-0000005", "other")
    assert (found.rows, found.next, found.to_frame().height) == ((), None, 0)


def test_variants_are_found_among_many():
    """A tenth of the letters are variants of one before: other page, drug or body part."""
    sys.path.insert(0, _BENCHMARKS)
    from bench_analysis import recall_of_kin

    assert recall_of_kin(letters=4000, kin=100) >= 0.95


def test_a_base_that_lacks_kinds_of_feature():
    found = related(features(facts_of(decision("CM15-0000001", 1, "upheld", []))), "CM15-0000001", limit=3)
    assert found.rows == ()
