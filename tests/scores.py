"""How well real letters are read: ``python tests/scores.py [SHARED]`` prints it for each set of them."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SETS = {
    "letters": ("gold.jsonl", ()),
    "letters-mupdf": ("gold.jsonl", ()),
    "letters-pdfminer": ("gold.jsonl", ()),
    "letters-spaced": ("gold.jsonl", ("--no-header",)),  # its header was cut off
    "letters-pages": ("gold-pages.jsonl", ()),  # citations by page, as before mid-2016
}
"""Folders of letters with their gold answers and what score.py must know of them."""


def kg(*words: str | Path, text: str | None = None) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "kg.cli", *map(str, words), "--quiet"]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def _score(shared: Path, *words: str | Path) -> str:
    command = [sys.executable, str(shared / "gold" / "score.py"), *map(str, words), "--errors", "3"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def of_letters(shared: Path, folder: str) -> str:
    """What score.py says of the letters in ``folder``, of those gold answers whose letter is there."""
    gold, flags = SETS[folder]
    there = {path.stem for path in (shared / folder).glob("*.txt")}
    lines = (shared / "gold" / gold).read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as name:
        parsed, wanted = Path(name, "parsed.jsonl"), Path(name, "gold.jsonl")
        parsed.write_text(kg("parse", shared / folder), encoding="utf-8")
        kept = [line for line in lines if json.loads(line)["case_number"] in there]
        wanted.write_text("\n".join(kept), encoding="utf-8")
        return _score(shared, wanted, parsed, "--letters", shared / folder, *flags)


def of_fields(shared: Path) -> str:
    """What score.py says of the guideline fields in the form used before mid-2016."""
    gold = shared / "gold" / "page_era_fields.jsonl"
    texts = [json.loads(line)["text"] for line in gold.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name:
        cited = Path(name, "cited.jsonl")
        cited.write_text(kg("cite", "-", text="\n".join(texts) + "\n"), encoding="utf-8")
        return _score(shared, "--fields", gold, cited)


def measures(said: str) -> dict[str, float]:
    """The value of each measure that score.py printed."""
    return {
        name: float(value) for name, value in re.findall(r"^([a-z ]+?)  +(\d\.\d{4})  ", said, re.MULTILINE)
    }


def main(shared: Path) -> None:
    """Print the measures of all sets beside each other."""
    found = {folder: measures(of_letters(shared, folder)) for folder in SETS}
    sys.stdout.write(f"{'':18}{''.join(f'{folder:>18}' for folder in found)}\n")
    for name in found["letters"]:
        values = "".join(f"{found[folder].get(name, float('nan')):18.4f}" for folder in found)
        sys.stdout.write(f"{name:18}{values}\n")
    for name, value in measures(of_fields(shared)).items():
        sys.stdout.write(f"{name:18}{value:18.4f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared")
