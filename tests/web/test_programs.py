"""Programs of others against a real server: Comunica, SPARQLWrapper, generated clients, schemathesis.

They are installed into ``.make`` (``make programs``), apart from what this project itself needs.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest_web import Live

MADE = Path(__file__).parents[2] / ".make"
CLIENTS, COMUNICA = MADE / "clients/bin", MADE / "comunica/node_modules/.bin/comunica-sparql"
DETERMINATION = "https://w3id.org/imr-kg/ontology#Determination"
COUNT = f"SELECT (COUNT(?d) AS ?n) {{ ?d a <{DETERMINATION}> }}"
CASES = int(os.environ.get("KG_SCHEMATHESIS", "300"))
"""How many cases schemathesis makes; ``make schemathesis`` has it make 5,000."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(built: Path) -> Iterator[Live]:
    live = Live(built, workers=2)
    yield live
    live.stop()


def run(program: Path, *words: str, folder: Path | None = None) -> str:
    """What a program prints; it must end with 0."""
    if not program.exists():
        pytest.skip(f"{program} is not installed; run: make programs")
    done = subprocess.run([program, *words], capture_output=True, text=True, cwd=folder, timeout=1500)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("query", "answers"),
    [
        (COUNT, [{"n": '"120"^^http://www.w3.org/2001/XMLSchema#integer'}]),
        (f"SELECT ?d {{ ?d a <{DETERMINATION}> }} ORDER BY ?d LIMIT 1 OFFSET 119", None),
    ],
    ids=["counted", "paged"],
)
def test_comunica(server: Live, query: str, answers: list[dict[str, str]] | None):
    found = json.loads(run(COMUNICA, f"sparql@{server.address}/sparql", query, "-t", "application/json"))
    assert len(found) == 1
    if answers is None:
        assert found[0]["d"].startswith("https://w3id.org/imr-kg/case/")
    else:
        assert found == answers


WRAPPER = """
import sys
from SPARQLWrapper import CSV, GET, JSON, N3, POST, POSTDIRECTLY, RDFXML, XML, SPARQLWrapper
address, query, kind = sys.argv[1:]
for method in (GET, POST):
    for posting in ("urlencoded", POSTDIRECTLY):
        wrapper = SPARQLWrapper(address)
        wrapper.setMethod(method)
        wrapper.setRequestMethod(posting)
        wrapper.setQuery(query)
        wrapper.setReturnFormat(JSON)
        print(wrapper.queryAndConvert()["results"]["bindings"][0]["n"]["value"])
        wrapper.setReturnFormat(XML)
        print(wrapper.queryAndConvert().getElementsByTagName("literal")[0].firstChild.data)
        wrapper.setReturnFormat(CSV)
        print(wrapper.queryAndConvert().decode().split()[-1])
wrapper = SPARQLWrapper(address)
wrapper.setQuery("CONSTRUCT { ?d a <%s> } WHERE { ?d a <%s> }" % (kind, kind))
for form in (RDFXML, N3):
    wrapper.setReturnFormat(form)
    found = wrapper.queryAndConvert()
    print(len(found) if form == RDFXML else found.decode().count("a <"))
"""


def test_sparqlwrapper(server: Live):
    printed = run(CLIENTS / "python", "-c", WRAPPER, f"{server.address}/sparql", COUNT, DETERMINATION)
    assert set(printed.split()) == {"120"}, printed


GENERATED = """
import sys
from imr_kg_client import Client
from imr_kg_client.api.api import cases, one_case, query_outcomes_by_page
client = Client(base_url=sys.argv[1])
listed = cases.sync(client=client, limit=3)
case = listed.results[0].case
one = one_case.sync(case, client=client)
rows = query_outcomes_by_page.sync(client=client)
problem = one_case.sync_detailed("CM99-9999999", client=client)
print(listed.total, len(listed.results), one.case_number == case, len(one.decisions) > 0, rows.total > 0)
print(int(problem.status_code), problem.parsed.detail)
"""


def test_a_generated_client(server: Live, tmp_path: Path):
    address = f"{server.address}/api/openapi.json"
    server.get("/api/openapi.json")  # it is made when first asked for, and the generator waits five seconds
    words = ["generate", "--url", address, "--output-path", str(tmp_path / "client"), "--meta", "none"]
    run(CLIENTS / "openapi-python-client", *words)
    (tmp_path / "client").rename(tmp_path / "imr_kg_client")
    first, second = run(CLIENTS / "python", "-c", GENERATED, server.address, folder=tmp_path).splitlines()
    assert first == "120 3 True True True"
    assert second.startswith("404 there is no case 'CM99-9999999'")


TYPESCRIPT = Path(__file__).with_name("typescript")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("client", "words", "stricter"),
    [
        (
            "openapi_typescript",
            ["openapi-typescript", "openapi.json", "--output", "schema.d.ts"],
            ["--exactOptionalPropertyTypes"],
        ),
        # What hey-api writes for each client alike, such as made/core, does not compile under that setting.
        ("hey_api", ["openapi-ts", "--input", "openapi.json", "--output", "made"], []),
    ],
)
def test_a_client_in_typescript(
    server: Live, tmp_path: Path, client: str, words: list[str], stricter: list[str]
):
    """It is compiled under strict settings with what was generated, and follows three lists to the end."""
    programs = MADE / "typescript/node_modules"
    for name in ("tsconfig.json", "paging.ts", f"of_{client}.ts"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(programs)
    (tmp_path / "openapi.json").write_bytes(server.get("/api/openapi.json")[1])
    run(programs / ".bin" / words[0], *words[1:], folder=tmp_path)
    run(programs / ".bin/tsc", *stricter, folder=tmp_path)
    node = Path(str(shutil.which("node")))
    first, second = run(node, f"out/of_{client}.js", server.address, folder=tmp_path).splitlines()
    assert first == "true true true"
    assert second.startswith("120 404 there is no case 'CM99-9999999'")


def test_schemathesis_finds_nothing(server: Live, tmp_path: Path):
    calls = len(json.loads(server.get("/api/openapi.json")[1])["paths"])
    words = ["run", f"{server.address}/api/openapi.json", "--checks", "all", "--continue-on-failure"]
    words += ["--max-examples", str(max(1, CASES // calls)), "--seed", "7", "--warnings", "off"]
    # A word that no vocabulary has is refused with 422: 2,500 sections are not listed in each schema.
    words += ["--exclude-checks", "positive_data_acceptance"]
    words += ["--workers", "1"]  # with two, Python 3.11 now and then fails to parse what Hypothesis describes
    printed = run(CLIENTS / "schemathesis", *words, folder=tmp_path)
    assert "❌" not in printed, printed[-6000:]
