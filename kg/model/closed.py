"""Closed sets of values that letters and their readings have."""

from enum import StrEnum


class Template(StrEnum):
    """The template of a letter, by era; notice and professional review are of 2013."""

    NOTICE_2013 = "2013-notice"
    LETTER_2013 = "2013-14"
    PROFESSIONAL_2013 = "2013-professional"
    PAGES = "pages"
    SECTIONS = "sections"
    LETTER_2018 = "2018"


class DocumentKind(StrEnum):
    """What kind of document a letter is; the last three end a review without a decision of any item."""

    DETERMINATION = "determination"
    AMENDED = "amended-determination"
    TERMINATION = "termination"
    WITHDRAWAL = "withdrawal"
    DISMISSAL = "dismissal"


class Priority(StrEnum):
    """How fast the review had to be (Labor Code 4610.6(d))."""

    STANDARD = "standard"
    EXPEDITED = "expedited"


class Outcome(StrEnum):
    """The outcome of a disputed item; *upheld* means that the denial stands."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    MODIFIED = "modified"


class Party(StrEnum):
    """Who relies on a guideline."""

    CLAIMS_ADMINISTRATOR = "claims_administrator"
    REVIEWER = "reviewer"


class Basis(StrEnum):
    """What kind of source a party says that it relied on."""

    MTUS = "mtus"
    MTUS_AND_OTHER = "mtus_and_other"
    OUTSIDE_MTUS = "outside_mtus"
    NONE_CITED = "none_cited"


class Sex(StrEnum):
    """The injured worker's sex, as printed."""

    MALE = "male"
    FEMALE = "female"


class Side(StrEnum):
    """Which side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"


class Unit(StrEnum):
    """What a quantity counts; ``refill-only`` is a number of refills without an amount."""

    VISIT = "visit"
    UNIT = "unit"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    REFILL_ONLY = "refill-only"


class TimeUnit(StrEnum):
    """A unit of time, of a period or of how long something goes on."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class CodeSystem(StrEnum):
    """What a printed code is of: procedures, supplies and drugs given, diagnoses, packages of drugs."""

    CPT = "cpt"
    HCPCS = "hcpcs"
    ICD_9 = "icd-9"
    ICD_10 = "icd-10"
    NDC = "ndc"


class ProblemKind(StrEnum):
    """Why wording was not understood, or is doubted."""

    UNRESOLVED_TITLE = "unresolved-title"
    UNRESOLVED_SPECIALTY = "unresolved-specialty"
    UNREAD_TEXT = "unread-text"
    BAD_PAGES = "bad-pages"
    BAD_VALUE = "bad-value"
    MISSING_HEADING = "missing-heading"
    MISSING_FIELD = "missing-field"
    REPEATED_HEADING = "repeated-heading"
    HEADING_OUT_OF_ORDER = "heading-out-of-order"
    CONTRADICTION = "contradiction"
    CUT_LETTER = "cut-letter"
    ENCODING = "encoding"
    MISPRINT = "misprint"


class Response(StrEnum):
    """What an earlier treatment brought, as the summary tells it."""

    HELPED = "helped"
    NOT_HELPED = "not-helped"
