"""How surely a cue is a ground: a weighted sum of what its sentence and place show.

The weights are data, ``ontology/grounds-weights.tsv``; ``tests/benchmarks/grounds.py`` learns them from
labelled rationales (logistic regression with a quadratic penalty).
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from math import exp
from typing import NamedTuple

from msgspec import Struct

from kg import resources
from kg.reading.grounds.cues import Candidate, Cue
from kg.reading.grounds.frames import Sentence
from kg.reading.grounds.wording import catalogue, vocabulary

_FREE = frozenset(("amount", "recommended", "dependent", "safety"))
"""Grounds that the guideline's own words can state, without a word for this patient."""
_UNDER_MODAL = frozenset(("amount", "dependent", "safety"))


class Context(Struct, frozen=True, gc=False):
    """What a sentence cannot know of itself: the decision, its item's words, the place in the rationale."""

    upheld: bool
    item: frozenset[str]
    quoted: bool = False
    pivoted: bool = False
    first: bool = False
    near_end: bool = False


def can_state(told: Sentence) -> bool:
    """Whether the sentence can state any ground: most only say what a guideline says."""
    marks = told.marks
    if (
        "cited" in marks
        or "original" in marks
        or ("applied" not in marks and ("rule" in marks or "study" in marks))
    ):
        return False
    if "standard" in marks and marks.isdisjoint(("reason", "request")) and not _tells(marks):
        return bool(told.groups & _not_recommended())
    return bool(told.groups)


@cache
def _not_recommended() -> int:
    return vocabulary().mask(["not-recommended"])


def applies(told: Sentence, candidate: Candidate) -> bool:
    """Whether the sentence can apply the cue to this patient at all, rather than state a standard."""
    return _applies(told.marks, candidate.cue.ground, candidate.cue.met, candidate.denied)


@lru_cache(maxsize=1 << 14)
def _applies(marks: frozenset[str], ground: str, met: bool, denied: bool) -> bool:
    applied, documented = "applied" in marks, denied and "documentation" in marks
    free = ground in _FREE
    return not (
        "cited" in marks
        or ("rule" in marks and not applied)
        or ("study" in marks and not applied)
        or not (applied or free or documented or _is_of_case(marks) or _denies_here(marks, denied))
        or ("modal" in marks and not (applied or documented or ground in _UNDER_MODAL))
        or _only_standard(marks, ground, met)
    )


_GENERAL = frozenset(("guideline", "modal", "patients", "condition-of-rule"))


def _tells(marks: frozenset[str]) -> bool:
    """Whether a sentence tells what the patient had or did."""
    return "patient" in marks and "past" in marks


def _is_of_case(marks: frozenset[str]) -> bool:
    """Whether the sentence tells what was, or what a test of this case shows, and cites no guideline."""
    return "guideline" not in marks and not marks.isdisjoint(("past", "case-thing", "there-is", "would"))


def _denies_here(marks: frozenset[str], denied: bool) -> bool:
    """Whether something is denied in words that are of no general rule."""
    return denied and ("there-is" in marks or marks.isdisjoint(_GENERAL))


def _only_standard(marks: frozenset[str], ground: str, met: bool) -> bool:
    if ground == "recommended" and not met:
        return "conclusion" in marks
    stated = "standard" in marks and "reason" not in marks and not _tells(marks)
    return stated and not (ground in _FREE and "request" in marks)


_NO_CRITERION = frozenset(("verdict", "standard", "rule", "study", "modal", "conclusion", "administrator"))


def denies_of_patient(told: Sentence) -> bool:
    """Whether the sentence denies something of this patient or request, and is neither rule nor verdict.

    >>> from kg.reading.grounds.frames import sentence
    >>> denies_of_patient(sentence("The employer has not offered the worker a lighter job."))
    True
    """
    marks = told.marks
    return "denial" in marks and "applied" in marks and marks.isdisjoint(_NO_CRITERION)


def fits(told: Sentence, candidate: Candidate, context: Context) -> bool:
    """Whether the cue can speak of this decision: its outcome and its item."""
    cue = candidate.cue
    if context.quoted:
        return False
    if cue.met:
        return not context.upheld or bool(told.marks & {"concession", "reason", "contrast"})
    if cue.scope == "plain" and not context.upheld:
        return False
    if cue.ground == "test-result" and cue.scope == "denied":
        first = candidate.used[0]
        return context.item.isdisjoint(told.words[first.first : first.after])
    return True


