"""Part a sentence about a letter into clauses of one outcome each, and find what each names."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from kg.claims.claim_sentences import Piece, Read
from kg.claims.described import Described
from kg.model import Outcome, Party
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase
from kg.questions.wording.guideline_places import settled

ENDINGS: dict[str, frozenset[Outcome]] = {
    "UPHELD": frozenset({Outcome.UPHELD}),
    "DENIED": frozenset({Outcome.UPHELD}),
    "OVERTURNED": frozenset({Outcome.OVERTURNED}),
    "GRANTED": frozenset({Outcome.OVERTURNED}),
    "MODIFIED": frozenset({Outcome.MODIFIED}),
}
"""What a word of an ending says became of a decision."""
_OF_REQUEST = {"DENIED", "GRANTED"}
_DESCRIBING = {"VALUE", "NUMBER", "COUNT", "UNKNOWN", "QUOTED"}
_ITEM_FILTERS = {"category", "subcategory", "drug", "body_part", "side"}
_COPULA = re.compile(r"\b(?:was|were|is|are|been|being|be|got|gets|stands|stood)\b", re.IGNORECASE)
_PARTIES = {
    "ADMIN": (Party.CLAIMS_ADMINISTRATOR,),
    "REVIEWER": (Party.REVIEWER,),
    "BOTH": (Party.REVIEWER, Party.CLAIMS_ADMINISTRATOR),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome that is claimed: one of ``outcomes``."""

    outcomes: frozenset[Outcome]
    text: str
    negated: bool = False
    of_request: bool = False


@dataclass(frozen=True, slots=True)
class Citing:
    """Places that parties are claimed to cite, or not to cite."""

    places: tuple[str, ...]
    text: str
    parties: tuple[Party, ...]
    negated: bool = False


@dataclass(slots=True)
class Clause:
    """A clause with at most one outcome."""

    endings: list[Ending] = field(default_factory=list)
    described: list[Described] = field(default_factory=list)
    citing: list[Citing] = field(default_factory=list)
    others: list[Piece] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    every: bool = False


def clauses(read: Read, pieces: list[Piece]) -> list[Clause] | str:
    """The clauses of a sentence; where they cannot be told apart, why not."""
    heads = [at for at, piece in enumerate(pieces) if piece.kind in ENDINGS]
    cuts = [0]
    for one, other in pairwise(heads):
        if (cut := _cut(read, pieces, one, other, cuts[-1])) is None:
            if ENDINGS[pieces[one].kind] == ENDINGS[pieces[other].kind] and not _negated(pieces, other):
                continue
            return "unclear which item has which outcome"
        cuts.append(cut)
    ends = [*cuts[1:], len(pieces)]
    return [_clause(read, pieces[start:end]) for start, end in zip(cuts, ends, strict=True)]


def _negated(pieces: list[Piece], at: int) -> bool:
    return at > 0 and pieces[at - 1].kind == "NOT"


def _cut(read: Read, pieces: list[Piece], one: int, other: int, start: int) -> int | None:
    """The position at which the clause of the second of two outcomes begins."""
    first = other
    while first - 1 > one and pieces[first - 1].kind in {"NOT", "REVIEWER", "DENIAL", "OF"}:
        first -= 1
    separated = [at for at in range(one + 1, other + 1) if _separates(read, pieces, at)]
    if not separated:
        return None
    if first in separated or (first - 1 > one and pieces[first - 1].kind in {"AND", "BUT"}):
        return first
    passive = any(_names_item(read, piece) for piece in pieces[start:one])
    named = [at for at in separated if any(_names_item(read, p) for p in pieces[at:other])]
    if not named:
        return separated[-1]
    return named[0] if passive else named[-1]


def _separates(read: Read, pieces: list[Piece], at: int) -> bool:
    """Whether a conjunction or a comma stands before a piece."""
    if pieces[at].kind in {"AND", "BUT"}:
        return True
    before = read.phrases[pieces[at - 1].after - 1].end
    return "," in read.sentence.text[before : read.phrases[pieces[at].first].start]


def _names_item(read: Read, piece: Piece) -> bool:
    return piece.kind == "VALUE" and read.phrases[piece.first].meaning.name in _ITEM_FILTERS


def _clause(read: Read, pieces: list[Piece]) -> Clause:
    return _Reader(read, pieces).clause()


