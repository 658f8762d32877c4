"""The JSON Schema of the frame says what the reader says, as far as a schema can, and never more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.layout.json_schema import FILE_NAME, schema_line, schema_of
from tests.engine.rules.files.generated import decision_files
from tests.engine.rules.files.surroundings import FILES, with_file
from tests.engine.rules.layout.editors import VALIDATOR, documents, faults

ROOT = Path(__file__).parents[4]
RULES = ROOT / "rules"
SHIPPED = sorted(RULES.rglob("*.yaml"))
BAD = sorted((Path(__file__).parents[1] / "files" / "bad").rglob("*.yaml"))
BLOCKS = re.findall(r"^```yaml ?\S*\n(.*?)^```$", (ROOT / "docs/rule-files.md").read_text("utf-8"), re.M | re.S)
# Unknown and missing keys, values of a wrong shape, keys that do not go together, words that are none, units.
FRAME = {"GL115", "GL116", "GL117", "GL118", "GL119", "GL202", "GL204"}
BEYOND = {
    "bounds_crossed": "it compares the values of two keys",
    "default_of_a_list": "it depends on the word under `hit`",
    "missing_referral": "it depends on the words under `hit` and `undetermined`",
    "name_with_comma": "patterns of editors do not know the letters of Unicode",
    "referral_of_a_single_result": "it depends on the words under `hit` and `undetermined`",
    "two_documents": "a schema is applied to each document by itself",
}


def test_schema_is_one() -> None:
    """It is valid by its own dialect."""
    Draft202012Validator.check_schema(schema_of())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_file_fits_the_schema(path: Path) -> None:
    """Every document of every shipped file."""
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_file_names_the_schema(path: Path) -> None:
    """On its first line, by a path that leads to it; the canonical layout keeps the line where it is."""
    text = path.read_text(encoding="utf-8")
    line = text.splitlines()[0]
    assert line == schema_line(path.relative_to(RULES).as_posix())
    assert (path.parent / line.partition("$schema=")[2]).resolve() == RULES / FILE_NAME
    assert format_text(path.name, text) == text


@pytest.mark.parametrize("text", [*BLOCKS, *(text for path, text in FILES.items() if path.endswith(".yaml"))])
def test_example_fits_the_schema(text: str) -> None:
    """The examples of the documentation and the small ruleset."""
    assert faults(text) == []


@given(decision_files())
def test_generated_file_fits_the_schema(text: str) -> None:
    """Whatever the reader accepts, however untidy."""
    assert faults(text) == []


@given(decision_files())
def test_line_that_names_the_schema_changes_nothing(text: str) -> None:
    """The reader passes it over and the layout keeps it on top, once."""
    named = f"{schema_line('x.yaml')}\n{text}"
    shown = format_text("x.yaml", named)
    assert shown.startswith(schema_line("x.yaml") + "\n")
    assert shown.count("$schema") == 1
    assert format_text("x.yaml", shown) == shown
    assert read(with_file("x.yaml", shown)).ruleset is not None


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_mistake_in_the_frame_is_caught(path: Path) -> None:
    """Each mistake that a schema can see, and no mistake of a cell; those beyond it are listed with the reason."""
    codes = set(re.findall(r"error (GL\d{3})", path.with_suffix(".txt").read_text(encoding="utf-8")))
    if codes & FRAME:
        assert bool(faults(path.read_text(encoding="utf-8"))) == (path.stem not in BEYOND)


def test_names_of_a_ruleset_are_offered() -> None:
    """Facts, groups and decisions are examples: an editor offers them and finds no fault with another name."""
    ruleset = read({path: text.encode() for path, text in FILES.items()}).ruleset
    assert ruleset is not None
    schema = schema_of(ruleset)
    definitions = schema["$defs"]
    assert definitions["fact"]["properties"]["in"]["examples"] == ["applicant"]
    assert definitions["answer"]["properties"]["status"]["examples"] == ["outcome", "status", "reasons"]
    parameters = definitions["decision"]["properties"]["parameters"]["anyOf"][0]["items"]
    assert parameters["examples"][:2] == ["rating", "employees"]
    (document,) = documents("decision: x\ntitle: {zh: 甲, en: A}\nparameters: [other]\nvalue: 1\n")
    assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_every_key_is_explained_in_both_languages() -> None:
    """What hovers over a key has a Chinese and an English paragraph."""
    definitions = VALIDATOR.schema["$defs"]
    keys = [key for shape in definitions.values() for key in shape.get("properties", {}).values()]
    told = [key["description"] for key in keys if "description" in key]
    assert len(told) > 60
    assert all(re.fullmatch(r".*[\u4e00-\u9fff].*\n\n[ -~…]+", text) for text in told)
