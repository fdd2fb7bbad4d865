"""Build a knowledge base: letters in, the next generation out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Progress(NamedTuple):
    """How far a build has come."""

    phase: str
    """``find``, ``read``, ``load``, ``optimize``, ``swap``."""
    done: int
    """Letters done in this phase."""
    total: int
    """Letters given so far; it grows while files are still being found."""
    quarantined: int


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``given`` is always the sum of the five counts that follow it.

    ``unchanged`` also counts a second file with the same text. ``superseded`` files lost to a letter of
    the same case with a later decision date. ``quarantine`` names each quarantined place with its reason.
    """

    given: int
    accepted: int
    unchanged: int
    replaced: int
    superseded: int
    quarantined: int
    quarantine: tuple[tuple[str, str], ...]
    generation: str
    """The generation that is served after the build."""
    changed: bool
    """Whether the build made a new generation."""
    seconds: float
    letters: int
    """Letters in the base after the build."""

    @property
    def quarantined_by_reason(self) -> Mapping[str, int]:
        """Number of quarantined files by the kind of reason."""
        raise NotImplementedError

    @property
    def letters_per_second(self) -> float:
        """Files given a second of the whole build."""
        return self.given / self.seconds if self.seconds else 0.0


def build(
    sources: Sequence[str | Path],
    kb: str | Path = "kb",
    *,
    processes: int | None = None,
    keep: int = 2,
    optimize: bool | None = None,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Read letters from ``sources`` (files, folders, tables, fsspec addresses) into the base at ``kb``.

    Letters whose text and reader are unchanged are not read again; a build that changes nothing leaves
    the base as it is. ``processes`` that parse (default: one a core; 1 reads in this process); ``keep``
    so many generations; ``optimize`` the graph (default: after large loads).

    Raises:
        BaseError: the directory is not ours, is locked by another build, cannot be written, the disk is full.
        SourceError: a source is not there.
        KeyboardInterrupt: stopped; what was read is staged and the next build goes on from there.
    """
    raise NotImplementedError
