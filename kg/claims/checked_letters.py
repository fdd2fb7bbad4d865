"""Check what a sentence claims of one letter, part by part."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from kg.analysis import labels
from kg.claims.claim import Part, Verdict
from kg.claims.claim_sentences import Piece, Read, read
from kg.claims.clauses import Citing, Clause, Ending, clauses
from kg.claims.described import Described, match
from kg.claims.letters import Letter, Source, cited, plain
from kg.model import Decision, Outcome, Party
from kg.questions.vocabulary import Phrase
from kg.reading.vocabulary.phrases import words

_UNREADABLE = {
    "HEDGE": "does not say that it is so",
    "QUALIFIER": "is not read",
    "MOST": "is not read",
    "MORE": "is not read",
    "LESS": "is not read",
    "THAN": "is not read",
}
"""Words that change what a sentence says of a letter in ways that are not read."""
_LONG = 4
"""Words from which an item's own words are looked for in a claim as they are."""
_DAYS = {
    "inj": "date_of_injury",
    "date of injury": "date_of_injury",
    "assigned": "date_assigned",
    "date assigned": "date_assigned",
    "application": "application_received",
}
"""How the words before a date begin that is not that of the decision."""


def check(said: Read, case: str, source: Source) -> list[Part]:
    """The parts of a sentence about ``case``, with their verdicts."""
    letter = source.letter(case)
    if letter is None:
        return [Part("case", case, Verdict.ABSENT, f"there is no case {case} in this knowledge base")]
    whole = said.sentence.text
    if whole.rstrip("”\"'").endswith("?"):
        return [_unchecked("words", whole, "a question claims nothing")]
    said = _knowing(said, letter)
    pieces = said.pieces
    reasons = next((at for at, piece in enumerate(pieces) if piece.kind == "BECAUSE"), len(pieces))
    found = [_reason(said, pieces[reasons:])] if reasons < len(pieces) else []
    pieces = pieces[:reasons]
    for piece in pieces:
        if piece.kind in _UNREADABLE:
            word = said.of(piece.first, piece.after)
            return [_unchecked("words", whole, f"“{word}” {_UNREADABLE[piece.kind]}")]
    parted = clauses(said, pieces) if pieces else []
    if isinstance(parted, str):
        return [_unchecked("outcome", whole, parted), *found]
    for clause in parted:
        found += _Clause(said, letter, source, clause).parts()
    return found or [_unchecked("words", whole, "no claim about the case")]


def _knowing(said: Read, letter: Letter) -> Read:
    """The sentence with the letter's own words for its items as quotations."""
    own = words(said.sentence.text)
    known = []
    for decision in letter.determination.decisions:
        for text in {decision.item.in_dispute, decision.item.text}:
            item = words(text).folded
            if len(item) < _LONG and not any(word.isdigit() for word in item):
                continue
            for at in range(len(own.folded) - len(item) + 1):
                if own.folded[at : at + len(item)] == item:
                    span = own.span(at, at + len(item))
                    known.append((span.start, span.end))
    return read(said.sentence, known) if known else said


def _unchecked(kind: str, text: str, why: str) -> Part:
    return Part(kind, text, Verdict.UNCHECKED, why)


def _reason(read: Read, pieces: list[Piece]) -> Part:
    text = read.of(pieces[0].first, pieces[-1].after)
    return _unchecked("reason", text, "reasons are not checked; see the grounds on the letter's page")


