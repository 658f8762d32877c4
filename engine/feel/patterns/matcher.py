"""Runs a compiled pattern over a subject, counting steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.patterns.program import BACK, BEGIN, CHAR, END, JUMP, LEAVE, SAVE, SPLIT, Program

STEP_LIMIT = 500_000
_Slots = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Where the pattern matched: begin and end of the whole (0) and of each group, None for one that took no part."""

    spans: tuple[tuple[int, int] | None, ...]

    @property
    def begin(self) -> int:
        return self.spans[0][0] if self.spans[0] else 0

    @property
    def end(self) -> int:
        return self.spans[0][1] if self.spans[0] else 0


def find(program: Program, subject: str) -> Match | None:
    """The first match from the left; FeelError ("limit") where looking for it takes too many steps."""
    return _Search(program, subject).first(0)


def find_all(program: Program, subject: str) -> Iterator[Match]:
    """The matches from left to right, none of which overlap; one limit of steps holds for all of them."""
    search = _Search(program, subject)
    at = 0
    while at <= len(subject):
        match = search.first(at)
        if match is None:
            return
        yield match
        at = max(match.end, match.begin + 1)


class _Search:
    def __init__(self, program: Program, subject: str) -> None:
        self.program = program
        self.subject = subject
        self.steps = 0

    def first(self, start: int) -> Match | None:
        # A place in the program that led nowhere from a position leads nowhere whatever came before, unless what came
        # before is read by a back reference. So the set serves all starting points.
        failed: set[int] | None = None if self.program.remembers else set()
        for begin in range(start, len(self.subject) + 1):
            slots = self.run(begin, failed)
            if slots is not None:
                return self.match(slots)
        return None

    def match(self, slots: _Slots) -> Match:
        spans = []
        for group in range(self.program.groups + 1):
            begin, end = slots[2 * group], slots[2 * group + 1]
            spans.append(None if begin is None or end is None else (begin, end))
        return Match(tuple(spans))

    def run(self, begin: int, failed: set[int] | None) -> _Slots | None:
        code, subject, width = self.program.code, self.subject, len(self.subject) + 1
        empty: _Slots = (None,) * self.program.slots
        pending: list[tuple[int, int, _Slots]] = [(0, begin, empty)]
        while pending:
            place, at, slots = pending.pop()
            while place >= 0:
                self.count()
                if failed is not None:
                    state = place * width + at
                    if state in failed:
                        break
                    failed.add(state)
                operation, one, two = code[place]
                place += 1
                if operation == CHAR:
                    if at + 1 == width or not one(subject[at]):
                        break
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
                elif operation == BACK:
                    length = self.repeated(slots, one, at)
                    if length is None:
                        break
                    at += length
                elif operation in (BEGIN, END):
                    if not self.at_edge(operation, at):
                        break
                else:
                    return slots
        return None

    def count(self) -> None:
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise FeelError("limit", "matching the pattern takes too many steps", "正则表达式匹配步数过多")

    def repeated(self, slots: _Slots, group: int, at: int) -> int | None:
        """Length of what the group has matched if it is here again, else None; 0 for a group that took no part."""
        begin, end = slots[2 * group], slots[2 * group + 1]
        if begin is None or end is None:
            return 0
        again = self.subject[begin:end]
        self.steps += len(again)
        return len(again) if self.subject.startswith(again, at) else None

    def at_edge(self, operation: int, at: int) -> bool:
        """Whether the subject, or a line of it, begins or ends here."""
        if operation == BEGIN:
            return at == 0 or (self.program.lines and self.subject[at - 1] == "\n" and at < len(self.subject))
        return at == len(self.subject) or (self.program.lines and self.subject[at] == "\n")
