"""YAML as places: what every node is and where it stands."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files import yaml_tree
from greenlane.engine.rules.files.yaml_documents import Document, read_documents
from greenlane.engine.rules.files.yaml_tree import ListNode, MapNode, TextNode, YamlNode


def documents(text: str) -> tuple[Document, ...]:
    sink = DiagnosticSink()
    found = read_documents("f.yaml", text, sink)
    assert sink.sorted() == ()
    return found


def root(text: str) -> MapNode:
    (document,) = documents(text)
    assert isinstance(document.root, MapNode)
    return document.root


def text_of(text: str, key: str) -> TextNode:
    node = root(text).get(key)
    assert isinstance(node, TextNode)
    return node


def codes(text: str) -> list[tuple[str, str]]:
    sink = DiagnosticSink()
    read_documents("f.yaml", text, sink)
    return [(d.code, str(d.place)) for d in sink.sorted()]


PLAIN = ["no", "yes", "012", "1:30", "1e3", "2024-01-01", "~", "null", "true", "0x1F", ".5", "5Y+", "甲 乙"]


@pytest.mark.parametrize("written", PLAIN)
def test_every_scalar_is_its_text(written: str) -> None:
    """No number, date, boolean or null is made of it."""
    assert text_of(f"a: {written}\n", "a").text == written


def test_the_place_of_a_scalar_is_exact() -> None:
    """Columns count code points; quotes belong to the place and not to the text."""
    node = root("甲: {乙: 1, 丙: 'x y'}\n").get("甲")
    assert isinstance(node, MapNode)
    quoted = node.get("丙")
    assert isinstance(quoted, TextNode)
    assert (quoted.text, quoted.place.column, quoted.place.end_column, quoted.origin.column) == ("x y", 14, 19, 15)
    assert str(quoted.part(2, 3)) == "f.yaml:1:17"


def test_the_lines_of_a_block_begin_in_one_column() -> None:
    """Indentation and trailing spaces are gone, blank lines within stay."""
    node = text_of("a: |\n\n   one  \n     two\n\n   three\n\nb: 1\n", "a")
    assert node.text == "\none\n  two\n\nthree"
    assert (node.origin.line, node.origin.column) == (2, 4)
    start = node.text.index("three")
    assert str(node.part(start, start + 5)) == "f.yaml:6:4"


def test_the_end_of_a_block_is_the_first_line_that_is_less_indented() -> None:
    """A comment there is none of it; within the block it is."""
    node = text_of("a: |\n  one\n  # two\n# three\nb: 1\n", "a")
    assert node.text == "one\n# two"


def test_an_escaped_scalar_has_one_place() -> None:
    """Where text and file differ, every part has the place of the whole."""
    node = text_of('a: "x\\ny"\n', "a")
    assert (node.exact, str(node.part(2, 3)), node.text) == (False, "f.yaml:1:4", "x\ny")


def test_documents_know_their_lines() -> None:
    """Each document is read by itself; empty ones and their comments are left out."""
    found = documents("# c\n---\na: 1\n--- # d\nb: 2\n...\n# e\n")
    assert [(d.place.line, d.first_line) for d in found] == [(3, 3), (5, 5)]


def test_a_fault_costs_its_lines_only() -> None:
    """What stands around the line can still be read, and the document knows that it is not whole."""
    sink = DiagnosticSink()
    (document,) = read_documents("f.yaml", "a: 1\nb: `\n  deeper: 1\nc: 2\n", sink)
    assert isinstance(document.root, MapNode)
    assert [entry.key.text for entry in document.root.entries] == ["a", "c"]
    assert document.damaged
    assert document.root.damaged


def test_all_faults_of_a_document_are_found() -> None:
    """Tab, quote, bracket, indentation, duplicate, anchor: each once, at its place."""
    text = 'a: "x\nb: [1\nc:\n  d: 1\n   e: 2\nf: &g 1\na: 2\n\th: 1\ni: 1\ni: 2\n'
    assert codes(text) == [
        ("GL106", "f.yaml:1:4"),
        ("GL106", "f.yaml:2:4"),
        ("GL105", "f.yaml:5:4"),
        ("GL108", "f.yaml:6:4"),
        ("GL104", "f.yaml:8:1"),
        ("GL110", "f.yaml:10:1"),
    ]


def test_a_quote_that_a_later_line_closes_is_named_where_it_opens() -> None:
    """Not where the parser stumbles."""
    assert codes('a: "x\nb: "y"\nc: 1\n') == [("GL106", "f.yaml:1:4")]


@pytest.mark.parametrize(
    "text", ["a: 1\n", "a: [x, {b: c}]\nd: |\n  e\n", "- a\n- b: c\n", "a: b: c\n", "a: 'x\nb: 1\n"]
)
def test_both_parsers_say_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the C parser, trees and faults are those it gives."""
    with_c, without = DiagnosticSink(), DiagnosticSink()
    expected = read_documents("f.yaml", text, with_c)
    monkeypatch.setattr(yaml_tree, "_LOADER", yaml.SafeLoader)
    assert read_documents("f.yaml", text, without) == expected
    assert without.sorted() == with_c.sorted()


@given(st.text(alphabet="ab: -|#[]{}\"'\n&*!%@`\t,?中>~\\", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever is given, reading ends; with places inside of the text, and faults where nothing could be read."""
    sink = DiagnosticSink()
    found = read_documents("f.yaml", text, sink)
    lines = text.split("\n")
    for fault in sink.sorted():
        assert 1 <= fault.place.line <= len(lines) + 1
        assert 1 <= fault.place.column < fault.place.end_column
    for document in found:
        if document.root is None:
            assert len(sink)


def _scalars(node: YamlNode) -> list[TextNode]:
    if isinstance(node, TextNode):
        return [node]
    if isinstance(node, ListNode):
        return [scalar for item in node.items for scalar in _scalars(item)]
    return [s for entry in node.entries for s in (entry.key, *_scalars(entry.value))]


@given(st.text(alphabet="abc: -|[]{}\"'\n,中", max_size=60))
def test_exact_scalars_stand_at_their_place(text: str) -> None:
    """The text of every exact scalar is what the file holds there."""
    lines = text.split("\n")
    for document in read_documents("f.yaml", text, DiagnosticSink()):
        for node in _scalars(document.root) if document.root else []:
            if node.exact and not node.block:
                line = lines[node.origin.line - 1] if node.origin.line <= len(lines) else ""
                begin = node.origin.column - 1
                assert line[begin : begin + len(node.text)] == node.text
