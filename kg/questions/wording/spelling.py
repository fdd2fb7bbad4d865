"""Words of questions that differ in one letter from a known one."""

from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache

from kg.questions.vocabulary import cited, keywords, phrases
from kg.reading.vocabulary.phrases import fold_word

_SURE = 3
"""How many times as many labels must have one spelling as another, for a word to be taken for the first."""
_SHORTEST_MISSPELLED, _LONGEST_MISSPELLED = 5, 40


@cache
def spelling() -> Callable[..., str]:
    """What spells a folded word as a known one that differs in a letter, if only one does; else as it is.

    Words of five letters and more are, of shorter ones those that differ in a letter are other words
    (``neck``, ``deck``). The first letter is taken as it stands.

    >>> [spelling()(word) for word in ("chiropractix", "opioidz", "surgon", "noroc", "neck", "unicorn")]
    ['chiropractic', 'opioid', 'surgeon', 'norco', 'neck', 'unicorn']
    """
    known = Counter(
        word for table in (phrases(), cited()) for label, _ in table.labelled() for word in label.split()
    )
    ordinary = frozenset(map(fold_word, keywords()["ORDINARY"])) | {*keywords()["ORDINARY"]}
    near: dict[str, set[str]] = {}
    for word in known:
        if len(word) >= _SHORTEST_MISSPELLED - 1:
            for lacking in (word, *_lacking_one(word)):
                near.setdefault(lacking, set()).add(word)

    @lru_cache(maxsize=1 << 14)
    def spelled(word: str, known_too: bool = False) -> str:
        if (
            (word in known and not known_too)
            or word in ordinary
            or not word.isalpha()
            or not _SHORTEST_MISSPELLED <= len(word) <= _LONGEST_MISSPELLED
        ):
            return word
        found = set().union(*(near.get(lacking, ()) for lacking in (word, *_lacking_one(word))))
        alike = [other for other in found - {word} if other[0] == word[0] and _one_apart(word, other)]
        best = Counter({other: known[other] for other in alike}).most_common(2)
        # Vocabularies hold misspellings too, in few labels: what is in most is what is meant.
        sure = best and (
            len(best) == 1 or best[0][1] >= _SURE * best[1][1] or _mean_the_same(best[0][0], best[1][0])
        )
        return best[0][0] if sure else word

    return spelled


def _mean_the_same(one: str, other: str) -> bool:
    """Whether two words are names of one thing: *Norco*, and *Norc* as it is misspelled."""
    found = [phrases().longest([word], 0) for word in (one, other)]
    meant = {(each.meaning.name, each.meaning.value) for each in found if each and each.meaning.value}
    return all(found) and len(meant) == 1


def _one_apart(one: str, other: str) -> bool:
    """Whether two words differ in a letter, or in the order of two neighbours: not *weaning*, *wanting*."""
    if len(one) != len(other):
        return True  # the one lacks a letter of the other
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    swapped = len(apart) == 2 and one[apart[0]] + one[apart[1]] == other[apart[1]] + other[apart[0]]
    return len(apart) == 1 or (swapped and apart[1] == apart[0] + 1)


def _lacking_one(word: str) -> list[str]:
    """The word without one of its letters (never the first), each way."""
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]
