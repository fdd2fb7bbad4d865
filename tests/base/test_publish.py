"""Bases published to real servers give the rows that they give here."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from base_letters import many

from kg import queries
from kg.base.build import build
from kg.base.publish import Endpoint, publish
from kg.base.store import KnowledgeBase, open_base
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
    with open_base(folder / "kb") as opened:
        yield opened


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as answer:  # it answers
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("no oxigraph server here: pip install oxigraph")
    port = free_port()
    command = [
        program,
        "serve",
        "--location",
        str(tmp_path_factory.mktemp("oxigraph")),
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
NumberOfBuffers = 20000
[HTTPServer]
ServerPort = {http}
"""


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("no Virtuoso here: apt-get install virtuoso-opensource-7-bin")
    folder = tmp_path_factory.mktemp("virtuoso")
    port = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=free_port(), http=port))
    quiet = subprocess.DEVNULL
    with subprocess.Popen([program, "+foreground"], cwd=folder, stdout=quiet, stderr=quiet) as server:
        wait_for(f"http://127.0.0.1:{port}/sparql", server)
        yield f"http://127.0.0.1:{port}"
        server.kill()


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
