"""What a search field offers while a person types: nodes by their names."""

import difflib
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote, urlencode

import numpy as np
import polars as pl

from kg.analysis import labels
from kg.analysis.decisions import places
from kg.explore import case_lists, topic
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links, case_node
from kg.graph import iri

_WORD = re.compile(r"\w+")
_MOST_WORDS = 8
_LONGEST = 60
_TREATED = ("service", "body part")
_CASE = re.compile(r"(?:CM)?[\s_-]*(\d\d)[\s_-]*(\d{1,7})")
"""A case number however it is spelled: ``cm16 219557``."""


class Suggestion(NamedTuple):
    """Something that a query could mean: ``where`` is the path of its page."""

    node: str
    label: str
    kind: str
    decisions: int
    path: str


class Treatment(NamedTuple):
    """A service for a body part, however it is worded: ``wordings`` are items that hold the words.

    ``path`` lists just these ``decisions``.
    """

    label: str
    decisions: int
    path: str
    wordings: list[tuple[str, int]]

    @property
    def suggestion(self) -> Suggestion:
        """The treatment, with its most frequent wording."""
        others = len(self.wordings) - 1
        more = f" and {others:,} other wording{'s' if others > 1 else ''}" if others else ""
        label = f"{self.label} ({_cut(self.wordings[0][0])}{more})"
        return Suggestion("", label, "treatment", self.decisions, self.path)


