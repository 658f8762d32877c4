"""Flask middleware that lets requests in: who calls is established, and that they may; refusals go to the log."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, g, request

from greenlane.api.access.denials import Refusal, source_of
from greenlane.api.access.gate import Gate, Sender, is_forwarded
from greenlane.api.access.rate_limits import WINDOW, Quota
from greenlane.api.http.exchange import service
from greenlane.api.http.operation import ROLES
from greenlane.api.principals import ANONYMOUS, Principal, Role
from greenlane.api.problems import ProblemError
from greenlane.engine.text import Text

DENIALS = frozenset({401, 403, 429})
"""Statuses that refuse a caller, whatever it asks for."""


def admit_callers(app: Flask) -> None:
    """Has the `Gate` of the application judge who calls an operation before anything else of the request is read."""
    app.before_request(_admit)
    app.after_request(_end)


def principal() -> Principal:
    """Who calls; `ANONYMOUS` in operations that do not ask."""
    return cast(Principal, g.get("principal", ANONYMOUS))


def require_every_region() -> None:
    """Returns when the caller is limited to no region. Raises `ProblemError` forbidden."""
    if principal().regions is not None:
        raise ProblemError("forbidden", subject=Text("audit（不限地区）", "audit (of every region)"))


def _admit() -> None:
    """Returns when the caller is known, is within its limit, and has one of the roles, if any is asked for.

    Raises `ProblemError` unauthenticated, credential_refused, too_many_requests, forbidden; `StoreUnavailableError`
    when keys cannot be read.
    """
    roles = _roles_needed()
    if roles is None:
        return
    gate, sender = service(Gate), _sender()
    try:
        g.principal = gate.principal(sender)
    except ProblemError:
        gate.failed(source_of(sender.peer))
        raise
    g.quota = gate.take(g.principal)
    if g.quota is not None and not g.quota.allowed:
        raise ProblemError("too_many_requests", retry_after=g.quota.retry_after)
    if roles and not g.principal.roles.intersection(roles):
        wanted = " / ".join(role.value for role in roles)
        raise ProblemError("forbidden", subject=Text(wanted, wanted))


def _roles_needed() -> tuple[Role, ...] | None:
    """Of the operation that is called; None where no operation is, or one that asks nobody who they are."""
    rule = request.url_rule
    if rule is None or (request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)):
        return None
    # A view that says nothing is one whose author forgot to.
    found: tuple[Role, ...] | None = getattr(current_app.view_functions[rule.endpoint], ROLES, (Role.ADMIN,))
    return found


def _sender() -> Sender:
    headers = request.headers
    # `request.host` would make one up where the client sent none.
    return Sender(
        request.remote_addr,
        headers.get("Host", ""),
        headers.get("Authorization"),
        headers.get("Origin"),
        is_forwarded(headers.keys()),
        headers.get("Sec-Fetch-Site"),
        headers.get("Referer"),
    )


def _end(response: Response) -> Response:
    problem: ProblemError | None = g.get("problem")
    if problem is not None and (problem.denied or problem.kind.status in DENIALS):
        _note_refusal(problem)
    quota: Quota | None = g.get("quota")
    if quota is not None:
        response.headers["RateLimit-Policy"] = f'"caller";q={quota.limit};w={WINDOW:.0f}'
        response.headers["RateLimit"] = f'"caller";r={quota.remaining};t={quota.whole_in}'
    return response


def _note_refusal(problem: ProblemError) -> None:
    """Has the refusal of the request under way written to the log, in the background."""
    caller = principal()
    route = request.url_rule.rule if request.url_rule is not None else "-"
    service(Gate).denials.record(
        Refusal(
            source_of(request.remote_addr),
            None if caller == ANONYMOUS else caller.id,
            request.method,
            route,
            problem.code,
        )
    )
