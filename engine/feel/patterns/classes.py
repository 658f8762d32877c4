"""Sets of characters: `[a-z-[aeiou]]`, `\\d`, `\\p{Lu}`, `\\p{IsGreek}`, `.`"""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import category

from greenlane.engine.feel.patterns.blocks import BLOCKS

_SUBCATEGORIES = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES = frozenset(group + kind for group, kinds in _SUBCATEGORIES.items() for kind in ("", *kinds))
Span = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chars:
    """The characters in `spans` or in `parts`, or all others if `negated`; in either case without those in `minus`.

    `any_case`: a character is in `spans` when one of its case variants is.
    """

    spans: tuple[Span, ...] = ()
    parts: tuple[Chars | Category, ...] = ()
    negated: bool = False
    minus: Chars | None = None
    any_case: bool = False

    def __contains__(self, char: str) -> bool:
        chars = _variants(char) if self.any_case else (char,)
        found = any(low <= one <= high for one in chars for low, high in self.spans)
        found = found or any(char in part for part in self.parts)
        return found != self.negated and (self.minus is None or char not in self.minus)


@dataclass(frozen=True, slots=True)
class Category:
    """Characters whose Unicode category begins with one of the names."""

    names: tuple[str, ...]

    def __contains__(self, char: str) -> bool:
        return category(char).startswith(self.names)


def property_chars(name: str) -> Chars | None:
    """The class of `\\p{name}`: a Unicode category or, after `Is`, a block; None where there is none of that name."""
    if name in _CATEGORIES:
        return Chars(parts=(Category((name,)),))
    block = BLOCKS.get(name[2:]) if name.startswith("Is") else None
    return Chars(spans=((chr(block[0]), chr(block[1])),)) if block else None


def _variants(char: str) -> tuple[str, ...]:
    lower, upper = char.lower(), char.upper()
    return tuple(one for one in (char, lower, upper, lower.upper(), upper.lower()) if len(one) == 1)


def _spans(text: str) -> tuple[Span, ...]:
    return tuple((one[0], one[-1]) for one in text.split())


_NAME_START = (
    ": A-Z _ a-z \u00c0-\u00d6 \u00d8-\u00f6 \u00f8-\u02ff \u0370-\u037d \u037f-\u1fff \u200c-\u200d \u2070-\u218f "
    "\u2c00-\u2fef \u3001-\ud7ff \uf900-\ufdcf \ufdf0-\ufffd \U00010000-\U000effff"
)
_NAME = _NAME_START + " - . 0-9 \u00b7 \u0300-\u036f \u203f-\u2040"

ANY = Chars(negated=True)
ANY_BUT_LINE_ENDS = Chars(spans=(("\n", "\n"), ("\r", "\r")), negated=True)
ESCAPES: dict[str, Chars] = {
    "s": Chars(spans=((" ", " "), ("\t", "\t"), ("\n", "\n"), ("\r", "\r"))),
    "d": Chars(parts=(Category(("Nd",)),)),
    "w": Chars(parts=(Category(("P", "Z", "C")),), negated=True),
    "i": Chars(spans=_spans(_NAME_START)),
    "c": Chars(spans=_spans(_NAME)),
}
ESCAPES |= {name.upper(): Chars(parts=(chars,), negated=True) for name, chars in ESCAPES.items()}
