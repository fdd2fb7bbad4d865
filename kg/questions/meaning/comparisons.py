"""What a question compares with what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.bounded_numbers import MEASURED
from kg.questions.meaning import listed
from kg.questions.meaning.asked import Asked
from kg.questions.question import Condition
from kg.questions.wording.alternatives import is_of
from kg.questions.wording.guideline_places import settled

_SERVICES = {"category", "subcategory", "drug"}
"""Filters whose values are services, which can be compared with one another."""
COMPARED = {"category", "subcategory", "drug", "specialty", "body_part"}
"""Filters of which several values can be told apart by what an answer is split by."""


def compared(asked: Asked) -> tuple[list[Condition], tuple[Condition, ...]]:
    """The conditions of all, and the groups of a comparison, none where nothing is compared.

    Raises:
        QuestionError: the sides are not of one kind, or differ in more than one thing.
    """
    if not asked.compared or (asked.seen & {"SAME", "SIDES"} and not asked.after):
        return asked.conditions, ()
    if asked.others and asked.conditions:
        one = _whose_others(asked)
        if all(condition.name != one.name for condition in asked.after):
            asked.conditions += asked.after  # `orthopedic surgeons vs everyone else on knee surgery`
            asked.after = [replace(one, negated=not one.negated)]
    if not asked.after:
        raise QuestionError("a comparison needs one thing on each side, such as opioids versus NSAIDs")
    named_in_list = listed.services(asked)
    asked.conditions = _as_drugs(asked, asked.after[0])
    asked.after = [_as_edition(asked, other) for other in asked.after]
    if sides := (named_in_list or _treatments(asked)):
        return sides
    pairs = []
    for other in asked.after:
        own = _of_kind(asked.conditions, other)
        if len(own) == 1 and (own[0].values, own[0].negated) != (other.values, other.negated):
            pairs.append((own[0], other))
    if not pairs and len(after := [c for c in asked.after if c.name in _SERVICES]) == 1:
        own = [c for c in asked.conditions if c.name in _SERVICES and not c.negated]
        if len(own) == 1 and own[0].values != after[0].values:  # a subcategory, and the category of another
            pairs.append((own[0], after[0]))
    if len(pairs) != 1:
        raise QuestionError(_not_compared(asked, len(pairs)))
    ((one, other),) = pairs
    by_age = {"age_group"} if one.name == "age" else set()
    asked.loose = [name for name in asked.loose if name not in by_age]  # `older patients, over 60`
    rest = [c for c in asked.conditions if c is not one]
    kept = {(c.name, c.values, c.negated) for c in rest}
    rest += [c for c in asked.after if c is not other and (c.name, c.values, c.negated) not in kept]
    if one.name == "basis":  # `outside the MTUS compared with the MTUS alone`: not all of them cite it
        rest = [c for c in rest if (c.name, c.values) != ("guideline", ("mtus",))]
    return rest, (one, other)


def _of_kind(conditions: Sequence[Condition], other: Condition) -> list[Condition]:
    """The conditions that one can be compared with: those of its filter, and of its party where there are."""
    alike = [condition for condition in conditions if condition.name == other.name]
    return [condition for condition in alike if condition.party is other.party] or alike


def _treatments(asked: Asked) -> tuple[list[Condition], tuple[Condition, ...]] | None:
    """Two treatments of one subcategory, or of a category and a part of it, told apart by their names."""
    after = [c for c in asked.after if c.name in _SERVICES]
    own = [c for c in asked.conditions if c.name in _SERVICES and not c.negated]
    if len(own) != 1 or len(after) != 1 or after[0].negated or "," in own[0].asked + after[0].asked:
        return None
    one, other = own[0], after[0]
    names = [vocabulary.treatment(condition.asked) for condition in (one, other)]
    if not all(names) or names[0] == names[1] or not (one.values == other.values or _holds(one, other)):
        return None
    rest = [c for c in asked.conditions if c is not one]
    rest += [c for c in asked.after if c is not other and c not in rest]
    one, other = (
        Condition("treatment", (name,), asked=c.asked) for name, c in zip(names, (one, other), strict=True)
    )
    return rest, (one, other)


def _holds(one: Condition, other: Condition) -> bool:
    """Whether one is the category of the other, a subcategory."""
    kinds = {one.name: one, other.name: other}
    return set(kinds) == {"category", "subcategory"} and is_of(
        kinds["subcategory"].values[0], kinds["category"].values[0]
    )


_WHOLE_YEAR = re.compile(r"([0-9]{4})-01-01\.\.\1-12-31")
_OTHERS_OF = {
    "OTHER_SPECIALTIES": {"specialty"},
    "OTHER_STATES": {"licence"},
    "OTHER_GUIDELINES": {"guideline"},
    "OTHER_DRUGS": {"drug"},
    "OTHER_SERVICES": {"category", "subcategory"},
}
"""What *the others* are of, by their name."""


def _whose_others(asked: Asked) -> Condition:
    """The condition that *all other specialties* are compared with; without a name the last one."""
    said = next((phrase for phrase in asked.phrases if phrase.type == "OTHERS"), None)
    named = asked.text[said.start : said.end + 20] if said else ""
    for terminal, filters in _OTHERS_OF.items():
        if BESIDE.within(terminal, named):
            found = [condition for condition in asked.conditions if condition.name in filters]
            return found[-1] if found else asked.conditions[-1]
    return asked.conditions[-1]


def letters_apart(
    asked: Asked, conditions: list[Condition]
) -> tuple[list[Condition], tuple[Condition, ...]] | None:
    """The conditions, and letters told apart by how they ended: *all upheld, all overturned, or a mix*."""
    one = next((c for c in (*conditions, *asked.part) if c.name == "letter" and len(c.values) > 2), None)
    if one is None or one.negated:
        return None
    asked.part, asked.compared = [], True
    asked.seen = {*asked.seen - {"SHARE", "RATE"}, "COUNT"}
    asked.outcome = None
    groups = tuple(Condition("letter", (value,)) for value in one.values)
    return [c for c in conditions if c is not one], groups


def lists_several(asked: Asked, groups: tuple[Condition, ...]) -> bool:
    """Whether three things or more are compared: *A versus B versus C*, or *compare A, B and C*.

    Raises:
        QuestionError: they are of several kinds.
    """
    together = "COMPARE" in asked.seen and any(len(g.values) > 1 and ", " in g.asked for g in groups)
    return together or listed.sides(asked, groups) > 2


def several(
    asked: Asked, where: tuple[Condition, ...], groups: tuple[Condition, ...]
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """A comparison of three things or more: any of them, split by what they are, or as many groups."""
    name = groups[0].name
    if name not in COMPARED or any(group.name != name for group in groups):
        return where, tuple(
            group if len(group.values) == 1 else Condition(group.name, (value,))
            for group in groups
            for value in group.values
        )
    asked.by.append(name)
    values = tuple(dict.fromkeys(value for group in groups for value in group.values))
    return (*where, Condition(name, values, asked=", ".join(group.asked for group in groups))), ()


def _not_compared(asked: Asked, pairs: int) -> str:
    """Why two sides are no comparison."""
    other = asked.after[0]
    if pairs:
        return "the two sides of a comparison must differ in one thing; ask for each of them by itself"
    own = [c for c in asked.conditions if c.name == other.name]
    if own and own[0].values == other.values:
        return f"“{own[0].asked}” and “{other.asked}” are one here: {other.values[0]}"
    return f"“{other.asked}” is compared with nothing of its kind"


def _as_edition(asked: Asked, other: Condition) -> Condition:
    """A year that is compared with an edition, as the other edition: *chronic pain 2009 versus 2016*."""
    own = [c.values[0] for c in asked.conditions if c.name == "guideline"]
    editions = [c for c in asked.conditions if c.name == "edition" and not c.negated]
    if other.name == "decision_date" and len(editions) == 1 and _WHOLE_YEAR.fullmatch(other.values[0]):
        year = other.values[0][:4]  # `the 2016 edition rather than 2009`
        return Condition("edition", (year,), asked=year)
    if (
        other.name != "decision_date"
        or len(own) != 1
        or any(c.name == "decision_date" for c in asked.conditions)
    ):
        return other
    work, _, edition = own[0].rpartition("/")
    year = other.values[0][:4]
    whole = _WHOLE_YEAR.fullmatch(other.values[0])
    return Condition("guideline", (f"{work}/{year}",), asked=year) if edition.isdecimal() and whole else other


def _as_drugs(asked: Asked, other: Condition) -> list[Condition]:
    """The conditions, a subcategory as the class of drugs that it is where a drug is compared with it."""
    if other.name != "drug" or any(condition.name == "drug" for condition in asked.conditions):
        return asked.conditions
    return [
        Condition("drug", c.values, c.negated, c.asked)
        if c.name == "subcategory" and set(c.values) <= vocabulary.drug_classes()
        else c
        for c in asked.conditions
    ]


def comes_up_more(asked: Asked) -> bool:
    """Whether it is asked of which there are more, and not which ends better: *does ODG come up more*."""
    said = {p.printed.lower() for p in asked.phrases if p.type in {"MOST", "LEAST"}}
    numbers = {"more", "more often", "less", "less often", "more frequently", "less frequently"}
    return asked.outcome is None and not BESIDE.within("HELPS", asked.text) and bool(said) and said <= numbers


_MORE = {"more", "less", "better", "worse"}


def matters(asked: Asked) -> None:
    """What leads to how decisions end matters, where it is named: *does a red flag lead to overturning*."""
    whose = asked.seen & {"WHICH", "WHY", "GROUNDS", "MOST", "LEAST"} or asked.loose or asked.by
    kinds = [phrase.type for phrase in asked.phrases]
    named = "ASSOCIATED" in kinds and {"VALUE", "GUIDE"} & {*kinds[: kinds.index("ASSOCIATED")]}
    if named and asked.conditions and not whose:
        asked.seen.discard("ASSOCIATED")
        asked.seen.add("MATTER")


def becomes_stricter(asked: Asked) -> None:
    """A change after a date, where it is asked whether reviewers were stricter then: *tougher after 2016*."""
    whose = asked.seen & {"WHO", "WHICH", "BY"} or asked.loose or asked.by or asked.compared
    if "STRICT" in asked.seen and asked.later and not whose and not asked.has({"specialty"}):
        asked.seen -= {"STRICT", "MOST"}
        asked.seen.add("TREND")


def with_and_without(asked: Asked) -> None:
    """Compare what meets the one condition with what does not, where it is asked whether it matters."""
    comparing = "MATTER" in asked.seen or any(
        p.type in {"MOST", "LEAST", "FREQUENT"} and not _MORE.isdisjoint(p.printed.lower().split())
        for p in asked.phrases
    )
    comparing = comparing or "STRICT" in asked.seen or _takes_longer(asked)
    alone = not (asked.loose or asked.by or asked.after or asked.compared)
    alone = alone and ("WHICH" not in asked.seen or BESIDE.within("WHICH_OF_THEM", asked.text) is not None)
    asked.conditions = [settled(condition) for condition in asked.conditions]
    if comparing and alone and not asked.case and (pair := _either_of_two(asked)):
        asked.seen -= {"MOST", "LEAST", "MATTER", "STRICT"}
        asked.seen |= {"THAN"} if pair.name == "guideline" else set()  # it may be asked which is cited more
        asked.compared = True
        asked.conditions[asked.conditions.index(pair)] = replace(pair, values=pair.values[:1], asked="")
        asked.after.append(replace(pair, values=pair.values[1:], asked=""))
        return
    if comparing and alone and not asked.case and (one := _one_that_matters(asked)):
        asked.seen -= {"MOST", "LEAST", "MATTER"}
        asked.compared = asked.others = True
        asked.conditions.remove(one)
        asked.conditions.append(one)  # the others are those of the last one


def _takes_longer(asked: Asked) -> bool:
    """Whether it is asked of one thing whether it takes longer than others: *are expedited cases faster*."""
    return any(p.type == "TIME" and MEASURED.after("TOOK_LONGER", p.printed, 0) for p in asked.phrases)


_STATED = {"guideline", "basis", "ground", "rationale", "edition", "alone"}


_WHO = {"specialty", "licence", "sex", "priority", "age"}


def _one_that_matters(asked: Asked) -> Condition | None:
    """The condition with and without which decisions are compared: the only one, or what is stated."""
    if len(asked.conditions) == 1:
        return asked.conditions[0] if "STRICT" not in asked.seen else None
    stated = [c for c in asked.conditions if c.name in _STATED and not c.negated]
    if not stated and "MATTER" in asked.seen:  # `does it matter for MRI whether the reviewer is a surgeon`
        stated = [c for c in asked.conditions if c.name in _WHO and not c.negated]
    likely = "MATTER" in asked.seen or any(BESIDE.fills("LIKELIER", p.printed) for p in asked.phrases)
    return stated[0] if len(stated) == 1 and likely else None


def _either_of_two(asked: Asked) -> Condition | None:
    """The condition whose two values *or* joins: *are opioids or NSAIDs overturned more*."""
    pairs = [c for c in asked.conditions if len(c.values) == 2 and not c.negated]
    told = {*COMPARED, "sex", "priority", "licence"}
    joined = len(pairs) == 1 and "OR" in asked.seen
    return pairs[0] if joined and (pairs[0].name in told or _of_two_works(pairs[0])) else None


def _of_two_works(condition: Condition) -> bool:
    """Whether a condition names places of two works: *ODG or ACOEM*, and not *page 98 or 99*."""
    works = {value.split("/")[0] for value in condition.values}
    return condition.name == "guideline" and len(works) == len(condition.values)


def without_treatments(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """The conditions; a treatment that is excluded from what is asked for is one by name: *MRI, no MRA*."""
    asked = {(c.name, value) for c in conditions if not c.negated for value in c.values}
    for condition in conditions:
        name = vocabulary.treatment(condition.asked) if condition.negated else ""
        apart = name and {(condition.name, value) for value in condition.values} <= asked
        yield replace(condition, name="treatment", values=(name,)) if apart else condition


def by_treatment(part: Condition, where: tuple[Condition, ...]) -> Condition:
    """A part that is one value with its whole, as what it is called: *the share of MRI among imaging*."""
    name = vocabulary.treatment(part.asked)
    same = any((c.name, c.values, c.negated) == (part.name, part.values, part.negated) for c in where)
    return Condition("treatment", (name,), asked=part.asked) if same and name else part


def told_apart(
    asked: Asked, where: tuple[Condition, ...]
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions, and as groups the things asked for one by one that are one value: *H-wave, TENS, each*.

    Several values are what the answer is split by: *Opana and Nucynta each*.

    Raises:
        QuestionError: nothing is named that could be told apart.
    """
    if not BESIDE.within("ONE_BY_ONE", asked.text) or asked.by or asked.loose:
        return where, ()
    for one in where:
        if one.name in COMPARED and len(one.values) > 1 and not one.negated:
            asked.by.append(one.name)
            return where, ()
        names = list(dict.fromkeys(vocabulary.treatment(said) for said in one.asked.split(", ")))
        if one.name in {"category", "subcategory"} and len(names) > 1 and all(names) and not one.negated:
            apart = tuple(Condition("treatment", (name,), asked=name) for name in names)
            return tuple(condition for condition in where if condition is not one), apart
    if BESIDE.within("EACH_LAST", asked.text) and not asked.having:
        raise QuestionError("each of what? Name them, such as “gabapentin and pregabalin each”")
    return where, ()


def split_by_years(asked: Asked) -> None:
    """Split by year a rate or a mean of several years, *2014 and 2015 each*, and how a share has changed."""
    listed = [
        c for c in asked.conditions if c.name == "decision_date" and len(c.values) > 1 and not c.negated
    ]
    whole = all(_WHOLE_YEAR.fullmatch(value) and "=" not in c.asked for c in listed for value in c.values)
    taken = asked.by or asked.loose or asked.compared or asked.seen & {"OR", "MOST", "LEAST", "SHOW", "TREND"}
    apart = (
        asked.seen & {"RATE", "SHARE", "OFTEN"}
        or asked.part
        or asked.measure
        or BESIDE.within("EACH", asked.text)
    )
    if listed and whole and apart and not taken:
        asked.by.append("year")
    if (asked.part or asked.measure) and "TREND" in asked.seen and not asked.by:  # `has the share fallen`
        asked.by.append("year")
        asked.seen.remove("TREND")
