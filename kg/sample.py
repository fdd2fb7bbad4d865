"""Letters of our own making, with the truth about them, for demonstrations, tests and measurements.

The wording is ours. Headings, labels and the forms of citations are those of the real letters,
and what is disputed, cited and decided comes in their proportions. No person or case is real.

>>> name, text, truth = next(letters(1, seed=7, template="sections"))
>>> truth["case_number"] == name, truth["template"]
(True, 'sections')
>>> start, end = truth["decisions"][0]["span"]
>>> " ".join(text[start:end].split()) == truth["decisions"][0]["item"]
True
"""

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from kg.errors import SettingError
from kg.sampling import effects as planted
from kg.sampling.effects import Effects
from kg.sampling.letters_2013 import WRITERS
from kg.sampling.letters_2014 import write
from kg.sampling.synthetic_case import ERA, invent

Json = dict[str, Any]

TEMPLATES = {
    **{name: (name,) for name in ERA},
    "mixed": ("pages", "sections"),
    "all": tuple(ERA),
}
"""Which forms of letter each template makes, in turn."""

FOLDER = 1000
"""How many letters go into one folder, where there are more than ten times as many."""

_MARK = "sample.json"
_MAKER = "kg sample"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: letters, their disputed items and how many of these were overturned."""

    letters: int
    items: int
    overturned: int
    folder: Path


def letters(
    count: int,
    seed: int,
    template: str = "mixed",
    effects: Path | Effects | None = None,
    first: int = 0,
) -> Iterator[tuple[str, str, Json]]:
    """Case number, text and truth of each of ``count`` letters, one at a time.

    The truth has the form in which ``kg parse`` prints a determination. The same seed gives
    the same letters, whatever their number; other effects change outcomes and rationales only.

    Args:
        count: how many letters, at least 0.
        seed: a whole number, at least 0.
        template: a key of :data:`TEMPLATES`.
        effects: odds ratios of overturning that replace the defaults: the path of a CSV file
            with the columns ``kind,key,odds_ratio``, or what was read from one.
        first: how many letters of the sample to pass over, so that processes can share it.

    Raises:
        SettingError: the template is unknown, a number is negative, or the effects are wrong.
    """
    return _checked(count, seed, template, effects, first)


def _checked(
    count: int, seed: int, template: str, effects: Path | Effects | None, first: int = 0
) -> Iterator[tuple[str, str, Json]]:
    """The letters, once what was asked for is known to be right."""
    if template not in TEMPLATES:
        raise SettingError(f"there is no template {template!r}; there are {', '.join(TEMPLATES)}")
    if min(count, seed, first) < 0:
        raise SettingError(f"letters, seed and first must not be negative: {count}, {seed}, {first}")
    if effects is None:
        effects = planted.defaults()
    elif isinstance(effects, Path):
        effects = planted.read(effects)
    return _letters(range(first, first + count), seed, TEMPLATES[template], effects)


def _letters(
    indices: range, seed: int, templates: tuple[str, ...], effects: Effects
) -> Iterator[tuple[str, str, Json]]:
    for index in indices:
        template = templates[index % len(templates)]
        # Numbers, not strings, seed the generators: strings cost a hash. Words are drawn apart
        # from facts, so that another outcome leaves the next facts as they are.
        facts = Random((seed << 40 | index) << 1)  # noqa: S311
        words = Random((seed << 40 | index) << 1 | 1)  # noqa: S311
        case = invent(facts, index, seed, template, effects)
        text, truth = WRITERS.get(template, write)(words, case)
        yield case.number, text, truth


def sample(
    letters: int, seed: int, into: Path, template: str = "mixed", effects: Path | None = None
) -> Summary:
    """Write ``letters`` letters into ``into``/letters and the truth about them into ``into``/truth.jsonl.

    Each letter is a file CASE.txt, in folders of :data:`FOLDER` where there are more than
    10,000. An older sample in ``into``, known by its sample.json, is replaced; see
    :func:`letters` for the rest.

    Raises:
        SettingError: as :func:`letters`; ``into`` holds something else than a sample, or
            cannot be written.
    """
    made = _checked(letters, seed, template, effects)
    try:
        _clear(into)
        return _write(
            made, letters, into, {"by": _MAKER, "letters": letters, "seed": seed, "template": template}
        )
    except OSError as error:
        raise SettingError(f"{into}: the sample cannot be written: {error}") from error


def _clear(into: Path) -> None:
    """Make ``into`` ready: new, empty, or cleared of an older sample."""
    into.mkdir(parents=True, exist_ok=True)
    mark = into / _MARK
    if mark.is_file() and _MAKER in mark.read_text(encoding="utf-8", errors="replace"):
        _log.info("replacing the sample in %s", into)
        shutil.rmtree(into / "letters", ignore_errors=True)
        (into / "truth.jsonl").unlink(missing_ok=True)
    elif any(into.iterdir()):
        raise SettingError(f"{into}: the folder is not empty and holds no sample that could be replaced")


def _write(made: Iterator[tuple[str, str, Json]], count: int, into: Path, about: Json) -> Summary:
    """Write the letters and truths that ``made`` gives; the mark comes first, in case of a stop."""
    (into / _MARK).write_text(json.dumps(about) + "\n", encoding="utf-8")
    folder = into / "letters"
    folder.mkdir()
    items = overturned = 0
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    with (into / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as truths:
        for index, (name, text, truth) in enumerate(made):
            if count > 10 * FOLDER and index % FOLDER == 0:
                folder = into / "letters" / f"{index // FOLDER:04d}"
                folder.mkdir()
            with open(f"{folder}/{name}.txt", "wb") as file:  # noqa: PTH123 - twice as fast as Path
                file.write(text.encode())
            truths.write(encode(truth) + "\n")
            items += len(truth["decisions"])
            overturned += sum(d["outcome"] == "overturned" for d in truth["decisions"])
    return Summary(count, items, overturned, into)
