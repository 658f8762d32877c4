"""Applications: what is wrong with one, judged by the vocabulary alone, and its facts by their flat names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from greenlane.engine.diagnostics import nearest
from greenlane.engine.feel.regex import fullmatch
from greenlane.engine.feel.regex.portable import LONGEST
from greenlane.engine.feel.values import CONTEXT
from greenlane.engine.json_text import pointer
from greenlane.engine.rules.vocabulary import Fact, FactKind, FactType, Scalar, Vocabulary
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one value. `code` is stable; `allowed` and `nearest` help the caller on."""

    code: str
    detail: Text
    allowed: tuple[object, ...] | None = None
    nearest: str | None = None


Path = tuple[str, ...]
"""The keys that lead to a value."""

Tree = dict[str, "Fact | Tree"]
"""Facts as they lie in an application."""

TEXT_LIMIT = LONGEST
"""Characters of a free text."""

NUMBER_LIMIT = Decimal(10) ** 18
"""The largest size of a number for which the vocabulary gives no bound of its own."""

DIGITS = 34
"""Significant digits of a number: those of the decimals that rules compute with."""

FREE_TEXT = r"^[^\u0000-\u001f\u007f]*$"
"""Texts hold no control characters."""

REQUIRED = Violation("required", Text("缺少必填字段", "this field is required"))
IS_NULL = Violation("null", Text("必填字段不得为 null", "a required field must not be null"))
NOT_OBJECT = Violation("wrong_type", Text("需要 JSON 对象", "an object is expected"))
UNKNOWN = Violation("unknown_field", Text("没有此字段", "there is no such field"))

VIOLATIONS = 1000
"""How many are told at most: a body of a hundred thousand unknown fields must not keep a service busy."""

SUGGESTIONS = 10
"""For how many unknown fields the nearest known name is looked for."""

SUGGESTED_LENGTH = 64
"""Characters of a text for which that is done: no known name or value is longer."""

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code (GB 32100-2015) in the order of their values."""

USCC_LENGTH = 18

_date = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_free_text = re.compile(FREE_TEXT)


def violation_of(kind: FactKind, value: Any) -> Violation | None:
    """The first thing wrong with `value`, as parsed from JSON with decimals and not null; None when it is right."""
    match kind.type:
        case FactType.NUMBER:
            return _number_violation(kind, value)
        case FactType.STRING:
            return _string_violation(kind, value)
        case FactType.BOOLEAN:
            return None if isinstance(value, bool) else _wrong_type("布尔值 true 或 false", "true or false")
        case FactType.DATE:
            return _date_violation(value)


def bounds(kind: FactKind) -> tuple[Decimal, Decimal]:
    """The least and the greatest number accepted, both inclusive."""
    low = -NUMBER_LIMIT if kind.minimum is None else kind.minimum
    return low, NUMBER_LIMIT if kind.maximum is None else kind.maximum


def _wrong_type(zh: str, en: str) -> Violation:
    return Violation("wrong_type", Text(f"需要{zh}", f"{en} is expected"))


def _number_violation(kind: FactKind, value: Any) -> Violation | None:
    if not isinstance(value, Decimal):
        return _wrong_type("数字", "a number")
    low, high = bounds(kind)
    if value < low:
        return Violation("too_small", Text(f"不得小于 {low}", f"must be at least {low}"))
    if value > high:
        return Violation("too_large", Text(f"不得大于 {high}", f"must be at most {high}"))
    if kind.whole and value != value.to_integral_value():
        return Violation("not_whole", Text("需要整数", "a whole number is expected"))
    if len(value.as_tuple().digits) > DIGITS:
        return Violation("too_precise", Text(f"最多 {DIGITS} 位有效数字", f"at most {DIGITS} significant digits"))
    return None


def _string_violation(kind: FactKind, value: Any) -> Violation | None:
    if not isinstance(value, str):
        return _wrong_type("字符串", "a string")
    if kind.allowed is not None:
        return None if value in kind.allowed else _not_allowed(kind.allowed, value)
    if not 1 <= len(value) <= TEXT_LIMIT:
        return Violation(
            "length", Text(f"长度须为 1 至 {TEXT_LIMIT} 个字符", f"1 to {TEXT_LIMIT} characters are expected")
        )
    if not _free_text.fullmatch(value):
        return Violation("control_character", Text("不得含控制字符", "control characters are not accepted"))
    if kind.pattern is not None and not fullmatch(kind.pattern, value):
        return Violation("pattern", Text(f"不符合格式 {kind.pattern}", f"does not match the pattern {kind.pattern}"))
    if kind.check == "uscc" and not _has_check_character(value):
        zh, en = "统一社会信用代码校验位不正确", "not a unified social credit code with a valid check character"
        return Violation("check_digit", Text(zh, en))
    return None


def _not_allowed(allowed: tuple[str, ...], value: str) -> Violation:
    detail = Text("不是允许的取值，见 allowed", "not one of the values in `allowed`")
    return Violation("not_allowed", detail, allowed=allowed, nearest=suggestion(value, allowed))


def _date_violation(value: Any) -> Violation | None:
    if type(value) is date:
        return None
    if isinstance(value, str) and _date.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return Violation("no_such_date", Text("没有这一天", "there is no such day"))
        return None
    return _wrong_type("日期字符串 YYYY-MM-DD", "a date text YYYY-MM-DD")


class ApplicationError(Exception):
    """An application that the rules do not take: `violations` has everything wrong with it, by path."""

    def __init__(self, violations: tuple[tuple[Path, Violation], ...]) -> None:
        self.violations = violations
        super().__init__("; ".join(f"{pointer(*at) or '(the whole)'}: {found.detail.en}" for at, found in violations))


class Validator:
    """Finds what is wrong with applications of one vocabulary. Safe for many threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._tree = fact_tree(vocabulary)
        self._known = dict(_pointers(self._tree, ()))

    def violations(self, application: Any, most: int = VIOLATIONS) -> tuple[tuple[Path, Violation], ...]:
        """Everything wrong with a JSON value as `json_text.decode` gives it; nothing when it can be decided.

        In the order of the vocabulary, unknown fields of an object last; the first `most` of them.
        """
        found = list(islice(_walk(self._tree, application, ()), most))
        unknown = [index for index, (_, violation) in enumerate(found) if violation is UNKNOWN]
        for index in unknown[:SUGGESTIONS]:
            path, violation = found[index]
            found[index] = path, replace(violation, nearest=nearest_field(path, self._known))
        return tuple(found)

    def count(self, application: Any) -> int:
        """How many there are of what `violations` finds, be they more than it tells."""
        return sum(1 for _ in _walk(self._tree, application, ()))


