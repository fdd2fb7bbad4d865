"""Questions in words: how they are read, shown back, and answered as plain Python counts."""

import contextlib
import csv
import functools
import itertools
import re
import time
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ontology_files import FOLDER, parsed
from rdflib import SKOS
from tables import each_row, some_or_all

from kg import resources
from kg.analysis.cache import Analyses
from kg.analysis.filters import FILTERS
from kg.analysis.sides import sides
from kg.errors import KgError, QuestionError
from kg.model import Outcome
from kg.questions import answers, bounded_numbers, echo, phrasing, question_query, vocabulary
from kg.questions.changes import changes
from kg.questions.complete import complete
from kg.questions.examples import EXAMPLES, nearest
from kg.questions.facets import facet_table
from kg.questions.phrasing import tokens
from kg.questions.question import Kind, Question
from kg.questions.question_reader import ABSENT, LONGEST, grammar, read_question
from kg.questions.wording import numbers
from kg.statistics import intervals


def rows():
    path = resources.folder("grammar") / "examples" / "question.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["text"], row["result"]


ROWS = list(rows())
READ = [text for text, result in ROWS if result != "!"]
read_once = functools.cache(read_question)
"""An example's reading, for tests of what comes after."""


@pytest.fixture(scope="module")
def analyses(base):
    return Analyses.of(base)


@pytest.fixture(scope="module")
def index(analyses):
    return analyses.index


@each_row(("text", "result"), ROWS)
def test_examples(text, result):
    if result == "!":
        with pytest.raises(QuestionError):
            read_question(text)
    else:
        assert read_once(text).reading == result


@pytest.mark.long
def test_there_are_examples_of_every_kind_and_of_every_terminal():
    assert {read_once(text).kind for text in READ} == set(Kind)
    known = vocabulary.keywords()
    used = {phrase.type for text, _ in ROWS for phrase in (*phrasing.said(text).phrases, *tokens(text))}
    assert set(known) - used == {"IGNORED", "PASSED", "ADVERB", "ORDINARY", *vocabulary.BESIDE_NUMBERS}


RANGES = {
    "OVER": ("{word} 12", "13.."),
    "AT_LEAST": ("{word} 12", "12.."),
    "UNDER": ("{word} 12", "..11"),
    "AT_MOST": ("{word} 12", "..12"),
    "OR_MORE": ("12 {word}", "12.."),
    "OR_LESS": ("12 {word}", "..12"),
}


@pytest.mark.unmeasured
def test_every_word_for_a_number_bounds_it_with_every_unit():
    """Before or after the number, of visits, tablets, hours and years of age, in any order of the parts."""
    said = vocabulary.keywords()
    assert set(RANGES) == set(bounded_numbers.BOUNDS)
    units = {name: ("quantity", unit.value) for name, unit in numbers.UNITS.items()} | {"OF_AGE": ("age", "")}
    wrong = []
    for bound, (form, value) in RANGES.items():
        for word, (unit, (name, counted)) in itertools.product(said[bound], units.items()):
            for called in said[unit]:
                text = f"acupuncture, {form.format(word=word)} {called}"
                expected = {name: (value,)} | ({"quantity_unit": (counted,)} if counted else {})
                found = {c.name: c.values for c in read_question(text).where if "category" not in c.name}
                if found != expected:
                    wrong.append((text, found))
    assert wrong == []


def test_every_terminal_is_known_to_the_grammar():
    kept = {"IGNORED", "PASSED", "ADVERB", "ORDINARY", *ABSENT, *vocabulary.BESIDE_NUMBERS}
    assert set(vocabulary.keywords()) - kept <= set(grammar().terminals)


@pytest.mark.long
@each_row("text", READ)
def test_a_question_written_canonically_is_read_the_same(text):
    question = read_once(text)
    assert read_question(question.words).reading == question.reading


@each_row("text", READ)
def test_the_echo_names_every_condition(text):
    question = read_once(text)
    said = echo.sentence(question)
    for condition in (*question.where, *question.groups):
        assert echo.named(condition) in said
    for word in (question.outcome, question.case):
        assert word is None or word in said.lower() or word in said


def shapes(texts=READ):
    """Of examples that differ in values alone the first: values have tests of their own."""
    found = {}
    for text in texts:
        asked = read_once(text)
        parts = asked.where, asked.groups, asked.part, asked.having
        met = [{(c.name, len(c.values) > 1, c.negated, c.party) for c in conditions} for conditions in parts]
        said = asked.kind, asked.outcome, asked.by, asked.level, asked.party, asked.order, asked.measure
        numbers = asked.limit is None, asked.case is None, asked.counts
        found.setdefault((*map(frozenset, met), *said, *numbers), text)
    return [*found.values()]


