"""Read a question in words: its phrases, then what they mean together.

``grammar/question.lark`` reads the sequence of phrases; what no phrase holds is not guessed at: the
question is refused, with the words that were not understood.
"""

import contextlib
import re
from dataclasses import replace
from functools import cache

from lark.exceptions import UnexpectedInput

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.examples import nearest
from kg.questions.meaning import intent, without_effect
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.asked_dates import Plan
from kg.questions.phrasing import NUMBERED, Said, said, settled
from kg.questions.question import Question
from kg.questions.vocabulary import Phrase
from kg.questions.wording import shared_parts
from kg.questions.wording.clauses import second
from kg.questions.wording.spelling import spelling
from kg.reading.text.grammars import Lexeme, TypedGrammar, nested
from kg.reading.vocabulary.phrases import words

LONGEST = 2_000
"""Characters of a question; a longer text is none."""

_LEADING = {"IN", "BY", "NOT", "OR"}
"""What goes with a phrase that follows it."""
_TELLING = {"RATE", "VALUE", "GUIDE", "IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "DENIAL", "CASE", "YEAR"}
"""What a question is about, without one of which a shorter one is no nearer than an example."""
_ASKING = {
    *("RATE", "SHARE", "COUNT", "OFTEN", "WHICH", "WHO", "SHOW", "WHY", "GROUNDS", "BY", "PERIOD", "TREND"),
    *(
        "MOST",
        "LEAST",
        "TOP",
        "BOTTOM",
        "FREQUENT",
        "COMPARE",
        "VERSUS",
        "THAN",
        "MEAN",
        "SIDES",
        "CITED_MOST",
    ),
    *("IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "CASE", "MATTER", "YEAR"),
}
"""What makes a question of words."""
_TIDY, _STRAY = re.compile(r"\s+"), re.compile(r"\s[^\w\s#&]+(?=\s)")
_MARKS = " \t\n.?!;,"
"""What ends a question and says nothing."""
ABSENT = {
    "NO_ADVICE": "letters neither advise nor foretell; how such decisions ended can be asked",
    "NO_PROVIDER": "letters name no treating physician; “specialist” with a specialty asks about reviewers",
    "NO_PAYER": "letters name no insurer, employer, lawyer or judge",
    "NO_NAME": "letters name no person; a reviewer's specialty and licence can be asked about",
    "NO_PLACE": "letters name no place",
    "NO_CLOCK": "dates are asked for by year, month or day, such as “since 2015”",
    "NO_HOURS": "hours and doses a day are not counted; quantities and times a week are",
    "NO_AFTERMATH": "letters do not say what became of a patient",
    "NO_LITERATURE": "literature is not told apart from other sources: ask for decisions that rely on "
    "“sources outside the MTUS” or cite “no guideline”",
    "NO_MONEY": "letters state no costs",
    "NO_MINIMUM": "rows are kept by how many decisions they have, of any outcome: “at least 20 decisions”",
    "UNCOUNTED": "how many items of a letter ended so is not counted: ask for letters with all, with none or "
    "with at least one of them upheld or overturned",
}
"""Why a question with such a word cannot be answered."""


_FOUND = ("VALUE", "GUIDE", "UNKNOWN", "MONTH", "DAY", "TIME", "MEASURE", "HAVING", "PART")


@cache
def grammar() -> TypedGrammar[Plan]:
    """The grammar of questions."""
    found = {name: f"<{name}>" for name in (*_FOUND, *NUMBERED.values())}  # by the reader, not by words
    return TypedGrammar(vocabulary.GRAMMAR, nested, words=found)


def read_question(text: str) -> Question:
    """What a question asks.

    >>> read_question("topical analgesics by year").reading
    'figures overturned | subcategory=Topical Analgesics | by year'

    Raises:
        QuestionError: words of it mean nothing here, or together they ask nothing that can be answered.
    """
    if len(text) > LONGEST:
        raise QuestionError(f"the question has {len(text)} characters; at most {LONGEST} are read")
    text = text.rstrip(_MARKS)
    phrases = said(text)
    meant = settled(text, phrases.phrases)
    try:
        return _whole(text, phrases, meant)
    except QuestionError as error:
        near = answerable(text, meant)
        raise QuestionError(f"{error}; the nearest question that can be answered: “{near}”") from error


def answerable(text: str, phrases: list[Phrase]) -> str:
    """The nearest question that is read: what is left without words that are not understood, or an example.

    >>> from kg.questions.phrasing import tokens
    >>> answerable("overturn rate in Los Angeles by year", tokens("overturn rate in Los Angeles by year"))
    'overturn rate by year'
    """
    shorter = _shorter(text, phrases)
    asks = shorter and not _ASKING.isdisjoint(phrase.type for phrase in said(shorter).phrases)
    for candidate in (shorter if asks else "", _rebuilt(phrases)):
        if candidate and _is_read(candidate):
            return candidate
    return nearest(text, 1)[0]


def _shorter(text: str, phrases: list[Phrase]) -> str:
    """What is left of a question without words that are not understood, empty where that is too little."""
    left, start = [], 0
    for at, phrase in enumerate(phrases):
        if phrase.type in ABSENT or phrase.type == "UNKNOWN":
            leading = at and phrases[at - 1].type in _LEADING
            left.append(text[start : phrases[at - 1].start if leading else phrase.start])
            start = phrase.end
    lost = sum(phrase.type in ABSENT or phrase.type == "UNKNOWN" for phrase in phrases)
    if not start or 2 * lost > len(phrases):
        return ""
    return _TIDY.sub(" ", _STRAY.sub(" ", " ".join([*left, text[start:]]))).strip(" ,;:-")


def _rebuilt(phrases: list[Phrase]) -> str:
    """The rate of what a question names, without what that is compared with: *overturn rate of MRI*."""
    apart = next((at for at, phrase in enumerate(phrases) if phrase.type in {"VERSUS", "THAN"}), len(phrases))
    named = [p for p in phrases[:apart] if p.type in {"VALUE", "GUIDE"} and p.meaning.name != "side"]
    things = [f"citing {p.printed}" if p.type == "GUIDE" else p.printed for p in named]
    upheld = any(p.type in {"IS_UPHELD", "DENIAL"} for p in phrases)
    return f"{'uphold' if upheld else 'overturn'} rate of {', '.join(things)}" if things else ""


def _is_read(text: str) -> bool:
    """Whether a text is a question, about something, of which no word is passed over."""
    phrases = said(text)
    if not any(phrase.type in _TELLING for phrase in phrases.phrases):
        return False
    with contextlib.suppress(QuestionError):
        return not _whole(text, phrases, settled(text, phrases.phrases)).passed_over
    return False


def _whole(text: str, phrases: Said, meant: list[Phrase]) -> Question:
    """What phrases ask together, each of them with its part in it, or named."""
    question = _read(text, meant)
    return replace(question, passed_over=_passed_over(text, question, phrases, meant))


def _read(text: str, phrases: list[Phrase]) -> Question:
    unknown = dict.fromkeys(phrase.printed for phrase in phrases if phrase.type == "UNKNOWN")
    named = ", ".join(f"“{word}”" for word in unknown)
    if absent := next((phrase for phrase in phrases if phrase.type in ABSENT), None):
        also = f"; not understood: {named}" if unknown else ""
        raise QuestionError(f"“{absent.printed}”: {ABSENT[absent.type]}{also}")
    if unknown:
        raise QuestionError(f"not understood: {named}")
    if not phrases:
        raise QuestionError("the question is empty")
    if {phrase.type for phrase in phrases} <= {"WHICH", "IN", "OR"}:
        raise QuestionError("what is asked of the decisions? Name a service, an outcome or another thing")
    asked = _asked(text, phrases)
    respelled = tuple(
        (phrase.printed, known)
        for phrase in phrases
        if phrase.meaning.name != "rationale" and (known := _respelled(phrase.printed))
    )
    if cut := shared_parts.cut(text, phrases):
        whole, part = cut
        asked, of = _asked(text, whole), _asked(text, part)
        asked.part += [*of.conditions, *([of.later] if of.later else [])]
        asked.parties = asked.parties or of.parties
        asked.loose += of.loose  # kinds of thing beside what is of the part
        asked.seen |= of.seen & {"MOST", "LEAST", "WHICH", "MATTER"}
    return replace(intent.question(asked), respelled=respelled)


def _passed_over(text: str, question: Question, read: Said, meant: list[Phrase]) -> tuple[str, ...]:
    """The words that have no part in a reading, in order."""

    def reread(left_out: Phrase, left: list[Phrase]) -> Question | None:
        blank = text[: left_out.start] + " " * (left_out.end - left_out.start) + text[left_out.end :]
        with contextlib.suppress(QuestionError):
            return _read(blank, settled(blank, left))
        return None

    def without(left_out: Phrase) -> Question | None:
        return reread(left_out, [p for p in read.phrases if p is not left_out])

    def is_silent(clause: Phrase) -> bool:
        outside = [p for p in read.phrases if not clause.start <= p.start < clause.end]
        other = reread(clause, outside)
        return other is not None and other.reading == question.reading

    had = [phrase for phrase in meant if phrase.meaning.name == "earlier"]  # `prior`, of prior therapy
    found = [
        one
        for one in (*without_effect.passed_over(question, read.phrases, meant, without), *read.passed_over)
        if not any(phrase.start <= one.start < phrase.end for phrase in had)
    ]
    clauses = [c for c in second.silent(text, read.phrases) if is_silent(c)]
    whole = [one for one in found if not any(c.start <= one.start < c.end for c in clauses)]
    return tuple(dict.fromkeys(p.printed for p in sorted((*whole, *clauses), key=lambda p: p.start)))


def _asked(text: str, phrases: list[Phrase]) -> Asked:
    """What the phrases say, one part after the other."""
    lexemes = [Lexeme(phrase.type, phrase.start, phrase.end) for phrase in phrases]
    return Asked(text, phrases).read(_planned(lexemes, phrases))


def _respelled(printed: str) -> str:
    """A phrase as it is spelled right, empty where it was."""
    folded = words(printed).folded
    right = [spelling()(word) for word in folded]
    return " ".join(right) if right != folded else ""


def _planned(lexemes: list[Lexeme], phrases: list[Phrase]) -> Plan:
    try:
        return grammar().plan(lexemes)
    except UnexpectedInput as error:
        at = getattr(getattr(error, "token", None), "value", None)
        near = phrases[at].printed if isinstance(at, int) else "the end"
        raise QuestionError(f"the question cannot be followed at “{near}”") from error
