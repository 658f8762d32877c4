"""The table of who may call what. Whoever adds an operation adds its line."""

from __future__ import annotations

from dataclasses import dataclass

from api.principals import Role

WHO_MAY_CALL = """
operation                                       | roles        | decisions
GET /healthz                                    | everybody    | -
GET /readyz                                     | everybody    | -
GET /metrics                                    | every caller | -
GET /openapi.json                               | everybody    | -
GET /docs                                       | everybody    | -
GET /docs/start.js                              | everybody    | -
GET /docs/assets/<name>                         | everybody    | -
POST /v1/decisions                              | decide       | -
POST /v1/decisions:search                       | read, decide | listed
POST /v1/decisions:batch                        | decide       | -
GET /v1/decisions                               | read, decide | listed
GET /v1/decisions/<decision_id>                 | read, decide | one
GET /v1/decisions/<decision_id>/trace           | audit        | one
GET /v1/decisions/<decision_id>/explanation     | read, decide | one
POST /v1/decisions/<decision_id>/replay         | audit        | one
POST /v1/decisions/<decision_id>/review         | read         | judged
POST /v1/decisions/<decision_id>/review/outcome | audit        | judged
GET /v1/decisions/<decision_id>/review          | read         | one
POST /v1/erasures                               | admin        | judged
GET /v1/decisions/<decision_id>/proof           | audit        | one
GET /v1/decisions/<decision_id>/evidence        | audit        | one
GET /v1/log/head                                | audit        | -
GET /v1/log/key                                 | audit        | -
GET /v1/log/keys                                | audit        | -
GET /v1/log/entries                             | audit        | whole
GET /v1/log/proofs/inclusion                    | audit        | whole
GET /v1/log/proofs/consistency                  | audit        | -
GET /v1/rulesets/current                        | read         | -
GET /v1/releases                                | read         | -
GET /v1/releases/<release_id>                   | read         | -
GET /v1/releases:log                            | read         | judged
GET /v1/releases/<release_id>/log               | read         | judged
GET /v1/releases/<release_id>/evidence          | read         | judged
GET /v1/releases/<release_id>/evidence/<sha256> | read         | judged
GET /v1/releases/<release_id>/diff              | read         | judged
GET /v1/releases/<release_id>/blame             | read         | judged
GET /v1/reference/<table>                       | read         | judged
POST /v1/releases                               | author       | judged
POST /v1/releases/<release_id>/submit           | author       | judged
POST /v1/releases/<release_id>/approve          | approve      | judged
POST /v1/releases/<release_id>/reject           | approve      | judged
POST /v1/releases/<release_id>/activate         | approve      | judged
POST /v1/releases:rollback                      | approve      | judged
POST /v1/kill-switch                            | approve      | judged
GET /v1/kill-switch                             | read         | judged
GET /v1/vocabulary                              | read         | -
POST /v1/keys                                   | admin        | -
GET /v1/keys                                    | admin        | -
GET /v1/keys/<key_id>                           | admin        | -
POST /v1/keys/<key_id>/rotate                   | admin        | -
POST /v1/keys/<key_id>/revoke                   | admin        | -
"""
"""For each operation: who may call it (one of the roles is enough), and how it shows decisions.

`listed`: those the caller may see, without a word about others. `one`: what the caller may not see is not there.
`whole`: tells of decisions of every region, and so is for callers that are limited to none. `judged`: shows none, and
wants a body or an order of things that other tests are about: whoever may call is not answered 401 or 403.
"""


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    method: str
    rule: str
    roles: str
    decisions: str

    def allows(self, *roles: Role) -> bool:
        """Whether a caller with these roles may call."""
        wanted = self.roles.split(", ")
        return self.roles in {"everybody", "every caller"} or any(role.value in wanted for role in roles)


def lines(decisions: str = "") -> list[Line]:
    """The table, or the part that shows decisions in one way."""
    rows = [[cell.strip() for cell in row.split("|")] for row in WHO_MAY_CALL.strip().splitlines()[1:]]
    found = [Line(*operation.split(" "), roles, shown) for operation, roles, shown in rows]
    return [line for line in found if not decisions or line.decisions == decisions]


def named(line: Line) -> str:
    """The name of a test."""
    return f"{line.method} {line.rule}"
