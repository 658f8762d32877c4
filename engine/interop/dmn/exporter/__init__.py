"""Rule files as a DMN model that other engines run."""

from __future__ import annotations

from greenlane.engine.interop.dmn.exporter.model import Exported, export_model

__all__ = ["Exported", "export_model"]