# --- features ---------------------------------------------------------------------------------------

_LENGTHS = (12, 25, 40)
_STARTS = (6, 15)
_DISTANCES = (2, 5, 10)


def features(told: Sentence, candidate: Candidate, context: Context, rank: int) -> Iterator[str]:
    """What speaks for or against a candidate, as names of weights; ``rank`` is its place in its part."""
    cue = candidate.cue
    yield "bias"
    yield from _of_cue(cue)
    yield from _of_marks(told.marks, cue.ground, cue.met, candidate.denied)
    yield from _of_groups(_beside(candidate), cue.ground)
    yield from _of_words(told, candidate)
    yield from _of_place(told, candidate, rank)
    yield from _of_context(told, candidate, context)


def _of_cue(cue: Cue) -> Iterator[str]:
    yield f"{cue.ground} {cue.way}"
    yield f"{cue.ground} {cue.way} by {cue.words}"


def _of_marks(marks: frozenset[str], ground: str, met: bool, denied: bool) -> Iterator[str]:
    for mark in marks:
        yield mark
        yield f"{mark} {'met' if met else 'not met'}"
        yield f"{ground} with {mark}"
    if "applied" not in marks:
        yield "not applied"
        if "past" not in marks:
            yield "not applied or past"
    if denied:
        yield "denied"
        yield from (f"denied {mark}" for mark in ("documentation", "there-is") if mark in marks)
    if "standard" in marks and "reason" not in marks:
        yield "standard without reason"
    if "administrator" in marks:
        yield f"{ground} administrator"


def _beside(candidate: Candidate) -> int:
    """The groups of the part that the cue does not hold to."""
    groups = held = 0
    for word in candidate.words:
        groups |= word.groups
    for word in candidate.used:
        held |= word.groups
    return groups & ~held


def _of_groups(beside: int, ground: str) -> Iterator[str]:
    for group in vocabulary().names(beside):
        yield f"beside {group}"
        yield f"{ground} beside {group}"


def _of_words(told: Sentence, candidate: Candidate) -> Iterator[str]:
    """Each word of the candidate's part, by itself and with the class."""
    ground, part = candidate.cue.ground, candidate.part
    for word in frozenset(told.words[part.first : part.after]):
        if not word[0].isdigit():
            yield f"word {word}"
            yield f"{ground} word {word}"


def _of_place(told: Sentence, candidate: Candidate, rank: int) -> Iterator[str]:
    used = candidate.used
    if candidate.after_purpose:
        yield "after purpose"
    if candidate.part.reached:
        yield "denied from elsewhere"
    if rank:
        yield f"choice {min(rank, 2)}"
    yield _step("length", len(told.words), _LENGTHS)
    yield _step("start", used[0].first, _STARTS)
    denial = _denial()
    denials = [word for word in candidate.words if word.groups & denial]
    if denials:
        yield _step("denial at", min([abs(used[0].first - word.after) for word in denials]), _DISTANCES)
        if denials[0].first >= used[-1].after:
            yield "denied afterwards"


@cache
def _denial() -> int:
    return vocabulary().mask(["denial"])


@lru_cache(maxsize=1 << 10)
def _step(name: str, value: int, limits: tuple[int, ...]) -> str:
    return next((f"{name} up to {limit}" for limit in limits if value <= limit), f"{name} over {limits[-1]}")


def _of_context(told: Sentence, candidate: Candidate, context: Context) -> Iterator[str]:
    cue = candidate.cue
    yield from _of_decision(cue.ground, cue.met, context.upheld)
    yield from _of_position(context.pivoted, context.first, context.near_end, cue.met)
    if not context.item.isdisjoint(told.words):
        yield "item in sentence"
        yield f"{cue.ground} item in sentence"
        first, last = candidate.used[0], candidate.used[-1]
        if not context.item.isdisjoint(told.words[first.first : last.after]):
            yield "names item"
            yield f"{cue.ground} names item"


def _of_decision(ground: str, met: bool, upheld: bool) -> Iterator[str]:
    way, outcome = "met" if met else "not met", "upheld" if upheld else "overturned"
    yield f"{way} {outcome}"
    yield f"{ground} {way} {outcome}"


