"""Everything that the frame of a decision may say."""

from __future__ import annotations

from greenlane.engine.rules.files.shape import (
    Each,
    Either,
    Items,
    Key,
    NameOf,
    Plain,
    Shape,
    Suggested,
    Texts,
    Together,
    Words,
)
from greenlane.engine.rules.files.value_shapes import OUTPUT, ROW_OUTPUT, ROW_OUTPUTS, TITLE
from greenlane.engine.rules.table import Hit, OnUndetermined
from greenlane.engine.text import Text

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
_KINDS = Words("kind", {RULE_SET: Text("规则集：行断言其他行读取的事实", "rows set facts that other rows read")})
_HITS = Words("hit", {hit.value: _HIT_TEXTS[hit] for hit in Hit})
_UNDETERMINED = Words("undetermined", {way.value: _UNDETERMINED_TEXTS[way] for way in OnUndetermined})
_VALUES = Each(Plain.EXPRESSION)
_ROWS = Key("rows", Plain.ROWS, "规则表，写在 `|` 之下：首行为列名，每行一条规则，单元格以 ` | ` 分隔",
            "the table under `|`: a header line, then one rule a line, cells separated by ` | `")  # fmt: skip

SECTION = Shape("section", (
    Key("title", TITLE, "小节标题", "the title of the section"),
    Key("for", Plain.EXPRESSION, "本节所有行共同的条件（FEEL）", "a FEEL condition for all its rows"),
    Key("set", _VALUES, "本节所有行相同的输出", "outputs that are the same in all its rows"),
    Key(_ROWS.name, _ROWS.takes, _ROWS.zh, _ROWS.en, required=True),
))  # fmt: skip
OUTPUTS = Each(OUTPUT, some=True, known=dict.fromkeys(ROW_OUTPUTS, ROW_OUTPUT))
BODIES = ("value", "rows", "sections")
DECISION = Shape("decision", (
    Key("decision", Plain.NAME, "决策名称，在表达式中使用",
        "the name of the decision, as expressions use it", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("basis", Plain.TEXT, "依据的政策或法规", "the policy or regulation it rests on"),
    Key("kind", _KINDS, "仅在规则集中书写", "said by rule sets only"),
    Key("parameters", Either(Texts(NameOf(Suggested.FACTS), some=False), Each(OUTPUT)),
        "有参数的决策是函数：`[事实]` 或 `{名称: {type: …}}`", "makes it a function: `[fact]` or `{name: {type: …}}`"),
    Key("hit", _HITS, "命中策略：成立的各行如何得出结果", "the hit policy: how the rows that hold make the result"),
    Key("undetermined", _UNDETERMINED, "因缺少事实而无法判定的行如何处理",
        "what a row does that cannot be decided, as a fact is missing"),
    Key("referral", _VALUES, "列表型决策表中，无法判定的行给出的输出", "in a table that lists: what such a row yields"),
    Key("asserts", OUTPUTS, "规则集断言的事实", "the facts that the rule set sets"),
    Key("outputs", OUTPUTS, "输出列；`id` 与 `code` 取行自身的值",
        "the columns of the result; `id` and `code` take the row's own"),
    Key("default", _VALUES, "没有行成立时的结果", "what holds when no row does"),
    Key("value", Plain.EXPRESSION, "以一个 FEEL 表达式决定", "decides by one FEEL expression"),
    _ROWS,
    Key("sections", Items(SECTION), "分节的规则表", "tables with a heading of their own"),
), (
    Together("value", excludes=(
        "rows", "sections", "kind", "hit", "undetermined", "referral", "asserts", "outputs", "default",
    )),
    Together("rows", ("value",), excludes=("sections",)),
    *(rule for rows in ("rows", "sections") for rule in (
        Together(rows, ("value",), needs=("undetermined",)),
        Together(rows, ("value", "asserts"), needs=("outputs", "hit")),
    )),
    Together("asserts", ("value",), excludes=("outputs", "hit", "referral", "parameters"), needs=("kind",)),
), one_of=BODIES)  # fmt: skip
