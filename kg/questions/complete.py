"""Continue a question while it is typed: what can follow, and lead to an answer that is not empty."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np

from kg.analysis.decisions import Index, Mask
from kg.errors import KgError
from kg.questions import vocabulary
from kg.questions.counts import passing
from kg.questions.question import Condition
from kg.questions.question_reader import LONGEST, read_question
from kg.questions.vocabulary import Meaning

_TRIED = 40
"""Continuations that are counted for one text."""
_SPLITS = ("year", "specialty", "subcategory", "body part")


@dataclass(frozen=True, slots=True)
class Completion:
    """A longer text that can be asked, and how many decisions its conditions leave."""

    text: str
    decisions: int


@cache
def _labels() -> list[tuple[str, vocabulary.Meaning]]:
    """Every phrase that stands for a value, sorted."""
    said = vocabulary.phrases().labelled()
    values = [(label, meaning) for label, meaning in said if meaning.type == "VALUE"]
    return sorted((pair for pair in values if pair[1].name != "side"), key=lambda pair: pair[0])


@cache
def _written() -> tuple[str, list[int]]:
    """The labels as one text, each after a line break, and where each begins; a search finds a word's."""
    labels = [label for label, _ in _labels()]
    begins = list(accumulate((len(label) + 1 for label in labels[:-1]), initial=0))
    return "\n" + "\n".join(labels), begins


def _with_word(start: str) -> list[tuple[str, Meaning]]:
    """The labels a word of which begins so, sorted."""
    if "\n" in start:
        return []
    text, begins = _written()
    found = set()
    for before in ("\n", " "):
        at = text.find(before + start)
        while at >= 0:
            found.add(bisect_right(begins, at) - 1)
            at = text.find(before + start, at + 1)
    return [_labels()[number] for number in sorted(found)]


def complete(index: Index, text: str, limit: int = 8) -> list[Completion]:
    """What a text can go on with, the continuations with most decisions first.

    The last word may be unfinished. A continuation that leaves no decision is not offered.
    """
    if len(text) > LONGEST:
        return []
    before, _, last = text.rstrip().rpartition(" ")
    found: dict[str, int] = {}
    tried = _continued(before, last.casefold()) if last and not text.endswith(" ") else []
    if not tried:
        tried = _split(text.rstrip())
    counts: dict[Condition, Mask] = {}
    for candidate in tried[:_TRIED]:
        try:
            question = read_question(candidate)
            mask = np.ones(len(index), bool)
            for condition in (*question.where, *question.groups[:1]):
                if condition not in counts:
                    counts[condition] = passing(index, (condition,), question)
                mask &= counts[condition]
        except KgError:
            continue
        if number := int(mask.sum()):
            found.setdefault(candidate, number)
    best = sorted(found.items(), key=lambda pair: (-pair[1], len(pair[0])))[:limit]
    return [Completion(candidate, number) for candidate, number in best]


def _split(text: str) -> list[str]:
    """The text asked by something that it is not asked by yet."""
    try:
        told = read_question(text).by if text else ()
    except KgError:
        told = ()
    return [f"{text} by {name}" for name in _SPLITS if text and name.replace(" ", "_") not in told]


def _continued(before: str, start: str) -> list[str]:
    """The text with its last word finished as each thing is called, a thing once, by its shortest name."""
    once: dict[str, bool] = {}
    for label, meaning in _with_word(start):
        name = meaning.offered or meaning.value.replace("|", " and ").replace(":", " ")
        once[name] = once.get(name, False) or label.startswith(start)
    named = sorted(once, key=lambda name: (not once[name], not name.casefold().startswith(start), len(name)))
    return [f"{before} {name}".strip() for name in named]
