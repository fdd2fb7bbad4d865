"""The graph inside a notebook: a frame that holds its page, program and data, and asks nobody for them.

Notebooks are opened on aeroplanes and sent by mail, years later: what they show must be in them. The frame
is sandboxed, and its policy lets it load nothing, so that text of a letter stays text here too.
"""

from dataclasses import dataclass, field
from html import escape

from kg.explore import vendor
from kg.explore.drawing import View, html

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
_STYLE = """
html, body { margin: 0; height: 100%; background: #fff; font-family: system-ui, sans-serif; }
.graph { height: 100%; }
div.vis-tooltip { position: absolute; visibility: hidden; padding: .3em .7em; background: #fff;
  border: 1px solid #999; border-radius: 6px; pointer-events: none; max-width: 24rem; }
"""
_DRAW = """
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const { nodes, edges } = read("graph-data");
const network = new vis.Network(document.getElementById("graph"), { nodes, edges }, read("graph-options"));
network.once("afterDrawing", () => network.fit({ animation: false }));
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """A view to end a notebook's cell with: drag, zoom, and point at a node to be told what it is.

    ``height`` is in pixels.

    >>> print(Frame(View([], []))._repr_html_()[:34])
    <iframe sandbox='allow-scripts' st
    """

    view: View = field(repr=False)
    height: int = 560

    def page(self) -> str:
        """The whole page, as HTML."""
        program = vendor.find("vis-network.min.js").read_text(encoding="utf-8")
        return (
            f'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
            f'content="{_POLICY}"><title>Graph</title><style>{_STYLE}</style>'
            f"{html(self.view)}<script>{program}</script><script>{_DRAW}</script>"
        )

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height}px;border:1px solid #ccc"
        return f"<iframe sandbox='allow-scripts' style='{style}' srcdoc='{escape(self.page())}'></iframe>"
