"""Words in rationales: in which decisions the reviewer writes a phrase.

The index of words says which letters hold the phrase; their rationales are then read in the letters' texts.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from kg.analysis.search import expression
from kg.base import word_index
from kg.base.store import KnowledgeBase

if TYPE_CHECKING:
    from kg.analysis.decisions import Index, Mask

_WORD = re.compile(r"[^\W_]+")
_KEPT = 64
"""Phrases whose decisions are kept for a generation."""


def phrase_in(phrase: str) -> Callable[[str], bool]:
    r"""What finds a phrase: its words in order, in any case, singular or plural, whatever stands between.

    >>> phrase_in("fear avoidance")("with Fear-\navoidance beliefs")
    True
    >>> [phrase_in("therapies")(text) for text in ("the therapy,", "therapist", "radiotherapy")]
    [True, False, False]
    """
    pattern = re.compile(rf"{forms_of(phrase)}(?![^\W_])")  # begins with letters, by which the search is fast

    def found(text: str) -> bool:
        folded = text.casefold()
        return any(not folded[max(m.start() - 1, 0) : m.start()].isalnum() for m in pattern.finditer(folded))

    return found


def forms_of(phrase: str) -> str:
    """The words of a phrase in any number, as a regular expression of folded text that any engine reads."""
    return r"[\W_]+".join(_forms(word) for word in _WORD.findall(phrase.casefold()))


def _forms(word: str) -> str:
    """A word in the singular and the plural."""
    if len(word) > 4 and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        word = word[:-1]
    if len(word) < 3 or not word.isalpha():
        return re.escape(word)
    if word.endswith("y"):
        return f"{re.escape(word[:-1])}(?:y|ies|ys)"
    return f"{re.escape(word)}(?:e?s)?"


def searching(base: KnowledgeBase) -> Callable[["Index", str], "Mask"]:
    """What tells which decisions of an index have a phrase in their rationale."""
    found = lru_cache(_KEPT)(lambda phrase: decisions_with(base, phrase))

    def having(index: "Index", phrase: str) -> "Mask":
        marked = found(phrase).with_columns(said=pl.lit(True))
        keys = index.columns("case", "item").with_columns(pl.col("item").cast(pl.Int64))
        joined = keys.join(marked, on=["case", "item"], how="left", maintain_order="left")
        return joined["said"].fill_null(value=False).to_numpy()

    return having


def decisions_with(base: KnowledgeBase, phrase: str) -> pl.DataFrame:
    """The case and the item of each decision whose rationale has a phrase.

    Raises:
        SettingError: there is no word in it, or more than 20.
        BaseError: the index of words or a text cannot be read.
    """
    cases = _letters_with(base, expression(f'"{phrase}"'))
    spans = (
        base.scan_sentences()
        .filter(pl.col("case").is_in(cases))
        .group_by("case", "item")
        .agg(pl.col("start").min(), pl.col("end").max())
        .collect()
    )
    places: dict[str, list[tuple[int, int, int]]] = {}
    for case, item, start, end in spans.iter_rows():
        places.setdefault(case, []).append((item, start, end))
    says = phrase_in(phrase)
    found = [
        (case, item)
        for case, text in base.texts(places)
        for item, start, end in places[case]
        if says(text[start:end])
    ]
    return pl.DataFrame(found, schema={"case": pl.String, "item": pl.Int64}, orient="row")


def _letters_with(base: KnowledgeBase, wanted: str) -> list[str]:
    """The cases whose letters hold what an FTS5 expression asks for."""
    with word_index.opened(base.folder) as words:
        rows = words.execute(
            "SELECT name FROM letters JOIN cases ON cases.id = letters.rowid WHERE letters MATCH ?",
            (wanted,),
        )
        return [case for (case,) in rows]
