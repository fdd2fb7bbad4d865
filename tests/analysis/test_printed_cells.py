"""How a person sees the cells of a table."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest

from kg.analysis.shown_columns import Column, printed, shown

PLAIN = Column("Words", "what it is")


@dataclass(frozen=True)
class Row:
    """A value of each kind, and one that has an interval."""

    words: Annotated[str | None, PLAIN] = None
    several: Annotated[list[str] | None, PLAIN] = None
    day: Annotated[date | None, PLAIN] = None
    yes: Annotated[bool | None, PLAIN] = None
    count: Annotated[int | None, PLAIN] = None
    figure: Annotated[float | None, PLAIN] = None
    q_value: Annotated[float | None, Column("q", "a chance", form="{:.3f}")] = None
    ratio: Annotated[float | None, PLAIN] = None
    ratio_low: Annotated[float | None, Column("from", "its low end", "low")] = None
    ratio_high: Annotated[float | None, Column("to", "its high end", "high")] = None


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("words", {}, None),
        ("words", {"words": "back"}, "back"),
        ("several", {"several": ["back", "neck"]}, "back; neck"),
        ("day", {"day": date(2016, 3, 2)}, "2016-03-02"),
        ("yes", {"yes": True}, "yes"),
        ("yes", {"yes": False}, "no"),
        ("count", {"count": 1234567}, "1,234,567"),
        ("figure", {"figure": 2.345}, "2.35"),
        ("q_value", {"q_value": 0.0421}, "0.042"),
        ("q_value", {"q_value": 0.00001}, "< 0.001"),
        ("ratio", {}, None),
        ("ratio", {"ratio": 2.0}, None),
        ("ratio", {"ratio": 2.0, "ratio_low": 1.0, "ratio_high": 4.0}, "2.00 (1.00 to 4.00)"),
        ("ratio", {"ratio": 2.0, "ratio_low": 1.0}, "2.00 (1.00 or more)"),
        ("ratio", {"ratio_high": 4.0}, "0.00 to 4.00"),
    ],
)
def test_a_cell_is_printed_by_its_kind(name, values, said):
    (cell,) = [one for one in shown(Row) if one.named.name == name]
    row = Row(**values)
    assert printed(cell, row) == said
    assert printed(cell, vars(row)) == said
