"""What Prometheus asks for."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from edgernn.edge_runtime.serve.models import Models

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The server's numbers; memory and processor time (`process_*`) come with them where the system tells.

    Args:
      models: that are served.
    """

    def __init__(self, models: Models) -> None:
        # A series more for each, of no use to anybody.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "edgernn_requests", "Requests that were answered.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "edgernn_request_seconds",
            "From a request's first line to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        info = Gauge(
            "edgernn_model_info", "Models that are served.", ("name", "task", "sha256"), registry=self._registry
        )
        for one in models:
            info.labels(one.name, one.task, one.file_sha256).set(1)

    def watch(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """A number that is looked up when it is asked for."""
        Gauge(name, help_, registry=self._registry).set_function(value)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request has been answered.

        Args:
          route: a path of the server's, not of the client's: there are few of them.
          method: of HTTP.
          status: of HTTP.
          seconds: that it took.
        """
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of them, in the text format."""
        return generate_latest(self._registry)
