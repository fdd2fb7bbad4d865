"""Figures that are cited: every kind, after letters were added, corrected and removed."""

import json
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

import polars as pl
import pytest

import kg
from kg.analysis import cube
from kg.analysis.cache import Analyses
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.reasons.stock_sentences import row_name, stock
from kg.base.building.build import build
from kg.base.upkeep.edit import correct, correction, remove
from kg.cited import figure_citations
from kg.cited.citable import Citable
from kg.cited.counted_letters import CountedLetters
from kg.cited.figure_address import Asked
from kg.cited.figure_kinds import KINDS
from kg.cited.wanted import NOT
from kg.cli import app
from kg.errors import ChoiceError, KgError, QuestionError, SettingError, UnknownError
from kg.questions.question_reader import read_question
from kg.sample import letters as sampled

LETTERS, ADDED, CHANGED = 150, 200, 20
DRUGS, YEAR = Filters.of(category="Pharmaceuticals"), Filters.of(year="2016", sex="male")


def opened(folder):
    base = kg.open(folder / "kb")
    return base, Citable.of(base, Analyses.of(base))


def asked_of(letters):
    """What to ask of each kind of figure, without a row."""
    index = letters.index
    some, others = (Filters.of(specialty=value) for value in index.values("specialty")[:2])
    page = index.cited("page", "reviewer").keys["key"][0]
    guideline = index.cited("guideline", "reviewer").keys["key"][0]
    case = letters.cases()[3]
    questions = (
        *(
            "overturn rate by specialty",
            "mean days to decision by year",
            "how many letters have both outcomes",
        ),
        *(
            "share of opioids among pharmaceuticals by year",
            "which guidelines are associated with overturning",
        ),
        *("which grounds are stated where imaging is upheld", "what do the two parties cite for imaging"),
        *("overturn rate of opioids versus NSAIDs versus muscle relaxants", f"decisions like {case}"),
    )
    yield from (Asked("outcomes", filters=one) for one in (Filters(), DRUGS, YEAR))
    yield Asked("outcomes", filters=DRUGS, parts=((NOT, some),))
    yield Asked("outcomes", "claims_administrator", parts=((NOT, YEAR),))
    yield Asked("comparison", filters=DRUGS, parts=(("one", some), ("other", others)))
    yield Asked("comparison", parts=((NOT, DRUGS), ("one", some), ("other-not", some)))
    yield Asked("driver", level="guideline")
    yield Asked("driver", filters=DRUGS, level="guideline", adjust="none")
    for key in ("", guideline):
        yield Asked("month", key=key)
        yield Asked("change", filters=DRUGS, key=key)
    yield from (Asked("group", by=by) for by in ("specialty", "drift", "quantities"))
    yield Asked("group", filters=DRUGS, by="specialty", across="year")
    for kind in ("agreement", "pair", "silent"):
        yield Asked(kind, level="guideline")
        yield Asked(kind, filters=DRUGS, level="guideline")
    yield Asked("agreement", level="guideline", by="year")
    for kind in ("link", "linked"):
        yield Asked(kind, minimum="3", q="2")
        yield Asked(kind, filters=YEAR, level="guideline", links="services", minimum="3")
    yield from (Asked("ground", by=by) for by in ("", "category"))
    yield Asked("ground", filters=DRUGS)
    yield Asked("specification", filters=DRUGS, level="guideline", key=guideline)
    yield from (Asked("sentence", filters=DRUGS, alike=alike) for alike in ("", "yes"))
    yield from (Asked("answer", q=read_question(text).words) for text in questions)
    for node in (f"guideline/{page}", "service/pharmaceuticals", f"case/{case}", f"case/{case}/item/1"):
        yield Asked("node", "any", node=node)
    yield Asked("node", "reviewer", node=f"guideline/{page}")
    yield Asked("wording", text=letters.links.texts["item_text"][0].strip(" ."))
    for relation in letters.links.relations(f"guideline/{page}"):
        yield Asked("neighbour", node=f"guideline/{page}", relation=relation)
    for kind in ("cases", "stated", "flow"):
        yield Asked(kind, "any", DRUGS)
        yield Asked(kind, "reviewer", outcome="upheld\nmodified", place=page, level="section")
        yield Asked(kind, "any", about="service/pharmaceuticals", text="tab")
    yield Asked("search", q="lumbar spine")
    yield Asked("similar", case=case)
    yield Asked("similar", filters=DRUGS, case=case, mode="pending", outcome="upheld")
    for query in (
        "outcomes_by_section",
        "days_to_decision",
        "identical_citations",
        "visits_recommended_by_section",
    ):
        yield Asked("query", query=query)
    yield Asked("query", query="outcomes_by_page", given=f"page={page}\nparty=any")
    yield Asked("field")


def rows_of(letters, asked):
    """The names of the rows of a table; sentences are counted for one row alone, and are listed here."""
    if asked.kind != "sentence":
        return list(KINDS[asked.kind].every(letters, replace(asked, row="?")).rows)
    found = stock(
        letters.index, letters.scan_sentences(), letters.base.letter, filters=asked.filters, limit=3
    )
    return [row_name(text, alike=bool(asked.alike)) for text in found.table["sentence"]]


