"""What the views work with: the services of their application, and the request's language and trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request
from marshmallow import Schema

from greenlane.api.access.gate import Gate
from greenlane.api.config import Trace
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.decisions.search import SearchService
from greenlane.api.decisions.service import DecisionService
from greenlane.api.evidence.proofs import ProofService
from greenlane.api.evidence.service import EvidenceService
from greenlane.api.ledger.repository import Store
from greenlane.api.metrics import Metrics
from greenlane.api.principals import ANONYMOUS, Principal, Role
from greenlane.api.privacy.data_keys import DataKeyService
from greenlane.api.privacy.erasure import ErasureService
from greenlane.api.privacy.retention import RetentionService
from greenlane.api.problems import Language, Problem
from greenlane.api.releases.history import History
from greenlane.api.releases.lifecycle import Lifecycle
from greenlane.api.releases.service import ReleaseService
from greenlane.api.reviews.service import ReviewService
from greenlane.engine.text import Text

EXTENSION = "greenlane"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything one application works with.

    `application` names the release that decides now, and what it takes; `tracer` makes spans, if any are made.
    """

    store: Store
    releases: ReleaseService
    decisions: DecisionService
    replays: ReplayService
    search: SearchService
    erasures: ErasureService
    reviews: ReviewService
    retention: RetentionService
    data_keys: DataKeyService
    proofs: ProofService
    evidence: EvidenceService
    lifecycle: Lifecycle
    history: History
    application: Callable[[], tuple[str, Schema]]
    metrics: Metrics
    default_trace: Trace
    gate: Gate
    tracer: Any = None


def attach(app: Flask, services: Services) -> None:
    """Gives the services to an application."""
    app.extensions[EXTENSION] = services


def services() -> Services:
    """The services of the application that answers now."""
    return cast(Services, current_app.extensions[EXTENSION])


def language() -> Language:
    """The language the client prefers of Chinese and English; English when it does not say."""
    best = request.accept_languages.best_match(["en", "zh"], default="en")
    return "zh" if best == "zh" else "en"


def trace_id() -> str:
    """The id of this request in logs, problems and the `Trace-Id` header."""
    return cast(str, g.get("trace_id", ""))


def principal() -> Principal:
    """Who calls; `ANONYMOUS` in operations that do not ask."""
    return cast(Principal, g.get("principal", ANONYMOUS))


def require(*roles: Role) -> None:
    """Returns when the caller has one of the roles. Raises `Problem` forbidden."""
    if not principal().roles.intersection(roles):
        wanted = " / ".join(role.value for role in roles)
        raise Problem("forbidden", subject=Text(wanted, wanted))


def require_every_region() -> None:
    """Returns when the caller is limited to no region. Raises `Problem` forbidden."""
    if principal().regions is not None:
        raise Problem("forbidden", subject=Text("audit（不限地区）", "audit (of every region)"))
