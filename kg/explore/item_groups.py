"""Many decisions of a graph as one node: how many, how they end, which of them a filter keeps."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.errors import SettingError
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links

PREFIX = "group:"
"""How the name of a group begins; its relation, its node and what it is narrowed to follow."""
MOST_SINGLE = 30
"""So many decisions of one relation are nodes of their own; more are a group."""
FILTERS = ("outcome", "category", "specialty", "guideline", "year")
"""What decisions of a graph can be picked out by, with the words that their nodes say."""
_FEATURES = {"specialty": "specialty", "guideline": "edition"}


def of_items(relation: str) -> bool:
    """Whether a relation leads to decisions.

    >>> of_items("cited by the reviewer"), of_items("specialty")
    (True, False)
    """
    return relation in {"decision", "item"} or relation.startswith("cited by ")


def picked(links: Links, wanted: Mapping[str, str]) -> Ids | None:
    """The decisions that have all of some values, in order; ``None`` where none is wanted.

    Raises:
        SettingError: there is no such filter.
    """
    if not wanted:
        return None
    kept = np.ones(len(links.index), bool)
    for name, value in wanted.items():
        if name not in FILTERS:
            raise SettingError(f"{name!r} is not a filter of the graph; expected {', '.join(FILTERS)}")
        kept &= _having(links, name, value)
    return np.flatnonzero(kept)


def choices(links: Links, found: Ids) -> dict[str, list[str]]:
    """The values that the decisions ``found`` have of each filter, sorted."""
    made = {"outcome": sorted({OUTCOMES[code] for code in np.unique(links.index.outcome[found])})}
    for name, kind in _FEATURES.items():
        of_kind = links.kinds[kind]
        there = np.flatnonzero(of_kind.any.counts(found))
        made[name] = sorted({labels.label(of_kind.nodes[key]) for key in there})
    for name in ("category", "year"):
        values = links.index.decisions[name].gather(found).drop_nulls().unique()
        made[name] = sorted(map(str, values))
    return made


def _having(links: Links, name: str, value: str) -> Any:
    if name == "outcome":
        return links.index.outcome == (OUTCOMES.index(value) if value in OUTCOMES else -1)
    if kind := _FEATURES.get(name):
        found = np.zeros(len(links.index), bool)
        of_kind = links.kinds[kind]
        for key, node in enumerate(of_kind.nodes):
            if labels.label(node) == value:
                found[of_kind.any.having(key)] = True
        return found
    return (links.index.decisions[name].cast(str) == value).fill_null(value=False).to_numpy()


def name_of(relation: str, node: str, wanted: Mapping[str, str]) -> str:
    """The name of a group.

    >>> name_of("decision", "service/surgery", {"year": "2015"})
    'group:decision:2015:service/surgery'
    """
    return f"{PREFIX}{relation}:{'+'.join(wanted.values())}:{node}"


def of_name(links: Links, name: str) -> dict[str, Any]:
    """The group of all decisions of a relation, by its name."""
    relation, _, node = name.removeprefix(PREFIX).split(":", 2)
    return group(links, relation, node, links.led_to(node, relation)) | {"id": name}


def known(links: Links, name: str) -> bool:
    """Whether a name is that of a group around a node of the base.

    A relation's name has no colon; that of a node can.
    """
    relation, _, rest = name.removeprefix(PREFIX).partition(":")
    _, colon, node = rest.partition(":")
    return name.startswith(PREFIX) and bool(colon) and of_items(relation) and links.has(node)


def group(
    links: Links, relation: str, node: str, left: Ids, wanted: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The decisions ``left`` of a relation as one node, with their outcomes; it has no place yet."""
    ends = links.figures(left)
    counts = f"▲ {ends.overturned:,}  ◆ {ends.modified:,}  ■ {ends.upheld:,}"
    words = "decision" if ends.decisions == 1 else "decisions"
    return {
        "id": name_of(relation, node, wanted or {}),
        "kind": "group",
        "node": node,
        "relation": relation,
        "wanted": dict(wanted or {}),
        **ends._asdict(),
        "name": f"{ends.decisions:,} {words}, {relation}",
        "label": f"{ends.decisions:,} {words}\n{counts}",
        "title": f"{ends.decisions:,} {words}, {relation}: expands on demand",
        "shape": "box",
        "size": 24,
        "color": "#e6e8ea",
        "font": {"color": "#15191d", "strokeWidth": 0},
    }
