"""A broken query is told what is wrong and where; a sound one is taken, whatever it holds."""

import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import queries
from kg.graph import sparql, syntax
from kg.graph.sparql import tokens

BROKEN = [  # a query, the line and column of its fault, and how the message begins
    # brackets
    ("SELECT * { ?s ?p ?o", 1, 20, "the query ends, but the '{' at line 1, column 10 is not"),
    ("SELECT * {\n { ?s ?p ?o }\n", 2, 14, "the query ends, but the '{' at line 1, column 10"),
    ("SELECT * { ?s ?p ?o . FILTER(?o > 3 }", 1, 37, "unexpected '}': the '(' at line 1, column 29 is not"),
    ("SELECT (COUNT(?s) AS ?n { ?s ?p ?o }", 1, 25, "unexpected '{'; expected ')', which closes the '(' at"),
    ("SELECT (COUNT(?s AS ?n) { ?s ?p ?o }", 1, 18, "unexpected 'AS'; expected ')', which closes the '(' at"),
    ("SELECT * { ?s ?p [ ?a ?b }", 1, 26, "unexpected '}': the '[' at line 1, column 18 is not closed"),
    ("SELECT * { ?s ?p ( 1 2 }", 1, 24, "unexpected '}': the '(' at line 1, column 18 is not closed"),
    ("SELECT * { ?s ?p ?o }}", 1, 22, "unexpected '}': no bracket is open"),
    ("SELECT * { ?s ?p ?o ) }", 1, 21, "unexpected ')': the '{' at line 1, column 10 is not closed"),
    ("SELECT * { ?s ?p ?o } HAVING (?o > 2", 1, 37, "the query ends, but the '(' at line 1, column 30"),
    ("CONSTRUCT { ?s ?p ?o WHERE { ?s ?p ?o }", 1, 22, "unexpected 'WHERE'; expected '.', ';', ',' or '}'"),
    ("ASK WHERE ?s ?p ?o", 1, 11, "unexpected '?s'; expected '{'"),
    # statements
    ("SELECT * { ?s ?p ?o ?x ?y ?z }", 1, 21, "unexpected '?x'; expected '.', ';', ','"),
    ("SELECT * {\n  ?s ?p ?o\n  ?x ?y ?z\n}", 3, 3, "unexpected '?x'; expected '.', ';', ','"),
    ("SELECT * { ?s ?p }", 1, 18, "unexpected '}'; expected '(', '[' or a term"),
    ("SELECT * { ?s }", 1, 15, "unexpected '}'; expected '(', a variable or a property"),
    ("SELECT * { ?s ?p ?o . . ?s ?p ?o }", 1, 23, "unexpected '.'; expected"),
    ("SELECT * { ?s = ?o }", 1, 15, "unexpected '='; expected '(', a variable or a property"),
    ("SELECT * { ?s ?p 12-01-2016 }", 1, 20, "unexpected '-'; expected '.'"),
    ("SELECT * { ?s ?p ?o UNION { ?s ?p ?o } }", 1, 21, "unexpected 'UNION'; expected '.'"),
    ("SELECT * { GRAPH { ?s ?p ?o } }", 1, 18, "unexpected '{'; expected a variable or an IRI"),
    # strings, IRIs, characters
    ('SELECT * { ?s ?p "abc . ?s ?p ?o }', 1, 18, "the string that begins here is not closed"),
    ("SELECT * { ?s ?p ?o FILTER(?o = 'a) }", 1, 33, "the string that begins here is not closed"),
    ("SELECT * { ?s ?p <http://a.example }", 1, 18, "the IRI that begins here is not closed with '>'"),
    ("SELECT * { ?s ?p ?o FILTER(?o & ?p) }", 1, 31, "unexpected character '&'"),
    ("SELECT * { ?s ?p 'a'@ }", 1, 21, "unexpected character '@'"),
    # words
    ("SELCT * { ?s ?p ?o }", 1, 1, "unknown word SELCT; did you mean SELECT?"),
    ("SELECT * WHER { ?s ?p ?o }", 1, 10, "unknown word WHER; did you mean WHERE?"),
    ("SELECT * { OPTIONL { ?s ?p ?o } }", 1, 12, "unknown word OPTIONL; did you mean OPTIONAL?"),
    ("SELECT * { ?s ?p ?o . FITLER(?o > 3) }", 1, 23, "unknown word FITLER; did you mean FILTER?"),
    ("SELECT * { ?s ?p ?o FILTER(CONTAIN(?o, 'a')) }", 1, 28, "unknown word CONTAIN; did you mean CONTAINS?"),
    ("SELECT * { FILTER NOT EXIST { ?s ?p ?o } }", 1, 23, "unknown word EXIST; did you mean EXISTS?"),
    ("SELECT ?s { ?s ?p ?o } GRUPBY ?s", 1, 24, "unknown word GRUPBY; did you mean GROUP BY?"),
    ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "unexpected '?s'; expected BY"),
    ("SELECT * { ?s ?p ?o } ORDER BY DSC(?s)", 1, 32, "unknown word DSC; did you mean DESC?"),
    ("SELECT * { ?s ?p ?o } LIMT 3", 1, 23, "unknown word LIMT; did you mean LIMIT?"),
    ("SELECT * { ?s a Item }", 1, 17, "unknown word Item; a name has a prefix (imr:Item), a variable"),
    ("SELECT * { ?s A ?o }", 1, 15, "unknown word A"),
    ("INSERT DATA { <a:a> <a:b> <a:c> }", 1, 1, "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE"),
    ("DELETE WHERE { ?s ?p ?o }", 1, 1, "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE"),
    # clauses
    ("SELECT ?s, ?p { ?s ?p ?o }", 1, 10, "unexpected ','; expected '(', '{', a variable, FROM or WHERE"),
    ("SELECT COUNT(?s) { ?s ?p ?o }", 1, 8, "an expression stands in brackets with a name: (COUNT(...) AS"),
    ("SELECT (COUNT(?s) ?n) { ?s ?p ?o }", 1, 19, "unexpected '?n'; expected an operator or AS"),
    ("SELECT * { ?s ?p ?o . FILTER ?o > 3 }", 1, 30, "unexpected '?o'; expected '('"),
    ("SELECT * { FILTER(1+) }", 1, 21, "unexpected ')'; expected '(', a term or a function"),
    ("SELECT * { BIND(1 ?y) }", 1, 19, "unexpected '?y'; expected an operator or AS"),
    ("SELECT * { VALUES ?s { a } }", 1, 24, "unexpected 'a'; expected '}' or a value"),
    ("SELECT * { ?s ?p ?o } LIMIT", 1, 28, "the query ends too early; expected a number"),
    ("SELECT DISTINCT { ?s ?p ?o }", 1, 17, "unexpected '{'; expected '(' or a variable"),
    ("SELECT * FROM WHERE { ?s ?p ?o }", 1, 15, "unexpected 'WHERE'; expected an IRI or prefixed name"),
    ("PREFIX a <http://a.example/> ASK {}", 1, 8, "unexpected 'a'; expected a prefix such as imr:"),
    ("", 1, 1, "the query ends too early; expected ASK, BASE"),
    # what the grammar cannot hold
    ("SELECT * { ?s imr:itemText ?o }", 1, 15, "prefix imr: is not declared; begin the query with PREFIX"),
    ("SELECT * { ?s my:x ?o }", 1, 15, "prefix my: is not declared; begin the query with PREFIX my: <...>"),
    ("SELECT (1 AS ?s) { ?s ?p ?o }", None, None, "The SELECT overrides an existing variable"),
    ("SELECT * { VALUES (?s ?p) { (1) } }", None, None, "a row of VALUES has more or fewer values"),
    ("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o }", None, None, "where there is an aggregate or GROUP BY"),
    ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", None, None, "where there is an aggregate or GROUP BY"),
    ("SELECT (?o + 1 AS ?x) { ?s ?p ?o } GROUP BY ?s", None, None, "where there is an aggregate or GROUP BY"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "line", "column", "message"), BROKEN, ids=[row[0][:40] for row in BROKEN])
