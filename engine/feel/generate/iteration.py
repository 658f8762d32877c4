"""Code of `for`, `some`, `every` and filters: going through one list is written out, the rest is left to `loops`."""

from __future__ import annotations

from typing import NamedTuple

from greenlane.engine.feel import access
from greenlane.engine.feel.ast import Comparison, Filter, For, Name, Node, Quantified
from greenlane.engine.feel.generate.formula import each_number
from greenlane.engine.feel.generate.library import EQUAL, ORDERED, TYPES
from greenlane.engine.feel.generate.lookup import IndexedFilter, may_look_up
from greenlane.engine.feel.generate.operations import SIGNS
from greenlane.engine.feel.generate.work import ITEM, Entries, Local, Names, Operand, Work
from greenlane.engine.feel.generate.writer import Lazy
from greenlane.engine.feel.loops import Domain
from greenlane.engine.feel.operate import ORDER
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.visitor import mentions, writes_function


class _Turns(NamedTuple):
    """What is gone through, in the variable `name`, on a budget that is the loop's `own` or that of what is around it.

    `asked` is how often the budget was asked for before the loop.
    """

    name: str
    budget: Lazy
    own: bool
    asked: int

    def counted(self, scope: str, items: str, free: str) -> str:
        """The turns of `items`: `free`, a list, by itself where nobody could tell that they are not counted."""
        if self.budget.asked != self.asked:
            return f"counted({items}, {self.budget})"
        if not self.own:
            return f"at_once({items}, {self.budget})"
        return f"{free} if {self.plain(scope, free)} else counted({items}, budget_of({scope}))"

    def plain(self, scope: str, items: str) -> str:
        """Whether the turns are those of a list, on a budget that nothing else is on."""
        return f"type({items}) is list and len({items}) <= MAX_STEPS and type({scope}) is not LocalScope"


def _turns(work: Work, names: Names) -> _Turns:
    budget = work.budget(names)
    return _Turns(work.writer.variable(), budget, names.budget is None, budget.asked)


def loop(work: Work, node: For | Quantified, names: Names) -> Operand:
    """`for … return …`, `some … satisfies …` and `every … satisfies …`."""
    one = node.iterations[0]
    if len(node.iterations) > 1 or one.end is not None or (isinstance(node, For) and mentions(node.body, "partial")):
        return _by_library(work, node, names)
    source = work.emit(one.source, names)
    turns, writer, item = _turns(work, names), work.writer, work.writer.variable()
    inner = names.over(Local({one.name: item}), turns.budget, one.name)
    result = Operand(writer.variable())
    known = item, str(source), str(result)
    numbers = each_number(work, node, names) if isinstance(node, For) and turns.own else None
    if numbers is None:
        _written(work, node, inner, turns, known)
        return result
    with writer.block("try"):
        plain = turns.plain(names.scope, str(source))
        writer.line(f"{result} = own_context().run({numbers}, {source}) if {plain} else None")
    with writer.block("except (DecimalException, TypeError)"):
        writer.line(f"{result} = None")
    with writer.block(f"if {result} is None"):
        _written(work, node, inner, turns, known)
    return result


def _written(work: Work, node: For | Quantified, inner: Names, turns: _Turns, known: tuple[str, str, str]) -> None:
    writer, (item, source, result), one = work.writer, known, node.iterations[0]
    writer.line(f"{result} = {'[]' if isinstance(node, For) else node.every}")
    site = work.site(node) if isinstance(node, For) else work.site(node, node.condition)
    with writer.block("try"):
        place = writer.reserve()
        if isinstance(node, For):
            with writer.block(f"for {item} in {turns.name}"):
                writer.line(f"{result}.append({work.emit(node.body, inner)})")
        else:
            _until_decided(work, node, inner, turns, (item, result, site))
        gone_through = f"gone_through({work.site(one.source, one.source)}, {source})"
        writer.fill(place, f"{turns.name} = {turns.counted(inner.scope, gone_through, source)}")
    _failing(work, result, site)


def _until_decided(work: Work, node: Quantified, names: Names, turns: _Turns, known: tuple[str, str, str]) -> None:
    writer, (item, result, site) = work.writer, known
    doubts = work.result("None")
    with writer.block(f"for {item} in {turns.name}"):
        answer = work.emit(node.condition, names)
        with writer.block(f"if {answer} is {not node.every}"):
            writer.line(f"{result} = {not node.every}")
            _left(work, turns)
        with writer.block(f"if {answer} is not {node.every}"):
            writer.line(f"{doubts} = doubted({site}, {doubts}, {answer})")
    with writer.block("else"), writer.block(f"if {doubts}"):
        writer.line(f"{result} = merged({doubts})")


def _left(work: Work, turns: _Turns) -> None:
    """Ends the loop before its last turn."""
    if not turns.own and turns.budget.asked == turns.asked:
        work.writer.line(f"give_back({turns.name}, {turns.budget})")
        turns.budget.asked -= 1
    work.writer.line("break")


