"""The frame of a sentence: what it is about, its parts, and which of them a denial reaches."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from lark import Token, Tree
from msgspec import Struct

from kg.reading.grounds.wording import EXTENDING, Word, catalogue, fold, phrases, vocabulary, words_and_gaps
from kg.reading.text.grammars import Lexeme, TypedGrammar
from kg.reading.text.patterns import as_pattern


class Scope(NamedTuple):
    """A part of a sentence: the token that begins it, and whether a denial before or after reaches it."""

    begins: int | None
    reached: bool


class Part(NamedTuple):
    """Words ``first`` up to ``after`` of a sentence, and whether a denial elsewhere reaches them."""

    first: int
    after: int
    reached: bool


class Sentence(Struct, frozen=True, gc=False):
    """A sentence: its folded words and what stands between them, the wording found, and what marks it."""

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    found: tuple[Word, ...]
    groups: int
    marks: frozenset[str]


def _scopes(tree: Tree[Any]) -> tuple[Scope, ...]:
    """Which parts a denial of another part of their clause reaches."""
    scopes: list[Scope] = []
    begins: list[int | None] = [None]
    kinds: list[list[str]] = [[]]
    for child in tree.children:
        if isinstance(child, Token):
            if child.type == "BREAK":
                scopes += _reached(begins, kinds)
                begins, kinds = [], []
            begins.append(int(child.value))
            kinds.append([])
        else:
            kinds[-1] = [token.type for token in child.children if isinstance(token, Token)]
    return tuple(scopes + _reached(begins, kinds))


def _reached(begins: list[int | None], kinds: list[list[str]]) -> list[Scope]:
    reached, carried = [], False
    for kind in kinds:
        reached.append(carried)
        carried = carried or bool(kind)
    for at, kind in enumerate(kinds):
        before = at - 1
        while "LATE" in kind and before >= 0 and not kinds[before]:
            reached[before] = True
            before -= 1
    return [Scope(first, hit) for first, hit in zip(begins, reached, strict=True)]


def _words(group: str) -> list[str]:
    concepts = {concept.notation: concept for concept in catalogue().values()}
    concept = concepts[group]
    labels = (*concept.labels[1:], *concept.said.get(EXTENDING, ()))
    return [phrase for label in labels for phrase in phrases(label)]


@cache
def rationale() -> TypedGrammar[tuple[Scope, ...]]:
    """``grammar/rationale.lark`` with the words of its terminals."""
    denials = _words("denial")
    saying = {word for group in ("documentation", "specified", "submitted") for word in _words(group)}
    late = [word for word in denials if word.startswith("not ") and word in saying]
    edge = r"\b(?=\w)"
    return TypedGrammar(
        "rationale.lark",
        _scopes,
        words={
            "BREAK": rf"[;—]|{edge}{as_pattern(_words('contrast'))}\b",
            "DENIAL": rf"{edge}(?!{as_pattern(late)}\b){as_pattern(set(denials) - set(late))}\b",
            "LATE": rf"{edge}{as_pattern(late)}\b",
        },
    )


_AFTER_COMMA = frozenset(
    (
        *("there", "the", "no", "not", "he", "she", "it", "is", "has", "was", "this", "therefore"),
        *("does", "they", "patient", "these"),
    )
)
_OPENING = frozenset(("and", "but", "or", "so", "as"))
_SUBJECT = frozenset(
    ("the", "there", "this", "he", "she", "it", "no", "therefore", "continued", "with", "to")
)
_JOINING = frozenset(("and", "or", "nor"))
_PARTING = frozenset(",;—")


def parts(told: Sentence) -> tuple[Part, ...]:
    """The parts of a sentence, as the grammar reads its breaks, joins and denials.

    >>> told = sentence("There is no evidence of red flags, but an MRI was done.")
    >>> [" ".join(told.words[part.first:part.after]) for part in parts(told)]
    ['there is no evidence of red flags', 'but an mri was done']
    """
    words, bits = told.words, _bits()
    edges = {}
    for n, gap in enumerate(told.gaps[:-1], 1):
        if (gap != " " and not _PARTING.isdisjoint(gap)) or words[n] in _JOINING:
            kind = _boundary(gap, words[n], words[n + 1] if n + 1 < len(words) else "")
            if kind:
                edges[n] = kind
    denials = {}
    for each in told.found:
        if each.groups & bits.contrast and each.first and words[each.first] != "nor":
            edges[each.first] = "BREAK"
        if each.groups & bits.denial:
            late = words[each.first] == "not" and each.groups & bits.late
            denials[each.first] = "LATE" if late else "DENIAL"
    if not edges:
        return (Part(0, len(words), False),)
    tokens: list[Lexeme] = []
    at_word = {}
    for n in sorted(edges.keys() | denials.keys()):
        if n in edges:
            at_word[len(tokens)] = n
            tokens.append(Lexeme(edges[n], n, n))
        if n in denials:
            tokens.append(Lexeme(denials[n], n, n))
    scopes = rationale().plan(tokens)
    begins = [0 if scope.begins is None else at_word[scope.begins] for scope in scopes] + [len(words)]
    return tuple(
        Part(first, after, scope.reached)
        for first, after, scope in zip(begins, begins[1:], scopes, strict=False)
        if after > first
    )


def _boundary(gap: str, word: str, following: str) -> str | None:
    if ";" in gap or "—" in gap:
        return "BREAK"
    if "," in gap and word in _OPENING and following in _AFTER_COMMA:
        return "BREAK"
    if word in _JOINING or ("," in gap and word in _SUBJECT):
        return "JOIN"
    return None


# --- what marks a sentence ------------------------------------------------------------------------


class _Bits(NamedTuple):
    """The groups that the frame of a sentence is read by."""

    contrast: int
    denial: int
    late: int
    guideline: int
    statement: int
    ends_statement: int
    applied: int
    marks: tuple[tuple[str, int], ...]
    marking: int


_BY_GROUP = (
    *("patient", "record", "request", "provider", "documentation", "guideline", "study"),
    *("condition-of-rule", "denial", "verdict", "purpose", "case-thing"),
)


@cache
def _bits() -> _Bits:
    mask = vocabulary().mask
    return _Bits(
        contrast=mask(["contrast"]),
        denial=mask(["denial"]),
        late=mask(["documentation", "specified", "submitted"]),
        guideline=mask(["guideline"]),
        statement=mask(["statement"]),
        ends_statement=mask(["denial", "contrast"]),
        applied=mask(["patient", "record", "request", "provider"]),
        marks=tuple((name, mask([name])) for name in _BY_GROUP),
        marking=mask(_BY_GROUP),
    )


@lru_cache(maxsize=1 << 12)
def _by_group(groups: int) -> frozenset[str]:
    """The marks that groups of wording make by themselves."""
    return frozenset(name for name, bit in _bits().marks if groups & bit)


_BY_WORD = {
    "past": frozenset(
        (
            *("was", "were", "had", "has", "have", "been", "did", "underwent", "received", "completed"),
            *(
                "reported",
                "presented",
                "complained",
                "remains",
                "continues",
                "remained",
                "required",
                "failed",
            ),
        )
    ),
    "modal": frozenset(("should", "may", "can", "must", "might")),
    "patients": frozenset(("patients", "individuals")),
    "concession": frozenset(("although", "while")),
    "contrast": frozenset(("but",)),
    "administrator": frozenset(("administrator",)),
    "would": frozenset(("would",)),
}
"""Words that mark a sentence wherever they stand."""
_MARKING = frozenset().union(*_BY_WORD.values())
_FIRST = {
    "rule": (1, frozenset(("if", "when", "whenever", "unless", "patients", "those", "for"))),
    "reason": (3, frozenset(("as", "since", "because", "given", "due"))),
    "concession": (1, frozenset(("although", "while", "though"))),
    "contrast": (3, frozenset(("however",))),
    "there-is": (6, frozenset(("there",))),
}
"""Words that mark a sentence among its first."""
_AMONG_FIRST: Mapping[str, list[tuple[str, int]]] = {
    word: [(name, few) for name, (few, said) in _FIRST.items() if word in said]
    for _, some in _FIRST.values()
    for word in some
}
_FIRST_FEW = max(few for few, _ in _FIRST.values())
_CITED = re.compile(r"\([A-Z][\w-]{1,40}(?:, | et al\.?,? )?\d{4}")
_CASE = re.compile(
    r"(?:In this case|However|Here|In the case|Within the|Based on|There"
    r"|The (?:patient|claimant|injured|records?|medical|documentation|request|treating|provider|applicant"
    r"|employee|worker))"
)
_CONCLUDES = re.compile(
    r"(?i:therefore|thus|consequently|as such|likewise|accordingly|hence|for these reasons|based on"
    r"|given the above|in summary|as a result)"
)
_LONG = 45


def _marks(
    text: str, folded: str, words: Sequence[str], found: Sequence[Word], groups: int
) -> frozenset[str]:
    bits = _bits()
    marks = set(_by_group(groups & bits.marking))
    if there := _MARKING.intersection(words):
        marks.update([name for name, some in _BY_WORD.items() if not some.isdisjoint(there)])
    for n, word in enumerate(words[:_FIRST_FEW]):
        if word in _AMONG_FIRST:
            marks.update([name for name, few in _AMONG_FIRST[word] if n < few])
    tests = (
        ("applied", groups & bits.applied),
        ("standard", groups & bits.guideline and _is_standard(found, bits)),
        ("cited", "(" in text and _CITED.search(text)),
        ("long", len(words) > _LONG),
        ("case", _CASE.match(text)),
        ("conclusion", _CONCLUDES.match(text)),
        ("original", "original request" in folded),
    )
    marks.update([name for name, holds in tests if holds])
    return frozenset(marks)


_FAR = 12
_NEAR_WORDS = 5


def _is_standard(found: Sequence[Word], bits: _Bits) -> bool:
    """Whether the sentence says what a guideline states."""
    n = next(n for n, word in enumerate(found) if word.groups & bits.guideline)
    for after in found[n + 1 : n + 1 + _NEAR_WORDS]:
        if after.groups & bits.ends_statement:
            return False
        states = after.groups & bits.statement and not after.groups & bits.guideline
        if states and after.first - found[n].after < _FAR:
            return True
    return False


class Worded(NamedTuple):
    """A sentence before its frame is looked at: folded, cut into words and gaps, with the wording found."""

    folded: str
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    found: tuple[Word, ...]
    groups: int


def worded(text: str) -> Worded:
    """The words of the sentence ``text``, and the wording among them."""
    folded = fold(text)
    words, gaps = tuple(zip(*words_and_gaps(folded), strict=True)) or ((), ())
    found = vocabulary().find(words)
    groups = 0
    for word in found:
        groups |= word.groups
    return Worded(folded, words, gaps, tuple(found), groups)


def framed(text: str, read: Worded) -> Sentence:
    """The frame of the sentence ``text``, whose words were read."""
    folded, words, gaps, found, groups = read
    return Sentence(words, gaps, found, groups, _marks(text, folded, words, found, groups))


def sentence(text: str) -> Sentence:
    """The words and the frame of the sentence ``text``.

    >>> sorted(sentence("There is no evidence of red flags.").marks)
    ['case', 'denial', 'documentation', 'there-is']
    """
    return framed(text, worded(text))


def denies(groups: int) -> bool:
    """Whether wording denies something, and is of this patient or request."""
    return bool(groups & _bits().denial and groups & _bits().applied)
