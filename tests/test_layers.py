"""The house: which room may know which, what stays in one room, how large a room is."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from tables import each_row

ROOT = Path(__file__).parents[1]

# From the ground up. A wing imports from its own rooms and from floors below it, never beside it.
FLOORS = [
    {"errors", "resources", "turtle"},
    {"model", "sheets"},
    {"contract", "evidence"},
    {"files", "reading", "graph", "statistics"},
    {"base", "sampling"},
    {"queries", "sample"},
    {"analysis"},
    {"explore"},
    {"questions"},
    {"cited"},
    {"claims"},
    {"front"},
    {"web"},
    {"cli"},
]

# What is about one subject stays in the rooms about it.
ONLY_IN = {
    "lark": ("kg.reading", "kg.questions", "kg.claims", "kg.graph.syntax"),
    "pypdfium2": ("kg.files.pdf", "kg.files.pdf_worker", "kg.files.scan_worker"),
    "fsspec": ("kg.files.sources", "kg.base"),
    "oxrdflib": ("kg.base",),
    "arro3": ("kg.files.parquet_worker", "kg.base", "kg.analysis.coverage", "kg.cited.counted_letters"),
    "polars": (
        *("kg.base.tables.data_frames", "kg.base.tables.notations", "kg.base.store", "kg.queries"),
        *("kg.analysis", "kg.explore", "kg.questions", "kg.cited", "kg.web", "kg.cli"),
    ),
    "networkx": (
        *("kg.analysis.network", "kg.base.export"),
        *("kg.explore.edge_evidence", "kg.explore.layout"),
    ),
    "scipy": ("kg.analysis", "kg.statistics", "kg.explore.layout"),
    "fastapi": ("kg.web",),
    "starlette": ("kg.web",),
    "uvicorn": ("kg.web",),
    "jinja2": ("kg.web",),
    "pyvis": ("kg.explore.drawing",),
    "xlsxwriter": ("kg.sheets",),
    "mcp": ("kg.web.agents",),
    "httpx2": ("kg.web.agents",),
    "typer": ("kg.cli",),
    "rich": ("kg.cli",),
    "dask": ("kg.base",),
    "distributed": ("kg.base",),
}

# Values become values: no files, network, clock or chance.
PURE = ("kg.reading", "kg.graph", "kg.statistics", "kg.model", "kg.contract", "kg.errors", "kg.turtle")
# `generate` is a tool, and `iri` has one setting, the base.
NOT_PURE = ("kg.graph.generate", "kg.graph.iri")

# A room of kg/web speaks HTTP, itself or through another room of its wing, but for these.
HTTP = {"fastapi", "starlette", "uvicorn", "pydantic_settings", "prometheus_client", "jinja2"}
WITHOUT_HTTP = {
    "kg.web.dataset_card",  # what programs are told of the data set
    "kg.web.negotiate",  # RFC 9110 as values
    "kg.web.drawings.funnel",  # figures as SVG
    "kg.web.drawings.alluvial",  # figures as SVG
    "kg.web.drawings.squares",  # figures as SVG
    "kg.web.drawings.graph",  # the graph as SVG
    "kg.web.drawings.page_bars",  # figures as SVG
    "kg.web.drawings.ratio",  # figures as SVG
    "kg.web.drawings.saved",  # figures as SVG
    "kg.web.drawings.years",  # figures as SVG
    "kg.web.drawings.months",  # figures as SVG
    "kg.web.drawings.specifications",  # figures as SVG
    "kg.web.pages.sorting",  # the order of a table, as an address has it
    "kg.web.pages.filter_form",  # the controls that a template prints
    "kg.web.pages.subjects.page_strips",  # what the templates print
    "kg.web.pages.values",  # what the templates print
    "kg.web.sparql.guard",  # what a query may ask, before it is run
    "kg.web.sparql.prepare_answers",  # what such processes are asked before any visitor
    "kg.web.sparql.lanes",  # the processes that run queries, fed by the protocol
    "kg.web.sparql.worker",  # such a process
}
MOST_ROOMS = 16
"""On one floor; more are a corridor that nobody sees to its end."""

WORLD = (
    *("os", "io", "pathlib", "socket", "urllib.request", "http", "time", "random", "secrets", "subprocess"),
    *("sqlite3", "shutil", "tempfile", "multiprocessing", "threading", "fsspec", "httpx", "requests"),
)
WORLD_CALLS = {"open", "today", "now", "utcnow", "read_text", "write_text"}


def files() -> dict[str, Path]:
    """Every module of the package, by dotted name."""
    found = {}
    for path in sorted((ROOT / "kg").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def rooms() -> dict[str, ast.Module]:
    """Every module of the package, by dotted name, as its syntax tree."""
    return {
        name: ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for name, path in files().items()
    }


@cache
def imports(name: str) -> frozenset[str]:
    """The dotted names that a room imports, wherever in the room, of ours down to the module."""
    return frozenset(_imports(name))


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(rooms()[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import hides where it leads"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in rooms() else str(node.module)


def ours(name: str) -> set[str]:
    return {other for other in imports(name) if other.split(".")[0] == "kg" and other != name}


def wing(name: str) -> str:
    return name.split(".")[1]


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


HEIGHT = {wing_: height for height, floor in enumerate(FLOORS) for wing_ in floor}
INSIDE = sorted(name for name in files() if name != "kg")


def test_every_wing_has_its_floor():
    assert {wing(name) for name in INSIDE} <= HEIGHT.keys()


@each_row("name", INSIDE)
def test_a_room_knows_only_its_own_wing_and_those_below(name):
    for other in ours(name):
        assert other != "kg", f"{name} imports from the front door, which is for users"
        below = HEIGHT[wing(other)] < HEIGHT[wing(name)]
        assert below or wing(other) == wing(name), f"{name} imports {other}"


def test_imports_run_in_no_circle():
    try:
        list(TopologicalSorter({name: ours(name) for name in INSIDE}).static_order())
    except CycleError as error:
        pytest.fail(" > ".join(f"{a}" for a in error.args[1]))


def test_a_room_of_the_web_speaks_http():
    speaking: set[str] = set()
    rooms_of_web = {name for name in INSIDE if wing(name) == "web"}
    packages = {name for name in rooms_of_web if any(other.startswith(f"{name}.") for other in INSIDE)}
    while True:
        more = {
            name
            for name in rooms_of_web - speaking
            if any(other.split(".")[0] in HTTP or other in speaking for other in imports(name))
        }
        if not more:
            break
        speaking |= more
    assert rooms_of_web - packages - {"kg.web"} - speaking == WITHOUT_HTTP


SCRIPTS = ROOT / "kg/web/static"
_IMPORTED = re.compile(r"""(?:^import|^export .* from|\bimport\()[^"';]*["']\./([^"']+)["']""", re.MULTILINE)


