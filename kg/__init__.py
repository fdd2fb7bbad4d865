"""Read California's Independent Medical Review letters into a knowledge graph.

Read one letter with :func:`parse_letter`; open a knowledge base that ``kg build`` made
with :func:`open` and ask it:

    import kg

    letter = kg.parse_letter(text)
    for decision in letter.decisions:
        print(decision.outcome, decision.item.text)

    with kg.open("kb") as base:
        base.query("outcomes_by_page")   # a named query, see ontology/queries/, or SPARQL
        base.drivers(year="2014-2016")   # associations of what is cited with outcomes
        base.facts                       # a polars frame
        base.graph                       # an rdflib graph
        base.letter("CM16-0219557")      # the text of a letter
"""

from importlib import import_module
from typing import TYPE_CHECKING

from kg.errors import (
    BaseError,
    CatalogueError,
    ChoiceError,
    ExtraError,
    IriError,
    KgError,
    LetterError,
    QueryError,
    SettingError,
    SourceError,
    UnknownError,
    VocabularyError,
)
from kg.model import (
    Basis,
    BodyPart,
    Citation,
    Decision,
    Determination,
    DisputedItem,
    Drug,
    GuidelineField,
    Mention,
    Outcome,
    PageRange,
    Party,
    Patient,
    Priority,
    Problem,
    ProblemKind,
    Quantity,
    Rationale,
    Reviewer,
    Section,
    Service,
    Sex,
    Side,
    Span,
    Specialty,
    Template,
    Unit,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kg.front import OpenBase

__all__ = [
    "BaseError",
    "Basis",
    "BodyPart",
    "CatalogueError",
    "ChoiceError",
    "Citation",
    "Decision",
    "Determination",
    "DisputedItem",
    "Drug",
    "ExtraError",
    "GuidelineField",
    "IriError",
    "KgError",
    "LetterError",
    "Mention",
    "OpenBase",
    "Outcome",
    "PageRange",
    "Party",
    "Patient",
    "Priority",
    "Problem",
    "ProblemKind",
    "Quantity",
    "QueryError",
    "Rationale",
    "Reviewer",
    "Section",
    "Service",
    "SettingError",
    "Sex",
    "Side",
    "SourceError",
    "Span",
    "Specialty",
    "Template",
    "Unit",
    "UnknownError",
    "VocabularyError",
    "open",
    "parse_letter",
    "parse_letters",
]

# What follows is imported late: `import kg` loads neither the grammars nor the store.


def parse_letter(text: str, name: str | None = None) -> Determination:
    """What a letter says; ``name`` stands in for a case number that it does not print.

    Raises:
        LetterError: the text is no Independent Medical Review letter.
    """
    from kg.reading.letter import read_letter

    return read_letter(text, name)


def parse_letters(text: str, name: str | None = None) -> tuple[Determination, ...]:
    """What each letter of a text says that holds several, its spans in its own part of the text.

    Raises:
        LetterError: a part is no Independent Medical Review letter, or the letters cannot be parted.
    """
    from kg.reading.letter import read_letter
    from kg.reading.several import parts

    found = parts(text)
    names = [name] if len(found) == 1 else [name and f"{name}-{n}" for n in range(1, len(found) + 1)]
    return tuple([read_letter(part.of(text), own) for part, own in zip(found, names, strict=True)])


def open(path: "str | Path" = "kb") -> "OpenBase":  # noqa: A001 - `kg.open` reads as it should
    """The knowledge base in the directory ``path``, as it was when opened; later builds do not change it.

    Raises:
        BaseError: there is none, it is another program's, or its format is another.
    """
    from kg.front import OpenBase

    return OpenBase.open(path)


def __getattr__(name: str) -> object:
    if name == "OpenBase":
        return import_module("kg.front").OpenBase
    if name == "__version__":
        return import_module("importlib.metadata").version("imr-kg")
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
