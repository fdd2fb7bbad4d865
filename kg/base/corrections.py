"""What a person set in place of a misread value, applied whenever the letter is read.

A path names a value as the JSON form does; the parts of a list are counted from 1, as items are
everywhere: ``decision_date``, ``patient.age``, ``decisions.2.outcome``.
"""

import json
from collections.abc import Iterable
from typing import Any

from kg import contract
from kg.base.ledger import Correction
from kg.errors import SourceError, UnknownError
from kg.model import Determination


def apply(found: Determination, corrections: Iterable[Correction]) -> Determination:
    """The determination with its corrected values.

    Raises:
        UnknownError: a path leads nowhere.
        KgError: a value is not one that the field may have.
    """
    said: Any = None
    told = ""
    for correction in corrections:
        said = said or contract.to_json(found)
        _set(said, correction)
        told = f"{correction.case}: {correction.path} {correction.value}"
    try:
        return contract.from_json(said) if said else found
    except SourceError as fault:
        raise SourceError(f"{told}: {fault.__cause__ or fault}") from fault


def _set(said: Any, correction: Correction) -> None:
    *way, last = correction.path.split(".")
    place = said
    try:
        for name in way:
            place = place[_key(place, name)]
        key = _key(place, last)
        place[key]  # a key that is not there must not be made
    except (KeyError, IndexError, TypeError, ValueError):
        raise UnknownError(f"{correction.case}: its determination has no value {correction.path!r}") from None
    place[key] = _value(correction.value)


def _key(place: Any, name: str) -> str | int:
    if not isinstance(place, list):
        return name
    if (number := int(name)) < 1:
        raise IndexError(name)
    return number - 1


def _value(text: str) -> Any:
    """``12``, ``true``, ``null`` and lists as JSON, other text as it is.

    >>> _value("12"), _value("null"), _value("upheld"), _value("2016-12-01")
    (12, None, 'upheld', '2016-12-01')
    """
    try:
        return json.loads(text)
    except ValueError:
        return text
