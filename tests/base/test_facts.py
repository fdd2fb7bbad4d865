"""The facts table: its columns, what is recommended, ranges of pages, files of an older program."""

from datetime import date

import polars as pl
import pytest
from msgspec.structs import replace

from kg.base.facts import POSITION, Rows
from kg.base.stored_columns import EARLIER, FACTS, TABLES
from kg.base.tables import arrow, data_frames
from kg.graph import iri
from kg.graph.triples import n_triples
from kg.model import (
    Basis,
    Citation,
    Code,
    CodeSystem,
    Decision,
    Determination,
    DisputedItem,
    Frequency,
    GuidelineField,
    Outcome,
    PageRange,
    Patient,
    Quantity,
    Rationale,
    Refills,
    Reviewer,
    Section,
    Span,
    Template,
    TimeSpan,
    TimeUnit,
    Unit,
)

NOWHERE = Span(0, 0)
CASE = "CM15-0000001"


def amount(least, most=None, unit=Unit.VISIT):
    return Quantity(least, most or least, unit, NOWHERE)


def decision(quantity=None, recommended=(), pages=(), sections=(), guideline="chronic-pain"):
    ranges = tuple(PageRange(first, last, NOWHERE) for first, last in pages)
    cited = Citation(True, guideline, 2009, None, sections, ranges, None, NOWHERE)
    item = DisputedItem("Therapy", NOWHERE, "Therapy", NOWHERE, quantity=quantity)
    silent, citing = GuidelineField(Basis.NONE_CITED), GuidelineField(Basis.MTUS, (cited,))
    rationale = Rationale(NOWHERE, tuple(recommended))
    return Decision(item, Outcome.UPHELD, NOWHERE, silent, citing, rationale)


def letter(*decisions):
    return Determination(
        CASE, Template.PAGES, None, None, None, None, None, None, Reviewer(), Patient(), decisions
    )


def table(*decisions):
    rows = Rows({})
    rows.add(0, CASE, letter(*decisions), "")
    return data_frames.frame(rows.tables()["facts"])


@pytest.mark.parametrize(
    ("requested", "recommended", "expected"),
    [
        (amount(12), [], (None, None, None)),
        (amount(12), [amount(8, 10)], (8, 10, "visit")),
        (amount(12), [amount(6), amount(9, 10), amount(24)], (6, 24, "visit")),  # a trial, and in all
        (None, [amount(8, 10)], (None, None, None)),  # as in the graph: against a quantity of its unit
        (amount(60, unit=Unit.UNIT), [amount(8)], (None, None, None)),
        (amount(4, unit=Unit.WEEK), [amount(8), amount(2, unit=Unit.WEEK)], (2, 2, "week")),
    ],
)
def test_what_is_recommended(requested, recommended, expected):
    found = table(decision(requested, recommended))
    columns = ["recommended_min", "recommended_max", "recommended_unit"]
    assert found.select(columns).unique().row(0) == expected


SCHEDULE = [
    name for name in FACTS if name.startswith(("frequency", "period", "duration", "refills", "supply"))
]


def test_a_schedule_and_codes():
    given = decision()
    item = replace(
        given.item,
        frequency=Frequency(2, 3, 4, 6, TimeUnit.WEEK, NOWHERE),
        duration=TimeSpan(1, 2, TimeUnit.YEAR, NOWHERE),
        refills=Refills(0, 1, NOWHERE),
        codes=(Code(CodeSystem.CPT, "97110", NOWHERE), Code(CodeSystem.ICD_9, "724.2", NOWHERE)),
    )
    found = table(replace(given, item=item))
    assert found.select(SCHEDULE).unique().row(0) == (2, 3, 4, 6, "week", 1, 2, "year", 0, 1, None, None)
    assert found["codes"].to_list()[0] == ["cpt:97110", "icd-9:724.2"]
    assert table(given).select(SCHEDULE).unique().row(0) == (None,) * len(SCHEDULE)


