"""Cases of the language as text: one line is `expression ;; expected ;; why`; `#` starts a comment line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One line of a table."""

    place: str
    expression: str
    expected: str
    why: str


def cases_in(path: Path) -> list[Case]:
    """The cases of a file, in order."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            expression, expected, why = line.split(" ;; ")
            cases.append(Case(f"{path.stem}:{number}", expression, expected, why))
    return cases
