"""What the JSON API says of itself: the forms of its answers, and types for the named queries' parameters."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from inspect import Parameter as Argument
from inspect import Signature
from threading import Lock
from typing import Annotated, Any, Literal, Union, get_args, get_type_hints

from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, create_model

from kg import contract, queries
from kg.analysis.decisions import LEVELS, OUTCOMES, PARTIES
from kg.analysis.shown_columns import meanings
from kg.graph import iri
from kg.web.api.answers.brief import Brief, BriefListing, shortened, view_of
from kg.web.parameters import only_known
from kg.web.problems import MEDIA_TYPE

ABOUT = """
Lists are `{"results", "total", "next", "generation"}` and take `limit`; pass `next` as `cursor` or
`offset`, or follow `Link: rel="next"`. `view=brief` gives the short form, which tools for agents give, too:
at most 8,000 tokens. `HEAD` is supported wherever `GET` is, and responses are compressed with gzip,
or with zstd for clients that accept it.
Errors are `application/problem+json`; an unknown parameter is an error, since a misspelt filter would return
everything. Every response has an `ETag` and the generation of the knowledge base that it was computed from.

`/sparql` is a SPARQL 1.1 Protocol endpoint; a GET without a query returns its service description.
"""

Responses = dict[int | str, dict[str, Any]]


def one_of(values: Iterable[str], said: str = "", **limits: Any) -> Any:
    """A parameter with a closed set of values, which are listed; whoever reads it refuses others."""
    words = f"One of {', '.join(values)}{said}."
    return Query(description=words, json_schema_extra={"enum": list(values)}, **limits)


class Fault(BaseModel):
    """A parameter or a field of the body that is refused."""

    where: str
    fault: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field(description="IRI of the kind of problem; it answers with what to do.")
    title: str
    status: int
    detail: str = Field(
        description="One sentence that describes the problem.", examples=["there is no case 'CM1'"]
    )
    errors: list[Fault] | None = Field(default=None, description="All that is refused, where it is several.")
    line: int | None = Field(default=None, description="Where a query is wrong.")
    column: int | None = None


class Listing(BaseModel):
    """One page of a list."""

    results: list[Any]
    total: int = Field(description="Number of results on all pages.")
    next: str | None = Field(description="Cursor or offset of the next page; null on the last page.")
    generation: str = Field(
        description="Generation of the knowledge base that was queried.", examples=["000001"]
    )


class Thing(BaseModel):
    """One thing, with what is known of it."""

    generation: str = Field(
        description="Generation of the knowledge base that was queried.", examples=["000001"]
    )


class Case(Thing):
    """One determination in the form of `kg schema`, with its IRI."""

    iri: str = Field(examples=["https://w3id.org/imr-kg/case/CM16-0000001"])
    case_number: str
    decisions: list[dict[str, Any]]


CLOSED = {"outcome": OUTCOMES, "outcomes": OUTCOMES, "party": PARTIES, "level": LEVELS}
"""The values of what has these names in any answer."""
LINKS = {
    "about": "What is behind the row.",
    "figure": "Address that reproduces these figures, for citation.",
}
"""What a row of an answer can have beside its columns: addresses on this server."""


_LINKED = {"about": "Linked", "figure": "Cited"}


def listing_of(row: type, *links: str, base: type[Listing] = Listing) -> type[Listing]:
    """A page of a list whose results have the columns of ``row`` and some of :data:`LINKS`.

    ``base`` says what stands beside the results.

    >>> from kg.explore.row_types import HitRow
    >>> listing_of(HitRow).model_json_schema()["$defs"]["HitRow"]["required"]
    ['case', 'iri', 'snippet', 'hits']
    """
    results: Any = (list[row_model(row, *links)], ...)  # type: ignore[misc]
    return create_model(f"{row.__name__}Listing", __base__=base, results=results)


@cache
def row_model(row: type, *links: str) -> type[BaseModel]:
    """A row of a table, each column with its meaning, with some of :data:`LINKS`."""
    hints = get_type_hints(row)
    fields: dict[str, Any] = {
        name: (hints[name], Field(description=said)) for name, said in meanings(row).items()
    }
    fields |= {name: (str, Field(description=LINKS[name])) for name in links}
    name = "".join((*(_LINKED[link] for link in links), row.__name__))
    return create_model(name, __doc__=row.__doc__, **fields)


PROBLEMS: Responses = {"default": {"model": Problem, "description": "A problem"}}


def answers(model: Any, *others: str, short: type[Brief] | None = None) -> Responses:
    """Responses of a call that gives a ``model`` or its ``short`` form, or text of another media type.

    A call whose rows depend on what is asked gives one of several models: their union. The short form is
    made from the model where none is named.
    """
    models = get_args(model) or (model,)
    either = model | (short or Union[tuple(map(_short, models))])  # noqa: UP007 - of as many as there are
    return {200: {"model": either, "content": _forms(others)}}


def _forms(kinds: Iterable[str]) -> dict[str, Any]:
    """Other forms of an answer: text, or JSON as another standard has it."""
    text: dict[str, Any] = {"type": "string"}
    return {kind: {"schema": {} if kind.endswith("json") else text} for kind in kinds}


def _short(model: type[BaseModel]) -> type[Brief]:
    return shortened(model, BriefListing if issubclass(model, Listing) else Brief)


def only(model: type[BaseModel], *others: str) -> Responses:
    """The same of a ``model`` that has no short form: the places of a picture, or a whole text."""
    return {200: {"model": model, "content": _forms(others)}}


def operation(route: APIRoute) -> str:
    """The name of a call in the description: that of its function."""
    return route.name


class Router(APIRouter):
    """Addresses under ``/api``; those whose answer has a short form take ``view``."""

    def __init__(self) -> None:
        super().__init__(
            prefix="/api",
            tags=["API"],
            dependencies=[Depends(only_known)],
            responses=PROBLEMS,
            generate_unique_id_function=operation,
        )

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """As in FastAPI."""
        if get_args((options.get("responses") or {}).get(200, {}).get("model")):
            options["dependencies"] = [*(options.get("dependencies") or ()), Depends(view_of)]
        super().add_api_route(path, endpoint, **options)


def files(*kinds: str) -> Responses:
    """Responses of a call that gives a file."""
    return {200: {"content": _forms(kinds)}}


def _taken(paths: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    """The schemas of what calls take, which may hold more: what is not known there is passed over."""
    waiting = [call.get("requestBody", {}) for methods in paths.values() for call in methods.values()]
    found: set[str] = set()
    while waiting:
        for name in set(_REFERENCE.findall(json.dumps(waiting.pop()))) - found:
            found.add(name)
            waiting.append(schemas[name])
    return found


_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')


def install(app: FastAPI) -> None:
    """Let the description give problems the media type that they have, and files theirs alone."""
    made, one_at_a_time = app.openapi, Lock()

    def description() -> dict[str, Any]:
        with one_at_a_time:
            return described()

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            for methods in made()["paths"].values():
                for call in methods.values():
                    _correct(call["responses"])
            schemas = made()["components"]["schemas"]
            schemas |= _determination(schemas["Case"])
            taken = _taken(made()["paths"], schemas)
            for name_, schema in schemas.items():
                if "properties" in schema and name_ not in taken:  # all are named: a misspelt name is none
                    schema["additionalProperties"] = False
                for name, values in CLOSED.items():
                    _close(schema.get("properties", {}).get(name, {}), values)
        return made()

    app.openapi = description  # type: ignore[method-assign]


def _close(field: dict[str, Any], values: Iterable[str]) -> None:
    """Let a field whose texts are from a closed set list them; rows of named queries can hold anything."""
    items = field.get("items", {})
    forms = [form for one in (field, items) for form in (one, *one.get("anyOf", ()))]
    if {"integer", "number"} & {form.get("type") for form in forms}:
        return
    for form in forms:
        if form.get("type") == "string":
            form.setdefault("enum", list(values))


def _correct(responses: dict[str, Any]) -> None:
    if found := responses.get("default"):
        found["content"] = {MEDIA_TYPE: found["content"].pop("application/json", {})}
    content = responses.get("200", {}).get("content", {})
    if content.get("application/json") == {"schema": {}} and len(content) > 1:
        del content["application/json"]


def _determination(case: dict[str, Any]) -> dict[str, Any]:
    """The schema of a case: what ``kg schema`` has, whose parts become schemas of their own, and ``case``."""
    given = contract.schema()
    whole = re.sub(  # a part of a part stands where it is meant: many readers find whole schemas alone
        r'\{"\$ref": "#/\$defs/(\w+)/properties/(\w+)"\}',
        lambda found: json.dumps(given["$defs"][found[1]]["properties"][found[2]]),
        json.dumps(given),
    )
    whole = re.sub(r"#/\$defs/(\w+)", lambda found: f"#/components/schemas/{_named(found[1])}", whole)
    form = json.loads(whole)
    found = {_named(name): {"title": _named(name), **part} for name, part in form["$defs"].items()}
    own = {name: part for name, part in case["properties"].items() if name not in form["properties"]}
    more = {"properties": {**form["properties"], **own}, "required": [*form["required"], *own]}
    return found | {"Case": {name: case[name] for name in ("type", "title", "description")} | more}


def _named(part: str) -> str:
    return "Letter" + part.title().replace("_", "")


# --- named queries -----------------------------------------------------------------------------

_SEGMENTS = r"[A-Za-z0-9][A-Za-z0-9/._~-]{0,299}(#[A-Za-z0-9._~-]{1,100})?"
_NOTATION = f"^({iri.BASE.replace('.', '[.]')})?{_SEGMENTS}$"
_TYPES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "integer": (int, "A whole number.", {"ge": 0, "le": 1_000_000}),
    "string": (str, "Text.", {"max_length": 300}),
    "case": (str, "A case number.", {"min_length": 1, "max_length": 200}),
    "iri": (str, "An IRI.", {"pattern": _NOTATION}),
}


def arguments(query: queries.Query, first: Iterable[Argument]) -> Signature:
    """The signature of a call that takes a query's parameters, after the arguments ``first``."""
    return Signature([*first, *map(_argument, query.parameters)])


def _argument(parameter: queries.Parameter) -> Argument:
    kind, words, limits = _TYPES.get(parameter.type, (str, "", {}))
    if "|" in parameter.type:
        kind, words, limits = Literal[tuple(parameter.type.split("|"))], "", {}
    elif parameter.type in iri.SCHEMES:
        words, limits = f"A {parameter.type.replace('-', ' ')}: its notation or IRI.", {"pattern": _NOTATION}
    if parameter.default == queries.ANY:
        words = f"{words} `any` restricts nothing.".strip()
    default: Any = Argument.empty
    if parameter.default is not None:
        default = int(parameter.default) if kind is int else parameter.default
    annotation: Any = Annotated[kind, Query(description=words, **limits)]
    return Argument(parameter.name, Argument.KEYWORD_ONLY, default=default, annotation=annotation)


def as_call(name: str, ask: Callable[..., Any], signature: Signature) -> Callable[..., Any]:
    """``ask`` with another signature, for FastAPI to read; all arguments are given by name."""

    async def call(**given: Any) -> Any:
        return await ask(**given)

    call.__name__ = name
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call
