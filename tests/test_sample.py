"""Letters of our own making: alike for a seed, true to their truth, with the effects that were planted."""

import json
import math
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import pytest

import kg
from kg import resources
from kg.errors import SettingError
from kg.reading.letter import read_letter
from kg.reading.vocabulary import concepts
from kg.sample import FOLDER, TEMPLATES, letters, sample
from kg.sampling.kinds import table


def folded(text: str) -> str:
    """Text without what wrapping does to it."""
    return "".join(text.split()).replace("-", "").casefold()


def digest(folder) -> str:
    whole = sha256()
    for path in sorted(folder.rglob("*.*")):
        whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def made():
    """Sixty letters of every template."""
    return list(letters(360, seed=11, template="all"))


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path):
    sample(40, 5, tmp_path / "here", template="all")
    there = repr(str(tmp_path / "there"))
    code = f"from pathlib import Path; from kg.sample import sample; sample(40, 5, Path({there}), 'all')"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "77"})
    assert digest(tmp_path / "here") == digest(tmp_path / "there")


def test_another_seed_gives_other_letters():
    assert {name for name, _, _ in letters(50, 1)}.isdisjoint(name for name, _, _ in letters(50, 2))


def test_a_longer_sample_opens_with_the_shorter_one():
    assert list(letters(30, 3))[:10] == list(letters(10, 3))


def test_processes_can_share_a_sample():
    assert [*letters(7, 3, "all"), *letters(5, 3, "all", first=7)] == list(letters(12, 3, "all"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_makes_as_many_letters_as_asked_for(template):
    truths = [truth for _, _, truth in letters(12, 4, template)]
    assert len({truth["case_number"] for truth in truths}) == 12
    assert {truth["template"] for truth in truths} == set(TEMPLATES[template])


def test_case_numbers_are_of_the_form_and_unique():
    names = [name for name, _, _ in letters(3000, 9)]
    assert len(set(names)) == 3000
    assert all(name.startswith("CM") and len(name) == 12 for name in names)


def test_spans_quote_what_the_truth_says(made):
    for _, text, truth in made:
        for decision in truth["decisions"]:
            start, end = decision["span"]
            assert folded(text[start:end]) == folded(decision["item"])
            start, end = decision["rationale"]["span"]
            assert text[start - 1].isspace()
            assert text[start:end].rstrip().endswith((".", "stands."))
            for party in ("claims_administrator", "reviewer"):
                for citation in decision[party]["citations"]:
                    start, end = citation["span"]
                    quoted = folded(text[start:end])
                    assert all(folded(title) in quoted for title in citation["sections"])
                    assert folded(citation["title"] or "") in quoted
                    assert str(citation["edition"] or "") in quoted


def test_header_and_patient_values_stand_where_the_truth_says(made):
    for _, text, truth in made:
        quoted = {path: text[slice(*span)] for path, span in truth["spans"].items()}
        age, sex = truth["patient"]["age"], truth["patient"]["sex"]
        assert quoted.get("patient.age") == (age and str(age))
        assert quoted.get("patient.sex") == sex
        for name in ("date_assigned", "decision_date", "date_of_injury"):
            if truth[name] is None:
                assert name not in quoted
            else:
                assert f"{int(truth[name][8:])}" in quoted[name]


def test_dates_come_in_their_order(made):
    for _, _, truth in made:
        order = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
        dates = [truth[name] for name in order if truth[name]]
        assert dates == sorted(dates)


def test_an_outcome_never_stands_alone_on_its_line(made):
    lines = [line.strip() for _, text, _ in made for line in text.splitlines()]
    assert "Upheld" not in lines
    assert "Overturned" not in lines


def test_lines_fit_and_pages_break_within_sentences(made):
    modern = [text for _, text, truth in made if truth["spans"].get("case_number")]
    assert max(len(line) for text in modern for line in text.split("\n")) < 110
    breaks = [text[:i].rstrip()[-1:] for text in modern for i, c in enumerate(text) if c == "\f"]
    within = sum(end not in ".:" for end in breaks) / len(breaks)
    assert 0.2 < within < 0.8


def test_kinds_come_in_the_proportions_of_the_real_letters():
    truths = [truth for _, _, truth in letters(3000, 21)]
    decisions = [d for truth in truths for d in truth["decisions"]]
    share = {
        name: count / len(decisions) for name, count in Counter(d["category"] for d in decisions).items()
    }
    partly = sum(d["original_request"] is not None for d in decisions) / len(decisions)
    silent = sum(d["claims_administrator"]["basis"] == "none_cited" for d in decisions) / len(decisions)
    assert 1.5 < len(decisions) / len(truths) < 2.2
    assert 0.25 < share["Diagnostic Testing"] < 0.42
    assert 0.2 < share["Rehabilitation"] < 0.35
    assert 0.15 < share["Pharmaceuticals"] < 0.32
    assert 0.06 < partly < 0.12
    assert 0.14 < silent < 0.21


# --- files ------------------------------------------------------------------------------------


def test_a_sample_is_one_file_a_letter_and_one_line_of_truth_each(tmp_path):
    summary = sample(25, 8, tmp_path / "new")
    truths = [json.loads(line) for line in (tmp_path / "new" / "truth.jsonl").read_text("utf-8").splitlines()]
    files = {
        path.stem: path.read_bytes().decode("utf-8") for path in (tmp_path / "new/letters").glob("*.txt")
    }
    assert summary.letters == len(files) == len(truths) == 25
    assert summary.items == sum(len(truth["decisions"]) for truth in truths)
    assert {truth["case_number"] for truth in truths} == set(files)
    assert files == {name: text for name, text, _ in letters(25, 8)}


@pytest.mark.parametrize("folder", [20, pytest.param(1000, marks=pytest.mark.long)])
def test_many_letters_go_into_folders(tmp_path, monkeypatch, folder):
    if folder != FOLDER:
        monkeypatch.setattr("kg.sample.FOLDER", folder)
    sample(10 * folder + 1, 1, tmp_path)
    folders = sorted(path.name for path in (tmp_path / "letters").iterdir())
    assert len(folders) == 11
    assert len(list((tmp_path / "letters" / folders[0]).iterdir())) == folder


def test_an_older_sample_is_replaced(tmp_path):
    sample(5, 1, tmp_path)
    sample(3, 2, tmp_path)
    assert len(list((tmp_path / "letters").iterdir())) == 3


@pytest.mark.parametrize("name", ["thesis.txt", "sample.json"])
def test_a_folder_with_other_files_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(SettingError, match="not empty"):
        sample(3, 1, tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "letters").write_text("mine")
    with pytest.raises(SettingError, match="cannot be written"):
        sample(3, 1, tmp_path / "letters")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"template": "letters"}, "no template 'letters'"),
        ({"count": -1}, "must not be negative"),
        ({"seed": -1}, "must not be negative"),
        ({"first": -1}, "must not be negative"),
    ],
)
def test_wrong_wishes_are_refused_at_once(arguments, said):
    with pytest.raises(SettingError, match=said):
        letters(**{"count": 1, "seed": 1, **arguments})


