"""Write case summaries and rationales in sentences of our own."""

from functools import cache
from random import Random
from typing import NamedTuple

from kg.sampling.draws import between, pick
from kg.sampling.item_texts import Item
from kg.sampling.kinds import table
from kg.sampling.paper import Spot
from kg.sampling.people import Calendar, Worker, day


@cache
def _sentences(part: str, name: str) -> tuple[str, ...]:
    return tuple(table("wording.toml")[part][name])


def _some(rng: Random, sentences: tuple[str, ...], count: int) -> list[str]:
    """``count`` different sentences, in the order in which they stand."""
    chosen = {int(rng.random() * len(sentences)) for _ in range(count)}
    return [sentences[index] for index in sorted(chosen)]


def _raised(text: str) -> str:
    return text[0].upper() + text[1:]


def review(rng: Random) -> tuple[str, str]:
    """What stands before and after the reviewer's credentials."""
    return pick(rng, _sentences("review", "before")), pick(rng, _sentences("review", "after"))


_SUMMARY = (("mechanism", 1), ("history", 4), ("findings", 9), ("present", 3), ("request", 3))
"""The parts of a summary after its opening, and about how many sentences each has."""


def summary(
    rng: Random, worker: Worker, calendar: Calendar, items: list[Item]
) -> tuple[str, dict[str, Spot]]:
    """A case summary, and where it prints ``patient.age``, ``patient.sex`` and ``date_of_injury``."""
    injured = day(rng, calendar.injury)
    form = pick(rng, _sentences("opening", "with_age" if worker.age else "without_age"))
    opening = form.format(age=worker.age, sex=worker.sex, doi=injured)
    start = opening.index(injured)
    spots = {"date_of_injury": [start, start + len(injured)]}
    if worker.age and worker.sex:
        spots["patient.age"] = _spot(opening, str(worker.age))
        spots["patient.sex"] = _spot(opening, worker.sex)
    words = _words(rng, items[0], calendar) | {"he": worker.he}
    said = [
        _raised(sentence.format_map(words))
        for part, count in _SUMMARY
        for sentence in _some(rng, _sentences("summary", part), count)
    ]
    return " ".join([opening, *said]), spots


def _spot(text: str, quoted: str) -> Spot:
    start = text.index(f" {quoted}") + 1
    return [start, start + len(quoted)]


def _words(rng: Random, item: Item, calendar: Calendar) -> dict[str, object]:
    low = between(rng, 2, 7)
    return {
        "part": item.injury.phrase,
        "diagnosis": pick(rng, item.injury.region.diagnoses),
        "what": item.what if item.drug or item.what[:2].isupper() else item.what[0].lower() + item.what[1:],
        "day": day(rng, calendar.asked),
        "denial": day(rng, calendar.denial),
        "doi": day(rng, calendar.injury),
        "n": low,
        "m": low + between(rng, 1, 3),
        "guide": pick(rng, _sentences("rationale", "guides")),
    }


class Stated(NamedTuple):
    """A ground that a rationale states, in the words of ``wording.toml``."""

    ground: str
    met: bool
    quote: str


def rationale(
    rng: Random, item: Item, calendar: Calendar, overturned: bool
) -> tuple[list[str], list[Stated]]:
    """A rationale, in one or two paragraphs, and the grounds that it states."""
    words = _words(rng, item, calendar)
    draft = [
        pick(rng, _sentences("rationale", "opening")),
        *_some(rng, _sentences("rationale", "guideline"), between(rng, 3, 9)),
        *_some(rng, _sentences("rationale", "facts"), between(rng, 3, 7)),
        pick(rng, _sentences("rationale", "overturned" if overturned else "upheld")),
    ]
    said = [_raised(sentence.format_map(words)) for sentence in draft]
    chance = rng.random()
    stated = _grounds(Random(int(chance * 2**53)), overturned, words)  # noqa: S311
    said[-1:-1] = [each.quote for each in stated]
    if chance < 0.08:
        middle = len(said) // 2
        return [" ".join(said[:middle]), " ".join(said[middle:])], stated
    return [" ".join(said)], stated


def _grounds(rng: Random, overturned: bool, words: dict[str, object]) -> list[Stated]:
    """One to four grounds, each of a class of its own."""
    known = table("wording.toml")["grounds"]["overturned" if overturned else "upheld"]
    chosen: dict[str, Stated] = {}
    for _ in range(between(rng, 1, 4)):
        ground, met, sentence = pick(rng, tuple(known))
        chosen.setdefault(ground, Stated(ground, met, _raised(sentence.format_map(words))))
    return list(chosen.values())
