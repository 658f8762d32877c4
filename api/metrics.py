"""Counts and timings for Prometheus; across all workers when they share a directory."""

from __future__ import annotations

import os
from dataclasses import dataclass

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NONE = "none"
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


def share(directory: str) -> None:
    """Makes this process and those forked from it keep their metrics in `directory`, to be read together."""
    os.environ[DIRECTORY] = directory
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one application. Labels hold words of the rules and the service, never what a client sent."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "greenlane_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "greenlane_request_seconds", "Time to answer", ["route"], buckets=SECONDS, registry=self._registry
        )
        self.decisions = Counter(
            "greenlane_decisions", "Decisions given", ["status", "product", "route"], registry=self._registry
        )
        self.deciding = Histogram(
            "greenlane_deciding_seconds",
            "Time to decide, without reading, storing and answering",
            ["matcher"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self.storing = Histogram(
            "greenlane_storing_seconds",
            "Time until the decisions of a request were on disk",
            buckets=SECONDS,
            registry=self._registry,
        )
        self.commits = Histogram(
            "greenlane_commit_decisions", "Decisions in one commit", buckets=SIZES, registry=self._registry
        )
        self.committing = Histogram(
            "greenlane_commit_seconds", "Time to commit", buckets=SECONDS, registry=self._registry
        )
        self.store_failures = Counter(
            "greenlane_store_failures", "Requests refused because the store failed", registry=self._registry
        )

    def committed(self, decisions: int, seconds: float) -> None:
        """So many decisions were committed together, in so many seconds."""
        self.commits.observe(decisions)
        self.committing.observe(seconds)

    def text(self) -> bytes:
        """All metrics in the Prometheus text format: of every worker when `PROMETHEUS_MULTIPROC_DIR` is set."""
        if os.environ.get(DIRECTORY):
            shared = CollectorRegistry()
            multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
            return generate_latest(shared)
        return generate_latest(self._registry)


@dataclass(frozen=True, slots=True)
class DecisionMetrics:
    """What the deciding service is watched with, where rows are found with `matcher`."""

    metrics: Metrics
    matcher: str

    def decided(self, seconds: float) -> None:
        """A decision took so long."""
        self.metrics.deciding.labels(self.matcher).observe(seconds)

    def waited(self, seconds: float) -> None:
        """It took so long until the decisions of a request were on disk."""
        self.metrics.storing.observe(seconds)

    def stored(self, status: str, product: str | None, route: str | None) -> None:
        """A decision is on disk."""
        self.metrics.decisions.labels(status, product or NONE, route or NONE).inc()
