"""The parser's state: a position in the tokens of one text, names known there, what is wrong. Touches only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from greenlane.engine.feel.ast import Node, Span
from greenlane.engine.feel.errors import FeelSyntaxError, SyntaxCode, SyntaxDiagnostic
from greenlane.engine.feel.lexer import KEYWORDS, NAME_SIGNS, KnownNames, Token, TokenKind, tokens_of

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


class ParseError(Exception):
    """Parsing cannot go on. It does not leave the parser, which raises FeelSyntaxError with all that is wrong."""

    def __init__(self, diagnostic: SyntaxDiagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


class TokenStream:
    """A position in the tokens of one text. Parsing functions move it on or raise ParseError.

    `parse_expression` parses an expression whose operators bind at least as tightly as a number says. All other parsing
    contains it and is contained in it: it comes with the stream, so that modules need not import each other.
    """

    def __init__(
        self,
        text: str,
        names: Iterable[str],
        members: Iterable[str],
        builtins: Iterable[str],
        parse_expression: Callable[[TokenStream, int], Node],
    ) -> None:
        if len(text) > MAX_TEXT:
            message = f"the text is longer than {MAX_TEXT} characters"
            raise FeelSyntaxError([SyntaxDiagnostic(SyntaxCode.TOO_MUCH, message, Span(MAX_TEXT, len(text)))])
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.names = KnownNames([*builtins, *names])
        self.members = KnownNames([*members, *names])
        self.in_filter = 0
        self.at_range_end = False
        self._parse_expression = parse_expression
        self._nesting = 0
        self._open: list[Token] = []
        self._in_names: set[int] = set()

    def expression(self, lowest: int = 0) -> Node:
        """Parses an expression whose operators bind at least as tightly as `lowest`."""
        return self._parse_expression(self, lowest)

    @property
    def token(self) -> Token:
        """The token to parse next."""
        return self.tokens[self.at]

    def following(self) -> Token:
        """The token after the next, or the end."""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def is_symbol(self, *texts: str) -> bool:
        """Whether the next token is one of the signs."""
        return self.token.kind is TokenKind.SYMBOL and self.token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Whether the next token is one of the words."""
        return self.token.kind is TokenKind.WORD and self.token.text in texts

    def take(self) -> Token:
        """The next token, which the stream then is past."""
        token = self.token
        if token.kind is not TokenKind.END:
            self.at += 1
        return token

    def skip(self, text: str) -> bool:
        """Takes the sign or word if it comes next."""
        if self.token.text == text and self.token.kind in (TokenKind.SYMBOL, TokenKind.WORD):
            self.at += 1
            return True
        return False

    def expect(self, text: str, advice: str = "") -> Token:
        """Takes the sign or word, which must come next."""
        if not (self.token.text == text and self.token.kind in (TokenKind.SYMBOL, TokenKind.WORD)):
            raise self.unexpected(advice or f"write `{text}` here")
        return self.take()

    def separator(self, closing: str, advice: str) -> bool:
        """Takes a `,` if it comes next; what it separates must follow it, or `advice` says what to write."""
        if not self.skip(","):
            return False
        if self.is_symbol(closing):
            raise self.unexpected(advice)
        return True

    def span_from(self, start: int) -> Span:
        """From a character to the end of what was taken last."""
        return Span(start, self.tokens[self.at - 1].end)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; ParseError where the text goes too deep."""
        if self._nesting >= MAX_NESTING:
            message = f"the expression is nested more than {MAX_NESTING} levels deep"
            span, advice = Span(self.token.start, self.token.end), "split it into several decisions"
            raise ParseError(SyntaxDiagnostic(SyntaxCode.TOO_MUCH, message, span, advice))
        self._nesting += 1
        try:
            yield
        finally:
            self._nesting -= 1

    @contextmanager
    def bracketed(self) -> Iterator[Token]:
        """Takes the opening bracket; inside it `[` after a value is a filter again."""
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
        if after.kind is TokenKind.WORD:
            return after.text in _BETWEEN_VALUES
        return after.kind is TokenKind.END or (after.kind is TokenKind.SYMBOL and after.text not in _BEGINNING)

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
        """Takes a name in scope, the longest first, or an unknown one of one or more words; None where none begins."""
        found = self.names.match(self.tokens, self.at)
        if self.in_filter and (member := self.members.match(self.tokens, self.at)):
            found = member if found is None or member[1] > found[1] else found
        if found:
            return self._take_name(*found)
        return self._words() if self.token.kind is TokenKind.WORD and self.token.text not in KEYWORDS else None

    def member_name(self) -> str | None:
        """Takes the name after a `.`."""
        if found := self.members.match(self.tokens, self.at):
            return self._take_name(*found)
        return self._words() if self.token.kind is TokenKind.WORD else None

    def new_name(self, *stops: str) -> str:
        """Takes a name that is defined here, up to one of the signs or words, which is not taken."""
        start = self.at
        while self.token.text not in stops and self._may_be_in_name():
            self.take()
        if self.at == start or self.token.text not in stops:
            raise self.unexpected("write a name here" if self.at == start else f"write `{stops[0]}` here")
        self._in_names.update(range(start, self.at))
        return self._joined(start, self.at)

    def name_before(self, stop: str) -> bool:
        """Whether a name and then the sign come next."""
        start = self.at
        while self._may_be_in_name():
            self.at += 1
        found = self.at > start and self.token.text == stop and self.token.kind is TokenKind.SYMBOL
        self.at = start
        return found

    def _may_be_in_name(self) -> bool:
        kind, text = self.token.kind, self.token.text
        if kind in (TokenKind.WORD, TokenKind.NUMBER):
            return True
        return kind in (TokenKind.SYMBOL, TokenKind.FAULTY) and text in NAME_SIGNS

    def _take_name(self, name: str, length: int) -> str:
        self._in_names.update(range(self.at, self.at + length))
        self.at += length
        return name

    def _words(self) -> str:
        start = self.at
        self.take()
        while self.token.kind is TokenKind.WORD and self.token.text not in KEYWORDS:
            self.take()
        return self._joined(start, self.at)

    def _joined(self, start: int, end: int) -> str:
        parts = [
            (" " if index > start and token.spaced else "") + token.text
            for index, token in enumerate(self.tokens[start:end], start)
        ]
        return "".join(parts)

    def unexpected(self, advice: str = "") -> ParseError:
        """The error that the next token is where it is."""
        return ParseError(self.token.diagnostic or self._unclosed() or self._ended(advice) or self._misplaced(advice))

    def _unclosed(self) -> SyntaxDiagnostic | None:
        """The bracket that the next token, another closing one or the end, leaves open."""
        token = self.token
        if not self._open or not (token.kind is TokenKind.END or token.text in (")", "]", "}")):
            return None
        opened = self._open[-1]
        closing = _CLOSING[opened.text]
        if token.text == closing:
            return None
        found = "" if token.kind is TokenKind.END else f", found `{token.text}`"
        message, span = f"unclosed `{opened.text}`{found}", Span(opened.start, opened.end)
        return SyntaxDiagnostic(SyntaxCode.UNCLOSED_BRACKET, message, span, f"close it with `{closing}`")

    def _ended(self, advice: str) -> SyntaxDiagnostic | None:
        if self.token.kind is not TokenKind.END:
            return None
        end = len(self.text)
        span = Span(max(end - 1, 0), max(end, 1))
        if self.text.strip():
            return SyntaxDiagnostic(SyntaxCode.UNEXPECTED, "the text ends too early", span, advice)
        return SyntaxDiagnostic(SyntaxCode.EMPTY, "there is no expression", span, advice)

    def _misplaced(self, advice: str) -> SyntaxDiagnostic:
        token = self.token
        span = Span(token.start, token.end)
        if token.kind is TokenKind.WORD and token.text in KEYWORDS:
            message, advice = f"unexpected keyword `{token.text}`", advice or _ADVICE.get(token.text, "")
            return SyntaxDiagnostic(SyntaxCode.KEYWORD, message, span, advice)
        return SyntaxDiagnostic(
            SyntaxCode.UNEXPECTED, f"unexpected `{self.text[token.start : token.end]}`", span, advice
        )

    def diagnostics_after(self, error: ParseError) -> tuple[SyntaxDiagnostic, ...]:
        """All that is wrong: signs that are no FEEL first, since whatever else went wrong may come from them."""
        faulty = [t.diagnostic for i, t in enumerate(self.tokens) if t.diagnostic and i not in self._in_names]
        return tuple(faulty) or (error.diagnostic,)
