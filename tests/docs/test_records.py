"""Pages that are easily forgotten: versions in the changelog, exit codes, decision records."""

from __future__ import annotations

import re

from greenlane.api.cli import COMMANDS
from greenlane.api.ledger.migrate import newest
from greenlane.api.version import service_version
from greenlane.engine.rules.files.file_schemas import LANGUAGE
from tests.project.sources import ROOT

RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def test_the_changelog_says_what_this_version_needs() -> None:
    """Its first row is that of this version: the revision of the tables and the version of the rule language."""
    page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, _released, tables, language = re.findall(r"^\| (\d.*) \|$", page, re.MULTILINE)[0].split(" | ")
    assert version == service_version()
    assert f"revision `{newest()}`" in tables
    assert language.partition(",")[0] == str(LANGUAGE)


def test_every_command_has_its_exit_code() -> None:
    """What exit code 1 means is said of each command."""
    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    table = page.partition("What code 1 means")[2]
    named = {name.split()[0] for first in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in _quoted(first)}
    assert named == set(COMMANDS)


def test_records_of_decisions_are_numbered_and_dated() -> None:
    """Each has a number of its own, its date, and what became of it."""
    assert len({path.name[:4] for path in RECORDS}) == len(RECORDS)
    for path in RECORDS:
        head = path.read_text(encoding="utf-8").splitlines()
        assert head[0].startswith(f"# {path.name[:4]}. ")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d, (accepted|superseded by \d{4})", head[2]), path.name


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
