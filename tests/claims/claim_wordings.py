"""Claims in many wordings, made from the truth of a sample, half of them spoiled in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

OUTCOMES = ("upheld", "overturned", "modified")
ENDINGS = {
    "upheld": (
        "{case} upheld the denial of {item}",
        "{case} upheld {item}",
        "In {case}, the reviewer upheld the denial of {item}",
        "In case {case} the denial of {item} stood",
        "{case}: {item} was not found to be medically necessary",
        "In {case} the request for {item} was denied",
        "The denial of {item} was affirmed in {case}",
        "In {case}, IMR found {item} not medically necessary",
        "In {case}, the claims administrator denied {item} and the reviewer agreed with the denial",
        "{case} let the denial stand for {item}",
        "The reviewer in {case} sided with the claims administrator on {item}",
        "{item} was upheld in {case}",
    ),
    "overturned": (
        "{case} overturned the denial of {item}",
        "{case} overturned {item}",
        "In {case}, the reviewer reversed the denial of {item}",
        "{case}: {item} was found to be medically necessary",
        "In {case} {item} was approved",
        "The denial of {item} was set aside in {case}",
        "In {case}, IMR approved the request for {item}",
        "In {case}, the claims administrator denied {item} but the reviewer overturned the denial",
        "The reviewer in {case} disagreed with the denial of {item}",
        "In {case}, the physician reviewer decided in favor of the injured worker on {item}",
        "{item} was overturned in {case}",
        "According to {case}, {item} is medically necessary",
    ),
    "modified": (
        "{case} modified {item}",
        "In {case}, the request for {item} was approved in part",
        "In {case} the reviewer partially overturned the denial of {item}",
        "{case}: {item} was partially approved",
    ),
}
CITED = (
    "{case} cited {place}",
    "In {case}, the reviewer relied on {place}",
    "The reviewer in {case} based the decision on {place}",
    "{place} was cited by the reviewer in {case}",
    "In {case} the IMR physician referred to {place}",
    "In case number {case}, IMR applied {place}",
)
CITED_BY_OTHER = (
    "In {case}, the claims administrator cited {place}",
    "In {case} utilization review relied on {place}",
    "{place} was cited by the claims administrator in {case}",
)
NOT_CITED = (
    "{case} did not cite {place}",
    "In {case}, the reviewer never cited {place}",
    "The reviewer in {case} did not rely on {place}",
)
SPECIALTY = (
    "The reviewer in {case} specializes in {specialty}",
    "{case} was decided by a reviewer in {specialty}",
    "In {case}, the reviewer's specialty was {specialty}",
    "The reviewer of {case} is board certified in {specialty}",
)
DATED = (
    "{case} was decided on {day}",
    "In {case}, decided {day}, the reviewer cited {place}",
    "{case} is dated {day}",
)
RATES = (
    "Of {n} decisions {cond}, {rate} were {outcome}",
    "{rate} of the {n} decisions {cond} were {outcome}",
    "{rate} of decisions {cond} were {outcome}",
    "Among {n} decisions {cond}, {rate} were {outcome}",
    "Of the {n} decisions {cond}, {k} ({rate}) were {outcome}",
    "{k} of {n} decisions {cond} were {outcome}",
    "{k} out of {n} decisions {cond} were {outcome}",
    "The share of decisions {cond} that were {outcome} is {rate}",
    "Decisions {cond} were {outcome} {rate} of the time",
    "Decisions {cond} were {outcome} in {rate} of {n} cases decided",
    "There are {n} decisions {cond}, of which {k} were {outcome}",
    "{k} decisions {cond} were {outcome}",
)
COUNTS = (
    "There are {n} decisions {cond}",
    "{n} decisions {cond}",
    "The base holds {n} decisions {cond}",
    "{m} letters {cond}",
    "There are {m} cases {cond}",
)


@dataclass(frozen=True)
class Made:
    """A claim, whether it is true, and of what kind."""

    text: str
    true: bool
    kind: str


@dataclass(frozen=True)
class Condition:
    """Words for decisions of a kind, and which they are."""

    words: str
    test: Callable[[dict, dict], bool]


def _pages(decision, party="reviewer"):
    return {
        (one["guideline"], page)
        for one in decision[party]["citations"]
        for first, last in one["pages"]
        for page in range(first, last + 1)
    }


def _chapters(decision, party="reviewer"):
    return {one["chapter"] for one in decision[party]["citations"] if one["guideline"] == "acoem-2004"}


def _works(decision, party="reviewer"):
    return {one["guideline"] for one in decision[party]["citations"]}


WORKS = {
    "odg": "ODG",
    "chronic-pain": "the Chronic Pain guidelines",
    "acoem-2004": "ACOEM",
    "acupuncture": "the acupuncture guidelines",
}


def places(decision, party):
    """Places that a party cites, in words, each with whether another item cites it."""
    found = [f"ACOEM chapter {chapter}" for chapter in _chapters(decision, party) if chapter]
    for work, page in sorted(_pages(decision, party)):
        if work == "chronic-pain":
            found += [
                f"page {page}",
                f"the Chronic Pain guidelines, page {page}",
                f"p. {page} of the Chronic Pain guideline",
            ]
        if work == "acoem-2004":
            found.append(f"ACOEM page {page}")
    found += [WORKS[work] for work in sorted(_works(decision, party)) if work in WORKS]
    return found


def holds(letter, place, party):
    """Whether any item of a letter has a citation of a party at a place in words."""
    return any(place in places(decision, party) for decision in letter["decisions"])


def _spelled(rng, case):
    year, number = case[2:4], case[5:]
    forms = (
        case,
        case,
        f"CM{year}-{int(number)}",
        f"CM {year}-{number}",
        f"cm{year}-{number}",
        f"CM{year} {number}",
    )
    return rng.choice(forms)


def _day(rng, day):
    value = date.fromisoformat(day)
    return rng.choice(
        (
            day,
            f"{value:%B} {value.day}, {value.year}",
            f"{value:%m/%d/%Y}",
            f"{value.day} {value:%B} {value.year}",
        )
    )


def _item(rng, decision):
    words = decision["in_dispute"]
    return words if len(words) < 90 else None


def of_letters(letters, rng, count):  # noqa: C901
    """Claims about single letters."""
    made = []
    everything = sorted({p for one in letters for d in one["decisions"] for p in places(d, "reviewer")})
    while len(made) < count:
        letter = rng.choice(letters)
        decision = rng.choice(letter["decisions"])
        case, spoil = _spelled(rng, letter["case_number"]), rng.random() < 0.5
        kind = rng.choice(("ending", "ending", "cited", "other", "not", "specialty", "dated", "both"))
        own = places(decision, "reviewer")
        if kind in {"ending", "both"}:
            item, outcome = _item(rng, decision), decision["outcome"]
            same = [d for d in letter["decisions"] if d["in_dispute"] == decision["in_dispute"]]
            if not item or outcome is None or len(same) > 1:
                continue
            text = outcome
            where = rng.choice(("outcome", "item", "place")) if spoil else ""
            if kind == "both" and not own:
                continue
            if where == "outcome":
                text = rng.choice([one for one in OUTCOMES if one != outcome])
            if where == "item" or (where == "place" and kind == "ending"):
                other = rng.choice(rng.choice(letters)["decisions"])
                item = _item(rng, other)
                if not item or any(_alike(other, mine) for mine in letter["decisions"]):
                    continue
            words = rng.choice(ENDINGS[text]).format(case=case, item=item)
            if kind == "both":
                place = rng.choice(own)
                if where == "place":
                    place = rng.choice([p for p in everything if p not in own])
                words += rng.choice((", citing {}", ", relying on {}", " based on {}")).format(place)
            made.append(Made(words + ".", not spoil, f"{kind} {where}"))
        elif kind in {"cited", "not"}:
            if not own:
                continue
            absent = [p for p in everything if not holds(letter, p, "reviewer")]
            present = (kind == "cited") != spoil
            place = rng.choice(own if present else absent)
            words = rng.choice(CITED if kind == "cited" else NOT_CITED)
            made.append(Made(words.format(case=case, place=place) + ".", not spoil, kind))
        elif kind == "other":
            theirs = places(decision, "claims_administrator")
            absent = [p for p in everything if not holds(letter, p, "claims_administrator")]
            if not theirs:
                continue
            place = rng.choice(absent if spoil else theirs)
            made.append(
                Made(rng.choice(CITED_BY_OTHER).format(case=case, place=place) + ".", not spoil, kind)
            )
        elif kind == "specialty":
            theirs = [*letter["reviewer"]["specialties"], *letter["reviewer"]["subspecialties"]]
            if not theirs:
                continue
            name = rng.choice(theirs)
            if spoil:
                name = rng.choice(
                    [n for n in ("Neurology", "Psychiatry", "Chiropractic", "Dentistry") if n not in theirs]
                )
            made.append(Made(rng.choice(SPECIALTY).format(case=case, specialty=name) + ".", not spoil, kind))
        else:
            day = letter["decision_date"]
            if not day or not own:
                continue
            if spoil:
                day = f"{int(day[:4]) - 1}{day[4:]}" if not day.endswith("02-29") else "2015-01-01"
            words = rng.choice(DATED).format(case=case, day=_day(rng, day), place=rng.choice(own))
            made.append(Made(words + ".", not spoil, kind))
    return made


def _alike(one, other):
    return (one["subcategory"] == other["subcategory"] and one["category"] == other["category"]) or (
        one["drug"] is not None and one["drug"] == other["drug"]
    )


def conditions():
    """Decisions of many kinds in words."""
    found = [
        Condition(f"citing page {page}", lambda letter, d, page=page: ("chronic-pain", page) in _pages(d))
        for page in (98, 99, 111, 60, 68, 22, 78)
    ]
    found += [
        Condition(f"citing ACOEM chapter {n}", lambda letter, d, n=n: n in _chapters(d))
        for n in (8, 9, 11, 12, 13)
    ]
    found += [
        Condition(f"that cite {words}", lambda letter, d, work=work: work in _works(d))
        for work, words in WORKS.items()
    ]
    found += [
        Condition(
            f"in which the claims administrator cites {words}",
            lambda letter, d, work=work: work in _works(d, "claims_administrator"),
        )
        for work, words in WORKS.items()
    ]
    services = {
        "Physical Therapy/Occupational Therapy (PT/OT)": "physical therapy",
        "Acupuncture": "acupuncture",
        "Opioids": "opioids",
        "Imaging/Radiology": "MRI",
        "Topical Analgesics": "topical analgesics",
        "EMG/NCV/NCS": "EMG",
        "Muscle Relaxant": "muscle relaxants",
    }
    found += [
        Condition(f"{rel} {words}", lambda letter, d, name=name: d["subcategory"] == name)
        for name, words in services.items()
        for rel in ("on", "about", "concerning")
    ]
    found += [
        Condition(f"on {drug}", lambda letter, d, drug=drug: d["drug"] == drug)
        for drug in ("cyclobenzaprine", "gabapentin", "naproxen", "tramadol")
    ]
    found += [
        Condition(
            f"by {words}",
            lambda letter, d, name=name: (
                name in (*letter["reviewer"]["specialties"], *letter["reviewer"]["subspecialties"])
            ),
        )
        for name, words in {
            "Internal Medicine": "internists",
            "Neurology": "neurologists",
            "Occupational Medicine": "occupational medicine physicians",
            "Preventive Medicine": "reviewers in Preventive Medicine",
        }.items()
    ]
    found += [
        Condition(
            words.format(year),
            lambda letter, d, year=year: (letter["decision_date"] or "").startswith(str(year)),
        )
        for year in (2014, 2015, 2016, 2017)
        for words in ("in {}", "from {0} to {0}")
    ]
    return found


def of_figures(letters, rng, count):
    """Claims about counts and rates."""
    made, known = [], conditions()
    decisions = [(letter, d) for letter in letters for d in letter["decisions"] if d["outcome"]]
    while len(made) < count:
        one = rng.choice(known)
        chosen = [(letter, d) for letter, d in decisions if one.test(letter, d)]
        if len(chosen) < 3:
            continue
        outcome, spoil = rng.choice(OUTCOMES[:2]), rng.random() < 0.5
        n, m = len(chosen), len({letter["case_number"] for letter, _ in chosen})
        k = sum(d["outcome"] == outcome for _, d in chosen)
        template = rng.choice((*RATES, *COUNTS))
        digits = rng.choice((0, 1, 1, 2))
        rate = 100 * k / n
        if spoil:
            names = [name for name in ("{n}", "{m}", "{k}", "{rate}") if name in template]
            where = rng.choice(names)
            step = rng.choice((-1, 1)) * rng.choice((1, 2, 5, 11))
            if where == "{rate}":
                rate = rate + step if 0 <= rate + step <= 100 else rate + (5 if rate < 50 else -5)
            elif where == "{n}":
                n += step if n + step >= max(k, 1) else 7
            elif where == "{m}":
                m += step if m + step > 0 else 3
            else:
                k += step if 0 <= k + step <= n else (1 if k < n else -1)
        sign = rng.choice((" %", "%", " percent"))
        shown = f"{rate:.{digits}f}{sign}"
        number = rng.choice(("{:,}", "{}")).format
        text = template.format(
            n=number(n), m=number(m), k=number(k), rate=shown, cond=one.words, outcome=outcome
        )
        if "cases decided" in text:
            text = text.replace(" cases decided", " decisions")
        made.append(Made(text + ".", not spoil, f"figure {template}"))
    return made


def claims(letters, seed, of_letter, of_figure):
    """All of them, shuffled."""
    rng = Random(seed)
    made = of_letters(letters, rng, of_letter) + of_figures(letters, rng, of_figure)
    rng.shuffle(made)
    return made