def every(letters):
    """A figure of every kind, of the whole, of its first row and its last."""
    for asked in asked_of(letters):
        kind = KINDS[asked.kind]
        if kind.whole:
            yield asked
        if kind.row:
            names = rows_of(letters, asked)
            yield from (replace(asked, row=name) for name in dict.fromkeys((*names[:1], *names[-1:])))


def asked(letters):
    """Figures of all kinds, and of all filters, a hundred and more."""
    for name in FILTERS:
        for party in ("reviewer", "claims_administrator"):
            values = letters.index.values(name)[:1] or [FILTERS[name].example]
            yield from (Asked("outcomes", party, Filters.of(**{name: value})) for value in values)
    yield from every(letters)


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["some", "all"]
)
def story(request, tmp_path_factory):
    """What a hundred addresses, or one of each kind, gave at first, and after each change of the base."""
    folder = tmp_path_factory.mktemp("citable")
    (folder / "letters").mkdir()
    texts = sampled(LETTERS + ADDED, 3)
    told = {}

    def more(count):
        for name, text, _ in islice(texts, count):
            (folder / "letters" / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        build([folder / "letters"], folder / "kb")

    def look(name):
        base, citable = opened(folder)
        with base:
            told[name] = [citable.figure(Asked.read(address)) for address in addresses]

    more(LETTERS)
    base, citable = opened(folder)
    with base:
        if request.param:
            wanted = list(asked(citable.letters))
            assert len(wanted) >= 100
        else:
            wanted = list({one.kind: one for one in reversed([*every(citable.letters)])}.values())
        addresses = [citable.cited(one).address for one in wanted]
        first = set(base.cases())
        counted = [set(KINDS[one.kind].cases(citable.letters, one)) for one in wanted]
    look("first")
    more(ADDED // 2)
    look("kept")
    more(ADDED // 2)
    look("added")
    cases = sorted(first)
    correct(folder / "kb", [correction(case, "patient.age", "44", "a test") for case in cases[:CHANGED]])
    look("corrected")
    remove(folder / "kb", cases[-CHANGED:], "a test")
    look("removed")
    return folder, addresses, told, cases, counted


def same(one, other):
    return one.keys() == other.keys() and all(
        value == other[name] or value == pytest.approx(other[name], rel=1e-9) for name, value in one.items()
    )


def test_a_hundred_figures_are_given_again_while_their_letters_are_there(story):
    _, addresses, told, _, counted = story
    assert len(set(addresses)) == len(addresses)
    assert {Asked.read(address).kind for address in addresses} == KINDS.keys()
    for first, kept, added, cases in zip(told["first"], told["kept"], told["added"], counted, strict=True):
        assert first.letters == len(cases)
        assert first.values == first.now
        assert "still stored" in kept.says
        assert "over the same letters" in added.says
        assert same(first.values, kept.values)
        assert same(first.values, added.values), first.asked.address
        assert (added.added, added.changed, added.removed) == (ADDED, 0, 0)


@pytest.mark.parametrize("change", ["corrected", "removed"])
def test_a_figure_is_given_again_unless_its_own_letters_changed(story, change):
    _, _, told, cases, counted = story
    touched = {*cases[:CHANGED], *(cases[-CHANGED:] if change == "removed" else ())}
    whole = 0
    for first, one, own in zip(told["first"], told[change], counted, strict=True):
        assert (one.added, one.changed) == (ADDED, CHANGED)
        assert one.removed == (CHANGED if change == "removed" else 0)
        assert one.lost == len(own & touched), one.asked.address
        if one.lost:
            assert one.values is None
            assert f"{one.lost} of its {len(own)} letters were removed, corrected" in one.says
        else:
            assert same(first.values, one.values), one.asked.address
            whole += 1
    assert 0 < whole < len(counted)


def test_a_figure_depends_on_the_letters_that_it_counts_alone(story):
    base, citable = opened(story[0])
    every_so_many = 1 if len(story[1]) > len(KINDS) else 6
    wrong = []
    with base:
        letters = citable.letters
        for one in islice(every(letters), 0, None, every_so_many):
            kind = KINDS[one.kind]
            cases = kind.cases(letters, one)
            alone = CountedLetters.of(base, cases)
            if cases and not same(kind.values(letters, one), kind.values(alone, one)):
                wrong.append(one.address)
    assert wrong == []


def test_what_is_left_is_counted_over_the_letters_that_are_left(story):
    folder, addresses, told, cases, _ = story
    at = [Asked.read(address).filters.given() or address for address in addresses].index(
        next(address for address in addresses if address.startswith("/figures/outcomes?party=reviewer&gen"))
    )
    with kg.open(folder / "kb") as base:
        facts = base.facts.filter(pl.col("outcome").is_not_null())
        left = facts.filter(pl.col("case").is_in(cases[CHANGED:-CHANGED]))
        counts = left.select(pl.struct("case", "item").n_unique()).item()
        everything = facts.select(pl.struct("case", "item").n_unique()).item()
    assert told["removed"][at].rest["decisions"] == counts
    assert told["removed"][at].now["decisions"] == everything


@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("/figures/outcomes?generation=000099", UnknownError, "no generation 000099"),
        ("/figures/outcomes?generation=000000", UnknownError, "no generation 000000"),
        ("/figures/outcomes?generation=000001", SettingError, "not kept"),
        ("/figures/outcomes?generation=000001&inputs=9-0123456789abcdef", UnknownError, "no letters with"),
        ("/figures/outcomes?inputs=xyz", SettingError, "digest"),
        ("/figures/outcomes?generation=1", SettingError, "six digits"),
        ("/figures/nothing", ChoiceError, "kind of figure"),
        ("/figures/outcomes?colour=red", ChoiceError, "parameter"),
        ("/figures/outcomes?party=judge", ChoiceError, "party"),
        ("/figures/driver?level=word&row=x", ChoiceError, "level"),
        ("/figures/pair?level=page", SettingError, "needs row"),
        ("/figures/answer?row=2014", SettingError, "needs q"),
        ("/figures/answer?q=upheld&year=2014", ChoiceError, "parameter"),
        ("/figures/answer?q=colourless+green+ideas", QuestionError, "colourless"),
        ("/figures/link?minimum=many", SettingError, "number"),
        ("/figures/link?minimum=1e99", SettingError, "number"),
        ("/figures/node?node=nothing", UnknownError, "nothing"),
        ("/figures/driver?level=page&row=nothing", ChoiceError, "row"),
        ("/figures/month?row=1066-10", ChoiceError, "month"),
        ("/figures/month?row=2016-03&not-year=2014", ChoiceError, "parameter"),
        ("/figures/outcomes?not-colour=red", ChoiceError, "parameter"),
        ("/figures/outcomes?not-year=2016-2014", SettingError, "2016-2014"),
        ("/figures/comparison?one-year=2014", SettingError, "each side"),
        ("/figures/comparison?not-year=2014", SettingError, "each side"),
        ("/figures/change?row=1066-10-14", ChoiceError, "change"),
        ("/figures/outcomes?party=any&party=both", SettingError, "twice"),
        ("//[/figures/outcomes", SettingError, "not a figure address"),
        ("/figures/outcomes?x=" + "y" * 5_000, SettingError, "at most"),
        ("hello", ChoiceError, "kind of figure"),
    ],
)
def test_a_forged_address_is_refused_in_a_sentence(story, address, error, said):
    base, citable = opened(story[0])
    with base, pytest.raises(error, match=said):
        citable.figure(Asked.read(address))


def test_nonsense_in_any_part_of_an_address_is_an_error_of_ours(story):
    base, citable = opened(story[0])
    with base:
        first = {one.kind: one for one in reversed([*every(citable.letters)])}
        for kind, one in first.items():
            for name in (*KINDS[kind].takes, "row", "generation", "inputs", "year", "guideline"):
                for nonsense in ("nonsense", "\0", "-1", "9" * 300):
                    given = {**dict(parse_qsl(urlsplit(one.address).query)), name: nonsense}
                    with suppress(KgError):
                        citable.figure(Asked.of(kind, [*given.items()]))


def test_an_address_reads_back_to_what_it_asks(story):
    for address in story[1]:
        assert Asked.read(address).address == address
        assert Asked.read(f"https://example.org/kg{address}").address == address


def test_a_figure_is_cited_in_every_form(story):
    found = story[2]["first"][1]
    root = "https://example.org"
    assert found.asked.address in figure_citations.text(found, root)
    (item,) = json.loads(figure_citations.csl(found, root))
    assert item["URL"] == f"{root}{found.asked.address}"
    written = figure_citations.bibtex(found, root)
    assert written.count("{") == written.count("}")
    assert r"\&generation" in written
    triples = figure_citations.n_triples(found)
    assert triples.count("Observation") == sum(value is not None for value in found.values.values())
    assert "qb:Observation" in cube.as_turtle(triples)


def test_the_command_gives_a_figure_again_or_says_why_not(story, capsys):
    folder, addresses, _, _, _ = story

    def run(*words):
        with pytest.raises(SystemExit) as stop:
            app(["figure", *words, "--kb", str(folder / "kb")])
        return stop.value.code, capsys.readouterr().out

    assert run(addresses[0])[0] == 1
    assert run("/figures/outcomes?generation=000099")[0] == 3
    assert run("/figures/nothing")[0] == 2
    code, printed = run("/figures/outcomes", "--format", "json")
    assert (code, json.loads(printed)["generation"]) == (0, "000005")
    for form, said in (("bibtex", "@misc"), ("csl", '"dataset"'), ("ttl", "qb:"), ("text", "Outcomes")):
        assert said in run("/figures/outcomes", "--format", form)[1]
