"""Where a printed title begins and ends."""

from kg.model import Span

_NOT_TITLE = frozenset(" \t\r\n\f.,;:-–/")
_CLOSING = (" topic", " topics", " section", " chapter", " and", " the", " &")


def title_span(text: str, start: int, end: int) -> Span:
    """The title without marks around it and without words that name what it is (`Topic`, `section`)."""
    while start < end and text[start] in _NOT_TITLE:
        start += 1
    while start < end:
        if text[end - 1] in _NOT_TITLE:
            end -= 1
        elif text[max(start, end - 9) : end].lower().endswith(_CLOSING):
            end = text.rindex(" ", start, end)
        else:
            break
    return Span(start, end)
