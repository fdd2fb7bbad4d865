r"""The terminals of a grammar as a reader writes them, made into those of Lark.

A definition may be a list of words, in lower case::

    VISIT.2: visit(s) session(s) treatment(s) follow-up(s) office_visit(s)
    REQUESTED: (was|were)_the_original_request(s)

What stands in brackets may be missing; or it is one of several, with bars between. A hyphen may be printed
as a blank or not at all, a full stop may be missing, ``_`` is a blank. Case does not matter, and a list ends
at the end of a word. Rows of ``grammar/misspellings.tsv`` add what is printed for a word. A name in capitals
is one of the words of a list above, whose own name begins with ``_``::

    _PARTY: reviewer administrator
    CITES: (the_)PARTY_cites

Or it is words as they are printed, in quotes, with expressions before, between or after them::

    DOCUMENTS: "\nDOCUMENTS REVIEWED" /\b(?!\s+FOR)/
    _SOURCE: "ACOEM" | "MTUS"
    CHAPTER: _SOURCE /\b/ " (C|c)hapter"

Case matters there. A blank is any white space, brackets are as above (a backslash before one makes it a
bracket), and ``\n`` is the beginning of a line. A name that begins with ``_`` stands for its definition
above, or for what the reader declares. All other definitions are Lark's own.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from kg import resources

_DEFINITION = re.compile(r"^(_?[A-Z][A-Z0-9_]*(?:\.-?\d+)?):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|[ \t])//.*$", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9(][a-z0-9'._/()|-]*")
_NAME = re.compile(r"[A-Z]+")
_OPENING = re.compile(r"\(([^()]+)\)")
_SIGNS = {"(": "(?:", "_": r"\s+", "-": "[ -]?", ".": r"\.?", "/": r"\/", "'": "['’]"}
_PIECE = re.compile(r'"((?:[^"\\\n]|\\.)+)"|/((?:[^/\\\n]|\\.)+)/(?![a-z])|(\|)|(_[A-Z0-9_]+)')
_PRINTED = re.compile(rf"(?:(?:{_PIECE.pattern})\s*)+")
_SIGN = re.compile(r"\\.|.", re.DOTALL)
_PRINTED_SIGNS = {" ": r"\s+", r"\n": r"\n[ \t\f]*", "/": r"\/", ".": r"\."}
_REGEXP = re.compile(r"/((?:[^/\\\n]|\\.)+)/", re.DOTALL)


def written_out(source: str, declared: Mapping[str, str], edge: str = "") -> str:
    """A grammar as Lark loads it: its lists of words are expressions, what it ``%declare``s is defined.

    ``declared`` gives the expressions of declared terminals. ``edge`` is an expression that every terminal
    begins with, but for those whose name begins with ``_``, of which others are made.

    Raises:
        ValueError: the grammar does not declare one of ``declared``.
    """
    for name, pattern in declared.items():
        definition = f"{name}: /{pattern}/"
        source, found = re.subn(
            rf"^%declare {re.escape(name)}(?![\w.]).*$",
            lambda _, d=definition: d,  # type: ignore[misc]
            source,
            flags=re.M,
        )
        if not found:
            raise ValueError(f"the grammar does not declare {name}")

    parts = {name: pattern for name, pattern in declared.items() if name.startswith("_")}
    lists: dict[str, list[str]] = {}
    for match in _DEFINITION.finditer(source):
        if not match[1].startswith("_"):
            continue
        if listed := _listed(match[2], lists):
            lists[match[1][1:]] = listed
        elif part := _joined(match[2], parts):
            parts[match[1]] = part

    def defined(match: re.Match[str]) -> str:
        name, body = match[1], match[2]
        if listed := _listed(body, lists):
            body = f"/{pattern_of(listed)}/"
        elif joined := _joined(body, parts):
            body = f"/{joined}/"
        if edge and not name.startswith("_"):
            alone = _REGEXP.fullmatch(body.strip())
            body = f"/{edge}(?:{alone[1]})/" if alone else f"/{edge}/ ({_COMMENT.sub('', body)})"
        return f"{name}: {body}"

    return _DEFINITION.sub(defined, source)


def _listed(body: str, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """The words of a list, its names written out; none for what is no list.

    >>> _listed("(the_)PARTY_cites", {"PARTY": ["reviewer", "administrator"]})
    ['(the_)(reviewer|administrator)_cites']
    """
    words = _COMMENT.sub("", body).split()
    if any(name not in lists for word in words for name in _NAME.findall(word)):
        return []
    written = (lists.get(word) or [_NAME.sub(lambda name: _either(lists[name[0]]), word)] for word in words)
    words = [each for several in written for each in several]
    return words if all(_WORD.fullmatch(word) for word in words) else []


def _either(words: Sequence[str]) -> str:
    return f"({'|'.join(words)})" if len(words) > 1 else words[0]


def _joined(body: str, parts: Mapping[str, str]) -> str | None:
    """The expression of words as printed, expressions and ``parts``; ``None`` for what is Lark's own."""
    plain = _COMMENT.sub("", body).strip()
    if not _PRINTED.fullmatch(plain):
        return None
    pieces = _PIECE.findall(plain)
    if not any(words or name in parts for words, _, _, name in pieces):
        return None
    if any(name and name not in parts for *_, name in pieces):
        return None
    joined = "".join(
        printed(words) if words else parts[name] if name else regexp or bar
        for words, regexp, bar, name in pieces
    )
    return f"(?:{joined})" if any(bar for _, _, bar, _ in pieces) else joined


