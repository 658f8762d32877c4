"""Rule files to the model and back: `read`, `render` for what is wrong with them, `format_text` for their form."""

from __future__ import annotations

from engine.rulefile.format_text import format_text
from engine.rulefile.parts import Memory
from engine.rulefile.reading import Reading, read
from engine.rulefile.render import render

__all__ = ["Memory", "Reading", "format_text", "read", "render"]
