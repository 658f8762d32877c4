"""Damage to texts and bytes, by chance: what is cut, repeated, put in and taken from elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

NUMBERS = (
    "0", "-0", "-1", "1", "1e19", "1e700000", "-1e700000", "1e-700000", "9" * 18, "9" * 40, "9" * 5000, "0.1", "1.50",
    "1E+2", "NaN", "Infinity", "0x10", "1_000", "+1", "٣", "2147483648", "9223372036854775808",
    "18446744073709551616",
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "\n", "\0", "\u200b", "\u202e", "\ufeff", "é", "文", "𐐷", "a" * 257, "x" * 5000, "../../etc/passwd",
    "%00", "{{7*7}}", "${x}", "<script>", "' OR 1=1 --", '"', "\\", "//", "null", "true", "2026-02-30", "9999-12-31",
    "0001-01-01", "2026-03-02T00:00:00+08:00", "P1Y", "[1..3]", "()", "))))", "((((", "!!python/object", "&a [*a]",
    "<<: *a", "# x",
)  # fmt: skip
FEW, MANY = 6, 60
_number = re.compile(rb"-?\d+(?:\.\d+)?")


class Damage:
    """Changes data by the choices of `chance`; `tokens` are put in, and parts of `others` are taken over."""

    def __init__(self, chance: Random, tokens: Sequence[bytes], others: Sequence[bytes], most: int) -> None:
        self._chance = chance
        self._tokens = [*tokens, *(text.encode() for text in (*NUMBERS, *TEXTS))]
        self._others = others
        self._most = most

    def of(self, data: bytes) -> bytes:
        """The data after one change or a few, of `most` bytes at most."""
        changes: tuple[Callable[[bytes], bytes], ...] = (
            *(self._cut, self._put, self._put, self._replaced, self._number, self._number, self._repeated),
            *(self._flipped, self._taken_over, self._swapped, self._nested, self._ended),
        )
        for _ in range(self._chance.choice((1, 1, 1, 2, 3, FEW))):
            data = self._chance.choice(changes)(data)[: self._most]
        return data

    def _stretch(self, data: bytes, most: int = MANY) -> tuple[int, int]:
        start = self._chance.randint(0, len(data))
        return start, min(len(data), start + self._chance.randint(0, most))

    def _cut(self, data: bytes) -> bytes:
        start, end = self._stretch(data)
        return data[:start] + data[end:]

    def _put(self, data: bytes) -> bytes:
        at = self._chance.randint(0, len(data))
        return data[:at] + self._chance.choice(self._tokens) + data[at:]

    def _replaced(self, data: bytes) -> bytes:
        start, end = self._stretch(data, FEW)
        return data[:start] + self._chance.choice(self._tokens) + data[end:]

    def _number(self, data: bytes) -> bytes:
        found = list(_number.finditer(data[: 1 << 16]))
        if not found:
            return self._put(data)
        one = self._chance.choice(found)
        return data[: one.start()] + self._chance.choice(NUMBERS).encode() + data[one.end() :]

    def _repeated(self, data: bytes) -> bytes:
        start, end = self._stretch(data)
        return data[:end] + data[start:end] * self._chance.choice((1, 2, 10, 100)) + data[end:]

    def _flipped(self, data: bytes) -> bytes:
        if not data:
            return data
        at = self._chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._chance.randrange(8)]) + data[at + 1 :]

    def _taken_over(self, data: bytes) -> bytes:
        other = self._chance.choice(self._others) if self._others else data
        start, end = self._stretch(other, 500)
        first, last = self._stretch(data)
        return data[:first] + other[start:end] + data[last:]

    def _swapped(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        one, two = (self._chance.randrange(len(lines)) for _ in range(2))
        lines[one], lines[two] = lines[two], lines[one]
        return b"\n".join(lines)

    def _nested(self, data: bytes) -> bytes:
        opening, closing = self._chance.choice((b"[]", b"()", b"{}", b"<>", b'""')).decode()
        depth = self._chance.choice((1, 15, 17, 200))
        start, end = self._stretch(data)
        return data[:start] + opening.encode() * depth + data[start:end] + closing.encode() * depth + data[end:]

    def _ended(self, data: bytes) -> bytes:
        return data[: self._chance.randint(0, len(data))] if self._chance.random() < 0.5 else data
