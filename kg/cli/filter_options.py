"""The options that say which decisions a question is about, made from the table of filters."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from kg.analysis.filters import FILTERS, Filters

OPTIONS: dict[str, Any] = {
    name: Annotated[list[str] | None, typer.Option(help=one.help, rich_help_panel="Filters")]
    for name, one in FILTERS.items()
}
"""Each filter and its option, which can be given more than once."""


def filtered(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command an option for each filter; its parameter ``chosen`` is what was given of them."""

    @functools.wraps(function)
    def run(*words: Any, **options: Any) -> int | None:
        given = {name: options.pop(name, None) or None for name in OPTIONS}
        return function(*words, **options, chosen=Filters.of(**given))

    own = inspect.signature(function)
    kept = [parameter for name, parameter in own.parameters.items() if name != "chosen"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in OPTIONS.items()
    ]
    run.__signature__ = own.replace(parameters=[*kept, *added])  # type: ignore[attr-defined]
    kinds = {name: kind for name, kind in function.__annotations__.items() if name != "chosen"}
    run.__annotations__ = {**kinds, **OPTIONS}
    return run
