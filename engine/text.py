"""A text in the languages of the house. Pure; everything of the engine may use it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in Chinese and in English. What is wrong is said in lower case, without a final period."""

    zh: str
    en: str
