"""The named queries answer as the gold labels say, counted here by plain Python.

The graph is made from the gold labels; what a query should answer is computed from the same
labels without it.
"""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date
from functools import cache

import gold_letters
import pyoxigraph as ox
import pytest
from rdflib import Graph
from tables import each_row

from kg import queries, resources
from kg.errors import QueryError, UnknownError
from kg.graph import iri, page_triples
from kg.graph.triples import n_triples
from kg.reading.vocabulary import concepts

PARTIES = ("claims_administrator", "reviewer")
OUTCOMES = ("upheld", "overturned", "modified")


@pytest.fixture(scope="module")
def gold(shared):
    return gold_letters.records(shared) + [
        record | {"case_number": f"{record['case_number']}P"}
        for record in gold_letters.records(shared, "gold-pages.jsonl")
    ]


def graph_of(rows):
    """The ontology and the letters of some labels."""
    store = Graph(store="Oxigraph")
    for path in sorted(resources.folder("ontology").glob("*.ttl")):
        if path.stem != "shapes":
            store.parse(path, format="ox-ttl")
    text = "".join(n_triples(letter, "1") for letter in gold_letters.determinations(rows))
    store.parse(data=text + page_triples.descriptions(page_triples.pointed_to(text.encode())), format="ox-nt")
    return store


@pytest.fixture(scope="module")
def graph(gold):
    return graph_of(gold)


# --- the labels, read by plain Python ---------------------------------------------------------


def items(gold):
    """Each letter with each of its items and the item's position."""
    for letter in gold:
        for position, item in enumerate(letter["decisions"], 1):
            yield letter, position, item


def citations(letter, item, party):
    """What a party cites for an item, with the guideline's notation, its sections and pages."""
    for citation in item[party]["citations"]:
        decided = letter.get("decision_date")
        edition = gold_letters.edition(citation, decided)
        work = citation["guideline"]
        whole = work in ("acoem-2004", "elbow-2007") or edition is None
        path = work if whole else f"{work}/{edition}"
        chapter = citation["chapter"]
        name = iri.slug(str(chapter).replace("&", "and"))
        yield {
            "guideline": f"{work}/{name}" if chapter is not None else path,
            "work": work,
            "edition": path,
            "printed": citation["edition"] is not None,
            "chapter": chapter,
            "sections": [gold_letters.section_concept(citation, s, decided) for s in citation["sections"]],
            "pages": [
                f"{path}/page/{page}"
                for first, last in citation["pages"]
                for page in range(first, last + 1)
                if work not in ("other", "mtus-other")
            ],
            "title": citation["title"],
        }


def counted(pairs):
    """(key, outcome) pairs, one an item, as rows: key, items, upheld, overturned, modified."""
    table = defaultdict(Counter)
    for key, outcome in pairs:
        table[key][outcome] += 1
    return {
        (*(key if isinstance(key, tuple) else (key,)), sum(c.values()), *(c[o] for o in OUTCOMES))
        for key, c in table.items()
    }


def by_citation(gold, party, keys):
    """Outcomes by what a party cites, each item once for each key."""
    return counted(
        (key, item["outcome"])
        for letter, _, item in items(gold)
        for key in {key for citation in citations(letter, item, party) for key in keys(citation)}
    )


def by_letter(gold, key):
    """Outcomes by something that the letter says; ``None`` is left out."""
    return counted((key(letter), item["outcome"]) for letter, _, item in items(gold) if key(letter))


def by_item(gold, keys):
    """Outcomes by something that the item says."""
    return counted((key, item["outcome"]) for _, _, item in items(gold) for key in keys(item))


def service(item):
    if item.get("category") is None:
        return None
    category = iri.slug(item["category"])
    return f"{category}/{iri.slug(item['subcategory'])}" if item["subcategory"] else category


def is_drug(item):
    return item.get("category") == "Pharmaceuticals"


def year(letter, key="decision_date"):
    return int(letter[key][:4]) if letter.get(key) else None


def ends(scheme, notation):
    return iri.concept(scheme, notation) if notation is not None else None


