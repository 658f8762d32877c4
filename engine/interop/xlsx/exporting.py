"""Rule files to a workbook."""

from __future__ import annotations

from collections.abc import Mapping

from greenlane.engine.diagnostics import DiagnosticSink, RulesetError
from greenlane.engine.interop.xlsx.book import sheets_of
from greenlane.engine.interop.xlsx.paint import painted
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.decoding import decode


def export_workbook(files: Mapping[str, str]) -> bytes:
    """The XLSX workbook of rule files, by path: the same bytes for the same texts.

    `import_workbook` gives the canonical form of every file back. Files with faults are exported too, but those with
    characters that no rule file may hold: for them raises `RulesetError`.
    """
    sink = DiagnosticSink()
    data = {path: text.encode(errors="surrogatepass") for path, text in files.items()}
    texts = {path: decode(path, data[path], sink) or "" for path in files}
    if len(sink):
        raise RulesetError(sink.sorted())
    reading = read(data)
    return painted(sheets_of(texts), reading.ruleset or reading.partial)
