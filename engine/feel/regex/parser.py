"""XPath regular expressions (Functions and Operators 3.1, 5.6.1) to syntax trees. Pure; bounded in size and depth."""

from __future__ import annotations

from dataclasses import dataclass, field

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex.syntax import (
    ANY,
    ANY_BUT_LINE_ENDS,
    ESCAPES,
    Alternation,
    BackReference,
    Category,
    Character,
    CharacterClass,
    CharacterRange,
    End,
    Group,
    Repeat,
    Sequence,
    Start,
    Tree,
    property_class,
)

LENGTH_LIMIT = 2_000
NESTING_LIMIT = 50
COUNT_LIMIT = 1_000
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE = frozenset("\\|.-^?*+{}()[]$")
_SPACE = " \t\r\n"


def parse_pattern(pattern: str, flags: str) -> tuple[Tree, int]:
    """The tree and the number of its groups; FeelError ("argument") where the pattern or a flag is not valid."""
    unknown = sorted(set(flags) - set("smixq"))
    if unknown:
        raise FeelError("argument", f"unknown flag `{unknown[0]}`", f"未知标志 `{unknown[0]}`")
    if len(pattern) > LENGTH_LIMIT:
        raise FeelError("limit", "the pattern is too long", "正则表达式过长")
    parser = _Parser(pattern, frozenset(flags))
    if "q" in flags:
        return Sequence(tuple(Character(parser.literal(char)) for char in pattern)), 0
    if "x" in flags:
        parser.pattern = _without_space(pattern)
    tree = parser.choice(0)
    if parser.at < len(parser.pattern):
        raise parser.fault("`)` without `(`", "`)` 没有对应的 `(`")
    return tree, parser.groups


