"""`greenlane dmn`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.cli.conftest import Run
from tests.engine.interop.dmn.models import decision, given, item, literal, model, requires

BODY = (
    item("rate", "<typeRef>number</typeRef><allowedValues><text>[0..1]</text></allowedValues>")
    + given("base", "rate")
    + given("on", "date")
    + decision("lending rate", literal('{rate: base + 0.0015, next: on + @"P1M", note: "绿"}'), requires("base", "on"))
    + decision("strict", literal("base + 1"), requires("base"), "rate")
    + '<decisionService id="s" name="pricing">'
    '<outputDecision href="#strict"/><inputData href="#base"/></decisionService>'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A model and inputs in the directory that the command runs in."""
    (tmp_path / "inputs.json").write_text('{"base": 0.0435, "on": "2026-01-31"}', encoding="utf-8")
    path = tmp_path / "model.dmn"
    path.write_bytes(model(BODY))
    return path


def test_value_is_shown_as_feel_writes_it(run: Run, file: Path) -> None:
    """Dates are read by the type of the input."""
    shown = run("dmn", "model.dmn", "--decision", "lending rate", "--inputs", "inputs.json")
    assert (shown.exit_code, shown.output) == (0, '{rate: 0.045, next: @"2026-02-28", note: "绿"}\n')


def test_value_as_json(run: Run, file: Path) -> None:
    """Numbers keep their digits."""
    shown = run("dmn", "model.dmn", "--decision", "lending rate", "--inputs", "-", "--json", input='{"base": 0.1}')
    assert (shown.exit_code, shown.output) == (0, '{"rate":0.1015,"next":null,"note":"绿"}\n')


def test_null_says_why(run: Run, file: Path) -> None:
    """On stderr, at the line of the model."""
    shown = run("dmn", "model.dmn", "--service", "pricing", "--inputs", "inputs.json")
    assert (shown.exit_code, shown.stdout) == (0, "null\n")
    assert "warning GL607: `strict` is not of the type `rate`" in shown.stderr
    assert shown.stderr.startswith("model.dmn:2:")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--decision", "lending rat"], "the model has no `lending rat` to evaluate: did you mean `lending rate`?"),
        (["--service", "strict"], "the model has no `strict` to evaluate"),
        (["--decision", "base"], "the model has no `base` to evaluate"),
    ],
)
def test_unknown_names(run: Run, file: Path, words: list[str], message: str) -> None:
    """With what there is."""
    shown = run("dmn", "model.dmn", *words)
    assert shown.exit_code == 1
    assert message in shown.stderr
    assert "it has" in shown.stderr


def test_usage(run: Run, file: Path) -> None:
    """Exactly one name, inputs that are an object, a file that exists."""
    assert run("dmn", "model.dmn").exit_code == 2
    assert run("dmn", "model.dmn", "--decision", "a", "--service", "b").exit_code == 2
    assert run("dmn", "none.dmn", "--decision", "a").exit_code == 2
    assert run("dmn", "model.dmn", "--decision", "strict", "--inputs", "-", input="[1]").exit_code == 2
    assert run("dmn", "model.dmn", "--decision", "strict", "--inputs", "-", input="{").exit_code == 1


def test_a_model_with_errors_decides_nothing(run: Run, file: Path) -> None:
    """Every fault is shown at its place."""
    file.write_bytes(model("\n" + decision("d", literal("1 +")) + given("a", "nubmer")))
    shown = run("dmn", "model.dmn", "--decision", "d")
    assert shown.exit_code == 1
    assert "model.dmn:3:" in shown.stderr
    assert "error GL001" in shown.stderr
    assert "did you mean `number`?" in shown.stderr


def test_refused_xml(run: Run, file: Path) -> None:
    """A document type is never read."""
    file.write_bytes(b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>')
    shown = run("dmn", "model.dmn", "--decision", "d")
    assert shown.exit_code == 1
    assert "GL601: document types and entities are not read" in shown.stderr


def test_imports_from_the_same_folder(run: Run, file: Path) -> None:
    """Whatever the files are called; one that cannot be read does no harm."""
    body = '<import name="low" namespace="urn:main"/>'
    body += decision("d", literal("low.strict - 1"), requires("urn:main#strict"))
    (file.parent / "upper.dmn").write_bytes(model(body, "urn:upper"))
    (file.parent / "broken.dmn").write_bytes(b"<a>")
    shown = run("dmn", file.parent / "upper.dmn", "--decision", "d", "--inputs", "-", input='{"base": 0}')
    assert (shown.exit_code, shown.stdout) == (0, "0\n")


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_value_that_is_too_large_is_not_written(run: Run, file: Path, words: list[str]) -> None:
    """Neither as FEEL nor as JSON."""
    file.write_bytes(model(decision("d", literal("{s: for i in 1..9 return i, t: for i in 1..60000 return s}"))))
    shown = run("dmn", "model.dmn", "--decision", "d", *words)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "more than 400000 items to tell" in shown.stderr
