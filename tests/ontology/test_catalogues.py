"""The catalogues of guidelines and specialties hold together and know the titles that letters print."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyoxigraph
import pytest

from kg import resources

SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
IMR = "https://w3id.org/imr-kg/ontology#"
BASE = "https://w3id.org/imr-kg/"
LABELS = ("prefLabel", "altLabel", "hiddenLabel")
CONFIDENCES = {"high", "medium", "low", "attested"}


@dataclass
class Concept:
    """All statements about one subject, by local name of the property."""

    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    classes: set[str] = field(default_factory=set)

    def labels(self) -> list[str]:
        return [label for kind in LABELS for label in self.values[kind]]

    def number(self, name: str) -> int | None:
        return int(self.values[name][0]) if self.values[name] else None


def fold(label: str) -> str:
    """Labels are compared without case and white space; "&" is "and", and quotes are of one kind."""
    text = unicodedata.normalize("NFKC", label).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[‘’]", "'", re.sub(r"[“”]", '"', text)).split())


def concepts(file: str) -> dict[str, Concept]:
    found: dict[str, Concept] = defaultdict(Concept)
    for triple in pyoxigraph.parse(path=str(resources.folder("ontology") / file)):
        subject, predicate, value = triple.subject.value, triple.predicate.value, triple.object.value
        if predicate == RDF_TYPE:
            found[subject].classes.add(value)
        else:
            found[subject].values[re.split("[#/]", predicate)[-1]].append(value)
    return {iri: concept for iri, concept in found.items() if SKOS + "Concept" in concept.classes}


@pytest.fixture(scope="module", params=["guidelines.ttl", "specialties.ttl"])
def catalogue(request) -> dict[str, Concept]:
    return concepts(request.param)


@pytest.fixture(scope="module")
def guidelines() -> dict[str, Concept]:
    return concepts("guidelines.ttl")


@pytest.fixture(scope="module")
def specialties() -> dict[str, Concept]:
    return concepts("specialties.ttl")


def test_notation_is_the_path_of_the_iri(catalogue):
    for iri, concept in catalogue.items():
        notation = concept.values["notation"]
        assert len(notation) == 1, iri
        assert iri == f"{concept.values['inScheme'][0]}/{notation[0]}"
        assert re.fullmatch(r"[a-z0-9.-]+(/[a-z0-9.-]+){0,3}", notation[0]), iri


def test_each_concept_has_one_preferred_label(catalogue):
    assert [iri for iri, concept in catalogue.items() if len(concept.values["prefLabel"]) != 1] == []


def test_labels_are_tidy(catalogue):
    untidy = [
        (iri, label)
        for iri, concept in catalogue.items()
        for label in concept.labels()
        if label != " ".join(label.split())
        or (label.endswith((".", ",", ";", ":")) and not label.endswith("ed."))
    ]
    assert untidy == []


def test_broader_is_known(catalogue):
    unknown = [
        (iri, broader)
        for iri, concept in catalogue.items()
        for broader in concept.values["broader"]
        if broader not in catalogue
    ]
    assert unknown == []


def test_a_concept_is_below_another_or_on_top(catalogue):
    for iri, concept in catalogue.items():
        assert bool(concept.values["broader"]) != bool(concept.values["topConceptOf"]), iri


def test_broader_has_no_circle(catalogue):
    def above(iri: str, below: tuple[str, ...]) -> None:
        assert iri not in below, iri
        for broader in catalogue[iri].values["broader"]:
            above(broader, (*below, iri))

    for iri in catalogue:
        above(iri, ())


def shared_labels(catalogue: dict[str, Concept]) -> list[tuple[str, str]]:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for iri, concept in catalogue.items():
        for broader in concept.values["broader"] or ["top"]:
            for label in concept.labels():
                owners[broader, fold(label)].add(iri)
    return sorted(key for key, iris in owners.items() if len(iris) > 1)


def test_no_two_concepts_with_the_same_broader_share_a_label(catalogue):
    assert shared_labels(catalogue) == []


def test_no_two_specialties_share_a_label_at_all(specialties):
    owners = Counter(
        label for concept in specialties.values() for label in {fold(x) for x in concept.labels()}
    )
    assert [label for label, count in owners.items() if count > 1] == []


def test_no_concept_repeats_a_label(catalogue):
    for iri, concept in catalogue.items():
        folded = [fold(label) for label in concept.labels()]
        assert len(folded) == len(set(folded)), iri


def test_page_ranges_run_forward_and_say_how_sure_they_are(guidelines):
    for iri, concept in guidelines.items():
        first, last = concept.number("firstPage"), concept.number("lastPage")
        assert last is None or (first is not None and 0 < first <= last), iri
        if first is not None:
            assert concept.values["confidence"][0] in CONFIDENCES, iri


def test_chapters_of_the_second_edition_do_not_overlap(guidelines):
    ranges = sorted(
        (concept.number("firstPage"), concept.number("lastPage") or concept.number("firstPage"))
        for iri, concept in guidelines.items()
        if re.fullmatch(re.escape(f"{BASE}guideline/acoem-2004/") + r"\d+", iri)
        and concept.values["firstPage"]
    )
    assert len(ranges) >= 10
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_only_editions_have_a_year_and_only_their_names_print_it(guidelines):
    for iri, concept in guidelines.items():
        edition = IMR + "Edition" in concept.classes
        assert edition == bool(concept.values["year"]), iri
        if not edition and IMR + "Guideline" in concept.classes:
            assert not re.search(r"\b(19|20)\d\d\)?$", " ".join(concept.values["prefLabel"])), iri


def test_editions_are_in_force_forward(guidelines):
    for iri, concept in guidelines.items():
        if concept.values["inForceTo"]:
            assert concept.values["inForceFrom"][0] < concept.values["inForceTo"][0], iri


@pytest.mark.parametrize(
    ("work", "day", "edition"),
    [
        ("chronic-pain", "2014-03-01", "chronic-pain/2009"),
        ("chronic-pain", "2016-07-27", "chronic-pain/2009"),  # the last day of the first edition
        ("chronic-pain", "2016-07-28", "chronic-pain/2016"),
        ("chronic-pain", "2018-01-15", "chronic-pain/2017"),
        ("opioids", "2017-02-01", "opioids/2016"),
        ("opioids", "2019-02-01", "opioids/2017"),
        ("acupuncture", "2015-02-01", "acupuncture/2007"),
        ("postsurgical", "2020-02-01", "postsurgical/2009"),
    ],
)
def test_one_edition_is_in_force_on_a_day(guidelines, work, day, edition):
    found = [
        concept.values["notation"][0]
        for concept in guidelines.values()
        if concept.values["broader"] == [f"{BASE}guideline/{work}"]
        and concept.values["inForceFrom"]
        and concept.values["inForceFrom"][0] <= day <= (concept.values["inForceTo"] or ["9999"])[0]
    ]
    assert found == [edition]


def below(guidelines: dict[str, Concept]) -> dict[str, dict[str, str]]:
    """Folded label to notation, for each broader notation."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for concept in guidelines.values():
        for broader in concept.values["broader"]:
            for label in concept.labels():
                names[broader.removeprefix(f"{BASE}guideline/")][fold(label)] = concept.values["notation"][0]
    return names


