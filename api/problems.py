"""What goes wrong, as problem details (RFC 9457): a stable code, a status, and zh/en texts. No web framework here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, UnsetType

from greenlane.api.json_objects import OPEN, JsonObject, Uuid, meant
from greenlane.api.problem_kinds import KINDS, Kind
from greenlane.engine.decide.application import VIOLATIONS, Violation
from greenlane.engine.json_text import pointer
from greenlane.engine.text import Text

Language = Literal["zh", "en"]
T = TypeVar("T")

TOLD = 1_000_000
"""Characters of faults that one problem tells, but for the last of them."""

RETRY_AFTER = 2
"""Seconds a client is asked to wait after a 503."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a field of the body, by its JSON pointer (RFC 6901), or with a parameter, by its name.

    What is wrong in a rule file has its `place` there (`path:line:column`), a `severity` and, mostly, `help`.
    """

    violation: Violation
    pointer: str | None = None
    parameter: str | None = None
    place: str | None = None
    severity: str | None = None
    help: str | Text | None = None


class ProblemError(Exception):
    """The request ends here, with this problem. `errors` are what is wrong with its fields: the first `VIOLATIONS`.

    `untold` is how many more there are, those not given here among them. `subject` fills the detail text of the kind,
    `more` are members of the document. `denied` says that the caller was refused something that is there; `retry_after`
    is in seconds.
    """

    def __init__(
        self,
        code: str,
        errors: Iterable[FieldProblem] = (),
        subject: Text | None = None,
        more: Mapping[str, Any] | None = None,
        *,
        untold: int = 0,
        denied: bool = False,
        retry_after: int | None = None,
    ) -> None:
        self.code = code
        given = iter(errors)
        self.errors = tuple(islice(given, VIOLATIONS))
        self.untold = untold + sum(1 for _ in given)
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


def placed(violations: Iterable[tuple[tuple[str, ...], Violation]]) -> tuple[FieldProblem, ...]:
    """The violations of an application, each with the keys that lead to it, as problems of a body."""
    return tuple(FieldProblem(violation, pointer=pointer(*path)) for path, violation in violations)


def altered(decision_id: str) -> ProblemError:
    """What is stored of this decision is not what was stored."""
    return ProblemError("altered", subject=Text(decision_id, decision_id), more={"decision_id": decision_id})


def answer_full(size: int) -> ProblemError:
    """Of a batch whose decisions have reached this many bytes."""
    return ProblemError("answer_full", subject=Text(str(size), str(size)))


class ErrorItem(JsonObject, kw_only=True):
    """What is wrong with one field or parameter, or at one place of the rule files."""

    pointer: Annotated[str | UnsetType, meant("JSON pointer (RFC 6901) of the field in the body")] = UNSET
    parameter: Annotated[str | UnsetType, meant("Name of the query parameter or header")] = UNSET
    place: Annotated[str | UnsetType, meant("`path:line:column` in the rule files")] = UNSET
    severity: Annotated[str | UnsetType, meant("`error` or `warning`, of a fault in rule files")] = UNSET
    code: Annotated[str, meant("Stable code of the fault")]
    detail: Annotated[str, meant("In the language asked for")]
    help: Annotated[str | UnsetType, meant("What to do about it")] = UNSET
    allowed: Annotated[Sequence[Any] | UnsetType, meant("The values accepted")] = UNSET
    nearest: Annotated[str | UnsetType, meant("The nearest known name or value")] = UNSET

    @classmethod
    def of(cls, placed: FieldProblem, language: Language) -> ErrorItem:
        """As told in `language`."""
        violation = placed.violation
        return ErrorItem(
            pointer=_set(placed.pointer),
            parameter=_set(placed.parameter),
            place=_set(placed.place),
            severity=_set(placed.severity),
            code=violation.code,
            detail=_in(violation.detail, language),
            help=_set(_in(placed.help, language) if isinstance(placed.help, Text) else placed.help or None),
            allowed=_set(violation.allowed),
            nearest=_set(violation.nearest),
        )


class ProblemDocument(JsonObject, kw_only=True):
    """A problem (RFC 9457)."""

    type: Annotated[str, meant(format="uri")]
    title: Annotated[str, meant("In the language asked for")]
    status: int
    detail: Annotated[str, meant("In the language asked for")]
    code: Annotated[str, meant("Stable code of the problem")]
    trace_id: Annotated[str, meant("Quote it to the operators")]
    errors: Annotated[Sequence[ErrorItem] | UnsetType, meant("Every fault of the request")] = UNSET
    more_errors: Annotated[int | UnsetType, meant("How many faults there are besides those listed", minimum=1)] = UNSET
    remains: Annotated[dict[str, Any] | UnsetType, meant("What stays of a decision that was erased", **OPEN)] = UNSET
    decision_id: Annotated[Uuid | UnsetType, meant("The decision whose stored content was altered")] = UNSET

    @classmethod
    def of(cls, problem: ProblemError, language: Language, trace_id: str, faults: int = VIOLATIONS) -> ProblemDocument:
        """A problem, told in `language`, with the first `faults` of what is wrong."""
        told = list(_told(problem.errors[:faults], language))
        more = problem.untold + len(problem.errors) - len(told)
        return ProblemDocument(
            type=f"urn:greenlane:problem:{problem.code}",
            title=_in(problem.kind.title, language),
            status=problem.kind.status,
            detail=_in(problem.detail, language),
            code=problem.code,
            trace_id=trace_id,
            errors=told or UNSET,
            more_errors=more or UNSET,
            **problem.more,
        )


def _told(errors: Iterable[FieldProblem], language: Language) -> Iterator[ErrorItem]:
    """The errors, up to the one whose texts go past `TOLD`: a name that a client made up may be in each of them."""
    size = 0
    for error in errors:
        if size > TOLD:
            return
        item = ErrorItem.of(error, language)
        size += len(item.pointer or "") + len(item.detail)
        yield item


def _set(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


def _in(text: Text, language: Language) -> str:
    return text.zh if language == "zh" else text.en
