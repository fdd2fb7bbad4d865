"""What the first visitor of a generation need not wait for."""

from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from kg.analysis import cache
from kg.analysis.cache import Analyses
from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.filters import Filters
from kg.explore import topic
from kg.web.site import Site


@pytest.fixture(scope="module")
def ready(built: Path) -> Site:
    """A site as it is once its server has started."""
    made = Site.opened(built)
    made.load_the_rest()
    return made


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("level", LEVELS)
def test_no_page_of_a_guideline_makes_a_table(
    ready: Site, monkeypatch: pytest.MonkeyPatch, level: str, party: str
):
    monkeypatch.setattr(cache, "drivers", lambda *_, **__: pytest.fail("a table is made"))
    assert ready.counted(level, party, Filters()).decisions == len(ready.index)


def test_who_asks_for_another_analysis_need_not_wait():
    kept = Analyses("000001", lambda: None)  # type: ignore[arg-type, return-value]

    def slow() -> str:
        other = Thread(target=kept._once, args=("quick", lambda: "quick"), daemon=True)
        other.start()
        other.join(10)
        return "waits" if other.is_alive() else "done"

    assert kept._once("slow", slow) == "done"


@pytest.mark.parametrize("kind", topic.KINDS)
def test_what_contains_others_has_their_decisions_once(ready: Site, kind: str):
    links = ready.links
    for some in (links.decisions("guideline/chronic-pain/2009"), np.arange(len(links.index))):
        counts = {row.node: row.decisions for row in topic.sharing(links, some, kind, 1000)}
        nodes = links.kinds[kind].nodes
        plain = {node: len({*topic.within(links, node).tolist()} & {*some.tolist()}) for node in nodes}
        assert counts == {node: count for node, count in plain.items() if count}
