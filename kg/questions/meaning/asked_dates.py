"""The dates of a question: of decisions, or of another event of a letter that is named before them."""

from dataclasses import dataclass
from typing import Any

from kg.errors import QuestionError
from kg.questions.meaning.collected import Collected
from kg.questions.question import Condition
from kg.questions.wording.cut_phrases import ENDS
from kg.questions.wording.day_spans import both_spans, day_after, day_before, day_span

Plan = list[Any]
_EVENTS = {
    "INJURED": "injury_date",
    "DENIED_ON": "denial_date",
    "RECEIVED": "application_date",
    "ASSIGNED": "assignment_date",
}
"""The dates of letters beside the decision's, by the words before them."""


@dataclass(slots=True)
class Dates(Collected):
    """What was found of a question so far, with what reads its dates."""

    def _injured(self, inner: Plan) -> None:
        """A date after a word for the injury, or for another event, is the day of that."""
        kept, self.conditions, later, self.later = self.conditions, [], self.later, None
        after, self.after, compared, self.compared = self.after, [], self.compared, False
        for name, within in inner[1:]:
            if name != "OR":
                getattr(self, f"_{name}")(within)
            self.either = name == "OR"
        found = [*self.conditions, *([self.later] if self.later else [])]
        self.conditions, self.later, self.after, self.compared = kept, later, after, compared
        for condition in found:
            self._condition(Condition(_EVENTS[inner[0][0]], condition.values, asked=condition.asked))

    def _since(self, inner: Plan) -> None:
        dates = self._dates(inner)
        self._dated(dates[0][0], dates[1][1] if len(dates) > 1 else "")

    def _from(self, inner: Plan) -> None:
        """``from 2013`` is in 2013, as letters *from* a year are; *onward* and *since* leave it open."""
        dates = self._dates(inner)
        kinds = {token for token, _ in inner}
        day = dates[0][0] == dates[0][1]
        last = dates[-1][1] if len(dates) > 1 else "" if "ONWARD" in kinds or day else dates[0][1]
        self._dated(dates[0][0], last)

    def _onward(self, inner: Plan) -> None:
        self._dated(self._dates(inner)[0][0], "")

    def _before(self, inner: Plan) -> None:
        ((first, last),) = self._dates(inner)
        self._dated("", last if "EARLIER" in dict(inner) else day_before(first))

    def _until(self, inner: Plan) -> None:
        self._dated("", self._dates(inner)[0][1])

    def _after(self, inner: Plan) -> None:
        ((_, last),) = self._dates(inner)
        first = last if "START" in _tokens(inner) else day_after(last)
        if self.previous == "comparison":
            self._dated(first, "")
        else:
            self.later = Condition("decision_date", (f"{first}..",), asked=f"after {last}")

    def _between(self, inner: Plan) -> None:
        (first, _), (_, last) = self._dates(inner)
        self._dated(first, last)

    def _on(self, inner: Plan) -> None:
        if _tokens(inner) & ENDS:
            raise QuestionError("the start or the end of a year is no span of days; name months or a quarter")
        ((first, last),) = self._dates(inner)
        self._dated(first, last)

    def _dates(self, inner: Plan) -> list[tuple[str, str]]:
        """First and last day of each date."""
        found = []
        for name, within in inner:
            if name == "date":
                found.append(day_span({token: self.phrases[at].meaning.value for token, at in within}))
        return found

    def _dated(self, first: str, last: str) -> None:
        if first and last and first > last:
            raise QuestionError(f"the range of dates from {first} to {last} is reversed")
        into = self.after if self.compared else self.conditions
        span, asked = f"{first}..{last}", f"{first}..{last}"
        if self.either and not any(old.name == "decision_date" for old in into):
            raise QuestionError(f"“or” joins the date {span} with what is no date: ask for one at a time")
        for at, old in enumerate(into):
            if old.name == "decision_date" and not old.negated:
                if "COMPARE" in self.seen and not self.compared:
                    self.compared = True
                    self.after.append(Condition("decision_date", (span,), asked=asked))
                elif self.compared and self.previous == "comparison":
                    into[at] = Condition("decision_date", (*old.values, span), asked=f"{old.asked}, {asked}")
                else:
                    into[at] = both_spans(self.text, old, span, either=self.either)
                return
        into.append(Condition("decision_date", (span,), asked=asked))


def _tokens(inner: Plan) -> set[str]:
    """The types of the words of a part's dates."""
    return {token for name, within in inner if name == "date" for token, _ in within}
