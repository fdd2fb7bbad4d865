"""Letters taken out, values corrected, damage found and repaired."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from base_letters import content, letter, many, same, small_catalogue, triples, write

from kg.base.archive import dumps
from kg.base.building import read
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.edit import correct, correction, read_corrections, remove, repair, reread
from kg.base.upkeep.verify import verify
from kg.errors import BaseError, SourceError, UnknownError

__all__ = ["small_catalogue"]
pytestmark = pytest.mark.usefixtures("small_catalogue")


def test_a_removed_letter_is_nowhere_and_stays_out(tmp_path: Path) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 5)
    secret = "The letter says Zanzibar"
    write(folder, letter3=letter("CM16-0000003", why=secret))
    build([folder], kb)
    assert remove(kb, ["CM16-0000003"], "asked for by the worker") == "000002"
    assert verify(kb, deep=True) == []
    (folder / "letter3.txt").rename(tmp_path / "letter3.txt")
    build([folder], tmp_path / "without")
    assert same(kb, tmp_path / "without")
    assert [path.name for path in (kb / "generations").iterdir()] == ["000002"]
    (tmp_path / "letter3.txt").rename(folder / "letter3.txt")
    again = build([folder], kb)
    assert not again.changed
    assert [file.kind for file in again.quarantine] == ["removed"]
    assert "asked for by the worker" in again.quarantine[0].reason
    copied = build([write(tmp_path / "copy", other=letter("CM16-0000003"))], kb)  # another file of the case
    assert [file.kind for file in copied.quarantine] == ["removed"]
    with KnowledgeBase.open(kb) as base, pytest.raises(UnknownError):
        base.letter("CM16-0000003")


def test_a_removed_letter_is_not_left_where_a_stopped_build_has_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 3)
    build([folder], kb)
    write(folder, letter2=letter("CM16-0000002", "12/30/2016", why="Amended."))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("kg.base.building.build.Build._finish", stop)
        with pytest.raises(KeyboardInterrupt):
            build([folder], kb)
    assert any((kb / "staging").iterdir())
    remove(kb, ["CM16-0000002"], "asked for by the worker")
    assert not (kb / "staging").exists()


def test_changes_are_told_since_a_generation(tmp_path: Path) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 4)
    build([folder], kb)
    with KnowledgeBase.open(kb) as base:
        assert [(one.case, one.change) for one in base.changes("000000")] == [
            (f"CM16-000000{number}", "written") for number in range(1, 5)
        ]
        assert base.changes("000001") == []
        with pytest.raises(UnknownError, match="no generation 000002 yet"):
            base.changes("000002")
    build([write(tmp_path / "more", letter5=letter("CM16-0000005"))], kb)
    correct(kb, [correction("CM16-0000002", "patient.age", "42", "misprint")])
    remove(kb, ["CM16-0000003"], "asked for by the worker")
    with KnowledgeBase.open(kb) as base:
        assert [(one.case, one.change, one.generation) for one in base.changes("000001")] == [
            ("CM16-0000002", "corrected", "000003"),
            ("CM16-0000003", "removed", None),
            ("CM16-0000005", "written", "000002"),
        ]
        assert all(one.at.startswith("20") for one in base.changes("000000"))
        assert len(base.changes("000000")) == 5


def test_a_case_that_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    build([many(tmp_path / "letters", 2)], tmp_path / "kb")
    with pytest.raises(UnknownError, match=r"no case 'CM16-0000009'.*CM16-000000"):
        remove(tmp_path / "kb", ["CM16-0000001", "CM16-0000009"], "why")
    assert KnowledgeBase.open(tmp_path / "kb").cases() == ["CM16-0000001", "CM16-0000002"]


def test_a_correction_overrides_what_was_read_and_survives_reading_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 4)
    build([folder], kb)
    wanted = [
        correction("CM16-0000002", "decisions.2.outcome", "modified", "the letter says so on page 3"),
        correction("CM16-0000002", "patient.age", "42", "misprint"),
    ]
    report = correct(kb, wanted)
    assert (report.replaced, report.letters) == (1, 4)

    def corrected() -> bool:
        with KnowledgeBase.open(kb) as base:
            facts = base.facts.filter(case="CM16-0000002")
            found = base.determination("CM16-0000002")
            return (
                set(facts["age"]) == {42}
                and facts.filter(item=2)["outcome"].unique().to_list() == ["modified"]
                and found.patient.age == 42
                and any("CM16-0000002/item/2>" in line and "outcome/modified" in line for line in triples(kb))
            )

    assert corrected()
    assert verify(kb, deep=True) == []
    monkeypatch.setattr(read, "reader_version", lambda: "newer")
    assert build([folder], kb).replaced == 4
    assert corrected()
    with KnowledgeBase.open(kb) as base:
        assert [(said.path, said.why) for said in base.corrections()] == [
            ("decisions.2.outcome", "the letter says so on page 3"),
            ("patient.age", "misprint"),
        ]


@pytest.mark.parametrize(
    ("case", "path", "value", "error"),
    [
        ("CM16-0000001", "decisions.7.outcome", "upheld", UnknownError),  # there is no seventh item
        ("CM16-0000001", "decisions.0.outcome", "upheld", UnknownError),  # items count from 1
        ("CM16-0000001", "patient.height", "180", UnknownError),
        ("CM16-0000001", "decisions.1.outcome", "perhaps", SourceError),
        ("CM16-0000009", "patient.age", "42", UnknownError),
    ],
)
def test_a_correction_that_does_not_fit_changes_nothing(
    case: str, path: str, value: str, error: type[Exception], tmp_path: Path
) -> None:
    build([many(tmp_path / "letters", 2)], tmp_path / "kb")
    with pytest.raises(error, match=path if case == "CM16-0000001" else case):
        correct(tmp_path / "kb", [correction(case, path, value, "why")])
    assert KnowledgeBase.open(tmp_path / "kb").generation == "000001"


def test_corrections_come_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "corrections.csv"
    file.write_text('case,path,value,why\nCM16-0000001,patient.age,42,"misprint, page 1"\n', encoding="utf-8")
    assert [said[:4] for said in read_corrections(file)] == [
        ("CM16-0000001", "patient.age", "42", "misprint, page 1")
    ]
    file.write_text("case,value\n", encoding="utf-8")
    with pytest.raises(SourceError, match="there is no column 'path'"):
        read_corrections(file)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file that other generations may share."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def largest(folder: Path, pattern: str) -> Path:
    return max(folder.glob(pattern), key=lambda path: path.stat().st_size)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a table file of the graph changed": lambda folder: flip(largest(folder, "graph/*.sst")),
    "a table file of the graph gone": lambda folder: largest(folder, "graph/*.sst").unlink(),
    "the facts cut short": lambda folder: _cut(largest(folder, "facts/*.parquet")),
    "the facts gone": lambda folder: shutil.rmtree(folder / "facts"),
    "the texts changed": lambda folder: flip(largest(folder, "letters/*.pack")),
    "the texts gone": lambda folder: largest(folder, "letters/*.pack").unlink(),
    "the list of files gone": lambda folder: (folder / "files.json").unlink(),
}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_repaired(damage: str, tmp_path: Path) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 5)
    build([folder], kb)
    correct(kb, [correction("CM16-0000002", "patient.age", "42", "misprint")])
    remove(kb, ["CM16-0000005"], "why")
    whole = content(kb)
    assert verify(kb, deep=True) == []
    DAMAGES[damage](kb / "current")
    assert verify(kb)
    report = repair(kb)
    assert report.given == report.accepted == 4
    assert verify(kb, deep=True) == []
    found = content(kb)
    assert found[0] == whole[0]
    assert found[2] == whole[2]
    assert not build([folder], kb).changed


def test_a_letter_of_which_nothing_is_left_is_named(tmp_path: Path) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 3)
    build([folder], kb)
    largest(kb / "current", "letters/*.pack").unlink()
    (folder / "letter2.txt").unlink()
    report = repair(kb)
    assert report.accepted == 2
    assert [put_aside.place for put_aside in report.quarantine] == [str(folder / "letter2.txt")]


def test_a_lost_ledger_is_repaired_from_the_sources(tmp_path: Path) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 3)
    build([folder], kb)
    whole = content(kb)
    (kb / "current" / "ledger.sqlite").write_bytes(b"no ledger")
    assert any("ledger" in fault.place for fault in verify(kb))
    with pytest.raises(BaseError, match="name the sources"):
        repair(kb)
    assert repair(kb, [folder]).accepted == 3
    assert content(kb)[0] == whole[0]
    assert verify(kb, deep=True) == []


def test_a_base_of_an_older_reader_is_opened_added_to_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb, folder = tmp_path / "kb", many(tmp_path / "letters", 5)
    with monkeypatch.context() as older:
        older.setattr(read, "reader_version", lambda: "older")
        build([folder], kb, processes=1)
    for file in (kb / "current" / "facts").glob("*.parquet"):  # a column that the older reader did not know
        pl.read_parquet(file).drop("year").write_parquet(file)
    with KnowledgeBase.open(kb) as base:
        assert base.outdated == 5
        assert base.facts["year"].null_count() == base.facts.height
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", new=letter("CM16-0000009"))
    build([tmp_path / "more"], kb, processes=1)
    correct(kb, [correction("CM16-0000002", "patient.age", "41", "misread")])
    with KnowledgeBase.open(kb) as base:
        assert (len(base), base.outdated) == (6, 4)
    report = reread(kb, processes=1)
    assert (report.given, report.changed) == (4, True)
    with KnowledgeBase.open(kb) as base:
        assert base.outdated == 0
        assert base.facts["year"].null_count() == 0
    assert verify(kb, deep=True) == []
    build([folder, tmp_path / "more"], tmp_path / "anew", processes=1)
    correct(tmp_path / "anew", [correction("CM16-0000002", "patient.age", "41", "misread")])
    assert same(kb, tmp_path / "anew")
    assert not reread(kb).changed


def test_damaged_dumps_are_found(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    build([many(tmp_path / "letters", 2)], kb, processes=1)
    with KnowledgeBase.open(kb) as base:
        dumps.make(base)
        folder = dumps.folder(base)
    assert verify(kb) == []
    for dump in dumps.DUMPS:
        whole = (folder / dump.name).read_bytes()
        (folder / dump.name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert [fault.place for fault in verify(kb)] == [f"dumps/{dump.name}"]
        (folder / dump.name).unlink()
        assert [fault.what for fault in verify(kb)] == ["is missing"]
        (folder / dump.name).write_bytes(whole)
    for damaged in ("", "[]", "{}"):
        (folder / "index.json").write_text(damaged, encoding="utf-8")
        assert [fault.place for fault in verify(kb)] == ["dumps/index.json"]
