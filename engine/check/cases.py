"""Check of worked cases: each application is one that the rules take (GL502). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from greenlane.engine.decide.application import Validator
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.json_text import pointer
from greenlane.engine.rules.ruleset import Ruleset, WorkedCase
from greenlane.engine.rules.vocabulary import Vocabulary


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Whatever is wrong with the applications of the ruleset's cases."""
    return check_cases(ruleset.cases.values(), ruleset.vocabulary)


def check_cases(cases: Iterable[WorkedCase], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Whatever is wrong with their applications, each by its JSON pointer in the case."""
    validator = Validator(vocabulary)
    for case in cases:
        for path, violation in validator.violations(case.application):
            at = pointer("application", *path)
            help_ = f"did you mean `{violation.nearest}`?" if violation.nearest else "the vocabulary says what is taken"
            yield Diagnostic("GL502", f"`{at}`: {violation.detail.en}", case.place, help_)