def imported(script: Path) -> set[str]:
    """The scripts of ours that a script imports."""
    return set(_IMPORTED.findall(script.read_text(encoding="utf-8")))


def test_scripts_import_in_no_circle():
    found = {script.name: imported(script) for script in SCRIPTS.glob("*.js")}
    assert found["explore.js"] > {"panel.js", "save.js"}
    assert set().union(*found.values()) <= found.keys()
    list(TopologicalSorter(found).static_order())


SAME_IDEA = {
    "ask": "a question in words: the command, the call, the page",
    "build": "building a base, and the command for it",
    "check": "the claims of a text: the check, the call, the page",
    "cases": "cases in the API and on pages",
    "drivers": "the analysis, the call, the page",
    "outcomes": "outcomes by what decisions have: the analysis, the call, the page",
    "query": "a SPARQL query: the command, the page",
    "related": "similar cases: the call, the page",
    "robustness": "one key under several specifications: the analysis, the call, the page",
    "search": "the words of letters: the analysis, the call, the page",
    "trends": "outcomes by month: the analysis, the call, the page",
}
"""The names that stand in several packages, because they are one idea on several floors."""


def test_a_name_stands_for_one_idea():
    names = Counter(path.stem for path in (ROOT / "kg").rglob("*.py") if path.stem != "__init__")
    assert {name for name, number in names.items() if number > 1} == {*SAME_IDEA}


