"""Check a text against a base: its sentences, what each claims, and the verdicts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.cited.citable import Citable
from kg.claims import checked_figures, checked_letters
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
    read_claims: list[_Claiming] = []
    number = 0
    for claiming in _claiming(text):
        number += claiming.number
        if number > MOST:  # before any is compared, which takes a hundred times as long as reading it
            raise SettingError(f"the text has more than {MOST:,} claims; check it in parts")
        read_claims.append(claiming)
    source = Source(citable)
    claims = tuple(claim for claiming in read_claims for claim in _compared(claiming, source))
    return Checked(citable.base.generation, claims)


class _Claiming(NamedTuple):
    """A sentence that may claim something; what was read of it, if it is not too long to be read."""

    sentence: Sentence
    said: Read | None = None
    named: tuple[str, ...] = ()
    case: str | None = None
    """The case that it is about, if it is about one: which it names, or a sentence before it."""

    @property
    def listed(self) -> bool:
        """Whether it names cases as a list, so that it claims the same of each."""
        if self.said is None or len(self.named) < 2:
            return False
        kinds = [piece.kind for piece in self.said.pieces]
        first, last = kinds.index("CASE"), len(kinds) - 1 - kinds[::-1].index("CASE")
        joined = set(kinds[first : last + 1]) <= {"CASE", "AND", "OF"}
        return joined and "or" not in _between(self.said, first, last)

    @property
    def number(self) -> int:
        """How many claims it makes."""
        return len(self.named) if self.listed else 1


def _claiming(text: str) -> Iterator[_Claiming]:
    case: str | None = None
    end = 0
    for sentence in sentences(text):
        between = text[end : sentence.start]
        if re.search(r"\n\s*\n", between):
            case = None
        joined = between.strip() == "" and text[max(0, end - 100) : end].rstrip().endswith(";")
        end = sentence.end
        if len(sentence.text) > LONGEST_SENTENCE:
            yield _Claiming(sentence)
            continue
        said = read(sentence)
        named = tuple(dict.fromkeys(p.meaning.value for p in said.phrases if p.type == "CASE"))
        if named:
            case = named[0] if len(named) == 1 else None
            yield _Claiming(sentence, said, named, case)
        elif said.has(*_CLAIMING):
            refers = not checked_figures.is_figure(said) and (joined or _REFERS.match(sentence.text))
            yield _Claiming(sentence, said, (), case if refers else None)


def _compared(claiming: _Claiming, source: Source) -> Iterator[Claim]:
    """The claims of a sentence, compared: of cases that are listed, each as if it stood alone."""
    sentence, said, named, case = claiming
    if said is None:
        why = f"the sentence has more than {LONGEST_SENTENCE:,} characters"
        yield _claim(sentence, [Part("words", sentence.text[:100], Verdict.UNCHECKED, why)])
    elif claiming.listed:
        for each in named:
            yield _claim(
                sentence, [p for p in checked_letters.check(said, each, source) if p.kind != "count"], each
            )
    elif len(named) > 1:
        why = "unclear which of the cases each part is about"
        yield _claim(sentence, [Part("case", sentence.text, Verdict.UNCHECKED, why)])
    elif case:
        yield _claim(sentence, checked_letters.check(said, case, source), case)
    else:
        yield _claim(sentence, checked_figures.check(said, source))


def _between(said: Read, first: int, last: int) -> list[str]:
    pieces = said.pieces[first : last + 1]
    return [said.of(piece.first, piece.after).lower() for piece in pieces if piece.kind == "AND"]


def _claim(sentence: Sentence, parts: list[Part], case: str | None = None) -> Claim:
    return Claim(sentence.text, sentence.start, sentence.end, tuple(parts), case)
