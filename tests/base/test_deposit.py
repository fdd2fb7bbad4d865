import gzip
import hashlib
import io
import json
import random
import shutil
import zipfile
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import base_letters
import polars as pl
import pyoxigraph as ox
import pytest

from kg.base.archive import deposit as deposits
from kg.base.archive.deposit import CONTENT, CRATE, DESCRIPTION, GRAPH, MANIFEST, TEXTS, deposit, table_name
from kg.base.building.build import build
from kg.base.dataset_description import license_of_data
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import COLUMNS, TABLES
from kg.base.tables import data_frames
from kg.base.upkeep import verify_deposit as verifying
from kg.base.upkeep.verify_deposit import verify_deposit
from kg.errors import BaseError, SettingError
from kg.graph import iri
from kg.graph.vocab import DCTERMS

DATA = (GRAPH, *map(table_name, TABLES), CONTENT)
COUNT = 25


@pytest.fixture(autouse=True)
def _in_this_process(request, monkeypatch):
    """Another process takes a second to start, and is asked where a test says so."""
    if "elsewhere" not in request.fixturenames:
        monkeypatch.setattr(verifying, "in_order", lambda work, items, count: map(work, items))


@pytest.fixture
def elsewhere():
    """Tables are read in another process."""


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    return base_letters.many(tmp_path_factory.mktemp("deposit") / "letters", COUNT)


@pytest.fixture(scope="module")
def base(letters):
    build([letters], letters.parent / "kb", processes=1)
    with KnowledgeBase.open(letters.parent / "kb") as base:
        yield base


@pytest.fixture(scope="module")
def archive(base, letters):
    into = letters.parent / "imr.zip"
    deposit(base, into)
    return into


def contents(path):
    with zipfile.ZipFile(path) as zipped:
        return {info.filename: zipped.read(info) for info in zipped.infolist()}


def packed(path, files):
    with zipfile.ZipFile(path, "w") as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return path


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def listed(data):
    return {name: digest for digest, name in (line.split("  ") for line in data.decode().splitlines())}


def told(path):
    return [(fault.place, fault.what) for fault in verify_deposit(path).faults]


def test_an_archive_has_every_table_the_graph_and_the_digests_of_all(archive, base):
    files = contents(archive)
    assert set(files) == {*DATA, *TEXTS, MANIFEST}
    assert listed(files[MANIFEST]) == {name: sha256(data) for name, data in files.items() if name != MANIFEST}
    lines = gzip.decompress(files[GRAPH])
    assert sorted(lines.decode().splitlines()) == base_letters.triples(base.path)
    for name, schema in TABLES.items():
        rows = pl.read_parquet(io.BytesIO(files[table_name(name)]))
        kept = data_frames.scan(base.folder / name, schema).collect()
        assert rows.schema == kept.schema
        assert rows.equals(kept.sort("case", maintain_order=True))
        assert rows["case"].is_sorted()


def test_a_content_digest_is_made_of_values_as_anyone_can(archive):
    files = contents(archive)
    wanted = {"graph.nt": sha256(gzip.decompress(files[GRAPH]))}
    for name in TABLES:
        rows = pl.read_parquet(io.BytesIO(files[table_name(name)]))
        lines = [rows.columns, *map(list, rows.rows())]
        text = "".join(
            json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) + "\n" for row in lines
        )
        wanted[f"tables/{name}.jsonl"] = sha256(text.encode())
    assert listed(files[CONTENT]) == wanted
    assert verify_deposit(archive) == ([], sha256(files[CONTENT]))


