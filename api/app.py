"""The application factory, and the one place where all real parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from marshmallow import Schema

from api.access.buckets import Buckets
from api.access.denials import Denials
from api.access.gate import Gate
from api.access.key_cache import KeyCache
from api.access.keys import KeyService
from api.access.rate_limits import RateLimits
from api.access.token_keys import TokenKeys
from api.access.tokens import Tokens
from api.config import Settings
from api.logs import logger, reason
from api.metrics import Metrics
from api.problems import Problem
from api.resources import (
    batch,
    decisions,
    erasures,
    keys,
    log,
    operations,
    release_steps,
    releases,
    reviews,
    rulesets,
)
from api.resources.api import ProblemApi
from api.resources.context import Services, attach
from api.resources.documents import register_documents
from api.resources.frame import frame
from api.rules_directory import read_files
from api.schemas.accepting import SchemaAccepts, accepts
from api.services.compiled import compiler, inspector
from api.services.compiled import inspect as inspect_files
from api.services.data_keys import DataKeyService
from api.services.days import Days
from api.services.decide import DecisionService
from api.services.erasure import ErasureService
from api.services.evidence import EvidenceService
from api.services.history import History
from api.services.library import Library, Loaded
from api.services.lifecycle import Lifecycle
from api.services.ports import Clock, Compile
from api.services.proofs import ProofService
from api.services.releases import ReleaseService, release_of
from api.services.replay import ReplayService
from api.services.retention import RetentionService, periods_of
from api.services.review import ReviewService
from api.services.search import SearchService
from api.services.sight import Sight
from api.services.snapshot import Snapshots
from api.store.access import AccessStore
from api.store.adopt import make_ready
from api.store.customer_keys import CustomerKeys
from api.store.database import StoreUnavailable
from api.store.erasing import ErasingStore
from api.store.opening import open_configured, open_key_store
from api.store.repository import BEGINNING, Store
from api.store.reviews import ReviewStore
from api.version import service_version
from engine.diagnostics import RulesetRefused

Files = Loaded | RulesetRefused | OSError
"""The release that the rule files are, or why they are none."""

GROUPS = (
    decisions.decisions,
    batch.batches,
    reviews.reviews,
    log.log,
    rulesets.rules,
    releases.releases,
    release_steps.steps,
    keys.keys,
    erasures.erasures,
    operations.operations,
)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def build_services(
    settings: Settings, compile_rules: Compile | None = None, clock: Clock = now, limits: Path | None = None
) -> Services:
    """All services with their real parts; tests choose the compiler and the clock.

    `limits` is the file through which the processes of one machine share what callers have used of their limits.

    Raises `RulesetRefused` or `OSError` when rule files must decide and cannot, `DatabaseRefused` for a database of a
    kind we do not know, `KeysRefused` when there is no master key to use. A database that is down is not an error: the
    service works once it is up.
    """
    metrics, days = Metrics(), Days(settings.time_zone)
    files = _files(settings, compile_rules or compiler(settings.matcher), clock)
    store, access, erasing, said = _stores(settings, files, days, metrics)
    library = Library(store, compile_rules or compiler(settings.matcher, checked=False), accepts)
    if isinstance(files, Loaded):
        library.keep(files)
    decide_by = files if isinstance(files, Loaded) and settings.rules_mode == "files" else None
    snapshots = Snapshots(store, library, days, clock, decide_by)
    if not isinstance(files, Loaded):
        _need_the_store(snapshots, files)
    known, engine = ReleaseService(snapshots, library, store, clock), service_version()
    inspect = inspector(compile_rules) if compile_rules else inspect_files

    def count(status: str) -> None:
        metrics.decisions.labels(status).inc()

    sight = Sight(store, clock)
    replays, proofs = ReplayService(store, known, engine, sight), ProofService(store)
    return Services(
        store=store,
        releases=known,
        decisions=DecisionService(snapshots, store, clock, days, engine, count),
        replays=replays,
        proofs=proofs,
        evidence=EvidenceService(store, proofs, replays),
        reviews=ReviewService(said, replays, clock),
        search=SearchService(store, sight, said.state, lambda: known.rules.ruleset.vocabulary),
        erasures=ErasureService(erasing, clock),
        retention=RetentionService(erasing, clock, periods_of(settings.retention)),
        data_keys=DataKeyService(store.keys.key_store),
        lifecycle=Lifecycle(store, snapshots, library, inspect, clock, days, engine),
        history=History(known, library, days),
        application=lambda: _application(known, files),
        metrics=metrics,
        default_trace=settings.trace,
        gate=_gate(settings, access, clock, limits),
    )


def _gate(settings: Settings, store: AccessStore, clock: Clock, limits: Path | None) -> Gate:
    return Gate(
        keys=KeyService(store, clock),
        known=KeyCache(store, clock),
        tokens=_tokens(settings, clock),
        limits=RateLimits(Buckets(limits), settings.rate_limit),
        denials=Denials(store, clock),
        local=settings.local,
    )


def _tokens(settings: Settings, clock: Clock) -> Tokens | None:
    issuer, audience, jwks = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks
    if not (issuer and audience and jwks):
        return None
    return Tokens(TokenKeys(jwks), clock, issuer, audience, settings.oidc_roles, settings.oidc_regions or "")


@contextmanager
def key_service(settings: Settings, clock: Clock = now) -> Iterator[KeyService]:
    """The keys in the database of `settings`, for commands. Raises `DatabaseRefused`, `KeysRefused`."""
    database, key_store = open_configured(settings), open_key_store(settings)
    sealing = CustomerKeys(database, key_store)
    try:
        yield KeyService(AccessStore(database, lambda: make_ready(database, sealing)), clock)
    finally:
        database.dispose()
        key_store.close()


def _files(settings: Settings, compile_rules: Compile, clock: Clock) -> Files:
    """Raises where the rule files decide: then nothing can go on without them."""
    try:
        rules = compile_rules(read_files(settings.rules))
    except (RulesetRefused, OSError) as refused:
        if settings.rules_mode == "files":
            raise
        return refused
    return Loaded(release_of(rules.ruleset, clock()), rules, accepts(rules.ruleset.vocabulary))


def _stores(
    settings: Settings, files: Files, days: Days, metrics: Metrics
) -> tuple[Store, AccessStore, ErasingStore, ReviewStore]:
    database = open_configured(settings, pool_size=settings.threads + 2)
    store = Store(
        database,
        files.record if isinstance(files, Loaded) else None,
        open_key_store(settings),
        settings.commit_timeout,
        metrics.commits.observe,
        opening="seeded" if settings.rules_mode == "releases" else "loaded",
        since=days.begin(files.rules.ruleset.effective_from) if isinstance(files, Loaded) else BEGINNING,
    )
    return (
        store,
        AccessStore(database, store.prepare),
        ErasingStore(database, store.keys, store.prepare),
        ReviewStore(database, store.keys, store.prepare),
    )


def _need_the_store(snapshots: Snapshots, refused: RulesetRefused | OSError) -> None:
    """Without rule files there must be a release in the store, and it must be there to say so."""
    try:
        snapshots.refresh()
    except StoreUnavailable:
        raise refused from None


def _application(known: ReleaseService, files: Files) -> tuple[str, Schema]:
    """The release that decides now and what it takes; that of the rule files as long as the store does not say."""
    try:
        loaded = known.loaded
    except (StoreUnavailable, Problem):
        if not isinstance(files, Loaded):
            raise
        loaded = files
    assert isinstance(loaded.accepts, SchemaAccepts)
    return loaded.record.id, loaded.accepts.schema


def create_app(services: Services) -> Flask:
    """The WSGI application around `services`."""
    app = Flask("api", static_folder=None)
    app.config.update(API_TITLE="Greenlane", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    attach(app, services)
    frame(app)
    _prepare(services)
    api = ProblemApi(app)
    api.spec.components.schema("Application", schema=services.application()[1])
    for group in GROUPS:
        api.register_blueprint(group)
    register_documents(app, api.spec, services.application, services.gate.local)
    return app


def _prepare(services: Services) -> None:
    """Reaches the store, if it can be, so that its tables are there and what decides is ready."""
    try:
        services.releases.snapshots.refresh()
    except StoreUnavailable as error:
        logger.warning("store unavailable at start", reason=reason(error))
