"""Who is let in without a key, in local mode."""

from __future__ import annotations

import pytest

from greenlane.api.access.gate import Sender, is_here

CASES = """
peer             | host               | origin                | forwarded | local | why
127.0.0.1        | 127.0.0.1:8000     | -                     | no        | yes   | curl on this machine
127.0.0.1        | localhost:8000     | -                     | no        | yes   | by name
127.9.9.9        | 127.0.0.1          | -                     | no        | yes   | 127.0.0.0/8 is here
::1              | [::1]:8000         | -                     | no        | yes   | over IPv6
127.0.0.1        | localhost:8000     | http://localhost:8000 | no        | yes   | the page at /docs
127.0.0.1        | localhost:8000     | http://127.0.0.1:3000 | no        | yes   | a page of this machine
10.0.0.7         | 127.0.0.1:8000     | -                     | no        | no    | another machine
::ffff:127.0.0.1 | localhost          | -                     | no        | yes   | a socket for IPv4 and IPv6
::ffff:10.0.0.7  | localhost          | -                     | no        | no    | another machine at such
-                | localhost          | -                     | no        | no    | no address is known
(empty)          | localhost          | -                     | no        | no    | a socket without an address
nonsense         | localhost          | -                     | no        | no    | no address at all
127.0.0.1        | bank.example       | -                     | no        | no    | a name that was made to point here
127.0.0.1        | localhost.example  | -                     | no        | no    | not the name it looks like
127.0.0.1        | 127.0.0.1.nip.io   | -                     | no        | no    | nor the address
127.0.0.1        | (empty)            | -                     | no        | no    | no host
127.0.0.1        | [::1               | -                     | no        | no    | no host that can be read
127.0.0.1        | u@localhost        | -                     | no        | yes   | a user name does not matter
127.0.0.1        | localhost@evil.com | -                     | no        | no    | nor does it help
127.0.0.1        | localhost          | https://evil.example  | no        | no    | a web page of somebody else
127.0.0.1        | localhost          | null                  | no        | no    | a page of nobody in particular
127.0.0.1        | localhost          | -                     | yes       | no    | a proxy passes on a request
"""
LINES = [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()[1:]]


def told(cell: str) -> str | None:
    """What a cell stands for."""
    return None if cell == "-" else "" if cell == "(empty)" else cell


@pytest.mark.parametrize(("peer", "host", "origin", "forwarded", "local", "why"), LINES)
def test_calls_from_here(peer: str, host: str, origin: str, forwarded: str, local: str, why: str) -> None:
    """Only what certainly is a program on this machine, asking for itself."""
    sender = Sender(told(peer), told(host) or "", None, told(origin), forwarded == "yes")
    assert is_here(sender) is (local == "yes"), why
