"""How well cases are related: nDCG@5 over judged letters, beside BM25 and TF-IDF in the same run.

Run ``python tests/benchmarks/bench_related.py SHARED``, a folder with ``letters/*.txt`` and
``related/judged.json`` (for some letters the grades 0 to 3 of others). A list is scored over its judged
letters alone, with gains of ``2 ** grade - 1``. Also checked: that the first contrast of every item shares
its subcategory or drug class wherever some decision that went the other way does.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from kg.analysis.decisions import OUTCOMES
from kg.analysis.related import evidence_kinds
from kg.analysis.related.features import Features, features
from kg.analysis.related.rankings import case_of, decisions_like, related
from kg.base.facts import Rows
from kg.base.tables import data_frames
from kg.reading.letter import read_letter
from kg.reading.vocabulary.phrases import words

Ranked = Callable[[str], Sequence[str]]
MANY = 4
"""Items of a letter that is reported by itself."""


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], first: int = 5) -> float:
    """The normalised discounted cumulative gain of the judged letters in the order of ``ranked``."""

    def gain(found: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found[:first]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades[case] for case in ranked if case in grades]) / best if best else 1.0


def by_text(texts: Mapping[str, str]) -> dict[str, Ranked]:
    """BM25 (k1 = 1.2, b = 0.75) and the cosine of TF-IDF over whole letters."""
    counts = {case: Counter(words(text).folded) for case, text in texts.items()}
    held = Counter(word for count in counts.values() for word in count)
    size = {case: sum(count.values()) for case, count in counts.items()}
    mean = sum(size.values()) / len(size)
    vectors = {
        case: {word: (1 + math.log(n)) * math.log(len(counts) / held[word]) for word, n in count.items()}
        for case, count in counts.items()
    }
    length = {case: math.hypot(*vector.values()) for case, vector in vectors.items()}

    def bm25(asked: str, case: str) -> float:
        found = counts[case]
        spread = 1.2 * (0.25 + 0.75 * size[case] / mean)
        return sum(
            math.log(1 + (len(counts) - held[word] + 0.5) / (held[word] + 0.5))
            * (found[word] * 2.2 / (found[word] + spread))
            for word in counts[asked]
            if word in found
        )

    def cosine(asked: str, case: str) -> float:
        product = sum(weight * vectors[case].get(word, 0) for word, weight in vectors[asked].items())
        return product / (length[asked] * length[case])

    def ranked(score: Callable[[str, str], float]) -> Ranked:
        return lambda asked: sorted(texts, key=lambda case: (-score(asked, case), case))

    return {"BM25": ranked(bm25), "TF-IDF": ranked(cosine)}


def contrasts(known: Features) -> tuple[int, int, int]:
    """Items, those with a decision of the kind that went the other way, those that show one first."""
    asked = there = right = 0
    wanted = [evidence_kinds.NAMES.index(name) for name in evidence_kinds.KIN]
    for case in known.cases:
        for item in case_of(known, case).items:
            asked += 1
            mine = {int(f) for f in item.features if known.kind[f] in wanted}
            kin = [
                d
                for d in range(len(known))
                if known.case_of[d] != item.case
                and known.outcome[d] != item.outcome
                and mine.intersection(known.of(d).tolist())
            ]
            rows = decisions_like(known, item, "other", 1).rows
            there += bool(kin)
            first = [(known.number(row.found.case or ""), row.found.item) for row in rows]
            pairs = {(int(known.case_of[d]), int(known.position[d])) for d in kin}
            right += bool(kin) and first[0] in pairs and rows[0].found.outcome != OUTCOMES[item.outcome or 0]
    return asked, there, right


def main(shared: Path) -> None:
    """Print a table: a system a row, the mean over all judged letters and over those with many items."""
    judged = json.loads((shared / "related" / "judged.json").read_text(encoding="utf-8"))
    texts, rows, items = {}, Rows({}), {}
    for place, path in enumerate(sorted((shared / "letters").glob("*.txt"))):
        text = path.read_text(encoding="utf-8")
        letter = read_letter(text, path.stem)
        case = letter.case_number or path.stem
        texts[case], items[case] = text, len(letter.decisions)
        rows.add(place, case, letter, text)
    known = features(data_frames.frame(rows.tables()["facts"]))
    systems = {
        f"related, {mode}": lambda asked, mode=mode: [
            row.case for row in related(known, asked, limit=1000, mode=mode).rows
        ]
        for mode in ("precedent", "pending")
    } | by_text(texts)
    sys.stdout.write(f"{'nDCG@5':24s}{'all':>8s}{'one item':>10s}{'four or more':>14s}\n")
    for name, ranked in systems.items():
        found = {case: ndcg(ranked(case), grades) for case, grades in judged.items()}
        one = [value for case, value in found.items() if items[case] == 1]
        many = [value for case, value in found.items() if items[case] >= MANY]
        figures = [float(np.mean(part)) if part else math.nan for part in (list(found.values()), one, many)]
        sys.stdout.write(f"{name:24s}{figures[0]:8.3f}{figures[1]:10.3f}{figures[2]:14.3f}\n")
    asked, there, right = contrasts(known)
    sys.stdout.write(f"contrast: {asked} items; {there} with one of the kind; {right} show it first\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
