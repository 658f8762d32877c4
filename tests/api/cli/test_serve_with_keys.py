"""`greenlane serve` where every caller needs a key: several processes that act as one."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.access.keys import new_secret
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database
from tests.api.access.callers import bearer
from tests.api.access.issuer import signed
from tests.api.access.log_entries import events
from tests.api.cli.conftest import EXAMPLES, ROOT
from tests.api.cli.test_serve import COMMAND, wait_for

LIMIT = 40
"""Requests that each caller has in a minute."""


@dataclass
class Served:
    """A running service, with all that it has answered."""

    port: int
    folder: Path
    answers: list[bytes] = field(default_factory=list)

    def call(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, bytes]:
        """One request on a connection of its own, so that any of the processes may answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        told = response.read()
        self.answers.append(told + repr(response.getheaders()).encode())
        connection.close()
        return response.status, told

    def said(self) -> str:
        """What it has written to standard error."""
        return (self.folder / "said").read_text(encoding="utf-8")

    def first_admin(self) -> dict[str, str]:
        """The header of the key that the first start shows."""
        (secret,) = re.findall(r"^    (gl_\S+)$", self.said(), re.MULTILINE)
        return bearer(secret)

    def new_key(self, *roles: str) -> tuple[str, str]:
        """The id and the secret of a new key."""
        status, told = self.call("POST", "/v1/keys", self.first_admin(), {"name": "x", "roles": roles})
        assert status == 201, told
        answer = json.loads(told)
        self.answers.pop()
        return answer["key"]["id"], answer["secret"]


pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two processes on one database."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "DATABASE_URL": f"sqlite:///{folder}/greenlane.db",
        "GREENLANE_RULES": str(ROOT / "rules"),
        "GREENLANE_ACCESS": "keys",
        "GREENLANE_RATE_LIMIT": str(LIMIT),
        "GREENLANE_LOG_LEVEL": "debug",
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [*COMMAND, "--port", str(port)], cwd=folder, env={**os.environ, **settings}, stderr=said
        )
    try:
        wait_for(port, process)
        yield Served(port, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_the_first_admin_makes_keys(served: Served) -> None:
    """With the key that the first start shows, once for both processes, everything else is set up."""
    _, secret = served.new_key("decide")
    body = json.loads((EXAMPLES / "EX-01.json").read_bytes())
    assert served.call("POST", "/v1/decisions", {}, body)[0] == 401
    assert served.call("POST", "/v1/decisions", bearer(secret), body)[0] == 201


def test_a_revoked_key_ends_everywhere(served: Served) -> None:
    """Two seconds later no process takes it, though all have used it."""
    key_id, secret = served.new_key("read")
    assert {served.call("GET", "/v1/vocabulary", bearer(secret))[0] for _ in range(10)} == {200}
    assert served.call("POST", f"/v1/keys/{key_id}/revoke", served.first_admin())[0] == 200
    time.sleep(2)
    assert {served.call("GET", "/v1/vocabulary", bearer(secret))[0] for _ in range(10)} == {401}


def test_processes_share_limits(served: Served) -> None:
    """A caller has its requests once, whichever process answers; what is for everybody goes on."""
    _, secret = served.new_key()
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: served.call("GET", "/metrics", bearer(secret))[0], range(2 * LIMIT)))
    came_back = int((time.monotonic() - begun) * LIMIT / 60) + 1
    assert set(answers) == {200, 429}
    assert LIMIT <= answers.count(200) <= LIMIT + came_back
    assert served.call("GET", "/healthz", {})[0] == 200


def test_refusals_reach_the_log(served: Served) -> None:
    """Within a second or two, while the service runs; the store verifies with them."""
    served.call("GET", "/v1/keys/probe", {})
    engine, limit = open_database(f"sqlite:///{served.folder}/greenlane.db"), time.monotonic() + 10
    while "/v1/keys/<key_id>" not in str(events(engine, "denied")) and time.monotonic() < limit:
        time.sleep(0.1)
    (found,) = [told for _, told in events(engine, "denied") if told["route"] == "/v1/keys/<key_id>"]
    assert (found["source"], found["code"], found["times"]) == ("127.0.0.1", "unauthenticated", 1)
    assert verify(engine, [served.folder / "heads.jsonl"]).clean
    engine.dispose()


def test_no_secret_is_told(served: Served) -> None:
    """Neither in logs, answers and metrics nor in any file, whatever goes wrong with it."""
    key_id, secret = served.new_key("read")
    _, rotated = served.call("POST", f"/v1/keys/{key_id}/rotate", served.first_admin())
    served.answers.pop()
    secrets = [secret, json.loads(rotated)["secret"], new_secret(), signed(), "gl_half", signed()[:-9]]
    for each in secrets:
        for path in ("/v1/vocabulary", f"/v1/decisions?cursor={each}", f"/v1/keys/{each}", f"/{each}"):
            served.call("GET", path, bearer(each))
        served.call("GET", f"/v1/decisions?{each}=1", bearer(each))
        served.answers.pop()  # A caller is told the name of the parameter that it made up.
        served.call("POST", "/v1/decisions", bearer(each), {each: each})
        served.call("GET", "/v1/vocabulary", {"Authorization": each})
        served.call("GET", "/v1/vocabulary", {"Authorization": f"Basic {each}"})
    served.call("GET", "/metrics", bearer(secret))
    admin = served.first_admin()["Authorization"].removeprefix("Bearer ")
    said = served.said()
    assert said.count(admin) == 1
    files = [path.read_bytes() for path in served.folder.rglob("*") if path.is_file() and path.name != "said"]
    assert len(files) > 1
    for told in (*files, *served.answers, said.replace(admin, "").encode()):
        for each in (admin, *secrets):
            assert each.encode() not in told
            assert each.removeprefix("gl_").encode() not in told
