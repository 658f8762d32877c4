"""`greenlane import MODEL.dmn`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Run
from tests.engine.interop.dmn.models import decision, given, literal, model, requires

BODY = (
    given("Base", "number")
    + given("at", "time")
    + decision("Lending rate", literal("Base + 0.15"), requires("Base"))
    + decision("Hour", literal("at.hour"), requires("at"))
)
SOUND = given("Base", "number") + decision("Lending rate", literal("Base + 0.15"), requires("Base"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A model that can be imported, in the directory that the command runs in."""
    path = tmp_path / "pricing.dmn"
    path.write_bytes(model(SOUND))
    return path


def test_a_model_becomes_a_directory(run: Run, file: Path) -> None:
    """Named like it; the files pass `check` and `fmt --check`, and decide."""
    shown = run("import", "pricing.dmn")
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines() == [
        "wrote pricing/ruleset.yaml",
        "wrote pricing/vocabulary.yaml",
        "wrote pricing/values.yaml",
        "wrote pricing/outcome.yaml",
        "wrote pricing/ruleset.schema.json",
        "5 files from pricing.dmn; to review: 7 lines `set on import`",
    ]
    assert run("check", "pricing").exit_code == 0
    assert run("fmt", "--check", "pricing").exit_code == 0
    (file.parent / "application.json").write_text('{"base": 3.45}', encoding="utf-8")
    decided = run("decide", "application.json", "--json", env={"GREENLANE_RULES": "pricing"})
    assert '"lending_rate":3.60' in decided.output, decided.output
    for path in (file.parent / "pricing").glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=ruleset.schema.json\n")
    names = run("schema", "pricing").output
    assert (file.parent / "pricing" / "ruleset.schema.json").read_text(encoding="utf-8") == names


def test_a_directory_with_files_is_left_alone(run: Run, file: Path) -> None:
    """Unless told otherwise; then what is not of the model is named and stays."""
    kept = file.parent / "rules" / "mine.yaml"
    kept.parent.mkdir()
    kept.write_text("decision: mine\n", encoding="utf-8")
    refused = run("import", "pricing.dmn", "--to", "rules")
    assert refused.exit_code == 1
    assert "nothing was imported: `rules` is not empty" in refused.output
    assert [path.name for path in kept.parent.iterdir()] == ["mine.yaml"]
    forced = run("import", "pricing.dmn", "--to", "rules", "--force")
    assert forced.exit_code == 0, forced.output
    assert "not of the model, left as it is: rules/mine.yaml\n" in forced.output
    assert kept.read_text(encoding="utf-8") == "decision: mine\n"


def test_nothing_is_written_with_a_fault(run: Run, file: Path) -> None:
    """It is shown at its place in the model; the decision without it can be imported alone."""
    file.write_bytes(model(BODY))
    shown = run("import", "pricing.dmn")
    assert shown.exit_code == 1
    assert "pricing.dmn:2:" in shown.output
    assert "error GL620: the input `at` is a time, which no fact can be" in shown.output
    assert "nothing was imported: 1 error" in shown.output
    assert not (file.parent / "pricing").exists()
    assert run("import", "pricing.dmn", "--decision", "Lending rate").exit_code == 0


def test_a_model_with_faults_of_its_own(run: Run, file: Path) -> None:
    """Is refused as `greenlane dmn` refuses it."""
    file.write_bytes(model(decision("d", literal("1 +"))))
    shown = run("import", "pricing.dmn")
    assert shown.exit_code == 1
    assert "error GL001" in shown.output
    assert "nothing was imported: `pricing.dmn` is not sound" in shown.output


def test_a_name_that_the_model_has_not(run: Run, file: Path) -> None:
    """With the nearest that it has."""
    shown = run("import", "pricing.dmn", "--decision", "Lending rat")
    assert shown.exit_code == 1
    assert "the model has no `Lending rat`" in shown.output
    assert "did you mean `Lending rate`?" in shown.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            [],
            "name what to read: a model (`greenlane import MODEL.dmn`) or a workbook (`greenlane import --xlsx FILE`)",
        ),
        (["missing.dmn"], "there is no file `missing.dmn`; name what to read"),
        (["rules.xlsx"], "a workbook is named by its option: `greenlane import --xlsx rules.xlsx`"),
        (["--xlsx", "pricing.dmn", "pricing.dmn"], "name what to read"),
        (["--xlsx", "pricing.dmn", "a", "--to", "b"], "name the directory once: PATH or `--to DIRECTORY`"),
        (["--xlsx", "pricing.dmn", "--force"], "`--decision` and `--force` are for models, not for `--xlsx`"),
    ],
)
def test_how_the_command_is_used(run: Run, file: Path, words: list[str], message: str) -> None:
    """A mistake of usage ends with code 2 and says what to write."""
    shown = run("import", *words)
    assert shown.exit_code == 2
    assert message in shown.output
