"""The limits of examining rules that nobody has approved, and what is said where one is passed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from greenlane.api.config import Settings
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.engine.decide.application import Violation
from greenlane.engine.json_text import pointer
from greenlane.engine.text import Text

READING, COMPILING, COMPARING, CASE = "read", "compile", "compare", "case "
"""What is done next; a case is named after `CASE`."""

SHOWN = 80
"""Characters of a case's name that are repeated."""


class Limit(Enum):
    """What was passed, by the code of its diagnostic."""

    TIME = "GL901"
    MEMORY = "GL902"
    ANSWER = "GL903"
    DIED = "GL904"


DOING: Mapping[str, Text] = {
    "": Text("启动时", "starting"),
    READING: Text("读取与检查规则文件时", "reading and checking the rule files"),
    COMPILING: Text("编译规则时", "compiling the rules"),
    COMPARING: Text("比较规则时", "comparing the rules"),
}

LESS = Text(
    "请减少计算量：缩短列表，减少决策之间的重复调用",
    "compute less: shorter lists, fewer calls from one decision to another",
)
HELP: Mapping[Limit, Text] = {
    Limit.TIME: LESS,
    Limit.MEMORY: LESS,
    Limit.ANSWER: Text("请减少规则文件或案例", "hand in fewer rule files or cases"),
    Limit.DIED: Text("请凭 trace_id 联系运维", "quote the trace_id to the operators"),
}


def refusal(limit: Limit, stage: str, settings: Settings) -> ProblemError:
    """The problem of rules that pass a limit, or end their process: one diagnostic, which says what was being done."""
    fault = FieldProblem(
        Violation(limit.value, _told(limit, _doing(stage), settings)),
        pointer=pointer("files", f"cases/{stage.removeprefix(CASE)}.json") if stage.startswith(CASE) else "/files",
        severity="error",
        help=HELP[limit],
    )
    return ProblemError("rules_faulty", (fault,))


def _doing(stage: str) -> Text:
    if stage.startswith(CASE):
        name = stage.removeprefix(CASE)[:SHOWN]
        return Text(f"运行案例 `{name}` 时", f"deciding the case `{name}`")
    return DOING[stage]


def _told(limit: Limit, doing: Text, settings: Settings) -> Text:
    seconds, memory, answer = settings.draft_seconds, settings.draft_memory, settings.draft_answer
    match limit:
        case Limit.TIME:
            return Text(f"{doing.zh}超过 {seconds} 秒", f"{doing.en} took more than {seconds} s")
        case Limit.MEMORY:
            return Text(f"{doing.zh}所需内存超过 {memory} MB", f"{doing.en} took more than {memory} MB of memory")
        case Limit.ANSWER:
            return Text(f"{doing.zh}结果超过 {answer} MB", f"{doing.en} gave an answer of more than {answer} MB")
        case Limit.DIED:
            return Text(f"{doing.zh}进程意外终止", f"{doing.en} ended its process")
