"""Small files, small functions, more tests than code."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.project.sources import ROOT, line_count, python_files, shown

FILE_AIM, FILE_LIMIT = 300, 450
FUNCTION_AIM, FUNCTION_LIMIT = 30, 50
TESTS_PER_SOURCE = 1.3

CODE = ("greenlane", "engine", "api", "bench", "scripts")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file, by place and name, with its number of lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{shown(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def report(title: str, over: list[str]) -> None:
    """Says what is above its aim without failing for it."""
    if over:
        warnings.warn(f"{title}: {'; '.join(over)}", stacklevel=2)


def test_no_file_is_too_long() -> None:
    """No file of code or tests passes the limit; those above the aim are reported."""
    sizes = {shown(p): line_count(p) for p in python_files(*CODE, "tests")}
    report(f"files over {FILE_AIM} lines", [f"{p} {n}" for p, n in sizes.items() if n > FILE_AIM])
    assert {p: n for p, n in sizes.items() if n > FILE_LIMIT} == {}


def test_no_function_is_too_long() -> None:
    """No function passes the limit; those above the aim are reported."""
    sizes = dict(f for p in python_files(*CODE) for f in functions(p))
    report(f"functions over {FUNCTION_AIM} lines", [f"{f} {n}" for f, n in sizes.items() if n > FUNCTION_AIM])
    assert {f: n for f, n in sizes.items() if n > FUNCTION_LIMIT} == {}


def test_tests_outweigh_the_code() -> None:
    """There should be 1.3 lines of tests, features and cases for each line of code; less is reported."""
    code = sum(map(line_count, python_files(*CODE)))
    cases = [p for f in ("tests", "features") for p in (ROOT / f).rglob("*") if p.suffix in TEXTS]
    ratio = sum(map(line_count, cases)) / code
    report("lines of tests for each line of code", [f"{ratio:.2f}"] if ratio < TESTS_PER_SOURCE else [])
    assert ratio > 0


TEXTS = {".py", ".feature", ".txt", ".csv", ".yaml", ".md"}


def test_names_say_what_things_are() -> None:
    """No module is named for being nothing in particular."""
    vague = {"util", "utils", "helper", "helpers", "manager", "base", "common", "misc", "data", "info"}
    assert [shown(p) for p in python_files(*CODE) if p.stem in vague] == []