@each_row("text", shapes, many=12)
def test_every_change_of_a_part_is_a_question(text):
    question = read_once(text)
    offered = changes(question)
    assert bool(offered) is not bool(question.case)
    for change in offered:
        assert read_once(change.question.words).reading == change.question.reading, change
    assert len({(change.part, change.now, change.words) for change in offered}) == len(offered)


def of_kinds(*kinds):
    """The examples that ask for a kind of answer."""
    return [text for text in READ if read_once(text).kind in kinds]


@pytest.mark.long
@each_row("text", lambda: of_kinds(Kind.FIGURES, Kind.GROUNDS)[::12])
def test_every_change_has_an_answer(text, analyses):
    for change in changes(read_question(text)):
        assert answers.answer(analyses, change.question).value["decisions"] >= 0


def test_a_trend_goes_by_year_and_a_change_is_before_and_after(analyses):
    trend = answers.ask(analyses, "trend of pharmaceuticals")
    by_year = answers.ask(analyses, "pharmaceuticals by year")
    assert trend.rows == by_year.rows
    assert len(trend.rows) > 1
    assert "by year of decision" in trend.echo
    changed = answers.ask(analyses, "did the overturn rate change after 2015")
    before, after = changed.rows
    years = answers.ask(analyses, "overturn rate by year").rows
    assert before["decisions"] == sum(row["decisions"] for row in years if row["year"] <= 2015)
    assert after["decisions"] == sum(row["decisions"] for row in years if row["year"] > 2015)
    assert "up to 2015-12-31 compared with from 2016-01-01 on" in changed.echo


def test_what_is_frequent_is_sorted_by_its_number(analyses):
    rows = answers.ask(analyses, "most disputed body parts").rows
    assert [row["decisions"] for row in rows] == sorted((row["decisions"] for row in rows), reverse=True)
    lost = answers.ask(analyses, "number of overturned decisions by category, top 3").rows
    assert [row["overturned"] for row in lost] == sorted((row["overturned"] for row in lost), reverse=True)


def test_what_is_one_thing_here_is_not_compared():
    with pytest.raises(QuestionError, match="“Norco” and “Vicodin” are one here: hydrocodone/acetaminophen"):
        read_question("Norco vs Vicodin")


def test_the_echo_repeats_words_that_stand_for_others():
    said = echo.sentence(read_question("Norco for the lumbar spine by pain specialists"))
    for words in ("hydrocodone/acetaminophen (“Norco”)", "(“lumbar spine”)", "(“pain specialists”)"):
        assert words in said
    assert "(" not in echo.sentence(read_question("acupuncture by year"))


@each_row("text", lambda: shapes(of_kinds(Kind.FIGURES, Kind.PARTS)), many=16)
def test_the_query_counts_what_the_answer_counts(text, analyses, base):
    found = answers.ask(analyses, text)
    if found.sparql is None:
        asked = found.question
        names = {c.name for c in (*asked.where, *asked.groups, *asked.part)}
        assert names & {*facet_table.ONLY_FACETS, *(n for n, one in FILTERS.items() if not one.pattern)}
        return
    counted = list(base.graph.query(found.sparql))
    outcome = found.question.outcome.value if found.question.outcome else "overturned"
    outcome = "part" if found.question.kind is Kind.PARTS else outcome
    if not found.question.by and not found.question.groups:
        [row] = counted
        value = found.value
        assert tuple(map(int, row)) == (value["decisions"], value["letters"], value[outcome])
    elif set(found.question.by) <= set(question_query.DIMENSIONS) and not (
        found.question.groups or found.question.limit or found.question.having
    ):
        expected = sorted((row["decisions"], row["letters"]) for row in found.rows)
        assert sorted((int(row.decisions), int(row.letters)) for row in counted) == expected


def test_an_answer_by_year_is_what_plain_python_counts(analyses, base):
    found = answers.ask(analyses, "pharmaceuticals upheld by year")
    decisions = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    expected: dict[int, list[int]] = {}
    for row in decisions.iter_rows(named=True):
        if row["category"] == "Pharmaceuticals" and row["year"]:
            counts = expected.setdefault(row["year"], [0, 0])
            counts[0] += 1
            counts[1] += row["outcome"] == "upheld"
    assert {row["year"]: [row["decisions"], row["upheld"]] for row in found.rows} == expected
    for row in found.rows:
        assert row["rate"] == pytest.approx(row["upheld"] / row["decisions"])
        assert row["low"] <= row["rate"] <= row["high"]


