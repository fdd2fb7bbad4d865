"""Grounds that a question says to be met or not, in whatever words."""

import re
from collections.abc import Iterator

from kg.questions.vocabulary import Meaning
from kg.questions.wording.grounds.ground_names import class_of, pattern
from kg.reading.text.terminal_search import Terminals

FORMS = Terminals("question-grounds.lark", lambda: {"_NAME": pattern().replace("/", r"\/")})
"""Words around the names of grounds, by the names of their terminals."""
_MET = {"LACKING": ":not-met", "NOT_SHOWN": ":not-met", "SHOWN": ":met", "HAVING": ":met"}
_EITHER = ("NAMED", "REASONS")
SAID = ("EXCEPTIONAL", *_MET)
"""Terminals of grounds that are said to be met or not."""
Found = Iterator[tuple[Meaning, int, int]]


def found(text: str) -> Found:
    """The grounds of a text that are said to be met or not, each with its place.

    >>> [m.value for m, _, _ in found("requests lacking any stated plan, the diagnosis was not met")]
    ['plan:not-met', 'diagnosis:not-met']
    >>> [m.value for m, _, _ in found("with a ground of safety, and adequate response")]
    ['response:met', 'safety']
    >>> {m.value for m, _, _ in found("plan: met vs not met")} >= {"plan:met", "plan:not-met"}
    True
    """
    for both in FORMS.every("NAME_MET_OR_NOT", text):
        name, against = _name(both[0]), FORMS.within("AGAINST", both[0])
        if against is None:
            continue
        first, last = both.start() + against.start(), both.start() + against.end()
        yield Meaning("VALUE", "ground", f"{name}:met"), both.start(), first
        yield Meaning("VERSUS"), first, last
        yield Meaning("VALUE", "ground", f"{name}:not-met"), last, both.end()
    for two in FORMS.every("WHICH_OF_TWO", text):
        yield from _which_of_two(two)
    for both in FORMS.every("MET_OR_NOT", text):
        yield Meaning("UNMET", value="both"), both.start(), both.end()
    yield from _of_all(text)
    for terminal, met in _MET.items():
        for said in FORMS.every(terminal, text):
            value = Meaning("VALUE", "ground", _name(said[0]) + met)
            between = FORMS.within("OF_EARLIER", said[0])
            after = between and _last(said)
            if between and after:  # `functional improvement from prior PT was not shown`
                yield value, said.start(), said.start() + between.end()
                yield Meaning("IGNORED"), said.start() + after, said.end()
            else:
                yield value, said.start(), said.end()
    for said in FORMS.every("EXCEPTIONAL", text):
        met = "not-met" if FORMS.within("NOT_EXCEPTIONAL", said[0]) else "met"
        yield Meaning("VALUE", "ground", f"exceptional:{met}"), said.start(), said.end()
    for terminal in _EITHER:
        for said in FORMS.every(terminal, text):
            yield Meaning("VALUE", "ground", _name(said[0])), said.start(), said.end()


def _of_all(text: str) -> Found:
    """Which of all grounds are asked for: *unmet criteria*, *grounds that are most often met*."""
    for kinds in FORMS.every("KINDS_SAID", text):
        if said := FORMS.within("SAID_OF_KINDS", text, kinds.start(), kinds.end()):
            met = "met" if FORMS.fills("FULFILLED", said[0]) else "not-met"
            yield Meaning("HAVING", "met", met), said.start(), said.end()


def _which_of_two(said: re.Match[str]) -> Found:
    """Two grounds of which it is asked which is stated more often; where one is lacking, both are not met."""
    led, joined = FORMS.within("IS_IT", said[0]), FORMS.within("OR", said[0])
    assert led is not None
    assert joined is not None
    met = ":not-met" if FORMS.within("LACK", said[0]) else ""
    at = said.start()
    yield Meaning("COUNT"), at, at + led.end()
    for start, end in ((led.end(), joined.start()), (joined.end(), len(said[0]))):
        name, lacks = _name(said[0][start:end]), FORMS.within("LACK", said[0], start, end)
        name = "amount" if name == "request-form" and not lacks else name  # `is it the quantity or …`
        named = Meaning("VALUE", "ground", name + met)
        yield named, at + start + (said[0][start] == " "), at + end
    yield Meaning("VERSUS"), at + joined.start(), at + joined.end()


def _name(said: str) -> str:
    """The class that words name."""
    named = FORMS.within("NAME", said)
    assert named is not None
    return class_of(named[0])


def _last(said: re.Match[str]) -> int | None:
    """Where words begin that say at the end whether something was shown."""
    found = [each.start() for each in FORMS.every("SAID_OF_IT", said[0]) if each.end() == len(said[0])]
    return found[0] if found else None
