"""Code of what makes or takes apart values: lists, contexts, ranges, functions, paths."""

from __future__ import annotations

from greenlane.engine.feel import operate
from greenlane.engine.feel.ast import ContextLiteral, FunctionLiteral, ListLiteral, Path, Range
from greenlane.engine.feel.generate.work import Local, Names, Operand, Work
from greenlane.engine.feel.invoke import external
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.visitor import writes_function


def list_literal(work: Work, node: ListLiteral, names: Names) -> Operand:
    """`[a, b]`."""
    items = [str(work.emit(item, names)) for item in node.items]
    return work.result(f"[{', '.join(items)}]")


def context(work: Work, node: ContextLiteral, names: Names) -> Operand:
    """`{a: 1, b: a + 1}`."""
    keys = [key for key, _ in node.entries]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            return Operand(work.writer.constant(operate.given_twice(Site(node, work.semantics), key)))
    return _open_context(work, node, names) if writes_function(node) else _closed_context(work, node, names)


def _closed_context(work: Work, node: ContextLiteral, names: Names) -> Operand:
    """The entries are variables: nothing reads them once the context is made."""
    budget, made, inner = work.budget(names), dict[str, str](), names
    for key, value in node.entries:
        inner = names.over(Local(dict(made)), budget, *made)
        made[key] = str(work.emit(value, inner))
    entries = ", ".join(f"{work.writer.constant(key)}: {text}" for key, text in made.items())
    return work.result(f"{{{entries}}}")


def _open_context(work: Work, node: ContextLiteral, names: Names) -> Operand:
    """Functions among the entries read also those that come after them."""
    budget = work.budget(names)
    scope = work.result(f"LocalScope({work.scope(names)}, NOTHING, {budget})")
    made, inner = work.result("{}"), names.within(str(scope), budget)
    for key, value in node.entries:
        entry = work.writer.constant(key)
        work.writer.line(f"{scope}[{entry}] = {made}[{entry}] = {work.emit(value, inner)}")
        inner = inner.also(key)
    return made


def range_literal(work: Work, node: Range, names: Names) -> Operand:
    """`[low..high]` and ranges with one end."""
    if node.low is not None and node.high is not None and not node.operator:
        site = work.site(node, node.low, node.high)
        low, high = work.emit(node.low, names), work.emit(node.high, names)
        return work.result(f"made_range({site}, {low}, {high}, {node.low_included}, {node.high_included})")
    end = node.low if node.low is not None else node.high
    if end is None:
        return Operand(work.writer.constant(Site(node, work.semantics).missing()))
    value = work.emit(end, names)
    if node.operator:
        return work.result(f"equal_range({value}, {work.writer.constant(node.operator)})")
    below, included = node.low is None, node.low_included or node.high_included
    return work.result(f"one_sided({work.site(node, end, end)}, {value}, {below}, {included})")


def function(work: Work, node: FunctionLiteral, names: Names) -> Operand:
    """`function(a) body`: the body is a function of its own, of the scope in which it is called."""
    parameters = work.writer.constant(node.parameters)
    if node.external:
        return Operand(work.writer.constant(external(Site(node, work.semantics), node.parameters)))
    run = work.compiled(node.body, names.knowing(*(name for name, _ in node.parameters)))
    return work.result(f"written({work.site(node)}, {parameters}, {work.writer.constant(run)}, {work.scope(names)})")


def path(work: Work, node: Path, names: Names) -> Operand:
    """`source.name`."""
    source, entry = work.emit(node.source, names), work.writer.constant(node.name)
    writer, result, site = work.writer, work.writer.variable(), work.site(node, node.source)
    with writer.block(f"if type({source}) is dict and {entry} in {source}"):
        writer.line(f"{result} = {source}[{entry}]")
    with writer.block(f"elif type({source}) is list"):
        writer.line(f"{result} = path_of_items({site}, {source}, {entry}, {work.payer(names)}) if {source} else []")
    with writer.block("else"):
        writer.line(f"{result} = path({site}, {source}, {entry}, {work.payer(names)})")
    return Operand(result)
