"""FEEL of rule files as FEEL of the specification."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.engine.diagnostics import Origin
from greenlane.engine.feel import SPEC, STRICT, Undetermined, evaluate
from greenlane.engine.feel.parser import parse_expression
from greenlane.engine.interop.dmn.exporter.expression_writer import ElementScope, ExpressionWriter, NullState
from greenlane.engine.rules.table import Cell
from tests.examples import examples

SURE = frozenset(("s", "rated"))
TEXTS = """\
a > 3                                   ;; a > 3                                        ;; null by itself
a = 3                                   ;; if a = null then null else a = 3             ;; FEEL would say false
a != b                                  ;; if a = null or b = null then null else a != b ;; each side
s = "x"                                 ;; s = "x"                                      ;; never null
a = null                                ;; a = null                                     ;; null has a meaning here
a in (1, 2)                             ;; if a = null then null else a in (1, 2)       ;; a list of values
a in (null, 1)                          ;; a in (null, 1)                               ;; null is one of them
a = null or a = 3                       ;; a = null or a = 3                            ;; known where it is read
a > 1 and a = 3                         ;; a > 1 and (if a = null then null else a = 3) ;; read though a is null
not(a = 3)                              ;; not((if a = null then null else a = 3))      ;; not the opposite of false
if a > 3 then 1 else 2                  ;; if (a > 3) = null then null else if a > 3 then 1 else 2 ;; neither branch
if a = null then 0 else if a = 1 then 2 else 3 ;; if a = null then 0 else if a = 1 then 2 else 3 ;; asked before
if rated then 1 else 2                  ;; if rated then 1 else 2                       ;; never null
l[x = a]                                ;; l[x = a]                                     ;; filters are FEEL's own
for x in l return x = a                 ;; for x in l return x = a                      ;; and so is `for`
some x in l satisfies x = a             ;; some x in l satisfies (if a = null then null else x = a) ;; nulls pass
{k: a = 1} ;; {k: (if a = null then null else a = 1)} ;; entries too
2.30 + a                                ;; 2.30 + a                                     ;; digits stay
"""
CASES = [tuple(part.strip() for part in line.split(";;")) for line in TEXTS.splitlines()]


def written(text: str, sure: frozenset[str] = SURE, names: dict[str, str] | None = None) -> str:
    """The text in the model."""
    cell = Cell(text, Origin("rules.yaml", 1, 1), parse_expression(text))
    return ExpressionWriter(cell, ElementScope(sure, names or {}, frozenset())).expression(cell.node, NullState(sure))


@pytest.mark.parametrize(("text", "expected", "why"), CASES, ids=[case[0] for case in CASES])
def test_texts(text: str, expected: str, why: str) -> None:
    """Text; as it is written; why."""
    assert written(text) == expected, why


def test_layout_and_comments_stay() -> None:
    """The analyst's own lines are kept."""
    text = "if rated then {\n  one: 1.50, // first\n  two: s\n}\nelse null"
    assert written(text) == text


def test_a_name_that_is_another_in_the_model() -> None:
    """It is changed wherever it is the name outside, not where a loop has one of its own."""
    names = {"a": "a_known"}
    assert written("a + 1 > s", SURE, names) == "a_known + 1 > s"
    assert written("count(for a in [1] return a) + a", SURE, names) == "count(for a in [1] return a) + a_known"


ATOMS = st.sampled_from(["a", "b", "s", "3", "null"])
TESTS = st.one_of(
    st.builds("{} {} {}".format, ATOMS, st.sampled_from(["=", "!=", "<", ">="]), ATOMS),
    st.builds("{} in ({}, {})".format, st.sampled_from(["a", "b", "s"]), ATOMS, ATOMS),
    st.builds("{} in [{}..{}]".format, st.sampled_from(["a", "b", "s"]), st.just("1"), st.just("4")),
    st.builds("{} between {} and {}".format, st.sampled_from(["a", "s"]), st.just("2"), st.just("b")),
    st.sampled_from(["c", "rated", "not(c)"]),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
        st.builds("(some x in [1, 3] satisfies x = s and {})".format, inner),
        st.builds("(every x in [1, 3] satisfies x = a or {})".format, inner),
    ),
    max_leaves=6,
)
NUMBERS = st.sampled_from([None, Decimal(1), Decimal(3), Decimal(4)])
SCOPES = st.fixed_dictionaries(
    {
        "a": NUMBERS,
        "b": NUMBERS,
        "c": st.sampled_from([None, True, False]),
        "s": st.sampled_from([Decimal(1), Decimal(3)]),
        "rated": st.booleans(),
    }
)


@settings(max_examples=examples(65), deadline=None, suppress_health_check=list(HealthCheck))
@given(text=CONDITIONS, scope=SCOPES)
def test_null_where_it_cannot_be_told(text: str, scope: dict[str, Any]) -> None:
    """By the specification the written text is what the rule file's own is, and null where that is undetermined."""
    strict = evaluate(text, scope, STRICT)
    assert evaluate(written(text), scope, SPEC) == (None if isinstance(strict, Undetermined) else strict)
