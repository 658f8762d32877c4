"""The operators of FEEL on values; each raises FeelError where the spec says null, with the reason."""

from __future__ import annotations

from greenlane.engine.feel.arithmetic import add, divide, multiply, negate, power, subtract
from greenlane.engine.feel.comparison import compare, equal, in_range

__all__ = ["add", "compare", "divide", "equal", "in_range", "multiply", "negate", "power", "subtract"]
