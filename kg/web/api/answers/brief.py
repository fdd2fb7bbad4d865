"""The short form of an answer (``view=brief``), the same for the API and for agents.

It has the names of the full form and fewer of them, says what every figure needs said of it, and holds as
much as fits in :data:`MOST` tokens; what was left out is told, with where the list continues.
"""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args, get_origin
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import BaseModel, Field, ValidationError, create_model

MOST = 8_000
"""Tokens of an answer as JSON (:func:`tokens`)."""
_MARGIN = 100
"""Tokens that saying so takes where something was left out."""
_TOKEN = re.compile(r"[A-Za-z]{1,6}|[0-9]{1,3}|[^\x00-\x7f]|[^A-Za-z0-9\s]{1,2}")
CAUTION = "Figures are associations in published decisions, not causes and not predictions of a pending case."

After = Callable[[Sequence[Any]], str | None]
"""Where a list continues after those of its results that were kept."""


def tokens(text: str) -> int:
    """How many tokens a text has for a language model, or somewhat more: tables of figures have most.

    >>> tokens('{"overturn_rate":0.1875}')
    11
    """
    return sum(1 for _ in _TOKEN.finditer(text))


class Brief(BaseModel):
    """What every short answer says of itself."""

    generation: str = Field(description="The state of the base that was asked.")
    address: str = Field(description="Where the API gives the same in full.")
    caution: str = CAUTION
    truncated: bool = Field(default=False, description="Whether something was left out to keep it short.")
    narrow: str | None = Field(default=None, description="How to get what was left out.")

    listed: ClassVar[str] = ""
    """The list that is paged, if one is."""
    narrower: ClassVar[str] = "ask for the full form at `address`"

    @classmethod
    def told(cls, content: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the full form: here all that has a field."""
        return content


class BriefListing(Brief):
    """One page of a list."""

    results: list[Any]
    total: int = Field(description="Number of results on all pages.")
    next: str | None = Field(description="Where the next page begins; null on the last page.")

    listed: ClassVar[str] = "results"
    narrower: ClassVar[str] = "continue from `next`, set filters, or ask for a smaller `limit`"


_OF_ANSWERS = frozenset(("help",))
_OF_ROWS = frozenset(("iri",))
"""Left out: how to read the figures, and addresses that follow from notations."""


def shortened(full: type[BaseModel], base: type[Brief]) -> type[Brief]:
    """The short form of a ``full`` answer that has none of its own.

    >>> from kg.web.api.answers.answer_types import Changes
    >>> sorted(shortened(Changes, BriefListing).model_json_schema()["$defs"]["BriefChange"]["properties"])
    ['at', 'case', 'change', 'generation']
    """
    fields: dict[str, Any] = {
        name: (_of_rows(field.annotation), field)
        for name, field in full.model_fields.items()
        if name == "results" or name not in {*base.model_fields, *_OF_ANSWERS}
    }
    return create_model(f"Brief{full.__name__}", __base__=base, __doc__=full.__doc__, **fields)


def _of_rows(kind: Any) -> Any:
    """The type of a list, whose rows leave out what follows from their notation."""
    row = get_args(kind)[0] if get_origin(kind) is list else None
    if not isinstance(row, type) or not issubclass(row, BaseModel) or not _OF_ROWS & row.model_fields.keys():
        return kind
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in row.model_fields.items() if name not in _OF_ROWS
    }
    return list[create_model(f"Brief{row.__name__}", __doc__=row.__doc__, **fields)]  # type: ignore[misc]


async def view_of(
    request: Request,
    view: Annotated[
        Literal["full", "brief"],
        Query(description=f"`brief` is the short form of a JSON answer, of at most {MOST:,} tokens."),
    ] = "full",
) -> None:
    """Remember which form of an answer is asked for."""
    request.state.view = view


def asked(request: Request) -> bool:
    """Whether the short form is asked for."""
    return getattr(request.state, "view", "full") == "brief"


def shown(request: Request, content: dict[str, Any], after: After | None = None) -> dict[str, Any]:
    """The short form of what a route answers."""
    forms = get_args(request.scope["route"].responses[200]["model"])
    *others, last = (form for form in forms if issubclass(form, Brief))
    for short in others:  # a call whose rows depend on what is asked
        with suppress(ValidationError):
            return of(short, content, address(request), after)
    return of(last, content, address(request), after)


def address(request: Request) -> str:
    """Where the same is answered in full."""
    given = [pair for pair in request.query_params.multi_items() if pair[0] != "view"]
    return f"{request.url.path}?{urlencode(given)}" if given else request.url.path


def of(short: type[Brief], content: dict[str, Any], where: str, after: After | None = None) -> dict[str, Any]:
    """The short form of ``content``, whose full form is at the address ``where``."""
    made = short.model_validate(short.told(content) | {"address": where})
    every = getattr(made, made.listed, [])
    fitted(made)
    kept = len(getattr(made, made.listed, []))
    if after is not None and kept < len(every):
        made.next = after(content.get("results", every)[:kept])  # type: ignore[attr-defined]
    if getattr(made, "next", None) is not None:
        made.truncated, made.narrow = True, made.narrower
    return made.model_dump(mode="json", by_alias=True)


Answer = TypeVar("Answer", bound=Brief)


def fitted(answer: Answer) -> Answer:
    """``answer`` with as much of its lists, from the first, as fits; the longest is cut.

    >>> page = BriefListing(generation="1", address="/", results=["x" * 60] * 900, total=900, next=None)
    >>> found = fitted(page)
    >>> found.truncated, MOST - 200 < tokens(found.model_dump_json()) <= MOST, found.narrow == page.narrower
    (True, True, True)
    """
    while (over := tokens(answer.model_dump_json()) + _MARGIN - MOST) > 0:
        sizes = {
            name: [tokens(row) for row in _rows(answer, name)]
            for name in type(answer).model_fields
            if isinstance(getattr(answer, name), list)
        }
        longest = max(sizes, key=lambda name: sum(sizes[name]), default="")
        if not sizes.get(longest):
            break
        answer.truncated, answer.narrow = True, answer.narrower
        setattr(answer, longest, getattr(answer, longest)[: _kept(sizes[longest], over)])
    return answer


def _rows(answer: Brief, name: str) -> list[str]:
    """The members of a list as JSON."""
    rows = answer.model_dump(mode="json", include={name}, by_alias=True)[name]
    return [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]


def _kept(sizes: list[int], over: int) -> int:
    """How many of a list's members stay where ``over`` tokens are too many."""
    kept = len(sizes)
    while kept and over > 0:
        kept -= 1
        over -= sizes[kept]
    return kept
