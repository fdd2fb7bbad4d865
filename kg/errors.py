"""Every error that this package raises on purpose, all of them :class:`KgError`."""


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


def why(fault: BaseException) -> str:
    """What a fault of the system or a library says, without the number and name that a sentence has already.

    >>> why(FileNotFoundError(2, "No such file or directory", "letters.csv"))
    'No such file or directory'
    """
    return str(getattr(fault, "strerror", None) or fault)
