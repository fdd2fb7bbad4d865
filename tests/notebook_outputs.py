"""What the notebooks show when they have run, wherever they ran."""

from pathlib import Path
from typing import Any

import nbformat

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
SVG, HTML = "image/svg+xml", "text/html"

PICTURES = {
    "1-from-a-letter-to-its-graph": (0, 1),
    "2-pages-and-outcomes": (2, 0),
    "3-sparql-for-researchers": (0, 0),
    "4-networks-and-related-cases": (0, 3),
    "5-a-whole-history": (0, 0),
}
"""How many drawings (forest plot, page strip) and graphs each shows."""


def read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(outputs: list[dict[str, Any]], form: str, part: str) -> list[str]:
    found = ["".join(output.get("data", {}).get(form, "")) for output in outputs]
    return [each for each in found if part in each]


def check(name: str, outputs: list[dict[str, Any]], *, paged: bool = True) -> None:
    """See that a notebook showed its drawings and graphs; of letters without pages it draws no strip."""
    drawings, graphs = shown(outputs, SVG, "<svg"), shown(outputs, HTML, "<iframe")
    wanted, framed = PICTURES[name]
    assert len(drawings) == (wanted if paged else min(wanted, 1))
    assert len(graphs) == framed
    assert [graph for graph in graphs if "default-src &#x27;none&#x27;" not in graph] == []
