"""Figures of a running server, in Prometheus form."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

if TYPE_CHECKING:
    from kg.web.state import State

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Request times by route, and what the query lanes have done."""

    def __init__(self, state: "State") -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Lanes(state))
        self._seconds = Histogram(
            "kg_request_seconds",
            "Duration of a request, by route and status.",
            ["route", "status"],
            registry=self._registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one request."""
        route = getattr(scope.get("route"), "path", "other")
        self._seconds.labels(route, f"{status // 100}xx").observe(seconds)

    def text(self) -> bytes:
        """All figures."""
        return generate_latest(self._registry)


class _Lanes(Collector):
    def __init__(self, state: "State") -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The figures of both lanes as they are now."""
        killed = CounterMetricFamily(
            "kg_query_killed", "Queries terminated at a limit.", labels=["lane", "why"]
        )
        refused = CounterMetricFamily("kg_query_refused", "Queries refused.", labels=["lane", "why"])
        answered = CounterMetricFamily("kg_query_answered", "Queries answered.", labels=["lane"])
        waiting = GaugeMetricFamily("kg_query_waiting", "Queries waiting.", labels=["lane"])
        workers = GaugeMetricFamily("kg_query_workers", "Query processes.", labels=["lane"])
        for name, lane in (("visitors", self._state.visitors), ("site", self._state.own)):
            for why, count in sorted(lane.figures.killed.items()):
                killed.add_metric([name, why], count)
            for why, count in sorted(lane.figures.refused.items()):
                refused.add_metric([name, why], count)
            answered.add_metric([name], lane.figures.answered)
            waiting.add_metric([name], lane.waiting)
            workers.add_metric([name], len(lane.pids()))
        yield from (killed, refused, answered, waiting, workers)
        if self._state.path:
            outdated = GaugeMetricFamily("kg_letters_outdated", "Letters parsed by another version of kg.")
            outdated.add_metric([], self._state.site.base.outdated)
            yield outdated
        yield InfoMetricFamily("kg_generation", "Generation served.", {"name": self._state.site.generation})
