"""The service behaves as its OpenAPI document says, for requests made up from that document, good and bad."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from api.app import build_services, create_app
from api.config import Settings
from api.schemas.uscc import ALPHABET, check_character

RULES = Path(__file__).parents[2] / "rules"

schemathesis.openapi.format(
    "uscc", st.text(ALPHABET, min_size=17, max_size=17).map(lambda first: first + str(check_character(first)))
)


def _document() -> Any:
    """The document of an application with a database of its own."""
    directory = Path(tempfile.mkdtemp(prefix="greenlane-conformance-"))
    services = build_services(Settings(f"sqlite:///{directory}/greenlane.db", RULES))
    return schemathesis.openapi.from_wsgi("/openapi.json", create_app(services))


schema = _document()


@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_conformance(case: schemathesis.Case[Any]) -> None:
    """Every check that schemathesis has."""
    case.call_and_validate()


TestSequences = schema.as_state_machine().TestCase
TestSequences.settings = settings(
    max_examples=25, stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck)
)