class Suggestions:
    """The names of one generation's nodes, their brands, abbreviations and variants among them."""

    def __init__(self, links: Links) -> None:
        rows = list(_named(links))
        self._nodes = _table(*map(list, zip(*rows, strict=True))) if rows else _table([], [], [], [], [])
        self._links = links
        worded = links.texts.select(pl.col("item_text").str.strip_chars(" .").alias("label"))
        items = worded.drop_nulls().group_by("label").len("decisions")
        self._items = _table(
            [""] * len(items),
            items["label"].to_list(),
            [""] * len(items),
            ["item"] * len(items),
            items["decisions"].to_list(),
        )
        self._cases = links.texts["case"].unique().sort()
        every = np.arange(len(links.index))
        self._main = [links.kinds[name].any.main(every) for name in _TREATED]
        known = links.texts["item_text"].fill_null("")
        self._texts = known.unique(maintain_order=True)
        self._wording = places(known, self._texts)
        self._lower = self._texts.str.to_lowercase()

    @cached_property
    def _words(self) -> list[str]:
        """Every word of a name."""
        return sorted({word for name in self._nodes["folded"].to_list() for word in name.split()})

    @cached_property
    def _proper(self) -> list[str]:
        """The words of the names that nodes are shown by, and not those of misspellings."""
        return sorted(
            {
                word
                for name in self._nodes["label"].to_list()
                for word in _folded(name.partition(" (")[0]).split()
            }
        )

    def nearest(self, query: str) -> str | None:
        """The query with each word that begins no word of a name replaced by the nearest that does.

        ``None`` where all words are known, or one is like no other.
        """
        found, changed = [], False
        for word in _WORD.findall(query.casefold())[:_MOST_WORDS]:
            if any(known.startswith(word) for known in self._words):
                found.append(word)
                continue
            near = difflib.get_close_matches(word, self._proper, 1, 0.7)
            if not near:
                return None
            found, changed = [*found, near[0]], True
        return " ".join(found) if changed else None

    def treatments(self, query: str, limit: int = 6) -> list[Treatment]:
        """The treatments whose items hold the words: one entry each, with its wordings inside."""
        words = case_lists.words(query) if query.strip() else []
        if not words:
            return []
        there = np.logical_and.reduce(
            [self._lower.str.contains(word, literal=True).to_numpy() for word in words]
        )
        # What stands within words alone is a misspelling, which is like another word: "Lofena" in diclofenac.
        begun = [pl.col("text").str.contains(rf"\b{re.escape(word)}") for word in words if word[0].isalnum()]
        if self._lower.to_frame("text").filter(pl.Series(there), *begun).is_empty():
            return []
        found = np.flatnonzero(there[self._wording])
        service, part = (main[found] for main in self._main)
        parts = int(self._main[1].max(initial=0)) + 2
        counts = np.bincount((service * parts + part + 1)[service >= 0])
        most = [int(group) for group in np.argsort(-counts, kind="stable")[:limit] if counts[group]]
        made = [self._treatment(found, query, group // parts, group % parts - 1) for group in most]
        return sorted(made, key=lambda one: -one.decisions)

    def _treatment(self, found: Ids, query: str, service: int, part: int) -> Treatment:
        """One of those ``found``: the decisions that its path lists."""
        numbers = zip(_TREATED, (service, part), strict=True)
        nodes = [self._links.kinds[name].nodes[number] for name, number in numbers if number >= 0]
        for node in nodes:
            found = np.intersect1d(found, topic.within(self._links, node), assume_unique=True)
        counts = np.bincount(self._wording[found])
        wording = np.flatnonzero(counts)
        order = wording[np.argsort(-counts[wording], kind="stable")]
        wordings = list(zip(self._texts.gather(order).to_list(), counts[order].tolist(), strict=True))
        path = f"/cases?{urlencode([*(('about', node) for node in nodes), ('text', query)], quote_via=quote)}"
        return Treatment(", ".join(map(labels.label, nodes)), len(found), path, wordings)

    def find(self, query: str, limit: int = 10) -> list[Suggestion]:
        """The best matches: every word begins a word of a name, the more decisions the better.

        What a node is called comes before what its other names are: the acupuncture before its needles.
        """
        words = [word.casefold() for word in _WORD.findall(query)][:_MOST_WORDS]
        words = ["ch" if word == "chapter" else word for word in words]  # as labels have it
        if not words:
            return []
        found = self._found(query, words, limit)
        nearest = None if found else self.nearest(query)
        return found if nearest is None else self._found(nearest, nearest.split(), limit)

    def _found(self, query: str, words: list[str], limit: int) -> list[Suggestion]:
        found = [*self._of_cases(query.strip(), 3), *self._of(self._nodes, words, limit)]
        treated = [one.suggestion for one in self.treatments(query, limit)]
        worded = [] if treated or found else self._of(self._items, words, limit)
        return _mixed(found, [*treated, *(s._replace(path=_cases_about(s.label)) for s in worded)], limit)

    def _of(self, table: pl.DataFrame, words: list[str], limit: int) -> list[Suggestion]:
        kept = table.lazy()
        for word in words:
            kept = kept.filter(pl.col("folded").str.contains(f" {word}", literal=True))
        first = pl.col("folded").str.starts_with(f" {words[0]}")
        exact = pl.col("folded") == " " + " ".join(words)
        own = pl.all_horizontal(pl.col("own").str.contains(f" {word}", literal=True) for word in words)
        phrase = (pl.col("folded") + " ").str.contains(f" {' '.join(words)} ", literal=True)
        long = -pl.col("label").str.len_chars().cast(pl.Int64)
        rows = (
            kept.filter((pl.col("other") == "") | ~own)
            .sort(exact, own, phrase, first, "decisions", long, descending=True, maintain_order=True)
            .collect()
        )
        if table is self._nodes:
            rows = rows.unique("node", keep="first", maintain_order=True)
        rows = rows.head(limit)
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


def _named(links: Links) -> Iterator[tuple[str, str, str, str, int]]:
    """Each node, what contains it and the grounds, by all their names.

    Node, name, another name (empty for the first row of a node), kind, decisions.
    """
    counts: dict[str, tuple[str, int]] = {}
    for kind in links.kinds.values():
        totals = kind.any.totals().tolist()
        counts |= {node: (kind.name, count) for node, count in zip(kind.nodes, totals, strict=True)}
    for kind in (links.kinds[name] for name in topic.KINDS):
        for above in {one for node in kind.nodes for one in topic.broader(node)} - counts.keys():
            counts[above] = (kind.name, len(topic.within(links, above)))
    for name in links.index.valued("grounds").names:
        node = f"{topic.GROUND}/{name.partition(':')[0]}"
        counts[node] = (topic.GROUND, len(topic.within(links, node)))
    for node, (what, count) in counts.items():
        yield node, labels.label(node), "", what, count
    for concept in labels.concepts().values():
        for node in _meant(concept, counts.keys()):
            what, count = counts[node]
            own = labels.label(node)
            for other in {*concept.others, concept.label}:
                if _folded(other).strip() not in _folded(own):
                    yield node, own, other, what, count


def _meant(concept: labels.Concept, known: Collection[str]) -> list[str]:
    """The nodes that the names of a concept lead to: its own, its ingredients', or what contains it.

    A place of a guideline that nobody cites leads nowhere.
    """
    if concept.node in known:
        return [concept.node]
    if concept.node.startswith("guideline/"):
        return []
    parts = concept.label.split("/") if concept.node.startswith("drug/") else []
    found = [node for part in parts if (node := f"drug/{iri.slug(part)}") in known]
    return found or [node for node in topic.chain(concept.node) if node in known][:1]


def _mixed(nodes: list[Suggestion], items: list[Suggestion], limit: int) -> list[Suggestion]:
    """At most ``limit``, of both some: nodes first, then what is in dispute."""
    chosen = nodes[: max(limit - len(items), limit // 2)]
    return chosen + items[: limit - len(chosen)]


def _cut(wording: str) -> str:
    """A wording as long as a list has room for.

    >>> _cut("MRI of the lumbar spine"), len(_cut("x" * 300))
    ('MRI of the lumbar spine', 60)
    """
    plain = wording.strip(" .")
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _table(
    nodes: list[str], names: list[str], others: list[str], kinds: list[str], counts: list[int]
) -> pl.DataFrame:
    pairs = list(zip(names, others, strict=True))
    own, second = [_folded(name) for name in names], [_folded(other) for other in others]
    folded = [other + name for other, name in zip(second, own, strict=True)]
    names = [f"{name} ({other})" if other else name for name, other in pairs]
    return pl.DataFrame(
        {"node": nodes, "label": names, "kind": kinds, "decisions": counts}
        | {"folded": folded, "own": own, "other": second},
        schema={
            "node": pl.String,
            "label": pl.String,
            "kind": pl.String,
            "decisions": pl.Int64,
            "folded": pl.String,
            "own": pl.String,
            "other": pl.String,
        },
    )


def _folded(name: str) -> str:
    """The words of a name, each after a space.

    >>> _folded("Norco 10/325mg")
    ' norco 10 325mg'
    """
    return "".join(f" {word}" for word in _WORD.findall(name.casefold()))


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
