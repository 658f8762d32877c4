"""openpyxl is an extra: only who writes a workbook needs it, and is told how to get it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from greenlane.engine.interop.xlsx import OpenpyxlMissingError, export_workbook, import_workbook
from tests.engine.interop.xlsx.hidden_openpyxl import hide_openpyxl
from tests.engine.interop.xlsx.workbooks import exported, texts

INSTALL = "pip install 'greenlane[excel]'"


def test_writing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One error, in both languages, and not a word of modules."""
    hide_openpyxl(monkeypatch)
    with pytest.raises(OpenpyxlMissingError) as caught:
        export_workbook(texts())
    assert caught.value.text.zh == f"写 Excel 工作簿需要 openpyxl，目前没有安装：{INSTALL}"
    assert caught.value.text.en == f"writing an Excel workbook needs openpyxl, which is not installed: {INSTALL}"
    assert str(caught.value) == caught.value.text.en
    assert caught.value.name == "openpyxl"


def test_reading_needs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook is read by the standard library alone."""
    data = exported()
    hide_openpyxl(monkeypatch)
    back = import_workbook(data)
    assert back.diagnostics == ()
    assert set(back.files) == set(texts())


def test_another_missing_module_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the installation that is not openpyxl is not hidden behind advice that would not help."""
    export_workbook(texts())
    monkeypatch.delitem(sys.modules, "greenlane.engine.interop.xlsx.xlsx_writer")
    monkeypatch.setitem(sys.modules, "greenlane.engine.interop.xlsx.column_labels", None)
    with pytest.raises(ModuleNotFoundError, match="column_labels") as caught:
        export_workbook(texts())
    assert not isinstance(caught.value, OpenpyxlMissingError)


def test_the_room_alone_does_not_import_it() -> None:
    """Neither does reading; a command that reads or checks rules does not pay for openpyxl."""
    code = "import sys, greenlane.engine.interop.xlsx; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