ONE_EACH = ("year", "month", "category", "subcategory", "sex", "priority")


@pytest.mark.parametrize("name", [*question_query.DIMENSIONS, *facet_table.SPLITS])
def test_no_decision_is_left_out_of_a_split_in_silence(name, analyses):
    found = answers.answer(analyses, Question(Kind.FIGURES, Outcome.OVERTURNED, by=(name,)))
    left = [
        int(re.search(r"in no row: ([\d,]+) decision", n)[1].replace(",", ""))
        for n in found.notes
        if "in no row" in n
    ]
    listed = sum(row["decisions"] for row in found.rows) + sum(left)
    assert len(left) <= 1
    assert listed >= found.value["decisions"]
    if name in ONE_EACH:
        assert listed == found.value["decisions"]


@pytest.mark.parametrize(("said", "newest"), [("newest first", True), ("oldest first", False)])
def test_a_list_of_decisions_is_sorted_by_date(said, newest, analyses):
    found = answers.ask(analyses, f"physical therapy, {said}")
    days = [row["decision_date"] for row in found.rows]
    known = [day for day in days if day]
    assert known == sorted(known, reverse=newest)
    assert days[: len(known)] == known
    assert found.path.endswith(f"order={said.split()[0]}")


def test_a_comparison_gives_both_groups(analyses):
    found = answers.ask(analyses, "are pharmaceuticals overturned more often than surgery")
    assert [row["group"] for row in found.rows] == ["Pharmaceuticals", "Surgery"]


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_can_be_a_condition(name, analyses, index):
    value = "treatment" if FILTERS[name].searched else next(iter(index.values(name)), None)
    assert value is not None
    question = read_question(f'rate overturned {name}="{value}"')
    assert [condition.name for condition in question.where] == [name]
    assert answers.answer(analyses, question).value["decisions"] > 0
    without = answers.answer(analyses, read_question(f'rate overturned not {name}="{value}"'))
    assert without.value["decisions"] == len(index) - answers.answer(analyses, question).value["decisions"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the question is empty"),
        ("purple unicorns", "not understood: “purple”, “unicorns”"),
        ("cases like that", "like which case"),
        ("overturned acupuncture, upheld imaging", "one outcome can be asked about"),
        ("opioids versus", "a comparison needs one thing on each side"),
        ("between 2016 and 2014", "is reversed"),
        ("surgery in 2014 in 2016", "exclude each other"),
        ("which pages by", "by what?"),
        ("both parties by specialty", "cannot be split by specialty"),
        ("compare opioids", "compare what with what?"),
        ("opioids or the knee", "“or” joins “opioids” and “knee”"),
        ("what share of decisions", "ended how?"),
        ("average outcome of acupuncture", "the mean of what?"),
        ("opioids with at least 20 decisions", "asked of rows"),
        ("the others", "which others?"),
        ("acupuncture upstream later", "not understood: “upstream”, “later”"),
        ("always overturned", "asked of rows"),
        ('letter="nice"', "there is no letter 'nice'"),
        ("opioids most", "the most of what?"),
        ("opioids 5", "“5” of what?"),
        ("31 February 2015", "not a day of February 2015"),
        ("letters of 2015-02-31", "is not a date"),
        ("which insurer denies most", "letters name no insurer"),
        ("cases like CM17-0004344 by year", "cannot be split by year"),
        ("opioids of the claims administrator", "what the claims administrator cites"),
        ("what is the same", "the same as what?"),
        ("overturned or denied", "one outcome"),
        ("left opioids", "“left” of which part of the body?"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
    ],
)
def test_what_cannot_be_read_is_said(text, says):
    with pytest.raises(QuestionError, match=re.escape(says)):
        read_question(text)


@pytest.mark.unmeasured
@each_row("text", [text for text, result in ROWS if result == "!"])
def test_a_refusal_names_a_question_that_is_read(text):
    with pytest.raises(QuestionError) as refused:
        read_question(text)
    near = str(refused.value).rpartition("answered: “")[2].removesuffix("”")
    assert read_question(near)