# --- planted effects --------------------------------------------------------------------------


def effects(tmp_path, *rows: str):
    path = tmp_path / "effects.csv"
    path.write_text("\n".join(["kind,key,odds_ratio", *rows]) + "\n")
    return path


def cites_page(decision, guideline, page):
    return any(
        citation["guideline"] == guideline and any(a <= page <= b for a, b in citation["pages"])
        for citation in decision["reviewer"]["citations"]
    )


def cites_section(decision, title):
    return any(title in citation["sections"] for citation in decision["reviewer"]["citations"])


def cites_edition(decision, guideline, year):
    return any((c["guideline"], c["edition"]) == (guideline, year) for c in decision["reviewer"]["citations"])


def has_specialty(truth, name):
    return name in truth["reviewer"]["specialties"]


def log_odds_ratio(with_it: list[bool], without: list[bool]) -> tuple[float, float]:
    """The log odds ratio and its standard error, half a case added to each cell."""
    a, c = sum(with_it) + 0.5, sum(without) + 0.5
    b, d = len(with_it) - a + 1, len(without) - c + 1
    return math.log(a * d / b / c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


@pytest.mark.long
@pytest.mark.parametrize(
    ("row", "template", "meets"),
    [
        ("page,chronic-pain:98,4", "pages", lambda t, d: cites_page(d, "chronic-pain", 98)),
        ("page,acoem-2004/12:305,0.25", "pages", lambda t, d: cites_page(d, "acoem-2004", 305)),
        (
            "section,chronic-pain:Physical medicine treatment,4",
            "sections",
            lambda t, d: cites_section(d, "Physical medicine treatment"),
        ),
        (
            "section,acoem-2004/12:Special Studies,4",
            "sections",
            lambda t, d: any(
                c["chapter"] == 12 and "Special Studies" in c["sections"] for c in d["reviewer"]["citations"]
            ),
        ),
        (
            "section,odg/low-back:MRI,6",
            "mixed",
            lambda t, d: any(
                c["chapter"] == "Low Back" and "MRI" in c["sections"] for c in d["reviewer"]["citations"]
            ),
        ),
        ("category,Rehabilitation,4", "mixed", lambda t, d: d["category"] == "Rehabilitation"),
        ("subcategory,Opioids,0.25", "mixed", lambda t, d: d["subcategory"] == "Opioids"),
        ("year,2016,3", "pages", lambda t, d: (t["decision_date"] or "").startswith("2016")),
        ("edition,chronic-pain/2016,3", "sections", lambda t, d: cites_edition(d, "chronic-pain", 2016)),
        ("keys,,3", "sections", lambda t, d: len({c["guideline"] for c in d["reviewer"]["citations"]}) > 1),
        # another name of what letters print as "Family Practice"
        ("specialty,Family Medicine,0.25", "mixed", lambda t, d: has_specialty(t, "Family Practice")),
    ],
)
def test_a_planted_odds_ratio_shows_in_the_outcomes(tmp_path, row, template, meets):
    made = letters(6000, 31, template, effects(tmp_path, row))
    decided: dict[bool, list[bool]] = {True: [], False: []}
    for _, _, truth in made:
        for decision in truth["decisions"]:
            decided[meets(truth, decision)].append(decision["outcome"] == "overturned")
    found, error = log_odds_ratio(decided[True], decided[False])
    planted = math.log(float(row.rsplit(",", 1)[1]))
    assert abs(found - planted) < 3.3 * error
    assert abs(found) > 2 * error


@pytest.mark.long
@pytest.mark.parametrize(("printed", "correlation"), [("", 0.3), ("3", 0.48)])
def test_decisions_of_a_letter_are_alike_and_the_rate_stays(tmp_path, printed, correlation):
    outcomes = [
        [decision["outcome"] == "overturned" for decision in truth["decisions"]]
        for _, _, truth in letters(6000, 12, "pages", effects(tmp_path, f"letter,,{printed}"))
    ]
    rate = sum(map(sum, outcomes)) / sum(map(len, outcomes))
    assert rate == pytest.approx(0.12, abs=0.02)
    pairs = sum(len(one) * (len(one) - 1) for one in outcomes)
    alike = sum(sum(one) * (sum(one) - 1) for one in outcomes) / pairs
    assert (alike - rate**2) / (rate - rate**2) == pytest.approx(correlation, abs=0.08)


def test_some_items_are_modified_and_as_many_overturned(tmp_path):
    plain = [truth for _, _, truth in letters(400, 4, "all", effects(tmp_path))]
    planted = list(letters(400, 4, "all", effects(tmp_path, "modified,,0.2")))
    found = Counter()
    for one, (_, text, other) in zip(plain, planted, strict=True):
        read = read_letter(text)
        for a, b, c in zip(one["decisions"], other["decisions"], read.decisions, strict=True):
            found[a["outcome"], b["outcome"]] += 1
            assert b["outcome"] == c.outcome
    assert {*found} == {("upheld", "upheld"), ("upheld", "modified"), ("overturned", "overturned")}


def test_a_header_alone_plants_nothing(tmp_path):
    decided = Counter()
    for _, _, truth in letters(5000, 17, effects=effects(tmp_path)):
        for decision in truth["decisions"]:
            decided[decision["category"], decision["outcome"]] += 1
    for category in ("Diagnostic Testing", "Rehabilitation", "Pharmaceuticals"):
        over, up = decided[category, "overturned"], decided[category, "upheld"]
        assert abs(over / (over + up) - 0.12) < 3.5 * math.sqrt(0.12 * 0.88 / (over + up))


def test_other_effects_change_outcomes_but_not_what_is_asked_and_cited(tmp_path):
    path = effects(tmp_path, "category,Rehabilitation,50")
    outcomes = 0
    for (_, _, one), (_, _, other) in zip(letters(200, 2), letters(200, 2, effects=path), strict=True):
        for a, b in zip(one["decisions"], other["decisions"], strict=True):
            assert a["item"] == b["item"]
            assert len(a["reviewer"]["citations"]) == len(b["reviewer"]["citations"])
            outcomes += a["outcome"] != b["outcome"]
    assert outcomes > 20


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["page,chronic-pain:98"], r"effects.csv:2: expected 3 columns, found 2"),
        (
            ["page,chronic-pain:98,0"],
            r"effects.csv:2: column odds_ratio: expected a number above 0, found '0'",
        ),
        (["page,chronic-pain:98,many"], r"effects.csv:2: column odds_ratio"),
        (["page,chronic-pain:98,inf"], r"effects.csv:2: column odds_ratio"),
        (["category,Rehabilitation,2", "pages,chronic-pain:98,2"], r"effects.csv:3: column kind"),
        (["subcategory,Magic,2"], r"effects.csv:2: column key: there is no subcategory 'Magic'"),
        (["year,last,2"], r"effects.csv:2: column key: expected a year, found 'last'"),
        (["edition,chronic-pain,2"], r"effects.csv:2: column key: there is no edition 'chronic-pain'"),
        (["letter,all,2"], r"effects.csv:2: column key: expected nothing for letter, found 'all'"),
        (["modified,,1"], r"effects.csv:2: column odds_ratio: expected a share below 1"),
        (["keys,,2", "keys,,3"], r"effects.csv:3: column key: keys '' is given twice"),
        (["keys,,"], r"effects.csv:2: column odds_ratio: expected a number above 0"),
        (["page,98,2"], r"effects.csv:2: column key: expected GUIDELINE:PAGE, found '98'"),
        (["page,chronic-pain:ninety,2"], r"effects.csv:2: column key: expected a page number"),
        (["page,chronic-pain:4000,2"], r"effects.csv:2: column key: chronic-pain has no page 4000"),
        (["page,acoem-2004/12:98,2"], r"effects.csv:2: column key: acoem-2004/12 has no page 98"),
        (["section,chronic-pane:Drug testing,2"], r"effects.csv:2: .*no guideline 'chronic-pane'"),
        (["section,chronic-pain:Astrology,2"], r"effects.csv:2: .*no section 'Astrology'"),
        (["category,Rehab,2"], r"effects.csv:2: .*no category 'Rehab'"),
        (["specialty,Alchemy,2"], r"effects.csv:2: .*no specialty 'Alchemy'"),
        (["category,Surgery,2", "category,Surgery,3"], r"effects.csv:3: .*given twice"),
    ],
)
def test_a_faulty_effects_file_is_refused_with_line_and_column(tmp_path, rows, said):
    with pytest.raises(SettingError, match=said):
        letters(1, 1, effects=effects(tmp_path, *rows))