@pytest.mark.parametrize(
    ("unit", "days"), [(TimeUnit.DAY, 2), (TimeUnit.WEEK, 14), (TimeUnit.MONTH, 60), (TimeUnit.YEAR, 730)]
)
def test_a_supply_is_in_days(unit, days):
    given = decision()
    item = replace(given.item, supply=TimeSpan(2, 2, unit, NOWHERE))
    found = table(replace(given, item=item))
    assert set(found["supply_days_min"]) == set(found["supply_days_max"]) == {days}


def test_a_letter_without_a_rationale_recommends_nothing():
    found = table(replace(decision(), rationale=None))
    assert found["recommended_max"].null_count() == found.height


@pytest.mark.parametrize(
    ("guideline", "pages", "counted"),
    [
        ("chronic-pain", [(98, 99)], [98, 99]),
        ("chronic-pain", [(1, 100)], list(range(1, 101))),
        ("chronic-pain", [(1, 101)], []),  # a misprint
        ("chronic-pain", [(1, 127), (8, 8)], [8]),
    ],
)
def test_graph_and_facts_take_the_same_pages(guideline, pages, counted):
    given = decision(pages=pages, guideline=guideline)
    found = table(given).filter(party="reviewer")
    assert found["page"].drop_nulls().to_list() == counted
    triples = n_triples(letter(given))
    expected = [iri.page("chronic-pain/2009", page) for page in counted]
    cited = [line.split()[2].strip("<>") for line in triples.splitlines() if "citesPage" in line]
    assert cited == expected


def test_a_citation_of_a_misprinted_range_alone_stays():
    found = table(decision(pages=[(1, 500)])).filter(party="reviewer")
    assert found.select("citation", "guideline", "section", "page").rows() == [
        (1, "chronic-pain", None, None)
    ]
    section = Section("Opioids", "chronic-pain/2009/opioids", NOWHERE)
    found = table(decision(pages=[(1, 500)], sections=(section,))).filter(party="reviewer")
    assert found.select("section", "page").rows() == [("chronic-pain/2009/opioids", None)]


def written(frame, schema, path):
    arrow.write([arrow.table(frame.rows(), schema)], schema, path)


def read(folder, schema):
    """The tables as the program without polars has them."""
    return list(arrow.rows_of(arrow.read(arrow.files(folder), schema)))


def test_files_of_an_older_program_are_read_beside_newer_ones(tmp_path):
    """Columns that came later are null in what was written before, then by polars."""
    new = table(decision(amount(12), [amount(8)])).drop(POSITION)
    written(new, FACTS, tmp_path / "2.parquet")
    new.drop("recommended_min", "recommended_max", "recommended_unit").write_parquet(tmp_path / "1.parquet")
    found = data_frames.scan(tmp_path, FACTS).collect()
    assert found.columns == list(FACTS)
    assert found["recommended_max"].to_list() == [None] * new.height + [8.0] * new.height
    assert found["case"].null_count() == 0
    assert read(tmp_path, FACTS) == found.rows()
    counted = data_frames.scan(tmp_path, FACTS).select(pl.col("recommended_unit").count())
    assert counted.collect().item() == new.height


@pytest.mark.parametrize(("table", "licensed", "called"), [("facts", ["Ohio"], 1), ("determinations", 1, 2)])
def test_columns_that_had_another_name_are_read_by_their_name_of_now(tmp_path, table, licensed, called):
    names = ("case", "date_of_injury", "licensed_in")
    new = pl.DataFrame(
        [("A", date(2015, 1, 2), licensed)],
        schema=data_frames.schema_of({name: TABLES[table][name] for name in names}),
        orient="row",
    )
    old = new.rename(dict([*EARLIER.items()][:called]))  # a list of licences was always called so
    old.write_parquet(tmp_path / "1.parquet")
    written(new, {name: TABLES[table][name] for name in names}, tmp_path / "2.parquet")
    found = data_frames.scan(tmp_path, TABLES[table]).collect()
    assert found.columns == list(TABLES[table])
    assert found.select(names).equals(pl.concat([new, new]))
    assert read(tmp_path, TABLES[table]) == found.rows()
