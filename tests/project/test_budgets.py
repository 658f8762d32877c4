"""Small files, small functions, enough tests."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.project.sources import ROOT, line_count, python_files, shown

FILE_AIM, FILE_LIMIT = 300, 450
FUNCTION_AIM, FUNCTION_LIMIT = 30, 50
TESTS_AIM, TESTS_LIMIT = 1.3, 0.75
"""Lines of tests, features and cases for each line of code: the aim, and what was reached and is not given up."""

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


def test_tests_keep_up_with_the_code() -> None:
    """Code comes with its tests: less than the aim is reported, less than was reached before fails."""
    code = sum(map(line_count, python_files(*CODE)))
    ratio = sum(map(line_count, cases())) / code
    report("lines of tests for each line of code", [f"{ratio:.2f}"] if ratio < TESTS_AIM else [])
    assert ratio >= TESTS_LIMIT


def cases() -> Iterator[Path]:
    """Files of tests, features and cases that are ours."""
    for folder in ("tests", "features"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in TEXTS and "node_modules" not in path.parts:
                yield path


TEXTS = {".py", ".feature", ".txt", ".csv", ".yaml"}


def test_no_two_classes_have_one_name() -> None:
    """Who reads a name knows which class is meant, wherever that is."""
    places: dict[str, list[str]] = {}
    for path in python_files("greenlane", "engine", "api"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{shown(path)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_names_say_what_things_are() -> None:
    """No module is named for being nothing in particular."""
    vague = {"util", "utils", "helper", "helpers", "manager", "base", "common", "misc", "data", "info"}
    assert [shown(p) for p in python_files(*CODE) if p.stem in vague] == []