def _without_space(pattern: str) -> str:
    """The pattern without white space, but for that inside of classes: `\\ s` is `\\s` then."""
    kept, depth, escaped = [], 0, False
    for char in pattern:
        if not depth and char in _SPACE:
            continue
        kept.append(char)
        if not escaped:
            depth += (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
    return "".join(kept)


@dataclass
class _Parser:
    pattern: str
    flags: frozenset[str]
    at: int = 0
    groups: int = 0
    closed: set[int] = field(default_factory=set)

    def fault(self, en: str, zh: str) -> FeelError:
        return FeelError("argument", f"invalid pattern: {en}", f"正则表达式无效：{zh}")

    def peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def accept(self, text: str) -> bool:
        found = self.peek(text)
        self.at += len(text) * found
        return found

    def take(self) -> str:
        if self.at >= len(self.pattern):
            raise self.fault("it ends too early", "意外结束")
        self.at += 1
        return self.pattern[self.at - 1]

    def literal(self, char: str) -> CharacterClass:
        return CharacterClass(spans=((char, char),), any_case="i" in self.flags)

    def choice(self, depth: int) -> Tree:
        if depth > NESTING_LIMIT:
            raise FeelError("limit", "the pattern is nested too deeply", "正则表达式嵌套过深")
        branches = [self.branch(depth)]
        while self.accept("|"):
            branches.append(self.branch(depth))
        return branches[0] if len(branches) == 1 else Alternation(tuple(branches))

    def branch(self, depth: int) -> Tree:
        parts: list[Tree] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self.quantified(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, atom: Tree) -> Tree:
        bounds = self.bounds()
        if bounds is None:
            return atom
        low, high = bounds
        return Repeat(atom, low, high, not self.accept("?"))

    def bounds(self) -> tuple[int, int | None] | None:
        if self.accept("?"):
            return 0, 1
        if self.accept("*"):
            return 0, None
        if self.accept("+"):
            return 1, None
        if not self.accept("{"):
            return None
        low = self.count()
        high = low
        if self.accept(","):
            if self.accept("}"):
                return low, None
            high = self.count()
        if not self.accept("}") or high < low:
            raise self.fault("a quantity is `{2}`, `{2,}` or `{2,5}`", "次数应写作 `{2}`、`{2,}` 或 `{2,5}`")
        return low, high

    def count(self) -> int:
        start = self.at
        while self.at < len(self.pattern) and self.pattern[self.at] in "0123456789":
            self.at += 1
        digits = self.pattern[start : self.at]
        if not digits:
            raise self.fault("a quantity is `{2}`, `{2,}` or `{2,5}`", "次数应写作 `{2}`、`{2,}` 或 `{2,5}`")
        if len(digits) > 6 or int(digits) > COUNT_LIMIT:
            raise FeelError("limit", "the pattern repeats too often", "正则表达式重复次数过多")
        return int(digits)

    def atom(self, depth: int) -> Tree:
        char = self.take()
        if char == "(":
            return self.group(depth)
        if char == "[":
            return Character(self.char_class(depth))
        if char == ".":
            return Character(ANY if "s" in self.flags else ANY_BUT_LINE_ENDS)
        if char == "^":
            return Start()
        if char == "$":
            return End()
        if char == "\\":
            return self.escape()
        if char in "?*+{}]":
            raise self.fault(f"`{char}` needs `\\` before it here", f"此处 `{char}` 前需要 `\\`")
        return Character(self.literal(char))

    def group(self, depth: int) -> Tree:
        number = 0
        if not self.accept("?:"):
            self.groups += 1
            number = self.groups
        body = self.choice(depth + 1)
        if not self.accept(")"):
            raise self.fault("`(` without `)`", "`(` 没有对应的 `)`")
        self.closed.add(number)
        return Group(number, body) if number else body

    def escape(self) -> Tree:
        if self.at < len(self.pattern) and self.pattern[self.at] in "123456789":
            return self.back_reference()
        found = self.escaped()
        return Character(self.literal(found) if isinstance(found, str) else found)

    def back_reference(self) -> Tree:
        number = int(self.take())
        # A further digit belongs to the number as long as there is such a group.
        while self.at < len(self.pattern) and self.pattern[self.at] in "0123456789":
            longer = number * 10 + int(self.pattern[self.at])
            if longer > self.groups:
                break
            number = longer
            self.at += 1
        if number not in self.closed:
            raise self.fault(f"there is no group {number} before `\\{number}`", f"`\\{number}` 之前没有第 {number} 组")
        return BackReference(number)

    def escaped(self) -> str | CharacterClass:
        """What follows a backslash: a character, or a class."""
        char = self.take()
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in _ESCAPABLE:
            return char
        if char in ESCAPES:
            return ESCAPES[char]
        if char in "pP" and self.accept("{"):
            end = self.pattern.find("}", self.at)
            name = self.pattern[self.at : max(end, self.at)]
            self.at = end + 1
            chars = property_class(name)
            if chars is not None:
                return chars if char == "p" else CharacterClass(parts=(chars,), negated=True)
            raise self.fault(f"there is no property `{name[:40]}`", f"没有属性 `{name[:40]}`")
        raise self.fault(f"unknown escape `\\{char}`", f"未知转义 `\\{char}`")

    def char_class(self, depth: int) -> CharacterClass:
        if depth > NESTING_LIMIT:
            raise FeelError("limit", "the pattern is nested too deeply", "正则表达式嵌套过深")
        negated = self.accept("^")
        spans: list[CharacterRange] = []
        parts: list[CharacterClass | Category] = []
        minus = None
        while minus is None and not (self.peek("]") and (spans or parts)):
            if (spans or parts) and self.accept("-["):
                minus = self.char_class(depth + 1)
            else:
                self.class_item(spans, parts)
        if not self.accept("]"):
            raise self.fault("`]` must follow what is taken away", "减去的部分之后应为 `]`")
        return CharacterClass(tuple(spans), tuple(parts), negated, minus, "i" in self.flags)

    def class_item(self, spans: list[CharacterRange], parts: list[CharacterClass | Category]) -> None:
        low = self.class_char()
        if isinstance(low, CharacterClass):
            parts.append(low)
            return
        high: str | CharacterClass = low
        if self.peek("-") and not self.peek("-]") and not self.peek("-["):
            self.at += 1
            high = self.class_char()
        if isinstance(high, CharacterClass) or high < low:
            raise self.fault("a range of characters ends before it starts", "字符范围终点在起点之前")
        spans.append((low, high))

    def class_char(self) -> str | CharacterClass:
        char = self.take()
        if char == "\\":
            return self.escaped()
        if char in "[]":
            raise self.fault(f"`{char}` needs `\\` before it here", f"此处 `{char}` 前需要 `\\`")
        return char
