"""Extraction coverage: per field what was read, resolved, unresolved and absent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from kg.model import DocumentKind, Party

_HEADER = (
    *("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received"),
    *("priority", "age", "sex"),
)
_ITEM = ("outcome", "category", "subcategory", "body_parts", "quantity_unit", "drug")
_SECTION = "unresolved-section"
_GROUND = "unclassified-ground"
_UNRESOLVED = ("unresolved-title", "unresolved-specialty")
_UNKNOWN = ("other", "mtus-other", "Other")

COUNTS = ("read", "resolved", "unresolved", "absent")
"""What is counted for a field: values read; those that a catalogue knows and does not know (where there
is one, else all are resolved); letters, items or party's fields in which there is none."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a knowledge base holds and how much of it was understood.

    ``fields`` has a row a template and field with :data:`COUNTS`; ``problems`` a row a kind with the first
    example; ``unresolved`` a row a wording that is in no catalogue, the most frequent first.
    """

    letters: int
    documents: Mapping[str, int]
    """Letters by kind of document."""
    items: int
    citations: int
    fields: pl.DataFrame
    problems: pl.DataFrame
    unresolved: pl.DataFrame

    def totals(self) -> pl.DataFrame:
        """:attr:`fields` over all templates."""
        return self.fields.group_by("field", maintain_order=True).agg(pl.col(COUNTS).sum())


class Scanned(Protocol):
    """Letters whose tables can be read: those of a base, or some of them."""

    def scan_determinations(self) -> pl.LazyFrame:
        """A row for each letter."""

    def scan_facts(self) -> pl.LazyFrame:
        """Their facts."""

    def scan_problems(self) -> pl.LazyFrame:
        """What could not be read in them."""


def coverage(base: Scanned) -> Coverage:
    """Count what ``base`` holds; a million letters take some seconds."""
    letters = base.scan_determinations().collect()
    facts = base.scan_facts()
    parts = [_of_letters(letters), _of_items(facts), _of_rationales(letters)]
    parts += [
        part for party in Party for part in _of_party(facts.filter(pl.col("party") == party.value), party)
    ]
    fields = pl.concat(parts).with_columns(pl.col(COUNTS).cast(pl.Int64))
    problems = base.scan_problems().collect()
    return Coverage(
        letters=letters.height,
        documents=_documents(letters),
        items=int(letters["items"].sum()),
        citations=int(letters["citations"].sum()),
        fields=fields.select("template", "field", *COUNTS),
        problems=_by_kind(problems),
        unresolved=_wordings(facts, problems),
    )


def _documents(letters: pl.DataFrame) -> dict[str, int]:
    kinds = Counter(letters["kind"].fill_null(DocumentKind.DETERMINATION.value))
    return {kind.value: kinds[kind.value] for kind in DocumentKind if kinds[kind.value]}


def _count(field: str, read: pl.Expr, known: pl.Expr, absent: pl.Expr) -> list[pl.Expr]:
    """The columns of one field from yes-or-no columns or counts."""
    return [
        pl.lit(field).alias("field"),
        read.sum().alias("read"),
        known.sum().alias("resolved"),
        (read.sum().cast(pl.Int64) - known.sum().cast(pl.Int64)).alias("unresolved"),
        absent.sum().alias("absent"),
    ]


def _each(rows: pl.LazyFrame, columns: list[list[pl.Expr]]) -> pl.DataFrame:
    """One row a template for each of ``columns``."""
    order = ["template", "field", *COUNTS]
    counted = [
        rows.group_by("template").agg(expressions[1:]).with_columns(expressions[0]) for expressions in columns
    ]
    frames = pl.collect_all([frame.select(order).sort("template") for frame in counted])
    return pl.concat([frame.with_columns(pl.col(COUNTS).cast(pl.Int64)) for frame in frames])


def _of_letters(letters: pl.DataFrame) -> pl.DataFrame:
    plain = [_count(name, *_nulls(name)) for name in _HEADER]
    specialties = pl.col("specialties").cast(pl.Int64)
    known = specialties - pl.col("unresolved_specialties")
    licences = pl.col("licensed_in")
    counted = [
        _count("reviewer specialties", specialties, known, specialties == 0),
        _count("reviewer licences", licences, licences, licences == 0),
    ]
    return _each(letters.lazy(), plain + counted)


def _of_rationales(letters: pl.DataFrame) -> pl.DataFrame:
    there = pl.col("rationales")
    return _each(letters.lazy(), [_count("rationale", there, there, pl.col("items") - there)])


def _of_items(facts: pl.LazyFrame) -> pl.DataFrame:
    reasons = ("grounds", "ground_cues")
    items = facts.select("case", "item", "template", *_ITEM, *reasons).unique(subset=["case", "item"])
    items = items.with_columns(
        pl.when(pl.col("body_parts").list.len() > 0).then(pl.col("body_parts")).alias("body_parts")
    )
    names = {"quantity_unit": "quantity", "body_parts": "body parts"}
    columns = []
    for name in _ITEM:
        there, known, absent = _nulls(name)
        if name == "category":
            known = there & ~pl.col(name).is_in(_UNKNOWN)
        columns.append(_count(names.get(name, name), there, known, absent))
    stated, found = (pl.col(name).list.len() > 0 for name in reasons)
    columns.append(_count("grounds", stated | found, stated, ~(stated | found)))
    return _each(items.collect().lazy(), columns)


def _of_party(facts: pl.LazyFrame, party: Party) -> list[pl.DataFrame]:
    """The counts of one party's fields; the rows are already those of the party."""
    who = party.value.replace("_", " ")
    key = ["case", "item", "citation"]
    citations = facts.select(*key, "template", "basis", "guideline").unique(subset=key)
    fields = citations.unique(subset=["case", "item"])
    cited = pl.col("guideline").is_not_null()
    titled, noted = pl.col("section_title").is_not_null(), pl.col("section").is_not_null()
    return [
        _each(fields, [_count(f"{who} basis", *_nulls("basis"))]),
        _each(
            citations,
            [_count(f"{who} guideline", cited, cited & ~pl.col("guideline").is_in(_UNKNOWN), ~cited)],
        ),
        _each(facts, [_count(f"{who} sections", titled, noted, pl.lit(value=False))]),
        _each(facts, [_count(f"{who} pages", *_nulls("page")[:2], pl.lit(value=False))]),
    ]


