"""What is said of rules that pass a limit: one diagnostic, in both languages, and all of them on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.api.config import Settings
from greenlane.api.problems import ErrorItem
from greenlane.api.releases.examination_limits import CASE, COMPARING, COMPILING, READING, Limit, refusal

PAGE = Path(__file__).parents[3] / "docs" / "diagnostics.md"
SETTINGS = Settings(draft_seconds=7, draft_memory=300, draft_answer=9)


@pytest.mark.parametrize(
    ("limit", "stage", "zh", "en"),
    [
        (
            Limit.TIME,
            READING,
            "读取与检查规则文件时超过 7 秒",
            "reading and checking the rule files took more than 7 s",
        ),
        (Limit.TIME, "", "启动时超过 7 秒", "starting took more than 7 s"),
        (
            Limit.MEMORY,
            COMPILING,
            "编译规则时所需内存超过 300 MB",
            "compiling the rules took more than 300 MB of memory",
        ),
        (Limit.ANSWER, COMPARING, "比较规则时结果超过 9 MB", "comparing the rules gave an answer of more than 9 MB"),
        (Limit.DIED, f"{CASE}甲/1", "运行案例 `甲/1` 时进程意外终止", "deciding the case `甲/1` ended its process"),
    ],
)
def test_what_is_told(limit: Limit, stage: str, zh: str, en: str) -> None:
    """What was being done, which limit it passed and what that is; help in the same language."""
    problem = refusal(limit, stage, SETTINGS)
    (fault,) = problem.errors
    items = [ErrorItem.of(fault, language) for language in ("zh", "en")]
    assert [item.detail for item in items] == [zh, en]
    assert {(item.code, item.severity) for item in items} == {(limit.value, "error")}
    assert {item.pointer for item in items} == {"/files/cases~1甲~11.json" if stage.startswith(CASE) else "/files"}
    assert len({item.help for item in items}) == 2
    assert problem.kind.status == 422


def test_a_long_name_is_cut() -> None:
    """What an author calls a case is repeated as far as a person reads it."""
    (fault,) = refusal(Limit.TIME, CASE + "x" * 5000, SETTINGS).errors
    assert "x" * 80 + "`" in fault.violation.detail.en


@pytest.mark.parametrize("limit", Limit)
def test_each_is_documented(limit: Limit) -> None:
    """With what to do about it, and the setting that says how much is too much."""
    entry = PAGE.read_text(encoding="utf-8").partition(f"### {limit.value}: ")[2].partition("\n### ")[0]
    assert "\nFix: " in entry
