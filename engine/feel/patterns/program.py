"""Patterns as short programs for the matcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.patterns.classes import Chars
from greenlane.engine.feel.patterns.reader import read_pattern
from greenlane.engine.feel.patterns.syntax import (
    Back,
    Begin,
    Choice,
    End,
    Group,
    One,
    Repeat,
    Sequence,
    Tree,
    can_be_empty,
)

SIZE_LIMIT = 5_000
# Operations: one character of a class; go on at either of two places, the first preferred; go on elsewhere; note the
# position; start and end of subject or line; what a group has matched; leave a loop that makes no progress; success.
CHAR, SPLIT, JUMP, SAVE, BEGIN, END, BACK, LEAVE, DONE = range(9)
Instruction = tuple[int, Any, Any]


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled pattern. `slots` positions are noted on the way: two for each group, then one for each loop."""

    code: tuple[Instruction, ...]
    groups: int
    slots: int
    lines: bool
    remembers: bool


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str = "") -> Program:
    """The program; FeelError ("argument") where the pattern or a flag is not valid, ("limit") where it is too large."""
    tree, groups = read_pattern(pattern, flags)
    writer = _Writer(slots=2 * groups + 2)
    writer.tree(Group(0, tree))
    writer.put(DONE)
    code = tuple((operation, one, two) for operation, one, two in writer.code)
    return Program(code, groups, writer.slots, "m" in flags, any(operation == BACK for operation, _, _ in code))


@dataclass
class _Writer:
    slots: int
    code: list[list[Any]] = field(default_factory=list)

    def put(self, operation: int, one: Any = None, two: Any = None) -> int:
        if len(self.code) >= SIZE_LIMIT:
            raise FeelError("limit", "the pattern is too large", "正则表达式过大")
        self.code.append([operation, one, two])
        return len(self.code) - 1

    def tree(self, tree: Tree) -> None:
        match tree:
            case One(chars):
                self.put(CHAR, _remembered(chars))
            case Begin():
                self.put(BEGIN)
            case End():
                self.put(END)
            case Back(group):
                self.put(BACK, group)
            case Group(number, body):
                self.put(SAVE, 2 * number)
                self.tree(body)
                self.put(SAVE, 2 * number + 1)
            case Sequence(parts):
                for part in parts:
                    self.tree(part)
            case Choice(branches):
                self.choice(branches)
            case Repeat():
                self.repeat(tree)

    def split(self, greedy: bool) -> Callable[[int], None]:
        """Writes a choice between going on here and leaving; the returned function says where leaving leads."""
        at = self.put(SPLIT)
        here, away = (1, 2) if greedy else (2, 1)
        self.code[at][here] = at + 1

        def leave_to(place: int) -> None:
            self.code[at][away] = place

        return leave_to

    def choice(self, branches: tuple[Tree, ...]) -> None:
        jumps = []
        for branch in branches[:-1]:
            otherwise = self.split(greedy=True)
            self.tree(branch)
            jumps.append(self.put(JUMP))
            otherwise(len(self.code))
        self.tree(branches[-1])
        for jump in jumps:
            self.code[jump][1] = len(self.code)

    def repeat(self, tree: Repeat) -> None:
        for _ in range(tree.low):
            self.tree(tree.body)
        if tree.high is None:
            self.loop(tree)
            return
        leaves = []
        for _ in range(tree.high - tree.low):
            leaves.append(self.split(tree.greedy))
            self.tree(tree.body)
        for leave in leaves:
            leave(len(self.code))

    def loop(self, tree: Repeat) -> None:
        start = len(self.code)
        leave = self.split(tree.greedy)
        check = None
        if can_be_empty(tree.body):
            check = self.slots
            self.slots += 1
            self.put(SAVE, check)
        self.tree(tree.body)
        progress = None if check is None else self.put(LEAVE, check)
        self.put(JUMP, start)
        leave(len(self.code))
        if progress is not None:
            self.code[progress][2] = len(self.code)


def _remembered(chars: Chars) -> Callable[[str], bool]:
    """Whether a character is in the class; what was found out is kept for a limited number of characters."""
    known: dict[str, bool] = {}

    def contains(char: str) -> bool:
        found = known.get(char)
        if found is None:
            found = char in chars
            if len(known) < 512:
                known[char] = found
        return found

    return contains
