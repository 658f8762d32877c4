"""The table of who may call what. Whoever adds an operation adds its line."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.api.principals import Role

WHO_MAY_CALL = """
operation                                       | roles                        | decisions | answer
GET /healthz                                    | everybody                    | -         | 200
GET /readyz                                     | everybody                    | -         | 200
GET /metrics                                    | every caller                 | -         | 200
GET /openapi.json                               | everybody                    | -         | 200
GET /docs                                       | everybody                    | -         | 200
GET /docs/start.js                              | everybody                    | -         | 200
GET /docs/assets/<name>                         | everybody                    | -         | 200
POST /v1/decisions                              | decide                       | -         | 201
POST /v1/decisions:search                       | read, decide                 | listed    | 200
POST /v1/decisions:batch                        | decide                       | -         | 200
GET /v1/decisions                               | read, decide                 | listed    | 200
GET /v1/decisions/<decision_id>                 | read, decide                 | one       | 200
GET /v1/decisions/<decision_id>/trace           | audit                        | one       | 200
GET /v1/decisions/<decision_id>/explanation     | read, decide                 | one       | 200
POST /v1/decisions/<decision_id>/replay         | audit                        | one       | 200
POST /v1/decisions/<decision_id>/review         | read                         | -         | 201
POST /v1/decisions/<decision_id>/review/outcome | audit                        | -         | 409 review_out_of_turn
GET /v1/decisions/<decision_id>/review          | read                         | one       | 200
POST /v1/erasures                               | admin                        | -         | 200
GET /v1/decisions/<decision_id>/proof           | audit                        | one       | 200
GET /v1/decisions/<decision_id>/evidence        | audit                        | one       | 200
GET /v1/log/head                                | audit                        | -         | 200
GET /v1/log/key                                 | audit                        | -         | 200
GET /v1/log/keys                                | audit                        | -         | 200
GET /v1/log/entries                             | audit                        | whole     | 200
GET /v1/log/proofs/inclusion                    | audit                        | whole     | 200
GET /v1/log/proofs/consistency                  | audit                        | -         | 200
GET /v1/rulesets/current                        | read                         | -         | 200
GET /v1/releases                                | read, author, approve, audit | -         | 200
GET /v1/releases/<release_id>                   | read, author, approve, audit | -         | 200
GET /v1/releases:log                            | read, author, approve, audit | -         | 200
GET /v1/releases/<release_id>/log               | read, author, approve, audit | -         | 200
GET /v1/releases/<release_id>/evidence          | read, author, approve, audit | -         | 200
GET /v1/releases/<release_id>/evidence/<sha256> | read, author, approve, audit | -         | 404 not_found
GET /v1/releases/<release_id>/diff              | read, author, approve, audit | -         | 200
GET /v1/releases/<release_id>/blame             | read, author, approve, audit | -         | 200
GET /v1/reference/<table>                       | read, author, approve, audit | -         | 404 not_found
POST /v1/releases                               | author                       | -         | 201
POST /v1/releases/<release_id>/submit           | author                       | -         | 409 step_not_allowed
POST /v1/releases/<release_id>/approve          | approve                      | -         | 409 step_not_allowed
POST /v1/releases/<release_id>/reject           | approve                      | -         | 409 step_not_allowed
POST /v1/releases/<release_id>/activate         | approve                      | -         | 409 files_decide
POST /v1/releases:rollback                      | approve                      | -         | 409 files_decide
POST /v1/kill-switch                            | approve                      | -         | 409 step_not_allowed
GET /v1/kill-switch                             | read, approve                | -         | 200
GET /v1/vocabulary                              | read                         | -         | 200
POST /v1/keys                                   | admin                        | -         | 201
GET /v1/keys                                    | admin                        | -         | 200
GET /v1/keys/<key_id>                           | admin                        | -         | 200
POST /v1/keys/<key_id>/rotate                   | admin                        | -         | 200
POST /v1/keys/<key_id>/revoke                   | admin                        | -         | 200
"""
"""For each operation: who may call it (one of the roles is enough), and how it shows decisions.

`listed`: those the caller may see, without a word about others. `one`: what the caller may not see is not there.
`whole`: tells of decisions of every region, and so is for callers that are limited to none. `answer` is what a caller
who may call is answered: the status, and the code of the problem where the call cannot be done in the state that it
finds.
"""


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    method: str
    rule: str
    roles: str
    decisions: str
    answer: str

    def allows(self, *roles: Role) -> bool:
        """Whether a caller with these roles may call."""
        wanted = self.roles.split(", ")
        return self.roles in {"everybody", "every caller"} or any(role.value in wanted for role in roles)


def lines(decisions: str = "") -> list[Line]:
    """The table, or the part that shows decisions in one way."""
    rows = [[cell.strip() for cell in row.split("|")] for row in WHO_MAY_CALL.strip().splitlines()[1:]]
    found = [Line(*operation.split(" "), roles, shown, answer) for operation, roles, shown, answer in rows]
    return [line for line in found if not decisions or line.decisions == decisions]


def named(line: Line) -> str:
    """The name of a test."""
    return f"{line.method} {line.rule}"
