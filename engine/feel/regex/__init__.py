"""Regular expressions as XPath has them (Functions and Operators 3.1, 5.6), with bounded work. Pure.

Python's own `re` was not used: one pattern out of a rule file, `(a+)+$`, could hold a worker for hours; it knows
neither class subtraction nor `\\p{…}`, `\\i`, `\\c`; and a limit by the clock would let the same input be decided now
and not then. The machine here counts its steps instead, so the same pattern and subject always give the same answer or
the same refusal.
"""

from __future__ import annotations

from greenlane.engine.feel.regex.program import (
    SIZE_LIMIT,
    RegexMatch,
    RegexProgram,
    compile_pattern,
    find,
    find_all,
    fullmatch,
)

__all__ = ["SIZE_LIMIT", "RegexMatch", "RegexProgram", "compile_pattern", "find", "find_all", "fullmatch"]
