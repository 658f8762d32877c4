"""The application factory: Flask around the services, with every operation, problem and document. Opens nothing."""

from __future__ import annotations

from dataclasses import fields

from flask import Flask

from greenlane.api.access import views as keys
from greenlane.api.access.admission import admit_callers
from greenlane.api.decisions import views as decisions
from greenlane.api.evidence import views as log
from greenlane.api.http.documents import register_documents
from greenlane.api.http.exchange import refuse_repeats, register
from greenlane.api.http.middleware import add_middleware
from greenlane.api.http.problem_api import ProblemApi
from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.operations import views as operations
from greenlane.api.privacy import views as erasures
from greenlane.api.releases import step_views as release_steps
from greenlane.api.releases import views as releases
from greenlane.api.reviews import views as reviews
from greenlane.api.telemetry import trace_requests
from greenlane.api.wiring.services import Services

GROUPS = (
    decisions.decisions,
    decisions.batches,
    reviews.reviews,
    log.log,
    releases.rules,
    releases.releases,
    release_steps.steps,
    keys.keys,
    erasures.erasures,
    operations.operations,
)


def create_app(services: Services) -> Flask:
    """The WSGI application around `services`."""
    app = Flask("api", static_folder=None)
    # A path with two slashes is another path, and no redirect repeats what the client said its host was.
    app.url_map.merge_slashes = False
    app.config.update(API_TITLE="Greenlane", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    register(app, *(getattr(services, field.name) for field in fields(services)))
    add_middleware(app)
    if services.tracer is not None:
        trace_requests(app, services.tracer)
    admit_callers(app)
    app.before_request(refuse_repeats)
    _prepare(services)
    api = ProblemApi(app)
    for group in GROUPS:
        api.register_blueprint(group)
    register_documents(app, api.description, services.application, services.gate.local)
    return app


def _prepare(services: Services) -> None:
    """Reaches the store, if it can be, so that its tables are there and what decides is ready."""
    try:
        services.releases.snapshots.refresh()
    except EncryptionKeyError:
        # With keys that are not those of the database it would never be available.
        raise
    except StoreUnavailableError as error:
        services.ledger.refused(error)
