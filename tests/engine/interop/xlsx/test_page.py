"""docs/spreadsheets.md says what the engine does."""

from __future__ import annotations

import re
from pathlib import Path

from greenlane.engine.interop.xlsx.worksheet import SEPARATOR
from greenlane.engine.interop.xlsx.xlsx_package import BYTES_AT_MOST, UNPACKED_AT_MOST
from greenlane.engine.interop.xlsx.xlsx_reader import CELLS_AT_MOST, COLUMNS_AT_MOST, ROWS_AT_MOST

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")


def test_every_code_is_on_the_page() -> None:
    """Each fault of a workbook has its line, in order, and no line is without a fault."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "engine" / "interop" / "xlsx").glob("*.py")]
    used = {code for text in sources for code in re.findall(r'"(XL\d{3})"', text)}
    assert re.findall(r"^\| (XL\d{3}) \|", PAGE, re.MULTILINE) == sorted(used)


def test_bounds_are_those_of_the_page() -> None:
    """Sizes in words that people use."""
    sizes = f"{BYTES_AT_MOST // 10**6} MB, {UNPACKED_AT_MOST // 10**6} MB unpacked"
    bounds = f"{sizes}, {ROWS_AT_MOST:,} rows, {COLUMNS_AT_MOST} columns, {CELLS_AT_MOST:,} cells"
    assert f"too large: {bounds}" in PAGE
    assert f"`{SEPARATOR}`" in PAGE
