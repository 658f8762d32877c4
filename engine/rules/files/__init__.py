"""Rule files to the model and back: `read`, `render` for what is wrong with them, `format_text` for their form."""

from __future__ import annotations

from greenlane.engine.rules.files.format_text import format_text
from greenlane.engine.rules.files.parts import Memory
from greenlane.engine.rules.files.reading import Reading, read
from greenlane.engine.rules.files.render import render

__all__ = ["Memory", "Reading", "format_text", "read", "render"]
