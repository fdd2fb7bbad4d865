"""How letters that nobody tuned to are read: ``python tests/unseen.py [SHARED]`` prints three tables.

Fresh letters by field, examples by kind of fault, and all letters at hand under each kind of noise: the
measures of each, the share of letters that say that something is wrong, and the share of disputed items
that are wrong in silence (item text, outcome or guideline differ from the gold answer, and the letter's
problems are none). Everything lies in SHARED; where that is not there, there is nothing to measure.
"""

import importlib.util
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from kg import contract
from kg.base.building.read import determination
from kg.errors import KgError
from kg.model import Determination

Json = dict[str, Any]
SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))

# --- kinds of noise: a text and a source of chance to a text ---------------------------------------

_LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}
_CONFUSED = {
    **dict(zip("l1O0S5eciaounhbtfrsB8:.,mgpy", "1l0O5Scelaovubhftna8B;,.nqnv", strict=True)),
    "d": "cl",
    "w": "vv",
    "n": "ri",
}
_LINES_ON_A_PAGE = 42


def soft_hyphens(text: str, chance: random.Random) -> str:
    """A soft hyphen within each eighth long word."""
    return re.sub(r"\w{6,}", lambda m: f"{m[0][:3]}\xad{m[0][3:]}" if chance.random() < 0.125 else m[0], text)


def ligatures(text: str, chance: random.Random) -> str:
    """Signs of two and three letters, as typesetting has them."""
    return re.sub("ffi|ffl|ff|fi|fl", lambda m: _LIGATURES[m[0]], text)


def broken_words(text: str, chance: random.Random) -> str:
    """Each fourth line ends within the word that would begin the next one."""

    def broken(m: re.Match[str]) -> str:
        return f" {m[2][:3]}-{m[1]}{m[2][3:]}" if chance.random() < 0.25 else m[0]

    return re.sub(r"(?<=[a-z,]) ?([ \t]*\n)([a-z]{6,})(?=[ ,.])", broken, text)


def _paged(text: str, top: Callable[[int], str], bottom: Callable[[int], str], mark: str) -> str:
    lines = text.replace("\f", "").split("\n")
    pages = [lines[i : i + _LINES_ON_A_PAGE] for i in range(0, len(lines), _LINES_ON_A_PAGE)]
    return f"\n{mark}".join(
        "\n".join([*([top(n)] if top(n) else []), *page, *([bottom(n)] if bottom(n) else [])])
        for n, page in enumerate(pages, 1)
    )


def running_lines(text: str, chance: random.Random) -> str:
    """A header and a numbered footer on each page, with form feeds between pages."""
    return _paged(text, lambda n: "Independent Medical Review", lambda n: f"Page {n}", "\f")


def running_lines_unmarked(text: str, chance: random.Random) -> str:
    """The same, in a text that has lost its page breaks, with the case number on each page."""
    case = re.search(r"CM\d\d-\d{7}", text)
    name = case[0] if case else "CM00-0000000"
    return _paged(text, lambda n: f"IMR Case {name}" if n > 1 else "", lambda n: f"Page {n} of 9", "")


def line_numbers(text: str, chance: random.Random) -> str:
    """Each line begins with its number."""
    return "\n".join(f"{n:>3}  {line}" for n, line in enumerate(text.split("\n"), 1))


def page_line_numbers(text: str, chance: random.Random) -> str:
    """Each printed line begins with its number on the page, as pleadings have them."""
    found, n = [], 0
    for line in text.split("\n"):
        n = n % 28 + 1 if line.strip() else n
        found.append(f"{n} {line}" if line.strip() else line)
    return "\n".join(found)


def capitals(text: str, chance: random.Random) -> str:
    """All in capitals."""
    return text.upper()


def confusions(text: str, chance: random.Random) -> str:
    """Four of a thousand characters taken for others, as recognition of scans does."""
    return "".join(_CONFUSED.get(sign, sign) if chance.random() < 0.004 else sign for sign in text)


def wide_blanks(text: str, chance: random.Random) -> str:
    """Several blanks between words, as justified columns have them."""
    return re.sub(r"(?<=\S) (?=\S)", lambda m: "   " if chance.random() < 0.2 else " ", text)


