"""Counts and timings for Prometheus; shared by workers through a directory of files. Knows no feature."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LABELS = 500
"""Statuses with product and route that are told apart: each takes memory for as long as a process runs."""

OTHER = "other"
NONE = "none"
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


def share(directory: str) -> None:
    """Makes this process and those forked from it keep their metrics in `directory`, to be read together."""
    os.environ[DIRECTORY] = directory
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Deciding(Collector):
    """What decides at one moment in the process that is asked; nothing of it is kept between two looks.

    `release` and `version` are None while none decides. `swaps` counts activations and rollbacks whose time has come:
    the same number in every process, since it is read off the record. `behind` is how many seconds a step has been on
    record that the process does not decide by yet; None while its store is away.
    """

    release: str | None
    version: str | None
    stopped: bool
    swaps: int
    behind: float | None

    def collect(self) -> Iterator[Metric]:
        """One value each; the one release that decides is a label, so that there is never more than one series."""
        if self.release is not None:
            told = {"release": self.release, "version": self.version or ""}
            yield InfoMetricFamily("greenlane_release", "The release that decides now", told)
        yield CounterMetricFamily(
            "greenlane_release_swaps", "Activations and rollbacks whose time has come", self.swaps
        )
        if self.behind is not None:
            yield GaugeMetricFamily(
                "greenlane_release_behind_seconds", "How long a recorded step has not been followed", self.behind
            )
        yield GaugeMetricFamily(
            "greenlane_kill_switch", "1 while every application is referred to a person", float(self.stopped)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Writing(Collector):
    """What the process that is asked can write to, and whether its log may be signed, at one moment."""

    available: Mapping[str, bool]
    forked: bool

    def collect(self) -> Iterator[Metric]:
        """One value for each part, and one for the log."""
        parts = GaugeMetricFamily(
            "greenlane_store_available", "0 once the part could not be written, until it can", labels=["part"]
        )
        for part, works in self.available.items():
            parts.add_metric([part], float(works))
        yield parts
        yield GaugeMetricFamily(
            "greenlane_log_fork", "1 while nothing is signed, since it would fork the log", float(self.forked)
        )


class Metrics:
    """The metrics of one application. Labels hold words of the rules and the service, never what a client sent."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = self._counter("greenlane_requests", "Requests answered", "method", "route", "status")
        self.ended = self._counter("greenlane_connections_ended", "Connections ended without their client", "reason")
        self.seconds = self._timing("greenlane_request_seconds", "Time to answer", "route")
        self.decisions = self._counter("greenlane_decisions", "Decisions given", "status", "product", "route")
        self.deciding = self._timing(
            "greenlane_deciding_seconds", "Time to decide, without reading, storing and answering", "matcher"
        )
        self.storing = self._timing("greenlane_storing_seconds", "Time until the decisions of a request were on disk")
        self.commits = Histogram(
            "greenlane_commit_decisions", "Decisions in one commit", buckets=SIZES, registry=self._registry
        )
        self.committing = self._timing("greenlane_commit_seconds", "Time to commit")
        self.store_failures = self._counter("greenlane_store_failures", "Requests refused because the store failed")

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def _timing(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, buckets=SECONDS, registry=self._registry)

    def committed(self, decisions: int, seconds: float) -> None:
        """So many decisions were committed together, in so many seconds."""
        self.commits.observe(decisions)
        self.committing.observe(seconds)

    def text(self, *of_this: Collector | None) -> bytes:
        """All metrics in the Prometheus text format: of every worker when `PROMETHEUS_MULTIPROC_DIR` is set.

        `of_this` are told by the worker that is asked, of itself.
        """
        return b"".join((self._counted(), *(_told(each) for each in of_this if each is not None)))

    def _counted(self) -> bytes:
        if os.environ.get(DIRECTORY):
            shared = CollectorRegistry()
            multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
            return generate_latest(shared)
        return generate_latest(self._registry)


def _told(collector: Collector) -> bytes:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


@dataclass(frozen=True, slots=True)
class DecisionMetrics:
    """What the deciding service is watched with, where rows are found with `matcher`."""

    metrics: Metrics
    matcher: str
    _told: set[tuple[str, str, str]] = field(default_factory=set)

    def decided(self, seconds: float) -> None:
        """A decision took so long."""
        self.metrics.deciding.labels(self.matcher).observe(seconds)

    def waited(self, seconds: float) -> None:
        """It took so long until the decisions of a request were on disk."""
        self.metrics.storing.observe(seconds)

    def stored(self, status: str, product: str | None, route: str | None) -> None:
        """A decision is on disk."""
        told = status or NONE, product or NONE, route or NONE
        if told not in self._told and len(self._told) >= LABELS:
            told = OTHER, OTHER, OTHER
        self._told.add(told)
        self.metrics.decisions.labels(*told).inc()
