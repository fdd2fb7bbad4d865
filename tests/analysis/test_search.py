"""Search over letters: words, phrases, pages of results, snippets."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer

import pytest

from kg.analysis.search import CLOSE, OPEN, Search, expression
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
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


@pytest.fixture
def index(base: KnowledgeBase) -> Iterator[Path]:
    """Where the index lies, which is not there."""
    file = Path(base.path) / "search" / f"{base.generation}.sqlite"
    file.unlink(missing_ok=True)
    yield file
    file.unlink(missing_ok=True)


def test_who_waits_makes_no_index(base: KnowledgeBase, index: Path):
    search = Search(base, waits=True)
    with pytest.raises(BaseError, match="being built"):
        search.find("injury", patience=0.1)
    assert not search.ready
    other = Timer(0.2, Search(base).make)
    other.start()
    assert search.find("injury").total == Search(base).find("injury").total
    other.join()


def test_of_many_threads_one_makes_the_index(
    base: KnowledgeBase, index: Path, monkeypatch: pytest.MonkeyPatch
):
    begun, go_on, written, write = Event(), Event(), [], Search._write

    def slow(search: Search, file: Path) -> None:
        written.append(file)
        begun.set()
        assert go_on.wait(60)
        write(search, file)

    monkeypatch.setattr(Search, "_write", slow)
    search = Search(base)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(search.find, "injury")
        assert begun.wait(60)
        with pytest.raises(BaseError, match="being built"):
            search.find("injury", patience=0.01)
        second = pool.submit(search.find, "injury")
        time.sleep(0.2)
        go_on.set()
        assert first.result() == second.result()
    assert len(written) == 1


def test_an_index_that_cannot_be_made_or_read_is_a_fault(base: KnowledgeBase, index: Path):
    index.parent.mkdir(exist_ok=True)
    index.write_bytes(b"no database " * 100)
    with pytest.raises(BaseError, match="cannot be read"):
        Search(base).find("injury")
    index.unlink()
    aside = index.parent.rename(index.parent.with_name("aside"))
    index.parent.write_bytes(b"no folder")
    with pytest.raises(BaseError, match="cannot be built"):
        Search(base).find("injury")
    index.parent.unlink()
    aside.rename(index.parent)


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
