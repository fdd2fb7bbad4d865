"""Lanes: who waits is served fairly, and a flood is refused."""

import asyncio
from pathlib import Path

import pytest
from conftest_web import generation, in_a_loop, numbers, store_of

from kg.web.settings import Settings
from kg.web.sparql.lanes import Lane, Limits, RefusalError
from kg.web.state import State

pytestmark = pytest.mark.long

FORMATS = {"select": "json", "ask": "json", "graph": "nt"}
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def job(query: str) -> dict[str, object]:
    return {"query": query, "formats": FORMATS, "max_bytes": 1_000_000, "max_rows": 10_000}


async def finished(lane: Lane, query: str, client: str) -> str:
    answer = await lane.ask(job(query), client)
    while (frame := await answer.next()).kind not in "EX":
        pass
    return frame.kind if frame.kind == "E" else frame.fields()["error"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return store_of(tmp_path / "graph", numbers(400))


def test_one_client_cannot_hold_every_worker(store: Path):
    async def run() -> tuple[str, list[str]]:
        lane = Lane(store, 2, Limits(time=1.5))
        await lane.start()
        greedy = [asyncio.create_task(finished(lane, SLOW, "greedy")) for _ in range(6)]
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
        modest = await finished(lane, "ASK {}", "modest")
        waited = asyncio.get_running_loop().time() - began
        assert waited < 1
        rest = await asyncio.gather(*greedy, return_exceptions=True)
        await lane.stop()
        return modest, [str(each) for each in rest]

    modest, rest = in_a_loop(run())
    assert modest == "E"
    assert "time-limit" in rest


@pytest.mark.parametrize(("limits", "status"), [({"queue_per_client": 2}, 429), ({"queue": 2}, 503)])
def test_a_flood_is_refused(store: Path, limits: dict[str, int], status: int):
    async def run() -> list[object]:
        lane = Lane(store, 1, Limits(time=0.5, queue_time=5, **limits))
        await lane.start()
        asked = [asyncio.create_task(finished(lane, SLOW, "a")) for _ in range(5)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        await lane.stop()
        return found

    refused = [each for each in in_a_loop(run()) if isinstance(each, RefusalError)]
    assert len(refused) == 2
    assert {each.status for each in refused} == {status}


def test_a_worker_cannot_reach_the_network_or_files(store: Path):
    async def run() -> list[str]:
        lane = Lane(store, 1, Limits())
        await lane.start()
        server = await asyncio.start_server(lambda *_: asked.append("asked"), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        asked: list[str] = []
        await finished(lane, f"ASK {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}", "a")
        server.close()
        await lane.stop()
        return asked

    assert in_a_loop(run()) == []


def test_a_memory_bomb_ends_alone(store: Path):
    bomb = "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?x . ?c ?d ?e . ?f ?g ?h }"

    async def run() -> tuple[str, str]:
        lane = Lane(store, 1, Limits(time=8, memory=1 << 27))
        await lane.start()
        bombed = await finished(lane, bomb, "a")
        after = await finished(lane, "ASK {}", "a")
        await lane.stop()
        return bombed, after

    bombed, after = in_a_loop(run())
    assert bombed in {"died", "failed", "time-limit"}
    assert after == "E"


def test_a_new_store_is_gone_over_to(store: Path, tmp_path: Path):
    async def run() -> list[str]:
        lane = Lane(store, 2, Limits())
        await lane.start()
        counted = []
        for _ in range(2):
            answer = await lane.ask(job("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), "a")
            while (frame := await answer.next()).kind != "E":
                if frame.kind == "D":
                    counted.append(frame.payload.decode().split('"value":"')[1].split('"')[0])
            other = store_of(tmp_path / "next", numbers(7)) if len(counted) == 1 else store
            lane.switch(await lane.opened(other))
        await lane.stop()
        return counted

    assert in_a_loop(run()) == ["400", "7"]


def processes() -> set[int]:
    """The query processes of this one that still run."""
    tasks = Path("/proc/self/task").glob("*/children")
    children = {int(pid) for one in tasks for pid in one.read_text().split()}
    return {pid for pid in children if b"worker.py" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.2])
def test_a_server_that_ends_while_it_goes_over_to_a_generation_leaves_no_process(root: Path, after: float):
    async def run() -> None:
        state = State(root, Settings(workers=1, site_workers=1, poll_time=0.01))
        await state.start()
        generation(root, "000002", numbers(7))
        await asyncio.sleep(after)
        await state.stop()

    before = processes()
    in_a_loop(run())
    assert processes() <= before


def test_a_worker_that_was_opened_and_never_used_ends_with_its_lane(store: Path, tmp_path: Path):
    async def run() -> None:
        lane = Lane(store, 1, Limits())
        await lane.start()
        await lane.opened(store_of(tmp_path / "next", numbers(7)))
        await lane.stop()

    before = processes()
    in_a_loop(run())
    assert processes() <= before
