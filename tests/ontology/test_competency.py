"""Questions that the ontology's documentation promises to answer, recounted in plain Python from letters.

Each is written from the definitions in ``ontology/imr.ttl`` alone; entailed terms are asked like others.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pyoxigraph as ox
import pytest

import kg
from kg import sample
from kg.base import graphs
from kg.contract import to_json
from kg.graph import iri, page_triples
from kg.graph.entailed import rewritten
from kg.graph.iri import slug
from kg.graph.triples import n_triples

HEAD = f"""PREFIX imr: <{iri.ONTOLOGY}#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX cito: <http://purl.org/spar/cito/> PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX kg: <{iri.BASE}>
"""
Letters = list[dict[str, Any]]
PARTIES = ("claims_administrator", "reviewer")


@pytest.fixture(scope="module")
def read() -> list[Any]:
    return [kg.parse_letter(text, name) for name, text, _ in sample.letters(90, seed=11, template="mixed")]


@pytest.fixture(scope="module")
def letters(read: list[Any]) -> Letters:
    """What ``kg parse`` prints of each letter."""
    return [to_json(letter) for letter in read]


@pytest.fixture(scope="module")
def store(read: list[Any]) -> ox.Store:
    text = "".join(n_triples(letter, "1") for letter in read).encode()
    store = ox.Store()
    store.bulk_load(text + graphs.catalogue(), format=ox.RdfFormat.N_TRIPLES)
    shared = page_triples.descriptions(page_triples.pointed_to(text))
    store.bulk_load(shared.encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def items(letters: Letters) -> Iterator[dict[str, Any]]:
    return (each for letter in letters for each in letter["decisions"])


def cited(letters: Letters, *parties: str) -> Iterator[dict[str, Any]]:
    """The citations of parties, both unless some are given."""
    for item, party in product(items(letters), parties or PARTIES):
        yield from item[party]["citations"]


def pages(citation: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Edition and number of each page, where the source has pages of its own and a citation names few."""
    work, year = citation["guideline"], citation["edition"] or citation["inferred_edition"]
    edition = work if year is None or work in ("acoem-2004", "elbow-2007") else f"{work}/{year}"
    for first, last in citation["pages"]:
        if work not in ("other", "mtus-other") and 0 <= last - first <= 100:
            yield from ((edition, number) for number in range(first, last + 1))


def count(found: Iterator[Any] | list[Any]) -> dict[Any, int]:
    return dict(Counter(found))


