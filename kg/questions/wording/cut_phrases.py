"""Phrases seen together: which of them are dates, which of two parts of a question each belongs to."""

import re
from itertools import pairwise

from kg.questions import vocabulary
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording.parties import completed, losing
from kg.reading.vocabulary.phrases import words

_DATES = {"YEAR", "MONTH", "DAY", "NUMBER", "Q1", "Q2", "Q3", "Q4", "H1", "H2"}
_AT_DATES = {"SINCE", "FROM", "BEFORE", "AFTER", "TO", "BETWEEN", "IN"}
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
_OF_WHOLE = _DATES | {
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
_AMONG = re.compile(
    r"\b(?:among(?:st)?|out\s+of|of\s+(?:all|the\s+total)|within|relative\s+to|of\s+total)\b", re.IGNORECASE
)
_AS = re.compile(r"\bas\s+(?:a\s+|the\s+)?$", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:where|that|which|with|whose|is|are|was|were|concern\w*|involv\w*|cit(?:e|es|ed|ing)|rel(?:y|ies|ied|ying)|com(?:e|es|ing)|came"
    r"|go(?:es)?|went|made|by|about|do|does|have|has|had|mention\w*|dispute|disputes|state|states|name|names|use|uses|hold|holds|contain\w*|decided|reviewed|for)\b",
    re.IGNORECASE,
)


def settled(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases without words of dates beside which no date stands.

    An injury is one only before a date; a service after surgery is one that is associated with it.
    """
    found: list[Phrase] = []
    left = _compared(_reviewing(text, _citing(_dated(_asking(_sections_of(_both(text, phrases)))))))
    while left:
        phrase, after = left.pop(0), left[0] if left else None
        dated = _dates_follow(left)
        if phrase.type == "YEAR" and after and after.type == "GUIDE" and _is_edition(phrase, after):
            left[0], phrase = phrase, after
        if phrase.type == "AFTER" and not dated and after and _is_surgery(after):
            found += _after_surgery(phrase, left)
        elif phrase.type == "INJURED" and not dated:
            if found and found[-1].type == "YEAR" and not text[found[-1].end : phrase.start].strip():
                at = len(found) - 1
                while at and found[at - 1].type in _AT_DATES:
                    at -= 1
                found.insert(at, phrase)  # `surgery after a 2010 injury`
            elif found and found[-1].type == "BY":
                found.append(phrase._replace(type="OF_INJURY_YEAR"))
        elif _gives_example(phrase, after, found):
            continue
        elif phrase.type == "GROUNDS" and found and found[-1].type == "ONLY":
            found[-1] = found[-1]._replace(meaning=Meaning("ONLY", "ground"))
        elif not (phrase.type in _UNDATED and not dated) and not _says_nothing(text, phrase, after):
            found.append(_as_drugs(phrase) if _excludes_drugs(phrase, found) else phrase)
            if phrase.type == "EACH_OUTCOME" and after and after.type.startswith("OF_"):
                found.append(phrase._replace(type="BY", meaning=Meaning("BY")))  # `by outcome and year`
    return completed(text, losing(text, _with_others(found)))


def _with_others(found: list[Phrase]) -> list[Phrase]:
    """The phrases, a last *not* after *than* as the others: *than those that do not*."""
    if [phrase.type for phrase in found[-2:]] in (["THAN", "NOT"], ["VERSUS", "NOT"]):
        found[-1] = found[-1]._replace(type="OTHERS", meaning=Meaning("OTHERS"))
    return found


def _both(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *both cite* and *cited by both* as the parties, and not as both sides of the body."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        if phrase.meaning.name == "side" and phrase.printed.lower() == "both":
            cite = [one.type for one in phrases[at + 1 : at + 2]] == ["CITE"]
            if cite or _BY_BOTH.search(text, 0, phrase.end):
                found[at] = phrase._replace(type="SIDES", meaning=Meaning("SIDES"))
    return found


_BY_BOTH = re.compile(r"\bcited\s+by\s+both$", re.IGNORECASE)


def _sections_of(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *MTUS sections* as *sections of the MTUS*."""
    found = list(phrases)
    for at, (one, other) in enumerate(pairwise(phrases)):
        titled = at + 2 < len(phrases) and phrases[at + 2].type == "GUIDE"
        if one.type == "GUIDE" and other.type == "OF_SECTION" and not titled:
            found[at : at + 2] = other, one
    return found


def _asking(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *predict* as what is to be foretold, and *nothing from the MTUS* as what is not cited."""
    if phrases and phrases[0].type == "ASSOCIATED" and phrases[0].printed.lower() == "predict":
        phrases[0] = phrases[0]._replace(type="NO_ADVICE", meaning=Meaning("NO_ADVICE"))
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        following = [one.type for one in phrases[at + 1 : at + 3]]
        if phrase.meaning.value == "none_cited" and (
            following[:1] == ["GUIDE"] or following == ["FROM", "GUIDE"]
        ):
            phrase = phrase._replace(type="NOT", meaning=Meaning("NOT"))
            del phrases[at + 1 : at + len(following) - following[::-1].index("GUIDE")]
        found.append(phrase)
    undated = {at for at, phrase in enumerate(found) if not _dates_follow(found[at + 1 :])}
    return [phrase for at, phrase in enumerate(found) if not (phrase.type in _EVENTS and at in undated)]


_EVENTS = {"RECEIVED", "DENIED_ON", "ASSIGNED"}


def _gives_example(phrase: Phrase, after: Phrase | None, found: list[Phrase]) -> bool:
    """Whether *like* names an example: `sleep medication like Ambien`, `drugs like Celebrex`."""
    named = bool(found) and found[-1].type.startswith(("VALUE", "OF_"))
    return phrase.type == "LIKE" and named and after is not None and after.type == "VALUE"


def _excludes_drugs(phrase: Phrase, found: list[Phrase]) -> bool:
    """Whether drugs are what is not meant: `anything but medication`, `apart from surgery and drugs`."""
    before = [one.type for one in found if one.type != "OR"][-2:]
    also = before == ["NOT", "VALUE"] and found[-1].meaning.name == "category"
    return phrase.type == "OF_DRUG" and (before[-1:] == ["NOT"] or also)


def _dated(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases with the year of a later month after a month that has none."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        found.append(phrase)
        begun = [one.type for one in phrases[max(at - 1, 0) : at + 1]]
        ends = begun[-1] == "MONTH" or begun == ["MONTH", "NUMBER"]
        following = [one.type for one in phrases[at + 1 : at + 3]]
        if ends and following[:1] != ["YEAR"] and following[:1] != ["NUMBER"]:
            year = next((one for one in phrases[at + 1 :] if one.type == "YEAR"), None)
            found += [year] if year else []
    return found


def _citing(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, an insurer that cites as the claims administrator, who denies and cites for it."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        if phrase.type == "NO_PAYER" and words(phrase.printed).folded[0] in _PAYERS:
            following = [one.type for one in phrases[at + 1 : at + 3] if one.type != "NOT"]
            before = [one.type for one in phrases[max(at - 2, 0) : at]]
            if following[:1] == ["CITE"] or before == ["CITE", "BY"]:
                found[at] = phrase._replace(type="PARTY", meaning=Meaning("PARTY"))
    return found


_PAYERS = {"insurer", "insurance", "carrier"}


def _reviewing(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, a service beside a reviewer or a specialty as the specialty that is called so, too."""
    for at, phrase in enumerate(phrases):
        if phrase.meaning.name in _SERVICES and _REVIEWER_IN.search(
            text[max(phrase.start - 60, 0) : phrase.start]
        ):
            phrases[at] = _as_specialty(phrase)
    for at, between in enumerate(phrases[1:-1], 1):
        if between.type not in {"VERSUS", "THAN", "OR"}:
            continue
        if {phrases[at - 1].meaning.value, phrases[at + 1].meaning.value} <= _CONSULTS:
            phrases[at - 1], phrases[at + 1] = _as_specialty(phrases[at - 1]), _as_specialty(phrases[at + 1])
        for one, others in ((at - 1, phrases[at + 1 :]), (at + 1, phrases[:at])):
            beside = any(other.meaning.name == "specialty" for other in others)
            if beside and phrases[one].meaning.name in _SERVICES:
                phrases[one] = _as_specialty(phrases[one])
    return phrases


_REVIEWER_IN = re.compile(
    r"\b(?:(?:reviewers?|reviewer['’]s\s+specialty|specialty)\s*(?:(?:is|was|are|were|being|from|in|of|:|=)\s*)+(?:an?\s+|the\s+)?"
    r"|(?:reviewed|decided|overturned|upheld)\s+by\s+(?:an?\s+|the\s+)?)$",
    re.IGNORECASE,
)
"""What stands before a specialty: *the reviewer was occupational medicine*, *decided by pain medicine*."""


def _as_specialty(phrase: Phrase) -> Phrase:
    """A service as the specialty that is called so, if one is."""
    read = words(phrase.printed).folded
    meant = vocabulary.specialties().longest(read, 0)
    return phrase._replace(meaning=meant.meaning) if meant and meant.after == len(read) else phrase


_CONSULTS = {"Medical Specialties", "Surgical Consult", "Adjunct Surgical Services"}
"""Services that bear the name of a specialty: compared with one another, the specialties are meant."""


def _compared(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *between* without a date as what compares, and a bare state beside a licence as one."""
    found: list[Phrase] = []
    licences = any(phrase.meaning.name == "licence" for phrase in phrases)
    for at, phrase in enumerate(phrases):
        if phrase.type == "BETWEEN" and not _dates_follow(phrases[at + 1 :]):
            if any(one.type == "PARTY" for one in phrases[at + 1 :]):
                continue  # `conflicts between UR and IMR guidelines`
            if found and found[-1].type == "SAME":
                found.pop()  # `does the outcome differ between men and women`
            found.append(phrase._replace(type="COMPARE"))
        elif phrase.type == "UNKNOWN" and licences:
            said = ["licensed", "in", *words(phrase.printed).folded]
            meant = vocabulary.phrases().longest(said, 0)
            whole = meant is not None and meant.after == len(said)
            found.append(phrase._replace(type="VALUE", meaning=meant.meaning) if meant and whole else phrase)
        else:
            found.append(phrase)
    return found


_SERVICES = {"category", "subcategory"}
_UNDATED = {"FROM", "TO", "SINCE"}


def _says_nothing(text: str, phrase: Phrase, after: Phrase | None) -> bool:
    """Whether a phrase stands for a thing already named (*a standard one*), or a person without a name."""
    following = after.type if after else ""
    if phrase.type == "YEAR" and after and following == "GUIDE":  # `2004 ACOEM`, which has one edition
        return after.meaning.value.endswith(f"-{phrase.meaning.value}")
    if phrase.type == "NUMBER" and phrase.printed.lower() == "one":
        return not following.startswith(("OF_", "VALUE"))
    if phrase.type == "BY" and following not in _SPLITTING:
        listed = not following and _YEAR_BEFORE.search(text[: phrase.start])  # `in 2014 and 2015, each`
        each = phrase.printed.lower() == "each" and (following == "CITE" or listed)
        return bool(each) or following == "NOT" or _BY_PERSONS.match(text, phrase.start) is not None
    return False


_SPLITTING = {"VALUE", "RATE", "SHARE", "OFTEN", "COUNT", "FREQUENT", "GROUNDS", "PARTY", "PERIOD"}
_YEAR_BEFORE = re.compile(r"\b(?:19|20)[0-9]{2}\W{0,3}$")
_BY_PERSONS = re.compile(
    r"by\s+(?:the\s+|a\s+|an\s+|imr\s+)*(?:reviewers?|someone|somebody|anyone|people|those|physician\s+reviewers?|specialists?|one)\b",
    re.IGNORECASE,
)


def _as_drugs(phrase: Phrase) -> Phrase:
    """A word for drugs as the category of services."""
    return phrase._replace(type="VALUE", meaning=Meaning("VALUE", "category", "Pharmaceuticals"))


def _is_edition(year: Phrase, guide: Phrase) -> bool:
    """Whether a year before a guideline is that of one of its editions: `the 2009 chronic pain guideline`."""
    return vocabulary.guideline(f"{guide.meaning.value}/{year.meaning.value}") is not None


def _dates_follow(left: list[Phrase]) -> bool:
    following = next((phrase.type for phrase in left if phrase.type not in _AT_DATES), "")
    return following in _DATES


def _is_surgery(phrase: Phrase) -> bool:
    """Whether something can come after it as after a surgery: one, or the part of the body that had one."""
    meaning = phrase.meaning
    known = (
        meaning.name in {"category", "subcategory"} and "urg" in f"{meaning.value} {phrase.printed}".lower()
    )
    return known or meaning.name == "body_part" or bool(_OPERATED.search(phrase.printed))


_OPERATED = re.compile(
    r"ectomy|plasty|scopy|otomy|fusion|repair|replacement|release|operation", re.IGNORECASE
)


def _after_surgery(phrase: Phrase, left: list[Phrase]) -> list[Phrase]:
    """What is said by *after* a surgery: the association, and the part of the body; takes the surgery."""
    found = [phrase._replace(type="VALUE", meaning=Meaning("VALUE", "surgical", "true"))]
    surgery = left.pop(0)
    if surgery.meaning.name == "body_part":
        if left and left[0].meaning.value == "Surgery":
            left.pop(0)
        return [*found, surgery]
    parts = vocabulary.parts_in(surgery.printed)
    meaning = Meaning("VALUE", "body_part", "|".join(parts))
    return [*found, surgery._replace(type="VALUE", meaning=meaning)] if parts else found


def cut(text: str, phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]] | None:
    """The phrases of the whole and those of the part whose share is asked for, ``None`` where none is.

    A share of decisions that end some way is none: it is a rate.
    """
    if (mentioned := _mentioned(text, phrases)) is not None:
        return mentioned
    whole = {at for at, phrase in enumerate(phrases) if _ends_whole(text, phrase)}
    kinds = [phrase.type if at not in whole else "WHOLE" for at, phrase in enumerate(phrases)]
    if "SHARE" not in kinds or set(kinds) & (_ENDED | _OTHERWISE) or not set(kinds) & _SAID:
        return None
    at = kinds.index("SHARE")
    share = phrases[at]
    if _AS.search(text[: share.start]):
        return _divided(phrases, 0, share.start)
    before = _AMONG.search(text, 0, share.start)
    if before and any(p.end <= before.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, 0, before.start())  # `opioids among drugs, percentage`
    among = _AMONG.search(text, share.end)
    if among and any(share.end <= p.start < among.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, share.end, among.start())
    told = _RELATIVE.search(text, share.end)
    if told and any(p.start >= told.start() and p.type in _SAID for p in phrases):
        return _divided(phrases, told.start(), len(text))
    return _divided(phrases, share.end, len(text)) or _divided(phrases, 0, len(text))


_STATES = re.compile(
    r"\b(?:is|are|was|were|had|have|cit(?:e|es|ed)|stat(?:e|es|ed)|rest(?:s|ed)?|come|came|turn(?:s|ed)?|lack(?:s|ed)?)\b",
    re.IGNORECASE,
)
"""What says of decisions, after their outcome, for what reason they ended so."""


def _mentioned(text: str, phrases: list[Phrase]) -> tuple[list[Phrase], list[Phrase]] | None:
    """The part that mentions something, after an outcome: *what share of denials mentions weaning*."""
    part = [
        at
        for at, phrase in enumerate(phrases)
        if phrase.type == "VALUE" and phrase.meaning.name in {"rationale", "basis", "ground"}
    ]
    shares = [at for at, phrase in enumerate(phrases) if phrase.type in {"SHARE", "OFTEN"}]
    ended = [
        at for at, phrase in enumerate(phrases) if phrase.type in {"DENIAL", "RATE"} or "IS_" in phrase.type
    ]
    if not part or len(shares) != 1 or shares[0] > part[0] or any(p.type in _OTHERWISE for p in phrases):
        return None
    if phrases[part[0]].meaning.name == "ground" and not (
        any(_ends_whole(text, phrases[at]) for at in ended)
        or (ended and _STATES.search(text, phrases[ended[-1]].end, phrases[part[0]].start + 6))
    ):
        return None
    often = phrases[shares[0]].type == "OFTEN"
    if any(at > part[0] or often for at in ended) and not (often and shares[0] + 1 == part[0]):
        return None
    whole = [phrase for at, phrase in enumerate(phrases) if at not in part]
    if often:
        whole[shares[0]] = whole[shares[0]]._replace(type="SHARE", meaning=Meaning("SHARE"))
    return whole, [phrases[at] for at in part]


def _ends_whole(text: str, phrase: Phrase) -> bool:
    """Whether an outcome is that of the whole: `which share of the upheld decisions cites ODG`."""
    if not phrase.type.startswith("IS_"):
        return False
    return bool(_OF.search(text[: phrase.start]) and _COUNTED.match(text, phrase.end))


def _is_of_whole(phrase: Phrase) -> bool:
    return phrase.type in _OF_WHOLE or phrase.type.startswith("IS_")


_OF = re.compile(r"\b(?:of|among|in)\s+(?:all\s+)?(?:the\s+)?$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s+(?:[\w/-]+\s+){0,3}?(?:denials?|decisions?|cases?|items?|letters?|requests?|ones)\b", re.IGNORECASE
)


def _divided(phrases: list[Phrase], start: int, end: int) -> tuple[list[Phrase], list[Phrase]] | None:
    whole: list[Phrase] = []
    part: list[Phrase] = []
    split = placed = inside = False
    for at, phrase in enumerate(phrases):
        split = phrase.type == "BY" or (split and phrase.type.startswith("OF_"))
        placed = phrase.type in {"AT_PAGE", "AT_CHAPTER"} or (placed and phrase.type in {"NUMBER", "TO"})
        if not placed or phrase.type.startswith("AT_"):  # the numbers of a place are where it is
            dated = phrase.type in {"VERSUS", "THAN"} and _dates_follow(phrases[at + 1 :])
            inside = start <= phrase.start < end and not split and not (dated or _is_of_whole(phrase))
        found = _as_drugs(phrase) if phrase.type == "OF_DRUG" and not split else phrase
        (part if inside and phrase.type != "SHARE" else whole).append(found)
    return (whole, part) if any(p.type in _SAID for p in part) else None