class _Reader:
    """Reads one clause, piece by piece."""

    def __init__(self, read: Read, pieces: list[Piece]) -> None:
        self.read, self.pieces = read, pieces
        self.found = Clause()
        self.parties: tuple[Party, ...] = (Party.REVIEWER,)
        self.run: list[Piece] = []
        self.negated = False
        self.none = False
        self.by_administrator = False
        """Whether the claims administrator is who acts."""

    def clause(self) -> Clause:
        """What was read."""
        for at, piece in enumerate(self.pieces):
            describing = piece.kind in _DESCRIBING and _describes(self.read, piece)
            continued = describing or piece.kind == "OF"
            if self.run and (not continued or (describing and _parts(self.read, self.run, piece))):
                self._describe()
            if describing or (piece.kind == "OF" and self.run):
                self.run.append(piece)
                continue
            if piece.kind == "NOT":
                self._not(at)
                continue
            self._piece(at, piece)
            self.negated = False
        self._describe()
        if any(e.of_request for e in self.found.endings) and any(p.kind == "DENIAL" for p in self.pieces):
            self.found.faults.append("unclear whether the denial or the request is meant")
        if len({(e.outcomes, e.negated) for e in self.found.endings}) > 1:
            self.found.faults.append("it names several outcomes")
        return self.found

    def _describe(self) -> None:
        self.found.described += _described(self.read, self.run, negated=self.negated)
        self.run, self.negated = [], False

    def _not(self, at: int) -> None:
        """A negation is of the outcome or the citation that follows, or of an item after *but*."""
        after = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        item = after is not None and after.kind in {"VALUE", "QUOTED"} and self.found.endings
        but = at > 0 and self.pieces[at - 1].kind in {"BUT", "AND"}
        if self.negated or after is None or not (after.kind in {*ENDINGS, "cited"} or (item and but)):
            self.found.faults.append(f"what “{_text(self.read, self.pieces[at])}” denies is not read")
        self.negated = True

    def _piece(self, at: int, piece: Piece) -> None:
        kind = piece.kind
        if kind in ENDINGS:
            self._end(piece)
        elif kind == "cited":
            self.found.citing += _cited(self.read, self.pieces, at, self.parties, negated=self.negated)
        elif kind == "context":
            self.parties = _PARTIES["ADMIN"]
            self.by_administrator = piece.inner[0][0] == "ADMIN"
        elif kind in _PARTIES:
            if not (at + 1 < len(self.pieces) and self.pieces[at + 1].kind == "DENIAL"):
                self.parties = _PARTIES[kind]
                by = at > 0 and self.pieces[at - 1].kind == "BY"
                self.by_administrator = kind == "ADMIN" and not by
        elif kind == "EVERY":
            self.found.every = True
        elif kind == "NO":
            self._none(at)
        elif kind in {"DENIAL", "CASE"}:
            self.by_administrator = False
        elif kind not in {"AND", "BUT", "OF", "ITEMS", "LETTERS", "DECIDED", "BY", "TO"}:
            self.found.others.append(piece)
            if kind == "VALUE" and self.read.phrases[piece.first].meaning.name == "specialty":
                self.by_administrator = False

    def _none(self, at: int) -> None:
        """*None of the items*: each has another outcome."""
        counted = at + 1 < len(self.pieces) and self.pieces[at + 1].kind == "ITEMS"
        if not counted or self.none:
            self.found.faults.append(f"“{_text(self.read, self.pieces[at])}” is not read")
        self.none = self.found.every = True

    def _end(self, piece: Piece) -> None:
        before = self.read.phrases[piece.first - 1].end if piece.first else 0
        passive = _COPULA.search(self.read.sentence.text, before, self.read.phrases[piece.first].start)
        if self.by_administrator and not passive and piece.kind != "OVERTURNED":
            if piece.kind != "DENIED" or self.negated:
                said = _text(self.read, piece)
                self.found.faults.append(f"what the claims administrator “{said}” is not checked")
            return
        if self.none and self.negated:
            self.found.faults.append("two negations together could not be read")
        self.found.endings.append(_ending(self.read, piece, negated=self.negated or self.none))
        self.parties, self.by_administrator = (Party.REVIEWER,), False


def _text(read: Read, piece: Piece) -> str:
    return read.of(piece.first, piece.after)


def _describes(read: Read, piece: Piece) -> bool:
    phrase = read.phrases[piece.first]
    return piece.kind != "VALUE" or phrase.meaning.name in _ITEM_FILTERS


