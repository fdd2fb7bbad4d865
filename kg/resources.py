"""Find the grammars, the ontology and the other files that travel with the package."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """The directory ``name`` (``grammar``, ``ontology`` or ``docs``), in the wheel or in a checkout.

    >>> folder("grammar").is_dir()
    True
    """
    packaged = Path(str(files("kg"))) / "_data" / name
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / name


@cache
def text(name: str, file: str) -> str:
    """The text of ``file`` in :func:`folder` ``name``, as UTF-8."""
    return (folder(name) / file).read_text(encoding="utf-8")


@cache
def code_version() -> str:
    """The version of the program and of the analysis code, such as ``0.1.0-3f2a9c01``.

    >>> code_version().startswith(version("imr-kg"))
    True
    """
    digest = hashlib.sha256()
    wings = [Path(__file__).parent / wing for wing in ("analysis", "statistics")]
    for file in sorted(file for wing in wings for file in wing.rglob("*.py")):
        digest.update(file.read_bytes())
    return f"{version('imr-kg')}-{digest.hexdigest()[:8]}"
