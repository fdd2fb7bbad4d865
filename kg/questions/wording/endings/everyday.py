"""Everyday words for how a request or a denial ended: *got the nod*, *denials tossed*."""

from collections.abc import Iterator
from itertools import product

_YES = (
    *(
        "{get} the nod",
        "{get} a nod",
        "{get} the OK",
        "{get} the thumbs up",
        "{get} a thumbs up",
        "{get} a yes",
    ),
    *("{get} the green light", "{get} a green light", "{get} a pass", "{get} the all clear", "{get} cleared"),
    *("{get} what they want", "{get} what they wanted", "{get} what they asked for", "{get} what they need"),
    *("{get} what they requested", "{get} what they were after", "{get} what was asked for", "{get} OKed"),
    *("{get} what he asked for", "{get} what she asked for", "{get} waved through", "{get} okayed"),
    *("{get} approved after all", "{get} through IMR", "{get} through review", "{get} a favorable decision"),
)
_GETS = ("get", "gets", "got", "getting", "given", "win", "wins", "earn", "earned", "receive", "received")
_APPROVED = (
    *(
        "waved through",
        "OKed",
        "OK'd",
        "okay'd",
        "cleared",
        "was cleared",
        "blessed",
        "passed muster",
    ),
    *(
        "sail through",
        "sails through",
        "sailed through",
        "squeak through",
        "squeaks through",
        "squeaked through",
    ),
    *("make the cut", "makes the cut", "made the cut", "carry the day", "carries the day", "carried the day"),
    *("come out on top", "comes out on top", "came out on top", "greenlight", "green light", "greenlights"),
    *("hit the mark", "turned around", "turn around", "turns around", "ended well", "end well", "ends well"),
    *("turned out well", "turn out well", "turns out well", "ending well", "ended happily", "good outcome"),
    *("work out well", "worked out well", "works out well", "worked out", "ended positively"),
)
_REFUSED = (
    *("thumbs down", "a thumbs down", "a no", "the axe", "the boot", "nowhere", "an unfavorable decision"),
    *("bounced", "blocked", "dinged", "vetoed", "dismissed", "stopped", "sunk", "spiked"),
    "denied after all",
)
_FAILED = (
    *(
        "fall flat",
        "falls flat",
        "fell flat",
        "fall short",
        "falls short",
        "fell short",
        "bomb",
        "bombs",
        "bombed",
    ),
    *("strike out", "strikes out", "struck out", "go nowhere", "goes nowhere", "went nowhere", "ended badly"),
    *("end badly", "ends badly", "ending badly", "turned out badly", "turn out badly", "turns out badly"),
    *(
        "fail at IMR",
        "fails at IMR",
        "failed at IMR",
        "fail at review",
        "fails at review",
        "failed at review",
    ),
    *(
        "fail on review",
        "fails on review",
        "failed on review",
        "bad outcome",
        "worked out badly",
        "come to nothing",
    ),
    *(
        "comes to nothing",
        "came to nothing",
        "go down in flames",
        "went down in flames",
        "goes down in flames",
    ),
)
_DENIAL_STAYS = (
    *(
        "stay put",
        "stays put",
        "stayed put",
        "left alone",
        "stay in place",
        "stays in place",
        "stayed in place",
    ),
    *("remain in place", "remains in place", "remained in place", "hold firm", "holds firm", "held firm"),
    *(
        "stand firm",
        "stands firm",
        "stood firm",
        "hold water",
        "holds water",
        "held water",
        "stand up",
        "stands up",
    ),
    *("stood up", "left as is", "endorsed", "backed", "backed up", "ratify", "seconded"),
)
_FINALLY = ("for good", "once and for all", "for keeps", "with finality", "definitively")
_DENIED = ("turned down", "turn down", "denied", "refused", "rejected", "upheld", "shot down", "knocked back")
KILLED = (
    *("throw out", "throws out", "threw out", "thrown out", "throwing out"),
    *(
        "tossed",
        "toss",
        "tosses",
        "tossing",
        "tossed out",
        "toss out",
        "tosses out",
        "scrapped",
        "scrap",
        "scraps",
    ),
    *(
        "quashed",
        "quash",
        "quashes",
        "axed",
        "axe",
        "axes",
        "killed",
        "annulled",
        "annul",
        "annuls",
        "voided",
    ),
    *("bounced", "bounce", "bounces", "dismissed", "blocked", "vetoed", "veto", "dinged", "ditched", "ditch"),
    *("invalidated", "invalidate", "invalidates", "junked", "chucked", "chucked out", "binned", "trashed"),
    *(
        "thrown overboard",
        "knocked over",
        "kicked out",
        "kicked back",
        "kicked",
        "shredded",
        "sunk",
    ),
    *("struck", "torpedoed", "scuttled", "cancelled", "canceled", "withdrawn by the reviewer", "repealed"),
    *(
        "wiped out",
        "wiped away",
        "torn up",
        "dumped",
        "discarded",
        "revoked",
        "revoke",
        "revokes",
        "squashed",
    ),
)
"""What is done with a request, which is then refused, or with a denial, which is then overturned."""


_CHANGE = ("change", "changes", "affect", "affects", "influence", "influences", "alter", "shape", "shapes")
_RULERS = ("reviewers", "the reviewer", "a reviewer", "they", "IMR", "it")
_RULE = (
    "rule",
    "rules",
    "decide",
    "decides",
    "vote",
    "votes",
    "judge",
    "judges",
    "come out",
    "comes out",
    "is decided",
)


def phrases() -> Iterator[tuple[str, str]]:
    """Each phrase, with the terminal of the outcome that it means.

    >>> dict(phrases())["got the nod"]
    'IS_OVERTURNED'
    """
    for form, get in product(_YES, _GETS):
        yield form.format(get=get), "IS_OVERTURNED"
    yield from ((said, "IS_OVERTURNED") for said in _APPROVED)
    yield from ((said, "IS_UPHELD") for said in (*_FAILED, *_DENIAL_STAYS, *KILLED))
    yield from ((f"{get} {said}", "IS_UPHELD") for said, get in product(_REFUSED, _GETS))
    for change, who, rule in product(_CHANGE, _RULERS, _RULE):
        yield f"{change} how {who} {rule}", "MATTER"
    yield from ((f"{said} {finally_}", "IS_UPHELD") for said, finally_ in product(_DENIED, _FINALLY))
