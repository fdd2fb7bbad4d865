"""What bad visitors send: queries and requests, each kind in several spellings.

``{canary}`` is a port that nobody may ask, ``{file}`` a file that nobody may read.
"""

from collections.abc import Iterator
from urllib.parse import quote

ALL = "?s ?p ?o"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ELSEWHERE = "http://127.0.0.1:{canary}/"

STACK = [
    "SELECT * {" + "{" * 3000 + "}" * 3000 + "}",
    "SELECT * {" + "{ SELECT * " * 1200 + "{}" + "}" * 1200 + "}",
    "SELECT * {" + f"OPTIONAL {{ {ALL} }} " * 1400 + "}",
    f"SELECT * {{ {{ {ALL} }}" + f" UNION {{ {ALL} }}" * 1500 + "}",
    "SELECT * {" + f"MINUS {{ {ALL} }} " * 1500 + "}",
    "SELECT * {" + "FILTER EXISTS { " * 900 + "}" * 900 + "}",
    "SELECT * { ?a ?b ?c . FILTER(" + "!" * 20_000 + "true) }",
    "SELECT * { ?a ?b ?c . FILTER(" + "(" * 120 + "1" + ")" * 120 + "=1) }",
    "ASK { FILTER(" + "(" * 9000 + "1" + ")" * 9000 + ") }",
    "ASK { FILTER(" + "1+" * 1500 + "1 = 2) }",
    "ASK { FILTER(" + "-" * 15_000 + "1 = 2) }",
    "ASK { FILTER(" + "1=1||" * 1900 + "1=2) }",
    "ASK { FILTER(" + "IF(true," * 1500 + "1" + ",2)" * 1500 + ") }",
    "ASK { FILTER(" + "COALESCE(" * 3000 + "1" + ")" * 3000 + ") }",
    "ASK { ?s " + "<a:b>/" * 1900 + "<a:b> ?o }",
    "ASK { ?s " + "^" * 9000 + "<a:b> ?o }",
    "ASK { ?s " + "(" * 5000 + "<a:b>" + ")*" * 5000 + " ?o }",
    "ASK { ?s (" + "<a:b>|" * 1900 + "<a:b>)* ?o }",
    "ASK { ?s <a:b> " + "(" * 7000 + ")" * 7000 + " }",
    "ASK { " + "[ <a:b> " * 3000 + "1" + "]" * 3000 + " }",
    "ASK { << " * 2000 + f"{ALL} " + ">> " * 2000 + "}",
]
ENDLESS = [
    RUNAWAY,
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d",
    "SELECT ?a (COUNT(DISTINCT ?d) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a",
    "SELECT * { { ?a ?b ?c } UNION { ?d ?e ?f } { ?g ?h ?i } UNION { ?j ?k ?l } ?m ?n ?o }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . FILTER(STR(?c) < STR(?f) && STRLEN(STR(?a)) > 1000) }",
    "SELECT * { ?a (!<x:y>)* ?b . ?b (!<x:y>)* ?c }",
    "SELECT * { ?a (<x:y>|!<x:y>)+ ?b . ?c (!<x:z>)+ ?d }",
    "ASK { ?a (!<x:y>)* ?b . ?b (!<x:y>)* ?c . ?c (!<x:y>)* ?d . FILTER(?a = <n:o>) }",
    "SELECT * { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i . FILTER(?d = ?i) } }",
    "SELECT * { ?a ?b ?c MINUS { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l } }",
    "SELECT * { VALUES ?x { " + "1 " * 9000 + "} VALUES ?y { " + "1 " * 5000 + "} }",
    "SELECT (SUM(RAND()) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
    "CONSTRUCT { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 99999999999",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 99999999999",
]
BOMBS = [
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?x . ?c ?d ?e . ?f ?g ?h }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?b), STR(?x)); separator='" + "-" * 9000 + "') AS ?y)"
    " { ?a ?b ?x . ?c ?d ?e }",
    f'SELECT ?x {{ BIND(REPLACE("{"a" * 20_000}", "a", "{"b" * 5000}") AS ?y)'
    " BIND(CONCAT(?y,?y,?y,?y) AS ?x) }",
    f'SELECT * {{ BIND("{"a" * 9000}" AS ?a0) '
    + " ".join(f"BIND(CONCAT(?a{n},?a{n},?a{n},?a{n}) AS ?a{n + 1})" for n in range(12))
    + "}",
    f'SELECT * {{ BIND(ENCODE_FOR_URI("{"é" * 9000}") AS ?a) '
    "BIND(ENCODE_FOR_URI(ENCODE_FOR_URI(ENCODE_FOR_URI(?a))) AS ?b) }",
    f'ASK {{ FILTER(REGEX("{"a" * 10_000}", "(a+)+$")) }}',
    f'ASK {{ FILTER(REGEX("{"a" * 10_000}b", "(a|aa)*c")) }}',
    f'ASK {{ FILTER(REGEX("{"x" * 20_000}", "(x+x+)+y")) }}',
    'ASK { FILTER(REGEX("a", "' + "(a?){50}" * 100 + '")) }',
    'ASK { FILTER(REGEX("a", "((((a{1,90}){1,90}){1,90}){1,90})")) }',
    'ASK { FILTER(REGEX("a", "' + "(" * 8000 + ")" * 8000 + '")) }',
    'ASK { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT("(", STR(?f), "|.*)*$"))) }',
    f'ASK {{ FILTER(REPLACE("{"ab" * 9000}", "(a*)*b", "$1$1$1$1") = "x") }}',
]
NETWORK = [
    f"ASK {{ SERVICE <{ELSEWHERE}> {{ {ALL} }} }}",
    f"ASK {{ sErViCe sIlEnT <{ELSEWHERE}> {{ {ALL} }} }}",
    f"ASK {{ SERVICE SILENT<{ELSEWHERE}>{{ {ALL} }} }}",
    f"ASK {{\tSERVICE\r\n#x\n<{ELSEWHERE}> {{ {ALL} }} }}",
    f"ASK {{ \\u0053ERVICE <{ELSEWHERE}> {{ {ALL} }} }}",
    f"ASK {{ \\U00000053\\u0045RVICE <{ELSEWHERE}> {{ {ALL} }} }}",
    f"ASK {{ SERVICE ?where {{ {ALL} }} VALUES ?where {{ <{ELSEWHERE}> }} }}",
    f"ASK {{ {{ SELECT * {{ SERVICE ?where {{ {ALL} }} VALUES ?where {{ <{ELSEWHERE}> }} }} }} }}",
    f"ASK {{ BIND(IRI('{ELSEWHERE}') AS ?w) SERVICE ?w {{ {ALL} }} }}",
    f"PREFIX SERVICE: <{ELSEWHERE}> ASK {{ SERVICE SERVICE: {{ {ALL} }} }}",
    f"BASE <{ELSEWHERE}> ASK {{ SERVICE <> {{ {ALL} }} }}",
    f"ASK {{ FILTER(1 < 2) SERVICE <{ELSEWHERE}> {{ {ALL} }} FILTER(3 > 2) }}",
    f"ASK {{ ?a<b:c>?d.SERVICE<{ELSEWHERE}>{{ {ALL} }} }}",
    f"ASK {{ ?a ?b '''it''s''' . SERVICE <{ELSEWHERE}> {{ {ALL} }} # ''' \n }}",
    f"ASK {{ OPTIONAL {{ SERVICE <{ELSEWHERE}> {{ {ALL} }} }} }}",
    f"ASK {{ FILTER NOT EXISTS {{ SERVICE <{ELSEWHERE}> {{ {ALL} }} }} }}",
    f"SELECT * FROM <{ELSEWHERE}> {{ {ALL} }}",
    f"SELECT * FROM NAMED <{ELSEWHERE}> {{ GRAPH ?g {{ {ALL} }} }}",
    f"select*from<{ELSEWHERE}>{{{ALL}}}",
    f"SELECT * \\u0046ROM <{ELSEWHERE}> {{ {ALL} }}",
    f"CONSTRUCT {{ {ALL} }} FROM <{ELSEWHERE}> {{ {ALL} }}",
    f"DESCRIBE <{ELSEWHERE}> FROM <{ELSEWHERE}>",
    f"LOAD <{ELSEWHERE}>",
    f"LOAD SILENT <{ELSEWHERE}> INTO GRAPH <a:b>",
    "SELECT * FROM <file://{file}> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file://{file}> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <{file}> { ?s ?p ?o }",
    "BASE <file:///> SELECT * FROM <.{file}> { ?s ?p ?o }",
    "ASK { SERVICE <file://{file}> { ?s ?p ?o } }",
    "LOAD <file://{file}>",
]
WRITES = [
    "INSERT DATA { <a:b> <a:b> <a:b> }",
    "DELETE WHERE { ?s ?p ?o }",
    "DROP ALL",
    "CLEAR DEFAULT",
    "CREATE GRAPH <a:b>",
    "COPY DEFAULT TO <a:b>",
    "SELECT * {} ; DROP ALL",
]
NOISE = [
    "\x00",
    "SELECT * { ?s ?p '\x00' }",
    "#" * 32_000,
    "'" * 32_000,
    '"""' + "a" * 30_000,
    "<" * 32_000,
    "a." * 16_000,
    "SELECT" * 5000,
    "\\u" * 9000,
    "\\uD800\\U0011FFFF",
    "é" * 30_000,
    " " * 32_000 + "ASK {}",
]
QUERIES = [*STACK, *ENDLESS, *BOMBS, *NETWORK, *WRITES, *NOISE]


