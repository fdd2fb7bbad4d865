"""Check counts, rates and comparisons: what is counted is read as a question, and counted as one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.cited.of_questions import of_conditions
from kg.claims.claim import Part, Verdict
from kg.claims.claim_sentences import Piece, Read
from kg.claims.claimed_numbers import QUANTIFIERS, Head, Said, Saying, UnreadError
from kg.claims.clauses import ENDINGS
from kg.claims.letters import Source
from kg.claims.printed_amounts import BOUNDS, Amount
from kg.errors import KgError
from kg.questions import answers, echo
from kg.questions.counts import passing
from kg.questions.question import Condition, Kind, Question
from kg.questions.question_reader import read_question

_FRAME = {
    *BOUNDS,
    *ENDINGS,
    *("NOT", "RATE", "OF", "OFTEN", "ITEMS", "LETTERS", "THERE_ARE", "OF_WHICH", "EVERY", "MOST", "NO"),
    *("amount", "share", "counted", "DENIAL", "REVIEWER", "DECIDED", "AND", "BUT", "MORE", "LESS", "COUNT"),
    *("NUMBER", "context", "BY", "OUT_OF"),
}
"""What is no part of the conditions."""
_PASSED = {"to", "through", "thru", "until"}
_Reading = Callable[[Mask], float | None]


def is_figure(read: Read) -> bool:
    """Whether a sentence gives a number of many decisions."""
    kinds = {piece.kind for piece in read.pieces}
    return bool(kinds & {"amount", "share", "RATE", "COUNT", "THAN", "THERE_ARE"}) or any(
        piece.kind == "counted" and read.phrases[piece.after - 1].type == "LETTERS" for piece in read.pieces
    )


def check(read: Read, source: Source) -> list[Part]:
    """The parts of a sentence about many decisions, with their verdicts."""
    try:
        return list(_Figures(read, source).parts())
    except (UnreadError, KgError) as error:
        return [Part("figure", read.sentence.text, Verdict.UNCHECKED, str(error))]


class _Figures(Saying):
    """A sentence about many decisions, compared with them."""

    def __init__(self, read: Read, source: Source) -> None:
        super().__init__(read)
        self.index, self.citable = source.index, source.citable

    def parts(self) -> Iterator[Part]:
        """Its parts, each with a verdict."""
        self.refuse()
        if any(piece.kind == "THAN" for piece in self.pieces):
            yield self._compared()
            return
        said = list(self.said())
        if not said:
            raise UnreadError("no number is claimed")
        question = self._question()
        mask, any_of = self._mask(question)
        for one in said:
            if one.whole:
                yield self._whole(one, question, mask, any_of)
        rest = [one for one in said if not one.whole]
        for one, head in self.paired(rest):
            yield self._share(one, head, question, mask, any_of)

    # --- what is counted -----------------------------------------------------------------------------

    def _rest(self) -> str:
        """The words of the conditions, as a question has them; those for both of two before the first."""
        than = next((at for at, piece in enumerate(self.pieces) if piece.kind == "THAN"), len(self.pieces))
        after = next((n for n in range(than, len(self.pieces)) if self.kind(n) in {"VALUE", "cited"}), than)
        while after < len(self.pieces) and self.kind(after) in {"VALUE", "cited", "OF"}:
            after += 1
        return " ".join((*self._words(after, len(self.pieces)), *self._words(0, after)))

    def _words(self, first: int, end: int) -> Iterator[str]:
        found = []
        for at in range(first, end):
            piece = self.pieces[at]
            text = self.text(piece)
            if piece.kind == "cited":
                found.append(" ".join(self._cited(piece)))
            elif piece.kind == "NOT" and self.kind(at + 1) in {"cited", "VALUE"}:
                found.append("not")
            elif piece.kind == "given":
                found.append(self._given(piece))
            elif piece.kind == "VALUE" and self.read.phrases[piece.first].meaning.name == "specialty":
                found.append(f'specialty="{self.read.phrases[piece.first].meaning.value}"')
            elif piece.kind == "ADMIN":
                found.append("claims administrator")
            elif piece.kind not in _FRAME or (piece.kind == "OF" and text.lower() in _PASSED):
                found.append(text)
        return (word for word in found if word)

    def _cited(self, piece: Piece) -> Iterator[str]:
        for kind, at in piece.numbers():
            printed = self.read.phrases[at].printed
            yield {"CITE": "citing", "OF_SECTION": "section", "TO": "to", "ALSO": ""}.get(kind, printed)

    def _given(self, piece: Piece) -> str:
        phrases = [self.read.phrases[at] for kind, at in piece.numbers() if kind != "DECIDED"]
        if phrases[0].type == "DAY":
            return f'decision_date="{phrases[0].meaning.value}"'
        return " ".join(phrase.printed for phrase in phrases)

    def _question(self) -> Question:
        question = read_question(f"rate overturned {self._rest()}")
        if question.kind is not Kind.FIGURES or question.split or question.groups or question.order:
            raise UnreadError("could not determine what is counted")
        if any(c.name == "guideline" and len(c.values) > 1 for c in question.where):
            question = replace(question, where=tuple(self._each(question.where)))
        return question

    def _each(self, where: tuple[Condition, ...]) -> Iterator[Condition]:
        """Several places as conditions that all have to be met, but where the words say *or*."""
        either = any(p.kind == "AND" and self.text(p).lower() == "or" for p in self.pieces)
        for condition in where:
            if condition.name != "guideline" or either or len(condition.values) == 1:
                yield condition
            elif condition.negated:
                raise UnreadError("unclear what is not cited")
            else:
                yield from (replace(condition, values=(value,)) for value in condition.values)

    def _mask(self, question: Question) -> tuple[Mask, Mask | None]:
        """The decisions that meet the conditions; of a range of pages also those that meet any."""
        mask = passing(self.index, question.where, question)
        ranged = any(
            kind in {"TO", "ALSO"} for p in self.pieces if p.kind == "cited" for kind, _ in p.numbers()
        )
        if not ranged:
            return mask, None
        values = tuple(v for c in question.where if c.name == "guideline" for v in c.values)
        others = tuple(c for c in question.where if c.name != "guideline")
        merged = (*others, Condition("guideline", values))
        return mask, passing(self.index, merged, question)

    # --- verdicts ------------------------------------------------------------------------------------

    def _whole(self, one: Said, question: Question, mask: Mask, other: Mask | None) -> Part:
        letters = self.unit(self.pieces[one.at]) or self.unit_after(one.at)
        of_letters = letters == "LETTERS" or (not letters and self.letters and not self.both)
        masks = [each for each in (mask, other) if each is not None]
        found = [float(_letters(self.index, each) if of_letters else each.sum()) for each in masks]
        unit = "letters" if of_letters else "decisions"
        return self._part("count", one, found, f"{{}} {unit} {self._told(question)}", question, mask)

    def _share(self, one: Said, head: Head, question: Question, mask: Mask, other: Mask | None) -> Part:
        turned = np.isin(self.index.outcome, [OUTCOMES.index(o.value) for o in head.outcomes])
        readings: list[_Reading] = [partial(_part_of, turned=turned, amount=one.amount)]
        if self.letters and not self.both:
            of = partial(_letters_of, self.index, turned=turned, amount=one.amount)
            readings += [partial(of, some=some) for some in (True, False)]
            if not one.amount.is_rate:
                readings = readings[1:]
        masks = [each for each in (mask, other) if each is not None]
        found = [value for each in masks for read in readings if (value := read(each)) is not None]
        names = " or ".join(sorted(outcome.value for outcome in head.outcomes))
        says = f"{{}} {names} of {int(mask.sum()):,} decisions {self._told(question)}"
        part = self._part("rate" if one.amount.is_rate else "count", one, found, says, question, mask)
        negated = len(head.outcomes) > 1 and self.pieces[head.at].kind in {"GRANTED", "DENIED"}
        if negated and (mask & (self.index.outcome == OUTCOMES.index("modified"))).any():
            why = "unclear whether partial approvals are included"
            return replace(part, verdict=Verdict.UNCHECKED, says=why)
        return part

    def _told(self, question: Question) -> str:
        return ", ".join(echo.told(c, question.party) for c in question.where)

    def _part(
        self, kind: str, one: Said, found: list[float], says: str, question: Question, mask: Mask
    ) -> Part:
        path = answers.path(question)
        if not mask.any() and question.where:
            return Part(kind, one.text, Verdict.ABSENT, f"no decision {self._told(question)}", 0, None, path)
        verdicts = {one.amount.verdict(truth) for truth in found}
        verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.UNCHECKED
        shown = says.format(one.amount.shown(found[0])).strip() if found else "nothing to compare with"
        if verdict is Verdict.UNCHECKED:
            shown = f"{shown}; the wording leaves open whether that is meant"
        figure = self._figure(question)
        return Part(kind, one.text, verdict, shown, found[0] if found else None, None, path, figure)

    def _figure(self, question: Question) -> str:
        """The address of what a part was compared with."""
        return self.citable.cite(of_conditions(question))

    # --- comparisons ---------------------------------------------------------------------------------

    def _compared(self) -> Part:
        more = {piece.kind for piece in self.pieces} & {"MORE", "LESS", "MORE_THAN", "LESS_THAN"}
        if len(more) != 1 or len(self.heads) != 1:
            raise UnreadError("could not determine what is compared")
        if any(
            p.kind in {"amount", "share", "counted", "COUNT", "NUMBER", *QUANTIFIERS} for p in self.pieces
        ):
            raise UnreadError("comparisons with a number are not checked")
        question = read_question(f"rate overturned {self._rest()}")
        if question.kind is not Kind.FIGURES or not question.groups or question.split:
            raise UnreadError("could not determine what is compared")
        turned = np.isin(self.index.outcome, [OUTCOMES.index(o.value) for o in self.heads[0].outcomes])
        mask = passing(self.index, question.where, question)
        masks = [mask & passing(self.index, (group,), question) for group in question.groups]
        text = self.read.sentence.text
        empty = [echo.named(g) for g, m in zip(question.groups, masks, strict=True) if not m.any()]
        if empty:
            return Part("comparison", text, Verdict.ABSENT, f"no decision on {' or '.join(empty)}", 0)
        one, other = (float((each & turned).sum() / each.sum()) for each in masks)
        right = one > other if next(iter(more)).startswith("MORE") else one < other
        told = [
            f"{echo.named(group)}: {100 * rate:.1f} % of {int(each.sum()):,} decisions"
            for group, rate, each in zip(question.groups, (one, other), masks, strict=True)
        ]
        verdict = Verdict.HOLDS if right else Verdict.DIFFERS
        return Part(
            "comparison", text, verdict, "; ".join(told), [one, other], None, None, self._figure(question)
        )


def _letters(index: Index, mask: Mask) -> int:
    return int(np.unique(index.letter[mask]).size)


def _part_of(mask: Mask, turned: Mask, amount: Amount) -> float | None:
    both, whole = int((mask & turned).sum()), int(mask.sum())
    if not amount.is_rate:
        return float(both)
    return both / whole if whole else None


def _letters_of(index: Index, mask: Mask, turned: Mask, amount: Amount, *, some: bool) -> float | None:
    """Letters with some decision of the outcome, or with no other."""
    whole = _letters(index, mask)
    part = _letters(index, mask & turned)
    if not some:
        part = whole - _letters(index, mask & ~turned)
    if not amount.is_rate:
        return float(part)
    return part / whole if whole else None
