"""An answer is put together from what is stored, byte for byte."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.api.decisions.answers import body_of, compressed, trace_text, with_trace
from greenlane.api.decisions.records import Content
from greenlane.api.json_objects import encode
from greenlane.engine.json_text import decode


@pytest.mark.parametrize("trace", [None, {}, {"level": "full", "利率": Decimal("2.50")}])
def test_there_and_back(trace: Any) -> None:
    """The body is the whole answer with its trace last; the trace alone can be read as well."""
    text = encode(trace) if trace is not None else None
    stored = Content(b"{}", '{"status":"通过"}'.encode(), compressed(text))
    assert body_of(stored) == encode({"status": "通过", "trace": trace})
    assert with_trace(stored.answer, text) == body_of(stored)
    found = trace_text(stored)
    assert (decode(found) if found is not None else None) == trace


def test_a_trace_takes_little_room() -> None:
    """Much of a trace repeats itself."""
    trace = {"decisions": [{"decision": "findings", "source": "eligibility.yaml:148"}] * 500}
    assert len(compressed(encode(trace)) or b"") < len(encode(trace)) / 10
