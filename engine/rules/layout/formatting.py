"""The canonical layout of a rule file: `format_text`. Comments stay; what a file means never changes. Pure."""

from __future__ import annotations

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_schemas import schema_of_file
from greenlane.engine.rules.files.schema import MapSchema
from greenlane.engine.rules.files.yaml_documents import Document, decode, document_spans, read_documents
from greenlane.engine.rules.layout.document_layout import LayoutError, format_document


def format_text(path: str, text: str) -> str:
    """`text` in canonical form: keys in order, tables aligned, indentation of two, LF, one line end at the end.

    Formatting twice changes nothing more. A file that is not YAML, and any file but YAML and CSV, comes back as it is:
    `read` says what is wrong with it.
    """
    if not path.endswith((".yaml", ".csv")):
        return text
    sink = DiagnosticSink()
    decoded = decode(path, text.encode(errors="surrogatepass"), sink)
    if decoded is None or len(sink):
        return text
    if path.endswith(".csv"):
        return decoded.rstrip("\n") + "\n" if decoded.strip() else decoded
    documents = read_documents(path, decoded, sink)
    if len(sink):
        return text
    return _yaml(path, decoded.split("\n"), documents)


def _yaml(path: str, lines: list[str], documents: tuple[Document, ...]) -> str:
    schema = schema_of_file(path)
    by_line = {document.first_line: document for document in documents}
    parts: list[list[str]] = []
    for start, stop in document_spans(lines):
        comment = _separator_comment(lines, start)
        body = _document(lines[start:stop], by_line.get(start + 1), schema)
        parts.append([*comment, *body])
    while parts and not parts[-1]:
        parts.pop()
    while parts and not parts[0]:
        parts.pop(0)
    return "\n---\n".join("\n".join(part) for part in parts) + "\n" if parts else ""


def _separator_comment(lines: list[str], start: int) -> list[str]:
    """The comment behind the `---` above a document."""
    rest = lines[start - 1][3:].strip() if start else ""
    return [rest] if rest else []


def _document(lines: list[str], document: Document | None, schema: MapSchema) -> list[str]:
    if document is None or document.root is None:
        return _trimmed([line.strip() for line in lines])
    try:
        return _trimmed(format_document(document.root, lines, document.first_line, schema))
    except LayoutError:
        return _trimmed([line.rstrip() for line in lines])


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines at the ends."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    while lines and not lines[0]:
        lines = lines[1:]
    return lines
