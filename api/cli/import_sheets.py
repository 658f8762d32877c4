"""`greenlane import --xlsx`: a workbook back to rule files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from greenlane.api.cli.console import Refused, counted, stderr, stdout
from greenlane.api.cli.rules import CheckedRules, show, summary
from greenlane.api.cli.whole_files import write_whole
from greenlane.engine.check import check
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.interop.xlsx import Imported, import_workbook
from greenlane.rule_files import read_files


def import_sheets(file: Path, directory: Path) -> None:
    """Reads the workbook and writes what has changed. Files that it does not hold stay as they are."""
    try:
        imported = import_workbook(file.read_bytes(), lambda ruleset: check(ruleset, date.today()))
        show(stderr(), CheckedRules({}, None, imported.diagnostics))
        if has_errors(imported.diagnostics):
            raise Refused(f"nothing was imported: {summary(imported.diagnostics)}")
        before = read_files(directory) if directory.is_dir() else {}
        changed = _changed(imported, before)
        write_whole({directory / name: text for name, text in changed.items()})
    except OSError as error:
        raise Refused(f"nothing was imported: {error}") from None
    console = stdout()
    for name in changed:
        console.print(f"changed {directory / name}", style="yellow")
    for name in sorted(before.keys() - imported.files.keys()):
        console.print(f"not in the workbook, left as it is: {directory / name}", style="yellow")
    console.print(f"{counted(len(imported.files), 'file')} in {file}, {len(changed)} changed")


def _changed(imported: Imported, before: Mapping[str, bytes]) -> dict[str, bytes]:
    texts = {name: text.encode() for name, text in sorted(imported.files.items())}
    return {name: text for name, text in texts.items() if before.get(name) != text}
