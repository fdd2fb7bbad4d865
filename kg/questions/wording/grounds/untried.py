"""What a reviewer says was not tried before: *no trial of TENS first*, *PT was not tried*."""

import re
from collections.abc import Iterator

from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning
from kg.questions.wording.alternatives import SERVICES
from kg.reading.vocabulary.phrases import words

_GROUND = Meaning("VALUE", "ground", "conservative-care:not-met")
_FARTHEST = 5
"""Words before what says that they were not tried."""
_TRIALS = (" trial", " trials")
Place = tuple[Meaning, int, int]


def found(text: str) -> Iterator[Place]:
    """The ground that something was not tried, and the treatment as words of the rationale, with places.

    >>> [(m.name, m.value) for m, _, _ in found("H-wave denied, no trial of TENS first") if m.name]
    [('ground', 'conservative-care:not-met'), ('rationale', 'TENS')]
    >>> [(m.name, m.value) for m, _, _ in found("surgery denied because physical therapy was not tried")]
    [('rationale', 'physical therapy'), ('ground', 'conservative-care:not-met')]
    >>> list(found("no trial of patience"))
    []
    """
    for no in BESIDE.every("NO_TRIAL_OF", text):
        if named := _named(text, no.end()):
            yield _GROUND, no.start(), no.end()
            yield named
            yield from _before(text, named[2])
    for no in BESIDE.every("NO_ONE_OF", text):
        named = _named(text, no.end())
        said = named and (BESIDE.after("OF_TRIAL", text, named[2]) or _is_trial(text, named))
        if named and said:
            end = named[2] if said is True else said.end()
            yield _GROUND, no.start(), named[1]
            yield named[0], named[1], end
    for untried in BESIDE.every("NOT_TRIED", text):
        starts = [word.start() for word in re.finditer(r"\S+", text[: untried.start()])][-_FARTHEST:]
        places = (_named(text, start) for start in starts)
        if named := next((one for one in places if one and not text[one[2] : untried.start()].strip()), None):
            yield named
            yield _GROUND, untried.start(), untried.end()


def _is_trial(text: str, named: Place) -> bool:
    """Whether what is named is a trial of it: *TENS trial*."""
    return text[named[1] : named[2]].lower().endswith(_TRIALS)


def _before(text: str, end: int) -> Iterator[Place]:
    if first := BESIDE.after("BEFORE", text, end):
        yield Meaning("IGNORED"), first.start(), first.end()


def _named(text: str, start: int) -> Place | None:
    """The treatment that is named at a place, as words of the rationale by which letters call it."""
    read = words(text, start)
    told = vocabulary.phrases().longest(vocabulary.as_written(read), 0) if read.folded else None
    if told is None or told.meaning.name not in SERVICES:
        return None
    first, last = read.matches[0].start(), read.matches[told.after - 1].end()
    printed = text[first:last]
    for trial in _TRIALS:
        printed = printed.removesuffix(trial)
    called = told.meaning.offered
    names = [printed, called] if called and printed.lower() not in called.lower() else [printed]
    return Meaning("VALUE", "rationale", "|".join(names)), first, last
