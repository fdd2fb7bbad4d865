"""The parameters that addresses share; an address refuses those that it does not take."""

from collections.abc import Iterator
from typing import Annotated, Any, cast, get_origin

from fastapi import Depends, Path, Query, Request
from fastapi.dependencies.models import Dependant

from kg.web.problems import ProblemError
from kg.web.site import Site

CaseNumber = Annotated[str, Path(examples=["CM16-0000001"])]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Maximum number of results.")]
Cursor = Annotated[str | None, Query(description="The `next` of the previous page.", max_length=300)]


async def served(request: Request) -> Site:
    """The generation that is served when the request begins; no thread is asked for it."""
    site: Site = request.app.state.state.served(request)
    return site


async def site_of(
    request: Request,
    generation: Annotated[
        str | None,
        Query(
            pattern="^[0-9]{6,9}$",
            description="An earlier generation, if still stored; by default the current one.",
            examples=["000001"],
        ),
    ] = None,
) -> Site:
    """The generation that is asked for, or the one that is served when the request begins."""
    site = await (request.app.state.state.asked_for(request) if generation else served(request))
    return cast("Site", site)


ServedDep = Annotated[Site, Depends(served)]
SiteDep = Annotated[Site, Depends(site_of)]


def _fields(dependant: Dependant) -> Iterator[Any]:
    """The parameters that a route takes, itself and through what it depends on."""
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _fields(each)


def taken(dependant: Dependant) -> Iterator[str]:
    """The names of the parameters that a route takes."""
    return (field.alias for field in _fields(dependant))


async def only_known(request: Request) -> None:
    """Refuse a parameter that the address does not take: a filter that is misspelt would give every case.

    Raises:
        ProblemError: with 422 and the names that it takes.
    """
    route = request.scope["route"]
    if not request.query_params or not route.include_in_schema:
        return
    known = list(taken(route.dependant))
    fields = _fields(route.dependant)
    once = {field.alias for field in fields if get_origin(field.field_info.annotation) is not list}
    names = [name for name, _ in request.query_params.multi_items()]
    if twice := [name for name in names if name in once and names.count(name) > 1]:
        times = names.count(twice[0])
        raise ProblemError(422, f"the parameter {twice[0]!r} is given {times} times; give it once")
    if others := [name for name in request.query_params if name not in known]:
        names_taken = f"it takes {', '.join(known)}" if known else "it takes none"
        raise ProblemError(422, f"there is no parameter {others[0][:100]!r} here; {names_taken}")
