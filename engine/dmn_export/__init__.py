"""Rule files as a DMN model that other engines run."""

from __future__ import annotations

from engine.dmn_export.model import Exported, export_model

__all__ = ["Exported", "export_model"]
