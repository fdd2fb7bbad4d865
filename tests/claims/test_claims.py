"""Claims made from the truth of a sample, claims by hand, and what is never said of a claim."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from claim_wordings import claims
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import each_row, some_or_all

import kg
from kg import resources
from kg.base.building.build import build
from kg.claims import claim_sentences as reading
from kg.claims.check import LONGEST, MOST
from kg.claims.claim import Verdict
from kg.claims.clauses import ENDINGS
from kg.claims.printed_amounts import BOUNDS, Amount
from kg.cli import app
from kg.errors import SettingError
from kg.questions import vocabulary
from kg.sample import sample

HERE = Path(__file__).parent
LETTERS, SEED = 400, 5
"""The sample that ``by_hand.tsv`` is about."""


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


BY_HAND = table(HERE / "by_hand.tsv")
EXAMPLES = table(resources.folder("grammar") / "examples" / "claim.tsv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("claims")
    sample(LETTERS, SEED, made / "sample")
    build([made / "sample" / "letters"], made / "kb")
    return made


@pytest.fixture(scope="module")
def base(folder):
    with kg.open(folder / "kb") as opened:
        yield opened


@pytest.fixture(scope="module")
def truth(folder):
    lines = (folder / "sample" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def verdict(base, text):
    """The worst verdict of a text's claims; *not checked* where none is found."""
    found = {claim.verdict for claim in base.check(text).claims}
    return next((each for each in Verdict if each in found), Verdict.UNCHECKED)


@some_or_all(5)
def test_made_claims_hold_or_differ_as_they_are_true_or_spoiled(base, truth, step):
    made = claims(truth, 1, 550, 460)[::step]
    assert len(made) >= 1000 // step
    found = [(one, verdict(base, one.text)) for one in made]
    wrongly_held = [one.text for one, said in found if said is Verdict.HOLDS and not one.true]
    wrongly_other = [
        one.text for one, said in found if said in {Verdict.DIFFERS, Verdict.ABSENT} and one.true
    ]
    decided = sum(said is not Verdict.UNCHECKED for _, said in found)
    assert wrongly_held == []
    assert len(wrongly_other) < 0.01 * sum(one.true for one in made), wrongly_other
    assert decided >= 0.95 * len(made)


def test_every_item_of_every_letter_is_known_by_its_own_words(base):
    other = {"upheld": "overturned", "overturned": "upheld", "modified": "upheld"}
    wrong, decided, asked = [], 0, 0
    for case in base.cases()[:80]:
        for item in base.determination(case).decisions:
            if item.outcome is None:
                continue
            for outcome, wanted in ((item.outcome, Verdict.HOLDS), (other[item.outcome], Verdict.DIFFERS)):
                text = f"In {case}, {item.item.text} was {outcome}."
                said = verdict(base, text)
                asked, decided = asked + 1, decided + (said is wanted)
                if said not in {wanted, Verdict.UNCHECKED}:
                    wrong.append((text, said))
    assert wrong == []
    assert decided >= 0.9 * asked > 150


def test_of_two_items_that_begin_alike_the_longer_is_taken():
    text = "CM17-9016026 upheld an MRI of the left knee, DOS: 01/29/2017."
    (sentence,) = reading.sentences(text)
    ends = [text.index(word) for word in (",", ".")]
    for places in ([(23, ends[0]), (23, ends[1])], [(23, ends[1]), (23, ends[0])]):
        (quoted,) = [one for one in reading.read(sentence, places).phrases if one.type == "QUOTED"]
        assert quoted.printed == text[23 : ends[1]]


def test_claims_by_hand_are_never_wrongly_decided(base):
    found = [(row["text"], row["result"], verdict(base, row["text"])) for row in BY_HAND]
    wrong = [one for one in found if one[2] not in {one[1], Verdict.UNCHECKED}]
    assert wrong == []
    assert sum(said is not Verdict.UNCHECKED for _, _, said in found) >= 0.9 * len(found)


@each_row("row", EXAMPLES)
def test_examples(row):
    (sentence,) = reading.sentences(row["text"])
    assert " ".join(piece.kind for piece in reading.read(sentence).pieces) == row["result"]


def test_every_rule_and_terminal_has_an_example():
    kinds = {kind for row in EXAMPLES for kind in row["result"].split()}
    read = [reading.read(one) for row in EXAMPLES for one in reading.sentences(row["text"])]
    types = {phrase.type for one in read for phrase in one.phrases}
    assert {"context", "cited", "given", "aged", "counted", "share", "amount", *ENDINGS, *BOUNDS} <= kinds
    settled = {"IGNORED", "SPECIALIST", "OUT_OF", "BY"}  # into others, by their neighbours
    assert set(vocabulary.keywords(reading.GRAMMAR)) - settled - types == set()


