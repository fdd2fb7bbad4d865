"""Where in a letter something was read, and values that are equal wherever they were."""

from msgspec import Struct


class Span(Struct, frozen=True, order=True, gc=False):
    """Characters ``start`` up to, not including, ``end`` of the letter's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The quoted text.

        >>> Span(4, 9).of("MRI: Upheld")
        ' Uphe'
        """
        return text[self.start : self.end]


class Read(Struct, frozen=True, gc=False):
    """A value that was read somewhere: equal to the same value read elsewhere, without its place.

    >>> from kg.model import Section
    >>> Section("Summary", None, Span(0, 7)) == Section("Summary", None, Span(40, 47))
    True
    """

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self.__struct_fields__ if name not in _PLACES])


_PLACES = frozenset({"span", "outcome_span", "in_dispute_span", "spans", "problems"})
