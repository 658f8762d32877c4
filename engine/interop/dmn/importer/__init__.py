"""DMN models as rule files: `import_model`."""

from __future__ import annotations

from greenlane.engine.interop.dmn.importer.importing import Imported, import_model

__all__ = ["Imported", "import_model"]
