"""The application factory, and the one place where all real parts are put together."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from api.config import Settings
from api.logs import logger, reason
from api.metrics import Metrics
from api.resources import batch, decisions, erasures, log, operations, reviews, rulesets
from api.resources.api import ProblemApi
from api.resources.context import Services, attach
from api.resources.documents import register_documents
from api.resources.frame import frame
from api.rules_directory import read_files
from api.schemas.application import application_schema
from api.services.compiled import compiler
from api.services.data_keys import DataKeyService
from api.services.decide import DecisionService
from api.services.erasure import ErasureService
from api.services.evidence import EvidenceService
from api.services.ports import Clock, Compile
from api.services.proofs import ProofService
from api.services.releases import ReleaseService, release_of
from api.services.replay import ReplayService
from api.services.retention import RetentionService, periods_of
from api.services.review import ReviewService
from api.services.search import SearchService
from api.services.sight import Sight
from api.store.database import StoreUnavailable
from api.store.erasing import ErasingStore
from api.store.opening import open_configured, open_key_store
from api.store.repository import Store
from api.store.reviews import ReviewStore
from api.version import service_version

GROUPS = (
    decisions.decisions,
    batch.batches,
    reviews.reviews,
    log.log,
    rulesets.rules,
    erasures.erasures,
    operations.operations,
)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def build_services(settings: Settings, compile_rules: Compile | None = None, clock: Clock = now) -> Services:
    """All services with their real parts; tests choose the compiler and the clock.

    Raises `RulesetRefused` or `OSError` when the rule files cannot decide, `DatabaseRefused` for a database of a kind
    we do not know, `KeysRefused` when there is no master key to use. A database that is down is not an error: the
    service works once it is up.
    """
    rules = (compile_rules or compiler(settings.matcher))(read_files(settings.rules))
    release, engine = release_of(rules.ruleset, clock()), service_version()
    metrics = Metrics()
    database = open_configured(settings, pool_size=settings.threads + 1)
    key_store = open_key_store(settings)
    store = Store(database, release, key_store, settings.commit_timeout, metrics.commits.observe)
    releases = ReleaseService(release, rules, store, compile_rules or compiler(settings.matcher, checked=False))
    sight = Sight(store, clock)
    erasing = ErasingStore(database, store.keys, store.prepare)
    replays, proofs = ReplayService(store, releases, engine, sight), ProofService(store)
    reviews_of = ReviewStore(database, store.keys, store.prepare)
    return Services(
        store=store,
        releases=releases,
        decisions=DecisionService(rules, release, store, clock, engine, lambda s: metrics.decisions.labels(s).inc()),
        replays=replays,
        proofs=proofs,
        evidence=EvidenceService(store, proofs, replays),
        reviews=ReviewService(reviews_of, replays, clock),
        search=SearchService(store, sight, reviews_of.state, lambda: releases.rules.ruleset.vocabulary),
        erasures=ErasureService(erasing, clock),
        retention=RetentionService(erasing, clock, periods_of(settings.retention)),
        data_keys=DataKeyService(key_store),
        application=application_schema(rules.ruleset.vocabulary),
        metrics=metrics,
        default_trace=settings.trace,
    )


def create_app(services: Services) -> Flask:
    """The WSGI application around `services`."""
    app = Flask("api", static_folder=None)
    app.config.update(API_TITLE="Greenlane", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    attach(app, services)
    frame(app)
    api = ProblemApi(app)
    api.spec.components.schema("Application", schema=services.application)
    for group in GROUPS:
        api.register_blueprint(group)
    register_documents(app, api.spec)
    _prepare(services)
    return app


def _prepare(services: Services) -> None:
    try:
        services.store.prepare()
    except StoreUnavailable as error:
        logger.warning("store unavailable at start", reason=reason(error))
