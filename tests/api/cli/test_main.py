"""The door of the command line."""

from __future__ import annotations

import pytest

from greenlane.api.cli import COMMANDS
from greenlane.api.version import service_version
from tests.api.cli.conftest import Run


def test_help_lists_every_command(run: Run) -> None:
    """`greenlane --help` shows the commands in order, in both languages."""
    shown = run("--help")
    assert shown.exit_code == 0
    listed = [line.split()[0] for line in shown.output.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == list(COMMANDS)
    assert "用银行自己的规则文件对公贷款决策" in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_two_languages(run: Run, name: str) -> None:
    """Each help says what the command does in English, then in Chinese."""
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in shown.output)
    assert shown.output.isascii() is False


def test_version(run: Run) -> None:
    """`--version` is the version of the service."""
    assert run("--version").output == service_version() + "\n"


def test_unknown_command_names_the_nearest(run: Run) -> None:
    """A slip of the finger is answered with the right name, exit code 2."""
    shown = run("chekc")
    assert shown.exit_code == 2
    assert "no command `chekc`: did you mean `check`?" in shown.output


def test_unknown_setting_is_a_mistake_of_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable stops the command before it does anything."""
    monkeypatch.setenv("GREENLANE_MATCHR", "bitmap")
    shown = run("check")
    assert shown.exit_code == 2
    assert "unknown setting `GREENLANE_MATCHR`: did you mean `GREENLANE_MATCHER`?" in shown.output
