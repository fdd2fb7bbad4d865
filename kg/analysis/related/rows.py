"""A related decision as it is shown: what both share, in words and as shares of the score."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.analysis.related.evidence_kinds import CITATION, KINDS, NAMES, REQUEST
from kg.analysis.related.features import Features
from kg.analysis.related.nearest import SCALE, Asked
from kg.reading.vocabulary.phrases import concepts


@dataclass(frozen=True, slots=True)
class Shared:
    """A feature that both decisions have, and its share of the score (the shares add up to 1)."""

    kind: str
    value: str
    share: float
    items: int
    """How many decisions have it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence part that says what both share, and its share of the score (the shares add up to 1)."""

    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Side:
    """One decision: what was asked and decided, when, by which specialty, what each party cited, and why."""

    case: str | None
    item: int
    outcome: str | None
    text: str | None
    decision_date: date | None
    specialties: tuple[str, ...]
    claims_administrator: tuple[str, ...]
    reviewer: tuple[str, ...]
    grounds: tuple[str, ...]
    """The grounds that the reviewer states, as ``response:not-met``."""


@dataclass(frozen=True, slots=True)
class RelatedDecision:
    """A decision like the one asked about; ``repeats`` counts those worded exactly so, itself too."""

    found: Side
    score: float
    shared: tuple[Shared, ...]
    reasons: tuple[Reason, ...]
    differences: tuple[str, ...]
    repeats: int

    @property
    def why(self) -> str:
        """The reasons and what differs, as one line."""
        return "; ".join((*(f"{each.text} ({each.share:.0%})" for each in self.reasons), *self.differences))


_WORDS = {
    "category": "category",
    "subcategory": "subcategory",
    "drug_class": "drug class",
    "drug": "drug",
    "body_part": "body part",
    "side": "side",
    "quantity": "quantity",
}
_IMPLIED = {"category": ("subcategory", "drug_class"), "drug_class": ("drug",)}
"""What goes without saying where one of the others is said."""
_PARTIES = {"denial": "both denials cite", "reviewer": "both reviewers cite"}
_CLINICAL = {
    "condition": "both tell of {}",
    "injured_part": "injury of the {}",
    "earlier_treatment": "{} before the request",
    "since_injury": "injury {} earlier",
    "age": "workers in their {}",
    "ground": "both reviewers state {}",
    "specialty": "reviewers of {}",
}


def side(known: Features, decision: int) -> Side:
    """What is known of a decision of the base."""
    return _side(known, decision, _by_kind(known, known.of(decision)))


def _side(known: Features, decision: int, said: Mapping[str, list[str]]) -> Side:
    text, decided = known.printed.row(int(known.decision[decision]))
    return Side(
        known.cases[int(known.case_of[decision])],
        int(known.position[decision]),
        OUTCOMES[known.outcome[decision]],
        text,
        decided,
        tuple(said["specialty"]),
        _cited(said, "denial"),
        _cited(said, "reviewer"),
        tuple(said["ground"]),
    )


def side_asked(known: Features, asked: Asked, case: str | None) -> Side:
    """What is known of the request that is asked about."""
    if asked.decision is not None:
        return side(known, asked.decision)
    outcome = None if asked.outcome is None else OUTCOMES[asked.outcome]
    said = _by_kind(known, asked.features)
    return Side(
        case,
        asked.position,
        outcome,
        asked.text,
        None,
        tuple(said["specialty"]),
        _cited(said, "denial"),
        _cited(said, "reviewer"),
        tuple(said["ground"]),
    )


def related_decision(known: Features, asked: Asked, mode: str, decision: int, score: int) -> RelatedDecision:
    """The row of one answer."""
    mine = asked.features[known.counting[mode][asked.features]]
    both = np.intersect1d(mine, known.of(decision), assume_unique=True)
    both = both[np.argsort(-known.weights[both], kind="stable")]
    total = max(1, int(known.weights[both].sum()))
    shared = tuple(
        Shared(
            known.named[feature][0],
            known.named[feature][1],
            round(int(known.weights[feature]) / total, 6),
            known.having(feature).size,
        )
        for feature in both.tolist()
    )
    there = _by_kind(known, known.of(decision))
    here = _by_kind(known, asked.features)
    differences = tuple(_differences(here, there)) if mode == "precedent" else ()
    repeats = int(known.repeats[decision])
    found = _side(known, decision, there)
    return RelatedDecision(found, score / SCALE, shared, reasons(shared), differences, repeats)


def plain(kind: str, value: str) -> str:
    """A feature's value as words.

    >>> plain("side", "knee:left"), plain("reviewer_section", "acoem-2004/12/special-studies")
    ('left knee', 'Special Studies, Low Back Complaints (ACOEM 2004, ch. 12)')
    >>> plain("earlier_treatment", "Acupuncture:not-helped"), plain("condition", "disc")
    ('Acupuncture (not helped)', 'disc disorder')
    >>> plain("ground", "response:not-met")
    'response to earlier treatment (not met)'
    """
    if kind.startswith(("reviewer_", "denial_")):
        return labels.label(f"guideline/{value}")
    if kind == "ground":
        name, _, way = value.partition(":")
        return f"{_grounds().get(name, name)} ({way.replace('-', ' ')})"
    if kind == "condition":
        return _conditions().get(value, value)
    if kind == "earlier_treatment":
        name, _, response = value.partition(":")
        return f"{name} ({response.replace('-', ' ')})" if response else name
    part, _, side = value.partition(":")
    return f"{side} {part}" if side and kind == "side" else value


@cache
def _conditions() -> dict[str, str]:
    return {concept.notation: concept.preferred for concept in concepts("conditions.ttl").values()}


@cache
def _grounds() -> dict[str, str]:
    found = concepts("grounds.ttl").values()
    return {concept.notation: concept.preferred[0].lower() + concept.preferred[1:] for concept in found}


def reasons(shared: Sequence[Shared]) -> tuple[Reason, ...]:
    """What is shared, told together where it is of one kind; the weightiest first."""
    groups: dict[str, list[Shared]] = {}
    for each in shared:
        evidence = KINDS[NAMES.index(each.kind)].evidence
        party = each.kind.split("_")[0]
        told = {REQUEST: REQUEST, CITATION: party}.get(evidence, each.kind)
        groups.setdefault(told, []).append(each)
    found = [
        Reason(_told(told, group), round(sum(each.share for each in group), 6))
        for told, group in groups.items()
    ]
    return tuple(sorted(found, key=lambda reason: -reason.share))


def _told(told: str, group: Sequence[Shared]) -> str:
    if told == REQUEST:
        kinds = {each.kind for each in group}
        said = [words for kind, words in _WORDS.items() if kind in kinds]
        kept = [
            words for kind, words in _WORDS.items() if kind in kinds and not kinds & {*_IMPLIED.get(kind, ())}
        ]
        return f"the same {_listed(kept or said)}"
    if told in _PARTIES:
        values = _places([each.value for each in group])
        by_value = {each.value: each.kind for each in group}
        return f"{_PARTIES[told]} {_listed([plain(by_value[value], value) for value in values])}"
    return _CLINICAL[told].format(_listed([plain(each.kind, each.value) for each in group]))


def _places(values: Sequence[str]) -> list[str]:
    """What is cited, without the chapters of which a page or section is named."""
    return [value for value in values if not any(other.startswith(f"{value}/") for other in values)]


def _listed(said: Sequence[str]) -> str:
    """Words as a list, of many the first three and how many more.

    >>> _listed(["drug", "body part", "side"]), _listed(["a", "b", "c", "d", "e"])
    ('drug, body part and side', 'a, b, c and 2 more')
    """
    if len(said) > 4:
        return f"{', '.join(said[:3])} and {len(said) - 3} more"
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _differences(said_here: Mapping[str, list[str]], said_there: Mapping[str, list[str]]) -> Iterator[str]:
    """What each reviewer stated and cited that the other did not."""
    said = (said_here, said_there)
    yield from _grounds_apart(*(each["ground"] for each in said))
    here, there = (_places(_cited(each, "reviewer")) for each in said)
    only_here = [plain("reviewer_page", value) for value in here if value not in there]
    only_there = [plain("reviewer_page", value) for value in there if value not in here]
    if only_here and only_there:
        yield f"here the reviewer cites {_listed(only_here)}, there {_listed(only_there)}"


def _grounds_apart(here: Sequence[str], there: Sequence[str]) -> Iterator[str]:
    """How the grounds of two reviewers differ: first the same ones judged otherwise.

    >>> list(_grounds_apart(["response:met", "records:met"], ["response:not-met", "records:met"]))
    ['response to earlier treatment: met here, not met there']
    >>> list(_grounds_apart(["plan:met"], ["amount:not-met"]))
    ['here the reviewer states reasoning and plan (met), there amount (not met)']
    >>> list(_grounds_apart([], ["amount:not-met"]))
    ['there alone the reviewer states amount (not met)']
    """
    only_here = [value for value in here if value not in there]
    only_there = [value for value in there if value not in here]
    judged_here, judged_there = (
        {value.partition(":")[0]: value for value in only} for only in (only_here, only_there)
    )
    opposed = [name for name in judged_here if name in judged_there]
    for name in opposed:
        ways = [judged[name].partition(":")[2].replace("-", " ") for judged in (judged_here, judged_there)]
        yield f"{_grounds().get(name, name)}: {ways[0]} here, {ways[1]} there"
    left = [
        [plain("ground", value) for value in only if value.partition(":")[0] not in opposed]
        for only in (only_here, only_there)
    ]
    if all(left):
        yield f"here the reviewer states {_listed(left[0])}, there {_listed(left[1])}"
    elif any(left):
        yield f"{'here' if left[0] else 'there'} alone the reviewer states {_listed(left[0] or left[1])}"


def _cited(said: Mapping[str, list[str]], party: str) -> tuple[str, ...]:
    return tuple(value for level in ("page", "section", "chapter") for value in said[f"{party}_{level}"])


def _by_kind(known: Features, features: NDArray[np.int32]) -> dict[str, list[str]]:
    """The values of some features, by their kinds."""
    found: dict[str, list[str]] = defaultdict(list)
    for feature in features.tolist():
        kind, value = known.named[feature]
        found[kind].append(value)
    return found
