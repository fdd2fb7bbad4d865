"""The claims administrator as the one who is overturned: *reviewers overturn UR*, *the insurer lost*."""

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording.endings.everyday import KILLED
from kg.reading.vocabulary.phrases import words

_PAYERS = {"insurer", "insurance", "carrier"}
_NAMING = {"WHICH", "BY", "WHO", "DISTINCT"}
"""What asks for the name of a payer, which no letter states."""
_APPROVING = (
    "approv",
    "authori",
    "certif",
    "grant",
    "allow",
    "let",
    "partial",
    "partly",
    "modif",
    "medically",
)
"""What utilization review does itself, and no reviewer with it: *UR approved a portion*."""
DENIERS = {"PARTY", "NO_PAYER", "DENIED_ON"}
"""Types of words for who denied, or for the denial."""


def ends(phrase: Phrase) -> bool:
    """Whether a phrase says how something ended."""
    rate = phrase.type == "RATE" and phrase.printed.lower().startswith(("overturn", "reversal"))
    return phrase.type.startswith("IS_") or rate


def payers(phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, an insurer that cites or loses as the claims administrator, who does so for it."""
    found = list(phrases)
    for at, phrase in enumerate(phrases):
        if phrase.type != "NO_PAYER" or words(phrase.printed).folded[0] not in _PAYERS:
            continue
        before, after = phrases[max(at - 2, 0) : at], phrases[at + 1 : at + 3]
        if {one.type for one in before[-1:]} & _NAMING and [one.type for one in before] != ["CITE", "BY"]:
            continue  # `which insurer cites ODG most`
        cites = [one.type for one in after if one.type != "NOT"][:1] == ["CITE"]
        cited = [one.type for one in before] == ["CITE", "BY"]
        ended = any(ends(one) for one in (*before[-1:], *after[:1]))
        alike = any(one.type == "SAME" for one in phrases)  # `another guideline than the insurer`
        if cites or cited or ended or alike:
            found[at] = phrase._replace(type="PARTY", meaning=Meaning("PARTY"))
    return found


def tossed(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, *denials tossed* as overturned; what is tossed otherwise is a request."""
    denied = BESIDE.within("REFUSED", text) or any(one.type == "PARTY" for one in phrases)
    if not denied:
        return phrases
    turned = Meaning("IS_OVERTURNED")
    return [
        one._replace(type=turned.type, meaning=turned)
        if one.type == "IS_UPHELD" and " ".join(one.printed.lower().split()) in KILLED
        else one
        for one in phrases
    ]


def not_citing(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases without the claims administrator where it is overturned or upheld, and cites nothing.

    *How often is UR overturned* asks of decisions, and *is UR overturned when it cites ODG* of its citations.
    """
    return [one for at, one in enumerate(phrases) if not (one.type == "PARTY" and _ended(text, phrases, at))]


def _ended(text: str, phrases: list[Phrase], at: int) -> bool:
    """Whether the party at a position stands beside how something ended, and beside nothing that it cites."""
    before, after = phrases[:at][-2:], phrases[at + 1 :]
    object_ = bool(before) and before[-1].type.startswith("IS_")
    subject = bool(after) and ends(after[0]) and not after[0].printed.lower().startswith(_APPROVING)
    if not (object_ or subject) or [one.type for one in before] == ["CITE", "BY"]:
        return False
    if {one.type for one in before[-1:]} & _NAMING:
        return False  # `which adjuster is overturned most`
    cite = next((one for one in after if one.type == "CITE" or one.meaning.name == "basis"), None)
    if cite is None:
        return True
    start = phrases[at].end
    if BESIDE.within("REVIEWER", text, start, cite.start) or any(
        one.type == "PARTY" and one.start < cite.start for one in after
    ):
        return True
    reviewing = object_ and BESIDE.within("REVIEWER", text, 0, before[-1].start)
    named = BESIDE.fills("THEY_CITE", text, start, cite.end)  # `reviewers overturn UR when they cite ODG`
    nothing = (
        cite.meaning.name == "basis" and not text[start : cite.start].strip()
    )  # `without citing anything`
    return bool(reviewing and (named or nothing))
