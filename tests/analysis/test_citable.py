"""Figures that are cited, after letters were added, corrected and removed."""

import json
from itertools import islice

import polars as pl
import pytest

import kg
from kg.analysis import cube
from kg.analysis.cache import Analyses
from kg.analysis.cited import figure_citations
from kg.analysis.cited.citable import Citable
from kg.analysis.cited.figure_address import Asked
from kg.analysis.cited.figure_kinds import KINDS, NOT, named
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.sides import PairRow, sides
from kg.base.building.build import build
from kg.base.upkeep.edit import correct, correction, remove
from kg.cli import app
from kg.errors import ChoiceError, SettingError, UnknownError
from kg.sample import letters

LETTERS, ADDED, CHANGED = 150, 200, 20


def opened(folder):
    base = kg.open(folder / "kb")
    return base, Citable(base, Analyses.of(base))


def asked(index):
    """A hundred figures of all kinds."""
    found = [Asked("outcomes")]
    for name in FILTERS:
        for party in ("reviewer", "claims_administrator"):
            values = index.values(name)[:4] or [FILTERS[name].example]
            found += [Asked("outcomes", party, Filters.of(**{name: value})) for value in values]
    for level in ("guideline", "chapter", "page"):
        keys = index.cited(level, "reviewer").keys["key"].to_list()[:3]
        found += [Asked("driver", level=level, row=key) for key in keys]
    months = sorted({str(day)[:7] for day in index.columns("decision_date")["decision_date"].drop_nulls()})
    found += [Asked("month", row=month) for month in months[:5]]
    found += [Asked("group", by="specialty", row=value) for value in index.values("specialty")[:3]]
    found += [Asked("group", by="drift", row="2016|chronic-pain/2009")]
    found += [Asked("agreement", level="guideline", row=row) for row in ("same", "neither")]
    pairs = sides(index, "guideline", minimum=1).pairs.to_dicts()
    found += [Asked("pair", level="guideline", row=named(PairRow, row)) for row in pairs[:3]]
    some, others = (Filters.of(specialty=value) for value in index.values("specialty")[:2])
    drugs = Filters.of(category="Pharmaceuticals")
    found += [
        Asked("outcomes", filters=drugs, parts=((NOT, some),)),
        Asked("outcomes", "claims_administrator", parts=((NOT, Filters.of(year="2016", sex="male")),)),
        Asked("comparison", filters=drugs, parts=(("one", some), ("other", others))),
        Asked("comparison", parts=((NOT, drugs), ("one", some), ("other-not", some))),
    ]
    return found[:72] + found[-28:]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """What a hundred addresses gave at first, and after each change of the base."""
    folder = tmp_path_factory.mktemp("citable")
    (folder / "letters").mkdir()
    texts = letters(LETTERS + ADDED, 3)
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
        addresses = [citable.cited(one).address for one in asked(citable.analyses.index)]
        first = set(base.cases())
        index = citable.analyses.index
        numbers = index.columns("case")["case"]
        counted = [
            set(numbers.filter(pl.Series(KINDS[one.kind].counted(index, one)))) for one in asked(index)
        ]
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
    assert len(set(addresses)) == 100
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
    assert 0 < whole < 100


def test_what_is_left_is_counted_over_the_letters_that_are_left(story):
    folder, _, told, cases, _ = story
    with kg.open(folder / "kb") as base:
        facts = base.facts.filter(pl.col("outcome").is_not_null())
        left = facts.filter(pl.col("case").is_in(cases[CHANGED:-CHANGED]))
        counts = left.select(pl.struct("case", "item").n_unique()).item()
        everything = facts.select(pl.struct("case", "item").n_unique()).item()
    assert told["removed"][0].rest["decisions"] == counts
    assert told["removed"][0].now["decisions"] == everything


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
        ("/figures/driver?level=page", SettingError, "needs row"),
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
    kinds = {"outcomes", "comparison", "driver", "month", "change", "group", "agreement", "pair"}
    assert set(KINDS) == kinds == {one.asked.kind for one in story[2]["first"]} | {"change"}


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
