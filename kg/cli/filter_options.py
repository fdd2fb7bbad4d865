"""The options that say which decisions a question is about, the same for all commands that have them."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer


def _option(words: str, *names: str) -> Any:
    return Annotated[list[str] | None, typer.Option(*names, help=words, rich_help_panel="Filters")]


OPTIONS = {
    "year": _option("Years of decision: 2015, or 2014-2016."),
    "category": _option("Category of service."),
    "subcategory": _option("Subcategory of service."),
    "body_part": _option("Part of the body: knee, or knee:left."),
    "drug": _option("Generic ingredient, or class of drugs."),
    "specialty": _option("Specialty of the reviewer."),
    "edition": _option("Year of a cited guideline's edition."),
    "template": _option("Template of letter."),
}
"""Each filter and its option, which can be given more than once."""


def filtered(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command an option for each filter; its parameter ``chosen`` is what was given of them."""

    @functools.wraps(function)
    def run(*words: Any, **options: Any) -> int | None:
        from kg.analysis.filters import Filters

        given = {name: options.pop(name, None) for name in OPTIONS}
        chosen = Filters.of(**{name: values for name, values in given.items() if values})
        return function(*words, **options, chosen=chosen)

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