def _parts(read: Read, run: list[Piece], piece: Piece) -> bool:
    """Whether a piece after a comma begins another item."""
    before = read.phrases[run[-1].after - 1].end
    gap = read.sentence.text[before : read.phrases[piece.first].start]
    phrase = read.phrases[piece.first]
    service = phrase.meaning.name in _ITEM_FILTERS - {"body_part", "side"}
    return "," in gap and service


def _described(read: Read, run: list[Piece], *, negated: bool) -> list[Described]:
    while run and run[-1].kind == "OF":
        run = run[:-1]
    if not run:
        return []
    phrases = tuple(read.phrases[piece.first] for piece in run)
    return [Described(read.of(run[0].first, run[-1].after), phrases, negated)]


def _ending(read: Read, piece: Piece, *, negated: bool) -> Ending:
    outcomes = ENDINGS[piece.kind]
    if negated:
        outcomes = frozenset(Outcome) - outcomes
    text = ("not " if negated else "") + _text(read, piece)
    return Ending(outcomes, text, negated, piece.kind in _OF_REQUEST)


def _cited(
    read: Read, pieces: list[Piece], at: int, parties: tuple[Party, ...], *, negated: bool
) -> list[Citing]:
    """What is claimed to be cited, by the party that is named after it, or that acts."""
    piece = pieces[at]
    found = [value for name, inner in piece.inner if name == "place" for value in place(read.phrases, inner)]
    if not found:
        return []
    where = settled_places(tuple(dict.fromkeys(found)))
    return [Citing(where, _text(read, piece), _named_after(read, pieces, at) or parties, negated)]


def _named_after(read: Read, pieces: list[Piece], at: int) -> tuple[Party, ...]:
    """The party of a passive: ``was cited by the claims administrator``."""
    following = pieces[at + 1 : at + 4]
    if following and following[0].kind == "cited" and not any(n == "place" for n, _ in following[0].inner):
        following = following[1:]
    if len(following) < 2 or following[1].kind not in _PARTIES:
        return ()
    by = following[0].kind == "BY" or _text(read, following[0]).lower() == "by"
    return _PARTIES[following[1].kind] if by else ()


def place(phrases: tuple[Phrase, ...], inner: list[tuple[str, int]]) -> list[str]:
    """The places of a guideline that a part names; a year before a title is its edition.

    A list of pages has each, a range those from the first to the last.
    """
    if inner[0][0] == "YEAR":
        inner = [*inner[1:], inner[0]][:2]
    return places([name for name, _ in inner], [phrases[at].meaning.value for _, at in inner])


def places(kinds: list[str], values: list[str]) -> list[str]:
    """The places that a part names, from the types and values of its phrases.

    >>> places(["OF_PAGE", "NUMBER", "TO", "NUMBER"], ["", "98", "", "9"])
    ['page 98', 'page 99']
    >>> places(["GUIDE", "YEAR"], ["chronic-pain", "2009"])
    ['chronic-pain/2009']
    """
    if kinds[0] == "GUIDE":
        return [values[0] + (f"/{values[1]}" if len(values) > 1 else "")]
    if kinds[0] == "OF_SECTION":
        return [values[1]]
    numbers: list[int] = []
    for at, kind in enumerate(kinds):
        if kind == "NUMBER":
            number = int(values[at])
            if kinds[at - 1] == "TO" and numbers:
                if number < numbers[-1]:  # The last page may be shortened: 98-9.
                    shown = str(numbers[-1])
                    number = int(shown[: len(shown) - len(values[at])] + values[at])
                numbers += range(numbers[-1] + 1, min(number, numbers[-1] + 50))
            numbers.append(number)
    unit = kinds[0].removeprefix("OF_").lower()
    return [f"{unit} {number}" for number in numbers]


def settled_places(found: tuple[str, ...]) -> tuple[str, ...]:
    """Places as notations; a page of no guideline stays a page of any.

    >>> settled_places(("acoem-2004", "chapter 12")), settled_places(("page 98",))
    (('acoem-2004/12',), ('page 98',))
    """
    works = [value for value in found if " " not in value]
    if not works:
        return tuple(
            v if v.startswith("page ") else settled(Condition("guideline", (v,))).values[0] for v in found
        )
    if all(" " not in value for value in found):
        return found
    return settled(Condition("guideline", found)).values
