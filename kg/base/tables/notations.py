"""What is cited as notations: the keys of a level, as the columns of the facts name them."""

import polars as pl

from kg.graph.concept_notations import ONE_EDITION, UNPAGED


def edition() -> pl.Expr:
    """The year of the edition: that of a work of one edition, or else the one that is cited."""
    only = (
        pl.col("guideline")
        .cast(pl.String)
        .replace_strict(list(ONE_EDITION), list(ONE_EDITION.values()), default=None, return_dtype=pl.Int64)
    )
    return pl.coalesce(only, pl.col("edition").cast(pl.Int64)).alias("edition")


def is_cited(level: str) -> pl.Expr:
    """Whether something of a level is cited."""
    if level == "section":
        return pl.col("section").is_not_null() | pl.col("section_title").is_not_null()
    if level == "page":
        return pl.col("page").is_not_null() & ~pl.col("guideline").cast(pl.String).is_in(list(UNPAGED))
    return pl.col("chapter" if level == "chapter" else "guideline").is_not_null()


def columns_of(level: str) -> tuple[str, ...]:
    """The columns that tell the keys of a level."""
    return {
        "page": ("guideline", "edition", "chapter", "page"),
        "section": ("guideline", "edition", "chapter", "section", "section_title"),
        "chapter": ("guideline", "edition", "chapter"),
        "edition": ("guideline", "edition"),
        "guideline": ("guideline",),
    }[level]


def slug(text: pl.Expr) -> pl.Expr:
    """A title as the end of a notation, as :func:`kg.graph.iri.slug` makes it."""
    return text.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")


def notation(level: str) -> pl.Expr:
    """The notation of what is cited of a level."""
    work = pl.col("guideline").cast(pl.String)
    one = work.is_in(list(ONE_EDITION))
    edited = work + pl.when(one).then(pl.lit("")).otherwise(
        pl.coalesce(pl.lit("/") + pl.col("edition").cast(pl.String), pl.lit(""))
    )
    if level == "guideline":
        return work
    if level == "edition":
        return edited
    named = pl.col("chapter").cast(pl.String).str.replace_all("&", "and", literal=True)
    chapter = work + "/" + slug(named)
    if level == "chapter":
        return chapter
    if level == "page":
        return edited + "/page/" + pl.col("page").cast(pl.String)
    printed = pl.coalesce(chapter, edited) + "#" + slug(pl.col("section_title").cast(pl.String))
    return pl.coalesce(pl.col("section").cast(pl.String), printed)
