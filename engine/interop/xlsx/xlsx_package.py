"""An XLSX file as a package of XML parts, read with zipfile and expat within bounds of size. Pure.

A stranger may have made the file to exhaust memory.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Mapping
from xml.parsers import expat

BYTES_AT_MOST = 20_000_000
UNPACKED_AT_MOST = 100_000_000
PARTS_AT_MOST = 2_000

Begin = Callable[[str, Mapping[str, str]], None]
"""Is given an element's name and attributes, without namespaces."""
End = Callable[[str, str], None]
"""Is given an element's name and the text before its end."""


class WorkbookError(Exception):
    """The file is no workbook that can be read; `code` and `help` are those of the diagnostic."""

    def __init__(self, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help


class XlsxPackage:
    """An XLSX file, unpacked part by part. Raises WorkbookError for anything that is not one, or too large."""

    def __init__(self, data: bytes) -> None:
        if len(data) > BYTES_AT_MOST:
            raise WorkbookError(
                "XL102", f"the workbook is too large: {len(data):,} bytes", f"{BYTES_AT_MOST:,} at most"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise WorkbookError("XL101", "this is not an XLSX workbook", _REPACK) from None
        infos = self._zip.infolist()
        size = sum(info.file_size for info in infos)
        if len(infos) > PARTS_AT_MOST or size > UNPACKED_AT_MOST:
            message = f"the workbook is too large: {len(infos):,} parts of {size:,} bytes when unpacked"
            raise WorkbookError("XL102", message, f"{PARTS_AT_MOST:,} parts and {UNPACKED_AT_MOST:,} bytes at most")
        self._names = {info.filename for info in infos}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._names

    def parse(self, part: str, begin: Begin, end: End) -> None:
        """Goes through the elements of a part: their `begin` and `end` are called in document order."""
        text: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            text.clear()
            begin(_local(name), {_local(key): value for key, value in attributes.items()})

        def stop(name: str) -> None:
            end(_local(name), "".join(text))
            text.clear()

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = stop
        parser.CharacterDataHandler = text.append
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            with self._zip.open(part) as stream:
                parser.ParseFile(stream)
        except _FAILURES as error:
            raise _damaged(part) from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and part by id of everything that `part` refers to."""
        found: dict[str, tuple[str, str]] = {}
        folder, name = posixpath.split(part)

        def begin(element: str, attributes: Mapping[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", "")))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        self.parse(f"{folder}/_rels/{name}.rels", begin, lambda _name, _text: None)
        return found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _damaged(part: str) -> WorkbookError:
    return WorkbookError("XL101", f"the workbook is damaged: `{part}` cannot be read", _REPACK)


def _refuse_doctype(name: str, _system: str | None, _public: str | None, _subset: bool) -> None:
    raise WorkbookError("XL101", f"the workbook declares a document type `{name[:40]}`", _REPACK)


_REPACK = "save it as an Excel workbook (.xlsx)"

# Whatever the standard library raises for a package that is not what it says.
_FAILURES = (
    expat.ExpatError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    KeyError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
