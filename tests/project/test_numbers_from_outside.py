"""Nothing in the service makes a number of what came from outside but `greenlane.api.whole_numbers`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.project.sources import python_files, shown

MAKERS = {"int", "float", "Decimal", "int.from_bytes"}
ONE_PLACE = "api/whole_numbers.py"
KNOWN = {
    ("api/access/denials.py", "int"): "an address that was read",
    ("api/access/rate_limits.py", "int"): "seconds of our own clock",
    ("api/access/rate_limits.py", "int.from_bytes"): "8 bytes of a hash",
    ("api/access/tokens.py", "int"): "our own clock",
    ("api/evidence/pack/verify.py", "int"): "18 digits at most, in a program that stands alone",
    ("api/ledger/copying.py", "int"): "a count of rows",
    ("api/ledger/copying.py", "int.from_bytes"): "32 bytes of a hash",
    ("api/ledger/key_store.py", "int"): "a count of rows",
    ("api/ledger/sealing/cursors.py", "int.from_bytes"): "8 bytes that this service sealed",
    ("api/metrics.py", "float"): "a boolean",
    ("api/privacy/service.py", "int"): "of the setting three digits at most, of the database the year of a scope",
    ("api/privacy/statements.py", "int"): "a count of rows",
    ("api/releases/sandbox_process.py", "int"): "limits of the settings, that a worker started it with",
    ("api/releases/statements.py", "int"): "a count of rows",
    ("api/schemas/application.py", "int"): "a bound of the vocabulary",
    ("api/schemas/application.py", "float"): "a bound of the vocabulary",
    ("api/schemas/parameters.py", "Decimal"): "18 digits at most, by their pattern",
    ("api/server/framing.py", "int"): "8 hexadecimal digits at most, by their pattern",
    ("api/telemetry.py", "int"): "our own clock",
}
"""Calls that make a number of something else than a text or number from outside, and of what."""


def makers() -> Iterator[tuple[str, str]]:
    """Every call that makes a number, of anything but a literal: its file, and what is called."""
    for path in python_files("api"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS and not _constant(node):
                yield shown(path), ast.unparse(node.func)
            elif isinstance(node, ast.Call) and "map" in ast.unparse(node.func):
                yield from ((shown(path), one) for arg in node.args if (one := ast.unparse(arg)) in MAKERS)


def _constant(call: ast.Call) -> bool:
    """Whether nothing in the arguments can come from outside: literals, and constants of modules."""
    inner = [node for arg in call.args for node in ast.walk(arg)]
    return all(not isinstance(node, ast.Name) or node.id.isupper() for node in inner)


def test_one_place_makes_numbers() -> None:
    """Each other call is known, with what it makes a number of; one that is no more is taken off the list."""
    assert {found for found in makers() if found[0] != ONE_PLACE} == KNOWN.keys()
