"""What a search field offers while a person types: nodes by their names."""

import re
from typing import NamedTuple
from urllib.parse import quote

import polars as pl

from kg.analysis import labels
from kg.explore.neighbours import Links, case_node

_WORD = re.compile(r"\w+")
_MOST_WORDS = 8
_CASE = re.compile(r"(?:CM)?[\s_-]*(\d\d)[\s_-]*(\d{1,7})")
"""A case number however it is spelled: ``cm16 219557``."""


class Suggestion(NamedTuple):
    """Something that a query could mean: ``where`` is the path of its page."""

    node: str
    label: str
    kind: str
    decisions: int
    path: str


class Suggestions:
    """The names of one generation's nodes."""

    def __init__(self, links: Links) -> None:
        nodes, names, kinds, counts = [], [], [], []
        for kind in links.kinds.values():
            totals = kind.any.totals()
            for node, count in zip(kind.nodes, totals.tolist(), strict=True):
                nodes.append(node)
                names.append(labels.label(node))
                kinds.append(kind.name)
                counts.append(count)
        self._nodes = _table(nodes, names, kinds, counts)
        items = (
            links.texts.select(pl.col("item_text").str.strip_chars(" .").alias("label"))
            .drop_nulls()
            .group_by("label")
            .len("decisions")
        )
        self._items = _table(
            [""] * len(items), items["label"].to_list(), ["item"] * len(items), items["decisions"].to_list()
        )
        self._cases = links.texts["case"].unique().sort()

    def find(self, query: str, limit: int = 10) -> list[Suggestion]:
        """The best matches: every word begins a word of the name, the more decisions the better."""
        words = [word.casefold() for word in _WORD.findall(query)][:_MOST_WORDS]
        words = ["ch" if word == "chapter" else word for word in words]  # as labels have it
        if not words:
            return []
        found = [*self._of_cases(query.strip(), 3), *self._of(self._nodes, words, limit)]
        found += [s._replace(path=_cases_about(s.label)) for s in self._of(self._items, words, limit)]
        return _mixed(found, limit)

    def _of(self, table: pl.DataFrame, words: list[str], limit: int) -> list[Suggestion]:
        kept = table.lazy()
        for word in words:
            kept = kept.filter(pl.col("folded").str.contains(f" {word}", literal=True))
        first = pl.col("folded").str.starts_with(f" {words[0]}")
        rows = kept.sort(first, "decisions", descending=True).head(limit).collect()
        return [
            Suggestion(row["node"], row["label"], row["kind"], row["decisions"], page(row["node"]))
            for row in rows.iter_rows(named=True)
        ]

    def _of_cases(self, query: str, limit: int) -> list[Suggestion]:
        wanted = query.upper()
        if not re.match(r"CM|\d", wanted):
            return []
        start = int(self._cases.search_sorted(wanted))
        near = [c for c in self._cases[start : start + limit].to_list() if c.upper().startswith(wanted)]
        number = _CASE.fullmatch(wanted)
        if not near and number:
            whole = f"CM{number[1]}-{number[2]:0>7}"
            near = [whole] if whole in self._cases else []
        return [Suggestion(case_node(c), c, "case", 1, page(case_node(c))) for c in near]


def _mixed(found: list[Suggestion], limit: int) -> list[Suggestion]:
    """At most ``limit``, of every kind some: nodes first, then what items are called."""
    items = [s for s in found if s.kind == "item"]
    rest = [s for s in found if s.kind != "item"]
    room = max(limit - len(items), limit // 2)
    chosen = rest[:room]
    return chosen + items[: limit - len(chosen)]


def _table(nodes: list[str], names: list[str], kinds: list[str], counts: list[int]) -> pl.DataFrame:
    folded = [" " + " ".join(_WORD.findall(name.casefold())) for name in names]
    return pl.DataFrame(
        {"node": nodes, "label": names, "kind": kinds, "decisions": counts, "folded": folded},
        schema={
            "node": pl.String,
            "label": pl.String,
            "kind": pl.String,
            "decisions": pl.Int64,
            "folded": pl.String,
        },
    )


def page(node: str) -> str:
    """The path of the page that a suggestion leads to.

    >>> page("guideline/acoem-2004/12")
    '/guidelines/acoem-2004/12'
    """
    if node.startswith("case/"):
        return f"/cases/{node.removeprefix('case/')}"
    if node.startswith("guideline/"):
        return f"/guidelines/{quote(node.removeprefix('guideline/'))}"
    return f"/topics/{quote(node)}"


def _cases_about(text: str) -> str:
    return f"/cases?text={quote(text)}"
