"""Decision tables: hit policies, aggregators, values of inputs and outputs, defaults."""

from __future__ import annotations

import pytest

from tests.engine.interop.dmn.models import answer, decision, feel, given, item, literal, requires, value


def table(rows: str, policy: str = "", output: str = "", outputs: int = 1, inputs: str = "") -> str:
    """Rows of `test ; result ; …` on the input n."""
    rules = ""
    for line in rows.strip().splitlines():
        test, *results = (cell.strip().replace("<", "&lt;") for cell in line.split(";"))
        cells = "".join(f"<outputEntry><text>{result}</text></outputEntry>" for result in results)
        rules += f"<rule><inputEntry><text>{test}</text></inputEntry>{cells}</rule>"
    columns = "".join(f'<output name="o{at}">{output}</output>' for at in range(outputs))
    test = f"<input><inputExpression><text>n</text></inputExpression>{inputs}</input>"
    return f"<decisionTable {policy}>{test}{columns}{rules}</decisionTable>"


def decided(logic: str, n: str) -> object:
    """The value of the table for n."""
    return value(given("n") + decision("d", logic, requires("n")), inputs=f"{{n: {n}}}")


ROWS = """
> 0; "b"
> 5; "a"
> 5; "a"
> 9; "c"
"""
ORDER = '<outputValues><text>"a", "b", "c"</text></outputValues>'
POLICIES = """
UNIQUE       | 3  | "b"
UNIQUE       | 7  | null
UNIQUE       | 0  | null
ANY          | 3  | "b"
ANY          | 7  | null
FIRST        | 10 | "b"
PRIORITY     | 3  | "b"
PRIORITY     | 10 | "a"
OUTPUT ORDER | 10 | ["a", "a", "b", "c"]
RULE ORDER   | 10 | ["b", "a", "a", "c"]
COLLECT      | 7  | ["b", "a", "a"]
COLLECT      | 0  | null
"""


@pytest.mark.parametrize("line", POLICIES.strip().splitlines())
def test_hit_policy(line: str) -> None:
    """What each makes of the rules that hold."""
    policy, n, expected = (part.strip() for part in line.split("|"))
    assert decided(table(ROWS, f'hitPolicy="{policy}"', ORDER), n) == feel(expected)


def test_unique_is_the_default_and_a_violation_is_noted() -> None:
    """With the lines of the rules that hold."""
    found = answer(given("n") + decision("d", table(ROWS), requires("n")), inputs="{n: 7}")
    assert found.value is None
    assert [note.code for note in found.diagnostics] == ["GL608"]


def test_any_takes_rules_that_agree() -> None:
    """Also where the result is a context."""
    assert decided(table("> 0; 1; 2\n> 5; 1; 2", 'hitPolicy="ANY"', outputs=2), "7") == feel("{o0: 1, o1: 2}")


AGGREGATES = """
SUM   | 7 | 60
COUNT | 7 | 3
MIN   | 7 | 10
MAX   | 7 | 30
SUM   | 0 | null
"""


@pytest.mark.parametrize("line", AGGREGATES.strip().splitlines())
def test_aggregation(line: str) -> None:
    """Of the results that are collected."""
    kind, n, expected = (part.strip() for part in line.split("|"))
    logic = table("> 0; 20\n> 1; 10\n> 2; 30", f'hitPolicy="COLLECT" aggregation="{kind}"')
    assert decided(logic, n) == feel(expected)


@pytest.mark.parametrize("kind", ["SUM", "MIN", "MAX"])
def test_aggregation_of_what_cannot_be(kind: str) -> None:
    """Results of several types are null."""
    assert decided(table('> 0; 20\n> 1; "a"', f'hitPolicy="COLLECT" aggregation="{kind}"'), "7") is None


def test_aggregation_of_texts() -> None:
    """The least and greatest are of any ordered type."""
    assert decided(table('> 0; "b"\n> 1; "a"', 'hitPolicy="COLLECT" aggregation="MIN"'), "7") == "a"


def test_several_outputs_are_a_context_and_priority_goes_output_by_output() -> None:
    """The first output decides before the second."""
    rows = '> 0; "b"; "a"\n> 0; "a"; "c"\n> 0; "a"; "b"'
    found = decided(table(rows, 'hitPolicy="OUTPUT ORDER"', ORDER, outputs=2), "1")
    assert found == feel('[{o0: "a", o1: "b"}, {o0: "a", o1: "c"}, {o0: "b", o1: "a"}]')


DEFAULT = "<defaultOutputEntry><text>n + 1</text></defaultOutputEntry>"


@pytest.mark.parametrize(("policy", "expected"), [("FIRST", "0"), ("RULE ORDER", "[0]"), ("COLLECT", "[0]")])
def test_default_output(policy: str, expected: str) -> None:
    """Stands where no rule holds, in a list where the policy gives one; it may read names."""
    assert decided(table(ROWS, f'hitPolicy="{policy}"', DEFAULT), "-1") == feel(expected)


def test_default_of_several_outputs() -> None:
    """A context."""
    assert decided(table("> 0; 1; 2", "", DEFAULT, outputs=2), "-1") == feel("{o0: 0, o1: 0}")


def test_input_that_is_none_of_its_values() -> None:
    """The table is null, not the default, and the answer says why."""
    logic = table("-; 1", "", DEFAULT, inputs="<inputValues><text>[0..9]</text></inputValues>")
    assert decided(logic, "5") == 1
    assert decided(logic, "10") is None


def test_priority_by_the_values_of_the_type() -> None:
    """Where the output has none of its own."""
    kind = item("t", '<typeRef>string</typeRef><allowedValues><text>"x", "y"</text></allowedValues>')
    logic = table('> 0; "y"\n> 0; "x"', 'hitPolicy="PRIORITY"').replace('name="o0"', 'name="o0" typeRef="t"')
    body = kind + given("n") + decision("d", logic, requires("n"))
    assert value(body, inputs="{n: 1}") == "x"


CELLS = """
-           | null | true
            | 5    | true
1, 2        | 2    | true
not(1, 2)   | 2    | null
? > 3       | 4    | true
[1, 2]      | 2    | true
< "a"       | 4    | null
1 +         | 4    | null
"""


@pytest.mark.parametrize("line", CELLS.strip().splitlines())
def test_cells(line: str) -> None:
    """Unary tests; what is an error does not hold."""
    test, n, expected = (part.strip() for part in line.split("|"))
    assert decided(table(f"{test}; true"), n) == feel(expected)


def test_output_of_another_type_is_null() -> None:
    """And one that can be converted is."""
    logic = table("-; [1]").replace('name="o0"', 'typeRef="number"')
    assert decided(logic, "1") == 1
    assert decided(logic.replace("[1]", '"a"'), "1") is None


def test_a_table_reads_other_decisions_in_its_cells() -> None:
    """Names are those of the requirements."""
    logic = table("< limit; limit")
    body = given("n") + decision("limit", literal("10")) + decision("d", logic, requires("n", "limit"))
    assert value(body, inputs="{n: 7}") == 10
