"""How fast letters are read: ``python tests/benchmarks/bench_parse.py [LETTERS]``, four thousand if not said.

More than twenty thousand tell nothing new, and are not read.

Six ways in turn, the best of several rounds each, in seconds of this process alone:

- the bare scan for the headings and outcomes,
- a plain program of regular expressions (regex_reader.py) that finds parts and citations,
- our grammars for the same,
- what its rationales say: grounds, recommended amounts, the guidelines that they name,
- all that is read of a letter,
- all of ``kg parse`` before printing.

What any of them keeps of earlier letters is dropped before each pass, as in a fresh process.
"""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path

import regex_reader

from kg.base.building.processes import collect_rarely
from kg.contract import field_to_json, line, to_json
from kg.model import GuidelineField, Span
from kg.reading import header, letter
from kg.reading.citing import citations
from kg.reading.places import Issue
from kg.reading.sections import LETTER, layout
from kg.reading.text.grammars import TypedGrammar
from kg.reading.vocabulary.catalogue import guidelines
from kg.sample import letters

ROUNDS = 5
MOST = 2.0
"""Times the regex program that our grammars may take."""
LEAST = 2_500
"""Letters a second and idle core that ``kg parse`` has to read."""
MANY = 20_000

Decided = tuple[Issue, GuidelineField, GuidelineField]


@cache
def kept() -> list[Callable[[], None]]:
    """What drops all that rooms of reading keep of letters; what is kept without bound is of catalogues."""
    rooms = [room for name, room in sys.modules.items() if name.startswith("kg.reading.")]
    values = {id(value): value for room in rooms for value in vars(room).values()}.values()
    bounded = [v for v in values if hasattr(v, "cache_parameters") and v.cache_parameters()["maxsize"]]
    return [
        *(value.forget for value in values if isinstance(value, TypedGrammar)),
        *(value.cache_clear for value in bounded),
        regex_reader.forget,
    ]


def forget() -> None:
    """Drop what was kept of letters read before."""
    for drop in kept():
        drop()


def decided(text: str) -> date | None:
    """The day of the decision, which both ways are given."""
    return header.read_header(text, *layout(text).header).dates.get("decision_date")


def ours(text: str, day: date | None) -> list[Decided]:
    """The parts and citations of a letter by our grammars."""
    edition = guidelines().last_change(day)
    return [
        (
            issue,
            letter._field(text, issue.administrator, edition, []),
            letter._field(text, issue.reviewer, edition, []),
        )
        for issue in layout(text).issues
    ]


def agreement(texts: Iterable[str]) -> tuple[float, float]:
    """The shares of letters with the same parts, and of fields with the same citations at the same places."""
    count, alike, fields, same = 0, 0, 0, 0
    for text in texts:
        day = decided(text)
        one, other = ours(text, day), regex_reader.read(text, day)
        count += 1
        alike += [issue for issue, *_ in one] == [issue for issue, *_ in other]
        for (_, *mine), (_, *theirs) in zip(one, other, strict=False):
            fields += 2
            same += sum(field_to_json(a) == field_to_json(b) for a, b in zip(mine, theirs, strict=True))
    return alike / count, same / fields


def seconds(passes: dict[str, Callable[[], None]], rounds: int = ROUNDS) -> dict[str, float]:
    """The least time of each pass, in turn, with nothing kept at its start."""
    best = dict.fromkeys(passes, float("inf"))
    for _ in range(rounds):
        for name, run in passes.items():
            forget()
            gc.collect()
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    return best


def each(texts: list[str], read: Callable[[str], object]) -> Callable[[], None]:
    """A pass that reads every text and keeps nothing."""

    def run() -> None:
        for text in texts:
            read(text)

    return run


