"""Questions of regulators, lawyers and physicians, answered by the tools in at most three calls each.

The calls are those that the tools' own texts suggest; each figure is counted from the facts in plain Python.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mcp.client import Client
from test_agents import talk

from kg.base.store import KnowledgeBase

Words = dict[str, Any]
Row = dict[str, Any]
Decision = tuple[str, int]
PT, MRI = "Physical Therapy/Occupational Therapy (PT/OT)", "Imaging/Radiology"
IMR = "PREFIX imr: <https://w3id.org/imr-kg/ontology#>"


class Facts:
    """The facts as plain rows; every figure is of decisions that have an outcome."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = [row for row in rows if row["outcome"]]

    def where(self, has: Callable[[Row], Any] = lambda _: True) -> dict[Decision, Row]:
        """A row of each decision that has one."""
        return {(row["case"], row["item"]): row for row in self.rows if has(row)}

    def by(self, party: str, has: Callable[[Row], Any]) -> dict[Decision, Row]:
        """The same, of what a party does."""
        return self.where(lambda row: row["party"] == party and has(row))

    @cache  # noqa: B019 - there is one of them
    def overturned(self) -> set[str]:
        """The cases with an overturned decision."""
        return {case for (case, _), row in self.where().items() if row["outcome"] == "overturned"}

    @cache  # noqa: B019 - there is one of them
    def keys(self, party: str) -> dict[Decision, set[Hashable]]:
        """The works that a party cites for each decision."""
        found: dict[Decision, set[Hashable]] = {decision: set() for decision in self.where()}
        for row in self.rows:
            if row["party"] == party and row["citation"] is not None:
                found[row["case"], row["item"]].add(row["guideline"])
        return found


def figures(decisions: Iterable[Row]) -> tuple[int, int]:
    """How many, and how many overturned."""
    found = list(decisions)
    return len(found), sum(row["outcome"] == "overturned" for row in found)


def spread(decisions: dict[Decision, Row], values: Callable[[Row], Iterable[Hashable]]) -> dict[Any, tuple]:
    """The figures of each value that decisions have."""
    found = defaultdict(list)
    for row in decisions.values():
        for value in set(values(row)) - {None}:
            found[value].append(row)
    return {value: figures(rows) for value, rows in found.items()}


def column(name: str) -> Callable[[Row], list[Any]]:
    return lambda row: row[name] if isinstance(row[name], list) else [row[name]]


def value(answers: list[Words]) -> tuple[int, int]:
    return answers[-1]["value"]["decisions"], answers[-1]["value"]["overturned"]


def rows(name: str) -> Callable[[list[Words]], dict[Any, tuple[int, int]]]:
    return lambda answers: {
        row[name]: (row["decisions"], row["overturned"]) for answer in answers for row in answer["rows"]
    }


def ask(*questions: str) -> list[tuple[str, Words]]:
    return [("ask", {"question": question}) for question in questions]


def query(name: str) -> list[tuple[str, Words]]:
    return [("query", {"name": name})]


class Asked(NamedTuple):
    """A question, the calls that answer it, what is taken from the answers, and what is true."""

    question: str
    calls: list[tuple[str, Words]]
    told: Callable[[list[Words]], Any]
    true: Callable[[Facts], Any]


def letters_by(name: str) -> Callable[[Facts], dict[Any, int]]:
    return lambda facts: Counter(
        value for _, value in {(row["case"], row[name]) for row in facts.rows} if value is not None
    )


def opioids(row: Row) -> bool:
    return row["subcategory"] == "Opioids"


def specialists(row: Row) -> list[str]:
    return [*(row["specialties"] or []), *(row["subspecialties"] or [])]


