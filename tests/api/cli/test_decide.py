"""`greenlane decide` and `greenlane explain` on a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.cli.conftest import EXAMPLES, Run, spoil


def test_answer_for_people(run: Run) -> None:
    """Status, reasons with their row and place, outcome; plain text when piped."""
    shown = run("decide", EXAMPLES / "EX-06.json")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[0] == "status  DECLINED"
    assert lines[1].startswith("  E309  Above CNY 10m cap  (ELG-IN9, eligibility.yaml:")
    assert "outcome" in lines
    assert "\x1b" not in shown.output


def test_texts_in_chinese(run: Run) -> None:
    """`--lang zh` shows the Chinese texts."""
    assert "超过1000万元" in run("decide", EXAMPLES / "EX-06.json", "--lang", "zh").output


def test_answer_for_programs(run: Run) -> None:
    """`--json` is what the API answers, with the trace asked for; standard input will do."""
    body = (EXAMPLES / "EX-01.json").read_bytes()
    answer = json.loads(run("decide", "-", "--json", "--trace", "fired", input=body).output)
    assert (answer["status"], answer["as_of"]) == ("APPROVE_RECOMMENDED", "2026-03-02")
    assert answer["outcome"]["pricing"]["rate_pct"] == "2.85"
    assert answer["trace"] is not None


def test_as_of_another_day(run: Run) -> None:
    """Before the rules are in force nothing is decided."""
    shown = run("decide", EXAMPLES / "EX-01.json", "--as-of", "2023-12-31")
    assert shown.exit_code == 1
    assert shown.output == "error: the rules are not in force on 2023-12-31\n  in force from 2024-01-01\n"


def test_every_fault_of_the_application(run: Run, tmp_path: Path) -> None:
    """Faults come all at once, by their pointer, with the nearest name."""
    application = json.loads((EXAMPLES / "EX-01.json").read_bytes())
    application["request"]["amount_wan"] = "much"
    application["request"]["prodct"] = application["request"].pop("product")
    (tmp_path / "bad.json").write_text(json.dumps(application), encoding="utf-8")
    shown = run("decide", "bad.json")
    assert shown.exit_code == 1
    assert "/request/amount_wan: " in shown.output
    assert "/request/prodct: there is no such field / 没有此字段 (did you mean `product`?)" in shown.output


def test_text_that_is_not_json(run: Run, tmp_path: Path) -> None:
    """What cannot be read as JSON is said plainly."""
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    shown = run("decide", "bad.json")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: `bad.json`: the body is not valid JSON\n")


def test_faulty_rules_decide_nothing(run: Run, rules: Path) -> None:
    """With an error in the rules the fault is shown instead of an answer."""
    spoil(rules / "eligibility.yaml", "ELG-IN6  | rd_ratio_pct < 3 ", "ELG-IN6  | rd_ratio_pct <   ")
    shown = run("decide", EXAMPLES / "EX-01.json", "--rules", "rules")
    assert shown.exit_code == 1
    assert "rules/eligibility.yaml:" in shown.output
    assert shown.output.rstrip().endswith("error: the rule files in `rules` cannot decide anything: 1 error")


def test_explained_in_sentences(run: Run) -> None:
    """The explanation names the row that declined, in the language asked for."""
    english = run("explain", EXAMPLES / "EX-06.json")
    chinese = run("explain", EXAMPLES / "EX-06.json", "--lang", "zh")
    assert english.exit_code == 0, english.output
    assert "ELG-IN9" in english.output
    assert "超过1000万元" in chinese.output


def test_the_budget_is_that_of_the_service(run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the service would refer for the work it takes is referred here as well."""
    busy = "value: if count(for i in 1..5000 return i) > 0 then assessed.status else null\n"
    spoil(rules / "outcome.yaml", "value: assessed.status\n", busy)
    words = "decide", EXAMPLES / "EX-01.json", "--rules", rules
    assert run(*words).output.splitlines()[0] == "status  APPROVE_RECOMMENDED"
    monkeypatch.setenv("GREENLANE_DECISION_STEPS", "10000")
    shown = run(*words).output
    assert shown.splitlines()[0] == "status  REFERRED"
    assert "than one decision may ask for (10000 steps)" in shown
