"""The canonical form of rule files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from tests.engine.rules.files.generated import decision_files
from tests.engine.rules.files.plain import without_places
from tests.engine.rules.files.surroundings import FILES, with_file
from tests.examples import examples

RULES = Path(__file__).parents[4] / "rules"

UNTIDY = """\
# 文件说明 / About this file

rows: |
      id|when
      x | y
"""


def formatted(text: str, path: str = "x.yaml") -> str:
    once = format_text(path, text)
    assert format_text(path, once) == once
    return once


def test_columns_are_aligned_by_display_width() -> None:
    """A Chinese character is two columns wide; the last column has no spaces behind it."""
    rows = "   id | zh | amount_wan(万元) | en\n   # gone\n\n\n   R-1 |  中文 |  | Chinese\n   R-22 | 甲 | >= 80 |\n"
    assert formatted("rows: |\n" + rows) == (
        "rows: |\n"
        "  id   | zh   | amount_wan (万元) | en\n"
        "  # gone\n"
        "\n"
        "  R-1  | 中文 |                   | Chinese\n"
        "  R-22 | 甲   | >= 80             |\n"
    )


def test_keys_come_in_order_and_bring_their_comments() -> None:
    """What stands above a key moves with it; what stands apart at the top stays there."""
    text = (
        "# about\n\n# the value\nvalue: 1  # one\ntitle:\n     en: A\n     # in Chinese\n     zh: 甲\n"
        "# its name\ndecision:   x\n# the end"
    )
    assert formatted(text) == (
        "# about\n\n# its name\ndecision: x\ntitle:\n  # in Chinese\n  zh: 甲\n  en: A\n"
        "# the value\nvalue: 1  # one\n# the end\n"
    )


def test_facts_have_their_keys_in_order() -> None:
    """One fact a line, `in` first and the texts last; the order of facts is the writer's."""
    first = 'facts:\n    b: {en: B, zh: 乙, type: number,min: 0 , unit: "%"}   # b\n'
    text = first + "\n\n    a: {type: [x, {en: 1, zh: 2}]}\n"
    assert formatted(text, "vocabulary.yaml") == (
        'facts:\n  b: {type: number, unit: "%", min: 0, zh: 乙, en: B}  # b\n\n  a: {type: [x, {en: 1, zh: 2}]}\n'
    )


def test_sections_are_laid_out_anew() -> None:
    """Two columns for each level; comments above an item stay above its dash."""
    text = (
        "sections:\n- rows: |\n    id | when\n    R-1 | x\n  # why\n  for: listed\n"
        "# second\n-   title: {en: B, zh: 乙}\n    rows: |\n        id\n        R-2\n    # below\n"
    )
    assert formatted(text) == (
        "sections:\n  # why\n  - for: listed\n    rows: |\n      id  | when\n      R-1 | x\n"
        "  # second\n  - title: {zh: 乙, en: B}\n    rows: |\n      id\n      R-2\n  # below\n"
    )


def test_documents_stay_apart() -> None:
    """`---` between them, none at either end; a comment on its line goes into the document."""
    text = "---\n# first\ndecision: a\n---  # second\n\n\ndecision: b\n---\n# nothing\n---\n"
    assert formatted(text) == "# first\ndecision: a\n---\n# second\ndecision: b\n---\n# nothing\n"


def test_long_values_stay_as_they_are() -> None:
    """A map over several lines and an expression under a bar keep their lines, moved with their key."""
    text = "value: |\n     if a\n       then b  \n     else c\noutputs:\n      {a: {},\n       b: {}}\n"
    assert formatted(text.replace("outputs:\n      {", "outputs: {")) == (
        "outputs: {a: {},\n       b: {}}\nvalue: |\n  if a\n    then b\n  else c\n"
    )


LEFT = [
    "a: [\n",
    "decision: x\n\tb: 1\n",
    "a: &x 1\n",
    "a: 1\na: 2\n",
    "a: \x00\n",
]


