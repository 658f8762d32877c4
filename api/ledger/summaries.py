"""What searches show, unsealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from greenlane.api.ledger.contents import Plain, Unread
from greenlane.api.ledger.records import DecisionSummary

READ = ("inputs",)
"""The columns whose content a search shows something of."""

SHOWN = [f.name for f in fields(DecisionSummary) if f.name not in ("inputs", "altered")]


def summaries(rows: Sequence[Any], found: Sequence[Plain | Unread]) -> list[DecisionSummary]:
    """The rows of `api.ledger.decisions.search` with what was found in them: no inputs where nothing could be read."""
    return [
        DecisionSummary(
            **{name: getattr(row, name) for name in SHOWN},
            inputs=(one["inputs"] or b"").decode() if not isinstance(one, Unread) else None,
            altered=one is Unread.ALTERED,
        )
        for row, one in zip(rows, found, strict=True)
    ]
