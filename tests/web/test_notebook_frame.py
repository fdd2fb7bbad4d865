"""The graph in a notebook: drawn by what it brings along, in a frame that reaches nothing."""

from contextlib import closing
from pathlib import Path

from browsing import MARKS, until
from playwright.sync_api import Browser

from kg.explore.drawing import View
from kg.explore.notebook_frame import Frame

pytestmark = MARKS
HOSTILE = "</script><img src=http://192.0.2.1/x onerror=parent.ran=1>\"'"
DARK = """() => {
  const canvas = document.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""


def node(name: str, x: float) -> dict[str, object]:
    return {
        "id": name,
        "label": name,
        "title": name,
        "shape": "dot",
        "size": 20,
        "color": "#222",
        "x": x,
        "y": 0,
    }


def test_it_draws_and_asks_nobody(browser: Browser, tmp_path: Path):
    edge = {"from": "one", "to": HOSTILE, "title": HOSTILE, "width": 2}
    picture = View([node("one", 0), node(HOSTILE, 200)], [edge])
    page_file = tmp_path / "notebook.html"
    page_file.write_text(f"<!doctype html><body>{Frame(picture)._repr_html_()}", encoding="utf-8")
    asked: list[str] = []
    faults: list[str] = []
    with closing(browser.new_page()) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(page_file.as_uri())
        frame = page.frames[1]
        frame.wait_for_selector("canvas")
        until(frame, f"({DARK})() > 500")  # two dots and a line, so many points at least
        assert page.evaluate("window.ran") is None
    assert asked == [page_file.as_uri()]
    assert faults == []
