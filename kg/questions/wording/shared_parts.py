"""A share of decisions: the phrases of the whole, and those of the part whose share is asked for."""

from itertools import pairwise

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording.cut_phrases import DATES, as_drugs, dates_follow

_ENDED = {"IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "DENIAL", "STRICT", "LENIENT", "RATE", "PART", "OFTEN"}
_OTHERWISE = {
    "SIDES",
    "SAME",
    "WHY",
    "LIKE",
    "CONTRAST",
    "CASE",
    "ASSOCIATED",
    "MATTER",
    "TIME",
    "MEAN",
    "GROUNDS",
}
"""With one of these, a share is of something else."""
_OF_WHOLE = DATES | {
    "BY",
    "PERIOD",
    "SINCE",
    "BEFORE",
    "AFTER",
    "TO",
    "BETWEEN",
    "ONWARD",
    "EARLIER",
    "TREND",
    "MOST",
    "LEAST",
}
"""What is said of the whole: dates, and what the answer is split by."""
_SAID = {"VALUE", "GUIDE", "OF_DRUG", "AT_PAGE", "AT_CHAPTER"}


def cut(text: str, phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]] | None:
    """The phrases of the whole and those of the part whose share is asked for, ``None`` where none is.

    A share of decisions that end some way is none: it is a rate.
    """
    if for_reason(text, phrases):
        return None
    if (mentioned := _mentioned(text, phrases)) is not None:
        return mentioned
    if (rated := _rated(phrases)) is not None:
        return rated
    whole = {at for at, phrase in enumerate(phrases) if _ends_whole(text, phrase)}
    kinds = [phrase.type if at not in whole else "WHOLE" for at, phrase in enumerate(phrases)]
    if "SHARE" not in kinds or set(kinds) & (_ENDED | _OTHERWISE) or not set(kinds) & _SAID:
        return None
    at = kinds.index("SHARE")
    share = phrases[at]
    if BESIDE.before("AS_A", text, share.start):
        return _divided(phrases, 0, share.start)
    before = BESIDE.within("AMONG", text, 0, share.start)
    if before and any(p.end <= before.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, 0, before.start())  # `opioids among drugs, percentage`
    among = BESIDE.within("AMONG", text, share.end)
    if among and any(share.end <= p.start < among.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, share.end, among.start())
    told = BESIDE.within("RELATIVE", text, share.end)
    if told and any(p.start >= told.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, told.start(), len(text))
    return _divided(phrases, share.end, len(text)) or _divided(phrases, 0, len(text))


def for_reason(text: str, phrases: list[Phrase]) -> bool:
    """Whether it is said of what is asked for that it ended so for a ground: *MRI upheld for lack of proof*.

    *What share of upheld MRIs*, and *what share of denials is for lack of records*, are shares of denials.
    """
    ended = _ended_for(text, phrases)
    if ended is None or BESIDE.fills("REFUSED", ended.printed):
        return False
    ground = next(phrase.start for phrase in phrases if phrase.meaning.name == "ground")
    of_share = phrases[max(phrases.index(ended) - 1, 0)].type == "SHARE"
    of_share = of_share and not ended.printed.lower().startswith("denial")  # `share of denials upheld for`
    return not (of_share or BESIDE.within("BE", text, ended.end, ground))


def denied_for(text: str, phrases: list[Phrase]) -> bool:
    """Whether it is said of denials what they are for: *how often are PT denials due to missing records*."""
    ended = _ended_for(text, phrases)
    return ended is not None and BESIDE.fills("REFUSED", ended.printed)


def _ended_for(text: str, phrases: list[Phrase]) -> Phrase | None:
    """What says how something ended, before the one ground that is given for it."""
    named = [phrase for phrase in phrases if phrase.meaning.name == "ground"]
    ends = [one for one in phrases if one.type.startswith("IS_") or one.type == "DENIAL"]
    if len(named) != 1 or not ends or ends[-1].end > named[0].start:
        return None
    start = named[0].start
    led = BESIDE.before("AS_REASON", text, start) or BESIDE.after("AS_REASON", text, start)
    return ends[-1] if led else None


