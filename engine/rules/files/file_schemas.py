"""The schemas of rule files: every key of ruleset.yaml, vocabulary.yaml, reference.yaml and decisions. Pure data."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from greenlane.engine.rules.files.schema import (
    Enumeration,
    IntegerRange,
    Key,
    KeyDependency,
    ListOf,
    ListOrMap,
    MapOf,
    MapSchema,
    NameReference,
    NameSource,
    OneOrList,
    ScalarSchema,
    TextList,
    TextPattern,
)
from greenlane.engine.rules.table import Hit, OnUndetermined
from greenlane.engine.rules.vocabulary import UNITS, FactType
from greenlane.engine.text import Text

_NUMBER, _STRING = FactType.NUMBER.value, FactType.STRING.value
_TYPE_TEXTS = {
    FactType.NUMBER: Text("数值，34位十进制精确计算", "a decimal number, exact to 34 digits"),
    FactType.STRING: Text("文本", "a text"),
    FactType.BOOLEAN: Text("是或否", "`true` or `false`"),
    FactType.DATE: Text("日期", "a date"),
}
_TYPES = Enumeration("type", {type_.value: _TYPE_TEXTS[type_] for type_ in FactType})
UNIT_SYMBOLS = Enumeration("unit", {symbol: Text(unit.zh, unit.en) for symbol, unit in UNITS.items()})
CHECKS = Enumeration("check", {"uscc": Text("统一社会信用代码", "unified social credit code of China")})

_TYPE = Key("type", _TYPES, "值的类型", "the type of its values", required=True)
_CONSTRAINTS = (
    Key("unit", UNIT_SYMBOLS, "数值的单位；单位不同即报错，从不自动换算",
        "the unit of a number; another unit is an error, nothing is ever scaled", only_for=_NUMBER),
    Key("allowed", TextList(ScalarSchema.TEXT), "仅允许的值，按优先次序",
        "its only values, in order of priority", only_for=_STRING),
    Key("min", ScalarSchema.NUMBER, "最小值（含）", "the smallest value, included", only_for=_NUMBER),
    Key("max", ScalarSchema.NUMBER, "最大值（含）", "the greatest value, included", only_for=_NUMBER),
    Key("whole", ScalarSchema.BOOLEAN, "是否必须为整数", "whether it has no decimals", only_for=_NUMBER),
    Key("pattern", ScalarSchema.TEXT, "整个文本须符合的正则表达式",
        "a regular expression for the whole text", only_for=_STRING),
    Key("check", CHECKS, "校验位规则", "the check digit it must have", only_for=_STRING),
)  # fmt: skip
KIND_KEYS = (_TYPE, *_CONSTRAINTS)


def _labels(required: bool) -> tuple[Key, Key]:
    """The keys `zh` and `en`."""
    return (
        Key("zh", ScalarSchema.TEXT, "中文名称", "its label in Chinese", required),
        Key("en", ScalarSchema.TEXT, "英文名称", "its label in English", required),
    )


ROW_OUTPUTS = ("id", "code")
_BOTH_LABELS = (KeyDependency("zh", requires=("en",)), KeyDependency("en", requires=("zh",)))
TITLE = MapSchema("title", _labels(required=True))
OUTPUT = MapSchema("output", (*KIND_KEYS, *_labels(required=False)), _BOTH_LABELS)
ROW_OUTPUT = MapSchema(
    "row_output", (replace(_TYPE, required=False), *_CONSTRAINTS, *_labels(required=False)), _BOTH_LABELS
)
"""An output `id` or `code`, which takes the row's own: a text where no type is said."""

_HIT_TEXTS = {
    Hit.UNIQUE: Text("最多一行成立", "one row holds at most"),
    Hit.ANY: Text("成立的各行结果相同", "all rows that hold yield the same"),
    Hit.FIRST: Text("按顺序第一个成立的行", "the first row that holds"),
    Hit.PRIORITY: Text("输出允许值中次序最前的结果", "the result that comes first among the allowed values"),
    Hit.RULE_ORDER: Text("列出所有成立行，按行的顺序", "lists every row that holds, in the order of rows"),
    Hit.OUTPUT_ORDER: Text("列出所有成立行，按允许值次序", "lists every row that holds, by its allowed values"),
    Hit.COLLECT: Text("列出所有成立行", "lists every row that holds"),
    Hit.COLLECT_SUM: Text("成立行结果之和", "the sum of what the rows that hold yield"),
    Hit.COLLECT_MIN: Text("成立行结果的最小值", "the smallest of what they yield"),
    Hit.COLLECT_MAX: Text("成立行结果的最大值", "the greatest of what they yield"),
    Hit.COLLECT_COUNT: Text("成立行的个数", "how many rows hold"),
}
_UNDETERMINED_TEXTS = {
    OnUndetermined.REFER: Text("转人工处理", "a person looks at the case"),
    OnUndetermined.IGNORE: Text("如同不成立", "as if it did not hold"),
    OnUndetermined.ERROR: Text("整个决策无法判定", "the decision itself cannot be told"),
}
RULE_SET = "rule set"
_KINDS = Enumeration("kind", {RULE_SET: Text("规则集：行断言其他行读取的事实", "rows set facts that other rows read")})
_HITS = Enumeration("hit", {hit.value: _HIT_TEXTS[hit] for hit in Hit})
_UNDETERMINED = Enumeration("undetermined", {way.value: _UNDETERMINED_TEXTS[way] for way in OnUndetermined})
_VALUES = MapOf(ScalarSchema.EXPRESSION)
_ROWS = Key("rows", ScalarSchema.ROWS, "规则表，写在 `|` 之下：首行为列名，每行一条规则，单元格以 ` | ` 分隔",
            "the table under `|`: a header line, then one rule a line, cells separated by ` | `")  # fmt: skip

