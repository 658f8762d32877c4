"""Counts and timings for Prometheus; across all workers when they share a directory."""

from __future__ import annotations

import os

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
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


def share(directory: str) -> None:
    """Makes this process and those forked from it keep their metrics in `directory`, to be read together."""
    os.environ[DIRECTORY] = directory
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one application. Labels hold routes and statuses, never what a client sent."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "greenlane_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "greenlane_request_seconds", "Time to answer", ["route"], buckets=SECONDS, registry=self._registry
        )
        self.decisions = Counter("greenlane_decisions", "Decisions given", ["status"], registry=self._registry)
        self.commits = Histogram(
            "greenlane_commit_decisions", "Decisions in one commit", buckets=SIZES, registry=self._registry
        )
        self.store_failures = Counter(
            "greenlane_store_failures", "Requests refused because the store failed", registry=self._registry
        )

    def text(self) -> bytes:
        """All metrics in the Prometheus text format: of every worker when `PROMETHEUS_MULTIPROC_DIR` is set."""
        if os.environ.get(DIRECTORY):
            shared = CollectorRegistry()
            multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
            return generate_latest(shared)
        return generate_latest(self._registry)
