"""Words of questions that differ in one letter from a known one."""

from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache

from kg.questions.vocabulary import cited, keywords, phrases
from kg.reading.vocabulary.phrases import fold_word

_SURE = 3
"""How many times as many labels must have one spelling as another, for a word to be taken for the first."""
_SHORTEST_MISSPELLED, _LONGEST_MISSPELLED = 5, 40
_SHORTEST_STEM = 3
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "est", "ly", "ily", "ied", "ies", "ier", "iest")
_OF_NOUNS_AND_VERBS = ("s", "es", "ed", "ing", "ied", "ies")
_OTHERWISE = {"other"}
"""A word that says nothing in phrases only: alone it says that another thing is meant."""
_SAYING_NOTHING = ("IGNORED", "PASSED", "ADVERB")


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
    plain = keywords()["ORDINARY"]
    ordinary = {*plain, *map(fold_word, plain), *(stem for word in plain for stem in stems(word))}
    said = (
        label for table in (phrases(), cited()) for label, found in table.labelled() if found.type != "PASSED"
    )
    unsaid = known.keys() - {
        word for label in said for word in label.split()
    }  # no misspelling is set right to
    near: dict[str, set[str]] = {}
    for word in known:
        if word not in unsaid and len(word) >= _SHORTEST_MISSPELLED - 1:
            for lacking in (word, *_lacking_one(word)):
                near.setdefault(lacking, set()).add(word)

    @lru_cache(maxsize=1 << 14)
    def spelled(word: str, known_too: bool = False) -> str:
        if (
            (word in known and not known_too)
            or not ordinary.isdisjoint(stems(word))
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


@cache
def _stems() -> dict[str, str]:
    """What single words without their endings are: nothing that a reading holds, or what letters do not say.

    The latter counts where both have a stem.
    """
    known = keywords()
    absent = [terminal for terminal in known if terminal.startswith("NO_")]
    return {
        stem: "PASSED" if terminal in _SAYING_NOTHING else terminal
        for terminal in (*_SAYING_NOTHING, *absent)
        for word in known[terminal]
        if word.isalpha() and word not in _OTHERWISE
        for stem in stems(word, _OF_NOUNS_AND_VERBS)
    }


def form_of_known(word: str) -> str:
    """The type of a word in another form, empty where none is known: *issuing*, of *issue*.

    >>> [form_of_known(word) for word in ("issuing", "costing", "unicorn")]
    ['PASSED', 'NO_MONEY', '']
    """
    found = {_stems().get(stem, "") for stem in stems(word.lower())} - {""}
    return min(found, default="")  # of what letters do not say first, as `NO_` is before `PASSED`


def stems(word: str, endings: tuple[str, ...] = _ENDINGS) -> set[str]:
    """A word and what it may be without an ending of English.

    >>> sorted(stems("issuing")), sorted(stems("denies"))
    (['issu', 'issue', 'issuing'], ['deni', 'denie', 'denies', 'deny'])
    """
    found = {word}
    for ending in endings:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        found.add(f"{stem}y" if ending[0] == "i" and ending != "ing" else stem)
        if ending in {"ing", "ed", "er", "est"}:
            found.add(f"{stem}e")
            found |= {stem[:-1]} if stem[-1] == stem[-2] and len(stem) > _SHORTEST_STEM else set()
    return found


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
