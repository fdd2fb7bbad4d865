"""How well grounds are read, and the weights that read them.

    python tests/benchmarks/grounds.py [SHARED] [--errors] [--write]

Prints precision and recall of each fifth of the labelled letters, read with weights that never saw it, of
all letters with the weights of all, and of ``rationales-test.tsv``, from which nothing is taken.
``--write`` puts the weights into ``ontology/grounds-weights.tsv`` (cues) and ``grounds-words.tsv`` (words),
and the figures of each class into ``ontology/grounds.ttl``: the likelihoods from which its cues, and words
alone, are read so that most is found with a precision of 0.88 in the fifths and in
``rationales-unseen.tsv``, which no weight is learned from, and its precision and recall from there on.
Beside the labelled letters the weights learn from sentences of this project
(``grammar/examples/rationale-sentences.tsv``) and from rationales written for it (``rationales.tsv``; what a
sentence states stands in braces after it). The wording in ``ontology/grounds.ttl`` is general knowledge of
such rationales, and was extended by hand from four fifths of the letters while the last was unread.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import scipy.optimize
import scipy.sparse

import kg
from kg import resources
from kg.model import Ground, Outcome
from kg.reading.grounds import by_words, grounds
from kg.reading.grounds.by_words import Key, WordJudge, of_place, of_sentence
from kg.reading.grounds.cues import candidates
from kg.reading.grounds.frames import sentence, worded
from kg.reading.grounds.grounds import Surroundings, read_grounds
from kg.reading.grounds.judging import Context, Judge, Measured, applies, can_state, features, fits
from kg.reading.grounds.sentences import sentences

FOLDS = 5
PENALTY = 1.0
OWN = 0.6
"""The weight of a sentence of this project, where one of a real letter has 1."""
OFTEN = 2
"""Examples that a word must stand in to have a weight."""
RIGHT, FEWEST_RIGHT = 2.0, 5
"""What a sentence that states a ground weighs against one that does not; fewer of them teach no words."""
SMALLEST_WORD = 0.05
_MARK = re.compile(r"\s*\{([^{}]*)\}")
_AROUND = re.compile(r"\b(?:beside|with|word) ")
SMALLEST = 0.02
"""Weights nearer to nought are left out."""
FULL, HALF = 0.8, 0.5
LEAST = [hundredths / 100 for hundredths in range(40, 91, 2)]
"""Likelihoods from which a class may be read by its cues."""
BY_WORDS = [hundredths / 100 for hundredths in range(50, 99, 2)]
"""Likelihoods from which a class may be read by words alone."""
NEVER = 2.0
WANTED, FEWEST = 0.88, 0.35
"""The precision that a class should have, more than the 0.85 that it must have, as likelihoods chosen for one
miss it elsewhere; and the share of its labels that must still be found."""


class Item(NamedTuple):
    """A disputed item: its rationale and the labels."""

    fold: int | None
    text: str
    item: str
    outcome: Outcome
    sure: dict[tuple[str, bool], list[str]]
    perhaps: set[tuple[str, bool]]


class Example(NamedTuple):
    """A candidate as the model sees it."""

    fold: int | None
    names: list[str]
    right: bool
    weight: float


class Hit(NamedTuple):
    """A ground read of an item: how likely by its cues and by words alone, and whether it is right."""

    ground: str
    by_cue: float
    by_words: float
    right: bool

    def shown(self, least: float, by_words: float) -> bool:
        """Whether it is read from these likelihoods on."""
        return self.by_cue >= least or self.by_words >= by_words


class Said(NamedTuple):
    """A sentence as the words' weights learn from it: what it states, and what it may state as well."""

    fold: int | None
    names: list[str]
    states: set[Key]
    perhaps: set[Key]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def overlap(one: str, two: str) -> float:
    """As the scorer counts it: the shared words of the shorter."""
    a, b = words(one), words(two)
    return (a & b).total() / max(1, min(a.total(), b.total()))


