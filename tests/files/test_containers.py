"""Letters in archives and e-mails, as people keep and send them."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from email.message import EmailMessage

import made_pdf
import pytest

from kg.files import sources
from kg.files.sources import Letter

FILES = {
    "CM15-0000001.txt": b"MRI: Upheld",
    "more/CM15-0000002.pdf": made_pdf.pdf("A cane: Upheld"),
    "rows.csv": b"case_number,content\nCM15-0000003,Norco: Upheld\n",
    "rows.jsonl": b'{"text": "Yoga: Upheld"}',
    "__MACOSX/._CM15-0000001.txt": b"nothing",
    ".DS_Store": b"nothing",
}
READ = ["MRI: Upheld", "A cane: Upheld\n", "Norco: Upheld", "Yoga: Upheld"]


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("more")
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(files, mode="w"):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def mail(*attached, words="Please find the letters attached."):
    message = EmailMessage()
    message["Subject"] = "IMR"
    message.set_content(words)
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def by_name(value):
    """A row's id: archives differ by the time of day, and the ids of tests must not."""
    return value if isinstance(value, str) else "data"


def found(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    return list(sources.find([tmp_path / name]))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letters.zip", zipped(FILES)),
        ("LETTERS.ZIP", zipped(FILES)),
        ("letters.tar", tarred(FILES)),
        ("letters.tar.gz", tarred(FILES, "w:gz")),
        ("letters.tgz", tarred(FILES, "w:gz")),
        ("letters.tar.bz2", tarred(FILES, "w:bz2")),
        ("letters.txz", tarred(FILES, "w:xz")),
    ],
    ids=by_name,
)
def test_an_archive_of_letters_and_tables(tmp_path, name, data):
    letters = found(tmp_path, name, data)
    assert [letter.text for letter in letters] == READ
    assert [letter.name for letter in letters] == ["CM15-0000001", "CM15-0000002", "CM15-0000003", "rows-1"]
    assert letters[1].place == f"{tmp_path / name}/more/CM15-0000002.pdf"
    assert letters[2].place == f"{tmp_path / name}/rows.csv:2"


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("CM15-0000001.txt.gz", gzip.compress(b"MRI: Upheld", mtime=0), "MRI: Upheld"),
        ("CM15-0000001.txt.bz2", bz2.compress(b"MRI: Upheld"), "MRI: Upheld"),
        ("CM15-0000001.txt.xz", lzma.compress(b"MRI: Upheld"), "MRI: Upheld"),
        ("CM15-0000001.csv.gz", gzip.compress(b"letter\nMRI: Upheld\n", mtime=0), "MRI: Upheld"),
    ],
    ids=by_name,
)
def test_a_packed_file_is_what_it_holds(tmp_path, name, data, text):
    [letter] = found(tmp_path, name, data)
    assert (letter.text, letter.name[:12]) == (text, "CM15-0000001")


def test_an_e_mail_is_its_letters_or_else_its_words(tmp_path):
    pdf = made_pdf.pdf("A cane: Upheld")
    letters = found(
        tmp_path, "a.eml", mail(("CM15-0000001.txt", b"MRI: Upheld"), ("b.pdf", pdf), ("c.png", b"x"))
    )
    assert [letter.text for letter in letters] == ["MRI: Upheld", "A cane: Upheld\n"]
    [letter] = found(tmp_path, "b.eml", mail(words="MRI: Upheld"))
    assert (letter.text.strip(), letter.name) == ("MRI: Upheld", "message")
    html = EmailMessage()
    html.set_content("<p>MRI: <b>Upheld</b></p>", subtype="html")
    assert found(tmp_path, "c.eml", html.as_bytes())[0].text == "MRI: Upheld\n"
    assert found(tmp_path, "d.eml", b"Subject: x\nContent-Type: image/png\n\n")[0].reason.endswith(
        "file is empty"
    )


def test_a_mailbox_is_its_e_mails(tmp_path):
    box = b"".join(
        b"From a@b Mon Jan  4 10:00:00 2016\n" + mail(words=words) + b"\n" for words in ("one", "two")
    )
    letters = found(tmp_path, "a.mbox", box)
    assert [letter.text.strip() for letter in letters] == ["one", "two"]
    assert [letter.place.rpartition("mbox/")[2] for letter in letters] == ["1/message.txt", "2/message.txt"]


def broken(data):
    """The archive with other bytes where its members are packed."""
    return data[:60] + bytes(30) + data[90:]


def locked():
    data = bytearray(zipped({"a.txt": b"MRI"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.rindex(mark) + at
        data[place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "reasons"),
    [
        ("a.zip", zipped({}), ["it contains no files"]),
        (
            "a.zip",
            zipped({"b.zip": b"x", "c.txt": b""}),
            ["a nested archive or e-mail is not read", "the file is empty"],
        ),
        ("a.zip", zipped({"b.csv": b"n\n1\n"}), ["no column of letters"]),
        ("a.zip", locked(), ["encrypted with a password"]),
        ("a.zip", zipped({"b.txt": b"MRI " * 9}).replace(b"PK\x03\x04", b"PK\x03\x05"), ["damaged"]),
        ("a.txt.gz", gzip.compress(b"MRI" * 999, mtime=0)[:-12], ["damaged"]),
        ("a.txt.xz", broken(lzma.compress(bytes(range(256)) * 9)), ["damaged"]),
        ("a.txt.gz", gzip.compress(bytes(sources.MAX_BYTES + 1), mtime=0), ["larger than"]),
        ("a.tar", tarred({"b.txt": b"MRI"})[:513], ["damaged", "damaged"]),
    ],
    ids=by_name,
)
def test_what_cannot_be_read_says_why(tmp_path, name, data, reasons):
    said = found(tmp_path, name, data)
    assert not any(isinstance(each, Letter) for each in said)
    assert len(said) == len(reasons)
    assert all(reason in each.reason for reason, each in zip(reasons, said, strict=True)), said


def test_a_table_that_unpacks_to_more_than_any_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_TABLE", 100)
    [said] = found(tmp_path, "a.csv.gz", gzip.compress(b"text\n" + b"x" * 200, mtime=0))
    assert "unpacks to more than 100 bytes" in said.reason


def test_an_archive_that_may_not_be_opened(tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "not allowed")

    monkeypatch.setattr(sources, "_seekable", refused)
    [said] = found(tmp_path, "b.zip", zipped(FILES))
    assert said.reason.endswith("cannot be read: not allowed")
