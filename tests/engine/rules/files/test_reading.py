"""What a set of rule files becomes."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from greenlane.engine.diagnostics import Place, Severity
from greenlane.engine.feel import print_node
from greenlane.engine.feel.ast import String, UnaryTests
from greenlane.engine.rules.files import RulesetReading, read
from greenlane.engine.rules.ruleset import AnswerDecisions, Decision, Ruleset
from greenlane.engine.rules.table import Cell, Hit, OnUndetermined, Row, Table
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text
from tests.engine.rules.files.surroundings import FILES, with_file


def ruleset_of(reading: RulesetReading) -> Ruleset:
    assert reading.diagnostics == ()
    assert reading.ruleset is not None
    return reading.ruleset


def decision(text: str) -> Decision:
    return ruleset_of(read(with_file("decision.yaml", text))).decisions["x"]


def table(text: str) -> Table:
    logic = decision(text).logic
    assert isinstance(logic, Table)
    return logic


def printed(cell: Cell | None) -> str | None:
    return print_node(cell.node) if cell else None


def codes(files: dict[str, bytes]) -> list[str]:
    return [d.code for d in read(files).diagnostics]


HEAD = "decision: x\ntitle: {zh: 甲, en: A}\n"


def test_the_heading_is_read() -> None:
    """Name, version, owner, dates, title and answer come from ruleset.yaml."""
    ruleset = ruleset_of(read(with_file("ruleset.yaml", FILES["ruleset.yaml"])))
    assert (ruleset.name, ruleset.language, ruleset.version) == ("small-lending", 1, "1.0.0")
    assert (ruleset.owner, ruleset.title) == ("政策部 / Policy", Text("小规则集", "Small rules"))
    assert (ruleset.effective_from, ruleset.effective_until) == (date(2024, 1, 1), None)
    assert ruleset.answer == AnswerDecisions(
        "outcome", "status", ("reasons",), "REFERRED", Place("ruleset.yaml", 7, 9, 10)
    )


def test_facts_are_read() -> None:
    """A fact has its kind, its path in the application, its texts and its place."""
    facts = ruleset_of(read(with_file("ruleset.yaml", FILES["ruleset.yaml"]))).vocabulary.facts
    employees = facts["employees"]
    assert employees.kind == FactKind(FactType.NUMBER, unit="人", minimum=Decimal(0), whole=True)
    assert employees.path == ("applicant", "employees")
    assert employees.title == Text("从业人员", "Employees")
    assert employees.place == Place("vocabulary.yaml", 5, 3, 12)
    assert facts["amount_wan"].path == ("amount_wan",)
    assert (facts["product"].required, facts["listed"].absent, facts["rating"].absent) == (True, False, None)


def test_reference_tables_are_read() -> None:
    """Fields are typed by their column; a blank optional one is null."""
    rates = ruleset_of(read(with_file("ruleset.yaml", FILES["ruleset.yaml"]))).references["rates"]
    assert rates.rows == (
        (date(2024, 1, 22), "1Y", Decimal("3.45"), None),
        (date(2024, 2, 20), "5Y+", Decimal("3.95"), "cut, the first"),
    )
    assert (rates.dated_by, rates.path, rates.source) == ("published", "reference/rates.csv", "made up")
    assert rates.contexts()[0]["tenor"] == "1Y"


def test_a_value_is_read() -> None:
    """A decision by one expression, also over several lines; the tree is that of the expression."""
    read_one = decision(HEAD + "basis: §4\nvalue: |\n  if listed\n  then 1\n  else 2\n")
    assert isinstance(read_one.logic, Cell)
    assert printed(read_one.logic) == "if listed then 1 else 2"
    assert read_one.basis == "§4"
    assert read_one.logic.origin.line == 5
    assert read_one.logic.origin.column == 3


def test_names_with_spaces_are_known_to_cells() -> None:
    """A fact whose name holds a space can be a column and stand in expressions."""
    rows = "rows: |\n  id | growth rate (%) | when | a\n  R-1 | > 5 | growth rate < 9 | growth rate * 2\n"
    read_table = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows)
    (row,) = read_table.rows
    assert row.tests[0].fact == "growth rate"
    assert printed(row.when) == "growth rate < 9"


TABLE = (
    HEAD
    + """\
