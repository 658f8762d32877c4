"""The rule files that a process was started with, read once."""

from __future__ import annotations

from greenlane.api.config import Settings
from greenlane.api.days import Clock
from greenlane.api.releases.cache import Loaded
from greenlane.api.releases.service import release_of
from greenlane.api.schemas.accepting import accepts
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.policy import Compile
from greenlane.rule_files import read_files

Files = Loaded | RulesetError | OSError
"""The release that the rule files are, or why they are none."""


def read_rule_files(settings: Settings, compile_rules: Compile, clock: Clock) -> Files:
    """The rule files of the settings as a release.

    Raises `RulesetError` or `OSError` where they decide: then nothing can go on without them.
    """
    try:
        rules = compile_rules(read_files(settings.rules))
    except (RulesetError, OSError) as refused:
        if settings.rules_mode == "files":
            raise
        return refused
    return Loaded(release_of(rules.ruleset, clock()), rules, accepts(rules.ruleset.vocabulary))
