"""Services that a question names together: of one item, of several, or of one letter."""

from dataclasses import replace
from itertools import pairwise

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.facets import letter_values
from kg.questions.facets.item_values import classes_of
from kg.questions.meaning.asked import Asked
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase
from kg.questions.wording.alternatives import SERVICES, is_of
from kg.questions.wording.endings.letter_endings import ENDINGS

_COMMAS = {",", ";"}
_SOFT = {"together with", "along with", "alongside"}
"""Words that may also say nothing."""
_KINDS = {"subcategory", "category", "drug", "drug_class"}
"""Kinds of things that stand beside a service in one letter."""
_OF_ITEMS = {
    *("body_part", "strength", "item_words", "quantity", "quantity_unit", "refills", "treatment"),
    *("condition", "ground", "rationale", "guideline", "basis", "surgical", "retrospective"),
}
"""Conditions that one item meets, and not a letter."""


def settle(asked: Asked) -> None:
    """See whether services are asked of one letter, or either of them of an item.

    Raises:
        QuestionError: it is not clear which.
    """
    _see_no_service_of_letters(asked)
    named = [c for c in asked.conditions if c.name in SERVICES and not c.negated and '="' not in c.asked]
    values = [value for condition in named for value in condition.values]
    if "COMPARE" in asked.seen and not asked.compared and len(named) == len(values) > 1:
        asked.compared = True  # `compare surgery and physical therapy`
        asked.conditions = [c for c in asked.conditions if c not in named[1:]]
        asked.after += named[1:]
        return
    if "COMPARE" in asked.seen and len(named) > 1 and any(c.name in SERVICES for c in asked.after):
        return  # `compare surgery, imaging and opioids`
    _see_no_parts_of_letters(asked)
    said = [p for p in asked.phrases if p.type == "TOGETHER"]
    letters = said or _asks_letters(asked)
    if any(phrase.printed.lower().startswith("what else") for phrase in said):
        asked.loose.append("subcategory")
        asked.seen.add("WHICH")
    if named and not asked.compared and (without := _without(asked)):
        _of_letters(asked, [*named, *without])
    elif letters and len(values) > 1 and not asked.compared:
        _of_letters(asked, named)
    elif said and len(values) == 1 and set(asked.loose) & _KINDS and "WHICH" in asked.seen:
        own = [c for c in asked.conditions if c.name == "body_part" and c.asked == named[0].asked]
        asked.conditions = [c for c in asked.conditions if c not in own]
        _of_letters(asked, named)  # `which treatments are requested together with a fusion`
        asked.seen |= {"COUNT", "MOST"}
    elif any(p.printed.lower() not in _SOFT for p in said) and not asked.has({"letter", "items", "together"}):
        raise QuestionError("what is in one letter? Name two services, such as “an MRI and acupuncture”")
    elif len(values) > 1:
        _of_items(asked, named)


def _see_no_service_of_letters(asked: Asked) -> None:
    """See that it is not asked how the services of one kind of a letter ended: *no opioid overturned*.

    Raises:
        QuestionError: it is.
    """
    for phrase in _services(asked):
        before = ENDINGS.before("SOME_SERVICE", asked.text, phrase.start)
        if not before or not ENDINGS.within("LETTERS", asked.text, 0, before.start()):
            continue
        if ENDINGS.within("ENDED", before[0]) or ENDINGS.after("ENDED_AFTER", asked.text, phrase.end):
            said = asked.text[before.start() : phrase.end]
            raise QuestionError(
                f"“{said}”: how some of a letter's items ended is not told apart; ask for the decisions on "
                "them, or for letters by how all, none or at least one of their items ended"
            )


def _see_no_parts_of_letters(asked: Asked) -> None:
    """See that it is not asked for letters with one service of two parts of the body.

    Raises:
        QuestionError: it is.
    """
    both = ENDINGS.within("BOTH_IN_ONE", asked.text)
    parts = [c for c in asked.conditions if c.name == "body_part" and not c.negated and len(c.values) > 1]
    parts = [c for c in parts if "," in c.asked]
    if both and parts and len(_services(asked)) == 1:
        raise QuestionError(
            f"“{parts[0].asked}”: items of one letter are told apart by their services, not by parts of "
            "the body; ask for letters that dispute two services, such as “an MRI and acupuncture”"
        )


def _asks_letters(asked: Asked) -> bool:
    """Whether letters are asked for that have one thing and another."""
    phrases = _services(asked)
    gaps = [asked.text[one.end : other.start] for one, other in pairwise(phrases)]
    joined = all(BESIDE.within("AND", gap) or gap.strip() in _COMMAS for gap in gaps)
    if not gaps or not joined or "OR" in asked.seen or not BESIDE.within("AND", gaps[-1]):
        return False
    first = phrases[0].start
    return any(BESIDE.within(name, asked.text, 0, first) for name in ("BOTH_IN_ONE", "LETTERS_WITH"))