hit: collect
undetermined: refer
referral: {finding: refer}
outputs:
  finding: {type: string, allowed: [decline, refer], zh: 结论, en: Finding}
  bp: {type: number, unit: bp}
  code: {}
  id: {}
sections:
  - title: {zh: 一, en: One}
    for: listed
    set: {bp: 5}
    rows: |
      id  | rating  | amount_wan (万元) | when | finding | code | zh | en | from | until
      R-1 | AAA, AA | >= 80 | product = "LOAN | LEASE" | decline | C1 | 甲\\|乙 | A \\| B | 2024-01-01 | 2024-12-31
  - rows: |
      id  | rating    | bp      | finding
      # R-9 was here

      R-2 | not(none) | -10 + 1 | "decline"
      R-3 | -         | 0       |
"""
)


def test_a_table_is_read() -> None:
    """Sections, tests, conditions, outputs, constants and annotations of a collecting table."""
    read_table = table(TABLE)
    assert (read_table.hit, read_table.undetermined) == (Hit.COLLECT, OnUndetermined.REFER)
    assert read_table.referral is not None
    assert printed(read_table.referral["finding"]) == '"refer"'
    assert [s.title for s in read_table.sections] == [Text("一", "One"), None]
    assert printed(read_table.sections[0].guard) == "listed"
    first, second, third = read_table.rows
    assert [(t.fact, printed(t.cell)) for t in first.tests] == [("rating", '"AAA", "AA"'), ("amount_wan", ">= 80")]
    assert [printed(o) for o in first.outputs] == ['"decline"', "5", None, None]
    assert (first.code, first.text, first.section) == ("C1", Text("甲|乙", "A | B"), 0)
    assert (first.since, first.until) == (date(2024, 1, 1), date(2024, 12, 31))
    assert [(t.fact, printed(t.cell)) for t in second.tests] == [("rating", 'not("none")')]
    assert [printed(o) for o in second.outputs] == ['"decline"', "-10 + 1", None, None]
    assert (second.code, second.text, second.since, second.section) == (None, None, None, 1)
    assert third.tests == ()
    assert [printed(o) for o in third.outputs] == [None, "0", None, None]


def test_a_bar_within_a_string_is_no_separator() -> None:
    """The condition keeps its string whole, and its place is exact."""
    read_table = table(TABLE)
    when = read_table.rows[0].when
    assert when is not None
    assert when.text == 'product = "LOAN | LEASE"'
    assert when.place == Place("decision.yaml", 17, 31, 55)


def test_an_asserting_rule_set_is_read() -> None:
    """`then` cells give a value for each fact; the facts become names that other cells may read."""
    text = (
        HEAD
        + """\
kind: rule set
undetermined: refer
asserts:
  size: {type: string, allowed: [L, S, UNKNOWN], zh: 规模, en: Size}
  big: {type: boolean}
default: {big: false}
rows: |
  id  | employees (人) | size | then
  R-1 | > 1000         | -    | size: L, big: employees > 2000
  R-2 | -              | L    | big: true
