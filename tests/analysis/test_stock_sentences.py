"""Stock sentences: every figure against a recount of the letters in plain Python, as a base changes."""

import random
import re
from collections import defaultdict

import pytest

import kg
from kg import sample
from kg.analysis.filters import Filters
from kg.analysis.reasons.stock_sentences import of_letter, share, stock
from kg.base.building.build import build
from kg.base.upkeep.edit import remove
from kg.reading.alike import form
from kg.reading.grounds.sentences import sentences


def recount(base, alike):
    """Each sentence of several letters: its letters, how often it stands there, and its decisions."""
    found = defaultdict(list)
    for case in base.cases():
        text, read = base.letter(case), base.determination(case)
        for item, decision in enumerate(read.decisions, 1):
            if decision.rationale is None or decision.outcome is None:
                continue
            span = decision.rationale.span
            for start, end in sentences(text, span.start, span.end):
                said = " ".join(text[start:end].split())
                found[form(said) if alike else said].append((case, item, decision.outcome.value, said))
    return found


def check(base):
    for alike in (False, True):
        found = base.sentences(alike=alike, limit=10_000)
        said = recount(base, alike)
        several = {key: rows for key, rows in said.items() if len({row[0] for row in rows}) > 1}
        assert found.total == len(several) == found.table.height
        assert found.sentences == sum(map(len, said.values()))
        assert found.repeated == sum(map(len, several.values()))
        for row in found.table.iter_rows(named=True):
            rows = several[form(row["sentence"]) if alike else row["sentence"]]
            decisions = {(case, item): outcome for case, item, outcome, _ in rows}
            assert row["letters"] == len({case for case, _ in decisions})
            assert row["decisions"] == len(decisions)
            assert row["times"] == len(rows)
            assert row["wordings"] == len({words for *_, words in rows})
            assert row["overturned"] == sum(outcome == "overturned" for outcome in decisions.values())
            assert row["cases"] == sorted({case for case, _ in decisions})[:10]


def test_figures_hold_as_letters_are_added_changed_and_removed(tmp_path):
    chance = random.Random(3)
    letters = [(f"{name}.txt", text) for name, text, _ in sample.letters(24, 7, "all")]
    folder = tmp_path / "letters"
    folder.mkdir()
    for some in (letters[:10], letters[10:24]):
        for name, text in some:
            (folder / name).write_text(text, encoding="utf-8", newline="")
        build([folder], tmp_path / "kb", processes=1)
        with kg.open(tmp_path / "kb") as base:
            check(base)
    # a letter that changes: each of its rationales begins with a sentence of another
    name, text = letters[chance.randrange(10)]
    changed = re.sub(r"(?m)^(Rationale[^\n:]*:\s*)", r"\1The request was read with care. ", text)
    (folder / name).write_text(changed, encoding="utf-8", newline="")
    build([folder], tmp_path / "kb", processes=1)
    with kg.open(tmp_path / "kb") as base:
        cases = base.cases()
        check(base)
    remove(tmp_path / "kb", chance.sample(cases, 3), "for a test")
    with kg.open(tmp_path / "kb") as base:
        assert len(base) == len(cases) - 3
        check(base)


def test_rows_are_told_of_page_by_page_and_filters_hold(base):
    from kg.analysis.cache import Analyses

    index, said = Analyses.of(base).index, base.scan_sentences()
    whole = stock(index, said, base.letter, limit=1000)
    assert whole.total > 3
    assert "appear word for word in another letter" in whole.verdict
    pages = [stock(index, said, base.letter, limit=2, offset=at).table for at in (0, 2)]
    assert [*pages[0]["sentence"], *pages[1]["sentence"]] == whole.table["sentence"].to_list()[:4]
    some = stock(index, said, base.letter, filters=Filters.of(category="Pharmaceuticals"))
    assert some.sentences < whole.sentences
    assert "nearly word for word" in stock(index, said, base.letter, alike=True).verdict
    none = stock(index, said, base.letter, filters=Filters.of(year=1990))
    assert none.table.height == 0
    assert none.verdict == "no rationale has a sentence"
    assert stock(index, said, base.letter, minimum=10**6).total == 0
    named = whole.table.filter(named=True)
    assert named["cited_share"].null_count() == named.height


def test_the_sentences_of_one_letter(base):
    case = base.cases()[0]
    read, text = base.determination(case), base.letter(case)
    found = of_letter(read, text, base.scan_sentences())
    others = [(base.letter(name), base.determination(name)) for name in base.cases() if name != case]
    for each in found:
        said = " ".join(text[each.start : each.end].split())
        holding = sum(
            any(
                " ".join(other[a:b].split()) == said
                for decision in told.decisions
                if decision.rationale
                for a, b in sentences(other, decision.rationale.span.start, decision.rationale.span.end)
            )
            for other, told in others
        )
        assert each.others == holding
    assert f"of {len(found)} sentences" in share(found)
    assert share([]) == "no rationale of the letter has a sentence"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Dr. Roe asks for 12 visits.", "Dr. Ann Poe asks for 6-8 visits.", True),
        ("Pain in the left knee since 3/4/2015.", "Pain in the right knee since 2014-03-04.", True),
        ("It began on March 4, 2015.", "It began on 14 June 2012.", True),
        ("Twelve visits may be given.", "12 visits may be given.", True),
        ("The other knee is well.", "The left knee is well.", False),
        ("There is pain.", "There is no pain.", False),
        ("The March of time.", "The may of time.", False),
        ("Mr. Roe walks.", "Roe walks.", False),
    ],
)
def test_what_is_set_apart(one, other, alike):
    assert (form(one) == form(other)) is alike
