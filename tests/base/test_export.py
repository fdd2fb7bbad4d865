import io
import json
import shutil
import subprocess
from pathlib import Path

import base_letters
import networkx as nx
import polars as pl
import pyoxigraph as ox
import pytest

from kg.base.building.build import build
from kg.base.export import export
from kg.base.export_formats import Format
from kg.base.store import KnowledgeBase
from kg.errors import SettingError, UnknownError
from kg.graph import iri

CASES = ("CM16-0000001", "CM16-0000002", "CM16-0000003")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    letters = folder / "letters"
    letters.mkdir()
    for number, case in enumerate(CASES):
        text = base_letters.letter(case, items=number + 1).replace("MRI of", "=HYPERLINK of")
        (letters / f"{case}.txt").write_text(text, encoding="utf-8")
    build([letters], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as base:
        yield base


def exported(base, form, cases=None):
    out = io.BytesIO()
    export(base, form, out, cases)
    return out.getvalue()


def triples(data, form):
    return {str(quad.triple) for quad in ox.parse(data, format=form)}


def under(case, found):
    return {triple for triple in found if triple.startswith((f"<{iri.case(case)}>", f"<{iri.case(case)}/"))}


def test_the_whole_base_as_triples(base):
    found = triples(exported(base, "nt"), ox.RdfFormat.N_TRIPLES)
    store = ox.Store.read_only(str(base.graph_folder))
    assert found == {str(quad.triple) for quad in store}
    assert triples(exported(base, "ttl"), ox.RdfFormat.TURTLE) == found
    assert triples(exported(base, "jsonld"), ox.RdfFormat.JSON_LD) == found


@pytest.mark.parametrize(
    ("form", "rdf"),
    [("nt", ox.RdfFormat.N_TRIPLES), ("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)],
)
def test_some_cases_as_triples(base, form, rdf):
    whole = triples(exported(base, "nt"), ox.RdfFormat.N_TRIPLES)
    chosen = [CASES[2], CASES[0], CASES[2]]
    found = triples(exported(base, form, chosen), rdf)
    assert found == under(CASES[0], whole) | under(CASES[2], whole)
    assert len(found) > 60


def test_json_ld_is_one_document_a_line(base):
    text = exported(base, "jsonld").decode()
    nodes = json.loads(text)["@graph"]
    assert [node["caseNumber"] for node in nodes if "id" in node] == list(CASES)
    assert text.count("\n") == len(nodes) + 2


@pytest.mark.parametrize("cases", [None, [CASES[1]]])
def test_the_facts(base, cases):
    facts = pl.read_parquet(io.BytesIO(exported(base, "parquet", cases)))
    wanted = base.facts if cases is None else base.facts.filter(pl.col("case").is_in(cases))
    assert facts.equals(wanted)
    rows = pl.read_csv(io.BytesIO(exported(base, "csv", cases)))
    assert rows.columns == wanted.columns
    assert rows["case"].to_list() == wanted["case"].to_list()


def test_no_cell_of_the_csv_is_a_formula(base):
    rows = pl.read_csv(io.BytesIO(exported(base, "csv")))
    texts = set(rows["item_text"].to_list())
    assert any(text.startswith("'=HYPERLINK") for text in texts)
    for column in rows.select(pl.col(pl.String)).iter_columns():
        assert not column.drop_nulls().str.contains(r"^[=+\-@\t\r]").any()


@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_the_network(base, form, read):
    network = read(io.BytesIO(exported(base, form, [CASES[0]])))
    case, item = f"case/{CASES[0]}", f"case/{CASES[0]}/item/1"
    assert network.nodes[case]["kind"] == "Determination"
    assert network.nodes[item]["label"].startswith("=HYPERLINK")
    assert network.nodes["outcome/upheld"]["label"] == "Upheld"
    properties = [said["property"] for said in network.get_edge_data(case, item).values()]
    assert properties == ["disputedItem"]
    assert not any(CASES[1] in node for node in network)


@pytest.mark.parametrize("form", Format)
def test_every_format_writes_no_case_at_all(base, form):
    if form == "xlsx":
        pytest.importorskip("xlsxwriter")
    written = io.BytesIO()
    export(base, form, written, [])
    assert not any(case.encode() in written.getvalue() for case in CASES)


def test_what_is_not_there_is_named(base):
    with pytest.raises(SettingError, match="expected a format"):
        exported(base, "docx")
    with pytest.raises(UnknownError, match="no case 'CM99-1'"):
        exported(base, "nt", ["CM99-1"])


@pytest.mark.skipif(not shutil.which("rapper"), reason="needs raptor2-utils")
def test_an_independent_parser_reads_a_whole_export(base, tmp_path: Path):
    for form, name in (("nt", "ntriples"), ("ttl", "turtle")):
        path = tmp_path / f"base.{form}"
        path.write_bytes(exported(base, form))
        told = subprocess.run(
            ["rapper", "--quiet", "--count", "--input", name, path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (told.returncode, told.stderr) == (0, "")


def test_quotes_of_the_letters_beside_the_triples(base):
    plain = triples(exported(base, "nt", CASES[:1]), ox.RdfFormat.N_TRIPLES)
    for form in ("nt", "ttl"):
        out = io.BytesIO()
        export(base, form, out, CASES[:1], quotes=True)
        found = triples(out.getvalue(), ox.RdfFormat.from_extension(form))
        assert plain < found
        assert all("/annotation/" in triple for triple in found - plain)
        assert any('"upheld"' in triple.lower() for triple in found - plain)
    with pytest.raises(SettingError, match="nt or ttl, not as csv"):
        export(base, "csv", io.BytesIO(), quotes=True)
