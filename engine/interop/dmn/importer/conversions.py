"""The conversions that DMN makes between a value and a list of it, where types tell beforehand that they are due."""

from __future__ import annotations

from decimal import Decimal

from greenlane.engine.feel import ast
from greenlane.engine.interop.dmn.importer.shapes import Other, Shapes, Untyped
from greenlane.engine.interop.dmn.importer.translate import NOWHERE, NULL
from greenlane.engine.interop.dmn.model import Model

_LISTS = frozenset({
    "append", "concatenate", "distinct values", "flatten", "get entries", "index of", "insert before", "list replace",
    "mode", "remove", "reverse", "sort", "split", "sublist", "union",
})  # fmt: skip


def converted(shapes: Shapes, node: ast.Node, model: Model, type_ref: str) -> ast.Node:
    """The expression as the type has it: one item of a list of one, null of a longer list, a list of a single value."""
    shape = shapes.of(model, type_ref)
    if isinstance(shape, Untyped) or (isinstance(shape, Other) and "function" in shape.what):
        return node
    wants_list = isinstance(shape, Other) and shape.lists
    is_list = _is_list(node)
    if wants_list and is_list is False:
        return ast.ListLiteral((node,), NOWHERE)
    if not wants_list and is_list is True:
        if isinstance(node, ast.ListLiteral) and len(node.items) == 1:
            return node.items[0]
        return _only(node)
    return node


def _only(node: ast.Node) -> ast.Node:
    found = ast.Name("found", NOWHERE)
    count = ast.Call(ast.Name("count", NOWHERE), (found,), (), NOWHERE)
    one = ast.Number(Decimal(1), NOWHERE)
    choice = ast.If(ast.Comparison("=", count, one, NOWHERE), ast.Filter(found, one, NOWHERE), NULL, NOWHERE)
    return ast.Path(ast.ContextLiteral((("found", node), ("only", choice)), NOWHERE), "only", NOWHERE)


def _is_list(node: ast.Node) -> bool | None:
    """Whether the value is a list, None where that cannot be told."""
    match node:
        case ast.ListLiteral() | ast.For():
            return True
        case ast.Filter(_, condition):
            tests = ast.Comparison | ast.And | ast.Or | ast.In | ast.Between | ast.Quantified | ast.InstanceOf
            return True if isinstance(condition, tests) else None
        case ast.Call(ast.Name(name)):
            return True if name in _LISTS else None
        case ast.If(_, then, otherwise):
            kinds = {_is_list(branch) for branch in (then, otherwise) if not isinstance(branch, ast.Null)}
            return kinds.pop() if len(kinds) == 1 else None
        case ast.Number() | ast.String() | ast.Boolean() | ast.AtLiteral() | ast.ContextLiteral():
            return False
        case ast.Comparison() | ast.And() | ast.Or() | ast.Between() | ast.In() | ast.Quantified():
            return False
    return None
