"""Every error that this package raises on purpose, all of them :class:`KgError`."""

from collections.abc import Iterator
from contextlib import contextmanager


class KgError(Exception):
    """Something that a person can act on; its text is one clear sentence that names the place."""


class LetterError(KgError):
    """A text is not an Independent Medical Review letter, or cannot be read as one."""


class SourceError(KgError):
    """A file, folder or table of letters cannot be opened, decoded or listed."""


class CatalogueError(KgError):
    """A catalogue file in ``ontology/`` has a fault; the text names the file and the term."""


class VocabularyError(KgError):
    """A name is not a term of ``ontology/imr.ttl``."""


class IriError(KgError):
    """An IRI is not one that this package mints."""


class BaseError(KgError):
    """A knowledge base is missing, damaged, locked or of another format."""


class TableError(KgError):
    """A Parquet or Arrow file is damaged or of another kind."""


class UnknownError(KgError):
    """A case, page, query or node that is not there; the text names the nearest ones."""


class GoneError(UnknownError):
    """Something that was there and cannot be given any more; the text says since when or why."""


class ChoiceError(UnknownError):
    """An option or filter has a value that is not one of those there are; the text names the nearest."""


class QueryError(KgError):
    """A query or its parameters are wrong; the text says where."""


class QuestionError(KgError):
    """A question in words is not understood, or asks what cannot be answered; the text says which words."""


class SettingError(KgError):
    """A setting or option has a value that cannot be used."""


class ExtraError(SettingError, ImportError):
    """A package is not installed that comes with an extra; the text names the extra."""


EXTRAS = {
    "analysis": {"networkx", "numpy", "polars", "pyshacl", "scipy"},
    "server": {
        *("fastapi", "jinja2", "multipart", "prometheus_client", "pydantic_settings", "python_multipart"),
        *("pyvis", "starlette", "uvicorn"),
    },
    "agents": {"mcp"},
    "dask": {"distributed"},
    "xlsx": {"xlsxwriter"},
}
"""The modules that come with each extra of ``pyproject.toml``; what reads letters and builds needs none."""


def without(package: str | None) -> ExtraError | None:
    """What to say where a package cannot be imported, ``None`` where no extra brings it.

    >>> print(without("scipy.stats"))
    this needs scipy, which is not installed: pip install 'imr-kg[analysis]'
    """
    name = (package or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if name in modules:
            return ExtraError(f"this needs {name}, which is not installed: pip install 'imr-kg[{extra}]'")
    return None


@contextmanager
def extras() -> Iterator[None]:
    """Name the extra that is missing, where something is imported or done that needs one.

    Raises:
        ExtraError: a package cannot be imported that comes with an extra.
    """
    try:
        yield
    except ModuleNotFoundError as fault:
        if known := without(fault.name):
            raise known from fault
        raise


def why(fault: BaseException) -> str:
    """What a fault of the system or a library says, without the number and name that a sentence has already.

    >>> why(FileNotFoundError(2, "No such file or directory", "letters.csv"))
    'No such file or directory'
    """
    return str(getattr(fault, "strerror", None) or fault)
