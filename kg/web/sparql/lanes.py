"""Visitors' queries run in processes that can be killed; here they are kept, shared out and replaced.

A :class:`Lane` owns some workers on one generation's store. Who waits is served fairly: the
client that has used the least worker time lately comes next, and no client may hold every
worker while there are several. An answer is taken from its worker as fast as the worker gives
it (its size is bounded), so a slow reader keeps no worker.
"""

import asyncio
import json
import logging
import math
import struct
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

_SCRIPT = Path(__file__).with_name("worker.py")
_FORGET = 60.0  # seconds in which a client's used time fades to a third
_START = 30.0  # seconds that a worker may take to open its store


class Frame(NamedTuple):
    """A piece of an answer: ``H`` head, ``D`` data, ``E`` end, ``X`` error."""

    kind: str
    payload: bytes

    def fields(self) -> dict[str, Any]:
        """The payload of any frame but data."""
        fields: dict[str, Any] = json.loads(self.payload)
        return fields

    @classmethod
    def error(cls, name: str, **fields: Any) -> "Frame":
        """An error of ours, in the form that workers send theirs."""
        return cls("X", json.dumps({"error": name, **fields}).encode())


class RefusalError(Exception):
    """Too many queries wait: ``status`` 429 (of this client) or 503 (of all)."""

    def __init__(self, status: int, retry_after: int) -> None:
        super().__init__(f"too many queries are waiting ({status})")
        self.status, self.retry_after = status, retry_after


class WorkerError(Exception):
    """A worker could not be started."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lane allows: seconds, bytes and counts."""

    time: float = 10.0
    memory: int = 1 << 30
    queue: int = 256
    queue_per_client: int = 64
    queue_time: float = 10.0
    courtesy: int = 0
    """How far its processes give way to the one that answers, 0 to 19."""


class Worker:
    """One worker process on one store."""

    def __init__(self, store: Path, process: asyncio.subprocess.Process) -> None:
        self.store = store
        self._process = process

    @classmethod
    async def start(cls, store: Path, limits: Limits) -> "Worker":
        """A worker that has opened ``store``.

        Raises:
            WorkerError: it ended instead.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_SCRIPT),
            str(store),
            str(limits.memory),
            str(limits.courtesy),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 18,
            close_fds=True,
            env={},
        )
        worker = cls(store, process)
        try:
            async with asyncio.timeout(_START):
                ready = await worker._frame()
        except asyncio.CancelledError:
            await worker.end()
            raise
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            with suppress(ProcessLookupError):
                process.kill()
            said = await process.stderr.read() if process.stderr else b""
            await worker.end()
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise WorkerError(f"{store}: a query process ended at its start: {last}") from error
        if not ready.fields()["network_closed"]:
            log.warning("the kernel does not let query processes close their network")
        return worker

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def _frame(self) -> Frame:
        assert self._process.stdout
        kind, length = struct.unpack(">cI", await self._process.stdout.readexactly(5))
        return Frame(kind.decode(), await self._process.stdout.readexactly(length))

    async def answer(self, job: dict[str, Any]) -> AsyncIterator[Frame]:
        """The frames of one answer, to the last.

        Raises:
            asyncio.IncompleteReadError, ConnectionError: the process died.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        await self._process.stdin.drain()
        while True:
            frame = await self._frame()
            yield frame
            if frame.kind in "EX":
                return

    async def end(self) -> None:
        """End the process at once, and wait until it is gone with its pipes."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        # A pipe that is full when its process is killed stays paused and open: asyncio closes it only so.
        self._process._transport.close()  # type: ignore[attr-defined]
        await asyncio.sleep(0)


class Answer:
    """One query's frames as they come from ``store``; :meth:`cancel` frees its worker."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def put(self, frame: Frame) -> None:
        """Add what the worker sent."""
        self._frames.put_nowait(frame)

    async def next(self) -> Frame:
        """The next frame; none comes after ``E`` or ``X``."""
        return await self._frames.get()

    def cancel(self) -> None:
        """Stop the query if it still runs."""
        if self.task:
            self.task.cancel()


