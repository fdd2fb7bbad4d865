"""The parameters of an address that say which decisions it is about, made from the table of filters."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field

from kg.analysis.filters import FILTERS, Filter, Filters

_MOST = 50
"""Values of one filter."""


def _parameter(one: Filter, form: str) -> Parameter:
    value = Annotated[str, Field(max_length=300, pattern=form.format(one.kind.pattern))]
    told = Query(max_length=_MOST, description=one.help, examples=[[one.example]])
    return Parameter(one.name, Parameter.KEYWORD_ONLY, default=[], annotation=Annotated[list[value], told])


def _made(form: str) -> Callable[..., Any]:
    async def filters(**given: list[str]) -> Filters:
        """The decisions that a request is about."""
        values = {name: [value for value in several if value] for name, several in given.items()}
        return Filters.of(**{name: several or None for name, several in values.items()})

    filters.__signature__ = Signature([_parameter(one, form) for one in FILTERS.values()])  # type: ignore[attr-defined]
    return filters


FiltersDep = Annotated[Filters, Depends(_made("^({})$"))]
"""For the API: an empty value is refused."""

FormFiltersDep = Annotated[Filters, Depends(_made("^({})?$"))]
"""For pages: a form sends an empty value for a filter that is not set."""
