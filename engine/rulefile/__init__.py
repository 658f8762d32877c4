"""Rule files to the model and back: `read`, and `render` for what is wrong with them."""

from __future__ import annotations

from engine.rulefile.reading import Reading, read
from engine.rulefile.render import render

__all__ = ["Reading", "read", "render"]
