"""The canonical order of keys in each kind of rule file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.rulefile.decision_frame import DECISION_KEYS, OUTPUT_KEYS, SECTION_KEYS
from engine.rulefile.reference_file import COLUMN_KEYS, TABLE_KEYS
from engine.rulefile.ruleset_file import FILE_KEYS as RULESET_KEYS
from engine.rulefile.vocabulary_file import FACT_KEYS
from engine.rulefile.vocabulary_file import FILE_KEYS as VOCABULARY_KEYS


@dataclass(frozen=True, slots=True)
class Shape:
    """`keys` in their order, none where the order has a meaning of its own. Items of a list have the list's shape."""

    keys: tuple[str, ...] = ()
    inner: Mapping[str, Shape] = field(default_factory=dict)
    any: Shape | None = None

    def of(self, key: str) -> Shape:
        """The shape of the value under `key`."""
        return self.inner.get(key) or self.any or _FREE

    def rank(self, key: str) -> int:
        """Where `key` stands; keys that are not known come last."""
        return self.keys.index(key) if key in self.keys else len(self.keys)


_FREE = Shape()
_TEXT = Shape(("zh", "en"))
_DATES = Shape(("from", "until"))
_OUTPUTS = Shape(any=Shape(OUTPUT_KEYS))
_TABLE = Shape(TABLE_KEYS, {"title": _TEXT, "covers": _DATES, "columns": Shape(any=Shape(COLUMN_KEYS))})
_ANSWER = Shape(("outcome", "status", "reasons", "referred"))
_RULESET = Shape(RULESET_KEYS, {"title": _TEXT, "effective": _DATES, "answer": _ANSWER})
_VOCABULARY = Shape(VOCABULARY_KEYS, {"groups": Shape(any=_TEXT), "facts": Shape(any=Shape(FACT_KEYS))})
_REFERENCE = Shape(("tables",), {"tables": Shape(any=_TABLE)})
_SECTION = Shape(SECTION_KEYS, {"title": _TEXT})
_DECISION = Shape(
    DECISION_KEYS,
    {"title": _TEXT, "parameters": _OUTPUTS, "asserts": _OUTPUTS, "outputs": _OUTPUTS, "sections": _SECTION},
)
_FILES = {"ruleset.yaml": _RULESET, "vocabulary.yaml": _VOCABULARY, "reference.yaml": _REFERENCE}


def shape_of(path: str) -> Shape:
    """The shape of the documents in a file, by its name."""
    return _FILES.get(posixpath.basename(path), _DECISION)
