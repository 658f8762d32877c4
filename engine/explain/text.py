"""Explanations as text, one sentence a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from greenlane.engine.explain.story import Sentence

Language = Literal["zh", "en"]


def as_text(sentences: Iterable[Sentence], language: Language) -> str:
    """The sentences of one language: each decision under its heading, places in brackets at the end of a line."""
    return "".join(_line(sentence, language) + "\n" for sentence in sentences)


def _line(sentence: Sentence, language: Language) -> str:
    words = sentence.zh if language == "zh" else sentence.en
    place = "" if sentence.source is None else f" [{sentence.source.path}:{sentence.source.line}]"
    return f"{words}{place}" if sentence.heading else f"  - {words}{place}"
