"""Greenlane: rules that decide, and say why. The public door, over the engine alone; loads nothing until used.

    policy = greenlane.load("rules")
    result = policy.decide(application, as_of=date(2026, 3, 2))
    result.status, result.outcome, result.reasons, result.undetermined

It stands on the engine alone: no web framework, no database. docs/library.md is its page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenlane import feel
    from greenlane.engine.decide import Result
    from greenlane.engine.decide.application import ApplicationError
    from greenlane.engine.diagnostics import RulesetError
    from greenlane.engine.policy import Policy

__all__ = ["ApplicationError", "Policy", "Result", "RulesetError", "decide", "feel", "load"]

_PLACES = {
    "ApplicationError": "greenlane.engine.decide.application",
    "Policy": "greenlane.engine.policy",
    "Result": "greenlane.engine.decide",
    "RulesetError": "greenlane.engine.diagnostics",
    "feel": "greenlane.feel",
}


def load(rules: str | Path | Mapping[str, str | bytes], *, matcher: str | None = None) -> Policy:
    """The policy in rule files: a directory, or their texts by path (`{"ruleset.yaml": …}`). Checked whole.

    `matcher` is `rete`, `bitmap` or `linear`; all give the same answers. By default `rete` where durable_rules is
    installed (the extra `rete`), else `bitmap`.

    Raises `RulesetError` with every fault of the files, `OSError` for a directory that cannot be read, `ValueError` for
    an unknown matcher, `ImportError` for `rete` where durable_rules is not installed.
    """
    from greenlane.engine.decide.matching import MATCHERS
    from greenlane.engine.policy import compiler
    from greenlane.rule_files import read_files

    if matcher is not None and matcher not in MATCHERS:
        raise ValueError(f"unknown matcher {matcher!r}: {', '.join(MATCHERS)} are known")
    files = read_files(Path(rules)) if isinstance(rules, str | Path) else _as_bytes(rules)
    return compiler(matcher)(files)


def decide(
    rules: str | Path | Mapping[str, str | bytes], application: Mapping[str, Any], *, as_of: date, trace: str = "none"
) -> Result:
    """The decision about one application by rule files that are loaded for it: `load(rules).decide(application, …)`.

    Whoever decides more than once loads the policy once. Raises what `load` and `Policy.decide` raise.
    """
    return load(rules).decide(application, as_of=as_of, trace=trace)


def _as_bytes(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


def __getattr__(name: str) -> Any:
    """The other names of the door, loaded when they are first asked for (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_PLACES[name])
    return module if name == "feel" else getattr(module, name)
