"""Everything that the frame of a rule file may say: ruleset.yaml, vocabulary.yaml, reference.yaml."""

from __future__ import annotations

import posixpath

from greenlane.engine.rules.files.decision_shapes import DECISION
from greenlane.engine.rules.files.shape import Each, Key, Levels, Matching, NameOf, Plain, Shape, Suggested
from greenlane.engine.rules.files.value_shapes import BOTH_LABELS, KIND_KEYS, TITLE, labels

LANGUAGE = 1
SENSITIVITY = Levels(1, 5)
_SINCE = Key("from", Plain.DAY, "第一天（含）", "the first day", required=True)
_DECISION_NAME = NameOf(Suggested.DECISIONS)

EFFECTIVE = Shape(
    "effective", (_SINCE, Key("until", Plain.DAY, "最后一天（含）；可省略", "the last day; may be left out"))
)
COVERS = Shape("covers", (_SINCE, Key("until", Plain.DAY, "最后一天（含）", "the last day", required=True)))
ANSWER = Shape("answer", (
    Key("outcome", _DECISION_NAME, "给出结果的决策", "the decision that makes the outcome", required=True),
    Key("status", _DECISION_NAME, "给出状态的决策", "the decision that makes the status", required=True),
    Key("reasons", _DECISION_NAME, "给出原因代码列表的决策", "the decision that lists the reason codes", required=True),
    Key("referred", Plain.TEXT, "状态无法判定时的状态", "the status where `status` cannot be told", required=True),
))  # fmt: skip
RULESET = Shape("ruleset", (
    Key("ruleset", Matching("[a-z0-9]+(-[a-z0-9]+)*"), "规则集名称：小写单词以 `-` 连接",
        "the name of the ruleset: lower case words joined by `-`", required=True),
    Key("language", Levels(LANGUAGE, LANGUAGE), "规则语言版本", "the version of the rule language", required=True),
    Key("version", Matching(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?"), "规则集版本，如 `1.0.0`；每次修改须提高",
        "the version of the ruleset, as in `1.0.0`; raise it with every change", required=True),
    Key("owner", Plain.TEXT, "负责部门", "who is responsible for it", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("effective", EFFECTIVE, "生效期间", "since when, and until when, it holds", required=True),
    Key("answer", ANSWER, "由哪些决策组成答复", "which decisions make the answer", required=True),
))  # fmt: skip

FACT = Shape("fact", (
    Key("in", NameOf(Suggested.GROUPS), "事实所在的申请分组；不写则在顶层",
        "the group of the application it stands in; without it, at the top"),
    *KIND_KEYS,
    Key("required", Plain.FLAG, "缺少它的申请是错误的", "an application without it is faulty"),
    Key("absent", Plain.VALUE, "申请未给出时的取值；不写则为未知，依赖它的规则无法判定",
        "the value it has where the application gives none; else it stays unknown, and so does what depends on it"),
    Key("sensitivity", SENSITIVITY, "敏感级别：1 公开（默认）至 5（JR/T 0197）",
        "how sensitive it is: 1 (public, also where nothing is said) to 5"),
    Key("personal", Plain.FLAG, "是否个人信息：无论级别均须遮盖",
        "whether it is personal data, masked whatever its level"),
    *labels(required=True),
))  # fmt: skip
VOCABULARY = Shape("vocabulary", (
    Key("groups", Each(TITLE), "申请的分组", "the groups of an application"),
    Key("facts", Each(FACT), "每个事实一行", "every fact by its name", required=True),
))  # fmt: skip

COLUMN = Shape("column", (
    *KIND_KEYS,
    Key("optional", Plain.FLAG, "可以为空", "whether a field may be blank"),
    *labels(required=False),
), BOTH_LABELS)  # fmt: skip
TABLE = Shape("table", (
    Key("file", Plain.TEXT, "同一文件夹中的 CSV 文件", "the CSV file, in the same folder", required=True),
    Key("title", TITLE, "标题", "its title", required=True),
    Key("source", Plain.TEXT, "数据来源", "where the data comes from", required=True),
    Key("dated by", Plain.TEXT, "记录按此日期列排序", "the date column by which its records are in order"),
    Key("covers", COVERS, "数据完整的日期范围", "for which days the table is complete"),
    Key("columns", Each(COLUMN, named=False), "CSV 文件的列", "the columns of the file by their names", required=True),
))  # fmt: skip
REFERENCE = Shape(
    "reference", (Key("tables", Each(TABLE), "参考表", "the reference tables by their names", required=True),)
)

FILES = {"ruleset.yaml": RULESET, "vocabulary.yaml": VOCABULARY, "reference.yaml": REFERENCE}


def shape_of(path: str) -> Shape:
    """The shape of the documents in a file, by its name."""
    return FILES.get(posixpath.basename(path), DECISION)
