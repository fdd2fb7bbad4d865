"""The commands that keep a base true, and those that take from it; each test has a base of its own."""

import csv
import io
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest


@pytest.fixture
def own(kb, tmp_path):
    """A copy of the base, to be changed."""
    return shutil.copytree(kb, tmp_path / "kb", symlinks=True)


def spoil(base):
    """Cut a pack of letters' texts in half, as a lost part of a disk would."""
    pack = max((base / "current" / "letters").iterdir(), key=lambda path: path.stat().st_size)
    data = pack.read_bytes()
    pack.unlink()
    pack.write_bytes(data[: len(data) // 2])


def test_a_whole_base_has_no_fault(kg, kb):
    done = kg("verify", "--deep", "--kb", kb)
    assert (done.code, done.out) == (0, "")
    assert "no faults" in done.err


def test_a_damaged_base_is_told_and_made_whole_again(kg, own, made):
    spoil(own)
    done = kg("verify", "--kb", own)
    assert done.code == 1
    assert "letters/" in done.out
    assert "kg build --repair" in done.err
    assert kg("build", "--repair", made / "letters", "--kb", own, "--jobs", 1).code == 0
    assert kg("verify", "--deep", "--kb", own).code == 0


@pytest.mark.long
def test_the_letters_conform_to_the_shapes(kg, kb, case):
    done = kg("validate", "--kb", kb)
    assert done.code == 0, done.out
    assert done.out.startswith("40 letters checked: 0 violations")
    assert kg("validate", "--case", case, "--kb", kb).out.startswith("1 letters checked")
    assert kg("validate", "--sample", 3, "--kb", kb).out.startswith("3 letters checked")
    assert kg("validate", "--sample", 3, "--case", case, "--kb", kb).code == 2


def test_a_correction_is_shown_from_then_on(kg, own, case):
    done = kg("correct", case, "patient.age", 99, "--why", "the summary says so", "--kb", own)
    assert done.code == 0, done.err
    found = json.loads(kg("query", "case_facts", "-p", f"case={case}", "--format", "json", "--kb", own).out)
    assert '"99"' in json.dumps(found)


def test_corrections_come_from_a_file_too(kg, own, case, tmp_path):
    file = tmp_path / "corrections.csv"
    file.write_text(f"case,path,value,why\n{case},patient.age,98,read again\n", encoding="utf-8")
    assert kg("correct", "--from", file, "--kb", own).code == 0
    assert kg("correct", case, "patient.age", 99, "--why", "x", "--from", file, "--kb", own).code == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["patient.age", "many", "--why", "x"], 3, "many"),
        (["patient.height", "180", "--why", "x"], 3, "patient.height"),
        (["patient.age", "50"], 2, "--why"),  # nothing is changed without a reason
    ],
)
def test_a_correction_that_cannot_be(words, code, says, kg, own, case):
    done = kg("correct", case, *words, "--kb", own)
    assert done.code == code
    assert says in done.err


def test_a_removed_letter_is_gone_and_stays_out(kg, own, case, made):
    number = case.split("-")[-1].encode()
    assert number in (own / "current" / "words.sqlite").read_bytes()
    assert kg("remove", case, "--why", "withdrawn", "--kb", own).code == 0
    assert number not in (own / "current" / "words.sqlite").read_bytes()
    assert kg("show", case, "--kb", own).code == 3
    assert case not in kg("export", "--format", "nt", "--kb", own).out
    assert kg("build", made / "letters", "--kb", own, "--jobs", 1).code == 1
    assert kg("show", case, "--kb", own).code == 3
    assert kg("remove", case, "--why", "twice", "--kb", own).code == 3


def test_letters_are_found_by_their_words(kg, kb, made):
    done = kg("search", "certified", "--limit", 3, "--kb", kb)
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) == 3
    holding = [
        path
        for path in (made / "letters").rglob("*.txt")
        if "certified" in path.read_text(encoding="utf-8").lower()
    ]
    assert int(done.err.split()[0]) >= len(holding) > 0
    assert kg("search", "zyzzyva", "--kb", kb).err.startswith("0 letters")
    assert kg("search", "!?", "--kb", kb).code == 2


@pytest.mark.parametrize("form", ["nt", "ttl", "jsonld", "csv", "graphml", "gexf"])
def test_a_case_is_exported_in_every_form(form, kg, kb, case):
    done = kg("export", case, "--format", form, "--kb", kb)
    assert done.code == 0, done.err
    assert case in done.out


