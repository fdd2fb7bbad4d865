"""Search over letters: words, phrases, pages of results, snippets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.analysis.search import CLOSE, OPEN, Search, expression
from kg.base.build import build
from kg.base.store import KnowledgeBase
from kg.errors import SettingError
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


def test_an_old_index_goes(base: KnowledgeBase):
    older = Path(base.path) / "search" / "00000.sqlite"
    old = older.with_name("000000.sqlite")  # may still be asked by those who opened its generation
    new = Path(base.path) / "search" / f"{base.generation}.sqlite"
    old.parent.mkdir(exist_ok=True)
    new.unlink(missing_ok=True)
    older.write_bytes(b"")
    old.write_bytes(b"")
    assert Search(base).find("injury").total
    assert new.is_file()
    assert old.is_file()
    assert not older.exists()
