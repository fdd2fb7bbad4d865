"""A drawing as a file: with its title, what it shows and its colours, as it stands on the page."""

import re
from typing import NamedTuple

from markupsafe import Markup, escape

STYLE = (
    "text{font:12px sans-serif;fill:#3b444d}.head{font-size:15px;font-weight:600;fill:#15191d}"
    ".axis,.grid{stroke:#dedbd3;fill:none}.base,.change{stroke:#59626c;stroke-dasharray:3 3;fill:none}"
    ".ci{stroke:#59626c;stroke-width:1.5}.dot{fill:#1f5a8c}.dot.control{fill:#fff;stroke:#1f5a8c;stroke-width:1.5}.name{fill:#15191d}"
    ".way{fill:none;stroke-opacity:.45}.node{fill:#59626c}"
    ".upheld{stroke:#2b6ca3}.overturned{stroke:#b65d12}.modified{stroke:#7a6a3a}.plain{stroke:#8b939a}"
    "rect.r0{fill:#2b6ca3}rect.r1{fill:#6fa3cc}rect.r2{fill:#b9cfdf}rect.r3{fill:#e3cfb0}"
    "rect.r4{fill:#dd9a4e}rect.r5{fill:#b65d12}rect.rn{fill:#a9adb3}"
)
"""The colours of ``site.css`` in the light, which a file has to bring along."""


class Drawing(NamedTuple):
    """A drawing of a page: its inner parts, its size, and what it is called by a screen reader."""

    inner: Markup
    width: float
    height: float
    words: str
    kind: str

    def inline(self) -> Markup:
        """The drawing in a page, whose style sheet has its colours."""
        return Markup(
            '<svg class="{}" viewBox="0 0 {} {}" width="{}" role="{}" aria-label="{}">{}</svg>'
        ).format(
            self.kind,
            self.width,
            self.height,
            self.width,
            "group" if "<a " in self.inner else "img",
            self.words,
            self.inner,
        )

    def file(self, title: str, told: str) -> str:
        """The drawing as an SVG file of its own, without links."""
        inner = re.sub(r"</?a\b[^>]*>", "", self.inner)
        width = max(self.width, 480)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {self.height + 52}" '
            f'width="{width}" height="{self.height + 52}"><title>{escape(title)}</title>'
            f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="8" y="20" class="head">{escape(title)}</text><text x="8" y="38">{escape(told)}</text>'
            f'<g transform="translate(0 48)">{inner}</g></svg>'
        )
