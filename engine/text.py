"""Texts for people: in Chinese and English, and how wide they are on screen. Pure; everything may use it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in Chinese and in English. What is wrong is said in lower case, without a final period."""

    zh: str
    en: str


def display_width(text: str) -> int:
    """Columns that `text` takes up: two for a wide East Asian character, none for a combining mark, else one."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def pad(text: str, width: int) -> str:
    """`text` with spaces after it up to `width` columns."""
    return text + " " * (width - display_width(text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
