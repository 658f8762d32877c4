"""What the views work with: the services of their application, and the request's language and trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from marshmallow import Schema

from api.config import Trace
from api.metrics import Metrics
from api.principals import LOCAL, Principal, Role
from api.problems import Language, Problem
from api.services.data_keys import DataKeyService
from api.services.decide import DecisionService
from api.services.erasure import ErasureService
from api.services.evidence import EvidenceService
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
    """Everything one application works with. `application` validates a request's application."""

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
    application: Schema
    metrics: Metrics
    default_trace: Trace


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
    """Who calls."""
    return cast(Principal, g.get("principal", LOCAL))


def require(role: Role) -> None:
    """Returns when the caller has the role. Raises `Problem` forbidden."""
    if role not in principal().roles:
        raise Problem("forbidden", subject=Text(role.value, role.value))
