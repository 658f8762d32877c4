"""Lays out long FEEL expressions over several lines, the way analysts break them. Pure."""

from __future__ import annotations

from greenlane.engine.feel import ast, print_node
from greenlane.engine.interop.dmn.importer.ir import NULL, SYNTHETIC

WIDTH = 100
_STEP = "  "


def laid_out(node: ast.Node, room: int = WIDTH) -> list[str]:
    """The lines of an expression: one where there is room for it, else broken where its parts end."""
    text = print_node(node)
    if len(text) <= room:
        return [text]
    inner = room - len(_STEP)
    match node:
        case ast.ContextLiteral(entries) if entries:
            return _context(node, inner)
        case ast.ListLiteral(items) if items:
            return ["[", *_listed([laid_out(item, inner) for item in items]), "]"]
        case ast.If():
            return _choice(node, inner)
        case ast.And(operands) | ast.Or(operands):
            return _operands(node, operands)
        case ast.Path(ast.ContextLiteral() as source, name):
            lines = _context(source, inner)
            return [*lines[:-1], f"{lines[-1]}.{name}"]
        case ast.Call(function, arguments, names):
            parts = [laid_out(argument, inner) for argument in arguments]
            if names:
                parts = [_keyed(name, lines, plain=True) for name, lines in zip(names, parts, strict=True)]
            return [f"{print_node(ast.Call(function, (), (), SYNTHETIC))[:-1]}", *_listed(parts), ")"]
        case ast.FunctionLiteral(_, body):
            head = print_node(ast.FunctionLiteral(node.parameters, NULL, False, SYNTHETIC)).removesuffix(" null")
            return _after(head, body, inner)
    return [text]


def _context(node: ast.ContextLiteral, room: int) -> list[str]:
    parts = [_keyed(key, laid_out(value, room)) for key, value in node.entries]
    return ["{", *_listed(parts), "}"]


def _choice(node: ast.If, room: int) -> list[str]:
    """`then` stands behind a short condition, and on a line of its own behind one that is broken."""
    asked = laid_out(node.condition, room - len("if  then"))
    if len(asked) == 1:
        head = _after(f"if {asked[0]} then", node.then, room)
    else:
        head = [f"if {asked[0]}", *(_STEP + line for line in asked[1:]), *_after("then", node.then, room)]
    return [*head, *_else(node.otherwise, room)]


def _keyed(key: str, lines: list[str], plain: bool = False) -> list[str]:
    quoted = print_node(ast.ContextLiteral(((key, NULL),), SYNTHETIC)).removeprefix("{").removesuffix(" null}")
    head = f"{key}:" if plain else quoted
    opens = lines[0] in ("{", "[") or len(lines) == 1
    return [f"{head} {lines[0]}", *lines[1:]] if opens else [head, *(_STEP + line for line in lines)]


def _listed(parts: list[list[str]]) -> list[str]:
    """The parts with commas between them, one step in."""
    made = []
    for number, lines in enumerate(parts):
        comma = "," if number < len(parts) - 1 else ""
        made += [_STEP + line for line in (*lines[:-1], lines[-1] + comma)]
    return made


def _after(head: str, node: ast.Node, room: int) -> list[str]:
    lines = laid_out(node, room - len(head))
    if len(lines) == 1 or lines[0] in ("{", "["):
        return [f"{head} {lines[0]}", *lines[1:]]
    return [head, *(_STEP + line for line in laid_out(node, room))]


def _else(node: ast.Node, room: int) -> list[str]:
    if isinstance(node, ast.If):
        lines = _choice(node, room)
        return [f"else {lines[0]}", *lines[1:]]
    return _after("else", node, room)


def _operands(node: ast.And | ast.Or, operands: tuple[ast.Node, ...]) -> list[str]:
    """Each operand as it stands in the whole, on a line of its own."""
    word = "and" if isinstance(node, ast.And) else "or"
    texts = []
    for operand in operands:
        pair = ast.And if word == "and" else ast.Or
        texts.append(print_node(pair((NULL, operand), SYNTHETIC)).removeprefix(f"null {word} "))
    return [texts[0], *(f"{word} {text}" for text in texts[1:])]
