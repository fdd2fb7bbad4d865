"""Stock sentences: what rationales say word for word, or nearly so, in several letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.filters import Filters
from kg.analysis.shown_columns import SHARE, Column, Counted, shaped
from kg.analysis.sides import with_rates
from kg.base.facts import rationale_sentences, wording
from kg.model import Determination, Party
from kg.reading.alike import digest, form
from kg.reading.citing.mentions import mentions

HELP = (
    "Rationale sentences that appear in several letters, word for word or nearly so (names, sides, numbers "
    "and dates ignored). Most are guideline text, quoted without its page, or conclusions. A common sentence "
    "says nothing about the quality of the review it appears in."
)
"""What a reader has to know about the table."""

SEVERAL = 2
"""A sentence is stock from so many letters on."""
_EXAMPLES = 10
_PARTY = Party.REVIEWER.value
_MOSTLY = 0.5
_LEVELS = ("section", "chapter", "edition")

Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class StockRow(Counted):
    """The decisions whose rationale has one sentence; letters are those that have it."""

    sentence: Annotated[str, Column("Sentence", "the sentence as printed in its first letter", "key")]
    times: Annotated[int, Column("Times", "how often it appears in rationales", "count")]
    wordings: Annotated[int, Column("Wordings", "number of different wordings", "count")]
    guideline: Annotated[
        str | None, Column("Guideline", "guideline that it names, or that most of its reviewers cite", "text")
    ]
    named: Annotated[bool, Column("Named", "whether the sentence names the guideline", "text")]
    cited_share: Annotated[
        float | None,
        Column("Cited", "share of its decisions that cite the guideline", unit=SHARE, form="{:.0%}"),
    ]
    cases: Annotated[list[str], Column("Cases", "up to ten letters that contain it", "text")]


@dataclass(frozen=True, eq=False)
class Stock:
    """Stock sentences under filters, those of the most letters first, and what they come to.

    ``table`` has the rows that were asked for, of ``total``. Of ``sentences`` in rationales ``repeated`` are
    stock; ``both`` of the rows stand in upheld and in overturned decisions.
    """

    alike: bool
    filters: Filters
    table: pl.DataFrame
    total: int
    sentences: int
    repeated: int
    letters: int
    both: int
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """The table: a :class:`StockRow` each."""
        return self.table

    @property
    def verdict(self) -> str:
        """How much of the rationales is stock, in one sentence."""
        if not self.sentences:
            return "no rationale has a sentence"
        share = 100 * self.repeated / self.sentences
        how = "nearly word for word" if self.alike else "word for word"
        return (
            f"{self.repeated:,} of {self.sentences:,} sentences in the rationales of {self.letters:,} "
            f"letters ({share:.0f} %) appear {how} in another letter: {self.total:,} different sentences, "
            f"{self.both:,} of them in both upheld and overturned decisions"
        )


def stock(
    index: Index,
    said: pl.LazyFrame,
    text: Text,
    *,
    alike: bool = False,
    filters: Filters | None = None,
    minimum: int = SEVERAL,
    limit: int = 100,
    offset: int = 0,
) -> Stock:
    """Count the sentences that stand in at least ``minimum`` letters, and tell of ``limit`` of them.

    ``said`` are the sentences of a base (``base.scan_sentences()``), ``text`` gives a case's letter. One
    pass over three numbers a sentence counts them; letters are read for the rows that are told of alone.

    Raises:
        ChoiceError: there is no such filter value.
    """
    wanted = index.resolved(filters or Filters())
    key = "form" if alike else "wording"
    rows = _rows(index, said, wanted)
    found = _groups(rows, key).collect(engine="streaming")
    sentences = int(found["times"].sum())
    found = found.filter(pl.col("letters") >= max(minimum, SEVERAL))
    found = found.sort("letters", "times", key, descending=[True, True, False])
    both = int((found["upheld"] & found["overturned"]).sum())
    table = _told(index, rows, key, found.slice(offset, limit), text, index.chosen(wanted, _PARTY))
    letters = rows.select(pl.col("letter").n_unique()).collect(engine="streaming").item()
    notes = (*index.notes(wanted, _PARTY), *index.left_out)
    return Stock(
        alike, wanted, table, found.height, sentences, int(found["times"].sum()), letters, both, notes
    )


def _rows(index: Index, said: pl.LazyFrame, filters: Filters) -> pl.LazyFrame:
    """The sentences of the decisions that pass."""
    keys = (
        index.columns("case", "item").with_columns(pl.col("case").cast(pl.String)).with_row_index("decision")
    )
    keys = keys.with_columns(letter=pl.Series(index.letter), outcome=pl.Series(index.outcome))
    chosen = index.chosen(filters, _PARTY)
    if chosen is not None:
        keys = keys.filter(pl.Series(chosen))
    return said.join(keys.lazy(), on=["case", "item"])


def _groups(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    return rows.group_by(key).agg(
        letters=pl.col("letter").n_unique(),
        times=pl.len(),
        wordings=pl.col("wording").n_unique(),
        upheld=(pl.col("outcome") == OUTCOMES.index("upheld")).any(),
        overturned=(pl.col("outcome") == OUTCOMES.index("overturned")).any(),
    )


def _told(
    index: Index, rows: pl.LazyFrame, key: str, shown: pl.DataFrame, text: Text, chosen: Mask | None
) -> pl.DataFrame:
    """The rows of the sentences that are ``shown``, in order; their intervals are those of the whole list."""
    numbered = shown.select(key, "times", "wordings").with_row_index("row")
    held = rows.join(numbered.lazy().select(key, "row"), on=key).sort("row", "case", "start").collect()
    first = held.unique("row", keep="first", maintain_order=True).sort("row")
    places = first.select("case", "start", "end").iter_rows()
    words = [" ".join(text(case)[start:end].split()) for case, start, end in places]
    pairs = held.select("decision", "row").unique().sort("decision", "row")
    decision, row = pairs["decision"].cast(pl.Int32).to_numpy(), pairs["row"].cast(pl.Int32).to_numpy()
    cases = held.select("row", "case").unique().sort("row", "case").group_by("row", maintain_order=True)
    told = [_guideline(index, each, decision[row == n]) for n, each in enumerate(words)]
    names = numbered.select("times", "wordings").with_columns(
        pl.Series("sentence", words, pl.String),
        pl.Series("guideline", [each.guideline for each in told], pl.String),
        pl.Series("named", [each.named for each in told], pl.Boolean),
        pl.Series("cited_share", [each.share for each in told], pl.Float64),
        cases.agg(pl.col("case").head(_EXAMPLES))["case"].alias("cases"),
    )
    among = np.ones(len(index), bool) if chosen is None else chosen
    return shaped(StockRow, with_rates(index, names, decision, row, among))


class _Source(NamedTuple):
    """What a sentence is taken from, as far as can be told."""

    guideline: str | None
    named: bool
    share: float | None


def _guideline(index: Index, sentence: str, decisions: Sequence[int]) -> _Source:
    """The guideline that a sentence names, or else the place that most of its reviewers cite."""
    named = next((each.guideline for each in mentions(sentence, 0, len(sentence)) if each.guideline), None)
    if named is not None:
        return _Source(named, named=True, share=None)
    inside = np.zeros(len(index), bool)
    inside[decisions] = True
    for level in _LEVELS:
        cited = index.cited(level, _PARTY).within(inside)
        if not cited.key.size:
            continue
        counts = np.bincount(cited.key)
        most = int(counts.argmax())
        share = float(counts[most]) / len(decisions)
        if share > _MOSTLY:
            return _Source(str(cited.keys["key"][most]), named=False, share=share)
    return _Source(None, named=False, share=None)


def row_name(sentence: str, *, alike: bool = False) -> str:
    """What names the row of a sentence: its digest, or that of what is nearly alike."""
    return str(digest(form(sentence)) if alike else wording(sentence))


class Repeated(NamedTuple):
    """A sentence of a letter: its place, and how many other letters have it word for word."""

    item: int
    start: int
    end: int
    others: int


def of_letter(read: Determination, text: str, said: pl.LazyFrame) -> tuple[Repeated, ...]:
    """The sentences of a letter's rationales, in order, each with the other letters that have it."""
    found = [
        (item, start, end, wording(text[start:end])) for item, start, end in rationale_sentences(read, text)
    ]
    wordings = {word for *_, word in found}
    others = said.filter(pl.col("wording").is_in(list(wordings)), pl.col("case") != (read.case_number or ""))
    counts = others.group_by("wording").agg(pl.col("case").n_unique()).collect()
    letters = dict(counts.iter_rows())
    return tuple(Repeated(item, start, end, letters.get(word, 0)) for item, start, end, word in found)


def share(found: Sequence[Repeated]) -> str:
    """How many of a letter's sentences stand in other letters, in a sentence.

    >>> share([Repeated(1, 0, 9, 4), Repeated(1, 10, 20, 0)])
    '1 of 2 sentences of the rationales appear word for word in other letters (50 %)'
    """
    stock = sum(each.others > 0 for each in found)
    if not found:
        return "no rationale of the letter has a sentence"
    told = f"{stock} of {len(found)} sentences of the rationales appear word for word in other letters"
    return f"{told} ({100 * stock / len(found):.0f} %)"
