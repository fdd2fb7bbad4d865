"""Find the grammars, the ontology and the other files that travel with the package."""

from functools import cache
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
