"""The rule files as a workbook."""

from __future__ import annotations

from pathlib import Path

from greenlane.api.cli.console import Refused, counted, stderr, stdout
from greenlane.api.cli.rules import CheckedRules, show, summary
from greenlane.api.cli.whole_files import write_whole
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.interop.xlsx import export_workbook
from greenlane.rule_files import read_files


def write_workbook(directory: Path, file: Path) -> None:
    """Writes the workbook; rule files with faults are shown them, and nothing is written. Raises `OSError`."""
    data = read_files(directory)
    try:
        texts = {name: content.decode("utf-8-sig") for name, content in data.items()}
        write_whole({file: export_workbook(texts)})
    except UnicodeDecodeError:
        raise Refused(f"a rule file in `{directory}` is not UTF-8 text: `greenlane check` says which") from None
    except RulesetError as refused:
        show(stderr(), CheckedRules(data, None, refused.diagnostics))
        raise Refused(f"nothing was exported: {summary(refused.diagnostics)}") from None
    stdout().print(f"{counted(len(texts), 'file')} in {directory} to {file}")
