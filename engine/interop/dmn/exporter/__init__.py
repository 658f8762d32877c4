"""Exports rule files as DMN models that other engines run. Pure."""

from __future__ import annotations

from greenlane.engine.interop.dmn.exporter.model_export import ExportedModel, export_model

__all__ = ["ExportedModel", "export_model"]
