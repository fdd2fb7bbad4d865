"""A table of rows as one test."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]
Rows = Iterable[Any] | Callable[[], Iterable[Any]]


def some_or_all(step: int) -> pytest.MarkDecorator:
    """Try a test with a ``step``: every so many-th of what it has to try, and in the long run all of it."""
    every = pytest.param(1, marks=pytest.mark.long)
    return pytest.mark.parametrize("step", [step, every], ids=["some", "all"])


def each_row(names: str | tuple[str, ...], rows: Rows, *, many: int = 0) -> Callable[[Test], Test]:
    """Try a test with every row, and raise what failed together, each with its row.

    It is written like ``pytest.mark.parametrize``, for tables whose rows take less time than pytest needs to
    set a test up. Rows that take time to make are given as a function without arguments. Of ``many`` rows
    each so many-th is tried, and all of them in the long run.
    """
    table = rows if callable(rows) else list(rows)

    def decorated(test: Test) -> Test:
        given = (names,) if isinstance(names, str) else names

        def whole_table(step: int = 1, **fixtures: Any) -> None:
            tried = (list(table()) if callable(table) else table)[::step]
            assert tried, f"{test.__name__} has no rows"
            failed = []
            for row in tried:
                values = (row,) if isinstance(names, str) else tuple(row)
                try:
                    test(**fixtures, **dict(zip(given, values, strict=True)))
                except Exception as error:
                    error.add_note(f"row: {values}"[:500])
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(tried)} rows", failed)

        signature = inspect.signature(test)
        kept = [one for name, one in signature.parameters.items() if name not in given]
        if many:
            kept.append(inspect.Parameter("step", inspect.Parameter.KEYWORD_ONLY))
        whole_table.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        for name in ("__name__", "__doc__", "__module__"):
            setattr(whole_table, name, getattr(test, name))
        return some_or_all(many)(whole_table) if many else whole_table

    return decorated
