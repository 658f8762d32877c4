"""FEEL, the expression language of rule files (DMN 1.5, conformance level 3)."""

from __future__ import annotations

from greenlane.engine.feel.compile import compile_expression, compile_test
from greenlane.engine.feel.evaluate import evaluate_node, evaluate_tests
from greenlane.engine.feel.faults import Fault, FeelSyntaxError
from greenlane.engine.feel.names import names_read
from greenlane.engine.feel.parser import parse_expression, parse_unary_tests
from greenlane.engine.feel.printer import print_node
from greenlane.engine.feel.semantics import SPEC, STRICT, Cause, Semantics, Undetermined
from greenlane.engine.feel.text import evaluate, test

__all__ = [
    "SPEC",
    "STRICT",
    "Cause",
    "Fault",
    "FeelSyntaxError",
    "Semantics",
    "Undetermined",
    "compile_expression",
    "compile_test",
    "evaluate",
    "evaluate_node",
    "evaluate_tests",
    "names_read",
    "parse_expression",
    "parse_unary_tests",
    "print_node",
    "test",
]
