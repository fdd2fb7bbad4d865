"""A letter of our own making, with the forms that letters have, and all that is read of it.

``python tests/letters/test_whole_letter.py`` writes the JSON anew: read its changes before they are kept.
"""

import json
import sys
from pathlib import Path

from kg.contract import from_json, to_json
from kg.reading.letter import read_letter

LETTER = Path(__file__).with_name("CM16-0000042.txt")
TOLD = LETTER.with_suffix(".json")


def read():
    return read_letter(LETTER.read_bytes().decode(), LETTER.stem)


def test_all_that_is_read_of_a_letter():
    assert to_json(read()) == json.loads(TOLD.read_text(encoding="utf-8"))


def test_what_was_told_is_the_determination():
    assert from_json(json.loads(TOLD.read_text(encoding="utf-8"))) == read()


if __name__ == "__main__":
    sys.exit(TOLD.write_text(json.dumps(to_json(read()), indent=1) + "\n", encoding="utf-8") and 0)
