"""Regular expressions compiled to programs, and the backtracking machine that runs them. Pure; it counts its steps.

A program that holds no back reference visits no state twice, so the steps are at most its size times the subject's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex.parser import parse_pattern
from greenlane.engine.feel.regex.syntax import (
    Alternation,
    BackReference,
    Character,
    CharacterClass,
    End,
    Group,
    Repeat,
    Sequence,
    Start,
    Tree,
    can_be_empty,
)

SIZE_LIMIT = 5_000
"""Operations of one program."""
STEP_LIMIT = 500_000
"""Steps of one search, or of all of one `find_all`."""
_SEARCHED_PER_STEP = 2
Pay = Callable[[int], None]
"""Takes steps of work from a budget, of which two of a search are one; raises FeelError when there are too few."""

# Operations: one character of a class; go on at either of two places, the first preferred; go on elsewhere; note the
# position; start and end of subject or line; what a group has matched; leave a loop that makes no progress; success.
CHAR, SPLIT, JUMP, SAVE, START, END, BACK, LEAVE, DONE = range(9)
Instruction = tuple[int, Any, Any]
_Slots = tuple[int | None, ...]
_Thread = tuple[int, int, _Slots]


@dataclass(frozen=True, slots=True)
class RegexProgram:
    """A compiled pattern. `slots` positions are noted on the way: two for each group, then one for each loop.

    `lines`: `^` and `$` match at line ends too (flag `m`). `remembers`: it holds a back reference.
    """

    code: tuple[Instruction, ...]
    groups: int
    slots: int
    lines: bool
    remembers: bool


@dataclass(frozen=True, slots=True)
class RegexMatch:
    """Where the pattern matched: begin and end of the whole (0) and of each group, None for one that took no part."""

    spans: tuple[tuple[int, int] | None, ...]

    @property
    def begin(self) -> int:
        return self.spans[0][0] if self.spans[0] else 0

    @property
    def end(self) -> int:
        return self.spans[0][1] if self.spans[0] else 0


def _free(steps: int) -> None:
    pass


def find(program: RegexProgram, subject: str, pay: Pay = _free) -> RegexMatch | None:
    """The first match from the left; FeelError ("limit") where looking for it takes too many steps."""
    return _Search(program, subject, pay).first(0)


def find_all(program: RegexProgram, subject: str, pay: Pay = _free) -> Iterator[RegexMatch]:
    """The matches from left to right, none of which overlap; one limit of steps holds for all of them."""
    search = _Search(program, subject, pay)
    at = 0
    while at <= len(subject):
        match = search.first(at)
        if match is None:
            return
        yield match
        at = max(match.end, match.begin + 1)


def fullmatch(pattern: str, subject: str) -> bool:
    """Whether the pattern matches all of the subject; FeelError as of `compile_pattern` and `find`."""
    return find(compile_whole(pattern), subject) is not None


@lru_cache(maxsize=256)
def compile_whole(pattern: str) -> RegexProgram:
    """The program that matches whole subjects only; FeelError as of `compile_pattern`."""
    compile_pattern(pattern)
    return compile_pattern(f"^(?:{pattern})$")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str = "") -> RegexProgram:
    """The program; FeelError ("argument") where the pattern or a flag is not valid, ("limit") where it is too large."""
    tree, groups = parse_pattern(pattern, flags)
    writer = _ProgramWriter(slots=2 * groups + 2)
    writer.tree(Group(0, tree))
    writer.put(DONE)
    code = tuple((operation, one, two) for operation, one, two in writer.code)
    remembers = any(operation == BACK for operation, _, _ in code)
    return RegexProgram(code, groups, writer.slots, "m" in flags, remembers)


@dataclass
class _ProgramWriter:
    slots: int
    code: list[list[Any]] = field(default_factory=list)

    def put(self, operation: int, one: Any = None, two: Any = None) -> int:
        if len(self.code) >= SIZE_LIMIT:
            raise FeelError("limit", "the pattern is too large", "正则表达式过大")
        self.code.append([operation, one, two])
        return len(self.code) - 1

    def tree(self, tree: Tree) -> None:
        match tree:
            case Character(chars):
                self.put(CHAR, _membership(chars))
            case Start():
                self.put(START)
            case End():
                self.put(END)
            case BackReference(group):
                self.put(BACK, group)
            case Group(number, body):
                self.put(SAVE, 2 * number)
                self.tree(body)
                self.put(SAVE, 2 * number + 1)
            case Sequence(parts):
                for part in parts:
                    self.tree(part)
            case Alternation(branches):
                self.alternation(branches)
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

    def alternation(self, branches: tuple[Tree, ...]) -> None:
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


def _membership(chars: CharacterClass) -> Callable[[str], bool]:
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


class _Search:
    def __init__(self, program: RegexProgram, subject: str, pay: Pay) -> None:
        self.program = program
        self.subject = subject
        self.pay = pay
        self.steps = 0

    def first(self, start: int) -> RegexMatch | None:
        before = self.steps
        try:
            return self.looked_for(start)
        finally:
            self.pay(1 + (self.steps - before) // _SEARCHED_PER_STEP)

    def looked_for(self, start: int) -> RegexMatch | None:
        # A place in the program that led nowhere from a position leads nowhere whatever came before, unless what came
        # before is read by a back reference. So the set serves all starting points.
        failed: set[int] | None = None if self.program.remembers else set()
        nothing: _Slots = (None,) * self.program.slots
        for begin in range(start, len(self.subject) + 1):
            pending: list[_Thread] = [(0, begin, nothing)]
            while pending:
                slots = self.run(pending.pop(), pending, failed)
                if slots is not None:
                    return self.match(slots)
        return None

    def match(self, slots: _Slots) -> RegexMatch:
        spans = []
        for group in range(self.program.groups + 1):
            begin, end = slots[2 * group], slots[2 * group + 1]
            spans.append(None if begin is None or end is None else (begin, end))
        return RegexMatch(tuple(spans))

    def run(self, thread: _Thread, pending: list[_Thread], failed: set[int] | None) -> _Slots | None:
        """Follows a thread until it matches or fails (None); the other ways that it comes by wait in `pending`."""
        code, subject, width = self.program.code, self.subject, len(self.subject) + 1
        place, at, slots = thread
        while self.enters(place * width + at, failed):
            operation, one, two = code[place]
            place += 1
            if operation == CHAR:
                if at + 1 == width or not one(subject[at]):
                    return None
                at += 1
            elif operation == SPLIT:
                pending.append((two, at, slots))
                place = one
            elif operation == JUMP:
                place = one
            elif operation == SAVE:
                slots = (*slots[:one], at, *slots[one + 1 :])
            elif operation == LEAVE:
                place = two if slots[one] == at else place
            elif operation == DONE:
                return slots
            else:
                length = self.repeated(slots, one, at) if operation == BACK else self.edge(operation, at)
                if length is None:
                    return None
                at += length
        return None

    def enters(self, state: int, failed: set[int] | None) -> bool:
        """Counts a step; whether it is to a state that has not been in vain before."""
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise FeelError("limit", "matching the pattern takes too many steps", "正则表达式匹配步数过多")
        if failed is None:
            return True
        if state in failed:
            return False
        failed.add(state)
        return True

    def repeated(self, slots: _Slots, group: int, at: int) -> int | None:
        """Length of what the group has matched if it is here again, else None; 0 for a group that took no part."""
        begin, end = slots[2 * group], slots[2 * group + 1]
        if begin is None or end is None:
            return 0
        again = self.subject[begin:end]
        self.steps += len(again)
        return len(again) if self.subject.startswith(again, at) else None

    def edge(self, operation: int, at: int) -> int | None:
        """0 where the subject, or a line of it, starts or ends here, else None."""
        subject, lines = self.subject, self.program.lines
        if operation == START:
            found = at == 0 or (lines and subject[at - 1] == "\n" and at < len(subject))
        else:
            found = at == len(subject) or (lines and subject[at] == "\n")
        return 0 if found else None
