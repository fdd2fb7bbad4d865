"""Answers of named queries that are kept are those of the graph, and damage is found."""

import shutil

import pyoxigraph as ox
import pytest
from tables import each_row

from kg import queries
from kg.analysis.prepared import query_answers
from kg.errors import QueryError
from kg.graph.entailed import rewritten


def texts(name):
    """The texts of a query whose answers are kept."""
    try:
        text = queries.load(name).bind()
    except QueryError:
        return []
    return [text, query_answers.counting(queries.load(name).unlimited().bind())]


def asked(base, text):
    store = ox.Store.read_only(str(base.graph_folder))
    return store.query(rewritten(text)).serialize(format=ox.QueryResultsFormat.JSON)


@each_row("name", queries.names())
def test_the_answer_kept_is_that_of_the_graph(base, tmp_path, name):
    for text in texts(name):
        assert query_answers.is_kept(text)
        assert query_answers.read(tmp_path, text) is None
        answer = asked(base, text)
        query_answers.write(tmp_path, text, answer)
        assert query_answers.read(tmp_path, text) == answer
        header, _, rest = text.rpartition("#+")
        assert query_answers.read(tmp_path, rest.partition("\n")[2] if header else text) == answer


@each_row("name", [name for name in queries.names() if not texts(name)])
def test_what_wants_a_value_is_not_kept(name):
    query = queries.load(name)
    given = {one.name: "chronic-pain/2009/page/98" for one in query.parameters if one.type == "guideline"}
    given |= {one.name: "CM14-0000001" for one in query.parameters if one.type == "case"}
    given |= {one.name: "imaging-radiology" for one in query.parameters if one.type == "service"}
    assert not query_answers.is_kept(query.bind(given))


def test_nor_what_is_given_another_value():
    query = queries.load("outcomes_by_page")
    assert query_answers.is_kept(query.bind({"party": "reviewer"}))
    assert not query_answers.is_kept(query.bind({"party": "any"}))
    assert not query_answers.is_kept("SELECT * { ?s ?p ?o }")
    limited = queries.load("disagreements")
    kept = [query_answers.is_kept(limited.bind({"limit": limit})) for limit in (999, 1000, 1001, 1002)]
    assert kept == [False, True, True, False]


@pytest.mark.parametrize("file", ["answer.json", "files.json"])
def test_a_changed_byte_is_found(tmp_path, caplog, file):
    text = queries.load("outcomes").bind()
    query_answers.write(tmp_path, text, b'{"boolean": true}')
    (path,) = tmp_path.rglob(file)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert query_answers.read(tmp_path, text) is None
    assert "is made anew" in caplog.text
    assert not path.exists()
    query_answers.write(tmp_path, text, b"{}")
    assert query_answers.read(tmp_path, text) == b"{}"


def test_what_is_large_or_has_no_place_is_not_kept(tmp_path):
    text = queries.load("outcomes").bind()
    query_answers.write(tmp_path, text, b" " * (query_answers.MOST + 1))
    assert not list(tmp_path.iterdir())
    query_answers.write(tmp_path / "gone", text, b"{}")
    assert not (tmp_path / "gone").exists()
    (tmp_path / "analysis").write_text("no folder")
    query_answers.write(tmp_path, text, b"{}")
    assert query_answers.read(tmp_path, text) is None


def test_the_first_of_two_that_write_is_kept(tmp_path, monkeypatch):
    text = queries.load("outcomes").bind()
    query_answers.write(tmp_path, text, b"1")
    query_answers.write(tmp_path, text, b"2")
    assert query_answers.read(tmp_path, text) == b"1"
    assert not list(tmp_path.rglob(".query-*"))
    shutil.rmtree(tmp_path / "analysis")
    assert query_answers.read(tmp_path, text) is None