@pytest.mark.parametrize("header", ["", "kind,key", "kind;key;odds_ratio", "kind,key,ratio"])
def test_an_effects_file_without_its_columns_is_refused(tmp_path, header):
    path = tmp_path / "effects.csv"
    path.write_text(header + "\n")
    with pytest.raises(SettingError, match=r"effects.csv:1: expected the columns kind,key,odds_ratio"):
        letters(1, 1, effects=path)


def test_a_missing_effects_file_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"missing\.csv"):
        letters(1, 1, effects=tmp_path / "missing.csv")


def test_the_grounds_that_are_stated_are_read():
    """In wordings that the reader was not made from; each class at most once to a rationale."""
    right = wrong = missed = 0
    for name, text, truth in letters(200, 5, "all"):
        decisions = kg.parse_letter(text, name=name).decisions
        for decision, told in zip(decisions, truth["decisions"], strict=True):
            stated = {(each["ground"], each["met"]): each["quote"] for each in told["grounds"]}
            assert stated
            assert all(folded(each) in folded(text) for each in stated.values())
            found = {(each.ground, each.met) for each in decision.grounds}
            right += len(found & stated.keys())
            wrong += len(found - stated.keys())
            missed += len(stated.keys() - found)
    assert right / (right + wrong) > 0.9
    assert right / (right + missed) > 0.85


def test_every_ground_that_is_stated_is_a_class_in_words_of_its_own():
    known = table("wording.toml")["grounds"]
    classes = {
        concept.notation for concept in concepts.read("grounds.ttl").values() if concept.one("precedence")
    }
    path = resources.folder("grammar") / "examples" / "rationale-sentences.tsv"
    learned = path.read_text(encoding="utf-8").lower()
    for overturned, sentences in known.items():
        for ground, met, sentence in sentences:
            assert ground in classes
            assert met is (overturned == "overturned")
            assert sentence.lower() not in learned
