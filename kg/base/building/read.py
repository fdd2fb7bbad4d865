"""Read one source into all that the base keeps of it."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from kg import resources
from kg.base.corrections import apply as correct
from kg.base.ledger import Correction
from kg.errors import KgError, LetterError
from kg.files import sources
from kg.files.sources import Letter, Quarantined, Source
from kg.graph import iri
from kg.model import SCAN_MARK, Determination, Problem, ProblemKind, Span
from kg.reading.letter import read_letter
from kg.reading.several import parts
from kg.reading.vocabulary.catalogue import concepts

_CODE = (
    *("model/*.py", "contract/*.py", "reading/**/*.py", "graph/*.py"),
    *("base/facts.py", "base/corrections.py", "base/building/read.py"),
)
_DATA = (("grammar", "*.lark"), ("grammar", "*.tsv"), ("ontology", "*.ttl"), ("ontology", "*.tsv"))


@cache
def reader_version() -> str:
    """The version of what turns a text into triples and facts: code, grammars and catalogues.

    A letter whose text and reader are both unchanged is not read again.
    """
    digest = hashlib.sha256(iri.BASE.encode())
    code = Path(__file__).parents[2]
    files = [path for pattern in _CODE for path in sorted(code.glob(pattern))]
    files += [path for folder, pattern in _DATA for path in sorted(resources.folder(folder).glob(pattern))]
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def specialty_labels() -> Mapping[str, str]:
    """The preferred label of each notation in ``ontology/specialties.ttl``."""
    return {notation: concept.preferred for notation, concept in concepts("specialties.ttl").items()}


def stamp(source: Source) -> str:
    """What changes when the source does, found without reading it.

    An address elsewhere has none: that of a file which changed while its build was interrupted is
    noticed by the build after it, which compares hashes.
    """
    if source.found is not None:
        return source.found.sha256
    try:
        state = os.stat(source.path)  # noqa: PTH116 - a path may be an address
    except (OSError, ValueError):
        return ""
    return f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns}"


def fingerprint(source: Source) -> str | None:
    """The hash by which the ledger knows the source, ``None`` where only reading it tells."""
    if source.found is not None:
        return source.found.sha256
    try:
        with open(source.path, "rb") as file:  # noqa: PTH123 - a path may be an address
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def letters(source: Source) -> Iterator[Letter | Quarantined]:
    """The letter at ``source``, or each of several in its text: the place of the second ends in ``#2``."""
    found = sources.read(source)
    if isinstance(found, Quarantined):
        yield found
        return
    try:
        places = parts(found.text)
    except LetterError as fault:
        yield Quarantined(found.place, found.sha256, f"{found.place}: {fault}")
        return
    if len(places) == 1:
        yield found
        return
    for n, place in enumerate(places, 1):
        name = found.name and f"{found.name}-{n}"
        text = place.of(found.text)
        if n > 1 and found.text.startswith(SCAN_MARK):
            text = SCAN_MARK + text
        yield Letter(name, f"{found.place}#{n}", text, found.sha256, found.problems if n == 1 else ())


def determination(
    text: str,
    name: str | None,
    problems: tuple[Problem, ...] = (),
    corrections: Callable[[str], Iterable[Correction]] = lambda _: (),
) -> Determination:
    """What a letter says; ``problems`` are those of decoding, ``corrections`` gives those of a case.

    Raises:
        LetterError: the text is no letter.
    """
    found = read_letter(text, name)
    if problems:
        found = replace(found, problems=problems + found.problems)
    if found.case_number is None or not (wanted := list(corrections(found.case_number))):
        return found
    try:
        return correct(found, wanted)
    except KgError as fault:  # a newer reader may not have the value any more that was corrected
        problem = Problem(ProblemKind.BAD_VALUE, Span(0, 0), f"a correction does not fit: {fault}")
        return replace(found, problems=(*found.problems, problem))


def case_is_printed(found: Determination) -> bool:
    """Whether the letter prints its case number; the file's name stands in where it does not."""
    return "case_number" in found.spans
