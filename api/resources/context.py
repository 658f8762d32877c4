"""What the views work with: the services of their application, and the request's language and trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from marshmallow import Schema

from api.access.gate import Gate
from api.config import Trace
from api.metrics import Metrics
from api.principals import ANONYMOUS, Principal, Role
from api.problems import Language, Problem
from api.services.data_keys import DataKeyService
from api.services.decide import DecisionService
from api.services.erasure import ErasureService
from api.services.evidence import EvidenceService
from api.services.history import History
from api.services.lifecycle import Lifecycle
from api.services.proofs import ProofService
from api.services.releases import ReleaseService
from api.services.replay import ReplayService
from api.services.retention import RetentionService
from api.services.review import ReviewService
from api.services.search import SearchService
from api.store.repository import Store
from engine.model.vocabulary import Text

EXTENSION = "greenlane"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything one application works with. `application` names the release that decides now, and what it takes."""

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
