"""Check a text against a base: its sentences, what each claims, and the verdicts."""

import re
from collections.abc import Iterator

from kg.analysis.cited.citable import Citable
from kg.claims import cases, checked_figures
from kg.claims.claim import Checked, Claim, Part, Verdict
from kg.claims.claim_sentences import Read, Sentence, read, sentences
from kg.claims.letters import Source
from kg.errors import SettingError

LONGEST = 200_000
"""Characters of a text; a longer one is refused."""
LONGEST_SENTENCE = 3_000
"""Characters of a sentence that is read."""
MOST = 1_000
"""Claims of a text; one with more is refused."""

_REFERS = re.compile(
    r"[\W_]*(?:the|it|its|he|she|they|this|that|these|both|all|each|every|in (?:it|that|this))\b",
    re.IGNORECASE,
)
_CLAIMING = (
    *("UPHELD", "OVERTURNED", "MODIFIED", "GRANTED", "DENIED", "PERCENT", "FRACTION", "COUNT", "CITE"),
    *("GUIDE", "OF_PAGE", "OF_CHAPTER", "NUMBER", "DAY", "RATE", "MORE", "LESS", "DENIAL"),
)


def check(citable: Citable, text: str) -> Checked:
    """The claims of ``text``, each part with its verdict from the base of the figures.

    Sentences that claim nothing that could be compared are left out; a sentence that may claim something but
    was not read is *not checked*.

    Raises:
        SettingError: the text is too long, or has too many claims.
    """
    if len(text) > LONGEST:
        raise SettingError(f"the text has {len(text):,} characters; at most {LONGEST:,} are checked at once")
    claims: list[Claim] = []
    source = Source(citable)
    for claim in _claims(text, source):
        if len(claims) == MOST:
            raise SettingError(f"the text has more than {MOST:,} claims; check it in parts")
        claims.append(claim)
    return Checked(citable.base.generation, tuple(claims))


def _claims(text: str, source: Source) -> Iterator[Claim]:
    case: str | None = None
    end = 0
    for sentence in sentences(text):
        if re.search(r"\n\s*\n", text[end : sentence.start]):
            case = None
        joined = text[end : sentence.start].strip() == "" and text[:end].rstrip().endswith(";")
        end = sentence.end
        if len(sentence.text) > LONGEST_SENTENCE:
            why = f"the sentence has more than {LONGEST_SENTENCE:,} characters"
            yield _claim(sentence, [Part("words", sentence.text[:100], Verdict.UNCHECKED, why)])
            continue
        said = read(sentence)
        named = list(dict.fromkeys(p.meaning.value for p in said.phrases if p.type == "CASE"))
        if named:
            case = named[0] if len(named) == 1 else None
            yield from _of_cases(said, named, source)
        elif not said.has(*_CLAIMING):
            continue
        elif case and not checked_figures.is_figure(said) and (joined or _REFERS.match(sentence.text)):
            yield _claim(sentence, cases.check(said, case, source), case)
        else:
            yield _claim(sentence, checked_figures.check(said, source))


def _of_cases(said: Read, named: list[str], source: Source) -> Iterator[Claim]:
    """A sentence that names cases: each as if it stood alone, where they are listed."""
    if len(named) == 1:
        yield _claim(said.sentence, cases.check(said, named[0], source), named[0])
        return
    kinds = [piece.kind for piece in said.pieces]
    first, last = kinds.index("CASE"), len(kinds) - 1 - kinds[::-1].index("CASE")
    if set(kinds[first : last + 1]) <= {"CASE", "AND", "OF"} and "or" not in _between(said, first, last):
        for case in named:
            parts = [p for p in cases.check(said, case, source) if p.kind != "count"]
            yield _claim(said.sentence, parts, case)
        return
    why = "unclear which of the cases each part is about"
    yield _claim(said.sentence, [Part("case", said.sentence.text, Verdict.UNCHECKED, why)])


def _between(said: Read, first: int, last: int) -> list[str]:
    pieces = said.pieces[first : last + 1]
    return [said.of(piece.first, piece.after).lower() for piece in pieces if piece.kind == "AND"]


def _claim(sentence: Sentence, parts: list[Part], case: str | None = None) -> Claim:
    return Claim(sentence.text, sentence.start, sentence.end, tuple(parts), case)
