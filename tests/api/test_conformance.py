"""The service behaves as its OpenAPI document says, for requests made up from that document, good and bad."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from greenlane.api.app import create_app
from greenlane.api.config import Access, Settings
from greenlane.api.principals import Role
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.decide.application import USCC_ALPHABET, uscc_check_character
from tests.api.access.callers import key_for
from tests.api.sandbox_here import examined_here
from tests.examples import examples

RULES = Path(__file__).parents[2] / "rules"

schemathesis.openapi.format(
    "uscc", st.text(USCC_ALPHABET, min_size=17, max_size=17).map(lambda first: first + str(uscc_check_character(first)))
)


def _services(access: Access) -> Services:
    """Services with a database of their own."""
    directory = Path(tempfile.mkdtemp(prefix="greenlane-conformance-"))
    with examined_here():
        return build_services(Settings(f"sqlite:///{directory}/greenlane.db", RULES, access=access, rate_limit=0))


def _document(services: Services) -> Any:
    """The document of an application around these."""
    return schemathesis.openapi.from_wsgi("/openapi.json", create_app(services))


schema = _document(_services("local"))
guarded = _services("keys")
guarded_schema = _document(guarded)
# What is systematic about inputs was tried above; here the point is who may send them.
guarded_schema.config.phases.coverage.enabled = False
every_role = key_for(guarded, *Role)


@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_conformance(case: schemathesis.Case[Any]) -> None:
    """Every check that schemathesis has."""
    case.call_and_validate()


@guarded_schema.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=examples(6), deadline=None, suppress_health_check=list(HealthCheck))
def test_conformance_with_a_key(case: schemathesis.Case[Any]) -> None:
    """The same where a key is needed, and none of it without one."""
    response = case.call(headers=every_role)
    if response.status_code == 422 and response.json()["code"] == "rules_faulty":
        # A release to draft is files of a language, which no schema can say; that they are well-formed, it can.
        case.validate_response(response, headers=every_role, excluded_checks=[positive_data_acceptance])
    else:
        case.validate_response(response, headers=every_role)


TestSequences = schema.as_state_machine().TestCase
TestSequences.settings = settings(
    max_examples=examples(12), stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck)
)
