"""The application factory, and the one place where all real parts are put together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from api.config import Settings
from api.logs import logger, reason
from api.metrics import DecisionMetrics, Metrics
from api.resources import batch, decisions, operations, rulesets
from api.resources.api import ProblemApi
from api.resources.context import Services, attach
from api.resources.documents import register_documents
from api.resources.frame import frame
from api.rules_directory import read_files
from api.schemas.application import application_schema
from api.services.compiled import compiler
from api.services.decide import DecisionService, Watch
from api.services.ports import Clock, Compile
from api.services.releases import ReleaseService, release_of
from api.services.replay import ReplayService
from api.services.search import SearchService
from api.store.database import StoreUnavailable
from api.store.opening import open_configured
from api.store.repository import Store
from api.telemetry import DecisionSpans, open_tracer, trace_requests
from api.version import service_version

GROUPS = (decisions.decisions, batch.batches, rulesets.rules, operations.operations)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def build_services(settings: Settings, compile_rules: Compile | None = None, clock: Clock = now) -> Services:
    """All services with their real parts; tests choose the compiler and the clock.

    Raises `RulesetRefused` or `OSError` when the rule files cannot decide, `DatabaseRefused` for a database of a kind
    we do not know. A database that is down is not an error: the service works once it is up.
    """
    rules = (compile_rules or compiler(settings.matcher))(read_files(settings.rules))
    release, engine = release_of(rules.ruleset, clock()), service_version()
    metrics = Metrics()
    tracer = open_tracer(settings.otel_endpoint) if settings.otel_endpoint else None
    database = open_configured(settings, pool_size=settings.threads + 1)
    store = Store(database, release, settings.commit_timeout, metrics.committed)
    releases = ReleaseService(release, rules, store, compile_rules or compiler(settings.matcher, checked=False))
    return Services(
        store=store,
        releases=releases,
        decisions=DecisionService(rules, release, store, clock, engine, _watch(metrics, settings, tracer)),
        replays=ReplayService(store, releases, engine),
        search=SearchService(store),
        application=application_schema(rules.ruleset.vocabulary),
        metrics=metrics,
        default_trace=settings.trace,
        tracer=tracer,
    )


def create_app(services: Services) -> Flask:
    """The WSGI application around `services`."""
    app = Flask("api", static_folder=None)
    app.config.update(API_TITLE="Greenlane", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    attach(app, services)
    frame(app)
    if services.tracer is not None:
        trace_requests(app, services.tracer)
    api = ProblemApi(app)
    api.spec.components.schema("Application", schema=services.application)
    for group in GROUPS:
        api.register_blueprint(group)
    register_documents(app, api.spec)
    _prepare(services)
    return app


def _watch(metrics: Metrics, settings: Settings, tracer: Any) -> Watch:
    watch = DecisionMetrics(metrics, settings.matcher)
    return watch if tracer is None else DecisionSpans(watch, tracer)


def _prepare(services: Services) -> None:
    try:
        services.store.prepare()
    except StoreUnavailable as error:
        logger.warning("store unavailable at start", reason=reason(error))
