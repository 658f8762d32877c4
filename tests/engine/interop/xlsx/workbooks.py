"""Workbooks of small rule files, as an analyst changes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from greenlane.engine.interop.xlsx import ImportedWorkbook, export_workbook, import_workbook
from tests.engine.rules.files.surroundings import with_file

TABLE = """\
decision: fee
title: {zh: 费用, en: Fee}
hit: first
undetermined: refer
outputs:
  fee: {type: number, unit: bp}
rows: |
  id    | rating  | amount_wan (万元) | fee | code | zh       | en
  FEE-1 | AAA, AA | >= 80             | -10 | F001 | 优质大额 | Good and large
  FEE-2 | -       | -                 | 2.5 | F002 | 其余     | "The rest"
"""

Edit = Callable[[Workbook], object]


def texts(name: str = "decision.yaml", text: str = TABLE) -> dict[str, str]:
    """The small ruleset with one more file."""
    return {path: data if isinstance(data, str) else data.decode() for path, data in with_file(name, text).items()}


@cache
def exported(name: str = "decision.yaml", text: str = TABLE) -> bytes:
    """Its workbook."""
    return export_workbook(texts(name, text))


def edited(edit: Edit, data: bytes | None = None) -> bytes:
    """A workbook after a change made in a spreadsheet."""
    book = load_workbook(io.BytesIO(data or exported()))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imported(edit: Edit) -> ImportedWorkbook:
    """What comes back of the changed workbook."""
    return import_workbook(edited(edit))


def places(result: ImportedWorkbook) -> list[tuple[str, str]]:
    """Place and code of every fault."""
    return [(str(d.place), d.code) for d in result.diagnostics]


def cell_of(sheet: Worksheet, text: str) -> str:
    """The name of the first cell with this text."""
    return next(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == text)


def repacked(change: Callable[[str, bytes], bytes | None], data: bytes | None = None) -> bytes:
    """A workbook some of whose parts are changed, or left out where `change` gives None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data or exported())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()
