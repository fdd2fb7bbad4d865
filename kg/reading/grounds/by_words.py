"""How surely a sentence states a ground, by all of its words together.

Cues hold to what many reviewers write alike. What is said in other words is told by which words stand in a
sentence, whatever their order: for each ground, met and not met, a weighted sum of its words, of the groups
of wording among them and of their pairs. The weights are data, ``ontology/grounds-words.tsv``, which
``tests/benchmarks/grounds.py`` learns (logistic regression with a quadratic penalty).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import combinations

from kg import resources
from kg.reading.grounds.judging import Context
from kg.reading.grounds.wording import vocabulary

Key = tuple[str, bool]
"""A ground, and whether it is met."""
Weights = Mapping[str, Mapping[Key, float]]
"""The weights of each feature by what it speaks for."""

_HOPELESS = -5.0
"""A sum at which the words of a sentence speak against a ground, whatever its cues are."""
_NUMBER = "#"
ALWAYS = "(always)"
"""The feature of every sentence; the word itself is another."""


def of_sentence(words: Collection[str], groups: int) -> Iterator[str]:
    """The features of a sentence wherever it stands: its words, its groups of wording and their pairs.

    >>> sorted(of_sentence(("no", "12"), 0))
    ['#', '(always)', 'no']
    """
    yield from _of_words(words)
    yield from _of_groups(groups)


def _of_words(words: Collection[str]) -> set[str]:
    return {_NUMBER if word[0].isdigit() else word for word in words}


def _of_groups(groups: int) -> Iterator[str]:
    yield ALWAYS
    names = sorted(vocabulary().names(groups))
    for name in names:
        yield f"<{name}>"
    for one, other in combinations(names, 2):
        yield f"<{one}> <{other}>"


def of_place(context: Context) -> tuple[str, ...]:
    """The features of the decision and of the place in the rationale."""
    told = (
        ("(upheld)" if context.upheld else "(overturned)", True),
        ("(pivoted)", context.pivoted),
        ("(first)", context.first),
        ("(near end)", context.near_end),
    )
    return tuple([name for name, holds in told if holds])


class WordJudge:
    """Sums of the weights of words; what few things decide together is summed once."""

    def __init__(self, weights: Weights) -> None:
        self._keys = tuple(sorted({key for row in weights.values() for key in row}))
        self._rows = {name: tuple([row.get(key, 0.0) for key in self._keys]) for name, row in weights.items()}
        self._groups = lru_cache(maxsize=1 << 14)(lambda groups: self._sums(_of_groups(groups)))
        self._place = lru_cache(maxsize=None)(
            lambda names: dict(zip(self._keys, self._sums(names), strict=True))
        )

    def _sums(self, names: Iterable[str]) -> tuple[float, ...]:
        rows = [row for name in names if (row := self._rows.get(name)) is not None]
        return tuple([sum(column) for column in zip(*rows, strict=True)]) or (0.0,) * len(self._keys)

    def likely(self, words: Collection[str], groups: int) -> dict[Key, float]:
        """The sums of all that the words of a sentence do not speak against."""
        get = self._rows.get
        rows = [row for word in _of_words(words) if (row := get(word)) is not None]
        sums = map(sum, zip(self._groups(groups), *rows, strict=True))
        return {key: total for key, total in zip(self._keys, sums, strict=True) if total > _HOPELESS}

    def at(self, context: Context) -> Mapping[Key, float]:
        """What the decision and the place in the rationale add to each sum."""
        return self._place(of_place(context))


def table(weights: Weights) -> str:
    r"""The weights as lines of text: a feature, then what it speaks for with its weight, parted by blanks.

    >>> table({"no": {("plan", False): 0.5, ("plan", True): -1.25}})
    'no\tplan-=0.5 plan+=-1.25\n'
    """
    rows = (
        " ".join([f"{ground}{'+' if met else '-'}={weight:g}" for (ground, met), weight in row.items()])
        for row in weights.values()
    )
    return "".join([f"{name}\t{row}\n" for name, row in zip(weights, rows, strict=True)])


def read_table(text: str) -> dict[str, dict[Key, float]]:
    r"""The weights that :func:`table` wrote.

    >>> read_table("no\tplan-=0.5\n")
    {'no': {('plan', False): 0.5}}
    """
    found: dict[str, dict[Key, float]] = {}
    for line in text.splitlines():
        name, _, row = line.partition("\t")
        pairs = (pair.rpartition("=") for pair in row.split(" "))
        found[name] = {(key[:-1], key[-1] == "+"): float(weight) for key, _, weight in pairs}
    return found


@cache
def word_judge() -> WordJudge:
    """The judge with the learned weights."""
    return WordJudge(read_table(resources.text("ontology", "grounds-words.tsv")))