def _nulls(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    there = pl.col(name).is_not_null()
    return there, there, ~there


def _by_kind(problems: pl.DataFrame) -> pl.DataFrame:
    return (
        problems.sort("case", "start")
        .group_by("kind", maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("case").n_unique().alias("letters"),
            pl.col("case").first().alias("example"),
            pl.col("message").first(),
            pl.col("quote").first(),
        )
        .sort("count", "kind", descending=[True, False])
    )


def _wordings(facts: pl.LazyFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """Sections that the catalogue of their guideline lacks, other unknown wordings, grounds of no class."""
    sections = facts.filter(pl.col("section_title").is_not_null() & pl.col("section").is_null()).select(
        pl.lit(_SECTION).alias("kind"),
        "guideline",
        "chapter",
        pl.col("section_title").alias("wording"),
        "case",
    )
    rest = problems.lazy().filter(pl.col("kind").is_in(_UNRESOLVED)).select(
        "kind", pl.lit(None, pl.String).alias("guideline"), pl.lit(None, pl.String).alias("chapter"),
        pl.col("quote").alias("wording"), "case",
    )  # fmt: skip
    others = (
        facts.select("case", "item", "other_grounds")
        .unique(subset=["case", "item"])
        .explode("other_grounds")
        .drop_nulls("other_grounds")
        .select(
            pl.lit(_GROUND).alias("kind"),
            pl.lit(None, pl.String).alias("guideline"),
            pl.lit(None, pl.String).alias("chapter"),
            pl.col("other_grounds").alias("wording"),
            "case",
        )
    )
    # Most unknown sections are a problem too: once is enough.
    rest = rest.join(sections, on=["case", "wording"], how="anti")
    return (
        pl.concat([sections, rest, others])
        .group_by("kind", "guideline", "chapter", "wording")
        .agg(
            pl.len().alias("count"),
            pl.col("case").n_unique().alias("letters"),
            pl.col("case").min().alias("example"),
        )
        .sort("count", "wording", "guideline", "chapter", descending=[True, False, False, False])
        .collect()
    )
