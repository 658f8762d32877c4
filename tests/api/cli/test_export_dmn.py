"""`greenlane export --dmn`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.api.cli.conftest import EXAMPLES, Run, spoil
from tests.engine.interop.dmn.exporter.test_second_engine import plain
from tests.engine.interop.dmn.exporter.test_shipped import given_facts


def test_out_and_run(run: Run, tmp_path: Path) -> None:
    """The model of the shipped rules decides a worked case by `greenlane dmn`, from flat facts and the day."""
    shown = run("export", "--dmn", "rules.dmn")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("87 decisions in ")
    assert shown.output.endswith("to rules.dmn\n")
    application = json.loads((EXAMPLES / "EX-01.json").read_text(encoding="utf-8"))
    facts, day = given_facts(application)
    (tmp_path / "facts.json").write_text(json.dumps(plain({**facts, "as_of": day})), encoding="utf-8")
    answer = run("dmn", "rules.dmn", "--decision", "outcome", "--inputs", "facts.json", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["status"] == "APPROVE_RECOMMENDED"


def test_what_is_left_out_is_told(run: Run, rules: Path) -> None:
    """A decision that DMN cannot say is named with its line, and so is what reads it; the rest is written."""
    spoil(
        rules / "pricing.yaml",
        "value: (application_date - base_rate.published).days",
        "value: (today() - today()).days",
    )
    shown = run("export", "--dmn", "rules.dmn", "rules")
    assert shown.exit_code == 0
    assert "warning GL630: `lpr_age_days` is not in the model: `today()` is never" in shown.output
    assert re.search(r"rules/pricing\.yaml:\d+:9: warning GL630: `lpr_age_days`", shown.output)
    assert "GL630: `price_conditions` is not in the model: it reads `lpr_age_days`, which is not" in shown.output
    assert "left out\n" in shown.output
    assert (rules.parent / "rules.dmn").exists()


def test_faults_are_shown_and_nothing_is_written(run: Run, rules: Path) -> None:
    """Rule files that cannot decide anything are not exported."""
    spoil(rules / "pricing.yaml", "value: relationship_years >= 5", "value: relationship_yeers >= 5")
    shown = run("export", "--dmn", "rules.dmn", "rules")
    assert shown.exit_code == 1
    assert "error GL210" in shown.output
    assert "nothing was exported: 1 error" in shown.output
    assert not (rules.parent / "rules.dmn").exists()


@pytest.mark.parametrize("words", [(), ("--xlsx", "a.xlsx", "--dmn", "a.dmn")])
def test_one_form_at_a_time(run: Run, words: tuple[str, ...]) -> None:
    """Exactly one of `--xlsx` and `--dmn`."""
    shown = run("export", *words)
    assert shown.exit_code == 2
    assert "either --xlsx FILE or --dmn FILE" in shown.output