NOISE: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda text, _: text,
    "soft hyphens": soft_hyphens,
    "ligatures": ligatures,
    "words broken at line ends": broken_words,
    "running headers and footers": running_lines,
    "the same, page breaks lost": running_lines_unmarked,
    "line numbers": line_numbers,
    "line numbers by page": page_line_numbers,
    "capitals": capitals,
    "wide blanks": wide_blanks,
    "0.4 % of characters confused": confusions,
}

# --- scoring ---------------------------------------------------------------------------------------


def scorer(shared: Path) -> Any:
    """The module that holds ``score.py``."""
    spec = importlib.util.spec_from_file_location("score", shared / "gold" / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold(path: Path) -> dict[str, Json]:
    """Gold answers by case."""
    return {d["case_number"]: d for d in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def letters(shared: Path) -> Iterator[tuple[str, Json]]:
    """Each letter at hand with its gold answer: the real ones, those by page, the fresh ones."""
    for folder, answers in (
        ("letters", "gold/gold.jsonl"),
        ("letters-pages", "gold/gold-pages.jsonl"),
        ("fresh/letters", "fresh/gold.jsonl"),
    ):
        wanted = gold(shared / answers)
        for path in sorted((shared / folder).glob("*.txt")):
            if path.stem in wanted:
                yield path.read_bytes().decode("utf-8"), wanted[path.stem]


def read(text: str, name: str) -> Determination | None:
    """The determination, ``None`` where the letter is quarantined."""
    try:
        return determination(text, name)
    except KgError:
        return None


def measures(tally: Any) -> dict[str, float]:
    """Each measure's value."""
    return {name: value for name, value, _ in tally.rows()}


def item_is_right(score: Any, want: Json, got: Json | None) -> bool:
    """Whether item text, outcome and both parties' guidelines are those of the gold answer."""
    if got is None:
        return False
    same = want["outcome"] == got["outcome"] and len({*score.texts(want["item"], got["item"])}) == 1
    return same and all(
        Counter(map(score.guideline_key, want[party]["citations"]))
        == Counter(map(score.guideline_key, got[party]["citations"]))
        for party in score.PARTIES
    )


def under_noise(
    shared: Path, kind: str, corpus: Iterable[tuple[str, Json]]
) -> tuple[dict[str, float], float, float, list[str]]:
    """The measures, the share of letters that say so, the share of items wrong in silence, and which."""
    score, noise = scorer(shared), NOISE[kind]
    tally = score.Tally()
    tally.skip_header = False
    says = letters_ = wrong = items = 0
    silent = []
    for text, want in corpus:
        noisy = noise(text, random.Random(f"{kind} {want['case_number']}"))
        found = read(noisy, want["case_number"])
        form: Json = contract.to_json(found) if found else {"decisions": []}
        tally.same("letters read", want["case_number"], True, found is not None)
        score.compare(tally, want, form)
        told = found is None or bool(found.problems)
        says += told
        letters_ += 1
        for n, decision in enumerate(want["decisions"]):
            got = form["decisions"][n] if n < len(form["decisions"]) else None
            items += 1
            if not told and not item_is_right(score, decision, got):
                wrong += 1
                silent.append(f"{want['case_number']}#{n + 1}")
    return measures(tally), says / letters_, wrong / items, silent


SHOWN = (
    *("letters read", "items per letter", "item text", "outcome", "in dispute", "guideline", "section"),
    *("page", "header", "category", "quantity"),
)


def of_fresh(shared: Path) -> tuple[dict[str, float], dict[str, list[Any]]]:
    """The measures of the fresh letters, and what differs."""
    score = scorer(shared)
    tally = score.Tally()
    tally.skip_header = False
    for case, want in gold(shared / "fresh" / "gold.jsonl").items():
        found = read((shared / "fresh" / "letters" / f"{case}.txt").read_bytes().decode(), case)
        form: Json = contract.to_json(found) if found else {"decisions": []}
        tally.same("letters parsed", case, True, found is not None)
        score.compare(tally, want, form)
    return measures(tally), dict(tally.errors)


# --- kinds -----------------------------------------------------------------------------------------

_LETTER = """Case Number: CM17-0000001
Date Assigned: 04/12/2017 Date of Injury:  02/20/2015
Decision Date: 05/03/2017 UR Denial Date:  03/15/2017
Priority:  Standard Application
Received:
03/28/2017

HOW THE IMR FINAL DETERMINATION WAS MADE
MAXIMUS Federal Services sent the complete case file to an expert reviewer.

CLINICAL CASE SUMMARY
The patient is a 40 year old male who sustained an industrial injury on 02/20/2015.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

{lines}"""
_ISSUE = """{line}

Claims Administrator guideline: {field}

MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.

Decision rationale: The records were reviewed. The request is not medically necessary.
"""


def letter_of(*lines: str, field: str = "The Claims Administrator did not cite any medical evidence.") -> str:
    """A letter of the issue lines given."""
    return _LETTER.format(lines="\n".join(_ISSUE.format(line=line, field=field) for line in lines))


def _issue_line_is_right(line: str) -> bool:
    """Whether the line is an item of its own, between two others, that is not taken for granted."""
    found = read(letter_of("MRI of the knee: Upheld", line, "Norco #60: Overturned"), "CM17-0000001")
    if found is None or len(found.decisions) != 3:
        return False
    middle = found.decisions[1]
    quoted = any(line.rpartition(":")[2].strip() in p.message for p in found.problems)
    sure = middle.outcome is not None
    item = line.partition(":")[0].strip()
    return middle.item.text == item and (sure or quoted) and middle.outcome not in ("upheld", "overturned")


def _item_is_right(kind: str, text: str, right: Any) -> bool:
    from kg.reading.requests.items import read_item

    item, _ = read_item(text, 0, len(text))
    if kind.startswith("quantity"):
        got = item.quantity and {
            "min": item.quantity.minimum,
            "max": item.quantity.maximum,
            "unit": item.quantity.unit.value,
        }
        return got == right
    got = {
        "category": item.service and item.service.category,
        "subcategory": item.service and item.service.subcategory,
        "associated_surgical_service": item.associated_surgical_service,
    }
    return all(got[key] == value for key, value in right.items())


def _field_is_right(text: str, right: str) -> bool:
    from kg.reading.citing.citations import read_field

    field, _ = read_field(text, 0, len(text), None)
    said = []
    for c in field.citations:
        place = c.chapter if c.guideline == "odg" else c.guideline
        sections = " | ".join(s.title for s in c.sections)
        said.append(f"{place}: {sections}".strip())
    wanted = [part.strip().replace("(title)", "").strip() for part in right.split("||")]
    return said == wanted


def of_kinds(shared: Path) -> dict[str, list[tuple[str, bool]]]:
    """By kind of fault, each example and whether it is read right."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in map(json.loads, (shared / "kinds.jsonl").read_text(encoding="utf-8").splitlines()):
        kind, text, right = row["kind"], row["text"], row["right"]
        if row["where"] == "issue line":
            good = _issue_line_is_right(text)
        elif row["where"] == "field":
            good = _field_is_right(text, right)
        else:
            good = _item_is_right(kind, text, right)
        found[kind].append((text, good))
    return found


def main(shared: Path, *kinds: str) -> None:
    """Print the tables."""
    out = sys.stdout.write
    if not shared.is_dir():
        out(f"{shared} is not there: nothing to measure\n")
        return
    if not kinds:
        values, errors = of_fresh(shared)
        out("fresh letters\n" + "".join(f"  {name:24}{value:8.4f}\n" for name, value in values.items()))
        for name, rows in errors.items():
            out("".join(f"  {name} · {where}\n     gold:   {a}\n     parsed: {b}\n" for where, a, b in rows))
        for kind, rows in of_kinds(shared).items():
            out(f"{kind:32}{sum(good for _, good in rows)} of {len(rows)}\n")
            out("".join(f"    wrong: {text}\n" for text, good in rows if not good))
    corpus = list(letters(shared))
    out(f"\n| noise | {' | '.join(SHOWN)} | letters that say so | items wrong in silence |\n")
    out(f"|---|{'---|' * (len(SHOWN) + 2)}\n")
    for kind in kinds or NOISE:
        values, says, wrong, which = under_noise(shared, kind, corpus)
        cells = " | ".join(f"{values[name]:.3f}" for name in SHOWN)
        out(f"| {kind} | {cells} | {says:.0%} | {wrong:.1%} |\n")
        if kinds:
            out(f"   {' '.join(which)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED, *sys.argv[2:])
