"""A Python without openpyxl, made of one that has it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

IMPORTERS = ("greenlane.engine.interop.xlsx.styles", "greenlane.engine.interop.xlsx.xlsx_writer")
"""The modules that import openpyxl."""


class WithoutOpenpyxl(MetaPathFinder):
    """Stands before all other finders and finds openpyxl nowhere."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system says that there is no such module."""
        if fullname.partition(".")[0] == "openpyxl":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def hide_openpyxl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the end of the test nobody can import openpyxl, and what imports it is not yet imported."""
    for name in list(sys.modules):
        if name.partition(".")[0] == "openpyxl" or name in IMPORTERS:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [WithoutOpenpyxl(), *sys.meta_path])
