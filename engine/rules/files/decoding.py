"""Bytes of a rule file to text."""

from __future__ import annotations

import re

from greenlane.engine.diagnostics import DiagnosticSink, Place

MAXIMUM_BYTES = 10_000_000
# Control characters, line separators of other worlds, and the marks that make a line show other than it reads.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_SHOWN_AT_MOST = 20


def decode(path: str, data: bytes, sink: DiagnosticSink) -> str | None:
    """The text without byte order mark, every line ended by LF; None when the file cannot be read.

    Forbidden characters are faults and become spaces, so that places stay right.
    """
    if len(data) > MAXIMUM_BYTES:
        help_ = f"split it: {MAXIMUM_BYTES:,} bytes at most"
        sink.error("GL102", f"the file is too large: {len(data):,} bytes", Place(path, 1, 1, 2), help_)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sink.error("GL101", "the file is not UTF-8", _undecodable(path, data, error.start), _encoding_help(data))
        return None
    text = text.replace("\r\n", "\n")
    for count, found in enumerate(_FORBIDDEN.finditer(text)):
        if count == _SHOWN_AT_MOST:
            break
        _forbidden(path, text, found.start(), sink)
    return _FORBIDDEN.sub(" ", text)


def _undecodable(path: str, data: bytes, offset: int) -> Place:
    before = data[:offset].decode("utf-8-sig", errors="replace")
    line_begin = before.rfind("\n") + 1
    column = len(before) - line_begin + 1
    return Place(path, before.count("\n") + 1, column, column + 1)


def _encoding_help(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "it is UTF-16; save it as UTF-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "save it as UTF-8"
    return "it looks like GBK; save it as UTF-8"


def _forbidden(path: str, text: str, offset: int, sink: DiagnosticSink) -> None:
    line_begin = text.rfind("\n", 0, offset) + 1
    column = offset - line_begin + 1
    place = Place(path, text.count("\n", 0, offset) + 1, column, column + 1)
    name = f"U+{ord(text[offset]):04X}"
    sink.error("GL103", f"the character {name} is not allowed", place, "remove it; it cannot be seen")
