"""How well real letters are read: the scores of the gold answers, which no change may lower."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXACT = {"letters parsed": 1.0, "items per letter": 1.0, "item text": 1.0, "outcome": 1.0}
LETTERS = EXACT | {
    "header": 0.99,
    "reviewer": 0.99,
    "patient": 0.99,
    "basis": 0.99,
    "guideline": 0.99,
    "section": 0.985,
    "page": 0.99,
    "in dispute": 0.99,
    "flags": 0.98,
    "category": 0.97,
    "subcategory": 0.95,
    "body parts": 0.96,
    "quantity": 0.96,
    "drug": 0.97,
    "span of item": 1.0,
    "span of citation": 1.0,
}
PAGES = LETTERS | {"section": 0.98, "page": 0.98}
HEADLESS = {name: floor for name, floor in LETTERS.items() if name != "header"}


def kg(*words: str | Path, text: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(floors: dict[str, float], shared: Path, *words: str | Path) -> None:
    """Hold what score.py says to the floors; its output is shown where a measure is below."""
    done = subprocess.run(
        [sys.executable, str(shared / "gold" / "score.py"), *map(str, words), "--errors", "3"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = re.findall(r"^([a-z ]+?)  +(\d\.\d{4})  ", done.stdout, re.MULTILINE)
    found = {name: float(value) for name, value in said}
    low = {name: (found.get(name), floor) for name, floor in floors.items() if found.get(name, 0) < floor}
    assert low == {}, done.stdout


@pytest.mark.parametrize(
    ("folder", "gold", "floors", "flags"),
    [
        ("letters", "gold.jsonl", LETTERS, []),
        ("letters-mupdf", "gold.jsonl", LETTERS, []),
        ("letters-pdfminer", "gold.jsonl", LETTERS, []),
        ("letters-spaced", "gold.jsonl", HEADLESS, ["--no-header"]),  # its header was cut off
        ("letters-pages", "gold-pages.jsonl", PAGES, []),  # citations by page, as before mid-2016
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_real_letters_are_read_right(folder, gold, floors, flags, shared, tmp_path):
    parsed, wanted = tmp_path / "parsed.jsonl", tmp_path / "gold.jsonl"
    parsed.write_text(kg("parse", shared / folder), encoding="utf-8")
    there = {path.stem for path in (shared / folder).glob("*.txt")}
    lines = (shared / "gold" / gold).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if re.match(r'\{"case_number": "([^"]+)"', line)[1] in there]
    wanted.write_text("\n".join(kept), encoding="utf-8")
    check(floors, shared, wanted, parsed, "--letters", shared / folder, *flags)


def test_fields_of_the_page_era_are_read_whole(shared, tmp_path):
    gold = shared / "gold" / "page_era_fields.jsonl"
    texts = [json.loads(line)["text"] for line in gold.read_text(encoding="utf-8").splitlines()]
    cited = tmp_path / "cited.jsonl"
    cited.write_text(kg("cite", "-", text="\n".join(texts) + "\n"), encoding="utf-8")
    check({"fields read whole": 1.0}, shared, "--fields", gold, cited)
