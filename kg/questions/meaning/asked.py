"""What the parts of a question mean together."""

from dataclasses import dataclass, replace

from kg.errors import QuestionError
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked_dates import Dates, Plan
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase
from kg.questions.wording.alternatives import alternative, is_of, see_parts
from kg.questions.wording.guideline_places import (
    gather,
    is_lacking,
    is_section,
    narrowed,
    of_schedule,
    places,
    without_mtus,
)
from kg.questions.wording.parties import citing

_OF_EACH = {"COUNT", "MEAN", "TIME"}
_UNITS = (("visit", "visit"), ("session", "visit"), ("tablet", "unit"), ("pill", "unit"))


@dataclass(slots=True)
class Asked(Dates):
    """What was found of a question so far."""

    def read(self, plan: Plan) -> "Asked":
        """What the parts say, one after the other."""
        self.parties = citing(self.text, self.phrases)
        for name, inner in plan:
            getattr(self, f"_{name.lower()}")(inner)
            self.either = name == "word" and inner[0][0] == "OR"
            if not self.either:
                self.previous = name
        return self

    def _word(self, inner: Plan) -> None:
        for token, at in inner:
            phrase = self.phrases[at]
            self.seen.add(token)
            if token == "VALUE":
                self._add(phrase)
            elif token.startswith("OF_"):
                self._named(token, phrase, self.by if BESIDE.within("MIX", phrase.printed) else self.loose)
            elif token.startswith("IS_"):
                if self.denied and self.compared and self.outcome is None and self.seen & _OF_EACH:
                    self.outcome, self.denied = Outcome.UPHELD, False  # `denied vs approved`
                    self.seen.add("IS_UPHELD")
                self._ended(Outcome(token.removeprefix("IS_").lower()))
            elif token == "NUMBER" and not self._is_like_one(at):
                self.limit, self.number = int(phrase.meaning.value), phrase.printed
            elif token == "FREQUENT":
                self.seen |= {"MOST", "COUNT"}
            elif token in {"DENIAL", "RATE"}:
                other = self.compared and self.outcome is Outcome.OVERTURNED and self.seen & _OF_EACH
                if token == "DENIAL" and other:  # `approved vs denied`
                    self.seen.add("IS_UPHELD")
                    self._ended(Outcome.UPHELD)
                    continue
                self.denied |= token == "DENIAL"
                self.rated |= phrase.printed.lower().startswith(("overturn", "reversal", "success"))
            elif token == "CASE":
                self.case = phrase.meaning.value
            else:
                self._more(token, at)

    def _is_like_one(self, at: int) -> bool:
        """Whether *one* is a decision that others are like: *letters resembling one where*."""
        before = self.phrases[at - 1].type if at else ""
        return before == "LIKE" and self.phrases[at].printed.lower() == "one"

    def _more(self, token: str, at: int) -> None:
        """Words for means, shares and what rows have to have."""
        meaning = self.phrases[at].meaning
        if token in {"TIME", "MEASURE"}:
            self.measure = meaning.value
        elif token in {"PART", "HAVING"}:
            new = Condition(meaning.name, (meaning.value,), meaning.negated, party=meaning.party)
            if token == "PART" and new.name == "together":  # one letter can dispute both
                self.part.append(new)
            else:
                gather(self.part if token == "PART" else self.having, new)
        elif token == "ONLY":
            self._only(at)
        elif token == "OTHERS":
            self.others = True
        elif token == "EACH_OUTCOME" or (token == "LEAST" and self.phrases[at].printed.lower() == "fewest"):
            self.seen.add("COUNT")

    def _split(self, inner: Plan) -> None:
        for number, (token, at) in enumerate(inner):
            if token.startswith("OF_"):
                self._named(token, self.phrases[at], self.by)
            elif token.startswith("IS_"):
                self._ended(Outcome(token.removeprefix("IS_").lower()))
            elif token == "VALUE":
                self._add(self.phrases[at])
                drugs = number == 1 and self.phrases[at].meaning.value in vocabulary.drug_classes()
                self.by += ["drug"] * drugs  # `per opioid`
            elif token == "PERIOD":
                printed = self.phrases[at].printed.lower()
                self.by.append(next((unit for unit in ("month", "quarter") if unit in printed), "year"))
            elif token == "GROUNDS":
                self.by.append("ground")
            elif token == "FREQUENT":
                self.seen |= {"MOST", "COUNT"}
            elif token == "DENIAL":
                self.denied = True
            self.seen.add(token)
        self.seen.add("BY")
        if len(inner) == 1 and inner[0][0] == "BY" and self.previous != "cited":
            raise QuestionError("by what? By year, specialty, service, drug or another thing")

    def _named(self, token: str, phrase: Phrase, into: list[str]) -> None:
        """A kind of thing that is named; visits and tablets name the unit of a quantity, too."""
        into.append(token.removeprefix("OF_").lower())
        printed = phrase.printed.lower()
        if token == "OF_QUANTITY" and (unit := next((u for word, u in _UNITS if word in printed), None)):
            self._condition(Condition("quantity_unit", (unit,)))
        if (
            token in {"OF_QUANTITY", "OF_FREQUENCY"} and printed.startswith(("how many", "what number"))
        ) or printed.startswith("how old"):
            self.seen.add("MEAN")

    def _only(self, at: int) -> None:
        """*Only* beside a guideline or a ground: nothing else is cited, or stated."""
        ahead = 2 if [phrase.type for phrase in self.phrases[at + 1 : at + 2]] == ["CITE"] else 1
        near = [self.phrases[n] for n in (at - 1, at, at + ahead) if 0 <= n < len(self.phrases)]
        if any("ground" in p.type.lower() + p.meaning.name for p in near):
            self._condition(Condition("alone", ("ground",)))
        elif any(p.meaning.value == "mtus" for p in near):
            self._condition(Condition("basis", ("mtus",)))
        elif any(p.type == "GUIDE" for p in near):
            self._condition(Condition("alone", ("guideline",)))

    def _strict(self, inner: Plan) -> None:
        ((token, _),) = inner
        self._ended(Outcome.UPHELD if token == "STRICT" else Outcome.OVERTURNED)
        self.seen |= {"MOST", "STRICT"}

    def _edition(self, inner: Plan) -> None:
        year = next(self.phrases[at] for token, at in inner if token == "YEAR")
        self._condition(Condition("edition", (year.meaning.value,), asked=year.printed))

    def _negated(self, inner: Plan) -> None:
        """What is not: values of one filter, a citation or a date; values of other filters are asked for."""
        kept, self.conditions = self.conditions, []
        later: list[Phrase] = []
        for at, (name, within) in enumerate(inner[1:]):
            if name == "VALUE":
                phrase = self.phrases[within]
                own = {"side", phrase.meaning.name}
                if inner[at][0] == "OR" and not later:  # `not acupuncture or injections`: neither of them
                    self._add(phrase)
                elif later or (self.conditions and not any(c.name in own for c in self.conditions)):
                    later.append(phrase)
                else:
                    self._add(phrase)
            elif name == "cited":
                if {token for token, _ in within} == {"CITE"}:
                    raise QuestionError("what is not cited? Name a guideline, chapter, section or page")
                self._cited(within)
            elif name == "date":
                self._on([(name, within)])
        turned = [replace(c, negated=True) for c in self.conditions]
        self.conditions = kept
        for condition in turned:
            self._condition(condition)
        for phrase in later:
            self._add(phrase)

    def _cited(self, inner: Plan) -> None:
        named: list[str] = []
        for name, within in inner:
            if name == "place":
                named += self._place(within)
            else:
                self.seen.add(name)
        if not named:
            return
        asked = self.phrases[_first(inner)].printed
        ends = [self.phrases[_first([part])] for part in inner if part[0] == "place"]
        named = narrowed(without_mtus(ends, self.text, named))
        negated = self.either and self.previous == "negated"
        if years := of_schedule(named):
            self._condition(Condition("edition", years, negated, asked), joined=self._joined(_first(inner)))
            return
        works = [within for name, within in inner if name == "place" and within[0][0] == "GUIDE"]
        apart = len(works) == len(named) > 1 and "COMPARE" in self.seen
        owners = [self._whose(within[0][1]) for name, within in inner if name == "place"]
        if self.parties and len(owners) == len(named):
            for place, party in zip(named, owners, strict=True):
                self._condition(Condition("guideline", (place,), negated, asked, party))
        elif apart or (len(works) == len(named) > 1 and self._joined(_first([("place", works[-1])]))):
            for place in named:
                self._condition(Condition("guideline", (place,), negated, asked), joined=not apart)
        else:
            new = Condition("guideline", tuple(dict.fromkeys(named)), negated, asked)
            self._condition(new, joined=self._joined(_first(inner)))

    def _place(self, inner: Plan) -> list[str]:
        kinds = [token for token, _ in inner]
        found = places(kinds, [self.phrases[at].meaning.value for _, at in inner])
        if kinds[0] == "OF_SECTION" and not is_section(found[0]):  # sections of a guideline
            self.loose.append("section")
        return found

    def _top(self, inner: Plan) -> None:
        self.seen.add("LEAST" if inner[0][0] == "BOTTOM" else "MOST")
        if len(inner) > 1:
            self.limit = int(self.phrases[inner[1][1]].meaning.value)

    def _comparison(self, inner: Plan) -> None:
        self.compared = True
        self.seen.update(token for token, _ in inner)

    def _ended(self, outcome: Outcome) -> None:
        if self.outcome not in (None, outcome) and (self.compared or self.seen & (_OF_EACH | {"COMPARE"})):
            self.seen.add("COUNT")  # `upheld versus overturned`: how many of each
            self.seen.discard("COMPARE")
            self.compared, self.outcome = False, None
            return
        if self.outcome not in (None, outcome) and set(self.loose) & {
            "page",
            "section",
            "chapter",
            "guideline",
        }:
            return  # `which pages go with overturned requests, and which with upheld`: their table has both
        if self.outcome not in (None, outcome):
            raise QuestionError(f"one outcome can be asked about, not both {self.outcome} and {outcome}")
        self.outcome = outcome

    def _add(self, phrase: Phrase) -> None:
        meaning = phrase.meaning
        if meaning.name == "side":
            self.sides.append(meaning.value)
            self.both = phrase.printed.lower() == "both"
            return
        several = meaning.name in {"body_part", "rationale"}
        values = tuple(meaning.value.split("|")) if several else (meaning.value,)
        if meaning.name == "body_part" and self.sides:
            values = self._sided(values)
        if (
            self.either
            and meaning.name == "ground"
            and is_lacking(self.after if self.compared else self.conditions)
        ):
            values = (meaning.value.replace(":met", ":not-met"),)  # `no response or improvement documented`
        joined = self._joined(self.phrases.index(phrase))
        negated = meaning.negated or (self.either and self.previous == "negated")
        parts = vocabulary.parts_in(phrase.printed) if meaning.name in {"category", "subcategory"} else ()
        if parts and self.either:
            see_parts(self.conditions, phrase.printed, parts)
        own = self._whose(self.phrases.index(phrase)) if meaning.name == "basis" else None
        new = Condition(meaning.name, values, negated, phrase.printed, meaning.party or own)
        if self.either and not parts:
            new = alternative(self.after if self.compared else self.conditions, new)
        self._condition(new, joined=joined)
        subcategories = [v for c in self.conditions if c.name == "subcategory" for v in c.values]
        if meaning.also and self.either and not all(is_of(v, meaning.also[1]) for v in subcategories):
            raise QuestionError(f"“{phrase.printed}” is a service of two categories: ask for one at a time")
        if meaning.also:
            self._condition(Condition(meaning.also[0], (meaning.also[1],)))
        if parts:
            self._condition(Condition("body_part", self._sided(parts), asked=phrase.printed))

    def _whose(self, at: int) -> Party | None:
        """Who cites what is at a position, where that is not the reviewer."""
        return self.parties.get(at) if self.parties.get(at) is not Party.REVIEWER else None

    def _sided(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Parts of the body on the sides that were named before them."""
        sides, self.sides = self.sides, []
        if not sides:
            return parts
        return tuple(part if ":" in part else f"{part}:{side}" for part in parts for side in sides)


def _first(inner: Plan) -> int:
    """The position of the first token of a part."""
    _, within = inner[0]
    return within if isinstance(within, int) else _first(within)
