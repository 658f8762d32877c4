"""The application factory, and the one place where all real parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

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
from api.resources import batch, decisions, keys, log, operations, rulesets
from api.resources.api import ProblemApi
from api.resources.context import Services, attach
from api.resources.documents import register_documents
from api.resources.frame import frame
from api.rules_directory import read_files
from api.schemas.application import application_schema
from api.services.compiled import compiler
from api.services.decide import DecisionService
from api.services.evidence import EvidenceService
from api.services.ports import Clock, Compile
from api.services.proofs import ProofService
from api.services.releases import ReleaseService, release_of
from api.services.replay import ReplayService
from api.services.search import SearchService
from api.store.access import AccessStore
from api.store.adopt import make_ready
from api.store.database import StoreUnavailable
from api.store.opening import open_configured
from api.store.repository import Store
from api.version import service_version

GROUPS = (decisions.decisions, batch.batches, log.log, rulesets.rules, keys.keys, operations.operations)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def build_services(
    settings: Settings, compile_rules: Compile | None = None, clock: Clock = now, limits: Path | None = None
) -> Services:
    """All services with their real parts; tests choose the compiler and the clock.

    `limits` is the file through which the processes of one machine share what callers have used of their limits.

    Raises `RulesetRefused` or `OSError` when the rule files cannot decide, `DatabaseRefused` for a database of a kind
    we do not know. A database that is down is not an error: the service works once it is up.
    """
    rules = (compile_rules or compiler(settings.matcher))(read_files(settings.rules))
    release, engine = release_of(rules.ruleset, clock()), service_version()
    metrics = Metrics()
    database = open_configured(settings, pool_size=settings.threads + 1)
    store = Store(database, release, settings.commit_timeout, metrics.commits.observe)
    access = AccessStore(database, store.prepare)
    releases = ReleaseService(release, rules, store, compile_rules or compiler(settings.matcher, checked=False))
    replays, proofs = ReplayService(store, releases, engine), ProofService(store)
    return Services(
        store=store,
        releases=releases,
        decisions=DecisionService(rules, release, store, clock, engine, lambda s: metrics.decisions.labels(s).inc()),
        replays=replays,
        search=SearchService(store),
        proofs=proofs,
        evidence=EvidenceService(store, proofs, replays),
        application=application_schema(rules.ruleset.vocabulary),
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
    """The keys in the database of `settings`, for commands. Raises `DatabaseRefused`."""
    database = open_configured(settings)
    try:
        yield KeyService(AccessStore(database, lambda: make_ready(database)), clock)
    finally:
        database.dispose()


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
    register_documents(app, api.spec, services.gate.local)
    _prepare(services)
    return app


def _prepare(services: Services) -> None:
    try:
        services.store.prepare()
    except StoreUnavailable as error:
        logger.warning("store unavailable at start", reason=reason(error))