def test_no_phrase_stands_in_two_terminals():
    said = Counter(
        " ".join(phrase.lower().split())
        for phrases in vocabulary.keywords(reading.GRAMMAR).values()
        for phrase in phrases
    )
    assert [phrase for phrase, times in said.items() if times > 1] == []


def test_every_fraction_in_words_is_known():
    for phrase in vocabulary.keywords(reading.GRAMMAR)["FRACTION"]:
        assert 0 < reading.fraction(phrase) < 1


NEGATING = [*vocabulary.keywords(reading.GRAMMAR)["NOT"], *vocabulary.keywords(reading.GRAMMAR)["HEDGE"]]


@each_row("word", NEGATING)
def test_a_word_that_takes_back_a_claim_is_honoured(base, word):
    text = "CM17-9016026 upheld the denial of an MRI of the lumbar spine"
    assert verdict(base, f"{text}.") is Verdict.HOLDS
    assert verdict(base, text.replace("upheld", f"{word} upheld") + ".") is not Verdict.HOLDS
    figure = "29 decisions on opioids were upheld"
    assert (
        verdict(base, figure.replace("were", f"were {word}").replace("29", "23") + ".") is not Verdict.HOLDS
    )


@each_row(
    "text",
    [
        "Did CM17-9016026 uphold the denial?",
        "CM17-9016026 upheld the denial because the records show no red flag.",
        "CM17-9016026 upheld the denial of an MRI of the lumbar spine in a thorough opinion.",
        "If CM17-9016026 upheld the denial, so be it.",
        "CM17-9016026 only upheld the MRI.",
        "CM17-9016026, unlike CM15-2835299, upheld the denial.",
        "29 unicorns decisions on opioids.",
        "Were 23 of 29 decisions on opioids upheld?",
        "2014 decisions were overturned in 12 %.",
        "Many decisions on opioids were upheld.",
        "23 of 29 decisions on opioids and acupuncture were upheld.",
        "118 % of decisions were upheld.",
        "12 % of decisions.",
        "Opioids were overturned more often than 12 %.",
        "More than NSAIDs.",
        "The claims administrator approved an MRI in CM17-9016026.",
        "CM16-0473845 overturned the denial.",
    ],
)
def test_what_is_not_read_is_not_decided(base, text):
    assert verdict(base, text) is Verdict.UNCHECKED


def test_what_the_administrator_did_is_not_the_outcome(base):
    text = "In CM15-5196753 the claims administrator {} denied Soma and the reviewer overturned the denial."
    assert verdict(base, text.format("").replace("  ", " ")) is Verdict.HOLDS
    assert verdict(base, "In CM15-5196753 Soma, denied by the insurer, was approved.") is Verdict.HOLDS
    assert (
        verdict(base, "In CM15-5196753 the insurer denied Soma and the reviewer upheld it.")
        is Verdict.DIFFERS
    )


def test_a_part_shows_what_the_letter_says(base):
    (claim,) = base.check("CM17-9016026 overturned the MRI of the lumbar spine, citing ODG.").claims
    parts = {part.kind: part for part in claim.parts}
    assert claim.case == "CM17-9016026"
    assert parts["outcome"].quote == "Lumbar spine MRI: Upheld"
    assert parts["outcome"].truth == ["upheld"]
    assert parts["citation"].verdict is Verdict.HOLDS
    assert parts["citation"].path == "/cases/CM17-9016026"
    assert base.letter(claim.case).count(parts["citation"].quote.split("\n")[0][:20])


def test_a_text_is_checked_sentence_by_sentence(base):
    text = "Background. CM17-9016026 upheld the denial of an MRI. The reviewer cited ODG; it cited page 98."
    found = base.check(text)
    assert [claim.verdict for claim in found.claims] == ["holds", "holds", "differs"]
    assert [text[claim.start : claim.end] for claim in found.claims] == [claim.text for claim in found.claims]
    assert found.counts == {"differs": 1, "not in this base": 0, "not checked": 0, "holds": 2}


def test_two_cases_are_checked_each(base):
    found = base.check("CM17-9016026 and CM17-4293118 upheld the denial of an MRI.")
    assert [(claim.case, claim.verdict) for claim in found.claims] == [
        ("CM17-9016026", "holds"),
        ("CM17-4293118", "holds"),
    ]


