"""Who is let in without a key, in local mode."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.access.gate import Sender, is_forwarded, is_here

CASES = """
peer             | host               | besides                             | local | why
127.0.0.1        | 127.0.0.1:8000     |                                     | yes   | curl on this machine
127.0.0.1        | localhost:8000     |                                     | yes   | by name
127.0.0.1        | LOCALHOST          |                                     | yes   | in capitals
127.9.9.9        | 127.0.0.1          |                                     | yes   | 127.0.0.0/8 is here
::1              | [::1]:8000         |                                     | yes   | over IPv6
127.0.0.1        | localhost:8000     | origin=http://localhost:8000        | yes   | the page at /docs
127.0.0.1        | localhost:8000     | fetch_site=same-origin              | yes   | the same, reading
127.0.0.1        | localhost:8000     | referer=http://localhost:8000/docs  | yes   | the same from an old browser
127.0.0.1        | localhost:8000     | origin=http://127.0.0.1:3000        | yes   | a page of this machine
127.0.0.1        | localhost:8000     | fetch_site=same-site                | yes   | a page of it on another port
127.0.0.1        | localhost:8000     | fetch_site=none                     | yes   | an address typed in
10.0.0.7         | 127.0.0.1:8000     |                                     | no    | another machine
::ffff:127.0.0.1 | localhost          |                                     | yes   | a socket for IPv4 and IPv6
::ffff:10.0.0.7  | localhost          |                                     | no    | another machine at such
-                | localhost          |                                     | no    | no address is known
(empty)          | localhost          |                                     | no    | a socket without an address
nonsense         | localhost          |                                     | no    | no address at all
127.0.0.1        | bank.example       |                                     | no    | a name made to point here
127.0.0.1        | localhost.example  |                                     | no    | not the name it looks like
127.0.0.1        | 127.0.0.1.nip.io   |                                     | no    | nor the address
127.0.0.1        | 2130706433         |                                     | no    | a number that some take for it
127.0.0.1        | (empty)            |                                     | no    | no host
127.0.0.1        | [::1               |                                     | no    | no host that can be read
127.0.0.1        | localhost/         |                                     | no    | nor this
127.0.0.1        | u@localhost        |                                     | no    | nor one with a user
127.0.0.1        | localhost@evil.com |                                     | no    | nor this
127.0.0.1        | localhost          | origin=https://evil.example         | no    | a web page of somebody else
127.0.0.1        | localhost          | origin=null                         | no    | a page of nobody in particular
127.0.0.1        | localhost          | fetch_site=cross-site               | no    | an image on somebody else's page
127.0.0.1        | localhost          | fetch_site=                         | no    | nothing that browsers say
127.0.0.1        | localhost          | referer=https://evil.example/       | no    | the image from an old browser
127.0.0.1        | localhost          | forwarded=yes                       | no    | a proxy passes on a request
"""
LINES = [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()[1:]]

PASSED_ON = """
Forwarded Via X-Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Protocol X-Forwarded-Port
X-Forwarded-Ssl X-Forwarded-Scheme X-Forwarded-Server X-Forwarded-By X-Forwarded-Prefix X-Forwarded-Client-Cert
X-Forwarded-User Forwarded-For X-Forwarder-For X-Original-URL X-Original-Host X-Original-Forwarded-For
X-Original-Method X-Originating-IP X-Real-IP X-Client-IP Client-IP True-Client-IP X-Cluster-Client-IP X-Remote-IP
X-Remote-Addr X-Remote-User X-Rewrite-URL X-ProxyUser-Ip Proxy-Client-IP WL-Proxy-Client-IP X-Host
X-HTTP-Host-Override X-Scheme X-Url-Scheme X-SSL X-SSL-Client-Cert Front-End-Https X-Envoy-External-Address
X-ARR-ClientCert X-Azure-ClientIP X-Appengine-User-IP CF-Connecting-IP CF-Ray CF-IPCountry CF-Visitor CDN-Loop
CloudFront-Viewer-Address X-Amz-Cf-Id X-Amzn-Trace-Id Fastly-Client-IP Fly-Client-IP Akamai-Origin-Hop Incap-Client-IP
X-Sucuri-ClientIP X-Nginx-Proxy x-forwarded-FOR
"""
OWN = """
Host User-Agent Accept Accept-Encoding Accept-Language Authorization Connection Content-Type Content-Length Cookie
Content-Encoding Transfer-Encoding Expect Idempotency-Key Origin Referer Range If-None-Match If-Modified-Since Pragma
Cache-Control DNT Priority Upgrade-Insecure-Requests Sec-Fetch-Site Sec-Fetch-Mode Sec-CH-UA TE traceparent tracestate
baggage X-Request-Id X-Correlation-Id X-Requested-With X-Api-Key X-B3-TraceId Prefer
"""


def told(cell: str) -> str | None:
    """What a cell stands for."""
    return None if cell == "-" else "" if cell == "(empty)" else cell


@pytest.mark.parametrize(("peer", "host", "besides", "local", "why"), LINES)
def test_calls_from_here(peer: str, host: str, besides: str, local: str, why: str) -> None:
    """Only what certainly is a program on this machine, asking for itself."""
    name, _, value = besides.partition("=")
    more: dict[str, Any] = {name: value == "yes" if name == "forwarded" else value} if name else {}
    assert is_here(Sender(told(peer), told(host) or "", **more)) is (local == "yes"), why


def test_what_programs_send() -> None:
    """No proxy is needed for these."""
    assert [name for name in OWN.split() if is_forwarded([name])] == []


def test_what_proxies_add(client: FlaskClient) -> None:
    """A call with any of it is somebody else's: it needs a key, to read and to audit."""
    assert [name for name in PASSED_ON.split() if not is_forwarded(["Host", name])] == []
    for path in ("/v1/decisions", "/v1/log/head"):
        assert client.get(path).status_code == 200
        for name in (
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Ssl",
            "X-Original-URL",
            "X-Scheme",
            "CF-Ray",
        ):
            assert client.get(path, headers={name: "127.0.0.1"}).status_code == 401, name


def test_what_is_no_call_from_here(client: FlaskClient) -> None:
    """As the service reads it: 401, and nothing of what was asked for."""
    for headers in (
        {"Host": ""},
        {"Host": "bank.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/page"},
        {"Origin": "https://evil.example"},
    ):
        response = client.get("/v1/decisions", headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (401, "unauthenticated"), headers
