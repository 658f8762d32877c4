"""Cells of a table as an analyst writes them: allowed values as bare words."""

from __future__ import annotations

from greenlane.engine.feel import ast, print_node
from greenlane.engine.interop.dmn.importer.translate import NOWHERE
from greenlane.engine.rules.files.bare_words import negated_part, split_items

_Allowed = tuple[str, ...] | None


def test_text(tests: ast.UnaryTests | None, allowed: _Allowed) -> str:
    """Unary tests on a value that has these `allowed` values, `-` for any."""
    if tests is None or not tests.tests:
        return "-"
    if not allowed:
        return print_node(tests)
    inner = ", ".join(_item(test, allowed) for test in tests.tests)
    return f"not({inner})" if tests.negated else inner


def value_text(node: ast.Node | None, allowed: _Allowed) -> str:
    """An expression for a value that is one of these; blank for none."""
    if node is None:
        return ""
    if isinstance(node, ast.String):
        return node.value if _bare(node.value, allowed) else print_node(node)
    text = print_node(node)
    return f"({text})" if allowed and text in allowed else text


def _item(test: ast.Node, allowed: _Allowed) -> str:
    if isinstance(test, ast.String) and _bare(test.value, allowed):
        return test.value
    text = print_node(ast.UnaryTests((test,), False, NOWHERE))
    return f"({text})" if allowed and text in allowed else text


def _bare(value: str, allowed: _Allowed) -> bool:
    """Whether the value, written without quotes, is read as that value."""
    if not allowed or value not in allowed or value in ("", "-") or set(value) & set('|\\"'):
        return False
    return [item.text for item in split_items(value)] == [value] and negated_part(value) is None
