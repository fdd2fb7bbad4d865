"""``/download``: the whole of the generation that is served, as files that anyone may fetch in parts."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from kg.base.archive import dumps
from kg.web import negotiate
from kg.web.pages.rendering import render
from kg.web.parameters import ServedDep
from kg.web.problems import ProblemError
from kg.web.site import Site
from kg.web.state import State


def _only_served(request: Request) -> None:
    """See that no other generation is asked for.

    Raises:
        ProblemError: with 422 where one is.
    """
    named = request.query_params.get("generation", "")
    if named and named != (now := request.app.state.state.site.generation):
        raise ProblemError(422, f"files are of the current generation {now}, not of {named[:20]}")


router = APIRouter(include_in_schema=False, dependencies=[Depends(_only_served)])


def listed(site: Site, base: str) -> list[dict[str, Any]]:
    """The dumps with their addresses under ``base``; ``bytes`` is null for one that is still being made."""
    sizes = {dump.name: path.stat().st_size for dump, path in dumps.ready(site.base)}
    return [
        {
            "name": dump.name,
            "address": f"{base}/download/{dump.name}",
            "title": dump.title,
            "media_type": dump.media_type,
            "packed": "gzip" if dump.packed else None,
            "bytes": sizes.get(dump.name),
        }
        for dump in dumps.DUMPS
    ]


def _state(request: Request) -> State:
    """What runs here, where the letters are.

    Raises:
        ProblemError: this server asks another one (501).
    """
    state: State = request.app.state.state
    if not state.site.has_letters:
        raise ProblemError(501, "this server has a SPARQL endpoint and no knowledge base to download")
    return state


@router.get("/download")
async def downloads(request: Request, site: ServedDep) -> Response:
    """The files to download, as a page or as JSON; requesting the list starts generating them."""
    _state(request).make_dumps()
    root = request.scope.get("root_path", "")
    files = listed(site, root)
    form = negotiate.best(request.headers.get("accept"), {"text/html": "html", "application/json": "json"})
    if form == "json":
        content = {"results": files, "total": len(files), "generation": site.generation}
        return JSONResponse(content, headers={"Vary": "Accept"})
    return render(request, "download.html", "about", files=files, site=site)


@router.get("/download/{name}")
async def download(request: Request, site: ServedDep, name: str) -> Response:
    """One file, whole or in part (range requests).

    Raises:
        ProblemError: there is no such file (404), or it is still being made (503).
    """
    found = {dump.name: path for dump, path in dumps.ready(site.base)} if _state(request) else {}
    known = {dump.name: dump for dump in dumps.DUMPS}
    if name not in known:
        raise ProblemError(404, f"there is no file {name[:100]!r}; available: {', '.join(known)}")
    if name not in found:
        _state(request).make_dumps()
        raise ProblemError(503, f"{name} is being generated; retry in 10 s", headers={"Retry-After": "10"})
    kind = "application/gzip" if known[name].packed else known[name].media_type
    return FileResponse(found[name], media_type=kind, filename=f"imr-kg-{site.generation}-{name}")