"""
    )
    read_table = table(text)
    assert (read_table.hit, read_table.chained, read_table.outputs) == (None, True, ())
    assert {name: o.kind.type for name, o in read_table.asserted.items()} == {
        "size": FactType.STRING,
        "big": FactType.BOOLEAN,
    }
    first, second = read_table.rows
    assert {name: printed(cell) for name, cell in first.asserts.items()} == {"size": '"L"', "big": "employees > 2000"}
    assert first.asserts["big"].place == Place("decision.yaml", 11, 47, 63)
    assert printed(second.tests[0].cell) == '"L"'
    assert printed(read_table.default["big"]) == "false"


def test_a_parameter_takes_the_kind_of_its_fact() -> None:
    """`parameters: [product]` has the allowed values of the fact; a map gives its own kind."""
    text = HEAD + "parameters: [product]\nhit: first\nundetermined: refer\noutputs: {a: {type: number}}\n"
    read_one = decision(text + "rows: |\n  id | product | a\n  R-1 | LOAN | 1\n")
    assert read_one.parameters[0].kind.allowed == ("LOAN", "LEASE")
    own = "parameters: {product: {type: string, allowed: [X, Y]}}\n"
    own_kind = decision(text.replace("parameters: [product]\n", own) + "rows: |\n  id | product | a\n  R-1 | X | 1\n")
    assert own_kind.parameters[0].kind == FactKind(FactType.STRING, allowed=("X", "Y"))


def test_a_column_may_be_a_decision_whose_values_are_known() -> None:
    """Bare words are values of the table the column names."""
    text = (
        "decision: grade\ntitle: {zh: 级, en: Grade}\nhit: first\nundetermined: refer\n"
        "outputs: {grade: {type: string, allowed: [5Y+, none]}}\nrows: |\n  id | grade\n  G-1 | 5Y+\n---\n"
    )
    frame = "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n"
    read_table = table(text + HEAD + frame + "rows: |\n  id | grade | a\n  R-1 | 5Y+, none | 1\n")
    assert printed(read_table.rows[0].tests[0].cell) == '"5Y+", "none"'


CELLS = [
    ("AAA", '"AAA"'),
    ("AAA,AA", '"AAA", "AA"'),
    ("not(none)", 'not("none")'),
    ("not( AAA , AA )", 'not("AAA", "AA")'),
    ('"AAA"', '"AAA"'),
    ("null, AAA", 'null, "AAA"'),
    ('AAA, starts with(?, "B")', '"AAA", starts with(?, "B")'),
    ("status", "status"),
    ("outcome.status", "outcome.status"),
    ("not(AAA), AA", None),
    ("AAA, (AA", None),
    ("AAA,,AA", None),
    ("AAA,", None),
    ("AAA, -", None),
    ("not(AAA, not(AA))", None),
]


@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_bare_words_are_allowed_values(cell: str, expected: str | None) -> None:
    """In a column with allowed values, each part that is one of them is that text; the rest is FEEL, or a fault."""
    rows = f"rows: |\n  id | rating | a\n  R-1 | {cell} | 1\n"
    if expected is None:
        frame = "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n"
        assert read(with_file("decision.yaml", HEAD + frame + rows)).ruleset is None
        return
    read_table = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows)
    assert printed(read_table.rows[0].tests[0].cell) == expected


def test_the_spans_of_bare_words_are_those_of_the_cell() -> None:
    """Whatever stands before it, the span of a value is its place in the cell's text."""
    rows = "rows: |\n  id | rating | a\n  R-1 | not( AAA, null, none) | 1\n"
    read_table = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows)
    cell = read_table.rows[0].tests[0].cell
    assert isinstance(cell.node, UnaryTests)
    spans = [cell.text[t.span.start : t.span.end] for t in cell.node.tests]
    assert spans == ["AAA", "null", "none"]
    assert isinstance(cell.node.tests[0], String)


