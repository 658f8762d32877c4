"""What searches show, unsealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from api.store.records import DecisionSummary
from api.vault.sealing import DataKey, unseal


def summaries(rows: Sequence[Any], keys: Mapping[str, DataKey]) -> list[DecisionSummary]:
    """The rows of `api.store.decisions.search` with their inputs, None where the key is not among the keys."""
    shown = [f.name for f in fields(DecisionSummary) if f.name != "inputs"]
    return [DecisionSummary(**{n: getattr(row, n) for n in shown}, inputs=_inputs(row, keys)) for row in rows]


def _inputs(row: Any, keys: Mapping[str, DataKey]) -> str | None:
    if row.data_key_id is None:
        return str(bytes(row.inputs), "utf-8")
    key = keys.get(row.data_key_id)
    return unseal(key, row.decision_id, "inputs", row.inputs).decode() if key is not None else None
