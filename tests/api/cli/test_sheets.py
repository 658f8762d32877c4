"""`greenlane export` and `greenlane import`."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from greenlane.api.cli.rule_files import write_whole
from tests.api.cli.conftest import ROOT, Run, spoil
from tests.engine.interop.xlsx.hidden_openpyxl import hide_openpyxl


def contents(directory: Path) -> dict[str, bytes]:
    """Every rule file."""
    found = (p for p in directory.rglob("*") if p.suffix in (".yaml", ".csv"))
    return {p.relative_to(directory).as_posix(): p.read_bytes() for p in found}


def changed(workbook: Path, sheet: str, before: str, after: str) -> None:
    """Changes the first cell of a sheet that holds `before`."""
    book = load_workbook(workbook)
    cell = next(cell for row in book[sheet].iter_rows() for cell in row if cell.value == before)
    cell.value = after
    book.save(workbook)


def test_out_and_in_again(run: Run, tmp_path: Path) -> None:
    """The workbook of the shipped rules gives the same files in a new directory; then nothing changes."""
    shown = run("export", "--xlsx", "rules.xlsx")
    assert shown.exit_code == 0, shown.output
    assert shown.output.endswith("to rules.xlsx\n")
    first = run("import", "--xlsx", "rules.xlsx", "copy")
    assert first.exit_code == 0, first.output
    assert contents(tmp_path / "copy") == contents(ROOT / "rules")
    assert run("import", "--xlsx", "rules.xlsx", "copy").output.splitlines()[-1].endswith(" 0 changed")
    assert run("check", "copy").exit_code == 0


def test_a_change_reaches_its_file(run: Run, rules: Path) -> None:
    """Only that file is written; one that the workbook does not hold is named and left."""
    run("export", "--xlsx", "rules.xlsx", "rules")
    changed(rules.parent / "rules.xlsx", "price_adjustments", "战略客户优先优惠", "战略客户优惠")
    (rules / "reference" / "new.csv").write_text("a,b\n", encoding="utf-8")
    shown = run("import", "--xlsx", "rules.xlsx", "rules")
    assert shown.exit_code == 0, shown.output
    assert "changed rules/pricing.yaml\n" in shown.output
    assert "not in the workbook, left as it is: rules/reference/new.csv\n" in shown.output
    assert shown.output.endswith(" 1 changed\n")
    assert "战略客户优惠" in (rules / "pricing.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("strategic", "stratgic", "error GL205"),
        ("strategic", "=A1", "error XL105: there is a formula in this cell"),
        ("P402", "P401", "error GL311"),
    ],
)
def test_nothing_is_written_with_a_fault(run: Run, rules: Path, before: str, after: str, message: str) -> None:
    """The reader's faults, the workbook's own, and those of `greenlane check`, each at sheet and cell."""
    run("export", "--xlsx", "rules.xlsx", "rules")
    changed(rules.parent / "rules.xlsx", "price_adjustments", before, after)
    kept = contents(rules)
    shown = run("import", "--xlsx", "rules.xlsx", "rules")
    assert shown.exit_code == 1
    assert message in shown.output
    assert "price_adjustments!" in shown.output
    assert "nothing was imported: 1 error" in shown.output
    assert contents(rules) == kept


def test_what_is_no_workbook(run: Run, rules: Path) -> None:
    """A text file is refused in one line; one that is not there is a mistake of usage."""
    (rules.parent / "rules.xlsx").write_text("id,when\n", encoding="utf-8")
    assert "XL101: this is not an XLSX workbook" in run("import", "--xlsx", "rules.xlsx", "rules").output
    assert run("import", "--xlsx", "nothing.xlsx", "rules").exit_code == 2
    assert run("export", "--xlsx", "x.xlsx", "nowhere").exit_code == 1


def test_what_cannot_be_exported(run: Run, rules: Path) -> None:
    """Characters that no rule file may hold are shown; no workbook appears."""
    spoil(rules / "routing.yaml", "# 绿色通道", "# \x07绿色通道")
    shown = run("export", "--xlsx", "rules.xlsx", "rules")
    assert shown.exit_code == 1
    assert "GL103" in shown.output
    (rules / "routing.yaml").write_bytes(b"\xff")
    assert "is not UTF-8 text" in run("export", "--xlsx", "rules.xlsx", "rules").output
    assert not (rules.parent / "rules.xlsx").exists()


def test_without_openpyxl(run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook cannot be written, and the extra that is missing is named; one that is there can be read."""
    assert run("export", "--xlsx", "rules.xlsx", "rules").exit_code == 0
    hide_openpyxl(monkeypatch)
    shown = run("export", "--xlsx", "other.xlsx", "rules")
    assert shown.exit_code == 1
    assert shown.output.splitlines() == [
        "error: writing an Excel workbook needs openpyxl, which is not installed: pip install 'greenlane[excel]'",
        "  写 Excel 工作簿需要 openpyxl，目前没有安装：pip install 'greenlane[excel]'",
    ]
    assert not (rules.parent / "other.xlsx").exists()
    assert run("import", "--xlsx", "rules.xlsx", "rules").output.endswith(" 0 changed\n")


def test_all_files_or_none(tmp_path: Path) -> None:
    """When one file cannot be put in place, those before it are as they were, and nothing else is left behind."""
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "inside").write_bytes(b"")
    wanted = {tmp_path / "a": b"new", tmp_path / "b": b"new", tmp_path / "c": b"new"}
    with pytest.raises(OSError):
        write_whole(wanted)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "c"]
    write_whole({tmp_path / "a": b"new", tmp_path / "new" / "b": b"new"})
    assert [(tmp_path / name).read_bytes() for name in ("a", "new/b")] == [b"new", b"new"]
