"""Diagnostics as text."""

from __future__ import annotations

from greenlane.engine.diagnostics import Diagnostic, Place, Severity, render


def test_message_place_line_underline_and_help() -> None:
    """Each part stands where a reader looks for it; the underline is as wide as what it marks."""
    fault = Diagnostic("GL203", "unknown field `营业`", Place("a.yaml", 2, 7, 9), "did you mean `营业额`?")
    assert render([fault], {"a.yaml": b"x: 1\nwhen: \xe8\x90\xa5\xe4\xb8\x9a > 5\n"}) == (
        "a.yaml:2:7: error GL203: unknown field `营业`\n"
        "    2 | when: 营业 > 5\n"
        "      |       ^^^^\n"
        "help: did you mean `营业额`?\n"
    )


def test_wide_characters_before_the_fault_move_the_underline() -> None:
    """Two columns for each of them."""
    fault = Diagnostic("GL1", "m", Place("a.yaml", 1, 4, 5))
    assert render([fault], {"a.yaml": "中文 x"}).splitlines()[2] == "      |      ^"


def test_related_places_are_named() -> None:
    """One line each, before the help."""
    fault = Diagnostic("GL1", "m", Place("a.yaml", 1, 1, 2), "h", Severity.WARNING, (Place("b.yaml", 3, 4, 5),))
    assert render([fault], {"a.yaml": "x"}).splitlines() == [
        "a.yaml:1:1: warning GL1: m",
        "    1 | x",
        "      | ^",
        "   see b.yaml:3:4",
        "help: h",
    ]


def test_a_fault_at_the_end_of_its_line_is_underlined_behind_it() -> None:
    """What is missing at the end is shown where it should be."""
    fault = Diagnostic("GL1", "m", Place("a.yaml", 1, 6, 7))
    assert render([fault], {"a.yaml": "abc"}).splitlines()[2] == "      |      ^"


def test_characters_that_cannot_be_seen_are_shown_as_spaces() -> None:
    """So the underline stays under its text."""
    fault = Diagnostic("GL1", "m", Place("a.yaml", 1, 3, 4))
    assert render([fault], {"a.yaml": "\ta\x00b"}).splitlines()[1:] == ["    1 |  a b", "      |   ^"]


def test_without_the_file_only_the_message_is_shown() -> None:
    """A place in a file that is missing has no line."""
    fault = Diagnostic("GL113", "there is no `x`", Place("x", 1, 1, 2), "add it")
    assert render([fault], {}) == "x:1:1: error GL113: there is no `x`\nhelp: add it\n"


def test_nothing_is_nothing() -> None:
    """No diagnostics, no text; several are one blank line apart."""
    fault = Diagnostic("GL1", "m", Place("a", 1, 1, 2))
    assert render([], {}) == ""
    assert render([fault, fault], {}) == "a:1:1: error GL1: m\n\na:1:1: error GL1: m\n"
