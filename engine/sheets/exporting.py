"""Rule files to a workbook."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagnostics import RulesetRefused
from engine.rulefile import read
from engine.rulefile.decoding import decode
from engine.rulefile.faults import Faults
from engine.sheets.book import sheets_of
from engine.sheets.paint import painted


def export_workbook(files: Mapping[str, str]) -> bytes:
    """The XLSX workbook of rule files, by path: the same bytes for the same texts.

    `import_workbook` gives the canonical form of every file back. Files with faults are exported too, but those with
    characters that no rule file may hold: for them raises `RulesetRefused`.
    """
    faults = Faults()
    data = {path: text.encode(errors="surrogatepass") for path, text in files.items()}
    texts = {path: decode(path, data[path], faults) or "" for path in files}
    if len(faults):
        raise RulesetRefused(faults.sorted())
    reading = read(data)
    return painted(sheets_of(texts), reading.ruleset or reading.partial)