@pytest.mark.parametrize(
    ("broader", "printed", "notation"),
    [
        ("mtus", "General Approaches", "acoem-2004"),  # from mid-2016 on
        ("acoem-2004", "Initial Approaches to Treatment", "acoem-2004/3"),
        ("acoem-2004", "Neck & Upper Back Complaints", "acoem-2004/8"),
        ("acoem-2004", "Forewarm, Wrist, and Hand Complaints", "acoem-2004/11"),  # misspelt
        ("acoem-2004/12", "Inital Care", "acoem-2004/12/initial-care"),  # misspelt
        ("acoem-2004/8", "Diagnositc Criteria", "acoem-2004/8/diagnostic-criteria"),  # misspelt
        ("mtus", "Elbow Complaints", "elbow-2007"),
        ("mtus", "Chronic Pain Treatment Guidelines", "chronic-pain"),  # as printed before mid-2016
        ("mtus", "Accupuncture Treatment", "acupuncture"),  # misspelt
        ("chronic-pain/2009", "Epidural steroid injections", "chronic-pain/2009/epidural-steroid-injections"),
        ("chronic-pain/2016", "Home health care", "chronic-pain/2016/home-health-services"),
        ("chronic-pain/2016", "Soma (carisoprodol)", "chronic-pain/2016/soma"),
        ("opioids/2016", "Maintenance of Chronic Opioid Treatment", "opioids/2016/3.3.9"),  # without number
        ("postsurgical/2009", "Forearm, Wrist, & Hand", "postsurgical/2009/forearm-wrist-and-hand"),
        ("mtus-other", "Hip and Groin Disorders", "mtus-other/hip-and-groin-disorders"),
        ("odg", "Low Back - Lumbar & Thoracic (Acute & Chronic)", "odg/low-back"),
        ("odg", "Cervical Spine", "odg/neck-and-upper-back"),
        ("odg/knee-and-leg", "MRI's (magnetic resonance imaging)", "odg/knee-and-leg/mri"),
        ("acoem-3rd", "Hip and Groin", "acoem-3rd/hip-and-groin-disorders"),
    ],
)  # fmt: skip
def test_printed_titles_are_known(guidelines, broader, printed, notation):
    assert below(guidelines)[broader][fold(printed)] == notation