@pytest.mark.parametrize("text", LEFT)
def test_a_file_with_faults_stays_as_it_is(text: str) -> None:
    """Nothing is moved in a file that was not understood."""
    assert format_text("x.yaml", text) == text


UNUSUAL = [
    "- a\n-   b: 1\n",
    "{b: 1,   a: 2}\n",
    "title: {zh: 甲, en: }\n",
    "sections:\n  -\n    rows: x\n",
    "sections:\n  - - a\n",
    "title:\n  {zh: 甲, en: A}\n",
    "a: {b: 1,\nc: 2}\n",
    "a: 1\n? b\n: 2\n",
]


@pytest.mark.parametrize("text", UNUSUAL)
def test_a_document_laid_out_in_another_way_keeps_its_lines(text: str) -> None:
    """What the formatter does not rewrite loses its trailing spaces and nothing else."""
    assert formatted(text.replace("\n", "  \n")) == text


def test_lists_of_texts_and_empty_values_keep_their_comments() -> None:
    """Items on lines of their own, and keys whose value is still to be written."""
    text = "basis:   # to be written\ndecision: x\nparameters:\n-   product  # one\n# two\n- {zh: 1}\n"
    assert formatted(text) == (
        "decision: x\nbasis:  # to be written\nparameters:\n  - product  # one\n  # two\n  - {zh: 1}\n"
    )


def test_a_table_with_faults_stays_as_it_is() -> None:
    """Its cells are not known; the rest of the file is formatted."""
    assert formatted("rows: |\n    id | when\n    R-1\nhit:   first\n") == "hit: first\nrows: |\n  id | when\n  R-1\n"


def test_line_ends_and_marks_are_made_the_same() -> None:
    """LF, no byte order mark, one line end at the end; in CSV files nothing else."""
    assert format_text("x.yaml", "\ufeffa: 1\r\n\r\n") == "a: 1\n"
    assert format_text("x.csv", "\ufeffa, b\r\n1,2") == "a, b\n1,2\n"
    assert format_text("x.md", "a\r\n") == "a\r\n"
    assert format_text("x.yaml", "") == ""


@given(decision_files())
@settings(deadline=None, max_examples=examples(20))
def test_formatting_changes_no_meaning_and_is_done_at_once(text: str) -> None:
    """For any file: formatting twice is formatting once, and the ruleset is the same but for places."""
    before = read(with_file("x.yaml", text))
    assert before.diagnostics == ()
    once = format_text("x.yaml", text)
    assert format_text("x.yaml", once) == once
    assert without_places(read(with_file("x.yaml", once))) == without_places(before)
    assert sorted(_comments(once)) == sorted(_comments(text))


def _comments(text: str) -> list[str]:
    lines = [line.strip() for line in text.replace("--- #", "#").split("\n")]
    return [line for line in lines if line.startswith("#")]


@given(st.text(alphabet="ab: -|#[]{}\"'\n&,中~", max_size=80))
@settings(deadline=None, max_examples=examples(50))
def test_formatting_is_done_at_once_for_any_text(text: str) -> None:
    """Also for files that are no rules."""
    once = format_text("x.yaml", text)
    assert format_text("x.yaml", once) == once


@pytest.mark.parametrize("path", FILES)
def test_the_small_ruleset_is_canonical(path: str) -> None:
    """The files that other tests build on look as the formatter leaves them."""
    assert format_text(path, FILES[path]) == FILES[path]


@pytest.mark.skipif(not RULES.is_dir(), reason="the shipped rules are not there")
def test_formatting_keeps_the_meaning_of_the_shipped_rules() -> None:
    """Every shipped file formatted: the same ruleset, and nothing more to change."""
    texts = {p.relative_to(RULES).as_posix(): p.read_text(encoding="utf-8") for p in sorted(RULES.rglob("*.*"))}
    after = {path: format_text(path, text) for path, text in texts.items()}
    assert {path: format_text(path, text) for path, text in after.items()} == after
    readings = [read({path: text.encode() for path, text in files.items()}) for files in (texts, after)]
    assert without_places(readings[0].ruleset) == without_places(readings[1].ruleset)
