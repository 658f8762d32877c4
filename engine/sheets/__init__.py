"""Rule files as a workbook for analysts, and back: `export_workbook`, `import_workbook`."""

from __future__ import annotations

from engine.sheets.cell_place import CellPlace
from engine.sheets.exporting import export_workbook
from engine.sheets.importing import Imported, import_workbook

__all__ = ["CellPlace", "Imported", "export_workbook", "import_workbook"]