def test_the_same_letters_in_any_order_give_the_same_data(archive, letters, tmp_path, monkeypatch):
    """On two cores, in another order, in two builds, and written in other portions."""
    sources = sorted(letters.iterdir())
    random.Random(3).shuffle(sources)
    build(sources[:9], tmp_path / "kb", processes=2)
    build(sources[9:], tmp_path / "kb", processes=1)
    with KnowledgeBase.open(tmp_path / "kb") as other:
        done = deposit(other, tmp_path / "other.zip")
        monkeypatch.setattr(deposits, "_LETTERS_AT_ONCE", 4)
        assert deposit(other, tmp_path / "portions.zip") == done
    first, second = contents(archive), contents(tmp_path / "other.zip")
    assert done.digest == verify_deposit(archive).digest == sha256(first[CONTENT])
    assert (done.letters, done.triples) == (COUNT, gzip.decompress(first[GRAPH]).count(b"\n"))
    assert {name: first[name] for name in DATA} == {name: second[name] for name in DATA}
    assert told(tmp_path / "portions.zip") == []


def test_other_letters_give_another_digest(archive, letters, tmp_path):
    build(sorted(letters.iterdir())[1:], tmp_path / "kb", processes=1)
    with KnowledgeBase.open(tmp_path / "kb") as other:
        assert deposit(other, tmp_path / "other.zip").digest != verify_deposit(archive).digest


