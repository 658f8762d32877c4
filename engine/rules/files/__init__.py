"""Rule files to the model and back: `read`, `format_text` for their form."""

from __future__ import annotations

from greenlane.engine.rules.files.format_text import format_text
from greenlane.engine.rules.files.parts import Memory
from greenlane.engine.rules.files.reading import Reading, read

__all__ = ["Memory", "Reading", "format_text", "read"]
