"""Walking along the tokens of a text, with the names known at each point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from greenlane.engine.feel import faults
from greenlane.engine.feel.ast import Node, Span
from greenlane.engine.feel.faults import Fault, FeelSyntaxError
from greenlane.engine.feel.known_names import KnownNames
from greenlane.engine.feel.lexer import tokens_of
from greenlane.engine.feel.tokens import KEYWORDS, NAME_SIGNS, Kind, Token

MAX_TEXT = 100_000
MAX_NESTING = 100
_CLOSING = {"(": ")", "[": "]", "]": "[", "{": "}"}
# What may begin an expression, and the words that never do.
_BEGINNING = frozenset({"-", "(", "[", "{", "@", "?"})
_BETWEEN_VALUES = KEYWORDS - {"if", "for", "some", "every", "function", "true", "false", "null"}
_ADVICE = {
    "then": "`then` belongs to `if … then … else …`",
    "else": "`else` belongs to `if … then … else …`",
    "satisfies": "`satisfies` belongs to `some … in … satisfies …`",
    "return": "`return` belongs to `for … in … return …`",
}


class Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


class Grammar(NamedTuple):
    """The readings that contain all others. They come with the reader, so that what they contain imports neither."""

    expression: Callable[[Reader, int], Node]
    parenthesised: Callable[[Reader, bool], tuple[Node, ...]]


class Reader:
    """A position in the tokens of one text. Reading functions move it on or raise `Stop`."""

    def __init__(
        self, text: str, names: Iterable[str], members: Iterable[str], builtins: Iterable[str], grammar: Grammar
    ) -> None:
        if len(text) > MAX_TEXT:
            fault = Fault(faults.TOO_MUCH, f"the text is longer than {MAX_TEXT} characters", Span(MAX_TEXT, len(text)))
            raise FeelSyntaxError([fault])
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.names = KnownNames([*builtins, *names])
        self.members = KnownNames([*members, *names])
        self.in_filter = 0
        self.at_range_end = False
        self._grammar = grammar
        self._nesting = 0
        self._open: list[Token] = []
        self._in_names: set[int] = set()

    def expression(self, lowest: int) -> Node:
        """Reads an expression whose operators bind at least as tightly as `lowest`."""
        return self._grammar.expression(self, lowest)

    def parenthesised(self, tests: bool) -> tuple[Node, ...]:
        """Reads `( … )`: an expression, a range, or with `tests` one or more unary tests."""
        return self._grammar.parenthesised(self, tests)

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self.tokens[self.at]

    def following(self) -> Token:
        """The token after the next, or the end."""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def is_symbol(self, *texts: str) -> bool:
        """Whether the next token is one of the signs."""
        return self.token.kind is Kind.SYMBOL and self.token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Whether the next token is one of the words."""
        return self.token.kind is Kind.WORD and self.token.text in texts

    def take(self) -> Token:
        """The next token, read."""
        token = self.token
        if token.kind is not Kind.END:
            self.at += 1
        return token

    def skip(self, text: str) -> bool:
        """Reads the sign or word if it comes next."""
        if self.token.text == text and self.token.kind in (Kind.SYMBOL, Kind.WORD):
            self.at += 1
            return True
        return False

    def expect(self, text: str, advice: str = "") -> Token:
        """Reads the sign or word, which must come next."""
        if not (self.token.text == text and self.token.kind in (Kind.SYMBOL, Kind.WORD)):
            raise Stop(self.unexpected(advice or f"write `{text}` here"))
        return self.take()

    def span_from(self, start: int) -> Span:
        """From a character to the end of what was read last."""
        return Span(start, self.tokens[self.at - 1].end)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; faults where the text goes too deep."""
        if self._nesting >= MAX_NESTING:
            message = f"the expression is nested more than {MAX_NESTING} levels deep"
            raise Stop(
                Fault(
                    faults.TOO_MUCH, message, Span(self.token.start, self.token.end), "split it into several decisions"
                )
            )
        self._nesting += 1
        try:
            yield
        finally:
            self._nesting -= 1

    @contextmanager
    def bracketed(self) -> Iterator[Token]:
        """Reads the opening bracket; inside it `[` after a value is a filter again."""
        token = self.take()
        outer, self.at_range_end = self.at_range_end, False
        self._open.append(token)
        yield token
        self._open.pop()
        self.at_range_end = outer

    def closes_range(self) -> bool:
        """Whether the `[` that comes next closes a range (`[1..10[`): no beginning of a filter follows it."""
        after = self.following()
        if not self.at_range_end:
            return False
        if after.kind is Kind.WORD:
            return after.text in _BETWEEN_VALUES
        return after.kind is Kind.END or (after.kind is Kind.SYMBOL and after.text not in _BEGINNING)

    @contextmanager
    def knowing(self, *names: str) -> Iterator[None]:
        """Names that are in scope for a while."""
        for name in names:
            self.names.add(name)
        try:
            yield
        finally:
            for name in names:
                self.names.remove(name)

    def mark(self) -> tuple[int, int, int, bool]:
        """A state to `rewind` to."""
        return self.at, len(self._open), self.in_filter, self.at_range_end

    def rewind(self, mark: tuple[int, int, int, bool]) -> None:
        """Back to the state."""
        self.at, opened, self.in_filter, self.at_range_end = mark
        del self._open[opened:]

    def scoped_name(self) -> str | None:
        """Reads a name in scope, the longest first, or an unknown one of one or more words; None where none begins."""
        found = self.names.match(self.tokens, self.at)
        if self.in_filter and (member := self.members.match(self.tokens, self.at)):
            found = member if found is None or member[1] > found[1] else found
        if found:
            return self._take_name(*found)
        return self._words() if self.token.kind is Kind.WORD and self.token.text not in KEYWORDS else None

    def member_name(self) -> str | None:
        """Reads the name after a `.`."""
        if found := self.members.match(self.tokens, self.at):
            return self._take_name(*found)
        return self._words() if self.token.kind is Kind.WORD else None

    def new_name(self, *stops: str) -> str:
        """Reads a name that is defined here, up to one of the signs or words, which is not read."""
        start = self.at
        while self.token.text not in stops and self._may_be_in_name():
            self.take()
        if self.at == start or self.token.text not in stops:
            raise Stop(self.unexpected("write a name here" if self.at == start else f"write `{stops[0]}` here"))
        self._in_names.update(range(start, self.at))
        return self._joined(start, self.at)

    def name_before(self, stop: str) -> bool:
        """Whether a name and then the sign come next."""
        start = self.at
        while self._may_be_in_name():
            self.at += 1
        found = self.at > start and self.token.text == stop and self.token.kind is Kind.SYMBOL
        self.at = start
        return found

    def _may_be_in_name(self) -> bool:
        kind, text = self.token.kind, self.token.text
        return kind in (Kind.WORD, Kind.NUMBER) or (kind in (Kind.SYMBOL, Kind.FAULTY) and text in NAME_SIGNS)

    def _take_name(self, name: str, length: int) -> str:
        self._in_names.update(range(self.at, self.at + length))
        self.at += length
        return name

    def _words(self) -> str:
        start = self.at
        self.take()
        while self.token.kind is Kind.WORD and self.token.text not in KEYWORDS:
            self.take()
        return self._joined(start, self.at)

    def _joined(self, start: int, end: int) -> str:
        parts = [
            (" " if index > start and token.spaced else "") + token.text
            for index, token in enumerate(self.tokens[start:end], start)
        ]
        return "".join(parts)

    def unexpected(self, advice: str = "") -> Fault:
        """The fault of the next token where it is."""
        token = self.token
        if token.fault:
            return token.fault
        if self._open and (token.kind is Kind.END or token.text in (")", "]", "}")):
            opened = self._open[-1]
            closing = _CLOSING[opened.text]
            if token.text != closing:
                found = "" if token.kind is Kind.END else f", found `{token.text}`"
                return Fault(
                    faults.UNCLOSED_BRACKET,
                    f"unclosed `{opened.text}`{found}",
                    Span(opened.start, opened.end),
                    f"close it with `{closing}`",
                )
        if token.kind is Kind.END:
            end = len(self.text)
            message = "the text ends too early" if self.text.strip() else "there is no expression"
            return Fault(
                faults.UNEXPECTED if self.text.strip() else faults.EMPTY,
                message,
                Span(max(end - 1, 0), max(end, 1)),
                advice,
            )
        span = Span(token.start, token.end)
        if token.kind is Kind.WORD and token.text in KEYWORDS:
            return Fault(
                faults.KEYWORD, f"unexpected keyword `{token.text}`", span, advice or _ADVICE.get(token.text, "")
            )
        return Fault(faults.UNEXPECTED, f"unexpected `{self.text[token.start : token.end]}`", span, advice)

    def faults_after(self, stop: Stop) -> tuple[Fault, ...]:
        """All that is wrong: signs that are no FEEL first, since whatever else went wrong may come from them."""
        faulty = [t.fault for i, t in enumerate(self.tokens) if t.fault and i not in self._in_names]
        return tuple(faulty) or (stop.fault,)
