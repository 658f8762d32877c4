"""Answers as they are stored and sent.

The trace is most of an answer, up to a hundred times the rest, and is seldom read again: it is kept apart, compressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Protocol

from greenlane.api.json_text import encode
from greenlane.engine.json_text import decode

FAST = 1


class StoredAnswer(Protocol):
    """What the store holds of an answer, unsealed."""

    @property
    def answer(self) -> str:
        """The JSON object but for its last member, `trace`."""
        ...

    @property
    def trace(self) -> bytes | None:
        """That member's JSON, compressed; None for null."""
        ...


def trace_bytes(trace: Mapping[str, Any] | None) -> bytes | None:
    """A rendered trace as it is stored."""
    return zlib.compress(encode(trace), FAST) if trace is not None else None


def trace_of(stored: StoredAnswer) -> Any:
    """The trace of a stored answer, numbers as decimals."""
    return decode(zlib.decompress(stored.trace)) if stored.trace is not None else None


def body_of(stored: StoredAnswer) -> bytes:
    """The answer as it is sent: the same bytes whenever it is asked for."""
    trace = zlib.decompress(stored.trace) if stored.trace is not None else b"null"
    return stored.answer[:-1].encode() + b',"trace":' + trace + b"}"
