import shutil

import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.cache import Analyses
from kg.analysis.decisions import LEVELS, PARTIES, PLAIN
from kg.analysis.drivers import drivers
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.prepared.part_files import FORMS


@pytest.fixture
def facts():
    pages = cite("acoem-2004", chapter="12", pages=(303, 304))
    section = cite("chronic-pain", edition=2016, sections=((None, "Odd & one"),))
    return facts_of(
        *(
            decision(
                f"CM15-{number:07}",
                1,
                ("upheld", "overturned")[number % 3 == 0],
                [pages, section][number % 3 :],
            )
            for number in range(60)
        )
    )


def test_what_is_read_is_what_was_made(facts, tmp_path):
    made, read = (Analyses("000001", facts.lazy, tmp_path / "analysis") for _ in range(2))
    table = made.drivers()
    asked = [
        (
            once.drivers().rows,
            once.drivers().notes,
            once.related("CM15-0000003", filters=Filters.of(year=2015)),
        )
        for once in (made, read)
    ]
    assert asked[0] == asked[1]
    assert read.drivers().cases("acoem-2004/page/303") == table.cases("acoem-2004/page/303")
    assert read.drivers("section", filters=Filters.of(year=2015)).rows == made.drivers("section").rows
    assert not list((tmp_path / "analysis").glob(".*"))


def everything(kept, parts):
    """What is asked of every part that is kept, by the names of ``parts``."""
    index = kept.index
    cited = [index.cited(level, party) for level in LEVELS for party in PARTIES]
    valued = [index.valued(name.removeprefix("valued-")) for name in sorted(parts) if "valued-" in name]
    some = Filters.of(category="Pharmaceuticals")
    return (
        kept.drivers(sets=False).rows,
        kept.drivers(filters=some).rows,
        kept.drivers(filters=some, adjust="specialty,year").rows,
        kept.related("CM15-0000003"),
        index.decisions.rows(),
        [(one.decision.tolist(), one.key.tolist(), one.keys.rows()) for one in cited],
        [index.values(name) for name in FILTERS],
        [index.strata(name).code.tolist() for name in PLAIN],
        [(one.decision.tolist(), one.value.tolist(), one.names) for one in valued],
        index.together("specialties").rows.toarray().tolist(),
    )


def test_a_changed_byte_of_any_file_is_found_and_changes_no_answer(facts, tmp_path, caplog):
    """One file of each part at a time, until every file had its turn."""
    folder = tmp_path / "analysis"
    first = Analyses("000001", facts.lazy, folder)
    first.prepare()
    parts = {path.name for path in folder.iterdir()}
    asked = everything(first, parts)
    files = {part: sorted(path.name for path in (folder / part).iterdir()) for part in parts}
    assert {part.partition("-")[0] for part in parts} >= {"decisions", "features", *FORMS}
    for turn in range(max(map(len, files.values()))):
        changed = {part: folder / part / names[turn] for part, names in files.items() if turn < len(names)}
        for number, path in enumerate(changed.values()):
            data = bytearray(path.read_bytes())
            data[(number * 7919) % len(data)] ^= 1 << number % 8
            path.write_bytes(data)
        caplog.clear()
        again = Analyses("000001", facts.lazy, folder)
        assert everything(again, parts) == asked, turn
        assert not [path for part, path in changed.items() if f"{part} is made anew" not in caplog.text]


def test_a_folder_that_cannot_be_written_is_done_without(facts, tmp_path):
    (tmp_path / "analysis").write_text("not a folder")
    kept = Analyses("000001", facts.lazy, tmp_path / "analysis")
    assert kept.drivers().rows == drivers(facts).rows
    assert kept.related("CM15-0000003") == Analyses("000001", facts.lazy).related("CM15-0000003")


def test_without_a_folder_all_is_kept_in_memory(facts):
    asked = []
    kept = Analyses("000001", lambda: asked.append(1) or facts.lazy())
    assert kept.drivers().rows == drivers(facts).rows
    assert kept.drivers("section").rows == drivers(facts, "section").rows
    assert asked == [1]


def test_another_process_that_is_quicker_does_no_harm(facts, tmp_path):
    def slow():
        Analyses("000001", facts.lazy, tmp_path / "analysis").drivers()
        return facts.lazy()

    assert Analyses("000001", slow, tmp_path / "analysis").drivers().rows == drivers(facts).rows
    assert not list((tmp_path / "analysis").glob(".*"))
    read = Analyses("000001", lambda: pytest.fail("made again"), tmp_path / "analysis")
    assert read.drivers().rows == drivers(facts).rows


def test_a_folder_that_goes_meanwhile_is_done_without(facts, tmp_path):
    def deleted():
        shutil.rmtree(tmp_path / "analysis", ignore_errors=True)
        return facts.lazy()

    kept = Analyses("000001", deleted, tmp_path / "analysis")
    assert kept.drivers().rows == drivers(facts).rows
    assert not (tmp_path / "analysis").exists()


def test_without_sets_no_table_is_kept(facts, tmp_path):
    kept = Analyses("000001", facts.lazy, tmp_path / "analysis")
    kept.drivers("guideline", sets=False)
    assert not list((tmp_path / "analysis").glob("drivers-*"))
    kept.drivers("guideline")
    assert len(list((tmp_path / "analysis").glob("drivers-*"))) == 1
