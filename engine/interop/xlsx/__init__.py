"""Rule files as an Excel workbook for analysts, and back. Imports openpyxl only when a workbook is written."""

from __future__ import annotations

from greenlane.engine.interop.xlsx.exporter import OpenpyxlMissingError, export_workbook
from greenlane.engine.interop.xlsx.importer import ImportedWorkbook, import_workbook
from greenlane.engine.interop.xlsx.worksheet import CellPlace

__all__ = ["CellPlace", "ImportedWorkbook", "OpenpyxlMissingError", "export_workbook", "import_workbook"]
