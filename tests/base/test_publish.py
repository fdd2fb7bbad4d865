"""Bases published to real servers give the rows that they give here."""

from collections.abc import Iterator

import pytest
from base_letters import many
from sparql_servers import free_port, oxigraph_at, virtuoso_at

from kg import queries
from kg.base.building.build import build
from kg.base.publish import Endpoint, publish
from kg.base.store import KnowledgeBase
from kg.errors import BaseError, SettingError
from kg.graph import iri

GRAPH = f"{iri.BASE}graph"
VALUES = {
    "case": "CM16-0000002",
    "page": "acoem-2004/page/308",
    "section": "acoem-2004/12/special-studies",
    "guideline": "acoem-2004/12",
    "specialty": "orthopedic-surgery",
    "service": "injection",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("base")
    build([many(folder / "letters", 12)], folder / "kb")
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph_at(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with virtuoso_at(tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


def rows(where: KnowledgeBase | Endpoint) -> dict[str, list[str]]:
    """The rows of all named queries, in one order."""
    found = {}
    for name in queries.names():
        wanted = {p.name: VALUES[p.name] for p in queries.load(name).parameters if p.default is None}
        answer = queries.run(where, name, **wanted)
        found[name] = sorted(repr(tuple(map(plain, row))) for row in answer)
    return found


def plain(value: object) -> object:
    """A number without its type and last digits, in which servers differ."""
    return round(float(value), 6) if isinstance(value, bool | int | float) else value


@pytest.mark.long
@pytest.mark.parametrize(("path", "protocol"), [("store", "store"), ("update", "update")])
def test_an_oxigraph_server_gives_the_same_rows(
    path: str, protocol: str, oxigraph: str, base: KnowledgeBase
) -> None:
    for replace in (True, False):  # the same triples twice are there once
        sent = publish(base, f"{oxigraph}/{path}", replace=replace)
        assert (sent.protocol, sent.triples) == (protocol, base.about["triples"])
    there = Endpoint(f"{oxigraph}/query")
    ((count,),) = there.graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(count) == base.about["triples"]
    assert rows(there) == rows(base)


@pytest.mark.long
def test_virtuoso_gives_the_same_rows(
    virtuoso: str, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    crud = f"{virtuoso}/sparql-graph-crud-auth"
    with pytest.raises(BaseError, match="KG_PUBLISH_PASSWORD"):
        publish(base, crud, graph=GRAPH)
    monkeypatch.setenv("KG_PUBLISH_USER", "dba")
    monkeypatch.setenv("KG_PUBLISH_PASSWORD", "dba")
    sent = publish(base, crud, graph=GRAPH, replace=True)
    assert sent.triples == base.about["triples"]
    monkeypatch.delenv("KG_PUBLISH_USER")
    assert rows(Endpoint(f"{virtuoso}/sparql")) == rows(base)


@pytest.mark.parametrize(
    "address", ["ftp://host/store", "http:///store", "http://me:secret@host/store", "store"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(
    address: str, base: KnowledgeBase
) -> None:
    with pytest.raises(SettingError, match="expected an http address") as fault:
        publish(base, address)
    assert "secret" not in str(fault.value)


def test_a_server_that_is_not_there_is_named(base: KnowledgeBase) -> None:
    with pytest.raises(BaseError, match=r"127\.0\.0\.1.*cannot be reached"):
        publish(base, f"http://127.0.0.1:{free_port()}/store")
