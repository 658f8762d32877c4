"""The application factory, and the one place where the real parts are joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from greenlane.api.access import views as keys
from greenlane.api.config import Settings
from greenlane.api.days import Clock, Days
from greenlane.api.decisions import batch_views as batch
from greenlane.api.decisions import views as decisions
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.decisions.search import SearchService
from greenlane.api.decisions.service import DecisionService, Watch
from greenlane.api.evidence import views as log
from greenlane.api.evidence.proofs import ProofService
from greenlane.api.evidence.service import EvidenceService
from greenlane.api.http.context import Services, attach
from greenlane.api.http.documents import register_documents
from greenlane.api.http.middleware import frame
from greenlane.api.http.problem_api import ProblemApi
from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.logs import logger, reason
from greenlane.api.metrics import DecisionMetrics, Metrics
from greenlane.api.operations import views as operations
from greenlane.api.privacy import views as erasures
from greenlane.api.privacy.data_keys import DataKeyService
from greenlane.api.privacy.disclosure import Sight
from greenlane.api.privacy.erasure import ErasureService
from greenlane.api.privacy.retention import RetentionService, periods_of
from greenlane.api.releases import ruleset_views as rulesets
from greenlane.api.releases import step_views as release_steps
from greenlane.api.releases import views as releases
from greenlane.api.releases.history import History
from greenlane.api.releases.lifecycle import Lifecycle
from greenlane.api.releases.ports import inspector
from greenlane.api.reviews import views as reviews
from greenlane.api.reviews.service import ReviewService
from greenlane.api.telemetry import DecisionSpans, open_tracer, trace_requests
from greenlane.api.version import service_version
from greenlane.api.wiring.clock import now
from greenlane.api.wiring.gate import open_gate
from greenlane.api.wiring.rule_files import read_rule_files
from greenlane.api.wiring.rules_in_force import find_rules
from greenlane.api.wiring.stores import open_stores
from greenlane.engine.policy import Compile, compiler
from greenlane.engine.policy import inspect as inspect_files

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


def build_services(
    settings: Settings, compile_rules: Compile | None = None, clock: Clock = now, limits: Path | None = None
) -> Services:
    """All services with their real parts; tests choose the compiler and the clock.

    `limits` is the file through which the processes of one machine share what callers have used of their limits.

    Raises `RulesetError` or `OSError` when rule files must decide and cannot, `DatabaseUrlError` for a database of a
    kind we do not know, `EncryptionKeyError` when there is no master key to use. A database that is down is not an
    error: the service works once it is up.
    """
    metrics, days, engine = Metrics(), Days(settings.time_zone), service_version()
    tracer = open_tracer(settings.otel_endpoint) if settings.otel_endpoint else None
    files = read_rule_files(settings, compile_rules or compiler(settings.matcher), clock)
    stores = open_stores(settings, files, days, metrics.committed)
    store = stores.decisions
    rules = find_rules(settings, files, store, compile_rules, days, clock)
    known, snapshots = rules.known, rules.snapshots
    sight = Sight(store, clock)
    inspect = inspector(compile_rules) if compile_rules else inspect_files
    replays, proofs = ReplayService(store, known, engine, sight), ProofService(store)
    return Services(
        store=store,
        releases=known,
        decisions=DecisionService(snapshots, store, clock, days, engine, _watch(metrics, settings, tracer)),
        replays=replays,
        proofs=proofs,
        evidence=EvidenceService(store, proofs, replays),
        reviews=ReviewService(stores.reviews, replays, clock),
        search=SearchService(store, sight, stores.reviews.state, lambda: known.rules.ruleset.vocabulary),
        erasures=ErasureService(stores.erasing, clock),
        retention=RetentionService(stores.erasing, clock, periods_of(settings.retention)),
        data_keys=DataKeyService(store.keys.key_store),
        lifecycle=Lifecycle(store, snapshots, rules.library, inspect, clock, days, engine),
        history=History(known, rules.library, days),
        application=rules.application,
        metrics=metrics,
        default_trace=settings.trace,
        gate=open_gate(settings, stores.access, clock, limits),
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
    _prepare(services)
    api = ProblemApi(app)
    api.spec.components.schema("Application", schema=services.application()[1])
    for group in GROUPS:
        api.register_blueprint(group)
    register_documents(app, api.spec, services.application, services.gate.local)
    return app


def _watch(metrics: Metrics, settings: Settings, tracer: Any) -> Watch:
    watch = DecisionMetrics(metrics, settings.matcher)
    return watch if tracer is None else DecisionSpans(watch, tracer)


def _prepare(services: Services) -> None:
    """Reaches the store, if it can be, so that its tables are there and what decides is ready."""
    try:
        services.releases.snapshots.refresh()
    except EncryptionKeyError:
        # With keys that are not those of the database it would never be available.
        raise
    except StoreUnavailableError as error:
        logger.warning("store unavailable at start", reason=reason(error))
