"""`kg parse`, `kg cite` and `kg schema`: what is printed, what is put aside, and that they add up."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from kg import contract


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def cases(done):
    return [letter["case_number"] for letter in lines(done.out)]


def test_a_folder_is_printed_one_object_a_line_in_order(kg, made):
    done = kg("parse", made / "letters")
    assert done.code == 0
    assert cases(done) == sorted(path.stem for path in (made / "letters").rglob("*.txt"))
    assert done.err == "40 files: 40 read, 0 quarantined\n"


def test_what_is_printed_is_of_the_schema(kg, made):
    validator = Draft202012Validator(json.loads(kg("schema").out))
    for letter in lines(kg("parse", made / "letters").out):
        validator.validate(letter)


@pytest.mark.long
def test_several_processes_print_the_same(kg, made):
    assert kg("parse", made / "letters", "--jobs", 2).out == kg("parse", made / "letters").out


def test_a_letter_on_standard_input_has_no_name_to_stand_in(kg, letter):
    (found,) = lines(kg("parse", "-", given=letter).out)
    assert found["case_number"] is not None
    (found,) = lines(kg("parse", "-", given=letter[letter.index("HOW THE IMR") :]).out)
    assert found["case_number"] is None


def test_a_list_of_paths_is_read_in_its_order(kg, made, tmp_path):
    paths = sorted((made / "letters").rglob("*.txt"), reverse=True)[:3]
    listed = tmp_path / "list"
    listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    assert cases(kg("parse", "--files-from", listed)) == [path.stem for path in paths]
    assert cases(kg("parse", "--files-from", "-", given=listed.read_text())) == [path.stem for path in paths]


BAD = {
    "empty.txt": (b"", "empty"),
    "no-letter.txt": (b"Dear all,\nthe meeting is on Monday.\n", "no-letter.txt"),
    "letters.zip": (b"PK\x03\x04rest", "damaged"),
    "noise.txt": (bytes(range(256)) * 40, "noise.txt"),
    "long.txt": (b"word " * 2_000_000, "long.txt"),  # one line of 10 MB
}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_read_is_named_and_the_rest_is_printed(jobs, kg, letter, tmp_path):
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text(letter, encoding="utf-8")
    done = kg("parse", tmp_path, "--jobs", jobs)
    assert done.code == 1
    assert len(lines(done.out)) == 1
    quarantined = [line for line in done.err.splitlines() if line.startswith("quarantined: ")]
    assert len(quarantined) == len(BAD)
    for name, (_, why) in BAD.items():
        (line,) = [line for line in quarantined if name in line]
        assert why in line
    assert done.err.splitlines()[-1] == "6 files: 1 read, 5 quarantined"


def test_the_encoding_that_was_tried_second_is_told(kg, letter, tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes(
        letter.replace("Decision rationale:", "Decision rationale: caf\u00e9", 1).encode("cp1252")
    )
    (found,) = lines(kg("parse", path).out)
    assert [p["message"] for p in found["problems"] if p["kind"] == "encoding"] == [
        "not UTF-8: read as Windows-1252"
    ]


def test_a_second_text_under_a_name_that_stands_in_for_a_case_number_is_put_aside(kg, letter, tmp_path):
    headless = letter[letter.index("HOW THE IMR") :]
    for folder, text in {"a": headless, "b": headless, "c": headless.replace("e", "ee", 1)}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "000.txt").write_text(text, encoding="utf-8")
    done = kg("parse", tmp_path)
    assert (done.code, cases(done)) == (1, ["000", "000"])
    assert "another letter without one has the name 000" in done.err


def test_a_table_shows_each_decision(kg, made):
    done = kg("parse", made / "letters", "--format", "table")
    items = sum(
        len(letter["decisions"]) for letter in lines((made / "truth.jsonl").read_text(encoding="utf-8"))
    )
    assert sum(done.out.count(f" {outcome} ") for outcome in ("upheld", "overturned", "modified")) == items


def test_nothing_to_read_is_wrong_usage(kg):
    assert kg("parse").code == 2


def test_a_path_that_is_not_there_is_said(kg, tmp_path):
    done = kg("parse", tmp_path / "none.txt")
    assert (done.code, done.out) == (3, "")
    assert "there is no such file" in done.err


def test_quiet_says_only_what_failed(kg, made, tmp_path):
    assert kg("parse", made / "letters", "--quiet").err == ""
    (tmp_path / "empty.txt").touch()
    assert kg("parse", tmp_path, "--quiet").err.count("\n") == 1


@pytest.mark.same_anywhere
@pytest.mark.long
def test_memory_is_flat_in_the_number_of_letters(made, tmp_path):
    """Thirty times the letters take no more than a tenth more memory."""

    def peak(times):
        listed = tmp_path / f"list-{times}"
        paths = sorted((made / "letters").rglob("*.txt"))
        listed.write_text("".join(f"{path}\n" for path in paths * times), encoding="utf-8")
        code = (
            "import resource, sys; from kg.cli import main; sys.argv[0] = 'kg'\n"
            "try: main()\n"
            "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
        )
        words = [sys.executable, "-c", code, "parse", "--quiet", "--files-from", str(listed)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        return int(done.stderr)

    assert peak(30) < 1.1 * peak(1)


# --- kg cite ----------------------------------------------------------------------------------

FIELD = "Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine Page(s): 98-99."


def test_a_field_is_read_to_its_citations(kg):
    (found,) = lines(kg("cite", FIELD).out)
    Draft202012Validator({"$ref": "#/$defs/cited", "$defs": contract.schema()["$defs"]}).validate(found)
    assert found["basis"] == "mtus"
    assert [(c["guideline"], c["sections"], c["pages"]) for c in found["citations"]] == [
        ("chronic-pain", ["Physical Medicine"], [[98, 99]])
    ]


def test_each_line_in_is_a_line_out(kg):
    done = kg("cite", "-", given=f"{FIELD}\n\nNo field at all.\r\n{FIELD}")
    found = lines(done.out)
    assert [bool(field["citations"]) for field in found] == [True, False, False, True]
    assert found[2]["problems"]
