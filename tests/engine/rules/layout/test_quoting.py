"""Single values of rule files, written so that they are read as what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.yaml_documents import read_documents
from greenlane.engine.rules.files.yaml_tree import MapNode, TextNode
from greenlane.engine.rules.layout.quoting import quote_text


@pytest.mark.parametrize(
    ("text", "flow", "written"),
    [
        ("制造业", True, "制造业"),
        ("5Y+", True, "5Y+"),
        ("a, b", True, '"a, b"'),
        ("a, b", False, "a, b"),
        ("a: b", False, '"a: b"'),
        ("", False, '""'),
        ('"quoted"', True, '"\\"quoted\\""'),
        ("# no comment", False, '"# no comment"'),
    ],
)
def test_quotes_stand_only_where_needed(text: str, flow: bool, written: str) -> None:
    """Within brackets more often than behind a key."""
    assert quote_text(text, flow) == written


@given(st.text(alphabet="ab1 ,:#[]{}\"'\\|>&*!%@`-?中\t", max_size=8), st.booleans())
def test_any_text_comes_back(text: str, flow: bool) -> None:
    """Whatever is in it."""
    sink = DiagnosticSink()
    line = f"k: {{k: {quote_text(text, flow)}}}\n" if flow else f"k: {quote_text(text, flow)}\n"
    (document,) = read_documents("", line, sink)
    node = document.root
    while isinstance(node, MapNode):
        node = node.entries[0].value
    assert isinstance(node, TextNode), sink.sorted()
    assert (node.text, len(sink)) == (text, 0)
