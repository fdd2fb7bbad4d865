"""What a letter says, as frozen values that remember where they were read.

A :class:`Determination` is a whole letter. It decides *disputed items*; each
:class:`Decision` has an outcome, the citations of both parties and a rationale.
``None`` means that the letter does not say. Every :class:`Span` is a half-open range
of characters of the letter's text as decoded.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from kg.model.closed import (
    Basis as Basis,
)
from kg.model.closed import (
    CodeSystem as CodeSystem,
)
from kg.model.closed import (
    DocumentKind as DocumentKind,
)
from kg.model.closed import (
    Outcome as Outcome,
)
from kg.model.closed import (
    Party as Party,
)
from kg.model.closed import (
    Priority as Priority,
)
from kg.model.closed import (
    ProblemKind as ProblemKind,
)
from kg.model.closed import (
    Response as Response,
)
from kg.model.closed import (
    Sex as Sex,
)
from kg.model.closed import (
    Side as Side,
)
from kg.model.closed import (
    Template as Template,
)
from kg.model.closed import (
    TimeUnit as TimeUnit,
)
from kg.model.closed import (
    Unit as Unit,
)
from kg.model.extents import (
    Code as Code,
)
from kg.model.extents import (
    Frequency as Frequency,
)
from kg.model.extents import (
    Quantity as Quantity,
)
from kg.model.extents import (
    Refills as Refills,
)
from kg.model.extents import (
    TimeSpan as TimeSpan,
)
from kg.model.spans import (
    Read as Read,
)
from kg.model.spans import (
    Span as Span,
)


class Problem(Struct, frozen=True, gc=False):
    """Wording that could not be read, with the place and one sentence about it."""

    kind: ProblemKind
    span: Span
    message: str


class Section(Read, frozen=True, gc=False):
    """A section or topic of a guideline, as printed, wraps repaired.

    ``concept`` is its notation in ``ontology/guidelines.ttl`` (``chronic-pain/2016/facet-blocks``),
    ``None`` where the title is not in the catalogue.
    """

    title: str
    concept: str | None
    span: Span


LONGEST_RANGE = 100
"""The most pages that a printed range can have to be taken page by page; more is a misprint."""


class PageRange(Read, frozen=True, gc=False):
    """Pages ``first`` to ``last`` of a guideline, both included.

    ``inferred``: the letter printed one list after several chapters, and the chapter's
    page range told that these belong to it.
    """

    first: int
    last: int
    span: Span
    inferred: bool = False

    def each(self) -> range:
        """The pages one by one, as graph and facts count them; none of a range that is a misprint.

        >>> list(PageRange(48, 50, Span(0, 5)).each())
        [48, 49, 50]
        >>> list(PageRange(4, 404, Span(0, 5)).each())
        []
        """
        return range(self.first, self.last + 1 if self.last - self.first < LONGEST_RANGE else self.first)


class Citation(Read, frozen=True, gc=False):
    """One party's reference to one guideline: its chapter, sections and pages.

    ``guideline`` is a notation of ``ontology/guidelines.ttl``: in the MTUS ``acoem-2004``,
    ``elbow-2007``, ``chronic-pain``, ``acupuncture``, ``postsurgical``, ``opioids``,
    ``mtus-other``; outside ``odg``, ``acoem-3rd``, ``other`` (and ``acoem-2004``).
    ``edition`` is the year printed with an MTUS title, ``inferred_edition`` the year of the
    edition in force on the decision date where none is printed. ``chapter`` is a number for
    ACOEM, a name for ODG. ``title`` is the source as printed, where ``guideline`` does not
    say it all.
    """

    mtus: bool
    guideline: str
    edition: int | None
    chapter: int | str | None
    sections: tuple[Section, ...]
    pages: tuple[PageRange, ...]
    title: str | None
    span: Span
    inferred_edition: int | None = None


class GuidelineField(Read, frozen=True, gc=False):
    """What follows ``Claims Administrator guideline:`` or ``MAXIMUS guideline:``.

    ``basis`` is ``None`` where the letter lacks the field.
    """

    basis: Basis | None
    citations: tuple[Citation, ...] = ()
    span: Span | None = None


class BodyPart(Read, frozen=True, gc=False):
    """A part of the body, a notation of ``ontology/body-parts.ttl`` with spaces, and its side."""

    part: str
    side: Side | None
    span: Span


class Service(Read, frozen=True, gc=False):
    """The DWC's category and subcategory of a treatment, as ``ontology/services.ttl`` labels them."""

    category: str
    subcategory: str | None
    span: Span


class Drug(Read, frozen=True, gc=False):
    """What is dispensed: generic ingredients in lower case, or ``compound`` alone.

    ``drug_class`` is the label of its class in ``ontology/drugs.ttl``.
    """

    ingredients: tuple[str, ...]
    drug_class: str | None
    span: Span


class Condition(Read, frozen=True, gc=False):
    """A condition that an item or a summary names: a notation of ``ontology/conditions.ttl``."""

    concept: str
    span: Span


class Treatment(Read, frozen=True, gc=False):
    """A treatment or study before the request: its kind as of a :class:`Service`, and the drug's class."""

    category: str
    subcategory: str | None
    drug_class: str | None
    response: Response | None
    span: Span


class History(Read, frozen=True, gc=False):
    """The clinical situation that the summary tells: conditions, injured parts, earlier treatment.

    ``body_parts`` are those that the diagnoses name, or else the complaints.
    """

    conditions: tuple[Condition, ...] = ()
    body_parts: tuple[BodyPart, ...] = ()
    treatments: tuple[Treatment, ...] = ()


