"""All services of a process, made of their real parts by the settings: the one place where these are joined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlane.api.access.gate import Gate
from greenlane.api.config import AnswerLimits, Settings
from greenlane.api.days import Clock, Days, now
from greenlane.api.decisions.disclosure import Disclosure
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.decisions.search import SearchService
from greenlane.api.decisions.service import DecisionObserver, DecisionService
from greenlane.api.evidence.proofs import ProofService
from greenlane.api.evidence.service import EvidenceService
from greenlane.api.ledger.log_reader import LogReader
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.metrics import DecisionMetrics, Metrics
from greenlane.api.privacy.rotation import MasterKeyRotation
from greenlane.api.privacy.service import ErasureService, RetentionService, periods_of
from greenlane.api.releases.acts import Acts
from greenlane.api.releases.history import History
from greenlane.api.releases.lifecycle import Lifecycle
from greenlane.api.releases.sandbox import Sandbox
from greenlane.api.releases.sandbox_process import PATIENCE
from greenlane.api.releases.service import ReleaseService
from greenlane.api.releases.submission_judge import LOOK_SECONDS, SubmissionJudge
from greenlane.api.releases.submissions import Submissions
from greenlane.api.reviews.service import ReviewService
from greenlane.api.telemetry import DecisionSpans, open_tracer
from greenlane.api.version import service_version
from greenlane.api.wiring.access_control import open_gate
from greenlane.api.wiring.rules import RulesInForce, find_rules, read_rule_files
from greenlane.api.wiring.stores import Stores, open_stores
from greenlane.engine.rules.vocabulary import Vocabulary

EXAMINED = "drafts"
"""The directory of the places for examining drafts, beside the file of the rate limits."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything one process works with.

    `application` names the release that decides now, and its vocabulary; `tracer` makes spans, if any are made.
    """

    ledger: Ledger
    releases: ReleaseService
    decisions: DecisionService
    replays: ReplayService
    search: SearchService
    erasures: ErasureService
    reviews: ReviewService
    retention: RetentionService
    rotation: MasterKeyRotation
    proofs: ProofService
    evidence: EvidenceService
    lifecycle: Lifecycle
    submissions: Submissions
    judge: SubmissionJudge
    history: History
    application: Callable[[], tuple[str, Vocabulary]]
    metrics: Metrics
    gate: Gate
    sandbox: Sandbox
    limits: AnswerLimits
    tracer: Any = None

    def close(self) -> None:
        """Writes what waits, ends what examines drafts, and lets the connections go."""
        self.judge.stop()
        self.sandbox.close()
        self.judge.join()
        self.gate.close()
        self.decisions.store.close()
        self.ledger.close()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the services of one process are made of."""

    settings: Settings
    clock: Clock
    days: Days
    engine: str
    metrics: Metrics
    tracer: Any
    stores: Stores
    rules: RulesInForce
    sandbox: Sandbox


def build_services(settings: Settings, clock: Clock = now, limits: Path | None = None) -> Services:
    """All services with their real parts, by a clock that is the machine's unless another is given.

    `limits` is the file through which the processes of one machine share what callers have used of their limits; they
    share beside it the places for examining drafts.

    Raises `RulesetError` or `OSError` when rule files must decide and cannot, `DatabaseUrlError` for a database of a
    kind we do not know, `EncryptionKeyError` when there is no master key to use. A database that is down is not an
    error: the service works once it is up.
    """
    metrics, days = Metrics(), Days(settings.time_zone)
    tracer = open_tracer(settings.otel_endpoint) if settings.otel_endpoint else None
    files = read_rule_files(settings, clock)
    stores = open_stores(settings, files, days, metrics.committed)
    rules = find_rules(settings, files, stores.releases, days, clock)
    sandbox = Sandbox(settings, limits.with_name(EXAMINED) if limits is not None else None)
    parts = _Parts(settings, clock, days, service_version(), metrics, tracer, stores, rules, sandbox)
    return _joined(parts, open_gate(settings, stores.access, clock, limits))


def _joined(parts: _Parts, gate: Gate) -> Services:
    settings, clock, stores, rules = parts.settings, parts.clock, parts.stores, parts.rules
    ledger, store, known = stores.ledger, stores.decisions, rules.known
    disclosure, states = Disclosure(ledger, clock), stores.reviews.state
    submissions = _submissions(parts)
    replays, proofs = ReplayService(store, known, parts.engine, disclosure, states), ProofService(LogReader(ledger))
    return Services(
        ledger=ledger,
        releases=known,
        decisions=_decisions(parts),
        replays=replays,
        proofs=proofs,
        evidence=EvidenceService(store, proofs, replays),
        reviews=ReviewService(stores.reviews, replays, clock),
        search=SearchService(store, disclosure, states, lambda: known.policy.ruleset.vocabulary),
        erasures=ErasureService(stores.erasing, clock),
        retention=RetentionService(stores.erasing, clock, periods_of(settings.retention)),
        rotation=MasterKeyRotation(ledger.keys.key_store),
        lifecycle=Lifecycle(submissions.acts, parts.sandbox.examine, parts.days),
        submissions=submissions,
        judge=SubmissionJudge(submissions, settings.threads // 4),
        history=History(known, rules.cache, parts.days, parts.sandbox.examine),
        application=rules.application,
        metrics=parts.metrics,
        gate=gate,
        sandbox=parts.sandbox,
        limits=settings.limits,
        tracer=parts.tracer,
    )


def _submissions(parts: _Parts) -> Submissions:
    settings = parts.settings
    acts = Acts(parts.stores.releases, parts.rules.snapshots, parts.clock)
    overdue = PATIENCE * settings.draft_seconds + settings.draft_wait + 2 * LOOK_SECONDS
    return Submissions(acts, parts.sandbox.examine, parts.days, parts.engine, overdue)


def _decisions(parts: _Parts) -> DecisionService:
    settings, snapshots, store = parts.settings, parts.rules.snapshots, parts.stores.decisions
    metrics = DecisionMetrics(parts.metrics, settings.matcher)
    watch: DecisionObserver = metrics if parts.tracer is None else DecisionSpans(metrics, parts.tracer)
    return DecisionService(
        snapshots, store, parts.clock, parts.days, parts.engine, watch, settings.trace, settings.limits
    )
