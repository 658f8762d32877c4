"""Imports DMN models as rule files. Pure."""

from __future__ import annotations

from greenlane.engine.interop.dmn.importer.model_import import ImportedRules, import_model

__all__ = ["ImportedRules", "import_model"]
