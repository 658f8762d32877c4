"""Reading and rendering end for whatever they are given."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.diagnostics import has_errors, render
from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from tests.engine.rules.files.surroundings import FILES
from tests.examples import examples

TABLE = """\
decision: x
title: {zh: 甲, en: A}
kind: rule set
undetermined: refer
asserts: {size: {type: string, allowed: [L, S]}}
default: {size: S}
sections:
  - title: {zh: 一, en: One}
    for: listed
    rows: |
      id  | rating   | amount_wan (万元) | when             | then    | code | from
      R-1 | not(AAA) | [1..5]            | product = "LOAN" | size: L | C1   | 2024-01-01
---
decision: y
title: {zh: 乙, en: B}
parameters: [product]
hit: collect
undetermined: refer
referral: {finding: refer}
outputs: {finding: {type: string, allowed: [decline, refer]}, id: {}}
rows: |
  id  | product | finding
  R-2 | LOAN    | decline
"""
ALL = {**FILES, "table.yaml": TABLE}
_SIGNS = [
    "",
    " ",
    "\n",
    "\t",
    ":",
    ": ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "|",
    " | ",
    "-",
    "- ",
    "#",
    ",",
    "｜",
    "（",
    "\\",
]
_WORDS = ["&a", "*a", "!t", "null", "1", "x: ", "{}", "\n  ", "---\n", "\x00", "≥", "not(", "%", ">", "id", "rows: |\n"]
PIECES = st.sampled_from(_SIGNS + _WORDS)


@st.composite
def damaged_files(draw: st.DrawFn) -> dict[str, bytes]:
    """The small ruleset with a few pieces of one file cut out or put in."""
    path = draw(st.sampled_from(sorted(ALL)))
    text = ALL[path]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(PIECES) + text[end:]
    return {name: content.encode() for name, content in {**ALL, path: text}.items()}


@given(damaged_files())
@settings(deadline=None, max_examples=examples(50))
def test_damaged_files_are_read_and_rendered(files: dict[str, bytes]) -> None:
    """No exception; a ruleset just when there is no error; every place lies in its file."""
    reading = read(files)
    assert (reading.ruleset is None) == has_errors(reading.diagnostics)
    assert all(diagnostic.message and diagnostic.message[0] != " " for diagnostic in reading.diagnostics)
    render(reading.diagnostics, files)
    for diagnostic in reading.diagnostics:
        lines = files.get(diagnostic.place.path, b"").decode().split("\n")
        assert diagnostic.place.line <= len(lines) + 1
        assert diagnostic.place.column <= len(lines[min(diagnostic.place.line, len(lines)) - 1]) + 2


@given(damaged_files())
@settings(deadline=None, max_examples=examples(35))
def test_formatting_a_damaged_file_does_not_change_what_is_said(files: dict[str, bytes]) -> None:
    """A file that can be formatted has the same faults before and after."""
    after = {path: format_text(path, text.decode()).encode() for path, text in files.items()}
    before_codes = sorted((d.code, d.message) for d in read(files).diagnostics)
    assert sorted((d.code, d.message) for d in read(after).diagnostics) == before_codes


@given(
    st.dictionaries(st.sampled_from(["ruleset.yaml", "a/b.yaml", "x.csv", "vocabulary.yaml"]), st.binary(max_size=40))
)
def test_any_bytes_are_read(files: dict[str, bytes]) -> None:
    """Nothing usable, but something said."""
    reading = read(files)
    assert reading.ruleset is None
    assert reading.diagnostics
    render(reading.diagnostics, files)
