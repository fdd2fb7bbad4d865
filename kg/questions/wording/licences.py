"""How questions say where a reviewer is licensed: *licensed in Texas*, *out of state*, *not CA*."""

from collections.abc import Iterator

from kg.analysis.filters import known_words

_CODES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA"),
    *("KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ"),
    *("NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN"),
    *("TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY"),
)
"""Postal codes of the states, in the order in which :func:`known_words.states` names them."""
_NO_WORDS = {
    *("CA", "NY", "TX", "FL", "NV", "AZ", "NJ", "PA", "IL", "MI", "WA"),
    *("NC", "VA", "MD", "MN", "TN", "MO", "GA", "CO", "CT", "WI"),
}
"""Codes that are nothing else: `in`, `or`, `me` and others are words before they are states."""
_AWAY = ("out of state", "out of state reviewer", "out of state physician")


def codes() -> dict[str, str]:
    """The states by their postal codes.

    >>> codes()["CA"], codes()["WY"]
    ('California', 'Wyoming')
    """
    return dict(zip(_CODES, known_words.states(), strict=True))


def phrases() -> Iterator[tuple[str, str, bool]]:
    """Each phrase, with the state, and whether it says that the reviewer has no licence of it.

    >>> ("Texas licensed", "Texas", False) in set(phrases())
    True
    """
    for code, state in codes().items():
        for name in (state, code):
            by = (f"{who}licensed in {name}" for who in ("", "physician ", "doctor ", "reviewer "))
            licensed = (*by, f"license in {name}", f"licence in {name}")
            yield from ((said, state, False) for said in licensed)
            yield f"not licensed in {name}", state, True
        for name in (state, *({code} & _NO_WORDS)):
            held = (f"{name} licensed", f"{name} license", f"{name} licence")
            yield from ((said, state, False) for said in held)
    for name, state in (*((state, state) for state in codes().values()), ("CA", "California")):
        who = (f"reviewer {of} {name}" for of in ("in", "from", "of"))
        yield from ((said, state, False) for said in (*who, f"{name} reviewer"))
        outside = (f"{who}outside {of}{name}" for who in ("", "licensed ") for of in ("", "of "))
        yield from ((said, state, True) for said in (*outside, f"non {name}"))
    yield from ((said, "California", True) for said in _AWAY)
