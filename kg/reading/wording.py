"""Tidy printed wording into values, and fold it for comparison."""

import re

_SPACE = re.compile(r"\s+")
_BROKEN_HYPHEN = re.compile(r"(?<=\w)-\s+(?=\w)")
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "®": None, "™": None})


def tidy(printed: str) -> str:
    r"""The wording without line ends, with words that a line end broke at a hyphen made whole.

    >>> tidy("Intra-\n articular  hip injection ")
    'Intra-articular hip injection'
    """
    printed = _SPACE.sub(" ", printed).strip()
    return _BROKEN_HYPHEN.sub("-", printed) if "- " in printed else printed


def fold(printed: str) -> str:
    """The wording as catalogues compare it: case, quotes, ``&`` and closing marks do not count.

    >>> fold("NSAIDs, GI symptoms & cardiovascular  risk.")
    'nsaids, gi symptoms and cardiovascular risk'
    >>> fold("Lidoderm® (lidocaine patch)") == fold("Lidoderm (lidocaine patch)")
    True
    """
    folded = tidy(printed).translate(_MARKS).replace("&", " and ").lower()
    return _SPACE.sub(" ", folded).strip(" .,;:-/")
