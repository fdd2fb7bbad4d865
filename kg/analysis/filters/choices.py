"""Values that are chosen among known ones, and the errors where they are not."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from kg.errors import ChoiceError, SettingError, UnknownError

Unknown = TypeVar("Unknown", bound=UnknownError)


def unknown(
    what: str,
    value: object,
    known: Iterable[object],
    kind: type[Unknown] = UnknownError,  # type: ignore[assignment]
) -> Unknown:
    """The error for a ``value`` that is not among those ``known``, naming the nearest.

    It is a missing thing, or a :class:`kg.errors.ChoiceError` where a wrong value was chosen.

    >>> str(unknown("party", "reviwer", ["reviewer", "claims_administrator"]))
    "there is no party 'reviwer'; the nearest: reviewer"
    """
    names = [str(name) for name in known]
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(str(value).casefold(), folded, n=3, cutoff=0.5)
    nearest = [folded[name] for name in near] or sorted(names)[:3]
    hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
    return kind(f"there is no {what} {str(value)!r}{hint}")


def choose(what: str, value: str, known: Sequence[str]) -> str:
    """``value`` if it is known.

    Raises:
        ChoiceError: it is not; the sentence names the nearest.
    """
    if value not in known:
        raise unknown(what, value, known, ChoiceError)
    return value


def check_minimum(minimum: int) -> None:
    """See that the fewest decisions of a row are at least one.

    Raises:
        SettingError: they are not.
    """
    if minimum < 1:
        raise SettingError(f"the minimum count is {minimum}, and must be at least 1")
