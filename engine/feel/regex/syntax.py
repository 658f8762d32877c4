"""Syntax trees of regular expressions, and the character classes in them: `[a-z-[aeiou]]`. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import category

CharacterRange = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Character:
    """One character of the class."""

    chars: CharacterClass


@dataclass(frozen=True, slots=True)
class Start:
    """`^`"""


@dataclass(frozen=True, slots=True)
class End:
    """`$`"""


@dataclass(frozen=True, slots=True)
class BackReference:
    """What the group has matched, once more."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group."""

    number: int
    body: Tree


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """The first branch that leads to a match."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body `low` to `high` times (None: no limit), as often as possible or, if not `greedy`, as seldom."""

    body: Tree
    low: int
    high: int | None
    greedy: bool


Tree = Character | Start | End | BackReference | Group | Sequence | Alternation | Repeat


def can_be_empty(tree: Tree) -> bool:
    """Whether the tree may match no character; True where that cannot be told."""
    match tree:
        case Character():
            return False
        case Group(_, body):
            return can_be_empty(body)
        case Sequence(parts):
            return all(map(can_be_empty, parts))
        case Alternation(branches):
            return any(map(can_be_empty, branches))
        case Repeat(body, low, _, _):
            return low == 0 or can_be_empty(body)
        case Start() | End() | BackReference():
            return True


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """The characters in `spans` or in `parts`, or all others if `negated`; in either case without those in `minus`.

    `any_case`: a character is in `spans` when one of its case variants is.
    """

    spans: tuple[CharacterRange, ...] = ()
    parts: tuple[CharacterClass | Category, ...] = ()
    negated: bool = False
    minus: CharacterClass | None = None
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


def property_class(name: str) -> CharacterClass | None:
    """The class of `\\p{name}`: a Unicode category or, after `Is`, a block; None where there is none of that name."""
    if name in _CATEGORIES:
        return CharacterClass(parts=(Category((name,)),))
    block = _BLOCKS.get(name[2:]) if name.startswith("Is") else None
    return CharacterClass(spans=((chr(block[0]), chr(block[1])),)) if block else None


def _variants(char: str) -> tuple[str, ...]:
    lower, upper = char.lower(), char.upper()
    return tuple(one for one in (char, lower, upper, lower.upper(), upper.lower()) if len(one) == 1)


def _spans(text: str) -> tuple[CharacterRange, ...]:
    return tuple((one[0], one[-1]) for one in text.split())


_NAME_START = (
    ": A-Z _ a-z \u00c0-\u00d6 \u00d8-\u00f6 \u00f8-\u02ff \u0370-\u037d \u037f-\u1fff \u200c-\u200d \u2070-\u218f "
    "\u2c00-\u2fef \u3001-\ud7ff \uf900-\ufdcf \ufdf0-\ufffd \U00010000-\U000effff"
)
_NAME = _NAME_START + " - . 0-9 \u00b7 \u0300-\u036f \u203f-\u2040"

ANY = CharacterClass(negated=True)
ANY_BUT_LINE_ENDS = CharacterClass(spans=(("\n", "\n"), ("\r", "\r")), negated=True)
ESCAPES: dict[str, CharacterClass] = {
    "s": CharacterClass(spans=((" ", " "), ("\t", "\t"), ("\n", "\n"), ("\r", "\r"))),
    "d": CharacterClass(parts=(Category(("Nd",)),)),
    "w": CharacterClass(parts=(Category(("P", "Z", "C")),), negated=True),
    "i": CharacterClass(spans=_spans(_NAME_START)),
    "c": CharacterClass(spans=_spans(_NAME)),
}
ESCAPES |= {name.upper(): CharacterClass(parts=(chars,), negated=True) for name, chars in ESCAPES.items()}

_SUBCATEGORIES = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES = frozenset(group + kind for group, kinds in _SUBCATEGORIES.items() for kind in ("", *kinds))