@each_row(
    ("amount", "truth", "said"),
    [
        (Amount(0.185, 0.0005, is_rate=True), 0.1854, "holds"),
        (Amount(0.185, 0.0005, is_rate=True), 0.1856, "differs"),
        (Amount(0.18, 0.005, is_rate=True), 0.185, "holds"),
        (Amount(0.5, 0.0, is_rate=True, bound="MORE_THAN"), 0.51, "holds"),
        (Amount(0.5, 0.0, is_rate=True, bound="AT_LEAST"), 0.5, "holds"),
        (Amount(0.5, 0.0, is_rate=True, bound="LESS_THAN"), 0.5, "differs"),
        (Amount(0.5, 0.0, is_rate=True, bound="AT_MOST"), 0.5, "holds"),
        (Amount(0.2, 0.005, is_rate=True, bound="ABOUT"), 0.209, "holds"),
        (Amount(0.2, 0.005, is_rate=True, bound="ABOUT"), 0.22, "not checked"),
        (Amount(0.2, 0.005, is_rate=True, bound="ABOUT"), 0.23, "differs"),
        (Amount(1 / 3, 0.0, is_rate=True, rough=True), 0.35, "holds"),
        (Amount(1 / 3, 0.0, is_rate=True, rough=True), 0.38, "not checked"),
        (Amount(1 / 3, 0.0, is_rate=True, rough=True), 0.40, "differs"),
        (Amount(0.25, 0.0, is_rate=True, bound="NEARLY"), 0.24, "holds"),
        (Amount(0.25, 0.0, is_rate=True, bound="NEARLY"), 0.26, "differs"),
        (Amount(0.25, 0.0, is_rate=True, bound="NEARLY"), 0.21, "not checked"),
        (Amount(0.25, 0.0, is_rate=True, bound="JUST_OVER"), 0.26, "holds"),
        (Amount(0.25, 0.0, is_rate=True, bound="JUST_OVER"), 0.24, "differs"),
        (Amount(1000, 0.0, is_rate=False, bound="ABOUT"), 1020, "holds"),
        (Amount(1000, 0.0, is_rate=False, bound="NEARLY"), 960, "holds"),
        (Amount(1000, 0.0, is_rate=False), 1001, "differs"),
    ],
)
def test_rounding(amount, truth, said):
    assert amount.verdict(truth) == said


def test_the_command_takes_a_text_a_file_or_standard_input(folder, tmp_path, capsys, monkeypatch):
    def run(*words):
        with pytest.raises(SystemExit) as stop:
            app(["check", *words, "--kb", str(folder / "kb")])
        return stop.value.code, capsys.readouterr().out

    text = "CM17-9016026 upheld the MRI. 29 decisions on opioids."
    brief = tmp_path / "brief.txt"
    brief.write_text(text, encoding="utf-8")
    assert run(text)[0] == run(str(brief))[0] == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"30 decisions on opioids.")))
    code, printed = run("-", "--format", "json")
    assert (code, json.loads(printed)["counts"]["differs"]) == (1, 1)
    assert "claim,part,words" in run(text, "--format", "csv")[1]
    brief.write_bytes(b"a\0b")
    assert run(str(brief))[0] == 2


def test_too_much_is_refused_in_a_sentence(base):
    with pytest.raises(SettingError, match="at most"):
        base.check("x" * (LONGEST + 1))
    (claim,) = base.check("CM99-0000001 upheld " + "an MRI and " * 1000).claims
    assert claim.verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    "claim", ["CM99-0000001 upheld it. ", "18.5 % of decisions citing page 98 were overturned. "]
)
def test_too_many_claims_are_refused_before_any_is_compared(base, monkeypatch, claim):
    def compared(*_):
        pytest.fail("a claim was compared")

    monkeypatch.setattr("kg.claims.checked_letters.check", compared)
    monkeypatch.setattr("kg.claims.checked_figures.check", compared)
    with pytest.raises(SettingError, match="more than"):
        base.check(claim * (MOST + 1))
    with pytest.raises(SettingError, match="more than"):
        base.check((" and ".join(f"CM99-{number:07}" for number in range(100)) + " upheld it. ") * 11)


ODD = [phrase for phrases in vocabulary.keywords(reading.GRAMMAR).values() for phrase in phrases]
PIECES = st.sampled_from(
    [
        *ODD,
        "CM17-9016026",
        "CM16-0473845",
        "MRI",
        "page 98",
        "12",
        "18.5 %",
        "1,462",
        "opioids",
        "ODG",
        ",",
        "June 2016",
        "of",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(PIECES, max_size=14))
def test_any_words_are_answered(base, words):
    for claim in base.check(" ".join(words)).claims:
        assert claim.parts
        assert all(part.says for part in claim.parts)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_sentences_are_in_their_text(text):
    for one in reading.sentences(text):
        assert re.sub(r"\s+$", "", text[one.start : one.end]) == one.text
