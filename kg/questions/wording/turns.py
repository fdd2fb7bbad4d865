"""Phrases that turn what follows: *not upheld*, *before and after 2016*, *ODG rather than the MTUS*."""

import re
from itertools import pairwise

from kg.questions.beside import BESIDE
from kg.questions.facets.item_values import classes_of
from kg.questions.vocabulary import Meaning, Phrase, drug_classes
from kg.questions.wording import parties
from kg.questions.wording.alternatives import SERVICES
from kg.questions.wording.cut_phrases import AT_DATES, DATES, EVENTS
from kg.questions.wording.grounds.ground_forms import FORMS

_AT_DATES = AT_DATES | {"ONWARD", "EARLIER"}
_OPPOSITE = {"IS_OVERTURNED": "IS_UPHELD", "IS_UPHELD": "IS_OVERTURNED"}
_INSTEAD = {"rather than", "as opposed to", "instead of"}
_SHORT_GAP = re.compile(r"\s*(?:\w+\s+){0,2}")
_AND_AFTER = {"and after", "or after", "& after"}


def turned(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, each turn as what it means."""
    phrases = parties.cited_against(_by_items(text, parties.cited_for(text, phrases)))
    phrases = _crossed(
        text, _before_or_later(_beaten(_how_many_ended(_most_of(text, _editions(_differing(phrases))))))
    )
    phrases = parties.each_cited(_not_met(_halves(phrases)))
    return _instead(
        _around_a_date(
            _outside(_not_ended(text, _not_of(_of_earlier(_each_settled(text, _without_who(text, phrases))))))
        )
    )


def _halves(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *first half vs second half of 2016*, *right vs left knee* with the last word twice."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        found.append(phrase)
        following = phrases[at + 1 : at + 4]
        kinds = [one.type for one in following]
        sides = [one.meaning.name for one in (phrase, *following)] == ["side", "", "side", "body_part"]
        if sides and kinds[0] in {"VERSUS", "THAN"}:
            found.append(following[2]._replace(start=phrase.end, end=phrase.end))  # `right vs left knee`
        if phrase.type == "OF_GUIDELINE" and [one.type for one in phrases[max(at - 2, 0) : at]] == [
            "SINCE",
            "YEAR",
        ]:
            found[-1] = phrase._replace(type="UNKNOWN", meaning=Meaning("UNKNOWN"))
    return found


def _differing(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *men and women differ in*, or *side by side*, as a comparison."""
    differ = [p for p in phrases if p.type == "COMPARE" and BESIDE.after("SIDE_BY_SIDE", p.printed, 0)]
    return [*differ, *(phrase for phrase in phrases if phrase not in differ)]


def _most_of(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *is it true that most denials are upheld* as what share is."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        ended = bool(at) and phrases[at - 1].type.startswith("IS_")
        if phrase.type == "FREQUENT" and ended and BESIDE.within("PORTION", phrase.printed):
            found[at] = phrase._replace(
                type="MOST", meaning=Meaning("MOST")
            )  # `overturn the largest share of`
        if phrase.printed.lower() == "most" and BESIDE.before("MOST_OF", text, phrase.start):
            found[at] = phrase._replace(type="RATE", meaning=Meaning("RATE"))
    return found


def _editions(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *which editions are cited, 2009 or 2016* with the years as editions and no dates."""
    kinds = [one.type for one in phrases]
    if "OF_EDITION" not in kinds or not set(kinds).isdisjoint(_AT_DATES) or "OF_EDITION" in kinds[-2:]:
        return phrases
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        beside = {"OF_EDITION", "GUIDE"} & set(kinds[max(at - 1, 0) : at + 2])
        listed = phrase.type == "YEAR" and not beside and at > kinds.index("OF_EDITION")
        edition = Meaning("VALUE", "edition", phrase.meaning.value)
        found.append(phrase._replace(type="VALUE", meaning=edition) if listed else phrase)
    return found


def _how_many_ended(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *and how many were upheld* as a number of what is named, and no other side."""
    found = list(phrases)
    for at, (phrase, after) in enumerate(pairwise(phrases)):
        ended = after.type.startswith("IS_") or after.type == "DENIAL"
        if phrase.type == "VERSUS" and phrase.printed.lower().startswith("and how many") and ended:
            found[at] = phrase._replace(type="COUNT", meaning=Meaning("COUNT"))
    return found


def _beaten(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *rental beats purchase* as a comparison of how they end."""
    found: list[Phrase] = []
    for phrase in phrases:
        if phrase.type == "BEATS":
            rate = Phrase("RATE", Meaning("RATE"), "", phrase.start, phrase.start)
            found += [rate, phrase._replace(type="VERSUS", meaning=Meaning("VERSUS"))]
        else:
            found.append(phrase)
    return found


_ALL_ELSE = {"BEFORE": "SINCE", "SINCE": "BEFORE", "AFTER": "TO"}
"""What the other days are, by the word before a date."""
_ELSE_IN_TIME = {
    "LATER_ONES": "AFTER",
    "EARLIER_ONES": "BEFORE",
    "BEFORE": "BEFORE",
    "AFTER": "AFTER",
    "SINCE": "AFTER",
}
_EVENTS = EVENTS | {"INJURED"}


def _before_or_later(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *before 2013 versus later ones* with the date again; what has none is not understood."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        if found and found[-1].type in {"VERSUS", "THAN"} and _leads_to_a_date(phrases[at:]):
            found += [
                one for one in _last_date(found[:-1]) if one.type in _EVENTS
            ]  # `injured in 2013 vs 2014`
        alone = not _dates(phrases[at + 1 :]) and phrase.type in _ELSE_IN_TIME
        compared = bool(found) and found[-1].type in {"VERSUS", "THAN"}
        dated = _last_date(found[:-1]) if alone and compared else []
        if not dated:
            vague = phrase.type in {"LATER_ONES", "EARLIER_ONES"}
            found.append(phrase._replace(type="UNKNOWN", meaning=Meaning("UNKNOWN")) if vague else phrase)
            continue
        led = next((one.type for one in dated if one.type in _ALL_ELSE), "")
        word = _ALL_ELSE.get(led, _ELSE_IN_TIME[phrase.type])
        found += [one for one in dated if one.type in _EVENTS]
        found.append(phrase._replace(type=word, meaning=Meaning(word)))
        found += [one for one in dated if one.type in DATES]
    return found


def _leads_to_a_date(phrases: list[Phrase]) -> bool:
    """Whether a date comes first, or a word before one."""
    return bool(_dates(phrases) or (phrases[0].type in {*_ALL_ELSE, "FROM", "IN"} and _dates(phrases[1:])))


def _last_date(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases of the last date of a question, with the words that lead to it."""
    ends = next((at for at in range(len(phrases), 0, -1) if phrases[at - 1].type in DATES), 0)
    begins = ends
    while begins and phrases[begins - 1].type in DATES:
        begins -= 1
    while begins and phrases[begins - 1].type in {*_ALL_ELSE, *_EVENTS, "IN", "FROM"}:
        begins -= 1
    return phrases[begins:ends]


def _by_items(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *by number of items* as what is split by how many a letter has."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        ranked = any(one.type.startswith("OF_") for one in phrases[:at])  # `ten services by number of items`
        said = BESIDE.after("BY_ITEMS", text, phrase.end) if phrase.type == "BY" and not ranked else None
        if said:
            named = Phrase("OF_ITEMS", Meaning("OF_ITEMS"), said[0].strip(), phrase.end, said.end())
            after = [one for one in phrases[at + 1 :] if one.start >= said.end()]
            found = [*phrases[: at + 1], named, *after]
    return found


def _crossed(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *cross-tabulate specialty against category* as what is split by both."""
    if not BESIDE.within("CROSS_TABLE", text):
        return phrases
    found: list[Phrase] = []
    for phrase in phrases:
        if phrase.type in {"VERSUS", "OR"}:
            phrase = phrase._replace(type="BY", meaning=Meaning("BY"))
        elif phrase.type.startswith("OF_") and (not found or found[-1].type != "BY"):
            found.append(Phrase("BY", Meaning("BY"), "", phrase.start, phrase.start))
        found.append(phrase)
    return found


def _not_met(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *response documented vs. not documented* with the ground again, as not met.

    So is *do red flags change anything? compare met with not met*, of the one ground that is named.
    """
    named = [phrase for phrase in phrases if phrase.meaning.name == "ground"]
    alone = len({phrase.meaning.value.partition(":")[0] for phrase in named}) == 1
    found: list[Phrase] = []
    for phrase in phrases:
        if phrase.type == "UNMET" and phrase.meaning.value and alone:
            ground = named[0].meaning.value.partition(":")[0]
            sides = (Meaning("VALUE", "ground", f"{ground}:{said}") for said in ("met", "not-met"))
            shown, unshown = (phrase._replace(type="VALUE", meaning=meaning) for meaning in sides)
            versus = phrase._replace(type="VERSUS", meaning=Meaning("VERSUS"))
            found = [*(before for before in found if before not in named), shown, versus, unshown]
            continue
        kinds = [one.type for one in found[-2:]]
        ground, _, met = found[-2].meaning.value.partition(":") if len(kinds) == 2 else ("", "", "")
        against = len(kinds) == 2 and kinds[1] in {"VERSUS", "THAN"} and found[-2].meaning.name == "ground"
        if phrase.type == "UNMET" and against and met:
            other = Meaning("VALUE", "ground", f"{ground}:{'not-met' if met == 'met' else 'met'}")
            found.append(phrase._replace(type="VALUE", meaning=other))
        else:
            found.append(phrase)
    return found


def _without_who(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases without *who* where it asks for nobody: *reviewers who cite ODG*."""
    found = []
    for at, phrase in enumerate(phrases):
        cites = [one.type for one in phrases[at + 1 : at + 2]] == ["CITE"]
        persons = phrase.printed.lower() == "who" and BESIDE.before("PERSONS", text, phrase.start)
        if not (cites and persons):
            found.append(phrase)
    return found


def _each_settled(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases; the service after *improvement from prior* is disputed, and had before."""
    found: list[Phrase] = []
    for phrase in phrases:
        of_ground = bool(found) and found[-1].meaning.name == "ground"
        of_ground = (
            of_ground and FORMS.before("OF_EARLIER", found[-1].printed, len(found[-1].printed)) is not None
        )
        found.append(phrase if of_ground else _settled(text, phrase))
    return found


def _of_earlier(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases without *who* before what patients had, and *use* after it: *prior opioid use*."""
    found: list[Phrase] = []
    for phrase in phrases:
        had = bool(found) and found[-1].meaning.name == "earlier"
        if phrase.meaning.name == "earlier":
            found = [one for one in found if one.end <= phrase.start]  # `status post`
            if found and found[-1].type == "WHO":
                found.pop()
        if not (had and phrase.type == "CITE" and phrase.printed.lower().startswith("us")):
            found.append(phrase)
    return found


def _had_before(phrase: Phrase, led: str) -> Phrase | None:
    """A service that the patient had before, as letters tell of it: a subcategory or a class of drugs."""
    meaning = phrase.meaning
    drug = meaning.name == "drug" and meaning.value not in drug_classes()
    told = set(classes_of(meaning.value)) if drug else {meaning.value}
    if meaning.name == "service" or len(told) != 1:
        return None
    ended = ":not-helped" if "failed" in led.lower() else ""
    return phrase._replace(meaning=Meaning("VALUE", "earlier", f"{told.pop()}{ended}"))


def _settled(text: str, phrase: Phrase) -> Phrase:
    """A phrase, not understood where it counts nothing, or names what is not disputed, or no reviewer."""
    printed = phrase.printed.lower()

    def led(by: str) -> re.Match[str] | None:
        return BESIDE.before(by, text, phrase.start)

    if BESIDE.fills("IN_PATIENTS", printed):  # and no inpatient stay
        return phrase._replace(type="IN", meaning=Meaning("IN"))
    specialty, found, start = phrase.meaning.name == "specialty", None, phrase.start
    if specialty and led("REQUESTED_BY"):
        return phrase._replace(type="NO_PROVIDER", meaning=Meaning("NO_PROVIDER"))
    had = led("HAS") or BESIDE.within("PATIENTS_WITH", text, 0, phrase.start)
    if phrase.meaning.value == "chronic-pain" and printed == "chronic pain" and had:
        return phrase._replace(type="VALUE", meaning=Meaning("VALUE", "condition", "chronic-pain"))
    if phrase.meaning.name in SERVICES:
        found = led("EARLIER")
        if found and (before := _had_before(phrase, found[0])):
            return before._replace(start=found.start(), printed=text[found.start() : phrase.end])
    elif specialty:
        found = led("OF_PATIENT" if printed == "pain" else "CONSULTED_WITH")
        if BESIDE.after("PATIENTS", text, phrase.end):  # `pediatric claimants`
            return Phrase("UNKNOWN", Meaning("UNKNOWN"), phrase.printed, phrase.start, phrase.end)
    elif printed in {"least", "most"}:
        found = led("AT")
    alone = printed == "per" and BESIDE.after("ONE_LETTER", text, phrase.end)
    if not (found or alone):
        return phrase
    start = found.start() if found else start
    return Phrase("UNKNOWN", Meaning("UNKNOWN"), text[start : phrase.end], phrase.start, phrase.end)


def _not_ended(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *not upheld* as overturned, and *not overturned* as upheld."""
    found: list[Phrase] = []
    for phrase in phrases:
        before = found[-1] if found else None
        opposite = _OPPOSITE.get(phrase.type)
        near = before and _SHORT_GAP.fullmatch(text, before.end, phrase.start)
        if before and before.type == "NOT" and opposite and near and "any" not in before.printed.lower():
            printed = text[before.start : phrase.end]
            found[-1] = Phrase(opposite, Meaning(opposite), printed, before.start, phrase.end)
        else:
            found.append(phrase)
    return found


def _not_of(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *non-spine surgery* as surgery that is none of the spine."""
    found: list[Phrase] = []
    for phrase in phrases:
        non = bool(found) and found[-1].type == "NOT" and found[-1].printed.lower() == "non"
        found.append(phrase)
        if (
            non
            and phrase.meaning.name == "subcategory"
            and BESIDE.before("SURGERY", phrase.printed, len(phrase.printed))
        ):
            found.append(
                Phrase("VALUE", Meaning("VALUE", "category", "Surgery"), "surgery", phrase.end, phrase.end)
            )
    return found


def _outside(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *cites a non-MTUS guideline* as sources outside the MTUS, alone or beside it."""
    found: list[Phrase] = []
    for phrase in phrases:
        before = found[-1] if found else None
        if (
            phrase.type == "GUIDE"
            and phrase.meaning.value == "mtus"
            and before
            and before.printed.lower() == "non"
        ):
            outside = Meaning("VALUE", "basis", "outside_mtus")
            both = Meaning("VALUE", "basis", "mtus_and_other")
            found[-1] = Phrase("VALUE", outside, before.printed, before.start, before.end)
            found += [
                Phrase("OR", Meaning("OR"), "", before.end, before.end),
                Phrase("VALUE", both, phrase.printed, phrase.start, phrase.end),
            ]
        else:
            found.append(phrase)
    return found


def _around_a_date(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *before and after 2016* with the date after each."""
    found: list[Phrase] = []
    left = list(phrases)
    while left:
        phrase = left.pop(0)
        found.append(phrase)
        if phrase.type != "BEFORE":
            continue
        own = _dates(left)
        rest = left[own:]
        compared = bool(rest) and rest[0].type == "VERSUS"
        second = rest[1] if compared and len(rest) > 1 else rest[0] if rest else None
        if second is None or not (
            (second.type in {"AFTER", "SINCE"} and (compared or not own))
            or (second.type == "ONWARD" and second.printed.lower() in _AND_AFTER)
        ):
            continue
        rest = rest[2 if compared else 1 :]
        later = _dates(rest)
        if not later:
            continue
        first, at = (left[:own] if own else rest[:later]), second.start
        later_type = second.type if second.type != "ONWARD" else "AFTER"
        found += first if own else [one._replace(start=at, end=at) for one in first]
        found.append(Phrase("VERSUS", Meaning("VERSUS"), "", at, at))
        found.append(second._replace(type=later_type, meaning=Meaning(later_type)))
        left = rest
    return found


def _dates(phrases: list[Phrase]) -> int:
    """How many phrases from the first on are of a date."""
    return next((at for at, phrase in enumerate(phrases) if phrase.type not in DATES), len(phrases))


def _instead(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *cites ODG rather than the MTUS* as what is cited and what is not.

    Where one of them is *more likely* to end so, they are compared.
    """
    found = list(phrases)
    degrees = {p.printed.lower().split()[0] for p in phrases if p.type in {"MOST", "LEAST"}}
    compared = degrees & {"more", "less"} and all(p.type != "THAN" for p in phrases)
    meant = "VERSUS" if compared else "NOT"
    for at, phrase in enumerate(phrases):
        if phrase.type in {"VERSUS", "NOT"} and phrase.printed.lower() in _INSTEAD:
            kinds = [one.type for one in phrases[max(at - 4, 0) : at + 2]]
            if "CITE" in kinds and kinds[-1] == "GUIDE" and "GUIDE" in kinds[:-1]:
                found[at] = phrase._replace(type=meant, meaning=Meaning(meant))
    return found
