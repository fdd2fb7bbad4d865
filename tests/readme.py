"""Play the README: run its examples and put what they print into it (``python tests/readme.py``)."""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import urllib.request
from code import InteractiveInterpreter
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"^```(console|pycon|sparql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SITE = "http://127.0.0.1:8000"
NOT_PLAYED = ("kg serve",)  # it would not end: it runs beside the others


def played(text: str) -> str:
    """The README with what its examples print now, in a folder of their own, one after another."""
    with tempfile.TemporaryDirectory() as name, chdir(name), Player() as player:
        return BLOCK.sub(lambda block: f"```{block[1]}\n{player.play(block[1], block[2])}```", text)


class Player:
    """Runs blocks; the server starts with the first request that is sent to it."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None
        self._site = ""
        self._python = InteractiveInterpreter({"__name__": "readme"})

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait(300)

    def play(self, kind: str, block: str) -> str:
        if kind == "sparql":
            name = block.partition("\n")[0].removeprefix("# ")
            Path(name).write_text(block, encoding="utf-8")
            return block
        prompt = "$ " if kind == "console" else ">>> "
        run = self._console if kind == "console" else self._line
        given = [line.removeprefix(prompt) for line in block.splitlines() if line.startswith(prompt)]
        return "".join(f"{prompt}{line}\n{run(line)}" for line in given)

    def _console(self, line: str) -> str:
        if line in NOT_PLAYED:
            return ""
        if line.startswith("curl"):
            return self._fetch(shlex.split(line)[2])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            line, shell=True, capture_output=True, text=True, env=os.environ | {"PATH": path}
        )
        if done.returncode:
            raise AssertionError(f"{line}: ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def _fetch(self, url: str) -> str:
        if self._server is None:
            self._start()
        with urllib.request.urlopen(url.replace(SITE, self._site), timeout=30) as answer:
            body = json.loads(answer.read())
        return json.dumps(body, indent=1).replace(self._site, SITE) + "\n"

    def _start(self) -> None:
        from screenshot import free_port, kg, wait_for

        port = free_port()
        self._site = f"http://127.0.0.1:{port}"
        self._server = subprocess.Popen(kg("serve", "--port", str(port), "--quiet"))
        wait_for(f"{self._site}/readyz")

    def _line(self, line: str) -> str:
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            self._python.runsource(line)
        return said.getvalue()


if __name__ == "__main__":
    README.write_text(played(README.read_text(encoding="utf-8")), encoding="utf-8")
