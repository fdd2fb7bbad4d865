"""What the parts of a question mean together."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from kg.errors import QuestionError
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.question import Condition, Kind, Question
from kg.questions.vocabulary import Meaning

Plan = list[Any]

_CHOOSING = {"WHICH", "MOST", "LEAST", "CITED_MOST", "MATTER", "BY", "WHO", "COMPARE"}
"""With one of these, a kind of thing (``services``) is what the answer is split by."""
_SPLIT = {Kind.FIGURES, Kind.TREND}
"""The kinds of question whose answer can be split."""
LEVELS = {"page", "section", "chapter", "guideline"}
_PAGED = {"chronic-pain": "chronic-pain/2009"}
"""What a page that is named without its edition is a page of."""


class Phrase(NamedTuple):
    """A phrase of a question: its type, what it means, its words and place."""

    type: str
    meaning: Meaning
    printed: str
    start: int
    end: int


@dataclass(slots=True)
class Asked:
    """What was found of a question so far."""

    phrases: list[Phrase]
    seen: set[str] = field(default_factory=set)
    outcome: Outcome | None = None
    conditions: list[Condition] = field(default_factory=list)
    after: list[Condition] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    limit: int | None = None
    case: str | None = None
    compared: bool = False
    side: str | None = None
    later: Condition | None = None
    """After a date: of a trend the change, else a condition."""

    def read(self, plan: Plan) -> Question:
        """The question that the parts ask."""
        for name, inner in plan:
            getattr(self, f"_{name.lower()}")(inner)
        return self._question()

    # --- parts -----------------------------------------------------------------------------------

    def _word(self, inner: Plan) -> None:
        for token, at in inner:
            phrase = self.phrases[at]
            self.seen.add(token)
            if token == "VALUE":
                self._add(phrase)
            elif token.startswith("OF_"):
                self.loose.append(token.removeprefix("OF_").lower())
            elif token.startswith("IS_"):
                self._ended(Outcome(token.removeprefix("IS_").lower()))
            elif token == "NUMBER":
                self.limit = int(phrase.meaning.value)
            elif token == "FREQUENT":
                self.seen |= {"MOST", "COUNT"}
            elif token == "CASE":
                self.case = phrase.meaning.value

    def _split(self, inner: Plan) -> None:
        for token, at in inner:
            if token.startswith("OF_"):
                self.by.append(token.removeprefix("OF_").lower())
            elif token.startswith("IS_"):
                self._ended(Outcome(token.removeprefix("IS_").lower()))
            elif token == "VALUE":
                self._add(self.phrases[at])
            self.seen.add(token)

    def _negated(self, inner: Plan) -> None:
        kept, self.conditions = self.conditions, []
        for name, within in inner[1:]:
            if name == "VALUE":
                self._add(self.phrases[within])
            else:
                self._cited(within)
        turned = [Condition(c.name, c.values, negated=True, asked=c.asked) for c in self.conditions]
        self.conditions = [*kept, *turned]

    def _cited(self, inner: Plan) -> None:
        places: list[str] = []
        for name, within in inner:
            if name == "place":
                places += self._place(within)
            else:
                self.seen.add(name)
        if places:
            asked = self.phrases[_first(inner)].printed
            self._condition(Condition("guideline", tuple(dict.fromkeys(places)), asked=asked))

    def _place(self, inner: Plan) -> list[str]:
        kinds = [token for token, _ in inner]
        values = [self.phrases[at].meaning.value for _, at in inner]
        if kinds[0] == "GUIDE":
            return [values[0] + (f"/{values[1]}" if len(values) > 1 else "")]
        if kinds[0] == "OF_SECTION":
            concept = vocabulary.guideline(values[1])
            if concept is None or "GuidelineSection" not in concept.kinds:  # sections of a guideline
                self.loose.append("section")
            return [values[1]]
        numbers = [int(value) for kind, value in zip(kinds, values, strict=True) if kind == "NUMBER"]
        if "TO" in kinds and len(numbers) == 2:
            numbers = list(range(numbers[0], min(numbers[1], numbers[0] + 50) + 1))
        unit = kinds[0].removeprefix("OF_").lower()
        return [f"{unit} {number}" for number in numbers]

    def _since(self, inner: Plan) -> None:
        dates = self._dates(inner)
        self._dated(dates[0][0], dates[1][1] if len(dates) > 1 else "")

    def _before(self, inner: Plan) -> None:
        ((first, _),) = self._dates(inner)
        self._dated("", _day_before(first))

    def _until(self, inner: Plan) -> None:
        ((_, last),) = self._dates(inner)
        self._dated("", last)

    def _after(self, inner: Plan) -> None:
        ((_, last),) = self._dates(inner)
        self.later = Condition("decision_date", (f"{_day_after(last)}..",), asked=f"after {last}")

    def _between(self, inner: Plan) -> None:
        (first, _), (_, last) = self._dates(inner)
        self._dated(first, last)

    def _on(self, inner: Plan) -> None:
        ((first, last),) = self._dates(inner)
        self._dated(first, last)

    def _top(self, inner: Plan) -> None:
        self.seen.add("LEAST" if inner[0][0] == "BOTTOM" else "MOST")
        if len(inner) > 1:
            self.limit = int(self.phrases[inner[1][1]].meaning.value)

    def _comparison(self, inner: Plan) -> None:
        self.compared = True
        self.seen.update(token for token, _ in inner)

    # --- what they say ---------------------------------------------------------------------------

    def _ended(self, outcome: Outcome) -> None:
        if self.outcome not in (None, outcome):
            raise QuestionError(f"one outcome can be asked about, not both {self.outcome} and {outcome}")
        self.outcome = outcome

    def _dates(self, inner: Plan) -> list[tuple[str, str]]:
        """First and last day of each date."""
        found = []
        for name, within in inner:
            if name == "date":
                values = [self.phrases[at].meaning.value for _, at in within]
                year = int(values[-1])
                month = int(values[0]) if len(values) > 1 else None
                last = calendar.monthrange(year, month or 12)[1]
                found.append((f"{year}-{month or 1:02d}-01", f"{year}-{month or 12:02d}-{last}"))
        return found

    def _dated(self, first: str, last: str) -> None:
        if first and last and first > last:
            raise QuestionError(f"the range of dates from {first} to {last} runs backwards")
        into = self.after if self.compared else self.conditions
        span, asked = f"{first}..{last}", f"{first}..{last}"
        for at, old in enumerate(into):
            if old.name == "decision_date" and not old.negated:
                into[at] = self._both(old, span)
                return
        into.append(Condition("decision_date", (span,), asked=asked))

    def _both(self, old: Condition, span: str) -> Condition:
        """Two spans of dates as one condition: either of them after *or*, else what they share."""
        if "OR" in self.seen:
            return Condition(old.name, (*old.values, span), asked=f"{old.asked}, {span}")
        (before,) = old.values
        starts, ends = zip(before.split(".."), span.split(".."), strict=True)
        first, last = max(starts), min((end for end in ends if end), default="")
        if last and first > last:
            raise QuestionError(f"the dates {before} and {span} exclude each other")
        return Condition(old.name, (f"{first}..{last}",), asked=f"{old.asked}, {span}")

    def _add(self, phrase: Phrase) -> None:
        meaning = phrase.meaning
        if meaning.name == "side":
            self.side = meaning.value
            return
        values = tuple(meaning.value.split("|")) if meaning.name == "body_part" else (meaning.value,)
        if meaning.name == "body_part" and self.side:
            values = tuple(value if ":" in value else f"{value}:{self.side}" for value in values)
            self.side = None
        self._condition(Condition(meaning.name, values, meaning.negated, phrase.printed))
        if meaning.also:
            self._condition(Condition(meaning.also[0], (meaning.also[1],)))
        if meaning.name in {"category", "subcategory"}:
            for part in vocabulary.parts_in(phrase.printed):
                sided = f"{part}:{self.side}" if self.side else part
                self.side = None
                self._condition(Condition("body_part", (sided,), asked=phrase.printed))

    def _condition(self, new: Condition) -> None:
        """Add a condition; two of one filter are one that holds for either value."""
        into = self.after if self.compared else self.conditions
        for at, old in enumerate(into):
            if old.name == new.name and old.negated == new.negated:
                apart = self.seen & {"COMPARE"} and not self.compared and new.name != "guideline"
                if apart:
                    self.compared = True
                    self.after.append(new)
                else:
                    values = tuple(dict.fromkeys((*old.values, *new.values)))
                    into[at] = Condition(old.name, values, old.negated, f"{old.asked}, {new.asked}")
                return
        into.append(new)

    def _question(self) -> Question:
        if self.side:
            raise QuestionError(f"“{self.side}” of which part of the body?")
        kind, level = self._kind()
        if "drug" in self.loose and not self.seen & _CHOOSING:  # `share of drugs overturned`
            self.loose.remove("drug")
            self._condition(Condition("category", ("Pharmaceuticals",), asked="drugs"))
        if self.later:
            self._later(self.later, kind)
        conditions, groups = self._groups()
        where = tuple(_settled(condition) for condition in conditions)
        groups = tuple(_settled(group) for group in groups)
        order = "least" if "LEAST" in self.seen else "most" if self.seen & {"MOST", "CITED_MOST"} else None
        by = list(dict.fromkeys([*self.by, *(self.loose if self.seen & _CHOOSING and not level else ())]))
        if kind is Kind.FIGURES and "WHO" in self.seen and not by:
            by = ["specialty"]
        if groups:
            order = None
        if self.by and kind not in _SPLIT and (split := [name for name in self.by if name != level]):
            raise QuestionError(f"{kind.value} cannot be split by {split[0].replace('_', ' ')}")
        counts = "COUNT" in self.seen or self._cites_counted(groups)
        administrator = "PARTY" in self.seen and kind is not Kind.SIDES
        outcome = self.outcome
        if outcome is None and kind in {Kind.FIGURES, Kind.ASSOCIATIONS, Kind.TREND, Kind.GROUNDS}:
            outcome = None if counts else Outcome.OVERTURNED
        return Question(
            kind=kind,
            outcome=None if self.case else outcome,
            where=where,
            by=tuple(by) if kind in _SPLIT else (),
            groups=groups,
            level=level,
            party=Party.CLAIMS_ADMINISTRATOR if administrator else Party.REVIEWER,
            order=order,
            limit=self.limit,
            case=self.case,
            counts=counts,
        )

    def _cites_counted(self, groups: tuple[Condition, ...]) -> bool:
        """Whether how often something is cited is asked, as in “is ODG cited more often than ACOEM”."""
        compared = bool(groups) and groups[0].name == "guideline" and "THAN" in self.seen
        return self.outcome is None and "CITE" in self.seen and (compared or "OFTEN" in self.seen)

    def _later(self, later: Condition, kind: Kind) -> None:
        """A date after which: the change that a trend is asked for, else a condition."""
        if kind is Kind.TREND and not self.compared:
            last = _day_before(later.values[0].removesuffix(".."))
            self.conditions.append(Condition("decision_date", (f"..{last}",), asked=f"until {last}"))
            self.compared = True
            self.after.append(later)
        else:
            self.conditions.append(later)

    def _groups(self) -> tuple[list[Condition], tuple[Condition, ...]]:
        if not self.compared:
            return self.conditions, ()
        if len(self.after) != 1:
            raise QuestionError("a comparison needs one thing on each side, such as opioids versus NSAIDs")
        (other,) = self.after
        own = [condition for condition in self.conditions if condition.name == other.name]
        if len(own) != 1:
            raise QuestionError(f"“{other.asked}” is compared with nothing of its kind")
        if own[0].values == other.values:
            raise QuestionError(f"“{own[0].asked}” and “{other.asked}” are one here: {other.values[0]}")
        return [c for c in self.conditions if c is not own[0]], (own[0], other)

    def _kind(self) -> tuple[Kind, str | None]:
        """What is asked for, and the level of guidelines it is asked of."""
        levels = [name for name in (*self.loose, *self.by) if name in LEVELS]
        level = levels[0] if levels else None
        seen = self.seen
        if self.case:
            if "CONTRAST" in seen:
                return Kind.CONTRAST, None
            if "LIKE" in seen:
                return Kind.RELATED, None
            return (Kind.WHY if seen & {"WHY", "GROUNDS"} else Kind.CASE), None
        if seen & {"CONTRAST", "LIKE"}:
            raise QuestionError("like which case? Name one, such as “cases like CM17-0004344”")
        if "SIDES" in seen or ("SAME" in seen and "PARTY" in seen):
            return Kind.SIDES, level or "section"
        if seen & {"WHY", "GROUNDS"}:
            return Kind.GROUNDS, None
        if level or ("WHICH" in seen and "CITE" in seen):
            return Kind.ASSOCIATIONS, level or "section"
        if "TREND" in seen:
            return Kind.TREND, None
        if "SHOW" in seen and not self.by and not seen & {"RATE", "OFTEN", "COUNT", "WHICH"}:
            return Kind.CASES, None
        return Kind.FIGURES, None


def _settled(condition: Condition) -> Condition:
    """A condition with its pages and chapters as places of a guideline, which another condition may name."""
    if condition.name != "guideline":
        return condition
    works = [value for value in condition.values if " " not in value]
    pages = [value for value in condition.values if " " in value]
    if not pages:
        return condition
    if len(works) > 1:
        raise QuestionError(f"{pages[0]} of which of {', '.join(works)}?")
    found = []
    for value in pages:
        unit, _, number = value.partition(" ")
        if unit == "chapter":
            if works and not works[0].startswith("acoem"):
                raise QuestionError(f"{works[0]} has no numbered chapters")
            found.append(f"acoem-2004/{number}")
        else:
            work = works[0] if works else "chronic-pain"
            found.append(f"{_PAGED.get(work, _edition(work))}/page/{number}")
    return Condition("guideline", tuple(found), condition.negated, condition.asked)


def _edition(work: str) -> str:
    """The edition whose pages a place is cited by: an ACOEM chapter's pages are its book's."""
    return work.split("/")[0] if work.startswith("acoem") else work


def _first(inner: Plan) -> int:
    """The position of the first token of a part."""
    _, within = inner[0]
    return within if isinstance(within, int) else _first(within)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
