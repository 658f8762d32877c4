"""An application in a file, taken by the same schema as the API's, and decided by the rules at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import IO, Any

from greenlane.api.cli.console import Refused
from greenlane.api.cli.settings import current_settings
from greenlane.api.config import Trace
from greenlane.api.days import Days
from greenlane.api.decisions.service import application_date, in_force
from greenlane.api.problem_kinds import KINDS
from greenlane.api.problems import PlacedFault
from greenlane.api.schemas.application import application_schema
from greenlane.api.schemas.faults import body_faults
from greenlane.engine.decide import Result
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.policy import Policy
from greenlane.engine.rules.vocabulary import Vocabulary

Application = Mapping[str, Any]


def read_application(file: IO[bytes], vocabulary: Vocabulary) -> Application:
    """The application in a JSON file. Every fault in it, by its JSON pointer, ends the command."""
    try:
        body = decode(file.read())
    except JsonError as refused:
        detail = KINDS[refused.code].detail.en.replace("{subject}", refused.subject)
        raise Refused(f"`{file.name}`: {KINDS[refused.code].title.en}", [detail]) from None
    schema = application_schema(vocabulary)
    messages = schema.validate(body)
    if messages:
        faults = body_faults(messages, schema)
        raise Refused(f"`{file.name}` is not an application that the rules accept", map(_line, faults))
    application: Application = body
    return application


def decide(rules: Policy, application: Application, as_of: date | None, trace: Trace) -> tuple[Result, date]:
    """The result and the day it is of: see `day_of`."""
    day = day_of(rules, application, as_of)
    return rules.decide(application, day, trace), day


def day_of(rules: Policy, application: Application, as_of: date | None) -> date:
    """`as_of`, else the application's own date, else today. A day on which the rules do not hold ends the command."""
    day = as_of or application_date(application) or Days(current_settings().time_zone).today(datetime.now(UTC))
    if not in_force(rules, day):
        ruleset = rules.ruleset
        until = f" until {ruleset.effective_until}" if ruleset.effective_until else ""
        raise Refused(f"the rules are not in force on {day}", [f"in force from {ruleset.effective_from}{until}"])
    return day


def _line(placed: PlacedFault) -> str:
    fault = placed.fault
    line = f"{placed.pointer or '(the whole)'}: {fault.detail.en} / {fault.detail.zh}"
    if fault.nearest is not None:
        line += f" (did you mean `{fault.nearest}`?)"
    if fault.allowed is not None:
        line += f" (one of {', '.join(map(str, fault.allowed))})"
    return line
