"""The keys that say what a value may be, shared by facts, outputs, parameters and columns of reference tables."""

from __future__ import annotations

from dataclasses import replace

from greenlane.engine.rules.files.shape import Key, Plain, Shape, Texts, Together, Words
from greenlane.engine.rules.vocabulary import UNITS, FactType
from greenlane.engine.text import Text

_NUMBER, _STRING = FactType.NUMBER.value, FactType.STRING.value
_TYPE_TEXTS = {
    FactType.NUMBER: Text("数值，34位十进制精确计算", "a decimal number, exact to 34 digits"),
    FactType.STRING: Text("文本", "a text"),
    FactType.BOOLEAN: Text("是或否", "`true` or `false`"),
    FactType.DATE: Text("日期", "a date"),
}
TYPES = Words("type", {type_.value: _TYPE_TEXTS[type_] for type_ in FactType})
UNIT_WORDS = Words("unit", {symbol: Text(unit.zh, unit.en) for symbol, unit in UNITS.items()})
CHECKS = Words("check", {"uscc": Text("统一社会信用代码", "unified social credit code of China")})

TYPE = Key("type", TYPES, "值的类型", "the type of its values", required=True)
_DESCRIBING = (
    Key("unit", UNIT_WORDS, "数值的单位；单位不同即报错，从不自动换算",
        "the unit of a number; another unit is an error, nothing is ever scaled", fits=_NUMBER),
    Key("allowed", Texts(Plain.TEXT), "仅允许的值，按优先次序", "its only values, in order of priority", fits=_STRING),
    Key("min", Plain.NUMBER, "最小值（含）", "the smallest value, included", fits=_NUMBER),
    Key("max", Plain.NUMBER, "最大值（含）", "the greatest value, included", fits=_NUMBER),
    Key("whole", Plain.FLAG, "是否必须为整数", "whether it has no decimals", fits=_NUMBER),
    Key("pattern", Plain.TEXT, "整个文本须符合的正则表达式", "a regular expression for the whole text", fits=_STRING),
    Key("check", CHECKS, "校验位规则", "the check digit it must have", fits=_STRING),
)  # fmt: skip
KIND_KEYS = (TYPE, *_DESCRIBING)


def labels(required: bool) -> tuple[Key, Key]:
    """The keys `zh` and `en`."""
    return (
        Key("zh", Plain.TEXT, "中文名称", "its label in Chinese", required),
        Key("en", Plain.TEXT, "英文名称", "its label in English", required),
    )


ROW_OUTPUTS = ("id", "code")
BOTH_LABELS = (Together("zh", needs=("en",)), Together("en", needs=("zh",)))
TITLE = Shape("title", labels(required=True))
OUTPUT = Shape("output", (*KIND_KEYS, *labels(required=False)), BOTH_LABELS)
ROW_OUTPUT = Shape("row_output", (replace(TYPE, required=False), *_DESCRIBING, *labels(required=False)), BOTH_LABELS)
"""An output `id` or `code`, which takes the row's own: a text where no type is said."""