def agreement(letter, item):
    theirs, ours = ({c["guideline"] for c in citations(letter, item, party)} for party in PARTIES)
    if not theirs or not ours:
        one = "only the claims administrator cites" if theirs else "only the reviewer cites"
        return one if theirs or ours else "neither cites"
    if not theirs & ours:
        return "none in common"
    return "the same" if theirs == ours else "some in common"


def said(letter, item, party):
    """All that a party's citations say, as one set."""
    return {
        part
        for citation in citations(letter, item, party)
        for part in (
            citation["guideline"],
            *citation["sections"],
            *citation["pages"],
            *([citation["title"]] if citation["title"] else []),
        )
    }


def age_in_years(letter):
    injury, decided = letter["date_of_injury"], letter["decision_date"]
    return int(decided[:4]) - int(injury[:4]) - (decided[5:] < injury[5:])


def shares(pairs, total):
    return {(key, number, round(number / total, 9)) for key, number in pairs}


def per_year(gold, inside):
    whole, part = Counter(), Counter()
    for letter, _, item in items(gold):
        if year(letter):
            whole[year(letter)] += 1
            part[year(letter)] += inside(item)
    return {(y, n, part[y], round(part[y] / n, 9)) for y, n in whole.items()}


def both_outcomes(gold):
    rows = by_citation(gold, "reviewer", lambda c: c["sections"])
    return {(section, u, o) for section, _, u, o, _ in rows if u and o}


def reviewer_counts(gold, key):
    return Counter(value for letter in gold for value in letter["reviewer"][key])


def waiting(gold):
    days = [
        (date.fromisoformat(r["decision_date"]) - date.fromisoformat(r["date_assigned"])).days
        for r in gold
        if r.get("decision_date")
    ]
    return {("standard", len(days), min(days), round(sum(days) / len(days), 9), max(days))}


def uncited(gold):
    return {
        (party, *row)
        for party in PARTIES
        for row in per_year(gold, lambda item, party=party: not item[party]["citations"])
    }


def editions(gold):
    return {
        (*key, number)
        for key, number in Counter(
            (year(letter), c["edition"], not c["printed"])
            for letter, _, item in items(gold)
            for party in PARTIES
            for c in citations(letter, item, party)
            if c["work"] == "chronic-pain"
        ).items()
    }


def against_recommended(gold):
    """Visits requested and recommended by the section that the reviewer cites."""
    rows = defaultdict(list)
    for letter, _, item in items(gold):
        if item["quantity"] and item["quantity"]["unit"] == "visit" and item["recommended"]:
            asked, limits = item["quantity"]["max"], item["recommended"]
            exceeded = {asked > high for _, high in limits}
            row = asked, min(low for low, _ in limits), max(high for _, high in limits), exceeded
            for section in {s for c in citations(letter, item, "reviewer") for s in c["sections"]}:
                rows[section].append(row)
    return {
        (
            section,
            len(found),
            round(sum(asked for asked, *_ in found) / len(found), 9),
            min(low for _, low, _, _ in found),
            max(high for _, _, high, _ in found),
            sum(exceeded == {True} for *_, exceeded in found),
            sum(exceeded == {False} for *_, exceeded in found),
        )
        for section, found in rows.items()
    }


def visits(gold):
    asked = defaultdict(list)
    for _, _, item in items(gold):
        if item["quantity"] and item["quantity"]["unit"] == "visit":
            asked[item["outcome"]].append(item["quantity"]["max"])
    return {(o, len(n), min(n), round(sum(n) / len(n), 9), max(n)) for o, n in asked.items()}


def partly(gold):
    return {
        (letter["case_number"], position, item["authorized"], item["in_dispute"], item["outcome"])
        for letter, position, item in items(gold)
        if item["authorized"] is not None
    }


def mixed(gold):
    table = {r["case_number"]: Counter(d["outcome"] for d in r["decisions"]) for r in gold}
    return {
        (case, sum(c.values()), c["overturned"], c["upheld"])
        for case, c in table.items()
        if c["overturned"] and c["upheld"]
    }


def first_overturned(gold):
    cases = sorted({r["case_number"] for r, _, item in items(gold) if item["outcome"] == "overturned"})[:5]
    return {(r["case_number"], n, item["outcome"]) for r, n, item in items(gold) if r["case_number"] in cases}


