"""Whatever goes into a workbook comes out of it, to the byte."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.interop.xlsx import export_workbook, import_workbook
from greenlane.engine.interop.xlsx.exporter import sheets_of
from greenlane.engine.interop.xlsx.worksheet import CONTENTS, RowKind
from greenlane.engine.interop.xlsx.worksheet_reader import read_document_rows, read_record_rows
from greenlane.engine.interop.xlsx.worksheet_writer import document_rows, raw_rows, record_rows
from greenlane.engine.rules.layout.formatting import format_text
from tests.engine.interop.xlsx.workbooks import texts
from tests.engine.rules.files.generated import decision_files
from tests.examples import examples

RULES = Path(__file__).resolve().parents[4] / "rules"
SHIPPED = {
    path.relative_to(RULES).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(RULES.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}
CANONICAL = {path: format_text(path, text) for path, text in SHIPPED.items()}


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """The workbook of the shipped rules."""
    return export_workbook(SHIPPED)


def test_shipped_rules_come_back_to_the_byte(workbook: bytes) -> None:
    """Every shipped file is its canonical form again, without a fault."""
    back = import_workbook(workbook)
    assert back.diagnostics == ()
    assert back.files == CANONICAL


def test_the_same_files_give_the_same_bytes(workbook: bytes) -> None:
    """Neither the time nor the order of the files is in the workbook."""
    assert export_workbook(dict(reversed(SHIPPED.items()))) == workbook


def test_nothing_shipped_is_kept_line_by_line() -> None:
    """Each document of the shipped rules has rows that an analyst can read."""
    raw = [sheet.name for sheet in sheets_of(SHIPPED) for row in sheet.rows if row.kind is RowKind.RAW]
    assert raw == []


def test_every_table_has_a_sheet_of_its_own() -> None:
    """Named by its decision; values share the sheet of their file; the contents come first."""
    names = [sheet.name for sheet in sheets_of(SHIPPED)]
    assert names[:3] == [CONTENTS, "ruleset", "vocabulary"]
    assert {"price_adjustments", "pricing.values", "segmentation", "lpr.csv", "reference"} <= set(names)
    assert len({name.lower() for name in names}) == len(names)


def test_libreoffice_gives_it_back(workbook: bytes, tmp_path: Path) -> None:
    """Opened and saved by LibreOffice, the workbook still holds the same files."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source, saved = tmp_path / "rules.xlsx", tmp_path / "saved"
    source.write_bytes(workbook)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(saved), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    back = import_workbook((saved / "rules.xlsx").read_bytes())
    assert back.diagnostics == ()
    assert back.files == CANONICAL


@given(decision_files())
@settings(deadline=None, max_examples=examples(7))
def test_generated_files_come_back(text: str) -> None:
    """Untidy files with comments, keys in any order, sections and strings with bars come back in canonical form."""
    files = texts("x.yaml", text)
    back = import_workbook(export_workbook(files))
    assert back.diagnostics == ()
    assert back.files == {path: format_text(path, content) for path, content in files.items()}


@given(st.text(alphabet="ab: -|#[]{}\"'\n&,中~›‹§=.", max_size=80))
@settings(deadline=None, max_examples=examples(35))
def test_any_document_comes_back(text: str) -> None:
    """Also what is no rule file at all: line by line where nothing better is known."""
    canonical = format_text("x.yaml", "decision: x\n" + text)
    rows = [row for sheet in sheets_of({"x.yaml": canonical})[1:] for row in sheet.rows]
    separators = sum(row.kind is RowKind.SEPARATOR for row in rows)
    back = read_document_rows([row.cells for row in rows])
    assert len(back.starts) == separators
    if separators == 0 and canonical.endswith("\n"):
        # A sheet has no line of blanks only, which a file that cannot be read may have.
        blank = re.sub("(?m)^ +$", "", canonical)
        assert format_text("x.yaml", "".join(line.text + "\n" for line in back.lines)) == blank


@given(st.lists(st.lists(st.text(alphabet='ab",\n 中=-|', max_size=5), min_size=1, max_size=3), max_size=4))
@settings(deadline=None, max_examples=examples(20))
def test_any_records_come_back(records: list[list[str]]) -> None:
    """CSV files with quotes, commas and line breaks in fields."""
    text = format_text("x.csv", "\n".join(",".join(fields) for fields in records))
    back = read_record_rows([row.cells for row in record_rows(text)])
    assert "".join(line.text + "\n" for line in back.lines).rstrip("\n") == text.rstrip("\n")


def test_long_lines_take_several_cells() -> None:
    """A spreadsheet's cell is bounded; a line of a file is not."""
    line = "a" * 70_000
    rows = raw_rows([line])
    assert max(len(cell) for cell in rows[0].cells) <= 32_767
    assert [found.text for found in read_document_rows([row.cells for row in rows]).lines] == [line]


@pytest.mark.parametrize(
    "document",
    [
        "decision: x\nvalue: 1  # why\n",
        "decision: x\nvalue: |\n  if a\n    then 1\n\n  else 2\n",
        'decision: "x: y"\nvalue: "[]"\n',
        "decision: x\nvalue: |\n  1\n",
        "decision: x\nvalue: '\"AAA\"'\n",
        'decision: x\ntitle: {zh: "=SUM(1)", en: "a, b"}\nvalue: "@x"\n',
        "decision: x\nparameters: {product: {type: string, allowed: [a, b]}}\nvalue: 1\n",
        "decision: x\noutputs:\n  code: {}\n  id: {}\nrows: |\n  id | when\n  A  | -\n",
        "decision: x\nsections:\n  # one\n  - rows: |\n      id | when\n      # gone\n      A  | -\n  # two\n"
        "  - title: {zh: 二, en: Two}\n    rows: |\n      id | zh\n      B  | a \\| b\n\n# end\n",
        "tables:\n  t:\n    file: t.csv  # here\n    columns:\n      a: {type: date}  # day\n      b: {type: string}\n",
    ],
)
def test_documents_have_rows_of_their_own(document: str) -> None:
    """Quotes, comments, blocks, sections without title and maps of maps are no reason to fall back to lines."""
    path = "reference.yaml" if document.startswith("tables") else "x.yaml"
    canonical = format_text(path, document)
    rows = document_rows(path, canonical.removesuffix("\n").split("\n"))
    assert not any(row.kind is RowKind.RAW for row in rows)
    lines = read_document_rows([row.cells for row in rows]).lines
    assert format_text(path, "".join(line.text + "\n" for line in lines)) == canonical
