"""Which decisions a question is about, and sentences for values that are not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches

import polars as pl

from kg.errors import SettingError, UnknownError
from kg.model import Side

Value = str | int
Given = Value | Iterable[Value] | None

_COLUMNS = {
    "body_part": ("body_parts",),
    "drug": ("drug", "drug_class"),
    "specialty": ("specialties",),
    "edition": (),
}
_SIDED = ("", *(f":{side.value}" for side in Side))


def unknown(what: str, value: object, known: Iterable[object]) -> UnknownError:
    """The error for a ``value`` that is not among those ``known``, naming the nearest.

    >>> str(unknown("party", "reviwer", ["reviewer", "claims_administrator"]))
    "there is no party 'reviwer'; the nearest: reviewer"
    """
    names = [str(name) for name in known]
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(str(value).casefold(), folded, n=3, cutoff=0.5)
    nearest = [folded[name] for name in near] or sorted(names)[:3]
    hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
    return UnknownError(f"there is no {what} {str(value)!r}{hint}")


def choose(what: str, value: str, known: Sequence[str]) -> str:
    """``value`` if it is known.

    Raises:
        UnknownError: it is not; the sentence names the nearest.
    """
    if value not in known:
        raise unknown(what, value, known)
    return value


@dataclass(frozen=True, slots=True)
class Filters:
    """The decisions that are counted: all those that have one value of each filter given.

    ``year`` is that of the decision. ``body_part`` is a part (``knee``, any side) or a part and side
    (``knee:left``). ``drug`` is a generic ingredient, a combination as ``a/b``, or a class of drugs.
    ``edition`` is a year, and means that the party in question cites a guideline of that edition;
    then only keys of that edition are listed.
    """

    year: tuple[int, ...] = ()
    category: tuple[str, ...] = ()
    subcategory: tuple[str, ...] = ()
    body_part: tuple[str, ...] = ()
    drug: tuple[str, ...] = ()
    specialty: tuple[str, ...] = ()
    edition: tuple[int, ...] = ()
    template: tuple[str, ...] = ()

    @classmethod
    def of(cls, **values: Given) -> "Filters":
        """Filters from single values, lists, or years as ``2014-2016``.

        >>> Filters.of(year="2014-2016", category="Injection").year
        (2014, 2015, 2016)

        Raises:
            UnknownError: there is no such filter.
            SettingError: a year is not one.
        """
        names = [field.name for field in fields(cls)]
        chosen: dict[str, tuple[Value, ...]] = {}
        for name, given in values.items():
            choose("filter", name, names)
            items: list[Value] = (
                [] if given is None else [given] if isinstance(given, str | int) else list(given)
            )
            if name in {"year", "edition"}:
                chosen[name] = tuple(year for item in items for year in _years(name, item))
            else:
                chosen[name] = tuple(str(item) for item in items)
        return cls(**chosen)  # type: ignore[arg-type]  # the loop gives each name its type

    def given(self) -> dict[str, tuple[Value, ...]]:
        """The filters that are set, by name.

        >>> Filters(year=(2014,)).given()
        {'year': (2014,)}
        """
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def columns(self) -> tuple[str, ...]:
        """The columns of the decisions that :meth:`passing` looks at.

        >>> Filters(year=(2014,), drug=("ibuprofen",), edition=(2009,)).columns()
        ('year', 'drug', 'drug_class')
        """
        return tuple(column for name in self.given() for column in _COLUMNS.get(name, (name,)))

    def passing(self, decisions: pl.DataFrame) -> pl.Series | None:
        """Which decisions pass, but for ``edition``; ``None`` for all.

        A value is found whatever its case.

        Raises:
            UnknownError: no decision has a value; the sentence names the nearest.
        """
        passing: pl.Series | None = None
        for name, given in self.given().items():
            if name == "edition":
                continue
            found = pl.Series([False]).new_from_index(0, decisions.height)
            for value in given:
                found |= _having(decisions, name, value)
            passing = found if passing is None else passing & found
        return passing

    def __str__(self) -> str:
        """As a person would write them, ``all decisions`` when none is set."""
        told = [f"{name} {', '.join(map(str, value))}" for name, value in self.given().items()]
        return "; ".join(told) or "all decisions"


def values(decisions: pl.DataFrame, name: str) -> list[Value]:
    """The values that the filter ``name`` can have among ``decisions``, sorted."""
    if name == "body_part":
        parts = decisions["body_parts"].explode().drop_nulls().unique()
        return sorted({*parts.to_list(), *(str(part).split(":")[0] for part in parts)})
    if name == "specialty":
        return sorted(decisions["specialties"].explode().drop_nulls().unique().to_list())
    return sorted(
        {value for column in _COLUMNS.get(name, (name,)) for value in decisions[column].drop_nulls().unique()}
    )


def _having(decisions: pl.DataFrame, name: str, value: Value) -> pl.Series:
    """Which decisions have one value of a filter."""
    found = decisions.select(_test(name, value).fill_null(value=False))
    if found.to_series().any():
        return found.to_series()
    known = values(decisions, name)
    written = {str(item).casefold(): item for item in known}.get(str(value).casefold())
    if written is None:
        raise unknown(name.replace("_", " "), value, known)
    return decisions.select(_test(name, written).fill_null(value=False)).to_series()


def _test(name: str, value: Value) -> pl.Expr:
    if name == "drug":
        return (pl.col("drug") == value) | (pl.col("drug_class") == value)
    if name == "specialty":
        return pl.col("specialties").list.contains(value)
    if name == "body_part":
        sides = _SIDED if ":" not in str(value) else ("",)
        return pl.any_horizontal(pl.col("body_parts").list.contains(f"{value}{side}") for side in sides)
    return pl.col(name) == value


def _years(name: str, given: Value) -> Iterable[int]:
    first, dash, last = str(given).strip().replace("..", "-").partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise SettingError(f"{name} {given!r} is not a year such as 2016 or a range such as 2014-2016")
    return range(int(first), int(last or first) + 1)
