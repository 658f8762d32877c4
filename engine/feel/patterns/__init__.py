"""Regular expressions as XPath has them (Functions and Operators 3.1, 5.6), with bounded work.

Python's own `re` was not used: one pattern out of a rule file, `(a+)+$`, could hold a worker for hours; it knows
neither class subtraction nor `\\p{…}`, `\\i`, `\\c`; and a limit by the clock would let the same input be decided now
and not then. The matcher here counts its steps instead, so the same pattern and subject always give the same answer or
the same refusal. Without back references no state is visited twice: the steps are at most the pattern's size times the
subject's.
"""

from __future__ import annotations

from greenlane.engine.feel.patterns.matcher import Match, find, find_all
from greenlane.engine.feel.patterns.program import Program, compile_pattern

__all__ = ["Match", "Program", "compile_pattern", "find", "find_all"]