def _of_position(pivoted: bool, first: bool, near_end: bool, met: bool) -> Iterator[str]:
    for name, holds in (("pivoted", pivoted), ("first", first), ("near end", near_end)):
        if holds:
            yield name
            yield f"{name} {'met' if met else 'not met'}"


# --- weights ----------------------------------------------------------------------------------------


class Judge:
    """Sums of weights; what few things decide together is summed once."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        def total(names: Iterator[str]) -> float:
            return sum([weights.get(name, 0.0) for name in names])

        self._total = total
        bias = weights.get("bias", 0.0)
        self._cue = lru_cache(maxsize=None)(lambda cue: bias + total(_of_cue(cue)))
        self._marks = lru_cache(maxsize=1 << 14)(lambda *key: total(_of_marks(*key)))
        self._groups = lru_cache(maxsize=1 << 14)(lambda *key: total(_of_groups(*key)))
        self._decision = lru_cache(maxsize=None)(lambda *key: total(_of_decision(*key)))
        self._position = lru_cache(maxsize=None)(lambda *key: total(_of_position(*key)))
        self._get = weights.get
        # The weights of single words, by class: summed of each candidate, so without making their names.
        by_class: dict[str, dict[str, float]] = {}
        for name, weight in weights.items():
            ground, mark, word = name.partition("word ")
            if mark:
                by_class.setdefault(ground.rstrip(), {})[word] = weight
        everywhere = by_class.pop("", {})
        self._everywhere = everywhere
        self._words = {
            ground: everywhere | {word: everywhere.get(word, 0.0) + weight for word, weight in own.items()}
            for ground, own in by_class.items()
        }

    def lasting(self, told: Sentence, candidate: Candidate, rank: int) -> float:
        """The sum of the features that a sentence has wherever it stands."""
        cue = candidate.cue
        return (
            self._cue(cue)
            + self._marks(told.marks, cue.ground, cue.met, candidate.denied)
            + self._groups(_beside(candidate), cue.ground)
            + self._of_words(told, candidate)
            + self._total(_of_place(told, candidate, rank))
        )

    def _of_words(self, told: Sentence, candidate: Candidate) -> float:
        """The sum of the features of :func:`_of_words`."""
        weights = self._words.get(candidate.cue.ground, self._everywhere)
        said = frozenset(told.words[candidate.part.first : candidate.part.after])
        return sum([weights[word] for word in said if word in weights])

    def passing(self, told: Sentence, candidate: Candidate, context: Context) -> float:
        """The sum of the features that depend on the decision and on the place in the rationale."""
        cue, get = candidate.cue, self._get
        total = self._decision(cue.ground, cue.met, context.upheld)
        total += self._position(context.pivoted, context.first, context.near_end, cue.met)
        if not context.item.isdisjoint(told.words):
            total += get("item in sentence", 0.0) + get(f"{cue.ground} item in sentence", 0.0)
            first, last = candidate.used[0], candidate.used[-1]
            if not context.item.isdisjoint(told.words[first.first : last.after]):
                total += get("names item", 0.0) + get(f"{cue.ground} names item", 0.0)
        return float(total)


@cache
def judge() -> Judge:
    """The judge with the learned weights."""
    rows = resources.text("ontology", "grounds-weights.tsv").splitlines()[1:]
    return Judge({name: float(value) for name, value in (row.split("\t") for row in rows)})


class Measured(NamedTuple):
    """How well a class is read of letters that were not learned from, from a ``least`` likelihood on.

    ``by_words`` is the least likelihood from which the words of a sentence state it without a cue.
    """

    precision: float
    recall: float
    least: float
    by_words: float

    @property
    def is_sure(self) -> bool:
        """Whether the class is read surely enough to be shown and counted."""
        return self.precision >= _SURE


_SURE = 0.85


@cache
def measured(ground: str) -> Measured:
    """The figures of a class, which ``ontology/grounds.ttl`` states.

    >>> measured("response").is_sure
    True
    """
    concept = next(each for each in catalogue().values() if each.notation == ground)
    names = ("measuredPrecision", "measuredRecall", "leastLikelihood", "leastByWords")
    return Measured(*[float(concept.one(name) or 0) for name in names])


_IMPOSSIBLE = -500.0


def likelihood(total: float) -> float:
    """The probability that a sum of weights stands for.

    >>> likelihood(0.0)
    0.5
    """
    return 1 / (1 + exp(-total)) if total > _IMPOSSIBLE else 0.0
