"""Take the README's picture of the graph: ``python tests/screenshot.py docs/graph.png``."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
NODE = "guideline/chronic-pain/2009/page/98"
WIDE, HIGH = 1280, 800
SETTLE = 4_000  # milliseconds that the drawing has to come to rest


def kg(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "kg.cli", *map(str, words)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


PATIENCE = 300  # seconds that a busy machine may need to start a server


def wait_for(url: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def take(site: str, picture: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
        page.goto(f"{site}/explore?node={NODE}")
        page.wait_for_selector("canvas")
        page.wait_for_timeout(SETTLE)
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        browser.close()


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sample, kb = Path(folder, "sample"), Path(folder, "kb")
        subprocess.run(kg("sample", "--letters", "200", "--seed", "1", "--into", sample), check=True)
        subprocess.run(kg("build", sample / "letters", "--kb", kb), check=True)
        port = free_port()
        server = subprocess.Popen(kg("serve", "--kb", kb, "--port", str(port)))
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            take(f"http://127.0.0.1:{port}", picture)
        finally:
            server.terminate()
            server.wait(PATIENCE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
