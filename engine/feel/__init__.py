"""FEEL, the expression language of rule files (DMN 1.5, conformance level 3)."""

from __future__ import annotations

from engine.feel.compile import compile_expression, compile_test
from engine.feel.evaluate import evaluate_node, evaluate_tests
from engine.feel.faults import Fault, FeelSyntaxError
from engine.feel.names import names_read
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.printer import print_node
from engine.feel.semantics import SPEC, STRICT, Cause, Message, Semantics, Undetermined
from engine.feel.text import evaluate, test

__all__ = [
    "SPEC",
    "STRICT",
    "Cause",
    "Fault",
    "FeelSyntaxError",
    "Message",
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