def test_a_file_is_exported_whole_or_not_at_all(kg, kb, tmp_path):
    import polars as pl

    into = tmp_path / "facts.parquet"
    assert kg("export", "--format", "parquet", "--into", into, "--kb", kb).code == 0
    assert pl.read_parquet(into)["case"].n_unique() == 40
    assert kg("export", "--format", "marble", "--into", tmp_path / "x", "--kb", kb).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["facts.parquet"]


def test_the_cases_that_a_query_names_are_exported(kg, kb):
    text = """
        SELECT ?case { ?case <https://w3id.org/imr-kg/ontology#disputedItem> ?item } ORDER BY ?case LIMIT 1
    """
    done = kg("export", "--format", "csv", "--query", "-", "--kb", kb, given=text)
    assert done.code == 0, done.err
    assert len({row["case"] for row in csv.DictReader(io.StringIO(done.out))}) == 1


@pytest.fixture
def server(kb):
    """A SPARQL server in this process: its address, and what was sent to its graph store."""
    import pyoxigraph as ox

    store, sent = ox.Store.read_only(str(kb / "current" / "graph")), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer = store.query(parse_qs(urlsplit(self.path).query)["query"][0])
            triples = isinstance(answer, ox.QueryTriples)
            form = ox.RdfFormat.N_TRIPLES if triples else ox.QueryResultsFormat.JSON
            self.answer(answer.serialize(format=form), form.media_type)

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            sent.append(self.rfile.read(length))
            self.answer(b"", "text/plain")

        def answer(self, body, kind):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", sent
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml", "table"])
def test_a_server_answers_as_the_base_does(form, kg, kb, server):
    here = kg("query", "basis_by_party", "--format", form, "--kb", kb)
    there = kg("query", "basis_by_party", "--format", form, "--endpoint", f"{server[0]}/query")
    assert there.code == 0, there.err
    assert sorted(there.out.splitlines()) == sorted(here.out.splitlines())


def test_a_server_that_is_not_there_is_said(kg):
    done = kg("query", "basis_by_party", "--endpoint", "http://127.0.0.1:9/query")
    assert done.code == 3
    assert "http://127.0.0.1:9/query" in done.err
    assert kg("publish", "--to", "ftp://127.0.0.1/store").code in (2, 3)


def test_all_triples_are_published(kg, kb, server):
    done = kg("publish", "--to", f"{server[0]}/store", "--kb", kb)
    assert done.code == 0, done.err
    triples = kg("export", "--format", "nt", "--kb", kb).out.count(" .\n")
    assert sum(body.count(b" .\n") for body in server[1]) == triples
    assert f"{triples:,} triples sent" in done.err


def test_a_base_is_deposited_and_the_archive_checked(kg, kb, tmp_path):
    archive = tmp_path / "imr.zip"
    done = kg("deposit", "--into", archive, "--kb", kb)
    assert done.code == 0, done.err
    assert len(done.out.strip()) == 64
    assert "40 letters" in done.err
    checked = kg("verify", archive)
    assert (checked.code, checked.out) == (0, done.out)
    archive.write_bytes(archive.read_bytes()[:-9])
    checked = kg("verify", archive)
    assert (checked.code, checked.out.count("\n")) == (1, 1)
    assert checked.out.startswith("imr.zip: is cut short")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["verify", "{kb}"], 2, "kg verify --kb"),
        (["verify", "{letter}", "--deep"], 2, "--deep"),
        (["verify", "{letter}", "--kb", "{kb}"], 2, "--kb"),
        (["verify", "{letter}"], 3, "no ZIP archive"),
        (["verify", "/nowhere.zip"], 3, "/nowhere.zip"),
        (["deposit", "--into", "/nowhere/imr.zip", "--kb", "{kb}"], 3, "/nowhere"),
        (["deposit", "--into", "{kb}", "--kb", "{kb}"], 2, "found a folder"),
        (["deposit", "--into", "{kb}.zip", "--license", "mine", "--kb", "{kb}"], 2, "mine"),
        (["deposit", "--kb", "{kb}"], 2, "--into"),
    ],
)
def test_what_cannot_be_deposited_or_checked_is_said_in_a_sentence(words, code, says, kg, kb, made):
    letter = next((made / "letters").rglob("*.txt"))
    done = kg(*(word.format(kb=kb, letter=letter) for word in words))
    assert (done.code, done.out) == (code, "")
    assert says in done.err
