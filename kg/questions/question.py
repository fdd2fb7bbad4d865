"""A question as a value: what is counted, of which decisions, split by what."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kg.model import Outcome, Party


class Kind(StrEnum):
    """What a question asks for."""

    FIGURES = "figures"
    """How many decisions, and how they ended."""
    ASSOCIATIONS = "associations"
    """Which places of guidelines are associated with an outcome."""
    GROUNDS = "grounds"
    """Which grounds reviewers state with an outcome."""
    SIDES = "sides"
    """What both parties cite."""
    TREND = "trend"
    """How an outcome develops, month by month, with the changes of guidelines."""
    MEASURE = "measure"
    """The mean and the median of a number: days between two dates, ages, quantities."""
    PARTS = "parts"
    """Which share some decisions are of others."""
    CASES = "cases"
    """The cases themselves."""
    CASE = "case"
    """One case."""
    WHY = "why"
    """The grounds of one case."""
    RELATED = "related"
    """Decisions like those of one case."""
    CONTRAST = "contrast"
    """Decisions like those of one case that ended the other way."""


SIMILAR = frozenset((Kind.RELATED, Kind.CONTRAST))
"""The kinds of question about decisions like those of one case."""
OF_ONE_CASE = SIMILAR | {Kind.CASE, Kind.WHY}
"""The kinds of question that name a case."""
SPLITTING = frozenset((Kind.FIGURES, Kind.TREND, Kind.GROUNDS, Kind.MEASURE, Kind.PARTS))
"""The kinds of question whose answer can be split."""

DATED = ("newest", "oldest")
LASTING = ("longest", "shortest")
"""Orders of a list of decisions."""
_SPLIT_WORDS = {"items": "items per letter", "frequency": "times per week"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What decisions have to meet: one of the ``values`` of the filter ``name``, or none if ``negated``.

    ``asked`` are the words of the question that it was read from.
    """

    name: str
    values: tuple[str, ...]
    negated: bool = False
    asked: str = ""
    party: Party | None = None
    """Who cites it, where that is not who the whole question is about."""

    @property
    def words(self) -> str:
        """As a question can write it: ``drug="Opioids"``, or ``drug!="Opioids"``."""
        return self.written()

    def written(self, prefix: str = "") -> str:
        """The same with a prefix: ``part.drug="Opioids"``."""
        no = "!" if self.negated else ""
        prefix += "administrator." if self.party is Party.CLAIMS_ADMINISTRATOR else ""
        return " ".join(f'{prefix}{self.name}{no}="{value}"' for value in self.values)

    def __str__(self) -> str:
        """As the readings in ``grammar/examples/question.tsv`` write it."""
        who = "administrator " if self.party is Party.CLAIMS_ADMINISTRATOR else ""
        return f"{'not ' if self.negated else ''}{who}{self.name}={', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood of a question; equal questions have equal readings.

    ``outcome`` is the one that is asked about, ``party`` whose citations count, ``level`` the level of
    guidelines (``page``, ``section``, ``chapter``, ``guideline``) of associations and sides. ``groups`` are
    the conditions of a comparison. ``order`` is ``most`` or ``least``, or of a list of
    decisions ``newest`` or ``oldest``, or ``longest`` or ``shortest`` by the ``measure``; ``limit`` is the
    number of rows.
    """

    kind: Kind
    outcome: Outcome | None = None
    where: tuple[Condition, ...] = ()
    by: tuple[str, ...] = ()
    groups: tuple[Condition, ...] = ()
    level: str | None = None
    party: Party = Party.REVIEWER
    order: str | None = None
    limit: int | None = None
    case: str | None = None
    measure: str | None = None
    """The facet whose mean is asked for."""
    part: tuple[Condition, ...] = ()
    """What decisions have to meet to be of the part whose share is asked for."""
    having: tuple[Condition, ...] = ()
    """What a row of the answer has to meet: a number of ``decisions``, a ``percent`` of the outcome."""
    counts: bool = False
    """Whether a number was asked for, not a share."""
    respelled: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Phrases as they were written, with the known ones that they were taken for."""
    passed_over: tuple[str, ...] = field(default=(), compare=False)
    """Words that the reading has no part for."""

    @property
    def split(self) -> tuple[str, ...]:
        """What the rows of the answer are of: as asked, and of a trend the years, where nothing else is."""
        timed = {"year", "quarter", "month"} & set(self.by) or self.groups
        return self.by if self.kind is not Kind.TREND or timed else (*self.by, "year")

    @property
    def reading(self) -> str:
        """The question in the notation of ``grammar/examples/question.tsv``.

        >>> Question(Kind.FIGURES, Outcome.OVERTURNED, (Condition("drug", ("Opioids",)),), ("year",)).reading
        'figures overturned | drug=Opioids | by year'
        """
        head = [self.kind.value, *(w for w in (self.level, self.measure, self.outcome, self.case) if w)]
        if self.party is not Party.REVIEWER:
            head.append(f"of {self.party}")
        tail = ["of " + "; ".join(sorted(map(str, self.part)))] if self.part else []
        tail += [" vs ".join(map(str, self.groups))] if self.groups else []
        if self.by:
            tail.append(f"by {', '.join(self.by)}")
        if self.order:
            tail.append(self.order + (f" {self.limit}" if self.limit else ""))
        tail += [f"with {condition}" for condition in self.having]
        where = "; ".join(sorted(map(str, self.where)))
        return " | ".join((" ".join(head), where, ", ".join(tail))).rstrip(" |")

    @property
    def words(self) -> str:
        """The question as text that reads back as the same question.

        >>> Question(Kind.FIGURES, Outcome.OVERTURNED, (Condition("drug", ("Opioids",)),), ("year",)).words
        'rate overturned drug="Opioids" by year'
        """
        head = {
            Kind.FIGURES: "how many" if self.counts else "rate",
            Kind.ASSOCIATIONS: f"which {self.level} associated with",
            Kind.GROUNDS: "which grounds",
            Kind.SIDES: f"both parties {self.level}",
            Kind.TREND: "how many trend" if self.counts else "trend",
            Kind.MEASURE: "",
            Kind.PARTS: "share",
            Kind.CASES: f"show {self.limit or ''}",
            Kind.CASE: "",
            Kind.WHY: "why",
            Kind.RELATED: "like",
            Kind.CONTRAST: "like",
        }[self.kind]
        tail = " the other way" if self.kind is Kind.CONTRAST else ""
        measure = f'measure="{self.measure}"' if self.measure else ""
        places = self.by in {(level,) for level in ("page", "section", "chapter", "guideline")}
        if places and self.kind is Kind.FIGURES and self.counts and self.order == "most":
            head += " cited most"  # without it, what is cited is told with its association
        parts = [head, measure, self.outcome.value if self.outcome else "", (self.case or "") + tail]
        if self.party is Party.CLAIMS_ADMINISTRATOR:
            parts.append("by the claims administrator")
        named: set[str] = set()
        for condition in self.where:  # of two conditions of one filter, *and* says that both are to hold
            parts.append("and" if condition.name in named and not condition.negated else "")
            parts.append(condition.words)
            named.add(condition.name)
        parts += [condition.written("part.") for condition in self.part]
        if self.groups:
            parts.append(" versus ".join(group.words for group in self.groups))
        if self.by:
            named_by = (_SPLIT_WORDS.get(name, name.replace("_", " ")) for name in self.by)
            parts.append("by " + ", ".join(named_by))
        if self.limit and not self.order and self.kind is not Kind.CASES:
            parts.append(str(self.limit))
        if self.order in (*DATED, *LASTING):
            parts.append(f"{self.order} first")
        elif self.order:
            parts.append(
                ("top" if self.order == "most" else "bottom") + (f" {self.limit}" if self.limit else "")
            )
        parts += [condition.words for condition in self.having]
        return " ".join(part.strip() for part in parts if part.strip())

    def without(self, number: int) -> "Question":
        """The question without its condition ``number``, counted from 0."""
        where = self.where[:number] + self.where[number + 1 :]
        cites = self.level or any(c.name in {"guideline", "edition"} for c in (*where, *self.groups))
        return replace(self, where=where, party=self.party if cites else Party.REVIEWER)
