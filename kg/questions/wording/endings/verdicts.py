"""How questions say for whom a reviewer decides: *sided with the worker*, *ruled against the carrier*."""

from collections.abc import Iterator
from itertools import product

_WORKER = (
    *("worker", "injured worker", "patient", "applicant", "claimant", "employee", "injured employee"),
    *("treating physician", "treating doctor", "requesting physician", "requesting doctor"),
    *("provider", "requesting provider", "doctor", "physician"),
)
"""Who asks for the treatment."""
_CLAIMS = (
    *("UR", "utilization review", "utilization reviewer", "UR doctor", "UR physician", "UR reviewer"),
    *("insurer", "carrier", "insurance company", "insurance carrier", "employer", "defense", "payer"),
    *("administrator", "claims administrator", "adjuster", "claims adjuster"),
    *("UR denial", "UR decision", "denial", "UR determination"),
)
"""Who refuses it, and the refusal."""
_WITH = (
    *("side with", "sided with", "siding with", "agree with", "agreed with", "agreeing with"),
    *("concur with", "concurred with", "concurring with", "defer to", "deferred to", "deferring to"),
    *(
        "back",
        "backs",
        "backed",
        "backing",
        "endorse",
        "endorsed",
        "endorsing",
        "ratify",
        "ratified",
        "in favor of",
    ),
    *("on the side of", "find in favor of", "found in favor of", "rule in favor of", "ruled in favor of"),
    *("ruling in favor of", "decide in favor of", "decided in favor of", "come out in favor of"),
    *("came out in favor of", "come down in favor of", "came down in favor of", "go in favor of"),
    *("goes in favor of", "went in favor of", "rule for", "ruled for", "ruling for", "came out for"),
    *("come down on the side of", "came down on the side of", "lean toward", "leaned toward"),
)
_AGAINST = (
    *("disagree with", "disagreed with", "disagreeing with", "part ways with", "parted ways with"),
    *("break with", "broke with", "overrule", "overruled", "overruling", "second guess", "second guessed"),
    *("rule against", "ruled against", "ruling against", "find against", "found against", "go against"),
    *("goes against", "went against", "decide against", "decided against", "come out against"),
    *("came out against", "come down against", "came down against", "lean against"),
)
_GO = ("go", "goes", "went", "going", "gone", "break", "breaks", "broke", "turn", "turned", "fall", "fell")
_END = (
    "end",
    "ends",
    "ended",
    "turn out",
    "turns out",
    "turned out",
    "come out",
    "came out",
    "go",
    "goes",
    "went",
)
_WRONG = ("wrong", "is wrong", "was wrong", "got it wrong", "gets it wrong", "get it wrong", "was mistaken")
_RIGHT = (
    "right about",
    "is right",
    "was right",
    "got it right",
    "gets it right",
    "get it right",
    "was correct",
)


def phrases() -> Iterator[tuple[str, str]]:
    """Each phrase, with the terminal of the outcome that it means.

    >>> dict(phrases())["ruled against the carrier"]
    'IS_OVERTURNED'
    """
    for who, for_them, not_for_them in (
        (_WORKER, "IS_OVERTURNED", "IS_UPHELD"),
        (_CLAIMS, "IS_UPHELD", "IS_OVERTURNED"),
    ):
        for party, the in product(who, ("", "the ")):
            yield from ((f"{verb} {the}{party}", for_them) for verb in _WITH)
            yield from ((f"{verb} {the}{party}", not_for_them) for verb in _AGAINST)
            yield f"in {the}{party}'s favor", for_them
            for them in (party, f"{party}s"):
                yield from ((f"{won} by {the}{them}", for_them) for won in ("won", "wins"))
                yield f"lost by {the}{them}", not_for_them
    for who, for_them, not_for_them in (
        (_WORKER, "IS_OVERTURNED", "IS_UPHELD"),
        (_CLAIMS, "IS_UPHELD", "IS_OVERTURNED"),
    ):
        for go, the, party in product(_GO, ("", "the ", "their "), who):
            yield from ((f"{go} {the}{party}{own} way", for_them) for own in ("'s", "s", "s'"))
        for end, the, party in product(_END, ("", "the ", "a "), who):
            yield f"{end} well for {the}{party}", for_them
            yield f"{end} badly for {the}{party}", not_for_them
    yield from ((f"{one} {judged}", "IS_OVERTURNED") for one, judged in product(_CLAIMS, _WRONG))
    yield from ((f"{one} {judged}", "IS_UPHELD") for one, judged in product(_CLAIMS, _RIGHT))