def test_byte_order_mark_and_line_ends_do_not_matter() -> None:
    """The ruleset is the same, places and stored texts included."""
    plain = with_file("decision.yaml", TABLE)
    dressed = {path: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") for path, content in plain.items()}
    assert read(dressed) == read(plain)
    assert ruleset_of(read(dressed)).files["vocabulary.yaml"] == FILES["vocabulary.yaml"]


def test_the_order_of_files_does_not_matter() -> None:
    """Decisions come in the order of paths and documents."""
    files = with_file("a.yaml", HEAD + "value: 1\n")
    assert read(dict(reversed(files.items()))) == read(files)
    assert list(ruleset_of(read(files)).decisions) == ["x", "outcome", "status", "reasons"]


def test_files_may_stand_in_a_folder() -> None:
    """Paths are kept as given; the folder of ruleset.yaml is where everything else is looked for."""
    files = {f"rules/{path}": text.encode() for path, text in FILES.items()}
    ruleset = ruleset_of(read(files | {"README.md": b"\xff", "rules/notes.txt": b""}))
    assert ruleset.vocabulary.facts["rating"].place.path == "rules/vocabulary.yaml"
    assert sorted(ruleset.files) == sorted(files)


def test_nothing_to_read_is_said() -> None:
    """Without any file, both that are needed are named."""
    reading = read({})
    assert reading.ruleset is None
    assert [(d.code, d.place.path) for d in reading.diagnostics] == [
        ("GL113", "ruleset.yaml"),
        ("GL113", "vocabulary.yaml"),
    ]


BYTES = [
    (
        "not UTF-8",
        b"decision: x\ntitle: \xd6\xd0\n",
        "GL101",
        "decision.yaml:2:8",
        "it looks like GBK; save it as UTF-8",
    ),
    ("UTF-16", "decision: x".encode("utf-16"), "GL101", "decision.yaml:1:1", "it is UTF-16; save it as UTF-8"),
    ("broken", b"\xe4\xb8\xad\xff\xff", "GL101", "decision.yaml:1:2", "save it as UTF-8"),
    ("too large", b"#" * 10_000_001, "GL102", "decision.yaml:1:1", "split it: 10,000,000 bytes at most"),
    ("NUL", b"decision: x\nbasis: a\x00b\n", "GL103", "decision.yaml:2:9", "remove it; it cannot be seen"),
    ("line separator", "#甲\u2028\n".encode(), "GL103", "decision.yaml:1:3", "remove it; it cannot be seen"),
    ("direction mark", "#\u202e\n".encode(), "GL103", "decision.yaml:1:2", "remove it; it cannot be seen"),
    ("lone CR", b"a: 1\rb: 2\n", "GL103", "decision.yaml:1:5", "remove it; it cannot be seen"),
]


@pytest.mark.parametrize(("content", "code", "place", "help_"), [b[1:] for b in BYTES], ids=[b[0] for b in BYTES])
def test_bytes_that_are_no_text(content: bytes, code: str, place: str, help_: str) -> None:
    """Encoding, size and characters that cannot be seen are faults at their place."""
    found = read(with_file("decision.yaml", content)).diagnostics
    assert (code, place, help_) in [(d.code, str(d.place), d.help) for d in found]


def test_a_fault_in_one_file_does_not_hide_those_of_others() -> None:
    """Faults of a vocabulary that is not YAML, of a CSV file and of two decisions are found at once."""
    files = with_file("decision.yaml", HEAD + "value: 1 +\n---\ndecision: [\n---\n" + HEAD + "value: 2 2\n")
    files["vocabulary.yaml"] = b"facts:\n  a: {type: number, unit: %}\n  b: `\n"
    files["reference/rates.csv"] = b"published,tenor,rate,note\n2024,1Y,1,\n"
    found = [(d.code, str(d.place)) for d in read(files).diagnostics]
    assert found == [
        ("GL001", "decision.yaml:3:10"),
        ("GL106", "decision.yaml:5:11"),
        ("GL203", "decision.yaml:7:11"),
        ("GL001", "decision.yaml:9:10"),
        ("GL404", "reference/rates.csv:2:1"),
        ("GL107", "vocabulary.yaml:2:27"),
        ("GL107", "vocabulary.yaml:3:6"),
    ]


def test_what_could_be_read_is_kept_for_checks() -> None:
    """Beside an error, `partial` holds everything but the rows at fault; it is no ruleset to decide with."""
    rows = "rows: |\n  id | rating | a\n  R-1 | AAA | 1\n  R-2 | BBB | 2\n  R-3 | A | 3 +\n"
    text = HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows
    reading = read(with_file("decision.yaml", text))
    assert reading.ruleset is None
    assert reading.partial is not None
    logic = reading.partial.decisions["x"].logic
    assert isinstance(logic, Table)
    assert [row.id for row in logic.rows] == ["R-1"]


def test_a_table_that_is_not_described_is_a_warning() -> None:
    """The ruleset can be used all the same."""
    reading = read(with_file("reference/other.csv", "a\n1\n"))
    assert reading.ruleset is not None
    assert [(d.code, d.severity, d.place.path) for d in reading.diagnostics] == [
        ("GL114", Severity.WARNING, "reference/other.csv")
    ]


def test_yml_is_refused() -> None:
    """A rule file with the other ending would otherwise be passed over in silence."""
    assert codes(with_file("decision.yml", HEAD + "value: 1\n")) == ["GL114"]


def test_unknown_names_are_not_reported_where_names_may_be_lost() -> None:
    """While lines of the vocabulary cannot be read, a column may name a fact on one of them."""
    rows = "rows: |\n  id | lost | a\n  R-1 | 1 | 1\n"
    files = with_file("x.yaml", HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows)
    files["vocabulary.yaml"] = FILES["vocabulary.yaml"].encode() + b"  lost: {type: `}\n"
    assert codes(files) == ["GL107"]


def test_equal_cells_share_a_tree_and_keep_their_places() -> None:
    """Two rows with the same text have equal trees, and each fault its own place."""
    rows = "rows: |\n  id | when | a\n  R-1 | listed | 1\n  R-2 | listed | 1\n"
    first, second = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows).rows
    assert first.when is not None
    assert second.when is not None
    assert first.when.node is second.when.node
    assert first.when.place.line + 1 == second.when.place.line


