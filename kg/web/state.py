"""What a running server holds: the open generation, the query processes, the figures."""

import asyncio
import ctypes
import gc
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.types import Scope

from kg.base.archive import dumps
from kg.base.store import KnowledgeBase
from kg.errors import BaseError
from kg.web.problems import ProblemError
from kg.web.settings import Settings
from kg.web.site import Site
from kg.web.sparql import prepare_answers, remote
from kg.web.sparql.lanes import Answer, Lane, Limits, RefusalError, WorkerError

log = logging.getLogger(__name__)

_COURTESY = 10
"""How far visitors' queries and the dumps give way to pages: a tenth where the processors do not suffice."""
_EARLIER = 2
"""Generations beside the one that is served that are held open because they were asked for."""
_LONGEST = 600.0
"""Seconds that a generation is held open for requests that began with it, such as those of a slow reader."""
_HOLDS = "kg.holds"
"""The key of a request's state under which it holds the generations that it was given."""
_DUMPS = """
import os, sys
os.nice(int(sys.argv[2]))
from kg.base.archive import dumps
from kg.base.store import KnowledgeBase
with KnowledgeBase.open(sys.argv[1]) as base:
    dumps.make(base)
"""


class State:
    """One server's knowledge base and processes.

    ``site`` is replaced as a whole when a build has put a new generation in place; requests
    that run go on with the one they began with, which stays open until they are over.
    """

    def __init__(self, path: Path | None, settings: Settings) -> None:
        self.path, self.settings = path, settings
        self.site = Site(KnowledgeBase.open(path)) if path else remote.RemoteSite()
        limits = Limits(
            time=settings.time_limit,
            memory=settings.memory_limit,
            queue=settings.queue_length,
            queue_per_client=settings.queue_per_client,
            queue_time=settings.queue_time,
        )
        self.visitors, self.own = (
            remote.RemoteLane(settings.endpoint, size, limits)
            if settings.endpoint
            else Lane(self.site.base.graph_folder, size, replace(limits, courtesy=courtesy))
            for size, courtesy in ((settings.workers, _COURTESY), (settings.site_workers, 0))
        )
        self._watch: asyncio.Task[None] | None = None
        self._prepared = path is None
        self._warm: asyncio.Task[None] | None = None
        self._dumping: asyncio.Task[None] | None = None
        self._holds: dict[object, set[Site | None]] = {}
        """What each request that runs was given; ``None`` stands for whatever is open."""
        self._leaving: dict[Site, float] = {}
        """What is no longer served and still held, since when."""
        self._earlier: list[Site] = []
        self._opening = asyncio.Lock()
        self._past: Lane | None = None
        self._turn = asyncio.Lock()
        """Whose turn it is to ask an earlier generation."""

    async def start(self) -> None:
        """Start the query processes and the look-out for new generations."""
        await asyncio.gather(self.visitors.start(), self.own.start())
        if self.path is None:
            return
        self._warm = asyncio.create_task(self._prepare())
        self._watch = asyncio.create_task(self._look_out())

    async def stop(self) -> None:
        """End what was started."""
        for task in (self._watch, self._warm, self._dumping):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        lanes = (self.visitors, self.own, self._past)
        await asyncio.gather(*(lane.stop() for lane in lanes if lane))
        for site in (*self._leaving, *self._earlier, self.site) if self.path else ():
            site.base.close()

    def served(self, request: Request) -> Site:
        """The generation that is served, which stays open until the request is over."""
        return self._given(request, self.site)

    def _given(self, request: Request, site: Site) -> Site:
        """Answer a request from ``site``, which stays open until the request is over."""
        if not hasattr(request.state, _HOLDS):
            setattr(request.state, _HOLDS, object())
        self._holds.setdefault(getattr(request.state, _HOLDS), set()).add(site)
        request.state.site = site
        return site

    def over(self, scope: Scope, *_: object) -> None:
        """Let go of what the request of ``scope`` holds."""
        self._let_go(scope.get("state", {}).pop(_HOLDS, None))

    @contextmanager
    def _holding(self, site: Site | None = None) -> Iterator[None]:
        """Keep ``site`` open for work that is not a request's, or all that are open or may come."""
        holder = object()
        self._holds[holder] = {site}
        try:
            yield
        finally:
            self._let_go(holder)

    def _let_go(self, holder: object) -> None:
        self._holds.pop(holder, None)
        self._close_unused()

    def _leave(self, *sites: Site) -> None:
        """Close what is no longer served as soon as nobody holds it, within a time."""
        now = time.monotonic()
        self._leaving.update((site, now) for site in sites)
        self._close_unused()

    def _close_unused(self) -> None:
        held = set[Site | None]().union(*self._holds.values())
        latest = time.monotonic() - _LONGEST
        for site, since in [*self._leaving.items()]:
            if not {site, None} & held or since < latest:
                del self._leaving[site]
                site.base.close()

    def graph_version(self, site: Site) -> str:
        """What stays the same while the graph of ``site`` does."""
        return remote.version() if self.settings.endpoint else site.generation

    async def ask(self, request: Request, lane: Lane, job: dict[str, Any], client: str) -> Answer:
        """Ask a lane; the request is answered as of the generation whose store the answer is from.

        Raises:
            RefusalError: too many wait, or it waited too long.
            ProblemError: with 422 where the request names a generation that is not kept.
        """
        site = await self.asked_for(request)
        if site is self.site:
            return await self._ask_served(request, lane, job, client)
        if self.settings.endpoint:
            raise ProblemError(422, f"queries run on the graph of another server, not on {site.generation}")
        return await self._ask_earlier(site, job, client)

    async def asked_for(self, request: Request) -> Site:
        """The generation that a request names, or the one that is served.

        Raises:
            ProblemError: with 422 where it is not kept.
        """
        named = request.query_params.get("generation", "")
        return self._given(request, await self.generation(named) if named else self.site)

    async def _ask_earlier(self, site: Site, job: dict[str, Any], client: str) -> Answer:
        """Ask an earlier generation, in a process that stays for the one that was asked for last."""
        store = site.base.graph_folder
        try:
            async with asyncio.timeout(self.visitors.limits.queue_time):
                await self._turn.acquire()
        except TimeoutError as error:
            raise RefusalError(503, 5) from error
        try:
            if self._past is None:
                lane = Lane(store, 1, self.visitors.limits)
                await lane.start()
                self._past = lane
            elif self._past.store != store:
                self._past.switch(await self._past.opened(store))
            return await self._past.ask(job, client)
        finally:
            self._turn.release()

    async def _end_past(self) -> None:
        """End the process that answers for an earlier generation, after what it was asked."""
        async with self._turn:
            past, self._past = self._past, None
        if past:
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(past.limits.time):
                        await past.finished()
            finally:
                await past.stop()

    async def _ask_served(self, request: Request, lane: Lane, job: dict[str, Any], client: str) -> Answer:
        """Ask the generation that is served when it is the query's turn; that is the one that answers."""
        with self._holding():
            answer = await lane.ask(job, client)
            if self.settings.endpoint:  # its lanes have no store of a generation
                self._given(request, self.site)
                return answer
            known = (self.site, *self._leaving)  # others may have been put in place meanwhile
            self._given(request, next(site for site in known if site.base.graph_folder == answer.store))
            return answer

    @property
    def ready(self) -> bool:
        """Whether answers come at once."""
        return self._prepared and self.visitors.ready and self.own.ready

    async def _prepare(self) -> None:
        """Make the first answers quick."""
        try:
            site = self.site
            with self._holding(site):
                await asyncio.to_thread(site.prepare)
                self._prepared = True
                await asyncio.to_thread(site.load_the_rest)
                if len(site.base) >= prepare_answers.LARGE:
                    await prepare_answers.make(site.base.folder, site.base.graph_folder, self.visitors.limits)
        except Exception:  # whatever it is, those who ask what does not need it are served
            log.exception("the base could not be prepared; answers are made as they are asked for")
            self._prepared = True

    @property
    def dumping(self) -> bool:
        """Whether the files of ``/download`` are being made."""
        return self._dumping is not None and not self._dumping.done()

    def make_dumps(self) -> None:
        """Begin to make the files of ``/download``, where they are not there and nobody does."""
        if not self.dumping and not dumps.complete(self.site.base):
            self._dumping = asyncio.create_task(self._dump())

    async def _dump(self) -> None:
        """Make them in a process of its own, which gives way to this one."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _DUMPS, str(self.path), str(_COURTESY)), stdin=asyncio.subprocess.DEVNULL
        )
        try:
            if await process.wait():
                log.error("the dumps could not be made; see the error above")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def generation(self, name: str) -> Site:
        """A generation by its name: the one that is served, or another that is kept.

        Raises:
            ProblemError: with 422 where it is not kept.
        """
        served = self.site
        if name == served.generation:
            return served
        async with self._opening:
            for site in self._earlier:
                if site.generation == name:
                    return site
            base = await asyncio.to_thread(served.base.kept, name) if self.path else None
            if base is None:
                told = f"generation {name} is not kept; the one that is served is {served.generation}"
                raise ProblemError(422, told)
            self._earlier.append(Site(base))
            if len(self._earlier) > _EARLIER:
                self._leave(self._earlier.pop(0))
            return self._earlier[-1]

    async def _look_out(self) -> None:
        while True:
            await asyncio.sleep(self.settings.poll_time)
            try:
                await self.refresh()
            except (BaseError, WorkerError, OSError):
                log.exception("a new generation cannot be opened; going on with %s", self.site.generation)

    async def refresh(self) -> bool:
        """Go over to a new generation, if there is one; whether there was.

        Raises:
            BaseError, WorkerError: it cannot be opened; the old one stays.
        """
        assert self.path is not None
        served = (self.path / "current").readlink().name
        if served == self.site.generation:
            return False
        site = await asyncio.to_thread(Site.opened, self.path)
        async with AsyncExitStack() as undo:
            undo.callback(site.base.close)
            visitors = await self.visitors.opened(site.base.graph_folder)
            if visitors:
                undo.push_async_callback(visitors.end)
            own = await self.own.opened(site.base.graph_folder)
            undo.pop_all()
        # All at once: a client that got an answer of the new generation gets none of the old one afterwards.
        self.visitors.switch(visitors)
        self.own.switch(own)
        # Earlier ones are let go too: letters may have been removed, with the generations that hold them.
        last, self.site = self.site, site
        self._leave(last, *self._earlier)
        self._earlier = []
        last.forget()
        await self._end_past()
        await asyncio.to_thread(_give_back)
        log.info("generation %s is served", site.generation)
        return True


def _give_back() -> None:
    """Return to the system what a generation took."""
    gc.collect()
    with suppress(OSError, AttributeError):  # only the GNU library has it
        ctypes.CDLL(None).malloc_trim(0)
