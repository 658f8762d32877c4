"""Rule files as a DMN model that other engines run."""

from __future__ import annotations

from greenlane.engine.interop.dmn.exporter.model_export import ExportedModel, export_model

__all__ = ["ExportedModel", "export_model"]
