"""Read a whole letter into a :class:`~kg.model.Determination`."""

import re
from datetime import date

from msgspec.structs import replace

from kg.errors import LetterError
from kg.model import (
    SCAN_MARK,
    Basis,
    Decision,
    Determination,
    GuidelineField,
    Outcome,
    Patient,
    Problem,
    ProblemKind,
    Rationale,
    Reviewer,
    Span,
    Template,
)
from kg.reading.case_numbers import of_name
from kg.reading.citing.citations import read_field
from kg.reading.citing.mentions import mentions
from kg.reading.damage import doubts as misread
from kg.reading.damage import misprinted, near_headings
from kg.reading.document_kind import document_kind
from kg.reading.early import early_layout
from kg.reading.grounds.grounds import read_grounds, too_long
from kg.reading.grounds.judging import measured
from kg.reading.header import Header, plausible, read_header
from kg.reading.history import read_history
from kg.reading.markup import Edit
from kg.reading.noise import Restored, restored
from kg.reading.places import Issue, Layout
from kg.reading.requests.bare_therapy import as_told
from kg.reading.requests.items import read_item
from kg.reading.requests.recommendations import recommended
from kg.reading.reviewers import read_reviewer
from kg.reading.sections import layout
from kg.reading.several import parts
from kg.reading.summary import Summary, read_summary
from kg.reading.text.moved import kept, moved_field, moved_item, moved_problem
from kg.reading.vocabulary.catalogue import guidelines

# From mid-2016 letters cite by section; MTUS titles of December 2017 on name later guidelines.
_BY_SECTION = date(2016, 7, 1)
_LATER_GUIDELINES = 2017
_BY_LATER_GUIDELINES = date(2017, 12, 1)
# What a field of that time says where it cites nothing of the MTUS.
_OUTSIDE_BY_PAGES = re.compile(r"did\s+not\s+base\s+their\s+decision\s+on\s+the\s+MTUS")
# No item or field is a tenth as long; what is, is damage, and is kept unread.
_LONGEST_PIECE = 20_000
_LONGEST_RATIONALE = 100_000
_OPENING = 3_000
"""Characters in which a letter says what it is."""


# The cover page of the mailed form, with a verdict on all items together.
_COVER_VERDICT = re.compile(
    r"Final\s+Determination\s*(?:is\s*)?:\s*"
    r"(?P<verdict>(?P<partial>PARTIAL(?:LY)?\s+)?(?:UPH[OE]LD|(?P<overturn>OVERTURN(?:ED)?)))\b",
    re.IGNORECASE,
)
_VERDICT_WORDS = ("uphold", "upheld", "overturn")
_VERDICTS: dict[frozenset[Outcome | None], str] = {
    frozenset({Outcome.UPHELD}): "uphold",
    frozenset({Outcome.OVERTURNED}): "overturn",
}
# What every letter of such a review names: the case, or the review itself.
_REVIEW = re.compile(r"\b[Cc][Mm]\d\d-\d{5,8}\b|\bIMR\b|(?i:independent\s+medical\s+review)")


def read_letter(text: str, name: str | None = None) -> Determination:
    """Read the letter ``text``; every span points into it.

    ``name``, the file's stem, is the case number where the letter prints none. What could not be
    read is in the determination's problems.

    Raises:
        LetterError: the text is no Independent Medical Review letter, or holds several.
    """
    if (several := len(parts(text))) > 1:
        raise LetterError(f"the text holds {several} letters: kg.parse_letters reads each")
    text = text.replace("\xa0", " ")  # a blank that no line may break at is as wide
    plain = restored(text)
    name = of_name(name)
    found: Determination = _read(text, name) if plain is None else plain.placed(_read(plain.text, name))
    return replace(found, scanned=True) if text.startswith(SCAN_MARK) else found


def _read(text: str, name: str | None, *, whole: bool = False) -> Determination:
    """The letter ``text``, in which nothing is noise; ``whole`` where its headings were mended."""
    found = layout(text)
    if not found.issues:
        found = early_layout(text) or found
    header = read_header(text, *found.header)
    doubtful = not found.issues or found.problems or header.problems
    if doubtful and not whole and (edits := near_headings(text, found.header[0])):
        return _mended(text, edits, name)
    if not _decides(found) and (ended := _ended(text, name)) is not None:
        return ended
    _check(text, found)
    kind = document_kind(text, _opening(found), decides=True)
    summary = read_summary(text, found.summary)
    problems = [*found.problems, *header.problems]
    reviewer, reviewer_spans, doubts = read_reviewer(text, found.credentials)
    problems += [*doubts, *misread(text, found.credentials)]
    edition = guidelines().last_change(header.dates.get("decision_date"))
    decisions = tuple([_decision(text, issue, edition, problems) for issue in found.issues])
    injured = _date_of_injury(header, summary, problems)
    problems += _verdict(text[: found.issues[0].item.start], decisions)
    return Determination(
        header.case_number or name,
        _template(found, header, decisions, text),
        header.dates.get("date_assigned"),
        injured,
        header.dates.get("decision_date"),
        header.dates.get("ur_denial_date"),
        header.dates.get("application_received"),
        header.priority,
        reviewer,
        summary.patient,
        decisions,
        _documents(text, found.documents),
        _injury_span(header, summary, injured)
        | header.spans
        | summary.spans
        | reviewer_spans
        | ({"kind": kind.span} if kind.span else {}),
        tuple(problems),
        read_history(text, found.summary),
        kind.kind,
    )


