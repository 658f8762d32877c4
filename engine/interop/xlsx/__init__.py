"""Rule files as a workbook for analysts, and back: `export_workbook`, `import_workbook`."""

from __future__ import annotations

from greenlane.engine.interop.xlsx.cell_place import CellPlace
from greenlane.engine.interop.xlsx.exporting import export_workbook
from greenlane.engine.interop.xlsx.importing import Imported, import_workbook

__all__ = ["CellPlace", "Imported", "export_workbook", "import_workbook"]