def _without(asked: Asked) -> list[Condition]:
    """The services that a letter is not to dispute: *letters that dispute an MRI but no physical therapy*."""
    first = next((phrase.start for phrase in _services(asked)), 0)
    if not BESIDE.within("LETTERS_WITH", asked.text, 0, first):
        return []
    return [c for c in asked.conditions if c.name in SERVICES and c.negated and '="' not in c.asked]


def _services(asked: Asked) -> list[Phrase]:
    """The phrases that name services."""
    return [p for p in asked.phrases if p.type == "VALUE" and p.meaning.name in SERVICES]


def _of_letters(asked: Asked, named: list[Condition]) -> None:
    """Ask for letters that dispute each of the services."""
    if "OR" in asked.seen:
        raise QuestionError("one letter with both, or with either? Ask for “A and B in the same letter”")
    if of_item := next((c for c in asked.conditions if c.name in _OF_ITEMS), None):
        raise QuestionError(
            f"“{of_item.asked or of_item.values[0]}” is said of one item, and not of a letter: leave it out"
        )
    whole = [Condition("together", (value,), c.negated, c.asked) for c in named for value in c.values]
    whole = [replace(c, asked="") if c.asked.count(",") else c for c in whole]
    _ended(asked, whole)
    asked.conditions = [c for c in asked.conditions if c not in named] + whole
    asked.sides, asked.both = [], False


def _ended(asked: Asked, whole: list[Condition]) -> None:
    """Ask for the letters in which all of some services ended so: *how often are both lost*.

    Raises:
        QuestionError: it is asked how often they ended unlike one another.
    """
    if ENDINGS.within("UNLIKE", asked.text):
        raise QuestionError(
            "how often two services of one letter ended unlike one another is not told; ask how often both "
            "are upheld, and how often both are overturned"
        )
    if asked.outcome is None or not ENDINGS.within("BOTH_ENDED", asked.text):
        return
    ended = [replace(c, values=(f"{c.values[0]}:{asked.outcome}",)) for c in whole if not c.negated]
    asked.outcome, asked.denied = None, False
    asked.seen -= {"RATE", "IS_UPHELD", "IS_OVERTURNED", "IS_MODIFIED", "DENIAL"}
    if "SHOW" in asked.seen:
        whole[:] = [*ended, *(c for c in whole if c.negated)]
    else:
        asked.part = [replace(c, asked="") for c in ended]


def _of_items(asked: Asked, named: list[Condition]) -> None:
    """Take services of different filters for alternatives where *and* lists them, as one item is one."""
    phrases = _services(asked)
    for one, other in pairwise(phrases):
        gap = asked.text[one.end : other.start]
        if not {one.meaning.value, other.meaning.value} <= {v for c in named for v in c.values}:
            continue  # one is compared, or excluded
        if one.meaning.name == other.meaning.name:
            if one.meaning.value != other.meaning.value and _is_about(gap):
                raise _two(one, other)
            continue
        if len({c.name for c in named}) < 2 or _is_within(one, other) or _is_within(other, one):
            continue
        names = {one.meaning.name, other.meaning.name}
        apart = names == {"category", "subcategory"} or (
            names == {"drug", "subcategory"} and _differ(one, other)
        )
        if BESIDE.within("AND", gap) or (apart and gap.strip() in _COMMAS):
            _either(asked, named)
            return
        if apart:
            raise _two(one, other)


def _is_about(gap: str) -> bool:
    """Whether words between two services say that one is about the other."""
    return bool(BESIDE.within("ABOUT_THE_OTHER", gap) and not BESIDE.within("LISTED", gap))


def _two(one: Phrase, other: Phrase) -> QuestionError:
    return QuestionError(
        f"“{one.printed}” and “{other.printed}” are two services: ask for one or the other, "
        "or for letters with both"
    )


def _differ(one: Phrase, other: Phrase) -> bool:
    """Whether a drug is of another class than the one that is named with it; any can be a topical one."""
    drug, named = (one, other) if one.meaning.name == "drug" else (other, one)
    classes = classes_of(drug.meaning.value)
    return (
        bool(classes)
        and named.meaning.value in vocabulary.drug_classes()
        and not (named.meaning.value in classes or "Topical" in named.meaning.value)
    )


def _is_within(one: Phrase, other: Phrase) -> bool:
    """Whether one is a subcategory of the category that the other is."""
    if one.meaning.also or other.meaning.also:
        return True  # written with its category
    named = (one.meaning.name, other.meaning.name)
    if named == ("subcategory", "category"):
        return is_of(one.meaning.value, other.meaning.value)
    return named == ("drug", "category") and other.meaning.value == "Pharmaceuticals"


def _either(asked: Asked, named: list[Condition]) -> None:
    values = [value for condition in named for value in condition.values]
    if not set(values) <= set(letter_values.services()):
        raise QuestionError("these are services of different kinds: ask for one at a time")
    said = ", ".join(condition.asked for condition in named)
    at = asked.conditions.index(named[0])
    kept = [c for c in asked.conditions if c not in named]
    kept.insert(min(at, len(kept)), Condition("service", tuple(dict.fromkeys(values)), asked=said))
    asked.conditions = kept