def citing(gold, page):
    return {
        (letter["case_number"], position, item["outcome"], party)
        for letter, position, item in items(gold)
        for party in PARTIES
        for citation in citations(letter, item, party)
        if page in citation["pages"]
    }


def deciding(gold, part, outcome):
    return {
        (letter["case_number"], position)
        for letter, position, item in items(gold)
        if item.get("category") == "Rehabilitation"
        and item["outcome"] == outcome
        and any(body["part"] == part for body in item["body_parts"])
    }


def months(gold):
    letters = Counter(r["decision_date"][:7] for r in gold if r.get("decision_date"))
    decided = Counter(r["decision_date"][:7] for r, _, _ in items(gold) if r.get("decision_date"))
    return {(month, number, decided[month]) for month, number in letters.items()}


@cache
def catalogue(name):
    """The concepts of a vocabulary by notation."""
    return {concept.notation: concept for concept in concepts.read(f"{name}.ttl").values()}


def above(name, notation):
    concept = catalogue(name).get(notation)
    return concept and concept.broader


def titled(name, notation):
    concept = catalogue(name).get(notation)
    return concept and concept.preferred


def chapters(citation):
    known = citation["work"] in ("acoem-2004", "odg") and citation["chapter"] is not None
    return [citation["guideline"]] if known else []


OUT = ("items", "upheld", "overturned", "modified")
NOTHING: dict[str, object] = {}

