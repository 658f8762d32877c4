"""Quoting: single values as YAML writes them, and as cells show them, without quotes that YAML alone needs. Pure."""

from __future__ import annotations

import json

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.yaml_documents import read_documents
from greenlane.engine.rules.files.yaml_tree import ListNode, MapNode, TextNode, YamlNode

_LISTS = ("allowed",)


def unquote_scalar(raw: str, flow: bool) -> str:
    """What a cell shows for a scalar written as `raw`: without its quotes where `quote_scalar` gives them back."""
    node = _read(raw, flow)
    if not isinstance(node, TextNode) or "\n" in node.text:
        return raw
    return node.text if quote_scalar(node.text, flow) == raw else raw


def quote_scalar(text: str, flow: bool) -> str:
    """The scalar as YAML, within brackets where `flow`: as it is if it reads as one, in double quotes otherwise."""
    if not text or isinstance(_read(text, flow), TextNode):
        return text
    return json.dumps(text, ensure_ascii=False)


def quote_text(text: str, flow: bool) -> str:
    """The scalar that reads as `text`, whatever is in it: plain where that will do, in double quotes otherwise."""
    node = _read(text, flow) if text else None
    plain = isinstance(node, TextNode) and node.text == text
    return text if plain else json.dumps(text, ensure_ascii=False)


def quote_expression(text: str) -> str | None:
    """An expression behind `key: `, in quotes where YAML needs them; None where no quotes will do."""
    node = _read(text, False)
    if not text or (isinstance(node, TextNode) and node.text == text):
        return text
    if "\n" in text or ('"' in text and "'" in text):
        return None
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'


def unquote_expression(raw: str) -> str | None:
    """What a cell shows for an expression written as `raw`; None where it would not be written so again."""
    node = _read(raw, False)
    text = node.text if isinstance(node, TextNode) else ""
    return text if quote_expression(text) == raw else None


def is_flow_collection(text: str) -> bool:
    """Whether the text is a whole `[…]` or `{…}`."""
    return text[:1] in ("[", "{") and isinstance(_read(text, False), MapNode | ListNode)


def unquote_entry(key: str, raw: str) -> str:
    """What a cell shows for one value of a map that fills a row. The list under `allowed` loses its brackets."""
    if key in _LISTS and raw.startswith("[") and raw.endswith("]"):
        return raw[1:-1]
    return raw if raw[:1] in ("[", "{") else unquote_scalar(raw, True)


def quote_entry(key: str, text: str) -> str:
    """The value as YAML within a flow map."""
    if key in _LISTS:
        return text if text.startswith("[") else f"[{text}]"
    return text if is_flow_collection(text) else quote_scalar(text, True)


def _read(raw: str, flow: bool) -> YamlNode | None:
    """The value that is written so, if that is all there is."""
    if raw != raw.strip() or "\n" in raw:
        return None
    sink = DiagnosticSink()
    line = f"k: {{k: {raw}}}" if flow else f"k: {raw}"
    documents = read_documents("", line, sink)
    node = _only(documents[0].root) if len(documents) == 1 and not len(sink) else None
    if flow:
        node = _only(node) if isinstance(node, MapNode) and node.stop == (1, len(line) + 1) else None
    begin = 8 if flow else 4
    if isinstance(node, TextNode):
        return (
            node if not node.block and (node.place.column, node.place.end_column) == (begin, begin + len(raw)) else None
        )
    return node if node is not None and node.stop == (1, begin + len(raw)) else None


def _only(node: YamlNode | None) -> YamlNode | None:
    return node.entries[0].value if isinstance(node, MapNode) and len(node.entries) == 1 else None
