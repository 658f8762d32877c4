"""An application has one serialisation, by which it is known, and which is what is kept of it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.decisions.service import Application, request_sha256
from greenlane.api.json_objects import canonical
from greenlane.api.wiring.services import Services

VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | st.integers(-99, 99).map(Decimal),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
OPTIONAL = st.none() | st.sampled_from(("2026-03-02", 'a "quoted" text'))


@given(VALUES, OPTIONAL, st.sampled_from(("none", "full")), OPTIONAL)
def test_the_hash_of_a_request(application: Any, as_of: str | None, trace: str, known_at: str | None) -> None:
    """It is that of the canonical JSON of all that is asked, as it has been since the first version."""
    asked = {"application": application, "as_of": as_of, "trace": trace}
    asked |= {"known_at": known_at} if known_at is not None else {}
    found = request_sha256(Application(application).canonical, as_of, trace, known_at)
    assert found == hashlib.sha256(canonical(asked)).hexdigest()


def test_what_is_kept(client: FlaskClient, services: Services, application: dict[str, Any]) -> None:
    """The canonical bytes, in whichever order the members were sent."""
    kept = set()
    for sent in (application, dict(reversed(application.items()))):
        decision = client.post("/v1/decisions", json=sent).get_json()["decision_id"]
        stored = services.decisions.store.decision(decision)
        assert stored is not None and stored.content is not None
        kept.add(stored.content.inputs)
    assert kept == {canonical(application)}