# Unicode blocks by the names that `\\p{Is…}` takes (without spaces), first and last code point.
_BLOCK_TABLE = """
BasicLatin 0000 007F
Latin-1Supplement 0080 00FF
LatinExtended-A 0100 017F
LatinExtended-B 0180 024F
IPAExtensions 0250 02AF
SpacingModifierLetters 02B0 02FF
CombiningDiacriticalMarks 0300 036F
Greek 0370 03FF
GreekandCoptic 0370 03FF
Cyrillic 0400 04FF
CyrillicSupplement 0500 052F
Armenian 0530 058F
Hebrew 0590 05FF
Arabic 0600 06FF
Syriac 0700 074F
Thaana 0780 07BF
Devanagari 0900 097F
Bengali 0980 09FF
Gurmukhi 0A00 0A7F
Gujarati 0A80 0AFF
Oriya 0B00 0B7F
Tamil 0B80 0BFF
Telugu 0C00 0C7F
Kannada 0C80 0CFF
Malayalam 0D00 0D7F
Sinhala 0D80 0DFF
Thai 0E00 0E7F
Lao 0E80 0EFF
Tibetan 0F00 0FFF
Myanmar 1000 109F
Georgian 10A0 10FF
HangulJamo 1100 11FF
Ethiopic 1200 137F
Cherokee 13A0 13FF
UnifiedCanadianAboriginalSyllabics 1400 167F
Ogham 1680 169F
Runic 16A0 16FF
Khmer 1780 17FF
Mongolian 1800 18AF
LatinExtendedAdditional 1E00 1EFF
GreekExtended 1F00 1FFF
GeneralPunctuation 2000 206F
SuperscriptsandSubscripts 2070 209F
CurrencySymbols 20A0 20CF
CombiningMarksforSymbols 20D0 20FF
CombiningDiacriticalMarksforSymbols 20D0 20FF
LetterlikeSymbols 2100 214F
NumberForms 2150 218F
Arrows 2190 21FF
MathematicalOperators 2200 22FF
MiscellaneousTechnical 2300 23FF
ControlPictures 2400 243F
OpticalCharacterRecognition 2440 245F
EnclosedAlphanumerics 2460 24FF
BoxDrawing 2500 257F
BlockElements 2580 259F
GeometricShapes 25A0 25FF
MiscellaneousSymbols 2600 26FF
Dingbats 2700 27BF
BraillePatterns 2800 28FF
CJKRadicalsSupplement 2E80 2EFF
KangxiRadicals 2F00 2FDF
IdeographicDescriptionCharacters 2FF0 2FFF
CJKSymbolsandPunctuation 3000 303F
Hiragana 3040 309F
Katakana 30A0 30FF
Bopomofo 3100 312F
HangulCompatibilityJamo 3130 318F
Kanbun 3190 319F
BopomofoExtended 31A0 31BF
EnclosedCJKLettersandMonths 3200 32FF
CJKCompatibility 3300 33FF
CJKUnifiedIdeographsExtensionA 3400 4DBF
CJKUnifiedIdeographs 4E00 9FFF
YiSyllables A000 A48F
YiRadicals A490 A4CF
HangulSyllables AC00 D7AF
PrivateUse E000 F8FF
PrivateUseArea E000 F8FF
CJKCompatibilityIdeographs F900 FAFF
AlphabeticPresentationForms FB00 FB4F
ArabicPresentationForms-A FB50 FDFF
CombiningHalfMarks FE20 FE2F
CJKCompatibilityForms FE30 FE4F
SmallFormVariants FE50 FE6F
ArabicPresentationForms-B FE70 FEFF
HalfwidthandFullwidthForms FF00 FFEF
Specials FFF0 FFFF
OldItalic 10300 1032F
Gothic 10330 1034F
Deseret 10400 1044F
ByzantineMusicalSymbols 1D000 1D0FF
MusicalSymbols 1D100 1D1FF
MathematicalAlphanumericSymbols 1D400 1D7FF
CJKUnifiedIdeographsExtensionB 20000 2A6DF
CJKCompatibilityIdeographsSupplement 2F800 2FA1F
Tags E0000 E007F
"""

_BLOCKS: dict[str, tuple[int, int]] = {
    name: (int(first, 16), int(last, 16)) for name, first, last in map(str.split, _BLOCK_TABLE.strip().splitlines())
}
