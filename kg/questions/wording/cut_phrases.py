"""Phrases seen together: which of them are dates, which of two parts of a question each belongs to."""

from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording.clauses import denied_party
from kg.questions.wording.guideline_places import edition_years
from kg.questions.wording.parties import completed, losing
from kg.reading.vocabulary.phrases import words

PARTS_OF_YEAR = {"Q1", "Q2", "Q3", "Q4", "H1", "H2"}
ENDS = {"START", "END"}
"""Words for the first and the last day of what follows."""
DATES = {"YEAR", "MONTH", "DAY", "NUMBER", *PARTS_OF_YEAR, *ENDS}
AT_DATES = {"SINCE", "FROM", "BEFORE", "AFTER", "TO", "BETWEEN", "IN"}


def settled(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases without words of dates beside which no date stands.

    An injury is one only before a date; a service after surgery is one that is associated with it.
    """
    found: list[Phrase] = []
    left = _compared(
        text,
        _reviewing(text, denied_party.payers(_dated(_asking(_sections_of(_both(text, _ranges(phrases))))))),
    )
    while left:
        phrase, after = left.pop(0), left[0] if left else None
        dated = dates_follow(left)
        if phrase.type == "YEAR" and after and after.type == "GUIDE" and _is_edition(phrase, after):
            left[0], phrase = phrase, after
        if phrase.type == "AFTER" and not dated and after and _is_surgery(after):
            found += _after_surgery(phrase, left)
        elif phrase.type == "INJURED" and not dated:
            if found and found[-1].type == "YEAR" and not text[found[-1].end : phrase.start].strip():
                at = len(found) - 1
                while at and found[at - 1].type in AT_DATES:
                    at -= 1
                found.insert(at, phrase)  # `surgery after a 2010 injury`
            elif found and found[-1].type == "BY":
                found.append(phrase._replace(type="OF_INJURY_YEAR"))
        elif _gives_example(phrase, after, found) or (not dated and _is_undated(phrase, after, found)):
            continue
        elif phrase.type == "GROUNDS" and found and found[-1].type == "ONLY":
            found[-1] = found[-1]._replace(meaning=Meaning("ONLY", "ground"))
        elif not (phrase.type in _UNDATED and not dated) and not _says_nothing(text, phrase, after):
            drugs = _excludes_drugs(phrase, found) or _compares_drugs(text, phrase, found, after)
            found.append(as_drugs(phrase) if drugs else phrase)
            if phrase.type == "EACH_OUTCOME" and after and after.type.startswith("OF_"):
                found.append(phrase._replace(type="BY", meaning=Meaning("BY")))  # `by outcome and year`
    return completed(
        text, denied_party.not_citing(text, losing(text, denied_party.tossed(text, _with_others(found))))
    )


def _with_others(found: list[Phrase]) -> list[Phrase]:
    """The phrases, a last *not* after *than* as the others: *than those that do not*.

    Of what both sides cite it says nothing: *do both cite the same guideline, and what if they do not*.
    """
    if found and found[-1].type == "NOT" and any(phrase.type == "SIDES" for phrase in found):
        return found[:-1]
    if [phrase.type for phrase in found[-2:]] in (["THAN", "NOT"], ["VERSUS", "NOT"]):
        found[-1] = found[-1]._replace(type="OTHERS", meaning=Meaning("OTHERS"))
    return found


def _ranges(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, a range of years after a guideline as dates, and its first year as no edition."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        range_of_years = [one.type for one in phrases[at : at + 3]] == ["YEAR", "TO", "YEAR"]
        if range_of_years and found and found[-1].type == "GUIDE":
            found.append(phrase._replace(type="IN", meaning=Meaning("IN"), end=phrase.start))
        found.append(phrase)
    return found


def _both(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *both cite* and *cited by both* as the parties, and not as both sides of the body."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        if phrase.meaning.name == "side" and phrase.printed.lower() == "both":
            cite = [one.type for one in phrases[at + 1 : at + 2]] == ["CITE"]
            if cite or BESIDE.before("CITED_BY_BOTH", text, phrase.end):
                found[at] = phrase._replace(type="SIDES", meaning=Meaning("SIDES"))
    return found


def _sections_of(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *MTUS sections* and *ACOEM chapter 9 sections* as *sections of* these.

    *Which cited section* asks for no title.
    """
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        titled = [one.type for one in phrases[at + 1 : at + 2]] == ["GUIDE"]
        kinds = [one.type for one in found[-3:]]
        before = 1 if kinds[-1:] == ["GUIDE"] else 3 if kinds == ["GUIDE", "AT_CHAPTER", "NUMBER"] else 0
        before = before or (1 if kinds[-1:] == ["CITE"] else 0)
        if phrase.type == "OF_SECTION" and before and not titled:
            found.insert(len(found) - before, phrase)
        else:
            found.append(phrase)
    return found


def _asking(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *predict* as what is to be foretold, and *nothing from the MTUS* as what is not cited."""
    if phrases and phrases[0].type == "ASSOCIATED" and phrases[0].printed.lower() == "predict":
        phrases[0] = phrases[0]._replace(type="NO_ADVICE", meaning=Meaning("NO_ADVICE"))
    found: list[Phrase] = []
    like = any(phrase.type in {"LIKE", "CONTRAST"} for phrase in phrases)
    for at, phrase in enumerate(phrases):
        following = [one.type for one in phrases[at + 1 : at + 3]]
        beside = following[:1] == ["CASE"] and phrases[at + 1].start - phrase.end == 1
        again = any(one.type.startswith("IS_") for one in phrases[at + 2 :])
        if like and beside and again and phrase.type.startswith("IS_"):
            continue  # `my client lost CM16-0000001, are there similar ones that were overturned`
        if phrase.meaning.value == "none_cited" and (
            following[:1] == ["GUIDE"] or following == ["FROM", "GUIDE"]
        ):
            phrase = phrase._replace(type="NOT", meaning=Meaning("NOT"))
            del phrases[at + 1 : at + len(following) - following[::-1].index("GUIDE")]
        found.append(phrase)
    undated = {at for at, phrase in enumerate(found) if not dates_follow(found[at + 1 :])}
    return [phrase for at, phrase in enumerate(found) if not (phrase.type in EVENTS and at in undated)]


EVENTS = {"RECEIVED", "DENIED_ON", "ASSIGNED"}


def _is_undated(phrase: Phrase, after: Phrase | None, found: list[Phrase]) -> bool:
    """Whether *before* is said of a ground, or *after* of a treatment that was before.

    *Conservative care was not tried before an injection*, *shoulder MRI after failed therapy*.
    """
    if phrase.type == "BEFORE":
        return bool(found) and found[-1].meaning.name == "ground"
    return phrase.type == "AFTER" and after is not None and after.meaning.name == "earlier"


def _gives_example(phrase: Phrase, after: Phrase | None, found: list[Phrase]) -> bool:
    """Whether *like* names an example: `sleep medication like Ambien`, `drugs like Celebrex`."""
    named = bool(found) and found[-1].type.startswith(("VALUE", "OF_"))
    return phrase.type == "LIKE" and named and after is not None and after.type == "VALUE"


def _excludes_drugs(phrase: Phrase, found: list[Phrase]) -> bool:
    """Whether drugs are what is not meant: `anything but medication`, `apart from surgery and drugs`."""
    before = [one.type for one in found if one.type != "OR"][-2:]
    also = before == ["NOT", "VALUE"] and found[-1].meaning.name == "category"
    return phrase.type == "OF_DRUG" and (before[-1:] == ["NOT"] or also)


def _compares_drugs(text: str, phrase: Phrase, found: list[Phrase], after: Phrase | None) -> bool:
    """Whether drugs are a side of a comparison: `surgery vs. drugs`, `compare PT, drugs and surgery`."""
    before = found[-1].type if found else ""
    beside = {before, after.type if after else ""} & {"VERSUS", "THAN"}
    if phrase.type == "OF_DRUG" and any(one.type == "COMPARE" for one in found):
        listed = before == "VALUE" and BESIDE.within("LISTED", text, found[-1].end, phrase.start)
        follows = after and after.type == "VALUE" and BESIDE.within("LISTED", text, phrase.end, after.start)
        return bool(listed or follows)
    return phrase.type == "OF_DRUG" and bool(beside) and before not in {"BY", "WHICH"}


def _dated(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases with the year of a later month, or part of a year, after one that has none."""
    found: list[Phrase] = []
    for at, phrase in enumerate(phrases):
        if phrase.type in ENDS and not {one.type for one in phrases[at + 1 : at + 2]} & (DATES - ENDS):
            continue  # `the start of treatment`
        found.append(phrase)
        begun = [one.type for one in phrases[max(at - 1, 0) : at + 1]]
        ends = begun[-1] in {"MONTH", *PARTS_OF_YEAR} or begun == ["MONTH", "NUMBER"]
        following = [one.type for one in phrases[at + 1 : at + 3]]
        if ends and following[:1] != ["YEAR"] and following[:1] != ["NUMBER"]:
            year = next((one for one in phrases[at + 1 :] if one.type == "YEAR"), None)
            found += [year] if year else []
    return found


def _reviewing(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, a service beside a reviewer or a specialty as the specialty that is called so, too."""
    for at, phrase in enumerate(phrases):
        led = BESIDE.before("REVIEWER_IN", text, phrase.start)
        if phrase.meaning.name in _SERVICES and (led or BESIDE.after("AS_REVIEWERS", text, phrase.end)):
            phrases[at] = _as_specialty(phrase)
    for at, between in enumerate(phrases[1:-1], 1):
        if between.type not in {"VERSUS", "THAN", "OR"}:
            names = {phrases[at - 1].meaning.name, between.meaning.name}
            joined = names <= {*_SERVICES, "specialty"} and "specialty" in names and between.type == "VALUE"
            if joined and BESIDE.fills("AND", text, phrases[at - 1].end, between.start):
                phrases[at - 1], phrases[at] = _as_specialty(phrases[at - 1]), _as_specialty(between)
            continue
        if {phrases[at - 1].meaning.value, phrases[at + 1].meaning.value} <= _CONSULTS:
            phrases[at - 1], phrases[at + 1] = _as_specialty(phrases[at - 1]), _as_specialty(phrases[at + 1])
        for one, others in ((at - 1, phrases[at + 1 :]), (at + 1, phrases[:at])):
            beside = any(other.meaning.name == "specialty" for other in others)
            if beside and phrases[one].meaning.name in _SERVICES:
                phrases[one] = _as_specialty(phrases[one])
    return phrases


def _as_specialty(phrase: Phrase) -> Phrase:
    """A service as the specialty that is called so, if one is."""
    read = words(phrase.printed).folded
    meant = vocabulary.specialties().longest(read, 0)
    return phrase._replace(meaning=meant.meaning) if meant and meant.after == len(read) else phrase


_CONSULTS = {"Medical Specialties", "Surgical Consult", "Adjunct Surgical Services"}
"""Services that bear the name of a specialty: compared with one another, the specialties are meant."""


def _compared(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *between* without a date as what compares, and a bare state beside a licence as one."""
    found: list[Phrase] = []
    licences = any("licence" in {one.meaning.name, one.type[3:].lower()} for one in phrases)
    for at, phrase in enumerate(phrases):
        if phrase.type == "BETWEEN" and not dates_follow(phrases[at + 1 :]):
            if any(one.type == "PARTY" for one in phrases[at + 1 :]):
                continue  # `conflicts between UR and IMR guidelines`
            if found and found[-1].type == "SAME":
                found.pop()  # `does the outcome differ between men and women`
            found.append(phrase._replace(type="COMPARE"))
        elif phrase.type == "UNKNOWN" and licences:
            found.append(_state(phrase) or phrase)
            both = found[-2] if [one.type for one in found[-2:-1]] == ["UNKNOWN"] else None
            between = text[both.end : phrase.start] if both else ""
            if both and (state := _state(both._replace(printed=f"{both.printed}{between}{phrase.printed}"))):
                found[-2:] = [state._replace(end=phrase.end)]  # `New York`
        else:
            found.append(phrase)
    return found


def _state(phrase: Phrase) -> Phrase | None:
    """A state as the licence of a reviewer."""
    said = ["licensed", "in", *words(phrase.printed).folded]
    meant = vocabulary.phrases().longest(said, 0)
    if meant is None or meant.after != len(said):
        return None
    return phrase._replace(type="VALUE", meaning=meant.meaning)


_SERVICES = {"category", "subcategory"}
_UNDATED = {"FROM", "TO", "SINCE"}


def _says_nothing(text: str, phrase: Phrase, after: Phrase | None) -> bool:
    """Whether a phrase stands for a thing already named (*a standard one*), or a person without a name."""
    following = after.type if after else ""
    if phrase.type == "BEFORE" and following.startswith(("IS_", "EACH_OUTCOME")):
        return True  # `what do reviewers want to see before approving it`
    if phrase.type == "YEAR" and after and following == "GUIDE":  # `2004 ACOEM`, which has one edition
        return after.meaning.value.endswith(f"-{phrase.meaning.value}")
    if phrase.type == "NUMBER" and phrase.printed.lower() == "one":
        return not following.startswith(("OF_", "VALUE"))
    if phrase.type == "BY" and following == "SIDES":  # `pages cited for acupuncture by both sides`
        return True
    if phrase.type == "BY" and following not in _SPLITTING:
        # `in 2014 and 2015, each`, `TENS and H-wave each`
        each = phrase.printed.lower() == "each" and (
            following in {"CITE", "ONLY", "HAVING", "IN", ""}
            or following.startswith("IS_")
            or (after is not None and after.printed.lower() == "one")  # `how many has each one`
        )
        if each or following == "NOT":
            return True
        agent = BESIDE.after("BY_SOMEONE", text, phrase.start)
        return bool(agent and BESIDE.before("DONE", text, phrase.start))  # and not `rate by reviewer`
    return False


_SPLITTING = {"VALUE", "RATE", "SHARE", "OFTEN", "COUNT", "FREQUENT", "GROUNDS", "PARTY", "PERIOD"}


def as_drugs(phrase: Phrase) -> Phrase:
    """A word for drugs as the category of services."""
    return phrase._replace(type="VALUE", meaning=Meaning("VALUE", "category", "Pharmaceuticals"))


def _is_edition(year: Phrase, guide: Phrase) -> bool:
    """Whether a year before a guideline is that of one of its editions: `the 2009 chronic pain guideline`."""
    schedule = guide.meaning.value == "mtus" and year.meaning.value in edition_years()
    return schedule or vocabulary.guideline(f"{guide.meaning.value}/{year.meaning.value}") is not None


def dates_follow(left: list[Phrase]) -> bool:
    """Whether the first phrase, but for words before dates, is of a date."""
    following = next((phrase for phrase in left if phrase.type not in AT_DATES), None)
    return following is not None and following.type in DATES and following.printed.lower() != "one"


def _is_surgery(phrase: Phrase) -> bool:
    """Whether something can come after it as after a surgery: one, or the part of the body that had one."""
    meaning = phrase.meaning
    known = (
        meaning.name in {"category", "subcategory"} and "urg" in f"{meaning.value} {phrase.printed}".lower()
    )
    return known or meaning.name == "body_part" or bool(BESIDE.within("OPERATION", phrase.printed))


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
