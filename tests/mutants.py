"""Break rooms of kg one place at a time, and see whether their tests notice: make mutants.

ROOM=COUNT breaks so many places of kg/ROOM.py, drawn by a fixed seed, in a copy of the checkout and runs the
tests of that room (tests/WING/test_ROOM.py, or what TESTS names). What no test notices is printed: it wants a
row, or means nothing.
"""

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEED = 1
SECONDS = 300
TESTS = {
    "reading/items": "tests/reading/test_items.py tests/reading/test_quantities.py",
    "reading/others": "tests/reading/test_citations.py tests/reading/test_grammars.py",
    "reading/services": "tests/reading/test_items.py",
    "reading/phrases": "tests/reading/test_phrases.py tests/reading/test_items.py",
    "reading/concepts": "tests/reading/test_catalogue.py tests/reading/test_phrases.py",
    "analysis/chance": "tests/analysis/test_network.py",
    "analysis/counting": "tests/analysis/test_analysis_base.py",
    "analysis/filters": "tests/analysis/test_drivers.py tests/analysis/test_related.py",
    "analysis/index": "tests/analysis/test_drivers.py tests/analysis/test_network.py",
    "analysis/model": "tests/analysis/test_drivers.py",
    "analysis/services": "tests/analysis/test_sides.py",
}
"""The tests of rooms that have none of their own name."""
PAIRS = (
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn)),
    *((ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.BitAnd, ast.BitOr), (ast.And, ast.Or)),
    (ast.Continue, ast.Break),
)
OTHER = dict(PAIRS) | {other: one for one, other in PAIRS}


def broken(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in place of a node, each wrong in one way."""
    if isinstance(node, ast.Compare):
        for n, sign in enumerate(node.ops):
            signs = [*node.ops[:n], OTHER[type(sign)](), *node.ops[n + 1 :]]
            yield ast.Compare(node.left, signs, node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OTHER[type(node.op)](), node.values)
        for n in range(len(node.values)):
            rest = [*node.values[:n], *node.values[n + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(None)
    elif isinstance(node, ast.Continue | ast.Break):
        yield OTHER[type(node)]()
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield ast.Pass()


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node that can be broken, with what then stands there; types, imports and messages stay whole."""
    whole: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Raise | ast.JoinedStr):
            whole += ast.walk(node)
        for part in ("annotation", "returns"):
            whole += ast.walk(getattr(node, part, None) or ast.Pass())
    kept = set(map(id, whole))
    for node in ast.walk(tree):
        if id(node) not in kept:
            yield from ((node, new) for new in broken(node))


def written(source: str, node: ast.AST, new: ast.AST) -> str:
    """The source with ``new`` in place of ``node``."""
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(new)))
    text = f"({text})" if isinstance(new, ast.BoolOp | ast.BinOp | ast.Compare) else text
    whole = source.encode()
    return (whole[:start] + text.encode() + whole[end:]).decode()


def notices(checkout: Path, tests: list[str]) -> bool:
    """Whether a test fails there, or does not end."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-m", "not long", "-p", "no:cacheprovider", *tests]
    shared = os.environ.get("KG_SHARED", str(ROOT.parent / "shared"))
    try:
        done = subprocess.run(
            command,
            cwd=checkout,
            env=os.environ | {"KG_SHARED": shared},
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def tried(room: str, count: int, checkout: Path) -> tuple[int, int]:
    """How many places of a room were broken, and how many of them were noticed; the others are printed."""
    path, wing = checkout / f"kg/{room}.py", room.partition("/")[0]
    tests = TESTS.get(room, f"tests/{wing}/test_{path.stem}.py").split()
    source = path.read_text(encoding="utf-8")
    assert not notices(checkout, tests), f"{room}: its tests fail as it is"
    found = list(places(ast.parse(source)))
    chosen = random.Random(SEED).sample(found, min(count, len(found)))
    noticed = 0
    for node, new in chosen:
        path.write_text(written(source, node, new), encoding="utf-8")
        if notices(checkout, tests):
            noticed += 1
        else:
            say(f"kg/{room}.py:{node.lineno}: {ast.unparse(node)}  ->  {ast.unparse(new)}")
    path.write_text(source, encoding="utf-8")
    return len(chosen), noticed


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Try the rooms that are named."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder, "checkout")
        ignored = shutil.ignore_patterns(".*", "__pycache__", "sample", "kb")
        shutil.copytree(ROOT, checkout, ignore=ignored)
        for asked in sys.argv[1:]:
            room, _, count = asked.partition("=")
            places_broken, noticed = tried(room, int(count or 20), checkout)
            say(f"{room}: {noticed} of {places_broken} noticed")


if __name__ == "__main__":
    main()
