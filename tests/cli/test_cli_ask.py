"""The commands that build and ask a knowledge base, on letters of our own making."""

import csv
import io
import json

import pytest

from kg.base.store import KnowledgeBase
from kg.cli.show_search_stats import _STYLES
from kg.evidence import Kind


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def truth(made):
    with (made / "truth.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_the_same_letters_again_change_nothing_and_it_is_said(kg, kb, made):
    done = kg("build", made / "letters", "--kb", kb, "--jobs", 1)
    assert done.code == 0
    assert "40 files: 40 unchanged; 40 letters" in done.err
    assert "nothing changed" in done.err


def test_files_put_aside_are_named_and_the_counts_add_up(kg, letter, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(letter, encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text(letter, encoding="utf-8")
    (tmp_path / "in" / "c.txt").write_text("Dear all, no letter.", encoding="utf-8")
    done = kg("build", tmp_path / "in", "--kb", tmp_path / "kb", "--jobs", 1)
    assert done.code == 1
    assert f"quarantined: {tmp_path}/in/c.txt" in done.err
    assert "3 files: 1 accepted, 1 unchanged, 1 quarantined; 1 letters" in done.err


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml", "table"])
def test_a_select_in_every_form_has_every_case(form, kg, kb, truth):
    text = "SELECT DISTINCT ?case { ?case <https://w3id.org/imr-kg/ontology#disputedItem> ?item }"
    done = kg("query", "-", "--kb", kb, "--format", form, given=text)
    assert done.code == 0, done.err
    for letter in truth:
        assert letter["case_number"] in done.out


@pytest.mark.parametrize("form", ["ttl", "nt", "table"])
def test_a_construct_in_every_form(form, kg, kb, case):
    text = f"CONSTRUCT WHERE {{ <https://w3id.org/imr-kg/case/{case}> ?p ?o }}"
    done = kg("query", "-", "--kb", kb, "--format", form, given=text)
    assert done.code == 0, done.err
    assert case in done.out


@pytest.mark.parametrize(("form", "yes"), [("table", "yes\n"), ("csv", "true"), ("json", '"boolean":true')])
def test_an_ask(form, yes, kg, kb):
    assert yes in kg("query", "-", "--kb", kb, "--format", form, given="ASK { ?s ?p ?o }").out


def test_a_describe(kg, kb, case):
    done = kg(
        "query", "-", "--kb", kb, "--format", "nt", given=f"DESCRIBE <https://w3id.org/imr-kg/case/{case}>"
    )
    assert done.out.count(f"<https://w3id.org/imr-kg/case/{case}>") > 5


def test_a_named_query_takes_parameters(kg, kb, case):
    done = kg("query", "case", "-p", f"case={case}", "--kb", kb, "--format", "csv")
    assert done.code == 0, done.err
    assert rows(done.out)


def test_a_query_in_a_file_may_have_parameters_of_its_own(kg, kb, tmp_path):
    path = tmp_path / "some.rq"
    path.write_text("#+ parameter: limit integer [5]\nSELECT * { ?s ?p ?o } LIMIT 5", encoding="utf-8")
    assert len(rows(kg("query", path, "--kb", kb, "--format", "csv").out)) == 5
    assert len(rows(kg("query", path, "-p", "limit=7", "--kb", kb, "--format", "csv").out)) == 7


def test_outcomes_by_page_are_those_of_the_truth(kg, kb, truth):
    """Counted from the truth by plain Python: items whose reviewer cites a page."""
    done = kg("query", "outcomes_by_page", "--kb", kb, "--format", "csv")
    wanted: dict[int, int] = {}
    for letter in truth:
        for item in letter["decisions"]:
            pages = {
                page for cited in item["reviewer"]["citations"] if cited["guideline"] == "chronic-pain"
                for first, last in cited["pages"] for page in range(first, last + 1)
            }  # fmt: skip
            for page in pages:
                wanted[page] = wanted.get(page, 0) + 1
    counted = {
        int(row["number"]): int(row["items"])
        for row in rows(done.out)
        if row["edition"].endswith("/guideline/chronic-pain/2009")
    }
    assert wanted
    assert counted == wanted


@pytest.mark.parametrize(
    ("words", "given", "code", "says"),
    [
        (["outcomes_by_pgae"], None, 3, "outcomes_by_page"),  # a slip names the nearest
        (["cases_citing_page"], None, 3, "give the parameter page"),
        (["cases_citing_page", "-p", "page"], None, 2, "name=value"),
        (["-"], "SELEC ?x { }", 3, "not SPARQL: line 1, column 1: unknown word SELEC; did you mean SELECT?"),
        (["-"], "SELECT * { ?s foo:p ?o }", 3, "not SPARQL: line 1, column"),
        (["-"], "DELETE WHERE { ?s ?p ?o }", 3, "not SPARQL"),  # nothing can be changed
        (["none.rq"], None, 3, "none.rq: cannot be read: No such file"),
        (["-", "--format", "ttl"], "SELECT * { ?s ?p ?o }", 2, "one of table, csv"),
        (["-", "--format", "csv"], "CONSTRUCT WHERE { ?s ?p ?o }", 2, "one of table, ttl"),
    ],
)
def test_a_query_that_cannot_be_asked_is_told_why(words, given, code, says, kg, kb):
    done = kg("query", *words, "--kb", kb, given=given)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_parameter_that_names_nothing_is_told_beside_the_empty_answer(kg, kb):
    slip = kg("query", "cases_citing_page", "-p", "page=acoem/308", "--kb", kb)
    assert slip.code == 0
    assert "parameter page" in slip.err
    assert "'acoem/308' does not occur in" in slip.err
    right = kg("query", "outcomes_by_guideline", "-p", "party=any", "--kb", kb)
    assert "holds nothing" not in right.err


def test_a_folder_without_letters_is_named(kg, tmp_path):
    (tmp_path / "in").mkdir()
    done = kg("build", tmp_path / "in", "--kb", tmp_path / "kb")
    assert f"no letters found in {tmp_path / 'in'}" in done.err


def test_every_kind_of_mark_has_a_style():
    assert {*_STYLES, "rationale"} == set(Kind)


def test_a_letter_is_shown_whole_with_its_decisions(kg, kb, case, made, truth):
    done = kg("show", case, "--kb", kb)
    assert done.code == 0, done.err
    (path,) = (made / "letters").rglob(f"{case}.txt")
    text = path.read_text(encoding="utf-8").replace("\f", "\n")
    assert text.split() == done.out.split()[: len(text.split())]
    (letter,) = [letter for letter in truth if letter["case_number"] == case]
    for item in letter["decisions"]:
        assert item["outcome"] in done.out


def test_the_sentence_behind_a_fact_is_shown(kg, kb, case):
    done = kg("show", case, "--why", "item/1/outcome", "--kb", kb)
    assert done.code == 0, done.err
    assert done.out.startswith("item/1/outcome = ")
    assert "Upheld" in done.out or "Overturned" in done.out
    assert kg("show", case, "--why", "item/99", "--kb", kb).code == 3


def test_a_case_that_is_not_there_names_the_nearest(kg, kb, case):
    for command in ("show", "related"):
        done = kg(command, case[:-1] + ("0" if case[-1] != "0" else "1"), "--kb", kb)
        assert done.code == 3
        assert case in done.err


def test_stats_count_letters_fields_and_wordings(kg, kb, truth):
    done = kg("stats", "--kb", kb)
    items = sum(len(letter["decisions"]) for letter in truth)
    assert done.code == 0, done.err
    assert f"40 letters, {items} items" in done.out
    counted = {row["field"]: row for row in rows(kg("stats", "--kb", kb, "--format", "csv").out)}
    assert int(counted["outcome"]["read"]) == items
    assert rows(kg("stats", "--kb", kb, "--by-template", "--format", "csv").out)[0].keys() >= {
        "template",
        "field",
    }
    assert kg("stats", "--kb", kb, "--unresolved", "--format", "csv").out.startswith(
        "kind,guideline,chapter,wording,count,"
    )


def test_drivers_count_every_decision_once(kg, kb, truth):
    done = kg("drivers", "--kb", kb, "--level", "guideline", "--minimum", 1, "--format", "json")
    assert done.code == 0, done.err
    items = sum(len(letter["decisions"]) for letter in truth)
    assert 0 < max(row["decisions"] for row in json.loads(done.out)["results"]) <= items
    assert f"{items} decisions: " in kg("drivers", "--kb", kb).out
    assert kg("drivers", "--kb", kb, "--level", "volume").code == 2


def test_drivers_are_drawn(kg, kb, tmp_path):
    words = ["drivers", "--kb", kb, "--minimum", 1, "--plot", tmp_path / "plot.svg"]
    assert kg(*words).code == 0
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").startswith("<svg")
    assert kg(*words, "--strip", "chronic-pain/2009").code == 0
    assert "chronic" in (tmp_path / "plot.svg").read_text(encoding="utf-8").lower()
    assert kg(*words, "--strip", "no-guideline").code == 3


def test_the_sides_agree_or_not_in_every_decision(kg, kb, truth):
    done = kg("sides", "--kb", kb, "--level", "guideline", "--format", "csv")
    assert done.code == 0, done.err
    items = sum(len(letter["decisions"]) for letter in truth)
    assert sum(int(row["decisions"]) for row in rows(done.out)) == items
    assert kg("sides", "--kb", kb).out.startswith("pages cited by the two parties")


def test_a_row_under_several_specifications(kg, kb):
    asked = ("drivers", "--kb", kb, "--level", "guideline", "--row", "chronic-pain")
    told = json.loads(kg(*asked, "--format", "json").out)
    table = rows(kg(*asked, "--format", "csv").out)
    assert [row["specification"] for row in told["results"]] == [row["specification"] for row in table]
    done = kg(*asked)
    assert "negative control" in done.out
    assert all(pair["overturned"] in done.err for pair in told["pairs"])
    assert kg(*asked, "--format", "ttl").code == 2


def test_trends_by_month_and_at_changes(kg, kb):
    told = json.loads(kg("trends", "--kb", kb, "--format", "json").out)
    months = kg("trends", "--kb", kb, "--format", "csv").out.splitlines()
    assert len(months) == 1 + len(told["results"]) > 2
    assert all(change["level"] or change["remark"] for change in told["changes"])
    assert "slope before" in kg("trends", "chronic-pain", "--kb", kb).out
    assert told["results"][0]["month"] in kg("trends", "--kb", kb, "--months").out


@pytest.mark.parametrize("by", ["specialty", "drift", "quantities"])
def test_outcomes_by_who_when_and_how_much(by, kg, kb):
    done = kg("outcomes", by, "--kb", kb, "--minimum", 1, "--format", "csv")
    assert done.code == 0, done.err
    for row in rows(done.out):
        assert int(row["decisions"]) == sum(
            int(row[outcome]) for outcome in ("upheld", "overturned", "modified")
        )
    assert kg("outcomes", by, "--kb", kb).code == 0


def test_sentences_in_every_form(kg, kb):
    asked = ("sentences", "--kb", kb, "--limit", 5)
    table = rows(kg(*asked, "--format", "csv").out)
    told = json.loads(kg(*asked, "--format", "json").out)
    assert [row["sentence"] for row in told["results"]] == [row["sentence"] for row in table]
    done = kg(*asked, "--alike")
    assert done.code == 0
    assert "nearly word for word in another letter" in done.err
    case = table[0]["cases"].partition(";")[0]
    shown = kg("show", case, "--kb", kb, "--stock")
    assert "appear word for word in other letters" in shown.out
    assert "word for word" not in kg("show", case, "--kb", kb).out


def test_grounds_in_every_form(kg, kb):
    asked = ("grounds", "category", "--kb", kb, "--minimum", 1)
    table = rows(kg(*asked, "--format", "csv").out)
    told = json.loads(kg(*asked, "--format", "json").out)
    assert [row["ground"] for row in told["results"]] == [row["ground"] for row in table]
    assert "neither causes" in told["help"]
    one = kg("grounds", "category", table[0]["key"], "--kb", kb)
    assert one.code == 0
    assert table[0]["key"] in one.err
    assert "more rows" in kg(*asked).err or len(table) <= 40
    assert kg("grounds", "categories", "--kb", kb).code == 2
    assert kg("grounds", "category", "Categories", "--kb", kb).code == 3


@pytest.mark.parametrize("kind", ["together", "services", "specialties"])
def test_a_network_in_every_form(kind, kg, kb):
    words = ["network", kind, "--kb", kb, "--level", "chapter", "--minimum", 2, "--q", 1.1]
    links = rows(kg(*words, "--format", "csv").out)
    assert links
    for form in ("graphml", "gexf"):
        done = kg(*words, "--format", form)
        assert done.code == 0, done.err
        assert done.out.count("<edge ") == len(links)
    assert links[0]["source"] in kg(*words).out
    assert kg("network", "friends", "--kb", kb).code == 2


def test_related_cases_come_page_by_page(kg, kb, case):
    done = kg("related", case, "--kb", kb, "--limit", 3)
    assert done.code == 0, done.err
    first = json.loads(kg("related", case, "--kb", kb, "--limit", 3, "--format", "json").out)["results"]
    assert len(first) == 3
    cursor = done.err.split("--cursor ")[1].split()[0]
    second = json.loads(
        kg("related", case, "--kb", kb, "--limit", 3, "--cursor", cursor, "--format", "json").out
    )["results"]
    assert {row["case"] for row in first}.isdisjoint(row["case"] for row in second)
    assert rows(kg("related", case, "--kb", kb, "--format", "csv").out)[0].keys() >= {"case", "score"}


def test_a_letter_and_a_request_that_are_not_in_the_base_are_compared(kg, kb, tmp_path):
    letter = tmp_path / "letter.txt"
    with KnowledgeBase.open(kb) as base:
        case = next(case for case in base.cases() if case in base.letter(case))
        letter.write_text(base.letter(case), encoding="utf-8")
    inside = kg("related", case, "--kb", kb, "--format", "json")
    outside = kg("related", "--letter", letter, "--kb", kb, "--format", "json")
    assert outside.code == 0, outside.err
    assert json.loads(outside.out)["results"] == json.loads(inside.out)["results"]
    request = kg(
        "related", "--item", "MRI of the knee", "--item", "ibuprofen", "--mode", "pending", "--kb", kb
    )
    assert request.code == 0, request.err
    other = kg("related", "--item", "MRI of the knee", "--outcome", "other", "--kb", kb, "--format", "json")
    outcomes = {pair["outcome"] for row in json.loads(other.out)["results"] for pair in row["pairs"]}
    assert outcomes <= {"overturned", "modified"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "use one of CASE, --letter or --item"),
        (("CM16-0000001", "--item", "MRI"), "use one of CASE"),
        (("CM16-0000001", "--summary", "he fell"), "--summary requires --item"),
        (("--item", " "), "an item must have"),
        (("--letter", "no-such-file"), "no-such-file: No such file"),
        (("--item", "MRI", "--mode", "precedint"), "the nearest: precedent"),
    ],
)
def test_what_can_be_compared(kg, kb, words, sentence):
    done = kg("related", *words, "--kb", kb)
    assert sentence in done.err
    assert done.code in {2, 3}


def test_sample_letters_are_the_same_for_the_same_seed(kg, tmp_path):
    for into in ("a", "b"):
        done = kg("sample", "--letters", 5, "--seed", 9, "--into", tmp_path / into)
        assert done.code == 0
        assert "5 letters with" in done.err
    a, b = ({p.name: p.read_bytes() for p in (tmp_path / into).rglob("*.*")} for into in "ab")
    assert a == b
    assert kg("sample", "--letters", 5, "--template", "baroque", "--into", tmp_path / "c").code == 2