def _failing(work: Work, result: str, site: str) -> None:
    error, writer = work.writer.variable(), work.writer
    with writer.block(f"except FeelError as {error}"):
        writer.line(f"{result} = {site}.error({error})")
    with writer.block(f"except Unusable as {error}"):
        writer.line(f"{result} = {error}.value")


def _by_library(work: Work, node: For | Quantified, names: Names) -> Operand:
    domains, shadows = [], names.shadows
    for one in node.iterations:
        ends = () if one.end is None else (one.end,)
        end = None if one.end is None else work.compiled(one.end, shadows)
        site = Site(one.source, work.semantics, one.source, *ends)
        domains.append(Domain(one.name, work.compiled(one.source, shadows), end, site))
        shadows = names.also(*(domain.name for domain in domains)).shadows
    through, reuse, scope = work.writer.constant(tuple(domains)), not writes_function(node), work.scope(names)
    if isinstance(node, For):
        body, partial = work.writer.constant(work.compiled(node.body, shadows)), mentions(node.body, "partial")
        return work.result(f"results({work.site(node)}, {through}, {body}, {scope}, {partial}, {reuse})")
    condition = work.writer.constant(work.compiled(node.condition, shadows))
    given = f"{work.site(node, node.condition)}, {through}, {condition}, {scope}"
    return work.result(f"quantified({given}, {node.every}, {reuse})")


def filtered(work: Work, node: Filter, names: Names) -> Operand:
    """`source[condition]`."""
    position = access.written_position(node.condition)
    site, source = work.site(node, node.source, node.condition), work.emit(node.source, names)
    if position is not None:
        return work.result(f"positioned({site}, {source}, {work.writer.constant(position)})")
    if not may_look_up(node.condition):
        return _gone_through(work, node, names, site, source)
    writer, result = work.writer, work.writer.variable()
    look_up = IndexedFilter(node, Site(node, work.semantics, node.source, node.condition), names.shadows, work.compiled)
    with writer.block(f"if type({source}) is IndexedRows"):
        writer.line(f"{result} = {writer.constant(look_up)}({source}, {work.scope(names)})")
    with writer.block("else"):
        writer.line(f"{result} = {_gone_through(work, node, names, site, source)}")
    return Operand(result)


def _gone_through(work: Work, node: Filter, names: Names, site: str, source: Operand) -> Operand:
    turns, writer = _turns(work, names), work.writer
    result, items, item = work.result("[]"), writer.variable(), writer.variable()
    with writer.block("try"):
        writer.line(f"{items} = {source} if type({source}) is list else items_of({site}, {source})")
        place = writer.reserve()
        with writer.block(f"for {item} in {turns.name}"):
            _quick(work, node.condition, names, item, str(result))
            entries = Entries(item, Lazy(writer, f"{item} if isinstance({item}, dict) else NOTHING"))
            answer = work.emit(node.condition, names.over(entries, turns.budget))
            _kept(work, site, turns, (str(answer), items, item, str(result)))
        condition = access.always_condition(node.condition)
        if not condition:
            with writer.block(f"if not {items}"):
                writer.line(f"{result} = of_nothing({site}, {answer})")
        counted = turns.counted(names.scope, items, items)
        writer.fill(place, f"{turns.name} = ({counted}) if {items} else {'()' if condition else 'NO_ITEM'}")
    _failing(work, str(result), site)
    return result


def _kept(work: Work, site: str, turns: _Turns, known: tuple[str, str, str, str]) -> None:
    writer, (answer, items, item, result) = work.writer, known
    with writer.block(f"if {answer} is True"):
        writer.line(f"{result}.append({item})")
    doubtful = "" if work.semantics.strict else f" and {answer} is not None"
    with writer.block(f"elif {answer} is not False{doubtful}"):
        writer.line(f"{result} = unclear({site}, {items}, {answer})")
        _left(work, turns)


def _quick(work: Work, condition: Node, names: Names, item: str, result: str) -> bool:
    """Keeps or leaves an item without any detour where an entry of it is compared with a constant of its type."""
    if not isinstance(condition, Comparison) or not isinstance(condition.left, Name):
        return False
    fixed, value = work.fixed(condition.right, names)
    kind = type(value)
    if not fixed or kind not in (ORDERED if condition.operator in ORDER else EQUAL):
        return False
    writer, name, sign = work.writer, condition.left.name, SIGNS[condition.operator]
    if name == ITEM:
        with writer.block(f"if type({item}) is {TYPES[kind]}"):
            _append(work, f"{item} {sign} {writer.constant(value)}", item, result)
        return True
    key, entry = writer.constant(name), writer.variable()
    with writer.block(f"if type({item}) is dict and {key} in {item}"):
        writer.line(f"{entry} = {item}[{key}]")
        with writer.block(f"if type({entry}) is {TYPES[kind]}"):
            _append(work, f"{entry} {sign} {writer.constant(value)}", item, result)
    return True


def _append(work: Work, condition: str, item: str, result: str) -> None:
    with work.writer.block(f"if {condition}"):
        work.writer.line(f"{result}.append({item})")
    work.writer.line("continue")