def _opening(found: Layout) -> int:
    """Where what a letter says of itself ends."""
    return min(found.credentials.start or _OPENING, _OPENING)


def _decides(found: Layout) -> bool:
    """Whether a letter has what one with a decision has: fields of an item, a summary, a reviewer."""
    return (
        found.template is not None
        or found.summary.start < found.summary.end
        or found.credentials.start < found.credentials.end
        or any(issue.administrator or issue.reviewer or issue.rationale for issue in found.issues)
    )


def _ended(text: str, name: str | None) -> Determination | None:
    """A letter that ends a review without a decision, ``None`` where the text is none."""
    end = min(len(text), _OPENING)
    told = document_kind(text, end, decides=False)
    if told.span is None or not _REVIEW.search(text, 0, end):
        return None
    header = read_header(text, Span(0, end))
    decided = header.dates.get("decision_date")
    return Determination(
        header.case_number or name,
        Template.PAGES if decided is None else _of_date(decided),
        header.dates.get("date_assigned"),
        header.dates.get("date_of_injury"),
        decided,
        header.dates.get("ur_denial_date"),
        header.dates.get("application_received"),
        header.priority,
        Reviewer(),
        Patient(),
        (),
        (),
        header.spans | {"kind": told.span},
        header.problems,
        kind=told.kind,
    )


def _mended(text: str, edits: list[Edit], name: str | None) -> Determination:
    """The letter with headings and labels that are nearly right made whole, and a problem for each."""
    plain = Restored.of(text).edited(edits)
    found: Determination = plain.placed(_read(plain.text, name, whole=True))
    return replace(found, problems=(*misprinted(text, edits), *found.problems))


def _check(text: str, found: Layout) -> None:
    """Hold a layout to what every letter has.

    Raises:
        LetterError: no item was found, or no field of any: what was read would be little of it.
    """
    if not found.issues:
        raise LetterError(_no_letter(text, found))
    if found.template is Template.NOTICE_2013:  # its first part alone, on a page of its own, has none
        return
    if all(issue.administrator is issue.reviewer is issue.rationale is None for issue in found.issues):
        items = "disputed item was" if len(found.issues) == 1 else "disputed items were"
        raise LetterError(f"{len(found.issues)} {items} found, but no guideline and no rationale of any")


def _no_letter(text: str, found: Layout) -> str:
    if not text.strip():
        return "the file contains no text"
    if found.credentials.start == found.credentials.end and found.summary.start == found.summary.end:
        return "none of the headings of an Independent Medical Review letter was found"
    return "no disputed item was found: no issue line, and no fields of one"


# Pieces of letters read lately, each by its own text: letters repeat them word for word. The sizes
# hold what a hundred thousand letters repeat, in some tens of megabytes.
_item_by_itself = kept(1 << 14)(lambda piece: read_item(piece, 0, len(piece)))
_field_by_itself = kept(1 << 14)(lambda piece, day: read_field(piece, 0, len(piece), day))


def _decision(text: str, issue: Issue, edition: date | None, problems: list[Problem]) -> Decision:
    start, end = issue.item.start, issue.item.end
    item, found = _item_by_itself(text[start : min(end, start + _LONGEST_PIECE)])
    if end - start > _LONGEST_PIECE:
        problems.append(_too_long(issue.item, "disputed item"))
    problems += [moved_problem(problem, start) for problem in found]
    if start == end:
        message = "no disputed item stands before the outcome"
        problems.append(Problem(ProblemKind.MISSING_FIELD, issue.outcome, message))
    administrator = _field(text, issue.administrator, edition, problems)
    reviewer = _field(text, issue.reviewer, edition, problems)
    return Decision(
        as_told(moved_item(item, start), text, issue.rationale, administrator, reviewer),
        issue.result,
        issue.outcome,
        administrator,
        reviewer,
        None
        if issue.rationale is None
        else _rationale(text, issue.rationale, item.text, issue.result, problems),
    )