SECTION = MapSchema("section", (
    Key("title", TITLE, "小节标题", "the title of the section"),
    Key("for", ScalarSchema.EXPRESSION, "本节所有行共同的条件（FEEL）", "a FEEL condition for all its rows"),
    Key("set", _VALUES, "本节所有行相同的输出", "outputs that are the same in all its rows"),
    replace(_ROWS, required=True),
))  # fmt: skip
_OUTPUTS = MapOf(OUTPUT, nonempty=True, known=dict.fromkeys(ROW_OUTPUTS, ROW_OUTPUT))
BODIES = ("value", "rows", "sections")
DECISION = MapSchema("decision", (
    Key("decision", ScalarSchema.NAME, "决策名称，在表达式中使用",
        "the name of the decision, as expressions use it", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("basis", ScalarSchema.TEXT, "依据的政策或法规", "the policy or regulation it rests on"),
    Key("kind", _KINDS, "仅在规则集中书写", "said by rule sets only"),
    Key("parameters", ListOrMap(TextList(NameReference(NameSource.FACTS), nonempty=False), MapOf(OUTPUT)),
        "有参数的决策是函数：`[事实]` 或 `{名称: {type: …}}`", "makes it a function: `[fact]` or `{name: {type: …}}`"),
    Key("hit", _HITS, "命中策略：成立的各行如何得出结果", "the hit policy: how the rows that hold make the result"),
    Key("undetermined", _UNDETERMINED, "因缺少事实而无法判定的行如何处理",
        "what a row does that cannot be decided, as a fact is missing"),
    Key("referral", _VALUES, "列表型决策表中，无法判定的行给出的输出", "in a table that lists: what such a row yields"),
    Key("asserts", _OUTPUTS, "规则集断言的事实", "the facts that the rule set sets"),
    Key("outputs", _OUTPUTS, "输出列；`id` 与 `code` 取行自身的值",
        "the columns of the result; `id` and `code` take the row's own"),
    Key("default", _VALUES, "没有行成立时的结果", "what holds when no row does"),
    Key("value", ScalarSchema.EXPRESSION, "以一个 FEEL 表达式决定", "decides by one FEEL expression"),
    _ROWS,
    Key("sections", ListOf(SECTION), "分节的规则表", "tables with a heading of their own"),
), (
    KeyDependency("value", excludes=(
        "rows", "sections", "kind", "hit", "undetermined", "referral", "asserts", "outputs", "default",
    )),
    KeyDependency("rows", ("value",), excludes=("sections",)),
    *(rule for rows in ("rows", "sections") for rule in (
        KeyDependency(rows, ("value",), requires=("undetermined",)),
        KeyDependency(rows, ("value", "asserts"), requires=("outputs", "hit")),
    )),
    KeyDependency("asserts", ("value",), excludes=("outputs", "hit", "referral", "parameters"), requires=("kind",)),
), one_of=BODIES)  # fmt: skip

LANGUAGE = 1
SENSITIVITY = IntegerRange(1, 5)
_SINCE = Key("from", ScalarSchema.DATE, "第一天（含）", "the first day", required=True)
_DECISION_NAME = NameReference(NameSource.DECISIONS)

_EFFECTIVE = MapSchema(
    "effective", (_SINCE, Key("until", ScalarSchema.DATE, "最后一天（含）；可省略", "the last day; may be left out"))
)
_COVERS = MapSchema(
    "covers", (_SINCE, Key("until", ScalarSchema.DATE, "最后一天（含）", "the last day", required=True))
)
REQUIREMENT = MapSchema("requirement", (
    Key("when", ScalarSchema.EXPRESSION, "何时要求（FEEL）；不写则总是要求",
        "when it is asked for (FEEL); always where it is left out"),
    Key("then", ScalarSchema.EXPRESSION, "此时必须成立的条件（FEEL）", "what must hold then (FEEL)", required=True),
    Key("zh", ScalarSchema.TEXT, "不满足时给出的中文原因", "the reason in Chinese where it is not met", required=True),
    Key("en", ScalarSchema.TEXT, "不满足时给出的英文原因", "the reason in English where it is not met", required=True),
))  # fmt: skip
ANSWER = MapSchema("answer", (
    Key("outcome", _DECISION_NAME, "给出结果的决策", "the decision that makes the outcome", required=True),
    Key("status", _DECISION_NAME, "给出状态的决策；只作计算的规则集可不写",
        "the decision that makes the status; a ruleset that only computes has none"),
    Key("reasons", OneOrList(_DECISION_NAME), "给出原因代码列表的决策，可有多个",
        "the decision that lists the reason codes, or several of them"),
    Key("referred", ScalarSchema.TEXT, "状态、结果或原因有无法判定之处，或不满足要求时的状态",
        "the status where anything of the answer cannot be told, or a requirement is not met"),
    Key("requires", MapOf(REQUIREMENT, feel_names=False, nonempty=True), "答复必须满足的要求，按代码",
        "what an answer must have, by reason code"),
), (
    KeyDependency("status", requires=("referred",)),
    KeyDependency("referred", requires=("status",)),
    KeyDependency("requires", requires=("status",)),
))  # fmt: skip
RULESET = MapSchema("ruleset", (
    Key("ruleset", TextPattern("[a-z0-9]+(-[a-z0-9]+)*"), "规则集名称：小写单词以 `-` 连接",
        "the name of the ruleset: lower case words joined by `-`", required=True),
    Key("language", IntegerRange(LANGUAGE, LANGUAGE), "规则语言版本",
        "the version of the rule language", required=True),
    Key("version", TextPattern(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?"),
        "规则集版本，如 `1.0.0`；每次修改须提高",
        "the version of the ruleset, as in `1.0.0`; raise it with every change", required=True),
    Key("owner", ScalarSchema.TEXT, "负责部门", "who is responsible for it", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("effective", _EFFECTIVE, "生效期间", "since when, and until when, it holds", required=True),
    Key("answer", ANSWER, "由哪些决策组成答复", "which decisions make the answer", required=True),
))  # fmt: skip

FACT = MapSchema("fact", (
    Key("in", NameReference(NameSource.GROUPS), "事实所在的申请分组；不写则在顶层",
        "the group of the application it stands in; without it, at the top"),
    *KIND_KEYS,
    Key("required", ScalarSchema.BOOLEAN, "缺少它的申请是错误的", "an application without it is faulty"),
    Key("absent", ScalarSchema.VALUE, "申请未给出时的取值；不写则为未知，依赖它的规则无法判定",
        "the value it has where the application gives none; else it stays unknown, and so does what depends on it"),
    Key("sensitivity", SENSITIVITY, "敏感级别：1 公开（默认）至 5（JR/T 0197）",
        "how sensitive it is: 1 (public, also where nothing is said) to 5"),
    Key("personal", ScalarSchema.BOOLEAN, "是否个人信息：无论级别均须遮盖",
        "whether it is personal data, masked whatever its level"),
    *_labels(required=True),
))  # fmt: skip
VOCABULARY = MapSchema("vocabulary", (
    Key("groups", MapOf(TITLE), "申请的分组", "the groups of an application"),
    Key("facts", MapOf(FACT), "每个事实一行", "every fact by its name", required=True),
))  # fmt: skip

COLUMN = MapSchema("column", (
    *KIND_KEYS,
    Key("optional", ScalarSchema.BOOLEAN, "可以为空", "whether a field may be blank"),
    *_labels(required=False),
), _BOTH_LABELS)  # fmt: skip
TABLE = MapSchema("table", (
    Key("file", ScalarSchema.TEXT, "同一文件夹中的 CSV 文件", "the CSV file, in the same folder", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("source", ScalarSchema.TEXT, "数据来源", "where the data comes from", required=True),
    Key("dated by", ScalarSchema.TEXT, "记录按此日期列排序", "the date column by which its records are in order"),
    Key("covers", _COVERS, "数据完整的日期范围", "for which days the table is complete"),
    Key("columns", MapOf(COLUMN, feel_names=False), "CSV 文件的列",
        "the columns of the file by their names", required=True),
))  # fmt: skip
REFERENCE = MapSchema(
    "reference", (Key("tables", MapOf(TABLE), "参考表", "the reference tables by their names", required=True),)
)

_FILES = {"ruleset.yaml": RULESET, "vocabulary.yaml": VOCABULARY, "reference.yaml": REFERENCE}


def schema_of_file(path: str) -> MapSchema:
    """The schema of each document in a file, by the file's name."""
    return _FILES.get(posixpath.basename(path), DECISION)
