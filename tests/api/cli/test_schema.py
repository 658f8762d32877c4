"""`greenlane schema`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.api.cli.conftest import ROOT, Run, spoil


def test_committed_schema_is_what_the_command_prints(run: Run) -> None:
    """To the byte: `greenlane schema --out rules/ruleset.schema.json` writes it anew."""
    shown = run("schema")
    assert shown.exit_code == 0, shown.output
    assert shown.output == (ROOT / "rules" / "ruleset.schema.json").read_text(encoding="utf-8")


def test_schema_is_written_to_a_file(run: Run, tmp_path: Path) -> None:
    """With the names of the ruleset at hand, where its directory is given."""
    file = tmp_path / "new" / "x.json"
    shown = run("schema", ROOT / "rules", "--out", file)
    assert (shown.exit_code, shown.output) == (0, "")
    facts = json.loads(file.read_text(encoding="utf-8"))["$defs"]["fact"]["properties"]
    assert "financials" in facts["in"]["examples"]


def test_names_of_rules_with_faults_are_not_guessed(run: Run, rules: Path) -> None:
    """Faults are shown, and nothing is printed."""
    spoil(rules / "pricing.yaml", "undetermined: refer\nreferral: {belongs_to: unknown}", "undetermined: referr")
    shown = run("schema", "rules")
    assert shown.exit_code == 1
    assert "GL118" in shown.stderr
    assert "$defs" not in shown.stdout