class DisputedItem(Read, frozen=True, gc=False):
    """A treatment that utilization review denied or cut.

    ``text`` is printed before the outcome; ``in_dispute`` is what is really in dispute: the
    item itself, or the portion left where the claims administrator authorized a part, which
    ``original_request`` and ``authorized`` then tell. Body parts and the two flags come from
    the whole text, and so do codes; service, drug and all amounts come from what is in dispute.
    ``duration`` is how long it goes on, ``supply`` how long what is dispensed lasts.
    """

    text: str
    span: Span
    in_dispute: str
    in_dispute_span: Span
    original_request: str | None = None
    authorized: str | None = None
    service: Service | None = None
    body_parts: tuple[BodyPart, ...] = ()
    quantity: Quantity | None = None
    drug: Drug | None = None
    retrospective: bool = False
    associated_surgical_service: bool = False
    conditions: tuple[Condition, ...] = ()
    frequency: Frequency | None = None
    duration: TimeSpan | None = None
    refills: Refills | None = None
    supply: TimeSpan | None = None
    codes: tuple[Code, ...] = ()


class Mention(Read, frozen=True, gc=False):
    """A guideline or reference that a rationale names; not a party's citation."""

    text: str
    guideline: str | None
    chapter: int | None
    pages: tuple[PageRange, ...]
    span: Span


class Ground(Read, frozen=True, gc=False):
    """One reason that a rationale applies to the request, as the reviewer states it.

    ``ground`` is a notation of ``ontology/grounds.ttl``; ``met`` is whether the criterion is found met
    (speaks for the treatment). ``quote`` is the sentence that says so, or a part of it, white space
    folded, and ``span`` its place. ``likelihood`` is how surely it was read, from 0 to 1.
    """

    ground: str
    met: bool
    quote: str
    span: Span
    likelihood: float


class Rationale(Read, frozen=True, gc=False):
    """The reasons for a decision, with what they quote plainly.

    ``cues`` are wordings that may be grounds, of classes that are not read surely enough to be counted.
    """

    span: Span
    recommended: tuple[Quantity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    grounds: tuple[Ground, ...] = ()
    cues: tuple[Ground, ...] = ()


class Allowed(Read, frozen=True, gc=False):
    """What a rationale says is recommended, in the unit of the quantity that is requested.

    ``exceeded`` is whether the quantity is over every amount recommended; ``False`` where it is within
    every one, ``None`` where it is over some (a trial) and within others (in all).
    """

    minimum: float
    maximum: float
    unit: Unit
    exceeded: bool | None


class Decision(Read, frozen=True, gc=False):
    """One disputed item with its outcome, each party's citations and the rationale.

    ``outcome`` is ``None`` where it is printed in words that are not understood; a problem quotes them.
    """

    item: DisputedItem
    outcome: Outcome | None
    outcome_span: Span
    claims_administrator: GuidelineField
    reviewer: GuidelineField
    rationale: Rationale | None

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The grounds that the rationale states."""
        return self.rationale.grounds if self.rationale else ()

    @property
    def allowed(self) -> Allowed | None:
        """What is recommended against the quantity requested; ``None`` where they share no unit."""
        quantity = self.item.quantity
        amounts = self.rationale.recommended if quantity and self.rationale else ()
        alike = [each for each in amounts if quantity and each.unit is quantity.unit]
        if quantity is None or not alike:
            return None
        over = {quantity.maximum > each.maximum for each in alike}
        least, most = min(each.minimum for each in alike), max(each.maximum for each in alike)
        return Allowed(least, most, quantity.unit, over.pop() if len(over) == 1 else None)

    @property
    def cues(self) -> tuple[Ground, ...]:
        """What may be grounds, of classes that are not read surely enough."""
        return self.rationale.cues if self.rationale else ()

    def cited_by(self, party: Party) -> GuidelineField:
        """The guideline field of ``party``."""
        return self.reviewer if party is Party.REVIEWER else self.claims_administrator


class Specialty(Read, frozen=True, gc=False):
    """A certification or subspecialty as printed, with its notation in ``specialties.ttl``."""

    name: str
    concept: str | None
    span: Span


class Reviewer(Struct, frozen=True, gc=False):
    """The unnamed physician of one letter (Labor Code 4610.6(f)), never merged across letters."""

    specialties: tuple[Specialty, ...] = ()
    subspecialties: tuple[Specialty, ...] = ()
    licensed_in: tuple[str, ...] = ()


class Patient(Struct, frozen=True, gc=False):
    """The injured worker: age in years and sex, nothing else."""

    age: int | None = None
    sex: Sex | None = None


SCAN_MARK = "[Text recognized from a scan]\n"
"""The first line of a text that was recognized."""


class Determination(Read, frozen=True, gc=False):
    """A letter's result for a case.

    ``case_number`` is as printed, in capitals and with its dash, the file's stem where the letter prints
    none, ``None`` where there is neither. ``spans`` tells where header and patient values were read, by
    path (``decision_date``, ``patient.age``, ``reviewer.licensed_in``). A letter that ends a review
    without a determination (``kind``) decides nothing and has no decisions. ``scanned`` says that the
    text was recognized from a scan, and so everything that was read from it.
    """

    case_number: str | None
    template: Template
    date_assigned: date | None
    date_of_injury: date | None
    decision_date: date | None
    ur_denial_date: date | None
    application_received: date | None
    priority: Priority | None
    reviewer: Reviewer
    patient: Patient
    decisions: tuple[Decision, ...]
    documents_reviewed: tuple[str, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    history: History = History()
    kind: DocumentKind = DocumentKind.DETERMINATION
    scanned: bool = False
