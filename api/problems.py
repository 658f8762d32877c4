"""What goes wrong, as problem details (RFC 9457): a stable code, a status, and zh/en texts. No web framework here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from greenlane.api.problem_kinds import KINDS, Kind
from greenlane.engine.decide.validation import Violation
from greenlane.engine.text import Text

Language = Literal["zh", "en"]

RETRY_AFTER = 2
"""Seconds a client is asked to wait after a 503."""


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault with the JSON pointer (RFC 6901) of the field in the body, or the name of the parameter.

    A fault in a rule file has its `place` there (`path:line:column`), a `severity` and, mostly, `help`.
    """

    fault: Violation
    pointer: str | None = None
    parameter: str | None = None
    place: str | None = None
    severity: str | None = None
    help: str | None = None


class Problem(Exception):
    """The request ends here, with this problem. `subject` fills the detail text of the kind, `more` are members.

    `denied` says that the caller was refused something that is there; `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        faults: tuple[PlacedFault, ...] = (),
        subject: Text | None = None,
        more: Mapping[str, object] | None = None,
        *,
        denied: bool = False,
        retry_after: int | None = None,
    ) -> None:
        self.code = code
        self.faults = faults
        self.denied = denied
        self.retry_after = retry_after
        self.subject = subject or Text("", "")
        self.more = more or {}
        super().__init__(code)

    @property
    def kind(self) -> Kind:
        """The kind that `code` names."""
        return KINDS[self.code]

    @property
    def detail(self) -> Text:
        """The detail of the kind, about the subject."""
        told, subject = self.kind.detail, self.subject
        return Text(told.zh.replace("{subject}", subject.zh), told.en.replace("{subject}", subject.en))


def altered(decision_id: str) -> Problem:
    """What is stored of this decision is not what was stored."""
    return Problem("altered", subject=Text(decision_id, decision_id), more={"decision_id": decision_id})


def document(problem: Problem, language: Language, trace_id: str) -> dict[str, object]:
    """The problem as RFC 9457 members, texts in `language`."""
    kind = problem.kind
    found: dict[str, object] = {
        "type": f"urn:greenlane:problem:{problem.code}",
        "title": _in(kind.title, language),
        "status": kind.status,
        "detail": _in(problem.detail, language),
        "code": problem.code,
        "trace_id": trace_id,
    }
    if problem.faults:
        found["errors"] = [_fault(f, language) for f in problem.faults]
    return {**found, **problem.more}


def _fault(placed: PlacedFault, language: Language) -> dict[str, object]:
    fault = placed.fault
    found: dict[str, object] = {}
    if placed.pointer is not None:
        found["pointer"] = placed.pointer
    if placed.parameter is not None:
        found["parameter"] = placed.parameter
    if placed.place is not None:
        found["place"] = placed.place
    if placed.severity is not None:
        found["severity"] = placed.severity
    found["code"] = fault.code
    found["detail"] = _in(fault.detail, language)
    if placed.help:
        found["help"] = placed.help
    if fault.allowed is not None:
        found["allowed"] = list(fault.allowed)
    if fault.nearest is not None:
        found["nearest"] = fault.nearest
    return found


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en