def fact_tree(vocabulary: Vocabulary) -> Tree:
    """The facts arranged as they lie in an application. Raises `ValueError` where a fact and a group share a path."""
    root: Tree = {}
    for fact in vocabulary.facts.values():
        place = root
        for group in fact.path[:-1]:
            inner = place.setdefault(group, {})
            if isinstance(inner, Fact):
                raise ValueError(f"`{group}` is both a fact and a group of facts")
            place = inner
        place[fact.path[-1]] = fact
    return root


def is_required(item: Fact | Tree) -> bool:
    """Whether a fact, or any fact of a group, must be given."""
    return item.required if isinstance(item, Fact) else any(map(is_required, item.values()))


def suggestion(given: str, known: Iterable[str]) -> str | None:
    """The known text most like `given`, or None when none is alike or `given` is too long to be a slip."""
    return nearest(given, known) if len(given) <= SUGGESTED_LENGTH else None


def nearest_field(path: Path, known: Mapping[str, str]) -> str | None:
    """For an unknown field: the nearest name in the same object, else the pointer of the nearest name anywhere.

    `known` has the name of each known field by its JSON pointer.
    """
    home = pointer(*path[:-1])
    beside = suggestion(path[-1], (name for at, name in known.items() if at.rpartition("/")[0] == home))
    if beside is not None:
        return beside
    by_name = {name: at for at, name in known.items()}
    found = suggestion(path[-1], by_name)
    return by_name[found] if found is not None else None


def uscc_check_character(first: str) -> str | None:
    """The check character of the first 17 characters of a unified social credit code (GB 32100-2015, 5.5).

    None when they are not 17 characters of the alphabet.
    """
    if len(first) != USCC_LENGTH - 1 or any(c not in USCC_ALPHABET for c in first):
        return None
    total = sum(USCC_ALPHABET.index(c) * pow(3, position, 31) for position, c in enumerate(first))
    return USCC_ALPHABET[-total % 31]


def _has_check_character(code: str) -> bool:
    return len(code) == USCC_LENGTH and uscc_check_character(code[:-1]) == code[-1]


def _walk(tree: Tree, value: Any, at: Path) -> Iterator[tuple[Path, Violation]]:
    if not isinstance(value, Mapping):
        yield at, NOT_OBJECT
        return
    for key, item in tree.items():
        place = (*at, key)
        if key not in value:
            if is_required(item):
                yield place, REQUIRED
        elif not isinstance(item, Fact):
            yield from _walk(item, value[key], place)
        elif value[key] is None:
            if item.required:
                yield place, IS_NULL
        else:
            violation = violation_of(item.kind, value[key])
            if violation is not None:
                yield place, violation
    for key in sorted(value.keys() - tree.keys()):
        yield (*at, key), UNKNOWN


def _pointers(tree: Tree, at: Path) -> Iterator[tuple[str, str]]:
    for name, item in tree.items():
        yield pointer(*at, name), name
        if not isinstance(item, Fact):
            yield from _pointers(item, (*at, name))


def facts_of(application: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Scalar]:
    """Every fact of the vocabulary, read at its path. What is missing or null has the value that policy gives to its
    absence, otherwise null. Numbers are rounded to the digits of FEEL; a date may be an ISO text.

    The application is taken to be valid: a value of a wrong type is passed on, and undetermined where it is used.
    """
    facts: dict[str, Scalar] = {}
    for name, fact in vocabulary.facts.items():
        value = _at(application, fact.path)
        facts[name] = fact.absent if value is None else _scalar(value, fact.kind.type)
    return facts


def _at(application: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = application
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _scalar(value: Any, wanted: FactType) -> Any:
    if wanted is FactType.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return CONTEXT.create_decimal(value)
    return value
