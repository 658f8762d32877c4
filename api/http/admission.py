"""Letting requests in: who calls is established, and that they may."""

from __future__ import annotations

from flask import g, request

from greenlane.api.access.denials import Refusal, source_of
from greenlane.api.access.local import FORWARDING, Call
from greenlane.api.http.context import principal, require, services
from greenlane.api.principals import ANONYMOUS, Role
from greenlane.api.problems import Problem

ANY_CALLER: tuple[Role, ...] = ()
"""What operations name that are for every caller whose identity is established, whatever the role."""


def admit(roles: tuple[Role, ...]) -> None:
    """Returns when the caller is known, is within its limit, and has one of the roles, if any is asked for.

    Raises `Problem` unauthenticated, credential_refused, too_many_requests, forbidden; `StoreUnavailableError` when
    keys cannot be read.
    """
    gate, call = services().gate, _call()
    try:
        g.principal = gate.principal(call)
    except Problem:
        gate.limits.failed(source_of(call.peer))
        raise
    g.quota = gate.limits.take(g.principal)
    if g.quota is not None and not g.quota.allowed:
        raise Problem("too_many_requests", retry_after=g.quota.retry_after)
    if roles:
        require(*roles)


def note_refusal(problem: Problem) -> None:
    """Has the refusal of the request under way written to the log, in the background."""
    caller = principal()
    route = request.url_rule.rule if request.url_rule is not None else "-"
    services().gate.denials.record(
        Refusal(
            source_of(request.remote_addr),
            None if caller == ANONYMOUS else caller.id,
            request.method,
            route,
            problem.code,
        )
    )


def _call() -> Call:
    headers = request.headers
    forwarded = any(name in headers for name in FORWARDING)
    return Call(request.remote_addr, request.host, headers.get("Authorization"), headers.get("Origin"), forwarded)