def labelled(shared: Path) -> list[Item]:
    """The items of the labelled letters; a letter's fifth is its place in the gold file."""
    lines = (shared / "gold" / "grounds.jsonl").read_text(encoding="utf-8").splitlines()
    labels = {(one["case"], one["n"]): one for one in map(json.loads, lines)}
    order = (shared / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    items = []
    for at, case in enumerate(json.loads(line)["case_number"] for line in order):
        text = (shared / "letters" / f"{case}.txt").read_bytes().decode()
        for n, decision in enumerate(kg.parse_letter(text, name=case).decisions, 1):
            one, span = labels[case, n], decision.rationale and decision.rationale.span
            items.append(
                Item(
                    at % FOLDS,
                    span.of(text) if span else "",
                    decision.item.text,
                    decision.outcome,
                    {(g["ground"], g["met"]): g["quotes"] for g in one["grounds"]},
                    {(g["ground"], g["met"]) for g in one["perhaps"]},
                )
            )
    return items


def own() -> list[Item]:
    """The sentences of this project, each as a rationale of its own."""
    path = resources.folder("grammar") / "examples" / "rationale-sentences.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Item(
                None,
                row["sentence"],
                "",
                Outcome(row["outcome"]),
                {(row["ground"], row["met"] == "met"): [row["sentence"]]} if row["ground"] else {},
                set(),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def keys(marks: str) -> list[Key]:
    """The grounds of a mark: ``plan-, amount+``."""
    return [(each[:-1], each[-1] == "+") for each in marks.split(", ") if each]


def written_for(path: Path) -> list[Item]:
    """Rationales of this project: what each sentence states stands in braces after it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    items = []
    for row in rows:
        text, sure = "", defaultdict(list)
        for piece, marks in zip(*[iter([*_MARK.split(row["rationale"]), ""])] * 2, strict=True):
            text += piece
            first, last = sentences(text, 0, len(text))[-1]
            for key in keys(marks):
                sure[key].append(text[first:last])
        perhaps = set(keys(row["perhaps"]))
        items.append(Item(None, text, row["item"], Outcome(row["outcome"]), dict(sure), perhaps))
    return items


def each_sentence(items: Iterable[Item]) -> Iterator[tuple[Item, str, Context]]:
    """The sentences of the items, with single blanks, and where they stand."""
    for item in items:
        around = Surroundings(item.text, 0, len(item.text), item.item, item.outcome)
        for n, printed in enumerate(around.said):
            yield item, printed, around.of(n)


def states(printed: str, quotes: Iterable[str]) -> bool:
    """Whether a sentence is one that a label quotes."""
    return any(overlap(printed, quote) >= FULL for quote in quotes)


def said(items: Iterable[Item]) -> list[Said]:
    """The sentences of the items; what is stated elsewhere, or only perhaps, teaches nothing."""
    found = []
    for item, printed, context in each_sentence(items):
        if context.quoted:
            continue
        read = worded(printed)
        stated = {key for key, quotes in item.sure.items() if states(printed, quotes)}
        names = [*of_sentence(read.words, read.groups), *of_place(context)]
        found.append(Said(item.fold, names, stated, item.perhaps | (item.sure.keys() - stated)))
    return found


def examples(items: Iterable[Item]) -> list[Example]:
    """The candidates of the items; one whose class is said elsewhere in the rationale teaches nothing."""
    found = []
    for item, printed, context in each_sentence(items):
        told = sentence(printed)
        for part in candidates(told):
            seen = set()
            for rank, each in enumerate(part):
                key = each.cue.ground, each.cue.met
                if key in seen:
                    continue
                seen.add(key)
                quotes = item.sure.get(key, [])
                right = states(printed, quotes)
                admitted = can_state(told) and applies(told, each) and fits(told, each, context)
                if admitted and (right or not quotes) and key not in item.perhaps:
                    names = list(features(told, each, context, rank))
                    found.append(Example(item.fold, names, right, OWN if item.fold is None else 1.0))
    return found


def learn(rows: list[Example]) -> dict[str, float]:
    """Logistic regression with a quadratic penalty, twice as strong on what only stands with a cue.

    A word that is rarer than ``OFTEN`` teaches nothing: it would be learned with its letter.
    """
    often = Counter(name for row in rows for name in set(row.names))
    names = sorted(name for name in often if "word " not in name or often[name] >= OFTEN)
    sign = np.array([1.0 if row.right else -1.0 for row in rows])
    weight = np.array([row.weight for row in rows])
    penalty = np.array([PENALTY * (2 if _AROUND.search(name) else 1) for name in names])
    penalty[names.index("bias")] = 0.01
    fitted = regression(indicators([row.names for row in rows], names), sign, weight, penalty)
    return {name: round(float(w), 3) for name, w in zip(names, fitted, strict=True) if abs(w) >= SMALLEST}


def learn_words(rows: list[Said]) -> dict[str, dict[Key, float]]:
    """A logistic regression for each ground, met and not met, on what the words of sentences are."""
    often = Counter(name for row in rows for name in set(row.names))
    names = sorted(name for name in often if often[name] >= OFTEN)
    matrix = indicators([row.names for row in rows], names)
    penalty = np.full(len(names), PENALTY)
    penalty[names.index(by_words.ALWAYS)] = 0.01
    counts = Counter(key for row in rows for key in row.states)
    learned: dict[str, dict[Key, float]] = defaultdict(dict)
    for key in sorted(key for key, count in counts.items() if count >= FEWEST_RIGHT):
        states = np.array([key in row.states for row in rows])
        used = np.array([key in row.states or key not in row.perhaps for row in rows])
        sign, weight = np.where(states, 1.0, -1.0), np.where(states, RIGHT, 1.0)
        fitted = regression(matrix[used], sign[used], weight[used], penalty)
        for name, w in zip(names, fitted, strict=True):
            if abs(w) >= SMALLEST_WORD:
                learned[name][key] = round(float(w), 2)
    return dict(sorted(learned.items()))


def indicators(rows: list[list[str]], names: list[str]) -> scipy.sparse.csr_matrix:
    """Which of ``names`` each row has."""
    at = {name: n for n, name in enumerate(names)}
    known = [sorted({at[name] for name in row if name in at}) for row in rows]
    columns = [column for row in known for column in row]
    ends = np.cumsum([0, *map(len, known)])
    return scipy.sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(names)))


def regression(
    matrix: scipy.sparse.csr_matrix, sign: np.ndarray, weight: np.ndarray, penalty: np.ndarray
) -> np.ndarray:
    """The weights of a logistic regression with a quadratic penalty."""

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (matrix @ w)
        slope = -(matrix.T @ (weight * sign / (1 + np.exp(margin))))
        value = (weight * np.logaddexp(0, -margin)).sum() + 0.5 * (penalty * w * w).sum()
        return value, slope + penalty * w

    start = np.zeros(matrix.shape[1])
    return scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x


class Tally:
    """Right, wrong and missed pairs by class and met, the right sentences, and items without a ground."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
        self.sentences = [0, 0]
        self.empty = 0
        self.lines: list[str] = []
        self.hits: list[Hit] = []

    def add(self, item: Item) -> None:
        read = read_item(item)
        self.empty += not read
        found = {(each.ground, each.met): each.span.of(item.text) for each in read}
        for key, quote in found.items():
            if key in item.sure:
                self.counts[key][0] += 1
                self.sentences[1] += 1
                self.sentences[0] += any(overlap(quote, sure) >= HALF for sure in item.sure[key])
            elif key not in item.perhaps:
                self.counts[key][1] += 1
                self.lines.append(f"wrong {key} {' '.join(quote.split())}")
        for key in item.sure.keys() - found.keys():
            self.counts[key][2] += 1
            self.lines.append(f"missed {key} {item.sure[key][0]}")

    def added(self, other: "Tally") -> "Tally":
        """This and another together."""
        both = Tally()
        for one in (self, other):
            for key, row in one.counts.items():
                both.counts[key] = [a + b for a, b in zip(both.counts[key], row, strict=True)]
            both.sentences = [a + b for a, b in zip(both.sentences, one.sentences, strict=True)]
            both.empty += one.empty
            both.lines += one.lines
            both.hits += one.hits
        return both

    def figures(self, ground: str | None = None) -> tuple[float, float, int]:
        """Precision, recall and the number of labels, of one class or all."""
        rows = [row for (name, _), row in self.counts.items() if ground in (None, name)]
        right, wrong, missed = (sum(row[n] for row in rows) for n in range(3))
        return right / max(1, right + wrong), right / max(1, right + missed), right + missed


class Learned(NamedTuple):
    """The weights of cues, and those of words."""

    cues: dict[str, float]
    words: dict[str, dict[Key, float]]


def read_item(item: Item) -> tuple[Ground, ...]:
    return read_grounds(item.text, 0, len(item.text), item.item, item.outcome)


def hits(item: Item) -> Iterator[Hit]:
    """What is read of an item at all, but for what it may or may not state."""
    chances: list[dict[Key, float]] = []
    for least, by_words_alone in ((LEAST[0], NEVER), (NEVER, BY_WORDS[0])):
        with mock.patch.object(grounds, "measured", return_value=Measured(0, 0, least, by_words_alone)):
            chances.append({(each.ground, each.met): each.likelihood for each in read_item(item)})
    for key in chances[0] | chances[1]:
        if key in item.sure or key not in item.perhaps:
            yield Hit(key[0], *[one.get(key, 0.0) for one in chances], key in item.sure)


def tally(items: Iterable[Item], weights: Learned, figures: Mapping[str, Measured] | None = None) -> Tally:
    """What is read of the items with these weights, each class from its least likelihoods on."""
    result = Tally()
    grounds._stated.cache_clear()
    least = Measured(0, 0, LEAST[0], BY_WORDS[0])
    with (
        mock.patch.object(grounds, "judge", return_value=Judge(weights.cues)),
        mock.patch.object(grounds, "word_judge", return_value=WordJudge(weights.words)),
    ):
        for item in items:
            with mock.patch.object(grounds, "measured", lambda ground: (figures or {}).get(ground, least)):
                result.add(item)
            if figures is None:
                result.hits += hits(item)
    grounds._stated.cache_clear()
    return result


def learn_all(rows: list[Example], told: list[Said], without: int = -1) -> Learned:
    """The weights learned without a fifth of the letters."""
    return Learned(
        learn([row for row in rows if row.fold != without]),
        learn_words([row for row in told if row.fold != without]),
    )


def five_fold(items: list[Item], rows: list[Example], told: list[Said]) -> tuple[Tally, list[Tally]]:
    """All fifths together, and each by itself."""
    folds = [
        tally([i for i in items if i.fold == fold], learn_all(rows, told, fold)) for fold in range(FOLDS)
    ]
    together = Tally()
    for one in folds:
        together = together.added(one)
    return together, folds


def by_class(together: Tally) -> dict[str, Measured]:
    """Of each class the likelihoods from which most is found precisely, and its figures from there on."""
    found = {}
    for ground in sorted({name for name, _ in together.counts}):
        labels = max(1, together.figures(ground)[2])
        own = [hit for hit in together.hits if hit.ground == ground]
        at = []
        for least, words_alone in product(LEAST, (*BY_WORDS, NEVER)):
            right = [hit.right for hit in own if hit.shown(least, words_alone)]
            precision = sum(right) / len(right) if right else 0.0
            at.append(Measured(precision, sum(right) / labels, least, words_alone))
        sure = [one for one in at if one.precision >= WANTED and one.recall >= FEWEST]
        by_cues = at[len(BY_WORDS)]  # all that its cues find, as what is not shown is kept
        found[ground] = max(sure or [by_cues], key=lambda one: (one.recall, one.precision))
    return found


def written(catalogue: str, figures: Mapping[str, Measured]) -> str:
    """The catalogue with these figures."""
    catalogue = re.sub(r"    imr:(?:measured|least)\w+ [^;]+;\n", "", catalogue)
    classes = re.findall(r"<ground/([\w-]+)> a skos:Concept ;\n(?:    .*\n)*?    imr:precedence", catalogue)
    for ground in classes:
        one = figures.get(ground, Measured(0, 0, LEAST[0], NEVER))
        lines = (
            f'    imr:measuredPrecision "{one.precision:.2f}" ;\n'
            f'    imr:measuredRecall "{one.recall:.2f}" ;\n'
            f'    imr:leastLikelihood "{one.least:.2f}" ;\n'
            f'    imr:leastByWords "{one.by_words:.2f}" ;\n'
        )
        head = re.compile(rf"(<ground/{ground}> a skos:Concept ;.*?    imr:precedence \d+ ;\n)", re.DOTALL)
        catalogue = head.sub(lambda m, lines=lines: m[1] + lines, catalogue, count=1)
    return catalogue


def line(name: str, one: Tally) -> str:
    precision, recall, _ = one.figures()
    sentences = one.sentences[0] / max(1, one.sentences[1])
    return (
        f"{name:20} P {precision:.3f} R {recall:.3f} sentence {sentences:.3f}, {one.empty} without a ground"
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main(arguments: Any) -> None:
    items = labelled(arguments.shared)
    learned_from = [*items, *own(), *written_for(Path(__file__).parent / "rationales.tsv")]
    rows, told = examples(learned_from), said(learned_from)
    together, folds = five_fold(items, rows, told)
    for n, one in enumerate(folds):
        say(line(f"fifth {n}, unseen", one))
    say(line("five-fold", together))
    weights = learn_all(rows, told)
    here = Path(__file__).parent
    unseen = tally(written_for(here / "rationales-unseen.tsv"), weights)
    figures = by_class(unseen.added(together))
    say(line("all, seen", tally(items, weights, figures)))
    overturned = [item for item in items if item.outcome is not Outcome.UPHELD]
    say(line("overturned, seen", tally(overturned, weights, figures)))
    say(line("ours, for a test", tally(written_for(here / "rationales-test.tsv"), weights, figures)))
    shown = {ground: one for ground, one in figures.items() if one.is_sure}
    sure = [
        hit for hit in together.hits if (of := shown.get(hit.ground)) and hit.shown(of.least, of.by_words)
    ]
    labels = together.figures()[2]
    right = sum(hit.right for hit in sure)
    say(f"unseen, shown classes P {right / len(sure):.3f} R {right / labels:.3f} of all labels")
    for ground, one in figures.items():
        hidden = "" if one.is_sure else ", not shown"
        labels = together.figures(ground)[2]
        figures_of = f"P {one.precision:.2f} R {one.recall:.2f} of {labels}"
        say(f"  {ground:18} {figures_of} from {one.least:g} and {one.by_words:g}{hidden}")
    for each in together.lines if arguments.errors else ():
        say(each)
    if arguments.write:
        path = resources.folder("ontology") / "grounds-weights.tsv"
        table = "".join(f"{name}\t{value:g}\n" for name, value in sorted(weights.cues.items()))
        path.write_text(f"feature\tweight\n{table}", encoding="utf-8")
        path = resources.folder("ontology") / "grounds-words.tsv"
        path.write_text(by_words.table(weights.words), encoding="utf-8")
        path = resources.folder("ontology") / "grounds.ttl"
        path.write_text(written(path.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", type=Path, nargs="?", default=Path(__file__).parents[3] / "shared")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", action="store_true")
    main(parser.parse_args())