def pattern_of(words: Iterable[str]) -> str:
    r"""The expression for a list of words. A first letter of its own is what a search is fast by.

    >>> pattern_of(["trip(s)", "box(es)", "follow-up"])
    '(?:[Tt](?i:rip(?:s)?)|[Bb](?i:ox(?:es)?)|[Ff](?i:ollow[ -]?up))\\b'
    """
    rests: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for printed in (word, *_misspelled().get(word, ())):
            opening = _OPENING.match(printed)
            rest = printed[opening.end() :] if opening else ""
            for each in [first + rest for first in opening[1].split("|")] if opening else [printed]:
                rests[each[0]].append(_expression(each[1:]))
    return f"(?:{'|'.join(_first(letter, each) for letter, each in rests.items())})\\b"


def printed(words: str) -> str:
    r"""The expression for words as they are printed.

    >>> printed(r"\nDecision (R|r)ationale(s)(:)")
    '\\n[ \\t\\f]*Decision\\s+[Rr]ationales?:?'
    >>> printed(r"item(\(s\)) (his/her|the)")
    'item(?:\\(s\\))?\\s+(?:his\\/her|the)'
    """
    groups: list[list[str]] = [[]]
    for sign in _SIGN.findall(words):
        if sign == "(":
            groups.append([])
        elif sign == ")":
            inner = groups.pop()
            may_be_missing = "|" not in inner or inner[-1] == "|"
            inner = inner[:-1] if inner[-1] == "|" else inner
            text = "".join(inner)
            if text == r"\s+" and may_be_missing:
                groups[-1].append(r"\s*")
                continue
            if re.fullmatch(r"\w(?:\|\w)+", text):
                text = f"[{text.replace('|', '')}]"
            elif len(inner) > 1:
                text = f"(?:{text})"
            groups[-1].append(f"{text}?" if may_be_missing else text)
        else:
            groups[-1].append(_PRINTED_SIGNS.get(sign, sign))
    return "".join(groups[0])


def _first(letter: str, rests: list[str]) -> str:
    either = f"[{letter.upper()}{letter}]" if letter.isalpha() else letter
    return f"{either}(?i:{'|'.join(rests)})"


def _expression(word: str) -> str:
    """What a word stands for: brackets without a bar right within them may be missing."""
    found: list[str] = []
    open_brackets: list[bool] = []
    for sign in word:
        if sign == "(":
            open_brackets.append(False)
        elif sign == "|":
            open_brackets[-1] = True
        found.append(_SIGNS.get(sign, sign))
        if sign == ")" and not open_brackets.pop():
            found.append("?")
    return "".join(found)


@cache
def _misspelled() -> Mapping[str, tuple[str, ...]]:
    """What is printed for a word, by the word as lists have it."""
    rows = (line.split("\t") for line in resources.text("grammar", "misspellings.tsv").splitlines()[1:])
    return {word: tuple(printed.split()) for word, printed in rows}