# name, parameters, the columns compared, the rows by plain Python
QUESTIONS = [
    ("outcomes_by_page", NOTHING, ("page", *OUT), lambda g: by_citation(g, "reviewer", lambda c: c["pages"])),
    (
        "outcomes_by_page",
        {"party": "claims_administrator"},
        ("page", *OUT),
        lambda g: by_citation(g, "claims_administrator", lambda c: c["pages"]),
    ),
    (
        "outcomes_by_page",
        {"page": "chronic-pain/2009/page/98"},
        ("page", *OUT),
        lambda g: by_citation(
            g, "reviewer", lambda c: {"chronic-pain/2009/page/98"}.intersection(c["pages"])
        ),
    ),
    (
        "outcomes_by_section",
        NOTHING,
        ("section", *OUT),
        lambda g: by_citation(g, "reviewer", lambda c: c["sections"]),
    ),
    ("outcomes_by_chapter", NOTHING, ("chapter", *OUT), lambda g: by_citation(g, "reviewer", chapters)),
    (
        "outcomes_by_guideline",
        {"party": "claims_administrator"},
        ("guideline", *OUT),
        lambda g: {
            row
            for row in by_citation(
                g,
                "claims_administrator",
                lambda c: [c["work"], *(["mtus"] if c["work"] in MTUS else [])],
            )
            if row[0] in ("mtus", "odg", "chronic-pain", "acupuncture", "acoem-3rd")
        },
    ),
    (
        "outcomes_by_specialty",
        NOTHING,
        ("specialty", *OUT),
        lambda g: counted(
            (iri.slug(name), item["outcome"])
            for letter, _, item in items(g)
            for name in {*letter["reviewer"]["specialties"], *letter["reviewer"].get("subspecialties", ())}
        ),
    ),
    (
        "outcomes_by_category",
        NOTHING,
        ("category", *OUT),
        lambda g: by_item(g, lambda i: [iri.slug(i["category"])] if i.get("category") else []),
    ),
    (
        "outcomes_by_service",
        NOTHING,
        ("service", *OUT),
        lambda g: by_item(g, lambda i: [service(i)] if service(i) else []),
    ),
    (
        "disagreements",
        NOTHING,
        ("case", "position", "outcome"),
        lambda g: {
            (letter["case_number"], position, item["outcome"])
            for letter, position, item in items(g)
            if agreement(letter, item) == "none in common"
        },
    ),
    (
        "cases_citing_page",
        {"page": iri.page("chronic-pain/2009", 98)},
        ("case", "position", "outcome", "party"),
        lambda g: citing(g, "chronic-pain/2009/page/98"),
    ),
    ("letters_by_month", NOTHING, ("month", "letters", "items"), months),
    (
        "outcomes",
        NOTHING,
        ("outcome", "items", "share"),
        lambda g: shares(Counter(i["outcome"] for _, _, i in items(g)).items(), sum(1 for _ in items(g))),
    ),
    ("outcomes_by_year", NOTHING, ("year", *OUT), lambda g: by_letter(g, year)),
    (
        "outcomes_by_drug",
        NOTHING,
        ("drug", *OUT),
        lambda g: by_item(g, lambda i: {iri.slug(d) for d in i["drug"].split("/")} if i["drug"] else ()),
    ),
    (
        "category_share_by_year",
        {"category": "rehabilitation"},
        ("year", "items", "in_category", "share"),
        lambda g: per_year(g, lambda i: i.get("category") == "Rehabilitation"),
    ),
    (
        "basis_by_party",
        NOTHING,
        ("party", "basis", "items"),
        lambda g: {
            (party, basis, number)
            for party in PARTIES
            for basis, number in Counter(
                BASES[item[party]["basis"]] for _, _, item in items(g) if item[party]["basis"]
            ).items()
        },
    ),
    (
        "identical_citations",
        NOTHING,
        ("items", "identical"),
        lambda g: {
            (
                sum(all(item[party]["citations"] for party in PARTIES) for _, _, item in items(g)),
                sum(
                    said(letter, item, "reviewer") == said(letter, item, "claims_administrator")
                    for letter, _, item in items(g)
                    if item["reviewer"]["citations"]
                ),
            )
        },
    ),
    (
        "reviewers_by_specialty",
        NOTHING,
        ("specialty", "reviewers", "share"),
        lambda g: shares(
            ((iri.slug(name), n) for name, n in reviewer_counts(g, "specialties").items()), len(g)
        ),
    ),
    (
        "reviewers_by_state",
        NOTHING,
        ("state", "reviewers"),
        lambda g: set(reviewer_counts(g, "licensed_in").items()),
    ),
    (
        "outcomes_by_license",
        {"state": "Texas"},
        ("licensed", *OUT),
        lambda g: counted(
            ("Texas" in letter["reviewer"]["licensed_in"], item["outcome"]) for letter, _, item in items(g)
        ),
    ),
    ("days_to_decision", NOTHING, ("priority", "letters", "fewest", "mean", "most"), waiting),
    (
        "outcomes_by_priority",
        NOTHING,
        ("priority", *OUT),
        lambda g: by_letter(g, lambda r: r.get("priority")),
    ),
    (
        "outcomes_by_injury_year",
        NOTHING,
        ("year", *OUT),
        lambda g: by_letter(g, lambda r: year(r, "date_of_injury")),
    ),
    (
        "claim_age",
        NOTHING,
        ("years", *OUT),
        lambda g: counted(
            (age_in_years(letter), item["outcome"])
            for letter, _, item in items(g)
            if letter.get("decision_date")
        ),
    ),
    (
        "items_per_letter",
        NOTHING,
        ("items", "letters"),
        lambda g: set(Counter(len(r["decisions"]) for r in g).items()),
    ),
    ("mixed_cases", NOTHING, ("case", "items", "overturned", "upheld"), mixed),
    ("cases", {"outcome": "overturned", "limit": 5}, ("case", "position", "outcome"), first_overturned),
    (
        "number_of_cases",
        {"outcome": "overturned"},
        ("cases",),
        lambda g: {(len({r["case_number"] for r, _, i in items(g) if i["outcome"] == "overturned"}),)},
    ),
    (
        "partly_authorized",
        NOTHING,
        ("case", "position", "authorized", "in_dispute", "outcome"),
        partly,
    ),
    (
        "decisions_on",
        {"service": "rehabilitation", "body_part": "low-back", "outcome": "upheld"},
        ("case", "position"),
        lambda g: deciding(g, "low back", "upheld"),
    ),
    (
        "outcomes_by_agreement",
        NOTHING,
        ("agreement", *OUT),
        lambda g: counted((agreement(letter, item), item["outcome"]) for letter, _, item in items(g)),
    ),
    (
        "sections_by_service",
        NOTHING,
        ("service", "section", "items"),
        lambda g: {
            (*key, number)
            for key, number in Counter(
                (service(item), section)
                for letter, _, item in items(g)
                if service(item)
                for section in {s for c in citations(letter, item, "reviewer") for s in c["sections"]}
            ).items()
        },
    ),
    (
        "grounds_by_outcome",
        NOTHING,
        ("ground", "met", *OUT),
        lambda g: by_item(g, lambda i: {(one["ground"], one["met"]) for one in i["grounds"]}),
    ),
    (
        "grounds_by_section",
        {"party": "reviewer"},
        ("section", "ground", "met", *OUT),
        lambda g: counted(
            ((section, one["ground"], one["met"]), item["outcome"])
            for letter, _, item in items(g)
            for section in {s for c in citations(letter, item, "reviewer") for s in c["sections"]}
            for one in item["grounds"]
        ),
    ),
    *(
        (
            "grounds_by_page",
            {"party": party},
            ("page", "ground", "met", *OUT),
            lambda g, party=party: counted(
                ((page, one["ground"], one["met"]), item["outcome"])
                for letter, _, item in items(g)
                for page in {p for c in citations(letter, item, party) for p in c["pages"]}
                for one in item["grounds"]
            ),
        )
        for party in PARTIES
    ),
    (
        "grounds_by_service",
        NOTHING,
        ("service", "ground", "met", *OUT),
        lambda g: by_item(
            g,
            lambda i: {(service(i), one["ground"], one["met"]) for one in i["grounds"] if service(i)},
        ),
    ),
    (
        "missing_documentation",
        NOTHING,
        ("case", "position", "others"),
        lambda g: {
            (
                letter["case_number"],
                position,
                sum(not one["met"] for one in item["grounds"]) - 1,
            )
            for letter, position, item in items(g)
            if item["outcome"] == "upheld"
            and any((one["ground"], one["met"]) == ("records", False) for one in item["grounds"])
        },
    ),
    (
        "visits_recommended_by_section",
        {"party": "reviewer"},
        ("section", "items", "requested", "least", "most", "over", "within"),
        against_recommended,
    ),
    (
        "outcomes_by_drug_class",
        NOTHING,
        ("drug_class", *OUT),
        lambda g: by_item(
            g,
            lambda i: {
                iri.slug(name)
                for name in [gold_letters.drug_class(i["drug"].split("/")[0]) if i["drug"] else None]
                if name
            },
        ),
    ),
    (
        "specialties_by_service",
        NOTHING,
        ("category", "service", "specialty", *OUT),
        lambda g: counted(
            (
                (
                    item["category"],
                    item["subcategory"] or item["category"],
                    titled("specialties", iri.slug(name)),
                ),
                item["outcome"],
            )
            for letter, _, item in items(g)
            if service(item)
            for name in letter["reviewer"]["specialties"]
            if titled("specialties", iri.slug(name))
        ),
    ),
    ("sections_with_both_outcomes", NOTHING, ("section", "upheld", "overturned"), both_outcomes),
    ("editions_by_year", NOTHING, ("year", "edition", "inferred", "citations"), editions),
    ("uncited_by_year", NOTHING, ("party", "year", "items", "uncited", "share"), uncited),
    ("visits_by_outcome", NOTHING, ("outcome", "items", "fewest", "mean", "most"), visits),
    (
        "outcomes_by_body_part",
        NOTHING,
        ("body_part", *OUT),
        lambda g: by_item(g, lambda i: {iri.slug(b["part"]) for b in i["body_parts"]}),
    ),
    (
        "outcomes_by_worker",
        NOTHING,
        ("sex", "decade", *OUT),
        lambda g: by_letter(
            g,
            lambda r: (
                (r["patient"]["sex"], r["patient"]["age"] // 10 * 10)
                if r["patient"].get("sex") and r["patient"].get("age") is not None
                else None
            ),
        ),
    ),
    (
        "opioid_share_by_year",
        NOTHING,
        ("year", "pharmaceuticals", "opioids", "share"),
        lambda g: per_year(
            [r | {"decisions": [d for d in r["decisions"] if is_drug(d)]} for r in g],
            lambda item: item["subcategory"] == "Opioids",
        ),
    ),
    (
        "compounds",
        NOTHING,
        ("section", *OUT),
        lambda g: counted(
            (section, item["outcome"])
            for letter, _, item in items(g)
            if item["drug"] == "compound"
            for section in {s for c in citations(letter, item, "reviewer") for s in c["sections"]} or {None}
        ),
    ),
    (
        "pages_by_section",
        NOTHING,
        ("section", "number", "citations"),
        lambda g: {
            (section, int(page.rpartition("/")[2]), number)
            for (section, page), number in Counter(
                (section, page)
                for letter, _, item in items(g)
                for party in PARTIES
                for c in citations(letter, item, party)
                for section in set(c["sections"])
                for page in set(c["pages"])
            ).items()
        },
    ),
    (
        "surgical_services",
        NOTHING,
        ("flag", *OUT),
        lambda g: by_item(
            g,
            lambda i: [
                flag.replace("_", " ") for flag in ("associated_surgical_service", "retrospective") if i[flag]
            ],
        ),
    ),
    (
        "unresolved_titles",
        NOTHING,
        ("guideline", "title", "citations"),
        lambda g: {
            (*key, number)
            for key, number in Counter(
                (c["guideline"], c["title"])
                for letter, _, item in items(g)
                for party in PARTIES
                for c in citations(letter, item, party)
                if c["title"]
            ).items()
        },
    ),
]

MTUS = {"acoem-2004", "elbow-2007", "chronic-pain", "acupuncture", "postsurgical", "opioids"}
BASES = {
    "mtus": "MTUS",
    "mtus_and_other": "MTUS and other",
    "outside_mtus": "Outside the MTUS",
    "none_cited": "None cited",
}


def short(value):
    """A concept or page by its notation, a number rounded, anything else as it is."""
    if isinstance(value, str) and value.startswith(iri.BASE):
        return value.removeprefix(iri.BASE).partition("/")[2]
    return round(value, 9) if isinstance(value, float) else value


@pytest.mark.parametrize(
    ("name", "parameters", "columns", "expected"),
    QUESTIONS,
    ids=["-".join([name, *map(str, given.values())]) for name, given, _, _ in QUESTIONS],
)
def test_the_rows_are_those_counted_by_hand(graph, gold, name, parameters, columns, expected):
    answer = queries.run(graph, name, **parameters)
    rows = [tuple(short(row[column]) for column in columns) for row in answer.dicts()]
    rows = [row for row in rows if name != "outcomes_by_guideline" or row[0] in KNOWN_WORKS]
    wanted = expected(gold)
    assert wanted
    assert len(rows) == len(set(rows))
    assert set(rows) == wanted


KNOWN_WORKS = ("mtus", "odg", "chronic-pain", "acupuncture", "acoem-3rd")


ALONE = {"case", "case_facts", "pages_outside_chapter"}
"""What :func:`test_one_case_whole` and the test after it count."""


def test_every_query_has_rows_counted_by_hand():
    assert {name for name, *_ in QUESTIONS} | ALONE == set(queries.names())


ARGUMENTS = {
    "case": {"case": "CM16-0219557"},
    "case_facts": {"case": "CM16-0219557"},
    "cases_citing_page": {"page": "chronic-pain/2009/page/98"},
    "decisions_on": {"service": "rehabilitation"},
}


@each_row("name", queries.names())
def test_every_query_says_what_it_answers_and_takes(graph, name):
    query = queries.load(name)
    assert query.summary
    assert query.summary.endswith((".", "?"))
    assert queries.run(graph, name, **ARGUMENTS.get(name, {})).columns == query.columns


PARTS = [
    (name, one.name)
    for name in queries.names()
    for one in queries.load(name).parameters
    if one.type == "guideline" and one.default == "any" and one.name in queries.load(name).columns
]
"""Queries whose rows can be asked for by what is cited."""


@pytest.mark.parametrize(("name", "column"), PARTS)
def test_the_rows_of_one_are_those_among_all(graph, name, column):
    rows = queries.run(graph, name).dicts()
    values = list(dict.fromkeys(row[column] for row in rows if row[column]))[:4]
    assert values
    for value in values:
        found = queries.run(graph, name, **{column: value}).dicts()
        assert found == [row for row in rows if row[column] == value]


@each_row("name", queries.names())
def test_every_query_is_standard_sparql(name):
    """rdflib's own parser takes it, too: it runs on other servers than Oxigraph."""
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery(queries.load(name).bind(ARGUMENTS.get(name, {})))


@pytest.mark.parametrize(
    ("section", "rows"),
    [
        ("any", {("Known", "known", 1), ("Unknown", None, 1)}),
        ("acoem-2004/12/known", {("Known", "known", 1)}),
    ],
)
def test_a_title_without_concept_is_counted_as_printed(section, rows):
    part = iri.case("A")
    store = Graph(store="Oxigraph")
    store.parse(
        data=f"""
        @prefix imr: <{iri.ONTOLOGY}#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <{part}/1> imr:outcome <{iri.concept("outcome", "upheld")}> ; imr:reviewerCitation <{part}/c> .
        <{part}/c> imr:citesGuideline <{iri.concept("guideline", "acoem-2004/12")}> ;
            imr:citesSection <{iri.concept("guideline", "acoem-2004/12/known")}> ;
            imr:sectionTitle "Unknown" .
        <{iri.concept("guideline", "acoem-2004/12/known")}> skos:prefLabel "Known"@en ;
            skos:broader <{iri.concept("guideline", "acoem-2004/12")}> .
        """,
        format="ox-ttl",
    )
    found = queries.run(store, "outcomes_by_section", section=section).dicts()
    assert {
        (row["title"], row["section"] and row["section"].rpartition("/")[2], row["items"]) for row in found
    } == rows
    assert {row["guideline"] for row in found} == {iri.concept("guideline", "acoem-2004/12")}


def test_threads_may_ask_at_once(graph):
    """rdflib's parser breaks for good when two threads use it; a process that has just begun shows it."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: queries.run(graph, "outcomes").rows, range(64)))
    assert len(set(answers)) == 1


def test_one_case_whole(graph, gold):
    letter = next(r for r in gold if r["case_number"] == "CM17-0007142")
    answer = queries.run(graph, "case", case="CM17-0007142").dicts()
    assert {(row["position"], row["text"], row["outcome"]) for row in answer} == {
        (n, item["item"], item["outcome"]) for n, item in enumerate(letter["decisions"], 1)
    }
    assert Counter((row["position"], row["party"]) for row in answer) == {
        (n, party): max(1, len(item[party]["citations"]))
        for n, item in enumerate(letter["decisions"], 1)
        for party in PARTIES
    }
    facts = {
        (row["fact"], row["value"]) for row in queries.run(graph, "case_facts", case="CM17-0007142").dicts()
    }
    assert ("decisionDate", letter["decision_date"]) in facts
    assert {value for fact, value in facts if fact == "licensedIn"} == set(letter["reviewer"]["licensed_in"])


def test_pages_outside_their_chapter(gold):
    """No label has one: chapter 12 of ACOEM ends at page 328, as the vocabulary has it."""
    letter = deepcopy(next(row for row in gold if row["decisions"][0]["reviewer"]["citations"]))
    cited = letter["decisions"][0]["reviewer"]["citations"]
    cited[:] = [cited[0] | {"guideline": "acoem-2004", "chapter": 12, "sections": [], "pages": [[328, 330]]}]
    rows = queries.run(graph_of([letter]), "pages_outside_chapter").dicts()
    assert [(row["case"], row["position"], row["number"]) for row in rows] == [
        (letter["case_number"], 1, 329),
        (letter["case_number"], 1, 330),
    ]


# --- parameters -------------------------------------------------------------------------------

PROBE = """#+ summary: Probe
#+ parameter: x {type}
#+ columns: x
SELECT ?x WHERE {{ VALUES $x {{ UNDEF }} }}
"""


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "https://example.org/a", "<https://example.org/a>"),
        ("iri", "case/A", f"<{iri.BASE}case/A>"),
        ("case", "A b", f"<{iri.BASE}case/A%20b>"),
        ("guideline", "acoem-2004/page/308", f"<{iri.BASE}guideline/acoem-2004/page/308>"),
        ("string", 'a"} DROP ALL #\n', '"a\\"} DROP ALL #\\n"'),
        ("integer", "-3", "-3"),
        ("decimal", "2", "2.0"),
        ("boolean", True, "true"),
        ("date", date(2016, 1, 2), '"2016-01-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("upheld|overturned", "upheld", '"upheld"'),
        ("upheld|any", "any", "UNDEF"),
    ],
)
def test_a_value_becomes_a_term(kind, value, term):
    assert f"VALUES $x {{ {term} }}" in queries.parse(PROBE.format(type=kind)).bind({"x": value})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iri", "https://example.org/a> . DROP"),
        ("iri", 'a"b'),
        ("guideline", "acoem 2004"),
        ("case", ""),
        ("integer", "1) } #"),
        ("integer", "1.5"),
        ("decimal", "NaN"),
        ("decimal", "1e3 ."),
        ("boolean", "yes"),
        ("date", "2016-13-01"),
        ("upheld|overturned", "any"),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value):
    with pytest.raises(QueryError, match=r"parameter x: expected .*, found"):
        queries.parse(PROBE.format(type=kind)).bind({"x": value})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'VALUES $x {', \"$x\" , '''a'$x''' , <http://e/$x> } # VALUES $x { 1 }",
        'SELECT ?x { $x ?p "a\\"$x" . FILTER($x > 1) }',
        "PREFIX VALUES: <a:> SELECT ?x { VALUES: $x { ?x VALUES:limit 4 } }",
    ],
)
def test_only_parameters_in_their_places_are_bound(text):
    header = "#+ parameter: x integer\n#+ parameter: limit integer [9]\n"
    bound = queries.parse(f"{header}{text}\nLIMIT 5 VALUES $x {{ 1 2 }}").bind({"x": 3})
    assert bound == f"{header}{text}\nLIMIT 9 VALUES $x {{ 3 }}"


@each_row("name", queries.names())
def test_a_file_is_sparql_as_it_stands_and_asks_for_the_defaults(name):
    text = resources.text("ontology", f"{queries.FOLDER}/{name}.rq")
    ox.Store().query(text)
    query = queries.load(name)
    if all(parameter.default is not None for parameter in query.parameters):
        assert query.bind() == query.text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "give the parameter page"),
        ({"page": "a/page/1", "pages": 1}, "no parameter pages; it takes: page"),
    ],
)
def test_missing_and_unknown_parameters_are_named(values, message):
    with pytest.raises(QueryError, match=message):
        queries.load("cases_citing_page").bind(values)


@pytest.mark.parametrize(
    "header",
    [
        "#+ parameter: x planet",  # no such type
        "#+ parameter: x",  # no type
        "#+ parameter: y integer",  # not used
        "#+ parameter: x integer [many]",  # a default of another type
        "#+ parameter: x integer\n#+ parameter: x integer",  # twice
    ],
)
def test_a_fault_in_a_header_is_named(header):
    with pytest.raises(QueryError):
        queries.parse(f"{header}\nSELECT * {{ ?s ?p $x VALUES $x {{ 1 }} }}")


def test_an_unknown_query_names_the_nearest():
    with pytest.raises(UnknownError, match="outcomes_by_page"):
        queries.run(Graph(), "outcome_by_page")


def test_text_that_is_not_sparql_is_refused():
    with pytest.raises(QueryError, match="query:"):
        queries.run(Graph(store="Oxigraph"), queries.parse("SELECT nothing"))


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("ASK {}", ("answer",), ((True,),)),
        (
            "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}",
            ("subject", "predicate", "object"),
            (("urn:a", "urn:b", "1"),),
        ),
        (
            'SELECT ?a ?b ?c ?d { BIND("x"@en AS ?a) BIND(1.5 AS ?b) BIND(<urn:a> AS ?d) }',
            ("a", "b", "c", "d"),
            (("x", 1.5, None, "urn:a"),),
        ),
    ],
)
def test_every_form_of_query_has_plain_rows(text, columns, rows):
    answer = queries.run(Graph(store="Oxigraph"), queries.parse(text))
    assert (answer.columns, answer.rows) == (columns, rows)


@pytest.mark.parametrize(
    "name", [name for name in queries.names() if "limit integer" in queries.load(name).text]
)
def test_without_its_limit_a_query_has_all_of_its_rows(name):
    query = queries.load(name)
    whole = query.unlimited()
    given = {
        p.name: "CM14-0000001" if p.type == "case" else "x" for p in whole.parameters if p.default is None
    }
    assert "LIMIT" in query.bind(given)
    assert "LIMIT" not in whole.bind(given)
    assert not list(ox.Store().query(whole.bind(given)))
    assert whole.unlimited() == whole
