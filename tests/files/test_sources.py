"""Finding letters and reading their text: files, folders, tables, standard input, addresses."""

import csv
import gzip
import io
import json
import os
import pickle
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import fsspec
import made_pdf
import polars as pl
import pytest

from kg.errors import SourceError
from kg.files import decode, pdf_worker, sources
from kg.files.sources import Letter, Quarantined
from kg.model import ProblemKind, Span


@pytest.fixture
def folder(tmp_path):
    """Write files, by name, into a folder."""

    def write(**files: bytes) -> Path:
        for name, data in files.items():
            path = tmp_path / name.replace("__", "/").replace("_DOT_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path

    return write


def only(path) -> Letter | Quarantined:
    [found] = sources.find([path])
    return found


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"MRI: Upheld", "MRI: Upheld"),
        (b"\xef\xbb\xbfMRI", "MRI"),  # byte order mark
        (b"one\r\ntwo\rthree\n", "one\r\ntwo\rthree\n"),  # line ends stay
        (b"one\n\n\x0ctwo", "one\n\n\ftwo"),
        (b"nul \x00 kept", "nul \0 kept"),
        ("Soma® “350”".encode(), "Soma® “350”"),
        ("\u200fright to left".encode(), "\u200fright to left"),
    ],
)
def test_utf8_text_is_kept_as_it_is(tmp_path, data, text):
    path = tmp_path / "CM15-0000001.txt"
    path.write_bytes(data)
    letter = only(path)
    assert (letter.name, letter.place, letter.text, letter.problems) == ("CM15-0000001", str(path), text, ())


def test_windows_1252_is_read_and_said(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Norco® was\r\nn’t".encode("cp1252"))
    letter = only(path)
    assert letter.text == "Norco® was\r\nn’t"
    [problem] = letter.problems
    assert problem.kind is ProblemKind.ENCODING
    assert problem.span == Span(5, 6)
    assert problem.span.of(letter.text) == "®"


def test_bytes_without_meaning_in_windows_1252_are_counted(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x \x81 y \x9d")
    assert "2 of its bytes" in only(path).problems[0].message


TOO_LARGE = "the file is larger than the 20,000,000 bytes that a letter may have"
ZIP = b"PK\x03\x04" + bytes(40)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.pdf", b"", "the file is empty"),
        ("a.zip", ZIP, "the zip file is damaged: File is not a zip file"),
        ("letters.tar.gz", b"anything", "the gz file is damaged: file could not be opened successfully"),
        ("a.tar", b"anything", "the tar file is damaged: file could not be opened successfully"),
        ("a.7z", b"anything", "a 7-Zip archive: unpack it first, or pack it as zip"),
        ("a.txt", gzip.compress(b"MRI: Upheld", mtime=0), "a gzip archive: give its name the ending .gz"),
        ("a.txt", ZIP, "a zip archive: give its name the ending .zip"),
        ("noname", bytes(257) + b"ustar" + bytes(200), "a tar archive: give its name the ending .tar"),
        ("a.docx", ZIP, "an office document or Outlook message: save it as text, PDF or .eml first"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text, PDF, web page or table of letters"),
        ("a.pdf", b"no PDF at all", "the PDF is damaged"),
        ("a.pdf", made_pdf.scanned(), pdf_worker.NO_TEXT),
        ("a.html", b"<b>" * 200_001, "the web page has more than the 200,000 tags that a letter may have"),
        ("a.txt", b"x" * (sources.MAX_BYTES + 1), TOO_LARGE),
        ("a.bin", ZIP + bytes(sources.MAX_BYTES), "a zip archive: give its name the ending .zip"),
    ],
)  # fmt: skip
def test_quarantined_with_a_reason(tmp_path, name, data, reason):
    path = tmp_path / name
    path.write_bytes(data)
    found = only(path)
    assert isinstance(found, Quarantined)
    assert (found.place, found.reason) == (str(path), f"{path}: {reason}")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter", b"MRI: Upheld"),  # no suffix
        ("letter.TXT", b"MRI: Upheld"),
        ("letter.asc", b"MRI: Upheld"),  # unknown suffix
        ("letter.pdf", made_pdf.pdf("MRI: Upheld")),
        ("letter.PDF", made_pdf.pdf("MRI: Upheld", password=b"")),
        ("letter.txt", made_pdf.pdf("MRI: Upheld")),  # a PDF by its bytes
        ("letter.html", b"<html><body><p>MRI:\n Upheld</body></html>"),
        ("letter.htm", b"\xef\xbb\xbfMRI: <b>Upheld</b>"),
        ("letter", b"<!DOCTYPE html><title></title>MRI: Upheld"),  # a page by its beginning
    ],
)
def test_kinds_of_file(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    letter = only(path)
    assert isinstance(letter, Letter)
    assert (letter.name, letter.text.strip()) == ("letter", "MRI: Upheld")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one<p>two", "one\ntwo\n"),
        ("one<br>two<BR/>three", "one\ntwo\nthree\n"),
        ("<tr><td>Case Number:</td><td>CM15-0000001</td></tr><tr>x", "Case Number: CM15-0000001\nx\n"),
        ("<style>p {}</style><p>x</p><script>'<p>'</script>", "x\n"),
        ("<pre>one\n  two</pre>three", "one\n  two\nthree\n"),
        ("<!-- <p>not this --> this", "this\n"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d\n"),
        ("p < 0.05 and 3 <b>4</b>", "p < 0.05 and 3 4\n"),  # a sign that is no tag
        ("<p class='x' title=\"y\">x</p", "x\n"),  # cut in a tag
    ],
)  # fmt: skip
def test_text_of_web_pages(page, text):
    assert decode.html_text(page) == text