@pytest.mark.unmeasured
@given(st.text(max_size=2000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(KgError):
        assert read_question(text).reading


@pytest.mark.unmeasured
@given(st.lists(st.sampled_from(sorted({w for t in READ for w in t.split()})), max_size=40))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_known_words_in_any_order_are_read_or_refused(chosen):
    with contextlib.suppress(KgError):
        question = read_question(" ".join(chosen))
        assert read_question(question.words).reading == question.reading


def _sayings():
    """One saying of each value of each kind that a condition can have."""
    kinds = (vocabulary._guidelines, vocabulary._grounds, vocabulary._specialties, vocabulary._drugs)
    for kind in (*kinds, vocabulary._services, vocabulary._body_parts, vocabulary._sections):
        yield from {(meaning.name, meaning.value): said for said, meaning in kind()}.values()


@pytest.mark.unmeasured
@some_or_all(8)
def test_the_same_said_twice_is_no_other_condition(step):
    """Over the vocabulary: no condition loses its values, and none stands twice."""
    read = 0
    for said in itertools.islice(_sayings(), 0, None, step):
        for text in (f"{said} {said}", f"{said} and {said}"):
            with contextlib.suppress(KgError):
                conditions = read_question(text).where
                read += 1
                assert all(each.values for each in conditions), text
                seen = [(c.name, c.values, c.negated, c.party) for c in conditions]
                assert len(seen) == len(set(seen)), text
    assert read > 1_500 / step


def test_long_questions_take_time_in_proportion():
    read_question("opioids by year")
    start = time.process_time()
    with pytest.raises(KgError):
        read_question(("opioids " * 240) + "unicorn")
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_questions_offered_are_read(text):
    assert read_question(text)
    assert nearest(text)[0] == text


def test_completions_can_be_asked_and_leave_decisions(analyses, index):
    for begun in ("overturned opi", "lumb", "overturn rate of acup", "pharmaceuticals", "by sp"):
        for one in complete(index, begun):
            assert one.decisions > 0
            assert answers.ask(analyses, one.text)
    assert complete(index, "overturned opi")
    assert complete(index, "x" * (LONGEST + 1)) == []


# --- numbers of letters, and shares of decisions ---------------------------------------------------------


def letters_of(base):
    """Each letter's dates, and the outcomes of its items."""
    facts = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    outcomes = {case: [row["outcome"] for row in rows] for case, rows in _by_case(facts).items()}
    dates = base.scan_determinations().collect().to_dicts()
    return {
        row["case"]: row | {"outcomes": outcomes[row["case"]]} for row in dates if row["case"] in outcomes
    }


def _by_case(facts):
    found = {}
    for row in facts.to_dicts():
        found.setdefault(row["case"], []).append(row)
    return found


def test_days_between_dates_are_what_plain_python_counts(analyses, base):
    value = answers.ask(analyses, "median days from UR denial to IMR decision").value
    days = sorted(
        (letter["decision_date"] - letter["ur_denial_date"]).days
        for letter in letters_of(base).values()
        if letter["decision_date"] and letter["ur_denial_date"]
    )
    assert days
    assert (value["measured"], value["least"], value["greatest"]) == (len(days), days[0], days[-1])
    assert value["mean"] == pytest.approx(sum(days) / len(days))
    assert value["median"] == pytest.approx((days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2)


def test_letters_with_both_outcomes_are_what_plain_python_counts(analyses, base):
    mixed = [
        case
        for case, letter in letters_of(base).items()
        if {"upheld", "overturned"} <= set(letter["outcomes"])
    ]
    assert answers.ask(analyses, "how many letters have mixed outcomes").value["letters"] == len(mixed)
    three = [letter for letter in letters_of(base).values() if len(letter["outcomes"]) >= 3]
    assert answers.ask(analyses, "how many letters have 3 or more items").value["letters"] == len(three)


def test_a_share_of_decisions_is_what_plain_python_counts(analyses, base):
    value = answers.ask(analyses, "opioids as a share of pharmaceuticals").value
    rows = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    drugs = rows.filter(pl.col("category") == "Pharmaceuticals")
    opioids = drugs.filter(pl.col("subcategory") == "Opioids")
    assert (value["decisions"], value["part"]) == (drugs.height, opioids.height)
    assert value["rate"] == pytest.approx(opioids.height / drugs.height)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("how many upheld, how many overturned, for imaging", "imaging by outcome"),
        ("letters from March 1 to June 30 2015", 'decision_date="2015-03-01..2015-06-30"'),
        ("drugs other than opioids", "pharmaceuticals except opioids"),
        ("does a licence in California matter", "licensed in California versus elsewhere"),
        ("PM&R or occ med", "physiatrists or occupational medicine reviewers"),
        ("MTUS chronic pain guideline", "chronic pain guideline"),
        ("opioids, no response or functional improvement documented", "opioids without documented response"),
        ("surgery after a 2010 injury", "surgery, injured after 2010"),
        ("cold therapy after shoulder surgery", "post-op cold therapy of the shoulder"),
        ("tramadol quantity 90", "tramadol #90"),
        ("success rate of appeals of MRI denials", "overturn rate of MRI"),
        ("how many denials cite missing documentation", "upheld for lack of documentation, how many"),
        ("does expedited review change the odds", "expedited versus the rest"),
    ],
)
def test_the_same_in_other_words(text, same):
    assert read_question(text).reading == read_question(same).reading


def test_rows_have_as_many_decisions_as_is_asked(analyses):
    rows = answers.ask(analyses, "services with at least 20 decisions by overturn rate").rows
    everything = answers.ask(analyses, "overturn rate by service").rows
    assert [row["decisions"] for row in rows if row["decisions"] < 20] == []
    assert len(rows) == sum(row["decisions"] >= 20 for row in everything)
    half = answers.ask(analyses, "services where more than half were overturned").rows
    assert [row["subcategory"] for row in half if row["rate"] <= 0.5] == []


@pytest.mark.parametrize("name", facet_table.SPLITS)
def test_every_facet_splits_the_answer(name, analyses):
    assert answers.answer(analyses, Question(Kind.FIGURES, Outcome.OVERTURNED, by=(name,))).rows
    question = Question(Kind.FIGURES, Outcome.OVERTURNED, by=(name,))
    assert read_question(question.words).reading == question.reading


@pytest.mark.parametrize("name", [name for name, facet in facet_table.FACETS.items() if facet.is_number])
def test_every_number_has_a_mean(name, analyses):
    value = answers.ask(analyses, f'measure="{name}"').value
    assert value["least"] <= value["median"] <= value["greatest"]
    low, high = value["least"], value["greatest"]
    question = read_question(f'rate overturned {name}="{max(low, 0):g}..{high:g}"') if low >= 0 else None
    assert question is None or answers.answer(analyses, question).value["decisions"] > 0


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ("application received", "application_received"),
        ("UR denial dated", "ur_denial_date"),
        ("assigned to a reviewer", "date_assigned"),
        ("injured", "date_of_injury"),
    ],
)
def test_every_date_of_a_letter_bounds_what_is_counted(said, column, analyses, base):
    letters = [letter for letter in letters_of(base).values() if letter[column]]
    day = sorted(letter[column] for letter in letters)[len(letters) // 2]
    for words, kept in (("since", lambda d: d >= day), ("before", lambda d: d < day)):
        found = answers.ask(analyses, f"how many letters, {said} {words} {day}")
        assert found.value["letters"] == sum(kept(letter[column]) for letter in letters)
        assert str(day if words == "since" else day - timedelta(days=1)) in found.echo
        [row] = base.graph.query(found.sparql)
        assert int(row.letters) == found.value["letters"]


def test_what_each_party_cites_is_what_plain_python_counts(analyses, base):
    cited = {}
    for row in base.facts.filter(pl.col("outcome").is_not_null()).iter_rows(named=True):
        cited.setdefault((row["case"], row["item"]), set()).add((row["party"], row["guideline"]))
    administrator, reviewer = ("claims_administrator", "odg"), ("reviewer", "odg")
    other = ("reviewer", "acoem-2004")
    for text, expected in (
        ("UR cites ODG but the reviewer cites ACOEM", lambda c: administrator in c and other in c),
        ("UR cites ODG and the reviewer does not", lambda c: administrator in c and reviewer not in c),
        ("the reviewer cites ODG, UR does not cite it", lambda c: reviewer in c and administrator not in c),
    ):
        found = answers.ask(analyses, text)
        assert found.value["decisions"] == sum(map(expected, cited.values())), text
        assert "whose claims administrator" in found.echo
        assert "whose reviewer" in found.echo


def test_services_of_different_kinds_are_either(analyses, base):
    rows = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    either = (pl.col("subcategory") == "Acupuncture") | (pl.col("category") == "Injection")
    found = answers.ask(analyses, "acupuncture or injections")
    assert found.value["decisions"] == rows.filter(either).height
    neither = answers.ask(analyses, "not acupuncture or injections").value["decisions"]
    assert neither == rows.height - rows.filter(either).height


def test_two_groups_that_are_compared_have_a_difference_with_an_interval(analyses):
    told = answers.ask(analyses, "are opioids overturned more than imaging")
    one, other = told.rows
    assert told.value["difference"] == pytest.approx(100 * (one["rate"] - other["rate"]))
    assert told.value["difference_low"] < told.value["difference"] < told.value["difference_high"]
    sure = told.value["difference_low"] > 0 or told.value["difference_high"] < 0
    assert ("beyond chance" if sure else "may be chance") in told.notes[0]
    shared = answers.ask(analyses, "are opioids overturned more than pharmaceuticals")
    assert shared.value["difference_low"] is None
    assert "in both groups" in shared.notes[0]
    assert "difference" not in answers.ask(analyses, "opioids vs imaging by year").value


def test_a_difference_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(2_000):
        won = rng.binomial([60, 90], [0.15, 0.3]).astype(float)
        low, high = intervals.wilson(won, np.array([60.0, 90.0]))
        ends = list(zip(won / [60, 90], low, high, strict=True))
        _, least, greatest = intervals.difference(*ends)
        held += least <= -0.15 <= greatest
    assert 0.94 <= held / 2_000 <= 0.965


UNASKED = {
    "drugs": {"Other drugs", "oral form", "dosage form", "SAMe", "5-HTP"},
    "services": {"Other", "circumstance of a request", "Services of the Division of Workers' Compensation"},
    "specialties": set(),
    "body-parts": {"Parts of the body", "left", "right", "bilateral", "no part of the body"},
    "conditions": {"tear of a ligament, tendon or muscle"},
}
"""Names that are heads of a catalogue, words of a question, or cut by their comma: these are refused."""
PLAIN = {"Medical Specialties", "support", "visit", "Physicians' specialties", "Conditions"}
"""Names that are plain words of a question when they stand alone: they ask for no condition."""


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("catalogue", "frame"),
    [
        ("drugs", "how often is {} overturned"),
        ("services", "share of {} overturned"),
        ("specialties", "decisions by reviewers in {}"),
        ("body-parts", "overturned MRI of the {}"),
        ("conditions", "patients with {}"),
    ],
)
def test_every_name_of_a_catalogue_is_understood_in_a_question(catalogue, frame):
    graph = parsed(FOLDER / f"{catalogue}.ttl")
    refused = set()
    names = {str(name) for name in graph.objects(None, SKOS.prefLabel)}
    for name in names:
        try:
            assert read_question(frame.format(name)).where or name in PLAIN, name
        except KgError:
            refused.add(name)
    assert len(names) > 40
    assert refused == UNASKED[catalogue]


