"""Search over letters: words, phrases, pages of results, snippets."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.analysis.search import CLOSE, OPEN, Search, expression
from kg.base import word_index
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.edit import correct, correction, remove, repair
from kg.errors import BaseError, SettingError
from kg.sample import letters


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("search")
    (folder / "letters").mkdir()
    for name, text, _ in letters(40, seed=8, template="mixed"):
        (folder / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
    build([folder / "letters"], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


@pytest.mark.parametrize("words", ["injured worker", '"the injured worker"', "injury DENIED"])
def test_every_hit_holds_every_word(base: KnowledgeBase, words: str):
    found = Search(base).find(words, 100)
    assert found.total == len(found.rows)
    assert found.rows
    for row in found.rows:
        assert OPEN in row.snippet
        assert row.snippet.count(OPEN) == row.snippet.count(CLOSE)
        text = " ".join(base.letter(row.case).split()).lower()
        quoted = row.snippet.replace(OPEN, "").replace(CLOSE, "").strip("…").lower()
        assert quoted in text


def test_a_phrase_is_words_side_by_side(base: KnowledgeBase):
    search = Search(base)
    assert search.find('"worker injured"').total == 0
    assert search.find("worker injured").total > 0


def test_pages_of_results_give_each_case_once(base: KnowledgeBase):
    search, offset, cases = Search(base), 0, []
    while offset is not None:
        page = search.find("injury", 7, offset)
        cases += [row.case for row in page.rows]
        offset = page.next
    assert len(cases) == len(set(cases)) == page.total


@pytest.mark.parametrize("words", ["", "  ", '"', "?!", "a " * 30])
def test_what_cannot_be_searched(base: KnowledgeBase, words: str):
    with pytest.raises(SettingError):
        Search(base).find(words)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ('"; DROP TABLE letters --', '"; DROP TABLE letters --"'),
        ("letters* OR injury", '"letters*" AND "OR" AND "injury"'),
        ("NEAR(a b)", '"NEAR(a" AND "b)"'),
        ("text:a", '"text:a"'),
        ("^a", '"^a"'),
        ("a AND", '"a" AND "AND"'),
    ],
)
def test_nothing_is_taken_for_an_operator(base: KnowledgeBase, words: str, wanted: str):
    assert expression(words) == wanted
    assert len(Search(base).find(words, limit=1).rows) <= 1


def test_an_index_that_is_missing_or_damaged_is_a_fault(base: KnowledgeBase, tmp_path: Path):
    shutil.copytree(base.path, tmp_path / "kb", symlinks=True)
    file = tmp_path / "kb" / "current" / word_index.FILE
    file.write_bytes(b"no database " * 100)
    with KnowledgeBase.open(tmp_path / "kb") as damaged, pytest.raises(BaseError, match="cannot be read"):
        Search(damaged).find("injury")
    file.unlink()
    with (
        KnowledgeBase.open(tmp_path / "kb") as older,
        pytest.raises(BaseError, match="run: kg build --repair"),
    ):
        Search(older).find("injury")


TEXTS = [text for _, text, _ in letters(12, seed=8, template="mixed")]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("build"), st.sets(st.integers(0, 11), min_size=1, max_size=6)),
        st.tuples(st.just("remove"), st.integers(0, 11)),
        st.tuples(st.just("repair"), st.just(0)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.long
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_any_history_gives_the_index_of_its_last_letters(tmp_path_factory: pytest.TempPathFactory, steps):
    folder = tmp_path_factory.mktemp("history")
    gone = set()
    for number, (step, what) in enumerate([("build", {0, 1, 2}), *steps]):
        if step == "build":
            given = folder / str(number)
            given.mkdir()
            for n in what:
                # A letter that comes again has another text in every build.
                (given / f"{n}.txt").write_text(f"{TEXTS[n]}\nknee{number} seen{n}", encoding="utf-8")
            build([given], folder / "kb", processes=1)
        elif step == "remove":
            with KnowledgeBase.open(folder / "kb") as base:
                cases = [case for case in base.cases() if f"seen{what}" in base.letter(case).split()]
            if cases:
                gone |= set(cases)
                remove(folder / "kb", cases, "asked")
        else:
            repair(folder / "kb")
    with KnowledgeBase.open(folder / "kb") as base:
        texts = {case: base.letter(case).split() for case in base.cases()}
        search = Search(base)
        for word in [*(f"knee{n}" for n in range(6)), *(f"seen{n}" for n in range(12))]:
            found = sorted(row.case for row in search.find(word, 100).rows)
            assert found == sorted(case for case, words in texts.items() if word in words)
        assert search.find("injury", 100).total == sum("injury" in t or "Injury" in t for t in texts.values())
    assert not gone & texts.keys()
    again = tmp_path_factory.mktemp("again")
    (again / "letters").mkdir()
    for case in texts:
        with KnowledgeBase.open(folder / "kb") as base:
            (again / "letters" / f"{case}.txt").write_text(base.letter(case), encoding="utf-8")
    if texts:
        build([again / "letters"], again / "kb", processes=1)
        with KnowledgeBase.open(folder / "kb") as one, KnowledgeBase.open(again / "kb") as other:
            assert Search(one).find("the worker", 100) == Search(other).find("the worker", 100)


def test_unchanged_letters_share_their_index(tmp_path: Path):
    given = tmp_path / "letters"
    given.mkdir()
    for n in (0, 1):
        (given / f"{n}.txt").write_text(TEXTS[n], encoding="utf-8")
    build([given], tmp_path / "kb", processes=1)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        before, case = base.folder / word_index.FILE, base.cases()[0]
        correct(tmp_path / "kb", [correction(case, "patient.age", "41", "asked")])
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert (base.folder / word_index.FILE).samefile(before)
