"""What holds for each address of the API: HEAD, conditional requests, packing, one status for one mistake."""

import gzip
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send
from test_openapi import asked, calls, described, known

from kg.web import transfer
from kg.web.transfer import PACKINGS, Packing

__all__ = ["described", "known"]

Call = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def addresses(site: TestClient, described, known) -> dict[str, str]:
    """An address of each call that is a ``GET``, with what it must be given."""
    return {
        path: str(asked(site, path, method, operation, known).request.url).removeprefix("http://testserver")
        for path, method, operation in calls(described)
        if method == "get"
    }


def more(address: str, query: str) -> str:
    """An address with a parameter more."""
    return f"{address}{'&' if '?' in address else '?'}{query}"


@pytest.mark.long
def test_head_is_get_without_its_body(site: TestClient, addresses: dict[str, str]):
    wrong = []
    for path, address in addresses.items():
        got, head = site.get(address), site.head(address)
        names = ("content-type", "content-length", "etag", "link", "vary", "kg-generation")
        same = all(head.headers.get(name) == got.headers.get(name) for name in names)
        if head.status_code != got.status_code or head.content or not same:
            wrong.append((path, head.status_code, head.headers, got.headers))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.long
def test_what_a_client_has_is_not_sent_again(site: TestClient, addresses: dict[str, str]):
    wrong = []
    for path, address in addresses.items():
        tag = site.get(address).headers.get("etag")
        for given in (tag, f'"other", {tag}', "*") if tag else ():
            again = site.get(address, headers={"If-None-Match": given})
            same = again.headers["etag"].removeprefix("W/") == tag.removeprefix("W/")  # compared weakly
            if not same or (again.status_code, again.content) != (304, b""):
                wrong.append((path, given, again.status_code))
        if tag is None:
            wrong.append((path, "no etag"))
    assert wrong == [], "\n".join(map(str, wrong))


def test_a_parameter_given_twice_or_unknown_is_refused(site: TestClient, described, addresses):
    wrong, count = [], 0
    for path, method, operation in calls(described):
        if method != "get":
            continue
        answer = site.get(more(addresses[path], "colour=red"))
        if answer.status_code != 422:
            wrong.append((path, "colour", answer.status_code))
        for one in operation.get("parameters", ()):
            if one["in"] != "query" or one["schema"].get("type") == "array":
                continue
            count += 1
            given = f"{one['name']}=1&{one['name']}=1"
            answer = site.get(more(addresses[path], given))
            if answer.status_code != 422:
                wrong.append((path, one["name"], answer.status_code, answer.text[:100]))
    assert wrong == [], "\n".join(map(str, wrong))
    assert count > 100


def unpacked(name: str, body: bytes) -> bytes:
    """A body as it was before it was packed."""
    if name == "gzip":
        return gzip.decompress(body)
    return bytes(transfer._ZSTD.decompress(body))


def raw(site: TestClient, address: str, takes: str) -> Any:
    """An answer as it travels, not unpacked, and its bytes."""
    with site.stream("GET", address, headers={"Accept-Encoding": takes}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.long
@pytest.mark.parametrize("name", PACKINGS)
def test_an_answer_is_packed_as_it_is_asked_for(site: TestClient, addresses: dict[str, str], name: str):
    """Packed or not, it has one tag and the same bytes."""
    wide = quote("SELECT * { ?a ?b ?c }")
    everywhere = addresses | {"result": f"/sparql?query={wide}", "page": "/cases", "home": "/"}
    wrong, packed = [], 0
    for path, address in everywhere.items():
        plain, body = raw(site, address, "identity")
        answer, sent = raw(site, address, name)
        if "content-encoding" in answer.headers:
            packed += 1
            sent = unpacked(name, sent)
            tags = {one.headers["etag"].removeprefix("W/") for one in (answer, plain)}
            vary = answer.headers["vary"]
            if answer.headers["content-encoding"] != name or "Accept-Encoding" not in vary:
                wrong.append((path, answer.headers))
            told = "Accept-Encoding" in plain.headers["vary"] and "content-encoding" not in plain.headers
            if len(tags) > 1 or not told:
                wrong.append((path, plain.headers["etag"], answer.headers["etag"]))
        if sent != body:
            wrong.append((path, len(sent), len(body)))
    assert wrong == [], "\n".join(map(str, wrong))
    assert packed > 60


@pytest.mark.parametrize("name", PACKINGS)
def test_the_pieces_of_a_packed_body_can_be_read_as_they_come(name: str):
    packing = Packing(name)
    pieces = [packing.add(bytes(range(256)) * 40) for _ in range(3)]
    assert all(pieces)
    assert unpacked(name, b"".join(pieces) + packing.end()) == bytes(range(256)) * 120
    assert unpacked(name, Packing(name).whole(b"whole")) == b"whole"


@pytest.mark.parametrize("name", PACKINGS)
def test_an_answer_in_pieces_is_packed(name: str):
    pieces = [f"<a> <b> {number} .\n".encode() * 30 for number in range(50)]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = StreamingResponse(iter(pieces), media_type="application/n-triples", headers={"ETag": '"a"'})
        await answer(scope, receive, send)

    site = TestClient(transfer.Transfer(app))
    answer, sent = raw(site, "/", name)
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == (name, "Accept-Encoding")
    assert answer.headers["etag"] == 'W/"a"'
    assert unpacked(name, sent) == b"".join(pieces)
    plain, sent = raw(site, "/", "identity")
    assert (sent, plain.headers["etag"]) == (b"".join(pieces), '"a"')
    assert plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers
