"""XML elements of a DMN model, and the bytes of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, indent, tostring

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, attributes: Mapping[str, str], children: Iterable[Element] = ()) -> Element:
    """An element; attributes without a value are left out."""
    made = Element(tag, {name: clean(value) for name, value in attributes.items() if value})
    made.extend(children)
    return made


def text_element(tag: str, text: str, attributes: Mapping[str, str] | None = None) -> Element:
    """An element with its text inside of a `text`, as DMN has it around FEEL and annotations."""
    inner = Element("text")
    inner.text = clean(text)
    return element(tag, attributes or {}, [inner])


def bare(tag: str, text: str) -> Element:
    """An element that is nothing but text."""
    made = Element(tag)
    made.text = clean(text)
    return made


def literal(text: str, type_ref: str = "") -> Element:
    """FEEL text as an expression."""
    return text_element("literalExpression", text, {"typeRef": type_ref})


def variable(name: str, type_ref: str = "", tag: str = "variable") -> Element:
    """A name with a type, any where it has none."""
    return element(tag, {"name": name, "typeRef": type_ref})


def context(entries: Iterable[tuple[str, Element]], result: Element | None = None) -> Element:
    """A boxed context; with a result it is that."""
    children = [element("contextEntry", {}, [variable(name), value]) for name, value in entries]
    if result is not None:
        children.append(element("contextEntry", {}, [result]))
    return element("context", {}, children)


def function(parameters: Iterable[tuple[str, str]], body: Element, tag: str = "functionDefinition") -> Element:
    """A function of parameters with their types."""
    return element(tag, {"kind": "FEEL"}, [*(variable(n, t, "formalParameter") for n, t in parameters), body])


def document(root: Element) -> bytes:
    """UTF-8 with two blanks for each level; the same tree always gives the same bytes."""
    indent(root, "  ")
    text: str = tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text.rstrip()}\n'.encode()


def clean(text: str) -> str:
    """The text with escapes of FEEL for what XML cannot hold."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
