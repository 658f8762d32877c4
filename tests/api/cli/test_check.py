"""`greenlane check`."""

from __future__ import annotations

from pathlib import Path

from tests.api.cli.conftest import Run, spoil


def test_shipped_rules_have_no_errors(run: Run) -> None:
    """The shipped rules may decide; the last line counts files and faults."""
    shown = run("check")
    assert shown.exit_code == 0, shown.output
    assert " files in " in shown.output.splitlines()[-1]
    assert ": error" not in shown.output


def test_fault_is_shown_at_its_cell(run: Run, rules: Path) -> None:
    """A misspelt fact is underlined where it stands, with the right name; the path is one to open from here."""
    spoil(rules / "eligibility.yaml", "ELG-IN6  | rd_ratio_pct < 3 ", "ELG-IN6  | rd_ratoi_pct < 3 ")
    shown = run("check", "rules")
    text = (rules / "eligibility.yaml").read_text(encoding="utf-8").splitlines()
    line = next(i for i, t in enumerate(text, 1) if "rd_ratoi_pct" in t)
    column = text[line - 1].index("rd_ratoi_pct") + 1
    assert shown.exit_code == 1
    assert f"rules/eligibility.yaml:{line}:{column}: error GL" in shown.output
    assert "^^^^^^^^^^^^\n" in shown.output
    assert "rd_ratio_pct" in shown.output.split("^^^^^^^^^^^^", 1)[1]
    assert shown.output.rstrip().endswith(": 1 error, 2 warnings")


def test_faults_of_reading_and_of_checking_together(run: Run, rules: Path) -> None:
    """A cell that is no FEEL does not hide a misspelt fact elsewhere, and makes no errors of its own."""
    spoil(rules / "eligibility.yaml", "ELG-IN6  | rd_ratio_pct < 3 ", "ELG-IN6  | rd_ratoi_pct < 3 ")
    spoil(rules / "eligibility.yaml", "value: amount_wan > total_investment_wan - capital_wan", "value: amount_wan >")
    shown = run("check", "rules")
    assert shown.exit_code == 1
    assert shown.output.splitlines()[-1].endswith(": 2 errors")


def test_no_such_directory(run: Run) -> None:
    """A directory that is not there is a finding, in one line."""
    shown = run("check", "nowhere")
    assert shown.exit_code == 1
    assert shown.output == "error: the rule files cannot be read: no directory of rule files at nowhere\n"


def test_empty_directory(run: Run, tmp_path: Path) -> None:
    """No rule files cannot decide anything."""
    (tmp_path / "empty").mkdir()
    assert run("check", "empty").exit_code == 1
