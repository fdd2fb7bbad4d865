"""A server in a process of its own, and a load client that leaves it most of the machine.

The client writes ready bytes on bare connections that are kept open, and looks at nothing of an answer but
its status and its length.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

BROKEN = 0
"""The status of an answer that never came whole."""


class Server:
    """``kg serve`` on a free port; ``settings`` are those of :class:`kg.web.settings.Settings`."""

    def __init__(self, base: Path, **settings: object) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {f"KG_{name.upper()}": str(value) for name, value in settings.items()}
        self.process = psutil.Popen(
            [sys.executable, "-m", "kg.cli", "serve", "--kb", str(base), "--port", str(self.port)],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
        )
        self.address = f"http://127.0.0.1:{self.port}"
        end = time.monotonic() + 300
        while self.get("/readyz")[0] != 200:
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit("the server did not get ready")
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one answer; no status where there was none."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return BROKEN, b""

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def memory(self) -> int:
        """Bytes that the web process holds and shares with nobody."""
        return int(self.process.memory_full_info().uss)

    def work(self) -> float:
        """Seconds of the processor that the web process has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def files(self) -> int:
        """How many files and pipes the web process has open; connections come and go."""
        found = 0
        for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found += not str(entry.readlink()).startswith("socket:")
        return found

    def workers(self) -> list[int]:
        """The numbers of the query processes."""
        return sorted(child.pid for child in self.process.children(recursive=True))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(60)


def request(path: str, **headers: str) -> bytes:
    """A GET as it is sent."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()


def query(text: str) -> bytes:
    """A SPARQL query as it is sent."""
    return request(f"/sparql?query={quote(text)}")


@dataclass
class Load:
    """How requests went: statuses, and seconds of those that were answered with 200."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers with status 200 a second."""
        return self.statuses[200] / self.seconds

    def add(self, other: "Load") -> None:
        """Add what another load did in the same time."""
        self.statuses += other.statuses
        self.times += other.times
        self.seconds = max(self.seconds, other.seconds)

    @property
    def failed(self) -> int:
        """How many had another status, or none."""
        return sum(self.statuses.values()) - self.statuses[200]

    def within(self, share: float) -> float:
        """The seconds within which this share was answered."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


class Client(asyncio.Protocol):
    """One connection that sends the next request when the last was answered."""

    def __init__(self, requests: Iterator[bytes], load: Load, over: Callable[[], None]) -> None:
        self._requests, self._load, self._over = requests, load, over
        self._answer = bytearray()
        self._whole, self._chunked, self._status, self._began = -1, False, BROKEN, 0.0
        self.stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self._answer.clear()
        self._whole, self._status = -1, BROKEN
        following = None if self.stopped else next(self._requests, None)
        if following is None:
            self.stopped = True
            self.transport.close()
            return
        self._began = time.perf_counter()
        self.transport.write(following)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._whole < 0 and not self._head():
            return
        if self._answer.endswith(b"0\r\n\r\n") if self._chunked else len(self._answer) >= self._whole:
            self._load.statuses[self._status] += 1
            if self._status == 200:
                self._load.times.append(time.perf_counter() - self._began)
            self._send()

    def _head(self) -> bool:
        """Whether the head is there; its status and where the answer ends are noted."""
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._answer[:end]).lower()
        self._status = int(head[9:12])
        _, found, rest = head.partition(b"\r\ncontent-length:")
        self._chunked = not found
        length = 0 if self._status == 304 or not found else int(rest.partition(b"\r\n")[0])
        self._whole = end + 4 + length
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.stopped:
            self._load.statuses[BROKEN] += 1
        self._over()


async def _keep(port: int, host: str, requests: Iterator[bytes], load: Load, end: float) -> None:
    """One client until ``end``; a connection that breaks is followed by another."""
    loop = asyncio.get_running_loop()
    while time.perf_counter() < end:
        over = asyncio.Event()
        try:
            _, client = await loop.create_connection(
                lambda over=over: Client(requests, load, over.set), "127.0.0.1", port, local_addr=(host, 0)
            )
        except OSError:
            load.statuses[BROKEN] += 1
            await asyncio.sleep(0.1)
            continue
        with_end = loop.call_later(max(0.0, end - time.perf_counter()), setattr, client, "stopped", True)
        await over.wait()
        with_end.cancel()
        if client.stopped:
            return


async def _loaded(port: int, clients: int, requests: Iterable[bytes], seconds: float, hosts: int) -> Load:
    load, each = Load(), iter(requests)
    began = time.perf_counter()
    await asyncio.gather(
        *(
            _keep(port, f"127.0.0.{2 + number % hosts}", each, load, began + seconds)
            for number in range(clients)
        )
    )
    load.seconds = time.perf_counter() - began
    return load


def put(server: Server, clients: int, requests: Iterable[bytes], seconds: float, hosts: int = 1) -> Load:
    """Ask with so many clients at once, from so many addresses, for so long or to the last request."""
    return asyncio.run(_loaded(server.port, clients, requests, seconds, hosts))
