"""`greenlane fmt`."""

from __future__ import annotations

from pathlib import Path

from tests.api.cli.conftest import ROOT, Run, spoil


def test_shipped_rules_are_laid_out(run: Run) -> None:
    """Nothing to change in the shipped rules."""
    shown = run("fmt", ROOT / "rules", "--check")
    assert shown.exit_code == 0, shown.output
    assert shown.output.endswith("0 to change\n")


def test_columns_are_aligned_again(run: Run, rules: Path) -> None:
    """A row typed without care is aligned; the same file is as it was; a second time changes nothing."""
    file = rules / "eligibility.yaml"
    before = file.read_text(encoding="utf-8")
    spoil(file, "ELG-IN1  | not(tech)  ", "ELG-IN1|not(tech)  ".replace("|", " | "))
    assert run("fmt", "rules", "--check").exit_code == 1
    assert file.read_text(encoding="utf-8") != before
    assert run("fmt", "rules").output.splitlines()[0] == "changed rules/eligibility.yaml"
    assert file.read_text(encoding="utf-8") == before
    assert run("fmt", "rules").output.endswith(" 0 changed\n")


def test_one_file(run: Run, rules: Path) -> None:
    """One file can be laid out alone."""
    assert run("fmt", rules / "reference" / "reference.yaml").output == "1 file, 0 changed\n"


def test_file_that_is_not_there(run: Run) -> None:
    """A path that does not exist is a mistake of usage."""
    assert run("fmt", "nowhere.yaml").exit_code == 2
