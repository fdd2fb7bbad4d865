"""Strengths of drugs, and how long something is rented or tried, as questions write them."""

from collections.abc import Iterator

from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.bounded_numbers import MEASURED, NUMBERS
from kg.questions.vocabulary import Meaning
from kg.reading.vocabulary.phrases import words


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """Strengths and durations of a text, with their places.

    >>> [m.value for m, _, _ in found("Norco 10/325 or 7.5-325 mg, Lidoderm patch 5%, Cymbalta 30mg")]
    ['7.5/325', '30 mg', '10/325', '5%']
    >>> [m.value for m, _, _ in found("TENS unit, 30-day trial")]
    ['30 day trial']
    >>> list(found("over 100 mg, 80 mg per day, page 98/100, more than 50% upheld"))
    []
    """
    for terminal in ("WEIGHED", "COMBINED", "DILUTED_FORM", "DILUTED", "BARE", "REFILLS"):
        for said in MEASURED.every(terminal, text):
            start = said.start()
            bounded = terminal not in {"DILUTED_FORM", "BARE"} and BESIDE.before("BOUNDED", text, start)
            drug = terminal not in {"DILUTED", "BARE"} or _follows_drug(text, start, form=terminal != "BARE")
            if drug and not bounded:
                name = "refills" if terminal == "REFILLS" else "strength"
                yield Meaning("VALUE", name, _value(said[0].lower())), start, said.end()
    for said in MEASURED.every("LASTING", text):
        number, unit, *_, what = said[0].lower().replace("-", " ").split()
        value = f"{number} {unit.removesuffix('s')} {what}"
        yield Meaning("VALUE", "item_words", value), said.start(), said.end()


def _value(stretch: str) -> str:
    """Amounts as a condition has them, of one drug with its unit.

    >>> _value("7.5-325 mg"), _value("30mg"), _value("5 percent"), _value("two refills")
    ('7.5/325', '30 mg', '5%', '2')
    """
    amounts = [each[0] for each in MEASURED.every("STRENGTH", stretch)]
    if len(amounts) != 1:
        return "/".join(amounts) or str(NUMBERS[stretch.split()[0]])
    unit = next((f" {unit}" for unit in ("mcg", "mg", "ml") if unit in stretch), "")
    return amounts[0] + ("%" if stretch.endswith(("%", "percent")) else unit)


def _follows_drug(text: str, at: int, *, form: bool = True) -> bool:
    """Whether a drug stands before a place, or a ``form`` that drugs have: *Lidoderm*, *patches*."""
    read = words(text[max(at - 60, 0) : at]).folded
    found = (
        vocabulary.phrases().longest(read, len(read) - count) for count in range(1, min(3, len(read)) + 1)
    )
    drug = any(one and one.after == len(read) and one.meaning.name == "drug" for one in found)
    return drug or (form and MEASURED.before("FORM", text, at) is not None)