@dataclass
class Figures:
    """What a lane has done, for the metrics."""

    answered: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Lane:
    """Some workers on one store, and the queue before them."""

    def __init__(self, store: Path, size: int, limits: Limits) -> None:
        self.limits, self.size, self.figures = limits, size, Figures()
        self.store = store
        self._alive: set[Worker] = set()
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._waiting: dict[str, deque[asyncio.Future[Worker]]] = defaultdict(deque)
        self._running: Counter[str] = Counter()
        self._used: dict[str, tuple[float, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.Task[None]] = set()
        self._open = True

    async def start(self) -> None:
        """Start the workers.

        Raises:
            WorkerError: the store cannot be opened.
        """
        for worker in await asyncio.gather(*(self._begin(self.store) for _ in range(self.size))):
            self._workers.add(worker)
            self._idle.append(worker)

    async def _begin(self, store: Path) -> Worker:
        """Start a worker, which :meth:`stop` ends whatever becomes of it."""
        worker = await Worker.start(store, self.limits)
        self._alive.add(worker)
        return worker

    async def _end(self, worker: Worker) -> None:
        await worker.end()
        self._alive.discard(worker)

    async def stop(self) -> None:
        """Kill every worker, those too that were :meth:`opened` and never gone over to, and what they do."""
        self._open = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._end(worker) for worker in self._alive), *self._ends)
        self._workers.clear()

    async def finished(self) -> None:
        """Wait until the queries that run are answered."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def opened(self, store: Path) -> Worker | None:
        """A worker for :meth:`switch`, on another generation's store.

        Raises:
            WorkerError: the store cannot be opened.
        """
        return await self._begin(store)

    def switch(self, first: Worker | None) -> None:
        """Go on with the store of ``first``; queries that run end on the one they began with."""
        if first is None:
            return
        self.store = first.store
        old, self._idle = self._idle, [first]
        self._workers.add(first)
        self._dispatch()
        for worker in old:
            self._discard(worker, replace=len(self._workers) <= self.size)

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return sum(len(queue) for queue in self._waiting.values())

    @property
    def ready(self) -> bool:
        """Whether there is a worker at all."""
        return bool(self._workers)

    def pids(self) -> list[int]:
        """The processes of this lane."""
        return sorted(worker.pid for worker in self._workers)

    async def ask(self, job: dict[str, Any], client: str) -> Answer:
        """Run a query when it is this client's turn.

        Raises:
            RefusalError: too many wait, or it waited too long.
        """
        worker = await self._acquire(client)
        answer = Answer(worker.store)
        answer.task = asyncio.create_task(self._pump(worker, job, client, answer))
        self._keep(answer.task, self._tasks)
        return answer

    async def _pump(self, worker: Worker, job: dict[str, Any], client: str, answer: Answer) -> None:
        started, breach = time.monotonic(), "cancelled"
        try:
            async with asyncio.timeout(self.limits.time):
                async for frame in self.frames(worker, job):
                    if frame.kind in "EX":
                        breach = ""
                    answer.put(frame)
        except TimeoutError:
            breach = "time"
            answer.put(Frame.error("time-limit", seconds=self.limits.time))
        except (asyncio.IncompleteReadError, ConnectionError):
            breach = "died"
            answer.put(Frame.error("died"))
        except asyncio.CancelledError:  # its reader is gone, or its lane ends
            answer.put(Frame.error("died"))
            raise
        finally:
            self._release(worker, client, time.monotonic() - started, breach)

    def frames(self, worker: Worker, job: dict[str, Any]) -> AsyncIterator[Frame]:
        """The frames of one answer, to the last."""
        return worker.answer(job)

    async def _acquire(self, client: str) -> Worker:
        if len(self._waiting[client]) >= self.limits.queue_per_client:
            self.figures.refused["client"] += 1
            raise RefusalError(429, 2)
        if self.waiting >= self.limits.queue:
            self.figures.refused["queue"] += 1
            raise RefusalError(503, 5)
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting[client].append(turn)
        self._dispatch()
        try:
            async with asyncio.timeout(self.limits.queue_time):
                return await asyncio.shield(turn)
        except TimeoutError as error:
            self._give_up(client, turn)
            self.figures.refused["wait"] += 1
            raise RefusalError(503, 5) from error
        except asyncio.CancelledError:
            self._give_up(client, turn)
            raise

    def _give_up(self, client: str, turn: asyncio.Future[Worker]) -> None:
        """Take back a place in the queue, or the worker that came too late."""
        if turn.done():
            self._release(turn.result(), client, 0.0, "")
            return
        turn.cancel()
        with suppress(ValueError):
            self._waiting[client].remove(turn)

    def _dispatch(self) -> None:
        """Give idle workers to those who wait: first whoever has used the least."""
        share = max(1, self.size - 1)
        while self._idle:
            clients = [c for c, queue in self._waiting.items() if queue and self._running[c] < share]
            if not clients:
                break
            client = min(clients, key=lambda c: (self._running[c], self._spent(c)))
            turn = self._waiting[client].popleft()
            if not self._waiting[client]:
                del self._waiting[client]
            self._running[client] += 1
            turn.set_result(self._idle.pop())

    def _spent(self, client: str) -> float:
        seconds, at = self._used.get(client, (0.0, 0.0))
        return seconds * math.exp((at - time.monotonic()) / _FORGET)

    def _release(self, worker: Worker, client: str, seconds: float, breach: str) -> None:
        self._running[client] -= 1
        if self._running[client] <= 0:
            del self._running[client]
        self._used[client] = (self._spent(client) + seconds, time.monotonic())
        if len(self._used) > 10_000:
            self._used = {c: used for c, used in self._used.items() if self._spent(c) > 0.01}
        self.figures.seconds += seconds
        if breach:
            self.figures.killed[breach] += 1
        else:
            self.figures.answered += 1
        if breach or worker.store != self.store:
            self._discard(worker, replace=len(self._workers) <= self.size)
        else:
            self._idle.append(worker)
        self._dispatch()

    def _discard(self, worker: Worker, *, replace: bool) -> None:
        self._workers.discard(worker)
        self._keep(asyncio.create_task(self._end(worker)), self._ends)
        if replace and self._open:
            self._keep(asyncio.create_task(self._add()), self._tasks)

    async def _add(self) -> None:
        """Start one worker more, trying again while the store cannot be opened."""
        pause = 0.1
        while self._open and len(self._workers) < self.size:
            store = self.store
            try:
                worker = await self._begin(store)
            except (WorkerError, OSError):
                log.exception("a query process could not be started")
                await asyncio.sleep(pause)
                pause = min(5.0, pause * 2)
                continue
            if not self._open or store != self.store:
                await self._end(worker)
                continue
            self._workers.add(worker)
            self._idle.append(worker)
            self._dispatch()
            return

    @staticmethod
    def _keep(task: asyncio.Task[None], kept: set[asyncio.Task[None]]) -> None:
        """Hold on to a task, as the event loop does not."""
        kept.add(task)
        task.add_done_callback(kept.discard)