@pytest.mark.parametrize("level", facet_table.AGREEING)
def test_agreement_is_counted_as_the_table_of_both_parties_counts_it(analyses, level):
    table = {row["agreement"]: row["decisions"] for row in sides(analyses.index, level).agreement.to_dicts()}
    both = sum(table[name] for name in facet_table.BOTH_CITE)
    asked = answers.ask(
        analyses, f"how often do both parties cite the same {level} in letters with 1 or more items"
    )
    assert asked.question.kind is Kind.PARTS
    assert (asked.value["part"], asked.value["decisions"]) == (table["same"], both)
    for name, number in table.items():
        assert answers.ask(analyses, f'how many agreement_{level}="{name}"').value["decisions"] == number


def test_what_is_beyond_the_recommended_and_what_was_before_are_counted_as_the_facts_have_them(
    analyses, base
):
    decided = [
        row for row in base.facts.unique(["case", "item"]).iter_rows(named=True) if row["outcome"] is not None
    ]
    beyond = [
        row["quantity_max"] - row["recommended_max"]
        for row in decided
        if row["recommended_max"] is not None and row["quantity_unit"] == row["recommended_unit"]
    ]
    asked = answers.ask(analyses, "visits requested against visits recommended, measured").value
    assert (asked["measured"], asked["mean"]) == (len(beyond), pytest.approx(sum(beyond) / len(beyond)))
    had = [{one.split(":")[0] for one in row["earlier_treatments"]} for row in decided]
    for treatment in sorted(set().union(*had)):
        number = answers.ask(analyses, f'how many earlier="{treatment}"').value["decisions"]
        assert number == sum(treatment in one for one in had), treatment
