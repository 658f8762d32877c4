"""Lines of code, places that are filled in later, and functions that share their code."""

from __future__ import annotations

from typing import Any

from greenlane.engine.feel.codegen.code_writer import CodeWriter, LazyVariable


def test_a_function_is_written_line_by_line() -> None:
    """Blocks are indented, constants are arguments of the function around it."""
    writer = CodeWriter("scope")
    limit = writer.constant(10)
    with writer.block(f"if scope > {limit}"):
        writer.line("return True")
    writer.line("return False")
    assert writer.source() == (
        "def make(k0):\n def run(scope):\n  if scope > k0:\n   return True\n  return False\n return run\n"
    )
    run = writer.function()
    assert [run(10), run(11)] == [False, True]


def test_one_object_is_one_constant() -> None:
    """But objects that are merely equal are not: true is no number."""
    writer, name = CodeWriter(""), "a name"
    assert writer.constant(name) == writer.constant(name)
    assert len({writer.constant(value) for value in (1, True, 1.0)}) == 3


def test_functions_of_one_shape_share_their_code() -> None:
    """Whatever their constants are."""

    def returning(value: Any) -> Any:
        writer = CodeWriter("")
        writer.line(f"return {writer.constant(value)}")
        return writer.function()

    one, other = returning("a"), returning('b"\n')
    assert (one(), other()) == ("a", 'b"\n')
    assert one.__code__ is other.__code__


def test_what_nobody_asks_for_is_not_written() -> None:
    """A lazy variable gets its value at the place where it was announced, and only when it is used."""
    writer = CodeWriter("value")
    _, used = LazyVariable(writer, "value + 1"), LazyVariable(writer, "value + 2")
    writer.line(f"return {used}")
    assert "value + 1" not in writer.source()
    assert writer.function()(1) == 3


def test_a_name_read_in_a_block_is_not_known_after_it() -> None:
    """The block may not have run."""
    writer = CodeWriter("")
    writer.known["a"] = "v1"
    with writer.block("if True"):
        assert writer.known == {"a": "v1"}
        writer.known["b"] = "v2"
    assert writer.known == {"a": "v1"}