def measure(texts: list[str]) -> dict[str, float]:
    """Seconds of each way, for all texts."""
    days = {text: decided(text) for text in texts}
    fields = [
        (span.of(text), days[text])
        for text in texts
        for issue in layout(text).issues
        for span in (issue.administrator, issue.reviewer)
        if isinstance(span, Span)
    ]
    read = letter.read_letter
    rationales = [
        (text, decision.rationale.span, decision.item.text, decision.outcome)
        for text in texts
        for decision in read(text).decisions
        if decision.rationale is not None
    ]

    def anew(field: str, day: date | None) -> object:
        """Our grammars, without the halves of fields that they keep."""
        kept_halves = citations._mtus_by_itself, citations._others_by_itself
        mtus, others = (half.__wrapped__ for half in kept_halves)
        citations._mtus_by_itself, citations._others_by_itself = mtus, others
        found = citations.read_field(field, on=day)
        citations._mtus_by_itself, citations._others_by_itself = kept_halves
        return found

    def every_field(read_field: Callable[[str, date | None], object]) -> Callable[[], None]:
        return lambda: [None for field, day in fields if read_field(field, day) is None] and None

    return seconds(
        {
            "scan": each(texts, LETTER.tokens),
            "regex": each(texts, lambda text: regex_reader.read(text, days[text])),
            "grammars": each(texts, lambda text: ours(text, days[text])),
            "regex, fields not kept": every_field(regex_reader.read_field),
            "grammars, fields not kept": every_field(anew),
            "rationales": lambda: [letter._rationale(*one, []) for one in rationales] and None,
            "letter": each(texts, read),
            "json": each(texts, lambda text: line(to_json(read(text)))),
        }
    )


WORDS = {
    "scan": "scan for headings and outcomes",
    "regex": "regex program: parts and citations",
    "grammars": "our grammars: parts and citations",
    "regex, fields not kept": "  regex program: every field anew",
    "grammars, fields not kept": "  our grammars: every field anew",
    "rationales": "  rationales of a letter",
    "letter": "all of a letter",
    "json": "all of kg parse, before printing",
}


def report(what: str, texts: list[str]) -> dict[str, float]:
    """Print what each way takes, and the ratios that are bounded."""
    parts, fields = agreement(texts)
    found = measure(texts)
    say = sys.stdout.write
    say(f"\n{what}: {len(texts):,} of {sum(map(len, texts)) / len(texts) / 1000:.1f} kB on average\n")
    say(f"both programs alike: parts {parts:.4f} of letters, citations {fields:.4f} of fields\n")
    for name, words in WORDS.items():
        micros = 1e6 * found[name] / len(texts)
        say(f"{words:38s}{micros:9.1f} us a letter{len(texts) / found[name]:10,.0f} letters/s\n")
    ratio = found["grammars"] / found["regex"]
    anew = found["grammars, fields not kept"] / found["regex, fields not kept"]
    say(f"grammars to regex program: {ratio:.2f} (at most {MOST}), of fields alone, each anew: {anew:.2f}\n")
    say(f"grammars to bare scan: {found['grammars'] / found['scan']:.1f}\n")
    return {"ratio": ratio, "parts": parts, "fields": fields, "rate": len(texts) / found["json"]}


def real(shared: Path) -> list[str]:
    """The real letters and the same with citations by page; none where they are not there."""
    paths = [path for name in ("letters", "letters-pages") for path in sorted((shared / name).glob("*.txt"))]
    return [path.read_bytes().decode() for path in paths]


def load() -> str:
    """How busy the machine is: rates hold on an idle core alone."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"


def main(count: int = 4_000) -> None:
    """Measure sample letters, and real ones where they are at hand."""
    collect_rarely()
    sys.stdout.write(f"{load()}\n")
    report("sample letters", [text for _, text, _ in letters(min(count, MANY), 5, "mixed")])
    shared = Path(os.environ.get("KG_SHARED", Path(__file__).parents[3] / "shared"))
    if texts := real(shared):
        report("real letters", texts)
    sys.stdout.write(f"\n{load()}; kg parse has to read {LEAST:,} letters/s on an idle core\n")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
