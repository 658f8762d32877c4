"""Generated decision tables of every hit policy, and inputs at the edges of their cells."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.engine.interop.dmn.models import decision, given, literal, requires

POLICIES = [
    ("UNIQUE", ""), ("ANY", ""), ("FIRST", ""), ("PRIORITY", ""), ("RULE ORDER", ""), ("OUTPUT ORDER", ""),
    ("COLLECT", ""), ("COLLECT", "SUM"), ("COLLECT", "MIN"), ("COLLECT", "MAX"), ("COLLECT", "COUNT"),
]  # fmt: skip
INPUTS = {"Credit score": "number", "grade": "string", "is new": "boolean", "Applied on": "date"}
CELLS = {
    "number": ["-", "", "> 3", "[1..5)", "<= 2", "1, 3, 5", "not(4)", "? * 2 > 6", "3", "]1..4]"],
    "string": ["-", '"A"', '"A", "B"', 'not("C")', "string length(?) = 1", 'upper case(?) = "B"', '"B|C"'],
    "boolean": ["-", "true", "false", "not(true)"],
    "date": ["-", '> date("2026-01-31")', '[@"2026-01-01"..@"2026-03-01"]', '< @"2026-02-28" + @"P1D"'],
}
VALUES = {
    "number": ["1", "2", "3", "3.5", "4", "5"],
    "string": ['"A"', '"B"', '"C"', '"B|C"'],
    "boolean": ["true", "false"],
    "date": ['@"2026-01-31"', '@"2026-02-28"', '@"2026-03-02"'],
}
RESULTS = {
    "number": ["1", "2.50", "-3", "Credit score * 2", "if is new then 1 else 0"],
    "string": ['"low"', '"mid"', '"high"', 'if Credit score > 2 then "low" else "high"'],
}
ORDER = '"high", "low", "mid"'
CHOICES = {"Credit score": "[1..4]", "grade": '"A", "B"'}


@dataclass(frozen=True)
class Case:
    """The body of a model whose decision is `d`, and inputs for it as a FEEL context."""

    body: str
    inputs: str


def escaped(text: str) -> str:
    """As XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A table with inputs that are all known."""
    hit, aggregation = draw(st.sampled_from(POLICIES))
    ordered = hit in ("PRIORITY", "OUTPUT ORDER")
    single = bool(aggregation) or draw(st.booleans())
    kinds = ["string"] if ordered else [draw(st.sampled_from(["number", "string"]))]
    kinds = ["number"] if aggregation in ("SUM", "MIN", "MAX") else kinds
    kinds = kinds if single else [*kinds, draw(st.sampled_from(["number", "string"]))]
    outputs = "".join(draw(_output(number, kind, single, ordered)) for number, kind in enumerate(kinds))
    asked = draw(st.lists(st.sampled_from(list(INPUTS)), min_size=1, max_size=4, unique=True))
    columns = "".join(draw(_column(name)) for name in asked)
    rules = draw(st.lists(_rule([INPUTS[name] for name in asked], kinds), min_size=1, max_size=5))
    head = f'<decisionTable hitPolicy="{hit}"' + (f' aggregation="{aggregation}">' if aggregation else ">")
    table = f"{head}{columns}{outputs}{''.join(rules)}</decisionTable>"
    body = "".join(given(name, kind) for name, kind in INPUTS.items())
    values = ", ".join(f"{name}: {draw(st.sampled_from(VALUES[kind]))}" for name, kind in INPUTS.items())
    return Case(body + draw(st.sampled_from(PLACES))(table), f"{{{values}}}")


def _decides(table: str) -> str:
    """The table is the decision."""
    return decision("d", table, requires(*INPUTS))


def _function(table: str) -> str:
    """The table is a function that the decision calls."""
    parameters = "".join(f'<formalParameter name="{name}" typeRef="{kind}"/>' for name, kind in INPUTS.items())
    logic = f"<encapsulatedLogic>{parameters}{table}</encapsulatedLogic>"
    call = literal(f"The rules({', '.join(INPUTS)})")
    return f'<businessKnowledgeModel id="f" name="The rules">{logic}</businessKnowledgeModel>' + decision(
        "d", call, requires(*INPUTS, "f()")
    )


def _entry(table: str) -> str:
    """The table is an entry of a context, and is about another entry."""
    first = (
        f'<contextEntry><variable name="Credit score" typeRef="number"/>{literal("Credit score + 0")}</contextEntry>'
    )
    second = f'<contextEntry><variable name="of the table"/>{table}</contextEntry>'
    last = f"<contextEntry>{literal('of the table')}</contextEntry>"
    return decision("d", f"<context>{first}{second}{last}</context>", requires(*INPUTS))


PLACES = (_decides, _function, _entry)


@st.composite
def _column(draw: st.DrawFn, name: str) -> str:
    text = draw(st.sampled_from([name, "Credit score + 1"])) if name == "Credit score" else name
    values = ""
    if name in CHOICES and draw(st.integers(0, 4)) == 0:
        values = f"<inputValues><text>{CHOICES[name]}</text></inputValues>"
    return f'<input><inputExpression typeRef="{INPUTS[name]}"><text>{text}</text></inputExpression>{values}</input>'


@st.composite
def _output(draw: st.DrawFn, number: int, kind: str, single: bool, ordered: bool) -> str:
    name = "" if single and draw(st.booleans()) else f' name="{draw(st.sampled_from(["Result", "code"]))} {number}"'
    name = name if not (not single and draw(st.integers(0, 5)) == 0) else [' name="code"', ' name="grade"'][number]
    values = f"<outputValues><text>{ORDER}</text></outputValues>" if ordered and kind == "string" else ""
    default = ""
    if draw(st.booleans()):
        default = f"<defaultOutputEntry><text>{draw(_result(kind))}</text></defaultOutputEntry>"
    return f'<output{name} typeRef="{kind}">{values}{default}</output>'


@st.composite
def _rule(draw: st.DrawFn, tested: list[str], kinds: list[str]) -> str:
    tests = "".join(
        f"<inputEntry><text>{escaped(draw(st.sampled_from(CELLS[kind])))}</text></inputEntry>" for kind in tested
    )
    results = "".join(f"<outputEntry><text>{draw(_result(kind))}</text></outputEntry>" for kind in kinds)
    return f"<rule>{tests}{results}</rule>"


def _result(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from([escaped(text).replace(">", "&gt;") for text in RESULTS[kind]])