def _rationale(
    text: str, span: Span, item: str, outcome: Outcome | None, problems: list[Problem]
) -> Rationale:
    if span.end - span.start > _LONGEST_RATIONALE:
        problems.append(_too_long(span, "rationale"))
    end = min(span.end, span.start + _LONGEST_RATIONALE)
    found = read_grounds(text, span.start, end, item, outcome)
    problems += [_too_long(each, "sentence") for each in too_long(text, span.start, end)]
    return Rationale(
        span,
        recommended(text, span.start, end),
        mentions(text, span.start, end),
        tuple([each for each in found if measured(each.ground).is_sure]),
        tuple([each for each in found if not measured(each.ground).is_sure]),
    )


def _field(text: str, span: Span | None, edition: date | None, problems: list[Problem]) -> GuidelineField:
    """What a party relied on; ``edition`` is the last day on which editions changed before the decision."""
    if span is None:
        return GuidelineField(None)
    if span.end - span.start > _LONGEST_PIECE:
        problems.append(_too_long(span, "guideline field"))
        return GuidelineField(None, (), span)
    field, found = _field_by_itself(text[span.start : span.end], edition)
    problems += [moved_problem(problem, span.start) for problem in found]
    return moved_field(field, span.start)


def _too_long(span: Span, what: str) -> Problem:
    message = f"a {what} of {span.end - span.start} characters exceeds the longest that letters have"
    return Problem(ProblemKind.UNREAD_TEXT, span, message)


def _verdict(opening: str, decisions: tuple[Decision, ...]) -> list[Problem]:
    """A problem where the verdict of the form's cover page is another than the outcomes of the items."""
    small = opening.lower()
    said = _COVER_VERDICT.search(opening) if any(each in small for each in _VERDICT_WORDS) else None
    outcomes = {decision.outcome for decision in decisions}
    if said is None or None in outcomes:
        return []
    verdict = "partial" if said["partial"] else "overturn" if said["overturn"] else "uphold"
    decided = _VERDICTS.get(frozenset(outcomes), "partial")
    if decided == verdict:
        return []
    printed = " ".join(said["verdict"].split())
    message = f'the cover page says "{printed}", the outcomes of the items amount to {decided}'
    return [Problem(ProblemKind.CONTRADICTION, Span(*said.span("verdict")), message)]


def _date_of_injury(header: Header, summary: Summary, problems: list[Problem]) -> date | None:
    """The date of injury of the header, or else of the summary; a problem where they contradict.

    A date of the summary that no injury of the case has is none, with a problem.
    """
    printed, told = header.dates.get("date_of_injury"), summary.date_of_injury
    decided = header.dates.get("decision_date", date.max)
    if told is not None and not (plausible("date_of_injury", told) and told <= decided):
        message = f"the summary says that the injury was on {told}, which no injury of this case was"
        problems.append(Problem(ProblemKind.BAD_VALUE, summary.spans["summary.date_of_injury"], message))
        return printed
    if printed is not None and told is not None and printed != told:
        message = f"the header says that the injury was on {printed}, the summary on {told}"
        problems.append(Problem(ProblemKind.CONTRADICTION, summary.spans["summary.date_of_injury"], message))
    return printed or told


def _injury_span(header: Header, summary: Summary, injured: date | None) -> dict[str, Span]:
    if "date_of_injury" not in header.dates and injured is not None:
        return {"date_of_injury": summary.spans["summary.date_of_injury"]}
    return {}


def _template(found: Layout, header: Header, decisions: tuple[Decision, ...], text: str) -> Template:
    """The era's form, by what the letter prints, or else by its date."""
    if found.template is not None:
        return found.template
    cited = [
        c for d in decisions for f in (d.claims_administrator, d.reviewer) for c in f.citations if c.mtus
    ]
    years = [c.edition for c in cited if c.edition is not None]
    if years:
        return Template.LETTER_2018 if max(years) >= _LATER_GUIDELINES else Template.SECTIONS
    if cited:
        return Template.PAGES
    if _OUTSIDE_BY_PAGES.search(text):
        return Template.PAGES
    decided = header.dates.get("decision_date")
    if decided is not None:
        return _of_date(decided)
    cites = any(d.reviewer.basis is Basis.OUTSIDE_MTUS for d in decisions)
    return Template.SECTIONS if cites or found.header[0].start < found.header[0].end else Template.PAGES


def _of_date(decided: date) -> Template:
    if decided < _BY_SECTION:
        return Template.PAGES
    return Template.SECTIONS if decided < _BY_LATER_GUIDELINES else Template.LETTER_2018


def _documents(text: str, span: Span) -> tuple[str, ...]:
    """The documents reviewed, one a line or paragraph, without bullets."""
    lines = (line.strip(" \t\r\f•-*") for line in span.of(text).splitlines())
    return tuple(line for line in lines if line)