HANDING_ON = {
    "kg.analysis.cube": "copies triples of the ontology into a data cube",
    "kg.base.graphs": "loads the files into a base",
    "kg.web.dataset_card": "copies what is said of the data set into its description",
    "kg.base.upkeep.validate": "hands shapes and ontology to pySHACL",
}
"""What parses a file of ``ontology/`` without reading values from it."""


def test_the_ontology_has_one_reader():
    """Only ``kg.turtle`` reads values from the files of ``ontology/``."""
    parsing = {
        name
        for name in INSIDE
        if "kg.resources" in imports(name) and re.search(_PARSED, ast.unparse(rooms()[name]))
    }
    assert parsing == {*HANDING_ON}


_PARSED = r"""(?:ox|pyoxigraph)\.parse\(text, .*TURTLE|Graph\(\)\.parse\(data=.*'\w+\.ttl'"""


def test_no_floor_is_a_corridor():
    floors = Counter(str(path.parent) for path in (ROOT / "kg").rglob("*.py") if path.name != "__init__.py")
    assert {floor: number for floor, number in floors.items() if number > MOST_ROOMS} == {}


@each_row("package", ONLY_IN)
def test_a_package_is_met_only_in_the_rooms_about_it(package):
    users = {name for name in INSIDE if any(other.split(".")[0] == package for other in imports(name))}
    assert {name for name in users if not within(name, ONLY_IN[package])} == set()


@each_row("name", [n for n in INSIDE if within(n, PURE) and not within(n, NOT_PURE)])
def test_values_become_values(name):
    assert {other for other in imports(name) if within(other, WORLD)} == set()
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(rooms()[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    assert called & WORLD_CALLS == set()


@each_row("name", sorted(files()))
def test_a_room_is_at_most_400_lines_and_a_function_under_50(name):
    tree = rooms()[name]
    if name != "kg.graph.vocab":  # which is generated
        assert max((node.end_lineno for node in tree.body), default=0) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            assert length < 50, f"{name}.{node.name} has {length} lines"


def test_the_floors_are_those_that_the_guide_for_contributors_names():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    line = next(line for line in guide.splitlines() if line.startswith("`errors"))
    named = [{name.strip(" `.") for name in floor.split(",")} for floor in line.split("→")]
    assert named == FLOORS


_PLACE = re.compile(r"`((?:kg|tests|grammar|ontology|docs|notebooks|\.ci)/[\w./-]*)`")


def test_the_places_that_guides_name_are_there():
    guides = [ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"), ROOT / "tests/benchmarks/RESULTS.md"]
    for guide in guides:
        named = _PLACE.findall(guide.read_text(encoding="utf-8"))
        assert [place for place in named if not (ROOT / place).exists()] == []


def test_what_mutation_tests_break_is_there():
    tree = ast.parse((ROOT / ".ci/mutants").read_text(encoding="utf-8"))
    (tests,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TESTS"
    ]
    assert tests
    printed = subprocess.run(
        ["make", "--dry-run", "mutants"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    drawn = re.findall(r"(\S+)=\d+", printed.stdout.splitlines()[-1])
    assert drawn
    for room in {*tests, *drawn}:
        wing_, *_, name = room.split("/")
        files_ = [f"kg/{room}.py", *tests.get(room, f"tests/{wing_}/test_{name}.py").split()]
        assert [file for file in files_ if not (ROOT / file).is_file()] == []


def test_tests_of_the_web_run_loops_in_one_place():
    """Where a browser's loop runs in the same thread, a second one is refused: it depends on the order."""
    runs = re.compile(r"\b(?:asyncio|anyio)\.run\b")
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "benchmarks" not in path.parts]
    places = {path.name for path in tests if runs.search(path.read_text(encoding="utf-8"))}
    assert places == {"conftest_web.py"}