def parents(citation: dict, names: dict[str, dict[str, str]]) -> list[str]:
    guideline, edition, chapter = citation["guideline"], citation["edition"], citation["chapter"]
    if guideline == "odg" and chapter:
        return [names["odg"][fold(chapter)]]
    if guideline == "acoem-2004" and chapter:
        return [f"acoem-2004/{chapter}"]
    if guideline in ("odg", "acoem-2004", "elbow-2007"):
        return [guideline]
    return [f"{guideline}/{edition}"] if edition else [f"{guideline}/{year}" for year in (2009, 2016)]


def citations(shared: Path) -> list[dict]:
    fields = []
    for file in ("gold.jsonl", "gold-pages.jsonl"):
        for line in (shared / "gold" / file).read_text(encoding="utf-8").splitlines():
            for decision in json.loads(line)["decisions"]:
                fields += [decision.get("claims_administrator"), decision.get("reviewer")]
    for line in (shared / "gold" / "page_era_fields.jsonl").read_text(encoding="utf-8").splitlines():
        fields.append(json.loads(line))
    return [citation for cited in fields if cited for citation in cited["citations"]]


def test_every_guideline_and_chapter_that_letters_cite_is_known(guidelines, shared):
    notations = {concept.values["notation"][0] for concept in guidelines.values()}
    names = below(guidelines)
    unknown = {
        (citation["guideline"], citation["edition"], citation["chapter"])
        for citation in citations(shared)
        if citation["guideline"] not in notations
        or not all(parent in notations or citation["edition"] is None for parent in parents(citation, names))
    }
    assert unknown == set()


def test_sections_that_letters_cite_are_known(guidelines, shared, record_property):
    names = below(guidelines)
    known, unknown = 0, Counter()
    for citation in citations(shared):
        if citation["guideline"] in ("other", "mtus-other", "acoem-3rd"):
            continue
        for section in citation["sections"]:
            if any(fold(section) in names[parent] for parent in parents(citation, names)):
                known += 1
            else:
                unknown[citation["guideline"], citation["chapter"], section] += 1
    share = known / (known + unknown.total())
    record_property("share of sections known", share)
    assert known > 500
    assert share >= 0.97, unknown.most_common()


def test_specialties_that_letters_print_are_known(specialties, shared):
    names = {fold(label) for concept in specialties.values() for label in concept.labels()}
    printed = {
        specialty
        for line in (shared / "gold" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        for key in ("specialties", "subspecialties")
        for specialty in json.loads(line).get("reviewer", {}).get(key, [])
    }
    assert len(printed) > 15
    assert {specialty for specialty in printed if fold(specialty) not in names} == set()