def _mentioned(text: str, phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]] | None:
    """The part that mentions something, after an outcome: *what share of denials mentions weaning*."""
    part = [at for at, phrase in enumerate(phrases) if phrase.type == "VALUE" and _is_told(text, phrase)]
    shares = [at for at, phrase in enumerate(phrases) if phrase.type in {"SHARE", "OFTEN"}]
    ended = [
        at for at, phrase in enumerate(phrases) if phrase.type in {"DENIAL", "RATE"} or "IS_" in phrase.type
    ]
    if not part or len(shares) != 1 or shares[0] > part[0] or any(p.type in _OTHERWISE for p in phrases):
        return None
    often = phrases[shares[0]].type == "OFTEN"
    whole_ends = any(_ends_whole(text, phrases[at], often=often) for at in ended)
    if phrases[part[0]].meaning.name == "ground" and not (
        whole_ends
        or (ended and BESIDE.within("STATES", text, phrases[ended[-1]].end, phrases[part[0]].start + 6))
    ):
        return None
    between = {phrase.type for phrase in phrases[shares[0] + 1 : part[0]]}
    if any(at > part[0] or often for at in ended) and not (often and between <= {"SHOW"}):
        return None
    whole = [phrase for at, phrase in enumerate(phrases) if at not in part]
    if often:
        whole[shares[0]] = whole[shares[0]]._replace(type="SHARE", meaning=Meaning("SHARE"))
    return whole, [phrases[at] for at in part]


def _is_told(text: str, phrase: Phrase) -> bool:
    """Whether reviewers say something: a ground, a source, words, or a condition that is *mentioned*."""
    mentioned = phrase.meaning.name == "condition" and BESIDE.within("MENTIONED", text, 0, phrase.start)
    return phrase.meaning.name in {"rationale", "basis", "ground"} or bool(mentioned)


_RATED = {"basis", "ground", "rationale", "retrospective", "surgical", "priority"}


def _rated(phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]] | None:
    """The part whose rate is asked for, which is of no outcome: *the no-citation rate for MRI*."""
    of = next(
        (
            one
            for one, other in pairwise(phrases)
            if one.meaning.name in _RATED
            and other.type == "RATE"
            and other.printed.lower() in {"rate", "rates"}
        ),
        None,
    )
    if of is None or any(phrase.type.startswith("IS_") or phrase.type == "DENIAL" for phrase in phrases):
        return None
    share = phrases[phrases.index(of) + 1]._replace(type="SHARE", meaning=Meaning("SHARE"))
    return [share, *(phrase for phrase in phrases if phrase.type != "RATE" and phrase is not of)], [of]


def _ends_whole(text: str, phrase: Phrase, *, often: bool = False) -> bool:
    """Whether an outcome is that of the whole: `which share of the upheld decisions cites ODG`.

    Of what happens ``often`` it is so, too, where no noun follows: *how often ... in upheld MRI*.
    """
    if often and BESIDE.before("OF_ALL", text, phrase.start):
        return True
    if phrase.type == "DENIAL" and phrase.printed.lower().startswith("denial"):
        return BESIDE.after("IN_WHICH", text, phrase.end) is not None
    if not phrase.type.startswith("IS_"):
        return False
    return bool(BESIDE.before("OF_ALL", text, phrase.start) and BESIDE.after("COUNTED", text, phrase.end))


def _is_of_whole(phrase: Phrase) -> bool:
    return phrase.type in _OF_WHOLE or phrase.type.startswith("IS_")


def _divided(phrases: list[Phrase], start: int, end: int) -> tuple[list[Phrase], list[Phrase]] | None:
    whole: list[Phrase] = []
    part: list[Phrase] = []
    negated = (
        one for one, other in pairwise(phrases) if one.type == "NOT" and one.start < start <= other.start
    )
    start = next((one.start for one in negated), start)  # `not citing ODG`
    split = placed = inside = False
    for at, phrase in enumerate(phrases):
        who = [one.meaning.name for one in phrases[at + 1 : at + 2]]
        by_party = at + 1 < len(phrases) and phrases[at + 1].type == "PARTY"
        if phrase.type == "BY" and (by_party or who in (["specialty"], ["licence"])):
            continue  # `signed by a physician licensed in California`, `not cited by UR`
        split = phrase.type == "BY" or (split and phrase.type.startswith("OF_"))
        placed = phrase.type in {"AT_PAGE", "AT_CHAPTER"} or (placed and phrase.type in {"NUMBER", "TO"})
        if not placed or phrase.type.startswith("AT_"):  # the numbers of a place are where it is
            dated = phrase.type in {"VERSUS", "THAN"} and dates_follow(phrases[at + 1 :])
            inside = start <= phrase.start < end and not split and not (dated or _is_of_whole(phrase))
        found = as_drugs(phrase) if phrase.type == "OF_DRUG" and not split else phrase
        (part if inside and phrase.type != "SHARE" else whole).append(found)
        if inside and phrase.type == "PARTY":
            whole.append(phrase)  # it says whose citations all are about, too
    return (whole, part) if any(p.type in _SAID for p in part) else None
