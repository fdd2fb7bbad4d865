"""The web application: SPARQL, JSON API, linked data and pages over one knowledge base."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from kg.errors import BaseError
from kg.explore import vendor
from kg.web import access_log, downloads, linked, negotiate, problems
from kg.web.api import ask as ask_api
from kg.web.api import cases as case_api
from kg.web.api import check as check_api
from kg.web.api import (
    data_set,
    feed,
    grounds_sentences,
    guidelines_services,
    named_queries,
    openapi,
)
from kg.web.api import drivers as driver_api
from kg.web.api import outcomes as outcomes_api
from kg.web.api import related as related_api
from kg.web.api import robustness as robustness_api
from kg.web.api import search as search_api
from kg.web.api import trends as trends_api
from kg.web.api.graph import expansion, node_relations
from kg.web.metrics import MEDIA_TYPE, Metrics
from kg.web.middleware import Answers
from kg.web.pages import about, case_list, cited_figures, graph_view, home, query, rendering
from kg.web.pages import ask as ask_page
from kg.web.pages import cases as case_pages
from kg.web.pages import check as check_page
from kg.web.pages import drivers as driver_pages
from kg.web.pages import related as related_pages
from kg.web.pages import search as search_page
from kg.web.pages.counts import network as network_pages
from kg.web.pages.counts import outcomes as outcomes_pages
from kg.web.pages.counts import robustness as robustness_pages
from kg.web.pages.counts import trends as trends_pages
from kg.web.pages.subjects import guidelines, outside_sources, repeated_sentences, service_maps, topics
from kg.web.settings import Settings
from kg.web.sparql import protocol, remote
from kg.web.sparql.prepare_answers import LARGE
from kg.web.state import State
from kg.web.transfer import Transfer

ROUTED = (
    *(
        home,
        case_pages,
        graph_view,
        case_list,
        protocol,
        case_api,
        driver_api,
        ask_api,
        ask_page,
        check_api,
        check_page,
        query,
        cited_figures,
        driver_pages,
        search_page,
        about,
    ),
    *(
        expansion,
        feed,
        data_set,
        search_api,
        guidelines_services,
        node_relations,
        named_queries,
        guidelines,
        topics,
        downloads,
        linked,
        related_api,
        related_pages,
    ),
    *(
        grounds_sentences,
        trends_api,
        outcomes_api,
        outcomes_pages,
        network_pages,
        trends_pages,
        robustness_api,
        robustness_pages,
    ),
    *(service_maps, outside_sources, repeated_sentences),
)
"""The modules with routes, in the order in which an address is looked up."""

STATIC = Path(__file__).with_name("static")


def create_app(base_path: Path | None, settings: Settings | None = None) -> FastAPI:
    """The application that serves the knowledge base at ``base_path``, or a graph that lies elsewhere.

    Raises:
        BaseError: there is no knowledge base at ``base_path``.
    """
    settings = settings or Settings()
    state = State(base_path, settings)
    metrics = Metrics(state)

    app = FastAPI(
        title="imr-kg",
        summary="California's Independent Medical Review letters as a knowledge graph",
        description=openapi.ABOUT,
        version=version("imr-kg"),
        lifespan=_life_of(state),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=openapi.operation,
    )
    app.state.settings, app.state.state = settings, state
    app.state.templates = rendering.environment()
    _add_middleware(app, state, metrics)
    problems.install(app)
    openapi.install(app)
    # Routers are not included but their routes taken as they are: FastAPI would make each of them anew at
    # the first request, which takes longer than all else that a server does before it answers.
    own = [] if base_path else [remote]  # the first route that fits an address has it
    for module in (*own, *ROUTED):
        app.router.routes.extend(module.router.routes)
    _add_operations(app, state, metrics)
    app.add_api_route("/openapi.json", _description, include_in_schema=False)
    app.add_api_route("/static/vendor/{name}", _vendored, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.state.agents = _add_agents(app) if base_path else nullcontext
    return app


async def _describe(app: FastAPI, state: State) -> None:
    """Make the description of the API of a large base: who asks first would have all wait for a second."""
    with suppress(BaseError):  # whose letters cannot be counted: those who ask for them are told
        if state.path and len(state.site.base) >= LARGE:
            await asyncio.to_thread(app.openapi)


def _life_of(state: State) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs while the application does."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        try:
            await state.start()
            described = asyncio.create_task(_describe(app, state))
            async with app.state.agents():
                yield
            await described
        finally:
            await state.stop()

    return life


def _add_agents(app: FastAPI) -> Callable[[], AbstractAsyncContextManager[None]]:
    """The door for agents, where the extra for it is installed; what it returns runs while the app does."""
    if find_spec("mcp") is None:
        app.add_api_route("/mcp", _no_agents, methods=["GET", "POST"], include_in_schema=False)
        return nullcontext
    from kg.web.agents import tool_server

    made = tool_server.server(app)
    app.router.routes.extend(tool_server.routes(made))
    return made.session_manager.run


async def _no_agents() -> Response:
    raise HTTPException(501, "this server was installed without the extra 'agents'")


def _add_middleware(app: FastAPI, state: State, metrics: Metrics) -> None:
    """What is done with every request: cross-origin headers, our own headers and figures."""
    app.add_middleware(Transfer)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "KG-Generation", "Retry-After"],
    )
    observers: list[Callable[[Scope, int, float], None]] = [metrics.observe, state.over]
    if app.state.settings.access_log:
        access_log.start()
        observers.append(access_log.write)

    def observe(scope: Scope, status: int, seconds: float) -> None:
        for observer in observers:
            observer(scope, status, seconds)

    app.add_middleware(Answers, generation=lambda: state.site.generation, observe=observe)


async def _description(request: Request) -> Response:
    """A redirect to the OpenAPI description."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/api/openapi.json", 308)


def _vendored(request: Request, name: str) -> Response:
    """A third-party file, from where it is installed."""
    if name not in vendor.FILES:
        raise HTTPException(404, f"there is no {name}")
    headers = {"Cache-Control": "max-age=86400", "Vary": "Accept-Encoding"}
    if not negotiate.packed(request.headers.get("accept-encoding")):
        return FileResponse(vendor.find(name), headers=headers)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return Response(vendor.packed(name), headers=headers | {"Content-Encoding": "gzip"}, media_type=kind)


def _add_operations(app: FastAPI, state: State, metrics: Metrics) -> None:
    """What those who run a server ask of it."""

    @app.get("/healthz", include_in_schema=False)
    async def healthy() -> PlainTextResponse:
        """Whether the process is alive."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> PlainTextResponse:
        """Whether queries can be answered."""
        if not state.ready:
            return PlainTextResponse("not ready\n", 503)
        outdated = state.site.base.outdated if state.path else 0
        said = f"; {outdated} letters were parsed by another version of kg" if outdated else ""
        return PlainTextResponse(f"ready{said}\n")

    @app.get("/metrics", include_in_schema=False)
    async def figures() -> Response:
        """Prometheus metrics: latency, queues, terminated and refused queries, the generation."""
        return Response(metrics.text(), media_type=MEDIA_TYPE)
