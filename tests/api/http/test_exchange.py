"""Bad input is refused with a problem, and nothing is stored."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from greenlane.api.http.exchange import preferred

Application = dict[str, Any]
JSON = "application/json"

CASES = [
    (b"", JSON, 400, "not_json"),
    (b"{", JSON, 400, "not_json"),
    (b"amount=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    (b"{}", "text/plain", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset=gbk", 415, "unsupported_media_type"),
    (b"{}", "", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset=utf-8; charset=gbk", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset=utf-8; charset=utf-8", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset=", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset='utf-8'", 415, "unsupported_media_type"),
    (b"{}", "application/json; charset=utf-16", 415, "unsupported_media_type"),
    (b"{}", "application/json, text/plain", 415, "unsupported_media_type"),
    (b"{}", "application/json; utf-8", 415, "unsupported_media_type"),
    (b"{}", "application/jsonx", 415, "unsupported_media_type"),
    (b"{}", 'Application/JSON ; Charset="UTF-8"', 422, "invalid"),
    (b"{}", "application/json;profile=a;charset=utf8", 422, "invalid"),
    (b" " * 1_000_001, JSON, 413, "too_large"),
    (b"[" * 999_999, JSON, 400, "too_deep"),
    (b'{"a":NaN}', JSON, 400, "not_json"),
    (b'{"a":Infinity}', JSON, 400, "not_json"),
    (b'{"a":1,"a":2}', JSON, 400, "duplicate_key"),
    (b'{"a":"\xff"}', JSON, 400, "not_json"),
    (b'{"a":"\\ud800"}', JSON, 400, "not_json"),
    (b"[]", JSON, 422, "invalid"),
    (b"null", JSON, 422, "invalid"),
    (b"{}", JSON, 422, "invalid"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "code"), CASES)
@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/decisions:batch"])
def test_bodies(client: FlaskClient, path: str, body: bytes, content_type: str, status: int, code: str) -> None:
    """Each is a problem with its status and code; afterwards the store is empty."""
    if path.endswith("batch") and status == 413:
        body = body * 9
    response = client.post(path, data=body, content_type=content_type)
    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (status, code)
    assert response.content_type == "application/problem+json"
    assert problem["status"] == status
    assert problem["type"] == f"urn:greenlane:problem:{code}"
    assert problem["trace_id"] == response.headers["Trace-Id"]
    assert client.get("/v1/decisions").get_json()["decisions"] == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity", "x"])
def test_encoded_bodies_are_refused(client: FlaskClient, application: Application, encoding: str) -> None:
    """What cannot be read is told as such, not as broken JSON; `identity` is no encoding."""
    response = client.post("/v1/decisions", json=application, headers={"Content-Encoding": encoding})
    assert (response.status_code, response.get_json()["code"]) == (415, "unsupported_encoding")
    assert response.headers["Accept-Encoding"] == "identity"
    assert client.post("/v1/decisions", json=application, headers={"Content-Encoding": "identity"}).status_code == 201


def test_a_parameter_is_given_once(client: FlaskClient, application: Application) -> None:
    """Each reader would choose another of two values, so none is chosen, wherever there is a query."""
    for method, path in (("GET", "/v1/decisions?limit=1&limit=2"), ("POST", "/v1/decisions?trace=none&trace=none")):
        response = client.open(path, method=method, json=application if method == "POST" else None)
        assert (response.status_code, response.get_json()["code"]) == (422, "invalid")
        assert [(each["parameter"], each["code"]) for each in response.get_json()["errors"]] == [
            (path[path.index("?") + 1 : path.index("=")], "repeated")
        ]
    assert client.get("/v1/decisions").get_json()["decisions"] == []


def test_a_body_of_unknown_length_is_limited(client: FlaskClient) -> None:
    """A chunked body is cut off at the limit as well."""
    for size, status in ((1_000_000, 400), (1_000_001, 413), (1_500_000, 413)):
        stream, environ = BytesIO(b" " * size), {"wsgi.input_terminated": True}
        response = client.post("/v1/decisions", input_stream=stream, content_type=JSON, environ_overrides=environ)
        assert response.status_code == status


def test_every_fault_is_listed_in_the_language_asked_for(client: FlaskClient, application: Application) -> None:
    """Pointer, code, detail, allowed values and the nearest name, in Chinese when asked."""
    application["request"] = {"product": "INOV", "amount_wan": -1, "amont": 2}
    application["applicant"]["uscc"] = "91320500XXXX000190"
    response = client.post("/v1/decisions", json=application, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert response.status_code == 422
    assert response.headers["Content-Language"] == "zh"
    problem = response.get_json()
    assert problem["title"] == "内容不符合要求"
    assert problem["errors"] == [
        {"pointer": "/applicant/uscc", "code": "check_digit", "detail": "统一社会信用代码校验位不正确"},
        {
            "pointer": "/request/product",
            "code": "not_allowed",
            "detail": "不是允许的取值，见 allowed",
            "allowed": ["INNOV", "CARBON", "MFG_UPG"],
            "nearest": "INNOV",
        },
        {"pointer": "/request/amount_wan", "code": "too_small", "detail": "不得小于 0"},
        {"pointer": "/request/amont", "code": "unknown_field", "detail": "没有此字段", "nearest": "amount_wan"},
    ]


def test_the_repeated_key_is_named(client: FlaskClient) -> None:
    """Which key it was."""
    response = client.post("/v1/decisions", data=b'{"amount":1,"amount":2}', content_type=JSON)
    assert response.get_json()["detail"] == "the key `amount` is given more than once"


@pytest.mark.parametrize(
    ("query", "parameter"), [("as_of=2026-02-30", "as_of"), ("trace=all", "trace"), ("asof=2026-01-01", "asof")]
)
def test_parameters(client: FlaskClient, application: Application, query: str, parameter: str) -> None:
    """A parameter that is wrong or unknown is a fault, never passed over."""
    response = client.post(f"/v1/decisions?{query}", json=application)
    assert response.status_code == 422
    assert [e["parameter"] for e in response.get_json()["errors"]] == [parameter]


def test_wrong_methods_and_addresses(client: FlaskClient) -> None:
    """405 keeps Allow; 404 and 405 are problems too."""
    response = client.delete("/v1/decisions")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert response.get_json()["code"] == "method_not_allowed"
    assert client.get("/v2/decisions").get_json()["code"] == "not_found"


def test_nothing_of_an_exception_is_sent(client: FlaskClient, application: Application, monkeypatch: Any) -> None:
    """A failure of ours is a 500 that tells the client nothing but the trace id."""

    def fail(*_arguments: Any) -> None:
        raise RuntimeError("secret of the bank")

    monkeypatch.setattr("tests.api.fake_rules.FakeRules.decide_valid", fail)
    response = client.post("/v1/decisions", json=application)
    assert (response.status_code, response.get_json()["code"]) == (500, "internal")
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text


def test_problem_members(client: FlaskClient) -> None:
    """Exactly the members of RFC 9457 plus `code` and `trace_id`."""
    assert set(json.loads(client.get("/nothing").data)) == {"type", "title", "status", "detail", "code", "trace_id"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN, en;q=0.5", "zh"),
        ("zh-Hant-HK,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh-CN;q=0.9", "en"),
        ("fr, zh;q=0.2", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("ZH-cn", "zh"),
        ("*", "en"),
        ("de, ja", "en"),
    ],
)
def test_the_language_that_is_preferred(header: str, language: str) -> None:
    """Of Chinese and English the one of more weight, whatever the region; English where neither is asked for."""
    assert preferred(parse_accept_header(header, LanguageAccept)) == language