class _Clause:
    """A clause compared with one letter."""

    def __init__(self, read: Read, letter: Letter, source: Source, clause: Clause) -> None:
        self.read, self.letter, self.source, self.clause = read, letter, source, clause
        self.path = f"/cases/{letter.case}"
        self.named: list[int] | None = None
        """The items that the clause names, ``None`` where it names none."""

    def parts(self) -> Iterator[Part]:
        """Its parts, each with a verdict."""
        if self.clause.faults:
            yield _unchecked("words", self.read.sentence.text, "; ".join(dict.fromkeys(self.clause.faults)))
            return
        each: list[tuple[Described, list[int] | None]] = []
        for described in self.clause.described:
            before, self.named = self.named, None
            yield from self._item(described)
            each.append((described, self.named))
            self.named = sorted({*(before or []), *(self.named or [])}) or None
        for ending in self.clause.endings[:1]:
            named = [(one, items) for one, items in each if items]
            if len(named) > 1 or any(one.negated for one, _ in named):
                for one, items in named:
                    yield from self._ending(ending, one, items)
            else:
                yield from self._ending(ending, None, self.named)
        for citing in self.clause.citing:
            yield from self._citing(citing)
        yield from self._others()

    def _part(
        self,
        kind: str,
        text: str,
        verdict: Verdict,
        says: str,
        truth: object = None,
        quote: str | None = None,
    ) -> Part:
        return Part(kind, text, verdict, says, truth, quote, self.path)

    # --- items -------------------------------------------------------------------------------------

    def _item(self, described: Described) -> Iterator[Part]:
        quoted = [p for p in described.phrases if p.type == "QUOTED"]
        found = {n: match(described, decision) for n, decision in self.letter.items}
        exact = [n for n, one in found.items() if one.found]
        unsure = {n: one.why for n, one in found.items() if one.found is None}
        listed = "; ".join(f"“{d.item.text}”" for _, d in self.letter.items)
        if exact:
            self._name(exact)
            quote = self._quote(exact[0])
            says = " and ".join(f"item {n} is “{self._decision(n).item.text}”" for n in exact)
            yield self._part("item", described.text, Verdict.HOLDS, says, None, quote)
        elif quoted and len(described.phrases) == 1:
            yield self._quotation(quoted[0])
        elif unsure:
            self._name(list(unsure))
            yield self._part("item", described.text, Verdict.UNCHECKED, next(iter(unsure.values())), listed)
        elif described.names_service:
            yield self._part("item", described.text, Verdict.DIFFERS, f"the letter decides {listed}", listed)
        else:
            yield _unchecked("words", described.text, f"“{described.text}” is not read")

    def _quotation(self, phrase: Phrase) -> Part:
        held = plain(phrase.meaning.value).rstrip(".,;") in self.letter.folded
        if held:
            return self._part("quotation", phrase.printed, Verdict.HOLDS, "these words are in the letter")
        return self._part("quotation", phrase.printed, Verdict.UNCHECKED, "these words are not in the letter")

    def _name(self, items: list[int]) -> None:
        self.named = sorted({*(self.named or []), *items})

    def _decision(self, item: int) -> Decision:
        return self.letter.determination.decisions[item - 1]

    def _quote(self, item: int) -> str | None:
        decision = self._decision(item)
        return self.letter.quote(decision.item.span, decision.outcome_span)

    # --- outcomes ----------------------------------------------------------------------------------

    def _ending(self, ending: Ending, of: Described | None, named: list[int] | None) -> Iterator[Part]:
        text = ending.text if of is None else f"{ending.text}: {of.text}"
        if of is not None and of.negated:
            text = f"not {text}"
            ending = replace(
                ending, outcomes=frozenset(Outcome) - ending.outcomes, negated=not ending.negated
            )
        items = named if named is not None else [n for n, _ in self.letter.items]
        outcomes = self.letter.outcomes(items)
        told = "; ".join(f"item {n} is {self._decision(n).outcome or 'not read'}" for n in items)
        quote = self._quote(items[0]) if items else None
        if None in outcomes or not outcomes:
            yield self._part("outcome", text, Verdict.UNCHECKED, "the outcome could not be read")
            return
        of_request = ending.negated and ending.of_request and Outcome.MODIFIED in outcomes
        if outcomes <= ending.outcomes and not of_request:
            verdict = Verdict.HOLDS
        elif not outcomes & ending.outcomes or self.clause.every:
            verdict = Verdict.DIFFERS
        else:
            verdict = Verdict.UNCHECKED
            told = f"the item is not identified: {told}" if not of_request else f"in part: {told}"
        truth = sorted(outcome.value for outcome in outcomes if outcome)
        yield self._part("outcome", text, verdict, told, truth, quote)

    # --- citations ---------------------------------------------------------------------------------

    def _citing(self, citing: Citing) -> Iterator[Part]:
        for place in citing.places:
            for party in citing.parties:
                yield self._place(citing, place, party)

    def _place(self, citing: Citing, place: str, party: Party) -> Part:
        explicit = self.named is not None
        items = list(self.named or self._meant())
        found = {n: self.source.cites(self.letter, n, place, party) for n in items}
        who = party.value.replace("_", " ")
        name = place if " " in place else labels.label(f"guideline/{place}")
        text = (
            citing.text if len(citing.places) * len(citing.parties) == 1 else f"{citing.text}: {name} ({who})"
        )
        if None in found.values() or not found:
            return self._part("citation", text, Verdict.UNCHECKED, "an outcome that could not be read")
        yes = [n for n, one in found.items() if one]
        held = len(yes) == len(items) or (bool(yes) and not explicit)
        quote = self._field(yes[0] if yes else items[0], party)
        if held:
            says = f"the {who} cites {name} for item {' and '.join(map(str, yes))}"
        elif yes:
            says = (
                f"among the items that could be meant, the {who} cites {name} for {', '.join(map(str, yes))}"
            )
        else:
            theirs = "; ".join(dict.fromkeys(cited(self._decision(n), party) for n in items))
            says = f"the {who} cites {theirs}{self._other_side(items, place, party)}"
        if yes and not held:
            verdict = Verdict.UNCHECKED
        else:
            verdict = Verdict.HOLDS if held != citing.negated else Verdict.DIFFERS
        return self._part("citation", text, verdict, says, None, quote)

    def _meant(self) -> list[int]:
        """The items of a clause that names none: those with the outcome that it claims, or all."""
        outcomes = self.clause.endings[0].outcomes if self.clause.endings else frozenset(Outcome)
        return [n for n, d in self.letter.items if d.outcome in outcomes] or [n for n, _ in self.letter.items]

    def _other_side(self, items: Iterable[int], place: str, party: Party) -> str:
        other = next(one for one in Party if one is not party)
        if any(self.source.cites(self.letter, n, place, other) for n in items):
            return f"; the {other.value.replace('_', ' ')} cites it"
        return ""

    def _field(self, item: int, party: Party) -> str | None:
        return self.letter.quote(self._decision(item).cited_by(party).span)

    # --- the rest ----------------------------------------------------------------------------------

    def _others(self) -> Iterator[Part]:
        injured: Piece | None = None
        for piece in self.clause.others:
            if piece.kind == "INJURED":
                injured = piece
                continue
            yield self._other(piece, injured)
            injured = None

    def _other(self, piece: Piece, injured: Piece | None) -> Part:
        text = self.read.of(piece.first, piece.after)
        phrases = [self.read.phrases[at] for _, at in piece.numbers()]
        if piece.kind == "VALUE":
            return self._value(phrases[0])
        if piece.kind in {"given", "YEAR"}:
            return self._date(phrases, text, injured)
        if piece.kind == "aged":
            number = next(int(p.meaning.value) for p in phrases if p.type == "NUMBER")
            return self._equal("age", text, number, self.letter.determination.patient.age)
        if piece.kind == "counted" and phrases[1].type == "ITEMS":
            return self._items(phrases, text)
        return _unchecked("words", text, f"“{text}” is not read")

    def _items(self, phrases: list[Phrase], text: str) -> Part:
        """A number of items: of the letter, where the clause names no item or outcome."""
        if self.clause.described or (self.clause.endings and not self.clause.every):
            number = int(phrases[0].meaning.value)
            if number != len(self.letter.items) or self.clause.described:
                return _unchecked("count", text, "unclear which items are counted")
        return self._equal("count", text, int(phrases[0].meaning.value), len(self.letter.items))

    def _equal(self, kind: str, text: str, said: object, truth: object) -> Part:
        if truth is None:
            return self._part(kind, text, Verdict.UNCHECKED, f"the letter's {kind} was not read")
        verdict = Verdict.HOLDS if said == truth else Verdict.DIFFERS
        return self._part(kind, text, verdict, f"the letter's {kind} is {truth}", str(truth))

    def _value(self, phrase: Phrase) -> Part:
        name, value = phrase.meaning.name, phrase.meaning.value
        text, determination = phrase.printed, self.letter.determination
        if name == "specialty":
            own = [int(row) for row in self.letter.rows.values()]
            column = self.source.index.columns("specialties")["specialties"]
            theirs = list(column[own[0]]) if own and column[own[0]] is not None else []
            if not theirs:
                return self._part("specialty", text, Verdict.UNCHECKED, "the letter's specialty was not read")
            verdict = Verdict.HOLDS if value in theirs else Verdict.DIFFERS
            spans = [s.span for s in determination.reviewer.specialties]
            says = f"the reviewer's specialty is {', '.join(theirs)}"
            return self._part("specialty", text, verdict, says, theirs, self.letter.quote(*spans))
        if name == "sex":
            return self._equal("sex", text, value, determination.patient.sex)
        if name == "priority":
            return self._equal("priority", text, value, determination.priority)
        return _unchecked(name, text, f"“{text}” is not compared with a letter")

    def _date(self, phrases: list[Phrase], text: str, injured: Piece | None) -> Part:
        name = "decision_date"
        if injured is not None:
            label = self.read.of(injured.first, injured.after)
            begun = [day for start, day in _DAYS.items() if label.lower().startswith(start)]
            if not begun:
                return _unchecked("date", f"{label} {text}", f"“{label}” is not read")
            name, text = begun[0], f"{label} {text}"
        truth: date | None = getattr(self.letter.determination, name)
        kind = name.replace("_", " ")
        if truth is None:
            return self._part("date", text, Verdict.UNCHECKED, f"the {kind} was not read")
        verdict = Verdict.HOLDS if truth.isoformat().startswith(_wanted(phrases)) else Verdict.DIFFERS
        dated = [n for n, d in self.letter.items if any(p.printed in d.item.text for p in phrases)]
        if verdict is Verdict.DIFFERS and injured is None and dated:
            return self._part("date", text, Verdict.UNCHECKED, f"the words of item {dated[0]} have this date")
        quote = self.letter.quote(self.letter.determination.spans.get(name))
        return self._part("date", text, verdict, f"the {kind} is {truth}", truth.isoformat(), quote)


def _wanted(phrases: list[Phrase]) -> str:
    """The beginning of a day as ISO writes it: a day, a month or a year.

    >>> from kg.questions.vocabulary import Meaning
    >>> said = [("MONTH", "6"), ("YEAR", "2016")]
    >>> _wanted([Phrase(name, Meaning(name, value=value), "", 0, 0) for name, value in said])
    '2016-06'
    """
    values = {phrase.type: phrase.meaning.value for phrase in phrases}
    if "DAY" in values:
        return values["DAY"]
    return values["YEAR"] + (f"-{int(values['MONTH']):02d}" if "MONTH" in values else "")
