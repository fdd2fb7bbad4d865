"""How far a long command has come: a bar on a terminal, a line now and then elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from rich import progress as bars

from kg.cli.command import err

if TYPE_CHECKING:
    from kg.base.building.build import Progress

log = logging.getLogger("kg")

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


class _Bar:
    """One bar, which starts again with each phase."""

    def __init__(self, bar: bars.Progress) -> None:
        self._bar, self._phase = bar, ""
        self._task = bar.add_task("", total=None, rate="", aside="")
        self._since = time.monotonic()

    def __call__(self, step: "Progress | _Count") -> None:
        if step.phase != self._phase:
            self._phase, self._since = step.phase, time.monotonic()
            self._bar.reset(self._task, description=step.phase)
        self._bar.update(
            self._task,
            completed=step.done,
            total=step.total,
            rate=_rate(step, self._since),
            aside=f"{step.quarantined:,} quarantined" if step.quarantined else "",
        )


class _Lines:
    """A log line at each new phase and every :data:`EVERY` seconds."""

    def __init__(self) -> None:
        self._phase, self._since, self._said = "", 0.0, 0.0

    def __call__(self, step: "Progress | _Count") -> None:
        now = time.monotonic()
        if step.phase != self._phase:
            self._phase, self._since = step.phase, now
        elif now - self._said < EVERY:
            return
        self._said = now
        said = [f"{step.phase}: {step.done:,}" + (f" of {step.total:,}" if step.total else "")]
        said += [rate] if (rate := _rate(step, self._since)) else []
        said += [f"{step.quarantined:,} quarantined"] if step.quarantined else []
        log.info("%s", ", ".join(said))


def _rate(step: "Progress | _Count", since: float) -> str:
    seconds = time.monotonic() - since
    return f"{step.done / seconds:,.0f}/s" if step.done and seconds > 0.5 else ""


@contextmanager
def shown() -> Iterator[_Bar | _Lines | None]:
    """What to call with each step of a build, ``None`` where nothing is to be said."""
    if not log.isEnabledFor(logging.INFO):
        yield None
    elif sys.stderr.isatty():
        columns = (
            bars.TextColumn("{task.description:8}"),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[rate]}"),
            bars.TimeRemainingColumn(),
            bars.TextColumn("{task.fields[aside]}", style="yellow"),
        )
        with bars.Progress(*columns, console=err(), transient=True) as bar:
            yield _Bar(bar)
    else:
        yield _Lines()


class _Count(NamedTuple):
    """A step of a command with one phase."""

    phase: str
    done: int
    total: int | None
    quarantined: int = 0


@contextmanager
def counted(phase: str) -> Iterator[Callable[[int, int], None] | None]:
    """The same for what counts how many letters of how many are done."""
    with shown() as show:
        yield (lambda done, total: show(_Count(phase, done, total))) if show else None
