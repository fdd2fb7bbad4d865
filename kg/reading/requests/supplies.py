"""Supplies that are named with the device that they are for: the pads are requested, not the stimulator."""

from collections.abc import Sequence
from functools import cache

from kg.reading.requests.services import SPECIFIC, Term, catalogue
from kg.reading.vocabulary.phrases import Found, Words

_DEVICES = frozenset([("DMEPOS", "DME"), ("DMEPOS", "Electrical Stimulation")])
_SUPPLIES = ("DMEPOS", "Supplies")
_WRAP = "wrap"
"""A support for the body, but a supply of a device."""
_OTHER_HEADS = frozenset(
    ["unit", "machine", "device", "system", "stimulator", "pump", "kit", "set", "trial", "rental"]
)
"""Words after supplies that say that a device is requested (``TENS four lead unit``)."""
_NO_NOUNS = frozenset(["brief", "depend", "colostomy", "hydrocolloid"])
_OF = frozenset(["for"])
_BESIDE = frozenset(
    ["and", "or", "with", "plus", "rental", "trial", "purchase", "use", "including", "without"]
)
_BETWEEN = 2
"""Words between a device and its supplies: ``TENS unit replacement pads``."""


_NEAR = 8
"""How many phrases may stand between supplies and the device that is named after them."""


def supplies_alone(found: Sequence[Found[Term]], words: Words) -> list[Found[Term]]:
    """The phrases, of a device and supplies for it the supplies alone.

    ``Home TENS pads`` and ``electrodes for his TENS unit`` are supplies, ``TENS unit with pads`` is none.
    """
    kept: list[Found[Term]] = []
    led: set[tuple[bool, bool]] = set()
    for each in found:
        if _is_head(each, words) and (device := _modifier(kept, each, words)) is not None:
            kept[device:] = [Found(_supplies(), kept[device].first, each.after)]
        elif _is_device(each) and (head := _head_of(kept, each, words)) is not None:
            kept[head] = Found(_supplies(), kept[head].first, kept[head].after)
        elif any(_is_purpose(each, of_things=thing, head=head) for thing, head in led):
            continue
        else:
            kept.append(each)
        if kept and words.folded[kept[-1].after : kept[-1].after + 1] == ["for"]:
            service = kept[-1].meaning.service
            if service is not None:
                led.add((service[0] == _SUPPLIES[0], _is_head(kept[-1], words)))
    return kept


def _is_purpose(each: Found[Term], *, of_things: bool, head: bool) -> bool:
    """Whether an operation or a treatment is what is requested is for (``immobilizer for arthroscopy``).

    What stands before *for* is a thing (``of_things``), or supplies that are named by their noun (``head``).
    """
    term = each.meaning
    if term.service is None or term.is_drug:
        return False
    return head or (of_things and term.service[0] == "Surgery" and not term.around_surgery)


def _modifier(kept: Sequence[Found[Term]], head: Found[Term], words: Words) -> int | None:
    """Which phrase is a device that the supplies are named by, with at most a general word between them."""
    for n in reversed(range(len(kept))):
        if _is_device(kept[n]):
            if not _modifies(kept[n], head, words):
                return None
            while n and _is_device(kept[n - 1]) and _modifies(kept[n - 1], kept[n], words):
                n -= 1
            return n
        if kept[n].meaning.precedence >= SPECIFIC:
            return None
    return None


def _head_of(kept: Sequence[Found[Term]], device: Found[Term], words: Words) -> int | None:
    """Which phrase is of supplies for the device that is named after it."""
    for n in range(max(len(kept) - _NEAR, 0), len(kept)):
        each = kept[n]
        if _is_head(each, words) and not _OF.isdisjoint(words.folded[each.after : device.first]):
            return n
    return None


@cache
def _supplies() -> Term:
    """What supplies of any kind are."""
    return next(each.meaning for each in catalogue()[0].find(("supplie",)))


def _is_device(phrase: Found[Term]) -> bool:
    return phrase.meaning.service in _DEVICES


def _is_head(phrase: Found[Term], words: Words) -> bool:
    """Whether a phrase is of supplies, and the noun of what is named."""
    said = words.folded[phrase.first : phrase.after]
    if phrase.meaning.service != _SUPPLIES and said != [_WRAP]:
        return False
    return _NO_NOUNS.isdisjoint(said) and _OTHER_HEADS.isdisjoint(
        words.folded[phrase.after : phrase.after + 1]
    )


def _modifies(device: Found[Term], head: Found[Term], words: Words) -> bool:
    """Whether a device is a word of the supplies after it: no mark, number or joining word stands between."""
    between = words.folded[device.after : head.first]
    text = words.matches[device.first].string
    gap = text[words.matches[device.after - 1].end() : words.matches[head.first].start()]
    marked = any(sign not in " -\t\r\n" and not sign.isalpha() for sign in gap)
    return not marked and len(between) <= _BETWEEN and _BESIDE.isdisjoint(between)
