"""What the campaigns measured, kept for docs/reliability.md."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = "GREENLANE_TEST_FIGURES"
"""The file that `make campaigns` gathers figures in."""


def record(campaign: str, database: str, **figures: object) -> None:
    """Adds the figures of a campaign to the file that the environment names, if it names one."""
    line = {"campaign": campaign, "database": database, **figures}
    name = os.environ.get(FILE)
    if name:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