def test_a_broken_query_is_told_why_and_where(query, line, column, message):
    with pytest.raises(SyntaxError) as fault:
        ox.Store().query(query)
    found = syntax.explained(str(fault.value), query)
    assert (found.line, found.column) == (line, column)
    assert found.message.startswith(message)
    assert "..=" not in str(found), "no classes of characters"


def taken(query: str) -> bool:
    """Whether Oxigraph takes a query."""
    try:
        ox.Store().query(query, base_iri="http://a.example/")
    except SyntaxError:
        return False
    except (OSError, RuntimeError):  # a service or a function that is not there
        return True
    return True


@pytest.mark.same_anywhere
@pytest.mark.long
@pytest.mark.parametrize("cut", ["{", "}", "(", ")", '"', "SELECT"])
def test_a_named_query_that_lacks_something_is_told_a_place(cut):
    for name in queries.names():
        text = "\n".join(line for line in queries.load(name).text.splitlines() if not line.startswith("#"))
        for place in [at for at in range(len(text)) if text.startswith(cut, at)]:
            broken = text[:place] + text[place + len(cut) :]
            if not taken(broken):
                assert syntax.explained("", broken).line, broken


def test_the_grammar_takes_what_oxigraph_takes(shared: Path):
    texts = [path.read_text(encoding="utf-8") for path in sorted((shared / "w3c").rglob("*.rq"))]
    texts += [queries.load(name).text for name in queries.names()]
    texts = [text for text in texts if "SERVICE" not in text and taken(text)]
    assert len(texts) > 300
    assert [text for text in texts if syntax._unexpected(text, list(tokens(text)))] == []


UNITS = ("a.", "a.b1..", "'\\", '"\\', '\n\\"""', "\n\\'''", "'''\\'''x", "?v..", "_:a.", "x:a.")


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_is_cut_in_a_time_that_grows_with_its_length_alone(unit: str):
    text = unit * (32_000 // len(unit))
    began = time.process_time()
    assert sum(len(token.text) for token in sparql.tokens(text)) > 10_000
    assert time.process_time() - began < 3  # where it is looked through again from each place: 10 to 50


@given(st.lists(st.sampled_from((*UNITS, "a", "x:", '"""', "'''", "'", '"', "\\", "\n", " ", ".", "1", "é"))))
def test_what_is_not_looked_through_again_changes_no_token(pieces: list[str]):
    text = "".join(pieces)
    plain = [(found.lastgroup, found.group(), found.start()) for found in sparql._PREFIXED.finditer(text)]
    assert [tuple(one) for one in sparql.tokens(text)] == [
        one for one in plain if one[0] not in {"space", "comment"}
    ]
