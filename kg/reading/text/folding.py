"""Tidy printed wording into values, and fold it for comparison."""

import re
from functools import lru_cache

_BROKEN_HYPHEN = re.compile(r"(?<=\w)-\s+(?=\w)")
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "®": None, "™": None})


def tidy(printed: str) -> str:
    r"""The wording without line ends, with words that a line end broke at a hyphen made whole.

    >>> tidy("Intra-\n articular  hip injection ")
    'Intra-articular hip injection'
    """
    printed = " ".join(printed.split())
    return _BROKEN_HYPHEN.sub("-", printed) if "- " in printed else printed


# Titles and names repeat from letter to letter.
@lru_cache(maxsize=1 << 14)
def fold(printed: str) -> str:
    """The wording as catalogues compare it: case, quotes, ``&`` and closing marks do not count.

    >>> fold("NSAIDs, GI symptoms & cardiovascular  risk.")
    'nsaids, gi symptoms and cardiovascular risk'
    >>> fold("Lidoderm® (lidocaine patch)") == fold("Lidoderm (lidocaine patch)")
    True
    """
    folded = tidy(printed).translate(_MARKS).replace("&", " and ").lower()
    return " ".join(folded.split()).strip(" .,;:-/")