@pytest.mark.parametrize(
    "hostile", ["<!--", "<", "<p", "</", "<script>", "<script", "<td>", "&", "<!", "<pre>\n"]
)
def test_hostile_web_pages_take_no_longer_than_their_size(hostile):
    started = time.monotonic()
    with suppress(SourceError):
        decode.html_text(hostile * (sources.MAX_BYTES // len(hostile)))
    assert time.monotonic() - started < 30  # half a second on a machine at rest; a square would take hours


def test_folders_are_read_through_in_order_without_hidden_files(folder):
    root = folder(
        b_DOT_txt=b"b",
        a__z_DOT_txt=b"a/z",
        a__c__x_DOT_txt=b"a/c/x",
        c_DOT_pdf=made_pdf.pdf("c"),
        _DOT_git__x=b"x",
    )
    (root / "a" / "loop").symlink_to(root)
    (root / "d.txt").symlink_to(root / "b.txt")
    found = list(sources.find([root]))
    assert [Path(letter.place).relative_to(root).as_posix() for letter in found] == [
        "a/c/x.txt",
        "a/z.txt",
        "b.txt",
        "c.pdf",
        "d.txt",
    ]


def test_a_broken_link_and_a_pipe_are_quarantined(tmp_path):
    for name in ("broken.csv", "broken.txt"):
        (tmp_path / name).symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    found = list(sources.find([tmp_path]))
    assert [type(each) for each in found] == [Quarantined] * 3
    assert all("cannot be read: No such file" in each.reason for each in found[:2])
    assert "not a file" in found[2].reason


@pytest.mark.parametrize("missing", ["nowhere.txt", "nul\0.txt", "memory://nowhere/x.txt", "bogus://x"])
def test_a_missing_source_is_named_before_anything_is_read(tmp_path, missing):
    (tmp_path / "a.txt").write_bytes(b"x")
    with pytest.raises(SourceError) as fault:
        sources.find([tmp_path / "a.txt", missing])  # without asking for the first
    assert decode.printable(missing) in str(fault.value)


def test_a_file_whose_name_is_no_text_is_read(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"MRI: Upheld")
    letter = only(tmp_path)
    assert (letter.name, letter.text) == ("caf\\udce9", "MRI: Upheld")
    letter.place.encode()


def test_list_of_files(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(name)
    listed = tmp_path / "list"
    listed.write_text(f"{tmp_path}/c.txt\n\n{tmp_path}/a.txt\n")
    assert [letter.text for letter in sources.find([tmp_path / "b.txt"], listed)] == ["b", "c", "a"]
    with pytest.raises(SourceError, match="nowhere"):
        sources.find([], tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        (b"MRI: Upheld\r\n", Letter, "MRI: Upheld\r\n"),
        (made_pdf.pdf("MRI: Upheld"), Letter, "MRI: Upheld\n"),
        (b"nul \0 kept", Letter, "nul \0 kept"),
        (b"", Quarantined, "standard input: the file is empty"),
        (ZIP, Quarantined, "standard input: a zip archive: give its name the ending .zip"),
    ],
)
def test_standard_input(monkeypatch, data, kind, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = only("-")
    assert isinstance(found, kind)
    assert (found.text if kind is Letter else found.reason) == text
    assert found.place == "-"


TEXTS = ["MRI:\r\n Upheld", "café, “x”\n", 'a "quoted" text, with commas', "nul \0"]


def table(path: Path, rows: list[dict]) -> Path:
    if path.suffix in (".jsonl", ".ndjson"):
        path.write_text("\n".join(json.dumps(row) for row in rows), newline="")
    elif path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    else:
        pl.DataFrame(rows).write_parquet(path, row_group_size=2)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".csv", ".parquet"])
def test_tables_with_case_numbers(tmp_path, suffix):
    path = table(
        tmp_path / f"letters{suffix}",
        [{"other": 1, "text": text, "case_number": f"CM15-000000{n}"} for n, text in enumerate(TEXTS)],
    )
    found = list(sources.find([path]))
    assert [letter.text for letter in found] == TEXTS
    assert [letter.name for letter in found] == [f"CM15-000000{n}" for n in range(4)]
    assert len({letter.place for letter in found}) == 4
    assert all(letter.place.startswith(f"{path}:") for letter in found)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_rows_without_case_number_are_named_by_table_and_row(tmp_path, suffix):
    path = table(tmp_path / f"letters{suffix}", [{"text": "one"}, {"text": "two"}])
    names = [letter.name for letter in sources.find([path])]
    assert names == (["letters-2", "letters-3"] if suffix == ".csv" else ["letters-1", "letters-2"])


@pytest.mark.parametrize(
    ("name", "data", "results"),
    [
        ("a.jsonl", b'{"text": "x"}\n\n{"text": 3}\n{"text": "y"}', ["x", "no text", "y"]),
        ("a.jsonl", b'[1]\n{"te\n{"text": "y"}', ["not a JSON object", "not valid JSON:", "y"]),
        ("a.jsonl", b'{"text": ""}\n{"case_number": "CM15-0000001"}', ["is empty", "no column of letters"]),
        ("a.jsonl", b"", ["no row"]),
        ("a.jsonl", b"[" * 100_000, ["not valid JSON"]),
        ("a.jsonl", b'{"text": "caf\xe9"}', ["café"]),
        ("a.jsonl", b'\xef\xbb\xbf{"text": "x"}', ["x"]),
        ("a.csv", b"Text,Case_Number\r\nx,\r\n", ["x"]),  # headers in other case
        ("a.csv", b"number,words\n1,2\n", ["no column of letters (text, letter, letter_text,"]),
        ("a.csv", b"number,words\n1,2\n", ["it has number, words: name one with --column"]),
        ("a.csv", b"", ["it has none"]),
        ("a.csv", b"case,Letter Text\nCM15-0000001,x\n", ["x"]),
        ("a.json", b'[{"text": "x"}, {"text": "y"}]', ["x", "y"]),
        ("a.json", b'{"count": 1, "letters": [{"text": "x"}]}', ["x"]),
        ("a.json", b'{"case_number": "1", "text": "x"}', ["x"]),
        ("a.json", b'{"text": "x"}\n{"text": "y"}\n', ["x", "y"]),  # lines
        ("a.json", b"3", ["the JSON is no list of objects"]),
        ("a.json", b"[3]", ["not a JSON object"]),
        ("a.json", b"[", ["not valid JSON"]),
        ("a.tsv", b"id\ttext\n1\tx\n", ["x"]),
        ("a.csv", b"id;text\n1;a, b\n", ["a, b"]),
        ("a.csv", b"text_hash,pdf_text\n1,x\n", ["x"]),
        ("a.csv", b"first_text,second_text\n1,x\n", ["no column of letters"]),  # which of them?
        ("a.jsonl", b'{"letterBody": "x", "letter_id": "1"}', ["x"]),
        ("a.jsonl", b'{"content": "x"}\n{"pages": 3}', ["x", "the row has no column of letters"]),
        ("a.csv", "text\nx\r\ny".encode("utf-16"), ["x", "y"]),
        ("a.jsonl", '{"text": "caf\xe9"}\n{"text": "y"}'.encode("utf-16-le"), ["caf\xe9", "y"]),
        ("a.csv", b"text\nx\n\ny\n", ["x", "y"]),  # an empty line is no row
        ("a.csv", b"%s,text\nx,y\n" % (b"n" * (sources.MAX_BYTES + 1)), ["damaged in line 1"]),
        ("a.csv", b"text\ncaf\xe9\n", ["café"]),  # Windows-1252
        ("a.csv", b"case_number,text\nCM15-0000001\n", ["no text"]),  # a short row
        ("a.csv", b'text\n"open', ["open"]),  # cut in the middle
        ("a.parquet", b"PAR1 no PAR1", ["damaged"]),
        ("a.parquet", b"", ["damaged"]),
    ],
)  # fmt: skip
def test_rows_that_are_no_letters(tmp_path, name, data, results):
    path = tmp_path / name
    path.write_bytes(data)
    found = list(sources.find([path]))
    assert len(found) == len(results)
    for each, expected in zip(found, results, strict=True):
        assert expected in (each.text if isinstance(each, Letter) else each.reason)
        assert isinstance(each, Letter) or "\n" not in each.reason


def test_a_table_that_is_not_utf8_says_so_for_each_row(tmp_path):
    for name, data in (("a.csv", b"text\ncaf\xe9\n"), ("a.jsonl", b'{"text": "caf\xe9"}')):
        (tmp_path / name).write_bytes(data)
    assert [letter.problems[0].kind for letter in sources.find([tmp_path])] == [ProblemKind.ENCODING] * 2


def test_a_parquet_whose_text_is_no_text(tmp_path):
    pl.DataFrame({"text": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    assert 'the column "text" contains Int64: texts (String or Binary) are read' in only(tmp_path).reason


def test_a_parquet_whose_texts_are_bytes(tmp_path):
    values = ["Norco \u2013 10".encode(), b"caf\xe9", b"%PDF-1.4", None]
    pl.DataFrame({"text": values}).write_parquet(tmp_path / "a.parquet")
    first, second, third, fourth = sources.find([tmp_path])
    assert (first.text, first.problems) == ("Norco \u2013 10", ())
    assert (second.text, second.problems[0].kind) == ("caf\xe9", ProblemKind.ENCODING)
    assert 'the column "text" contains files, not texts' in third.reason
    assert "the row has no text" in fourth.reason


def test_a_row_longer_than_a_letter_may_be_does_not_hide_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_BYTES", 1000)
    for name, data in (
        ("a.jsonl", b'{"text": "%s"}\n{"text": "y"}\n' % (b"x" * 3_000_000)),
        ("b.csv", b"text\n%s\ny\n" % (b"x" * 5000)),
    ):
        (tmp_path / name).write_bytes(data)
    found = list(sources.find([tmp_path]))
    assert [type(each) for each in found] == [Quarantined, Letter, Quarantined, Letter]


def test_addresses(tmp_path):
    memory = fsspec.filesystem("memory")
    memory.pipe({"/imr/b.txt": b"b", "/imr/a/x.pdf": made_pdf.pdf("x"), "/imr/c.jsonl": b'{"text": "c"}'})
    memory.pipe("/imr/.hidden.txt", b"hidden")
    pl.DataFrame({"text": ["d"]}).write_parquet(tmp_path / "d.parquet")
    memory.put(str(tmp_path / "d.parquet"), "/imr/d.parquet")
    try:
        found = list(sources.find(["memory://imr", "memory://imr/b.txt"]))
    finally:
        memory.rm("/imr", recursive=True)
    assert sorted(letter.text.strip() for letter in found) == ["b", "b", "c", "d", "x"]
    assert all(letter.place.startswith("memory://") for letter in found)


def test_file_addresses_are_read_like_paths(folder):
    root = folder(a_DOT_txt=b"a", b_DOT_csv=b"text\nb\n")
    assert [letter.text for letter in sources.find([f"file://{root}"])] == ["a", "b"]


def test_sources_travel_to_another_process(folder):
    root = folder(a_DOT_txt=b"a", b_DOT_jsonl=b'{"text": "b"}', c_DOT_7z=b"7z")
    located = pickle.loads(pickle.dumps(list(sources.locate([root]))))
    assert [source.name for source in located] == ["a", "b-1", "c"]
    assert [sources.read(source) for source in located] == list(sources.find([root]))


def test_hash_is_that_of_the_file(folder):
    root = folder(a_DOT_txt=b"\xef\xbb\xbfx", b_DOT_txt=b"x", c_DOT_7z=b"7z")
    hashes = [each.sha256 for each in sources.find([root])]
    assert len(set(hashes)) == 3
    assert all(len(each) == 64 for each in hashes)


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_table_is_not_held_in_memory(tmp_path, suffix):
    path = table(tmp_path / f"letters{suffix}", [{"text": f"{n} " + "x" * 20_000} for n in range(3000)])
    next(iter(sources.find([path])))  # imports
    tracemalloc.start()
    count = sum(1 for _ in sources.find([path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3000
    assert peak < 25_000_000  # of 60 MB


def test_real_letters(shared):
    found = list(sources.find([shared / "letters"]))
    assert len(found) == 102
    for letter in found:
        assert letter.text.encode() == Path(letter.place).read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        "MRI: Upheld\r\n\xae".encode("utf-16"),
        "MRI: Upheld\r\n\xae".encode("utf-16-be"),
        "MRI: Upheld\r\n\xae".encode("utf-16-le"),
        "MRI: Upheld\r\n\xae".encode("utf-32"),
    ],
)
def test_a_text_of_two_or_four_bytes_a_character(tmp_path, data):
    (tmp_path / "a.txt").write_bytes(data)
    assert (only(tmp_path).text, only(tmp_path).problems) == ("MRI: Upheld\r\n\xae", ())


def test_a_column_is_given_by_its_name(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"ID,Scan Text\n1,x\n")
    assert [found.text for found in sources.find([tmp_path], column="scan text")] == ["x"]
    [refused] = sources.find([tmp_path], column="scans")
    assert 'no column "scans"; it has ID, Scan Text' in refused.reason