ASKED = [
    Asked(
        "How many letters were there each year?",
        ask("how many letters by year"),
        lambda answers: {row["year"]: row["letters"] for row in answers[0]["rows"]},
        letters_by("year"),
    ),
    Asked(
        "What share of decisions is overturned?",
        ask("share overturned of all decisions"),
        value,
        lambda f: figures(f.where().values()),
    ),
    Asked(
        "How do categories of service end?",
        ask("overturn rate by category"),
        rows("category"),
        lambda f: spread(f.where(), column("category")),
    ),
    Asked(
        "How do drug classes end?",
        ask("overturn rate by drug class"),
        rows("drug_class"),
        lambda f: spread(f.where(), column("drug_class")),
    ),
    Asked(
        "How many decisions on drugs are on opioids?",
        ask("decisions on opioids", "decisions on pharmaceuticals"),
        lambda answers: [value([answer]) for answer in answers],
        lambda f: [
            figures(f.where(opioids).values()),
            figures(f.where(lambda row: row["category"] == "Pharmaceuticals").values()),
        ],
    ),
    Asked(
        "Is the MTUS what reviewers decide by?",
        ask("basis of the reviewer's decision"),
        rows("basis"),
        lambda f: spread(f.by("reviewer", lambda row: row["basis"]), column("basis")),
    ),
    Asked(
        "Who decides?",
        ask("how many decisions by reviewer's specialty"),
        rows("specialty"),
        lambda f: spread(f.where(), specialists),
    ),
    Asked(
        "Where are reviewers licensed?",
        ask("overturn rate by licence"),
        rows("licence"),
        lambda f: spread(f.where(), column("licensed_in")),
    ),
    Asked(
        "Do expedited reviews end otherwise?",
        ask("overturn rate by priority"),
        rows("priority"),
        lambda f: spread(f.where(), column("priority")),
    ),
    Asked(
        "How often are denials of injections upheld?",
        ask("uphold rate of injections"),
        value,
        lambda f: figures(f.where(lambda row: row["category"] == "Injection").values()),
    ),
    Asked(
        "How many items has a letter?",
        query("items_per_letter"),
        lambda answers: {int(items): int(letters) for items, letters in answers[0]["rows"]},
        lambda f: Counter(Counter(case for case, _ in f.where()).values()),
    ),
    Asked(
        "How old are the workers?",
        ask("mean age of injured workers"),
        lambda answers: round(answers[0]["value"]["mean"], 6),
        lambda f: round(
            sum(ages := [a for _, a in {(r["case"], r["age"]) for r in f.rows} if a is not None]) / len(ages),
            6,
        ),
    ),
    Asked(
        "Which letters overturned an opioid?",
        [("decisions", {"outcome": "overturned", "filters": {"subcategory": "Opioids"}, "limit": 50})],
        lambda answers: {row["case"] for row in answers[0]["results"]},
        lambda f: {case for (case, _), row in f.where(opioids).items() if row["outcome"] == "overturned"},
    ),
    Asked(
        "When the parties cite different works: what does the reviewer's ODG against the MTUS lead to?",
        ask("decisions in which the reviewer cites ODG and UR cites the chronic pain guidelines"),
        value,
        lambda f: figures(
            row
            for decision, row in f.where().items()
            if "odg" in f.keys("reviewer")[decision]
            and "chronic-pain" in f.keys("claims_administrator")[decision]
        ),
    ),
    Asked(
        "For how many decisions does neither party, or one alone, cite anything?",
        query("outcomes_by_agreement"),
        lambda answers: {name: int(items) for name, items, *_ in answers[0]["rows"] if "cite" in name},
        lambda f: dict(
            Counter(
                {
                    (True, False): "only the reviewer cites",
                    (False, True): "only the claims administrator cites",
                    (False, False): "neither cites",
                }[bool(ours), bool(theirs)]
                for ours, theirs in zip(
                    f.keys("reviewer").values(), f.keys("claims_administrator").values(), strict=True
                )
                if not (ours and theirs)
            )
        ),
    ),
    Asked(
        "Do pain specialists overturn opioids?",
        ask("pain medicine reviewers who overturned opioids"),
        value,
        lambda f: figures(f.where(lambda row: opioids(row) and "Pain Medicine" in specialists(row)).values()),
    ),
    Asked(
        "More than orthopedic surgeons?",
        ask("opioids by pain medicine compared with orthopedic surgery"),
        rows("group"),
        lambda f: {
            name: figures(f.where(lambda row, n=name: opioids(row) and n in specialists(row)).values())
            for name in ("Pain Medicine", "Orthopedic Surgery")
        },
    ),
    Asked(
        "How many decisions rest on missing documentation?",
        ask("decisions upheld for missing documentation"),
        value,
        lambda f: figures(
            row for row in f.where(lambda row: "records:not-met" in (row["grounds"] or [])).values()
        ),
    ),
    Asked(
        "Where is conservative care found to have failed?",
        [("grounds", {"limit": 50})],
        lambda answers: {
            row["decisions"]
            for row in answers[0]["results"]
            if row["ground"] == "conservative-care" and row["met"]
        },
        lambda f: {len(f.where(lambda row: "conservative-care:met" in (row["grounds"] or [])))},
    ),
    Asked(
        "How do physical therapy decisions end that cite page 98?",
        ask("physical therapy citing page 98 of the chronic pain guidelines"),
        value,
        lambda f: figures(
            f.by(
                "reviewer",
                lambda row: (
                    row["subcategory"] == PT and row["page"] == 98 and row["guideline"] == "chronic-pain"
                ),
            ).values()
        ),
    ),
    Asked(
        "Which section do reviewers cite most for physical therapy?",
        ask("which sections are cited most for physical therapy"),
        lambda answers: (answers[0]["rows"][0]["key"], answers[0]["rows"][0]["decisions"]),
        lambda f: max(
            Counter(
                section
                for *_, section in {
                    (row["case"], row["item"], row["section"])
                    for row in f.rows
                    if row["party"] == "reviewer" and row["subcategory"] == PT and row["section"]
                }
            ).items(),
            key=lambda pair: pair[1],
        ),
    ),
    Asked(
        "Which page is cited most, and how do its decisions end?",
        [("drivers", {"level": "page", "limit": 50})],
        lambda answers: max(
            ((row["decisions"], row["overturned"]) for row in answers[0]["results"]),
            default=None,
        ),
        lambda f: max(
            spread(
                {
                    (row["case"], row["item"], row["page"], row["guideline"]): row
                    for row in f.rows
                    if row["party"] == "reviewer" and row["page"] is not None
                },
                lambda row: [(row["guideline"], row["edition"], row["page"])],
            ).values()
        ),
    ),
    Asked(
        "Which letters have both outcomes?",
        query("mixed_cases"),
        lambda answers: {row[0] for row in answers[0]["rows"]},
        lambda f: {
            case
            for (case, _), row in f.where().items()
            if row["outcome"] == "upheld" and case in f.overturned()
        },
    ),
    Asked(
        "When do reviewers cite nothing?",
        ask("reviewer cites nothing by year"),
        rows("year"),
        lambda f: spread(f.by("reviewer", lambda row: row["basis"] == "none_cited"), column("year")),
    ),
    Asked(
        "And claims administrators?",
        ask("claims administrator cites nothing"),
        value,
        lambda f: figures(f.by("claims_administrator", lambda row: row["basis"] == "none_cited").values()),
    ),
    Asked(
        "How do MRIs end over the years?",
        ask("overturned MRI by year"),
        rows("year"),
        lambda f: spread(f.where(lambda row: row["subcategory"] == MRI), column("year")),
    ),
    Asked(
        "Opioids from 2014 to 2016?",
        ask("opioids 2014 to 2016"),
        value,
        lambda f: figures(
            f.where(lambda row: opioids(row) and row["year"] and 2014 <= row["year"] <= 2016).values()
        ),
    ),
    Asked(
        "What was decided in the first of the overturned opioid cases?",
        [
            ("decisions", {"outcome": "overturned", "filters": {"subcategory": "Opioids"}, "limit": 1}),
            ("decision", {"case": "the first"}),
        ],
        lambda answers: (
            answers[1]["case"],
            [(item["position"], item["outcome"]) for item in answers[1]["decisions"]],
        ),
        lambda f: min(
            (case, sorted((i, r["outcome"]) for (c, i), r in f.where().items() if c == case))
            for (case, _), row in f.where(opioids).items()
            if row["outcome"] == "overturned"
        ),
    ),
    Asked(
        "Are there decisions like it that went the other way?",
        [
            ("decisions", {"outcome": "overturned", "filters": {"subcategory": "Opioids"}, "limit": 1}),
            ("related", {"case": "the first", "outcome": "upheld", "limit": 3}),
        ],
        lambda answers: {pair["outcome"] for row in answers[1]["results"] for pair in row["pairs"]},
        lambda _: {"upheld"},
    ),
    Asked(
        "Is it true that so many decisions on opioids were overturned?",
        [
            *ask("decisions on opioids"),
            ("check", {"text": "Of the decisions on opioids, all were overturned."}),
        ],
        lambda answers: (value(answers[:1]), answers[1]["claims"][0]["verdict"]),
        lambda f: (figures(f.where(opioids).values()), "differs"),
    ),
    Asked(
        "What is physical therapy called here, and how many decisions are on it?",
        [("find", {"words": "physical therapy", "limit": 5})],
        lambda answers: {row["decisions"] for row in answers[0]["results"] if row["label"] == PT},
        lambda f: {len(f.where(lambda row: row["subcategory"] == PT))},
    ),
    Asked(
        "How many decisions does the graph itself hold, by outcome?",
        [
            (
                "query",
                {"sparql": f"{IMR} SELECT ?o (COUNT(*) AS ?n) {{ ?item imr:outcome ?o }} GROUP BY ?o"},
            )
        ],
        lambda answers: {outcome.rpartition("/")[2]: int(count) for outcome, count in answers[0]["rows"]},
        lambda f: Counter(row["outcome"] for row in f.where().values()),
    ),
]


@pytest.fixture(scope="module")
def facts(built: Path) -> Facts:
    with KnowledgeBase.open(built) as base:
        return Facts(base.facts.to_dicts())


def test_thirty_questions_take_at_most_three_calls_each(built: Path, facts: Facts):
    assert len(ASKED) >= 30
    assert max(len(asked.calls) for asked in ASKED) <= 3

    async def all_of_them(client: Client) -> list[list[Words]]:
        told = []
        for asked in ASKED:
            answers: list[Words] = []
            for tool, given in asked.calls:
                if given.get("case") == "the first":
                    given = given | {"case": answers[0]["results"][0]["case"]}
                answer = await client.call_tool(tool, given)
                assert not answer.is_error, (asked.question, answer.content)
                answers.append(answer.structured_content)
            told.append(answers)
        return told

    wrong = {}
    for asked, answers in zip(ASKED, talk(built, all_of_them), strict=True):
        told, true = asked.told(answers), asked.true(facts)
        if told != true:
            wrong[asked.question] = {"told": told, "true": true}
    assert wrong == {}
