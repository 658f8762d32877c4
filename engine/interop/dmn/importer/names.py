"""Names of a model as names of rule files: snake_case where a name is English, each used once, the same every time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count

from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.lexer import KEYWORDS
from greenlane.engine.rules.files.names import COLUMN_WORDS

_WORDS = frozenset((*KEYWORDS, *COLUMN_WORDS, "item", "partial"))
_RESERVED = _WORDS.union(BUILTINS)
_JOINT = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIMPLE = re.compile(r"[^\W\d]\w*")
_SIGNED = re.compile(r"[^\W\d]\w*(?:(?: |[-+*/.'])?\w+)*")


def rule_name(text: str) -> str:
    """`Monthly income`, `MonthlyIncome` and `monthly-income` are `monthly_income`; other scripts keep their letters."""
    words = _JOINT.sub("_", _HUMPS.sub("_", text)).strip("_")
    name = words.lower() if words.isascii() else words
    if not name:
        return "unnamed"
    return f"n_{name}" if name[0].isdigit() else name


def is_simple(name: str) -> bool:
    """Whether FEEL reads the name without being told of it, and nothing else has it."""
    return bool(_SIMPLE.fullmatch(name)) and name not in _RESERVED


def may_stand(name: str) -> bool:
    """Whether rule files allow the name for an output or a parameter."""
    return bool(_SIGNED.fullmatch(name)) and name not in _RESERVED


class Namer:
    """Gives names out, each once.

    `inner` are names that expressions of the model give to entries, items and parameters of their own: another name is
    not changed into one of them, since it would be hidden there. `called` are the built-in functions that it calls:
    only the others may lose their name to something that the model calls so itself.
    """

    def __init__(self, inner: Iterable[str], called: Iterable[str] = BUILTINS) -> None:
        self.inner = frozenset(inner)
        self._called = frozenset(called)
        self._taken: set[str] = set()

    def avoid(self, names: Iterable[str]) -> None:
        """More names that would hide others."""
        self.inner = self.inner.union(names)

    def free(self, name: str, original: str | None = "") -> bool:
        """Whether the name can still be given; `original` is what the model calls it, None where nothing hides it."""
        hidden = name in self.inner and original is not None and name != original
        kept = name == original and bool(_SIMPLE.fullmatch(name)) and name not in _WORDS | self._called
        return (kept or is_simple(name)) and name not in self._taken and not hidden

    def take(self, *candidates: str, original: str | None = "") -> str:
        """The first of the candidates that is free, else the last one with the smallest number that makes it so."""
        last = f"{candidates[-1]}_value" if candidates[-1] in _RESERVED else candidates[-1]
        numbered = (f"{last}_{number}" for number in count(2))
        found = next(name for name in chain(candidates, [last], numbered) if self.free(name, original))
        self._taken.add(found)
        return found