GROUPED = "SELECT ?k (COUNT(DISTINCT ?x) AS ?n) {{ {} }} GROUP BY ?k"
LAST = 'BIND(REPLACE(STR(?c), "^.*/", "") AS ?k)'
CITES = "?x a imr:Citation ."
# A question, its pattern (?x is counted, by ?k where there is one), and what plain Python counts.
QUESTIONS: list[tuple[str, str, Callable[[Letters], Any]]] = [
    ("How many letters are there?", "?x a imr:Determination", len),
    ("How many items are decided?", "?x a imr:DisputedItem", lambda of: len(list(items(of)))),
    (
        "How do items end?",
        "?x imr:outcome/skos:notation ?k",
        lambda of: count(i["outcome"] for i in items(of) if i["outcome"]),
    ),
    (
        "Which items have no outcome that was read?",
        "?x a imr:DisputedItem FILTER NOT EXISTS { ?x imr:outcome ?o }",
        lambda of: sum(i["outcome"] is None for i in items(of)),
    ),
    (
        "In which year were letters decided?",
        "?x imr:decisionDate ?d BIND(YEAR(?d) AS ?k)",
        lambda of: count(int(d["decision_date"][:4]) for d in of if d["decision_date"]),
    ),
    (
        "Which letters have no decision date?",
        "?x a imr:Determination FILTER NOT EXISTS { ?x imr:decisionDate ?d }",
        lambda of: sum(not d["decision_date"] for d in of),
    ),
    (
        "Which form do letters have?",
        "?x imr:template/skos:notation ?k",
        lambda of: count(d["template"] for d in of),
    ),
    (
        "How urgent were reviews?",
        "?x imr:priority/skos:notation ?k",
        lambda of: count(d["priority"] for d in of if d["priority"]),
    ),
    (
        "What sex are workers?",
        "?x imr:workerSex/skos:notation ?k",
        lambda of: count(d["patient"]["sex"] for d in of if d["patient"]["sex"]),
    ),
    (
        "How many workers are of each age?",
        "?x imr:workerAge ?k",
        lambda of: count(d["patient"]["age"] for d in of if d["patient"]["age"] is not None),
    ),
    (
        "How many were assigned before the application came?",
        "?x imr:dateAssigned ?a ; imr:applicationReceived ?r FILTER(?a < ?r)",
        lambda of: sum(
            bool(
                d["date_assigned"]
                and d["application_received"]
                and d["date_assigned"] < d["application_received"]
            )
            for d in of
        ),
    ),
    (
        "In which year were workers injured?",
        "?x imr:dateOfInjury ?d BIND(YEAR(?d) AS ?k)",
        lambda of: count(int(d["date_of_injury"][:4]) for d in of if d["date_of_injury"]),
    ),
    (
        "How many denials were in winter?",
        "?x imr:urDenialDate ?d FILTER(MONTH(?d) IN (12, 1, 2))",
        lambda of: sum((d["ur_denial_date"] or "")[5:7] in ("12", "01", "02") for d in of),
    ),
    (
        "Which specialties do reviewers have?",
        f"?x imr:specialty ?c . {LAST}",
        lambda of: count(s for d in of for s in dict.fromkeys(d["reviewer"]["specialty_concepts"]) if s),
    ),
    (
        "Where are reviewers licensed?",
        "?x imr:licensedIn ?k",
        lambda of: count(s for d in of for s in dict.fromkeys(d["reviewer"]["licensed_in"])),
    ),
    (
        "How many reviewers name a state?",
        "?x imr:licensedIn ?s",
        lambda of: sum(bool(d["reviewer"]["licensed_in"]) for d in of),
    ),
    ("How many letters does a reviewer have?", "?d imr:review/imr:reviewer ?x", len),
    (
        "What services are requested?",
        "?x imr:service/skos:notation ?k",
        lambda of: count(
            f"{slug(i['category'])}/{slug(i['subcategory'])}" if i["subcategory"] else slug(i["category"])
            for i in items(of)
            if i["category"]
        ),
    ),
    (
        "How many items are imaging?",
        '?x imr:service/skos:prefLabel "Imaging/Radiology"@en',
        lambda of: sum(i["subcategory"] == "Imaging/Radiology" for i in items(of)),
    ),
    (
        "What categories are requested?",
        "?x imr:service/skos:broader? ?c . ?c skos:topConceptOf kg:service ; skos:prefLabel ?l "
        "BIND(STR(?l) AS ?k)",
        lambda of: count(i["category"] for i in items(of) if i["category"]),
    ),
    (
        "Which drug classes are requested?",
        "?x imr:drugClass/skos:prefLabel ?l BIND(STR(?l) AS ?k)",
        lambda of: count(i["drug_class"] for i in items(of) if i["drug_class"]),
    ),
    (
        "Which drugs are requested?",
        f"?x imr:drug ?c . {LAST}",
        lambda of: count(
            slug(name) for i in items(of) for name in dict.fromkeys((i["drug"] or "").split("/")) if name
        ),
    ),
    (
        "How do opioids end?",
        f"?x imr:drugClass <{iri.BASE}drug/opioids> ; imr:outcome/skos:notation ?k",
        lambda of: count(i["outcome"] for i in items(of) if i["drug_class"] == "Opioids" and i["outcome"]),
    ),
    (
        "Which parts of the body are items about?",
        f"?x imr:bodyPart ?c . {LAST}",
        lambda of: count(p for i in items(of) for p in {slug(b["part"]) for b in i["body_parts"]}),
    ),
    (
        "Which left parts?",
        f"?x imr:leftBodyPart ?c . {LAST}",
        lambda of: count(slug(b["part"]) for i in items(of) for b in i["body_parts"] if b["side"] == "left"),
    ),
    (
        "Which parts on both sides?",
        f"?x imr:bilateralBodyPart ?c . {LAST}",
        lambda of: count(
            slug(b["part"]) for i in items(of) for b in i["body_parts"] if b["side"] == "bilateral"
        ),
    ),
    (
        "What do quantities count?",
        "?x imr:quantityUnit/skos:notation ?k",
        lambda of: count(i["quantity"]["unit"] for i in items(of) if i["quantity"]),
    ),
    (
        "How many ask for more than six visits?",
        '?x imr:quantityMinimum ?q ; imr:quantityUnit/skos:notation "visit" FILTER(?q > 6)',
        lambda of: sum(
            bool(i["quantity"] and i["quantity"]["unit"] == "visit" and i["quantity"]["min"] > 6)
            for i in items(of)
        ),
    ),
    (
        "How many ask for a range?",
        "?x imr:quantityMinimum ?a ; imr:quantityMaximum ?b FILTER(?a < ?b)",
        lambda of: sum(
            bool(i["quantity"] and i["quantity"]["min"] < i["quantity"]["max"]) for i in items(of)
        ),
    ),
    (
        "How many are retrospective?",
        "?x imr:retrospective true",
        lambda of: sum(i["retrospective"] for i in items(of)),
    ),
    (
        "How many go with a surgery?",
        "?x imr:associatedSurgicalService true",
        lambda of: sum(i["associated_surgical_service"] for i in items(of)),
    ),
    (
        "Of how many is a part in dispute?",
        "?x imr:inDispute ?t",
        lambda of: sum(i["in_dispute"] != i["item"] for i in items(of)),
    ),
    (
        "Of how many was a part authorized?",
        "?x imr:authorized ?t",
        lambda of: sum(i["authorized"] is not None for i in items(of)),
    ),
    (
        "On what do claims administrators rely?",
        f"?x imr:claimsAdministratorBasis ?c . {LAST}",
        lambda of: count(
            slug(i["claims_administrator"]["basis"]) for i in items(of) if i["claims_administrator"]["basis"]
        ),
    ),
    (
        "On what do reviewers rely?",
        f"?x imr:reviewerBasis ?c . {LAST}",
        lambda of: count(slug(i["reviewer"]["basis"]) for i in items(of) if i["reviewer"]["basis"]),
    ),
    (
        "How often do reviewers cite?",
        "?i imr:reviewerCitation ?x",
        lambda of: len(list(cited(of, "reviewer"))),
    ),
    ("How often does anybody cite?", "?i imr:hasCitation ?x", lambda of: len(list(cited(of)))),
    ("How many citations are SPAR's?", "?x a cito:Citation", lambda of: len(list(cited(of)))),
    (
        "Of how many items does a citation lead to the letter?",
        "?x a imr:DisputedItem ; imr:itemOf ?d . ?c imr:citationOf ?x",
        lambda of: sum(
            bool(i["reviewer"]["citations"] or i["claims_administrator"]["citations"]) for i in items(of)
        ),
    ),
    (
        "How often is chapter 12 of ACOEM cited?",
        f"?x imr:citesGuideline <{iri.BASE}guideline/acoem-2004/12>",
        lambda of: sum(c["guideline"] == "acoem-2004" and c["chapter"] == 12 for c in cited(of)),
    ),
    (
        "How often is something outside the MTUS cited?",
        "?x imr:outsideMtus true",
        lambda of: sum(not c["mtus"] for c in cited(of)),
    ),
    (
        "Which sections are cited?",
        "?x imr:citesSection/skos:notation ?k",
        lambda of: count(s for c in cited(of) for s in set(c["section_concepts"]) if s),
    ),
    (
        "Which titles does no concept stand for?",
        "?x imr:sectionTitle ?k",
        lambda of: count(
            t
            for c in cited(of)
            for t in {t for t, s in zip(c["sections"], c["section_concepts"], strict=True) if s is None}
        ),
    ),
    (
        "How often is each page cited?",
        "?x imr:citesPage ?p . ?p imr:pageNumber ?number ; imr:pageOf/skos:notation ?e "
        "BIND(CONCAT(?e, ' ', STR(?number)) AS ?k)",
        lambda of: count(f"{e} {n}" for c in cited(of) for e, n in set(pages(c))),
    ),
    (
        "Of which citations is the edition inferred?",
        "?x imr:editionInferred true",
        lambda of: sum(c["edition"] is None and c["inferred_edition"] is not None for c in cited(of)),
    ),
    (
        "Of which citations are pages inferred?",
        "?x imr:pagesInferred true",
        lambda of: sum(any(c["pages_inferred"]) for c in cited(of)),
    ),
    (
        "How many items do both parties cite the same page for?",
        "?x imr:reviewerCitation/imr:citesPage ?p ; imr:claimsAdministratorCitation/imr:citesPage ?p",
        lambda of: sum(
            bool(
                {p for c in i["reviewer"]["citations"] for p in pages(c)}
                & {p for c in i["claims_administrator"]["citations"] for p in pages(c)}
            )
            for i in items(of)
        ),
    ),
    (
        "For how many items does the reviewer cite nothing?",
        "?x a imr:DisputedItem FILTER NOT EXISTS { ?x imr:reviewerCitation ?c }",
        lambda of: sum(not i["reviewer"]["citations"] for i in items(of)),
    ),
    (
        "How many items have reasons?",
        "?x imr:rationale ?r",
        lambda of: sum(i["rationale"] is not None for i in items(of)),
    ),
    (
        "How many grounds are of each class?",
        f"?x imr:groundClass ?c . {LAST}",
        lambda of: count(g["ground"] for i in items(of) for g in i["grounds"]),
    ),
    (
        "How many grounds are met?",
        "?x imr:met ?k",
        lambda of: count(g["met"] for i in items(of) for g in i["grounds"]),
    ),
    (
        "Which guidelines do rationales name?",
        "?x imr:mentionsGuideline/skos:notation ?k",
        lambda of: count(
            m["guideline"] + (f"/{m['chapter']}" if m["chapter"] is not None else "")
            for i in items(of)
            if i["rationale"]
            for m in i["rationale"]["mentions"]
            if m["guideline"]
        ),
    ),
    (
        "How many mentions are there?",
        "?i imr:mention ?x",
        lambda of: sum(len(i["rationale"]["mentions"]) for i in items(of) if i["rationale"]),
    ),
    (
        "What problems were met?",
        "?x imr:problemKind ?k",
        lambda of: count(p["kind"] for d in of for p in d["problems"]),
    ),
    (
        "How many parts do letters have?",
        "?x a imr:LetterPart",
        lambda of: sum(len(list(n_parts(i))) for i in items(of)) + sum(len(d["problems"]) for d in of),
    ),
    (
        "What do letters consist of?",
        "?d a imr:Determination ; dcterms:hasPart ?x",
        lambda of: len(list(items(of))),
    ),
    ("Who was associated with a review?", "?r prov:wasAssociatedWith ?x", len),
]


def n_parts(item: dict[str, Any]) -> Iterator[Any]:
    """The parts of a letter that an item is and has."""
    yield item
    yield from item["grounds"]
    if item["rationale"]:
        yield from (item["rationale"], *item["rationale"]["mentions"])
    for party in PARTIES:
        yield from item[party]["citations"]


@pytest.mark.parametrize(("question", "pattern", "recount"), QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_a_question_is_answered_as_plain_python_counts(question, pattern, recount, store, letters):
    right = recount(letters)
    if not isinstance(right, dict):
        (row,) = store.query(rewritten(f"{HEAD} SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}"))
        assert int(row["n"].value) == right
        return
    rows = store.query(rewritten(HEAD + GROUPED.format(pattern)))
    assert {row["k"].value: int(row["n"].value) for row in rows} == {plain(k): n for k, n in right.items()}


def plain(value: Any) -> str:
    """A value as a literal prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
