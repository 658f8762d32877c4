"""Releases are named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from greenlane.api.days import timestamp
from greenlane.api.problems import ProblemError
from greenlane.api.releases.cache import KEPT
from greenlane.api.releases.service import content_sha256, release_of
from greenlane.api.releases.statements import add_release
from greenlane.api.wiring.services import Services
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.policy import Policy
from tests.api.fake_rules import compile_fake


def test_the_hash_is_of_the_canonical_content() -> None:
    """Anyone can compute it: the UTF-8 JSON object of path to text, paths sorted, nothing between tokens."""
    files = {"b.yaml": "规则\r\n", "a.yaml": '"'}
    assert content_sha256(files) == hashlib.sha256('{"a.yaml":"\\"","b.yaml":"规则\\r\\n"}'.encode()).hexdigest()
    assert content_sha256(dict(reversed(files.items()))) == content_sha256(files)


def test_the_id_depends_on_the_content_alone() -> None:
    """The same files at another time are the same release; a changed byte makes another."""
    first, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    same = [release_of(compile_fake({"limit.yaml": b"1 1"}).ruleset, moment).id for moment in (first, later)]
    other = release_of(compile_fake({"limit.yaml": b"1 1\n"}).ruleset, first).id
    assert same[0] == same[1] != other


def test_timestamps_are_utc_of_fixed_width() -> None:
    """Text order is time order."""
    shanghai = timezone(timedelta(hours=8))
    assert timestamp(datetime(2026, 3, 2, 8, 0, tzinfo=shanghai)) == "2026-03-02T00:00:00.000000Z"


def test_earlier_releases_are_kept_compiled(start: Callable[..., Services], rules_directory: Path) -> None:
    """A release is compiled once for many replays, and only a few are kept."""
    ids = []
    for version in range(KEPT + 2):
        (rules_directory / "limit.yaml").write_text(f"{version} {version}")
        services = start()
        services.ledger.ping()
        ids.append(services.releases.current.id)
    releases = services.releases
    assert releases.policy_of(ids[0]) is releases.policy_of(ids[0])
    assert releases.policy_of(ids[-1]) is releases.policy
    first = releases.policy_of(ids[0])
    for other in ids[1 : KEPT + 1]:
        releases.policy_of(other)
    assert releases.policy_of(ids[0]) is not first


def test_a_release_that_can_no_longer_be_read(services: Services) -> None:
    """A problem that says so, not a failure; it is not tried over and over."""
    tries = []

    def refuse(_files: object) -> Policy:
        tries.append(1)
        raise RulesetError(())

    services.ledger.ping()
    unreadable = replace(services.releases.current, id="rel-old", sha256="0" * 64)
    with services.ledger.writing() as work:
        add_release(work, unreadable)
    services.releases.cache.compile = refuse
    for _ in range(2):
        with pytest.raises(ProblemError) as problem:
            services.releases.policy_of("rel-old")
        assert problem.value.code == "release_unreadable"
    assert tries == [1]


def test_an_unknown_release(services: Services) -> None:
    """Not found."""
    with pytest.raises(ProblemError) as problem:
        services.releases.get("rel-0")
    assert problem.value.code == "not_found"