def _get(path: str, *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in ("Host: x", "Connection: close", *lines))
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape")


def _post(body: bytes, *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in ("Host: x", "Connection: close", *lines))
    return f"POST /sparql HTTP/1.1\r\n{head}\r\n".encode() + body


_QUERY, _FORM = "Content-Type: application/sparql-query", "Content-Type: application/x-www-form-urlencoded"
REQUESTS = {
    "10,000 headers": _get("/", *(f"X-{n}: 1" for n in range(10_000))),
    "long header": _get("/", "X: " + "a" * 200_000),
    "long address": _get("/" + "a" * 60_000),
    "many parameters": _get("/api/cases?" + "&".join(f"year={n}" for n in range(5000))),
    "years without end": _get("/api/cases?year=0-99999999999"),
    "lists without end": _get("/api/cases?limit=99999999999&cursor=" + "A" * 5000),
    "two lengths": _post(
        b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n", _QUERY, "Content-Length: 5", "Transfer-Encoding: chunked"
    ),
    "two content-lengths": _post(b"ASK {}", _QUERY, "Content-Length: 6", "Content-Length: 3"),
    "odd chunking": _post(b"6\r\nASK {}\r\n0\r\n\r\n", _QUERY, "Transfer-Encoding: xchunked"),
    "chunked twice": _post(b"0\r\n\r\n", _QUERY, "Transfer-Encoding: chunked, chunked"),
    "chunk of no number": _post(b"zz\r\nASK {}\r\n0\r\n\r\n", _QUERY, "Transfer-Encoding: chunked"),
    "chunk without end": _post(b"f" * 60_000, _QUERY, "Transfer-Encoding: chunked"),
    "chunk extensions": _post(
        b"1;" + b"x=y;" * 9000 + b"\r\nA\r\n0\r\n\r\n", _QUERY, "Transfer-Encoding: chunked"
    ),
    "negative length": _post(b"", _QUERY, "Content-Length: -5"),
    "length of no number": _post(b"", _QUERY, "Content-Length: 1e9"),
    "folded header": b"GET / HTTP/1.1\r\nHost: x\r\n X: y\r\n\r\n",
    "space before colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "bare line ends": b"GET / HTTP/1.1\nHost: x\n\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 90,
    "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "http/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another server": _get("http://127.0.0.1:{canary}/"),
    "connect": b"CONNECT 127.0.0.1:{canary} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "upgrade": _get("/", "Upgrade: websocket", "Sec-WebSocket-Key: x"),
    "trace": b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "gzip bomb": _post(
        b"\x1f\x8b\x08" + b"\x00" * 3000, _QUERY, "Content-Encoding: gzip", "Content-Length: 3003"
    ),
    "brotli": _post(b"\x00", _QUERY, "Content-Encoding: br", "Content-Length: 1"),
    "a form of one letter": _post(b"query=" + b"%41" * 60_000, _FORM, "Content-Length: 180006"),
    "many fields": _post(b"query=ASK{}&" * 9000, _FORM, "Content-Length: 108000"),
    "a large body": _post(b"a" * 300_000, _QUERY, "Content-Length: 300000"),
    "a body in parts": _post(
        b"--x\r\n\r\n\r\n--x--", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 14"
    ),
    "deep json": _post(b"[" * 60_000, "Content-Type: application/json", "Content-Length: 60000").replace(
        b"/sparql", b"/api/expand"
    ),
    "accepts": _get("/sparql?query=ASK{}", "Accept: " + ",".join(f"a/b{n};q=0.{n}" for n in range(3000))),
    "another graph": _get("/sparql?query=ASK{}&default-graph-uri=" + quote(ELSEWHERE, safe="{}")),
    "another graph's file": _get("/sparql?query=ASK{}&named-graph-uri=file://{file}"),
    "a line in the address": _get("/sparql?query=ASK{}&format=csv%0d%0aX:%20y"),
    "a line in a redirect": _get("/case/x%0d%0aSet-Cookie:%20a=b", "Accept: text/html"),
    "somebody else's address": _get("/", "X-Forwarded-For: " + "1.1.1.1, " * 3000),
    "another host": _get("/.well-known/void", "Host: evil.example/<x>\"'"),
    **{
        f"traversal {path}": _get(path)
        for path in (
            "/static/../../../../../..{file}",
            "/static/..%2f..%2f..%2f..%2f..%2f..{file}",
            "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{file}",
            "/static/..%5c..%5c..%5c..{file}",
            "/static/....//....//....//..{file}",
            "/static//{file}",
            "/static/vendor/..%2f..%2fapp.py",
            "/static/vendor/%2e%2e%2fapp.py",
            "/static/%00",
            "/cases/..%2f..%2f..%2f..%2f..{file}",
            "/case/%2e%2e/%2e%2e/%2e%2e{file}.ttl",
            "/guidelines/../../../..{file}",
            "/api/cases/..%2f..%2f..%2f..{file}/letter",
            "/api/queries/..%2f..%2fcase",
            "/resource?node=case/..%2f..%2f..{file}",
            "//..{file}",
        )
    },
}


def queries(canary: int, file: str) -> Iterator[tuple[str, str]]:
    """Each query with a name for it."""
    for number, text in enumerate(QUERIES):
        yield f"{number}: {text[:50]!r}", text.replace("{canary}", str(canary)).replace("{file}", file)


def requests(canary: int, file: str) -> Iterator[tuple[str, bytes]]:
    """Each request, as bytes, with its name."""
    for name, sent in REQUESTS.items():
        yield name, sent.replace(b"{canary}", str(canary).encode()).replace(b"{file}", file.encode())
