"""Case numbers as they are spelled: `CM16-0000001`, `cm16-0000001`, `CM 16 0000001`."""

import re

SPELLED = r"[Cc][Mm][ \t]?\d\d[ \t]?[-_\u2010-\u2015\u2212]?[ \t]?\d{7}"
"""A case number in any of its spellings: nothing but capitals, blanks and the dash may differ."""
_SPELLED = re.compile(SPELLED)
_NO_DIGIT = re.compile(r"\D+")


def case_number(printed: str) -> str | None:
    """The case number as letters print it, ``None`` where a digit is missing or is none.

    >>> case_number("cm16 \u2013 0000001"), case_number("CM16-O000001"), case_number("CM16-001")
    ('CM16-0000001', None, None)
    """
    if _SPELLED.fullmatch(printed) is None:
        return None
    digits = _NO_DIGIT.sub("", printed)
    return f"CM{digits[:2]}-{digits[2:]}"


def of_name(name: str | None) -> str | None:
    """The case number that a file is named by, or its name where it is none.

    >>> of_name("cm16-0000001"), of_name("letter 3"), of_name(None)
    ('CM16-0000001', 'letter 3', None)
    """
    return name and (case_number(name) or name)
