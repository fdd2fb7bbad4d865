"""The numbers and outcomes of a sentence about many decisions, and which number is of which outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.claims.claim_sentences import Piece, Read, fraction
from kg.claims.clauses import ENDINGS
from kg.claims.printed_amounts import BOUNDS, Amount
from kg.model import Outcome

_UNREADABLE = {"HEDGE", "QUALIFIER", "BECAUSE", "QUOTED", "CASE", "aged", "INJURED"}
QUANTIFIERS = {
    "EVERY": Amount(1.0, 0.0, is_rate=True),
    "MOST": Amount(0.5, 0.0, is_rate=True, bound="MORE_THAN"),
    "NO": Amount(0.0, 0.0, is_rate=True),
}
_SMALL = 20
"""A ratio of a smaller whole (3 in 10) is a rate, not two counts."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number of the sentence: where it stands, whether it is the whole, or of an outcome."""

    amount: Amount
    text: str
    at: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """An outcome of the sentence."""

    outcomes: frozenset[Outcome]
    at: int


class UnreadError(Exception):
    """A sentence cannot be checked; the text says why."""


class Saying:
    """A sentence about many decisions: what it says, before anything is counted."""

    def __init__(self, read: Read) -> None:
        self.read, self.pieces = read, read.pieces
        self.heads = list(self._heads())
        self.letters = any(self.unit(piece) == "LETTERS" for piece in self.pieces)
        self.both = self.letters and any(self.unit(piece) == "ITEMS" for piece in self.pieces)

    def refuse(self) -> None:
        """Raise where words are not read, or leave open what is claimed."""
        if self.read.sentence.text.rstrip("”\"'").endswith("?"):
            raise UnreadError("a question claims nothing")
        for at, piece in enumerate(self.pieces):
            words = self.text(piece)
            if piece.kind in _UNREADABLE:
                raise UnreadError(f"“{words}” is not read")
            if piece.kind == "NOT" and self.kind(at + 1) not in {*ENDINGS, "cited", "VALUE"}:
                raise UnreadError(f"what “{words}” denies is not read")
            about = piece.kind == "ABOUT" and self.kind(at + 1) in {"VALUE", "cited"}
            if piece.kind in BOUNDS and not about and not self._bounds(at):
                raise UnreadError(f"what “{words}” bounds is not read")
            year = piece.kind == "YEAR" and self.kind(at + 1) in {"ITEMS", "LETTERS"}
            if year and self.kind(at - 1) in {"OF", "THERE_ARE", ""}:
                raise UnreadError(f"unclear whether {words} is a year or a number")
            if piece.kind == "AND" and self.kind(at - 1) == self.kind(at + 1) == "VALUE":
                raise UnreadError(f"unclear whether “{words}” means both or either")

    def kind(self, at: int) -> str:
        """The kind of the part at a position, empty beyond the ends."""
        return self.pieces[at].kind if 0 <= at < len(self.pieces) else ""

    def text(self, piece: Piece) -> str:
        """The words of a part."""
        return self.read.of(piece.first, piece.after)

    def unit(self, piece: Piece) -> str:
        """Whether a part ends with decisions (``ITEMS``) or ``LETTERS``."""
        last = self.read.phrases[piece.after - 1].type
        return last if last in {"ITEMS", "LETTERS"} else ""

    def _bounds(self, at: int) -> bool:
        after = self.kind(at + 1) in {"amount", "share", "counted", "COUNT", "NUMBER", "MOST"}
        return after or self._trailing(at)

    def _trailing(self, at: int) -> bool:
        before = self.kind(at - 1) in {"amount", "COUNT", "NUMBER"}
        return before and self.text(self.pieces[at]).lower().startswith("or ")

    def _bound(self, at: int) -> str:
        """The bound of the number at a position: before it, or after it (``or more``)."""
        if self.kind(at - 1) in BOUNDS and not self._trailing(at - 1):
            return self.kind(at - 1)
        return self.kind(at + 1) if self.kind(at + 1) in BOUNDS and self._trailing(at + 1) else ""

    def _heads(self) -> Iterator[Head]:
        for at, piece in enumerate(self.pieces):
            if piece.kind in ENDINGS:
                outcomes = ENDINGS[piece.kind]
                if self.kind(at - 1) == "NOT":
                    outcomes = frozenset(Outcome) - outcomes
                yield Head(outcomes, at)

    def said(self) -> Iterator[Said]:
        """The numbers of the sentence, or what its words of number mean."""
        found = False
        for at, piece in enumerate(self.pieces):
            for one in self._numbers(at, piece):
                found = True
                yield one
        if not found:
            quantifiers = [(at, p) for at, p in enumerate(self.pieces) if p.kind in QUANTIFIERS]
            if len(quantifiers) > 1:
                raise UnreadError("several number words together could not be read")
            for at, piece in quantifiers:
                yield Said(QUANTIFIERS[piece.kind], self.text(piece), at)
        elif any(p.kind in {"MOST", "NO"} or (p.kind == "EVERY" and not self._even(p)) for p in self.pieces):
            raise UnreadError("a number next to a number word could not be read")

    def _even(self, piece: Piece) -> bool:
        return self.text(piece).lower() in {"all", "all of", "in all"}

    def _numbers(self, at: int, piece: Piece) -> Iterator[Said]:
        text, bound = self.text(piece), self._bound(at)
        values = [
            self.read.phrases[n].meaning.value for kind, n in piece.numbers() if kind in {"NUMBER", "COUNT"}
        ]
        if piece.kind == "amount":
            yield Said(replace(self._rate(piece), bound=bound), text, at)
        elif piece.kind == "share":
            part, whole = int(values[0]), int(values[1])
            word = self.text(Piece("", piece.first + 1, piece.first + 2, [])).lower()
            if whole <= _SMALL and (word.startswith(("in", "out of every")) or self.unit_after(at) == ""):
                if not whole or part > whole:
                    raise UnreadError(f"“{text}” is no share")
                yield Said(Amount(part / whole, 0.0, is_rate=True, bound=bound, rough=True), text, at)
                return
            yield Said(Amount(whole, 0.0, is_rate=False), f"{whole:,}", at, whole=True)
            yield Said(Amount(part, 0.0, is_rate=False, bound=bound), f"{part:,}", at)
        elif piece.kind == "counted":
            amount = Amount(int(values[0]), 0.0, is_rate=False, bound=bound)
            yield Said(amount, text, at, whole=self._is_whole(at))
        elif piece.kind in {"COUNT", "NUMBER"}:
            yield self._loose(at, piece, Amount(int(values[0]), 0.0, is_rate=False, bound=bound))

    def unit_after(self, at: int) -> str:
        """The unit after a position, if one follows."""
        return self.kind(at + 1) if self.kind(at + 1) in {"ITEMS", "LETTERS"} else ""

    def _rate(self, piece: Piece) -> Amount:
        phrase = self.read.phrases[piece.first]
        if phrase.type == "FRACTION":
            return Amount(fraction(phrase.printed), 0.0, is_rate=True, rough=True)
        digits = len(phrase.meaning.value.partition(".")[2])
        value = float(phrase.meaning.value) / 100
        if value > 1:
            raise UnreadError(f"{phrase.printed} is no share")
        return Amount(value, 0.5 * 10 ** -(digits + 2), is_rate=True)

    def _is_whole(self, at: int) -> bool:
        """Whether a number of decisions is that of which others are a part."""
        before = self.kind(at - 1 - (self.kind(at - 1) in {*BOUNDS, "EVERY"}))
        others = any(p.kind in {"amount", "share"} for p in self.pieces)
        later = [head for head in self.heads if head.at > at]
        return not self.heads or before == "OF" or others or not later or self._followed(at)

    def _followed(self, at: int) -> bool:
        """Whether parts of a number follow it (``of which``)."""
        return any(piece.kind == "OF_WHICH" for piece in self.pieces[at + 1 :])

    def _loose(self, at: int, piece: Piece, amount: Amount) -> Said:
        """A number without a unit: of an outcome beside it, or the whole after words of counting."""
        after = self.kind(at + 1)
        nearest = at + 2 if after == "NOT" else at + 1
        if (
            self.kind(nearest) in ENDINGS
            or (after == "amount" and self.heads)
            or (after in {"OF", "OF_WHICH"} and self.heads)
        ):
            return Said(amount, self.text(piece), at)
        if self.kind(at - 1) in {*ENDINGS, "THERE_ARE", "ITEMS", "LETTERS"} or self.kind(at - 1) in BOUNDS:
            whole = not self.heads or self.kind(at - 1) in {"ITEMS", "LETTERS", "THERE_ARE"}
            if whole and self.heads and self.kind(at - 1) == "THERE_ARE":
                whole = False
            return Said(amount, self.text(piece), at, whole=whole)
        if self.kind(at - 1) == "OF":
            return Said(amount, self.text(piece), at, whole=True)
        raise UnreadError(f"what “{self.text(piece)}” counts is not read")

    def paired(self, said: list[Said]) -> Iterator[tuple[Said, Head]]:
        """Each number with its outcome.

        Raises:
            UnreadError: which belongs to which is not clear.
        """
        heads = self.heads
        if not said:
            return
        if not heads:
            raise UnreadError("no outcome is named")
        if len({head.outcomes for head in heads}) == 1:
            yield from ((one, heads[0]) for one in said)
            return
        if len(said) % len(heads):
            raise UnreadError("unclear which number belongs to which outcome")
        each = len(said) // len(heads)
        chunks = [said[n * each : (n + 1) * each] for n in range(len(heads))]
        before = [max(one.at for one in chunk) < head.at for chunk, head in zip(chunks, heads, strict=True)]
        after = [min(one.at for one in chunk) > head.at for chunk, head in zip(chunks, heads, strict=True)]
        if not (all(before) or all(after)):
            raise UnreadError("unclear which number belongs to which outcome")
        for chunk, head in zip(chunks, heads, strict=True):
            yield from ((one, head) for one in chunk)
