"""A real YAML language server completes, explains and checks the shipped rule files by the schema.

Skipped where there is none: `npm install -g yaml-language-server`, or name its program in `YAML_LANGUAGE_SERVER`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.rules.layout.language_server import LanguageServer

ROOT = Path(__file__).parents[4]
RULES = ROOT / "rules"
COMMAND = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
SETTINGS = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
PRICING = (RULES / "pricing.yaml").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(COMMAND is None, reason="yaml-language-server is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """A server that has the settings of this workspace."""
    assert COMMAND is not None
    with LanguageServer(COMMAND, ROOT, SETTINGS["yaml.schemas"]) as running:
        yield running


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.yaml")), ids=lambda path: path.name)
def test_shipped_file_has_no_fault(server: LanguageServer, path: Path) -> None:
    """Every document of it."""
    assert server.faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        ("hit: unique", "hit: ¦", ["unique", "any", "first", "priority"]),
        ("undetermined: refer\n", "und¦\n", ["undetermined"]),
        ("unit: bp", "unit: ¦", ["元", "万元"]),
        ("basis: the last publication", "¦basis: the last publication", ["kind", "parameters"]),
    ],
)
def test_words_and_keys_are_offered(server: LanguageServer, before: str, after: str, first: list[str]) -> None:
    """In the first document and in those behind it, in block and flow style."""
    offered = server.offered(RULES / "pricing.yaml", PRICING.replace(before, after, 1))
    assert set(first) <= set(offered)


def test_key_is_explained(server: LanguageServer) -> None:
    """In both languages, with its words."""
    shown = server.shown(RULES / "pricing.yaml", PRICING.replace("undetermined:", "undeter¦mined:", 1))
    assert "因缺少事实而无法判定的行如何处理" in shown
    assert "what a row does that cannot be decided" in shown
    assert "`refer`: 转人工处理 / a person looks at the case" in shown


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("hit: unique", "hit: uniq", '6: Value is not accepted. Valid values: "unique", "any"'),
        ("basis:", "bases:", "5: Property bases is not allowed."),
        ("value: lpr", "hit: first\nvalue: lpr", "Property hit is not allowed."),
    ],
)
def test_mistake_is_shown(server: LanguageServer, before: str, after: str, fault: str) -> None:
    """With its line."""
    found = server.faults(RULES / "pricing.yaml", PRICING.replace(before, after, 1))
    assert any(fault in text for text in found)