def test_one_generation_gives_the_same_bytes(archive, base, tmp_path):
    deposit(base, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_the_crate_describes_each_file_and_column(archive):
    files = contents(archive)
    graph = json.loads(files[CRATE])["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    assert entities[CRATE]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = entities["./"]
    assert {"name", "description", "datePublished", "license"} <= root.keys()
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == files.keys() - {CRATE, MANIFEST}
    for name in parts:
        said = entities[name]
        assert (said["contentSize"], said["sha256"]) == (str(len(files[name])), sha256(files[name]))
    for table, columns in COLUMNS.items():
        measured = [entities[each["@id"]] for each in entities[table_name(table)]["variableMeasured"]]
        assert [(each["name"], each["description"]) for each in measured] == [
            (name, words) for name, (_, words) in columns.items()
        ]
    pointed_to = [value["@id"] for entity in graph for value in entity.values() if isinstance(value, dict)]
    outside = {each for each in pointed_to if each not in entities}
    assert outside == {"https://w3id.org/ro/crate/1.2", iri.dataset("000001")}


def test_the_description_lists_the_data_with_their_digests(archive, base):
    files = contents(archive)
    store = ox.Store()
    store.load(files[DESCRIPTION], format=ox.RdfFormat.TURTLE, base_iri="urn:zip/")
    rows = store.query("""
        PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?file ?size ?digest {
            ?set a <http://rdfs.org/ns/void#Dataset> ; dcat:distribution ?file .
            ?file dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?digest
        }""")
    found = {row["file"].value: (int(row["size"].value), row["digest"].value) for row in rows}
    data = set(DATA) - {CONTENT}
    assert found == {f"urn:zip/{name}": (len(files[name]), sha256(files[name])) for name in data}


def licences(archive: Path) -> list[set[str]]:
    """What an archive states as the licence of the data: in its crate, its description and its graph."""
    files = contents(archive)
    entities = json.loads(files[CRATE])["@graph"]
    found = [{entity["license"]["@id"] for entity in entities if "license" in entity}]
    assert found[0] <= {entity["@id"] for entity in entities}
    for name, form in ((DESCRIPTION, ox.RdfFormat.TURTLE), (GRAPH, ox.RdfFormat.N_TRIPLES)):
        data = gzip.decompress(files[name]) if name.endswith(".gz") else files[name]
        of_data = iri.dataset("000001"), iri.dataset()
        found.append(
            {
                quad.object.value
                for quad in ox.parse(data, format=form, base_iri="urn:zip/")
                if quad.predicate.value == str(DCTERMS.license) and quad.subject.value in of_data
            }
        )
    return found


def test_an_archive_states_one_licence(archive, base, tmp_path):
    assert licences(archive) == [{license_of_data()}] * 3
    deposit(base, tmp_path / "imr.zip", license_iri="https://example.org/terms")
    assert licences(tmp_path / "imr.zip") == [{"https://example.org/terms"}] * 3
    for wrong in ("CC0", "https://example.org/> <b", "ftp://example.org/"):
        with pytest.raises(SettingError, match="expected the address of a licence"):
            deposit(base, tmp_path / "other.zip", license_iri=wrong)
    assert [path.name for path in tmp_path.iterdir()] == ["imr.zip"]


def test_an_empty_base_is_deposited(tmp_path):
    (tmp_path / "letters").mkdir()
    base_letters.write(tmp_path / "letters", none="This is no letter.")
    build([tmp_path / "letters"], tmp_path / "kb", processes=1)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        assert deposit(base, tmp_path / "imr.zip").letters == 0
    assert told(tmp_path / "imr.zip") == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_archive_is_written_whole_or_not_at_all(fault, base, tmp_path):
    def stop(done, total):
        raise fault

    into = tmp_path / "imr.zip"
    into.write_bytes(b"before")
    with pytest.raises(type(fault)):
        deposit(base, into, on_progress=stop)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("imr.zip", b"before")]
    with pytest.raises(SettingError, match="found a folder"):
        deposit(base, tmp_path)


def test_a_damaged_base_is_not_deposited(base, tmp_path):
    shutil.copytree(base.path, tmp_path / "kb", symlinks=True)
    (table,) = (tmp_path / "kb" / "current" / "facts").iterdir()
    table.unlink()
    table.write_bytes(b"no table")
    with KnowledgeBase.open(tmp_path / "kb") as damaged:
        with pytest.raises(BaseError, match="cannot be written to the archive") as told:
            deposit(damaged, tmp_path / "imr.zip")
        assert "\n" not in str(told.value)
        (damaged.folder / "catalogue.nt").write_bytes(b"")
        with pytest.raises(BaseError, match="triples instead of"):
            deposit(damaged, tmp_path / "imr.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["kb"]


@pytest.mark.parametrize("name", [*DATA, *TEXTS, MANIFEST])
def test_each_file_that_is_missing_or_changed_is_named(name, archive, tmp_path):
    files = contents(archive)
    without = {key: data for key, data in files.items() if key != name}
    assert told(packed(tmp_path / "missing.zip", without)) == [(name, "is missing")]
    found = told(packed(tmp_path / "changed.zip", files | {name: files[name][:-2] + b"x\n"}))
    if name == MANIFEST:  # the name on its last line is another one
        last = max(listed(files[name]))
        assert {place for place, _ in found} == {last, f"{last[:-1]}x"}
    else:
        assert found == [(name, "has changed: its SHA-256 is not that of the manifest")]


def test_files_too_many_and_twice_are_named(archive, tmp_path):
    files = contents(archive)
    extra = packed(tmp_path / "extra.zip", files | {"notes\x1b.txt": b"mine"})
    assert told(extra) == [("'notes\\x1b.txt'", "does not belong to the deposit")]
    twice = tmp_path / "twice.zip"
    shutil.copy(archive, twice)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as zipped:
        zipped.writestr(CRATE, files[CRATE])
    assert told(twice) == [(CRATE, "is there 2 times")]


def relisted(files, **changed):
    """The files with others in their place, and a manifest that vouches for them."""
    files = {name: data for name, data in (files | changed).items() if data is not None and name != MANIFEST}
    lines = "".join(f"{sha256(data)}  {name}\n" for name, data in files.items())
    return files | {MANIFEST: lines.encode()}


def test_values_that_are_not_those_stated_are_named_though_the_manifest_vouches_for_them(archive, tmp_path):
    files = contents(archive)
    table = table_name("facts")
    rows, changed = pl.read_parquet(io.BytesIO(files[table])), io.BytesIO()
    rows.with_columns(age=pl.lit(50, pl.Int32)).write_parquet(changed)
    other = "holds other values than content-sha256.txt states"
    for name, data, what in [
        (table, changed.getvalue(), other),
        (GRAPH, gzip.compress(b"<a> <b> <c> .\n"), other),
        (table, b"no table", "cannot be read"),
        (GRAPH, files[GRAPH][:-20], "cannot be read"),
        (GRAPH, b"no gzip", "cannot be read"),
        (table, None, "is not in the manifest, but in content-sha256.txt"),
    ]:
        ((place, found),) = told(packed(tmp_path / "forged.zip", relisted(files, **{name: data})))
        assert place == name
        assert found.startswith(what)
    forged = packed(tmp_path / "forged.zip", relisted(files, **{CRATE: None}))
    assert told(forged) == [(CRATE, "is not in the manifest")]


def test_tables_are_read_in_another_process(archive, elsewhere):
    files = contents(archive)
    assert verify_deposit(archive) == ([], sha256(files[CONTENT]))


def test_tables_whose_reader_ended_are_named(archive, monkeypatch):
    """The first can be read; the second ends the process."""

    def ended(work, items, count):
        yield work(next(items))
        raise BrokenProcessPool

    monkeypatch.setattr(verifying, "in_order", ended)
    names = [table_name(name) for name in sorted(TABLES)]
    assert told(archive) == [
        (name, "cannot be read: it, or a table before it, crashes its reader") for name in names[1:]
    ]


def test_another_packing_of_the_same_values_is_the_same_content(archive, tmp_path):
    """As another version of a library packs them."""
    files = contents(archive)
    table = table_name("facts")
    plain = io.BytesIO()
    pl.read_parquet(io.BytesIO(files[table])).write_parquet(
        plain, compression="uncompressed", row_group_size=7
    )
    again = {table: plain.getvalue(), GRAPH: gzip.compress(gzip.decompress(files[GRAPH]), 1)}
    found = verify_deposit(packed(tmp_path / "again.zip", relisted(files, **again)))
    assert found == ([], verify_deposit(archive).digest)


@pytest.mark.parametrize("name", [MANIFEST, CONTENT])
@pytest.mark.parametrize("line", ["nonsense", f"{'0' * 64}  caf\u00e9", "{first}", "\x00"])
def test_lists_that_are_no_lists_are_named(name, line, archive, tmp_path):
    files = contents(archive)
    spoiled = files[name] + (line.format(first=files[name].decode().splitlines()[0]) + "\n").encode()
    files = relisted(files, **{name: spoiled}) if name == CONTENT else files | {name: spoiled}
    ((place, what),) = told(packed(tmp_path / "spoiled.zip", files))
    assert place == name
    assert "is not a digest and a name" in what


def test_what_unpacks_to_too_much_is_not_unpacked(archive, tmp_path):
    files = contents(archive)
    for name, packing in [
        (CRATE, zipfile.ZIP_DEFLATED),
        (MANIFEST, zipfile.ZIP_DEFLATED),
        (CRATE, zipfile.ZIP_LZMA),
    ]:
        bomb = packed(tmp_path / "bomb.zip", {key: data for key, data in files.items() if key != name})
        with zipfile.ZipFile(bomb, "a", packing) as zipped:
            zipped.writestr(name, bytes(65 << 20) if packing == zipfile.ZIP_DEFLATED else b"x")
        ((place, what),) = told(bomb)
        assert place == name
        assert "bytes" in what or "packed in a way" in what


def test_an_archive_cut_short_anywhere_is_said(archive, tmp_path):
    whole = archive.read_bytes()
    short = tmp_path / "short.zip"
    for length in [*range(0, len(whole), len(whole) // 60), *range(len(whole) - 60, len(whole))]:
        short.write_bytes(whole[:length])
        ((place, what),) = told(short)
        assert (place, what.partition(":")[0]) == ("short.zip", "is cut short or damaged")
    short.write_bytes(b"no archive")
    with pytest.raises(BaseError, match="is no ZIP archive"):
        verify_deposit(short)


def test_a_changed_byte_is_found_or_changes_nothing(archive, tmp_path):
    """Some bytes of a ZIP archive are read by nobody, such as the second copy of a file's time."""
    whole, files, chance = archive.read_bytes(), contents(archive), random.Random(7)
    spoiled = tmp_path / "spoiled.zip"
    directory = whole.index(b"PK\x01\x02")
    places = [*chance.choices(range(directory), k=20), *chance.sample(range(directory, len(whole)), 60)]
    for place in places:
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        spoiled.write_bytes(data)
        try:
            found = verify_deposit(spoiled).faults
        except BaseError:
            continue
        assert found or contents(spoiled) == files
