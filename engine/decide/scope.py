"""Names during one evaluation: facts are there, decisions are made when first read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from greenlane.engine.decide.recorder import Recorder
from greenlane.engine.feel import Undetermined

Step = Callable[["Evaluation"], Any]


class Evaluation(dict[str, Any]):
    """The names of one evaluation and what it has noted. Used by one thread, once.

    `steps` make the decisions, `waiting` is what a decision is while it is being made; `shared` keeps what several
    calls of one function have in common.
    """

    __slots__ = ("as_of", "explain", "recorder", "shared", "steps", "waiting")

    def __init__(
        self,
        names: Mapping[str, Any],
        steps: Mapping[str, Step],
        waiting: Mapping[str, Undetermined],
        as_of: date,
        recorder: Recorder,
        explain: bool,
    ) -> None:
        super().__init__(names)
        self.steps = steps
        self.waiting = waiting
        self.as_of = as_of
        self.recorder = recorder
        self.explain = explain
        self.shared: dict[int, Any] = {}

    def __missing__(self, name: str) -> Any:
        step = self.steps[name]
        # Checked rulesets have no cycles; in any other, whoever reads a decision in the making finds this.
        self[name] = self.waiting[name]
        value = self[name] = step(self)
        return value


class CallScope(dict[str, Any]):
    """Names of one call, or of one run of a rule set, before those of the evaluation."""

    __slots__ = ("outer",)

    def __init__(self, outer: Mapping[str, Any], names: Mapping[str, Any]) -> None:
        super().__init__(names)
        self.outer = outer

    def __missing__(self, name: str) -> Any:
        return self.outer[name]
