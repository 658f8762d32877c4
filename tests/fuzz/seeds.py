"""What fuzzing of text begins with: the project's own cases, examples and faulty files, and its findings so far."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.engine.feel.text_tables import cases_in
from tests.engine.interop.dmn.models import decision, given, item, literal, model, requires
from tests.engine.rules.files.surroundings import FILES

ROOT = Path(__file__).parents[2]
SENTENCES = "-sentences"
CORPUS = Path(__file__).parent / "corpus"
FEEL = ROOT / "tests" / "engine" / "feel"
TABLE = """\
<decisionTable hitPolicy="COLLECT" aggregation="SUM"><input><inputExpression><text>n</text></inputExpression></input>
<output name="o" typeRef="tPoints"/><rule><inputEntry><text>&gt; 0</text></inputEntry><outputEntry><text>n * 2</text>
</outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>5</text></outputEntry></rule></decisionTable>
"""
BOXED = """\
<context><contextEntry><variable name="x"/><literalExpression><text>1</text></literalExpression></contextEntry>
<contextEntry><conditional><if><literalExpression><text>x = 1</text></literalExpression></if><then><list>
<literalExpression><text>x</text></literalExpression></list></then><else><relation><column name="c"/><row>
<literalExpression><text>2</text></literalExpression></row></relation></else></conditional></contextEntry></context>
"""
FOR = """\
<for iteratorVariable="i"><in><literalExpression><text>1..3</text></literalExpression></in>
<return><literalExpression><text>i * n</text></literalExpression></return></for>
"""
FUNCTION = """\
<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="p"/>
<literalExpression><text>p + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
"""
INVOCATION = """\
<invocation><literalExpression><text>f</text></literalExpression><binding><parameter name="p"/>
<literalExpression><text>n</text></literalExpression></binding></invocation>
"""
POINTS = item("tPoints", "<typeRef>number</typeRef><allowedValues><text>[0..100]</text></allowedValues>")


def seeds(target: str) -> Iterator[bytes]:
    """The first inputs of a target."""
    yield from (path.read_bytes() for path in sorted((CORPUS / target).glob("*")))
    if target == "expression":
        tables = [path for path in sorted(FEEL.rglob("*.txt")) if path.name not in ("cells.txt", "faults.txt")]
        yield from (case.expression.encode() for table in tables for case in cases_in(table))
    elif target == "cell":
        yield from (case.expression.encode() for case in cases_in(FEEL / "cells.txt"))
    elif target == "rulefile":
        page = (ROOT / "docs" / "rule-files.md").read_text(encoding="utf-8")
        yield from (text.encode() for text in re.findall(r"^```yaml ?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
        yield from (path.read_bytes() for path in sorted(FEEL.parent.glob("rulefile/bad/decision/*.yaml")))
        yield FILES["answer.yaml"].replace("outcome", "other").encode()
    elif target == "dmn":
        yield from _models()
    elif target.endswith(SENTENCES):
        chance = random.Random(target)
        yield from (chance.randbytes(size) for size in range(50, 500))


def _models() -> Iterator[bytes]:
    given_n = given("n", "number")
    yield model(given_n + POINTS + decision("d", TABLE, requires("n"), "tPoints"))
    yield model(decision("d", BOXED) + decision("e", literal("d[1]"), requires("d")))
    yield model(given_n + decision("d", FOR, requires("n")))
    yield model(given_n + FUNCTION + decision("d", INVOCATION, requires("n", "f()")))
