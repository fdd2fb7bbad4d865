"""How many triples an average letter has, and what it takes to write them: ``bench_triples.py DIRECTORY``."""

import sys
import time
from pathlib import Path

import kg
from kg.graph import annotations, triples

ROUNDS = 5


def main(folder: Path) -> None:
    """Print the figures of the letters in a folder of ``.txt`` files."""
    texts = [(path.stem, path.read_text(encoding="utf-8", errors="replace")) for path in folder.glob("*.txt")]
    letters = [(kg.parse_letter(text, name), text) for name, text in texts]
    best = min(_taken([letter for letter, _ in letters]) for _ in range(ROUNDS))
    stated = sum(len(set(triples.statements(letter, "1"))) for letter, _ in letters)
    quoted = sum(annotations.n_triples(letter, text).count("\n") for letter, text in letters)
    sys.stdout.write(f"{len(letters)} letters, {stated / len(letters):.1f} triples a letter\n")
    sys.stdout.write(f"{1000 * best / len(letters):.2f} ms of processor a letter\n")
    sys.stdout.write(f"{quoted / len(letters):.0f} triples a letter of annotations\n")


def _taken(letters: list[kg.Determination]) -> float:
    started = time.process_time()
    for letter in letters:
        triples.n_triples(letter, "1")
    return time.process_time() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]))
