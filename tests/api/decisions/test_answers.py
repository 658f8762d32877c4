"""An answer is put together from what is stored, byte for byte."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.api.decisions.answer_text import body_of, trace_bytes, trace_of
from greenlane.api.json_text import encode
from tests.api.ledger.records import record


@pytest.mark.parametrize("trace", [None, {}, {"level": "full", "利率": Decimal("2.50")}])
def test_there_and_back(trace: Any) -> None:
    """The body is the whole answer with its trace last; the trace alone can be read as well."""
    stored = record(answer='{"status":"通过"}', trace=trace_bytes(trace))
    assert body_of(stored) == encode({"status": "通过", "trace": trace})
    assert trace_of(stored) == trace


def test_a_trace_takes_little_room() -> None:
    """Much of a trace repeats itself."""
    trace = {"decisions": [{"decision": "findings", "source": "eligibility.yaml:148"}] * 500}
    assert len(trace_bytes(trace) or b"") < len(encode(trace)) / 10