def test_a_row_is_the_whole_line() -> None:
    """The place of a row runs from its id to the end of its last cell."""
    rows = "rows: |\n  id | when | a\n  R-1 | listed | 1\n"
    row: Row = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows).rows[0]
    assert row.place == Place("decision.yaml", 8, 3, 19)


def test_deep_nesting_is_refused() -> None:
    """Thousands of brackets are a fault, not the end of the program."""
    assert "GL107" in codes(with_file("x.yaml", "decision: " + "[" * 5000))


def test_a_dash_is_a_blank_cell_in_every_column() -> None:
    """Also where a text, a code or a date could stand."""
    rows = "rows: |\n  id | a | code | zh | from\n  R-1 | 1 | - | - | -\n"
    (row,) = table(HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + rows).rows
    assert (row.code, row.text, row.since) == (None, None, None)


def test_a_fact_cannot_share_its_place_with_a_group() -> None:
    """At the top of the application `applicant` is the group already."""
    fact = "  applicant: {type: string, zh: 人, en: Who}\n"
    assert codes(with_file("vocabulary.yaml", FILES["vocabulary.yaml"] + fact)) == ["GL203"]


def test_two_thousand_rows_are_read_in_good_time() -> None:
    """The aim is one second; the bound only catches work that grows with the square of the rows."""
    rows = "".join(
        f"  R-{n} | AAA, AA | [{n}..{n + 9}] | tenor_months > {n} and listed | {n} | C{n} | 中文 {n} | English {n}\n"
        for n in range(2000)
    )
    header = "rows: |\n  id | rating | amount_wan (万元) | when | a | code | zh | en\n"
    text = HEAD + "hit: first\nundetermined: refer\noutputs: {a: {type: number}}\n" + header + rows
    started = time.perf_counter()
    read_table = table(text)
    assert time.perf_counter() - started < 10
    assert len(read_table.rows) == 2000
