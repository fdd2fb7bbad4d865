"""A build: what becomes of each file, and that the base equals one built at once."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from base_letters import content, letter, many, same, small_catalogue, triples, whole_catalogue, write
from rdflib import Graph, Literal
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

from kg.analysis.coverage import coverage
from kg.base import graphs, parts
from kg.base.building import build as build_module
from kg.base.building import pool, read
from kg.base.building.build import BuildReport, Progress, build
from kg.base.generations import builder_lock, create
from kg.base.ledger import Ledger
from kg.base.store import KnowledgeBase
from kg.base.upkeep.validate import validate
from kg.errors import BaseError, SourceError

__all__ = ["small_catalogue"]
pytestmark = pytest.mark.usefixtures("small_catalogue")


def counts(report: BuildReport) -> dict[str, int]:
    """The counts that are not zero; that they add up is held for every build of these tests."""
    names = ("accepted", "unchanged", "replaced", "superseded", "quarantined")
    found = {name: getattr(report, name) for name in names}
    assert sum(found.values()) == report.given
    assert len(report.quarantine) == report.quarantined
    return {name: count for name, count in found.items() if count}


def test_letters_become_a_base_and_the_same_letters_change_nothing(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    folder = many(tmp_path / "letters", 5)
    first = build([folder], kb)
    assert counts(first) == {"accepted": 5}
    assert (first.generation, first.changed, first.letters) == ("000001", True, 5)
    before = {
        path: path.stat().st_mtime_ns for path in kb.rglob("*") if path.is_file() and path.name != "lock"
    }
    again = build([folder], kb)
    assert counts(again) == {"unchanged": 5}
    assert (again.generation, again.changed, again.letters) == ("000001", False, 5)
    after = {
        path: path.stat().st_mtime_ns for path in kb.rglob("*") if path.is_file() and path.name != "lock"
    }
    assert before == after


def test_a_base_gives_back_what_was_read(tmp_path: Path) -> None:
    text = letter("CM16-0000002", items=2)
    build([write(tmp_path / "letters", one=text, two=letter("CM16-0000007"))], tmp_path / "kb")
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert base.cases() == ["CM16-0000002", "CM16-0000007"]
        assert base.letter("CM16-0000002") == text
        assert base.source("CM16-0000002").place.endswith("one.txt")
        assert "CM16-0000002" in base
        assert "CM16-0000003" not in base
        assert len(base) == 2
        assert [decision.outcome for decision in base.determination("CM16-0000002").decisions] == [
            "upheld",
            "overturned",
        ]
        assert base.facts.select("case", "item").unique().height == 3
        assert base.about["letters"] == 2
        assert base.about["items"] == 3
        assert len(base.graph) == base.about["triples"] == len(triples(tmp_path / "kb"))


@pytest.mark.parametrize("letters", [0, 3])
def test_a_generation_describes_itself_in_dcat_and_void(letters: int, tmp_path: Path) -> None:
    build([many(tmp_path / "letters", letters)], tmp_path / "kb")
    said = Graph().parse(tmp_path / "kb" / "current" / "about.ttl")
    (dataset,) = said.subjects(RDF.type, DCAT.Dataset)
    assert said.value(dataset, VOID.entities) == Literal(letters)
    assert said.value(dataset, DCTERMS.hasVersion) == Literal("000001")
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert said.value(dataset, VOID.triples) == Literal(base.about["triples"])
        first = base.about["first"]
    start = said.value(said.value(dataset, DCTERMS.temporal), DCAT.startDate)
    assert (start and str(start)) == first


def test_letters_of_a_later_build_are_added(tmp_path: Path) -> None:
    build([many(tmp_path / "first", 4)], tmp_path / "kb")
    report = build([many(tmp_path / "second", 3, first=5)], tmp_path / "kb")
    assert counts(report) == {"accepted": 3}
    assert (report.letters, report.generation) == (7, "000002")
    build([tmp_path / "first", tmp_path / "second"], tmp_path / "at-once")
    assert same(tmp_path / "kb", tmp_path / "at-once")


def test_an_edited_letter_replaces_exactly_its_own_triples(tmp_path: Path) -> None:
    folder = many(tmp_path / "letters", 6)
    build([folder], tmp_path / "kb")
    before = triples(tmp_path / "kb")
    write(folder, letter3=letter("CM16-0000003", "01/15/2016", 3, "Edited."))
    report = build([folder], tmp_path / "kb")
    assert counts(report) == {"unchanged": 5, "replaced": 1}
    changed = set(before) ^ set(triples(tmp_path / "kb"))
    assert changed
    assert all("/case/CM16-0000003" in line for line in changed)
    build([folder], tmp_path / "fresh")
    assert same(tmp_path / "kb", tmp_path / "fresh")


def test_a_newer_reader_reads_all_letters_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = many(tmp_path / "letters", 4)
    many(tmp_path / "others", 1, first=9)
    build([folder, tmp_path / "others"], tmp_path / "kb")
    monkeypatch.setattr(read, "reader_version", lambda: "newer")
    monkeypatch.setattr(build_module.read, "reader_version", lambda: "newer")
    some = build([tmp_path / "others"], tmp_path / "kb")  # few: their triples are replaced one by one
    assert counts(some) == {"replaced": 1}
    most = build([folder], tmp_path / "kb")  # most: the graph is made anew, the other letter kept
    assert counts(most) == {"replaced": 4}
    build([folder, tmp_path / "others"], tmp_path / "fresh")
    assert same(tmp_path / "kb", tmp_path / "fresh")


OLD, NEW = letter("CM16-0000001", "11/30/2016", 2), letter("CM16-0000001", "12/01/2016", 1)


@pytest.mark.parametrize(
    ("texts", "kept", "expected"),
    [
        ((OLD, OLD), OLD, {"accepted": 1, "unchanged": 1}),  # the same text: one
        ((OLD, NEW), NEW, {"accepted": 1, "superseded": 1}),  # the later decision date wins
        ((NEW, OLD), NEW, {"accepted": 1, "superseded": 1}),
        ((OLD, NEW, OLD), NEW, {"accepted": 1, "superseded": 2}),
    ],
)
@pytest.mark.parametrize("batch", [1, 100])
def test_two_files_with_one_case_number(
    texts: tuple[str, ...],
    kept: str,
    expected: dict[str, int],
    batch: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build_module, "BATCH", batch)
    folder = write(tmp_path / "letters", **{f"file{n}": text for n, text in enumerate(texts)})
    write(folder, other=letter("CM16-0000002"))
    report = build([folder], tmp_path / "kb")
    assert counts(report) == {**expected, "accepted": 2}
    alone = write(tmp_path / "alone", other=letter("CM16-0000002"), kept=kept)
    build([alone], tmp_path / "alone-kb")
    assert same(tmp_path / "kb", tmp_path / "alone-kb")
    # The losers are read again, because what they lost to may have changed; nothing comes of it.
    again = build([folder], tmp_path / "kb")
    assert not again.changed
    assert again.superseded == report.superseded


def served(kb: Path) -> Path:
    """The folder of the generation that is served."""
    found = create(kb).served()
    assert found is not None
    return found


AMENDED = f"AMENDED FINAL DETERMINATION LETTER\n\n{letter('CM16-0000001', '11/30/2016', 3)}"
"""Of the day of OLD, before NEW."""


@pytest.mark.parametrize("order", [*permutations((OLD, NEW, AMENDED))])
def test_an_amended_determination_supersedes_the_first_whatever_their_days(
    order: tuple[str, ...], tmp_path: Path
) -> None:
    folder = write(tmp_path / "letters", **{f"file{n}": text for n, text in enumerate(order)})
    report = build([folder], tmp_path / "kb")
    assert counts(report) == {"accepted": 1, "superseded": 2}
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert base.determination("CM16-0000001").kind == "amended-determination"
    with Ledger(served(tmp_path / "kb")) as ledger:
        history = {Path(row.place).name: (row.status, row.reason or "") for row in ledger.files()}
    amended = f"file{order.index(AMENDED)}.txt"
    assert history.pop(amended)[0] == "accepted"
    assert {status for status, _ in history.values()} == {"superseded"}
    assert any(f"{amended} has the same case, is amended and is kept" in why for _, why in history.values())


def test_a_notice_that_ends_a_review_is_kept_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "catalogue", whole_catalogue)  # the shapes look into it
    notice = "Case Number: CM16-0000009\nDecision Date: 12/01/2016\n\nNotice of IMR Termination\n"
    amended = AMENDED.replace("0000001", "0000002")
    folder = write(tmp_path / "letters", ended=notice, decided=OLD, amended=amended)
    report = build([folder], tmp_path / "kb")
    assert counts(report) == {"accepted": 3}
    with KnowledgeBase.open(tmp_path / "kb") as base:
        found = coverage(base)
        assert not base.determination("CM16-0000009").decisions
        assert validate(base).findings == ()
    assert found.documents == {"determination": 1, "amended-determination": 1, "termination": 1}


def test_a_base_whose_ledger_knows_no_kinds_is_read_and_built_on(tmp_path: Path) -> None:
    folder = write(tmp_path / "letters", first=OLD)
    build([folder], tmp_path / "kb")
    with closing(sqlite3.connect(served(tmp_path / "kb") / "ledger.sqlite")) as connection:
        connection.execute("ALTER TABLE letter DROP COLUMN kind")
        connection.commit()
    with Ledger(served(tmp_path / "kb")) as ledger:
        assert [row.kind for row in ledger.letters()] == ["determination"]
    write(folder, amended=AMENDED)
    assert counts(build([folder], tmp_path / "kb")) == {"replaced": 1, "unchanged": 1}


def test_letters_of_one_case_give_one_base_in_every_order(tmp_path: Path) -> None:
    texts = [OLD, NEW, letter("CM16-0000001", "12/01/2016", 3)]
    for number, order in enumerate(permutations(texts)):
        kb = tmp_path / f"kb{number}"
        for step, text in enumerate(order):
            build([write(tmp_path / f"letters{number}-{step}", **{f"file{step}": text})], kb)
    found = [content(tmp_path / f"kb{number}") for number in range(6)]
    assert all(other[0] == found[0][0] and other[2] == found[0][2] for other in found)


def test_of_two_letters_without_number_and_with_one_name_the_second_is_quarantined(tmp_path: Path) -> None:
    one = write(tmp_path / "a", scan=letter(None, items=1))
    two = write(tmp_path / "b", scan=letter(None, items=2))
    report = build([one, two], tmp_path / "kb")
    assert counts(report) == {"accepted": 1, "quarantined": 1}
    assert [file.kind for file in report.quarantine] == ["same-name"]
    assert report.quarantine[0].place.endswith("b/scan.txt")
    assert KnowledgeBase.open(tmp_path / "kb").cases() == ["scan"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "unreadable"),
        (b"A recipe for plum cake.", "no-letter"),
        (b"\x00\x01\x02", "unreadable"),
    ],
)
def test_what_is_no_letter_is_quarantined_with_its_reason(data: bytes, kind: str, tmp_path: Path) -> None:
    folder = many(tmp_path / "letters", 2)
    (folder / "bad.txt").write_bytes(data)
    for _ in range(2):  # it is counted again by a build that does not read it again
        report = build([folder], tmp_path / "kb")
        assert report.quarantined == 1
        assert report.quarantine[0].place.endswith("bad.txt")
        assert report.quarantine[0].reason
        counts(report)


def test_a_fault_in_the_reader_costs_one_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = read.determination

    def faulty(text: str, *rest: object) -> object:
        if "CM16-0000002" in text:
            raise RecursionError("too deep")
        return real(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(read, "determination", faulty)
    report = build([many(tmp_path / "letters", 3)], tmp_path / "kb")
    assert counts(report) == {"accepted": 2, "quarantined": 1}
    assert report.quarantine[0].kind == "fault"
    assert "too deep" in caplog.text


def test_processes_build_what_one_process_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "BATCH", 5)
    monkeypatch.setattr(build_module, "_FEW", 5)
    folder = many(tmp_path / "letters", 23)
    steps: list[Progress] = []
    report = build([folder], tmp_path / "kb", processes=2, on_progress=steps.append)
    assert counts(report) == {"accepted": 23}
    assert [step.done for step in steps if step.phase == "read"] == [5, 10, 15, 20, 23]
    monkeypatch.undo()
    build([folder], tmp_path / "alone", processes=1)
    assert same(tmp_path / "kb", tmp_path / "alone")


def test_parts_are_shared_and_only_those_with_a_replaced_letter_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.base.building.resolve.LETTERS_IN_PART", 4)
    monkeypatch.setattr(build_module, "BATCH", 2)
    folder = many(tmp_path / "letters", 8)
    build([folder], tmp_path / "kb", keep=3)
    write(folder, letter1=letter("CM16-0000001", why="Edited."))
    build([folder], tmp_path / "kb", keep=3)
    generations = tmp_path / "kb" / "generations"
    old = {path.name: path.stat().st_ino for path in (generations / "000001" / "facts").iterdir()}
    new = {path.name: path.stat().st_ino for path in (generations / "000002" / "facts").iterdir()}
    assert sorted(old) == ["000001-000.parquet", "000001-001.parquet"]
    assert sorted(new) == ["000001-000.parquet", "000001-001.parquet", "000002-000.parquet"]
    assert [name for name in old if old[name] == new[name]] == ["000001-001.parquet"]
    build([folder], tmp_path / "fresh")
    assert same(tmp_path / "kb", tmp_path / "fresh")


def test_a_reader_of_an_older_generation_goes_on(tmp_path: Path) -> None:
    build([many(tmp_path / "a", 2)], tmp_path / "kb", keep=1)
    with KnowledgeBase.open(tmp_path / "kb") as reader:
        build([many(tmp_path / "b", 2, first=3)], tmp_path / "kb", keep=1)
        build([many(tmp_path / "c", 2, first=5)], tmp_path / "kb", keep=1)
        assert reader.cases() == ["CM16-0000001", "CM16-0000002"]
        assert reader.letter("CM16-0000001")
        assert reader.facts["case"].n_unique() == 2
        assert len(reader.graph) == reader.about["triples"]
        assert len(list((tmp_path / "kb" / "generations").iterdir())) == 2
    build([many(tmp_path / "d", 2, first=7)], tmp_path / "kb", keep=1)
    assert [path.name for path in (tmp_path / "kb" / "generations").iterdir()] == ["000004"]


def test_a_build_that_was_killed_as_it_made_the_directory_is_completed(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "imr-kg.json.new").write_text("{")
    assert build([many(tmp_path / "letters", 1)], tmp_path / "kb").accepted == 1


def test_a_directory_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "thesis.doc").write_text("mine")
    with pytest.raises(BaseError, match=r"not empty and not a knowledge base"):
        build([many(tmp_path / "letters", 1)], tmp_path / "kb")
    assert [path.name for path in (tmp_path / "kb").iterdir()] == ["thesis.doc"]
    with pytest.raises(BaseError, match=r"not a knowledge base"):
        KnowledgeBase.open(tmp_path / "kb")


def test_a_source_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        build([tmp_path / "nowhere"], tmp_path / "kb")
    assert not (tmp_path / "kb").exists()


def test_a_second_builder_is_refused_and_a_dead_one_forgotten(tmp_path: Path) -> None:
    folder = many(tmp_path / "letters", 1)
    with builder_lock(create(tmp_path / "kb")), pytest.raises(BaseError, match=r"another build is running"):
        build([folder], tmp_path / "kb")
    (tmp_path / "kb" / "lock").write_text("999999")  # what a killed builder leaves
    assert build([folder], tmp_path / "kb").accepted == 1


def test_another_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    create(tmp_path / "kb")
    (tmp_path / "kb" / "imr-kg.json").write_text('{"format": 99}')
    with pytest.raises(BaseError, match=r"has format 99.*build it again"):
        build([many(tmp_path / "letters", 1)], tmp_path / "kb")


def test_nothing_built_yet_is_said(tmp_path: Path) -> None:
    create(tmp_path / "kb")
    with pytest.raises(BaseError, match=r"nothing was built here yet"):
        KnowledgeBase.open(tmp_path / "kb")


def test_no_letters_make_an_empty_base(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    report = build([tmp_path / "letters"], tmp_path / "kb")
    assert counts(report) == {}
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert base.cases() == []
        assert base.facts.height == 0
        assert triples(tmp_path / "kb") == sorted(graphs.catalogue().decode().splitlines())


def test_a_full_disk_is_one_sentence_and_the_next_build_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([many(tmp_path / "letters", 2)], tmp_path / "kb")
    real = parts.assemble

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts, "assemble", full)
    more = many(tmp_path / "more", 2, first=3)
    with pytest.raises(
        BaseError, match=r"the disk is full; free some space.*the current generation is unchanged"
    ):
        build([more], tmp_path / "kb")
    assert KnowledgeBase.open(tmp_path / "kb").generation == "000001"
    monkeypatch.setattr(parts, "assemble", real)
    assert counts(build([more], tmp_path / "kb")) == {"accepted": 2}


def test_a_stopped_build_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "BATCH", 2)
    folder = many(tmp_path / "letters", 8)

    def stop(progress: Progress) -> None:
        if progress.done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build([folder], tmp_path / "kb", on_progress=stop)
    staged = len(list((tmp_path / "kb" / "staging").iterdir()))
    assert staged == 3
    read_now: list[object] = []
    real = pool.stage

    def counting(batch: pool.Batch, staging: Path) -> Path:
        read_now.extend(() if (staging / batch.name).is_dir() else batch.sources)
        return real(batch, staging)

    monkeypatch.setattr(pool, "stage", counting)
    assert counts(build([folder], tmp_path / "kb")) == {"accepted": 8}
    assert len(read_now) == 2
    assert not (tmp_path / "kb" / "staging").exists()
    build([folder], tmp_path / "fresh")
    assert same(tmp_path / "kb", tmp_path / "fresh")


def test_any_history_of_builds_gives_the_base_of_its_last_letters(tmp_path: Path) -> None:
    chance = random.Random(4)
    folder = tmp_path / "letters"
    for step in range(8):
        names = chance.sample(range(1, 9), 4)
        write(
            folder,
            **{
                f"f{n}": letter(f"CM16-{n:07d}", items=chance.randint(1, 3), why=f"Reason {step}.")
                for n in names
            },
        )
        counts(build([folder], tmp_path / "kb"))
    build([folder], tmp_path / "fresh")
    assert same(tmp_path / "kb", tmp_path / "fresh")


def test_a_report_counts_by_reason_and_second() -> None:
    from kg.base.building.resolve import Quarantined

    report = BuildReport(3, 1, 0, 0, 0, 2, (Quarantined("a", "fault", "x"),) * 2, "000001", True, 1.5, 1)
    assert [file.kind for file in report.quarantine] == ["fault"] * 2
    assert report.letters_per_second == 2
    assert replace(report, seconds=0.0).letters_per_second == 0


def test_a_file_of_several_letters_gives_each_of_them(tmp_path):
    folder = write(
        tmp_path / "letters", merged=letter("CM16-0000001") + "\f" + letter("CM16-0000002", items=2)
    )
    report = build([folder], tmp_path / "kb")
    assert (report.given, report.accepted) == (2, 2)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert base.cases() == ["CM16-0000001", "CM16-0000002"]
        assert base.letter("CM16-0000002").lstrip().startswith("Case Number: CM16-0000002")
        assert len(base.determination("CM16-0000002").decisions) == 2
    assert build([folder], tmp_path / "kb").unchanged == 2
