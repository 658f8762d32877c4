"""docs/diagnostics.md: an entry for every code, whose example gives exactly the message shown.

`GREENLANE_REWRITE=1` writes the messages of the page anew.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import Diagnostic, has_errors, render
from greenlane.engine.interop import dmn
from greenlane.engine.interop.dmn.exporter import export_model
from greenlane.engine.interop.dmn.importer import import_model
from greenlane.engine.rules.files import read
from tests.engine.rules.files.surroundings import with_file

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "diagnostics.md"
ENTRY = re.compile(r"^### (GL\d{3}): (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(
    r"^```(?:yaml|csv|xml|json) wrong ?(\S*)\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
ENTRIES = ENTRY.findall(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else []
EXAMPLES = [(code, *example) for code, _, body in ENTRIES for example in EXAMPLE.findall(body)]
# What cannot be shown as text, or is too long to show, has tests elsewhere.
SHOWN_ELSEWHERE = {"GL008", "GL101", "GL102", "GL103", "GL113", "GL114", "GL315", "GL318", "GL319"}
SHOWN_ELSEWHERE |= {"GL901", "GL902", "GL903", "GL904"}


def found(name: str, text: str) -> tuple[Diagnostic, ...]:
    """Everything said of the small ruleset with this file in it, or of a DMN model."""
    if name.endswith(".dmn"):
        return found_in_model(name, text)
    reading = read(with_file(name, text))
    whole = reading.ruleset or reading.partial
    faults = (*reading.diagnostics, *(check(whole, date(2026, 3, 1)) if whole else ()))
    if reading.ruleset is None or has_errors(faults):
        return faults
    return (*faults, *export_model(reading.ruleset).left_out)


def found_in_model(name: str, text: str) -> tuple[Diagnostic, ...]:
    """What is said of the model, of its decisions when they are evaluated, and when it is brought into rule files."""
    reading = dmn.read({name: text.encode()}, name)
    if reading.models is None:
        return reading.diagnostics
    program = dmn.DmnRuntime(reading.models)
    notes = [note for decision in program.decisions() for note in program.decide(decision, {}).diagnostics]
    faults = (*reading.diagnostics, *dmn.check(reading.models))
    told = () if has_errors(faults) else import_model(reading.models, date(2026, 3, 1), check).diagnostics
    return (*faults, *notes, *told)


@pytest.mark.parametrize(("code", "name", "wrong", "message"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_an_example_gives_the_message_under_it(code: str, name: str, wrong: str, message: str) -> None:
    """The first fault of that code, rendered, is the text of the page."""
    name = name or "decision.yaml"
    first = next(d for d in found(name, wrong) if d.code == code)
    shown = render([first], {name: wrong} if name.endswith(".dmn") else with_file(name, wrong))
    if os.environ.get("GREENLANE_REWRITE"):
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(
            page.replace(f"{wrong}```\n\n```text\n{message}", f"{wrong}```\n\n```text\n{shown}"), encoding="utf-8"
        )
    assert shown == message


def test_every_code_has_an_entry() -> None:
    """Whatever code the engine or the service uses is on the page, once, in order."""
    sources = [path for room in ("engine", "api") for path in (ROOT / room).rglob("*.py")]
    used = {code for path in sources for code in re.findall(r'"(GL\d{3})"', path.read_text())}
    listed = [code for code, _, _ in ENTRIES]
    assert sorted(listed) == listed
    assert len(set(listed)) == len(listed)
    assert used - set(listed) == set()


def test_every_entry_has_an_example_and_a_fix() -> None:
    """But those few that cannot be shown as text."""
    shown = {code for code, *_ in EXAMPLES}
    assert {code for code, _, _ in ENTRIES} - shown == SHOWN_ELSEWHERE
    assert all("\nFix: " in body for _, _, body in ENTRIES)
