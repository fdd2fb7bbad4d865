"""Play the recipes: run each program of ``docs/recipes.md`` and put what it prints below it.

``python tests/recipes.py`` writes them anew. A program that is not installed keeps what stands there.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

RECIPES = Path(__file__).parents[1] / "docs" / "recipes.md"
BLOCK = re.compile(r"^```(python|r|sql|sh)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
SITE = "http://127.0.0.1:8000"
_SQL = "import duckdb, sys\nfor row in duckdb.sql(sys.stdin.read()).fetchall(): print(*row, sep=', ')"


class Recipe(NamedTuple):
    """A program, what it is written in, and what it prints."""

    kind: str
    text: str
    printed: str

    def lacks(self) -> str | None:
        """What it needs that is not here."""
        if self.kind == "sql":
            return _duckdb("httpfs" in self.text)
        if self.kind == "python":
            needed = [*re.findall(r"^import (\w+)$", self.text, re.MULTILINE)]
            needed += ["openpyxl", "xlsxwriter"] if "xlsx" in self.text else []
            return next((name for name in needed if importlib.util.find_spec(name) is None), None)
        program = {"r": "Rscript", "sh": "curl"}[self.kind]
        return None if shutil.which(program) else program

    def run(self, site: str, folder: Path) -> str:
        """What it prints, of a server at another address and in a folder that holds ``kb``."""
        text = self.text.replace(SITE, site)
        if self.kind == "sql":
            command, given = [sys.executable, "-c", _SQL], text
        else:
            command = {"python": [sys.executable, "-c"], "r": ["Rscript", "-e"], "sh": ["sh", "-ec"]}[
                self.kind
            ]
            command, given = [*command, text], None
        done = subprocess.run(
            command, input=given, cwd=folder, capture_output=True, text=True, env=os.environ
        )
        if done.returncode:
            raise AssertionError(f"{text}\nended with {done.returncode}: {done.stderr}")
        return done.stdout.replace(site, SITE)


def _duckdb(over_http: bool) -> str | None:
    if importlib.util.find_spec("duckdb") is None:
        return "duckdb"
    try_it = "import duckdb; duckdb.sql('INSTALL httpfs'); duckdb.sql('LOAD httpfs')"
    if over_http and subprocess.run([sys.executable, "-c", try_it], capture_output=True).returncode:
        return "duckdb's httpfs"
    return None


def recipes(text: str) -> list[Recipe]:
    """The programs of a text with what they print."""
    return [Recipe(found[1], found[2], found[3] or "") for found in BLOCK.finditer(text)]


@contextmanager
def served() -> Iterator[tuple[str, Path]]:
    """The address of a server of what ``make demo`` builds, and the folder with its ``kb``."""
    from screenshot import PATIENCE, free_port, kg, wait_for

    from kg.base.archive import dumps
    from kg.base.store import KnowledgeBase

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = ("sample", "--letters", "200", "--seed", "1", "--template", "mixed", "--into", "sample")
        for words in (made, ("build", "sample/letters", "--kb", "kb", "--quiet")):
            subprocess.run(kg(*words), cwd=folder, check=True, capture_output=True)
        with KnowledgeBase.open(folder / "kb") as base:  # a server would make them on what others leave
            dumps.make(base)
        port = free_port()
        server = subprocess.Popen(kg("serve", "--kb", "kb", "--port", str(port), "--quiet"), cwd=folder)
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}", folder
        finally:
            server.terminate()
            server.wait(PATIENCE)


def played(text: str) -> str:
    """The recipes with what they print now."""
    with served() as (site, folder):

        def play(found: re.Match[str]) -> str:
            recipe = Recipe(found[1], found[2], found[3] or "")
            printed = recipe.printed if recipe.lacks() else recipe.run(site, folder)
            return f"```{recipe.kind}\n{recipe.text}```\n\n```text\n{printed}```\n"

        return BLOCK.sub(play, text)


if __name__ == "__main__":
    RECIPES.write_text(played(RECIPES.read_text(encoding="utf-8")), encoding="utf-8")
