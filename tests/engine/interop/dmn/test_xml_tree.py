"""XML that is refused, and the places of what is read."""

from __future__ import annotations

import pytest

from greenlane.engine.interop.dmn import read
from greenlane.engine.interop.dmn.diagnostic_codes import XmlError
from greenlane.engine.interop.dmn.xml_tree import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, read_xml
from tests.engine.interop.dmn.models import decision, faults, literal, model

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
REFUSED = {
    "document type": b"<!DOCTYPE d><d/>",
    "external subset": b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
    "entity": b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>',
    "external entity": b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
    "parameter entity": b'<!DOCTYPE d [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><d/>',
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l9;</d>'.encode(),
    "undefined entity": b"<d>&nbsp;</d>",
    "too deep": b"<d>" * (MAX_DEPTH + 1) + b"</d>" * (MAX_DEPTH + 1),
    "too many": b"<d>" + b"<e/>" * MAX_ELEMENTS + b"</d>",
    "too large": b" " * (MAX_BYTES + 1),
    "empty": b"",
    "cut off": b"<d><e></d>",
    "two roots": b"<d/><d/>",
    "unknown encoding": b'<?xml version="1.0" encoding="x-none"?><d/>',
    "no UTF-8": b"<d>\xff</d>",
    "null byte": b"<d>\x00</d>",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_xml(name: str) -> None:
    """Each is one fault with a place, and nothing of it is read."""
    with pytest.raises(XmlError) as refused:
        read_xml("m.dmn", REFUSED[name])
    fault = refused.value.diagnostic
    assert fault.code == "GL601"
    assert fault.place.path == "m.dmn"
    assert fault.place.line >= 1


def test_declarations_are_named() -> None:
    """The message says what is not taken."""
    (fault,) = read({"m.dmn": REFUSED["billion laughs"]}, "m.dmn").diagnostics
    assert fault.message == "document types and entities are not read"


@pytest.mark.parametrize("text", ["<a/>", '<definitions xmlns="urn:other"/>', "<definitions/>"])
def test_xml_that_is_no_dmn(text: str) -> None:
    """The root must be `definitions` of a known version."""
    reading = read({"m.dmn": text.encode()}, "m.dmn")
    assert reading.models is None
    assert "is not a DMN model" in reading.diagnostics[0].message


@pytest.mark.parametrize("version", ["http://www.omg.org/spec/DMN/20180521/MODEL/", *(
    f"https://www.omg.org/spec/DMN/{day}/MODEL/" for day in ("20191111", "20211108", "20230324")
)])  # fmt: skip
def test_versions(version: str) -> None:
    """1.2 to 1.5 are read."""
    assert read({"m.dmn": model("", version=version)}, "m.dmn").diagnostics == ()


def test_text_is_placed_line_by_line() -> None:
    """Across lines, wide characters and references to characters."""
    text = read_xml("m", "<d>绿 &lt; x\n   y</d>".encode()).text
    assert text.value == "绿 < x\n   y"
    places = [text.place(at, at + 1) for at in (0, 2, 4, 9)]
    assert [(p.line, p.column) for p in places] == [(1, 4), (1, 6), (1, 11), (2, 4)]


def test_a_fault_of_feel_is_placed_in_the_file() -> None:
    """At the sign at fault."""
    (fault,) = faults("\n" + decision("d", literal("1 < （2)")))
    assert (fault.code, fault.place.line) == ("GL004", 3)
    assert (
        fault.place.column == len('<decision id="d" name="d"><variable name="d"/><literalExpression><text>1 &lt; ') + 1
    )
