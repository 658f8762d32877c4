"""Licences of dependencies are those of what is installed; of vulnerabilities nothing is said that nobody was asked."""

from __future__ import annotations

import http.server
import importlib.util
import json
import runpy
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.project.sources import ROOT

BENCH_LOCK = str(ROOT / "requirements-bench.lock")
LICENCES = runpy.run_path(str(ROOT / "scripts" / "licences.py"))
AUDIT = runpy.run_path(str(ROOT / "scripts" / "audit.py"))
PINNED = "one==1.0 \\\n    --hash=sha256:{0}\ntwo==2.0 \\\n    --hash=sha256:{0}\n"


def installed(place: Path, name: str, *said: str) -> str:
    """A package with these lines in its metadata; its name."""
    folder = place / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *said, ""]))
    return name


TAKEN = [
    ("License-Expression: MIT",),
    ("License-Expression: Apache-2.0 OR GPL-3.0-only",),
    ("License-Expression: Apache-2.0 AND BSD-2-Clause",),
    ("License: BSD-3-Clause",),
    ("License: BSD",),
    ("License: ISC License",),
    ("License: MIT License", "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
    ("Classifier: License :: OSI Approved :: BSD License",),
]
REFUSED = [
    ("License-Expression: GPL-3.0-only",),
    ("License-Expression: AGPL-3.0-or-later",),
    ("License-Expression: MIT AND GPL-2.0-only",),
    ("License-Expression: MIT WITH something",),
    ("License: Proprietary",),
    ("Classifier: License :: OSI Approved :: GNU Affero General Public License v3",),
    ("Classifier: Programming Language :: Python",),
    (),
]


@pytest.mark.parametrize("said", TAKEN)
def test_licences_that_we_take(tmp_path: Path, said: tuple[str, ...]) -> None:
    """Whichever way a package says it; of several to choose from one is enough."""
    assert list(LICENCES["faults"]([installed(tmp_path, "one", *said)], [str(tmp_path)])) == []


@pytest.mark.parametrize("said", REFUSED)
def test_licences_that_we_do_not_take(tmp_path: Path, said: tuple[str, ...]) -> None:
    """Copyleft, one that nobody knows, and none."""
    (found,) = LICENCES["faults"]([installed(tmp_path, "one", *said)], [str(tmp_path)])
    assert found.endswith("is no licence that we take")


def test_exceptions(tmp_path: Path) -> None:
    """Hold for the licence that they were made for, and have a reason; what is not installed is not known."""
    place = [str(tmp_path)]
    assert list(LICENCES["faults"]([installed(tmp_path, "psycopg", "License-Expression: LGPL-3.0-only")], place)) == []
    (changed,) = LICENCES["faults"]([installed(tmp_path, "certifi", "License-Expression: MIT")], place)
    assert "needs no exception any more" in changed
    (other,) = LICENCES["faults"]([installed(tmp_path, "pathspec", "License-Expression: GPL-3.0-only")], place)
    assert "is no licence that we take" in other
    assert list(LICENCES["faults"](["three"], place)) == ["three is not installed, so its licence is not known"]
    assert all(reason for _, reason in LICENCES["EXCEPTIONS"].values())


def test_what_is_locked_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that the service and its tests are made of; no exception is left over."""
    locks = [str(ROOT / f"requirements{part}.lock") for part in ("", "-test", "-build")]
    assert LICENCES["main"](locks) == 0, capsys.readouterr().err
    assert LICENCES["EXCEPTIONS"].keys() <= set(LICENCES["named_in"](map(Path, [*locks, BENCH_LOCK])))
    assert LICENCES["main"]([]) == 1


def test_what_the_benchmarks_ask_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is installed: `make bench` refuses to run otherwise."""
    if importlib.util.find_spec("zen") is None:
        pytest.skip("not installed: `sh scripts/build.sh bench`")
    assert LICENCES["main"]([BENCH_LOCK]) == 0, capsys.readouterr().err


@contextmanager
def database(answer: bytes, status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """A database of vulnerabilities that answers this; its address, and what it was asked."""
    asked: list[Any] = []

    class Database(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> str:
    """A lock file of two packages."""
    (tmp_path / "x.lock").write_text(PINNED.format("0" * 64))
    return str(tmp_path / "x.lock")


KNOWN: dict[str, Any] = {"vulns": [{"id": "GHSA-1", "modified": "2026-01-01T00:00:00Z"}]}


@pytest.mark.parametrize(
    ("results", "code", "said"),
    [
        ([KNOWN, {}, {}], 0, "known vulnerabilities: none of 2 packages have any"),
        ([KNOWN, {}, KNOWN], 1, "two 2.0: GHSA-1\nknown vulnerabilities: 1 of 2 packages have any"),
    ],
)
def test_what_a_database_says(
    lock: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    results: list[Any],
    code: int,
    said: str,
) -> None:
    """It is asked once about every package by its version, and about one of which something is known."""
    with database(json.dumps({"results": results}).encode()) as (address, asked):
        monkeypatch.setenv("OSV_URL", address)
        assert AUDIT["main"]([lock]) == code
    assert capsys.readouterr().out.startswith(said)
    ((path, body),) = asked
    assert path == "/v1/querybatch"
    versions = [(query["package"]["name"], query["version"]) for query in body["queries"]]
    assert versions == [("jinja2", "2.4.1"), ("one", "1.0"), ("two", "2.0")]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"", 200),
        (b"<html>", 200),
        (b"[]", 200),
        (b"{}", 200),
        (json.dumps({"results": [{}, {}, {}]}).encode(), 200),
        (json.dumps({"results": [KNOWN]}).encode(), 200),
        (json.dumps({"results": [KNOWN, None, 5]}).encode(), 200),
        (json.dumps({"results": [KNOWN, {}, {}]}).encode(), 403),
        (json.dumps({"results": [KNOWN, {}, {}]}).encode(), 503),
    ],
)
def test_what_is_no_answer(
    lock: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: bytes, status: int
) -> None:
    """A mirror that knows nothing, a page of a proxy, an error: it was not checked, and nothing says "none"."""
    with database(answer, status) as (address, _):
        monkeypatch.setenv("OSV_URL", address)
        assert AUDIT["main"]([lock]) == 3
    told = capsys.readouterr()
    assert told.err.startswith("known vulnerabilities: NOT CHECKED: ")
    assert told.out == ""


def test_without_a_network(lock: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can be asked: it was not checked."""
    with database(b"") as (address, _):
        pass
    monkeypatch.setenv("OSV_URL", address)
    assert AUDIT["main"]([lock]) == 3
    assert "NOT CHECKED" in capsys.readouterr().err
    assert sys.modules.keys().isdisjoint({"audit", "licences"})
